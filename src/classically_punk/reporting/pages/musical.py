"""What the coefficients of a genre say about its music.

A coefficient says how the fitted value of a genre changes with a column while all other columns stay as they are. It
is put into words only where it differs from nothing after Holm's adjustment for all tests of the table.
"""

from collections.abc import Mapping
from typing import NamedTuple

from classically_punk.contracts.columns import Column
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Text, listed, text

LEVEL = 0.05
"""Of a test after Holm's adjustment."""

STRONGEST = 3
"""Columns that are put into words for a genre."""


class Quality(NamedTuple):
    """What music is with more, and with less, of a descriptor; and what it is that varies."""

    more: str
    less: str
    varying: str


QUALITIES: Mapping[str, Quality] = {
    "level": Quality("loud", "quiet", "level"),
    "rms": Quality("loud", "quiet", "level"),
    "log_centroid": Quality("bright", "dark", "brightness"),
    "spectral_centroid": Quality("bright", "dark", "brightness"),
    "log_rolloff": Quality("bright", "dark", "high end"),
    "rolloff": Quality("bright", "dark", "high end"),
    "log_low_rolloff": Quality("thin in its bass", "deep in its bass", "bass"),
    "log_bandwidth": Quality("wide in its spectrum", "narrow in its spectrum", "width of the spectrum"),
    "spectral_bandwidth": Quality("wide in its spectrum", "narrow in its spectrum", "width of the spectrum"),
    "flatness": Quality("noisy", "tonal", "noisiness"),
    "zero_crossing_rate": Quality("noisy or bright", "smooth", "noisiness"),
    "contrast": Quality("clear in its tones", "dense between its tones", "clarity of tones"),
    "flux": Quality("restless", "steady", "change of the spectrum"),
    "onset_strength": Quality("strong in its beats", "soft in its beginnings", "strength of its beats"),
    "onset_rate": Quality("busy", "sparse", "density of notes"),
    "perceptr": Quality("percussive", "without much percussion", "percussion"),
    "harmony": Quality("sustained", "without long tones", "long tones"),
    "tempo": Quality("fast", "slow", "tempo"),
    "log_tempo": Quality("fast", "slow", "tempo"),
    "pulse_clarity": Quality("clear in its pulse", "free in its pulse", "pulse"),
    "dynamic_range": Quality("wide in its dynamics", "even in its dynamics", "dynamics"),
    "low_energy_share": Quality("full of pauses", "without pauses", "pauses"),
    "crest_factor": Quality("spiky", "compressed", "peaks"),
    "mfcc1": Quality("loud", "quiet", "level"),
    "mfcc2": Quality("dark", "bright", "brightness"),
    "mfcc": Quality("", "", "tone colour"),
    "chroma_stft": Quality("full in its harmony", "plain in its harmony", "harmony"),
}
"""Descriptor -> what it means for music. Descriptors without a word of their own are called by their title."""

VARYING = ("_diff_std", "_std", "_var")


def in_words(column: Column, raises: bool) -> str:
    """What music is that has more (`raises`) or less of `column`: "bright", "changing in brightness"; "" when no
    plain word says it."""
    for ending in VARYING:
        if column.column.endswith(ending):
            quality = _quality(column.column.removesuffix(ending))
            return f"{'changing' if raises else 'steady'} in its {quality.varying}" if quality else ""
    quality = _quality(column.column.removesuffix("_mean"))
    if quality is None or column.column.endswith("_skew"):
        return ""
    return quality.more if raises else quality.less


def _quality(stem: str) -> Quality | None:
    family = stem.rstrip("0123456789")
    return QUALITIES.get(stem) or (QUALITIES[family] if family in ("contrast", "mfcc") else None)


def significant(results: Results, genre: str) -> list[Row]:
    """Coefficients of a genre that differ from nothing after Holm's adjustment, the surest first; of columns that
    others explain so far that one alone says little (variance inflation above `ols.vif_limit`), none."""
    rows = results.rows("coefficients", ("genre", "column"), genre=genre)
    sure = [row for row in rows if (p := row.value("p_holm")) is not None and p < LEVEL]
    sure = [row for row in sure if not entangled(results, row["column"])]
    return sorted(sure, key=lambda row: (row.value("p_holm") or 0.0, -abs(row.value("coefficient") or 0.0)))


def entangled(results: Results, column: str) -> bool:
    """Whether the variance inflation of a column, in the regression that is shown, is above `ols.vif_limit`."""
    row = results.row("collinearity", ("column",), column=column)
    if row is None:
        return False
    fit = results.row("fit", ("genre",))
    pruned = fit is not None and fit.value("columns") != fit.value("regression_columns")
    inflation = row.value("vif_after" if pruned else "vif")
    return inflation is not None and inflation > results.params.ols.vif_limit


def marginal(results: Results, genre: str) -> list[Text]:
    """What can be said of a genre's entangled columns: the difference as it is, other columns not held."""
    found = []
    for row in results.rows("coefficients", ("genre", "column"), genre=genre):
        p = row.value("p_holm")
        if p is None or p >= LEVEL or not entangled(results, row["column"]):
            continue
        of = results.row("discriminative", ("column",), column=row["column"])
        ends = {"highest_genre": "highest", "lowest_genre": "lowest"}
        at = next((word for end, word in ends.items() if of is not None and of[end] == genre), None)
        if at is not None:
            found.append(text("the {at} median {column}", at=at, column=results.called(row["column"])))
    return found[:STRONGEST]


def characters(results: Results) -> list[Text]:
    """`character` of each genre that a single column marks out, and one sentence for the others."""
    marked = [genre for genre in results.genres if significant(results, genre)]
    others = [genre for genre in results.genres if genre not in marked]
    said = [character(results, genre) for genre in marked]
    said += [
        text(
            "{genre} has {what} of all genres: a difference of the clips, other columns not held equal.",
            genre=Name(genre), what=listed(differs),
        )
        for genre in results.genres
        if (differs := marginal(results, genre))
    ]  # fmt: skip
    if others:
        said.append(
            text(
                "{genres}: no single column stands out after allowing for the number of tests; the regression tells "
                "{them} by many columns together.",
                genres=listed([Name(genre) for genre in others]),
                them="it" if len(others) == 1 else "them",
            )
        )
    return said


def character(results: Results, genre: str) -> Text:
    """A sentence on what marks a genre out, from its surest coefficients."""
    rows = significant(results, genre)[:STRONGEST]
    known = results.columns
    said, parts, against = [], [], set[str]()
    for row in rows:
        column, raises = known.get(row["column"]), (row.value("coefficient") or 0.0) > 0
        word = in_words(column, raises) if column else ""
        opposite = in_words(column, not raises) if column else ""
        if word and word not in said:
            said.append(word)
            against.add(opposite)
        parts.append(
            text(
                "{column} moves its fitted value by {by}",
                column=results.called(row["column"]),
                by=row.interval("+.3f", "coefficient") or "",
            )
        )
    said = [word for word in said if word not in against]  # loud by one column and quiet by another: neither
    opening = text("{genre} is {words}: ", genre=Name(genre), words=listed(said)) if said else text(
        "{genre}: ", genre=Name(genre)
    )  # fmt: skip
    return opening + "a standard deviation more of " + listed(parts) + "."
