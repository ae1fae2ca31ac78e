"""What `punk classify` tells people: a table of files, what such answers are worth, and of a single file all of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from classically_punk.bundle.form import AtLength, Measured
from classically_punk.bundle.reading import Loaded
from classically_punk.corpora.spelling import spelt

FAINT = 0.01
"""Probability below which a candidate is not named in a table."""


@dataclass(frozen=True)
class Row:
    """What is said of a file. answer : as `answer_json`, None where nothing can be said; reason : why, a sentence"""

    name: str
    answer: dict[str, Any] | None
    reason: str = ""

    @property
    def note(self) -> str:
        """What is wrong with the file, or why there is no answer."""
        if self.answer is None:
            return self.reason
        unlike = ["unlike the training music"] if self.answer["novelty"]["unlike"] else []
        return ", ".join([*(each["fault"] for each in self.answer["clip"]["faults"]), *unlike])


def printable(name: str) -> str:
    r"""`name` in what a terminal only prints: bytes that are no UTF-8 as `%E9`, other odd characters replaced.

    >>> printable("caf\udce9 \x1b[31m.wav")
    'caf%E9 \ufffd[31m.wav'
    """
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in spelt(name))


def percent(share: float) -> str:
    """
    >>> percent(0.004), percent(0.5), percent(0.996), percent(1.0)
    ('< 1%', '50%', '> 99%', '100%')
    """
    if 0 < share < 0.01:
        return "< 1%"
    return "> 99%" if 0.99 < share < 1 else f"{share:.0%}"


def tell(rows: Sequence[Row], loaded: Loaded, console: Console) -> None:
    """Prints a table of `rows` and what the model is worth; of a single file also where, why and what is wrong."""
    table = Table(box=None, pad_edge=False)
    table.add_column("file", overflow="fold")
    table.add_column("genre", no_wrap=True)
    for heading in ("candidates", "note"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        name = Text(printable(row.name))
        if row.answer is None:
            table.add_row(name, "", "", Text(printable(row.reason)))
        else:
            table.add_row(name, row.answer["genre"] or "not sure", _candidates(row.answer), Text(row.note))
    console.print(table)
    if len(rows) == 1 and rows[0].answer is not None:
        for line in (*_clip(rows[0].answer), *_stretches(rows[0].answer), *_reasons(rows[0].answer)):
            console.print(Text(line))
    content = loaded.content
    console.print(Text(f"\nmodel: {content.title}"))
    asked = {row.answer["basis"]["length"] for row in rows if row.answer is not None}
    for at in content.lengths:
        if at.length in asked:
            console.print(Text(_worth(at)))
    for each in content.elsewhere:
        console.print(Text(f"{each.sentence} {_share(each.accuracy)} were right."))
    for warning in content.warnings:
        console.print(Text(warning))


def _candidates(verdict: dict[str, Any]) -> str:
    first, *others = verdict["candidates"]
    named = [first, *(each for each in others if each["probability"] >= FAINT)]
    return ", ".join(f"{each['genre']} {percent(each['probability'])}" for each in named)


def _clip(answer: dict[str, Any]) -> Iterator[str]:
    clip, novelty = answer["clip"], answer["novelty"]
    facts = [f"{clip['duration']:.4g} s"]
    if "container" in clip:
        channels = "one channel" if clip["source_channels"] == 1 else f"{clip['source_channels']} channels"
        facts += [f"{clip['container']} ({clip['codec']})", f"{clip['source_rate']} Hz", channels]
    if clip["peak_dbfs"] is not None:
        facts += [f"peak {clip['peak_dbfs']:.1f} dBFS", f"RMS {clip['rms_dbfs']:.1f} dBFS"]
    yield f"\nheard: {', '.join(facts)}"
    yield from (f"  {each['sentence']}" for each in clip["faults"])
    guess = "; the answer is a guess" if novelty["unlike"] else ""
    yield (
        f"  Farther from the training music than {percent(novelty['farther_than'])} of that music is from the rest "
        f"(leverage {novelty['distance']:.3g}){guess}."
    )


def _stretches(answer: dict[str, Any]) -> Iterator[str]:
    """Neighbours of which the same is said are one stretch; of a clip that was cut into parts, the parts."""
    stretches = answer["parts"] or answer["timeline"]["windows"]
    if len(stretches) < 2:
        return
    what = "parts" if answer["parts"] else f"windows of {answer['timeline']['length']:g} s"
    yield f"\nwhich stretch says what, by {what}"
    for said, run in groupby(stretches, _said):
        first, *others = run
        last = others[-1] if others else first
        yield f"  {first['start']:6.1f} to {last['start'] + last['duration']:5.1f} s  {said}"


def _said(verdict: dict[str, Any]) -> str:
    return verdict["genre"] or f"not sure; {verdict['best']}, if anything"


def _reasons(answer: dict[str, Any]) -> Iterator[str]:
    found = answer["explanation"]
    yield f"\nwhy {found['winner']} and not {found['runner_up']}: {found['margin']:.3f} ahead in score, of which"
    for each in found["families"]:
        yield f"  {each['contribution']:+.3f}  {each['family']}"
    yield f"  {found['intercept']:+.3f}  before hearing anything"
    yield "most of it from"
    yield from (f"  {sentence}" for sentence in found["words"])


def _worth(at: AtLength) -> str:
    answered = (
        "none of them is answered"
        if at.answered is None
        else (f"{at.coverage:.0%} of them are answered, {_share(at.answered)} of these rightly")
    )
    return (
        f"on held-out clips of {at.length:g} s: {_share(at.accuracy)} right; it says `not sure` where an error may "
        f"cost more than asking a person: {answered}"
    )


def _share(measured: Measured) -> str:
    if measured.low is None:
        return f"{measured.value:.0%} of {measured.n}"
    return f"{measured.value:.0%} ({measured.low:.0%} to {measured.high:.0%}) of {measured.n}"
