"""How wide a table's columns are, and where a long word may end its line.

The template sets; what needs measuring is done here, with the fonts' own widths. All lengths
are in points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from mapping.errors import UsageError
from mapping.publish import fonts
from mapping.publish.blocks import LINE_BREAK, Cell, Rows, Runs, Table, text_of
from mapping.publish.table_grid import starts

PORTRAIT = 453.5
"""The width of figures and tables, 16 cm."""

LANDSCAPE = 700.0
"""The width of a table that needs a page turned sideways."""

MOST_COLUMNS = 40
CELL_INSET = 4.0
"""Space between a cell's text and its left and right edge."""

ZERO_WIDTH_SPACE = "\u200b"
"""Where a line may end; the template sets nothing for it, so that text is found whole."""

_WORD = re.compile("[^ \n]+")  # a no-break space ends no word
_LONG_WORD = 100.0  # a wider word may be divided rather than widen its column
_AIR = 14.0  # what a column of a narrow table gets more than it needs
_SLACK = 1.5  # kerning and rounding


@dataclass(frozen=True)
class TableLayout:
    """Size of the text, direction of the page, width of each column."""

    size: float
    landscape: bool
    widths: tuple[float, ...]


_CHOICES = ((9.0, PORTRAIT), (8.0, PORTRAIT), (8.0, LANDSCAPE))
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
    for size, page in _NESTED_CHOICES if nested else _CHOICES:
        least, most = (_column_widths(table, size, need) for need in (_word_width, _line_width))
        room = page - 2 * CELL_INSET * table.columns
        if sum(least) <= room:
            break
    inner = _shared(least, most, room)
    widths = tuple(round(width + 2 * CELL_INSET, 2) for width in inner)
    return TableLayout(size, page == LANDSCAPE, widths)


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


def _is_wide(word: str, size: float, room: float) -> bool:
    return fonts.width(word, bold=True) * size > room


def _inner(made: TableLayout, cell: Cell, column: int) -> float:
    return sum(made.widths[column : column + cell.colspan]) - 2 * CELL_INSET


def _word_width(cell: Cell, size: float) -> float:
    return min(_widest(_WORD.findall(text_of(cell.runs)), cell, size), _LONG_WORD)


def _line_width(cell: Cell, size: float) -> float:
    return _widest(text_of(cell.runs).split(LINE_BREAK), cell, size)


def _widest(texts: Sequence[str], cell: Cell, size: float) -> float:
    bold = cell.scope == "column" or any(run.style.bold for run in cell.runs)
    widths = (fonts.width(text, bold=bold) * size for text in texts)
    return max(widths, default=0.0) + _SLACK


def _column_widths(table: Table, size: float, need: Callable[[Cell, float], float]) -> list[float]:
    """What each column needs: first by its own cells, then by those that span several."""
    widths = [_SLACK] * table.columns
    for cell, column in sorted(_positions(table), key=lambda place: place[0].colspan):
        spanned = range(column, column + cell.colspan)
        room = sum(widths[c] for c in spanned) + 2 * CELL_INSET * (cell.colspan - 1)
        lacking = need(cell, size) - room
        if lacking > 0:
            for c in spanned:
                widths[c] += lacking / cell.colspan
    return widths


def _positions(table: Table) -> Iterator[tuple[Cell, int]]:
    for rows in (table.header, table.body):
        for row, columns in zip(rows, starts(rows), strict=True):
            yield from zip(row, columns, strict=True)


def _shared(least: list[float], most: list[float], room: float) -> list[float]:
    """Each column between what its longest word and its longest line need, within the room."""
    if sum(most) <= room:
        air = min(_AIR, (room - sum(most)) / len(most))
        return [width + air for width in most]
    if sum(least) >= room:
        return _levelled(least, room)
    wanted = [high - low for low, high in zip(least, most, strict=True)]
    part = (room - sum(least)) / sum(wanted)
    return [low + part * more for low, more in zip(least, wanted, strict=True)]


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
