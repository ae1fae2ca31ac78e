"""Design table and annotations -> `data/C/folds.csv`, and which protocols are possible, and why not."""

import pandas as pd

from classically_punk.evaluation.protocols import make_folds
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("folds",)


def run(params: StageParams, places: Places) -> None:
    """Assigns every clip, or window, its role in every fold of every possible protocol."""
    table = pd.read_parquet(places.data / "table.parquet")
    plan = make_folds(table, read_table(places.data / "annotations.csv"), params.folds)
    write_csv(plan.folds, places.data / "folds.csv")
    write_csv(plan.protocols, places.tables / "protocols.csv")


if __name__ == "__main__":
    main(run, PARAMS)
