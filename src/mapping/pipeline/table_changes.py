"""Which rows of a processed table differ between two results, and in which columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mapping.schemas import TABLES

UNSAID = frozenset({"role", "date"})
"""Columns of persons: that they differ is told, never how."""


_MOST_CELLS = 3
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class RowChange:
    """A row that differs: its key, and for each column that does the value before and now.

    A row that was added has no values before, one that was removed none now.
    """

    key: tuple[object, ...]
    cells: tuple[tuple[str, object, object], ...]
    how: str = CHANGED


@dataclass(frozen=True)
class TableChange:
    """How a table differs: its rows, and the columns that only one of the two has."""

    name: str
    rows: tuple[RowChange, ...] = ()
    columns: tuple[str, ...] = ()

    def count(self, how: str) -> int:
        """How many rows were ``added``, ``removed`` or ``changed``."""
        return sum(row.how == how for row in self.rows)

    @property
    def told(self) -> str:
        """The first row that differs, and how many there are."""
        if self.columns:
            return f"columns of one of the two alone: {', '.join(self.columns)}"
        if not self.rows:
            return "the same rows, stored otherwise"
        first = self.rows[0]
        cells = "; ".join(told_cell(*cell) for cell in first.cells[:_MOST_CELLS]) or first.how
        more = f"; {len(self.rows)} rows in all" if len(self.rows) > 1 else ""
        return f"{'/'.join(map(str, first.key))}: {cells}{more}"


def told_cell(column: str, before: object, now: object) -> str:
    """``level 2.5, now 3``; of a column of persons only its name."""
    if column in UNSAID:
        return f"{column} differs"
    then, made = shown(before), shown(now)
    if then == made:  # they differ further behind
        then, made = str(before), str(now)
    return f"{column} {then}, now {made}"


def shown(value: object) -> str:
    """A value as it is told; a number in at most four digits after the point."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def read(path: Path) -> pd.DataFrame | None:
    """A stored table as it is, not held against its contract; None if it is unreadable."""
    try:
        frame: pd.DataFrame = pq.read_table(path, partitioning=None).to_pandas()
    except (OSError, pa.ArrowException):
        return None
    return frame


def keys_of(name: str, frame: pd.DataFrame) -> list[str]:
    """The columns that tell the rows of a table apart."""
    schema = TABLES.get(name)
    known = [key for key in (schema.unique or []) if key in frame] if schema else []
    return known or list(frame.columns[:1])


def changes(
    name: str, before: pd.DataFrame, now: pd.DataFrame, keys: Sequence[str] | None = None
) -> TableChange:
    """Every row that differs, told by the table's key columns."""
    alone = sorted(set(before.columns) ^ set(now.columns))
    by = list(keys or keys_of(name, now))
    if alone or not by or not set(by) <= set(before.columns):
        return TableChange(name, columns=tuple(alone))
    return TableChange(name, tuple(_rows(_indexed(before, by), _indexed(now, by))))


def _indexed(
    frame: pd.DataFrame, keys: Sequence[str]
) -> dict[tuple[object, ...], dict[str, object]]:
    """The rows by key; of rows with one key (a damaged table) each by its number too."""
    others = [column for column in frame.columns if column not in keys]
    seen: dict[tuple[object, ...], dict[str, object]] = {}
    rows = frame[list(keys)].astype("object").itertuples(index=False, name=None)
    for key, cells in zip(rows, frame[others].astype("object").to_dict("records"), strict=True):
        known = tuple("blank" if pd.isna(part) else part for part in key)
        seen[known if known not in seen else (*known, len(seen))] = {
            str(k): v for k, v in cells.items()
        }
    return seen


def _rows(
    before: dict[tuple[object, ...], dict[str, object]],
    now: dict[tuple[object, ...], dict[str, object]],
) -> Iterator[RowChange]:
    for key in sorted(before.keys() | now.keys(), key=lambda key: tuple(map(str, key))):
        if key not in now:
            yield RowChange(key, (), REMOVED)
        elif key not in before:
            yield RowChange(key, (), ADDED)
        elif cells := tuple(
            (column, before[key][column], value)
            for column, value in now[key].items()
            if not _same(before[key][column], value)
        ):
            yield RowChange(key, cells)


def _same(before: object, now: object) -> bool:
    blank = shown(before) == "blank"
    return blank == (shown(now) == "blank") and (blank or before == now)
