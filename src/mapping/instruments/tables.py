"""The tables of the data contract as text, whatever files they come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from mapping.errors import DataError, Problem
from mapping.instruments import (
    corrections,
    documents,
    interviews,
    lineage,
    register,
    study_settings,
    survey,
    tabular,
    workshop,
)
from mapping.instruments.coded_tables import is_told
from mapping.instruments.documents import NO_DOCUMENTS, Documents, parse_documents
from mapping.instruments.folder import Found, Source, find, read_folder
from mapping.instruments.formats import TOLD, Format
from mapping.instruments.limesurvey.headings import is_coded
from mapping.instruments.limesurvey.responses import Export, as_survey
from mapping.instruments.recognised import Instrument, Progress, Read, Recognised, silent
from mapping.instruments.renaming import Names, in_our_names, names_of
from mapping.instruments.sheet import Sheet
from mapping.instruments.study_settings import StudySettings
from mapping.instruments.survey import is_personal
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

OPTIONAL = (*COMMENTS.values(), *BESIDE, documents.NAME)
"""The files of the contract that a year may have."""


DATES = {
    interviews.NAME: ("date",),
    workshop.NAME: ("date",),
    survey.NAME: ("submitdate",),
    corrections.NAME: ("date",),
}
"""The columns of dates of each table, which a spreadsheet may hold as numbers."""


@dataclass(frozen=True)
class Opened:
    """The tables of the contract as text, by name, and what was recognised in their files.

    ``problems`` are those of what is read beside the tables: the list of documents.
    """

    sheets: Mapping[str, Sheet]
    found: tuple[Recognised, ...]
    problems: tuple[Problem, ...] = ()


def open_tables(
    found: Found,
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
) -> Opened:
    """Every table of the contract, blank where there is none."""
    listed = _documents(found, settings, progress)
    read = {
        name: _foreign(source, listed, protocol, settings, progress)
        if (source := _as_told(name, found.sources.get(name), settings)) and source.format
        else _own(name, source, protocol, settings, progress)
        for name in (*TABLES, *BESIDE)
    }
    return Opened(
        {name: one.sheet for name, one in read.items()},
        tuple(recognised for one in read.values() for recognised in one.found),
        listed.problems,
    )


def raw_paths(folder: Path) -> dict[str, Path]:
    """The files of a year's folder that are read, by what they are called in results.

    Where nobody can tell which file is read, because several could be, none of them is there.
    """
    found = find_tables(read_folder(folder))
    usual = (study_settings.NAME, *COMMENTS.values())
    paths = {name: folder / name for name in usual if (folder / name).is_file()}
    for source in found.sources.values():
        paths |= {source.labels.get(name, name): folder / name for name in source.names}
    return dict(sorted(paths.items()))


def find_tables(contents: Mapping[str, bytes]) -> Found:
    """The sources of all tables of a year."""
    return find(contents, (*TABLES, *BESIDE, documents.NAME))


def read_contract(folder: Path, table: str, settings: StudySettings | None = None) -> Sheet:
    """One table of the data contract as text, from a year's folder; blank if it is not there.

    ``settings`` give the names that the file may have; None if nobody knows them.

    Raises
    ------
    DataError
        A file of the folder cannot be read.

    """
    source = find(read_folder(folder), (table,)).sources.get(table)
    return _contract(table, _sheet(table, source, settings), settings).sheet


def _documents(found: Found, settings: StudySettings, progress: Progress) -> Documents:
    """The list of documents, its departments held against the frame."""
    if (source := found.sources.get(documents.NAME)) is None:
        return NO_DOCUMENTS
    frame = _sheet(register.NAME, found.sources.get(register.NAME), settings)
    frame = _contract(register.NAME, frame, settings).sheet
    told = "department_id" in frame.header
    known = frozenset(frame.column("department_id").categories) if told else None
    ((name, data),) = source.files.items()
    sheet = tabular.read(name, data, documents.COLUMNS, ("date",), progress=progress)
    return parse_documents(sheet, settings, known)


def _as_told(name: str, source: Source | None, settings: StudySettings) -> Source | None:
    """The source, its interviews in the layout that study.toml tells, if it tells one."""
    if source is None or source.format or name != interviews.NAME or not is_told(settings):
        return source
    return dataclasses.replace(source, format=TOLD)


def _foreign(
    source: Source,
    listed: Documents,
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress,
) -> Read:
    """A table from files in the format of a program."""
    form = cast(Format, source.format)
    more = {"documents": listed} if form.instrument == "interviews" else {}
    try:
        return form.read({**source.files, **source.beside}, protocol, settings, progress, **more)
    except DataError as error:
        return Read(Sheet(next(iter(source.files)), problems=error.problems))


def _own(
    name: str,
    source: Source | None,
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress,
) -> Read:
    """A table in no program's format; a survey may have LimeSurvey's codes all the same."""
    sheet = _sheet(name, source, settings, progress)
    if name == survey.NAME and is_coded(sheet.header, protocol):
        return as_survey(Export(sheet, "LimeSurvey's codes"), protocol, settings)
    return _contract(name, sheet, settings)


def _sheet(
    name: str, source: Source | None, settings: StudySettings | None, progress: Progress = silent
) -> Sheet:
    """The table as its file has it, by the file's headings."""
    if source is None:
        return Sheet(name)
    ((file, data),) = source.files.items()
    told = names_of(name, settings).columns if settings else {}
    columns = ((TABLES | BESIDE)[name], DATES.get(name, ()))
    headings, dates = ([told.get(one, one) for one in wanted] for wanted in columns)
    try:
        return tabular.read(file, data, headings, dates, progress=progress, passed_over=is_personal)
    except DataError as error:
        return Sheet(file, problems=error.problems)


def _contract(name: str, sheet: Sheet, settings: StudySettings | None) -> Read:
    """A table that has the contract's columns, or those that study.toml gives for them."""
    if not sheet.header:
        return Read(sheet)
    sheet, mapped = in_our_names(sheet, names_of(name, settings) if settings else Names())
    instrument = cast(Instrument, Path(name).stem)
    kind = "table of the data contract"
    counts = {"rows": len(sheet.rows)}
    told = Recognised(sheet.name, kind, instrument, counts, mapped, sheet.notes, sheet.warnings)
    return Read(sheet, (told,))
