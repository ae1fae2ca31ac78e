"""Slides on the question, the data, features, and the model."""

from classically_punk.reporting.pages.captions import anatomies, picture
from classically_punk.reporting.pages.decision_rule import rule_called
from classically_punk.reporting.pages.method import scored_columns, scored_is_shown
from classically_punk.reporting.pages.musical import significant
from classically_punk.reporting.pages.phrases import amount, in_words
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Name, Segment, Text, text
from classically_punk.reporting.slides.slide import Slide
from classically_punk.reporting.slides.words import absent, how_to_read, n_columns, row_of, rows_of, unheard, why


def question(results: Results) -> Slide:
    accuracy = float(results.value("summary", "headline.accuracy"))
    return Slide(
        "question",
        text("Plain arithmetic names the right genre for {share} of the {songs}", share=amount(accuracy),
             songs=unheard(results)),
        points=(
            Text((Name(results.title),)),
            text("The question: can a computer tell the genre of a song from its sound alone, how well, and what "
                 "would it mean to rely on it?"),
        ),
        notes=(
            text("The method is linear regression, the oldest way to learn from examples: every measured property "
                 "of the sound gets a weight for every genre, and the genre with the largest sum is the answer."),
            text("Every number in this deck is looked up from the results of the project, and every statement "
                 "follows from them by a rule."),
        ),
        cover=True,
    )  # fmt: skip


def data(results: Results) -> Slide:
    found, usable, flagged, rejected = (
        results.metric("corpus", key, ".0f") for key in ("clips_found", "clips_usable", "flagged", "rejected")
    )
    whole = results.metric("corpus", "expected_clips", ".0f") if results.has("corpus", "expected_clips") else None
    complete = whole is None or results.value("corpus", "clips_found") >= results.value("corpus", "expected_clips")
    title = (
        text("{found} clips were found, and {usable} of them can be used", found=found,
             usable="all" if found.shown == usable.shown else usable)
        if whole is None
        else text("All {found} clips of the collection are here, and {usable} of them can be used", found=found,
             usable="all" if found.shown == usable.shown else usable)
        if complete
        else text("Only {found} of the {whole} clips of the collection are here: read every result with that in mind",
                  found=found, whole=whole or "")
    )  # fmt: skip
    counts = results.value("corpus", "genres")
    least, most = (pick(counts, key=lambda genre: (counts[genre], genre)) for pick in (min, max))
    balance = (
        text("Every genre has the same number of clips: {n}.", n=_clips_of(results, least))
        if counts[least] == counts[most]
        else text("Genres have between {low} and {high} clips.", low=_clips_of(results, least),
                  high=_clips_of(results, most))
    )  # fmt: skip
    fault = _commonest_fault(results)
    faults = text("{flagged} clips are kept with a known fault, {rejected} had to be rejected{commonest}.",
                  flagged=flagged, rejected=rejected, commonest=fault or "")  # fmt: skip
    return Slide(
        "data",
        title,
        points=(balance + " " + _groups(results), faults),
        picture=picture(results, "balance"),
        notes=(
            *how_to_read(picture(results, "balance")),
            _groups(results),
            text("Labels are taken as they stand in the collection; whether people would agree with them is not "
                 "known here. A clip is rejected when it cannot be read or is no music, and flagged when it can be "
                 "used but is known to be faulty."),
        ),
    )  # fmt: skip


def _clips_of(results: Results, genre: str) -> Segment:
    """How many clips of a genre; by words where the name of the genre cannot stand in an address."""
    row = row_of(results, "balance", ("genre",), genre=genre)
    counted = row.number("used", ".0f") if row else None
    if counted is not None:
        return counted
    return in_words(int(results.value("corpus", "genres")[genre]))


def _commonest_fault(results: Results) -> Text | None:
    reasons = results.value("corpus", "reasons") if results.has("corpus", "reasons") else {}
    if not reasons:
        return None
    first = max(sorted(reasons), key=lambda reason: reasons[reason])
    n = results.metric("corpus", f"reasons.{first}", ".0f")
    return text("; the commonest fault: {fault} ({n})", fault=Name(first.replace("_", " ")), n=n)


def _groups(results: Results) -> Text:
    n = results.metric("corpus", "groups", ".0f")
    if results.value("corpus", "grouped_by") == "artist":
        return text("The clips come from {n} artists.", n=n)
    if results.value("corpus", "grouped_by") == "piece":
        return text("Pieces of songs that nobody names, {n} of them different: every split leaks.", n=n)
    return text("Artists are not known; the clips come from {n} recordings.", n=n)


