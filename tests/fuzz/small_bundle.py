"""A small bundle that is fitted here: three kinds of sound that anyone can tell apart, and eight columns."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.bundle.distribution import along_axes
from classically_punk.catalogue.sets import described, recipe
from classically_punk.contracts.classifier import Training
from classically_punk.contracts.recipe import Step
from classically_punk.features.extract import clip_features
from classically_punk.foundation.params import Features, Inner, Ols
from classically_punk.models.novelty import novelties, quantiles
from classically_punk.models.ols import fit_rules
from classically_punk.models.planning import plan_columns

SOUNDS = ("hum", "noise", "pulses")
"""The genres of the bundle, in order."""

CLIPS = 8  # of each
SECONDS = 3.0
EXTRACTION = {"n_fft": 2048, "hop_length": 512, "window": 1.0, "window_hop": 1.0}
FAMILIES = ("timbre", "harmony", "rhythm", "dynamics")


def sound(kind: str, seed: int, seconds: float = SECONDS) -> NDArray[np.int16]:
    """A clip of one of SOUNDS, shape (n,), at 22050 Hz: a chord of steady tones, noise, or ten bursts a second."""
    rng = np.random.default_rng((SOUNDS.index(kind), seed))
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    root = 110.0 * 2.0 ** (rng.integers(0, 24) / 12)
    chord = sum(np.sin(2 * np.pi * root * ratio * time) for ratio in (1.0, 1.25, 1.5))
    noise = rng.standard_normal(time.size)
    bursts = noise * (np.sin(2 * np.pi * rng.uniform(9.0, 11.0) * time) > 0.9)
    signal = {"hum": chord / 3 + 0.01 * noise, "noise": 0.3 * noise, "pulses": 0.4 * bursts + 0.002 * noise}[kind]
    return np.clip(signal * rng.uniform(0.3, 0.6) * 32767, -32768, 32767).astype(np.int16)


def content() -> dict[str, Any]:
    """What the bundle holds. Its shares are invented: nothing was held out."""
    steps = _steps()
    columns = [step.column for step in steps]
    settings = Features(sets=["bundle"], **EXTRACTION)
    labels = [kind for kind in SOUNDS for _ in range(CLIPS)]
    values = np.array(
        [clip_features(sound(kind, k), settings, steps).values[0] for kind in SOUNDS for k in range(CLIPS)],
        dtype=np.float64,
    )
    groups = np.array([f"{label}{k}" for k, label in enumerate(labels)], dtype=object)
    training = Training(values, np.array(labels, dtype=object), groups, SOUNDS)
    plain = {"transform": "none", "winsorise": None, "columns": "all", "rows_per_column": 1.1, "vif_limit": 1e6}
    plan = plan_columns(len(columns), len(labels), Ols.model_validate(plain))
    families = {step.column: step.family for step in steps}
    regression, optimal = fit_rules(training, columns, families, plan, Inner(folds=3, seed=1))
    along = along_axes(regression.transform.apply(values))
    return {
        "name": "small",
        "title": "Three kinds of sound, made for tests",
        "synthetic": True,
        "genres": list(SOUNDS),
        "extraction": EXTRACTION,
        "quality": {"silence": -60.0, "silent_share": 0.95, "clipped_share": 0.005, "dc_offset": 0.02},
        "columns": [_described(step, values[:, j]) for j, step in enumerate(steps)],
        "fits": [
            {
                "fitted_to": "clips",
                "n_rows": len(labels),
                "regression": regression.to_json(),
                "optimal_scoring": optimal.to_json(),
                "novelty": quantiles(novelties(regression, values, groups, np.ones(len(values), dtype=bool))).tolist(),
            }
        ],
        "lengths": [_at(1.0, "ols", 8.0), _at(SECONDS, "optimal_scoring", optimal.inverse_temperature)],
        "costs": {"leave": 0.4, "matrix": (1.0 - np.eye(len(SOUNDS))).tolist()},
        "training": {"clips": dict.fromkeys(SOUNDS, CLIPS), "rows": along.rows.tolist(), "axes": along.axes.tolist()},
        "scores": [{"name": "clip", "sentence": "Invented, for tests.", "accuracy": _share(0.9)}],
        "elsewhere": [],
        "warnings": ["It knows three kinds of sound and no music."],
        "licence": "Made here, free for any use.",
        "provenance": {"corpus": "small", "table": "0" * 64, "requirements": "0" * 64, "params": {}},
    }


def _steps() -> list[Step]:
    """Two columns of each family, of those that cost least."""
    known = recipe(["standard"]).steps
    return [step for family in FAMILIES for step in [each for each in known if each.family == family][:2]]


def _described(step: Step, values: NDArray[np.float64]) -> dict[str, Any]:
    about = described(["standard"])[step.column]
    told = {"unit": about.unit, "title": about.title, "sentence": about.sentence, "source": about.source}
    return {**vars(step), **told, "quantiles": quantiles(values).tolist()}


def _share(value: float) -> dict[str, Any]:
    return {"value": value, "low": value - 0.1, "high": min(1.0, value + 0.1), "n": CLIPS * len(SOUNDS)}


def _at(length: float, rule: str, inverse_temperature: float) -> dict[str, Any]:
    return {
        "length": length,
        "fitted_to": "clips",
        "rule": rule,
        "asked": "whole",
        "inverse_temperature": inverse_temperature,
        "protocol": "clip",
        "accuracy": _share(0.9),
        "coverage": 0.8,
        "answered": _share(0.95),
        "calibration_error": 0.02,
        "thresholds": [{"threshold": 0.5, "coverage": 0.8, "accuracy": 0.95, "n": 19}],
    }
