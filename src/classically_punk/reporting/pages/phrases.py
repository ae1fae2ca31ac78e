"""Words that follow from results: they change when the results do."""

from collections.abc import Sequence

from classically_punk.reporting.pages.text import Text


def compared(low: float | None, high: float | None, p: float | None = None, level: float = 0.05) -> str:
    """How the first of two compares with the second, from the interval of its lead.

    p : of a test adjusted for all comparisons; where it is above `level`, the interval alone settles nothing
    """
    if low is None or high is None or low <= 0 <= high:
        return "indistinguishable from"
    word = "better than" if low > 0 else "worse than"
    return word if p is None or p <= level else f"perhaps {word}"


def saves(low: float | None, high: float | None) -> str:
    """What a way of deciding does, from the interval of what it saves against doing without it."""
    if low is None or high is None:
        return "saves an amount that has no interval here"
    if low > 0:
        return "saves"
    return "costs more" if high < 0 else "saves nothing that can be measured"


def amount(share: float) -> str:
    """A share in words: "two thirds"."""
    known = (
        (0.0, "none"), (0.1, "a tenth"), (0.2, "a fifth"), (0.25, "a quarter"), (1 / 3, "a third"),
        (0.4, "two fifths"), (0.5, "half"), (0.6, "three fifths"), (2 / 3, "two thirds"), (0.75, "three quarters"),
        (0.8, "four fifths"), (0.9, "nine tenths"), (1.0, "all"),
    )  # fmt: skip
    nearest, word = min(known, key=lambda pair: abs(pair[0] - share))
    return word if abs(nearest - share) < 0.005 else f"about {word}" if 0 < nearest < 1 else f"nearly {word}"


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def in_words(count: int) -> str:
    """A small count in words; from thirteen on "many"."""
    return _WORDS[count] if count < len(_WORDS) else "many"


def sentences(parts: Sequence[Text]) -> Text:
    """The parts that are not empty, with a space between."""
    joined = Text(())
    for part in parts:
        if part:
            joined = joined + " " + part if joined else part
    return joined
