"""Held-out predictions -> `metrics/C/summary.json` and the tables behind every plot."""

import pandas as pd

from classically_punk.evaluation import scores
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_json
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("evaluate",)


def run(params: StageParams, places: Places) -> None:
    """Scores every protocol, with intervals over its groups."""
    predictions = pd.read_parquet(places.models / "ols_held_out.parquet")
    table = pd.read_parquet(places.data / "table.parquet", columns=["clip", "window", "group", "recording"])
    protocols = read_table(places.tables / "protocols.csv")
    judged = scores.judge(predictions, table, params.evaluate)
    write_json(scores.summary(judged), places.metrics / "summary.json")
    write_csv(scores.score_table(judged, protocols), places.tables / "scores.csv")
    write_csv(scores.recall_table(judged), places.tables / "recall.csv")
    write_csv(scores.confusion_table(judged), places.tables / "confusion.csv")
    write_csv(scores.prediction_table(predictions), places.tables / "predictions.csv")


if __name__ == "__main__":
    main(run, PARAMS)
