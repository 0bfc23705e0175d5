"""``mapping convert``: any files that are read, written as the tables of the data contract.

What is written is the text that the readers give to the contract's checks, cell by cell, before
anything is checked: whoever opens it sees exactly what was read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import mkstemp
from typing import Any, TypeAlias

import numpy as np

from mapping import roots
from mapping.errors import DataError, Problem, UsageError, by_place
from mapping.instruments import corrections, documents, register, study_settings, survey, workshop
from mapping.instruments.fields import extra_columns, header_problems
from mapping.instruments.folder import Found, Source, read_folder, read_raw
from mapping.instruments.formats import FORMATS
from mapping.instruments.recognised import Progress, Recognised, silent
from mapping.instruments.sheet import Sheet
from mapping.instruments.study_settings import StudySettings, parse_names
from mapping.instruments.tables import BESIDE, COMMENTS, MORE, TABLES, find_tables, open_tables
from mapping.masking import masked
from mapping.pipeline import disk
from mapping.pipeline.new_year import PAGES
from mapping.protocol import Protocol, load_protocol

OUT = "data/converted"
"""The folder of the root that is written into if none is named; it is kept out of git."""

KEPT = {
    ("data", "raw"): "where nothing is ever written",
    ("data", "processed"): "which a run replaces as a whole",
}
"""Folders that are not written into, and why."""

NUMBERS = {
    register.NAME: frozenset((*register.COUNTS, *register.SHARES, *register.AMOUNTS)),
    workshop.NAME: frozenset({"votes"}),
}
"""Columns of numbers by table: a number is never masked as text."""

Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.integer[Any]]]
Texts: TypeAlias = np.ndarray[Any, np.dtype[np.object_]]

CHUNK = 20_000
"""Rows that are written at a time."""


@dataclass(frozen=True)
class Converted:
    """A table as it was written, and where from.

    ``rows`` says how its rows correspond to those that errors and evidence name; ``extra`` are the
    columns that were left out; ``undated`` counts rows without a date, which the contract needs.
    """

    path: Path
    count: int
    files: tuple[str, ...]
    rows: str
    found: tuple[Recognised, ...] = ()
    extra: tuple[str, ...] = ()
    undated: int = 0


@dataclass(frozen=True)
class Conversion:
    """The tables that were written, and the files of a folder that hold none."""

    tables: tuple[Converted, ...]
    not_read: tuple[str, ...] = ()


def convert(
    files: Sequence[Path],
    out: Path,
    study: Path | None = None,
    protocol: str | None = None,
    progress: Progress = silent,
) -> Conversion:
    """Write the tables that ``files`` hold (of a folder: all its files) into the folder ``out``.

    Names are those of ``study``, a study.toml; if none is named, of the one beside the files.
    ``protocol`` goes before the one that it names; without either it is su-2020.

    Raises
    ------
    UsageError
        ``out`` lies in data/raw, data/processed or reports, has one of the tables already, or
        cannot be written; a file is not there, or two have one name. Nothing is written then.
    DataError
        A file is of no known format, or wrong in its form: with every problem of all files.

    """
    _require_apart(out)
    contents, beside = _contents(files)
    settings = _settings(study or beside)
    method = _protocol(protocol, settings, files)
    found = find_tables(contents)
    unknown = _unknown(contents, found)
    named = [name for name in unknown if any(path.name == name for path in files)]
    opened = open_tables(found, method, settings, progress)
    sheets = {name: opened.sheets[name] for name in found.sources if name in opened.sheets}
    columns = {name: _columns(name, sheet, method) for name, sheet in sheets.items()}
    problems = [
        *found.problems,
        *map(_strange, named),
        *opened.problems,
        *(problem for sheet in sheets.values() for problem in sheet.problems),
        *(p for name, sheet in sheets.items() for p in _missing(sheet, columns[name])),
    ]
    if problems:
        raise DataError(by_place(problems))
    if not sheets:
        raise DataError([_nothing(contents)])
    texts = {name: _lines(name, sheet, columns[name]) for name, sheet in sheets.items()}
    _write(out, texts)
    made = (
        _converted(out / name, sheet, found.sources[name], opened.found, columns[name])
        for name, sheet in sheets.items()
    )
    return Conversion(tuple(made), unknown)


def usual_folder(root: Path | None = None) -> Path:
    """Where tables go if no folder is named: of the root, or of the working folder.

    Raises
    ------
    UsageError
        What was named is no root.

    """
    if root is not None:
        return roots.chosen_root(root) / OUT
    try:
        return roots.find_root() / OUT
    except UsageError:
        return Path(OUT)


def _require_apart(out: Path) -> None:
    """Refuse folders that are for raw data or results: the tables are as confidential as files."""
    place = out.resolve()
    pairs = set(pairwise(part.casefold() for part in place.parts))
    reasons = {"/".join(folder): why for folder, why in KEPT.items() if folder in pairs}
    if any(map(_is_reports, (place, *place.parents))):
        reasons["reports"] = "which is handed on, and replaced by a run"
    for folder, why in reasons.items():
        raise UsageError(f"{out} lies in {folder}, {why}: name another folder with --out")


def _is_reports(folder: Path) -> bool:
    return folder.name.casefold() == "reports" and (folder.parent / "data" / "raw").is_dir()


def _contents(files: Sequence[Path]) -> tuple[dict[str, bytes], Path | None]:
    """The bytes of the files by name, and the study.toml among or beside them."""
    contents: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in files:
        try:
            own = read_folder(path) if path.is_dir() else {path.name: _file(path)}
        except DataError as error:
            problems += error.problems
            continue
        if twice := sorted(own.keys() & contents.keys() - {study_settings.NAME}):
            raise UsageError(f"two files are called {twice[0]}: convert one after the other")
        contents |= own
    if problems:
        raise DataError(by_place(problems))
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in files)
    beside = [folder / study_settings.NAME for folder in folders]
    there = [path for path in beside if path.is_file()]
    if len(there) > 1:
        raise UsageError("the files have several study.toml beside them: name one with --study")
    unread = {study_settings.NAME, *COMMENTS.values(), *PAGES}
    return {name: data for name, data in contents.items() if name not in unread}, next(
        iter(there), None
    )


def _file(path: Path) -> bytes:
    if not path.exists():
        raise UsageError(f"{path} is not there")
    return read_raw(path)


def _settings(study: Path | None) -> StudySettings:
    """The names that a study.toml gives; it need not be filled in otherwise."""
    if study is None:
        return parse_names(b"")
    if not study.is_file():
        raise UsageError(f"{study} is not there")
    return parse_names(read_raw(study))


def _protocol(name: str | None, settings: StudySettings, files: Sequence[Path]) -> Protocol:
    """The protocol, of the root that the first file lies in if it has one of its own."""
    try:
        root = roots.find_root(files[0].resolve().parent)
    except UsageError:
        root = Path()
    try:
        return load_protocol(roots.protocol(root, name or settings.protocol).folder)
    except DataError as error:
        if name is None:
            raise
        raise UsageError(f"no protocol {name}: {error.problems[0].expected}") from None


def _unknown(contents: Mapping[str, bytes], found: Found) -> tuple[str, ...]:
    """The files that are none of the contract's and in no known format."""
    used = {name for source in found.sources.values() for name in source.names}
    doubtful = {name for problem in found.problems for name in problem.file.split(", ")}
    return tuple(name for name in contents if name not in used | doubtful)


