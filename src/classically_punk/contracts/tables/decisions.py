"""What follows from probabilities: when to answer, what errors cost, who bears them. All from `evaluate`."""

from classically_punk.contracts.policies import POLICIES
from classically_punk.contracts.tables.common import GENRE, REASON
from classically_punk.contracts.tables.schema import Table, interval, number, text, whole

COVERAGE_SHARE = number("coverage", "share", "Rows that are answered.")
ACCURACY = number("accuracy", "share", "Accuracy of the answers; blank where nothing is answered.", blank=True)
ANSWERED = whole("n", "count", "Rows that are answered.")
COST = number("cost_per_1000", "cost per 1,000 clips", "Of errors and of clips that are left to a person.")
COST_ENDS = interval("cost", "cost per 1,000 clips")

COVERAGE = Table(
    "coverage.csv",
    "A limit from which clips are answered, and how many of the answers are right.",
    (
        text("by", "What the limit is of.", among=("confidence", "leverage", "both")),
        number("threshold", "own", "The limit: a probability for confidence and both, a leverage for leverage."),
        COVERAGE_SHARE,
        ACCURACY,
        *interval("accuracy", "share"),
        ANSWERED,
        REASON,
    ),
    key=("by", "threshold", "n"),
)

COST_CURVE = Table(
    "cost_curve.csv",
    "What it costs to answer from a confidence upwards.",
    (
        number("threshold", "probability", "Confidence from which clips are answered."),
        COST,
        *COST_ENDS,
        COVERAGE_SHARE,
        ACCURACY,
        ANSWERED,
        REASON,
    ),
    key=("threshold",),
)

COST_POLICIES = Table(
    "cost_policies.csv",
    "A way of deciding what to answer, and what it costs.",
    (
        text("policy", "Name of the way.", among=tuple(POLICIES)),
        number("threshold", "probability", "Confidence from which it answers; blank where it has none.", blank=True),
        COST,
        *COST_ENDS,
        COVERAGE_SHARE,
        ACCURACY,
        ANSWERED,
        REASON,
        number("saving", "cost per 1,000 clips", "Cost of answering everything less the cost of this way."),
        *interval("saving", "cost per 1,000 clips", "saving_low", "saving_high"),
        number(
            "net_saving",
            "cost per 1,000 clips",
            "Cost of answering everything or of leaving everything, whichever is less, less the cost of this way.",
        ),
        *interval("net saving", "cost per 1,000 clips", "net_saving_low", "net_saving_high"),
    ),
    key=("policy",),
)

COST_SENSITIVITY = Table(
    "cost_sensitivity.csv",
    "How thresholds, and the cost of the default way of deciding, move when costs double.",
    (
        text("scenario", "What doubles."),
        number("best_threshold", "probability", "Cheapest threshold of all rows together."),
        number("theoretical_threshold", "probability", "1 - cost of leaving a clip / wrong, at least 0."),
        COST,
        *COST_ENDS,
        COVERAGE_SHARE,
        ACCURACY,
        ANSWERED,
        REASON,
    ),
    key=("scenario",),
)

COST_PAIRS = Table(
    "cost_pairs.csv",
    "An error whose cost params.yaml states by itself.",
    (
        text("actual", "Genre of the label; blank for a pair that is unused.", blank=True),
        text("predicted", "Genre that it is taken for; blank for a pair that is unused.", blank=True),
        number("cost", "cost", "What the error costs; blank for a pair that is unused.", blank=True),
        text("why", "Why, as params.yaml states it; or why the pair is unused.", blank=True),
        text("state", "Whether the corpus has both genres.", among=("used", "unused")),
    ),
    key=("actual", "predicted", "why"),
)

TARGET = Table(
    "target.csv",
    "What is reached where each fold's threshold is chosen on the other folds.",
    (
        number("target", "share", "Accuracy that `costs.target_accuracy` asks for."),
        COVERAGE_SHARE,
        *interval("coverage", "share", "coverage_low", "coverage_high"),
        ACCURACY,
        *interval("accuracy", "share"),
        ANSWERED,
        text("thresholds", "Threshold of each fold."),
        REASON,
    ),
    key=("target",),
)

GROUP_RECALL = Table(
    "group_recall.csv",
    "How a group (an artist, or a recording) fares within a genre.",
    (
        GENRE,
        text("group", "Artist or recording."),
        whole("n", "count", "Rows of the genre by the group."),
        whole("right", "count", "Those that are predicted rightly."),
        number("recall", "share", "The one over the other."),
        number("share", "share", "Of the genre's rows."),
    ),
    key=("genre", "group"),
)

ERROR_CONCENTRATION = Table(
    "error_concentration.csv",
    "How much of a genre is one group's, and whether that group fares better.",
    (
        GENRE,
        whole("n", "count", "Rows of the genre."),
        whole("n_groups", "count", "Groups that these come from."),
        text("largest_group", "Group with the most rows."),
        number("largest_share", "share", "Of the genre's rows."),
        number("effective_groups", "count", "Equally large groups that would be as concentrated."),
        number("recall_largest", "share", "Recall of the largest group."),
        number("recall_rest", "share", "Recall of all other groups; blank where there is none.", blank=True),
        *interval("recall of the rest", "share"),
        REASON,
    ),
    key=("genre",),
)

WORST_CONFUSIONS = Table(
    "worst_confusions.csv",
    "A pair of genres of which the first is taken for the second, the most frequent first.",
    (
        text("actual", "Genre of the label."),
        text("predicted", "Genre that it is taken for."),
        whole("n", "count", "Wrong rows."),
        number("share", "share", "Of the rows of the actual genre."),
        whole("n_groups", "count", "Groups that the wrong rows come from."),
        text("examples", "Clips, the most confidently wrong first."),
    ),
    key=("actual", "predicted"),
)
