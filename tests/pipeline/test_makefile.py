"""`make clean` in a folder of its own."""

import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def test_clean_takes_what_the_graph_made_of_any_corpus_and_leaves_what_was_fetched(tmp_path: Path) -> None:
    """Of a corpus that the user added as well: its name stands nowhere in the Makefile."""
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    kept = ["data/raw/mine/music.zip", "data/raw/gtzan/README.md", "metrics/mine/summary.json", "params.yaml"]
    kept.append("models/mine/bundle.json")  # which git holds, as it holds metrics
    made = ["data/mine/clips.csv", "data/demo/audio/a.wav", "data/.hidden/x", "models/mine/ols.json", ".punk_cache/x"]
    for name in (*kept, *made):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {*kept, "Makefile"}
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.copy(REPOSITORY / "Makefile", bare)
    subprocess.run(["make", "clean"], cwd=bare, check=True, capture_output=True)
