"""A year's raw folder, read and checked as a whole: every problem of every file at once."""

from __future__ import annotations

import dataclasses
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
from mapping.instruments.delimited import decode
from mapping.instruments.fields import Parsed, extra_columns, header_problems
from mapping.instruments.folder import Found, read_folder, read_raw
from mapping.instruments.recognised import Progress, Recognised, silent
from mapping.instruments.refi_qda import compared, is_codebook
from mapping.instruments.sheet import Sheet
from mapping.instruments.study_settings import StudySettings, parse_settings
from mapping.instruments.survey import Responses
from mapping.instruments.tables import BESIDE, COMMENTS, MORE, TABLES, find_tables, open_tables
from mapping.protocol import Protocol


@dataclass(frozen=True)
class InputFile:
    """A file as it was read: SHA-256 of its bytes, rows of data, columns that were left out.

    ``rows`` is missing for a file that is no table, or one of several that were put together.
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
    ``tables``: the name of the contract's table that each instrument's file was read as.
    ``found``: what was recognised in each file.
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
    tables: Mapping[str, str] = field(default_factory=dict)
    found: tuple[Recognised, ...] = ()


@dataclass(frozen=True)
class Examined:
    """What came of reading a year: its data, or else the problems; and what each file was.

    ``labels``: what files are called in results, by their names, where that differs.
    """

    found: tuple[Recognised, ...]
    problems: tuple[Problem, ...]
    raw: RawYear | None
    labels: Mapping[str, str] = field(default_factory=dict)

    def require(self) -> RawYear:
        """The data.

        Raises
        ------
        DataError
            There are problems.

        """
        if self.raw is None:
            raise DataError(self.problems)
        return self.raw


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
    return parse_settings(read_raw(path), folder.absolute().name)


def read_year(
    folder: Path, protocol: Protocol, settings: StudySettings, progress: Progress = silent
) -> RawYear:
    """All files of a year's raw folder.

    Each file is read once, and its SHA-256 is of the bytes that were read.

    Raises
    ------
    DataError
        With every problem of every file, ordered by file, row and column.

    """
    _require_folder(folder)
    return parse_year(read_folder(folder), protocol, settings, _names(folder), progress)


def parse_year(
    contents: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    beside: Collection[str] = (),
    progress: Progress = silent,
) -> RawYear:
    """A year's raw data from the bytes of its files, by name.

    ``beside`` names what else lies in the folder: a file missing here may go by another name.

    Raises
    ------
    DataError
        With every problem of every file, ordered by file, row and column.

    """
    return examine_year(contents, protocol, settings, beside, progress).require()


def examine_year(
    contents: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    beside: Collection[str] = (),
    progress: Progress = silent,
) -> Examined:
    """As :func:`parse_year`, and what was recognised, also where there are problems."""
    found = find_tables(contents)
    opened = open_tables(found, protocol, settings, progress)
    sheets = {name: opened.sheets[name] for name in TABLES}
    own = {name: opened.sheets[name] for name in BESIDE}
    labels = {name: shown for one in found.sources.values() for name, shown in one.labels.items()}
    items = (item.item for item in protocol.items)
    required = TABLES | {survey.NAME: (*survey.COLUMNS, *items)}
    corrected = corrections.correct(
        own[corrections.NAME], sheets, _may_have(sheets, required), settings
    )
    parts = _parts(corrected.sheets, protocol, settings)
    descent = _lineage(own[lineage.NAME], parts, settings)
    told = parts.problems
    if told and corrected.cells:
        before = _parts(sheets, protocol, settings).problems
        told = corrections.retold(told, before, corrected)
    codebooks, damaged = _codebooks(contents, protocol, settings)
    recognised = (*opened.found, *codebooks)
    problems = [
        *found.problems,
        *damaged,
        *_unreadable(contents, found, beside),
        *(problem for sheet in sheets.values() for problem in sheet.problems),
        *(p for name, sheet in sheets.items() for p in header_problems(sheet, required[name])),
        *corrected.problems,
        *descent.problems,
        *opened.problems,
        *told,
    ]
    evidence = (parts.coded.frame, parts.notes.frame, parts.answers.used)
    if not problems and not any(len(frame) for frame in evidence):
        problems = [_no_evidence()]
    if problems:
        return Examined(recognised, _as_in_files(problems, sheets), None, labels)
    raw = RawYear(
        settings,
        parts.register.frame,
        _labelled(parts.coded.frame, labels),
        _labelled(parts.notes.frame, labels),
        _labelled(parts.answers.used, labels),
        _labelled(parts.answers.respondents, labels),
        corrected.frame,
        descent.frame,
        _input_files(settings, contents, found, sheets | own, required),
        _comments(contents),
        register.read_contacts(corrected.sheets[register.NAME]),
        _tables(found),
        recognised,
    )
    return Examined(recognised, (), raw, labels)


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


def _known_departments(
    sheet: Sheet, problems: Sequence[Problem], frame: pd.DataFrame
) -> frozenset[str] | None:
    """The frame's departments, or None if any id is in doubt: then no other file is blamed."""
    doubtful = any(problem.column in ("", "department_id") for problem in problems)
    if sheet.problems or doubtful or "department_id" not in sheet.header:
        return None
    return frozenset(frame["department_id"])


