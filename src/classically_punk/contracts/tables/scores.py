"""Scores of held-out predictions: `evaluate`, and what `columns`, `comparators` and `robustness` measure."""

from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.contracts.tables.common import (
    CLIP,
    FOLD,
    GENRE,
    LABEL,
    MODEL,
    N_GROUPS,
    NOTE,
    PARTITION,
    PROTOCOL,
    REASON,
    YES_NO,
    N,
)
from classically_punk.contracts.tables.schema import Table, interval, number, text, whole

RANDOM = "random 10-fold"
HOLD_OUT = "random 70/30"
"""Folds that know nothing of artists or replicas: what figures of others were measured on."""

SCORES = Table(
    "scores.csv",
    "A score of a model under a protocol; or, without model and score, a protocol that was left out.",
    (
        text("model", "Model, as in `contracts.models`; blank for a protocol that was left out.", blank=True),
        PROTOCOL,
        text("score", "Name of the score; blank for a protocol that was left out.", blank=True),
        number("value", "own", "The score; blank where `reason` says why.", blank=True),
        *interval("score", "own"),
        number("spread", "own", "Standard deviation of the score over partitions; blank but for accuracy.", blank=True),
        whole("partitions", "count", "Partitions into folds that the score is the mean of."),
        N,
        N_GROUPS,
        REASON,
    ),
    key=("model", "protocol", "score"),
)

RECALL = Table(
    "recall.csv",
    "Recall and precision of a genre, by model and protocol.",
    (
        MODEL,
        PROTOCOL,
        GENRE,
        number("recall", "share", "Rows of the genre that are predicted as it; blank without such a row.", blank=True),
        *interval("recall", "share"),
        number(
            "precision", "share", "Rows predicted as the genre that are of it; blank without such a row.", blank=True
        ),
        *interval("precision", "share", "precision_low", "precision_high"),
        whole("n", "count", "Rows of the genre that are tested."),
        whole("n_groups", "count", "Groups that these rows come from."),
        REASON,
    ),
    key=("model", "protocol", "genre"),
)

CONFUSION = Table(
    "confusion.csv",
    "How often the regressions take one genre for another, by protocol; zeros included.",
    (
        PROTOCOL,
        text("actual", "Genre of the label."),
        text("predicted", "Genre that is predicted."),
        number("count", "count", "Rows of the one that are predicted as the other, mean over partitions."),
        number("share", "share", "Of the rows of the actual genre."),
    ),
    key=("protocol", "actual", "predicted"),
)

PREDICTIONS = Table(
    "predictions.csv",
    "What the regressions say of a clip that they have not seen, under a protocol that tests whole clips.",
    (
        PROTOCOL,
        PARTITION,
        FOLD,
        CLIP,
        LABEL,
        text("predicted", "Genre with the largest fitted value."),
        text("second", "Genre with the second largest."),
        number("margin", "fitted value", "The largest fitted value less the second largest."),
    ),
    key=("protocol", "partition", "clip"),
)

UNIT = text(
    "unit",
    "Who the clip is resampled with: its group or its song, whichever the protocol's intervals take as one.",
)

ANSWERS = Table(
    "answers.csv",
    "What every model but the plain regression, whose answers predictions.csv holds, says of a clip that it has not "
    "seen, under a protocol that tests whole clips. `punk diff` pairs runs and models by it.",
    (PROTOCOL, PARTITION, CLIP, UNIT),
    key=("protocol", "partition", "clip"),
    further=text(
        "predicted.<model>", "Genre that the model predicts; blank in a partition that it is not fitted in.", blank=True
    ),
)

COMPARISONS = Table(
    "comparisons.csv",
    "Difference between two models under a protocol, on the same rows.",
    (
        PROTOCOL,
        MODEL,
        text("other", "The model that it is compared with."),
        number("difference", "difference of shares", "Accuracy of `model` less that of `other`."),
        *interval("difference", "difference of shares"),
        number("only_model", "count", "Rows that only `model` predicts rightly, mean over partitions."),
        number("only_other", "count", "Rows that only `other` predicts rightly, mean over partitions."),
        N,
        N_GROUPS,
        number("p", "probability", "Exact p of the test that flips the signs of whole groups."),
        number("p_holm", "probability", "p after Holm, over the pairs of the protocol."),
        whole("family_size", "count", "Tests that p_holm corrects for."),
        REASON,
    ),
    key=("protocol", "model", "other"),
)

