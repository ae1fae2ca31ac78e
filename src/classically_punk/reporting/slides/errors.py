"""Slides on where the model fails: between which genres, for whom, and on which recordings."""

from classically_punk.reporting.figures.models import alteration_title
from classically_punk.reporting.pages.captions import picture
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Text, text
from classically_punk.reporting.slides.slide import Slide
from classically_punk.reporting.slides.words import (
    absent,
    clips,
    counted,
    how_to_read,
    of_genres,
    protocol_note,
    recalls,
    row_of,
    rows_of,
    shown,
    why,
)


def errors(results: Results) -> Slide:
    rows = rows_of(results, "worst_confusions", ("actual", "predicted"))
    figure = picture(results, "confusion")
    if not results.has_table("worst_confusions"):
        return absent("errors", "Which genres it confuses is not known", results, "worst_confusions")
    if not rows:
        return Slide(
            "errors",
            text("No clip is taken for another genre"),
            points=(text("Be glad, and be careful: ask whether the test was too easy."),),
            picture=figure,
            notes=(*how_to_read(figure), protocol_note(results)),
        )
    first, *rest = rows[:3]
    return Slide(
        "errors",
        text("It fails between neighbours: most often {actual} is taken for {predicted}",
             actual=first.name("actual"), predicted=first.name("predicted")),
        points=(
            text("{n} of {actual}, {share} of the genre.", actual=first.name("actual"), n=clips(first),
                 share=shown(first, "share", ".0%")),
            *(text("Then {actual} for {predicted}: {n}.", actual=row.name("actual"),
                   predicted=row.name("predicted"), n=clips(row)) for row in rest),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            *(text("{actual} for {predicted}: {n} in {groups} groups, for example {examples}.",
                   actual=row.name("actual"), predicted=row.name("predicted"), n=clips(row),
                   groups=shown(row, "n_groups", ".0f"), examples=row.name("examples")) for row in rows[:3]),
            protocol_note(results),
        ),
    )  # fmt: skip


def error_concentration(results: Results) -> Slide:
    known = recalls(results)
    if not known:
        return absent("concentration", "Whom the errors hit is not known", results, "recall")
    best, worst = known[0], known[-1]
    figure = picture(results, "recall_by_genre")
    ends = worst.value("high"), best.value("low")
    apart = ends[0] is not None and ends[1] is not None and ends[0] < ends[1]
    title = (
        text("No genre is measurably worse served: {low} of {worst} recognised, {high} of {best}",
             worst=worst.name("genre"), low=shown(worst, "recall", ".0%"), best=best.name("genre"),
             high=shown(best, "recall", ".0%"))
        if not apart
        else text("The errors fall on {worst}: {low} recognised, against {high} of {best}", worst=worst.name("genre"),
                  low=shown(worst, "recall", ".0%"), best=best.name("genre"), high=shown(best, "recall", ".0%"))
    )  # fmt: skip
    concentrated = _concentrated(results)
    few = len([row for row in known if (row.value("recall") or 0.0) < 0.5])
    return Slide(
        "concentration",
        title,
        points=(
            text("Missed more often than met: {few}.", few=of_genres(few, len(known))),
            *([text("One artist alone makes up {share} of {genre}: the model may learn that artist.",
                    genre=concentrated.name("genre"), share=shown(concentrated, "largest_artist_share", ".0%"))]
              if concentrated else [text("Whether single artists dominate a genre is not known.")]),
            text("Artists of a poorly served genre are misplaced most."),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            *(text("{genre}: {recall} of {n} clips.", genre=row.name("genre"), n=shown(row, "n", ".0f"),
                   recall=row.interval(".2f", "recall") or "unknown")
              for row in ([worst] if len(known) == 1 else [best, worst])),
            *_largest_artist(results, concentrated),
            protocol_note(results),
        ),
    )  # fmt: skip


def _concentrated(results: Results) -> Row | None:
    """The genre of which one artist has the largest share; None where artists are not known."""
    rows = [row for row in rows_of(results, "balance", ("genre",)) if row.value("largest_artist_share") is not None]
    return max(rows, key=lambda row: row.value("largest_artist_share") or 0.0, default=None)


def _largest_artist(results: Results, row: Row | None) -> tuple[Text, ...]:
    """Who that artist is, and, where the protocol parts artists, how the artist fares."""
    if row is None:
        return ()
    who = text("The largest artist of {genre} is {artist}.", genre=row.name("genre"), artist=row.name("largest_artist"))
    if results.headline != "artist":
        return (who,)
    fares = row_of(results, "error_concentration", ("genre",), genre=row["genre"], largest_group=row["largest_artist"])
    if fares is None or fares.value("recall_largest") is None or fares.value("recall_rest") is None:
        return (who,)
    return (
        who,
        text("Recognised: {its} of that artist's clips, {rest} of all others in the genre.",
             its=shown(fares, "recall_largest", ".0%"), rest=shown(fares, "recall_rest", ".0%")),
    )  # fmt: skip


def robustness(results: Results) -> Slide:
    keys = ("model", "alteration")
    rows = rows_of(results, "robustness", keys, model="ols")
    known = [row for row in rows if row.value("drop") is not None and row["kind"] != "crop"]
    if not known:
        return Slide(
            "robustness",
            text("Whether it hears the music or the recording is not known here"),
            points=(
                why(results, "robustness") if not rows else text("No alteration could be measured."),
                text("To ask for: the same clips louder, filtered, as poor copies. The answer should stay."),
            ),
            notes=(text("Until this is measured, expect trouble wherever recordings come from another source."),),
        )  # fmt: skip
    hurts = [row for row in known if (row.value("drop_low") or 0.0) > 0]
    worst = max(hurts or known, key=lambda row: row.value("drop") or 0.0)
    name = Name(alteration_title(worst["alteration"], worst["kind"], worst.value("amount") or 0.0))
    figure = picture(results, "robustness")
    return Slide(
        "robustness",
        text("It partly hears the recording: one harmless change ({name}) costs {drop} points", name=name,
             drop=shown(worst, "drop", "points"))
        if hurts
        else text("No change that leaves the genre alone costs a measurable share of its answers"),
        points=(
            text("Of all changes that leave the genre alone, {k} do measurable harm.", k=counted(len(hurts))),
            text("After the worst, {share} of the answers stay.", share=shown(worst, "agreement", ".0%")),
            text("Copies from another source need a check before they are trusted."),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            text("{n} held-out clips were altered. Fall of {name}: {drop} points.", n=shown(worst, "n", ".0f"),
                 name=name, drop=worst.interval("+points", "drop", "drop_low", "drop_high") or "unknown"),
            text("The worst of many is picked after the fact, which makes it look somewhat worse than it is."),
        ),
    )  # fmt: skip
