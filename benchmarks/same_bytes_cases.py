"""What `same_bytes.py` compares: each case is one kind of work of the graph, reduced to the bytes of its result.

    python benchmarks/same_bytes_cases.py prepare FOLDER          write what the cases work on
    python benchmarks/same_bytes_cases.py run FOLDER CASE ...     print case, hash and the seconds until then

`--plain-numpy` leaves NumPy's loops for AVX2 out: some versions of qemu run its sorting wrongly.
"""

import hashlib
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# before NumPy, as in every process of ours
import classically_punk  # noqa: F401  isort: skip

if "--plain-numpy" in sys.argv:
    sys.argv.remove("--plain-numpy")
    os.environ["NPY_ENABLE_CPU_FEATURES"] = "X86_V2"  # what its wheels need in any case

import numpy as np

from classically_punk.foundation.params import Params, read_params

REPOSITORY = Path(__file__).resolve().parents[1]
GENRES = ("classical", "jazz", "metal", "pop")
TAKES = (0, 5, 10, 15)
SECONDS = 4  # of the one clip that is decoded, altered and measured under every processor
Case = Callable[[Path], bytes]


def prepare(folder: Path) -> None:
    """One clip in every container, and the features of 16 clips with the genre and artist of each."""
    from classically_punk.corpora.demo.encode import Form, encode, widened
    from classically_punk.corpora.demo.performances import artist_of, perform, take

    params = settings()
    takes = [take(params.demo, genre, number) for genre in GENRES for number in TAKES]
    clips = [perform(params.demo, each) for each in takes]
    clip = clips[0][: SECONDS * 22050]
    np.save(folder / "clip.npy", clip)
    wide = widened(clip // 2, np.roll(clip, 300) // 4)
    for form in Form:
        (folder / f"mono.{form}").write_bytes(encode(clip, 22050, form))
        (folder / f"stereo.{form}").write_bytes(encode(wide, 44100, form))
    found = [measured(samples, "standard") for samples in clips]
    rows = [len(each.values) for each in found]
    np.savez(
        folder / "table.npz",
        values=np.concatenate([each.values for each in found]).astype(float),
        columns=np.array(found[0].columns),
        labels=np.repeat([each.genre for each in takes], rows),
        groups=np.repeat([artist_of(params.demo, each).name for each in takes], rows),
    )


def settings() -> Params:
    return read_params(REPOSITORY / "params.yaml")


def measured(samples: Any, *sets: str) -> Any:
    """The columns of the sets, of the clip and of its windows."""
    from classically_punk.catalogue.sets import recipe
    from classically_punk.features.extract import clip_features

    return clip_features(samples, settings().features, recipe(sets).steps)


def synthesis(folder: Path) -> bytes:
    from classically_punk.corpora.demo.performances import perform, take

    return perform(settings().demo, take(settings().demo, "metal", 0)).tobytes()


def encoding(form: str) -> Case:
    def work(folder: Path) -> bytes:
        from classically_punk.corpora.demo.encode import Form, encode

        return encode(np.load(folder / "clip.npy"), 22050, Form(form))

    return work


def decoding(form: str) -> Case:
    """As it was encoded, and from 44.1 kHz in stereo."""

    def work(folder: Path) -> bytes:
        from classically_punk.audio.decode import DecodingLimits, decode

        limits = DecodingLimits(shortest=1.0, longest=600.0)
        names = (f"mono.{form}", f"stereo.{form}")
        return b"".join(decode((folder / name).read_bytes(), name, limits).samples.tobytes() for name in names)

    return work


def feature_sets(folder: Path) -> bytes:
    return measured(np.load(folder / "clip.npy"), "standard", "kaggle57").values.tobytes()


def fingerprints(folder: Path) -> bytes:
    from classically_punk.audio.fingerprint import fingerprint

    return fingerprint(np.load(folder / "clip.npy")).tobytes()


def altered(folder: Path) -> bytes:
    """Every alteration once; of those that differ in amount alone, the first."""
    from classically_punk.audio.alterations import ALTERATIONS

    clip = np.load(folder / "clip.npy")
    kinds = {each.kind: each for each in reversed(ALTERATIONS) if each.applies(clip.size)}
    return b"".join(kinds[kind].apply(clip, 1).tobytes() for kind in sorted(kinds))


def compiling(folder: Path) -> bytes:
    """The instructions that numba makes of a loop here and now; symbols, which hold addresses, are left out."""
    from numba import njit

    from classically_punk.features.compiled import REORDERED

    def loop(x: Any, y: Any) -> Any:
        total, logarithms = np.float32(0), 0.0
        for i in range(x.size):
            total += x[i] * y[i]
            logarithms += np.log(1.0 + np.float64(x[i]) * x[i])
        return total, logarithms

    kernel = njit(fastmath=set(REORDERED), error_model="numpy")(loop)
    x = np.linspace(0.1, 3.0, 1001, dtype=np.float32)
    values = kernel(x, x[::-1].copy())
    (assembly,) = kernel.inspect_asm().values()
    named = re.sub(r"_ZN?\w+", "symbol", assembly)
    lines = [line for line in named.splitlines() if line.startswith("\t") and not line.startswith("\t.")]
    return "\n".join(lines).encode() + np.array(values, dtype=float).tobytes()


def regression(folder: Path) -> bytes:
    """The fit to all rows with robust inference, joint tests and influence."""
    from classically_punk.diagnostics.coefficients import coefficient_table
    from classically_punk.diagnostics.diagnosis import row_table
    from classically_punk.diagnostics.joint import joint_table
    from classically_punk.models.ols import fit_ols

    params, part, families = settings(), training(folder), families_of(folder)
    fit = fit_ols(part, list(families), families, params.ols, params.inner)
    names = [f"row{number}" for number in range(len(part.labels))]
    tables = (coefficient_table(fit), joint_table(fit, part.groups), row_table(fit, names, list(part.labels)))
    exact = [table.to_csv(index=False, float_format=float.hex) for table in tables]
    return "\n".join([json.dumps(fit.to_json()), *exact]).encode()


def forward(folder: Path) -> bytes:
    from classically_punk.models.ols import fit_regression

    params, families = settings(), families_of(folder)
    chosen = params.ols.model_copy(update={"columns": "forward"})
    fit = fit_regression(training(folder), list(families), families, chosen, params.inner)
    return json.dumps(fit.to_json()).encode()


def comparator(name: str) -> Case:
    """Searched and fitted as the stage does, with fewer trees and rounds."""

    def work(folder: Path) -> bytes:
        from classically_punk.models.comparators import comparator_suite

        params, part = settings(), training(folder)
        forest = params.comparators.forest.model_copy(update={"trees": 10})
        boosting = params.comparators.boosting.model_copy(update={"rounds": [5]})
        fewer = params.comparators.model_copy(update={"forest": forest, "boosting": boosting})
        fitted = comparator_suite(fewer, params.ols, params.inner, only=name)(part)[name]
        said = "; ".join((*fitted.notes, fitted.inverse_temperature.hex()))
        return fitted.scores(part.values).tobytes() + said.encode()

    return work


def neighbours(folder: Path) -> bytes:
    """The map of clips (t-SNE), which blows a last bit up to another picture."""
    from classically_punk.exploration.maps import neighbour_map

    values = training(folder).values
    standardised = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-12)
    return neighbour_map(standardised, 10.0, 1).tobytes()


