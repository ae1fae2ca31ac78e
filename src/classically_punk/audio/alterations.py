"""Ways to change a clip that leave its genre as it is: level, codec, band, equaliser, noise, key, tempo, length.

All take and give canonical samples: mono, int16, 22050 Hz. What would leave full scale is cut off there, as a
recording would be. Everything random comes from the seed that the caller gives.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.signal
import soundfile
import soxr
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.audio.stretching import stretched
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import near_name

Int16Array = NDArray[np.int16]
FloatArray = NDArray[np.float64]

FULL_SCALE = 32768.0
SHELF_CORNERS = {"low": 200.0, "high": 4000.0}  # Hz
CLIPPED_SHARE = 0.05

_LARGEST_DELAY = int(0.15 * SAMPLE_RATE)  # samples that a codec may be late
_ALIGNED_AT_ONCE = 2**14  # samples


@dataclass(frozen=True)
class Alteration:
    """name : key in tables; kind : what is altered; amount : how much, in `unit`; description : a sentence for readers.

    change : samples as floats in [-1, 1], shape (n,), and a generator -> altered samples, any length
    shortest : s; clips that are not longer stay out of a crop
    """

    name: str
    kind: str
    amount: float
    unit: str
    description: str
    change: Callable[[FloatArray, np.random.Generator], FloatArray]
    shortest: float = 0.0

    def applies(self, n_samples: int) -> bool:
        """Whether a clip of `n_samples` is long enough."""
        return n_samples > self.shortest * SAMPLE_RATE

    def apply(self, samples: Int16Array, seed: int) -> Int16Array:
        """samples : shape (n,), n >= 1. Returns int16, at least one sample. A silent clip stays silent.

        Raises ValueError when the clip is too short, see `applies`.
        """
        if not self.applies(len(samples)):
            raise ValueError(f"{self.name}: {len(samples)} samples, more than {self.shortest:g} s are needed")
        if not samples.any():
            length = int(self.shortest * SAMPLE_RATE) or len(samples)
            return samples[:length].copy()
        changed = self.change(samples / FULL_SCALE, np.random.default_rng(seed))
        return np.asarray(np.clip(np.rint(changed * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1), dtype=np.int16)


def gain(decibels: float) -> Alteration:
    """A level. +6 dB saturates clips that are recorded near full scale."""
    factor = 10.0 ** (decibels / 20.0)
    text = f"{decibels:+g} dB; what leaves full scale is cut off"
    return Alteration(f"gain_{decibels:+g}", "gain", decibels, "dB", text, lambda x, rng: factor * x)


def mp3(kilobits: int) -> Alteration:
    """Through an MP3 encoder at a constant bit rate, and back."""

    def change(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        return through_codec(x, "MP3", "MPEG_LAYER_III", {"bitrate_mode": "CONSTANT", **mp3_level(kilobits)})

    text = f"encoded as MP3 at {kilobits} kbit/s and decoded"
    return Alteration(f"mp3_{kilobits}", "codec", kilobits, "kbit/s", text, change)


def ogg() -> Alteration:
    """Through an Ogg Vorbis encoder at its default quality, and back."""

    def change(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        return through_codec(x, "OGG", "VORBIS", {"compression_level": 0.6})

    return Alteration("ogg", "codec", 0.6, "compression level", "encoded as Ogg Vorbis and decoded", change)


def band_limit(rate: int) -> Alteration:
    """Resampled to `rate` and back: nothing above half of it is left."""

    def change(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        return same_length(soxr.resample(soxr.resample(x, SAMPLE_RATE, rate), rate, SAMPLE_RATE), len(x))

    text = f"resampled to {rate} Hz and back: nothing above {rate // 2} Hz is left"
    return Alteration(f"band_{rate}", "band limit", rate, "Hz", text, change)


def shelf(side: str, decibels: float) -> Alteration:
    """A low or high shelf; what would leave full scale is scaled down as a whole."""
    filter_ = shelf_filter(side, decibels)

    def change(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        filtered = np.asarray(scipy.signal.sosfilt(filter_, x))
        return filtered / max(1.0, float(np.abs(filtered).max()))

    where = "below" if side == "low" else "above"
    text = f"{decibels:+g} dB {where} {SHELF_CORNERS[side]:g} Hz"
    return Alteration(f"{side}_shelf_{decibels:+g}", "equaliser", decibels, "dB", text, change)


def pink_noise(ratio: float) -> Alteration:
    """Pink noise whose power is `ratio` dB below the clip's."""

    def change(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        noise = pink(len(x), rng)
        power = float((noise**2).mean())
        level = np.sqrt(float((x**2).mean()) / power) * 10.0 ** (-ratio / 20.0) if power > 0 else 0.0
        return x + level * noise

    text = f"pink noise {ratio:g} dB below the clip"
    return Alteration(f"noise_{ratio:g}", "noise", ratio, "dB SNR", text, change)


def pitch(semitones: int) -> Alteration:
    """Another key at the same tempo: stretched, then resampled."""
    factor = 2.0 ** (semitones / 12.0)

    def change(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        longer = stretched(x, 1.0 / factor)
        return same_length(soxr.resample(longer, factor * SAMPLE_RATE, SAMPLE_RATE), len(x))

    text = f"{semitones:+d} semitones at the same tempo"
    return Alteration(f"pitch_{semitones:+d}", "pitch", semitones, "semitones", text, change)


def tempo(percent: int) -> Alteration:
    """Another tempo in the same key."""

    def change(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        return stretched(x, 1.0 + percent / 100.0)

    return Alteration(f"tempo_{percent:+d}", "tempo", percent, "%", f"{percent:+d} % tempo in the same key", change)


def crop(seconds: float) -> Alteration:
    """A stretch of the clip, from a random place."""
    length = int(seconds * SAMPLE_RATE)

    def change(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        start = int(rng.integers(0, len(x) - length + 1))
        return x[start : start + length]

    text = f"{seconds:g} s from a random place"
    return Alteration(f"crop_{seconds:g}", "crop", seconds, "s", text, change, shortest=seconds)


def clipping() -> Alteration:
    """The loudest 5 % of the samples cut off."""

    def change(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        limit = float(np.quantile(np.abs(x), 1.0 - CLIPPED_SHARE))
        return np.clip(x, -limit, limit) if limit > 0 else x

    text = f"the loudest {CLIPPED_SHARE:.0%} of the samples cut off"
    return Alteration("clipping", "clipping", 100 * CLIPPED_SHARE, "% of the samples", text, change)


def shelf_filter(side: str, decibels: float) -> FloatArray:
    """Second-order section, shape (1, 6), of a shelf with slope 1.

    Source: Bristow-Johnson, Cookbook formulae for audio equalizer biquad filter coefficients.
    """
    a = 10.0 ** (decibels / 40.0)
    omega = 2.0 * np.pi * SHELF_CORNERS[side] / SAMPLE_RATE
    cosine, alpha = np.cos(omega), np.sin(omega) / np.sqrt(2.0)
    root = 2.0 * np.sqrt(a) * alpha
    sign = 1.0 if side == "low" else -1.0
    numerator = [
        a * ((a + 1) - sign * (a - 1) * cosine + root),
        sign * 2 * a * ((a - 1) - sign * (a + 1) * cosine),
        a * ((a + 1) - sign * (a - 1) * cosine - root),
    ]
    denominator = [
        (a + 1) + sign * (a - 1) * cosine + root,
        -sign * 2 * ((a - 1) + sign * (a + 1) * cosine),
        (a + 1) + sign * (a - 1) * cosine - root,
    ]
    return np.asarray(np.array([[*numerator, *denominator]]) / denominator[0])


def pink(n: int, rng: np.random.Generator) -> FloatArray:
    """Noise whose power falls with 1 / frequency: shape (n,), no constant part."""
    length = scipy.fft.next_fast_len(max(n, 2), real=True)
    bins = length // 2 + 1
    spectrum = rng.normal(size=bins) + 1j * rng.normal(size=bins)
    spectrum[0] = 0.0
    spectrum[1:] /= np.sqrt(np.arange(1, bins))
    return np.asarray(scipy.fft.irfft(spectrum, n=length)[:n])


def through_codec(x: FloatArray, container: str, subtype: str, options: dict[str, object]) -> FloatArray:
    """x : shape (n,). Returns shape (n,), where it was in time: the encoder's own delay is taken out."""
    buffer = io.BytesIO()
    padded = np.pad(np.clip(x, -1.0, 1.0), (0, SAMPLE_RATE // 2))  # an encoder may lose its last block
    soundfile.write(buffer, padded, SAMPLE_RATE, format=container, subtype=subtype, **options)
    buffer.seek(0)
    decoded, _ = soundfile.read(buffer, dtype="float64")
    return same_length(aligned(decoded, x), len(x))


def mp3_level(kilobits: int) -> dict[str, float]:
    """libsndfile spreads 0..1 over 8..160 kbit/s, the rates of MPEG-2 layer III, which 22050 Hz belongs to."""
    return {"compression_level": (160 - kilobits) / (160 - 8)}


def aligned(decoded: FloatArray, x: FloatArray) -> FloatArray:
    """`decoded` without the delay at which it agrees best with `x`; 0.15 s at most are searched.

    Agreement is the sum of products. Blocks of `x` and what may answer to each are transformed side by side, and their
    products added up before the one transform back (overlap-save): short transforms stay in the processor's cache.
    """
    step = _ALIGNED_AT_ONCE - _LARGEST_DELAY + 1
    starts = range(0, len(x), step)
    ours = np.pad(x, (0, len(starts) * step - len(x))).reshape(len(starts), step)
    theirs = same_length(decoded, starts[-1] + _ALIGNED_AT_ONCE)
    theirs = np.lib.stride_tricks.sliding_window_view(theirs, _ALIGNED_AT_ONCE)[::step]
    product = np.zeros(_ALIGNED_AT_ONCE // 2 + 1, dtype=complex)
    for mine, other in zip(ours, theirs, strict=True):
        product += scipy.fft.rfft(other) * np.conj(scipy.fft.rfft(mine, _ALIGNED_AT_ONCE))
    agreement = scipy.fft.irfft(product, _ALIGNED_AT_ONCE)
    return decoded[int(np.argmax(agreement[:_LARGEST_DELAY])) :]


def same_length(x: FloatArray, n: int) -> FloatArray:
    """Cut or filled up with silence to n samples."""
    return x[:n] if len(x) >= n else np.pad(x, (0, n - len(x)))


CROPS = (1.0, 2.0, 3.0, 5.0, 10.0, 20.0)

ALTERATIONS: tuple[Alteration, ...] = (
    *(gain(decibels) for decibels in (-20.0, -10.0, 6.0)),
    mp3(128),
    mp3(64),
    ogg(),
    band_limit(16000),
    band_limit(8000),
    *(shelf(side, decibels) for side in ("low", "high") for decibels in (-6.0, 6.0)),
    *(pink_noise(ratio) for ratio in (30.0, 20.0, 10.0)),
    *(pitch(semitones) for semitones in (-2, -1, 1, 2)),
    *(tempo(percent) for percent in (-6, 6)),
    clipping(),
    *(crop(seconds) for seconds in CROPS),
)


def alterations_named(names: Sequence[str], place: str) -> list[Alteration]:
    """The entries of these names. Raises PunkError on one that is none. place : the parameter that lists them."""
    known = {alteration.name: alteration for alteration in ALTERATIONS}
    unknown = [name for name in names if name not in known]
    if unknown:
        hint = near_name(unknown[0], known)
        raise PunkError(f"{place}: {unknown[0]} is no alteration; {hint}known are {', '.join(known)}")
    return [known[name] for name in names]
