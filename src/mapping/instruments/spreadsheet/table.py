"""The table in a workbook, as the sheet of text that the readers of the data contract check."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from mapping.errors import DataError, Problem
from mapping.instruments.recognised import Progress, silent
from mapping.instruments.sheet import Sheet, Texts, clean, composed, numbered
from mapping.instruments.spreadsheet.cells import Cell, address, as_date, letters
from mapping.instruments.spreadsheet.grid import LAST_COLUMN, Area, Budget, Codes, Grid, read_grid
from mapping.instruments.spreadsheet.package import open_package, too_large

AREA = 50_000_000
"""Rows times columns of the table that are read at most, blank cells included."""

HEADER_WITHIN = 30
"""Filled rows at the top of a sheet among which the header is looked for."""

PASTE_VALUES = (
    "Copy the cells and paste them in their place as values: 'Klistra in special: Värden' "
    "(Paste Special: Values)."
)
UNMERGE = "Choose 'Avbryt cellsammanfogning' (Unmerge Cells), and write in every cell what it is."
ALL_READ = "survey"
"""The table of which any column may be read: its items are the protocol's, or study.toml's."""

ALSO_READ = frozenset({"contact"})
"""Columns that a table may have beside its own, and that are read."""

_LISTED = 8
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,([0-9]+)")


@dataclass(frozen=True)
class _Wanted:
    """What the reader of a table asks for."""

    columns: tuple[str, ...]
    dates: frozenset[str]
    passed_over: Callable[[str], bool]
    every: bool = False

    def reads(self, heading: str) -> bool:
        """Whether a column may be read: what is wrong in another one is nobody's concern."""
        known = self.every or heading in self.columns or heading in self.dates | ALSO_READ
        return known and not self.passed_over(heading)


@dataclass(frozen=True, eq=False)
class _Headed:
    """A grid with its header: the place of its row, and the headings by column number."""

    grid: Grid
    header: int
    headings: Mapping[int, str]

    @property
    def row(self) -> int:
        return int(self.grid.rows[self.header])

    def score(self, columns: Iterable[str]) -> int:
        """How many of these columns it has."""
        return len(set(columns) & set(self.headings.values()))


def read_table(
    name: str,
    data: bytes,
    columns: Sequence[str],
    dates: Collection[str] = (),
    *,
    passed_over: Callable[[str], bool] = lambda _heading: False,
    progress: Progress = silent,
) -> Sheet:
    """The table with the headings ``columns`` in the workbook ``name``, and how it was read.

    It is the only visible sheet with cells, or the only one with at least half of the columns;
    its header is the row with most of them. ``dates`` are columns that hold days, also if a cell
    has a plain number. Of columns whose heading is ``passed_over`` nothing is kept or checked. Of
    others that are not asked for, the text is kept: a formula, an error or merged cells in a column
    that nobody reads are no error, but in ``survey.xlsx``, whose items may have any heading.

    Raises
    ------
    DataError
        It is no sound .xlsx workbook, or no sheet or several can be the table.

    """
    package = open_package(name, data)
    budget = Budget(name)
    read, aside = [], []
    for part in package.sheets:
        if part.hidden or not part.cells:
            aside.append(part.name)
            continue
        grid = read_grid(package, part, budget, lambda done, of: progress(name, done, of))
        if len(grid.rows):
            read.append(headed(grid, columns))
    chosen = _chosen(name, read, columns, [p.name for p in package.sheets if p.hidden])
    others = [one.grid.name for one in read if one is not chosen]
    table = table_of(name, chosen, columns, dates, passed_over)
    notes = [f"The table is in the sheet {chosen.grid.name}.", *table.notes]
    if others:
        notes.append(f"Sheets without the columns, not read: {', '.join(others)}.")
    if aside:
        notes.append(f"Hidden sheets and charts, not read: {', '.join(aside)}.")
    return dataclasses.replace(table, notes=tuple(notes))


