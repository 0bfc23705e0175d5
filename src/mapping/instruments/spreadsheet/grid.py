"""One sheet of a workbook as a grid of cells, read as a stream."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mapping.instruments.sheet import Numbers
from mapping.instruments.spreadsheet.cells import (
    BLANK,
    Cell,
    Style,
    address,
    column_number,
    iso_cell,
    number_cell,
    plain,
)
from mapping.instruments.spreadsheet.package import Package, Part, damaged, text_of, too_large
from mapping.instruments.xml_input import XmlLimits, local, records

CELLS = 5_000_000
"""Filled cells that are read of one workbook at most."""

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The last row and column of a sheet, XFD1048576."""

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})(?::([A-Z]{1,3})([1-9][0-9]{0,6}))?")
_MERGED = 100_000
_STEP = 20_000
_SPILLED = 1_000
_GENERAL = Style()
_NO_LIMIT = XmlLimits(elements=1 << 40)

Codes = np.ndarray[Any, np.dtype[np.int32]]


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, first and last row and column included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"


@dataclass(frozen=True, eq=False)
class Grid:
    """The filled cells of one visible sheet.

    ``rows`` are the numbers of the rows with a filled cell, ascending; ``cells`` the distinct
    cells, a blank one first. ``filled`` has for each column (1 is A) the positions in ``rows`` of
    its filled cells and the number of each in ``cells``. ``merged`` are the merged ranges,
    ``hidden_rows`` and ``hidden_columns`` what is out of sight. ``from_1904`` is the date system.
    """

    name: str
    rows: Numbers
    cells: tuple[Cell, ...] = field(repr=False)
    filled: Mapping[int, tuple[Codes, Codes]] = field(repr=False)
    merged: tuple[Area, ...] = ()
    hidden_rows: Numbers = field(default_factory=lambda: np.array([], dtype=np.int64))
    hidden_columns: tuple[Area, ...] = ()
    from_1904: bool = False

    def column(self, number: int) -> Codes:
        """For each of ``rows`` the number in ``cells`` of the cell in this column."""
        codes = np.zeros(len(self.rows), dtype=np.int32)
        if number in self.filled:
            positions, numbers = self.filled[number]
            codes[positions] = numbers
        return codes

    def each(self) -> Iterator[tuple[int, int, Cell]]:
        """Every filled cell with its row and column, column by column from the top."""
        for column in sorted(self.filled):
            for position, code in zip(*self.filled[column], strict=True):
                yield int(self.rows[position]), column, self.cells[code]


class Budget:
    """How many more cells may be read, over all sheets of a workbook."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._left = CELLS

    def take(self, cells: int) -> None:
        """Raises DataError when there are too many."""
        self._left -= cells
        if self._left < 0:
            raise too_large(self.file, f"more than {CELLS:,} filled cells")


@dataclass
class _Found:
    """What a sheet's parts have told so far."""

    known: dict[Cell, int] = field(default_factory=lambda: {BLANK: 0})
    rows: array[int] = field(default_factory=lambda: array("q"))
    filled: dict[int, tuple[array[int], array[int]]] = field(default_factory=dict)
    spilled: list[Area] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: array[int] = field(default_factory=lambda: array("q"))
    hidden_columns: list[Area] = field(default_factory=list)
    expected: int = 0

    def number(self, cell: Cell) -> int:
        return self.known.setdefault(cell, len(self.known))


def read_grid(
    package: Package,
    part: Part,
    budget: Budget,
    told: Callable[[int, int], None] = lambda _done, _of: None,
    most: int = LAST_ROW,
) -> Grid:
    """The cells of one sheet, of its first ``most`` filled rows.

    Raises
    ------
    DataError
        The sheet is damaged, or the workbook has more cells than are read.

    """
    found = _Found()
    reader = _Rows(package, part, found)
    tags = ("row", "mergeCell", "col", "dimension")
    stream = package.archive.chunks(part.path)
    for element in records(package.file, stream, tags, part.path, _NO_LIMIT):
        if local(element) == "row":
            budget.take(reader.read(element))
            if len(found.rows) >= most:
                break
            if len(found.rows) % _STEP == 1:
                told(reader.row, max(found.expected, reader.row))
        else:
            _aside(element, found, package.file, part)
    return _grid(package, part, found)