def _strange(name: str) -> Problem:
    tables = ", ".join((*TABLES, *BESIDE, documents.NAME))
    kinds = ", ".join(dict.fromkeys(one.kind for one in FORMATS))
    expected = f"a table of the data contract by its name ({tables}; or .xlsx), or by its content: "
    remedy = "Export it in one of these formats, or name it as the table that it is."
    return Problem(name, expected=expected + kinds, remedy=remedy)


def _nothing(contents: Mapping[str, bytes]) -> Problem:
    remedy = "Name the files with the data too."
    names = ", ".join(contents) or "the files"
    return Problem(names, None, "", "no table", "data of an instrument, or the register", remedy)


def _missing(sheet: Sheet, columns: Mapping[str, str]) -> list[Problem]:
    known = [name for name in columns.values() if name not in sheet.unknown]
    return [] if sheet.problems else header_problems(sheet, known)


def _columns(table: str, sheet: Sheet, protocol: Protocol) -> dict[str, str]:
    """The sheet's own heading of each column of the contract, in the contract's order."""
    fixed = (TABLES | BESIDE)[table]
    more = [name for name in MORE.get(table, ()) if name in sheet.header]
    columns = {name: name for name in (*fixed, *more)}
    items = protocol.items if table == survey.NAME else ()
    return columns | {item.item: item.item for item in items}


