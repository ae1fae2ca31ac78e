"""What slides share: rows of a table that may not be there, and words for protocol, figures and gaps."""

from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.reporting.pages.phrases import in_words
from classically_punk.reporting.pages.pictures import Picture
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Number, Text, text
from classically_punk.reporting.slides.slide import Slide


def rows_of(results: Results, table: str, keys: tuple[str, ...], /, **where: str) -> list[Row]:
    """The rows of a table as `Results.rows` gives them; none where the table is not there."""
    return results.rows(table, keys, **where) if results.has_table(table) else []


def row_of(results: Results, table: str, keys: tuple[str, ...], /, **where: str) -> Row | None:
    """The first of them, or None."""
    return next(iter(rows_of(results, table, keys, **where)), None)


def unheard(results: Results) -> str:
    """What the headline protocol asks about."""
    return "songs by artists it never heard" if results.headline == "artist" else "recordings it never heard"


def protocol_note(results: Results) -> Text:
    return text(
        "Protocol {p}: {what}. {n} clips in {groups} groups. Intervals: bootstrap over groups within genres, level "
        "{level}.",
        p=Name(results.headline),
        what=PROTOCOLS[results.headline].apart,
        n=results.metric("summary", "headline.n_clips", ".0f"),
        groups=results.metric("summary", "headline.n_groups", ".0f"),
        level=results.param("evaluate.confidence", ".0%"),
    )


def n_columns(results: Results) -> Number | str:
    row = row_of(results, "fit", ("genre",))
    return (row.number("columns", ".0f") if row else None) or "many"


def how_to_read(shown: Picture | None) -> tuple[Text, ...]:
    return () if shown is None else (text("How to read the figure: ") + shown.caption,)


def why(results: Results, table: str) -> Text:
    """Why a table is not there, or says nothing."""
    reason = results.missing(table).rstrip(".")
    if reason:
        return text("Not known for this corpus: {why}.", why=Name(reason))
    made = (results.root / "reports" / results.corpus / "tables" / f"{table}.csv").exists()
    return text("Not known for this corpus.") if made else text("Not known: its table has not been made.")


def absent(key: str, title: str, results: Results, table: str) -> Slide:
    """A slide that says why there is nothing to say."""
    return Slide(key, text(title), points=(why(results, table),), notes=(protocol_note(results),))


def clips(row: Row) -> Text:
    return text("{n} clip" if row.value("n") == 1 else "{n} clips", n=shown(row, "n", ".0f"))


def shown(row: Row, column: str, form: str) -> Number | str:
    return row.number(column, form) or "unknown"


def counted(n: int) -> str:
    return in_words(n) if n <= 12 else "many"


def of_genres(k: int, n: int) -> str:
    """How many genres of all: in numbers where they are few, else roughly."""
    if k in (0, n):
        return "all genres" if k else "no genre"
    return f"{in_words(k)} of {in_words(n)} genres" if n <= 12 else "most genres" if 2 * k > n else "some genres"


def recalls(results: Results) -> list[Row]:
    """Genres under the headline protocol, the best recognised first."""
    keys = ("model", "protocol", "genre")
    rows = rows_of(results, "recall", keys, model="ols", protocol=results.headline)
    known = [row for row in rows if row.value("recall") is not None]
    return sorted(known, key=lambda row: (-(row.value("recall") or 0.0), row["genre"]))