def headed(grid: Grid, columns: Iterable[str] = ()) -> _Headed:
    """The grid with its header: the row with most of ``columns``, the first if there are several.

    It is one of the first filled rows (``HEADER_WITHIN``).
    """
    rows: list[dict[int, str]] = [{} for _ in range(min(HEADER_WITHIN, len(grid.rows)))]
    for column in sorted(grid.filled):
        positions, codes = grid.filled[column]
        for position, code in zip(positions[:HEADER_WITHIN], codes, strict=False):
            if position < len(rows):
                text = clean(composed(grid.cells[code].text))
                rows[position][column] = text
    wanted = set(columns)
    counts = [len(wanted & set(cells.values())) for cells in rows]
    best = counts.index(max(counts)) if max(counts) > 1 or len(wanted) == 1 else 0
    return _Headed(grid, best, rows[best])


def table_of(
    name: str,
    table: _Headed,
    columns: Sequence[str],
    dates: Collection[str] = (),
    passed_over: Callable[[str], bool] = lambda _heading: False,
) -> Sheet:
    """The rows below the header of a grid, as text.

    Rows without a filled cell below a heading are passed over. Rows with a cell that cannot be
    read (a formula, an error, a merged one, a day where none can be) are told as problems, and
    are not among the records.

    Raises
    ------
    DataError
        The table is larger than what is read of a workbook.

    """
    grid, headings = table.grid, table.headings
    if len(headings) * len(grid.rows) > AREA:
        found = f"{len(grid.rows):,} rows and {len(headings):,} columns"
        raise too_large(name, found, f"sheet {grid.name}")
    every = PurePath(name).stem.casefold() == ALL_READ
    wanted = _Wanted(tuple(columns), frozenset(dates), passed_over, every)
    kept = {column: _values(table, column, wanted) for column in headings}
    below = np.zeros(len(grid.rows), dtype=bool)
    for column in headings:
        positions, _ = grid.filled[column]
        below[positions] = True
    below[: table.header + 1] = False
    wrong, problems = _problems(name, table, kept, below, wanted)
    chosen = below & ~wrong
    made = Sheet(
        name,
        tuple(headings.values()),
        tuple(one.texts()[chosen] for one in kept.values()),
        grid.rows[chosen],
        decimal_comma=_has_decimal_commas(kept, headings, wanted),
        problems=tuple(problems),
    )
    warnings = tuple(_warnings(table, kept, below, wanted))
    return dataclasses.replace(made, notes=tuple(_notes(table, made)), warnings=warnings)


@dataclass(frozen=True, eq=False)
class _Column:
    """A column's distinct cells, and for each row of the grid the number of its cell."""

    cells: list[Cell]
    codes: Codes
    counted: int = 0

    def texts(self) -> Texts:
        """The column as text; a formula and what is in error have none."""
        shown = [
            "" if cell.kind in ("formula", "error") else clean(composed(cell.text))
            for cell in self.cells
        ]
        known = {text: number for number, text in enumerate(dict.fromkeys(shown))}
        numbers = np.array([known[text] for text in shown], dtype=np.int32)
        return numbered(numbers[self.codes], list(known))


def _values(table: _Headed, column: int, wanted: _Wanted) -> _Column:
    """A column's cells; ``counted`` are the plain numbers that were read as days."""
    grid, heading = table.grid, table.headings[column]
    codes = grid.column(column)
    if wanted.passed_over(heading):
        return _Column([grid.cells[0]], np.zeros_like(codes))
    present, places = np.unique(codes, return_inverse=True)
    codes = places.astype(np.int32)
    cells = [grid.cells[code] for code in present]
    counted = 0
    if heading in wanted.dates:
        days = [
            as_date(cell, from_1904=grid.from_1904) if cell.kind == "number" else cell
            for cell in cells
        ]
        made = np.array([day is not cell for day, cell in zip(days, cells, strict=True)])
        counted = int(made[codes[table.header + 1 :]].sum())
        cells = days
    return _Column(cells, codes, counted)


def _bad(column: _Column, heading: str, wanted: _Wanted) -> list[str]:
    """For each distinct cell why it cannot be read; blank if it can."""
    listed = heading in wanted.columns and heading not in wanted.dates
    return [_why(cell, no_date=listed) for cell in column.cells]


