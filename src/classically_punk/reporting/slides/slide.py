"""What a deck is made of, whatever file it ends in."""

from collections.abc import Iterator
from dataclasses import dataclass

from classically_punk.reporting.pages.pictures import Picture
from classically_punk.reporting.pages.text import Text


@dataclass(frozen=True)
class Big:
    """The one number of a slide. number: as it is shown; words: what it is"""

    number: Text
    words: Text


@dataclass(frozen=True)
class SmallTable:
    """head : titles of the columns; rows : their cells; shares : of the width, by column, together 1"""

    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Slide:
    """One message.

    key     : its address in the deck
    title   : the finding, as a sentence
    points  : what follows from it, or why there is no finding
    notes   : what a speaker says beside it: protocol, intervals, how to read the figure
    cover   : whether the slide opens the deck
    """

    key: str
    title: Text
    points: tuple[Text, ...] = ()
    picture: Picture | None = None
    big: Big | None = None
    table: SmallTable | None = None
    notes: tuple[Text, ...] = ()
    cover: bool = False

    @property
    def words(self) -> Iterator[Text]:
        """Everything that stands on the slide, from top to bottom; neither notes nor alternative text."""
        yield self.title
        if self.big:
            yield from (self.big.number, self.big.words)
        yield from self.points
        if self.table:
            yield from self.table.head
            for row in self.table.rows:
                yield from row


@dataclass(frozen=True)
class Deck:
    """title : of the corpus; slides : in order"""

    title: Text
    slides: tuple[Slide, ...]
