"""``lineage.csv``: departments that were merged, split or renamed, in this year or before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from mapping.errors import Problem
from mapping.instruments.fields import (
    Field,
    Parsed,
    nearest,
    one_of,
    parse,
    pattern,
    repeated,
    whole,
)
from mapping.instruments.register import DEPARTMENT_ID
from mapping.instruments.sheet import Sheet

NAME = "lineage.csv"
COLUMNS = ("from_id", "to_id", "kind", "year")
KINDS = ("merged", "split", "renamed")

MOST_ROWS = 500
"""Rows that a lineage may have: each is held against all others."""

Frames = Mapping[int, Collection[str]]
"""The ids of the departments of each year's frame."""


def read_lineage(sheet: Sheet, year: int, known: Collection[str] | None) -> Parsed:
    """One row per department before and after a change: from_id, to_id, kind, year, file, row.

    ``year`` (Int64) is the first year in which to_id is there instead; it is at most the year
    of the folder. ``known`` are the departments of the year's frame, None while they are in
    doubt. Rows of earlier years may be repeated: they are held against those years when years
    are compared (see :mod:`mapping.comparison`).
    """
    if len(sheet.rows) > MOST_ROWS:
        nothing = sheet.only(np.zeros(len(sheet.rows), dtype=bool))
        return Parsed(parse(nothing, _fields(year)).frame, (_too_many(sheet),))
    parsed = parse(sheet, _fields(year))
    rows = parsed.frame.dropna().reset_index(drop=True)
    distinct = rows.drop_duplicates(["year", "from_id", "to_id"])
    once = "each from_id and to_id once a year; these are also in row"
    problems = [
        *repeated(rows, ["year", "from_id", "to_id"], once, "them"),
        *contradictions(rows),
        *(misfits(distinct[distinct["year"] == year], {year: known}) if known is not None else ()),
    ]
    return Parsed(rows, (*(_moved(problem, year) for problem in parsed.problems), *problems))


def _too_many(sheet: Sheet) -> Problem:
    remedy = "Keep one row per department before and after a change."
    return Problem(
        sheet.name, None, "", f"{len(sheet.rows)} rows", f"at most {MOST_ROWS} rows", remedy
    )


def contradictions(rows: pd.DataFrame) -> list[Problem]:
    """What is wrong with these rows of the lineage, whatever departments there are.

    A department cannot become itself, or what it came from; one that becomes several is split,
    and several that become one are merged; none changes before it is there, or after its end.
    """
    itself = rows["from_id"] == rows["to_id"]
    reach = _reach(rows[~itself])
    circle = pd.Series(
        [here in reach.get(there, ()) for here, there in _ends(rows)], rows.index, dtype=bool
    )
    distinct = rows.drop_duplicates(["year", "from_id", "to_id"])
    rest = distinct[~(itself | circle).loc[distinct.index]]
    return [
        *_themselves(rows[itself]),
        *_circles(rows[circle & ~itself]),
        *_wrong_kinds(rest),
        *_out_of_order(rest),
    ]


def misfits(rows: pd.DataFrame, frames: Frames) -> Iterator[Problem]:
    """What is wrong with rows of the lineage, held against the ids of each year's frame.

    A from_id must be in the frame of an earlier year, or have come from another change, and be
    gone from its change on, unless it was split. A to_id must be in the frame of its year or of
    a later one, or have changed again; a renamed department takes no id that there was before.
    One that is made by a merger has two parts at least, and so has one that ends by a split.
    Where no year is earlier, none is asked about; nor is, of a change before the first year,
    what has become of it since.
    """
    for _, row in rows.iterrows():
        earlier = {year: ids for year, ids in frames.items() if year < row["year"]}
        later = {year: ids for year, ids in frames.items() if year >= row["year"]}
        if first := _first_possible(row, later):
            yield _too_early(row, first, later)
            continue
        wrong = [
            *_misfit_from(row, rows, earlier, later),
            *_misfit_to(row, rows, earlier, later),
        ]
        yield from wrong or _single_part(row, rows, earlier, later)


