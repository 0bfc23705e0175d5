"""A year's raw folder, read and checked as a whole: every problem of every file at once."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from mapping.errors import DataError, Problem, by_place
from mapping.instruments import (
    corrections,
    interviews,
    lineage,
    register,
    study_settings,
    survey,
    workshop,
)
from mapping.instruments.delimited import decode, read_sheet
from mapping.instruments.fields import Parsed, extra_columns, header_problems
from mapping.instruments.sheet import Sheet
from mapping.instruments.study_settings import StudySettings, parse_settings
from mapping.instruments.survey import Responses
from mapping.protocol import Protocol
from mapping.vocabulary import LANGUAGES

TABLES = {module.NAME: module.COLUMNS for module in (register, interviews, workshop, survey)}
"""The four files that every year has, and their fixed columns."""

MORE = {register.NAME: (register.CONTACT,)}
"""Columns that a file may have beside them."""

COMMENTS = {lang: f"comments.{lang}.md" for lang in LANGUAGES}
"""The alumni office's own words on the year, in each language."""

BESIDE = {module.NAME: module.COLUMNS for module in (corrections, lineage)}
"""The tables that a year may have."""

OPTIONAL = (*COMMENTS.values(), *BESIDE)


@dataclass(frozen=True)
class InputFile:
    """A file as it was read: SHA-256 of its bytes, rows of data, columns that were left out.

    ``rows`` is missing for a file that is no table.
    """

    name: str
    sha256: str
    rows: int | None = None
    extra_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawYear:
    """A year's raw data, corrected, typed and free of errors; never excerpts and statements.

    ``departments``, ``interviews``, ``workshop``: see the readers of these names.
    ``survey``: the responses that are used; ``respondents``: all responses, used or left out
    (see :class:`mapping.instruments.survey.Responses`).
    ``corrections``: what was corrected, see :func:`mapping.instruments.corrections.correct`.
    ``lineage``: see :func:`mapping.instruments.lineage.read_lineage`.
    ``comments``: the text of each language's comments file, as it stands; a blank file is none.
    ``contacts``: see :func:`mapping.instruments.register.read_contacts`.
    """

    settings: StudySettings
    departments: pd.DataFrame
    interviews: pd.DataFrame
    workshop: pd.DataFrame
    survey: pd.DataFrame
    respondents: pd.DataFrame
    corrections: pd.DataFrame
    lineage: pd.DataFrame
    files: tuple[InputFile, ...]
    comments: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_settings(folder: Path) -> StudySettings:
    """The settings in ``folder``, the raw folder of a year.

    Raises
    ------
    DataError
        The folder or its study.toml is missing, or the settings are wrong.

    """
    _require_folder(folder)
    path = folder / study_settings.NAME
    if not path.is_file():
        raise DataError([_missing(study_settings.NAME, _names(folder))])
    return parse_settings(path.read_bytes(), folder.absolute().name)


def read_year(folder: Path, protocol: Protocol, settings: StudySettings) -> RawYear:
    """All files of a year's raw folder.

    Each file is read once, and its SHA-256 is of the bytes that were read.

    Raises
    ------
    DataError
        With every problem of every file, ordered by file, row and column.

    """
    _require_folder(folder)
    return parse_year(_contents(folder), protocol, settings, _names(folder))


def parse_year(
    contents: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    beside: Collection[str] = (),
) -> RawYear:
    """A year's raw data from the bytes of its files, by name; files of other names are ignored.

    ``beside`` names what else lies in the folder: a file missing here may go by another name.

    Raises
    ------
    DataError
        With every problem of every file, ordered by file, row and column.

    """
    contents = {name: contents[name] for name in (*TABLES, *OPTIONAL) if name in contents}
    sheets = {name: _sheet(name, contents, columns) for name, columns in TABLES.items()}
    required = TABLES | {survey.NAME: _survey_columns(sheets[survey.NAME], protocol)}
    own = {name: _sheet(name, contents, columns) for name, columns in BESIDE.items()}
    corrected = corrections.correct(
        own[corrections.NAME], sheets, _may_have(sheets, required), settings
    )
    parts = _parts(corrected.sheets, protocol, settings)
    descent = _lineage(own[lineage.NAME], parts, settings)
    found = parts.problems
    if found and corrected.cells:
        before = _parts(sheets, protocol, settings).problems
        found = corrections.retold(found, before, corrected)
    _refuse(
        *_unreadable(contents, beside),
        *(problem for sheet in sheets.values() for problem in sheet.problems),
        *(p for name, sheet in sheets.items() for p in header_problems(sheet, required[name])),
        *corrected.problems,
        *descent.problems,
        *found,
    )
    if not any(len(frame) for frame in (parts.coded.frame, parts.notes.frame, parts.answers.used)):
        raise DataError([_no_evidence()])
    return RawYear(
        settings,
        parts.register.frame,
        parts.coded.frame,
        parts.notes.frame,
        parts.answers.used,
        parts.answers.respondents,
        corrected.frame,
        descent.frame,
        _input_files(settings, contents, sheets | own, required),
        _comments(contents),
        register.read_contacts(corrected.sheets[register.NAME]),
    )


