"""Tables of coded segments, of one coder or several, as one table in the contract's columns."""

from __future__ import annotations

import dataclasses
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mapping.errors import Problem
from mapping.instruments import documents as document_list
from mapping.instruments import interviews, tabular
from mapping.instruments.code_names import CodeNames, code_names, plain
from mapping.instruments.coded_tables.coders import coder_of, two_of_one
from mapping.instruments.coded_tables.segments import cells, placed, used
from mapping.instruments.documents import Documents
from mapping.instruments.fields import SHOWN, SUGGESTIONS, header_problems, shown
from mapping.instruments.recognised import Mapped, Progress, Read, Recognised, silent
from mapping.instruments.renaming import never_there, unknown_columns
from mapping.instruments.sheet import Sheet, Texts, composed, numbered
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Protocol

MORE = ("document", "group", "highlight", "coding", "begin", "end")
"""What a program's table may tell beside the contract's columns: the document and its group, the
number of the highlight or of the coding, and where in the document the segment begins and ends."""

UNKNOWN = ("date", "respondent_role")
"""Columns that may be blank: no program's table has them, and the list of documents may not."""


@dataclass(frozen=True)
class Layout:
    """How a program lays out its table of coded segments.

    ``kind`` names it to the user; ``headings`` are the program's names of a column (the first that
    a table has is read), ``needed`` the columns without which nothing can be read.
    """

    kind: str
    headings: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    """One file: a row per record with all columns, and the headings that were read, by column.

    ``left_out`` are the headings that were not.
    A column that the file has not is blank.
    """

    file: str
    frame: pd.DataFrame
    headings: Mapping[str, str]
    left_out: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Codings:
    """The codings of all files at departments: ``known`` all rows, ``once`` each of them once."""

    names: CodeNames
    known: pd.DataFrame
    once: pd.DataFrame

    @cached_property
    def shared(self) -> frozenset[str]:
        """The segments that several coders have coded."""
        return frozenset(_of_several(self.once, "segment_id"))

    @cached_property
    def apart(self) -> frozenset[str]:
        """The interviews of several coders that have no segment in common."""
        common = self.once["segment_id"].isin(self.shared)
        several = frozenset(_of_several(self.once, "interview_id"))
        return several - frozenset(self.once.loc[common, "interview_id"])


def _of_several(codings: pd.DataFrame, unit: str) -> Iterator[str]:
    """The units in which there are several coders."""
    coders = codings[[unit, "coder"]].drop_duplicates()[unit]
    yield from coders[coders.duplicated()]


def read_tables(
    layout: Layout,
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
    *,
    documents: Documents,
) -> Read:
    """The interviews in ``files``, tables of one layout, by name; their order makes no difference.

    A segment is a document and an excerpt, whoever coded it (and its place, where the program
    tells it): what white space and Unicode form differ in makes no difference. Its id, and that of
    an interview which nobody has given one, is a number, for a document's name may be a
    respondent's.
    """
    names = code_names(protocol, settings.interviews.codes)
    tables = [
        _read(layout, name, files[name], settings, progress) for name in sorted(files, key=str)
    ]
    everything = pd.concat([table.frame for table in tables], ignore_index=True)
    codes = {text: names.find(text) for text in everything["code"].unique()}
    coded = everything[everything["code"].map(codes).fillna("").ne("").to_numpy(dtype=bool)]
    known, homeless = placed(coded, documents, settings, _all_tell_places(tables))
    known = known.assign(code=known["code"].map(codes), coder=_coders(known["coder"], settings))
    once = known.drop_duplicates(["segment_id", "coder", "code"])
    readable = bool(documents.rows) or not documents.problems
    problems = [
        *(problem for table in tables for problem in table.problems),
        *names.problems,
        *two_of_one(files, settings.interviews.coders),
        *unknown_columns("interviews", settings.interviews.columns, (*interviews.COLUMNS, *MORE)),
        *(_homeless(row, tables) for row in homeless.itertuples(index=False) if readable),
    ]
    codings = _Codings(names, known, once)
    found = [_found(layout, table, codings) for table in tables]
    lost = tuple(_never_there(everything, settings))
    found[0] = dataclasses.replace(found[0], warnings=(*found[0].warnings, *lost))
    if documents.rows:
        found.append(documents.found(used(everything, documents)))
    return Read(_sheet(once, tables, problems), tuple(found))


