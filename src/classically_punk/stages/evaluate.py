"""Held-out predictions of all models -> `metrics/C/summary.json` and the tables behind every plot."""

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.metrics import packed
from classically_punk.contracts.models import REGRESSION
from classically_punk.contracts.tables.design import DESIGN, PROTOCOLS
from classically_punk.contracts.tables.fits import COMPARATORS_HELD_OUT, OLS_HELD_OUT
from classically_punk.contracts.tables.scores import (
    ANSWERS,
    COMPARISONS,
    CONFUSION,
    OPTIMISM,
    PREDICTIONS,
    RECALL,
    RELIABILITY,
    SCORES,
)
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_json
from classically_punk.scoring import scores
from classically_punk.scoring.comparisons import comparison_table
from classically_punk.scoring.decision_rule import rule_summary, windows_summary
from classically_punk.scoring.optimism import optimism_summary, optimism_table
from classically_punk.scoring.reliability import reliability_table
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Scores every model under every protocol, and compares them."""
    regressions = tables.read(OLS_HELD_OUT, places.models)
    comparators = tables.read(COMPARATORS_HELD_OUT, places.models)
    predictions = pd.concat([regressions, comparators], ignore_index=True)
    table = tables.read(DESIGN, places.data, further=False)
    protocols = tables.read(PROTOCOLS, places.tables)
    judged = scores.judge_all(predictions, table, params.evaluate)
    ols = judged[REGRESSION]
    headline = scores.headline(ols)
    optimism = optimism_table(predictions, table, headline, list(judged), params.evaluate)
    content = scores.summary(ols)
    content |= {"comparators": scores.comparators_summary(judged, headline)}
    content |= {"leak": optimism_summary(optimism, headline)}
    content |= {"rule": rule_summary(judged, headline), **windows_summary(judged, headline)}
    write_json(packed(content), places.metrics / "summary.json")
    tables.write(SCORES, scores.score_table(judged, protocols), places.tables)
    tables.write(RECALL, scores.recall_table(judged), places.tables)
    tables.write(CONFUSION, scores.confusion_table(ols), places.tables)
    of_regression = regressions[regressions["model"] == REGRESSION]
    tables.write(PREDICTIONS, scores.prediction_table(of_regression), places.tables)
    tables.write(ANSWERS, scores.answer_table(predictions, table), places.tables)
    alike = predictions[predictions["partition"] <= comparators["partition"].max()]
    comparisons = comparison_table(scores.judge_all(alike, table, params.evaluate), alike)
    tables.write(COMPARISONS, comparisons, places.tables)
    tables.write(OPTIMISM, optimism, places.tables)
    reliability = reliability_table(predictions, table, headline, params.evaluate)
    tables.write(RELIABILITY, reliability, places.tables)


if __name__ == "__main__":
    main(run)
