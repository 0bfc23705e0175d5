"""What a document is made of: runs of text, and blocks of them, as typed values.

Between the HTML of a notebook and the template nothing else passes: no markup, no style, no
script. Every text is data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

LINE_BREAK = "\n"
"""The text of a run that only ends a line."""


@dataclass(frozen=True)
class Number:
    """What a printed number is before it is written, and the reference of what it rests on.

    ``key`` is that of the text or the table that prints it, if it is one of the package's own.
    """

    value: str
    reference: str
    key: str


@dataclass(frozen=True)
class Style:
    """How a run is set, and where it leads; the link is empty or http, https or mailto.

    ``number`` is there if the run is a number that tells what it rests on.
    """

    bold: bool = False
    italic: bool = False
    code: bool = False
    position: Literal["", "sub", "super"] = ""
    link: str = ""
    number: Number | None = None


PLAIN = Style()


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style."""

    text: str
    style: Style = PLAIN


Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the highest. A block that prints a number has a mark, from 1."""

    level: int
    runs: Runs
    mark: int = 0


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a note is set smaller, under what it belongs to."""

    runs: Runs
    note: bool = False
    mark: int = 0


@dataclass(frozen=True)
class Listing:
    """A list, each item being blocks; an ordered one counts from ``start``."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True)
class Code:
    """Preformatted text, its line ends and spaces kept; its numbers rest on one reference."""

    text: str
    rests_on: str = ""
    mark: int = 0


@dataclass(frozen=True)
class Quote:
    """Blocks quoted from elsewhere."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class InShort:
    """The report's "in short": shown in a box on the first page."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Image:
    """A picture without anything linked; its natural size in points."""

    data: bytes
    suffix: Literal["svg", "png", "jpg"]
    width: float
    height: float


@dataclass(frozen=True)
class Figure:
    """A picture with its title above and caption below; ``alt`` is missing or says it all."""

    image: Image
    alt: str = ""
    title: Runs = ()
    caption: Runs = ()
    mark: int = 0


@dataclass(frozen=True)
class Cell:
    """A cell of a table; ``scope`` tells a header: of its row or of its column."""

    runs: Runs = ()
    colspan: int = 1
    rowspan: int = 1
    scope: Literal["", "row", "column"] = ""
    align: Literal["", "left", "center", "right"] = ""


Rows: TypeAlias = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Table:
    """A table whose rows fill its columns exactly, spans counted in.

    ``has_missing`` says that a dash stands for a missing value and needs its note. ``shares``
    are the columns' parts of the width where lines must be broken, if the table says so;
    ``small`` asks for small text. A row header that spans columns names the rows below it.
    """

    columns: int
    header: Rows
    body: Rows
    caption: Runs = ()
    has_missing: bool = False
    shares: tuple[float, ...] = ()
    small: bool = False
    mark: int = 0


Block: TypeAlias = Heading | Paragraph | Listing | Code | Quote | InShort | Figure | Table


def text_of(runs: Iterable[Run]) -> str:
    """The text of the runs, without their styles.

    >>> text_of([Run("28 of "), Run("44", Style(bold=True))])
    '28 of 44'
    """
    return "".join(run.text for run in runs)


def nested(blocks: Iterable[Block]) -> Iterator[Block]:
    """All blocks, those within lists, quotes and boxes too, in reading order."""
    for block in blocks:
        yield block
        match block:
            case Quote(inner) | InShort(inner):
                yield from nested(inner)
            case Listing(items):
                for item in items:
                    yield from nested(item)
