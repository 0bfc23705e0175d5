"""How wide a table's columns are, and where a long word may end its line.

The template sets; what needs measuring is done here, with the fonts' own widths. All lengths
are in points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

from mapping.errors import UsageError
from mapping.publish import fonts
from mapping.publish.blocks import LINE_BREAK, Cell, Rows, Runs, Table, text_of
from mapping.publish.table_grid import starts

PORTRAIT = 453.5
"""The width of figures and tables, 16 cm."""

LANDSCAPE = 700.0
"""The width of a table that needs a page turned sideways."""

MOST_COLUMNS = 40
_INSET = 4.0 / 9.0
"""Space between a cell's text and its left and right edge, in em."""

ZERO_WIDTH_SPACE = "\u200b"
"""Where a line may end; the template sets nothing for it, so that text is found whole."""

_WORD = re.compile("[^ \n]+")  # a no-break space ends no word
_LONG_WORD = 130.0  # a wider word may be divided rather than widen its column
_AIR = 14.0  # what a column of a narrow table gets more than it needs
_SLACK = 1.5  # kerning and rounding
_AFTER_RIGHT = 11.0  # else text after a column set to the right would seem to belong to it


@dataclass(frozen=True)
class TableLayout:
    """Size of the text, direction of the page, width of each column and what it is indented."""

    size: float
    landscape: bool
    widths: tuple[float, ...]
    indents: tuple[float, ...]

    @property
    def inset(self) -> float:
        """Space between a cell's text and its left and right edge."""
        return round(_INSET * self.size, 2)


_CHOICES = (
    (9.0, PORTRAIT),
    (8.0, PORTRAIT),
    (8.0, LANDSCAPE),
    (7.0, LANDSCAPE),
    (6.0, LANDSCAPE),  # small, but a number that is divided would be misread
)
_NESTED_CHOICES = ((9.0, PORTRAIT - 60), (8.0, PORTRAIT - 60))


def layout(table: Table, *, nested: bool = False) -> TableLayout:
    """The layout with the largest text, on an upright page if possible, that divides no word.

    ``nested`` is for a table within a list or box: narrower, never on a page turned sideways.

    Raises
    ------
    UsageError
        The table has more columns than a page can hold.

    """
    if table.columns > MOST_COLUMNS:
        raise UsageError(
            f"a table has {table.columns} columns; a page holds at most {MOST_COLUMNS}: "
            "show fewer columns, or turn rows and columns (DataFrame.T)"
        )
    needs = [_need(cell, column) for cell, column in _positions(table)]
    indents = _indents(table)
    choices = _NESTED_CHOICES if nested else _CHOICES
    for size, page in choices[1:] if table.small else choices:
        least = _column_widths(table.columns, [need.least(size) for need in needs], size)
        room = page - 2 * _INSET * size * table.columns - sum(indents)
        if sum(least) <= room:
            break
    most = _column_widths(table.columns, [need.most(size) for need in needs], size)
    inner = _shared(least, most, room, table.shares)
    around = 2 * _INSET * size
    widths = (round(w + around + more, 2) for w, more in zip(inner, indents, strict=True))
    return TableLayout(size, page == LANDSCAPE, tuple(widths), indents)


def _indents(table: Table) -> tuple[float, ...]:
    """The room left of each column that is set to the left and follows one set to the right."""
    sides = {
        column: cell.align or "left"
        for cell, column in _positions(table)
        if cell.colspan == 1 and cell.runs
    }
    pairs = ((sides.get(c - 1), sides.get(c, "left")) for c in range(table.columns))
    return tuple(_AFTER_RIGHT if pair == ("right", "left") else 0.0 for pair in pairs)


def with_breaks(table: Table, made: TableLayout) -> Table:
    """The table with places to end a line in words wider than their cell."""

    def broken(rows: Rows) -> Rows:
        return tuple(
            tuple(
                replace(cell, runs=breakable(cell.runs, made.size, _inner(made, cell, column)))
                for cell, column in zip(row, columns, strict=True)
            )
            for row, columns in zip(rows, starts(rows), strict=True)
        )

    return replace(table, header=broken(table.header), body=broken(table.body))


def breakable(runs: Runs, size: float, room: float) -> Runs:
    """The runs with a place to end the line at each letter of words wider than this."""
    wide = [word.span() for word in _WORD.finditer(text_of(runs)) if _is_wide(word[0], size, room)]
    if not wide:
        return runs
    at, made = 0, []
    for run in runs:
        made.append(replace(run, text="".join(_divided(run.text, at, wide))))
        at += len(run.text)
    return tuple(made)


