"""Sections of the report on what follows: robustness, certainty, costs, who bears the errors, limits."""

import hashlib

import yaml

from classically_punk.contracts.models import title as model_title
from classically_punk.contracts.policies import DEFAULT_POLICY, POLICIES
from classically_punk.reporting.figures.models import alteration_title
from classically_punk.reporting.pages import captions
from classically_punk.reporting.pages.blocks import (
    Block,
    Box,
    Bullets,
    Code,
    Folded,
    Heading,
    Paragraph,
    Section,
    Table,
    absent,
)
from classically_punk.reporting.pages.costs import cost_words, costs_of
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Term, Text, listed, text
from classically_punk.reporting.report.models import score

CONFUSIONS_SHOWN = 8
UNNOTICED = {"gain": "level", "codec": "codec", "equaliser": "tone control", "pitch": "key", "tempo": "tempo"}
"""Kinds of alterations that listeners hardly mind, and what they change."""


def robustness(results: Results) -> Section:
    """Music, or an artefact of it?"""
    title = "Does it hear music, or an artefact?"
    if not results.has_table("robustness"):
        return Section("robustness", title, [absent(captions.missing(results, "robustness"))])
    rows = results.rows("robustness", ("model", "alteration"))
    known = [row for row in rows if row.value("accuracy") is not None]
    shown = [
        (Name(model_title(row["model"])), Name(_alteration(row)), row.number("n", ".0f"),
         row.interval(".2f", "accuracy", "accuracy_low", "accuracy_high"),
         row.interval("+points", "drop", "drop_low", "drop_high"),
         row.number("agreement", ".0%"), row.number("probability_shift", "+.3f"))
        for row in known
    ]  # fmt: skip
    head = ("model", "alteration", "clips", "accuracy", "loss in points", "same answer", "shift of the probability")
    return Section("robustness", title, [
        Paragraph(
            "After Sturm: a system that knows genres by their music should keep its answer when level, codec, key or "
            "tempo change a little, for the genre stays. Held-out clips are altered, described anew and asked again."
        ),
        Paragraph(robust_words(results)),
        captions.picture(results, "robustness"), captions.picture(results, "snippet_length"),
        Folded("Every alteration", [Table("Altered clips against the same clips unaltered", head, shown)]),
    ])  # fmt: skip


def harmful(results: Results) -> list[Row]:
    """Alterations that cost the regression accuracy for certain, the worst first; crops are not among them."""
    if not results.has_table("robustness"):
        return []
    rows = results.rows("robustness", ("model", "alteration"), model="ols")
    sure = [row for row in rows if row["kind"] != "crop" and (row.value("drop_low") or 0.0) > 0]
    return sorted(sure, key=lambda row: -(row.value("drop") or 0.0))


def robust_words(results: Results, most: int | None = None) -> Text:
    """What costs the regression accuracy for certain, the worst first and no more than `most`, and what follows."""
    worst = harmful(results)
    if not worst:
        return text("No alteration costs the regression accuracy for certain: every interval of the loss covers zero.")
    parts = [
        text(
            "{name} ({loss} points, {n} clips)", name=Name(_alteration(row)), n=row.number("n", ".0f") or "",
            loss=row.interval("+points", "drop", "drop_low", "drop_high") or "",
        )
        for row in worst[:most]
    ]  # fmt: skip
    words = text(
        "What costs the regression accuracy, by intervals that do not cover zero{first}: {all}. ",
        first=", the worst first" if len(worst) > 1 else "", all=listed(parts),
    )  # fmt: skip
    unnoticed = list(dict.fromkeys(UNNOTICED[row["kind"]] for row in worst if row["kind"] in UNNOTICED))
    if not unnoticed:
        return words + "A listener hears these changes too, and still knows the genre."
    return words + text(
        "Changes of {kinds} are among {them}, which listeners hardly mind: to that extent the model knows recordings, "
        "not music.",
        kinds=listed(unnoticed), them="all that do" if most is not None and len(worst) > most else "them",
    )  # fmt: skip


def _alteration(row: Row) -> str:
    return alteration_title(row["alteration"], row["kind"], row.value("amount") or 0.0)


def certainty(results: Results) -> Section:
    """Are the stated probabilities true, and what is gained by staying silent?"""
    calibrated = score(results, "ols", results.headline, "calibration_error")
    raw = score(results, "ols", results.headline, "raw_calibration_error")
    target = results.row("target", ("target",))
    words = text("Fitted values are no probabilities: some are below zero or above one. ")
    if calibrated and raw:
        helped = (calibrated.value("value") or 0.0) < (raw.value("value") or 0.0)
        words += text(
            "Calibrated inside the training folds they {how}: calibration error {a}, of the raw values {b} (root mean "
            "square of the gaps between stated and observed, less what chance gives).",
            how="come nearer to the truth" if helped else "come no nearer to the truth here",
            a=calibrated.interval(".3f") or "", b=raw.interval(".3f") or "",
        )  # fmt: skip
    return Section("certainty", "How sure it is, and when it should stay silent", [
        Paragraph(words), captions.picture(results, "reliability"),
        Paragraph(target_words(target)) if target else None,
        captions.picture(results, "coverage"),
    ])  # fmt: skip


