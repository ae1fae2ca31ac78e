"""Ten one-vs-rest linear regressions as one object: it predicts, explains itself by column, and is written as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.models.columns import Reduction
from classically_punk.models.transforms import ColumnTransform

FORMAT = 3  # of the JSON form; raised when an older reader would misread it


@dataclass(frozen=True)
class Spread:
    """What is needed beside the coefficients to say how sure a prediction is, and how far from the training music.

    inverse_gram : shape (m + 1, m + 1), inverse of X'X with the intercept first: x' inverse_gram x is a leverage,
                   residual_variance[k] * inverse_gram the classical covariance of the coefficients of genre k
    residual_variance : shape (n_genres,)
    n_rows : training rows
    """

    inverse_gram: FloatArray
    residual_variance: FloatArray
    n_rows: int


@dataclass(frozen=True)
class GenreRegression:
    """One linear probability model per genre on a shared design; the prediction is the largest fitted value.

    genres     : sorted; fitted values come in this order
    columns    : p columns of the design table, in order
    intercepts : shape (n_genres,); they sum to 1
    slopes     : shape (m, n_genres), on the regression columns of `reduction`; each row sums to 0
    spread     : None in fits that only predict
    inverse_temperature : what fitted values are multiplied by before the softmax that makes them probabilities; found
                 in inner folds, 1 where none were asked for
    """

    genres: tuple[str, ...]
    columns: tuple[str, ...]
    transform: ColumnTransform
    reduction: Reduction
    intercepts: FloatArray
    slopes: FloatArray
    spread: Spread | None = None
    inverse_temperature: float = 1.0

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to the columns and why."""
        return self.reduction.notes

    @property
    def n_columns(self) -> int:
        """Columns of the regression, the intercept not counted."""
        return len(self.reduction.names)

    @property
    def column_slopes(self) -> FloatArray:
        """shape (p, n_genres): slopes carried back to the standardised columns of the design table."""
        carried: FloatArray = self.reduction.weights @ self.slopes
        return carried

    def design(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p), in the units of the design table. Returns shape (n, m), regression columns."""
        regression: FloatArray = self.transform.apply(values) @ self.reduction.weights
        return regression

    def fitted_values(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p), in the units of the design table. Returns shape (n, n_genres); rows sum to 1.

        Raises ValueError on a missing or infinite value.
        """
        fitted: FloatArray = self.intercepts + self.design(values) @ self.slopes
        return fitted

    def scores(self, values: FloatArray) -> FloatArray:
        """What the genres are ranked by: the fitted values."""
        return self.fitted_values(values)

    def predict(self, values: FloatArray) -> TextArray:
        """values: shape (n, p). Returns shape (n,), genre names; of equal fitted values the first genre's."""
        best = self.fitted_values(values).argmax(axis=1)
        return np.array([self.genres[k] for k in best], dtype=object)

    def probabilities(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p). Returns shape (n, n_genres), calibrated; the largest is the predicted genre's."""
        probabilities: FloatArray = softmax(self.inverse_temperature * self.fitted_values(values), axis=1)
        return probabilities

    def contributions(self, values: FloatArray) -> NDArray[np.float64]:
        """values: shape (n, p). Returns shape (n, p, n_genres): what each column adds to each fitted value.

        Summed over the columns, plus the intercepts, they are the fitted values.
        """
        parts: FloatArray = self.transform.apply(values)[:, :, None] * self.column_slopes[None, :, :]
        return parts

    def leverage(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p). Returns shape (n,): how far rows lie from the training music; its mean there is
        (m + 1) / n. Raises ValueError for a fit that does not keep what this needs."""
        if self.spread is None:
            raise ValueError("leverage: this fit keeps no inverse Gram matrix")
        design = np.column_stack([np.ones(len(values)), self.design(values)])
        far: FloatArray = np.einsum("ij,jk,ik->i", design, self.spread.inverse_gram, design)
        return far

    def to_json(self) -> dict[str, Any]:
        """Everything needed to predict, at full precision; write it with `writing.write_exact_json`."""
        content: dict[str, Any] = {
            "format": FORMAT,
            "kind": "one-vs-rest linear regression, prediction is the largest fitted value",
            "genres": list(self.genres),
            "columns": list(self.columns),
            "transform": self.transform.to_json(),
            "reduction": self.reduction.to_json(),
            "inverse_temperature": self.inverse_temperature,
            "intercepts": self.intercepts.tolist(),
            "slopes": self.slopes.tolist(),
        }
        if self.spread is not None:
            content["spread"] = {
                "inverse_gram": self.spread.inverse_gram.tolist(),
                "residual_variance": self.spread.residual_variance.tolist(),
                "n_rows": self.spread.n_rows,
            }
        return content

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "GenreRegression":
        """The model that `to_json` described; predicts the same to the last bits.

        Raises ValueError when the form is newer or older than this code reads.
        """
        if content.get("format") != FORMAT:
            raise ValueError(f"model format {content.get('format')!r}: this version reads {FORMAT}; fit it again")
        columns = tuple(content["columns"])
        genres = tuple(content["genres"])
        reduction = Reduction.from_json(content["reduction"], len(columns))
        spread = content.get("spread")
        return cls(
            genres,
            columns,
            ColumnTransform.from_json(content["transform"]),
            reduction,
            np.array(content["intercepts"], dtype=float),
            np.array(content["slopes"], dtype=float).reshape(len(reduction.names), len(genres)),
            None
            if spread is None
            else Spread(
                np.array(spread["inverse_gram"], dtype=float),
                np.array(spread["residual_variance"], dtype=float),
                int(spread["n_rows"]),
            ),
            float(content["inverse_temperature"]),
        )


def responses(labels: TextArray, genres: Sequence[str]) -> FloatArray:
    """shape (n, n_genres): 1 where a row has the genre, else 0. Raises ValueError on a label not in `genres`."""
    unknown = sorted(set(labels) - set(genres))
    if unknown:
        raise ValueError(f"label {unknown[0]!r} is none of the genres {', '.join(genres)}")
    indicators: FloatArray = (labels[:, None] == np.array(genres, dtype=object)[None, :]).astype(float)
    return indicators
