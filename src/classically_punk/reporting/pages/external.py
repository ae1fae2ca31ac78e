"""Music from elsewhere, in words: what a model fitted to this collection says of clips of another one."""

import json
from collections.abc import Sequence

from classically_punk.contracts.models import REGRESSION, title
from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.contracts.tables.external import ASKED, FITTED_TO, KINDS
from classically_punk.reporting.pages.phrases import sentences
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Term, Text, text

SCORE_KEYS = ("model", "score")


def measured(results: Results) -> list[str]:
    """Corpora whose clips were asked about, in the order of params.yaml."""
    return [test for test in paired(results) if results.has_table(f"external/{test}/external_scores")]


def paired(results: Results) -> list[str]:
    """Corpora that params.yaml pairs with this one."""
    return [pair.test for pair in results.params.external.pairs.values() if pair.fit == results.corpus]


def pair_row(results: Results, test: str) -> Row:
    """What was fitted to and who was asked about."""
    return results.rows(f"external/{test}/external", ("fit", "test"))[0]


def scores(results: Results, test: str, score: str = "accuracy") -> list[Row]:
    """Of every model that has it."""
    rows = results.rows(f"external/{test}/external_scores", SCORE_KEYS, score=score)
    return [row for row in rows if row.value("value") is not None]


def of_regression(results: Results, test: str) -> Row | None:
    """The accuracy of the regression."""
    return next((row for row in scores(results, test) if row["model"] == REGRESSION), None)


def against_inside(low: float | None, high: float | None) -> str:
    """How a score elsewhere compares with the one inside, from the interval of elsewhere less inside."""
    if low is None or high is None:
        return "which cannot be compared with"
    if high < 0:
        return "which is lower than"
    if low > 0:
        return "which is higher than"
    return "which is not measurably lower than"


def finding(results: Results, test: str) -> Text:
    """ "Of ... clips of gtzan that ..., the regression recognises ..., which is lower than the ... on ..."."""
    row, pair = of_regression(results, test), pair_row(results, test)
    if row is None:
        return text("Clips of {test} were asked about, and the regression has no score there.", test=Name(test))
    said = text(
        "Of {n} clips of {test} that share no recording, song or known artist with this collection, the regression "
        "recognises {share}",
        n=row.number("n", ",.0f") or "", test=Name(test), share=row.interval(".0%") or "",
    )  # fmt: skip
    inside = row.interval(".0%", "inside", "inside_low", "inside_high")
    if inside is not None:
        said = said + text(
            ", {how} the {inside} on held-out clips of its own collection, of the same genres, under the protocol "
            "{protocol}",
            how=against_inside(row.value("difference_low"), row.value("difference_high")),
            inside=inside, protocol=pair.name("protocol"),
        )  # fmt: skip
    return said + "."


def caveats(results: Results, test: str) -> Text:
    """What the figure lacks: genres, artists, and whether it is of the model as it is now."""
    pair = pair_row(results, test)
    found = []
    if (pair.value("n_genres") or 0.0) < (pair.value("n_training_genres") or 0.0):
        found.append(text(
            "Only {asked} of its {all} genres were asked about.",
            asked=pair.number("n_genres", ".0f") or "", all=pair.number("n_training_genres", ".0f") or "",
        ))  # fmt: skip
    if pair.value("n_unknown"):
        found.append(text(
            "Of {n} of these clips nobody knows the artist, who may be in the collection after all.",
            n=pair.number("n_unknown", ",.0f") or "",
        ))  # fmt: skip
    if stale(results, pair):
        found.append(text(
            "The figure is old: the design table has changed since; {command} measures it again.",
            command=command(results, test),
        ))  # fmt: skip
    return sentences(found)


def stale(results: Results, pair: Row) -> bool:
    """Whether the model that answers now was fitted to another table than the one whose figure this is. False where
    there is no model here to compare with."""
    path = results.root / "models" / results.corpus / "ols.json"
    if not path.exists():
        return False
    content = json.loads(path.read_text(encoding="utf-8"))
    now = content.get("provenance", {}).get("table_sha256")
    return now is not None and now != pair["fit_table"]


