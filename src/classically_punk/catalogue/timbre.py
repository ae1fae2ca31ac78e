"""How a sound is coloured."""

from classically_punk.catalogue.entries import Feature
from classically_punk.contracts.bands import CONTRAST_LOWEST, CONTRAST_OCTAVES, N_MFCC

_SPECTRAL = "Tzanetakis & Cook 2002; librosa.feature.spectral_"


def _mfcc(number: int) -> Feature:
    known = {1: "overall level", 2: "tilt of the spectrum, lows over highs"}
    detail = known.get(number, f"ripple of the spectrum with {number - 1} half waves over the mel scale")
    return Feature(
        name=f"mfcc{number}",
        function="timbre:mfcc",
        over="frames",
        unit="dB",
        family="timbre",
        title=f"MFCC {number}",
        sentence=f"Mel-frequency cepstral coefficient {number}: {detail}.",
        source="Davis & Mermelstein 1980; librosa.feature.mfcc",
        output=number - 1,
    )


def _contrast(number: int) -> Feature:
    high = CONTRAST_LOWEST * 2 ** (number - 1)
    low = 0 if number == 1 else high / 2
    band = f"{low:.0f} Hz to {high:.0f} Hz" if number <= CONTRAST_OCTAVES else f"above {low:.0f} Hz"
    return Feature(
        name=f"contrast{number}",
        function="timbre:spectral_contrast",
        over="frames",
        unit="dB",
        family="timbre",
        title=f"Contrast {band}",
        sentence=f"Peaks over valleys of the spectrum, {band}: high for clear tones, low for noise.",
        source="Jiang et al. 2002; librosa.feature.spectral_contrast",
        output=number - 1,
    )


MFCC = tuple(_mfcc(number) for number in range(1, N_MFCC + 1))

CONTRAST = tuple(_contrast(number) for number in range(1, CONTRAST_OCTAVES + 2))

SPECTRAL_CENTROID = Feature(
    name="spectral_centroid",
    function="over_frames:spectral_shape",
    over="frames",
    unit="Hz",
    family="timbre",
    title="Spectral centroid",
    sentence="Centre of gravity of the spectrum: brightness.",
    source=f"{_SPECTRAL}centroid",
    output=0,
)
SPECTRAL_BANDWIDTH = Feature(
    name="spectral_bandwidth",
    function="over_frames:spectral_shape",
    over="frames",
    unit="Hz",
    family="timbre",
    title="Spectral bandwidth",
    sentence="Spread of the spectrum around its centroid.",
    source=f"{_SPECTRAL}bandwidth",
    output=1,
)
ROLLOFF = Feature(
    name="rolloff",
    function="over_frames:spectral_shape",
    over="frames",
    unit="Hz",
    family="timbre",
    title="Spectral roll-off",
    sentence="Frequency below which 85 % of the magnitude lies.",
    source=f"{_SPECTRAL}rolloff",
    output=3,
)
LOG_CENTROID = Feature(
    name="log_centroid",
    function="over_frames:log_spectral_shape",
    over="frames",
    unit="log2 Hz",
    family="timbre",
    title="Brightness",
    sentence="Spectral centroid on a scale of octaves (20 Hz and below count as 20 Hz).",
    source=f"{_SPECTRAL}centroid",
    output=0,
)
LOG_BANDWIDTH = Feature(
    name="log_bandwidth",
    function="over_frames:log_spectral_shape",
    over="frames",
    unit="log2 Hz",
    family="timbre",
    title="Bandwidth",
    sentence="Spectral bandwidth on a scale of octaves.",
    source=f"{_SPECTRAL}bandwidth",
    output=1,
)
LOG_LOW_ROLLOFF = Feature(
    name="log_low_rolloff",
    function="over_frames:log_spectral_shape",
    over="frames",
    unit="log2 Hz",
    family="timbre",
    title="Low roll-off",
    sentence="Frequency below which 25 % of the magnitude lies, on a scale of octaves: weight of the bass.",
    source=f"{_SPECTRAL}rolloff",
    output=2,
)
LOG_ROLLOFF = Feature(
    name="log_rolloff",
    function="over_frames:log_spectral_shape",
    over="frames",
    unit="log2 Hz",
    family="timbre",
    title="Roll-off",
    sentence="Spectral roll-off (85 %) on a scale of octaves.",
    source=f"{_SPECTRAL}rolloff",
    output=3,
)
FLATNESS = Feature(
    name="flatness",
    function="timbre:spectral_flatness",
    over="frames",
    unit="dB",
    family="timbre",
    title="Noisiness",
    sentence="Spectral flatness: 0 dB for white noise (and for silence), far below for tones.",
    source="Dubnov 2004; librosa.feature.spectral_flatness",
)
FLUX = Feature(
    name="flux",
    function="timbre:spectral_flux",
    over="frames",
    unit="dB",
    family="timbre",
    title="Spectral flux",
    sentence="Distance between the spectra of neighbouring frames, each scaled to a sum of 1.",
    source="Tzanetakis & Cook 2002, sec. II-A",
)
ZERO_CROSSING_RATE = Feature(
    name="zero_crossing_rate",
    function="timbre:zero_crossing_rate",
    over="frames",
    unit="1",
    family="timbre",
    title="Zero-crossing rate",
    sentence="Share of samples that change sign: high for noise and bright sounds.",
    source="librosa.feature.zero_crossing_rate",
)
SPECTRAL_SLOPE = Feature(
    name="spectral_slope",
    function="timbre:spectral_slope",
    over="frames",
    unit="dB/oct",
    family="timbre",
    title="Spectral slope",
    sentence="Slope of the straight line that fits the spectrum best, every octave weighing the same: 0 for a click, "
    "-3 for pink noise, lower for dark sounds.",
    source="Peeters 2004, sec. 6.1.3 (there of magnitudes against Hz)",
)
