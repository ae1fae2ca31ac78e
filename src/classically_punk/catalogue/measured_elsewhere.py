"""Sets of columns that others measured and published as tables. No function here computes them: `features.sets` of
params.yaml cannot name them, and no clip can be asked about with a model that was fitted to them.

`duel9`       the columns of a table of windows of 2 s of two artists
`librosa36`   the columns of a table of 4,995 tracks of the Free Music Archive
`mfcc140`     the MFCC statistics of features.csv of the Free Music Archive
"""

from collections.abc import Mapping

from classically_punk.catalogue import dynamics, rhythm, timbre
from classically_punk.catalogue.entries import DEVIATION, MEAN, SKEWNESS, Feature, Statistic
from classically_punk.catalogue.sets import SETS, described, recipe
from classically_punk.contracts.columns import Column, Unit
from classically_punk.contracts.recipe import Recipe, Step
from classically_punk.foundation.errors import PunkError

_CAREY = "Carey 2017, music_classification"
_TUNESENSE = "TuneSense, columns made with librosa"
_FMA = "Defferrard et al. 2017, FMA: a dataset for music analysis; librosa.feature.mfcc"

_KURTOSIS = Statistic("kurtosis", "kurtosis", "Kurtosis over {}: how far rare values lie from the usual ones.", power=0)
_MAXIMUM = Statistic("max", "maximum", "Largest value over {}.", level=True)
_MEDIAN = Statistic("median", "median", "Median over {}.", level=True)
_MINIMUM = Statistic("min", "minimum", "Smallest value over {}.", level=True)
_PITCHES = ("C", "C sharp", "D", "D sharp", "E", "F", "F sharp", "G", "G sharp", "A", "A sharp", "B")


def _column(
    column: str,
    named: str,
    feature: Feature,
    source: str,
    statistic: Statistic | None = None,
    *,
    unit: Unit | None = None,
    remark: str = "",
) -> Column:
    """What is known of `column` of the set `named`, which is like `feature`, summarised by `statistic`."""
    title, sentence, found = feature.title, feature.sentence, feature.unit
    if statistic is not None:
        title, found = f"{title}, {statistic.title}", statistic.unit(feature.unit)
        sentence = f"{sentence} {statistic.sentence.format(feature.of)}"
    return Column(column, (named,), feature.family, unit or found, title, sentence + remark, source)


def _duel() -> tuple[Column, ...]:
    sums = " The source calls it RMSE; its values are no share of full scale."
    repeats = " In this table it repeats the mean in every row, a fault of the source."
    quantities: tuple[tuple[str, Feature, str], ...] = (
        ("Cent", timbre.SPECTRAL_CENTROID, ""),
        ("RMSE", dynamics.RMS, sums),
        ("Rolloff", timbre.ROLLOFF, ""),
    )
    columns = []
    for name, feature, remark in quantities:
        columns.append(_column(f"{name} Mean", "duel9", feature, _CAREY, MEAN, remark=remark))
        also = repeats if name == "Rolloff" else remark
        columns.append(_column(f"{name} Std", "duel9", feature, _CAREY, DEVIATION, remark=also))
    columns.append(_column("Tempo", "duel9", rhythm.TEMPO, _CAREY))
    crossings = timbre.ZERO_CROSSING_RATE
    columns += [_column("ZCR Mean", "duel9", crossings, _CAREY, MEAN)]
    columns += [_column("ZCR Std", "duel9", crossings, _CAREY, DEVIATION)]
    return tuple(columns)


def _librosa() -> tuple[Column, ...]:
    named = "librosa36"
    chroma = (
        Column(
            f"chroma_{place}",
            (named,),
            "harmony",
            "1",
            f"Chroma {pitch}, mean",
            f"Strength of the pitch class {pitch} relative to the strongest. Mean over frames.",
            _TUNESENSE,
        )
        for place, pitch in enumerate(_PITCHES)
    )
    return (
        *(_column(f"mfcc_{place}", named, timbre.MFCC[place], _TUNESENSE, MEAN) for place in range(13)),
        *chroma,
        *(
            _column(f"spec_contrast_{place}", named, band, _TUNESENSE, MEAN)
            for place, band in enumerate(timbre.CONTRAST)
        ),
        _column("tempo", named, rhythm.TEMPO, _TUNESENSE),
        _column("centroid", named, timbre.SPECTRAL_CENTROID, _TUNESENSE, MEAN),
        _column("rms", named, dynamics.RMS, _TUNESENSE, MEAN),
        _column("zcr", named, timbre.ZERO_CROSSING_RATE, _TUNESENSE, MEAN),
    )


def _mfcc() -> tuple[Column, ...]:
    statistics = (_KURTOSIS, _MAXIMUM, MEAN, _MEDIAN, _MINIMUM, SKEWNESS, DEVIATION)
    return tuple(
        _column(f"mfcc_{statistic.name}_{place:02d}", "mfcc140", feature, _FMA, statistic)
        for statistic in statistics
        for place, feature in enumerate(timbre.MFCC, start=1)
    )


MEASURED_ELSEWHERE: Mapping[str, tuple[Column, ...]] = {"duel9": _duel(), "librosa36": _librosa(), "mfcc140": _mfcc()}
"""Set -> its columns, in the order of the table."""


def table_columns(named: str) -> tuple[str, ...]:
    """The columns of a set that a published table gives, in its order. Raises PunkError for an unknown set."""
    return tuple(table_described(named))


def table_described(named: str) -> dict[str, Column]:
    """What a reader is told of the columns of a set that a published table gives. Raises PunkError as above."""
    if named in SETS:
        return described([named])
    _require(named)
    return {each.column: each for each in MEASURED_ELSEWHERE[named]}


def table_recipe(named: str) -> Recipe:
    """How the columns come about, as far as it is known: those measured elsewhere have no function here. Raises
    PunkError as above."""
    if named in SETS:
        return recipe([named])
    _require(named)
    steps = (Step(each.column, "values", "", 0, "", each.family) for each in MEASURED_ELSEWHERE[named])
    return Recipe({named: tuple(steps)})


def _require(named: str) -> None:
    if named not in MEASURED_ELSEWHERE:
        raise PunkError(f"there is no set {named!r} of a published table; add it to catalogue/measured_elsewhere.py")