class _Rows:
    """Reads the rows of a sheet, one after the other, into what was found."""

    def __init__(self, package: Package, part: Part, found: _Found) -> None:
        self._package, self._part, self._found = package, part, found
        self._codes: dict[tuple[str, str | None, str | None], int] = {}
        self._columns: dict[str, int] = {}
        self.row = 0

    def read(self, row: Any) -> int:
        """The number of filled cells in the row, which are noted."""
        self.row = self._row_number(row.get("r"))
        if row.get("hidden", "0") in ("1", "true", "on"):
            self._found.hidden_rows.append(self.row)
        position, column, count = len(self._found.rows), 0, 0
        codes, filled = self._codes, self._found.filled
        number = str(self.row)
        for cell in row:
            column = self._place(cell.get("r"), number, column)
            if not len(cell):
                continue
            first = cell[0]
            kind = cell.get("t", "n")
            if len(cell) == 1 and first.tag.endswith("}v"):
                key = (kind, None if kind == "s" else cell.get("s"), first.text)
                code = codes.get(key)
                if code is None:
                    code = codes[key] = self._found.number(self._value(*key))
            else:
                code = self._found.number(self._other(cell, kind))
            if code:
                count += 1
                if column not in filled:
                    filled[column] = (array("i"), array("i"))
                positions, numbers = filled[column]
                positions.append(position)
                numbers.append(code)
        if count:
            self._found.rows.append(self.row)
        return count

    def _place(self, reference: str | None, row: str, before: int) -> int:
        """The column of a cell, which must come after the one before it."""
        if reference is None:
            if before >= LAST_COLUMN:
                raise self._damaged(f"more than {LAST_COLUMN:,} cells in row {row}")
            return before + 1
        letters = reference.removesuffix(row)
        column = self._columns.get(letters) or self._column(letters)
        if column <= before or len(letters) + len(row) != len(reference):
            raise self._damaged(f"a cell {reference[:20]} in row {row} out of its place")
        return column

    def _row_number(self, text: str | None) -> int:
        if text is None:
            number = self.row + 1
        else:
            number = int(text) if re.fullmatch("[1-9][0-9]{0,6}", text) else 0
        if not self.row < number <= LAST_ROW:
            raise self._damaged(f"a row out of its place after row {self.row}")
        return number

    def _column(self, letters: str) -> int:
        number = column_number(letters)
        if not 1 <= number <= LAST_COLUMN:
            raise self._damaged(f"a cell in row {self.row} without a column")
        self._columns[letters] = number
        return number

    def _value(self, kind: str, style: str | None, value: str | None) -> Cell:
        """A cell whose value is all there is to it."""
        text = value or ""
        if kind == "s":
            if not re.fullmatch(r"\s*[0-9]{1,9}\s*", text):
                raise self._damaged(f"a text that is not there, in row {self.row}")
            return _text(self._package.strings[int(text)])
        if not text.strip():
            return BLANK
        if kind == "n":
            return self._number(text, style)
        return _READ[kind](text) if kind in _READ else _text(plain(text))

    def _number(self, text: str, style: str | None) -> Cell:
        styles = self._package.styles
        number = int(style) if style and re.fullmatch("[0-9]{1,9}", style) else 0
        if style and number >= max(1, len(styles)):
            raise self._damaged(f"a number format that is not there, in row {self.row}")
        shown = styles[number] if styles else _GENERAL
        return number_cell(text, shown, from_1904=self._package.from_1904)

    def _other(self, cell: Any, kind: str) -> Cell:
        """A cell with a formula, or with a text of its own."""
        parts = {local(child): child for child in cell}
        if "f" in parts:
            formula = parts["f"]
            if formula.get("t") in ("array", "dataTable") and formula.get("ref"):
                self._found.spilled.append(self._area(formula.get("ref")))
            return Cell(f"={formula.text or ''}", "formula")
        if kind == "inlineStr" and "is" in parts:
            return _text(text_of(parts["is"]))
        if "v" in parts:
            return self._value(kind, cell.get("s"), parts["v"].text)
        return BLANK

    def _area(self, reference: str) -> Area:
        return _area(reference, self._package.file, self._part)

    def _damaged(self, found: str) -> Exception:
        return damaged(self._package.file, found, f"sheet {self._part.name}")