def target_words(row: Row) -> Text:
    """What share of clips can be answered when a stated accuracy is wanted."""
    wanted = row.number("target", ".0%") or ""
    if row.value("coverage") is None or not row.value("n"):
        return text("The wanted accuracy of {target} is not reached at any threshold: {why}.", target=wanted,
                    why=Name(row["reason"] or "no clip is left"))  # fmt: skip
    return text(
        "Asked for an accuracy of {target}, with thresholds chosen on the other folds, the model answers {coverage} "
        "of the clips and is right for {accuracy} of those.",
        target=wanted, coverage=row.interval(".0%", "coverage", "coverage_low", "coverage_high") or "",
        accuracy=row.interval(".0%", "accuracy") or "",
    )  # fmt: skip


def costs(results: Results) -> Section:
    """What the errors cost, and who bears them."""
    policies = results.rows("cost_policies", ("policy",))
    shown = [
        (Name(POLICIES[row["policy"]].title), row.number("threshold", ".2f"),
         row.interval(",.0f", "cost_per_1000"), row.number("coverage", ".0%"), row.number("accuracy", ".0%"),
         row.interval("+,.0f", "saving", "saving_low", "saving_high"),
         row.interval("+,.0f", "net_saving", "net_saving_low", "net_saving_high"))
        for row in policies
    ]  # fmt: skip
    taken = frozenset(place for place, row in enumerate(policies) if row["policy"] == DEFAULT_POLICY)
    found = costs_of(results)
    head = (
        "policy",
        "threshold",
        "cost per thousand clips",
        "answered",
        "right of those",
        "saved against answering all",
        "saved against the better of all and none",
    )
    pairs = [
        (row.name("actual"), row.name("predicted"), row.number("cost", ".1f"), Name(row["why"]), row["state"])
        for row in results.rows("cost_pairs", ("actual", "predicted"))
    ]  # fmt: skip
    moved = [
        (Name(row["scenario"]), row.number("best_threshold", ".2f"), row.number("theoretical_threshold", ".2f"),
         row.interval(",.0f", "cost_per_1000"), row.number("coverage", ".0%"))
        for row in results.rows("cost_sensitivity", ("scenario",))
    ]  # fmt: skip
    return Section("costs", "What the errors cost", [
        Paragraph(text(
            "In units of a plain wrong genre, which costs {wrong}; a person's work on a clip costs {abstain}, and a "
            "person is taken to be wrong on {person}. Named pairs cost something else, each with its reason. These are "
            "parameters: put in those of your business.",
            wrong=results.param("costs.wrong", ".1f"), abstain=results.param("costs.abstain", ".1f"),
            person=results.param("costs.person_error", ".0%"),
        )),
        Paragraph(
            "The policy is the least expected cost: a clip is left to a person when every answer is expected to cost "
            "more than asking. It sees no label. The others are there to compare with. Probabilities are those of the "
            "fitted values themselves, whichever decision rule is the default."
        ),
        Paragraph(cost_words(found)) if found else None,
        Table("Policies; the default is marked", head, shown, taken),
        captions.picture(results, "costs"),
        Folded("Pairs of genres with a cost of their own", [
            Table("Costs of pairs", ("actual", "taken for", "cost", "why", "state"), pairs)]) if pairs else None,
        Table("How the best threshold moves when costs double",
              ("scenario", "best threshold", "in theory", "cost per thousand", "answered"), moved),
    ])  # fmt: skip


def bearers(results: Results) -> Section:
    """Who bears the errors."""
    rows = results.rows("recall", ("model", "protocol", "genre"), model="ols", protocol=results.headline)
    shown = [
        (row.name("genre"), row.interval(".2f", "recall"),
         row.interval(".2f", "precision", "precision_low", "precision_high"), row.number("n", ".0f"),
         row.number("n_groups", ".0f"))
        for row in sorted(rows, key=lambda row: row.value("recall") or 0.0)
    ]  # fmt: skip
    confusions = results.rows("worst_confusions", ("actual", "predicted"))[:CONFUSIONS_SHOWN]
    taken = [
        (row.name("actual"), row.name("predicted"), row.number("n", ".0f"), row.number("share", ".0%"),
         row.name("examples"))
        for row in confusions
    ]  # fmt: skip
    return Section("bearers", "Who bears the errors", [
        Paragraph(bearer_words(results)),
        captions.picture(results, "recall_by_genre"), captions.picture(results, "confusion"),
        Table("By genre, the worst served first", ("genre", "recall", "precision", "clips", "groups"), shown),
        Table("The most frequent confusions", ("actual", "taken for", "clips", "of the genre", "for example"), taken),
        _voices(results),
    ])  # fmt: skip