def _misfit_from(
    row: pd.Series, rows: pd.DataFrame, earlier: Frames, later: Frames
) -> Iterator[Problem]:
    """A department before the change that there never was, or that is there afterwards."""
    came = set(rows.loc[rows["year"] <= row["year"], "to_id"]).union(*earlier.values())
    if earlier and row["from_id"] not in came:
        gone = set().union(*earlier.values()).difference(*later.values())
        yield _unknown(row, "from_id", earlier, gone)
    elif row["kind"] != "split":
        yield from _not_gone(row, later)


def _misfit_to(
    row: pd.Series, rows: pd.DataFrame, earlier: Frames, later: Frames
) -> Iterator[Problem]:
    """A department after the change that never comes, or that was there under its new id."""
    went = set(rows.loc[rows["year"] >= row["year"], "from_id"]).union(*later.values())
    asked = earlier or row["year"] in later
    if asked and row["to_id"] not in went:
        yield _unknown(row, "to_id", later, set().union(*later.values()))
    elif row["kind"] == "renamed":
        yield from _there_before(row, earlier)


def _moved(problem: Problem, year: int) -> Problem:
    """Of a later year than the folder's: in which folder the row belongs."""
    if problem.column != "year" or not problem.value.isdecimal() or int(problem.value) <= year:
        return problem
    remedy = f"Move the row to {problem.value}/{NAME}, or correct the year."
    return replace(problem, remedy=remedy)


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
        if (number := whole(text)) > year:
            raise ValueError
        return number

    first = Field(
        until,
        f"a year, {year} at the latest",
        "Write the first year in which to_id is there instead.",
        "Int64",
    )
    return {"from_id": ident, "to_id": ident, "kind": kind, "year": first}


def _ends(rows: pd.DataFrame) -> Iterable[tuple[str, str]]:
    return zip(rows["from_id"], rows["to_id"], strict=True)


def _reach(rows: pd.DataFrame) -> dict[str, set[str]]:
    """The ids that each from_id becomes, in one step or several."""
    steps: dict[str, set[str]] = {}
    for here, there in _ends(rows):
        steps.setdefault(here, set()).add(there)
    return {here: _reached(here, steps) for here in steps}


