"""`punk verify`: a planted change of every kind is found, and what may differ between processors is let pass."""

import io
import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from classically_punk.foundation.errors import PunkError
from classically_punk.verification.committed import Comparison, compare_corpus, compare_numbers, verify_against

CLIPS = 400


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """A repository whose one corpus has 400 clips of two genres, half of them predicted right."""
    tables = tmp_path / "reports" / "toy" / "tables"
    tables.mkdir(parents=True)
    (tmp_path / "metrics" / "toy").mkdir(parents=True)
    predictions = pd.DataFrame(
        {
            "protocol": "clip",
            "partition": 1,
            "fold": 1,
            "clip": [f"c{number:03}" for number in range(CLIPS)],
            "label": ["jazz", "rock"] * (CLIPS // 2),
            "predicted": ["jazz"] * CLIPS,
            "second": ["rock"] * CLIPS,
            "margin": [0.1] * CLIPS,
        }
    )
    predictions.to_csv(tables / "predictions.csv", index=False)
    pd.DataFrame({"column": ["tempo", "rms"], "p": [0.25, 1e-30]}).to_csv(tables / "coefficients.csv", index=False)
    summary = {"clip": {"accuracy": 0.5, "n_clips": CLIPS}, "headline": {"protocol": "clip"}}
    (tmp_path / "metrics" / "toy" / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "numbers")
    return tmp_path


def outcome(root: Path) -> tuple[bool, str]:
    """Whether the numbers agree, and what was printed."""
    console = Console(record=True, width=200, file=io.StringIO())
    return verify_against("HEAD", root, console), console.export_text()


def set_summary(root: Path, accuracy: float) -> None:
    path = root / "metrics" / "toy" / "summary.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["clip"]["accuracy"] = accuracy
    path.write_text(json.dumps(content), encoding="utf-8")


def flip(root: Path, count: int) -> None:
    path = root / "reports" / "toy" / "tables" / "predictions.csv"
    table = pd.read_csv(path)
    table.loc[: count - 1, "predicted"] = "rock"
    table.to_csv(path, index=False)


@pytest.mark.parametrize(
    ("committed", "now", "same"),
    [(1.0, 1.00009, True), (1.0, 1.0002, False), (-5e6, -5.0004e6, True), (0.0, 1e-13, True), (0.0, 1e-3, False)],
    indirect=False,
)
def test_one_in_ten_thousand(committed: float, now: float, same: bool) -> None:
    assert compare_numbers(committed, now) is same
    assert compare_numbers(now, committed) is same


def test_the_same_numbers_agree(committed: Path) -> None:
    agrees, text = outcome(committed)
    assert agrees
    assert "all within bounds" in text


def test_a_moved_score_fails_and_is_printed(committed: Path) -> None:
    set_summary(committed, 0.501)
    agrees, text = outcome(committed)
    assert not agrees
    assert "clip.accuracy" in text
    assert "0.501" in text


def test_a_number_that_vanished_fails(committed: Path) -> None:
    path = committed / "metrics" / "toy" / "summary.json"
    path.write_text(json.dumps({"clip": {"accuracy": 0.5}, "headline": {"protocol": "clip"}}), encoding="utf-8")
    agrees, text = outcome(committed)
    assert not agrees
    assert "clip.n_clips" in text


def test_a_missing_file_fails(committed: Path) -> None:
    (committed / "reports" / "toy" / "tables" / "coefficients.csv").unlink()
    agrees, text = outcome(committed)
    assert not agrees
    assert "is missing" in text


def test_a_file_too_many_fails(committed: Path) -> None:
    (committed / "reports" / "toy" / "tables" / "new.csv").write_text("genre,n\njazz,1\n", encoding="utf-8")
    agrees, text = outcome(committed)
    assert not agrees
    assert "new.csv" in text


def test_a_corpus_without_committed_numbers_is_named_and_left(committed: Path) -> None:
    (committed / "metrics" / "mine").mkdir()
    (committed / "metrics" / "mine" / "summary.json").write_text("{}", encoding="utf-8")
    agrees, text = outcome(committed)
    assert agrees
    assert "mine: not compared" in text


def test_a_missing_row_fails(committed: Path) -> None:
    path = committed / "reports" / "toy" / "tables" / "coefficients.csv"
    path.write_text("column,p\ntempo,0.25\n", encoding="utf-8")
    assert not outcome(committed)[0]


def test_the_message_is_ranked_and_capped(committed: Path) -> None:
    flip(committed, 5)
    path = committed / "reports" / "toy" / "tables" / "coefficients.csv"
    names = [f"c{number}" for number in range(60)]
    before = pd.DataFrame({"column": names, "p": 0.5})
    before.to_csv(path, index=False)
    git(committed, "add", str(path))
    git(committed, "commit", "-qm", "more columns", "--", str(path))
    before.assign(p=[0.6] * 59 + [0.9]).to_csv(path, index=False)
    (committed / "reports" / "toy" / "tables" / "new.csv").write_text("genre,n\njazz,1\n", encoding="utf-8")
    text = outcome(committed)[1]
    places = [text.index(part) for part in ("new.csv", "5 changed", "c59: p", "c0: p", "and 55 more beyond bounds")]
    assert places == sorted(places)
    assert "c30: p" not in text


def test_another_protocol_for_the_headline_fails(committed: Path) -> None:
    path = committed / "metrics" / "toy" / "summary.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"protocol": "clip"', '"protocol": "artist"'))
    assert not outcome(committed)[0]


def test_a_number_is_compared_on_the_scale_of_its_column(committed: Path) -> None:
    path = committed / "reports" / "toy" / "tables" / "coefficients.csv"
    path.write_text("column,p\ntempo,0.25\nrms,2e-30\n", encoding="utf-8")
    assert outcome(committed)[0]
    path.write_text("column,p\ntempo,0.2501\nrms,1e-30\n", encoding="utf-8")
    assert not outcome(committed)[0]


def test_one_clip_in_a_hundred_may_flip_with_what_it_moves(committed: Path) -> None:
    flip(committed, 4)
    set_summary(committed, 0.51)
    agrees, text = outcome(committed)
    assert agrees, text
    assert "4 of 400 held-out predictions changed" in text
    set_summary(committed, 0.56)
    assert not outcome(committed)[0], "four clips of 400 cannot move accuracy by .06"


def test_more_flips_fail(committed: Path) -> None:
    flip(committed, 5)
    agrees, text = outcome(committed)
    assert not agrees
    assert "5 changed" in text


def test_a_score_may_not_move_without_a_flip(committed: Path) -> None:
    set_summary(committed, 0.5025)
    assert not outcome(committed)[0]


def test_nothing_to_compare_with_is_an_error(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "empty")
    with pytest.raises(PunkError, match="no file in metrics/"):
        verify_against("HEAD", tmp_path, Console(file=open("/dev/null", "w")))  # noqa: SIM115


def test_outside_a_checkout_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(PunkError, match="verify needs a git checkout"):
        verify_against("HEAD", tmp_path, Console(file=open("/dev/null", "w")))  # noqa: SIM115


GENRES = ("blues", "disco", "jazz")
SIZE = 231


def corpus() -> dict[str, pd.DataFrame]:
    """Tables of a corpus of 231 clips of three genres, tested under two protocols; 175 of 231 right (.757576)."""
    labels = [GENRES[number % 3] for number in range(SIZE)]
    predicted = [label if number < 175 else GENRES[(number + 1) % 3] for number, label in enumerate(labels)]
    clips = {"clip": [f"{label}.{number:05}" for number, label in enumerate(labels)], "label": labels}
    judged = clips | {"predicted": predicted, "second": [GENRES[(number + 2) % 3] for number in range(SIZE)]}
    protocols = ("artist", "clip")
    scores = [
        (model, protocol, score, 0.757576, 0.675322, 0.836154, SIZE)
        for model in ("ols", "svm")
        for protocol in protocols
        for score in ("accuracy", "top2_accuracy")
    ]
    recall = [
        (model, protocol, genre, 0.8, 77) for model in ("ols", "svm") for protocol in protocols for genre in GENRES
    ]
    tables = {
        "predictions": pd.concat(
            [
                pd.DataFrame({"protocol": protocol, "partition": 1, "fold": 1} | judged | {"margin": 0.2})
                for protocol in protocols
            ]
        ),
        "scores": pd.DataFrame(scores, columns=["model", "protocol", "score", "value", "low", "high", "n"]),
        "recall": pd.DataFrame(recall, columns=["model", "protocol", "genre", "recall", "n"]),
        "fit": pd.DataFrame({"genre": GENRES, "r2": 0.5, "note": "component 57 of 196 (93.0% of its variance)"}),
        "group_recall": pd.DataFrame({"genre": GENRES, "group": ["a", "b", "c"], "n": 4, "right": 3, "recall": 0.75}),
        "comparator_fits": pd.DataFrame({"model": ["svm"], "fold": 1, "columns": 196, "note": "c 3, gamma 0.3"}),
        "clusters": pd.DataFrame({"method": ["ward"], "measure": ["v_measure"], "value": 0.4, "n": SIZE}),
        "correlation": pd.DataFrame({"first": ["rms"], "second": ["tempo"], "r": 2e-7}),
    }
    return {name: table.reset_index(drop=True) for name, table in tables.items()}


SUMMARY = {
    "artist": {"accuracy": 0.757576, "n_clips": SIZE},
    "clip": {"accuracy": 0.757576, "n_clips": SIZE},
    "headline": {"accuracy": 0.757576, "protocol": "artist"},
    "leak": {"clip": {"inflation": 0.0}},
    "comparators": {"accuracy": 0.757576, "best": "svm", "majority": 0.1},
}


def files(tables: dict[str, pd.DataFrame], summary: object = SUMMARY) -> dict[str, str]:
    contents = {f"reports/toy/tables/{name}.csv": table.to_csv(index=False) for name, table in tables.items()}
    return contents | {"metrics/toy/summary.json": json.dumps(summary)}


def compared(tables: dict[str, pd.DataFrame], summary: object = SUMMARY) -> Comparison:
    return compare_corpus(files(corpus()), files(tables, summary))


def failed(found: Comparison) -> list[str]:
    """file and place of what is beyond its bound."""
    return [f"{Path(item.file).name} {item.where}" for item in found.moved if item.excess > 1]


def flipped(tables: dict[str, pd.DataFrame], protocol: str, count: int) -> dict[str, pd.DataFrame]:
    """`count` clips of a protocol that were right are taken for their runner-up."""
    rows = tables["predictions"].index[tables["predictions"]["protocol"] == protocol][:count]
    others = tables["predictions"].loc[rows, ["second", "predicted"]].to_numpy()
    tables["predictions"].loc[rows, ["predicted", "second"]] = others
    return tables


def scored(tables: dict[str, pd.DataFrame], model: str, protocol: str, change: float) -> dict[str, pd.DataFrame]:
    """Accuracy of a model under a protocol, moved."""
    scores = tables["scores"]
    place = (scores["model"] == model) & (scores["protocol"] == protocol) & (scores["score"] == "accuracy")
    scores.loc[place, "value"] += change
    return tables


def test_the_same_tables_agree() -> None:
    assert compared(corpus()).moved == []


def test_last_bits_agree_in_every_table() -> None:
    tables = corpus()
    for table in tables.values():
        for column in table.select_dtypes("float"):
            table[column] *= 1 + 1e-15
    tables["correlation"]["r"] = -3e-7
    tables["fit"]["note"] = "component 57 of 196 (92.9% of its variance)"
    assert failed(compared(tables)) == []


def test_four_flips_of_231_fail_and_so_does_an_accuracy_of_42() -> None:
    tables = scored(flipped(corpus(), "artist", 4), "ols", "artist", 0.42 - 0.757576)
    summary = SUMMARY | {"artist": {"accuracy": 0.42, "n_clips": SIZE}}
    found = compared(tables, summary)
    assert failed(found) == [
        "toy: held-out predictions artist",
        "summary.json artist.accuracy",
        "scores.csv ols, artist, accuracy: value",
    ]
    assert [item.now for item in found.moved] == ["4 changed", "0.42", "0.42"]


def test_one_flip_may_move_what_it_weighs() -> None:
    tables = scored(flipped(corpus(), "artist", 1), "ols", "artist", -1 / SIZE)
    tables["recall"].loc[0, "recall"] -= 1 / 77
    tables["group_recall"].loc[0, ["right", "recall"]] = [2, 0.5]
    found = compared(tables)
    assert failed(found) == []
    assert len(found.moved) == 4, "each change is told"
    assert (found.flips["artist"].changed, found.flips["clip"].changed) == (1, 0)


@pytest.mark.parametrize(("count", "fails"), [(2, False), (3, True), (7, True)])
def test_at_most_one_clip_in_a_hundred_flips(count: int, fails: bool) -> None:
    assert failed(compared(flipped(corpus(), "clip", count))) == ["toy: held-out predictions clip"] * fails


def test_partitions_are_compared_each_with_itself() -> None:
    """The second has every clip of the first taken for its runner-up: the same in both runs, so that nothing moved."""
    before, after = corpus(), corpus()
    for tables in (before, after):
        again = flipped(corpus(), "artist", SIZE)["predictions"].assign(partition=2, fold=2)
        tables["predictions"] = pd.concat([tables["predictions"], again], ignore_index=True)
    found = compare_corpus(files(before), files(after))
    assert (failed(found), found.flips["artist"].changed, found.flips["artist"].rows) == ([], 0, 2 * SIZE)
    rows = after["predictions"].index[after["predictions"]["partition"] == 2][:1]
    after["predictions"].loc[rows, "predicted"] = "third"
    assert compare_corpus(files(before), files(after)).flips["artist"].changed == 1


def test_flips_of_one_protocol_widen_no_other() -> None:
    tables = scored(flipped(corpus(), "artist", 2), "ols", "clip", -1 / SIZE)
    tables["recall"].loc[3, "recall"] -= 1 / 77
    assert failed(compared(tables)) == ["recall.csv ols, clip, blues: recall", "scores.csv ols, clip, accuracy: value"]
    headline = SUMMARY | {"clip": {"accuracy": 0.753247, "n_clips": SIZE}}
    assert failed(compared(flipped(corpus(), "artist", 2), headline)) == ["summary.json clip.accuracy"]


def test_a_leak_moves_with_the_flips_of_either_protocol() -> None:
    leak = SUMMARY | {"leak": {"clip": {"inflation": 1 / SIZE}}}
    assert failed(compared(corpus(), leak)) == ["summary.json leak.clip.inflation"]
    assert failed(compared(flipped(corpus(), "artist", 1), leak)) == []
    assert failed(compared(flipped(corpus(), "clip", 1), leak)) == []


def test_flips_widen_no_score_of_another_model() -> None:
    assert failed(compared(scored(flipped(corpus(), "artist", 2), "svm", "artist", 0.03))) != []


@pytest.mark.parametrize(("change", "fails"), [(0.005, False), (0.1, True)])
def test_another_model_has_its_own_allowance(change: float, fails: bool) -> None:
    assert (
        failed(compared(scored(corpus(), "svm", "clip", change))) == ["scores.csv svm, clip, accuracy: value"] * fails
    )
    others = SUMMARY | {"comparators": {"accuracy": 0.757576 + change, "best": "svm", "majority": 0.1}}
    assert failed(compared(corpus(), others)) == ["summary.json comparators.accuracy"] * fails
    assert failed(compared(scored(corpus(), "ols", "clip", change))) == ["scores.csv ols, clip, accuracy: value"]


@pytest.mark.parametrize(("count", "fails"), [(2, False), (3, True)])
def test_another_runner_up_counts_as_a_near_flip(count: int, fails: bool) -> None:
    tables = corpus()
    tables["predictions"].loc[: count - 1, "second"] = "third"
    assert failed(compared(tables)) == ["toy: held-out predictions artist"] * fails
    assert failed(compared(scored(tables, "ols", "artist", -1 / SIZE)))[-1].startswith("scores.csv")


def test_margins_are_held_where_the_prediction_is() -> None:
    tables = flipped(corpus(), "artist", 1)
    tables["predictions"].loc[[0, 1], "margin"] = 0.3
    assert failed(compared(tables)) == ["predictions.csv artist, 1, disco.00001: margin"]
    tables["predictions"].loc[1, "margin"] = 0.20001
    assert failed(compared(tables)) == []


def test_windows_are_counted_from_their_confusions() -> None:
    def tables(right: int, accuracy: float) -> dict[str, str]:
        confusion = pd.DataFrame(
            {"protocol": "window", "actual": GENRES[0], "predicted": GENRES[:2], "count": [right, 200 - right]}
        )
        scores = pd.DataFrame({"model": ["ols"], "protocol": "window", "score": "accuracy", "value": accuracy})
        return files({"confusion": confusion, "scores": scores})

    for right, accuracy, fails in (
        (150, 0.75, []),
        (149, 0.745, []),
        (150, 0.745, ["scores.csv ols: value"]),
        (147, 0.745, ["toy: held-out predictions window", "confusion.csv window, blues, blues: count"]),
    ):
        found = compare_corpus(tables(150, 0.75), tables(right, accuracy))
        assert failed(found)[: len(fails)] == fails
        assert bool(failed(found)) is bool(fails)


@pytest.mark.parametrize(
    ("name", "row", "column", "value", "where"),
    [
        ("fit", 0, "note", "component 58 of 196 (93.0% of its variance)", "blues: note"),
        ("fit", 0, "genre", "polka", "row 2: genre"),
        ("predictions", 5, "label", "polka", "artist, 1, jazz.00005: label"),
        ("comparator_fits", 0, "columns", 195, "svm: columns"),
        ("correlation", 0, "r", 2e-6, "rms: r"),
        ("clusters", 0, "value", 0.45, "ward: value"),
        ("recall", 9, "recall", 0.95, "svm, clip, blues: recall"),
        ("recall", 0, "recall", 0.801, "ols, artist, blues: recall"),
        ("group_recall", 1, "right", 2, "disco: right"),
    ],
)
def test_a_planted_change_is_named(name: str, row: int, column: str, value: object, where: str) -> None:
    tables = corpus()
    tables[name].loc[row, column] = value
    assert f"{name}.csv {where}" in failed(compared(tables))


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [("comparator_fits", "note", "c 1, gamma 1"), ("clusters", "value", 0.415), ("clusters", "n", SIZE + 4)],
)
def test_what_follows_a_choice_among_near_ties_may_move(name: str, column: str, value: object) -> None:
    tables = corpus()
    tables[name].loc[0, column] = value
    found = compared(tables)
    assert failed(found) == []
    assert [Path(item.file).name for item in found.moved] == [f"{name}.csv"]


def test_rows_and_columns_on_one_side_are_named() -> None:
    tables = corpus()
    tables["fit"] = pd.concat([tables["fit"], pd.DataFrame({"genre": ["polka"], "r2": 0.5, "note": ""})])
    tables["scores"] = tables["scores"].iloc[1:]
    tables["clusters"]["low"] = 0.3
    del tables["correlation"]["r"], tables["comparator_fits"]
    assert failed(compared(tables)) == [
        "comparator_fits.csv the whole file",
        "clusters.csv column low",
        "correlation.csv column r",
        "fit.csv polka",
        "scores.csv ols, artist, accuracy",
    ]


def test_rows_are_matched_by_what_they_are_about() -> None:
    tables = corpus()
    tables["scores"] = tables["scores"].iloc[::-1]
    assert compared(tables).moved == []
