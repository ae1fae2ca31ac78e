"""Held-out predictions of all models -> `metrics/C/summary.json` and the tables behind every plot."""

import pandas as pd

from classically_punk.foundation.params import Params
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_json
from classically_punk.scoring import scores
from classically_punk.scoring.comparisons import comparison_table
from classically_punk.scoring.optimism import optimism_summary, optimism_table
from classically_punk.scoring.reliability import reliability_table
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Scores every model under every protocol, and compares them."""
    regressions = pd.read_parquet(places.models / "ols_held_out.parquet")
    comparators = pd.read_parquet(places.models / "comparators_held_out.parquet")
    predictions = pd.concat([regressions, comparators], ignore_index=True)
    table = pd.read_parquet(places.data / "table.parquet", columns=["clip", "window", "label", "group", "recording"])
    protocols = read_table(places.tables / "protocols.csv")
    judged = scores.judge_all(predictions, table, params.evaluate)
    ols = judged["ols"]
    headline = scores.headline(ols)
    optimism = optimism_table(predictions, table, headline, list(judged), params.evaluate)
    content = scores.summary(ols)
    content |= {"models": scores.models_summary(judged, headline), "leak": optimism_summary(optimism)}
    write_json(content, places.metrics / "summary.json")
    write_csv(scores.score_table(judged, protocols), places.tables / "scores.csv")
    write_csv(scores.recall_table(judged), places.tables / "recall.csv")
    write_csv(scores.confusion_table(ols), places.tables / "confusion.csv")
    write_csv(scores.prediction_table(regressions), places.tables / "predictions.csv")
    write_csv(comparison_table(judged, predictions), places.tables / "comparisons.csv")
    write_csv(optimism, places.tables / "optimism.csv")
    write_csv(reliability_table(predictions, table, headline, params.evaluate), places.tables / "reliability.csv")


if __name__ == "__main__":
    main(run)
