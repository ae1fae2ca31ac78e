"""Speed of the influence figures: closed forms for ten fits at once, against statsmodels, which fits n times.

    python benchmarks/influence.py [--rows 10000] [--columns 60] [--small 250 500 1000] [--rounds 5]

Ten fits of responses of zeros and ones on one made-up design, one thread. Ours: leverage, both studentised residuals,
Cook's distance, DFFITS and covariance ratio, and all DFBETAS of all ten fits, measured at the full number of rows.
statsmodels: `summary_frame()` of ten `OLSInfluence`, which has all of these but the covariance ratio; measured at a few
small numbers of rows and extrapolated by its growth, a straight line through the logarithms. Both sides have their
regressions fitted before the clock starts. Printed as Markdown, with the largest difference between the two sides.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# first of all, before NumPy: importing the package pins the libraries to one thread
import classically_punk  # noqa: F401  isort: skip
import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.regression.linear_model import RegressionResults
from statsmodels.stats.outliers_influence import OLSInfluence

from classically_punk.diagnostics.influence import Influence, dfbetas, influence

GENRES = 10
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Fits:
    """Ten fits on one design. design : shape (n, m + 1); residuals : shape (n, 10)."""

    design: FloatArray
    indicators: FloatArray
    residuals: FloatArray
    inverse_gram: FloatArray

    @classmethod
    def made_up(cls, n: int, columns: int) -> "Fits":
        rng = np.random.default_rng(n)
        mixed = rng.normal(size=(n, columns)) @ (np.eye(columns) + 0.1 * rng.normal(size=(columns, columns)))
        design = np.column_stack([np.ones(n), (mixed - mixed.mean(axis=0)) / mixed.std(axis=0)])
        indicators = np.eye(GENRES)[rng.permutation(np.arange(n) % GENRES)]
        found = np.linalg.lstsq(design, indicators, rcond=None)[0]
        return cls(design, indicators, indicators - design @ found, np.linalg.pinv(design.T @ design, hermitian=True))

    def results(self) -> list[RegressionResults]:
        return [sm.OLS(self.indicators[:, k], self.design).fit() for k in range(GENRES)]


def ours(fits: Fits) -> tuple[Influence, list[FloatArray]]:
    """All figures of all fits; DFBETAS one array per fit."""
    figures = influence(fits.design, fits.residuals, fits.inverse_gram)
    return figures, [dfbetas(fits.design, fits.residuals, fits.inverse_gram, k) for k in range(GENRES)]


def largest_difference(fits: Fits) -> dict[str, float]:
    """Per figure, over all rows and fits: absolute difference over the largest magnitude of the figure."""
    figures, changes = ours(fits)
    found: dict[str, float] = {}
    for k, result in enumerate(fits.results()):
        slow = OLSInfluence(result)
        pairs = {
            "leverage": (figures.leverage, slow.hat_matrix_diag),
            "internally studentised": (figures.internal[:, k], slow.resid_studentized_internal),
            "externally studentised": (figures.external[:, k], slow.resid_studentized_external),
            "Cook's distance": (figures.cooks_distance[:, k], slow.cooks_distance[0]),
            "DFFITS": (figures.dffits[:, k], slow.dffits[0]),
            "covariance ratio": (figures.covariance_ratio[:, k], slow.cov_ratio),
            "DFBETAS": (changes[k], slow.dfbetas),
        }
        for name, (fast, expected) in pairs.items():
            difference = float(np.abs(fast - expected).max() / np.abs(expected).max())
            found[name] = max(found.get(name, 0.0), difference)
    return found


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ten_summaries(results: Sequence[RegressionResults]) -> None:
    for result in results:
        OLSInfluence(result).summary_frame()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--columns", type=int, default=60)
    parser.add_argument("--small", type=int, nargs="+", default=[250, 500, 1000], help="rows for statsmodels")
    parser.add_argument("--rounds", type=int, default=5, help="of ours; the median is printed")
    chosen = parser.parse_args()
    print(f"{chosen.columns} columns and an intercept, {GENRES} fits, one thread\n")
    print("| rows | ours, s | statsmodels, s | statsmodels takes as much, times |\n|---|---|---|---|")
    slow: list[float] = []
    for n in sorted(chosen.small):
        fits = Fits.made_up(n, chosen.columns)
        fast = float(np.median([seconds(lambda fits=fits: ours(fits)) for _ in range(chosen.rounds)]))
        results = fits.results()
        slow.append(seconds(lambda results=results: ten_summaries(results)))
        print(f"| {n} | {fast:.4f} | {slow[-1]:.1f} | {slow[-1] / fast:.0f} |", flush=True)
    slope, level = np.polyfit(np.log(sorted(chosen.small)), np.log(slow), 1)
    extrapolated = float(np.exp(level + slope * np.log(chosen.rows)))
    fits = Fits.made_up(chosen.rows, chosen.columns)
    fast = float(np.median([seconds(lambda: ours(fits)) for _ in range(chosen.rounds)]))
    print(f"| {chosen.rows} | {fast:.3f} | {extrapolated:.0f} (extrapolated) | {extrapolated / fast:.0f} |\n")
    print(
        f"statsmodels' time grows with the rows to the power {slope:.2f}, measured from {min(chosen.small)} to "
        f"{max(chosen.small)} rows; its figure at {chosen.rows} rows is extrapolated with that power, not measured.\n"
    )
    smallest = min(chosen.small)
    print(f"| {smallest} rows, all fits | largest difference, over the largest magnitude |\n|---|---|")
    for name, difference in largest_difference(Fits.made_up(smallest, chosen.columns)).items():
        print(f"| {name} | {difference:.1e} |")


if __name__ == "__main__":
    main()
