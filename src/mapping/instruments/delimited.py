"""Delimited text as Excel, R or LimeSurvey write it: from the bytes of one file to its records.

Rows are numbered as a spreadsheet shows them: the header is row 1, a record with line breaks
inside quotes is one row, and blank records are passed over but counted.
"""

from __future__ import annotations

import codecs
import csv
import io
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from mapping.errors import Problem
from mapping.instruments.recognised import Progress, silent
from mapping.instruments.sheet import Sheet, Texts, clean, composed, numbered

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS_UTF8 = (
    "Open the file in Excel and choose 'Spara som: CSV UTF-8' (Save as: CSV UTF-8), "
    "or save it as UTF-8 in your editor."
)

PIECE = 1 << 20
"""Bytes that are checked to be UTF-8 at a time."""

CHUNK = 20_000
"""Records that are put into columns at a time."""

MOST_COLUMNS = 16_384
"""Columns that a table may have: those of a spreadsheet."""

MOST_SEPARATORS = 1_000_000
"""Separators that a line may have, in long cells too: a record of more takes too much memory."""

_LIMIT = threading.RLock()
"""Held while csv's limit for all of Python is another."""


def nothing(_heading: str) -> bool:
    """No column is passed over."""
    return False


def read_sheet(
    name: str,
    data: bytes,
    columns: Sequence[str],
    passed_over: Callable[[str], bool] = nothing,
    progress: Progress = silent,
) -> Sheet:
    """The records of the file ``name`` with the content ``data``; never raises on bad content.

    ``columns`` are headings that the file should have; they tell the separator. Columns whose
    heading is ``passed_over`` are blank in every record: what stands there is not kept.
    """
    if problems := _unreadable(name, data):
        return Sheet(name, problems=problems)
    with _cells_of_any_length(data):
        separator = _separator(data, columns)
        if (width := len(_header(data, separator))) > MOST_COLUMNS:
            return Sheet(name, problems=(_too_wide(name, 1, f"{width} columns"),))
        table = _Table(name, separator, passed_over)
        for records in _chunks(data, separator, table, progress):
            table.add(records)
    if not table.header:
        blank = Problem(
            name,
            expected="a header row with the names of the columns",
            remedy=f"Write the header in row 1: {', '.join(columns)}.",
        )
        return Sheet(name, problems=tuple(table.problems) or (blank,))
    if separator == "," and "\t" in "".join(table.header) and not set(columns) & {*table.header}:
        return Sheet(name, problems=(_tabs(name),))
    return table.sheet()


