"""Does the model hear music, or an artefact? What becomes of its answers when clips change but their genre does not.

Source of the question: Sturm 2014, A simple method to determine if a music information retrieval system is a
"horse", IEEE Transactions on Multimedia 16.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import softmax

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import Suite
from classically_punk.contracts.protocols import OTHER_DRAWS
from classically_punk.contracts.tables.scores import ROBUSTNESS
from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.bootstrap import Interval, group_weights, percentile_interval, share_interval, units_of
from classically_punk.validation.held_out import cut_folds

MEASURES = ("accuracy", "accuracy_before", "drop", "agreement", "probability_shift")
SHARES = ("accuracy", "accuracy_before", "agreement")
ENDS = {"accuracy": "accuracy", "drop": "drop", "agreement": "agreement", "probability_shift": "shift"}
"""Measure -> what the columns of its interval are called."""


def chosen_clips(folds: pd.DataFrame, table: pd.DataFrame, protocol: str, per_genre: int, seed: int) -> list[str]:
    """At most `per_genre` clips of each genre that the protocol tests, drawn at random, sorted."""
    tested = folds[(folds["protocol"] == protocol) & (folds["role"] == "test")]["clip"].unique()
    labels = table.drop_duplicates("clip").set_index("clip")["label"]
    rng = np.random.default_rng(seed)
    chosen: list[str] = []
    by_genre = labels[labels.index.isin(tested)].sort_index()
    for _, part in by_genre.groupby(by_genre, sort=True):
        names = part.index.to_numpy()
        chosen += list(rng.permutation(names)[:per_genre])
    return sorted(str(name) for name in chosen)


def altered_answers(
    table: pd.DataFrame, folds: pd.DataFrame, altered: pd.DataFrame, protocol: str, suite: Suite, columns: Sequence[str]
) -> pd.DataFrame:
    """What models that have not seen a clip (nor its artist) say of it before and after each alteration.

    altered : clip, alteration and `columns`
    Returns model, clip, label, alteration, right, right_before, agrees, shift (change of the calibrated probability of
    the genre that was predicted before).
    """
    parts = []
    one = folds[(folds["protocol"] == protocol) & (folds["partition"] == 1)]
    for fold in cut_folds(table, one, columns):
        rows = altered[altered["clip"].isin(fold.tested["clip"])]
        if rows.empty:
            continue
        genres = np.array(fold.training.genres, dtype=object)
        place = {clip: k for k, clip in enumerate(fold.tested["clip"])}
        before = rows["clip"].map(place).to_numpy(dtype=np.intp)
        labels = fold.tested["label"].to_numpy(dtype=object)[before]
        for model, classifier in suite(fold.training).items():
            first = classifier.scores(fold.values)[before]
            second = classifier.scores(rows[list(columns)].to_numpy(dtype=float))
            said, says = first.argmax(axis=1), second.argmax(axis=1)
            b = classifier.inverse_temperature
            index = np.arange(len(rows))
            shift = softmax(b * second, axis=1)[index, said] - softmax(b * first, axis=1)[index, said]
            parts.append(
                pd.DataFrame(
                    {
                        "model": model,
                        "clip": rows["clip"].to_numpy(),
                        "label": labels,
                        "alteration": rows["alteration"].to_numpy(),
                        "right": genres[says] == labels,
                        "right_before": genres[said] == labels,
                        "agrees": said == says,
                        "shift": shift,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def robustness_table(
    answers: pd.DataFrame,
    groups: Mapping[str, str],
    described: Mapping[str, tuple[str, float]],
    protocol: str,
    settings: Evaluate,
) -> pd.DataFrame:
    """ROBUSTNESS, in the order of `described`, with intervals by bootstrap over groups.

    groups    : clip -> artist or recording; described : alteration -> kind and amount
    protocol  : what `answers` were held out by
    drop      : accuracy before less accuracy after, on the clips that the alteration applies to
    agreement : share of clips for which the prediction stays, right or wrong
    """
    rows: list[dict[str, object]] = []
    for model in dict.fromkeys(answers["model"]):
        for alteration, (kind, amount) in described.items():
            part = answers[(answers["model"] == model) & (answers["alteration"] == alteration)]
            nothing = {"n": 0, "n_groups": 0, "reason": "no clip is long enough"}
            found = nothing if part.empty else _measured(part, groups, settings)
            about = {"model": model, "alteration": alteration, "kind": kind, "amount": amount, "protocol": protocol}
            rows.append({**about, **found})
    return tables.frame(ROBUSTNESS, rows)


def summary(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Per model, for metrics/<corpus>/robustness.json: means over the alterations but crops, which take music away."""
    kept = table[(table["kind"] != "crop") & table["accuracy"].notna()]
    return {
        str(model): {
            "drop_mean": float(part["drop"].mean()),
            "drop_largest": float(part["drop"].max()),
        }
        for model, part in kept.groupby("model", sort=True)
    }


def _measured(part: pd.DataFrame, groups: Mapping[str, str], settings: Evaluate) -> dict[str, object]:
    of_row = part["clip"].map(groups).to_numpy(dtype=str)
    units = units_of(part["label"], of_row)
    names, index = np.unique(of_row, return_inverse=True)
    right, before = part["right"].to_numpy(dtype=float), part["right_before"].to_numpy(dtype=float)
    values = [right, before, before - right, part["agrees"].to_numpy(dtype=float), part["shift"].to_numpy(dtype=float)]
    sums = np.zeros((len(names), len(values) + 1))
    np.add.at(sums, index, np.column_stack([*values, np.ones(len(part))]))
    means = dict(zip(MEASURES, sums[:, :-1].sum(axis=0) / len(part), strict=True))
    intervals = dict.fromkeys(MEASURES, Interval(None, None, "no interval: fewer than 2 groups"))
    if len(names) > 1:
        rng = np.random.default_rng([settings.seed, OTHER_DRAWS["robustness"]])
        drawn = group_weights(units, settings.resamples, rng) @ sums
        samples = drawn[:, :-1] / drawn[:, -1:]
        for k, measure in enumerate(MEASURES):
            of = share_interval if measure in SHARES else percentile_interval
            intervals[measure] = of(samples[:, k], settings.confidence, units)
    lows = {f"{name}_low": intervals[measure].low for measure, name in ENDS.items()}
    highs = {f"{name}_high": intervals[measure].high for measure, name in ENDS.items()}
    reason = intervals["accuracy"].reason
    return {"n": len(part), "n_groups": len(names), **means, **lows, **highs, "reason": reason}
