"""``corrections.csv``: a head's right of reply, applied to what was read and never to a file.

A correction names a cell by its file, the key of its row and its column, says what stands there
and what is right. It is applied to the text of the cells before they are parsed: a wrong cell
that is corrected is no error, and a wrong ``new`` is the error that it would be in the file.

A segment of an interview has a row for each coder and code. A correction of it changes every one
of them whose cell in that column is ``old``, whoever coded it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from mapping.errors import Problem
from mapping.instruments import interviews, register, survey, workshop
from mapping.instruments.fields import (
    Field,
    day,
    free,
    header_problems,
    nearest,
    one_of,
    parse,
    required,
    shown,
)
from mapping.instruments.folder import labels
from mapping.instruments.sheet import Sheet
from mapping.instruments.study_settings import StudySettings

NAME = "corrections.csv"
COLUMNS = ("file", "key", "column", "old", "new", "reason", "date")

KEYS = {
    register.NAME: "department_id",
    interviews.NAME: "segment_id",
    workshop.NAME: "item_id",
    survey.NAME: "id",
}
"""The column that holds the key of a row, in each file that can be corrected."""

IDS = {*KEYS.items(), (interviews.NAME, "interview_id")}
"""What tells rows apart, by file and column: an id is no statement of anybody's."""

NEVER_READ = {(interviews.NAME, "excerpt"), (workshop.NAME, "statement")}

CONFIDENTIAL = {
    (register.NAME, register.CONTACT),
    (interviews.NAME, "respondent_role"),
    (interviews.NAME, "coder"),
    (survey.NAME, "role"),
}
"""Columns whose values are told by nothing but their length."""

DECIMALS = {(register.NAME, column) for column in (*register.SHARES, *register.AMOUNTS)}
"""Columns of numbers with decimals: a comma and a point are the same there."""


@dataclass(frozen=True)
class Correction:
    """One row of the file: what is corrected, each cell as it was written, and its number."""

    row: int
    file: str
    key: str
    column: str
    old: str
    new: str
    decimal_comma: bool

    @property
    def right(self) -> str:
        """``new`` as the file itself would have it: with a decimal point."""
        comma = self.decimal_comma and (self.file, self.column) in DECIMALS
        return self.new.replace(",", ".") if comma else self.new

    @property
    def confidential(self) -> bool:
        """Whether neither ``old`` nor ``new`` may be shown."""
        return (self.file, self.column) in CONFIDENTIAL

    def shown(self, text: str) -> str:
        """A value of the column as a problem shows it."""
        return shown(text, confidential=self.confidential) if text else "a blank cell"


@dataclass(frozen=True)
class Cell:
    """A cell that a correction may change: its file and row, the record's place, its text."""

    file: str
    row: int
    record: int
    text: str


@dataclass(frozen=True)
class Corrected:
    """The files as they are with the corrections, and what came of them.

    ``frame``: see :func:`correct`. ``cells``: the correction of each cell that was changed, by
    file, row and column.
    """

    sheets: Mapping[str, Sheet]
    frame: pd.DataFrame
    cells: Mapping[tuple[str, int | None, str], Correction]
    problems: tuple[Problem, ...]


def correct(
    sheet: Sheet,
    sheets: Mapping[str, Sheet],
    columns: Mapping[str, Sequence[str]],
    settings: StudySettings,
) -> Corrected:
    """The files' ``sheets`` with the corrections of ``sheet`` in them.

    ``columns`` are those that each file may have. A correction with a problem is not applied.
    The frame has one row per correction: file, key, column, old, new (blank: an empty cell;
    missing: confidential), reason, date (datetime64[s]), row (of the file).
    """
    header = header_problems(sheet, COLUMNS)
    if header or not sheet.header:
        return Corrected(
            sheets, _frame(Sheet(NAME), settings, {}, {}), {}, (*sheet.problems, *header)
        )
    names = _names(sheets)
    columns_of = {name: _columns(other) for name, other in sheets.items()}
    cells = parse(sheet, _fields(settings, names)).problems
    unclear = {problem.row for problem in cells if problem.column in ("file", "key", "column")}
    clear = [one for one in _corrections(sheet, names, columns_of) if one.row not in unclear]
    found, problems = _resolve(clear, sheets, columns)
    return Corrected(
        {name: _applied(name, other, found) for name, other in sheets.items()},
        _frame(sheet, settings, names, columns_of),
        {(cell.file, cell.row, one.column): one for one, cell in found},
        (*sheet.problems, *cells, *problems),
    )