def hears(results: Results) -> Slide:
    stems = anatomies(results)
    figure = next((picture(results, stem) for stem in stems.values()), None)
    if figure is None:
        return _columns(results)
    genre = next(iter(stems))
    row = rows_of(results, "anatomy", ("genre",), genre=genre)[0]
    tempo = row.number("tempo", ".0f")
    harmonic = row.number("harmonic_share", ".0%")
    return Slide(
        "hears",
        text("Features are of pressure, tones, beats and pitches, not of a style"),
        points=(
            text("A clip of {genre}, seen in several ways.", genre=row.name("genre")),
            text("Beats a minute, as it counts them: {tempo}.", tempo=tempo) if tempo else text("No beat was found."),
            text("{share} of its energy is harmonic, the rest percussive.", share=harmonic)
            if harmonic
            else text("Harmonic and percussive parts are taken apart."),
            text("Together: {n} numbers.", n=n_columns(results)),
        ),
        picture=figure,
        notes=(*how_to_read(figure), _families_note(results)),
    )


def _columns(results: Results) -> Slide:
    """What stands in a corpus that has no audio: its columns."""
    first = row_of(results, "discriminative", ("column",))
    if first is None:
        return Slide(
            "hears",
            text("Each clip becomes {n} numbers, none of them a style", n=n_columns(results)),
            points=(_families_note(results), why(results, "anatomy")),
            notes=(_families_note(results),),
        )
    figure = picture(results, "distributions")
    return Slide(
        "hears",
        text("Each clip becomes {n} numbers; the most discriminative is {column}", n=n_columns(results),
             column=Name(first["title"])),
        points=(
            text("Highest for {high}, lowest for {low}.", high=first.name("highest_genre"),
                 low=first.name("lowest_genre")),
            text("Where curves overlap, one number cannot tell genres apart; many together can do better."),
            text("The corpus is a table: the sound itself is not at hand."),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            _families_note(results),
            text("Between genres lies {share} of the variance of {column}.", share=first.number("eta2", ".0%") or "",
                 column=Name(first["title"])),
            why(results, "anatomy"),
        ),
    )  # fmt: skip


def _families_note(results: Results) -> Text:
    return text("The numbers describe timbre (what colour a sound has), harmony (which notes), rhythm (what begins "
                "when) and dynamics (how loud, and how evenly).")  # fmt: skip


def structure(results: Results) -> Slide | None:
    """What is found without labels; None for a corpus without exploration."""
    figure = picture(results, "map")
    if figure is None or not results.has_table("clusters"):
        return None
    keys = ("method", "score")
    row = row_of(results, "clusters", keys, method="k-means", score="adjusted_rand_index")
    agreement = row.interval(".2f") if row else None
    value = row.value("value") if row else None
    if row is None or agreement is None or value is None:
        return None
    degree = "hardly" if value < 0.1 else "only partly" if value < 0.65 else "largely"
    return Slide(
        "structure",
        text("Left to itself, the computer finds groups that {degree} agree with the genres", degree=degree),
        points=(
            text("Agreement {agreement}, where one is perfect and nothing is chance.", agreement=agreement),
            text("Near dots sound alike. Where colours mix, genres sound alike to these numbers."),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            text("Agreement is the adjusted Rand index of the groups that k-means finds without seeing a genre."),
        ),
    )


def model(results: Results) -> Slide:
    rows = [
        row for row in rows_of(results, "coefficients", ("genre", "column")) if row.value("coefficient") is not None
    ]
    if not rows:
        return absent("model", "The weights of the model are not known", results, "coefficients")
    sure = [row for genre in results.genres for row in significant(results, genre)]
    first = max(sure or rows, key=lambda row: abs(row.value("coefficient") or 0.0))
    figure = picture(results, "coefficients")
    whole = scored_is_shown(results)
    return Slide(
        "model",
        text("The whole model is one picture: weights that speak for a genre or against it")
        if whole
        else text("What marks a genre out: weights of a plain regression, beside the scored one"),
        points=(
            text("The strongest that is sure: a high value of {column} speaks {way} {genre}, other columns being "
                 "equal.", column=results.called(first["column"]), genre=first.name("genre"),
                 way="for" if (first.value("coefficient") or 0.0) > 0 else "against")
            if sure
            else text("No single weight can be told from nothing, given how many were tested."),
            text("The answer is that of {rule}. No step is hidden.", rule=rule_called(results))
            if whole
            else text("The scored regression is given {columns}.", columns=scored_columns(results)),
        ),
        picture=figure,
        notes=(
            *how_to_read(figure),
            text("{n} columns times {genres} genres. A standard deviation more of {column} changes the value for "
                 "{genre} by {change}. Columns that say the same thing share their weight: one cell alone means "
                 "little.", n=n_columns(results), genres=results.metric("summary", "headline.n_genres", ".0f"),
                 column=results.called(first["column"]), genre=first.name("genre"),
                 change=first.number("coefficient", "+.2f") or ""),
        ),
    )  # fmt: skip