@dataclass(frozen=True)
class _Parts:
    """What was read of the four files; ``known`` as :func:`_known_departments` gives it."""

    known: frozenset[str] | None
    register: Parsed
    coded: Parsed
    notes: Parsed
    answers: Responses

    @property
    def problems(self) -> list[Problem]:
        parts = (self.register, self.coded, self.notes, self.answers)
        return [problem for part in parts for problem in part.problems]


def _parts(sheets: Mapping[str, Sheet], protocol: Protocol, settings: StudySettings) -> _Parts:
    frame = register.read_departments(sheets[register.NAME])
    known = _known_departments(sheets[register.NAME], frame.problems, frame.frame)
    return _Parts(
        known,
        frame,
        interviews.read_interviews(sheets[interviews.NAME], protocol, settings, known),
        workshop.read_workshop(sheets[workshop.NAME], protocol, settings, known),
        survey.read_survey(sheets[survey.NAME], protocol, settings, known),
    )


def _lineage(sheet: Sheet, parts: _Parts, settings: StudySettings) -> Parsed:
    header = header_problems(sheet, lineage.COLUMNS)
    read = lineage.read_lineage(sheet, settings.year, parts.known)
    return Parsed(read.frame, (*sheet.problems, *(header or read.problems)))


def _sheet(name: str, contents: Mapping[str, bytes], columns: Sequence[str]) -> Sheet:
    return read_sheet(name, contents[name], columns) if name in contents else Sheet(name)


def _may_have(
    sheets: Mapping[str, Sheet], required: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """The columns of each file that are used: those it must have, and others if it has them."""
    return {
        name: (*columns, *(more for more in MORE.get(name, ()) if more in sheets[name].header))
        for name, columns in required.items()
    }


def _comments(contents: Mapping[str, bytes]) -> dict[str, str]:
    texts = {
        lang: decode(name, contents[name])[0] for lang, name in COMMENTS.items() if name in contents
    }
    return {lang: text for lang, text in texts.items() if text.strip()}


def _no_evidence() -> Problem:
    """All files are right, but there is nothing to compute anything from."""
    names = f"{interviews.NAME}, {workshop.NAME}, {survey.NAME}"
    remedy = "Put the rows of at least one instrument into its file."
    return Problem(names, None, "", "no rows that can be used", "evidence of a department", remedy)


def _refuse(*problems: Problem) -> None:
    if problems:
        raise DataError(by_place(problems))


def _require_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    parent = folder.parent
    years = sorted(p.name for p in parent.iterdir() if p.is_dir()) if parent.is_dir() else []
    exist = f"These years exist: {', '.join(years)}." if years else "No year exists yet."
    remedy = f"{exist} Choose one of them, or make the folder with its files."
    raise DataError([Problem(folder.name, None, "", "", "the raw folder of a year", remedy)])


def _names(folder: Path) -> tuple[str, ...]:
    return tuple(path.name for path in folder.iterdir())


def _missing(name: str, others: Collection[str]) -> Problem:
    stem, _, ending = name.partition(".")
    workbooks = [other for other in others if other.lower() in (f"{stem}.xlsx", f"{stem}.xls")]
    close = difflib.get_close_matches(name, set(others) - set(workbooks), n=1, cutoff=0.75)
    if workbooks and ending == "csv":
        remedy = f"Open '{workbooks[0]}' in Excel and save it as: CSV UTF-8 (comma delimited)."
    elif close:
        remedy = f"Rename '{close[0]}' to '{name}'."
    else:
        remedy = f"Put {name} in the year's folder."
    return Problem(name, None, "", "no such file", "a file of every year", remedy)


def _contents(folder: Path) -> dict[str, bytes]:
    """The bytes of each file of the year that exists."""
    paths = [folder / name for name in (*TABLES, *OPTIONAL)]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def _survey_columns(sheet: Sheet, protocol: Protocol) -> tuple[str, ...]:
    return (*survey.COLUMNS, *survey.item_headings(sheet, protocol).values())


def _known_departments(
    sheet: Sheet, problems: Sequence[Problem], frame: pd.DataFrame
) -> frozenset[str] | None:
    """The frame's departments, or None if any id is in doubt: then no other file is blamed."""
    doubtful = any(problem.column in ("", "department_id") for problem in problems)
    if sheet.problems or doubtful or "department_id" not in sheet.header:
        return None
    return frozenset(frame["department_id"])


def _unreadable(contents: Mapping[str, bytes], beside: Collection[str]) -> Iterable[Problem]:
    """Missing files, and texts that are not UTF-8."""
    yield from (_missing(name, beside) for name in TABLES if name not in contents)
    for name in COMMENTS.values():
        if name in contents:
            yield from decode(name, contents[name])[1]


def _input_files(
    settings: StudySettings,
    contents: Mapping[str, bytes],
    sheets: dict[str, Sheet],
    required: dict[str, tuple[str, ...]],
) -> tuple[InputFile, ...]:
    known = required | BESIDE
    tables = {
        name: (len(sheet.rows), extra_columns(sheet, (*known[name], *MORE.get(name, ()))))
        for name, sheet in sheets.items()
    }
    files = [InputFile(study_settings.NAME, settings.sha256)]
    files += [
        InputFile(name, hashlib.sha256(data).hexdigest(), *tables.get(name, ()))
        for name, data in contents.items()
    ]
    return tuple(sorted(files, key=lambda file: file.name))
