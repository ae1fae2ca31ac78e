"""Speed of the feature sets, one thread, on real clips, everything in one run.

    python benchmarks/features.py [--clips 20] [--rounds 3] [ARCHIVE_OR_FOLDER]

Measured in turn on each clip: the 57 published columns in straightforward librosa (one call per feature), the same
columns from this project, its `standard` set, and openSMILE's emobase where the package `opensmile` is installed
(`pip install opensmile`; nothing else here needs it). Ours describe the whole clip and its ten windows of 3 s, the
others the whole clip only. Printed as Markdown: medians and ratios, the largest deviation of `kaggle57` from librosa
per group of columns and of the columns that deviate most, and where the time goes, decoding included.

The clips come from ARCHIVE_OR_FOLDER (a zip, or a folder of 16-bit mono WAV files at 22050 Hz), by default from
raw/gtzan_mini.zip in PUNK_MIRROR.
"""

import argparse
import io
import platform
import re
import time
import wave
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

# first of all, before NumPy: importing the package pins the libraries to one thread
import classically_punk  # noqa: F401  isort: skip
import librosa
import numpy as np
from numpy.typing import NDArray

from classically_punk.audio.decode import DecodingLimits, decode
from classically_punk.catalogue.sets import columns_of, recipe
from classically_punk.features import harmony, over_frames, timbre
from classically_punk.features.extract import ClipFeatures, clip_features, values_of, warm_up
from classically_punk.features.measured import Measured
from classically_punk.features.median import median_31
from classically_punk.features.separation import FRAMES_AT_ONCE
from classically_punk.features.spectra import blocks
from classically_punk.features.summaries import spans
from classically_punk.foundation.environment import mirror
from classically_punk.foundation.params import Features

RATE = 22050
KAGGLE57, STANDARD = columns_of(["kaggle57"]), columns_of(["standard"])
Samples = NDArray[np.int16]
Item = TypeVar("Item")
Times = dict[str, list[float]]


def features_of(samples: Samples, name: str) -> ClipFeatures:
    """The columns of one set, of the clip and of its windows."""
    settings = Features(sets=[name], n_fft=2048, hop_length=512, window=3.0, window_hop=3.0)
    return clip_features(samples, settings, recipe([name]).steps)


