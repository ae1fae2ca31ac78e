"""Slides on what follows: certainty, silence, costs, risks, assumptions, what it takes, and next steps."""

from classically_punk.contracts.policies import ANSWER_ALL, LEAVE_ALL
from classically_punk.reporting.pages.captions import picture
from classically_punk.reporting.pages.costs import Costs, cost_words, costs_of
from classically_punk.reporting.pages.phrases import in_words
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Segment, Text, text
from classically_punk.reporting.slides.slide import Big, Slide, SmallTable
from classically_punk.reporting.slides.words import (
    absent,
    how_to_read,
    of_genres,
    protocol_note,
    recalls,
    row_of,
    rows_of,
    shown,
    why,
)

SLIGHT = 0.02
"""A stated probability that is off by less, on average and in one direction, is called neither too sure nor modest."""


def certainty(results: Results) -> Slide:
    if not results.has("summary", "headline.calibration_error"):
        return absent("certainty", "How sure it is of itself is not known", results, "reliability")
    lean = _lean(results)
    way = "too modest" if lean > SLIGHT else "too sure of itself" if lean < -SLIGHT else "neither too sure nor modest"
    figure = picture(results, "reliability")
    return Slide(
        "certainty",
        text("It is {way}: stated certainty is typically off by {error} points", way=way,
             error=results.metric("summary", "headline.calibration_error", "points")),
        points=(
            text("On the diagonal, of answers called half certain, half are right."),
            text("Certainty decides what a person looks at: it must be true first."),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            text("Typical gap between stated and observed, less what chance gives: {e}.",
                 e=_calibration_error(results)),
            protocol_note(results),
        ),
    )  # fmt: skip


def _calibration_error(results: Results) -> Text:
    keys = ("model", "protocol", "score")
    row = row_of(results, "scores", keys, model="ols", protocol=results.headline, score="calibration_error")
    found = row.interval(".3f") if row is not None else None
    return found or text("{e}", e=results.metric("summary", "headline.calibration_error", ".3f"))


def _lean(results: Results) -> float:
    """By how much answers are right more often than stated, on average over clips."""
    keys = ("model", "probabilities", "bin")
    rows = rows_of(results, "reliability", keys, model="ols", probabilities="calibrated")
    bins = [(row.value("n") or 0.0, row.value("accuracy"), row.value("confidence")) for row in rows]
    gaps = [n * (right - stated) for n, right, stated in bins if right is not None and stated is not None]
    return sum(gaps) / max(sum(n for n, *_ in bins), 1.0)


def silence(results: Results) -> Slide:
    row = row_of(results, "target", ("target",))
    target: Segment = row.number("target", ".0%") or "the target" if row else "the target"
    figure = picture(results, "coverage")
    if row is None or not row.value("coverage") or row.value("accuracy") is None:
        return Slide(
            "silence",
            text("No threshold makes {target} of its answers right", target=target),
            points=(why(results, "target") if row is None else text("It would have to stay silent on everything."),
                    text("Every answer needs a person behind it.")),
            picture=figure,
            notes=(*how_to_read(figure), protocol_note(results)),
        )  # fmt: skip
    asked = row.value("target") or 0.0
    missed = (row.value("high") or 1.0) < asked
    return Slide(
        "silence",
        text("Aiming to be right in {target} of its answers, it answers {share} of the clips", target=target,
             share=shown(row, "coverage", ".0%"))
        if not missed
        else text("Even by silence it does not reach {target} right answers", target=target),
        points=(
            text("On clips it had not seen, {accuracy} of those answers were right.",
                 accuracy=row.interval(".0%", "accuracy") or "an unknown share"),
            text("The rest goes to a person: silence is a result, not a failure."),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            text("The threshold is chosen on other clips than those it is judged on. Answered: {coverage} of clips.",
                 coverage=row.interval(".2f", "coverage", "coverage_low", "coverage_high") or ""),
            protocol_note(results),
        ),
    )  # fmt: skip


def costs(results: Results) -> Slide:
    found = costs_of(results)
    if found is None:
        return absent("costs", "What errors cost is not known", results, "cost_policies")
    taken = found.taken
    both = {row["policy"]: row for row in rows_of(results, "cost_policies", ("policy",))}
    figure = picture(results, "costs")
    return Slide(
        "costs",
        _costs_title(found),
        big=Big(
            Text((shown(taken, "cost_per_1000", ".0f"),)),
            text("[{low}, {high}] per thousand clips, {share} of them answered", low=shown(taken, "low", ".0f"),
                 high=shown(taken, "high", ".0f"), share=shown(taken, "coverage", ".0%")),
        ),
        points=(
            text("A wrong genre costs {wrong}, a person's work on a clip {left}.",
                 wrong=results.param("costs.wrong", "g"), left=results.param("costs.abstain", "g")),
            text("Everything answered: {all}. No model at all: {none}.",
                 all=shown(both.get(ANSWER_ALL, found.better), "cost_per_1000", ".0f"),
                 none=shown(both.get(LEAVE_ALL, found.better), "cost_per_1000", ".0f")),
            text("Prices are assumed: put in your own."),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            cost_words(found),
            text("A person is taken to be wrong on {share} of clips.",
                 share=results.param("costs.person_error", ".0%")),
            *_sensitivity(results),
            text("A clip is left to a person when every answer is expected to cost more than asking."),
        ),
    )  # fmt: skip