def _divided(text: str, at: int, wide: list[tuple[int, int]]) -> Iterator[str]:
    """The text, which starts at ``at``, with a break before each letter within a wide word."""
    for cluster in fonts.clusters(text):
        if any(first < at < last for first, last in wide):
            yield ZERO_WIDTH_SPACE
        yield cluster
        at += len(cluster)


def heights(rows: Rows, made: TableLayout) -> list[int]:
    """About how many lines each row takes; a cell that spans rows counts in its first."""
    return [
        max(
            _lines(text_of(cell.runs), max(_inner(made, cell, column), _SLACK) / made.size)
            for cell, column in zip(row, columns, strict=True)
        )
        for row, columns in zip(rows, starts(rows), strict=True)
    ]


def _lines(text: str, room: float) -> int:
    """About how many lines the text takes in a room of so many em."""
    return sum(max(1, ceil(fonts.width(line) / room)) for line in text.split(LINE_BREAK))


def _is_wide(word: str, size: float, room: float) -> bool:
    return fonts.width(word, bold=True) * size > room


def _inner(made: TableLayout, cell: Cell, column: int) -> float:
    whole = sum(made.widths[column : column + cell.colspan])
    return whole - made.indents[column] - 2 * made.inset


@dataclass(frozen=True)
class _Need:
    """What a cell needs: the columns it is in, its longest word and longest line in em."""

    columns: range
    word: float
    line: float

    def least(self, size: float) -> tuple[range, float]:
        """The columns, and what they need for no word but a long one to be divided."""
        return self.columns, min(self.word * size, _LONG_WORD)

    def most(self, size: float) -> tuple[range, float]:
        """The columns, and what they need for each line to stay whole."""
        return self.columns, self.line * size


def _need(cell: Cell, column: int) -> _Need:
    text = text_of(cell.runs)
    bold = cell.scope == "column" or any(run.style.bold for run in cell.runs)
    return _Need(
        range(column, column + cell.colspan),
        max((fonts.width(word, bold=bold) for word in _WORD.findall(text)), default=0.0),
        max(fonts.width(line, bold=bold) for line in text.split(LINE_BREAK)),
    )


def _column_widths(columns: int, needs: list[tuple[range, float]], size: float) -> list[float]:
    """What each column needs: first by its own cells, then by those that span several."""
    widths = [_SLACK] * columns
    for spanned, width in sorted(needs, key=lambda need: len(need[0])):
        own = sum(widths[c] for c in spanned) + 2 * _INSET * size * (len(spanned) - 1)
        lacking = width + _SLACK - own
        if lacking > 0:
            for c in spanned:
                widths[c] += lacking / len(spanned)
    return widths


def _positions(table: Table) -> Iterator[tuple[Cell, int]]:
    for rows in (table.header, table.body):
        for row, columns in zip(rows, starts(rows), strict=True):
            yield from zip(row, columns, strict=True)


def _shared(
    least: list[float], most: list[float], room: float, shares: tuple[float, ...] = ()
) -> list[float]:
    """Each column between what its longest word and its longest line need, within the room.

    Columns whose lines must be broken get their shares if the table tells them, else the same,
    so that none is much higher than the others.
    """
    if sum(most) <= room:
        air = min(_AIR, (room - sum(most)) / len(most))
        return [width + air for width in most]
    if sum(least) >= room:
        return _levelled(least, room)
    if shares:
        return _raised(least, [room * share / sum(shares) for share in shares], room)
    return _evened(least, most, room)


def _raised(least: list[float], wanted: list[float], room: float) -> list[float]:
    """Each width as wanted but none below its least; what that takes is taken from the others."""
    spare = [max(want - need, 0.0) for want, need in zip(wanted, least, strict=True)]
    over = (room - sum(least)) / sum(spare)
    return [need + more * over for need, more in zip(least, spare, strict=True)]


def _evened(least: list[float], most: list[float], room: float) -> list[float]:
    """Each width as wanted or, if that is too much, one common width; but none below its least."""
    given = _levelled(most, room)
    short = {column for column, width in enumerate(given) if width < least[column]}
    if not short:
        return given
    rest = [column for column in range(len(most)) if column not in short]
    room -= sum(least[column] for column in short)
    others = iter(_evened([least[c] for c in rest], [most[c] for c in rest], room))
    return [least[c] if c in short else next(others) for c in range(len(most))]


def _levelled(needs: list[float], room: float) -> list[float]:
    """The room shared so that small needs are met and the others get the same."""
    given = dict.fromkeys(range(len(needs)), 0.0)
    open_ = sorted(given, key=lambda column: needs[column])
    while open_:
        fair = room / len(open_)
        column = open_.pop(0)
        given[column] = min(needs[column], fair)
        room -= given[column]
    return list(given.values())