def _lines(table: str, sheet: Sheet, columns: Mapping[str, str]) -> Iterator[str]:
    """The table as CSV, many rows at a time; each distinct text is written once."""
    yield ",".join(map(_quoted, columns)) + "\n"
    cells = [_cells(table, name, sheet, heading) for name, heading in columns.items()]
    for start in range(0, len(sheet.rows), CHUNK):
        part = slice(start, start + CHUNK)
        rows = zip(*(texts[codes[part]] for codes, texts in cells), strict=True)
        yield "".join(f"{','.join(row)}\n" for row in rows)


def _cells(table: str, column: str, sheet: Sheet, heading: str) -> tuple[Numbers, Texts]:
    """The number of each record's text, and the texts as they are written."""
    if heading not in sheet.header:  # the format cannot hold it
        return np.zeros(len(sheet.rows), dtype=np.int64), np.array([""], dtype=object)
    own = sheet.column(heading)
    written = _writer(table, column, decimal_comma=sheet.decimal_comma)
    return own.codes, np.array([_quoted(written(text)) for text in own.categories], dtype=object)


def _writer(table: str, column: str, *, decimal_comma: bool) -> Callable[[str], str]:
    """How a text of the column is written: as text, or as a number with a decimal point."""
    if column not in NUMBERS.get(table, ()):
        return masked

    def number(text: str) -> str:
        plain = text.replace(",", ".") if decimal_comma else text
        try:
            float(plain)
        except ValueError:
            return masked(text)
        return plain

    return number


def _quoted(text: str) -> str:
    if any(sign in text for sign in '",\r\n;') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def _write(out: Path, texts: Mapping[str, Iterable[str]]) -> None:
    """All tables into the folder, or none: they are written beside their places first."""
    if there := [name for name in texts if (out / name).exists()]:
        raise UsageError(
            f"{', '.join(there)} {'are' if there[1:] else 'is'} in {out} already; nothing was "
            "written: name another folder with --out"
        )
    pending: dict[Path, Path] = {}
    done: list[Path] = []
    made = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, lines in texts.items():
            handle, beside = mkstemp(prefix=f".{name}-", dir=out)
            pending[Path(beside)] = out / name
            with os.fdopen(handle, "w", encoding="utf-8-sig", newline="", errors="replace") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
        for place, target in pending.items():
            with target.open("x"):  # whoever made it meanwhile keeps it
                done.append(target)
            os.replace(place, target)
    except BaseException as error:
        for path in (*done, *pending):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        if made:
            with suppress(OSError):
                out.rmdir()
        if isinstance(error, OSError):
            told = f"{out} could not be written: {disk.reason(error)}; nothing of it is left there"
            raise UsageError(told) from error
        raise


def _converted(
    path: Path,
    sheet: Sheet,
    source: Source,
    found: Iterable[Recognised],
    columns: Mapping[str, str],
) -> Converted:
    files = tuple(source.names)
    own = tuple(one for one in found if one.file in files)
    undated = 0
    if "date" in columns and path.name != corrections.NAME:
        undated = _blank(sheet, columns["date"])
    extra = extra_columns(sheet, columns.values())
    return Converted(path, len(sheet.rows), files, _rows(path.name, sheet), own, extra, undated)


def _blank(sheet: Sheet, heading: str) -> int:
    if heading not in sheet.header:
        return len(sheet.rows)
    texts = sheet.column(heading)
    blank = np.array([not text for text in texts.categories], dtype=bool)
    return int(blank[texts.codes].sum()) if len(texts) else 0


def _rows(table: str, sheet: Sheet) -> str:
    """How the rows of the table correspond to those that errors and evidence name."""
    places = np.arange(2, len(sheet.rows) + 2)
    other = np.flatnonzero(sheet.rows != places)
    if sheet.files is not None or not len(other):
        return f"errors and evidence name its rows as they are in {table}"
    first, last = other[0], len(places) - 1
    return (
        f"errors and evidence name the rows of {sheet.name}: row {places[first]} of {table} is row "
        f"{sheet.rows[first]} there, the last one ({places[last]}) row {sheet.rows[last]}"
    )
