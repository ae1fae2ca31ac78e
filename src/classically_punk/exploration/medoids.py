"""One clip for each genre, to be looked at closely: the one that is most like its genre."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from classically_punk.exploration.clip_matrix import ClipMatrix

MOST = 10  # genres that are shown


@dataclass(frozen=True)
class Medoid:
    """clip : empty where the genre is not shown, with the reason."""

    genre: str
    clip: str
    reason: str = ""


def medoids(matrix: ClipMatrix, faultless: Collection[str], most: int = MOST) -> list[Medoid]:
    """For each genre the clip nearest to the genre's median, by the standardised columns.

    faultless : clips without a known fault, of which one is taken where a genre has any
    Of more than `most` genres, those with most clips are shown; the others stand there with the reason.
    """
    counts = {genre: int((matrix.labels == genre).sum()) for genre in matrix.genres}
    shown = sorted(matrix.genres, key=lambda genre: (-counts[genre], genre))[:most]
    clean = np.isin(matrix.clips.astype(str), sorted(faultless))
    found = []
    for genre in matrix.genres:
        inside = matrix.labels == genre
        if genre not in shown:
            found.append(Medoid(genre, "", f"not shown: {most} of {len(counts)} genres are, those with most clips"))
            continue
        faulty = not (inside & clean).any()
        places = np.flatnonzero(inside if faulty else inside & clean)
        away = np.linalg.norm(matrix.standardised[places] - np.median(matrix.rows_of(genre), axis=0), axis=1)
        nearest = str(matrix.clips[places[int(away.round(9).argmin())]])
        found.append(Medoid(genre, nearest, "every clip of the genre is flagged" if faulty else ""))
    return found