def _text(text: str) -> Cell:
    return Cell(text, "text") if text and not text.isspace() else BLANK


def _truth(text: str) -> Cell:
    truths = {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}
    return Cell(truths.get(text.strip(), text), "truth")


def _error(text: str) -> Cell:
    return Cell(text[:20], "error")


_READ = {"b": _truth, "d": iso_cell, "e": _error}
"""Cells that are neither numbers nor text, by the type that the file states."""


def _area(reference: str, file: str, part: Part) -> Area:
    matched = _REFERENCE.fullmatch(reference)
    if not matched:
        raise damaged(file, f"a range {reference[:20]}", f"sheet {part.name}")
    left, top, right, bottom = matched.groups()
    columns = sorted((column_number(left), column_number(right or left)))
    rows = sorted((int(top), int(bottom or top)))
    return Area(rows[0], columns[0], rows[1], columns[1])


def _aside(element: Any, found: _Found, file: str, part: Part) -> None:
    """What stands beside the rows: merged ranges, hidden columns, the size that is stated."""
    name = local(element)
    if name == "mergeCell":
        if len(found.merged) >= _MERGED:
            raise too_large(file, f"more than {_MERGED:,} merged ranges", f"sheet {part.name}")
        found.merged.append(_area(element.get("ref", ""), file, part))
    elif name == "dimension":
        matched = _REFERENCE.fullmatch(element.get("ref", ""))
        found.expected = int(matched.group(4) or 0) if matched else 0
    elif element.get("hidden", "0") in ("1", "true", "on"):
        ends = [element.get("min", ""), element.get("max", "")]
        if all(re.fullmatch("[1-9][0-9]{0,4}", end) for end in ends):
            found.hidden_columns.append(Area(1, int(ends[0]), LAST_ROW, int(ends[1])))


def _grid(package: Package, part: Part, found: _Found) -> Grid:
    rows = np.array(found.rows, dtype=np.int64)
    filled = {
        column: (np.array(positions, dtype=np.int32), np.array(codes, dtype=np.int32))
        for column, (positions, codes) in found.filled.items()
    }
    spilled = [area for area in found.spilled if area.top < area.bottom or area.left < area.right]
    if len(spilled) > _SPILLED:
        raise too_large(package.file, f"more than {_SPILLED:,} array formulas", part.name)
    result = found.number(Cell("=", "formula")) if spilled else 0
    for area in spilled:
        _spill(area, rows, filled, result)
    return Grid(
        part.name,
        rows,
        tuple(found.known),
        filled,
        tuple(found.merged),
        np.array(found.hidden_rows, dtype=np.int64),
        tuple(found.hidden_columns),
        package.from_1904,
    )


def _spill(area: Area, rows: Numbers, filled: Mapping[int, tuple[Codes, Codes]], code: int) -> None:
    """The cells into which one array formula writes its results are formulas as well."""
    first, last = np.searchsorted(rows, [area.top, area.bottom + 1])
    for column, (positions, codes) in filled.items():
        if area.left <= column <= area.right:
            codes[(positions >= first) & (positions < last)] = code
