"""Numbers that both a descriptor and its description need: how many there are of it, and where its bands lie."""

N_MFCC = 20
"""Mel-frequency cepstral coefficients."""

N_CHROMA = 12
"""Pitch classes, from C on."""

N_TONNETZ = 6
"""Coordinates on the circles of fifths, minor thirds and major thirds."""

CONTRAST_LOWEST = 200.0
"""Hz; where the lowest band of the spectral contrast ends."""
CONTRAST_OCTAVES = 6
"""Bands of the spectral contrast above that, an octave each but for the last, which is open."""

TEMPO_BANDS = 12
LOWEST_BAND = 40.0
"""BPM; where the first band of tempo begins."""
HIGHEST_BAND = 240.0
"""BPM; where the last band of tempo ends."""

MODULATION_BANDS = 10
SLOWEST_MODULATION = 0.5
"""Hz; where the first band of modulation begins."""
FASTEST_MODULATION = 20.0
"""Hz; where the last band of modulation ends."""


def octave_band(number: int, lowest: float, highest: float, bands: int) -> tuple[float, float]:
    """Ends of band `number` (from 1 on) of `bands` that share lowest to highest equally in octaves.

    >>> octave_band(2, 1.0, 16.0, 4)
    (2.0, 4.0)
    """
    ratio = (highest / lowest) ** (1 / bands)
    return lowest * ratio ** (number - 1), lowest * ratio**number