def _read(
    layout: Layout, name: str, data: bytes, settings: StudySettings, progress: Progress
) -> _Table:
    told = settings.interviews.columns
    wanted = {
        column: (told[column],) if column in told else layout.headings.get(column, ())
        for column in (*interviews.COLUMNS, *MORE)
    }
    expected = [names[0] for names in wanted.values() if names]
    dates = wanted["date"]
    read = {heading for names in wanted.values() for heading in names}
    sheet = tabular.read(
        name, data, expected, dates, progress=progress, passed_over=lambda one: one not in read
    )
    headings = {
        column: next(heading for heading in names if heading in sheet.header)
        for column, names in wanted.items()
        if set(names) & set(sheet.header)
    }
    must = {c: wanted[c][0] for c in (*layout.needed, *told) if wanted.get(c)}
    must.update(headings)
    problems = (*sheet.problems, *header_problems(sheet, tuple(dict.fromkeys(must.values()))))
    whole = all(column in headings for column in must)
    frame = _frame(name, sheet, headings) if whole else _blank(0)
    left_out = tuple(one for one in sheet.header if one and one not in headings.values())
    return _Table(name, frame, headings, left_out, problems, sheet.notes, sheet.warnings)


def _blank(rows: int) -> pd.DataFrame:
    columns = (*interviews.COLUMNS, *MORE)
    return pd.DataFrame({column: [""] * rows for column in columns}, dtype=object).assign(
        file="", row=0
    )


def _frame(name: str, sheet: Sheet, headings: Mapping[str, str]) -> pd.DataFrame:
    """The records of one file; the coder is in its name where no column tells."""
    told = {column: sheet.column(heading).astype(object) for column, heading in headings.items()}
    if "coder" not in headings:
        told["coder"] = np.full(len(sheet.rows), coder_of(name), dtype=object)
    return _blank(len(sheet.rows)).assign(**told, file=name, row=sheet.rows)


def _coders(names: pd.Series, settings: StudySettings) -> pd.Series:
    told = {composed(name): coder for name, coder in settings.interviews.coders.items()}
    return names.map({name: told.get(name, name) for name in names.unique()})


def _all_tell_places(tables: Sequence[_Table]) -> bool:
    """Whether every file tells where a segment begins and ends: else places cannot be compared."""
    return all({"begin", "end"} <= set(table.headings) for table in tables)


def _homeless(row: Any, tables: Sequence[_Table]) -> Problem:
    """A document that neither a column nor the list of documents tells the department of."""
    headings = next(table.headings for table in tables if table.file == row.file)
    found = f"{shown(row.document, confidential=True)}, in {row.segments} rows"
    if row.groups:
        expected = "one row of documents.csv for each document: several groups have this name"
        remedy = "Name the documents in documents.csv as group/name."
    else:
        expected = "the document's department, in documents.csv or in a column of its own"
        remedy = (
            f"Add the document to documents.csv ({', '.join(document_list.COLUMNS)}), or name the "
            "column under interviews.columns in study.toml."
        )
    return Problem(row.file, int(row.row), headings.get("document", ""), found, expected, remedy)


def _sheet(once: pd.DataFrame, tables: Sequence[_Table], problems: Sequence[Problem]) -> Sheet:
    several = len(tables) > 1
    rows = np.arange(2, len(once) + 2) if several else once["row"].to_numpy(dtype=np.int64)
    sheet = Sheet(
        interviews.NAME if several else tables[0].file,
        interviews.COLUMNS,
        tuple(_column(once[column]) for column in interviews.COLUMNS),
        rows.astype(np.int64),
        problems=tuple(problems),
        files=_column(once["file"]) if several else None,
    )
    unknown = [c for c in UNKNOWN if not any(c in table.headings for table in tables)]
    return dataclasses.replace(
        sheet, unknown=tuple(unknown), headings=_headings(tables, interviews.COLUMNS)
    )


