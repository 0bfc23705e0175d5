"""Which file of a year's folder holds what: told by its content, whatever its name.

The tables of the data contract have their names. A file in the format of a program (a coding
project, an export of the survey) may have any name: it is recognised by what is in it. An
instrument's data come from one place; a coding program's may come as one file per coder.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mapping.errors import DataError, Problem
from mapping.instruments import study_settings, tabular
from mapping.instruments.archive import is_zip
from mapping.instruments.coded_tables import is_told
from mapping.instruments.formats import FORMATS, TOLD, Format
from mapping.instruments.limesurvey import is_questionnaire
from mapping.instruments.refi_qda import is_codebook
from mapping.instruments.spreadsheet import grids
from mapping.instruments.study_settings import parse_names
from mapping.instruments.unrecognised import UNREAD, meant_as, refused, table_of, waited_for

LARGEST = 1 << 30
"""Bytes that a raw file may have; all are read at once."""

ENDINGS = frozenset(
    {
        ".csv", ".md", ".toml", ".tsv", ".txt", ".xlsx", ".qdpx", ".qde", ".qdc", ".sav", ".zsav",
        ".lss", ".lsa", ".r",
    }
)  # fmt: skip
"""Files with other endings are never opened."""

SMALL = 1 << 15
"""Bytes that a workbook has at most which may be an empty table."""

_SMALLER = "Split it; or move it out of the folder, if it is none of the year's files."

HIDDEN = (".", "~$")
"""How names of files begin that are nobody's data; the second is Excel's lock on an open file."""


_TWO_LINES = re.compile(rb"\s*+\S[^\r\n]*+[\r\n]\s*+\S")
"""A line and another, whatever ends them; it goes over the bytes once and copies none."""


@dataclass(frozen=True)
class Source:
    """Where an instrument's data come from: one format, its files and what lies beside them.

    ``format`` is None for a table of the data contract. ``labels`` are what the files are called
    in results, by name: a person's name in the name of a file goes no further.
    """

    files: Mapping[str, bytes] = field(repr=False)
    format: Format | None = None
    beside: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All files that are read, those beside included."""
        return (*self.files, *self.beside)


@dataclass(frozen=True)
class Found:
    """What was found in a folder: the source of each table of the contract, by its file's name.

    ``problems`` tell of the tables in ``doubtful``: they have several sources, or a damaged one,
    and so none.
    """

    sources: Mapping[str, Source]
    doubtful: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_folder(folder: Path) -> dict[str, bytes]:
    """The bytes of every file of a year's folder that may hold data, by name.

    Files of programs whose formats are not read (``UNREAD``) are there without their bytes.

    Raises
    ------
    DataError
        With every file that cannot be read, that is too large, or that changed meanwhile.

    """
    contents: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.startswith(HIDDEN) or not path.is_file():
            continue
        ending = path.suffix.lower()
        try:
            if ending in ENDINGS:
                contents[path.name] = read_raw(path)
            elif ending in UNREAD:
                contents[path.name] = b""
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return contents


def read_raw(path: Path) -> bytes:
    """The bytes of a raw file, which stayed the same while they were read.

    Raises
    ------
    DataError
        It cannot be read, is larger than ``LARGEST``, or changed while it was read.

    """
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                remedy = "Put a file in its place."
                raise DataError([Problem(path.name, None, "", "", "a file", remedy)])
            if before.st_size > LARGEST:
                found, most = f"{before.st_size:,} bytes", f"at most {LARGEST:,} bytes"
                raise DataError([Problem(path.name, None, "", found, most, _SMALLER)])
            data = file.read(LARGEST + 1)
            after = os.fstat(file.fileno())
        now = path.stat()
    except OSError as error:
        remedy = "Close it in other programs, and look at who may read it."
        found = error.strerror or type(error).__name__
        raise DataError([Problem(path.name, None, "", found, "to read it", remedy)]) from None
    if not _state(before) == _state(after) == _state(now) or len(data) != before.st_size:
        remedy = "Wait until it is saved or synchronised, and run again."
        expected = "a file that stays as it is"
        raise DataError([Problem(path.name, None, "", "changed while read", expected, remedy)])
    return data


