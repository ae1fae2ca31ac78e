"""Sections of the report on judgement: protocols, comparators, the leak of a loose split."""

from classically_punk.contracts.models import MODELS, REGRESSION
from classically_punk.contracts.models import comparators as comparator_names
from classically_punk.contracts.models import title as model_title
from classically_punk.contracts.protocols import PROTOCOLS, by_prominence
from classically_punk.reporting.figures.models import CHOICES
from classically_punk.reporting.pages import captions
from classically_punk.reporting.pages.blocks import (
    Block,
    Box,
    Bullets,
    Cell,
    Folded,
    Heading,
    Paragraph,
    Section,
    Table,
    absent,
)
from classically_punk.reporting.pages.decision_rule import default_rule, rule_words, windows_words
from classically_punk.reporting.pages.leaks import LEAK_KEYS, leak_words, leaks, naive_leaks, naive_words
from classically_punk.reporting.pages.phrases import compared, in_words
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Term, Text, text

SCORES: tuple[tuple[str, str | Term, str], ...] = (
    ("accuracy", "accuracy", ".3f"),
    ("balanced_accuracy", "balanced accuracy", ".3f"),
    ("macro_f1", Term("macro-F1"), ".3f"),
    ("top2_accuracy", Term("top-2 accuracy"), ".3f"),
    ("log_loss", "log loss", ".2f"),
    ("brier", "Brier score", ".3f"),
    ("calibration_error", "calibration error", ".3f"),
)
SCORE_KEYS = ("model", "protocol", "score")


def score(results: Results, model: str, protocol: str, name: str) -> Row | None:
    """One score of one model under one protocol; None when it has no value."""
    row = results.row("scores", SCORE_KEYS, model=model, protocol=protocol, score=name)
    return row if row is not None and row.value("value") is not None else None


def models(results: Results) -> list[str]:
    """Models that were judged, in the order in which they are listed."""
    found = {row["model"] for row in results.rows("scores", SCORE_KEYS)}
    return [name for name in MODELS if name in found]


def judged_protocols(results: Results) -> list[str]:
    """Protocols that the corpus allows, in the order in which they are listed."""
    return [each.name for each in by_prominence() if score(results, "ols", each.name, "accuracy")]


def best_other(results: Results) -> Row | None:
    """The comparator with the highest accuracy under the headline protocol."""
    rows = [score(results, name, results.headline, "accuracy") for name in models(results)]
    known = [row for row in rows if row is not None and row["model"] in comparator_names()]
    return max(known, key=lambda row: row.value("value") or 0.0, default=None)


def against(results: Results, other: str) -> Row | None:
    """The comparison of a model with the regression under the headline protocol."""
    keys = ("protocol", "model", "other")
    rows = results.rows("comparisons", keys, protocol=results.headline)
    return next((row for row in rows if {row["model"], row["other"]} == {"ols", other}), None)


def verdict(results: Results, other: str) -> Text:
    """ "ridge regression is indistinguishable from the linear regression (difference ..., p ...)"."""
    row = against(results, other)
    if row is None or row.value("difference") is None:
        return text("{other} was not compared", other=Name(model_title(other)))
    first, second = row["model"], row["other"]
    return text(
        "{first} is {how} {second} (difference in points {difference}, p {p} after Holm)",
        first=_capital(model_title(first)),
        how=compared(row.value("low"), row.value("high"), row.value("p_holm")),
        second=Name(model_title(second)), difference=row.interval("+points", "difference") or "",
        p=row.number("p_holm", "p") or "not known",
    )  # fmt: skip


def in_a_word(row: Row) -> str:
    """How the other model of a comparison with the regression compares with it."""
    low, high, p = row.value("low"), row.value("high"), row.value("p_holm")
    if row["model"] == "ols" and low is not None and high is not None:
        low, high = -high, -low
    return compared(low, high, p).replace(" than", "").replace(" from", "")


def _capital(title: str) -> Name:
    return Name(title[:1].upper() + title[1:])


