"""How far each committed number may move before `punk verify` calls it another number.

Without a changed prediction, what ordinary least squares says is the same to 1e-4 relative on every processor. A clip
on the border between two genres may be predicted otherwise where the last bits of a fitted value differ; one clip in
a hundred of a protocol is let pass, and only the scores of that protocol may then move, by what those clips weigh.
The other models choose among settings, and split at values that differ in the last bits: what they say has
a small fixed allowance, whatever ordinary least squares did. `RULES` holds all of it; the first rule that fits a
value is the one in force, and a value that no rule names is compared strictly.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal, NamedTuple

import pandas as pd

RELATIVE = 1e-4
ABSOLUTE = 1e-9  # of a number that stands alone
COLUMN_FLOOR = 1e-3  # of the largest in its column, of which 1e-4 again: what is left of a difference of large numbers
FLIPPED_SHARE = 0.01
REFERENCE = "ols"
PREDICTIONS, CONFUSION = "predictions.csv", "confusion.csv"


@dataclass(frozen=True)
class Flips:
    """Held-out predictions of one protocol that changed.

    changed : clips (windows, where the protocol tests windows) whose predicted genre is another
    near    : those that keep the genre and have another runner-up; a tie with the third, whose margin is not known
    rows    : predictions of the protocol
    rarest  : those of its rarest genre
    """

    changed: int = 0
    near: int = 0
    rows: int = 0
    rarest: int = 1

    @property
    def excessive(self) -> bool:
        """More than one clip in a hundred."""
        return self.changed + self.near > FLIPPED_SHARE * self.rows

    def counted(self, with_near: bool = False) -> int:
        """The flips that widen an allowance: never more than may happen, however many did."""
        return min(self.changed + (self.near if with_near else 0), int(FLIPPED_SHARE * self.rows))


def count_flips(before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]) -> dict[str, Flips]:
    """The flips of every protocol. before, after : the tables PREDICTIONS and CONFUSION, as text, where there are any.

    Protocols that test windows have no predictions of clips: half of what moved in their table of confusions is the
    least number of windows that changed.
    """
    found = {}
    if CONFUSION in before and CONFUSION in after:
        cells = ["protocol", "actual", "predicted", "count"]
        tables = [table[CONFUSION].reindex(columns=cells, fill_value="") for table in (before, after)]
        both = tables[0].merge(tables[1], on=cells[:3], how="outer", suffixes=("", "_now"))
        both[["count", "count_now"]] = both[["count", "count_now"]].apply(pd.to_numeric, errors="coerce").fillna(0.0)
        for protocol, rows in both.groupby("protocol"):
            moved = float((rows["count"] - rows["count_now"]).abs().sum())
            rarest = int(rows.groupby("actual")["count"].sum().min())
            found[str(protocol)] = Flips(math.ceil(moved / 2), 0, int(rows["count"].sum()), max(rarest, 1))
    if PREDICTIONS in before and PREDICTIONS in after:
        key = ["protocol", "partition", "clip"]
        cells = [*key, "label", "predicted", "second"]
        tables = [table[PREDICTIONS].reindex(columns=cells, fill_value="") for table in (before, after)]
        both = tables[0].merge(tables[1], on=key, how="left", suffixes=("", "_now"), validate="one_to_one")
        for protocol, rows in both.groupby("protocol"):
            known = rows["predicted_now"].notna()
            changed = known & (rows["predicted"] != rows["predicted_now"])
            near = known & ~changed & (rows["second"] != rows["second_now"])
            rarest = int(rows.groupby("label").size().min())
            found[str(protocol)] = Flips(int(changed.sum()), int(near.sum()), len(rows), rarest)
    return found


Weight = Literal["none", "mean", "genre", "count", "row"]


@dataclass(frozen=True)
class Bound:
    """How far a value may move beyond the strict comparison.

    fixed    : absolute
    relative : of the larger of the two
    clips    : clips that may cross a threshold or, with another model, be predicted otherwise
    share    : the same as a share of the protocol's predictions; the larger of the two holds
    weight   : what k such clips, and k flips of the protocol, move. `mean`: 3 k/n, times `scale`; `genre`: 2 k in the
               rarest genre, .1 at most; `count`: k; `row`: 3 k of the n that the row itself names, and where that n
               is k at most the value may come or go
    text     : `same`; `figures`: the words are the same and the decimals within are, to one unit of the last printed
               digit; `flips`: so, and as many cells of the column as twice the flips are free; `free`
    """

    fixed: float = 0.0
    relative: float = 0.0
    clips: float = 0.0
    share: float = 0.0
    weight: Weight = "none"
    scale: float = 1.0
    text: Literal["same", "figures", "flips", "free"] = "same"

    def moved_clips(self, flips: Sequence[Flips], with_near: bool = False) -> float:
        """Clips that may count otherwise: the flips, and those that this bound allows for."""
        rows = max((found.rows for found in flips), default=0)
        return sum(found.counted(with_near) for found in flips) + max(self.clips, self.share * rows)

    def allowance(self, flips: Sequence[Flips], row_n: float, with_near: bool = False) -> float:
        """The absolute part of the bound, `row_n` being the n of the value's row (0 where it has none)."""
        clips = self.moved_clips(flips, with_near)
        if self.weight == "mean":
            moved = self.scale * sum(3 * found.counted(with_near) / max(found.rows, 1) for found in flips)
        elif self.weight == "genre":
            moved = min(0.1, 2 * clips / min((found.rarest for found in flips), default=1))
        elif self.weight == "count":
            moved = clips
        elif self.weight == "row":
            moved = min(1.0, 3 * clips / max(row_n, 1.0))
        else:
            moved = 0.0
        return self.fixed + moved


