"""Cells of tables, and what they rest on outside any table: raw rows and rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapping.trace.stages import Rows, Stage, Stages, values_of


@dataclass(frozen=True)
class Cells:
    """Cells of a table of a stage: the rows at these places, in these columns."""

    stage: Stage
    table: str
    columns: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True)
class RawRows:
    """Rows of a raw file of a year, as a spreadsheet numbers them."""

    year: int
    file: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Rules:
    """What a protocol says, by the paths of its keys; a study's settings as ``study.toml:…``."""

    stage: Stage
    keys: tuple[str, ...]


Source = Cells | RawRows | Rules
"""What a cell is computed from."""


@dataclass(frozen=True)
class At:
    """Where a rule is asked: rows of a table of a stage, and the column that is traced."""

    stages: Stages
    stage: Stage
    table: str
    column: str
    places: Rows

    @property
    def rows(self) -> pd.DataFrame:
        """The rows themselves, numbered by their places."""
        frame = self.stage.frame(self.table)
        return frame.iloc[self.places].set_axis(self.places)

    def of(self, name: str) -> At:
        """The same question at another stage, for rules that look from there."""
        return At(self.stages, self.stages[name], self.table, self.column, self.places)

    def own(self, *columns: str) -> Cells:
        """Other columns of the same rows."""
        return Cells(self.stage, self.table, columns, self.places)

    def cells(
        self, table: str, columns: str | Sequence[str], where: pd.DataFrame, **fixed: Any
    ) -> Cells:
        """The rows of a table that have the keys of any row of ``where``, and the fixed values."""
        names = (columns,) if isinstance(columns, str) else tuple(columns)
        wanted = {(*values, *fixed.values()) for values in values_of(where)}
        keys = (*map(str, where.columns), *fixed)
        return Cells(self.stage, table, names, self.stage.find(table, keys, wanted))

    def every(self, table: str, columns: str | Sequence[str], **fixed: Any) -> Cells:
        """All rows of a table, or those with the fixed values."""
        names = (columns,) if isinstance(columns, str) else tuple(columns)
        if fixed:
            found = self.stage.find(table, tuple(fixed), [tuple(fixed.values())])
            return Cells(self.stage, table, names, found)
        return Cells(self.stage, table, names, np.arange(len(self.stage.frame(table))))

    def rules(self, *keys: str) -> Rules:
        """Keys of the stage's protocol."""
        return Rules(self.stage, keys)

    def raw(self, frame: pd.DataFrame) -> list[RawRows]:
        """The raw rows that a frame tells of in its columns file and row."""
        return [
            RawRows(self.stage.year, str(file), tuple(int(row) for row in sorted(set(rows))))
            for file, rows in frame.groupby("file")["row"]
        ]


def chosen(cells: Cells, keep: pd.Series) -> Cells:
    """Those of the cells whose row is true in ``keep``, which has a value for every row."""
    mask = keep.to_numpy(dtype=bool, na_value=False)
    return Cells(cells.stage, cells.table, cells.columns, cells.rows[mask[cells.rows]])
