"""Cells of text to typed values: one problem for each cell that cannot be read.

A :class:`Field` says how one column is read and what to tell the user when it cannot be. Each
distinct text of a column is read once, so that a large file costs little.
"""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from mapping.errors import Problem
from mapping.instruments.sheet import Sheet

SHOWN = 40
"""Longer values are shown by their length only: confidential text may have strayed there."""

SUGGESTIONS = 50
"""Distinct wrong values of a column for which the nearest known one is looked up."""

_WHOLE = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,20})?([eE]-?[0-9]{1,2})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = re.compile(rf"[ T]{_CLOCK}(:[0-5][0-9](\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?")

Reader = Callable[[str], Any]
"""Gives the value of a cell's text, None for missing; ValueError for text that is not allowed."""


@dataclass(frozen=True)
class Field:
    """How a column is read. ``choices`` are the known values, for the nearest one in a remedy."""

    read: Reader
    expected: str
    remedy: str
    dtype: str = "string"
    choices: tuple[str, ...] = ()
    confidential: bool = False


@dataclass(frozen=True)
class Parsed:
    """A typed frame, one row per record, and the problems of its cells.

    The columns ``file`` and ``row`` say where each row stands. A cell with a problem is missing.
    """

    frame: pd.DataFrame
    problems: tuple[Problem, ...]


def parse(sheet: Sheet, fields: Mapping[str, Field]) -> Parsed:
    """Typed columns of ``sheet``; a column that the sheet lacks is missing in every row."""
    columns, problems = {}, []
    for name, field in fields.items():
        columns[name], found = _column(sheet, name, field)
        problems += found
    place = {
        "file": pd.Series(sheet.places.astype(object), dtype="string"),
        "row": pd.Series(sheet.rows, dtype="Int64"),
    }
    return Parsed(pd.DataFrame(columns | place), tuple(problems))


def header_problems(sheet: Sheet, columns: Sequence[str]) -> list[Problem]:
    """Missing columns and columns that come twice; none if the file could not be read.

    A missing column is asked for by the name that the file would give it.
    """
    if not sheet.header:
        return []
    unknown = [name for name in sheet.header if name and name not in columns]
    missing = [
        Problem(
            sheet.name,
            1,
            column,
            expected=f"a column {sheet.headings.get(column, column)}",
            remedy=_missing_remedy(sheet.headings.get(column, column), unknown),
        )
        for column in columns
        if column not in sheet.header
    ]
    # Without its header row a file's first record stands as the header, and is never printed.
    shown = columns if missing else sheet.header
    times = Counter(sheet.header)
    twice = [
        Problem(
            sheet.name,
            1,
            column,
            expected="each column name once",
            remedy="Rename or remove one of the columns.",
        )
        for column in dict.fromkeys(sheet.header)
        if column and column in shown and times[column] > 1
    ]
    return missing + twice


def extra_columns(sheet: Sheet, columns: Iterable[str]) -> tuple[str, ...]:
    """Names of the columns that are left out; one without a name goes by its number."""
    known = set(columns)
    named = [
        (name or f"column {number}", name, number - 1)
        for number, name in enumerate(sheet.header, start=1)
        if name not in known
    ]
    return tuple(
        shown for shown, name, position in named if name or any(sheet.columns[position].categories)
    )


def nearest(text: str, choices: Sequence[str]) -> str:
    """A sentence with the known value nearest to ``text``, or nothing."""
    folded = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(text.casefold(), folded, n=1) if len(text) <= SHOWN else []
    return f"Did you mean '{folded[close[0]]}'? " if close else ""


def shown(text: str, *, confidential: bool = False, most: int = SHOWN) -> str:
    """A cell's text as a problem shows it: on one line, or only its length if it is too long."""
    if confidential or len(text) > most:
        return f"{len(text)} characters"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def required(text: str) -> str:
    """Reader of text that may not be blank."""
    if not text:
        raise ValueError
    return text


def free(text: str) -> str | None:
    """Reader of text that may be blank."""
    return text or None


