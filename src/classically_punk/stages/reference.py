"""Design table and folds -> figures that others measured on the corpus, measured again: is the machinery right?"""

import pandas as pd

from classically_punk.experiments.reference import reference_table
from classically_punk.features.catalogue import families
from classically_punk.foundation.params import Params
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Fits with the settings of others, whatever params.yaml says of ours."""
    table = pd.read_parquet(places.data / "table.parquet")
    folds = read_table(places.data / "folds.csv", numbers=("fold", "window"))
    write_csv(reference_table(places.corpus, table, folds, families()), places.tables / "reference_figures.csv")


if __name__ == "__main__":
    main(run)
