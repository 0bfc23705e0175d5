"""Rows of the audit's tables, and the numbers in them with what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mapping.facts.counting import Count
from mapping.references import Selected, cell, computed

Row = Mapping[Any, Any]


def rows_of(selected: Selected) -> list[Row]:
    """The rows one by one, their columns by name."""
    return [dict(row) for row in selected.frame.to_dict("records")]


def first_row(selected: Selected) -> Row | None:
    """The first of the rows; None if there is none."""
    return next(iter(rows_of(selected)), None)


def count_of(table: str, row: Row, n: str, of: str) -> Count:
    """A count with its base, from two columns of a row."""
    return Count(_whole(table, row, n), _whole(table, row, of))


def _whole(table: str, row: Row, column: str) -> int:
    """A column that always has a whole number, traced."""
    return cast(int, cell(table, row, column))


def counted(selected: Selected, among: Selected) -> Count:
    """How many rows of how many."""
    return Count(selected.count(), among.count())


def points(row: Row, table: str, high: str, low: str) -> float:
    """How many percentage points one share of a row is above another."""
    ends = [cell(table, row, name) or 0.0 for name in (high, low)]
    return computed("percent", computed("difference", *ends))
