"""Canonical clips -> `data/C/features.parquet`, one row per clip and window, and what its columns are."""

from classically_punk.catalogue.sets import described, recipe
from classically_punk.contracts.columns import columns_table
from classically_punk.features.cached import feature_table
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_parquet
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("features",)


def run(params: StageParams, places: Places) -> None:
    """Describes every clip that ingest did not reject."""
    wanted = recipe(params.features.sets)
    clips = read_table(places.data / "clips.csv")
    usable = clips.loc[clips["status"] != "rejected", "clip"]
    files = {clip: places.data / "audio" / f"{clip}.wav" for clip in sorted(usable)}
    write_parquet(feature_table(files, params.features, wanted.steps), places.data / "features.parquet")
    write_csv(wanted.table(), places.data / "recipe.csv")
    write_csv(columns_table(described(params.features.sets)), places.data / "columns.csv")


if __name__ == "__main__":
    main(run, PARAMS, among="audio")
