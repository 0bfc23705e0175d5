"""A table that may be delimited text or a workbook: whichever its content is."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from mapping.errors import DataError
from mapping.instruments.delimited import nothing, read_sheet
from mapping.instruments.recognised import Progress, silent
from mapping.instruments.sheet import Sheet, clean
from mapping.instruments.spreadsheet import headings as workbook_headings
from mapping.instruments.spreadsheet import is_workbook, read_table

FIRST = 1 << 16
"""Bytes of a text file in which its header is looked for."""


def read(
    name: str,
    data: bytes,
    columns: Sequence[str],
    dates: Sequence[str] = (),
    *,
    progress: Progress = silent,
    passed_over: Callable[[str], bool] = nothing,
) -> Sheet:
    """The table in the file ``name``; never raises on bad content.

    ``columns`` are headings that it should have; ``dates`` those whose cells are days, which a
    workbook keeps as numbers.
    """
    if not is_workbook(data):
        return read_sheet(name, data, columns, passed_over, progress)
    try:
        return read_table(name, data, columns, dates, passed_over=passed_over, progress=progress)
    except DataError as error:
        return Sheet(name, problems=error.problems)


def headings(data: bytes) -> frozenset[str]:
    """The headings of a table, none if ``data`` is no table. Looks at the beginning only."""
    if is_workbook(data):
        return frozenset(workbook_headings(data))
    text = data[:FIRST].decode("utf-8-sig", "replace")
    if "\0" in text:
        return frozenset()
    by_comma, by_semicolon = _cells(text, ","), _cells(text, ";")
    return frozenset(by_comma if len(by_comma) >= len(by_semicolon) else by_semicolon)


def _cells(text: str, separator: str) -> list[str]:
    """The cells of the first record that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [clean(cell) for cell in next(filter(any, reader), [])]
    except csv.Error:
        return []
