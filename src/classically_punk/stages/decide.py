"""Held-out predictions of the regressions -> `metrics/C/decisions.json`: when to answer, and what errors cost."""

from classically_punk.contracts import tables
from classically_punk.contracts.metrics import packed
from classically_punk.contracts.models import REGRESSION
from classically_punk.contracts.protocols import headline_of
from classically_punk.contracts.tables.design import DESIGN
from classically_punk.contracts.tables.fits import OLS_HELD_OUT
from classically_punk.decisions.decide import decide
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_json
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Prices the errors under the protocol of the headline, and says who bears them."""
    predictions = tables.read(OLS_HELD_OUT, places.models)
    predictions = predictions[predictions["model"] == REGRESSION]
    table = tables.read(DESIGN, places.data, further=False)
    headline = headline_of(predictions["protocol"].unique())
    decided = decide(predictions, table, headline, params.costs, params.evaluate)
    write_json(packed(decided.summary), places.metrics / "decisions.json")
    for schema, frame in decided.tables.items():
        tables.write(schema, frame, places.tables)


if __name__ == "__main__":
    main(run)
