"""Counts with their bases, and how they are ordered when they are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from mapping.references import Selected, Traced, TracedInt, computed, whole

Facts = dict[str, Any]


class Count(NamedTuple):
    """So many departments (or other units) of so many."""

    n: int
    of: int


def base(rows: Selected, of: str = "of") -> int:
    """The common base of the rows' counts, traced; 0 without rows."""
    return _whole(rows.largest(of)) if len(rows.frame) else 0


def added(rows: Selected, column: str) -> TracedInt:
    """The sum of a column of counts, traced."""
    return _whole(rows.sum(column))


def _whole(number: Traced) -> TracedInt:
    return TracedInt(int(number), number.reference)


def told(frame: pd.DataFrame, key: str, table: str = "") -> dict[str, Count]:
    """The rows that anybody mentions, by key, most departments first and equal ones by key.

    The counts are traced to their cells if the rows are those of the ``table`` of that name.
    """
    rows = frame[frame["departments"] > 0]
    rows = rows.sort_values(["departments", key], ascending=[False, True])
    return {str(row[key]): count_in(row, table) for row in rows.to_dict("records")}


def count_in(
    row: Mapping[Any, Any], table: str = "", n: str = "departments", of: str = "of"
) -> Count:
    """The count in two cells of a row, traced to them if it is one of the ``table``."""
    if table:
        return Count(whole(table, row, n), whole(table, row, of))
    return Count(_plain(row[n]), _plain(row[of]))


def _plain(number: Any) -> int:
    """The number with what it rests on, if it carries that."""
    return number if isinstance(number, int) else int(number)


def total(numbers: Sequence[int]) -> int:
    """The sum of traced numbers, of which there is at least one, traced too."""
    if len(numbers) == 1:
        return numbers[0]
    return _whole(computed("sum", *numbers))


def first(counts: Mapping[str, Count]) -> list[str]:
    """The keys with the largest count, several if they are equal; none of nothing."""
    largest = max((count.n for count in counts.values()), default=0)
    return [key for key, count in counts.items() if count.n == largest]


def rest(counts: Mapping[str, Count]) -> dict[str, Count]:
    """The counts below the largest, in their order."""
    leading = first(counts)
    return {key: count for key, count in counts.items() if key not in leading}


def largest(counts: Mapping[str, Count]) -> Count:
    """The largest count; 0 of 0 of nothing."""
    return max(counts.values(), key=lambda count: count.n, default=Count(0, 0))


def counted(rows: Selected, column: str, keys: Iterable[str]) -> dict[str, Count]:
    """How often each key that occurs does, of the known values, the commonest first."""
    known = rows.known(column)
    counts = {key: Count(rows.where(**{column: key}).count(), known.count()) for key in keys}
    occurring = {key: count for key, count in counts.items() if count.n}
    return dict(sorted(occurring.items(), key=lambda item: (-item[1].n, item[0])))


def true_in(rows: Selected, column: str) -> Count:
    """In how many rows the column is true, of those where it is known."""
    return Count(rows.where(**{column: True}).count(), rows.known(column).count())
