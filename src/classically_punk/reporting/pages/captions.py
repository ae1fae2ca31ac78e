"""What each figure shows, in words: alternative text for those who cannot see it, and how to read it."""

from collections.abc import Callable

from classically_punk.contracts.models import title as model_title
from classically_punk.reporting.figures.anatomy import OVERVIEW, anatomy_stems
from classically_punk.reporting.pages.pictures import Picture
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Name, Text, listed, text

Words = Callable[[Results], Text]


def picture(results: Results, stem: str) -> Picture | None:
    """The figure `stem` with its words; None when the corpus has no such figure. Raises KeyError without words."""
    path = results.figures / f"{stem}.png"
    if not path.exists():
        return None
    if stem.startswith("anatomy_") and stem != OVERVIEW:
        alt, caption = _anatomy(results, stem)
        return Picture(path, alt, caption)
    finding, how = CAPTIONS[stem]
    return Picture(path, finding(results), text(how))


def anatomies(results: Results) -> dict[str, str]:
    """Genre -> stem of the figure of its clip; empty for a corpus without audio."""
    if not results.has_table("anatomy"):
        return {}
    rows = results.rows("anatomy", ("genre",))
    return anatomy_stems(row["genre"] for row in rows if row["clip"])


def missing(results: Results, table: str) -> Text:
    """Why a corpus has no such figure or section."""
    why = results.missing(table).rstrip(".") or "its table has not been made"
    return text("Not available for this corpus: {why}.", why=why)


def _anatomy(results: Results, stem: str) -> tuple[Text, Text]:
    genre = next(genre for genre, its in anatomies(results).items() if its == stem)
    row = results.rows("anatomy", ("genre",), genre=genre)[0]
    alt = text("Six views of the same seconds of clip {clip} ({genre}).", clip=row.name("clip"), genre=Name(genre))
    if stem != next(iter(anatomies(results).values())):
        return alt, text("Read as the first of these figures.")
    caption = text(
        "Waveform: air pressure over time. Harmonic and percussive parts: what lasts is a line along time, what "
        "hits a line across all frequencies. Notes: a row per semitone, so that a melody is a path. Pitch classes: the "
        "same notes with octaves folded together, which shows harmony. Mel spectrogram: frequencies spaced as an ear "
        "spaces them. Onsets: how much begins at each moment, and the beats that follow from it."
    )
    return alt, caption


def _fixed(words: str) -> Words:
    return lambda results: text(words)


def _accuracy(results: Results) -> Text:
    rows = [
        row for row in results.rows("scores", ("model", "protocol", "score"), model="ols", score="accuracy")
        if row.value("value") is not None
    ]  # fmt: skip
    parts = [text("{p} {v}", p=Name(row["protocol"]), v=row.number("value", ".2f") or "") for row in rows]
    return text("Accuracy of the regression by protocol: {all}.", all=listed(parts))


def _models(results: Results) -> Text:
    rows = [
        row for row in results.rows(
            "scores", ("model", "protocol", "score"), protocol=results.headline, score="accuracy"
        ) if row.value("value") is not None
    ]  # fmt: skip
    best = max(rows, key=lambda row: row.value("value") or 0.0)
    return text(
        "Accuracy of every model under every protocol; under {p} the highest is {model} with {v}.",
        p=Name(results.headline),
        model=Name(model_title(best["model"])),
        v=best.number("value", ".2f") or "",
    )


def _recall(results: Results) -> Text:
    rows = results.rows("recall", ("model", "protocol", "genre"), model="ols", protocol=results.headline)
    known = [row for row in rows if row.value("recall") is not None]
    best, worst = (pick(known, key=lambda row: row.value("recall") or 0.0) for pick in (max, min))
    return text(
        "Recall of each genre: highest for {best} ({b}), lowest for {worst} ({w}).",
        best=best.name("genre"), b=best.number("recall", ".2f") or "",
        worst=worst.name("genre"), w=worst.number("recall", ".2f") or "",
    )  # fmt: skip


def _confusion(results: Results) -> Text:
    alt = text("Confusion matrix of held-out clips, actual genres in rows and predicted ones in columns.")
    first = next(iter(results.rows("worst_confusions", ("actual", "predicted"))), None)
    if first is None:
        return alt
    return alt + text(
        " Most often {a} is taken for {b}: {n} clips.",
        a=first.name("actual"), b=first.name("predicted"), n=first.number("n", ".0f") or "",
    )  # fmt: skip


def _discriminative(results: Results) -> Text:
    rows = results.rows("discriminative", ("column",))
    found = [Name(row["title"]) for row in rows[:3]]
    return text("How the genres differ in the most discriminative columns, first {columns}.", columns=listed(found))


def _coefficients(results: Results) -> Text:
    rows = results.rows("coefficients", ("genre", "column"))
    strongest = max(rows, key=lambda row: abs(row.value("coefficient") or 0.0))
    return text(
        "Coefficients of the strongest columns by genre; the largest is that of {column} for {genre}.",
        column=results.called(strongest["column"]), genre=strongest.name("genre"),
    )  # fmt: skip


