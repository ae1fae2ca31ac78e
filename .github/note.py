"""Posts a review as a note on GitLab's merge request, or updates the one that is there.

python .github/note.py review.md, in a job of a merge request with REVIEW_TOKEN set.
"""

import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from review import MARK


def post(body: str, environment: dict[str, str]) -> str:
    """Returns what was done: "posted" or "updated". Raises OSError when GitLab refuses."""
    project, merge = environment["CI_PROJECT_ID"], environment["CI_MERGE_REQUEST_IID"]
    notes = f"{environment['CI_API_V4_URL']}/projects/{project}/merge_requests/{merge}/notes"
    token = environment["REVIEW_TOKEN"]
    known = [note["id"] for note in _asked("GET", f"{notes}?per_page=100", token) if note["body"].startswith(MARK)]
    if known:
        _asked("PUT", f"{notes}/{known[0]}", token, {"body": body})
        return "updated"
    _asked("POST", notes, token, {"body": body})
    return "posted"


def _asked(method: str, address: str, token: str, content: dict[str, str] | None = None) -> Any:
    headers = {"PRIVATE-TOKEN": token, "Content-Type": "application/json"}
    data = json.dumps(content).encode() if content else None
    request = urllib.request.Request(address, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    print(post(Path(sys.argv[1]).read_text("utf-8"), dict(os.environ)))