def _reached(start: str, steps: Mapping[str, Collection[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = set(steps.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def _problem(row: pd.Series, column: str, expected: str, remedy: str) -> Problem:
    return Problem(row["file"], int(row["row"]), column, str(row[column]), expected, remedy)


def _place(row: pd.Series) -> str:
    return f"{row['file']}, row {row['row']}"


def _themselves(rows: pd.DataFrame) -> Iterator[Problem]:
    for _, row in rows.iterrows():
        remedy = "Remove the row: a department that goes on under its id needs none."
        yield _problem(row, "to_id", "another department than from_id", remedy)


def _circles(rows: pd.DataFrame) -> Iterator[Problem]:
    for _, row in rows.iterrows():
        expected = "no way back to the department that it came from"
        remedy = (
            "Correct the rows that go round in a circle; a department that is made again, as "
            "after a merger that was undone, takes a new id."
        )
        yield _problem(row, "to_id", expected, remedy)


def _wrong_kinds(rows: pd.DataFrame) -> Iterator[Problem]:
    """Rows whose kind is not what they tell together."""
    targets = rows.groupby(["year", "from_id"])["to_id"].transform("size")
    sources = rows.groupby(["year", "to_id"])["from_id"].transform("size")
    for _, row in rows[(targets > 1) & (rows["kind"] != "split")].iterrows():
        expected = f"split, as {row['from_id']} becomes several departments in {row['year']}"
        yield _problem(row, "kind", expected, "Write split, or correct the ids.")
    renamed = (rows["kind"] == "renamed") & (targets == 1)
    for _, row in rows[(sources > 1) & renamed].iterrows():
        expected = f"merged, as several departments become {row['to_id']} in {row['year']}"
        yield _problem(row, "kind", expected, "Write merged, or correct the ids.")


def _out_of_order(rows: pd.DataFrame) -> Iterator[Problem]:
    """Rows by which a department changes after its end, or before another row makes it.

    A department that was split, or that others merged into, may have been there before and
    go on afterwards; a merged one ends, and so does a renamed one, whose new id is a new one.
    """
    for _, row in rows.iterrows():
        before = (rows["from_id"] == row["from_id"]) & (rows["year"] < row["year"])
        for _, end in rows[before & (rows["kind"] != "split")].head(1).iterrows():
            expected = f"{end['year']} at the latest: {end['from_id']} ended then ({_place(end)})"
            yield _problem(row, "year", expected, "Correct the id, or the year of one of the rows.")
        after = (rows["to_id"] == row["from_id"]) & (rows["year"] > row["year"])
        made = after & ((rows["kind"] == "renamed") | (row["kind"] != "split"))
        for _, new in rows[made].head(1).iterrows():
            expected = f"{new['year']} or later: {new['to_id']} comes then ({_place(new)})"
            yield _problem(row, "year", expected, "Correct the id, or the year of one of the rows.")


def _unknown(row: pd.Series, column: str, frames: Frames, likely: Collection[str]) -> Problem:
    """An id that none of these frames has; the nearest one is looked for among ``likely`` first."""
    expected = f"a department_id of departments.csv of {' or '.join(map(str, frames))}"
    every = sorted(set().union(*frames.values()))
    meant = nearest(row[column], sorted(likely)) or nearest(row[column], every)
    return _problem(row, column, expected, f"{meant}Correct the id here, or departments.csv.")


def _first_possible(row: pd.Series, later: Frames) -> int | None:
    """The first year that a row could have if it has one too early; None if it has not.

    Its from_id is still in the frame of a year between, and its to_id comes after that.
    """
    there = [year for year, ids in later.items() if row["from_id"] in ids]
    new = [year for year, ids in later.items() if row["to_id"] in ids]
    if row["kind"] == "split":
        early = bool(new and there) and min(there) < min(new)
        return min(new) if early else None
    after = [year for year in later if there and year > max(there)]
    return min(after) if after and new else None


def _too_early(row: pd.Series, first: int, later: Frames) -> Problem:
    last = max(year for year, ids in later.items() if year < first and row["from_id"] in ids)
    expected = f"a later year: {row['from_id']} is in departments.csv of {last}"
    folder = str(row["file"]).rpartition("/")[0]
    elsewhere = bool(folder) and int(folder) < first
    remedy = f"Move the row to {first}/{NAME}, and write" if elsewhere else "Write"
    return _problem(row, "year", expected, f"{remedy} {first}.")


def _single_part(
    row: pd.Series, rows: pd.DataFrame, earlier: Frames, later: Frames
) -> Iterator[Problem]:
    """A merger or a split of which only one part is told, and of which no other can be meant.

    One that takes in another, or gives off a part, goes on itself and needs no row.
    """
    same_year = rows[rows["year"] == row["year"]]
    add = "add the other one's row, or write renamed."
    if row["kind"] == "merged" and earlier:
        before = set(rows.loc[rows["year"] < row["year"], "to_id"]).union(*earlier.values())
        parts = same_year.loc[same_year["to_id"] == row["to_id"], "from_id"].nunique()
        if parts == 1 and row["to_id"] not in before:
            expected = f"several departments that become {row['to_id']}, which was not there before"
            yield _problem(row, "kind", expected, f"A merger has two parts at least: {add}")
    if row["kind"] == "split" and later and (earlier or row["year"] in later):
        goes_on = {*later[min(later)], *rows.loc[rows["year"] > row["year"], "from_id"]}
        parts = same_year.loc[same_year["from_id"] == row["from_id"], "to_id"].nunique()
        if parts == 1 and row["from_id"] not in goes_on:
            expected = f"several departments that {row['from_id']}, which is gone, becomes"
            yield _problem(row, "kind", expected, f"A split has two parts at least: {add}")


def _not_gone(row: pd.Series, later: Frames) -> Iterator[Problem]:
    """A department that ended and is in the frame of the year all the same."""
    for year in [year for year, ids in later.items() if row["from_id"] in ids][:1]:
        expected = f"a department that departments.csv of {year} no longer has: it was "
        remedy = "Remove it from departments.csv, or correct this row."
        yield _problem(row, "from_id", f"{expected}{row['kind']} in {row['year']}", remedy)


def _there_before(row: pd.Series, earlier: Frames) -> Iterator[Problem]:
    """A department that would be renamed to one that there was already."""
    for year in [year for year, ids in earlier.items() if row["to_id"] in ids][:1]:
        expected = f"a new id: {row['to_id']} is in departments.csv of {year}"
        yield _problem(row, "to_id", expected, "Correct the id, or write merged as the kind.")