OPTIMISM = Table(
    "optimism.csv",
    "What a looser protocol adds to the accuracy of a model.",
    (
        MODEL,
        text("loose", "The protocol that keeps less apart.", among=PROTOCOLS),
        text(
            "strict", "The protocol of the headline, or the published folds that others compare with.", among=PROTOCOLS
        ),
        text("like_for_like", "Whether both test the same rows in the same number of folds.", among=YES_NO),
        number("loose_accuracy", "share", "Accuracy under the loose protocol."),
        number("strict_accuracy", "share", "Accuracy under the strict protocol."),
        number("optimism", "difference of shares", "The one less the other."),
        *interval("optimism", "difference of shares"),
        whole("n_loose", "count", "Rows tested under the loose protocol."),
        whole("n_strict", "count", "Rows tested under the strict protocol."),
        N_GROUPS,
        REASON,
    ),
    key=("model", "loose", "strict"),
)

RELIABILITY = Table(
    "reliability.csv",
    "Predictions of a model in one bin of confidence, under the protocol of the headline.",
    (
        MODEL,
        text("probabilities", "Calibrated in inner folds, or as the model gives them.", among=("calibrated", "raw")),
        whole("bin", "place", "Number of the bin, from the least confident on."),
        number("from", "probability", "Lower edge of the bin."),
        number("to", "probability", "Upper edge of the bin."),
        whole("n", "count", "Predictions in the bin, of all partitions."),
        number(
            "confidence", "probability", "Mean probability of the predicted genre; blank in an empty bin.", blank=True
        ),
        number("accuracy", "share", "Share that is right; blank in an empty bin.", blank=True),
        *interval("accuracy", "share"),
        REASON,
    ),
    key=("model", "probabilities", "bin"),
)

COLUMN_CHOICES = Table(
    "column_choices.csv",
    "The regression with one choice of columns on one set of features, under a protocol.",
    (
        text("feature_set", "Named set of features."),
        text("choice", "Choice of columns, as `ols.columns` names it."),
        text("configured", "Whether params.yaml chooses this one.", among=YES_NO),
        PROTOCOL,
        number("columns", "count", "Columns of the regression, mean over the folds."),
        number("accuracy", "share", "Accuracy on held-out clips."),
        *interval("accuracy", "share", why="`note` says why"),
        number("difference", "difference of shares", "Accuracy less that of the configured choice."),
        *interval(
            "difference", "difference of shares", "difference_low", "difference_high", why="as for the choice itself"
        ),
        N,
        N_GROUPS,
        NOTE,
    ),
    key=("feature_set", "choice", "protocol"),
)

COLUMN_ANSWERS = Table(
    "column_answers.csv",
    "What the regression says of a clip that it has not seen, with each choice of columns on each set of features; of "
    "repeated partitions the first.",
    (PROTOCOL, CLIP, LABEL, UNIT),
    key=("protocol", "clip"),
    further=text("predicted.<feature set>/<choice>", "Genre that is predicted with this choice of columns."),
)

REFERENCE_FIGURES = Table(
    "reference_figures.csv",
    "A figure that others measured on the corpus, measured again.",
    (
        MODEL,
        text("settings", "Settings of the model, in words."),
        text("protocol", "Protocol that it was measured under.", among=(*PROTOCOLS, RANDOM, HOLD_OUT)),
        number("others", "share", "Accuracy that others measured."),
        number("ours", "share", "Accuracy that is measured here."),
        number("difference", "difference of shares", "Ours less theirs."),
        number("bound", "difference of shares", "What the difference may be, either way."),
        text("within", "Whether it is.", among=YES_NO),
        N,
        text("reason", "Who published the figure; blank for an independent run of scikit-learn.", blank=True),
    ),
    key=("model", "settings", "protocol"),
)

ROBUSTNESS = Table(
    "robustness.csv",
    "What becomes of a model's answers when held-out clips are altered.",
    (
        MODEL,
        text("alteration", "Name of the alteration."),
        text("kind", "Kind of the alteration."),
        number("amount", "own", "How strong it is, in the unit of its kind."),
        whole("n", "count", "Clips that it applies to."),
        whole("n_groups", "count", "Groups that these come from."),
        number("accuracy", "share", "Accuracy on altered clips; blank where no clip is long enough.", blank=True),
        *interval("accuracy", "share", "accuracy_low", "accuracy_high"),
        number("accuracy_before", "share", "Accuracy on the same clips, unaltered.", blank=True),
        number("drop", "difference of shares", "Accuracy before less accuracy after.", blank=True),
        *interval("drop", "difference of shares", "drop_low", "drop_high"),
        number("agreement", "share", "Clips whose predicted genre stays, right or wrong.", blank=True),
        *interval("agreement", "share", "agreement_low", "agreement_high"),
        number(
            "probability_shift",
            "difference of shares",
            "Mean change of the probability of the genre that was predicted before.",
            blank=True,
        ),
        *interval("shift", "difference of shares", "shift_low", "shift_high"),
        REASON,
        PROTOCOL,
    ),
    key=("model", "alteration"),
)