def _why(cell: Cell, *, no_date: bool) -> str:
    if cell.kind == "formula":
        return "a formula"
    if cell.kind == "error":
        return cell.text
    if cell.kind == "date" and no_date:
        return "a date"
    if "\0" in cell.text:
        return "a NUL sign"
    return ""


def _mend(found: str) -> tuple[str, str]:
    """What is expected in place of a cell that cannot be read, and what to do."""
    if found == "a formula":
        return "values, for formulas are not computed", PASTE_VALUES
    if found == "a date":
        return "text or a number", (
            "Format the cells as text, 'Formatera celler: Text' (Format Cells: Text), "
            "and write again what was meant."
        )
    if found.startswith("a number of"):
        return "at most 15 digits, for a spreadsheet rounds longer ones", (
            "Take the cells from where they came as text, formatted as text beforehand."
        )
    if found.startswith("a date"):
        return "a date from 1900 to 9999", "Correct the dates, or their number format."
    return "values without errors", "Correct the cells, or empty them if the value is unknown."


def _problems(
    name: str,
    table: _Headed,
    kept: Mapping[int, _Column],
    below: np.ndarray,
    wanted: _Wanted,
) -> tuple[np.ndarray, list[Problem]]:
    """Which rows have a cell that cannot be read, and a problem for each column and reason."""
    wrong = np.zeros(len(below), dtype=bool)
    problems = []
    for column, one in kept.items():
        if wanted.reads(table.headings[column]):
            for found, places in _reasons(_bad(one, table.headings[column], wanted), one, below):
                wrong[places] = True
                problems.append(_told(name, table, column, found, places))
    hiding = _hiding(table, below, wanted)
    first, after = np.searchsorted(
        table.grid.rows, np.array([(area.top, area.bottom + 1) for area in hiding] or [(0, 0)])
    ).T
    steps = np.zeros(len(below) + 1, dtype=np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, after, -1)
    wrong |= np.cumsum(steps[:-1]) > 0
    return wrong, [*problems, *(_merged(name, table, area) for area in hiding)]