def _costs_title(found: Costs) -> Text:
    """What the default policy saves against doing without it, by the paired interval."""
    return text(
        "At these prices, leaving doubtful clips to people {verdict}: {taken} against {better} by {instead}",
        verdict=found.verdict, taken=shown(found.taken, "cost_per_1000", ".0f"),
        better=shown(found.better, "cost_per_1000", ".0f"), instead=found.instead,
    )  # fmt: skip


def _cost(row: Row) -> Segment | Text:
    return row.interval(".0f", "cost_per_1000") or "unknown"


def _sensitivity(results: Results) -> tuple[Text, ...]:
    rows = rows_of(results, "cost_sensitivity", ("scenario",))
    others = [row for row in rows if row["scenario"] != "as stated" and row.value("cost_per_1000") is not None]
    return tuple(
        text("If prices change ({scenario}): {cost}.", scenario=row.name("scenario"), cost=_cost(row)) for row in others
    )


def risks(results: Results) -> Slide:
    known = recalls(results)
    uneven = (
        text("Of {worst}, {low} is recognised", worst=known[-1].name("genre"), low=shown(known[-1], "recall", ".0%"))
        if known
        else text("Some genres may be served worse than others")
    )  # fmt: skip
    rows = (
        (text("Licence"), _licence(results), text("Research only; clear rights before any product")),
        (text("Bias"), uneven, text("Report recall by genre; let artists object; people decide")),
        (text("Drift"), text("New music and new recordings are not like what was learned"),
         text("Sample and label each quarter; retrain by the same graph")),
        (text("Gaming"), text("Who knows the weights can master a track towards a genre"),
         text("No money on a label alone; watch for jumps after a new mix")),
    )  # fmt: skip
    head = (text("Risk"), text("What it means here"), text("What we do about it"))
    return Slide(
        "risks",
        text("{n} risks remain whatever the score, and each needs someone who answers for it",
             n=in_words(len(rows)).capitalize()),
        table=SmallTable(head, rows, (0.14, 0.43, 0.43)),
        notes=(
            text("The last column is a proposal, to be agreed with those who own the risk."),
            text("A genre is a convention, and a wrong one hurts: listeners skip, artists are not found."),
        ),
    )  # fmt: skip


def _licence(results: Results) -> Text:
    if results.described.annotations == "gtzan":
        return text("The recordings of GTZAN were never cleared")
    if results.synthesised:
        return text("Synthesised here: no rights of others, and no real music either")
    return text("Whether the recordings are cleared is not recorded")


def assumptions(results: Results) -> Slide:
    rows = rows_of(results, "assumptions", ("genre", "test"), test="breusch_pagan")
    known = [row for row in rows if row.value("p") is not None]
    broken = [row for row in known if (row.value("p") or 0.0) < 0.05]
    artists = results.headline == "artist"
    return Slide(
        "assumptions",
        text("The result holds only as far as its assumptions do"),
        points=(
            text("Labels are right: nobody checked them here."),
            text("A song has one genre, never two."),
            text("Artists are kept apart as far as their names and identifiers tell.")
            if artists
            else text("Artists are not kept apart: some may be on both sides."),
            text("Tomorrow's music sounds like the collection."),
            text("Even scatter: broken in {genres}; no interval needs it.",
                 genres=of_genres(len(broken), len(known)))
            if known
            else text("Even scatter could not be tested."),
        ),
        notes=(
            text("Scatter: the test of Breusch and Pagan, by genre. Standard errors of the weights allow for uneven "
                 "scatter and for artists or recordings that share clips."),
            *(text("{genre}: p = {p}.", genre=row.name("genre"), p=shown(row, "p", "p")) for row in known[:3]),
        ),
    )  # fmt: skip


def running(results: Results) -> Slide:
    return Slide(
        "running",
        text("It runs on an ordinary computer, and one command rebuilds every number"),
        points=(
            text("No graphics card and no cloud."),
            text("People who label what it leaves open: the lasting cost."),
            text("Music with cleared rights and known artists."),
            text("Change a setting and run it again: every page follows."),
        ),
        notes=(
            text("The command: make report CORPUS={corpus}.", corpus=Name(results.corpus)),
            text("Settings stand in one file, each with its unit and what happens when it is raised."),
        ),
    )


def next_steps(results: Results) -> Slide:
    known = recalls(results)
    worst: Segment = known[-1].name("genre") if known else "the worst genre"
    complete = not results.has("corpus", "expected_clips") or results.value("corpus", "clips_found") >= results.value(
        "corpus", "expected_clips"
    )
    steps = (
        None if complete else text("Get the whole collection; this is a part of it."),
        None if results.headline == "artist" else _artists_wanted(results),
        text("Collect more artists of {worst}, not more clips.", worst=worst),
        None if results.has_table("robustness") else text("Get the audio; measure what poor copies do."),
        text("Let people label a sample: do they agree?"),
        text("Put real prices on errors."),
        text("Pilot it with people behind every answer."),
    )
    return Slide(
        "next",
        text("Next: better data first, a pilot with people second, automation last"),
        points=tuple(step for step in steps if step is not None)[:5],
        notes=(
            text("Decisions to take: who owns the labels, who pays for people's work, what error is too dear."),
            text("What another method would gain, and what a looser test hides, stand on slides of their own."),
        ),
    )


def _artists_wanted(results: Results) -> Text:
    """What has to be found before artists can be kept apart."""
    if results.value("corpus", "grouped_by") == "artist":
        return text("Get more artists: too few to hold any out.")
    if results.value("corpus", "grouped_by") == "piece":
        return text("Find out which songs these are: no honest test without songs.")
    return text("Find out who plays: no honest test without artists.")