def decode(name: str, data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The text of UTF-8 ``data`` (a byte-order mark is taken off), or why it cannot be read.

    Letters written as base and accent, as macOS may write å, ä and ö, are made one letter.
    """
    if problems := _unreadable(name, data):
        return "", problems
    return composed(data.decode("utf-8-sig")), ()


def _unreadable(name: str, data: bytes) -> tuple[Problem, ...]:
    """Why ``data`` is no text in UTF-8, if it is none. Piece by piece: a file may be large."""
    if data[:2] in UTF16_MARKS or b"\0" in data[:2]:
        return (Problem(name, None, "", "UTF-16", "text in UTF-8", SAVE_AS_UTF8),)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), PIECE):
            decoder.decode(data[start : start + PIECE], final=start + PIECE >= len(data))
    except UnicodeDecodeError as error:
        wrong = start - (len(error.object) - len(data[start : start + PIECE])) + error.start
        found = "a letter in another encoding, such as Windows-1252"
        row = _row_at(data[:wrong])
        return (Problem(name, row, "", found, "text in UTF-8", SAVE_AS_UTF8),)
    if (nul := data.find(b"\0")) >= 0:
        remedy = "Take the sign out, or export the file anew: it may be damaged."
        return (Problem(name, _row_at(data[:nul]), "", "a NUL sign", "text without NUL", remedy),)
    return ()


def _row_at(data: bytes) -> int | None:
    """The row in which ``data``, the beginning of a file, ends; None if rows cannot be counted."""
    with _cells_of_any_length(data), suppress(_TooWideError):
        return sum(1 for _ in _reader(data + b"x", ",", strict=False))
    return None


def _lines(data: bytes) -> io.TextIOWrapper:
    """The lines as they end; decoded as they are read, for a text takes up to four times more."""
    return io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", "replace", newline="")


@contextmanager
def _cells_of_any_length(data: bytes) -> Iterator[None]:
    """Lets csv read a cell as long as the file, which its limit for all of Python does not."""
    with _LIMIT:
        before = csv.field_size_limit()
        csv.field_size_limit(max(before, len(data)))
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _separator(data: bytes, columns: Sequence[str]) -> str:
    """The separator that finds most of ``columns`` in the header, and then most cells."""

    def found(separator: str) -> tuple[int, int]:
        header = _header(data, separator)
        if not header:  # none, or a broken quote in it
            return (0, next(_lines(data), "").count(separator) + 1)
        return (len({clean(cell) for cell in header} & set(columns)), len(header))

    return max((",", ";"), key=found)


def _header(data: bytes, separator: str) -> list[str]:
    """The first record that is not blank; empty if there is none, or none that can be read."""
    try:
        return next(filter(_filled, _reader(data, separator)), [])
    except (csv.Error, _TooWideError):
        return []


class _TooWideError(Exception):
    """A line with more separators than a line may have."""


def _reader(data: bytes, separator: str, *, strict: bool = True) -> Iterator[list[str]]:
    """Every record, the blank ones too."""
    return csv.reader(_bounded(_lines(data), separator), delimiter=separator, strict=strict)


def _bounded(lines: Iterable[str], separator: str) -> Iterator[str]:
    """The lines as they are, up to one with too many separators."""
    for line in lines:
        if len(line) > MOST_SEPARATORS and line.count(separator) > MOST_SEPARATORS:
            raise _TooWideError
        yield line


def _filled(record: list[str]) -> bool:
    return any(cell and not cell.isspace() for cell in record)


def _chunks(
    data: bytes, separator: str, table: _Table, progress: Progress
) -> Iterator[list[list[str]]]:
    """The records, many at a time; up to a broken quote, which ``table`` is told of."""
    source = io.BytesIO(data)
    lines = io.TextIOWrapper(source, "utf-8-sig", newline="")
    records: list[list[str]] = []
    try:
        for record in csv.reader(_bounded(lines, separator), delimiter=separator, strict=True):
            records.append(record)
            if len(records) == CHUNK:
                yield records
                records = []
                progress(table.name, source.tell(), len(data))
    except csv.Error:
        yield records
        table.broken()
    except _TooWideError:
        yield records
        table.too_wide()
    else:
        yield records


class _Numbers(dict[str, int]):
    """The number of each text of a column, in the order in which they come."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def __missing__(self, cell: str) -> int:
        text = clean(composed(cell))
        if text != cell:
            number = self[text]
        else:
            number = len(self.texts)
            self.texts.append(text)
        self[cell] = number
        return number


class _Nothing(_Numbers):
    """The number of every text of a column that is not kept: that of a blank cell."""

    def __init__(self) -> None:
        super().__init__()
        self.texts.append("")

    def __missing__(self, _cell: str) -> int:
        return 0


class _Table:
    """A table as it grows, record by record, into columns of numbered texts."""

    def __init__(self, name: str, separator: str, passed_over: Callable[[str], bool]) -> None:
        self.name = name
        self.separator = separator
        self._passed_over = passed_over
        self.header: tuple[str, ...] = ()
        self.problems: list[Problem] = []
        self._read = 0
        self._known: list[_Numbers] = []
        self._codes: list[list[np.ndarray[Any, np.dtype[np.int32]]]] = []
        self._rows: list[np.ndarray[Any, np.dtype[np.int64]]] = []

    def add(self, records: Sequence[list[str]]) -> None:
        """The next records of the file; the first that is not blank is the header."""
        in_order = enumerate(records, start=self._read + 1)
        self._read += len(records)
        filled = [pair for pair in in_order if (pair[1] and pair[1][0].strip()) or _filled(pair[1])]
        if filled and not self.header:
            self.header = tuple(clean(composed(cell)) for cell in filled[0][1])
            self._known = [
                _Nothing() if self._passed_over(heading) else _Numbers() for heading in self.header
            ]
            self._codes = [[] for _ in self.header]
            filled = filled[1:]
        width = len(self.header)
        whole = [pair for pair in filled if len(pair[1]) == width]
        if len(whole) < len(filled):
            ragged = [(row, len(record)) for row, record in filled if len(record) != width]
            self.problems += [_ragged(self.name, row, cells, width) for row, cells in ragged]
        columns = zip(*(record for _, record in whole), strict=True)
        for known, codes, cells in zip(self._known, self._codes, columns, strict=False):
            codes.append(np.fromiter(map(known.__getitem__, cells), np.int32, len(whole)))
        self._rows.append(np.array([row for row, _ in whole], dtype=np.int64))

    def broken(self) -> None:
        """Nothing can be read on: a quote is not closed, or text follows on it."""
        self.problems.insert(
            0,
            Problem(
                self.name,
                self._read + 1,
                expected='quotes (") in pairs around a cell, and doubled inside it',
                remedy="Close the quote in this row. The rows after it were not checked.",
            ),
        )

    def too_wide(self) -> None:
        """Nothing is read on: the next line would take more memory than there is."""
        cells = f"more than {MOST_SEPARATORS} separators in one line"
        self.problems.insert(0, _too_wide(self.name, self._read + 1, cells))

    def sheet(self) -> Sheet:
        """What has been added."""
        return Sheet(
            self.name,
            self.header,
            tuple(map(_column, self._codes, self._known)),
            np.concatenate(self._rows),
            decimal_comma=self.separator == ";",
            problems=tuple(self.problems),
        )


def _column(codes: list[np.ndarray[Any, np.dtype[np.int32]]], known: _Numbers) -> Texts:
    numbers = np.concatenate(codes) if codes else np.array([], dtype=np.int32)
    return numbered(numbers, known.texts)


def _tabs(name: str) -> Problem:
    remedy = "Save the file as CSV UTF-8, with commas or semicolons."
    return Problem(name, 1, "", "cells separated by tabs", "comma or semicolon", remedy)


def _too_wide(name: str, row: int, found: str) -> Problem:
    expected = f"at most {MOST_COLUMNS} columns, as in a spreadsheet"
    remedy = "Export the file anew: it may be damaged. The rows after it were not checked."
    return Problem(name, row, "", found, expected, remedy)


def _ragged(name: str, row: int, cells: int, expected: int) -> Problem:
    remedy = (
        "Put cells that contain the separator or a line break in quotes, "
        "and give each row a cell for every column."
    )
    return Problem(name, row, "", f"{cells} cells", f"{expected} cells, as in the header", remedy)