HOW_RESIDUAL = "A panel for each genre: clips of the genre and clips of all others."
CAPTIONS: dict[str, tuple[Words, str]] = {
    "accuracy_by_protocol": (_accuracy, "The same model, asked in different ways. Bars: interval over groups."),
    "models_by_protocol": (
        _models, "Points are accuracies, bars their intervals over groups; the grey band is what the protocol alone "
        "changes. The further left the strict protocol stands, the more of a score was knowing the artist.",
    ),
    "recall_by_genre": (_recall, "Share of each genre's clips that is recognised, under every protocol."),
    "confusion": (
        _confusion, "Rows are actual genres, columns predicted ones; a cell counts clips, its colour is the share of "
        "the row.",
    ),
    "column_choices": (
        _fixed("Accuracy of the regression for each choice of columns."),
        "Every choice is made inside the training part of each fold.",
    ),
    "reliability": (
        _fixed("Stated probability against the share that is right, a panel for each model."),
        "On the diagonal a stated probability is true. Below it a model is too sure of itself, above it too modest.",
    ),
    "coverage": (
        _fixed("Accuracy of what is answered, against the share that is answered."),
        "From right to left the model leaves more of the doubtful clips to a person.",
    ),
    "costs": (
        _fixed("Cost per thousand clips against the probability below which the model stays silent."),
        "Too low a threshold pays for wrong answers, too high a one for work by hand. Dashed: the least expected cost, "
        "which weighs every clip by itself and has no threshold.",
    ),
    "coefficients": (_coefficients, "Orange speaks for a genre, purple against it, per standard deviation."),
    "coefficient_intervals": (
        _fixed("The columns with the smallest p-values of each genre, with intervals."),
        "Filled: different from nothing even after allowing for the number of tests.",
    ),
    "families": (
        _fixed("What timbre, harmony, rhythm and dynamics add to each other, by genre."),
        "The share of what the other families leave open that a family explains; below nothing where the regression "
        "on the other families happens to do better.",
    ),
    "collinearity": (
        _fixed("Variance inflation of the columns, before and after pruning."),
        "How many times wider a coefficient's variance is because other columns say the same.",
    ),
    "residuals": (_fixed("Residuals against fitted values by genre."), HOW_RESIDUAL + " Two bands, since a clip is "
                  "either of the genre or not."),
    "normal_quantiles": (_fixed("Quantiles of residuals against those of a normal distribution."), HOW_RESIDUAL),
    "scale_location": (_fixed("Size of residuals against fitted values."), HOW_RESIDUAL + " A slope means that the "
                       "scatter depends on the fitted value."),
    "leverage": (
        _fixed("Leverage against studentised residual by genre, with contours of Cook's distance."),
        "Right: unlike other clips. High or low: badly fitted. Both at once: the clip pulls the fit towards itself.",
    ),
    "partial_regressions": (
        _fixed("The strongest column of each genre, with what all others explain taken out of both sides."),
        "The slope of the line is the coefficient.",
    ),
    "robustness": (
        _fixed("Accuracy and unchanged predictions after each alteration, for the regression and the best comparator."),
        "Dotted: accuracy of the same clips before they were altered.",
    ),
    "snippet_length": (
        _fixed("Accuracy against the length of the snippet that is heard."),
        "Dotted: the whole clip. Bands: intervals over groups.",
    ),
    "balance": (
        _fixed("Clips, durations, loudness and the largest artist of each genre."),
        "Bars count clips; dots are medians with the middle half of the clips.",
    ),
    "distributions": (
        _discriminative,
        "Curve: where the genre's clips lie; bar: their middle half; dot: their median.",
    ),
    "correlation": (
        _fixed("Rank correlations of the columns, relatives side by side."),
        "Blocks along the diagonal say the same thing: a coefficient of one of them means little alone.",
    ),
    "pca_variance": (
        _fixed("Share of the variance in each principal component."),
        "How many directions the columns really have.",
    ),
    "pca_map": (_fixed("All clips on the first two principal components, by genre."), "Made without genres."),
    "map": (
        _fixed("A map of all clips by t-SNE, coloured by genre."),
        "Made without genres: neighbours are alike, far distances mean nothing.",
    ),
    "clusters": (
        _fixed("Agreement of clusters found without labels with the genres, with intervals."),
        "One is agreement, nothing is chance. Intervals over groups.",
    ),
    "cluster_contingency": (
        _fixed("Which genres the clusters of the k-means method hold."),
        "Rows are clusters, columns genres, cells clips.",
    ),
    "neighbours": (
        _fixed("Two trees of genres: by distance of their clips and by what the model confuses."),
        "The further left two branches meet, the closer the genres are.",
    ),
    OVERVIEW: (
        _fixed("Mel spectrograms of one clip of each genre."),
        "Time runs to the right, frequency upwards as an ear spaces it, brighter is louder.",
    ),
}  # fmt: skip
"""Stem of a figure -> its alternative text, and how to read it."""
