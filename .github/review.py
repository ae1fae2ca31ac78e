"""The comment on a change: the verdict, what is old, where pictures are; never longer than GitHub takes.

python .github/review.py VERDICT.md STALE.txt RUN_URL > review.md
"""

import sys
from pathlib import Path

MARK = "<!-- punk: verdict -->"
"""First line of the comment, by which it is found again and updated in place."""

LIMIT = 65_536
"""Characters of a comment on GitHub."""


def review(verdict: str, stale: str, run: str) -> str:
    """The whole comment. A verdict that is too long loses its last lines, and says where they are."""
    old = [line for line in stale.splitlines() if " is older than " in line]
    head = f"{MARK}\n## What moved, and is it noise?\n\n"
    foot = f"\n\nFigures, pages and plots of this run are among its [artifacts]({run}#artifacts).\n"
    if old:
        head += "Committed results that are old:\n\n" + "".join(f"- {line}\n" for line in old) + "\n"
    cut = f"\n\n... cut here; the whole text stands in the [summary of the run]({run})."
    body = verdict.strip() or "The verdict could not be made; the log of the run says why."
    room = LIMIT - len(head) - len(foot)
    if len(body) > room:
        kept = body[: room - len(cut)]
        body = kept[: kept.rfind("\n")] + cut if "\n" in kept else kept + cut
    return head + body + foot


if __name__ == "__main__":
    verdict, stale = (path.read_text("utf-8") if path.exists() else "" for path in map(Path, sys.argv[1:3]))
    print(review(verdict, stale, sys.argv[3]), end="")
