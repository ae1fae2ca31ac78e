"""What is answered where the least expected cost decides, on probabilities whose costs are known on paper."""

import numpy as np
import pandas as pd
import pytest

from classically_punk.decisions.abstention import answers_of
from classically_punk.decisions.answering import answered_under_cost
from classically_punk.decisions.costs import cost_matrix


@pytest.mark.parametrize(("leave", "coverage", "accuracy"), [(0.3, 0.5, 1.0), (0.6, 1.0, 0.5), (0.05, 0.0, None)])
def test_a_clip_is_left_where_an_error_costs_more_on_average(
    leave: float, coverage: float, accuracy: float | None
) -> None:
    """Two clips at probability .9, which are right, and two at .6, which are wrong: expected costs of .1 and .4."""
    odds = np.log([9.0, 9.0, 1.5, 1.5])
    predictions = pd.DataFrame(
        {
            "protocol": "clip", "fold": [1, 2, 1, 2], "label": ["a", "a", "b", "b"], "predicted": "a",
            "inverse_temperature": 1.0, "fitted.a": odds, "fitted.b": 0.0,
        }
    )  # fmt: skip
    answers = answers_of(predictions, pd.Series(["w", "x", "y", "z"]))
    found = answered_under_cost(answers, cost_matrix(["a", "b"], 1.0, leave, []), np.ones((50, 4)), 0.95)
    assert found.coverage == coverage
    assert found.accuracy == (pytest.approx(accuracy) if accuracy is not None else None)
