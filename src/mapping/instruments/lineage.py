"""``lineage.csv``: departments that were merged, split or renamed, in this year or before."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from mapping.errors import Problem
from mapping.instruments.delimited import Sheet
from mapping.instruments.fields import Field, Parsed, one_of, parse, pattern, repeated, whole
from mapping.instruments.register import DEPARTMENT_ID

NAME = "lineage.csv"
COLUMNS = ("from_id", "to_id", "kind", "year")
KINDS = ("merged", "split", "renamed")


def read_lineage(sheet: Sheet, year: int, known: Collection[str] | None) -> Parsed:
    """One row per department before and after a change: from_id, to_id, kind, year, file, row.

    ``year`` (Int64) is the first year in which to_id is there instead; it is at most the year
    of the folder. ``known`` are the departments of the year's frame, None while they are in
    doubt. What one file cannot tell, whether from_id was ever there, is told when two years are
    compared (see :mod:`mapping.comparison`).
    """
    parsed = parse(sheet, _fields(year))
    rows = parsed.frame.dropna()
    once = "each from_id and to_id once a year; these are also in row"
    problems = [
        *repeated(rows, ["year", "from_id", "to_id"], once, "them"),
        *_wrong_kinds(rows),
        *_cycles(rows),
        *_out_of_order(rows),
        *(_unknown(rows, year, known) if known is not None else ()),
    ]
    return Parsed(rows.reset_index(drop=True), (*parsed.problems, *problems))


def _fields(year: int) -> dict[str, Field]:
    ident = Field(
        pattern(DEPARTMENT_ID),
        "2 to 8 capital letters, a hyphen and 1 to 4 digits",
        "Write the department's code, such as ABC-1.",
    )
    kind = Field(
        one_of({kind: kind for kind in KINDS}),
        f"one of {', '.join(KINDS)}",
        "Write one of these words.",
        choices=KINDS,
    )

    def until(text: str) -> int:
        if whole(text) > year:
            raise ValueError
        return int(text)

    before = Field(
        until,
        f"a year, {year} at the latest",
        "Write the first year in which to_id is there; a later change goes into that year's file.",
        "Int64",
    )
    return {"from_id": ident, "to_id": ident, "kind": kind, "year": before}


def _problem(row: pd.Series, column: str, expected: str, remedy: str) -> Problem:
    return Problem(NAME, int(row["row"]), column, str(row[column]), expected, remedy)


def _wrong_kinds(rows: pd.DataFrame) -> Iterable[Problem]:
    """One department that becomes several is split, several that become one are merged."""
    distinct = rows.drop_duplicates(["year", "from_id", "to_id"])
    targets = distinct.groupby(["year", "from_id"])["to_id"].transform("size")
    sources = distinct.groupby(["year", "to_id"])["from_id"].transform("size")
    for _, row in distinct[(targets > 1) & (distinct["kind"] != "split")].iterrows():
        expected = f"split, as {row['from_id']} becomes several departments in {row['year']}"
        yield _problem(row, "kind", expected, "Write split, or correct the ids.")
    for _, row in distinct[(sources > 1) & (distinct["kind"] == "renamed")].iterrows():
        expected = f"merged, as several departments become {row['to_id']} in {row['year']}"
        yield _problem(row, "kind", expected, "Write merged, or correct the ids.")


def _cycles(rows: pd.DataFrame) -> Iterable[Problem]:
    """Rows by which a department would become what it came from."""
    edges = set(zip(rows["from_id"], rows["to_id"], strict=True))
    for _, row in rows.iterrows():
        if row["from_id"] in _reached(row["to_id"], edges):
            expected = "no way back to the department that it came from"
            remedy = "Remove or correct one of the rows that go round in a circle."
            yield _problem(row, "to_id", expected, remedy)


def _reached(start: str, edges: Collection[tuple[str, str]]) -> set[str]:
    """The ids that can be reached from one, itself among them."""
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        new = {to for source, to in edges if source == here} - found
        found |= new
        waiting += sorted(new)
    return found


def _out_of_order(rows: pd.DataFrame) -> Iterable[Problem]:
    """Rows by which a department ends before the year in which another row makes it."""
    made = rows.groupby("to_id")["year"].min()
    for _, row in rows.iterrows():
        begins = made.get(row["from_id"])
        if begins is not None and row["year"] < begins:
            expected = f"{begins} or later: {row['from_id']} is there from that year on"
            yield _problem(row, "year", expected, "Correct the year of one of the rows.")


def _unknown(rows: pd.DataFrame, year: int, known: Collection[str]) -> Iterable[Problem]:
    """Departments that this year's frame must have and lacks, or has and must not."""
    own = rows[rows["year"] == year]
    ended = set(own["from_id"])
    for _, row in own.iterrows():
        if row["to_id"] not in known and row["to_id"] not in ended:
            expected = f"a department_id of departments.csv, {year} being the year of this folder"
            yield _problem(row, "to_id", expected, "Correct it, or add it to departments.csv.")
        if row["kind"] != "split" and row["from_id"] in known:
            expected = f"a department that is not in departments.csv: it was {row['kind']}"
            remedy = "Remove it from departments.csv, or correct this row."
            yield _problem(row, "from_id", expected, remedy)
