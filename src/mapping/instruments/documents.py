"""``documents.csv``: what interview each document of a coding program is, and at what department.

Coding programs' tables name the document of a segment and nothing else. This list tells the rest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import pandas as pd

from mapping.errors import Problem
from mapping.instruments.fields import (
    Field,
    department,
    fieldwork_day,
    header_problems,
    nearest,
    required,
    shown,
)
from mapping.instruments.recognised import Mapped, Recognised
from mapping.instruments.sheet import Sheet, composed
from mapping.instruments.study_settings import StudySettings

NAME = "documents.csv"
COLUMNS = ("document", "department_id", "interview_id", "date", "role")
NEEDED = COLUMNS[:2]

_ENDING = re.compile(r"\.(docx?|odt|rtf|txt|text|md|pdf|html?|epub|srt|vtt)$")


@dataclass(frozen=True)
class Document:
    """A row of the list. Blank: not told; ``department_id`` also if it is wrong, which is told."""

    document: str = field(repr=False)
    department_id: str
    interview_id: str = ""
    date: str = ""
    role: str = field(default="", repr=False)
    row: int = 0


@dataclass(frozen=True)
class Documents:
    """The list of documents, and the problems of its cells; of a name that is there twice too."""

    file: str = NAME
    rows: tuple[Document, ...] = ()
    problems: tuple[Problem, ...] = ()

    def find(self, name: str) -> Document | None:
        """The row of the document ``name``.

        Letter case makes no difference, and the ending of a file's name (``.docx``) none where
        only one row can be meant.
        """
        key = document_key(name)
        if key in self._by_name:
            return self._by_name[key]
        meant = self._by_stem.get(_stem(key), ())
        return meant[0] if len(meant) == 1 else None

    def found(self, used: Collection[Document]) -> Recognised:
        """What the list tells of: its rows, and those that no document of the interviews used.

        A document's name may be a respondent's, so a row is told by its number.
        """
        unused = [one for one in self.rows if one not in used]
        rows = tuple(Mapped("document", f"row {one.row}", "", 0, wanted=True) for one in unused)
        counts = {"documents": len(self.rows), "documents not used": len(unused)}
        return Recognised(self.file, "list of documents", "interviews", counts, rows)

    @cached_property
    def _by_name(self) -> dict[str, Document]:
        return {document_key(one.document): one for one in reversed(self.rows)}

    @cached_property
    def _by_stem(self) -> dict[str, tuple[Document, ...]]:
        found: dict[str, tuple[Document, ...]] = {}
        for key, one in self._by_name.items():
            found[_stem(key)] = (*found.get(_stem(key), ()), one)
        return found


NO_DOCUMENTS = Documents()


def parse_documents(
    sheet: Sheet, settings: StudySettings | None = None, known: Collection[str] | None = None
) -> Documents:
    """The list of documents in a table; the columns interview_id, date and role may be missing.

    ``settings`` tell the fieldwork, and departments that the list calls otherwise; ``known`` are
    the frame's departments. What is None is not checked.
    """
    missing = header_problems(sheet, NEEDED)
    if sheet.problems or missing or not sheet.header:
        return Documents(sheet.name, problems=(*sheet.problems, *missing))
    frame = _frame(sheet)
    if settings:
        told = settings.interviews.departments
        frame["department_id"] = [told.get(text, text) for text in frame["department_id"]]
    wrong = list(_wrong_cells(sheet.name, frame, _fields(settings, known)))
    for problem in wrong:
        frame.loc[frame["row"] == problem.row, problem.column] = ""
    rows = tuple(Document(*cells) for cells in frame.itertuples(index=False, name=None))
    named = tuple(one for one in rows if one.document)
    problems = (*wrong, *_twice(sheet.name, named), *_torn(sheet.name, named))
    return Documents(sheet.name, named, problems)


def document_key(name: str) -> str:
    """A document's name as names are compared."""
    return " ".join(composed(name).casefold().split())


def _stem(key: str) -> str:
    return _ENDING.sub("", key)


def _frame(sheet: Sheet) -> pd.DataFrame:
    cells = {
        column: sheet.column(column).astype(object)
        if column in sheet.header
        else [""] * len(sheet.rows)
        for column in COLUMNS
    }
    return pd.DataFrame(cells | {"row": sheet.rows.tolist()}, dtype=object)


def _fields(settings: StudySettings | None, known: Collection[str] | None) -> dict[str, Field]:
    first = settings.fieldwork.start if settings else date.min
    last = settings.fieldwork.end if settings else date.max
    name = Field(required, "the document's name", "Name the document.", confidential=True)
    return {
        "document": name,
        "department_id": department(known),
        "date": fieldwork_day(first, last, known=False),
    }


def _wrong_cells(file: str, frame: pd.DataFrame, fields: Mapping[str, Field]) -> Iterator[Problem]:
    for column, checked in fields.items():
        for text, row in zip(frame[column], frame["row"], strict=True):
            try:
                checked.read(text)
            except ValueError:
                value = shown(text, confidential=checked.confidential) if text else "nothing"
                remedy = nearest(text, checked.choices) + checked.remedy
                yield Problem(file, row, column, value, checked.expected, remedy)


def _twice(file: str, rows: Iterable[Document]) -> Iterator[Problem]:
    first: dict[str, Document] = {}
    for one in rows:
        before = first.setdefault(document_key(one.document), one)
        if before is not one:
            value = shown(one.document, confidential=True)
            expected = f"each document once; this one is also in row {before.row}"
            yield Problem(file, one.row, "document", value, expected, "Remove one of the rows.")


def _torn(file: str, rows: Iterable[Document]) -> Iterator[Problem]:
    """Interviews at two departments, at the rows that differ from the first."""
    first: dict[str, Document] = {}
    for one in rows:
        if not one.interview_id or not one.department_id:
            continue
        before = first.setdefault(one.interview_id, one)
        if before.department_id != one.department_id:
            yield Problem(
                file,
                one.row,
                "department_id",
                shown(one.department_id),
                f"one department for each interview; row {before.row} of this interview has "
                f"{shown(before.department_id)}",
                "Correct the department, or give the interview an id of its own.",
            )