def _column(column: pd.Series) -> Texts:
    codes, texts = pd.factorize(column.to_numpy(dtype=object))
    return numbered(codes.astype(np.int32), list(texts))


def _headings(tables: Sequence[_Table], columns: Sequence[str]) -> dict[str, str]:
    """The files' own name of each column, where all have the same."""
    named = {c: {table.headings.get(c) for table in tables} for c in columns}
    return {
        column: heading
        for column, (heading, *others) in ((c, tuple(found)) for c, found in named.items())
        if heading is not None and not others and heading != column
    }


def _found(layout: Layout, table: _Table, codings: _Codings) -> Recognised:
    """What was found in one file."""
    own = codings.once[codings.once["file"] == table.file]
    known = codings.known["file"] == table.file
    coded = table.frame[table.frame["code"] != ""]
    counts = {
        "rows": len(table.frame),
        "codings": len(own),
        "segments": own["segment_id"].nunique(),
        "segments of several coders": len(codings.shared & set(own["segment_id"])),
        "interviews": own["interview_id"].nunique(),
        "departments": own["department_id"].nunique(),
        "rows without a code": len(table.frame) - len(coded),
        "rows that repeat a coding": int(known.sum()) - len(own),
    }
    by_code, by_coder = Counter(cells(coded["code"])), Counter(cells(own["coder"]))
    mapped = (
        *(Mapped("column", shown(heading), column) for column, heading in table.headings.items()),
        *(_left_out(heading) for heading in table.left_out[:SUGGESTIONS]),
        *(Mapped("column", shown(one), wanted=True) for one in table.left_out[SUGGESTIONS:]),
        *codings.names.all_mapped(by_code),
        *(Mapped("coder", shown(name), name, count) for name, count in by_coder.items()),
    )
    notes = [*table.notes, "The same words of a document are one segment, whoever coded them."]
    if "coder" not in table.headings:
        notes.append("The coder is told by the file's name.")
    return Recognised(
        table.file,
        layout.kind,
        "interviews",
        counts,
        mapped,
        tuple(notes),
        (*table.warnings, *_warnings(own, codings)),
    )


def _never_there(everything: pd.DataFrame, settings: StudySettings) -> Iterator[str]:
    """The codes and coders that study.toml tells and no file has."""
    told = settings.interviews
    names = everything["code"].unique()
    codes = {plain(form) for name in names for form in (name, name.replace(".", "/"))}
    yield from never_there(
        "interviews.codes", told.codes, [c for c in told.codes if plain(c) in codes]
    )
    coders = set(everything["coder"].unique())
    there = [name for name in told.coders if composed(name) in coders]
    yield from never_there("interviews.coders", told.coders, there)


def _left_out(heading: str) -> Mapped:
    """A column of no use, unless its heading comes close to one that is read."""
    columns = (*interviews.COLUMNS, "document")
    near = difflib.get_close_matches(heading[:SHOWN].casefold(), columns, n=1, cutoff=0.75)
    return Mapped("column", shown(heading), nearest="".join(near), wanted=not near)


def _warnings(own: pd.DataFrame, codings: _Codings) -> Iterator[str]:
    """What looks wrong in one file's codings ``own``."""
    undated = own.loc[own["date"] == "", "interview_id"].nunique()
    if undated:
        yield f"{undated} interviews have no date; {document_list.NAME} can tell it."
    apart = len(codings.apart & set(own["interview_id"]))
    if apart:
        yield (
            f"{apart} interviews have several coders who never coded the same words: each of their "
            "segments counts for itself, and how far they agree cannot be told."
        )
