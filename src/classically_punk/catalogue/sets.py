"""The named sets: lists of entries. A set is computed where `features.sets` of params.yaml names it.

`kaggle57`  the columns of the published table of GTZAN, under their published names and in their order
`standard`  wider, on scales that suit a linear model: levels and logarithms instead of amplitudes and frequencies,
            deviations instead of variances, pitch without the key
`slope`     the tilt of the spectrum alone
"""

from collections.abc import Iterable

from classically_punk.catalogue import dynamics, harmony, rhythm, timbre
from classically_punk.catalogue.entries import (
    DEVIATION,
    MEAN,
    RESTLESSNESS,
    SKEWNESS,
    VARIANCE,
    Member,
    feature_by_feature,
    plain,
    statistic_by_statistic,
)
from classically_punk.contracts.columns import Column
from classically_punk.contracts.recipe import Recipe
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import near_name

PUBLISHED = "kaggle57"
"""The set whose columns a published table gives."""

SETS: dict[str, tuple[Member, ...]] = {
    PUBLISHED: (
        *feature_by_feature(
            (
                harmony.CHROMA_STFT,
                dynamics.RMS,
                timbre.SPECTRAL_CENTROID,
                timbre.SPECTRAL_BANDWIDTH,
                timbre.ROLLOFF,
                timbre.ZERO_CROSSING_RATE,
                harmony.HARMONIC_WAVEFORM,
                rhythm.PERCUSSIVE_WAVEFORM,
            ),
            (MEAN, VARIANCE),
        ),
        *plain(rhythm.TEMPO),
        *feature_by_feature(timbre.MFCC, (MEAN, VARIANCE)),
    ),
    "standard": (
        *statistic_by_statistic(
            (
                *timbre.MFCC,
                *timbre.CONTRAST,
                timbre.LOG_CENTROID,
                timbre.LOG_BANDWIDTH,
                timbre.LOG_LOW_ROLLOFF,
                timbre.LOG_ROLLOFF,
                timbre.FLATNESS,
                timbre.FLUX,
                timbre.ZERO_CROSSING_RATE,
                rhythm.ONSET_STRENGTH,
                dynamics.LEVEL,
            ),
            (MEAN, DEVIATION, SKEWNESS, RESTLESSNESS),
        ),
        *plain(*harmony.CHROMA_ABOVE),
        *statistic_by_statistic(harmony.TONNETZ, (MEAN, DEVIATION)),
        *plain(rhythm.LOG_TEMPO, *rhythm.TEMPO_BAND, *rhythm.MODULATION, rhythm.PULSE_CLARITY, rhythm.ONSET_RATE),
        *plain(dynamics.DYNAMIC_RANGE, dynamics.LOW_ENERGY_SHARE, dynamics.CREST_FACTOR),
    ),
    "slope": feature_by_feature((timbre.SPECTRAL_SLOPE,), (MEAN, DEVIATION, SKEWNESS, RESTLESSNESS)),
}


def require_sets(names: Iterable[str], place: str = "features.sets") -> None:
    """Raises PunkError that names the first of `names` that is no set, and what is like it."""
    for name in names:
        if name not in SETS:
            raise PunkError(
                f"params.yaml: {place}: there is no set {name!r}; {near_name(name, SETS)}the sets are "
                f"{', '.join(sorted(SETS))}"
            )


def columns_of(sets: Iterable[str]) -> tuple[str, ...]:
    """The columns of several sets, each once, in the order of the sets. Raises PunkError for an unknown set."""
    return tuple(step.column for step in recipe(sets).steps)


def recipe(sets: Iterable[str]) -> Recipe:
    """How the columns of `sets` come about. Raises PunkError for an unknown set."""
    chosen = tuple(sets)
    require_sets(chosen)
    return Recipe({name: tuple(member.step() for member in SETS[name]) for name in chosen})


def described(sets: Iterable[str]) -> dict[str, Column]:
    """What a reader is told of the columns of `sets`, in their order. Raises PunkError for an unknown set."""
    chosen = tuple(sets)
    require_sets(chosen)
    found: dict[str, Column] = {}
    for name in chosen:
        for member in SETS[name]:
            known = found.get(member.column)
            found[member.column] = member.described((*(known.sets if known else ()), name))
    return found
