"""Sections of the report on the corpus: its clips, what they hold, what was made of them."""

from classically_punk.reporting.pages import captions
from classically_punk.reporting.pages.blocks import (
    Block,
    Box,
    Bullets,
    Folded,
    Heading,
    Paragraph,
    Section,
    Table,
    absent,
)
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Name, Number, Term, Text, listed, text

FAULTS_SHOWN = 400
"""Rows of a folded table; the file holds the rest."""


def data(results: Results) -> Section:
    """Clips found, used and rejected, by genre and by fault."""
    return Section("data", "The music, and its faults", [
        Paragraph(found_words(results)),
        Paragraph(artists_words(results)),
        _reasons(results),
        _balance(results),
        captions.picture(results, "balance"),
        concentration(results),
        _known_faults(results),
    ])  # fmt: skip


def _known_faults(results: Results) -> Block | None:
    """What others found wrong with the collection."""
    if results.described.annotations != "gtzan":
        return None
    return Paragraph(text(
        "What others found in the whole collection: {sturm} lists replicas, several recordings of one artist within a "
        "genre, labels that are contentious or wrong, and clips with heavy distortion. Such faults make scores look "
        "better (replicas, artists) or worse (labels) than they are. {split} is a published split that leaves out "
        "replicas, repeats and distorted clips; none is left out for a wrong label. Replicas that are found here stay "
        "on one side of every split that is made here.",
        sturm=Name("Sturm (2013)"), split=Name("fault_filtered"),
    ))  # fmt: skip


def found_words(results: Results) -> Text:
    """How many clips there are, of how many, and in what state."""
    words = text("{title}. {found} clips were found", title=Name(results.title), found=_count(results, "clips_found"))
    if results.has("corpus", "expected_clips"):
        words += text(" of the {all} of the whole collection", all=_count(results, "expected_clips"))
    return words + text(
        "; {used} can be used, {flagged} of them with a known fault, and {rejected} were rejected. Nothing is left "
        "out silently: every file has a row in {file} with its reason.",
        used=_count(results, "clips_usable"), flagged=_count(results, "flagged"),
        rejected=_count(results, "rejected"), file=Term(f"data/{results.corpus}/clips.csv"),
    )  # fmt: skip


def artists_words(results: Results) -> Text:
    """Whether artists are known, and so what the clips are grouped by."""
    grouped = str(results.value("corpus", "grouped_by"))
    if grouped == "artist":
        return text(
            "The artist of {known} clips is known by name; clips that share an artist, by name or by a published "
            "identifier, a song or a recording are linked into {groups} groups. What each protocol keeps apart, and "
            "what crosses it all the same, stands with the protocols.",
            known=_count(results, "clips_with_artist"), groups=_count(results, "groups"),
        )  # fmt: skip
    if grouped == "piece":
        return text(
            "The rows are pieces of songs, and the collection does not say of which: pieces of one song are learned "
            "from and tested on. The scores below are a warning, not a result, and their "
            "intervals, which draw pieces as if each were a song of its own, are too narrow."
        )
    return text(
        "No artists are known for this corpus. Recordings take their place: a model may know the artist of a clip "
        "from another recording, and the scores below are the better for it by an unknown amount."
    )


def _count(results: Results, key: str) -> Number:
    return results.metric("corpus", key, "d")


def _reasons(results: Results) -> Block:
    if not results.has("corpus", "reasons"):
        return Paragraph("No clip has a known fault.")
    found = sorted(results.value("corpus", "reasons"))
    if not found:
        return Paragraph("No clip has a known fault.")
    rows = [(Name(reason.replace("_", " ")), results.metric("corpus", f"reasons.{reason}", "d")) for reason in found]
    return Table("Faults that were found, and in how many clips; a clip can have several", ("fault", "clips"), rows)


