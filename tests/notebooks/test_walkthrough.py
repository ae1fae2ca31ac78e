"""The notebook runs from its first cell to its last, and shows what a reader is told to expect."""

import json
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
NOTEBOOK = REPOSITORY / "notebooks" / "walkthrough.ipynb"

FACTS = """
assert set(accuracy["model"]) == {"ols", "optimal_scoring"}
assert {"artist", "segment_random"} <= set(accuracy["protocol"])
assert plan.protocols.set_index("protocol").loc["artist", "crossing_artists"] == 0
assert abs(coefficients.groupby("column")["coefficient"].sum()).max() < 1e-9  # slopes of the genres sum to 0
assert len(shown) == 10
print("walked through")
"""


def test_the_notebook_runs_from_archive_to_coefficients(tmp_path: Path) -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    program = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    run = subprocess.run(
        [sys.executable, "-c", program + FACTS], cwd=NOTEBOOK.parent, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.endswith("walked through\n")


def test_the_notebook_holds_no_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not any(cell.get("outputs") for cell in cells)
