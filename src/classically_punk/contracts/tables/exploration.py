"""What a corpus is like without any model: `explore` and `anatomy`."""

from classically_punk.contracts.tables.common import CLIP, COLUMN, FAMILY, GENRE, GROUP, LABEL, N_GROUPS, REASON, TITLE
from classically_punk.contracts.tables.schema import Column, Table, interval, number, text, whole


def _quartiles(measure: str, unit: str, of: str) -> tuple[Column, ...]:
    parts = {"q1": "Lower quartile", "median": "Median", "q3": "Upper quartile"}
    return tuple(
        number(f"{measure}_{part}", unit, f"{words} of the {of} of used clips; blank without audio.", blank=True)
        for part, words in parts.items()
    )


BALANCE = Table(
    "balance.csv",
    "Who is in a genre.",
    (
        text("genre", "Genre that the row is about; blank for clips without one.", blank=True),
        whole("found", "count", "Clips that were found."),
        whole("used", "count", "Clips of the design table."),
        whole("flagged", "count", "Clips that are used with a fault."),
        whole("rejected", "count", "Clips that are not used."),
        text("commonest_fault", "Fault that most clips have; blank where none has any.", blank=True),
        whole("commonest_fault_clips", "count", "Clips that have it; blank where none has any.", blank=True),
        text("commonest_fault_words", "What the fault means; blank where none has any.", blank=True),
        whole("groups", "count", "Groups of the used clips."),
        whole("artists", "count", "Artists of the used clips; blank where none is known.", blank=True),
        text("largest_artist", "Artist of most used clips; blank where none is known.", blank=True),
        number("largest_artist_share", "share", "Of the used clips whose artist is known.", blank=True),
        *_quartiles("duration", "s", "duration"),
        *_quartiles("loudness", "dBFS", "RMS level"),
        REASON,
    ),
    key=("genre",),
)

DISCRIMINATIVE = Table(
    "discriminative.csv",
    "A column that tells much about genres, the most discriminative first.",
    (
        whole("rank", "place", "Place in the order."),
        COLUMN,
        TITLE,
        text("unit", "Unit of the column; blank for a column that is not in the catalogue.", blank=True),
        FAMILY,
        number("eta2", "share", "Share of the column's variance that lies between genres."),
        number("f", "1", "F ratio of a one-way analysis of variance; blank where `reason` says why.", blank=True),
        whole("n", "count", "Clips."),
        N_GROUPS,
        text("highest_genre", "Genre with the largest median."),
        number("highest_median", "own", "Its median."),
        text("lowest_genre", "Genre with the smallest median."),
        number("lowest_median", "own", "Its median."),
        whole("twins", "count", "Columns left out because they correlate with this one by more than 0.9."),
        REASON,
    ),
    key=("rank",),
    sorted_by=("rank",),
)

QUARTILES = Table(
    "quartiles.csv",
    "How the clips of a genre spread over a discriminative column.",
    (
        COLUMN,
        GENRE,
        whole("n", "count", "Clips of the genre."),
        number("low", "own", "Value below which 5 % of them lie."),
        number("q1", "own", "Lower quartile."),
        number("median", "own", "Median."),
        number("q3", "own", "Upper quartile."),
        number("high", "own", "Value below which 95 % of them lie."),
        text("reason", "Why distributions.csv has no curve; blank where it has.", blank=True),
    ),
    key=("column", "genre"),
)

DISTRIBUTIONS = Table(
    "distributions.csv",
    "A point of the density curve of a genre over a discriminative column, in the order of the curve.",
    (
        COLUMN,
        GENRE,
        number("x", "own", "Value of the column."),
        number("density", "own", "Kernel density there, per unit of the column."),
    ),
    key=(),
    digits=4,
)

CORRELATION = Table(
    "correlation.csv",
    "Rank correlation of two columns.",
    (
        text("first", "Column of the design table."),
        text("second", "Column of the design table."),
        number("spearman", "1", "Spearman's rank correlation, -1 to 1."),
    ),
    key=("first", "second"),
)

CORRELATION_COLUMNS = Table(
    "correlation_columns.csv",
    "A column of correlation.csv, relatives side by side.",
    (
        whole("place", "place", "Place in the order."),
        COLUMN,
        TITLE,
        FAMILY,
        whole("stands_for", "count", "Columns that it stands for, itself included."),
        text("selection", "How the columns were chosen."),
    ),
    key=("place",),
    sorted_by=("place",),
)

PCA_VARIANCE = Table(
    "pca_variance.csv",
    "A principal component of the standardised columns.",
    (
        whole("component", "place", "Number of the component, the strongest first."),
        number("share", "share", "Of the variance."),
        number("cumulative", "share", "Of this component and those before it."),
    ),
    key=("component",),
    sorted_by=("component",),
)

PCA_LOADINGS = Table(
    "pca_loadings.csv",
    "A column that goes strongly with a principal component.",
    (
        whole("component", "place", "Number of the component, the strongest first."),
        COLUMN,
        TITLE,
        FAMILY,
        number("loading", "1", "Correlation of the column with the component, -1 to 1."),
        text("words", "The component in a phrase."),
    ),
    key=("component", "column"),
)