def find(contents: Mapping[str, bytes], tables: Iterable[str]) -> Found:
    """The sources of ``tables``, the names of the contract's files, among files by name.

    The study.toml among the files may tell the columns of a table that no program's is like.
    """
    tables = tuple(tables)
    formats = {name: _format(data) for name, data in contents.items()}
    formats |= dict.fromkeys(_told(contents, formats), TOLD)
    own = {name for table in tables for name in (table, f"{Path(table).stem}.xlsx")}
    formats |= {
        name: meant_as(name, data)
        for name, data in contents.items()
        if formats[name] is None and name not in own
    }
    found: dict[str, list[Source]] = {table: [] for table in tables}
    for table in tables:
        workbook = f"{Path(table).stem}.xlsx"
        for name in contents:
            if (name == table or name.lower() == workbook) and formats[name] is None:
                found[table].append(Source({name: contents[name]}, labels={name: name.lower()}))
    for one in (*FORMATS, TOLD):
        files = {name: contents[name] for name in sorted(formats) if formats[name] is one}
        table = f"{one.instrument}.csv"
        if files and table in found:
            groups = [files] if one.several else [{name: data} for name, data in files.items()]
            found[table] += [_source(one, group, contents) for group in groups]
    found = {table: _filled(sources) for table, sources in found.items()}
    several = [table for table, sources in found.items() if len(sources) > 1]
    damaged = {name: one for name, one in _unrecognised(contents, formats) if one is not None}
    lost = [table for name in damaged if (table := table_of(name)) and not found.get(table)]
    return Found(
        {table: sources[0] for table, sources in found.items() if len(sources) == 1},
        (*several, *dict.fromkeys(lost)),
        (
            *(_several(table, found[table]) for table in several),
            *damaged.values(),
            *_meant(contents, formats, found),
        ),
    )


def _meant(
    contents: Mapping[str, bytes],
    formats: Mapping[str, Format | None],
    found: Mapping[str, Sequence[Source]],
) -> Iterator[Problem]:
    """Files that cannot be read, and seem to be what an empty table of the contract waits for."""
    for table, sources in found.items():
        if len(sources) == 1 and _is_template(sources[0]):
            others = (name for name in contents if formats[name] is None and name != table)
            yield from (one for name in others if (one := waited_for(table, name)) is not None)


def _unrecognised(
    contents: Mapping[str, bytes], formats: Mapping[str, Format | None]
) -> Iterator[tuple[str, Problem | None]]:
    for name, data in contents.items():
        if formats[name] is None:
            yield (
                name,
                refused(name, lambda data: is_questionnaire(data) or is_codebook(data), data),
            )


def _format(data: bytes) -> Format | None:
    return next((one for one in FORMATS if one.looks(data)), None)


def _told(contents: Mapping[str, bytes], formats: Mapping[str, Format | None]) -> Iterator[str]:
    """The files that have all columns of interviews which study.toml tells."""
    try:
        settings = parse_names(contents.get(study_settings.NAME, b""))
    except DataError:  # it is told where the settings are read
        return
    if is_told(settings):
        wanted = set(settings.interviews.columns.values())
        for name, data in contents.items():
            if formats[name] is None and wanted <= tabular.headings(data):
                yield name


def _source(one: Format, files: Mapping[str, bytes], contents: Mapping[str, bytes]) -> Source:
    looks = one.beside or _never
    beside = {name: data for name, data in contents.items() if looks(data)}
    shown_as = labels(one.instrument, sorted(files)) | labels(one.instrument, sorted(beside))
    return Source(files, one, beside, shown_as)


def _never(_data: bytes) -> bool:
    return False


def labels(instrument: str, names: Sequence[str]) -> dict[str, str]:
    """What files are called in results: for their instrument, numbered if there are several."""
    numbers = [""] if len(names) == 1 else [f"-{number}" for number in range(1, len(names) + 1)]
    return {
        name: f"{instrument}{number}{Path(name).suffix.lower()}"
        for name, number in zip(names, numbers, strict=True)
    }


def _filled(sources: list[Source]) -> list[Source]:
    """The sources but for an empty table of the contract, as a new year begins with."""
    if len(sources) < 2:
        return sources
    return [one for one in sources if not _is_template(one)] or sources[:1]


def _is_template(source: Source) -> bool:
    """Whether it is a table of the contract that has no row but its header."""
    if source.format:
        return False
    (data,) = source.files.values()
    if is_zip(data):
        return len(data) < SMALL and _rows_of_a_workbook(data) < 2
    return not _TWO_LINES.match(data)


def _rows_of_a_workbook(data: bytes) -> int:
    try:
        return sum(len(grid.rows) for grid in grids("", data))
    except DataError:  # it is told where the workbook is read
        return 2


def _several(table: str, sources: Sequence[Source]) -> Problem:
    """A table with several sources, told of all its files."""
    names = [name for source in sources for name in source.files]
    kinds = ", ".join(f"{name} ({_kind(source)})" for source in sources for name in source.files)
    remedy = "Leave the one that is to be read in the folder, and move the others out of it."
    instrument = table.removesuffix(".csv")
    expected = f"one source of the {instrument}"
    return Problem(", ".join(names), None, "", kinds, expected, remedy)


def _kind(source: Source) -> str:
    return source.format.kind if source.format else "a table of the data contract"


def _state(told: os.stat_result) -> tuple[int, ...]:
    return (told.st_ino, told.st_size, told.st_mtime_ns)