def _balance(results: Results) -> Block:
    if not results.has_table("balance"):
        return absent(captions.missing(results, "balance"))
    rows = [
        (row.name("genre") if row["genre"] else Name("(no genre)"), row.number("found", ".0f"),
         row.number("used", ".0f"), row.number("flagged", ".0f"), row.number("rejected", ".0f"),
         row.number("artists", ".0f"), row.number("duration_median", ".1f"), row.number("loudness_median", ".1f"))
        for row in results.rows("balance", ("genre",))
    ]  # fmt: skip
    head = ("genre", "found", "used", "flagged", "rejected", "artists", "median length, s", "median level, dBFS")
    return Table("The genres; a dash where a quantity is not known", head, rows)


def concentration(results: Results) -> Block | None:
    """The genres that are most of all one artist's; None where artists are not known."""
    if not results.has_table("balance"):
        return None
    rows = [row for row in results.rows("balance", ("genre",)) if row.value("largest_artist_share") is not None]
    if not rows:
        return None
    most = max(row.value("largest_artist_share") or 0.0 for row in rows)
    parts = [
        text("{artist} is {share} of {genre}", artist=row.name("largest_artist"), genre=row.name("genre"),
             share=row.number("largest_artist_share", ".0%") or "")
        for row in rows if row.value("largest_artist_share") == most
    ]  # fmt: skip
    return Box("key", [Paragraph(text(
        "Most of one voice: {all}. What is learned of such a genre is to that extent what is learned of one artist.",
        all=listed(parts),
    ))])  # fmt: skip


def anatomy(results: Results) -> Section:
    """What is in an audio file."""
    title = "What is in an audio file"
    if not results.has_table("anatomy"):
        return Section("anatomy", title, [absent(captions.missing(results, "anatomy"))])
    words = text(
        "A file is a row of numbers: air pressure, {rate} of them a second. What follows takes one clip of each genre "
        "apart, the one nearest to the middle of its genre. A musician sees notes, harmony and beats; a programmer "
        "sees the arrays from which every column of the table is computed.",
        rate=Term("22,050"),
    )
    figures = [captions.picture(results, stem) for stem in captions.anatomies(results).values()]
    rows = [
        (row.name("genre"), row.name("clip"), row.number("tempo", ".0f"), row.number("harmonic_share", ".0%"),
         row.number("percussive_share", ".0%"), row.name("pitch_class"), row.number("centroid", ".0f"),
         row.number("loudness", ".1f"))
        for row in results.rows("anatomy", ("genre",)) if row["clip"]
    ]  # fmt: skip
    head = (
        "genre",
        "clip",
        "tempo, BPM",
        "harmonic",
        "percussive",
        "strongest pitch class",
        "centroid, Hz",
        "level, dBFS",
    )
    return Section("anatomy", title, [
        Paragraph(words), captions.picture(results, "anatomy_overview"), Table("The same clips in numbers", head, rows),
        *figures,
    ])  # fmt: skip


def exploration(results: Results) -> Section:
    """What the table looks like before any model."""
    title = "The music before any model"
    if not results.has_table("discriminative"):
        return Section("exploration", title, [absent(captions.missing(results, "discriminative"))])
    discriminative = results.rows("discriminative", ("column",))
    told = [
        text(
            "{column}: {share} of its variance lies between genres; highest in {high}, lowest in {low}",
            column=Name(row["title"]), share=row.number("eta2", ".0%") or "", high=row.name("highest_genre"),
            low=row.name("lowest_genre"),
        )
        for row in discriminative
    ]  # fmt: skip
    return Section("exploration", title, [
        Heading("Columns that tell genres apart"),
        Bullets(told),
        captions.picture(results, "distributions"),
        Heading("Columns that say the same"),
        captions.picture(results, "correlation"),
        Heading("Structure found without labels"),
        Paragraph(_components(results)),
        captions.picture(results, "pca_variance"), captions.picture(results, "pca_map"),
        captions.picture(results, "map"),
        Paragraph(_clusters(results)),
        captions.picture(results, "clusters"), captions.picture(results, "cluster_contingency"),
        Heading("Neighbours, and genres within genres"),
        captions.picture(results, "neighbours"),
        _subgroups(results),
    ])  # fmt: skip