class Rule(NamedTuple):
    """One line of RULES: file names, columns (or paths in a JSON file) and models as patterns, a bound, the reason."""

    files: str
    columns: str
    models: Literal["any", "others", "majority"]
    bound: Bound
    why: str

    def fits(self, file: str, column: str, models: Sequence[str]) -> bool:
        """Whether the rule is for a column of the file with this name, in a row about these models."""
        about = {
            "any": True,
            "others": any(model != REFERENCE for model in models),
            "majority": "majority" in models,
        }[self.models]
        return about and _matches(file, self.files) and _matches(column, self.columns)


STRICT = Rule("*", "*", "any", Bound(), "linear algebra and counts: the same on every processor")
STRICT_TEXT = Rule("*", "*", "any", Bound(text="figures"), "prose about numbers, which are printed short")

_OTHERS = "another model: clips at its borders are not counted here"
_THRESHOLD = "a clip whose confidence is a threshold to the last bit falls on either side of it"
_MEANS = "*.accuracy* *.macro_f1* *.top2_accuracy* *.log_loss* *.calibration_error*"
_OF_BIN = "confidence accuracy low high reason"
_BIN_OF_OTHERS = Bound(clips=1, share=0.01, weight="count")
_DECISIONS = "coverage.csv cost_*.csv target.csv"
_CLUSTERS = "cluster*.csv subgroups.csv"
_ALTERED = "altered audio, of few clips"

