"""Published table and folds -> figures that others measured on it, beside ours."""

import pandas as pd

from classically_punk.evaluation.reference import reference_table
from classically_punk.features.catalogue import families
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ()


def run(params: StageParams, places: Places) -> None:
    """Fits what others fitted, under the same protocols."""
    table = pd.read_parquet(places.data / "table.parquet")
    folds = read_table(places.data / "folds.csv", numbers=("fold", "window"))
    write_csv(reference_table(places.corpus, table, folds, families()), places.tables / "reference_figures.csv")


if __name__ == "__main__":
    main(run, PARAMS, among="tables")
