"""Predictions for rows that a classifier has not been fitted on: every protocol, every fold, every model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import Classifier, FloatArray, Suite, TextArray, Training, WithLeverage
from classically_punk.contracts.design import FITTED
from classically_punk.contracts.protocols import kept_whole
from classically_punk.contracts.tables.fits import FOLD_FITS
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.parallel import ordered_map


@dataclass(frozen=True)
class HeldOut:
    """predictions: OLS_HELD_OUT, with a score for each genre. fits: FOLD_FITS, one row per model and fold."""

    predictions: pd.DataFrame
    fits: pd.DataFrame


@dataclass(frozen=True)
class Fold:
    """One fold of a protocol, cut out of the design table.

    tested : protocol, partition, fold, clip, window, label of the test rows; values : shape (len(tested), p)
    learned : shape (n,), clip of each row of `training`
    """

    protocol: str
    number: int
    training: Training
    tested: pd.DataFrame
    values: FloatArray
    learned: TextArray


def held_out_predictions(
    table: pd.DataFrame, folds: pd.DataFrame, suite: Suite, columns: Sequence[str], jobs: int | None = None
) -> HeldOut:
    """Fits a suite on each fold's training part and predicts its test part; valid and left_out are unused.

    table : clip, window, label, group, song, recording and `columns`; folds : as `splits.make_folds` writes them
    jobs  : worker processes, by default what the environment says; folds are shared out among them
    Which rows a protocol uses (whole clips or windows) is what its folds name. Rows come in the order of the models,
    of the folds and, within one, of clip and window, so that the order of the inputs changes nothing.
    Raises PunkError when the folds name a row that the table does not have, or test a fold without training rows.
    """

    def fitted(fold: Fold) -> Mapping[str, tuple[pd.DataFrame, dict[str, object]]]:
        classifiers = suite(fold.training)
        return {name: _answer(name, classifier, fold) for name, classifier in classifiers.items()}

    parts: dict[str, list[tuple[pd.DataFrame, dict[str, object]]]] = {}
    for answers in ordered_map(fitted, cut_folds(table, folds, columns), jobs=jobs, label="folds", unit="fold"):
        for name, answer in answers.items():
            parts.setdefault(name, []).append(answer)
    if not parts:
        raise PunkError("folds.csv: no protocol is possible for this corpus; the protocols table says why")
    found = [answer for answers in parts.values() for answer in answers]
    predictions = pd.concat([frame for frame, _ in found], ignore_index=True)
    return HeldOut(predictions, tables.frame(FOLD_FITS, (row for _, row in found)))


def cut_folds(table: pd.DataFrame, folds: pd.DataFrame, columns: Sequence[str]) -> Iterator[Fold]:
    """The folds one after another, in order of protocol and number. Raises PunkError as `held_out_predictions`."""
    genres = tuple(sorted(table["label"].unique()))
    keyed = table.sort_values(["clip", "window"]).set_index(["clip", "window"])
    values = keyed[list(columns)].to_numpy(dtype=float)
    labels: TextArray = keyed["label"].to_numpy(dtype=object)
    units: dict[str, TextArray] = {name: keyed[name].to_numpy(dtype=object) for name in ("song", "group")}
    units["row"] = np.arange(len(keyed)).astype(str).astype(object)
    used = folds[folds["role"].isin(["train", "test"])].astype({"fold": int, "window": int, "partition": int})
    used = used.sort_values(["protocol", "fold", "clip", "window"])
    for (protocol, number), part in used.groupby(["protocol", "fold"], sort=True):
        places: NDArray[np.intp] = keyed.index.get_indexer(pd.MultiIndex.from_frame(part[["clip", "window"]]))
        if (places < 0).any():
            missing = part.iloc[int(np.argmax(places < 0))]
            raise PunkError(
                f"folds.csv: clip {missing['clip']} window {missing['window']} is not in the design table; "
                "run the folds stage again"
            )
        is_test = (part["role"] == "test").to_numpy()
        train, test = places[~is_test], places[is_test]
        if len(train) == 0 or len(test) == 0:
            raise PunkError(f"folds.csv: {protocol} fold {number} has no train or no test rows; run folds again")
        tested = part.loc[is_test, ["protocol", "partition", "fold", "clip", "window"]].reset_index(drop=True)
        groups = units[kept_whole(str(protocol))][train]
        training = Training(values[train], labels[train], groups, genres)
        learned: TextArray = part.loc[~is_test, "clip"].to_numpy(dtype=object)
        yield Fold(str(protocol), int(number), training, tested.assign(label=labels[test]), values[test], learned)


def asked_once(suite: Suite, fold: Fold) -> HeldOut:
    """A suite fitted to the training part of one fold, and what it says of the tested part."""
    answers = [_answer(name, classifier, fold) for name, classifier in suite(fold.training).items()]
    predictions = pd.concat([frame for frame, _ in answers], ignore_index=True)
    return HeldOut(predictions, tables.frame(FOLD_FITS, (row for _, row in answers)))


def _answer(name: str, classifier: Classifier, fold: Fold) -> tuple[pd.DataFrame, dict[str, object]]:
    genres = np.array(fold.training.genres, dtype=object)
    scores = classifier.scores(fold.values)
    frame = fold.tested.copy()
    frame.insert(0, "model", name)
    frame["predicted"] = genres[scores.argmax(axis=1)]
    frame["inverse_temperature"] = classifier.inverse_temperature
    frame["leverage"] = classifier.leverage(fold.values) if isinstance(classifier, WithLeverage) else np.nan
    fitted = pd.DataFrame(scores, columns=[f"{FITTED}{genre}" for genre in genres])
    row = {
        "model": name,
        "protocol": fold.protocol,
        "fold": fold.number,
        "n_train": len(fold.training.labels),
        "n_test": len(frame),
        "columns": classifier.n_columns,
        "inverse_temperature": classifier.inverse_temperature,
        "note": "; ".join(classifier.notes),
    }
    return pd.concat([frame, fitted], axis=1), row