def _components(results: Results) -> Text:
    first = results.row("pca_variance", ("component",))
    loadings = {row["component"]: row["words"] for row in results.rows("pca_loadings", ("component", "column"))}
    words = text("The strongest direction holds {share} of the variance", share=first.number("share", ".0%") or "") if (
        first
    ) else text("No direction was found")  # fmt: skip
    if "1" in loadings:
        words += text(" ({words})", words=Name(loadings["1"]))
    if "2" in loadings:
        words += text("; the second is {words}", words=Name(loadings["2"]))
    return words + "."


def _clusters(results: Results) -> Text:
    rows = [row for row in results.rows("clusters", ("method", "score"), score="adjusted_rand_index")
            if row.value("value") is not None]  # fmt: skip
    if not rows:
        return text("No clusters could be found.")
    parts = [text("{m} {v}", m=Name(row["method"]), v=row.interval(".2f") or "") for row in rows]
    best = max(row.value("value") or 0.0 for row in rows)
    verdict = (
        "Clusters are nearly the genres." if best > 0.75 else
        "Clusters follow the genres in part: there is more in the sound than its genre, and less." if best > 0.2 else
        "Clusters are hardly the genres: what is alike in sound is mostly not alike in name."
    )  # fmt: skip
    return text("Agreement of clusters with genres (adjusted Rand index: {one} is the same, {nought} chance): {all}. ",
                one=Term("1"), nought=Term("0"), all=listed(parts)) + verdict  # fmt: skip


def _subgroups(results: Results) -> Block:
    if not results.has_table("subgroups"):
        return absent(captions.missing(results, "subgroups"))
    rows = results.rows("subgroups", ("genre",))
    standing = [row for row in rows if not row["reason"]]
    if not standing:
        return Paragraph("No genre falls into sub-groups that one cloud of the same spread would not show as well.")
    return Bullets([
        text("{genre} falls into {n} groups of {sizes} clips; the largest has {words}", genre=row.name("genre"),
             n=row.number("subgroups", ".0f") or "", sizes=row.name("sizes"), words=row.name("words"))
        for row in standing
    ])  # fmt: skip


def cleaning(results: Results) -> Section:
    """What was dropped or merged on the way to the design table."""
    rows = results.rows("cleaning", ("step", "subject", "action"))
    dropped = [row for row in rows if row["action"].startswith(("dropped", "left out", "merged", "rejected"))]
    shown = [(row.name("step"), row.name("subject"), row.name("action"), row.name("reason")) for row in rows]
    words = text(
        "Between the features and the table stand named, parameterised steps, each with its rows in {file}. {n} was "
        "left out by them. What is fitted on data (powers, scaling, choice of "
        "columns) is not done here but inside the training part of every fold.",
        n="Nothing" if not dropped else "A column or clip", file=Term(f"reports/{results.corpus}/tables/cleaning.csv"),
    )  # fmt: skip
    return Section("cleaning", "Preprocessing", [
        Paragraph(words),
        Folded("Every step", [Table("What was done, and why", ("step", "subject", "action", "reason"),
                                    shown[:FAULTS_SHOWN])]),
    ])  # fmt: skip


def features(results: Results) -> Section:
    """The columns that the models see, with units and sources."""
    known = results.columns
    used = list(dict.fromkeys(row["column"] for row in results.rows("coefficients", ("genre", "column"))))
    families: dict[str, list[str]] = {}
    for name in used:
        families.setdefault(known[name].family if name in known else "other", []).append(name)
    how = (
        "Every clip is decoded once, and one short-time spectrum serves all descriptors."
        if results.has_table("robustness")
        else "The numbers were measured by those who published the table; the recordings are not here."
    )
    blocks: list[Block | None] = [Paragraph(
        f"{how} Each column describes timbre (the colour of sound), harmony, rhythm or dynamics, has a unit and a "
        "source, and can be explained."
    )]  # fmt: skip
    for family, columns in sorted(families.items()):
        rows = [
            (Name(known[name].title), Name(known[name].sentence), Name(known[name].unit), Name(known[name].source))
            for name in columns if name in known
        ]  # fmt: skip
        head = ("column", "what it means", "unit", "source")
        blocks.append(Folded(text("{family}", family=Name(family)), [Table("The columns in use", head, rows)]))
    return Section("features", "Features", blocks)