RULES: tuple[Rule, ...] = (
    # Scores of the other models.
    Rule("scores.csv", "value low high", "others", Bound(0.02, 0.02), _OTHERS),
    Rule("recall.csv", "recall low high precision*", "others", Bound(0.1), _OTHERS + "; two of twenty in a genre"),
    Rule("comparisons.csv", "difference low high", "others", Bound(0.02, weight="mean"), _OTHERS),
    Rule("comparisons.csv", "only_*", "others", Bound(clips=1, share=0.01, weight="count"), _OTHERS),
    Rule("comparisons.csv", "p", "others", Bound(0.25), "two clips of the twenty on which two models differ"),
    Rule("comparisons.csv", "p_holm", "others", Bound(0.5), "as its p, times the size of the family"),
    Rule("optimism.csv", "*accuracy optimism low high", "others", Bound(0.02), _OTHERS),
    Rule("reliability.csv", "n", "others", _BIN_OF_OTHERS, _OTHERS),
    Rule("reliability.csv", _OF_BIN, "others", replace(_BIN_OF_OTHERS, weight="row"), _OTHERS),
    Rule("reference_figures.csv", "ours difference", "others", Bound(0.02), _OTHERS),
    Rule("comparator_fits.csv", "inverse_temperature", "majority", Bound(1.0), "no temperature is better than another"),
    Rule(
        "comparator_fits.csv", "inverse_temperature", "any", Bound(relative=0.5), "follows the setting that was chosen"
    ),
    Rule("comparator_fits.csv", "note", "any", Bound(text="free"), "the setting and its inner log loss, in words"),
    Rule("summary.json", "comparators.best", "any", Bound(text="free"), "two comparators that are as good"),
    Rule("summary.json", "comparators.*", "others", Bound(0.02), _OTHERS),
    Rule("summary.json", "rule.difference* windows.*", "any", Bound(0.02), _OTHERS),
    # Music from elsewhere, of all models: of few clips, in tables that say n themselves.
    Rule(
        "external_scores.csv external_recall.csv",
        "value recall low high inside inside_* difference*",
        "any",
        Bound(0.02, clips=1, weight="row"),
        "one clip of those asked about",
    ),
    Rule(
        "external_lengths.csv",
        "*accuracy low high *log_loss calibration_error* difference*",
        "any",
        Bound(0.02, clips=1, weight="row"),
        "one clip of those asked about",
    ),
    Rule("external_lengths.csv", "chosen wins", "any", Bound(text="free"), "near ties inside, or elsewhere"),
    # Clips of several lengths: what is chosen follows near ties, and the rest follows what is chosen.
    Rule("lengths.csv", "chosen", "any", Bound(text="free"), "near ties"),
    Rule("served.csv", "model fitted_to asked", "any", Bound(text="free"), "near ties"),
    Rule("served.csv", "agreement", "any", Bound(0.5), "folds that choose otherwise in a near tie"),
    Rule("lengths.csv served.csv", "*", "any", Bound(0.03, clips=2, weight="row"), "cuts of few clips"),
    Rule(
        "answers.csv",
        "predicted.optimal_scoring predicted.ols_windows",
        "any",
        Bound(share=0.01, text="flips"),
        "follow the fitted values",
    ),
    Rule("answers.csv", "predicted.*", "any", Bound(share=0.01, text="flips"), _OTHERS),
    # Chains of choices.
    Rule("column_answers.csv", "predicted.*", "any", Bound(text="free"), "follows the columns taken"),
    Rule("column_choices.csv", "columns", "any", Bound(2.0), "columns taken one by one: near ties part the ways"),
    Rule("column_choices.csv", "accuracy low high difference*", "any", Bound(0.03), "follows the columns taken"),
    Rule("column_choices.csv", "note", "any", Bound(text="free"), "says which columns were taken"),
    Rule("robustness.csv", "accuracy* drop* agreement*", "any", Bound(0.05), _ALTERED + ": three of sixty"),
    Rule("robustness.csv", "*shift*", "any", Bound(0.01), _ALTERED + "; of probabilities, which move smoothly"),
    Rule("robustness.json", "*.drop_largest", "any", Bound(0.05), "as in robustness.csv"),
    Rule("robustness.json", "*_mean", "any", Bound(0.02), "the mean over all alterations"),
    Rule("subgroups.csv", "sizes words column_1 column_2", "any", Bound(text="free"), "a clip between two sub-groups"),
    Rule("subgroups.csv", "difference_1 difference_2", "any", Bound(0.2), "a clip between two sub-groups"),
    Rule(_CLUSTERS, "count n n_noise", "any", Bound(share=0.02, weight="count"), "a clip between two clusters"),
    Rule(_CLUSTERS, "*", "any", Bound(0.02, text="figures"), "follows the clips between two clusters"),
    # Decisions at thresholds, of the headline protocol.
    Rule(_DECISIONS, "n", "any", Bound(clips=1, weight="count"), _THRESHOLD),
    Rule("cost_*.csv", "best_threshold", "any", Bound(0.04), "two steps of the grid, where neighbours cost the same"),
    Rule("cost_policies.csv", "threshold", "any", Bound(0.04), "two steps of the grid, where neighbours cost the same"),
    Rule(
        "cost_curve.csv cost_sensitivity.csv",
        "cost_per_1000 low high",
        "any",
        Bound(5, weight="mean", scale=3000),
        _THRESHOLD,
    ),
    Rule(
        "cost_policies.csv",
        "cost_per_1000 low high saving* net_saving*",
        "any",
        Bound(5, weight="mean", scale=3000),
        _THRESHOLD,
    ),
    Rule(_DECISIONS, "coverage*", "any", Bound(0.005, weight="mean"), _THRESHOLD),
    Rule(_DECISIONS, _OF_BIN, "any", Bound(clips=1, weight="row", text="figures"), _THRESHOLD),
    Rule("target.csv", "thresholds", "any", Bound(text="figures"), "one step of the grid"),
    Rule("decisions.json", "accuracy", "any", Bound(0.01, weight="mean"), _THRESHOLD),
    Rule("decisions.json", "coverage", "any", Bound(0.005, weight="mean"), _THRESHOLD),
    Rule("decisions.json", "threshold", "any", Bound(0.04), "two steps of the grid"),
    Rule("decisions.json", "*", "any", Bound(5, weight="mean", scale=3000), _THRESHOLD),
    Rule("reliability.csv", "n", "any", Bound(clips=1, weight="count"), _THRESHOLD),
    Rule("reliability.csv", _OF_BIN, "any", Bound(clips=1, weight="row"), _THRESHOLD),
    # What ordinary least squares says: strict, and with k flips what k clips weigh.
    Rule("scores.csv", "value low high", "any", Bound(weight="mean"), "means over the clips"),
    Rule(
        "summary.json",
        f"leak.* {_MEANS}",
        "any",
        Bound(weight="mean"),
        "means over the clips",
    ),
    Rule("optimism.csv", "*accuracy optimism low high", "any", Bound(weight="mean"), "means over the clips"),
    Rule("reference_figures.csv", "ours difference", "any", Bound(weight="mean"), "means over the clips"),
    Rule("recall.csv", "recall low high precision*", "any", Bound(weight="genre"), "means over one genre"),
    Rule("confusion.csv", "count", "any", Bound(weight="count"), "counts of clips"),
    Rule("confusion.csv", "share", "any", Bound(weight="genre"), "shares of one genre"),
    Rule("worst_confusions.csv", "n n_groups", "any", Bound(weight="count"), "counts of clips"),
    Rule("worst_confusions.csv", "share", "any", Bound(weight="genre"), "shares of one genre"),
    Rule("worst_confusions.csv", "examples", "any", Bound(text="flips"), "the clips of the pair"),
    Rule("group_recall.csv", "right", "any", Bound(weight="count"), "counts of clips"),
    Rule("group_recall.csv", "recall", "any", Bound(weight="row"), "the clips of one artist, who may have one"),
    Rule("concentration.csv", "recall* low high", "any", Bound(weight="genre"), "means over one genre"),
    Rule("neighbours.csv", "height", "any", Bound(weight="genre"), "half of them are built on shares of confusion"),
    Rule("neighbours.csv", "left right members", "any", Bound(text="flips"), "in the order of the heights"),
    Rule(
        "label_issue_search.csv",
        "value low high margin_ahead ahead_*",
        "any",
        Bound(weight="genre"),
        "shares of few clips",
    ),
    Rule(
        "label_issues.csv",
        "rank",
        "any",
        Bound(share=0.01, weight="count"),
        "clips that disagree as much as each other",
    ),
    Rule(
        "label_issues.csv",
        "suggested predicted evidence",
        "any",
        Bound(text="flips"),
        "follow the largest fitted value",
    ),
)

# Identity of a row where its first columns do not say it, and tables whose rows come and go with a changed prediction.
KEYS = {
    PREDICTIONS: ("protocol", "partition", "clip"),
    "label_issues.csv": ("clip",),
    "influential.csv": ("clip", "genre"),
}
ROWS_FOLLOW_FLIPS = ("worst_confusions.csv",)

# Absolute differences that count at least: loadings, correlations and margins that are 0 but for the last bits.
FLOORS = (
    (PREDICTIONS, 1e-6),
    ("pca_*.csv cluster*.csv correlation.csv distributions.csv balance.csv neighbours.csv subgroups.csv", 1e-6),
)


@cache
def rule_for(file: str, column: str, models: tuple[str, ...]) -> Rule:
    """The rule in force for a column of the file with this name, in a row about these models."""
    for rule in RULES:
        if rule.fits(file, column, models):
            return rule
    return STRICT_TEXT if column in ("note", "reason") else STRICT


def floor_of(file: str) -> float:
    """The least absolute difference that counts, in a file with this name."""
    return next((floor for files, floor in FLOORS if _matches(file, files)), ABSOLUTE)


def _matches(name: str, patterns: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns.split())