def protocols(results: Results) -> Section:
    """How clips are divided into those learned from and those tested on."""
    rows = [
        (Name(row["protocol"]), PROTOCOLS[row["protocol"]].apart, row["possible"], row.number("folds", ".0f"),
         row.number("n_clips", ",.0f"), row.number("n_windows", ",.0f"), row.number("n_groups", ",.0f"),
         Name(row["reason"]))
        for row in results.rows("protocols", ("protocol",))
    ]  # fmt: skip
    head = ("protocol", "what it keeps apart", "possible", "folds", "clips", "windows", "groups", "remark")
    return Section("protocols", "Who is tested: the protocols", [
        Paragraph(text(
            "A score means nothing without what it was measured on. The headline of this corpus is {protocol}: {what}.",
            protocol=Name(results.headline), what=PROTOCOLS[results.headline].apart,
        )),
        Table("A protocol that the corpus does not allow is left out, with the reason", head, rows),
        Paragraph(text(
            "Intervals are those of a bootstrap over groups within genres, {n} resamples, level {level}: whole artists "
            "(or recordings) are drawn, never single rows, since clips of one artist rise and fall together, and each "
            "genre keeps its number of clips. A difference of two models is tested by exchanging their answers to "
            "whole groups.",
            n=results.param("evaluate.resamples", ",d"), level=results.param("evaluate.confidence", ".0%"),
        )),
    ])  # fmt: skip


def comparators(results: Results) -> Section:
    """Every model under every protocol."""
    order = judged_protocols(results)
    rows, marked = [], set()
    for place, model in enumerate(models(results)):
        cells: list[Cell] = [Name(model_title(model))]
        for protocol in order:
            row = score(results, model, protocol, "accuracy")
            cells.append(row.interval(".3f") if row else None)
        rows.append(cells)
        if model in (REGRESSION, default_rule(results)):
            marked.add(place)
    full = [
        [Name(model_title(model)), *(
            row.interval(form) if (row := score(results, model, results.headline, name)) else None
            for name, _, form in SCORES
        )]
        for model in models(results)
    ]  # fmt: skip
    others = [model for model in models(results) if model in comparator_names()]
    return Section("models", "Against other models", [
        Paragraph(
            "Every model has the same rows, columns, folds and seeds; settings are searched in inner folds that keep "
            "groups whole, inside the training part."
        ),
        Paragraph(rule) if (rule := rule_words(results)) else None,
        Paragraph(windows_words(results)),
        captions.picture(results, "models_by_protocol"),
        Table("Accuracy, with interval, by protocol", ["model", *map(Name, order)], rows, frozenset(marked)),
        Folded("All scores under the headline protocol", [
            Table("All scores", ["model", *(title for _, title, _ in SCORES)], full, frozenset(marked)),
        ]),
        Bullets([verdict(results, other) for other in others]) if others else None,
        *_reference(results),
        Heading("Which columns the regression is given"),
        captions.picture(results, "column_choices"),
        Paragraph(_choice(results)), _choice_table(results),
    ])  # fmt: skip


def _reference(results: Results) -> list[Block | None]:
    if not results.has_table("reference_figures"):
        return []
    rows = results.rows("reference_figures", ("model", "settings", "protocol"))
    within = [row for row in rows if row["within"] == "yes"]
    shown = [
        (Name(model_title(row["model"])), Name(row["settings"]), Name(row["protocol"]),
         row.number("others", ".3f"), row.number("ours", ".3f"), row.number("difference", "+.3f"), row["within"],
         Name(row["reason"]))
        for row in rows
    ]  # fmt: skip
    head = ("model", "settings", "protocol", "others", "here", "difference", "within the bound", "theirs")
    source = (
        "The figures beside which ours stand come from one independent run of scikit-learn on the same table and "
        "splits, not from publications. "
        if not any(row["reason"] for row in rows)
        else "The figures beside which ours stand were published, where the table says by whom, and come from an "
        "independent run of scikit-learn where it does not. They hold for splits as others made them, leaky or not. "
    )
    words = source + ("All of them are reached again." if len(within) == len(rows) else (
        "Not all of them are reached again: see the table."
    ))  # fmt: skip
    return [
        Heading("Figures of others, measured again"),
        Paragraph(words),
        Folded("Side by side", [Table("Accuracy of others and here", head, shown)]),
    ]


