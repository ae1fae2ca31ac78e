"""Canonical clips -> `data/C/features.parquet`, one row per clip and window."""

from classically_punk.features.cached import feature_table
from classically_punk.foundation.params import Params
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_parquet
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Describes every clip that ingest did not reject."""
    clips = read_table(places.data / "clips.csv")
    usable = clips.loc[clips["status"] != "rejected", "clip"]
    files = {clip: places.data / "audio" / f"{clip}.wav" for clip in sorted(usable)}
    write_parquet(feature_table(files, params.features), places.data / "features.parquet")


if __name__ == "__main__":
    main(run)