def pattern(expression: str) -> Reader:
    """Reader of text of the form ``expression``."""
    compiled = re.compile(expression)

    def read(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError
        return text

    return read


def one_of(values: Mapping[str, Any]) -> Reader:
    """Reader of the texts that ``values`` has, as what they stand for."""

    def read(text: str) -> Any:
        if text not in values:
            raise ValueError
        return values[text]

    return read


def optional(read: Reader) -> Reader:
    """Reader of what ``read`` reads, or blank for missing."""
    return lambda text: read(text) if text else None


def whole(text: str) -> int:
    """Reader of a whole number of at most nine digits."""
    if not _WHOLE.fullmatch(text):
        raise ValueError
    return int(text)


def number(highest: float = math.inf, *, decimal_comma: bool = False) -> Reader:
    """Reader of a number from 0 to ``highest``, with a decimal point (or comma, if so said)."""

    def read(text: str) -> float:
        plain = text.replace(",", ".") if decimal_comma else text
        if not _NUMBER.fullmatch(plain) or float(plain) > highest:
            raise ValueError
        return float(plain)

    return read


def day(first: date, last: date, *, time: bool = False) -> Reader:
    """Reader of an ISO date from ``first`` to ``last``; with ``time`` also of a date and time."""

    def read(text: str) -> np.datetime64:
        rest = text[10:]
        if not _DAY.fullmatch(text[:10]) or (rest and not (time and _TIME.fullmatch(rest))):
            raise ValueError
        found = date.fromisoformat(text[:10])
        if not first <= found <= last:
            raise ValueError
        return np.datetime64(found, "s")

    return read


def department(known: Collection[str] | None) -> Field:
    """The column of a department: one of ``known``, or any text while the frame is not known."""
    choices = tuple(known or ())
    return Field(
        required if known is None else one_of({ident: ident for ident in choices}),
        "a department_id of departments.csv",
        "Correct it, or add the department to departments.csv.",
        choices=choices,
    )


def fieldwork_day(first: date, last: date, *, known: bool = True) -> Field:
    """The column of a date within the fieldwork, first and last day included.

    It may only be blank if it is not ``known``, because the file's format cannot hold it.
    """
    read = day(first, last)
    return Field(
        read if known else optional(read),
        f"a date (YYYY-MM-DD) from {first} to {last}" + ("" if known else ", or blank"),
        "Correct the date, or the fieldwork in study.toml.",
        "datetime64[s]",
    )


def role() -> Field:
    """The column of a respondent's role; confidential, may be blank."""
    return Field(free, "text or blank", "", confidential=True)


def repeated(frame: pd.DataFrame, keys: Sequence[str], once: str, mend: str) -> list[Problem]:
    """The rows whose ``keys`` together stood in an earlier row; told of the last of the keys.

    ``once`` says what may stand once and ends where the earlier row's number follows; ``mend``
    says what to correct.
    """
    known = frame.dropna(subset=list(keys))
    first = known.groupby(list(keys))["row"].transform("min")
    again = known[known["row"] != first]
    columns = (again["file"], again["row"], again[keys[-1]], first[again.index])
    remedy = f"Remove one of the rows, or correct {mend}."
    return [
        Problem(file, row, keys[-1], shown(value), f"{once} {before}", remedy)
        for file, row, value, before in zip(*columns, strict=True)
    ]


def repeated_ids(frame: pd.DataFrame, column: str, unit: str) -> list[Problem]:
    """The rows whose id in ``column`` stood in an earlier row; a ``unit`` is what has the id."""
    return repeated(frame, [column], f"each {unit} once; this one is also in row", "the id")


def _column(sheet: Sheet, name: str, field: Field) -> tuple[pd.Series, list[Problem]]:
    if name not in sheet.header:
        return pd.Series([None] * len(sheet.rows), dtype=field.dtype), []
    column = sheet.column(name)
    texts, codes = column.categories, column.codes
    values, wrong = _values(field, texts.tolist())
    series = pd.Series(values, dtype=field.dtype).take(codes).reset_index(drop=True)
    places = sheet.places
    problems = [
        Problem(
            str(places[place]),
            int(sheet.rows[place]),
            name,
            shown(texts[codes[place]], confidential=field.confidential),
            field.expected,
            wrong[codes[place]] + field.remedy,
        )
        for place in np.flatnonzero(np.isin(codes, list(wrong)))
    ]
    return series, problems


def _values(field: Field, texts: Sequence[str]) -> tuple[list[Any], dict[int, str]]:
    """The value of each distinct text; the suggestion for each wrong one, by its number."""
    values: list[Any] = []
    wrong: dict[int, str] = {}
    for code, text in enumerate(texts):
        try:
            values.append(field.read(text))
        except ValueError:
            values.append(None)
            choices = field.choices if len(wrong) < SUGGESTIONS else ()
            wrong[code] = nearest(text, choices)
    return values, wrong


def _missing_remedy(column: str, unknown: Sequence[str]) -> str:
    folded = {name.casefold(): name for name in unknown if len(name) <= SHOWN}
    close = difflib.get_close_matches(column.casefold(), folded, n=1, cutoff=0.75)
    if close:
        return f"Rename the column '{folded[close[0]]}' to '{column}'."
    return f"Add the column '{column}' to the header row."