def _choice(results: Results) -> Text:
    keys = ("feature_set", "choice", "protocol")
    rows = [row for row in results.rows("column_choices", keys, protocol=results.headline)
            if row.value("accuracy") is not None]  # fmt: skip
    if not rows:
        return text("Choices of columns could not be compared under the headline protocol.")
    used = next((row for row in rows if row["configured"] == "yes"), None)
    best = max(rows, key=lambda row: row.value("accuracy") or 0.0)
    words = text(
        "The highest is {choice} of {set} with {accuracy}", choice=Name(CHOICES.get(best["choice"], best["choice"])),
        set=best.name("feature_set"), accuracy=best.interval(".3f", "accuracy") or "",
    )  # fmt: skip
    if used is None:
        return words + "."
    if used is best:
        others = [row for row in rows if row is not used]
        lower = [row for row in others if (high := row.value("difference_high")) is not None and high < 0]
        return words + text(
            ", which is what is configured; {n} of the other choices are measurably lower.",
            n="all" if len(lower) == len(others) else in_words(len(lower)),
        )
    if used.value("accuracy") == best.value("accuracy"):
        return text(
            "What is configured, {choice} of {set}, shares the highest accuracy with {other} of {its}: {accuracy}.",
            choice=Name(CHOICES.get(used["choice"], used["choice"])), set=used.name("feature_set"),
            other=Name(CHOICES.get(best["choice"], best["choice"])), its=best.name("feature_set"),
            accuracy=used.interval(".3f", "accuracy") or "",
        )  # fmt: skip
    how = compared(best.value("difference_low"), best.value("difference_high"))
    return words + text(
        ", {how} what is configured ({choice} of {set}, {accuracy}).", how=how,
        choice=Name(CHOICES.get(used["choice"], used["choice"])), set=used.name("feature_set"),
        accuracy=used.interval(".3f", "accuracy") or "",
    )  # fmt: skip


def _choice_table(results: Results) -> Block | None:
    keys = ("feature_set", "choice", "protocol")
    rows = [row for row in results.rows("column_choices", keys) if row.value("accuracy") is not None]
    if not rows:
        return None
    shown = [
        (row.name("feature_set"), Name(CHOICES.get(row["choice"], row["choice"])), row.name("protocol"),
         row.number("columns", ".0f"), row.interval(".3f", "accuracy"),
         row.interval("+points", "difference", "difference_low", "difference_high"), row.number("n", ",.0f"))
        for row in rows
    ]  # fmt: skip
    marked = frozenset(place for place, row in enumerate(rows) if row["configured"] == "yes")
    head = ("feature set", "choice", "protocol", "columns", "accuracy", "points to the configured", "clips")
    return Folded("Every choice under every protocol", [Table("Choices of columns", head, shown, marked)])


def leak(results: Results) -> Section:
    """What the same model seems to score when the split is loose."""
    rows = results.rows("optimism", LEAK_KEYS)
    known = [row for row in rows if row.value("optimism") is not None]
    blocks: list[Block | None] = [Paragraph(
        "Nearly all public work on music genres reports nine clips in ten. That is what a model seems to score when "
        "pieces of one song, or songs of one artist, stand on both sides of the split: it recognises the recording, or "
        "the voice, and not the genre."
    )]  # fmt: skip
    if not known:
        why = next((row["reason"] for row in rows if row["reason"]), "only one protocol is possible")
        return Section("leak", "What a loose split adds", [*blocks, absent(Name(why))])
    naive = naive_leaks(results)
    shown = [
        (Name(model_title(row["model"])), row.name("loose"), row.name("strict"), row["like_for_like"],
         row.number("loose_accuracy", ".3f"), row.number("strict_accuracy", ".3f"),
         row.interval("+points", "optimism"))
        for row in known
    ]  # fmt: skip
    head = ("model", "loose", "strict", "like for like", "accuracy, loose", "accuracy, strict", "optimism in points")
    marked = frozenset(place for place, row in enumerate(known) if row["model"] == "ols")
    return Section("leak", "What a loose split adds", [
        *blocks, Box("warn", [Bullets([leak_words(row) for row in leaks(results)])]),
        Bullets([naive_words(row) for row in naive]) if naive else None,
        captions.picture(results, "accuracy_by_protocol"),
        Table("The same model under a loose and a strict protocol", head, shown, marked),
    ])  # fmt: skip
