"""How much each row pulls on the fits: leverage, studentised residuals, and what leaving one row out would change.

All fits share one design, so one orthonormal basis of it serves them all, and every figure is a closed form of
leverage and residual: nothing is fitted again, and no n x n matrix is built.
Source: Belsley, Kuh & Welsch 1980, Regression Diagnostics, ch. 2; Cook & Weisberg 1982, Residuals and Influence.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from classically_punk.contracts.classifier import FloatArray
from classically_punk.models.covariance import FULL_LEVERAGE

NO_VARIANCE = 1e-20  # residual variance of a response of zeros and ones: below it the residuals are rounding noise
NO_REST = 1e-10  # share of a fit's residual sum of squares: what is left without a row is rounding noise
SMALLEST_EIGENVALUE = 1e-15  # of the largest of an inverse Gram matrix: a direction that a pseudo-inverse left out


@dataclass(frozen=True)
class Influence:
    """Influence of n rows on the fits of n_genres responses.

    leverage         : shape (n,), diagonal of the hat matrix; sums to the rank of the design
    internal         : shape (n, n_genres), residual over its standard error, internally studentised
    external         : shape (n, n_genres), the same with the residual variance of the fit without the row
    cooks_distance   : shape (n, n_genres)
    dffits           : shape (n, n_genres), change of the row's own fitted value, in its standard errors
    covariance_ratio : shape (n, n_genres), determinant of the coefficients' covariance without the row, over with it
    residual_variance: shape (n_genres,); NaN without residual degrees of freedom
    freedom          : residual degrees of freedom, n less the rank of the design

    What has no value is NaN, and `reason` says why; it is to be left out, with that reason.
    """

    leverage: FloatArray
    internal: FloatArray
    external: FloatArray
    cooks_distance: FloatArray
    dffits: FloatArray
    covariance_ratio: FloatArray
    residual_variance: FloatArray
    freedom: int

    def reason(self, row: int, genre: int) -> str:
        """Why row `row` lacks a figure in the fit of genre number `genre`; empty when it has them all."""
        if self.freedom < 1:
            return "no residual degrees of freedom: every row is fitted exactly"
        if self.residual_variance[genre] < NO_VARIANCE:
            return "the fit is exact: residuals have no variance"
        if self.leverage[row] > FULL_LEVERAGE:
            return "leverage 1: without this row a coefficient has no value"
        if self.freedom == 1:
            return "without this row no residual degrees of freedom are left"
        if np.isnan(self.external[row, genre]):
            return "without this row the fit is exact"
        return ""


class LargestDfbetas(NamedTuple):
    """The slope that each row changes most.

    size   : shape (n, n_genres), the largest |DFBETAS| over the slopes; NaN where DFBETAS have no value
    column : shape (n,), the column of the design it belongs to, the same in every fit (the intercept is column 0);
             -1 where there is none
    """

    size: FloatArray
    column: NDArray[np.intp]


def influence(design: FloatArray, residuals: FloatArray, inverse_gram: FloatArray) -> Influence:
    """Leverage, studentised residuals, Cook's distance, DFFITS and covariance ratio of all fits.

    design       : shape (n, m + 1), the intercept first
    residuals    : shape (n, n_genres), of responses of zeros and ones
    inverse_gram : shape (m + 1, m + 1), inverse, or pseudo-inverse, of design' design
    Equal to statsmodels' OLSInfluence, which fits n times, to 1e-10. NaN, except for the leverage:
    - a row of leverage 1: its residual is 0 whatever its response
    - all rows of a genre that is fitted exactly
    - everything without residual degrees of freedom; external, dffits and covariance_ratio with only one, or where
      the fit without the row is exact
    Raises ValueError when the shapes do not belong together.
    """
    basis = _basis(design, residuals, inverse_gram)
    leverage = basis.leverage
    rest = _rest(leverage)[:, None]
    internal, variance = _internal(residuals, basis)
    external, shrunk = _external(internal, basis.freedom)
    ratio = leverage[:, None] / rest
    return Influence(
        leverage=leverage,
        internal=internal,
        external=external,
        cooks_distance=internal**2 * ratio / basis.rank,
        dffits=external * np.sqrt(ratio),
        covariance_ratio=shrunk**basis.rank / rest,
        residual_variance=variance,
        freedom=basis.freedom,
    )


def dfbetas(design: FloatArray, residuals: FloatArray, inverse_gram: FloatArray, genre: int) -> FloatArray:
    """Change of each coefficient of one fit when a row is left out, in standard errors of the fit without that row.

    design, residuals, inverse_gram : as in `influence`; genre : which column of `residuals`
    Returns shape (n, m + 1), the intercept first; NaN where `Influence.external` is.
    """
    basis = _basis(design, residuals, inverse_gram)
    return _scaled_change(basis) * _pull(residuals[:, [genre]], basis)


def largest_dfbetas(design: FloatArray, residuals: FloatArray, inverse_gram: FloatArray) -> LargestDfbetas:
    """The largest |DFBETAS| of each row over the slopes, in every fit. Arguments as in `influence`.

    DFBETAS are a figure of row and column times a figure of row and fit, so which slope a row changes most does not
    depend on the fit.
    """
    basis = _basis(design, residuals, inverse_gram)
    pull = np.abs(_pull(residuals, basis))
    if design.shape[1] < 2:
        return LargestDfbetas(np.full_like(pull, np.nan), np.full(len(design), -1, dtype=np.intp))
    change = np.abs(_scaled_change(basis)[:, 1:])
    column = np.where(basis.leverage > FULL_LEVERAGE, -1, change.argmax(axis=1) + 1)
    return LargestDfbetas(change.max(axis=1)[:, None] * pull, column)


@dataclass(frozen=True)
class _Basis:
    """Orthonormal basis of the design's columns.

    vectors : shape (n, rank), design @ weights; weights : shape (m + 1, rank), weights @ weights' = inverse Gram
    """

    vectors: FloatArray
    weights: FloatArray
    leverage: FloatArray

    @property
    def rank(self) -> int:
        return int(self.vectors.shape[1])

    @property
    def freedom(self) -> int:
        return len(self.vectors) - self.rank


def _basis(design: FloatArray, residuals: FloatArray, inverse_gram: FloatArray) -> _Basis:
    """The inverse Gram matrix makes the columns nearly orthonormal, a Cholesky factor of what they then are makes them
    so to rounding: leverage is as accurate as from Householder's QR, in less than half its time.

    Source: Yamamoto et al. 2015, Roundoff error analysis of the CholeskyQR2 algorithm, ETNA 44.
    """
    n, coefficients = design.shape
    if residuals.ndim != 2 or len(residuals) != n or inverse_gram.shape != (coefficients, coefficients):
        raise ValueError(
            f"design {design.shape}, residuals {residuals.shape}, inverse_gram {inverse_gram.shape}: expected (n, k), "
            "(n, n_genres) and (k, k)"
        )
    unit = np.sqrt(np.diag(inverse_gram))  # without the columns' units
    unit = np.where(unit > 0, unit, 1.0)
    eigenvalues, eigenvectors = np.linalg.eigh(inverse_gram / np.outer(unit, unit))
    present = eigenvalues > SMALLEST_EIGENVALUE * eigenvalues.max()
    weights = unit[:, None] * eigenvectors[:, present] * np.sqrt(eigenvalues[present])
    near = design @ weights
    factor = np.linalg.cholesky(near.T @ near)
    weights = solve_triangular(factor, weights.T, lower=True).T
    vectors = solve_triangular(factor, near.T, lower=True).T
    return _Basis(vectors, weights, np.minimum(np.einsum("ij,ij->i", vectors, vectors), 1.0))


def _rest(leverage: FloatArray) -> FloatArray:
    """1 - leverage; NaN where nothing is left."""
    return np.where(leverage > FULL_LEVERAGE, np.nan, 1.0 - leverage)


def _internal(residuals: FloatArray, basis: _Basis) -> tuple[FloatArray, FloatArray]:
    if basis.freedom < 1:
        return np.full_like(residuals, np.nan), np.full(residuals.shape[1], np.nan)
    variance = (residuals**2).sum(axis=0) / basis.freedom
    known = np.where(variance < NO_VARIANCE, np.nan, variance)
    return residuals / np.sqrt(known * _rest(basis.leverage)[:, None]), variance


def _external(internal: FloatArray, freedom: int) -> tuple[FloatArray, FloatArray]:
    """Externally studentised residuals, and residual variance without the row over the one with it."""
    if freedom < 2:
        return np.full_like(internal, np.nan), np.full_like(internal, np.nan)
    share = 1.0 - internal**2 / freedom  # of the residual sum of squares, without the row
    shrunk = np.where(share < NO_REST, np.nan, share) * freedom / (freedom - 1)
    return internal / np.sqrt(shrunk), shrunk


def _scaled_change(basis: _Basis) -> FloatArray:
    """shape (n, m + 1): each row of the design times the inverse Gram matrix, over the root of its diagonal."""
    length = np.sqrt((basis.weights**2).sum(axis=1))
    scaled: FloatArray = basis.vectors @ (basis.weights / np.where(length > 0, length, np.nan)[:, None]).T
    return scaled


def _pull(residuals: FloatArray, basis: _Basis) -> FloatArray:
    """shape (n, n_genres): externally studentised residual over the root of 1 - leverage."""
    external, _ = _external(_internal(residuals, basis)[0], basis.freedom)
    pull: FloatArray = external / np.sqrt(_rest(basis.leverage))[:, None]
    return pull
