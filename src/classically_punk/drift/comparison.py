"""A batch of clips compared with the training music of a bundle: four statistics, each with the line it must exceed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classically_punk.bundle import two_samples
from classically_punk.bundle.form import BundledColumn, Stability
from classically_punk.bundle.reading import Loaded
from classically_punk.bundle.stability import critical_for
from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.foundation.errors import PunkError
from classically_punk.models.transforms import ColumnTransform

FEWEST = 200
"""Clips of a batch, below which stable and moved music look alike too often."""

PERMUTATIONS = 999
SEED = 1
"""Of regroupings, and of rows drawn from a large batch: the same batch gets the same answer."""


class CannotTell(PunkError):  # noqa: N818 - it says what is missing, and is no mistake of anyone's
    """A batch, or a bundle, that no verdict rests on; the message says what is missing."""


@dataclass(frozen=True)
class Reference:
    """What a batch is compared with.

    columns : with their training quantiles; n : training clips
    transform, axes, rows : how columns become standardised ones, shape (k, p) and the training clips along them, (n, k)
    stability : lines, and held-out predictions of the training clips
    """

    columns: Sequence[BundledColumn]
    n: int
    transform: ColumnTransform
    axes: FloatArray
    rows: FloatArray
    stability: Stability

    @classmethod
    def of(cls, loaded: Loaded) -> "Reference":
        """Raises CannotTell for a bundle that does not know how far stable music moves."""
        content = loaded.content
        if content.stability is None:
            raise CannotTell(
                f"the bundle of {content.name} does not say how far music moves that has not changed: its training "
                "music has too few artists, or an earlier release made it; `dvc repro bundle@CORPUS` makes it anew"
            )
        fit = loaded.fits["clips"] if "clips" in loaded.fits else next(iter(loaded.fits.values()))
        training = content.training
        n = sum(training.clips.values())
        return cls(
            content.columns,
            n,
            fit.regression.transform,
            np.array(training.axes),
            np.array(training.rows),
            content.stability,
        )


@dataclass(frozen=True)
class Test:
    """name : a field of `form.Critical`; statistic, critical : moved where the first is above the second; p : as if all
    clips were independent, which those of an artist are not"""

    name: str
    statistic: float
    critical: float
    p: float

    @property
    def moved(self) -> bool:
        return self.statistic > self.critical


@dataclass(frozen=True)
class Moved:
    """How one column lies in the batch. distance : of the distribution functions, 0..1; p : calibrated by artists and
    adjusted for the number of columns; before, now : lower quartile, median, upper quartile, in the column's unit"""

    column: BundledColumn
    distance: float
    p: float
    before: tuple[float, float, float]
    now: tuple[float, float, float]


@dataclass(frozen=True)
class Comparison:
    """n, m : clips of training and of the batch; tests : in the order of `form.Critical`; columns : all, what moved
    most first; genres : name -> shares of clips taken for it, before and now; unsure : shares, before and now"""

    n: int
    m: int
    level: float
    tests: tuple[Test, ...]
    columns: tuple[Moved, ...]
    genres: dict[str, tuple[float, float]]
    unsure: tuple[float, float]

    @property
    def drifted(self) -> bool:
        """Whether any line is exceeded."""
        return any(test.moved for test in self.tests)

    @property
    def moved(self) -> tuple[Moved, ...]:
        """The columns that moved beyond doubt."""
        return tuple(each for each in self.columns if each.p < self.level)


def require_enough(m: int) -> None:
    """Raises CannotTell below FEWEST clips."""
    if m < FEWEST:
        what = "1 clip" if m == 1 else f"{m} clips"
        raise CannotTell(f"{what} can be compared; at least {FEWEST} are needed to tell drift from chance")


def compare(reference: Reference, values: FloatArray, predicted: TextArray, sure: NDArray[np.bool_]) -> Comparison:
    """values : shape (m, p), finite; predicted, sure : shape (m,), the likeliest genre, and whether it was answered.

    Any m >= 1: `require_enough` is the caller's.
    """
    stability = reference.stability
    n, m = reference.n, len(values)
    line = critical_for(stability, n, m)
    distance = two_samples.distances([column.quantiles for column in reference.columns], values)
    scaled = np.sqrt(two_samples.size_factor(n, m)) * distance
    p = two_samples.holm(two_samples.calibrated_p(scaled, line.columns, stability.level))
    plain = two_samples.holm(two_samples.independent_p(scaled))
    along = reference.transform.apply(values) @ reference.axes.T
    kernel = two_samples.kernel_test(reference.rows, along, PERMUTATIONS, SEED)
    names = sorted(stability.predicted)
    before = np.array([stability.predicted[name] for name in names], dtype=float)
    now = np.array([(predicted == name).sum() for name in names], dtype=float)
    held_out = before.sum()
    unsure_before = np.array([held_out - stability.unsure, stability.unsure])
    unsure_now = np.array([sure.sum(), (~sure).sum()], dtype=float)
    genres = float(two_samples.homogeneity(before, now))
    unsure = float(two_samples.homogeneity(unsure_before, unsure_now))
    met = int(((before + now) > 0).sum())
    order = np.lexsort((np.arange(len(distance)), -distance))
    return Comparison(
        n=n,
        m=m,
        level=stability.level,
        tests=(
            Test("columns", float(scaled.max()), line.columns, float(plain.min())),
            Test("kernel", kernel.statistic, line.kernel, kernel.p),
            Test("genres", genres, line.genres, two_samples.plain_p(genres, met)),
            Test("unsure", unsure, line.unsure, two_samples.plain_p(unsure, 2)),
        ),
        columns=tuple(_moved(reference.columns[j], distance[j], p[j], values[:, j]) for j in order),
        genres={name: (float(b), float(a)) for name, b, a in zip(names, before / held_out, now / m, strict=True)},
        unsure=(stability.unsure / held_out, float(unsure_now[1] / m)),
    )


def _moved(column: BundledColumn, distance: float, p: float, values: FloatArray) -> Moved:
    levels = (0.25, 0.5, 0.75)
    heights = np.linspace(0.0, 1.0, len(column.quantiles))
    before = np.interp(levels, heights, column.quantiles)
    now = np.quantile(values, levels)
    return Moved(column, float(distance), float(p), _three(before), _three(now))


def _three(values: FloatArray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
