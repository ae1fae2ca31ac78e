"""Music of made-up artists, a bundle of it, and batches: the same music, and music that was changed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.bundle.distribution import along_axes, novelties, quantiles
from classically_punk.bundle.reading import Loaded, read_bundle, write_bundle
from classically_punk.bundle.stability import Music, calibrate
from classically_punk.catalogue.sets import recipe
from classically_punk.contracts.classifier import Training
from classically_punk.features.extract import clip_features
from classically_punk.foundation.params import Features, Inner, Ols
from classically_punk.models.ols import fit_rules
from classically_punk.models.planning import plan_columns

GENRES = ("jazz", "metal", "pop")
SECONDS = 0.6
COLUMNS = (
    "mfcc1_mean",
    "mfcc2_mean",
    "mfcc5_mean",
    "contrast4_mean",
    "log_rolloff_mean",
    "flatness_mean",
    "zero_crossing_rate_mean",
    "level_mean",
    "level_std",
    "mfcc1_std",
    "crest_factor",
)
STEPS = tuple(step for step in recipe(["standard"]).steps if step.column in COLUMNS)
EXTRACTION = {"n_fft": 2048, "hop_length": 512, "window": SECONDS, "window_hop": SECONDS}
Samples = NDArray[np.int16]


@dataclass(frozen=True)
class Made:
    """samples : one array a clip; label, group : shape (n,)"""

    samples: list[Samples]
    label: NDArray[np.object_]
    group: NDArray[np.object_]

    def columns(self) -> NDArray[np.float64]:
        """shape (n, len(STEPS)), of whole clips"""
        settings = Features(sets=["standard"], **EXTRACTION)
        return np.array([clip_features(one, settings, STEPS).values[0] for one in self.samples], dtype=float)


def music(seed: int, artists: int, clips: int = 5, genres: tuple[str, ...] = GENRES) -> Made:
    """Tones over noise with a beat. A genre has its own balance, an artist a pitch, a brightness, a share of noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    samples, label, group = [], [], []
    for k in range(artists):
        genre = GENRES.index(genres[k % len(genres)])
        pitch, slope = rng.uniform(90, 300), rng.normal((1.8, 0.8, 1.3)[genre], 0.1)
        noise, beat = rng.uniform(0.7, 1.3) * (0.02, 0.2, 0.06)[genre], rng.uniform(4, 9)
        for _ in range(clips):
            f0 = pitch * 2 ** (rng.integers(-3, 4) / 12)
            harmonics = np.arange(1, int(9000 / f0) + 1)
            spectrum = np.zeros(len(t) // 2 + 1, dtype=complex)
            weights = harmonics ** -(slope + rng.normal(0, 0.05))
            spectrum[np.rint(f0 * harmonics * SECONDS).astype(int)] = weights * np.exp(
                1j * rng.uniform(0, 6, len(weights))
            )
            tones = np.fft.irfft(spectrum, len(t)) * len(t) / 2
            sound = tones * np.exp(-3 * ((t * beat + rng.uniform()) % 1)) + noise * rng.standard_normal(len(t))
            samples.append((sound / np.abs(sound).max() * rng.uniform(0.5, 0.9) * 32767).astype(np.int16))
            label.append(GENRES[genre])
            group.append(f"{seed}.{k}")
    return Made(samples, np.array(label, dtype=object), np.array(group, dtype=object))


@pytest.fixture(scope="session")
def trained() -> dict[str, Any]:
    """Content of a bundle of 240 clips by 48 artists, regression and lines fitted to them."""
    made = music(0, 48)
    values = made.columns()
    training = Training(values, made.label, made.group, GENRES)
    settings = Ols(transform="none", winsorise=4.0, columns="all", rows_per_column=4.0, vif_limit=10.0)
    names = [step.column for step in STEPS]
    families = {step.column: step.family for step in STEPS}
    plan, inner = plan_columns(len(names), len(values), settings), Inner(folds=3, seed=4)
    regression, rule = fit_rules(training, names, families, plan, inner)
    artists = np.unique(made.group)
    fold = (np.arange(len(artists)) // len(GENRES) % 3)[np.searchsorted(artists, made.group)]
    predicted, probability = np.empty(len(values), dtype=object), np.empty(len(values))
    for k in range(3):
        left, tested = fit_rules(training.part(fold != k), names, families, plan, inner)[0], values[fold == k]
        predicted[fold == k], probability[fold == k] = left.predict(tested), left.probabilities(tested).max(axis=1)
    along = along_axes(regression.transform.apply(values))
    stability = calibrate(Music(values, along.rows, made.group, predicted, probability >= 0.7), GENRES, 1, 500)
    assert stability is not None
    measured = {"value": 0.9, "low": None, "high": None, "n": 240}
    at = {
        "length": SECONDS,
        "fitted_to": "clips",
        "rule": "ols",
        "asked": "whole",
        "inverse_temperature": regression.inverse_temperature,
        "protocol": "artist",
        "accuracy": measured,
        "coverage": 0.9,
        "answered": None,
        "calibration_error": None,
        "thresholds": [],
    }
    return {
        "name": "made_up",
        "title": "Music of made-up artists",
        "synthetic": True,
        "genres": list(GENRES),
        "extraction": EXTRACTION,
        "quality": {"silence": -60.0, "silent_share": 0.95, "clipped_share": 0.01, "dc_offset": 0.02},
        "columns": [
            {
                **vars(step),
                "unit": "dB" if step.column.startswith("level") else "1",
                "title": f"the {step.column}",
                "sentence": "",
                "source": "",
                "quantiles": [float(f"{value:.6g}") for value in quantiles(values[:, j])],
            }
            for j, step in enumerate(STEPS)
        ],
        "fits": [
            {
                "fitted_to": "clips",
                "n_rows": len(values),
                "regression": regression.to_json(),
                "optimal_scoring": rule.to_json(),
                "novelty": quantiles(novelties(regression, values)).tolist(),
            }
        ],
        "lengths": [at],
        "costs": {"leave": 0.3, "matrix": (1 - np.eye(3)).tolist()},
        "training": {
            "clips": dict.fromkeys(GENRES, 80),
            "axes": along.axes.tolist(),
            "rows": along.rows.tolist(),
        },
        "stability": stability.model_dump(),
        "scores": [],
        "elsewhere": [],
        "warnings": [],
        "licence": "",
        "provenance": {"corpus": "made_up", "table": "0", "requirements": "0", "params": {}},
    }


@pytest.fixture(scope="session")
def bundle(trained: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "bundle.json"
    write_bundle(trained, path)
    return path


@pytest.fixture(scope="session")
def loaded(bundle: Path) -> Loaded:
    return read_bundle(bundle)


@pytest.fixture(scope="session")
def stable() -> Made:
    """215 clips of 43 artists who are not in the training music."""
    return music(1, 43)


@pytest.fixture(scope="session")
def make_music() -> Callable[..., Made]:
    return music
