"""Slides on how good the model is: by an honest test, against other methods, and by a looser test."""

from collections.abc import Sequence

from classically_punk.contracts.models import OPTIMAL_SCORING, REGRESSION, RULES, comparators
from classically_punk.contracts.models import title as model_title
from classically_punk.contracts.protocols import PROTOCOLS, by_prominence
from classically_punk.reporting.pages import external
from classically_punk.reporting.pages.captions import picture
from classically_punk.reporting.pages.decision_rule import default_rule, rule_words
from classically_punk.reporting.pages.leaks import leaks, naive_leaks, naive_words
from classically_punk.reporting.pages.phrases import compared, in_words
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Segment, Term, Text, listed, text
from classically_punk.reporting.slides.slide import Big, Slide, SmallTable
from classically_punk.reporting.slides.words import absent, how_to_read, protocol_note, row_of, rows_of, unheard


def headline(results: Results) -> Slide:
    against = _comparison(results, "majority", "ols")
    high = against.value("high") if against else None
    verdict = "" if high is None else ": better than guessing" if high < 0 else ": not reliably better than guessing"
    return Slide(
        "headline",
        text("It is right for {share} of the {songs}{verdict}", verdict=verdict, songs=unheard(results),
             share=results.metric("summary", "headline.accuracy", ".0%")),
        big=Big(
            results.metric_interval("summary", "headline.accuracy", ".0%"),
            text("right, with the interval that chance allows"),
        ),
        points=(
            text("Measured on {n} clips that it had not learned from.",
                 n=results.metric("summary", "headline.n_clips", ".0f")),
            text("With a second guess, {share}.", share=results.metric("summary", "headline.top2_accuracy", ".0%"))
            if results.value("summary", "headline.n_genres") > 2
            else text("There are only two genres, so a coin would be right half of the time."),
            *_use(results),
        ),
        table=_scores(results),
        notes=(
            protocol_note(results),
            external.headline_words(results),
            text("The largest genre always: what is right when every clip is called by the commonest genre. "
                 "Average over genres ({f1}): every genre counts the same, and being right by naming a genre too "
                 "often is marked down. Right at first or second guess: {top}.", f1=Term("macro-F1"),
                 top=Term("top-2 accuracy")),
            *([rule] if (rule := rule_words(results)) else []),
        ),
    )  # fmt: skip


_RULE_WORDS = {REGRESSION: "Largest fitted value", OPTIMAL_SCORING: "Optimal scoring"}
"""The decision rules of the regression, in as few words as a cell holds."""


def _use(results: Results) -> list[Text]:
    """What to expect in use: the figure from elsewhere, or a warning where artists were heard before."""
    for test in external.measured(results):
        row = external.of_regression(results, test)
        if row is not None:
            return [text("On {n} clips from another collection, by other artists: {share}.",
                         n=row.number("n", ",.0f") or "", share=row.interval(".0%") or "")]  # fmt: skip
    if external.keeps_artists_apart(results):
        return []
    if external.leaks_everywhere(results):
        return [text("It has heard pieces of the same songs before: a warning, not a result.")]
    return [text("It may have heard the same artists before: expect less in use.")]


def _scores(results: Results) -> SmallTable:
    keys = ("model", "protocol", "score")
    default = default_rule(results)
    wanted = (
        *((f"{_RULE_WORDS[name]}{' (default)' if name == default else ''}", name, "accuracy") for name in RULES),
        ("The largest genre, always", "majority", "accuracy"),
        ("Right at first or second guess", "ols", "top2_accuracy"),
        ("Average over genres", "ols", "macro_f1"),
    )
    rows = []
    for words, name, score in wanted:
        row = row_of(results, "scores", keys, model=name, protocol=results.headline, score=score)
        figure = row.interval(".2f") if row else None
        if figure is not None:
            rows.append((text(words), figure))
    return SmallTable((text("Share"), text("Value")), tuple(rows), (0.52, 0.48))


def others(results: Results) -> Slide:
    rows = [
        row for row in rows_of(results, "scores", ("model", "protocol", "score"), protocol=results.headline,
                                    score="accuracy")
        if row["model"] in comparators() and row.value("value") is not None
    ]  # fmt: skip
    if not rows:
        return absent("others", "It is not known how other methods would do", results, "scores")
    best = max(rows, key=lambda row: row.value("value") or 0.0)
    title = Name(model_title(best["model"]))
    against = _comparison(results, "ols", best["model"])
    low, high = (against.value(end) if against else None for end in ("low", "high"))
    # the interval is of the lead of the regression
    verdict = compared(low, high, against.value("p_holm") if against else None)
    figure = picture(results, "models_by_protocol")
    difference = against.interval("+points", "difference") if against else None
    return Slide(
        "others",
        text("The plain model is {verdict} the best of {n} others: {best}", verdict=verdict,
             n=in_words(len(rows)), best=title),
        points=(
            text("Right: {theirs} for {best}, {ours} for linear regression.", best=title,
                 theirs=best.number("value", ".2f") or "",
                 ours=results.metric("summary", "headline.accuracy", ".2f")),
            text("Lead of the linear regression: {d} points.", d=difference) if difference else
            text("A difference could not be measured."),
            text("The way of testing moves the score by more than the choice of a method.")
            if _test_outweighs(results, rows)
            else text("All methods get the same clips to learn from."),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            protocol_note(results),
            text("The best of several is picked after the fact, which flatters it. All methods see the same columns "
                 "and choose their settings inside the clips they learn from."),
        ),
    )  # fmt: skip


