"""The one exception whose message is written for the user, and what keeps such a message short."""

from collections.abc import Sequence

SHOWN = 5
"""Of a list, in a message."""


class PunkError(Exception):
    """Something the user can mend.

    The message names the file or value, what was expected, and what to do. Command lines print it without a
    traceback and exit with status 1; every other exception is a fault of ours and keeps its traceback.
    """


def shortened(text: str, most: int = 60) -> str:
    """`text` on one line, of at most `most` characters; what is left out in the middle is counted, and what no printer
    prints, such as what moves a cursor, is replaced."""
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    if len(text) <= most:
        return text
    gap = f" [... {len(text)} characters ...] "
    half = max((most - len(gap)) // 2, 1)
    return f"{text[:half]}{gap}{text[-half:]}"


def first_few(lines: Sequence[str], count: int | None = None) -> str:
    """The first of `lines`, each on a line of its own, and how many more there are (`count`: in all)."""
    more = (len(lines) if count is None else count) - SHOWN
    return "".join(f"\n  {line}" for line in [*lines[:SHOWN], *([f"and {more} more"] if more > 0 else [])])
