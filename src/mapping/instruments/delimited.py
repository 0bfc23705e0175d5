"""Delimited text as Excel, R or LimeSurvey write it: from the bytes of one file to its records.

Rows are numbered as a spreadsheet shows them: the header is row 1, a record with line breaks
inside quotes is one row, and blank records are passed over but counted.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mapping.errors import Problem

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS_UTF8 = (
    "Open the file in Excel and choose 'Spara som: CSV UTF-8' (Save as: CSV UTF-8), "
    "or save it as UTF-8 in your editor."
)


@dataclass(frozen=True)
class Sheet:
    """The text of one file: its header, and its non-blank records with their row numbers.

    ``decimal_comma`` is true for a file separated by semicolons. ``problems`` are those of the
    file's form; records that are too long or too short are among them and not in ``records``.
    """

    name: str
    header: tuple[str, ...] = ()
    records: tuple[Sequence[str], ...] = ()
    rows: tuple[int, ...] = ()
    decimal_comma: bool = False
    problems: tuple[Problem, ...] = ()


def read_sheet(name: str, data: bytes, columns: Sequence[str]) -> Sheet:
    """The records of the file ``name`` with the content ``data``; never raises on bad content.

    ``columns`` are headings that the file should have; they tell the separator.
    """
    text, problems = decode(name, data)
    if problems:
        return Sheet(name, problems=problems)
    separator = _separator(text, columns)
    records, problems = _records(name, text, separator)
    if not records:
        blank = Problem(
            name,
            expected="a header row with the names of the columns",
            remedy=f"Write the header in row 1: {', '.join(columns)}.",
        )
        return Sheet(name, problems=problems or (blank,))
    header = tuple(clean(cell) for cell in records[0][1])
    if separator == "," and "\t" in "".join(header) and not set(columns) & set(header):
        return Sheet(name, problems=(_tabs(name),))
    whole = [(row, record) for row, record in records[1:] if len(record) == len(header)]
    ragged = [
        _ragged(name, row, len(record), len(header))
        for row, record in records[1:]
        if len(record) != len(header)
    ]
    return Sheet(
        name,
        header,
        tuple(record for _, record in whole),
        tuple(row for row, _ in whole),
        decimal_comma=separator == ";",
        problems=(*problems, *ragged),
    )


def decode(name: str, data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The text of UTF-8 ``data`` (a byte-order mark is taken off), or why it cannot be read.

    Letters written as base and accent, as macOS may write å, ä and ö, are made one letter.
    """
    if data[:2] in UTF16_MARKS or b"\0" in data[:2]:
        found = "UTF-16"
        return "", (Problem(name, None, "", found, "text in UTF-8", SAVE_AS_UTF8),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = _row_at(data[: error.start].decode("utf-8-sig", "replace"))
        found = "a letter in another encoding, such as Windows-1252"
        return "", (Problem(name, row, "", found, "text in UTF-8", SAVE_AS_UTF8),)
    if "\0" in text:
        row = _row_at(text[: text.index("\0")])
        remedy = "Take the sign out, or export the file anew: it may be damaged."
        return "", (Problem(name, row, "", "a NUL sign", "text without NUL", remedy),)
    return unicodedata.normalize("NFC", text), ()


def clean(cell: str) -> str:
    """The cell without space around it, and without the ' that masks a formula sign."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _row_at(text: str) -> int:
    """The row in which ``text``, the beginning of a file, ends."""
    reader = csv.reader(io.StringIO(text + "x", newline=""))
    return sum(1 for _ in reader)


def _separator(text: str, columns: Sequence[str]) -> str:
    """The separator that finds most of ``columns`` in the header, and then most cells."""

    def found(separator: str) -> tuple[int, int]:
        try:
            header = next((r for _, r in _numbered(text, separator) if _filled(r)), [])
        except csv.Error:  # a broken quote in the header itself
            return (0, text.partition("\n")[0].count(separator) + 1)
        return (len({clean(cell) for cell in header} & set(columns)), len(header))

    return max((",", ";"), key=found)


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Every record and its row number, the blank ones too."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    return enumerate(reader, start=1)


def _filled(record: list[str]) -> bool:
    return any(cell and not cell.isspace() for cell in record)


def _records(
    name: str, text: str, separator: str
) -> tuple[list[tuple[int, list[str]]], tuple[Problem, ...]]:
    """The records up to the first broken quote, and the problem of that quote if there is one."""
    records: list[tuple[int, list[str]]] = []
    try:
        for numbered in _numbered(text, separator):
            records.append(numbered)  # noqa: PERF402 - those before a broken quote are kept
    except csv.Error:
        problem = Problem(
            name,
            len(records) + 1,
            expected='quotes (") in pairs around a cell, and doubled inside it',
            remedy="Close the quote in this row. The rows after it were not checked.",
        )
        return [pair for pair in records if _filled(pair[1])], (problem,)
    return [pair for pair in records if _filled(pair[1])], ()


def _tabs(name: str) -> Problem:
    remedy = "Save the file as CSV UTF-8, with commas or semicolons."
    return Problem(name, 1, "", "cells separated by tabs", "comma or semicolon", remedy)


def _ragged(name: str, row: int, cells: int, expected: int) -> Problem:
    remedy = (
        "Put cells that contain the separator or a line break in quotes, "
        "and give each row a cell for every column."
    )
    return Problem(name, row, "", f"{cells} cells", f"{expected} cells, as in the header", remedy)
