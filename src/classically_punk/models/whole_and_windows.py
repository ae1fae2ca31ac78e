"""The whole clip and its windows together: two regressions, of which the mean of the fitted values answers.

A summary over three seconds is another quantity than the same summary over a whole clip (a deviation over a shorter
time is smaller), so that windows have regressions of their own, fitted to the windows of the training clips; those of
whole clips, asked about windows, lower the score. Fitted values of one kind of row sum to 1 over the genres, and so
does their mean.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.contracts.design import FITTED
from classically_punk.contracts.models import WITH_WINDOWS
from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.contracts.tables.fits import FOLD_FITS
from classically_punk.foundation.parallel import ordered_map
from classically_punk.foundation.params import Inner, Ols
from classically_punk.models.calibration import fit_inverse_temperature
from classically_punk.models.ols import fit_with_left_out
from classically_punk.models.planning import ColumnPlan, plan_columns
from classically_punk.validation.held_out import Fold, HeldOut, cut_folds

KEYS = ["protocol", "fold", "role"]


def windows_of(table: pd.DataFrame, folds: pd.DataFrame) -> pd.DataFrame:
    """The folds of the protocols that test whole clips, with every clip's windows in the clip's place.

    table : clip, window; folds : as `splits.make_folds` writes them. Without windows in the table, no row.
    """
    whole = folds[~folds["protocol"].map(lambda name: PROTOCOLS[name].windows)]
    windows = table.loc[table["window"] >= 0, ["clip", "window"]]
    return whole.drop(columns="window").merge(windows, on="clip")[list(folds.columns)]


def with_windows(
    table: pd.DataFrame,
    folds: pd.DataFrame,
    columns: Sequence[str],
    families: Mapping[str, str],
    plan: ColumnPlan,
    settings: Ols,
    inner: Inner,
    jobs: int | None = None,
) -> HeldOut | None:
    """Held-out predictions of WITH_WINDOWS under every protocol that tests whole clips.

    table, folds, columns, jobs : as for `held_out_predictions`; families : family of each column
    plan  : of the fits to whole clips; settings : as in params.yaml, from which the fits to windows get their own plan
    A fold's fits see rows of its training clips alone, and the windows that are asked about are its test clips'.
    Returns None for a table without windows, and where a fold has none to learn from or none to ask about.
    """
    windows = windows_of(table, folds)
    whole = folds[~folds["protocol"].map(lambda name: PROTOCOLS[name].windows)]
    if windows.empty or _parts(windows) != _parts(whole):
        return None
    smallest = int(windows[windows["role"] == "train"].groupby(["protocol", "fold"]).size().min())
    plans = (plan, plan_columns(len(columns), smallest, settings))

    def answered(both: tuple[Fold, Fold]) -> tuple[pd.DataFrame, dict[str, object]]:
        return _answer(both, columns, families, plans, inner)

    pairs = zip(cut_folds(table, whole, columns), cut_folds(table, windows, columns), strict=True)
    found = list(ordered_map(answered, pairs, jobs=jobs, label="folds", unit="fold"))
    predictions = pd.concat([frame for frame, _ in found], ignore_index=True)
    return HeldOut(predictions, tables.frame(FOLD_FITS, (row for _, row in found)))


def _parts(folds: pd.DataFrame) -> set[tuple[str, int, str]]:
    """Which fold of which protocol has training rows, and which has test rows."""
    used = folds[folds["role"].isin(["train", "test"])]
    return {(str(protocol), int(fold), str(role)) for protocol, fold, role in used[KEYS].drop_duplicates().to_numpy()}


def mean_of_both(whole: FloatArray, clips: TextArray, windows: FloatArray, of_windows: TextArray) -> FloatArray:
    """The mean of a clip's own fitted values and of the mean of its windows'; a clip without windows keeps its own.

    whole : shape (n, k), of `clips`, shape (n,); windows : shape (m, k), of the clips `of_windows`, shape (m,)

    >>> import numpy as np
    >>> clips, of_windows = (np.array(names, dtype=object) for names in (["a", "b"], ["a", "a"]))
    >>> mean_of_both(np.array([[0.0], [1.0]]), clips, np.array([[1.0], [3.0]]), of_windows).tolist()
    [[1.0], [1.0]]
    """
    place = {clip: k for k, clip in enumerate(clips)}
    index = np.array([place[clip] for clip in of_windows], dtype=np.intp)
    sums, counts = np.zeros_like(whole), np.bincount(index, minlength=len(whole))
    np.add.at(sums, index, windows)
    means: FloatArray = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], whole)
    return 0.5 * (whole + means)


def _answer(
    both: tuple[Fold, Fold],
    columns: Sequence[str],
    families: Mapping[str, str],
    plans: tuple[ColumnPlan, ColumnPlan],
    inner: Inner,
) -> tuple[pd.DataFrame, dict[str, object]]:
    clips, windows = both
    fits = [
        fit_with_left_out(fold.training, columns, families, plan.settings, inner, plan.most)
        for fold, plan in zip(both, plans, strict=True)
    ]
    left_out = mean_of_both(fits[0].left_out, clips.learned, fits[1].left_out, windows.learned)
    b = fit_inverse_temperature(left_out, clips.training.index)
    asked, of_windows = (fold.tested["clip"].to_numpy(dtype=object) for fold in both)
    values = [fit.model.fitted_values(fold.values) for fit, fold in zip(fits, both, strict=True)]
    scores = mean_of_both(values[0], asked, values[1], of_windows)
    genres = np.array(clips.training.genres, dtype=object)
    frame = clips.tested.copy()
    frame.insert(0, "model", WITH_WINDOWS)
    frame["predicted"] = genres[scores.argmax(axis=1)]
    frame["inverse_temperature"] = b
    frame["leverage"] = fits[0].model.leverage(clips.values)
    fitted = pd.DataFrame(scores, columns=[f"{FITTED}{genre}" for genre in genres])
    n_windows = len(windows.training.labels)
    row = {
        "model": WITH_WINDOWS,
        "protocol": clips.protocol,
        "fold": clips.number,
        "n_train": len(clips.training.labels),
        "n_test": len(frame),
        "columns": fits[0].model.n_columns,
        "inverse_temperature": b,
        "note": f"and {fits[1].model.n_columns} columns of {n_windows} training windows",
    }
    return pd.concat([frame, fitted], axis=1), row
