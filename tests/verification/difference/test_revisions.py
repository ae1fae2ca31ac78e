"""`punk diff` on a repository of made-up runs: what it reads, says, refuses and exits with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from fixtures.revisions import SHIPPED, Repository, first_of_artists, labels, predictions, said

from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Params, read_params
from classically_punk.verification.difference.as_json import as_json
from classically_punk.verification.difference.corpora import Wanted
from classically_punk.verification.difference.markdown import MOST, markdown
from classically_punk.verification.difference.page import Bullets, Heading, Paragraph, Rows, page_of
from classically_punk.verification.difference.report import Difference, difference
from classically_punk.verification.difference.revision import at, parent_of, working_tree


def params() -> Params:
    """As shipped, with fewer resamples: verdicts here are clear."""
    shipped = read_params(SHIPPED)
    return shipped.model_copy(update={"evaluate": shipped.evaluate.model_copy(update={"resamples": 300})})


def against_head(runs: Repository, wanted: Wanted | None = None, **corpora: str) -> Difference:
    return difference(at("HEAD", runs.root), working_tree(runs.root), params(), wanted or Wanted(), **corpora)


def page(found: Difference) -> str:
    return markdown(page_of(found))


def punk(runs: Repository, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from classically_punk.cli.app import main; main()", "diff", *arguments]
    return subprocess.run(command, cwd=runs.root, env={**os.environ}, capture_output=True, text=True, check=False)


def test_where_nothing_changed_one_line_says_so(runs: Repository) -> None:
    text = page(against_head(runs))
    assert text.count("\n") == 1
    assert text.startswith("Nothing changed between `HEAD (")


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        (first_of_artists(70), "worse"),
        (first_of_artists(16), "better"),
        (first_of_artists(40), "equivalent"),
        (first_of_artists(40, skip=5), "cannot tell"),
    ],
)
def test_two_runs_get_their_verdict(runs: Repository, wrong: list[str], verdict: str) -> None:
    runs.run(said(wrong))
    (runs.tables() / "scores.csv").write_text("model\nols\n", encoding="utf-8")
    found = against_head(runs)
    assert [each.verdict for each in found.corpora] == [verdict]
    assert f"- `demo`: **{verdict}**. Accuracy under `artist`" in page(found)


def test_the_same_verdict_between_commits_and_turned_round(runs: Repository) -> None:
    first = runs.git("rev-parse", "HEAD")
    runs.run(said(first_of_artists(70)))
    second = runs.commit()
    there = difference(at(first, runs.root), at(second, runs.root), params(), Wanted())
    back = difference(at(second, runs.root), at(first, runs.root), params(), Wanted())
    assert there.has("worse")
    assert back.has("better")
    assert parent_of(second, runs.root) == first[:12]


def test_exit_statuses(runs: Repository) -> None:
    runs.run(said(first_of_artists(70)))
    assert punk(runs).returncode == 0
    assert punk(runs, "--fail-on", "worse").returncode == 3
    unknown = punk(runs, "no-such-branch", "--fail-on", "worse")
    assert unknown.returncode == 1
    assert "no-such-branch: git knows no such revision here" in unknown.stderr
    assert "Traceback" not in unknown.stderr
    assert punk(runs, "--md", "--json").returncode == 1


def test_a_revision_is_judged_against_its_parent(runs: Repository) -> None:
    runs.run(said(first_of_artists(70)))
    runs.commit()
    runs.run(said(first_of_artists(10)))  # the working tree is another matter
    found = json.loads(punk(runs, "HEAD", "--json").stdout)
    assert [each["verdict"] for each in found["corpora"]] == ["worse"]
    root = punk(runs, "HEAD~1")
    assert root.returncode == 1
    assert "is the first commit; say with --against" in root.stderr


def test_an_experiment_of_dvc_has_its_name(runs: Repository) -> None:
    runs.run(said(first_of_artists(70)))
    runs.commit()
    runs.git("update-ref", "refs/exps/ab/cdef0123/mild-cape", "HEAD")
    runs.git("reset", "-q", "--hard", "HEAD~1")
    assert difference(at("HEAD", runs.root), at("mild-cape", runs.root), params(), Wanted()).has("worse")


@pytest.mark.parametrize("name", ["", "--upload-pack=touch x", "main\nHEAD", "HEAD:params.yaml", "\x1b[2J", "@{-9}"])
def test_a_hostile_revision_is_refused(runs: Repository, name: str) -> None:
    with pytest.raises(PunkError) as caught:
        at(name, runs.root)
    assert "\x1b" not in str(caught.value)


def test_a_folder_that_is_no_checkout_is_named(tmp_path: Path) -> None:
    with pytest.raises(PunkError, match="needs a git checkout"):
        at("HEAD", tmp_path)


def test_without_results_there_is_nothing_to_compare(runs: Repository) -> None:
    runs.git("rm", "-rq", "reports", "metrics")
    runs.commit()
    with pytest.raises(PunkError, match="hold no results"):
        against_head(runs)
    with pytest.raises(PunkError, match="hold no results"):
        difference(at("HEAD", runs.root), at("HEAD", runs.root), params(), Wanted(), "demo")


def test_clips_of_one_side_are_counted_and_the_others_compared(runs: Repository) -> None:
    fewer = {clip: genre for clip, genre in said(first_of_artists(70)).items() if clip < "rock.040"}
    runs.run(fewer)
    found = against_head(runs)
    line = found.corpora[0].deciding
    assert line is not None
    assert line.n == 190
    assert "on the 190 clips in both; 10 are in the one before alone" in page(found)


def test_a_corpus_of_other_clips_is_refused_by_name(runs: Repository) -> None:
    runs.run({f"other.{clip}": "jazz" for clip in labels()})
    found = against_head(runs)
    assert found.corpora[0].verdict is None
    assert "`demo`: **not compared**." in page(found)
    assert "no clip is in both: 200 before, 200 after" in page(found)


def test_a_corpus_on_one_side_is_named(runs: Repository) -> None:
    runs.run(said(), corpus="mine")
    assert "`mine`: **not compared**. `HEAD (" in page(against_head(runs))
    with pytest.raises(PunkError, match="yours: neither revision holds results of it; they hold those of demo, mine"):
        against_head(runs, corpus="yours")


def test_older_tables_are_understood(runs: Repository) -> None:
    """Without answers.csv, and before that without partitions."""
    (runs.tables() / "answers.csv").unlink()
    old = predictions(said(first_of_artists(40)), 1).drop(columns=["partition", "second", "margin"])
    old.to_csv(runs.tables() / "predictions.csv", index=False)
    runs.commit()
    after = predictions(said(first_of_artists(70)), 1)
    after.to_csv(runs.tables() / "predictions.csv", index=False)
    found = against_head(runs)
    assert found.has("worse")
    assert "answers.csv, which older runs lack" in page(found)
    assert {line.score for line in found.corpora[0].lines if line.protocol == "artist"} == {"accuracy", "macro_f1"}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("protocol,clip,label\nartist,a,jazz\n", "no column predicted"),
        ("protocol,partition,clip,label,predicted\nartist,one,a,jazz,jazz\n", "a partition is a whole number"),
        ("protocol,clip,label,predicted\nartist,a,jazz,jazz\nartist,a,jazz,rock\n", "two rows for artist, 1, a"),
        ("", "not a table"),
        ("protocol,clip,label,predicted\n\x00\x1b[2J,a,b,c,d,e\n", "not a table"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(runs: Repository, content: str, named: str) -> None:
    (runs.tables() / "predictions.csv").write_text(content, encoding="utf-8")
    with pytest.raises(PunkError) as caught:
        against_head(runs)
    assert named in str(caught.value)
    assert "reports/demo/tables/predictions.csv in the working tree" in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("content", ["[1, 2]", "{", "[" * 100_000])
def test_a_summary_that_is_none_is_named(runs: Repository, content: str) -> None:
    (runs.root / "metrics" / "demo" / "summary.json").write_text(content, encoding="utf-8")
    with pytest.raises(PunkError, match=r"metrics/demo/summary\.json in the working tree"):
        against_head(runs)


def test_links_and_pipes_are_not_followed(runs: Repository) -> None:
    path = runs.tables() / "predictions.csv"
    path.unlink()
    path.symlink_to("/dev/zero")
    os.mkfifo(runs.tables() / "recall.csv")
    with pytest.raises(PunkError, match="no such file"):
        against_head(runs)


def test_what_changed_stands_above(runs: Repository) -> None:
    (runs.root / "requirements.txt").write_text("numpy==2.1.0 \\\n    --hash=sha256:aa\nrich==13.0\n", encoding="utf-8")
    code = runs.root / "src" / "classically_punk" / "models"
    code.mkdir(parents=True)
    (code / "ols.py").write_text("old\n", encoding="utf-8")
    lock = runs.root / "dvc.lock"
    of = "schema: '2.0'\nstages:\n  ingest@demo:\n    cmd: x\n    deps:\n    - path: data/raw/demo\n      md5: {}\n"
    lock.write_text(of.format("aaa"), encoding="utf-8")
    runs.commit()
    (runs.root / "requirements.txt").write_text("numpy==2.2.0\nrich==13.0\n", encoding="utf-8")
    (code / "ols.py").write_text("new\n", encoding="utf-8")
    lock.write_text(of.format("bbb"), encoding="utf-8")
    text = (runs.root / "params.yaml").read_text(encoding="utf-8")
    (runs.root / "params.yaml").write_text(text.replace("transform: yeo_johnson", "transform: none"), encoding="utf-8")
    shown = page(against_head(runs))
    for line in (
        "- parameter `ols.transform`: `yeo_johnson` to `none`",
        "- code, files that differ by folder: `models` (1)",
        "- library `numpy`: `2.1.0` to `2.2.0`",
        "- data of `demo`, `data/raw/demo`: `md5 aaa` to `md5 bbb`",
        "- `demo`: run again, by `dvc.lock`: `ingest`",
    ):
        assert line in shown
    assert "rich" not in shown
    lock.write_text("stages: [\n", encoding="utf-8")
    with pytest.raises(PunkError, match=r"dvc\.lock in the working tree: no YAML"):
        against_head(runs)


def test_clips_gained_and_lost_by_genre_and_the_most_telling(runs: Repository) -> None:
    runs.run(said([*first_of_artists(40)[8:], "rock.049"]))
    found = against_head(runs).corpora[0]
    moved = {row.genre: (row.gained, row.lost, row.net) for row in found.genres}
    assert moved == {"blues": (2, 0, 2.0), "jazz": (2, 0, 2.0), "pop": (2, 0, 2.0), "rock": (2, 1, 1.0)}
    assert len(found.telling) == 9
    lost = next(row for row in found.telling if row.clip == "rock.049")
    assert (lost.before, lost.after, lost.right_before, lost.right_after) == ("rock", "blues", 1.0, 0.0)
    assert (lost.margin_before, lost.margin_after) == (0.2, -0.2)


def test_coefficients_that_changed_sign_with_both_intervals_off_zero(runs: Repository) -> None:
    names = ["genre", "column", "coefficient", "low", "high"]
    path = runs.tables() / "coefficients.csv"
    before = [("jazz", "tempo", 0.2, 0.1, 0.3), ("jazz", "rms", 0.2, -0.1, 0.5), ("jazz", "mfcc1", 0.2, 0.1, 0.3)]
    pd.DataFrame([*before, ("jazz", "gone", 0.1, 0.0, 0.2)], columns=names).to_csv(path, index=False)
    runs.commit()
    after = [("jazz", "tempo", -0.2, -0.3, -0.1), ("jazz", "rms", -0.2, -0.3, -0.1), ("jazz", "mfcc1", -0.1, -0.3, 0.1)]
    pd.DataFrame(after, columns=names).to_csv(path, index=False)
    found = against_head(runs).corpora[0].coefficients
    assert found is not None
    assert (found.count, found.compared, found.left, found.entered) == (1, 3, 1, 0)
    assert [(each.column, each.before, each.after) for each in found.turned] == [("tempo", 0.2, -0.2)]


def test_speed_stands_there_where_it_was_measured_again(runs: Repository) -> None:
    (runs.root / "benchmarks").mkdir()
    path = runs.root / "benchmarks" / "stage_seconds.csv"
    path.write_text("stage,seconds\nols,10.0\nfolds,2.0\n", encoding="utf-8")
    runs.commit()
    path.write_text("stage,seconds\nols,5.0\nfolds,2.0\nnew,1\n", encoding="utf-8")
    measured = against_head(runs).measured
    assert [(each.row, each.column, each.before, each.after, each.ratio) for each in measured] == [
        ("ols", "seconds", 10.0, 5.0, 0.5)
    ]


def test_two_models_of_one_revision(runs: Repository) -> None:
    runs.run(said(first_of_artists(40)), others={"svm": said(first_of_artists(10)), "knn": said(first_of_artists(40))})
    tree = working_tree(runs.root)
    found = difference(tree, tree, params(), Wanted("ols", "svm")).corpora[0]
    assert (found.verdict, found.before, found.after) == ("better", "linear regression (OLS)", "SVM (RBF kernel)")
    assert any("of the partitions, 1" in text for text in found.said)
    alike = difference(tree, tree, params(), Wanted("ols", "knn")).corpora[0]
    assert alike.verdict == "equivalent"
    with pytest.raises(PunkError, match="no answers of forest for demo; kept are those of ols, knn, svm"):
        difference(tree, tree, params(), Wanted("ols", "forest"))
    with pytest.raises(PunkError, match="the models are majority, ols"):
        difference(tree, tree, params(), Wanted("ols", "transformer"))
    assert punk(runs, "--with", "svm").returncode == 1
    assert "**better**" in punk(runs, "--model", "ols", "--with", "svm", "--md").stdout


def test_further_models_that_changed_are_named(runs: Repository) -> None:
    runs.run(said(first_of_artists(40)), others={"svm": said(first_of_artists(10))})
    runs.commit()
    runs.run(said(first_of_artists(40)), others={"svm": said(first_of_artists(20))})
    assert "answers of further models changed: `svm`" in page(against_head(runs))


def test_two_choices_of_columns(runs: Repository) -> None:
    tree = working_tree(runs.root)
    with pytest.raises(PunkError, match="scores without the answers behind them"):
        difference(tree, tree, params(), Wanted("", "", "standard/all", "standard/forward"))
    rows = predictions(said(), 1)[["protocol", "clip", "label"]].assign(unit=lambda table: table["clip"])
    for name, wrong in (("all", first_of_artists(40)), ("forward", first_of_artists(8))):
        rows[f"predicted.standard/{name}"] = rows["clip"].map(said(wrong))
    rows.to_csv(runs.tables() / "column_answers.csv", index=False)
    tree = working_tree(runs.root)
    found = difference(tree, tree, params(), Wanted("", "", "standard/all", "standard/forward"))
    assert found.has("better")
    with pytest.raises(PunkError, match="kept are standard/all, standard/forward"):
        difference(tree, tree, params(), Wanted("", "", "standard/all", "slope/all"))


def test_two_corpora_by_the_clips_in_both_and_only_of_one_collection(runs: Repository) -> None:
    some = {clip: genre for clip, genre in said(first_of_artists(40)).items() if clip[-3:] < "030"}
    runs.run(some, corpus="gtzan_mini")
    runs.run(said(first_of_artists(8)), corpus="gtzan_published")
    tree = working_tree(runs.root)
    found = difference(tree, tree, params(), Wanted(), "gtzan_mini", "gtzan_published")
    line = found.corpora[0].deciding
    assert line is not None
    assert (line.n, line.verdict) == (120, "better")
    with pytest.raises(PunkError, match="clips of one name need not be one clip"):
        difference(tree, tree, params(), Wanted(), "demo", "gtzan_mini")


def test_the_default_model_decides_on_each_side(runs: Repository) -> None:
    others = {"optimal_scoring": said(first_of_artists(10))}
    runs.run(said(first_of_artists(40)), partitions=1, others=others)
    runs.commit()
    path = runs.root / "metrics" / "demo" / "summary.json"
    content = json.loads(path.read_text(encoding="utf-8")) | {"rule": {"default": "optimal_scoring"}}
    path.write_text(json.dumps(content), encoding="utf-8")
    found = against_head(runs)
    assert found.has("better")
    assert "`ols` answers before and `optimal_scoring` after" in page(found)


def test_names_are_no_markup_and_move_no_cursor(runs: Repository) -> None:
    clips = list(labels())
    names = {clips[k]: f"@everyone `x` | <img src=x> [a](b) \x1b[2J {k}" for k in range(3)}
    answers = {names.get(clip, clip): genre for clip, genre in said(first_of_artists(40)).items()}
    for each in (answers, answers | {names[clips[1]]: "jazz"}):
        found = predictions(each)
        found["label"] = found["clip"].map({names.get(clip, clip): genre for clip, genre in labels().items()})
        found.to_csv(runs.tables() / "predictions.csv", index=False)
        (runs.tables() / "answers.csv").unlink(missing_ok=True)
        if each is answers:
            runs.commit()
    text = page(against_head(runs))
    row = next(line for line in text.splitlines() if "@everyone" in line)
    assert "\x1b" not in text
    assert row.startswith("| `@everyone 'x' \\| <img src=x>")
    assert row.replace("\\|", "").count("|") == 9  # eight cells
    assert punk(runs).returncode == 0


def test_markdown_is_never_longer_than_a_comment() -> None:
    verdicts = Bullets([f"`c{k:03}`: **worse**." for k in range(200)])
    table = Rows(("clip", "points"), [(f"`käse {k}`", "é" * 40) for k in range(2000)])
    text = markdown([Heading("What moved", 1), verdicts, *[table] * 3, Paragraph("The method.")])
    assert len(text.encode()) <= MOST
    left = int(text.rstrip().splitlines()[-1].split()[0])
    whole = markdown([Heading("What moved", 1), verdicts, *[table] * 3, Paragraph("The method.")], 10**9)
    assert len([line for line in text.splitlines()[:-1] if line]) + left == len([x for x in whole.splitlines() if x])
    assert "`c199`: **worse**." in text  # verdicts stand first
    assert "left out" not in markdown([verdicts])


def test_a_cut_page_keeps_its_verdicts(runs: Repository) -> None:
    runs.run(said(first_of_artists(70)))
    text = markdown(page_of(against_head(runs)), 900)
    assert len(text) <= 900
    assert "**worse**" in text
    assert "lines are left out here, since a comment holds no more; `punk diff` prints them all." in text


def test_what_the_readme_shows_of_a_real_change_is_what_was_printed() -> None:
    printed = (SHIPPED.parent / "docs" / "review.md").read_text(encoding="utf-8")
    readme = (SHIPPED.parent / "README.md").read_text(encoding="utf-8")
    excerpt = readme.split("```\npunk diff ", 1)[1].split("```", 1)[0].splitlines()
    assert [line for line in excerpt[1:] if line]
    assert f"punk diff {excerpt[0]}" in printed
    assert all(line in printed for line in excerpt[1:])


def test_json_holds_every_line_and_no_number_that_is_none(runs: Repository) -> None:
    runs.run(said(first_of_artists(70)))
    found = json.loads(as_json(against_head(runs)))
    assert found["corpora"][0]["verdict"] == "worse"
    scores = [(line["protocol"], line["score"]) for line in found["corpora"][0]["lines"]]
    assert scores == [
        ("artist", "accuracy"),
        ("artist", "macro_f1"),
        ("artist", "top2_accuracy"),
        ("segment_random", "accuracy"),
    ]