def _codebooks(
    contents: Mapping[str, bytes], protocol: Protocol, settings: StudySettings
) -> tuple[list[Recognised], list[Problem]]:
    """The coders' codebooks held against the protocol's; they decide nothing."""
    held: list[Recognised] = []
    problems: list[Problem] = []
    for name, data in contents.items():
        try:
            held += [compared(name, data, protocol, settings)] if is_codebook(data) else []
        except DataError as error:
            problems += error.problems
    return held, problems


def _unreadable(
    contents: Mapping[str, bytes], found: Found, beside: Collection[str]
) -> Iterable[Problem]:
    """Missing files, and texts that are not UTF-8."""
    there = {*found.sources, *found.doubtful}
    yield from (_missing(name, beside) for name in TABLES if name not in there)
    for name in COMMENTS.values():
        if name in contents:
            yield from decode(name, contents[name])[1]


def _as_in_files(problems: Iterable[Problem], sheets: Mapping[str, Sheet]) -> tuple[Problem, ...]:
    """The problems in order of place, each with the heading that the file itself has."""
    headings = {
        (file, column): heading
        for sheet in sheets.values()
        for column, heading in sheet.headings.items()
        for file in sheet.places.categories
    }
    return by_place(
        dataclasses.replace(one, column=headings.get((one.file, one.column), one.column))
        for one in problems
    )


def _labelled(frame: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """The rows with what their files are called in results."""
    return frame.assign(file=frame["file"].replace(dict(labels)))


def _tables(found: Found) -> dict[str, str]:
    return {label: table for table, one in found.sources.items() for label in one.labels.values()}


def _input_files(
    settings: StudySettings,
    contents: Mapping[str, bytes],
    found: Found,
    sheets: Mapping[str, Sheet],
    required: Mapping[str, Sequence[str]],
) -> tuple[InputFile, ...]:
    known = {**required, **BESIDE}
    files = [InputFile(study_settings.NAME, settings.sha256)]
    files += [
        InputFile(name, hashlib.sha256(contents[name]).hexdigest())
        for name in COMMENTS.values()
        if name in contents
    ]
    for table, source in found.sources.items():
        sheet = sheets.get(table, Sheet(table))
        extra = extra_columns(sheet, (*known.get(table, ()), *MORE.get(table, ())))
        rows = len(sheet.rows) if len(source.files) == 1 and table in sheets else None
        for name, data in source.files.items():
            label = source.labels.get(name, name)
            files.append(InputFile(label, hashlib.sha256(data).hexdigest(), rows, extra))
        for name, data in source.beside.items():
            files.append(InputFile(source.labels[name], hashlib.sha256(data).hexdigest()))
    return tuple(sorted(files, key=lambda file: file.name))