CLUSTERS = Table(
    "clusters.csv",
    "How far clusters that were found without labels agree with genres.",
    (
        text("method", "Method that found the clusters."),
        text("settings", "Its settings, in words."),
        whole("n_clusters", "count", "Clusters found; blank where the method did not run.", blank=True),
        whole("n_noise", "count", "Clips in no cluster; blank where the method did not run.", blank=True),
        text("score", "Measure of the agreement."),
        number("value", "1", "The agreement, 1 for the same partition; blank where it has none.", blank=True),
        *interval("agreement", "1"),
        whole("n", "count", "Clips."),
        N_GROUPS,
        REASON,
    ),
    key=("method", "score"),
)

CLUSTER_CONTINGENCY = Table(
    "cluster_contingency.csv",
    "Clips of a genre in a cluster; zeros included.",
    (
        text("method", "Method that found the clusters."),
        text("cluster", "Number of the cluster, the largest first, or noise."),
        GENRE,
        whole("count", "count", "Clips of the genre in the cluster."),
    ),
    key=("method", "cluster", "genre"),
)

NEIGHBOURS = Table(
    "neighbours.csv",
    "Two branches of genres that join, the nearest first.",
    (
        text("kind", "What near means.", among=("distance", "confusion")),
        whole("step", "place", "Number of the step."),
        text("left", "Genres of the one branch, as a JSON list."),
        text("right", "Genres of the other branch, as a JSON list."),
        number("height", "1", "Distance at which they join."),
        text("members", "Genres of both, as a JSON list."),
    ),
    key=("kind", "step"),
)

SUBGROUPS = Table(
    "subgroups.csv",
    "The best split of a genre into sub-groups.",
    (
        GENRE,
        whole("n", "count", "Clips of the genre."),
        whole("subgroups", "count", "Sub-groups; blank where there is no split.", blank=True),
        text("sizes", "Clips of each, joined by semicolons; blank where there is no split.", blank=True),
        number("silhouette", "1", "Of the split, -1 to 1; blank where there is none.", blank=True),
        number("silhouette_by_chance", "1", "What one cloud of the same spread reaches.", blank=True),
        text("words", "What sets the largest sub-group apart, in a phrase.", blank=True),
        text("column_1", "Column that sets it apart most.", blank=True),
        number("difference_1", "deviation", "By how much.", blank=True),
        text("column_2", "The next that is not alike.", blank=True),
        number("difference_2", "deviation", "By how much.", blank=True),
        whole("artists", "count", "Artists of the genre; blank where none is known.", blank=True),
        number("adjusted_rand_with_artists", "1", "Agreement of the split with artists, 1 for the same.", blank=True),
        REASON,
    ),
    key=("genre",),
)

MAP = Table(
    "map.parquet",
    "A clip on the maps of the corpus.",
    (
        CLIP,
        LABEL,
        GROUP,
        *(number(f"pca{k}", "1", f"Score of principal component {k}; 0 where there are fewer.") for k in (1, 2, 3)),
        number("x", "1", "Place on the map of neighbours, across."),
        number("y", "1", "Place on the map of neighbours, up."),
    ),
    key=("clip",),
    sorted_by=("clip",),
)

ANATOMY = Table(
    "anatomy.csv",
    "The clip that is most like its genre, in numbers.",
    (
        GENRE,
        text("clip", "Name of the clip; blank where the genre is not shown.", blank=True),
        number("seconds", "s", "Length of what is looked at; blank where the genre is not shown.", blank=True),
        number("tempo", "BPM", "Tempo; blank where nothing begins.", blank=True),
        whole("beats", "count", "Beats; blank where the genre is not shown.", blank=True),
        number(
            "harmonic_share", "share", "Energy of the harmonic part of that of both; blank for silence.", blank=True
        ),
        number("percussive_share", "share", "Energy of the percussive part; blank for silence.", blank=True),
        text("pitch_class", "The strongest on average; blank for silence.", blank=True),
        number("centroid", "Hz", "Mean spectral centroid; blank for silence.", blank=True),
        number("loudness", "dBFS", "RMS level; blank where the genre is not shown.", blank=True),
        REASON,
    ),
    key=("genre",),
)

ANATOMY_PICTURES = Table(
    "anatomy.parquet",
    "A picture of the clip that is most like its genre.",
    (
        GENRE,
        CLIP,
        text("picture", "Name of the picture; beats holds times in s instead."),
        whole("rows", "count", "Bands of the picture."),
        whole("columns", "count", "Moments of the picture."),
        number("seconds", "s", "Length of what it shows."),
        number("low", "own", "Value that the smallest byte stands for."),
        number("high", "own", "Value that the largest byte stands for."),
        Column("values", "bytes", "own", "The picture, packed as `foundation.pictures` says."),
    ),
    key=("genre", "picture"),
)
