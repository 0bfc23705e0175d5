"""Cells of an HTML table -> rows that fill the table's columns exactly."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import Literal, cast

from mapping.publish.blocks import Cell, Rows, Runs, Table, text_of

_NUMBER = re.compile(r"[<>≤≥≈~±+−–-]?\s*[(\[]?[\d][\d\s.,:;%‰()\[\]/±+−–×*^-]*(?:e[+-]?\d+)?\Z")
_NO_VALUE = {"", "–", "-", "—"}


@dataclass(frozen=True)
class RawCell:
    """A cell as the HTML has it; ``rowspan`` 0 means to the end of its section."""

    runs: Runs
    colspan: int
    rowspan: int
    is_header: bool
    scope: str
    align: str


@dataclass(frozen=True)
class _Placed:
    """A cell with the row and column where it starts, both from 0, spans within the table."""

    row: int
    column: int
    cell: Cell


def arranged(head: list[list[RawCell]], body: list[list[RawCell]], caption: Runs) -> Table | None:
    """The table of these rows; none if no cell says anything.

    Spans end with their section; rows that are too short get empty cells, and columns and rows
    in which no cell starts are left out. A column of numbers is set to the right.
    """
    sections = [_placed(head), _placed(body)]
    columns = max((p.column + p.cell.colspan for s in sections for p in s), default=0)
    starts = sorted({p.column for section in sections for p in section})
    if not any(text_of(p.cell.runs) for section in sections for p in section):
        return None
    header, rows = (_in_rows(_compact(_filled(s, columns), starts)) for s in sections)
    return _aligned(Table(len(starts), header, rows, caption))


def _placed(rows: list[list[RawCell]]) -> list[_Placed]:
    """Where each cell starts: the first free place of its row, as browsers do."""
    taken: set[tuple[int, int]] = set()
    made = []
    for row, cells in enumerate(rows):
        column = 0
        for raw in cells:
            while (row, column) in taken:
                column += 1
            placed = _Placed(row, column, _fitted(raw, row, column, len(rows), taken))
            taken |= _area(placed)
            made.append(placed)
            column += placed.cell.colspan
    return made


def _fitted(raw: RawCell, row: int, column: int, rows: int, taken: set[tuple[int, int]]) -> Cell:
    """The cell with spans that end with the section and before a cell from above."""
    colspan = 1
    while colspan < raw.colspan and (row, column + colspan) not in taken:
        colspan += 1
    rowspan = min(raw.rowspan or rows, rows - row)
    scope = raw.scope if raw.is_header else ""
    return Cell(
        raw.runs,
        colspan,
        rowspan,
        cast('Literal["", "row", "column"]', scope),
        cast('Literal["", "left", "center", "right"]', raw.align),
    )


def _area(placed: _Placed) -> set[tuple[int, int]]:
    return {
        (placed.row + down, placed.column + right)
        for down in range(placed.cell.rowspan)
        for right in range(placed.cell.colspan)
    }


def _filled(placed: list[_Placed], columns: int) -> list[_Placed]:
    """With an empty cell in each free place of the rows in which a cell starts."""
    taken = {place for cell in placed for place in _area(cell)}
    free = ((row, column) for row in {p.row for p in placed} for column in range(columns))
    empty = [_Placed(*place, Cell()) for place in free if place not in taken]
    return sorted([*placed, *empty], key=lambda p: (p.row, p.column))


def _compact(placed: list[_Placed], columns: list[int]) -> list[_Placed]:
    """Without the columns and rows in which no cell starts; spans shrink accordingly."""
    wanted = set(columns)
    kept = [p for p in placed if p.column in wanted]
    rows = sorted({p.row for p in kept})
    return [
        _Placed(
            bisect_left(rows, p.row),
            bisect_left(columns, p.column),
            replace(
                p.cell,
                colspan=_within(columns, p.column, p.cell.colspan),
                rowspan=_within(rows, p.row, p.cell.rowspan),
            ),
        )
        for p in kept
    ]


def _within(starts: list[int], first: int, span: int) -> int:
    return bisect_left(starts, first + span) - bisect_left(starts, first)


def _in_rows(placed: list[_Placed]) -> Rows:
    count = max((p.row + 1 for p in placed), default=0)
    rows: list[list[Cell]] = [[] for _ in range(count)]
    for p in placed:
        rows[p.row].append(p.cell)
    return tuple(tuple(row) for row in rows)


def starts(rows: Rows) -> list[list[int]]:
    """The column where each cell of each row starts, from 0."""
    reaches: dict[int, int] = {}  # column -> the first row that it is free in
    made = []
    for row, cells in enumerate(rows):
        found, column = [], 0
        for cell in cells:
            while reaches.get(column, 0) > row:
                column += 1
            found.append(column)
            for right in range(cell.colspan):
                reaches[column + right] = row + cell.rowspan
            column += cell.colspan
        made.append(found)
    return made


def _aligned(table: Table) -> Table:
    """With each cell's side set: as the HTML says, else right in columns of numbers."""
    numbers = _number_columns(table)

    def sided(rows: Rows) -> Rows:
        return tuple(
            tuple(
                replace(
                    cell,
                    align=cell.align or ("right" if _in_one_of(cell, column, numbers) else "left"),
                )
                for cell, column in zip(row, columns, strict=True)
            )
            for row, columns in zip(rows, starts(rows), strict=True)
        )

    return replace(table, header=sided(table.header), body=sided(table.body))


def _in_one_of(cell: Cell, column: int, numbers: set[int]) -> bool:
    return cell.colspan == 1 and column in numbers


def _number_columns(table: Table) -> set[int]:
    """The columns whose cells, row headers aside, are all numbers or missing, one at least."""
    texts: dict[int, list[str]] = {}
    for row, columns in zip(table.body, starts(table.body), strict=True):
        for cell, column in zip(row, columns, strict=True):
            if cell.colspan == 1 and not cell.scope:
                texts.setdefault(column, []).append(text_of(cell.runs).strip())
    return {
        column
        for column, found in texts.items()
        if any(_NUMBER.match(text) for text in found)
        and all(_NUMBER.match(text) or text in _NO_VALUE for text in found)
    }