def bearer_words(results: Results) -> Text:
    """Which genres are served best and worst."""
    rows = results.rows("recall", ("model", "protocol", "genre"), model="ols", protocol=results.headline)
    known = [row for row in rows if row.value("recall") is not None]
    best, worst = (pick(known, key=lambda row: row.value("recall") or 0.0) for pick in (max, min))
    return text(
        "Under {protocol}, {best} is recognised in {b} of its clips, {worst} in {w}. An error is borne by the artists "
        "of a genre that is taken for another, and by the listeners who look for it.",
        protocol=Name(results.headline), best=best.name("genre"), b=best.interval(".0%", "recall") or "",
        worst=worst.name("genre"), w=worst.interval(".0%", "recall") or "",
    )  # fmt: skip


def _voices(results: Results) -> Block | None:
    """Concentration by artist; by recording it says nothing, and what is known of artists stands in balance.csv."""
    if results.headline != "artist":
        return None
    rows = [row for row in results.rows("error_concentration", ("genre",)) if row.value("largest_share") is not None]
    if not rows:
        return None
    shown = [
        (row.name("genre"), row.name("largest_group"), row.number("largest_share", ".0%"),
         row.number("effective_groups", ".1f"), row.number("recall_largest", ".0%"),
         row.interval(".0%", "recall_rest"))
        for row in sorted(rows, key=lambda row: -(row.value("largest_share") or 0.0))
    ]  # fmt: skip
    head = ("genre", "largest group", "its share", "effective number of groups", "its recall", "recall of the rest")
    return Folded("How much of each genre is one artist", [Table("Concentration", head, shown)])


def limits(results: Results) -> Section:
    """Assumptions, limits and risk."""
    audio = results.has_table("robustness")
    groups = {"artist": "artists", "piece": "pieces"}.get(str(results.value("corpus", "grouped_by")), "recordings")
    return Section("limits", "Assumptions, limits and risk", [
        Bullets([
            "A clip has one genre, and the label says which. Genres overlap, and labels are opinions of their time.",
            "What is learned from this corpus holds for music like it: other years, countries and productions are not "
            "measured here.",
            "A linear model adds up what it hears: it cannot say that two things matter only together.",
            text("Intervals tell what another draw of {groups} of the same kind would do, not another corpus.",
                 groups=groups),
            "Robustness to alterations is measured above." if audio else
            "Robustness to alterations of the sound is not known, since the corpus has no audio.",
            "Whoever gains from a label can learn to produce it: loudness and brightness are easily changed.",
            "Licence: recordings belong to their owners. GTZAN's have no clearance, and may serve research only.",
        ]),
        Box("warn", [Paragraph(
            "Not for decisions on people: neither pay, nor placement, nor the worth of an artist may hang on a genre "
            "that this model guesses."
        )]),
    ])  # fmt: skip


def reproduction(results: Results) -> Section:
    """How to make every number again."""
    commands = "\n".join([
        "git clone <the repository>", "cd <its folder>", "make demo          # the built-in corpus, no download",
        f"make repro CORPUS={results.corpus}", "make verify        # are the numbers the committed ones?",
    ])  # fmt: skip
    sums = "\n".join(f"{digest}  {path}" for path, digest in _sums(results))
    params = yaml.safe_dump(results.params_shown(), sort_keys=True, allow_unicode=True)
    return Section("reproduce", "How to make every number again", [
        Code(commands),
        Paragraph(text(
            "Every number of this page was looked up in {metrics} or {tables} when it was written; the fitted model, "
            "with the checksums of what it was fitted to, is {model}. {index} names the commit.",
            metrics=Term(f"metrics/{results.corpus}/"), tables=Term(f"reports/{results.corpus}/tables/"),
            model=Term(f"models/{results.corpus}/ols.json"), index=Term("reports/index.html"),
        )),
        Folded("Parameters", [Code(params)]),
        Folded(text("Checksums ({md5}) of what this page was made from", md5=Term("md5")), [Code(sums)]),
        Heading("Sources"),
        Bullets([Text((Name(words),)) for words in SOURCES]),
    ])  # fmt: skip


SOURCES = (
    "Tzanetakis & Cook 2002, Musical genre classification of audio signals. IEEE Trans. Speech Audio Process. 10(5).",
    "Sturm 2013, The GTZAN dataset: its contents, its faults, their effects on evaluation. arXiv:1306.1461.",
    "Sturm 2014, A simple method to determine if a music information retrieval system is a horse. "
    "IEEE Trans. Multimedia 16(6).",
    "Kereliuk, Sturm & Larsen 2015, Deep learning and music adversaries. IEEE Trans. Multimedia 17(11).",
    "MacKinnon, Nielsen & Webb 2023, Fast and reliable jackknife and bootstrap methods for cluster-robust inference. "
    "J. Appl. Econometrics 38(5).",
)


def _sums(results: Results) -> list[tuple[str, str]]:
    """Every metric and table that was read, and its md5."""
    folders = (results.root / "metrics" / results.corpus, results.root / "reports" / results.corpus / "tables")
    read = results.files_read()
    return [
        (path.relative_to(results.root).as_posix(), hashlib.md5(path.read_bytes()).hexdigest())
        for folder in folders
        for path in sorted(folder.glob("*"))
        if path in read
    ]