def command(results: Results, test: str) -> Term:
    """What measures a pair."""
    return Term(f"make external PAIR={results.corpus}-{test}")


def why_none(results: Results) -> Text:
    """Why nothing is known of music from elsewhere; empty where something is."""
    if measured(results):
        return text("")
    tests = paired(results)
    if tests:
        return text(
            "How it does on music from elsewhere was not measured: {command} does that, and needs both collections.",
            command=command(results, tests[0]),
        )
    return text(
        "How it does on music from elsewhere is not known: no pair of {section} is fitted to this collection, and a "
        "pair needs the audio of both.",
        section=Term("external.pairs"),
    )


def keeps_artists_apart(results: Results) -> bool:
    """Whether the headline is of artists whom the model has not heard."""
    return results.headline == "artist"


def leaks_everywhere(results: Results) -> bool:
    """Whether even the headline has pieces of one song on both sides."""
    return PROTOCOLS[results.headline].leaky


def headline_words(results: Results) -> Text:
    """What stands beside the headline: that it knows the artists, where it does, and what is known from elsewhere."""
    found = measured(results)
    parts = []
    if leaks_everywhere(results):
        parts.append(text(
            "Every split of this collection leaks, so the headline is a warning, not a result: what the model makes of "
            "a song that it has not heard a piece of is not known{pointer}",
            pointer="; the next figure says more." if found else ".",
        ))  # fmt: skip
    elif not keeps_artists_apart(results):
        parts.append(text(
            "The headline cannot keep artists apart, so it holds for songs of artists whom the model knows{pointer}",
            pointer="; what it does with others is the next figure." if found else ".",
        ))  # fmt: skip
    for test in found:
        parts += [finding(results, test), caveats(results, test)]
    return sentences([*parts, why_none(results)])


def left_out(results: Results, test: str) -> list[Text]:
    """A line for each kind of clip that was left out."""
    rows = results.rows(f"external/{test}/external_clips", ("kind",))
    found = []
    for row in rows:
        if row["kind"] != ASKED and row.value("n"):
            said = text("Left out: {n} {what}", n=row.number("n", ",.0f") or "", what=KINDS[row["kind"]])
            if row["partner"]:
                said = said + text(" ({one} with {other})", one=row.name("example"), other=row.name("partner"))
            found.append(said + ".")
    return found


def length_rows(results: Results, test: str) -> list[Row]:
    """Every fit at every length of cuts; none where cuts were not asked about."""
    table = f"external/{test}/external_lengths"
    return results.rows(table, ("length", "model", "fitted_to", "asked")) if results.has_table(table) else []


def length_words(rows: Sequence[Row], chosen: Row) -> Text:
    """What the fit that was chosen for a length reaches, and whether another one does better."""
    low, high = chosen.value("difference_low"), chosen.value("difference_high")
    if low is None or high is None:
        how = "which is the fit to whole clips itself, or cannot be compared with it"
    elif low > 0:
        how = "measurably better than the fit to whole clips"
    elif high < 0:
        how = "measurably worse than the fit to whole clips"
    else:
        how = "not measurably other than the fit to whole clips"
    said = text(
        "{length} s: {model} fitted to {what} recognises {share}, {how}",
        length=chosen.number("length", "g") or "", model=Name(title(chosen["model"])),
        what=FITTED_TO[chosen["fitted_to"]],
        share=chosen.interval(".0%", "accuracy") or "", how=how,
    )  # fmt: skip
    best = next((row for row in rows if row["length"] == chosen["length"] and row["wins"] == "yes"), chosen)
    if best["accuracy"] == chosen["accuracy"]:
        return said + "; no other has more right."
    return said + text(
        "; the most right has {model} fitted to {what}, {share}.",
        model=Name(title(best["model"])), what=FITTED_TO[best["fitted_to"]], share=best.number("accuracy", ".0%") or "",
    )  # fmt: skip
