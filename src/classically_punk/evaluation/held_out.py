"""Predictions for rows that a classifier has not been fitted on: every protocol, every fold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from classically_punk.foundation.errors import PunkError
from classically_punk.models.classifier import ClassifierFactory, Training

FITTED = "fitted."  # prefix of the columns that hold the support for each genre


@dataclass(frozen=True)
class HeldOut:
    """predictions: protocol, fold, clip, window, label, predicted, fitted.<genre>. fits: protocol, fold, n_train,
    n_test, columns, note; one row per fold."""

    predictions: pd.DataFrame
    fits: pd.DataFrame


def held_out_predictions(
    table: pd.DataFrame, folds: pd.DataFrame, factory: ClassifierFactory, columns: Sequence[str]
) -> HeldOut:
    """Fits the classifier on each fold's training part and predicts its test part; valid and left_out are unused.

    table : clip, window, label, group, recording and `columns`; folds : as `protocols.make_folds` writes them
    Which rows a protocol uses (whole clips or windows) is what its folds name. Rows come in the order of the folds
    and, within one, of clip and window, so that the order of the inputs changes nothing.
    Raises PunkError when the folds name a row that the table does not have, or test a fold without training rows.
    """
    genres = tuple(sorted(table["label"].unique()))
    names = np.array(genres, dtype=object)
    keyed = table.sort_values(["clip", "window"]).set_index(["clip", "window"])
    values = keyed[list(columns)].to_numpy(dtype=float)
    labels = keyed["label"].to_numpy(dtype=object)
    groups = keyed["group"].to_numpy(dtype=object)
    used = folds[folds["role"].isin(["train", "test"])].astype({"fold": int, "window": int})
    used = used.sort_values(["protocol", "fold", "clip", "window"])
    predictions, fits = [], []
    for (protocol, fold), part in used.groupby(["protocol", "fold"], sort=True):
        places = keyed.index.get_indexer(pd.MultiIndex.from_frame(part[["clip", "window"]]))
        if (places < 0).any():
            missing = part.iloc[int(np.argmax(places < 0))]
            raise PunkError(
                f"folds.csv: clip {missing['clip']} window {missing['window']} is not in the design table; "
                "run the folds stage again"
            )
        is_test = (part["role"] == "test").to_numpy()
        train, test = places[~is_test], places[is_test]
        if len(train) == 0 or len(test) == 0:
            raise PunkError(f"folds.csv: {protocol} fold {fold} has no train or no test rows; run folds again")
        classifier = factory(Training(values[train], labels[train], groups[train], genres))
        fitted = classifier.fitted_values(values[test])
        frame = part.loc[is_test, ["protocol", "fold", "clip", "window"]].reset_index(drop=True)
        frame["label"] = labels[test]
        frame["predicted"] = names[fitted.argmax(axis=1)]
        support = pd.DataFrame(fitted, columns=[f"{FITTED}{genre}" for genre in genres])
        predictions.append(pd.concat([frame, support], axis=1))
        fits.append(
            {
                "protocol": protocol,
                "fold": fold,
                "n_train": len(train),
                "n_test": len(test),
                "columns": classifier.n_columns,
                "note": "; ".join(classifier.notes),
            }
        )
    if not predictions:
        raise PunkError("folds.csv: no protocol is possible for this corpus; the protocols table says why")
    fit_columns = ["protocol", "fold", "n_train", "n_test", "columns", "note"]
    return HeldOut(pd.concat(predictions, ignore_index=True), pd.DataFrame(fits, columns=fit_columns))
