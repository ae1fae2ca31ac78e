"""A user's own folder, as odd as they come, through `punk data`, `punk check` and DVC itself."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from test_repro import environment, make_checkout

from classically_punk.audio.canonical import write_canonical

MINE = {"title": "Mine", "expected_clips": None, "archives": [], "clip_index": None, "annotations": None}


PUNK = (sys.executable, "-c", "from classically_punk.cli.app import main; main()")


def run_in(checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Raises TimeoutExpired after a minute: a test of what waits for ever must not."""
    return subprocess.run(
        command, cwd=checkout, env=environment(checkout), capture_output=True, text=True, timeout=60, check=False
    )


def test_what_would_make_dvc_wait_for_ever_is_left_out_and_has_its_row(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    checkout = make_checkout(tmp_path / "checkout")
    content = yaml.safe_load((checkout / "params.yaml").read_text(encoding="utf-8"))
    content["corpora"] = {"synthesised": [], "audio": ["mine"], "tables": [], "all": ["mine"], "reference": []}
    content["external"]["pairs"] = {}
    content["corpus"] = {"mine": MINE}
    (checkout / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    rock = tmp_path / "mine" / "rock"
    rock.mkdir(parents=True)
    write_canonical(rng.integers(-9000, 9000, 2 * 22050).astype(np.int16), rock / os.fsdecode(b"caf\xe9.wav"))
    os.mkfifo(rock / "pipe.wav")
    for name, target in (("zero.wav", "/dev/zero"), ("dangling.wav", "nowhere"), ("loop.wav", "loop.wav")):
        (rock / name).symlink_to(target)
    run = run_in(checkout, *PUNK, "data", "mine", "--from", str(rock.parent))
    assert run.returncode == 0, run.stderr
    assert "3 link, 1 not_a_file" in run.stdout
    assert run_in(checkout, *PUNK, "check").returncode == 0
    run = run_in(checkout, "dvc", "repro", "ingest@mine")
    assert run.returncode == 0, run.stdout + run.stderr
    clips = pd.read_csv(checkout / "data" / "mine" / "clips.csv", keep_default_na=False).set_index("member")
    assert clips["reasons"].to_dict() == {
        "mine/rock/caf%E9.wav": "",
        "mine/rock/dangling.wav": "link",
        "mine/rock/loop.wav": "link",
        "mine/rock/pipe.wav": "not_a_file",
        "mine/rock/zero.wav": "link",
    }
    (checkout / "data" / "raw" / "mine" / "by_hand").mkdir()
    os.mkfifo(checkout / "data" / "raw" / "mine" / "by_hand" / "pipe.wav")
    run = run_in(checkout, *PUNK, "check")
    assert run.returncode == 1
    for words in ("data/raw/mine/by_hand/pipe.wav: a device, a pipe or a socket", "punk data mine --from PATH"):
        assert words in run.stderr
    assert "Traceback" not in run.stderr
