"""The difference as a page of blocks, which Markdown and the terminal both print; names stand between backquotes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classically_punk.verification.difference.changes import Changed, Changes
from classically_punk.verification.difference.clips import ClipMoved, net_of
from classically_punk.verification.difference.coefficients import Coefficients
from classically_punk.verification.difference.corpora import Between
from classically_punk.verification.difference.measured import Measured
from classically_punk.verification.difference.naming import code
from classically_punk.verification.difference.report import Difference
from classically_punk.verification.difference.verdict_words import of_corpus, points, probability

MOST_LISTED = 30
"""Parameters, libraries or measurements that are listed; more are counted."""


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Bullets:
    items: Sequence[str]


@dataclass(frozen=True)
class Rows:
    """A table; the columns from `numbers` on hold numbers."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int = 1


Block = Heading | Paragraph | Bullets | Rows


def page_of(found: Difference) -> list[Block]:
    """One paragraph where nothing changed."""
    sides = f"{code(found.before)} and {code(found.after)}"
    if found.nothing:
        return [Paragraph(f"Nothing changed between {sides}: the same results, parameters, code and libraries.")]
    blocks: list[Block] = [
        Heading("What moved, and is it noise?", 1),
        Paragraph(f"From {code(found.before)} to {code(found.after)}."),
        Bullets([of_corpus(each, found.margin) for each in found.corpora]),
        Heading("What changed"),
        *_changes(found.changes, found.corpora),
    ]
    for each in found.corpora:
        blocks += _corpus(each)
    if found.measured:
        blocks += [Heading("Speed and memory"), *_measured(found.measured)]
    if any(each.verdict for each in found.corpora):
        blocks.append(Paragraph(_method(found)))
    return blocks


def _changes(found: Changes, corpora: Sequence[Between]) -> Iterator[Block]:
    items = _listed("parameter", found.params)
    if found.rooms:
        rooms = ", ".join(f"{code(room)} ({count})" for room, count in found.rooms.items())
        items.append(f"code, files that differ by folder: {rooms}")
    items += _listed("library", found.versions)
    if found.graph:
        items.append("the graph, `dvc.yaml`")
    for each in corpora:
        items += _listed(f"data of {each.name},", each.locked.data)
        if each.locked.stages:
            stages = ", ".join(code(name) for name in each.locked.stages)
            items.append(f"{each.name}: run again, by `dvc.lock`: {stages}")
    yield Bullets(items) if items else Paragraph("No parameter, code, library or data: the results alone.")


def _listed(what: str, changed: Sequence[Changed]) -> list[str]:
    items = [f"{what} {code(each.name)}: {code(each.before)} to {code(each.after)}" for each in changed[:MOST_LISTED]]
    if len(changed) > MOST_LISTED:
        items.append(f"{len(changed) - MOST_LISTED} more of kind: {what.rstrip(',')}")
    return items


def _corpus(found: Between) -> Iterator[Block]:
    if found.verdict is None:
        if found.said and found.refused:
            yield Heading(found.name)
            yield Bullets(found.said)
        return
    yield Heading(found.name)
    yield Paragraph(f"{found.changed} of its files of results differ.")
    if all(line.difference == 0 and line.low == line.high == 0 for line in found.lines if line.p is not None):
        yield Paragraph("Under no protocol does a group have more or fewer clips right.")
    else:
        yield _table(found)
    reasons: dict[str, list[str]] = {}
    for line in found.lines:
        if line.reason and code(line.protocol) not in reasons.setdefault(line.reason, []):
            reasons[line.reason].append(code(line.protocol))
    said = [*found.said, *(f"{', '.join(names)}: {reason}" for reason, names in reasons.items())]
    if found.others:
        names = ", ".join(code(name) for name in found.others)
        said.append(f"answers of further models changed: {names}; `punk diff --model NAME` judges one")
    if said:
        yield Bullets(said)
    yield from _clips(found)
    if found.coefficients is not None:
        yield from _coefficients(found.coefficients)


