"""From what the graph made of a corpus to the content of a bundle."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classically_punk.bundle.distribution import along_axes
from classically_punk.bundle.stability import Music, calibrate
from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.contracts.columns import Column
from classically_punk.contracts.design import WHOLE
from classically_punk.contracts.models import REGRESSION
from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.contracts.recipe import Step
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import round_significant
from classically_punk.models.novelty import quantiles
from classically_punk.models.regression import GenreRegression

SYNTHETIC = "Its music is synthesised by this repository: its genres are recipes, not those of recorded music."
NO_ARTISTS = (
    "Its scores keep songs and recordings apart, but not artists: expect less of artists that it does not know."
)
OURS = "MIT, as the code: the music that it learned from is made by this repository."
THEIRS = "For research: its numbers were learned from recordings that their owners have not cleared."
PARAMS = ("features", "clean", "ols", "inner", "lengths", "costs")
"""Sections of params.yaml that stand in the provenance."""


@dataclass(frozen=True)
class Said:
    """What held-out clips, each whole or nearly, were answered with. clips, genres, sure : shape (n,)"""

    clips: TextArray
    genres: TextArray
    sure: NDArray[np.bool_]


@dataclass(frozen=True)
class Made:
    """What the graph made of a corpus.

    served : served.json; by_length : SERVED; thresholds : for each length, what is answered from which confidence on
    said   : of the longest length; scores : SCORES
    elsewhere : for each other collection, its name, EXTERNAL and EXTERNAL_SCORES; hashes : as `form.Provenance` has
    """

    table: pd.DataFrame
    steps: Sequence[Step]
    columns: Mapping[str, Column]
    served: Mapping[str, Any]
    by_length: pd.DataFrame
    thresholds: Mapping[float, pd.DataFrame]
    said: Said
    scores: pd.DataFrame
    elsewhere: Sequence[tuple[str, pd.DataFrame, pd.DataFrame]]
    hashes: Mapping[str, str]


def content_of(corpus: str, params: Params, made: Made, leave: float, matrix: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The content of a bundle, as `form.Content` has it. leave, matrix : costs, as `decisions.costs` makes them."""
    whole = made.table[made.table["window"] == WHOLE]
    names = [step.column for step in made.steps]
    values = whole[names].to_numpy(dtype=float)
    regression = GenreRegression.from_json(made.served["fits"][0]["regression"])
    along = along_axes(regression.transform.apply(values))
    synthetic = corpus in params.corpora.synthesised
    protocol = made.served["protocol"]
    warnings = [SYNTHETIC] if synthetic else []
    if PROTOCOLS[protocol].keeps != "group":
        warnings.append(NO_ARTISTS)
    counts = whole["label"].value_counts().sort_index()
    stability = _stability(made, whole, values, along.rows, regression.genres, params.lengths.seed)
    return {
        "name": corpus,
        "title": params.corpus[corpus].title,
        "synthetic": synthetic,
        "genres": list(regression.genres),
        "extraction": {
            name: getattr(params.features, name) for name in ("n_fft", "hop_length", "window", "window_hop")
        },
        "quality": {
            name: getattr(params.ingest, name) for name in ("silence", "silent_share", "clipped_share", "dc_offset")
        },
        "columns": [
            {**vars(step), **_told(made.columns[step.column]), "quantiles": _short(quantiles(values[:, place]))}
            for place, step in enumerate(made.steps)
        ],
        "fits": list(made.served["fits"]),
        "lengths": [
            _at_length(choice, protocol, made.by_length, made.thresholds[choice["length"]])
            for choice in made.served["lengths"]
        ],
        "costs": {"leave": leave, "matrix": matrix.tolist()},
        "training": {
            "clips": {str(genre): int(count) for genre, count in counts.items()},
            "axes": [_short(axis) for axis in along.axes],
            "rows": [_short(row) for row in along.rows],
        },
        "stability": stability,
        "scores": _scores(made.scores),
        "elsewhere": [_elsewhere(*each) for each in made.elsewhere],
        "warnings": warnings,
        "licence": OURS if synthetic else THEIRS,
        "provenance": {
            "corpus": corpus,
            **made.hashes,
            "params": json.loads(json.dumps({name: getattr(params, name).model_dump() for name in PARAMS})),
        },
    }


