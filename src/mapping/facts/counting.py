"""Counts with their bases, and how they are ordered when they are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

Facts = dict[str, Any]


class Count(NamedTuple):
    """So many departments (or other units) of so many."""

    n: int
    of: int


def base(frame: pd.DataFrame, of: str = "of") -> int:
    """The common base of a frame's counts; 0 for a frame without rows."""
    return int(frame[of].max()) if len(frame) else 0


def told(frame: pd.DataFrame, key: str) -> dict[str, Count]:
    """The rows that anybody mentions, by key, most departments first and equal ones by key."""
    rows = frame[frame["departments"] > 0]
    rows = rows.sort_values(["departments", key], ascending=[False, True])
    values = zip(rows[key], rows["departments"], rows["of"], strict=True)
    return {name: Count(int(n), int(of)) for name, n, of in values}


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


def true_of(values: pd.Series) -> Count:
    """How many are true of those that are known."""
    known = values.dropna()
    return Count(int(known.sum()), len(known))


def counted(values: pd.Series, keys: Iterable[str]) -> dict[str, Count]:
    """How often each key that occurs does, of the known values, the commonest first."""
    known = values.dropna()
    frame = pd.DataFrame(
        [{"key": key, "departments": int((known == key).sum()), "of": len(known)} for key in keys]
    )
    return told(frame, "key")
