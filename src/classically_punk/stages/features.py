"""Canonical clips -> `data/C/features.parquet`, one row per clip and window, and what its columns are."""

from classically_punk.catalogue.sets import described, recipe
from classically_punk.contracts import tables
from classically_punk.contracts.columns import columns_table
from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.contracts.tables.design import FEATURES
from classically_punk.features.cached import feature_table
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_csv
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Describes every clip that ingest did not reject."""
    wanted = recipe(params.features.sets)
    clips = tables.read(CLIPS, places.data)
    usable = clips.loc[clips["status"] != "rejected", "clip"]
    files = {clip: places.data / "audio" / f"{clip}.wav" for clip in sorted(usable)}
    tables.write(FEATURES, feature_table(files, params.features, wanted.steps), places.data)
    write_csv(wanted.table(), places.data / "recipe.csv")
    write_csv(columns_table(described(params.features.sets)), places.data / "columns.csv")


if __name__ == "__main__":
    main(run)
