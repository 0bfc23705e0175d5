"""Which data differ between two results, by file and row; not those that only moved in a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from mapping.pipeline.table_changes import REMOVED, RowChange, changes, told_cell

_OF_DATUM = ("department_id", "instrument", "unit", "kind", "key", "side", "quadrant")
"""What tells which datum it is. Not the rater: a new coder gives all those after another name."""

_SAID = ("value", "category", "weight", "role", "date")


@dataclass(frozen=True)
class EvidenceChange:
    """A datum that differs: its department, the raw file and row, what it is of, and how.

    The row is that of the later file, of a datum that was removed that of the earlier one.
    """

    department: str
    file: str
    row: int
    instrument: str
    kind: str
    key: str
    how: str
    cells: tuple[tuple[str, object, object], ...] = ()

    @property
    def place(self) -> str:
        """``interviews.csv row 12``, of a removed one with the word before."""
        before = " before" if self.how == REMOVED else ""
        return f"{self.file} row {self.row}{before}"

    @property
    def told(self) -> str:
        """``interviews.csv row 12: indicator mandate: value 1, now 2``."""
        what = "; ".join(told_cell(*cell) for cell in self.cells) or self.how
        return f"{self.place}: {self.kind} {self.key}: {what}"


def evidence_changes(before: pd.DataFrame, now: pd.DataFrame) -> tuple[EvidenceChange, ...]:
    """Every datum of either evidence that differs, by department and place."""
    then, made = _numbered(before), _numbered(now)
    keys = [*_OF_DATUM, "number"]
    found = changes("evidence", then[[*keys, *_SAID]], made[[*keys, *_SAID]], keys)
    old, new = (dict(_places(frame, keys)) for frame in (then, made))
    told = [_told(row, (old if row.how == REMOVED else new)[row.key]) for row in found.rows]
    return tuple(sorted(told, key=lambda one: (one.department, one.file, one.row, one.key)))


def _numbered(evidence: pd.DataFrame) -> pd.DataFrame:
    """Data that nothing else tells apart (several coders' of a segment) are numbered by rater."""
    ordered = evidence.sort_values(["rater", "evidence_id"], kind="stable")
    number = ordered.groupby(list(_OF_DATUM), dropna=False).cumcount()
    return ordered.assign(number=number)


def _places(
    evidence: pd.DataFrame, keys: list[str]
) -> Iterator[tuple[tuple[object, ...], tuple[str, int]]]:
    rows = evidence[keys].astype("object").itertuples(index=False, name=None)
    for key, file, row in zip(rows, evidence["file"], evidence["row"], strict=True):
        yield tuple("blank" if pd.isna(part) else part for part in key), (str(file), int(row))


def _told(row: RowChange, place: tuple[str, int]) -> EvidenceChange:
    named = dict(zip(_OF_DATUM, map(str, row.key), strict=False))
    return EvidenceChange(
        named["department_id"],
        *place,
        named["instrument"],
        named["kind"],
        named["key"],
        row.how,
        row.cells,
    )