def clips(source: Path, count: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of `count` clips spread over the source."""
    if source.is_dir():
        paths = sorted(source.rglob("*.wav"))
        for path in spread(paths, count):
            yield path.name, path.read_bytes()
        return
    with zipfile.ZipFile(source) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".wav") and "/._" not in name)
        for name in spread(names, count):
            yield name.rsplit("/", 1)[-1], archive.read(name)


def spread(items: list[Item], count: int) -> list[Item]:
    places = np.unique(np.linspace(0, len(items) - 1, min(count, len(items))).round().astype(int))
    return [items[place] for place in places]


def decoded(content: bytes) -> Samples:
    """Samples of a file that needs no conversion, for every contender the same."""
    with wave.open(io.BytesIO(content)) as file:
        if (file.getnchannels(), file.getframerate(), file.getsampwidth()) != (1, RATE, 2):
            raise SystemExit("expected mono 16-bit WAV files at 22050 Hz: name a folder of canonical clips")
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.int16)


def straightforward(samples: Samples) -> NDArray[np.float64]:
    """The published columns as a notebook computes them."""
    signal = samples.astype(np.float32) / 32768
    feature = librosa.feature
    harmonic, percussive = librosa.effects.hpss(signal)
    tracks = {
        "chroma_stft": feature.chroma_stft(y=signal, sr=RATE),
        "rms": feature.rms(y=signal),
        "spectral_centroid": feature.spectral_centroid(y=signal, sr=RATE),
        "spectral_bandwidth": feature.spectral_bandwidth(y=signal, sr=RATE),
        "rolloff": feature.spectral_rolloff(y=signal, sr=RATE),
        "zero_crossing_rate": feature.zero_crossing_rate(signal),
        "harmony": harmonic,
        "perceptr": percussive,
    }
    tracks |= {f"mfcc{k}": track for k, track in enumerate(feature.mfcc(y=signal, sr=RATE, n_mfcc=20), start=1)}
    values = {f"{name}_mean": np.mean(track) for name, track in tracks.items()}
    values |= {f"{name}_var": np.var(track) for name, track in tracks.items()}
    values["tempo"] = np.squeeze(librosa.beat.beat_track(y=signal, sr=RATE)[0])
    return np.array([float(values[column]) for column in KAGGLE57])


def emobase() -> Callable[[Samples], object] | None:
    """openSMILE's emobase of a whole clip, or None where it is not installed."""
    try:
        import opensmile
    except ImportError:
        return None
    smile = opensmile.Smile(
        feature_set=opensmile.FeatureSet.emobase,
        feature_level=opensmile.FeatureLevel.Functionals,
        num_workers=1,
    )
    return lambda samples: smile.process_signal(samples.astype(np.float32) / 32768, RATE)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = work()
    return 1e3 * (time.perf_counter() - begin), result


def medians(spectrum: Measured) -> None:
    """Both running medians of the separation, over its stretches of frames."""
    for block in blocks(spectrum.n_frames, FRAMES_AT_ONCE):
        median_31(spectrum.power, block.start, block.stop)
        median_31(np.ascontiguousarray(spectrum.power[block].T))


def steps(content: bytes) -> Mapping[str, float]:
    """Time of each step of ours in ms, in the order in which they need each other."""
    decoding, decoded_clip = timed(lambda: decode(content, "clip.wav", DecodingLimits(shortest=0.0, longest=600.0)))
    samples = decoded_clip.samples
    signal = samples.astype(np.float32) / 32768
    clip = Measured(signal, 2048, 512)
    parts = spans(signal.size, clip.n_frames, 512, 3.0, 3.0)
    work: dict[str, Callable[[], object]] = {
        "short-time Fourier transform": lambda: clip.spectrum,
        "power": lambda: clip.power,
        "mel bands, decibels": lambda: clip.mel_decibels,
        "MFCC": lambda: timbre.mfcc(clip),
        "centroid, bandwidth, roll-off": lambda: clip.shape,
        "zero crossings": lambda: timbre.zero_crossing_rate(clip),
        "RMS": lambda: clip.rms,
        "tuning (part of chroma)": lambda: harmony.tuning(clip),
        "chroma": lambda: clip.chroma,
        "onset strength": lambda: clip.onsets,
        "tempogram": lambda: clip.tempogram,
        "medians (part of the separation)": lambda: medians(clip),
        "harmonic-percussive separation (kaggle57)": lambda: clip.percussive,
        "spectral contrast (standard)": lambda: timbre.spectral_contrast(clip),
        "flatness (standard)": lambda: timbre.spectral_flatness(clip),
        "flux (standard)": lambda: timbre.spectral_flux(clip),
        "spectral slope (slope)": lambda: timbre.spectral_slope(clip),
        "tonnetz (standard)": lambda: over_frames.tonnetz(clip),
        "kaggle57, 11 rows, once all that it shares is there": lambda: values_of(
            clip, parts, recipe(["kaggle57"]).steps
        ),
        "standard, 11 rows, once all that it shares is there": lambda: values_of(
            clip, parts, recipe(["standard"]).steps
        ),
    }
    return {"decoding (not part of the rows above)": decoding} | {name: timed(step)[0] for name, step in work.items()}


def measure(found: list[Samples], rounds: int) -> tuple[Times, NDArray[np.float64], NDArray[np.float64]]:
    """Times in ms of each contender on every clip and round, and the values of librosa and of ours."""
    contenders: dict[str, Callable[[Samples], Any]] = {
        "librosa, 57 columns": straightforward,
        f"kaggle57, {len(KAGGLE57)} columns": lambda samples: features_of(samples, "kaggle57"),
        f"standard, {len(STANDARD)} columns": lambda samples: features_of(samples, "standard"),
    }
    smile = emobase()
    if smile is not None:
        contenders["openSMILE emobase, 988 columns"] = smile
    else:
        print("openSMILE is not installed (pip install opensmile): measured without it\n")
    times: Times = {name: [] for name in contenders}
    theirs: list[NDArray[np.float64]] = []
    ours: list[NDArray[np.float32]] = []
    for work in contenders.values():  # whatever is loaded or compiled at first use
        work(found[0])
    for round_ in range(rounds):
        for samples in found:
            for name, work in contenders.items():
                taken, result = timed(lambda work=work, samples=samples: work(samples))
                times[name].append(taken)
                if round_ == 0 and name.startswith("librosa"):
                    theirs.append(result)
                elif round_ == 0 and name.startswith("kaggle57"):
                    ours.append(result.values[0])
    return times, np.array(theirs, dtype=np.float64), np.array(ours, dtype=np.float64)


def deviation(theirs: NDArray[np.float64], ours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest over the clips, per column: relative, or in standard deviations over the clips, whichever is less."""
    distance = np.abs(theirs - ours)
    scale = np.maximum(np.abs(theirs), theirs.std(axis=0))
    relative = np.divide(distance, scale, out=np.zeros_like(distance), where=scale > 0)
    return np.asarray(relative.max(axis=0))


def group_of(column: str) -> str:
    """The descriptor of a column, the 20 coefficients as one."""
    return re.sub(r"(_mean|_var)$", "", re.sub(r"^mfcc\d+", "mfcc1-20", column))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, nargs="?", help="zip or folder of clips")
    parser.add_argument("--clips", type=int, default=20, help="how many clips, spread over the source")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    arguments = parser.parse_args()
    source = arguments.source
    if source is None:
        folder = mirror()
        if folder is None:
            raise SystemExit("name an archive or folder of clips, or set PUNK_MIRROR to a folder with raw/")
        source = folder / "raw" / "gtzan_mini.zip"

    started, _ = timed(lambda: warm_up(recipe(["kaggle57", "standard"]).steps))
    contents = [content for _, content in clips(source, arguments.clips)]
    found = [decoded(content) for content in contents]
    times, theirs, ours = measure(found, arguments.rounds)
    profile = [steps(content) for content in contents for _ in range(arguments.rounds)]

    seconds = np.median([samples.size / RATE for samples in found])
    print(f"{len(found)} clips of {seconds:.0f} s, {arguments.rounds} rounds, one thread, {platform.machine()}, "
          f"Python {platform.python_version()}; kernels loaded or compiled in {started / 1e3:.1f} s\n")  # fmt: skip
    print("| per clip | median ms | librosa takes as much, times |\n|---|---|---|")
    reference = np.median(times["librosa, 57 columns"])
    for name, taken in times.items():
        print(f"| {name} | {np.median(taken):.1f} | {reference / np.median(taken):.1f} |")
    found_deviation = deviation(theirs, ours)
    tempo = KAGGLE57.index("tempo")
    equal = int((np.abs(theirs - ours)[:, tempo] < 1e-4).sum())
    print(f"\nTempo equal to librosa's on {equal} of {len(found)} clips; "
          f"largest deviation of the other columns {np.delete(found_deviation, tempo).max():.1e}:\n")  # fmt: skip
    print("| columns | largest deviation |\n|---|---|")
    for group in dict.fromkeys(group_of(column) for column in KAGGLE57):
        places = [place for place, column in enumerate(KAGGLE57) if group_of(column) == group]
        print(f"| {group} | {found_deviation[places].max():.1e} |")
    print("\n| columns that deviate most | deviation |\n|---|---|")
    for place in np.argsort(-found_deviation)[:8]:
        print(f"| {KAGGLE57[place]} | {found_deviation[place]:.1e} |")
    print("\n| step | median ms |\n|---|---|")
    for name in profile[0]:
        print(f"| {name} | {np.median([taken[name] for taken in profile]):.1f} |")


if __name__ == "__main__":
    main()
