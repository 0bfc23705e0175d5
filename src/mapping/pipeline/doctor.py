"""What was read of a year's raw data, how much of it, and what is missing."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from mapping.comparison import FollowUp, follow_up_if_any
from mapping.errors import DataError, UsageError
from mapping.followup.transitions import paired
from mapping.instruments import (
    StudySettings,
    interviews,
    register,
    study_settings,
    survey,
    workshop,
)
from mapping.instruments.folder import read_folder
from mapping.instruments.tables import OPTIONAL, TABLES, find_tables, read_contract
from mapping.participation import participating
from mapping.pipeline.new_year import PAGES
from mapping.study import Study

_INSTRUMENTS = {"interviews": "interview", "workshop_notes": "workshop", "responses": "survey"}
"""Columns of table participation, and the instrument that each counts."""

_READ = (study_settings.NAME, *TABLES, *OPTIONAL)
_PAGES = {Path(name).with_suffix(end).name for name in PAGES for end in (".txt", ".md")}
_HIDDEN = (".", "~$")  # the second is how Excel begins the name of its lock on an open file
_CLOSE = 0.75  # like the readers, when they miss a file


@dataclass(frozen=True)
class FileRead:
    """A raw file: rows of data, what is missing in it, and what of it was left out."""

    name: str
    rows: int | None
    missing: str
    left_out: str


@dataclass(frozen=True)
class FileNotRead:
    """A file that lies in a year's folder and is not read.

    ``nearest`` is the file of a year that its name comes close to, if any; ``there`` tells whether
    the folder has that one too.
    """

    name: str
    nearest: str | None = None
    there: bool = False

    @property
    def misnamed(self) -> bool:
        """Whether it may be meant as a file that is not there."""
        return self.nearest is not None and not self.there


@dataclass(frozen=True)
class Coverage:
    """How many departments of the frame an instrument reaches, and which it does not."""

    instrument: str
    departments: int
    of: int
    without: tuple[str, ...]


@dataclass(frozen=True)
class OneYear:
    """Departments of the register of one year alone, which no row of the lineage explains.

    Each year has its ids; a year that has none is not there.
    """

    ids: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Compared:
    """The earlier year that a year is compared with, None for none; departments seen in both.

    ``left_out`` are earlier years that are not compared, with the reason; ``refused`` says why
    the baseline cannot be compared with, blank if it can. ``going_on`` are departments that were
    split and are there all the same, each with its new parts.
    """

    baseline: int | None = None
    departments: int = 0
    left_out: Mapping[int, str] = field(default_factory=dict)
    refused: str = ""
    one_year: OneYear = field(default_factory=OneYear)
    going_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def files_read(study: Study) -> tuple[FileRead, ...]:
    """Every file that was read."""
    raw = study.raw
    frames = {
        register.NAME: raw.departments,
        interviews.NAME: raw.interviews,
        workshop.NAME: raw.workshop,
        survey.NAME: raw.respondents,
    }
    return tuple(
        FileRead(
            file.name,
            file.rows,
            _missing(frames.get(raw.tables.get(file.name, file.name)), file.name),
            ", ".join(file.extra_columns),
        )
        for file in raw.files
    )


def _missing(frame: pd.DataFrame | None, file: str) -> str:
    """What is missing in the rows of a file: unknown values, or responses that are left out."""
    if frame is None:
        return ""
    own = frame[frame["file"] == file] if "file" in frame else frame
    return _left_out(own) if "left_out" in own else _blanks(own)


def files_not_read(folder: Path, recognised: Collection[str] = ()) -> tuple[FileNotRead, ...]:
    """Every file of a year's raw folder but those read and ``recognised``, the misnamed first.

    Hidden files are left out, and so are the pages that ``mapping new`` writes.
    """
    files = [path for path in folder.iterdir() if path.is_file() and path.name not in recognised]
    others = [_not_read(path) for path in files if not _known(path)]
    return tuple(sorted(others, key=lambda file: (not file.misnamed, file.name)))


def recognised(folder: Path) -> frozenset[str]:
    """The names of the files of a folder that hold data, whatever they are called."""
    try:
        sources = find_tables(read_folder(folder)).sources.values()
    except DataError:  # told when they are read
        return frozenset()
    return frozenset(name for source in sources for name in source.names)


def corrected(study: Study) -> dict[str, int]:
    """How many corrections were applied to each file that has any."""
    counts = study.raw.corrections["file"].value_counts()
    return {str(name): int(counts[name]) for name in sorted(counts.index)}


def coverage(study: Study) -> tuple[Coverage, ...]:
    """For each instrument, and for any of them, the departments with and without evidence."""
    reached = study.participation.set_index("department_id")[list(_INSTRUMENTS)] > 0
    reached = reached.rename(columns=_INSTRUMENTS)
    reached["any"] = reached.any(axis=1)
    return tuple(
        Coverage(str(name), int(has.sum()), len(has), tuple(map(str, has.index[~has])))
        for name, has in reached.items()
    )


def compared(study: Study, root: Path, baseline: int | None) -> Compared:
    """What comes of comparing the year as a run would; ``baseline`` as for :func:`follow_up`.

    Raises
    ------
    DataError
        An earlier year is not finished, or the lineage is wrong.

    """
    try:
        found = follow_up_if_any(study, root, baseline=baseline)
    except UsageError as error:
        return Compared(refused=str(error))
    if found is None:
        return Compared()
    found.require_sound()
    return Compared(
        found.baseline,
        len(paired(found.transitions)),
        found.left_out,
        one_year=one_year(found),
        going_on=_going_on(found),
    )


def one_year(found: FollowUp) -> OneYear:
    """What is in one of the two registers alone: closed, new, or forgotten in lineage.csv."""
    followed = found.followed
    explained = {*found.lineage["from_id"], *found.lineage["to_id"]}
    years = followed.groupby("followed")["year"].transform("nunique")
    alone = followed[(years == 1) & ~followed["department_id"].isin(explained)]
    groups = alone.groupby("year")["department_id"]
    return OneYear({int(str(year)): tuple(ids) for year, ids in groups})


def without_contact(study: Study, folder: Path) -> tuple[str, ...]:
    """The departments that get a report and have no contact, if the register tells contacts."""
    departments = participating(study.evidence)
    return no_contact(departments, study.raw.contacts, folder, study.settings)


def no_contact(
    departments: Iterable[str], contacts: Mapping[str, str], folder: Path, settings: StudySettings
) -> tuple[str, ...]:
    """Those of the departments without a contact; none if the register has no such column."""
    told = register.CONTACT in read_contract(folder, register.NAME, settings).header
    return tuple(ident for ident in departments if told and ident not in contacts)


def _going_on(found: FollowUp) -> dict[str, tuple[str, ...]]:
    rows = found.lineage
    split = rows[(rows["kind"] == "split") & (rows["year"] > found.baseline)]
    there = split[split["from_id"].isin(found.now.departments["department_id"])]
    return {str(ident): tuple(sorted(part)) for ident, part in there.groupby("from_id")["to_id"]}


def _known(path: Path) -> bool:
    """Whether the file is read, or need not be told of."""
    return path.name in _PAGES or path.name.startswith(_HIDDEN) or _is_read(path)


def _is_read(path: Path) -> bool:
    """Whether the file has the name of one that is read, as far as its disk tells names apart."""
    alike = [path.with_name(name) for name in _READ if name == path.name.lower()]
    return any(file.exists() and file.samefile(path) for file in alike)


def _not_read(path: Path) -> FileNotRead:
    nearest = _nearest(path.name.lower())
    there = nearest is not None and path.with_name(nearest).is_file()
    return FileNotRead(path.name, nearest, there)


def _nearest(name: str) -> str | None:
    """The file that one of this name, in small letters, may be meant as.

    It is the one of which only the ending differs, or to which one was added; else the one that
    is spelt most like it, if any is.
    """
    but_for_ending = [read for read in _READ if f"{name}.".startswith(f"{Path(read).stem}.")]
    close = difflib.get_close_matches(name, _READ, n=1, cutoff=_CLOSE)
    return next(iter([*but_for_ending, *close]), None)


def _blanks(frame: pd.DataFrame) -> str:
    """Unknown values by column: ``staff_fte 3, throughput 1``."""
    counts = frame.isna().sum()
    return ", ".join(f"{column} {count}" for column, count in counts.items() if count)


def _left_out(respondents: pd.DataFrame) -> str:
    """Responses left out, by reason: ``2 incomplete, 1 blank``."""
    counts = respondents["left_out"].value_counts()
    return ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items()))