def files(folder: Path) -> bytes:
    """A table as parquet and a figure as PNG, SVG and WebP."""
    import pandas as pd
    from matplotlib import pyplot as plt

    from classically_punk.foundation.writing import write_parquet
    from classically_punk.reporting.figures.style import house_style, save
    from classically_punk.reporting.pages.pictures import Picture

    values = training(folder).values
    with tempfile.TemporaryDirectory() as name, house_style():
        target = Path(name)
        write_parquet(pd.DataFrame(values), target / "table.parquet")
        figure, (left, right) = plt.subplots(1, 2, figsize=(6, 3))
        left.scatter(values[:, 0], values[:, 1])
        right.imshow(np.log1p(np.abs(values)), aspect="auto")
        right.set_title("Values, log")
        save(figure, target / "figure")
        kinds = [target / name for name in ("table.parquet", "figure.png", "figure.svg")]
        return b"".join(path.read_bytes() for path in kinds) + Picture(target / "figure.png", "", "").webp()


def training(folder: Path) -> Any:
    from classically_punk.contracts.classifier import Training

    with np.load(folder / "table.npz") as stored:
        labels, groups = stored["labels"].astype(object), stored["groups"].astype(object)
        return Training(stored["values"], labels, groups, tuple(sorted(set(labels))))


def families_of(folder: Path) -> dict[str, str]:
    """column -> family, in the order of the table."""
    from classically_punk.catalogue.sets import recipe

    with np.load(folder / "table.npz") as stored:
        return recipe(["standard"]).only("table", [str(name) for name in stored["columns"]]).families


LOSSLESS, LOSSY = ("wav", "flac", "flac24"), ("mp3", "ogg")
SOUND: dict[str, Case] = {
    "kernel compiled": compiling,
    "synthesis": synthesis,
    **{f"encoding {form}": encoding(form) for form in (*LOSSLESS, *LOSSY)},
    **{f"decoding {form}, resampling": decoding(form) for form in (*LOSSLESS, *LOSSY)},
    "fingerprint": fingerprints,
    "features of a clip and its windows": feature_sets,
    "alterations": altered,
}
MODELS: dict[str, Case] = {
    "regression, inference, influence": regression,
    "forward selection": forward,
    "map of clips": neighbours,
    "parquet, PNG, SVG, WebP": files,
}
COMPARATOR = "comparator "
"""Before the name of each: `same_bytes.py` knows which there are, and a process here imports what it needs only."""


def case(name: str) -> Case:
    if name.startswith(COMPARATOR):
        return comparator(name.removeprefix(COMPARATOR))
    return (SOUND | MODELS)[name]


def main() -> None:
    command, folder, *names = sys.argv[1:]
    if command == "prepare":
        prepare(Path(folder))
    for name in names:
        print(f"begin\t{name}", flush=True)
        found = hashlib.sha256(case(name)(Path(folder))).hexdigest()
        print(f"{name}\t{found}\t{time.process_time():.1f}", flush=True)


if __name__ == "__main__":
    main()