def retold(
    problems: Iterable[Problem], before: Collection[Problem], corrected: Corrected
) -> list[Problem]:
    """The problems of the corrected files, told where they come from.

    One in a corrected cell is a problem of the correction. One elsewhere that was not there
    ``before`` the corrections, as of a code that is now given twice, names those of its file.
    """
    old, told = frozenset(before), []
    for problem in problems:
        correction = corrected.cells.get((problem.file, problem.row, problem.column))
        if correction is not None:
            told.append(_of_correction(problem, correction))
        elif problem in old:
            told.append(problem)
        else:
            told.append(_hinted(problem, corrected))
    return told


def _fields(settings: StudySettings, names: Mapping[str, str]) -> dict[str, Field]:
    first = settings.fieldwork.start
    files = tuple(KEYS)
    return {
        "file": Field(
            one_of(names),
            ", ".join(files[:-1]) + f" or {files[-1]}",
            "Write the name of the file that is corrected.",
            choices=files,
        ),
        "key": Field(required, "the id of the row that is corrected", "Write its id."),
        "column": Field(required, "the column that is corrected", "Write its name."),
        "reason": Field(required, "why it is corrected", "Write the reason."),
        "date": Field(
            day(first, date.max),
            f"the day of the correction (YYYY-MM-DD), {first} or later",
            "Correct the date, or the fieldwork in study.toml.",
            "datetime64[s]",
        ),
    }


def _names(sheets: Mapping[str, Sheet]) -> dict[str, str]:
    """The contract's name of each file that can be corrected.

    A file also goes by its own name, and by what results call it.
    """
    known = {name: name for name in KEYS}
    for name in KEYS:
        files = sorted(sheets[name].places.categories)
        known |= dict.fromkeys((*files, *labels(Path(name).stem, files).values()), name)
    return known


def _columns(sheet: Sheet) -> dict[str, str]:
    """The contract's name of each column that the file calls otherwise."""
    return {heading: column for column, heading in sheet.headings.items()}


def _corrections(
    sheet: Sheet, names: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]
) -> Iterator[Correction]:
    """The rows of the file, whatever stands in them, by the contract's names."""
    for row, record in zip(sheet.rows.tolist(), sheet.records(), strict=True):
        cells = dict(zip(sheet.header, record, strict=True))
        file = names.get(cells["file"], cells["file"])
        yield Correction(
            row,
            file,
            cells["key"],
            columns.get(file, {}).get(cells["column"], cells["column"]),
            cells["old"],
            cells["new"],
            sheet.decimal_comma,
        )


def _frame(
    sheet: Sheet,
    settings: StudySettings,
    names: Mapping[str, str],
    columns: Mapping[str, Mapping[str, str]],
) -> pd.DataFrame:
    """The corrections as read, without confidential values."""
    corrections = list(_corrections(sheet, names, columns))
    day_of = _fields(settings, names)["date"]
    rest = parse(sheet, {"reason": Field(free, "", ""), "date": day_of}).frame
    told: dict[str, list[str | None]] = {
        name: [getattr(one, name) for one in corrections] for name in ("file", "key", "column")
    }
    told |= {
        name: [None if one.confidential else getattr(one, name) for one in corrections]
        for name in ("old", "new")
    }
    text = pd.DataFrame(told, dtype="string")
    return text.assign(reason=rest["reason"], date=rest["date"], row=rest["row"])


# --- which cells ----------------------------------------------------------------------------


def _resolve(
    corrections: Iterable[Correction],
    sheets: Mapping[str, Sheet],
    columns: Mapping[str, Sequence[str]],
) -> tuple[list[tuple[Correction, Cell]], list[Problem]]:
    """Each cell that is changed with its correction, and the problems of the other corrections."""
    records = {name: _records(sheet, KEYS[name]) for name, sheet in sheets.items()}
    earlier: dict[tuple[str, ...], int] = {}
    found, problems = [], []
    for one in corrections:
        sheet, known = sheets[one.file], records[one.file]
        cells = _cells(one, sheet, known)
        faults = (
            _wrong_column(one, sheet, columns[one.file])
            or _wrong_key(one, sheet, known)
            or _again(one, earlier)
            or _wrong_values(one, cells)
        )
        problems += faults
        if not faults:
            found += [(one, cell) for cell in cells if _stands(one, cell)]
    return found, problems


def _records(sheet: Sheet, key: str) -> dict[str, list[int]]:
    """The places of the records of each ``key``."""
    places: dict[str, list[int]] = {}
    if key in sheet.header:
        for place, ident in enumerate(sheet.column(key).astype(object)):
            places.setdefault(ident, []).append(place)
    return places