def _test_outweighs(results: Results, rows: Sequence[Row]) -> bool:
    """Whether what a looser test adds to the regression is, by the lower end of its interval, more than lies between
    the best and the worst of all methods."""
    values = [row.value("value") or 0.0 for row in rows]
    values.append(float(results.value("summary", "headline.accuracy") or 0.0))
    lows = [low for row in leaks(results) if row["like_for_like"] == "yes" and (low := row.value("low")) is not None]
    return bool(lows) and max(lows) > max(values) - min(values)


def leak(results: Results) -> Slide:
    looser, naive = leaks(results), naive_leaks(results)
    impossible = [
        text("{p}: not possible here, {why}.", p=Name(row["protocol"]), why=Name(row["reason"]))
        for row in rows_of(results, "protocols", ("protocol",)) if row["possible"] != "yes"
    ]  # fmt: skip
    figure = picture(results, "accuracy_by_protocol")
    advice = text("Of any higher score, ask first how it was tested.")
    if not looser:
        return Slide(
            "leak",
            text("Always ask how a score was tested; here no looser test is possible"),
            points=(*(impossible or [text("Only one protocol could be run.")]), advice),
            picture=figure,
            notes=(*how_to_read(figure), protocol_note(results), *_protocols_note()),
        )
    alike = [row for row in looser if row["like_for_like"] == "yes"]
    worst = max(alike or looser, key=lambda row: row.value("optimism") or 0.0)
    known = (worst.value("low") or 0.0) > 0
    number = worst.number("optimism", "points") or ""
    return Slide(
        "leak",
        text("A looser test makes the same model look {n} points better", n=number)
        if known
        else text("A looser test does not measurably flatter this model"),
        big=Big(
            Text((worst.number("optimism", "+points") or "",)),
            text("points [{low}, {high}]", low=worst.number("low", "+points") or "none",
                 high=worst.number("high", "+points") or "none"),
        ),
        points=(
            _looseness(worst["loose"], results.headline, known),
            advice,
            *(text("The naive reading, on other clips and folds: {n} points.",
                   n=row.number("optimism", "+points") or "") for row in naive[-1:]),
            *([text("Not possible here: {all}.", all=listed(_impossible(results)))] if impossible else []),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            *(text("{loose} against {strict}: {i} points{unlike}.", loose=row.name("loose"), strict=row.name("strict"),
                   i=row.interval("+points", "optimism") or "unknown",
                   unlike="" if row["like_for_like"] == "yes" else ", not like for like") for row in looser),
            *(naive_words(row) for row in naive),
            *impossible,
            *_reference_note(results),
            *_protocols_note(),
        ),
    )  # fmt: skip


def _looseness(loose: str, strict: str, known: bool) -> Text:
    """What a looser test lets the model hear beforehand; known: whether that measurably helps it."""
    heard, learned = (
        ("other pieces of the same songs", "songs")
        if PROTOCOLS[loose].leaky
        else ("other songs of the same artists", "artists")
        if strict == "artist" and loose == "clip"
        else ("what resembles the question", "examples")
    )
    if not known:
        return text("There it has heard {heard}; here that makes no measurable difference.", heard=heard)
    return text("There it has heard {heard}: part of that score is knowing {learned}.", heard=heard, learned=learned)


def _reference_note(results: Results) -> tuple[Text, ...]:
    row = row_of(results, "reference_figures", ("model", "settings", "protocol"), model="ols")
    if row is None or row.value("others") is None:
        return ()
    return (text("An independent run of scikit-learn on the same table, {p} with {settings}: {others}, here {ours}.",
                 p=row.name("protocol"), settings=row.name("settings"), others=row.number("others", ".3f") or "",
                 ours=row.number("ours", ".3f") or ""),)  # fmt: skip


def _protocols_note() -> tuple[Text, ...]:
    return (listed([text("{p} is: {what}", p=Name(each.name), what=each.apart) for each in by_prominence()], "and")
            + ".",)  # fmt: skip


def _impossible(results: Results) -> list[Segment | Text]:
    return [row.name("protocol") for row in rows_of(results, "protocols", ("protocol",)) if row["possible"] != "yes"]


def _comparison(results: Results, first: str, other: str) -> Row | None:
    """How much more often `first` is right than `other`, under the headline protocol."""
    keys = ("protocol", "model", "other")
    row = row_of(results, "comparisons", keys, protocol=results.headline, model=first, other=other)
    return row if row is not None and row.value("difference") is not None else None
