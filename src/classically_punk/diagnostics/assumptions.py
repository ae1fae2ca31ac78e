"""Tests of what inference on the fits assumes: even spread, a straight line, normal residuals.

Each takes all fits at once and gives one result per fit. For a response of zeros and ones spread and normality are
known to fail (the variance follows the mean, residuals take two values per row); the tests say by how much.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import chi2
from scipy.stats import f as fisher

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.tables.fits import ASSUMPTIONS
from classically_punk.diagnostics.influence import NO_VARIANCE

WHITE_MARGIN = 10  # rows that White's auxiliary regression must have beyond its columns
DETERMINED = 1e-9  # of a column's length: what others leave unexplained; below it rounding noise
POWERS = (2, 3)  # of the fitted values, in RESET

EXACT = "the fit is exact: residuals have no variance"


class AssumptionTest(NamedTuple):
    """One test of one fit.

    test           : "breusch_pagan", "white_without_interactions", "reset" or "jarque_bera"
    statistic      : chi2, or F where there is a second degree of freedom
    freedom        : degrees of freedom, of the numerator for F
    second_freedom : of the denominator; NaN for chi2
    p              : probability of as large a statistic when the assumption holds
    reason         : why there is no result; then every number is NaN. Empty otherwise
    """

    test: str
    statistic: float
    freedom: float
    second_freedom: float
    p: float
    reason: str


class Shape(NamedTuple):
    """Shape of the residuals of each fit: both have shape (n_genres,), are 0 for a normal distribution, and NaN where
    the fit is exact."""

    skewness: FloatArray
    excess_kurtosis: FloatArray


def assumption_tests(
    design: FloatArray, residuals: FloatArray, fitted: FloatArray, genres: Sequence[str]
) -> pd.DataFrame:
    """All tests of all fits, in the order of `genres`.

    design    : shape (n, m + 1), the intercept first
    residuals : shape (n, n_genres); fitted : the same shape, fitted values; genres : n_genres names
    Returns ASSUMPTIONS. Numbers are missing where `reason` says why.
    """
    shape = residual_shape(residuals)
    found = (
        breusch_pagan(design, residuals),
        white_without_interactions(design, residuals),
        reset(design, residuals, fitted),
        jarque_bera(residuals),
    )
    rows = []
    for k, genre in enumerate(genres):
        for test in (tests[k] for tests in found):
            normality = test.test == "jarque_bera"
            rows.append(
                {
                    "genre": genre,
                    **test._asdict(),
                    "skewness": shape.skewness[k] if normality else np.nan,
                    "excess_kurtosis": shape.excess_kurtosis[k] if normality else np.nan,
                }
            )
    return tables.frame(ASSUMPTIONS, rows)


def breusch_pagan(design: FloatArray, residuals: FloatArray) -> tuple[AssumptionTest, ...]:
    """Does the spread of the residuals follow the columns? n R2 of their squares on the design, chi2.

    design : shape (n, m + 1), the intercept first; residuals : shape (n, n_genres)
    Koenker's studentised form, which does not need normal residuals; as R's lmtest::bptest.
    Source: Breusch & Pagan 1979, Econometrica 47; Koenker 1981, J. Econometrics 17.
    """
    if reason := _freedom_reason(design):
        return _none("breusch_pagan", residuals, reason)
    return _spread_tests("breusch_pagan", _span(design), residuals)


def white_without_interactions(design: FloatArray, residuals: FloatArray) -> tuple[AssumptionTest, ...]:
    """Does the spread of the residuals follow the columns or their squares? n R2, chi2 with 2m degrees of freedom.

    design : shape (n, m + 1), the intercept first; residuals : shape (n, n_genres)
    White's test has the products of all columns as well, more than there are rows; without them it sees a spread that
    follows each column by itself. No result with fewer than 2m + 11 rows, or where a column and its square are
    determined by others: the degrees of freedom would not be those of the test.
    Source: White 1980, Econometrica 48; Wooldridge 2013, Introductory Econometrics, sec. 8.3.
    """
    n, coefficients = design.shape
    slopes = design[:, 1:]
    auxiliary = np.column_stack([design, (slopes - slopes.mean(axis=0)) ** 2])  # centred: the same span, more digits
    size = auxiliary.shape[1]
    name, reason = "white_without_interactions", _freedom_reason(design)
    if not reason and n < size + WHITE_MARGIN:
        reason = f"{n} rows are too few for {size} auxiliary columns and {WHITE_MARGIN} more"
    if reason:
        return _none(name, residuals, reason)
    basis = _span(auxiliary)
    if (rank := basis.shape[1]) < size:
        reason = f"{coefficients - 1} columns and their squares have rank {rank}, not {size}, with the intercept"
        return _none(name, residuals, reason)
    return _spread_tests(name, basis, residuals)


def reset(design: FloatArray, residuals: FloatArray, fitted: FloatArray) -> tuple[AssumptionTest, ...]:
    """Is the line bent? F test of the squares and cubes of the fitted values as further columns.

    design : shape (n, m + 1), the intercept first; residuals, fitted : shape (n, n_genres)
    As R's lmtest::resettest(power = 2:3, type = "fitted").
    Source: Ramsey 1969, J. Royal Statistical Society B 31.
    """
    n, coefficients = design.shape
    name, second = "reset", n - coefficients - len(POWERS)
    if second < 1:
        return _none(name, residuals, f"{n} rows leave no residual for {coefficients + len(POWERS)} coefficients")
    basis = _span(design)
    results = []
    for k, total in enumerate((residuals**2).sum(axis=0)):
        centred = fitted[:, k] - fitted[:, k].mean()  # powers of it span the same, with the intercept and itself
        scale = np.abs(centred).max()
        if total < NO_VARIANCE * n:
            results.append(_missing(name, EXACT))
            continue
        if scale < DETERMINED:
            results.append(_missing(name, "fitted values do not vary"))
            continue
        powers = np.column_stack([(centred / scale) ** power for power in POWERS])
        added = _span(_beside(basis, powers / np.linalg.norm(powers, axis=0)), unit=False)
        if added.shape[1] < len(POWERS):
            results.append(_missing(name, "powers of the fitted values are determined by the columns"))
            continue
        gain = float(((added.T @ residuals[:, k]) ** 2).sum())
        rest = float(total) - gain
        if rest < NO_VARIANCE * n:
            results.append(_missing(name, "with powers of the fitted values the fit is exact"))
            continue
        statistic = gain / len(POWERS) / (rest / second)
        p = float(fisher.sf(statistic, len(POWERS), second))
        results.append(AssumptionTest(name, statistic, float(len(POWERS)), float(second), p, ""))
    return tuple(results)


def jarque_bera(residuals: FloatArray) -> tuple[AssumptionTest, ...]:
    """Are the residuals normal? n / 6 (skewness^2 + excess kurtosis^2 / 4), chi2 with 2 degrees of freedom.

    residuals : shape (n, n_genres)
    Source: Jarque & Bera 1987, International Statistical Review 55.
    """
    n = len(residuals)
    shape = residual_shape(residuals)
    results = []
    for skewness, kurtosis in zip(shape.skewness, shape.excess_kurtosis, strict=True):
        if np.isnan(skewness):
            results.append(_missing("jarque_bera", EXACT))
            continue
        statistic = n / 6.0 * float(skewness**2 + kurtosis**2 / 4.0)
        results.append(AssumptionTest("jarque_bera", statistic, 2.0, np.nan, float(chi2.sf(statistic, 2)), ""))
    return tuple(results)


def residual_shape(residuals: FloatArray) -> Shape:
    """Skewness and excess kurtosis from central moments divided by n. residuals : shape (n, n_genres)."""
    centred = residuals - residuals.mean(axis=0)
    variance = (centred**2).mean(axis=0)
    variance = np.where(variance < NO_VARIANCE, np.nan, variance)
    return Shape(
        (centred**3).mean(axis=0) / variance**1.5,
        (centred**4).mean(axis=0) / variance**2 - 3.0,
    )


def _spread_tests(name: str, basis: FloatArray, residuals: FloatArray) -> tuple[AssumptionTest, ...]:
    """n R2 of the squared residuals of every fit on an orthonormal basis whose span holds the constant."""
    n, rank = basis.shape
    freedom = rank - 1
    squares = residuals**2
    variance = squares.mean(axis=0)
    centred = squares - variance
    explained = ((basis.T @ centred) ** 2).sum(axis=0)
    total = (centred**2).sum(axis=0)
    results = []
    for k in range(residuals.shape[1]):
        if variance[k] < NO_VARIANCE:
            results.append(_missing(name, EXACT))
        elif total[k] < n * (DETERMINED * variance[k]) ** 2:
            results.append(_missing(name, "squared residuals do not vary"))
        else:
            statistic = n * float(explained[k] / total[k])
            p = float(chi2.sf(statistic, freedom))
            results.append(AssumptionTest(name, statistic, float(freedom), np.nan, p, ""))
    return tuple(results)


def _freedom_reason(design: FloatArray) -> str:
    n, coefficients = design.shape
    if coefficients < 2:
        return "no columns beside the intercept"
    return "" if n > coefficients else f"{n} rows leave no residual for {coefficients} coefficients"


def _span(columns: FloatArray, unit: bool = True) -> FloatArray:
    """Orthonormal basis of the columns, shape (n, rank). unit : scale them to length 1 first."""
    lengths = np.linalg.norm(columns, axis=0)
    scaled = columns / np.where(lengths > 0, lengths, 1.0) if unit else columns
    left, singular, _ = np.linalg.svd(scaled, full_matrices=False)
    basis: FloatArray = left[:, singular > DETERMINED]
    return basis


def _beside(basis: FloatArray, columns: FloatArray) -> FloatArray:
    """What an orthonormal basis leaves of the columns."""
    for _ in range(2):  # once more, for the digits that the first projection loses
        columns = columns - basis @ (basis.T @ columns)
    return columns


def _none(name: str, residuals: FloatArray, reason: str) -> tuple[AssumptionTest, ...]:
    return tuple(_missing(name, reason) for _ in range(residuals.shape[1]))


def _missing(name: str, reason: str) -> AssumptionTest:
    return AssumptionTest(name, np.nan, np.nan, np.nan, np.nan, reason)
