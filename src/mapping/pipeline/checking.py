"""``mapping check``: a year's raw data, read as a run would, and all that there is to tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from mapping import calibration, recovery_calibration, roots
from mapping.comparison import with_earlier
from mapping.errors import DataError, Problem
from mapping.instruments import StudySettings, read_settings, register, study_settings
from mapping.instruments.folder import read_folder, read_raw
from mapping.instruments.recognised import Progress, Recognised, silent
from mapping.instruments.sheet import Sheet
from mapping.instruments.study_settings import Fieldwork
from mapping.instruments.tables import find_tables, read_contract
from mapping.instruments.year import Examined, examine_year
from mapping.pipeline import store
from mapping.pipeline.doctor import (
    Compared,
    Coverage,
    FileNotRead,
    FileRead,
    compared,
    corrected,
    coverage,
    files_not_read,
    files_read,
    without_contact,
)
from mapping.pipeline.examination import (
    Coder,
    Days,
    FileFound,
    coders,
    days,
    files_found,
)
from mapping.pipeline.problem_places import located
from mapping.pipeline.settings_lines import (
    Known,
    advised,
    known_names,
    lines_for_settings,
    remedied,
)
from mapping.pipeline.store import Store
from mapping.protocol import Protocol, load_protocol
from mapping.study import Study


@dataclass(frozen=True)
class Sound:
    """What is told of a year without errors: how much was read, of whom, and of whom not."""

    files: tuple[FileRead, ...]
    corrected: Mapping[str, int]
    coverage: tuple[Coverage, ...]
    days: tuple[Days, ...]
    coders: tuple[Coder, ...]
    compared: Compared
    without_contact: tuple[str, ...]
    fieldwork: Fieldwork


@dataclass(frozen=True)
class Check:
    """All that ``mapping check`` tells of a year: on the screen and as a page.

    ``lines`` are those to put into study.toml; ``notes`` go with the problems. ``sound`` is None
    if there are any.
    """

    year: int
    files: tuple[FileFound, ...]
    not_read: tuple[FileNotRead, ...]
    lines: str = ""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    sound: Sound | None = None


def check(place: Store, baseline: int | None, progress: Progress = silent) -> Check:
    """All that there is to tell of a year's raw data; its errors are listed, as a run would.

    ``baseline`` as for :func:`mapping.follow_up`.
    """
    folder = roots.raw_folder(place.root, place.year)
    looked = _look(place, baseline, progress)
    examined = looked.examined or Examined((), (), None)
    sound = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    try:
        with store.listing_errors(place):
            sound = _sound(looked, place.root, folder, baseline)
    except DataError as error:
        problems, notes = error.problems, tuple(getattr(error, "__notes__", ()))
    known = _known(folder, looked.method, looked.settings)
    read = advised(examined.found, problems, known)
    found = read
    if looked.error is not None:
        found = (*read, *_unread(folder, {one.file for one in read}))
    files = files_found(found, examined.labels)
    named = {name for problem in problems for name in problem.file.split(", ")}
    told = {*examined.labels, *named, *(file.found.file for file in files)}
    not_read = files_not_read(folder, told)
    lines = lines_for_settings(read, problems, known)
    return Check(place.year, files, not_read, lines, problems, notes, sound)


def _unread(folder: Path, told: Collection[str]) -> Iterator[Recognised]:
    """The files in a program's format of which nothing was told, for they were not read."""
    try:
        sources = find_tables(read_folder(folder)).sources.values()
    except DataError:
        return
    for source in sources:
        for name in source.files:
            if source.format and name not in told:
                note = ("It was not read: the errors tell why.",)
                yield Recognised(name, source.format.kind, source.format.instrument, notes=note)


def _mendable(
    error: DataError,
    folder: Path,
    examined: Examined | None,
    method: Protocol,
    settings: StudySettings,
) -> DataError:
    """The errors with what mends them, and where they are in files without rows."""
    found = examined.found if examined else ()
    problems = remedied(error.problems, found, _known(folder, method, settings))
    return located(DataError(problems), folder, method, settings)


def _known(folder: Path, method: Protocol | None, settings: StudySettings | None) -> Known:
    """What the register, the protocol and study.toml know by name, as far as they can be read."""
    if method is None:
        return Known()
    try:
        sheet = read_contract(folder, register.NAME, settings)
    except DataError:
        sheet = Sheet(register.NAME)
    columns = ("department_id", "name")
    there = all(sheet.header.count(name) == 1 for name in columns)
    frame = pd.DataFrame({name: sheet.column(name) for name in columns}) if there else None
    return known_names(frame, method, settings)


@dataclass(frozen=True)
class _Looked:
    """What was found in a year's folder, and either its study or why there is none.

    ``settings`` and ``method`` are None where they could not be read.
    """

    error: DataError | None = None
    examined: Examined | None = None
    study: Study | None = None
    settings: StudySettings | None = None
    method: Protocol | None = None


def _look(place: Store, baseline: int | None, progress: Progress) -> _Looked:
    """The year's study, or the errors of the year and of those that it is compared with."""
    folder = roots.raw_folder(place.root, place.year)
    try:
        settings = read_settings(folder)
    except DataError as error:  # nobody knows what it is compared with
        return _Looked(error, _recognised(place.root, folder, progress))
    examined = method = None
    try:
        used = roots.protocol(place.root, settings.protocol).folder
        method = load_protocol(used)
        names = [path.name for path in folder.iterdir()]
        examined = examine_year(read_folder(folder), method, settings, names, progress)
        raw = examined.require()
        verdicts, given = calibration.read(used, method), recovery_calibration.read(used, method)
        study = Study(raw, method, {}, verdicts, given)
        return _Looked(None, examined, study, settings, method)
    except DataError as error:
        own = _mendable(error, folder, examined, method, settings) if method else error
        told = with_earlier(own, settings, place.root, baseline)
        return _Looked(told, examined, None, settings, method)


def _recognised(root: Path, folder: Path, progress: Progress) -> Examined | None:
    """What the files of a year are whose study.toml is wrong, as far as it tells their names."""
    try:
        told = folder / study_settings.NAME
        settings = study_settings.parse_names(read_raw(told) if told.is_file() else b"")
        method = load_protocol(roots.protocol(root, settings.protocol).folder)
        examined = examine_year(read_folder(folder), method, settings, (), progress)
    except DataError:  # nothing can be told before study.toml is mended
        return None
    return replace(examined, problems=(), raw=None)


def _sound(looked: _Looked, root: Path, folder: Path, baseline: int | None) -> Sound:
    """What is told of a year without errors."""
    if (study := looked.study) is None:
        raise looked.error or DataError(())
    return Sound(
        files_read(study),
        corrected(study),
        coverage(study),
        days(study),
        coders(study),
        compared(study, root, baseline),
        without_contact(study, folder),
        study.settings.fieldwork,
    )