def _reasons(
    reasons: Sequence[str], column: _Column, below: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """Each reason why cells of a column cannot be read, and the places of those cells."""
    numbers = {reason: number for number, reason in enumerate(dict.fromkeys(["", *reasons]))}
    found = np.array([numbers[reason] for reason in reasons], dtype=np.int64)[column.codes]
    places = np.flatnonzero(below & (found > 0))
    order = places[np.argsort(found[places], kind="stable")]
    starts = np.flatnonzero(np.diff(found[order], prepend=0))
    named = list(numbers)
    for part in np.split(order, starts[1:]) if len(order) else ():
        yield named[found[part[0]]], part


def _told(name: str, table: _Headed, column: int, found: str, places: np.ndarray) -> Problem:
    rows = table.grid.rows[places]
    expected, remedy = _mend(found)
    where = f"{found} in {_ranges(rows, column)} of the sheet {table.grid.name}"
    return Problem(name, int(rows[0]), table.headings[column], where, expected, remedy)


def _ranges(rows: np.ndarray, column: int) -> str:
    """Cells of one column as ranges: the first ones, and how many more there are."""
    starts = np.flatnonzero(np.diff(rows, prepend=-1) != 1)
    ends = np.append(starts[1:], len(rows)) - 1
    shown = [
        address(int(rows[start]), column)
        + (f":{address(int(rows[end]), column)}" if end > start else "")
        for start, end in zip(starts[:_LISTED], ends, strict=False)
    ]
    more = len(rows) - int(ends[min(_LISTED, len(ends)) - 1]) - 1
    cells = "cells " if len(rows) > 1 else "cell "
    return cells + ", ".join(shown) + (f" and {more:,} more" if more else "")


def _hiding(table: _Headed, below: np.ndarray, wanted: _Wanted) -> list[Area]:
    """The merged ranges in the table, where they hide what belongs to other cells."""
    rows = table.grid.rows
    last = int(rows[below][-1]) if below.any() else table.row
    columns = np.array(
        sorted(column for column, heading in table.headings.items() if wanted.reads(heading)),
        dtype=np.int64,
    )
    merged = [area for area in table.grid.merged if area.top <= last and area.bottom >= table.row]
    ends = np.array([(area.left, area.right + 1) for area in merged] or [(0, 0)])
    inside = np.diff(np.searchsorted(columns, ends), axis=1)[:, 0] > 0
    return [area for area, hides in zip(merged, inside, strict=False) if hides]


def _merged(name: str, table: _Headed, area: Area) -> Problem:
    row = max(area.top, table.row)
    heading = table.headings.get(area.left, letters(area.left))
    found = f"merged cells {area} of the sheet {table.grid.name}"
    return Problem(name, row, heading, found, "a value in every cell", UNMERGE)


def _has_decimal_commas(
    kept: Mapping[int, _Column], headings: Mapping[int, str], wanted: _Wanted
) -> bool:
    """Whether numbers written as text have a decimal comma.

    1,234 alone may be a thousand in English; 0,25 and 12,5 are decimals, and then so are all.
    """
    return any(
        cell.kind == "text"
        and (found := _DECIMAL_COMMA.fullmatch(cell.text.strip()))
        and len(found.group(1)) != 3
        for column, one in kept.items()
        if headings[column] in wanted.columns
        for cell in one.cells
    )


def _notes(table: _Headed, made: Sheet) -> Iterator[str]:
    if table.header:
        yield f"The header is row {table.row}; the {_rows(table.header)} above it are not read."
    if made.decimal_comma:
        yield "Numbers written as text have a decimal comma."


def _warnings(
    table: _Headed, kept: Mapping[int, _Column], below: np.ndarray, wanted: _Wanted
) -> Iterator[str]:
    grid = table.grid
    hidden = np.isin(grid.rows[below], grid.hidden_rows).sum()
    if hidden:
        yield f"{_rows(int(hidden))} of the sheet {grid.name} are hidden or filtered, and are read."
    unseen = _hidden_columns(grid)
    columns = [
        heading
        for column, heading in table.headings.items()
        if unseen[column] and wanted.reads(heading)
    ]
    if columns:
        yield f"Hidden columns that are read: {', '.join(columns)}."
    system = "1904" if grid.from_1904 else "1900"
    for column, one in kept.items():
        if one.counted:
            heading = table.headings[column]
            yield (
                f"Column {heading}: {one.counted:,} plain numbers are read as days of the "
                f"{system} date system."
            )
    for column, (positions, _) in grid.filled.items():
        stray = int((positions > table.header).sum())
        if column not in table.headings and stray:
            yield f"Column {letters(column)} has {stray:,} filled cells and no heading: not read."


def _hidden_columns(grid: Grid) -> np.ndarray:
    """For each column by its number whether it is hidden."""
    unseen = np.zeros(LAST_COLUMN + 1, dtype=bool)
    for left, right in {(area.left, area.right) for area in grid.hidden_columns}:
        unseen[left : right + 1] = True
    return unseen


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _chosen(
    name: str, read: Sequence[_Headed], columns: Sequence[str], hidden: Sequence[str]
) -> _Headed:
    """The sheet that is the table."""
    fitting = [one for one in read if 2 * one.score(columns) >= max(1, len(columns))]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting and len(read) == 1:
        return read[0]
    best = Counter({place: one.score(columns) for place, one in enumerate(read)}).most_common(2)
    if not fitting and best and best[0][1] > (best[1][1] if len(best) > 1 else 0):
        return read[best[0][0]]
    names = ", ".join(one.grid.name for one in (fitting or read))
    expected = f"one visible sheet with the columns {', '.join(columns)}"
    if not read:
        found = f"only hidden sheets: {', '.join(hidden)}" if hidden else "no filled cell"
        remedy = "Show the sheet, or save the right file." if hidden else "Save the right file."
        raise DataError([Problem(name, None, "", found, expected, remedy)])
    found = f"the sheets {names}" + ("" if fitting else ", none with the columns")
    remedy = "Leave one of them, and move the others to a file of their own."
    raise DataError([Problem(name, None, "", found, expected, remedy)])
