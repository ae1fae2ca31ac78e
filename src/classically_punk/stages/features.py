"""Canonical clips -> `data/C/features.parquet`, one row per clip and window, and what its columns are."""

from classically_punk.catalogue.sets import described, recipe
from classically_punk.contracts import tables
from classically_punk.contracts.columns import columns_table
from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.contracts.tables.design import COLUMNS, FEATURES, RECIPE
from classically_punk.features.cached import feature_table
from classically_punk.foundation.params import Params
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Describes every clip that ingest did not reject."""
    wanted = recipe(params.features.sets)
    clips = tables.read(CLIPS, places.data)
    usable = clips.loc[clips["status"] != "rejected", "clip"]
    files = {clip: places.data / "audio" / f"{clip}.wav" for clip in sorted(usable)}
    tables.write(FEATURES, feature_table(files, params.features, wanted.steps), places.data)
    tables.write(RECIPE, wanted.table(), places.data)
    tables.write(COLUMNS, columns_table(described(params.features.sets)), places.data)


if __name__ == "__main__":
    main(run)