def _stability(
    made: Made, whole: pd.DataFrame, values: FloatArray, rows: FloatArray, genres: Sequence[str], seed: int
) -> dict[str, Any] | None:
    """The lines of `stability`, of the clips that were answered; None where they come from too few groups."""
    place = {clip: k for k, clip in enumerate(whole["clip"])}
    asked = np.array([place[clip] for clip in made.said.clips], dtype=np.intp)
    groups = whole["group"].to_numpy(dtype=object)[asked]
    found = calibrate(Music(values[asked], rows[asked], groups, made.said.genres, made.said.sure), genres, seed)
    return None if found is None else found.model_dump()


def _told(column: Column) -> dict[str, str]:
    return {"unit": column.unit, "title": column.title, "sentence": column.sentence, "source": column.source}


def _at_length(
    choice: Mapping[str, Any], protocol: str, by_length: pd.DataFrame, thresholds: pd.DataFrame
) -> dict[str, Any]:
    row = by_length[(by_length["protocol"] == protocol) & (by_length["length"] == choice["length"])].iloc[0]
    answered = None
    if pd.notna(row["answered"]):
        n = round(row["coverage"] * row["n"])
        answered = _measured(row["answered"], row["answered_low"], row["answered_high"], n)
    return {
        "length": choice["length"],
        "fitted_to": choice["fitted_to"],
        "rule": choice["model"],
        "asked": choice["asked"],
        "inverse_temperature": choice["inverse_temperature"],
        "protocol": protocol,
        "accuracy": _measured(row["accuracy"], row["low"], row["high"], row["n"], row["n_groups"]),
        "coverage": float(row["coverage"]),
        "answered": answered,
        "calibration_error": _known(row["calibration_error"]),
        "thresholds": [
            {
                "threshold": each["threshold"],
                "coverage": each["coverage"],
                "accuracy": _known(each["accuracy"]),
                "n": int(each["n"]),
            }
            for each in thresholds.to_dict("records")
        ],
    }


def _scores(scores: pd.DataFrame) -> list[dict[str, Any]]:
    """The regression's accuracy under every protocol. scores : SCORES"""
    found = scores[(scores["model"] == REGRESSION) & (scores["score"] == "accuracy")]
    return [
        {
            "name": row["protocol"],
            "sentence": f"Whole clips, {PROTOCOLS[row['protocol']].apart}."
            if not PROTOCOLS[row["protocol"]].windows
            else f"Windows, {PROTOCOLS[row['protocol']].apart}.",
            "accuracy": _measured(row["value"], row["low"], row["high"], row["n"], row["n_groups"]),
        }
        for row in found.to_dict("records")
    ]


def _elsewhere(name: str, pair: pd.DataFrame, scores: pd.DataFrame) -> dict[str, Any]:
    about = pair.iloc[0]
    row = scores[(scores["model"] == REGRESSION) & (scores["score"] == "accuracy")].iloc[0]
    return {
        "name": name,
        "sentence": f"Clips of {name} that share no recording, song or known artist with the training music, of "
        f"{about['n_genres']} genres.",
        "accuracy": _measured(row["value"], row["low"], row["high"], row["n"], row["n_groups"]),
    }


def _measured(value: float, low: float, high: float, n: int, n_groups: int | None = None) -> dict[str, Any]:
    return {
        "value": float(value),
        "low": _known(low),
        "high": _known(high),
        "n": int(n),
        "n_groups": None if n_groups is None else int(n_groups),
    }


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _short(values: Any) -> list[float]:
    return [round_significant(float(value)) for value in values]
