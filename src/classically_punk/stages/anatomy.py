"""Canonical clips -> what is in one audio file of each genre: pictures for figures, and numbers."""

import pandas as pd

from classically_punk.audio.canonical import read_canonical
from classically_punk.contracts import tables
from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.contracts.tables.design import DESIGN
from classically_punk.contracts.tables.exploration import ANATOMY, ANATOMY_PICTURES
from classically_punk.exploration.anatomy import anatomy, number_row, picture_table
from classically_punk.exploration.clip_matrix import ClipMatrix
from classically_punk.exploration.medoids import medoids
from classically_punk.foundation.params import Params
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Takes the clip nearest to the median of each genre apart."""
    matrix = ClipMatrix.of(tables.read(DESIGN, places.data), params.ols)
    clips = tables.read(CLIPS, places.data)
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
    tables.write(ANATOMY_PICTURES, pd.concat(pictures, ignore_index=True), places.models)
    tables.write(ANATOMY, tables.frame(ANATOMY, numbers), places.tables)


if __name__ == "__main__":
    main(run)