def _table(found: Between) -> Rows:
    return Rows(
        ("protocol, score", "before", "after", "points", "interval", "p, Holm", "clips, groups", "verdict"),
        [
            (
                f"{line.protocol}, {line.score}",
                f"{line.before:.3f}",
                f"{line.after:.3f}",
                points(line.difference),
                "none" if line.low is None or line.high is None else f"{points(line.low)} to {points(line.high)}",
                probability(line.p_holm),
                f"{line.n}, {line.n_groups}",
                line.verdict,
            )
            for line in found.lines
        ],
    )


def _clips(found: Between) -> Iterator[Block]:
    gained, lost = net_of(found.genres)
    if not gained and not lost:
        yield Paragraph(f"No clip was gained or lost under {code(found.headline)}.")
        return
    yield Paragraph(
        f"Clips gained and lost under {code(found.headline)}, right in more or in fewer of the partitions: {gained} "
        f"and {lost}. Net, in clips of one partition:"
    )
    yield Rows(
        ("genre", "clips", "gained", "lost", "net"),
        [
            (code(row.genre), str(row.n), str(row.gained), str(row.lost), f"{row.net:+.1f}")
            for row in found.genres
            if row.gained or row.lost
        ],
    )
    yield Paragraph("Those that tell the most; the margin is of the label over what is said otherwise:")
    yield Rows(
        ("clip", "label", "said before", "said after", "right before", "right after", "margin before", "margin after"),
        [_clip(row) for row in found.telling],
        numbers=4,
    )


def _clip(row: ClipMoved) -> tuple[str, ...]:
    names = (code(name) for name in (row.clip, row.label, row.before, row.after))
    margins = ("" if each is None else f"{each:+.3f}" for each in (row.margin_before, row.margin_after))
    return (*names, f"{row.right_before:.2f}", f"{row.right_after:.2f}", *margins)


def _coefficients(found: Coefficients) -> Iterator[Block]:
    if found.reason:
        yield Paragraph(f"Coefficients were not compared: {found.reason}.")
        return
    moved = (
        f"; {found.entered} columns came into the regression and {found.left} left it"
        if found.entered or found.left
        else ""
    )
    yield Paragraph(
        f"Of {found.compared} coefficients with an interval on both sides, {found.count} changed sign with both "
        f"intervals off zero{moved}."
    )
    if found.turned:
        yield Rows(
            ("genre", "column", "before", "interval", "after", "interval"),
            [
                (
                    *(code(name) for name in (each.genre, each.column)),
                    *(f"{each.before:+.3f}", f"{each.before_low:+.3f} to {each.before_high:+.3f}"),
                    *(f"{each.after:+.3f}", f"{each.after_low:+.3f} to {each.after_high:+.3f}"),
                )
                for each in found.turned
            ],
            numbers=2,
        )


def _measured(found: Sequence[Measured]) -> Iterator[Block]:
    yield Rows(
        ("table", "row", "measured", "before", "after", "times"),
        [
            (
                *(code(name) for name in (each.file, each.row or "(all)", each.column)),
                *(f"{each.before:g}", f"{each.after:g}", "" if each.ratio is None else f"{each.ratio:.2f}"),
            )
            for each in found[:MOST_LISTED]
        ],
        numbers=3,
    )
    if len(found) > MOST_LISTED:
        yield Paragraph(f"{len(found) - MOST_LISTED} more numbers changed.")


def _method(found: Difference) -> str:
    within = points(found.margin).lstrip("+")
    return (
        f"Differences are paired, clip by clip; intervals are of {found.confidence:.0%}, over groups within genres. "
        f"Equivalent: the whole interval within {within} points either way (`diff.equivalent`). "
        f"Worse, better: the interval off 0, and the test that exchanges whole groups below {1 - found.confidence:.2g} "
        "after Holm over the corpus' lines. Everything else: cannot tell."
    )
