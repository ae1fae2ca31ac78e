"""Labels that the music contradicts: planted ones come first, and the measures are scikit-learn's."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from classically_punk.diagnostics.label_issues import known_faults, label_issue_table, search_scores, with_evidence
from classically_punk.validation.held_out import FITTED

GENRES = ("blues", "jazz", "rock")


def predictions(labels: list[str], fitted: np.ndarray, protocol: str = "artist") -> pd.DataFrame:
    frame = pd.DataFrame({"protocol": protocol, "clip": [f"c{k:02d}" for k in range(len(labels))], "label": labels})
    frame["predicted"] = np.array(GENRES, dtype=object)[fitted.argmax(axis=1)]
    return pd.concat([frame, pd.DataFrame(fitted, columns=[f"{FITTED}{name}" for name in GENRES])], axis=1)


def planted(rng: np.random.Generator) -> pd.DataFrame:
    """40 clips of jazz that are fitted as jazz, of which c03, c17 and c31 bear the label rock."""
    fitted = np.column_stack([np.zeros(40), 0.9 + 0.05 * rng.normal(size=40), np.zeros(40)])
    labels = ["rock" if k in (3, 17, 31) else "jazz" for k in range(40)]
    return predictions(labels, fitted)


def test_planted_labels_come_first(rng: np.random.Generator) -> None:
    table = label_issue_table(planted(rng), "artist")
    assert set(table["clip"][:3]) == {"c03", "c17", "c31"}
    assert (table["suggested"][:3] == "jazz").all()
    assert table["rank"].tolist() == list(range(1, 41))
    assert (table["disagreement"].diff().dropna() <= 0).all()
    assert (table["disagreement"][3:] < 0).all()


def test_disagreement_is_the_lead_over_the_label() -> None:
    row = label_issue_table(predictions(["blues"], np.array([[0.25, 0.75, 0.5]])), "artist").iloc[0]
    assert (row["disagreement"], row["suggested"], row["fitted_label"]) == (0.5, "jazz", 0.25)


def test_a_clip_that_the_headline_does_not_test_is_taken_from_the_clip_protocol(rng: np.random.Generator) -> None:
    both = pd.concat([planted(rng)[:30], planted(rng).assign(protocol="clip")], ignore_index=True)
    table = label_issue_table(both, "artist")
    assert len(table) == 40
    assert set(table.loc[table["protocol"] == "clip", "clip"]) == {f"c{k}" for k in range(30, 40)}


def test_the_search_is_measured_as_scikit_learn_does(rng: np.random.Generator) -> None:
    table = label_issue_table(planted(rng), "artist")
    faults = ["c03", "c31", table["clip"].iloc[20], "not ranked"]
    found = search_scores(table, {"wrong": faults}).set_index("measure")
    indicators = table["clip"].isin(faults).to_numpy()
    assert found.loc["average_precision", "value"] == pytest.approx(average_precision_score(indicators, -table["rank"]))
    assert found.loc["precision_at_5", "value"] == pytest.approx(2 / 5)
    assert found.loc["share", "value"] == pytest.approx(3 / 40)
    assert (found["n_faults"] == 3).all()
    assert "precision_at_50" not in found.index


def test_a_fault_that_nobody_has_is_said_not_scored(rng: np.random.Generator) -> None:
    row = search_scores(label_issue_table(planted(rng), "artist"), {"wrong": ["elsewhere"]}).iloc[0]
    assert np.isnan(row["value"])
    assert "no clip that is ranked" in row["reason"]


def test_evidence_names_what_speaks_for_the_other_genre() -> None:
    table = label_issue_table(predictions(["blues"], np.array([[0.25, 0.75, 0.5]])), "artist")
    parts = np.array([[[0.1, 0.9, 0.0], [0.5, 0.1, 0.0], [0.0, 0.3, 0.9], [0.2, 0.2, 0.2]]])
    said = with_evidence(table, parts, ["c00"], GENRES, ["tempo", "level", "flux", "tuning"])["evidence"].iloc[0]
    assert said == "tempo +0.800; flux +0.300; tuning +0.000"


def test_known_faults_are_those_of_the_annotations_and_equal_samples() -> None:
    annotations = pd.DataFrame({"clip": ["a", "b", "c"], "known_fault": ["wrong_label", "", ""]})
    clips = pd.DataFrame(
        {"clip": ["a", "b", "c", "d"], "status": ["ok", "flagged", "ok", "rejected"], "md5": ["1", "2", "2", "2"]}
    )
    assert known_faults(annotations, clips) == {
        "wrong_label": ["a"],
        "bit-equal replica": ["b", "c"],
        "any of these": ["a", "b", "c"],
    }
