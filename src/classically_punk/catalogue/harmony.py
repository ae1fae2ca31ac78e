"""Which pitches sound."""

from classically_punk.catalogue.entries import Feature
from classically_punk.contracts.bands import N_CHROMA

_CHROMA_SOURCE = "Ellis 2007; librosa.feature.chroma_stft"
_CIRCLES = ("fifths", "minor thirds", "major thirds")


def _chroma_above(semitones: int) -> Feature:
    strongest = semitones == 0
    return Feature(
        name=f"chroma_above{semitones}",
        function="over_spans:chroma_above",
        over="span",
        unit="1",
        family="harmony",
        title="Strongest pitch class" if strongest else f"Pitch class {semitones} semitones up",
        sentence="Mean strength of the strongest pitch class: 1 where it leads in every frame."
        if strongest
        else f"Mean strength of the pitch class {semitones} semitones above the strongest: harmony without key.",
        source=_CHROMA_SOURCE,
        output=semitones,
    )


def _tonnetz(circle: str, coordinate: int) -> Feature:
    number = 2 * _CIRCLES.index(circle) + coordinate
    return Feature(
        name=f"tonnetz{number}",
        function="over_frames:tonnetz",
        over="frames",
        unit="1",
        family="harmony",
        title=f"Tonnetz {number}",
        sentence=f"Coordinate {coordinate} of the chroma on the circle of {circle}.",
        source="Harte, Sandler & Gasser 2006; librosa.feature.tonnetz",
        output=number - 1,
    )


CHROMA_STFT = Feature(
    name="chroma_stft",
    function="over_spans:chroma_values",
    over="values",
    unit="1",
    family="harmony",
    title="Chroma",
    sentence="Strength of a pitch class relative to the strongest.",
    source=_CHROMA_SOURCE,
    of="frames and pitch classes",
)
HARMONIC_WAVEFORM = Feature(
    name="harmony",
    function="over_spans:harmonic_samples",
    over="values",
    unit="1",
    family="harmony",
    title="Harmonic waveform",
    sentence="Samples of what lasts: tones.",
    source="Fitzgerald 2010; librosa.effects.hpss",
    of="samples",
)

CHROMA_ABOVE = tuple(_chroma_above(semitones) for semitones in range(N_CHROMA))

TONNETZ = tuple(_tonnetz(circle, coordinate) for circle in _CIRCLES for coordinate in (1, 2))