def _cells(one: Correction, sheet: Sheet, known: Mapping[str, Sequence[int]]) -> list[Cell]:
    """The cells of the correction's key and column, whatever stands in them."""
    if one.column not in sheet.header:
        return []
    column, places = sheet.column(one.column), sheet.places
    return [
        Cell(str(places[place]), int(sheet.rows[place]), place, str(column[place]))
        for place in known.get(one.key, ())
    ]


def _stands(one: Correction, cell: Cell) -> bool:
    """Whether ``old`` is what stands in the cell."""
    if (one.file, one.column) in DECIMALS:
        return one.old.replace(",", ".") == cell.text.replace(",", ".")
    return one.old == cell.text


def _applied(name: str, sheet: Sheet, found: Iterable[tuple[Correction, Cell]]) -> Sheet:
    """The sheet of the file ``name`` with what is right in the cells that are changed."""
    changed: dict[str, dict[int, str]] = {}
    for one, cell in found:
        if one.file == name:
            changed.setdefault(one.column, {})[cell.record] = one.right
    for column, cells in changed.items():
        sheet = sheet.with_cells(column, cells)
    return sheet


# --- what can be wrong ------------------------------------------------------------------------


def _wrong_column(one: Correction, sheet: Sheet, columns: Sequence[str]) -> list[Problem]:
    """An id, a column that is never read, or one that the file does not have."""
    if (one.file, one.column) in IDS:
        expected, remedy = "a column that is no id", "Remove the row: ids are never corrected."
    elif (one.file, one.column) in NEVER_READ:
        expected = "a column that is read"
        remedy = f"Remove the row: the {one.column} is never read, so nothing comes of it."
    elif sheet.header and one.column not in columns:
        expected = f"a column of {one.file} that is used"
        remedy = nearest(one.column, columns) + "Write its name as in that file's header row."
    else:
        return []
    return [Problem(NAME, one.row, "column", shown(one.column), expected, remedy)]


def _wrong_key(one: Correction, sheet: Sheet, known: Collection[str]) -> list[Problem]:
    """A key that no row has; while the file itself is in doubt no correction is blamed."""
    ident = KEYS[one.file]
    if one.key in known or ident not in sheet.header or sheet.problems:
        return []
    expected, remedy = f"the {ident} of a row in {one.file}", "Write that row's id."
    return [Problem(NAME, one.row, "key", shown(one.key), expected, remedy)]


def _again(one: Correction, earlier: dict[tuple[str, ...], int]) -> list[Problem]:
    """A cell that an ``earlier`` row corrects too; of a segment, the same value of a column."""
    several = (one.old,) if one.file == interviews.NAME else ()
    row = earlier.setdefault((one.file, one.key, one.column, *several), one.row)
    if row == one.row:
        return []
    expected = f"each cell once; it is also corrected in row {row}"
    remedy = "Keep one row: from what stands in the file to what is right."
    return [Problem(NAME, one.row, "key", shown(one.key), expected, remedy)]


def _wrong_values(one: Correction, cells: Sequence[Cell]) -> list[Problem]:
    """An ``old`` that does not stand there, or a ``new`` that is no other."""
    if cells and not any(_stands(one, cell) for cell in cells):
        there = " or ".join(dict.fromkeys(one.shown(cell.text) for cell in cells))
        rows = ", ".join(str(cell.row) for cell in cells)
        expected = f"what stands in {one.file}, row {rows}, column {one.column}: {there}"
        remedy = "Write as old what stands there; if it is right already, remove this row."
        return [Problem(NAME, one.row, "old", one.shown(one.old), expected, remedy)]
    if one.old == one.new:
        remedy = "Write what is right, or remove the row."
        expected = "another value than the old one"
        return [Problem(NAME, one.row, "new", one.shown(one.new), expected, remedy)]
    return []


def _of_correction(problem: Problem, one: Correction) -> Problem:
    """A problem of a corrected cell, told of the row that corrected it."""
    expected = f"{problem.expected} ({one.file}, row {problem.row}, column {one.column})"
    return Problem(NAME, one.row, "new", one.shown(one.new), expected, problem.remedy)


def _hinted(problem: Problem, corrected: Corrected) -> Problem:
    """A problem that the corrections of its file have brought about, with their rows."""
    rows = {one.row for (file, *_), one in corrected.cells.items() if file == problem.file}
    told = ", ".join(map(str, sorted(rows)))
    remedy = f"It comes of a correction ({NAME}, row {told}). {problem.remedy}"
    return dataclasses.replace(problem, remedy=remedy)
