"""Principal components of all clips: how many directions the columns really have, and what each means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.columns import Column
from classically_punk.contracts.tables.exploration import PCA_LOADINGS

SMALLEST_SHARE = 1e-10  # of the variance: below it a component is rounding noise
EXPLAINED = 0.9  # of the variance: what clusters, distances and the map are computed on
NAMED = 4  # components that are put into words
STRONGEST = 8  # columns that are listed for each of them
SPOKEN = 3  # columns in the sentence


@dataclass(frozen=True)
class Components:
    """shares : shape (m,), of the variance, falling. scores : shape (n, m). loadings : shape (p, m), correlations of
    columns with components; the strongest of each component is positive."""

    shares: FloatArray
    scores: FloatArray
    loadings: FloatArray

    def explaining(self, share: float = EXPLAINED) -> FloatArray:
        """The scores of the fewest components that explain `share` of the variance, shape (n, q)."""
        count = int(np.searchsorted(np.cumsum(self.shares), share - 1e-9)) + 1
        return self.scores[:, :count]

    def score(self, number: int) -> FloatArray:
        """Scores of component `number`, from 1 on, shape (n,); zeros where the columns have fewer directions."""
        return self.scores[:, number - 1] if number <= len(self.shares) else np.zeros(len(self.scores))


def principal_components(standardised: FloatArray) -> Components:
    """standardised : shape (n, p), columns of mean 0. Source: Pearson 1901; Jolliffe 2002, Principal Component
    Analysis, ch. 3."""
    left, singular, right = np.linalg.svd(standardised, full_matrices=False)
    variance = singular**2
    kept = variance > SMALLEST_SHARE * variance.sum()
    left, singular, right, variance = left[:, kept], singular[kept], right[kept], variance[kept]
    strongest = np.abs(right).argmax(axis=1)
    sign = np.sign(right[np.arange(len(right)), strongest])
    n = len(standardised)
    deviation = np.sqrt((standardised**2).mean(axis=0))
    loadings = (right * (sign * singular / np.sqrt(n))[:, None]).T / deviation[:, None]
    return Components(variance / variance.sum(), left * (singular * sign), np.clip(loadings, -1.0, 1.0))


def variance_table(components: Components) -> pd.DataFrame:
    """PCA_VARIANCE."""
    return pd.DataFrame(
        {
            "component": np.arange(1, len(components.shares) + 1),
            "share": components.shares,
            "cumulative": np.minimum(np.cumsum(components.shares), 1.0),
        }
    )


def loading_table(components: Components, columns: Sequence[str], described: Mapping[str, Column]) -> pd.DataFrame:
    """PCA_LOADINGS."""
    rows = []
    for number in range(min(NAMED, len(components.shares))):
        loadings = components.loadings[:, number]
        order = np.argsort(-np.abs(loadings).round(9), kind="stable")
        entries = [(columns[j], float(loadings[j])) for j in order[:STRONGEST]]
        words = in_words(_spread(entries, described), described)
        rows += [
            {
                "component": number + 1,
                "column": name,
                "title": described[name].title if name in described else name,
                "family": described[name].family if name in described else "",
                "loading": loading,
                "words": words,
            }
            for name, loading in entries
        ]
    return tables.frame(PCA_LOADINGS, rows)


def _spread(entries: Sequence[tuple[str, float]], described: Mapping[str, Column]) -> list[tuple[str, float]]:
    """The columns of the sentence: the strongest of each family first, then the next, in order of strength."""
    families = [described[name].family if name in described else "" for name, _ in entries]
    leading = [place for place in range(len(entries)) if families[place] not in families[:place]]
    rest = [place for place in range(len(entries)) if place not in leading]
    return [entries[place] for place in sorted((leading + rest)[:SPOKEN])]


def in_words(signed: Sequence[tuple[str, float]], described: Mapping[str, Column]) -> str:
    """Columns and their signs as a phrase: `more Noisiness (mean), less MFCC 2 (mean)`."""
    return ", ".join(
        f"{'more' if value > 0 else 'less'} {spoken(described[name].title if name in described else name)}"
        for name, value in signed
    )


def spoken(title: str) -> str:
    """A title that can stand in a list: what follows its comma moves into brackets."""
    head, comma, rest = title.rpartition(", ")
    return f"{head} ({rest})" if comma else title
