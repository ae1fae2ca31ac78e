"""`punk` as a person types it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from classically_punk.cli.app import main
from classically_punk.foundation.environment import arithmetic_in_words

REPOSITORY = Path(__file__).resolve().parents[2]


Punk = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def punk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Punk:
    """What its entry point prints and ends with, in this process: a new one imports for a second. An exception that it
    lets out, whose traceback a person would see, is one here."""

    def run(*arguments: str, folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["punk", *arguments])
        with pytest.raises(SystemExit) as ending:
            main()
        said, status = capsys.readouterr(), ending.value.code
        if isinstance(status, str):  # Python prints it, and ends with 1
            return subprocess.CompletedProcess(arguments, 1, said.out, said.err + status)
        return subprocess.CompletedProcess(arguments, status or 0, said.out, said.err)

    return run


def test_without_a_command_it_explains_itself() -> None:
    code = "from classically_punk.cli.app import main; main()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    for command in ("check", "data", "show", "verify", "readme"):
        assert command in run.stdout + run.stderr


def test_check_names_the_corpora(punk: Punk) -> None:
    run = punk("check")
    assert run.returncode == 0
    assert "gtzan_published" in run.stdout
    assert arithmetic_in_words() in run.stdout


def test_check_prints_a_title_as_it_stands(punk: Punk, tmp_path: Path) -> None:
    """Not as markup, of which rich would say that it closes what was never opened."""
    text = (REPOSITORY / "params.yaml").read_text(encoding="utf-8").replace("title: GTZAN mini", "title: '[/x] mini' #")
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    assert "gtzan_mini: [/x] mini" in punk("check", folder=tmp_path).stdout


def test_check_names_a_wrong_key_without_a_traceback(punk: Punk, tmp_path: Path) -> None:
    text = (REPOSITORY / "params.yaml").read_text(encoding="utf-8").replace("  seed: 1\n", "  sede: 1\n")
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    run = punk("check", folder=tmp_path)
    assert run.returncode == 1
    assert "folds.sede: unknown parameter; did you mean seed?" in run.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ("annotations: gtzan\n", "annotations: gtzn\n", "corpus.gtzan_mini.annotations: 'gtzn'"),
        ("[genres.tar.gz]", "[genre.tar.gz]", "did you mean genres.tar.gz?"),
        ("  gtzan_mini:\n", "  raw:\n", "corpora names ['gtzan_mini']"),
        ("  seed: 1\n", "  seed: 1\n  seed: 1\n", "folds.seed: given in line"),
        ("[standard, kaggle57]", "[standard, kagle57]", "there is no set 'kagle57'; did you mean kaggle57?"),
        ("abstain: 0.3 ", "abstain: *laugh ", "costs.abstain: aliases"),
    ],
)
def test_check_names_what_leads_nowhere(punk: Punk, tmp_path: Path, right: str, wrong: str, named: str) -> None:
    text = (REPOSITORY / "params.yaml").read_text(encoding="utf-8")
    (tmp_path / "params.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    run = punk("check", folder=tmp_path)
    assert run.returncode == 1
    assert named in run.stderr


@pytest.mark.parametrize("command", ["readme", "index", "verify", "check"])
def test_a_folder_that_is_no_checkout_is_named(punk: Punk, tmp_path: Path, command: str) -> None:
    run = punk(command, folder=tmp_path)
    assert run.returncode == 1
    assert "params.yaml: no such file; run from the folder that holds dvc.yaml" in run.stderr


def test_a_checkout_without_its_readme_is_named(punk: Punk, tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    run = punk("readme", folder=tmp_path)
    assert run.returncode == 1
    assert "README.md: No such file or directory" in run.stderr


def test_ctrl_c_is_one_line_and_130() -> None:
    """As shells have it: 128 and the number of SIGINT."""
    code = (
        "import os, signal\n"
        "from classically_punk.cli import app as cli\n"
        "cli.read_params = lambda: os.kill(os.getpid(), signal.SIGINT)\n"
        "cli.main()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "check"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr.strip()) == (130, "interrupted; nothing half-written was kept")


@pytest.mark.parametrize("command", ["data", "show"])
def test_an_unknown_corpus_is_named_with_its_neighbour(punk: Punk, command: str) -> None:
    run = punk(command, "gtzan_miny")
    assert run.returncode == 1
    assert "did you mean gtzan_mini?" in run.stderr


def test_data_links_what_the_user_has(punk: Punk, tmp_path: Path) -> None:
    text = (REPOSITORY / "params.yaml").read_text(encoding="utf-8")
    text = text.replace("clip_index: gtzan_mini_md5_mirdata.json", "clip_index: null")
    before, _, after = text.partition("  gtzan_mini:\n    title")
    after = after.replace("annotations: gtzan", "annotations: null", 1)
    (tmp_path / "params.yaml").write_text(f"{before}  gtzan_mini:\n    title{after}", encoding="utf-8")
    mine = tmp_path / "mine" / "jazz"
    mine.mkdir(parents=True)
    (mine / "a.wav").write_bytes(b"RIFF")
    run = punk("data", "gtzan_mini", "--from", str(tmp_path / "mine"), folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "data" / "raw" / "gtzan_mini" / "mine" / "jazz" / "a.wav").read_bytes() == b"RIFF"
    assert "dvc repro report@gtzan_mini" in run.stdout


def test_data_of_a_synthesised_corpus_says_how_it_is_made(punk: Punk) -> None:
    assert "dvc repro synthesise@demo" in punk("data", "demo").stdout


def test_wrong_jobs_are_named(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from classically_punk.foundation.environment import jobs; print(jobs())"]
    run = subprocess.run(command, env={**os.environ, "PUNK_JOBS": "none"}, capture_output=True, text=True, check=False)
    assert "PUNK_JOBS='none'" in run.stderr
