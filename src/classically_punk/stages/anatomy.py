"""Canonical clips -> what is in one audio file of each genre: pictures for figures, and numbers."""

import pandas as pd

from classically_punk.audio.canonical import read_canonical
from classically_punk.exploration.anatomy import anatomy, number_row, picture_table
from classically_punk.exploration.clip_matrix import ClipMatrix
from classically_punk.exploration.medoids import medoids
from classically_punk.foundation.params import Params
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_parquet
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Takes the clip nearest to the median of each genre apart."""
    matrix = ClipMatrix.of(pd.read_parquet(places.data / "table.parquet"), params.ols)
    clips = read_table(places.data / "clips.csv")
    pictures: list[pd.DataFrame] = []
    numbers: list[dict[str, object]] = []
    for chosen in medoids(matrix, set(clips.loc[clips["status"] == "ok", "clip"])):
        if not chosen.clip:
            numbers.append({"genre": chosen.genre, "clip": "", "reason": chosen.reason})
            continue
        samples = read_canonical(places.data / "audio" / f"{chosen.clip}.wav")
        found = anatomy(samples, params.features.n_fft, params.features.hop_length)
        pictures.append(picture_table(chosen.genre, chosen.clip, found))
        row = number_row(chosen.genre, chosen.clip, found)
        numbers.append({**row, "reason": "; ".join(filter(None, (chosen.reason, str(row["reason"]))))})
    write_parquet(pd.concat(pictures, ignore_index=True), places.models / "anatomy.parquet")
    write_csv(pd.DataFrame(numbers), places.tables / "anatomy.csv")


if __name__ == "__main__":
    main(run)
