"""The shape of an entry: one feature, and one statistic of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from classically_punk.contracts.columns import Column, Unit
from classically_punk.contracts.families import Family, Over
from classically_punk.contracts.recipe import Step


@dataclass(frozen=True)
class Feature:
    """One feature.

    name     : of its column, or, where it is summarised, what its columns begin with
    function : what computes it, `module:name` within the room `features`; its arguments are what `over` says
    over     : `frames`, function(clip) gives a row for each frame; `values`, function(clip, span) gives an array all of
               whose values are summarised as one; `span`, function(clip, span) gives what describes the span as it is
    output   : which of the numbers that the function gives, from 0 on
    sentence : what it means, for readers; of : what a statistic of it is taken over, in words
    version  : raised when a column of the same name comes to mean something else
    """

    name: str
    function: str
    over: Over
    unit: Unit
    family: Family
    title: str
    sentence: str
    source: str
    output: int = 0
    of: str = "frames"
    version: int = 1


@dataclass(frozen=True)
class Statistic:
    """One statistic over frames or values; `features.summaries` computes it under this name.

    power : of the unit of what it summarises; 0 where it has no unit
    level : whether that of a level is a level again; else it is a difference of levels
    """

    name: str
    title: str
    sentence: str
    power: int = 1
    level: bool = False

    def unit(self, unit: Unit) -> Unit:
        """Of the statistic of what is measured in `unit`. Raises KeyError for a square that no column has."""
        if self.power == 0:
            return "1"
        if self.power == 2:
            return _SQUARED[unit]
        return unit if self.level or unit != "dBFS" else "dB"


_SQUARED: dict[Unit, Unit] = {"Hz": "Hz^2", "dB": "dB^2", "1": "1"}

MEAN = Statistic("mean", "mean", "Mean over {}.", level=True)
VARIANCE = Statistic("var", "variance", "Variance over {}.", power=2)
DEVIATION = Statistic("std", "deviation", "Standard deviation over {}: how much it varies.")
SKEWNESS = Statistic(
    "skew",
    "skewness",
    "Skewness over {}: whether rare values lie above (positive) or below the usual ones.",
    power=0,
)
RESTLESSNESS = Statistic(
    "diff_std",
    "restlessness",
    "Standard deviation of the change between {} (its delta): how restless it is.",
)


class Member(NamedTuple):
    """A feature of a set, as it is or summarised by a statistic: one column."""

    feature: Feature
    statistic: Statistic | None = None

    @property
    def column(self) -> str:
        """Its name in tables."""
        return f"{self.feature.name}_{self.statistic.name}" if self.statistic else self.feature.name

    def step(self) -> Step:
        """How the column comes about."""
        feature = self.feature
        statistic = self.statistic.name if self.statistic else ""
        return Step(
            self.column, feature.over, feature.function, feature.output, statistic, feature.family, feature.version
        )

    def described(self, sets: tuple[str, ...]) -> Column:
        """What a reader is told of the column, which belongs to `sets`."""
        feature, statistic = self.feature, self.statistic
        if statistic is None:
            unit, title, sentence = feature.unit, feature.title, feature.sentence
        else:
            unit, title = statistic.unit(feature.unit), f"{feature.title}, {statistic.title}"
            sentence = f"{feature.sentence} {statistic.sentence.format(feature.of)}"
        return Column(self.column, sets, feature.family, unit, title, sentence, feature.source)


def plain(*features: Feature) -> tuple[Member, ...]:
    """Features that describe a span as they are."""
    return tuple(Member(feature) for feature in features)


def feature_by_feature(features: Iterable[Feature], statistics: tuple[Statistic, ...]) -> tuple[Member, ...]:
    """All statistics of the first feature, then of the next."""
    return tuple(Member(feature, statistic) for feature in features for statistic in statistics)


def statistic_by_statistic(features: Iterable[Feature], statistics: tuple[Statistic, ...]) -> tuple[Member, ...]:
    """The first statistic of all features, then the next."""
    listed = tuple(features)
    return tuple(Member(feature, statistic) for statistic in statistics for feature in listed)
