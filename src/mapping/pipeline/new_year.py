"""A new year: the folder of its raw data, with templates, and the frame of the year before."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from mapping.errors import DataError, Problem, UsageError, by_place
from mapping.instruments import (
    StudySettings,
    interviews,
    lineage,
    read_settings,
    register,
    study_settings,
    survey,
    workshop,
)
from mapping.instruments.fields import header_problems
from mapping.instruments.sheet import Sheet, clean
from mapping.instruments.tables import read_contract
from mapping.masking import masked
from mapping.protocol import Protocol, load_protocol
from mapping.roots import protocol as protocol_in
from mapping.roots import raw_years

PAGES = ("LAS-MIG.sv.txt", "READ-ME.en.txt")
"""What goes where, in each language; plain text, so that any machine opens them."""

FIRST, LAST = 1900, 2100
"""A year outside these is a slip of the pen."""

FIRST_PROTOCOL, FIRST_NAMES = "su-2020", "code"
"""What a root's first year begins with; later ones follow the year before."""

_NO_DECISION = '# names_decided_by = ""\n# names_decided_on = ""'
_DECISION = 'names_decided_by = ""\nnames_decided_on = ""'
"""Who decided that departments are shown by name: anew for each year."""

_MOST_NAMED = 5  # files that are in the way; of more only the number is told


@dataclass(frozen=True)
class LastYear:
    """What a new year takes from the last one before it: settings, and the frame as it stands."""

    settings: StudySettings
    departments: Sheet


@dataclass(frozen=True)
class NewYear:
    """The folder that was made, and the settings of the year that it follows, if any."""

    folder: Path
    follows: StudySettings | None


def make_year(root: Path, year: int) -> NewYear:
    """Make ``data/raw/<year>`` with a template of each raw file, whole or not at all.

    The frame (departments.csv) is that of the last year on disk before it, cell for cell; so are
    protocol and names in study.toml. What nobody can know yet is left blank there, and a blank
    is an error until it is filled in.

    Raises
    ------
    UsageError
        The year is not plausible, its folder holds anything, or it cannot be written.
    DataError
        The year before is there and cannot be read; nothing is made then.

    """
    if not FIRST <= year <= LAST:
        raise UsageError(f"{year} is no year of a study: name one from {FIRST} to {LAST}")
    folder = root / "data" / "raw" / str(year)
    _require_vacant(folder)
    last = _last_year(root, year)
    name = last.settings.protocol if last else FIRST_PROTOCOL
    _put(folder, _templates(year, load_protocol(protocol_in(root, name).folder), last))
    return NewYear(folder, last.settings if last else None)


def _require_vacant(folder: Path) -> None:
    if not folder.exists():
        return
    inside = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if inside or not folder.is_dir():
        more = len(inside) - _MOST_NAMED
        names = ", ".join(inside[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        raise UsageError(
            f"{folder} is there already{' with ' * bool(inside)}{names}; nothing was changed. "
            f"Go on with it (mapping check {folder.name} says what is missing), or move it away "
            "to begin anew."
        )


def _last_year(root: Path, year: int) -> LastYear | None:
    """The last year before ``year``; a folder with neither of its first two files is none."""
    folders = [root / "data" / "raw" / name for name in raw_years(root) if int(name) < year]
    begun = [folder for folder in folders if any(map(Path.is_file, _first_files(folder)))]
    return _read(begun[-1], root) if begun else None


def _first_files(folder: Path) -> tuple[Path, Path]:
    return folder / study_settings.NAME, folder / register.NAME


def _read(folder: Path, root: Path) -> LastYear:
    settings: StudySettings | None = None
    wrong: list[Problem] = []
    try:
        settings = read_settings(folder)
        protocol_in(root, settings.protocol)
    except DataError as error:
        wrong += error.problems
    departments = read_contract(folder, register.NAME, settings)
    wrong += _frame_problems(departments)
    if settings is None or wrong:
        raise _unreadable(folder.name, wrong)
    return LastYear(settings, departments)


def _frame_problems(sheet: Sheet) -> list[Problem]:
    if not sheet.header and not sheet.problems:
        remedy = "Put it in the year's folder."
        return [Problem(register.NAME, None, "", "no such file", "a file of every year", remedy)]
    heads = header_problems(sheet, register.COLUMNS)
    return [*sheet.problems, *heads, *register.read_departments(sheet).problems]


def _unreadable(year: str, problems: Iterable[Problem]) -> DataError:
    """The problems of the year before, with its year in each file's name."""
    places = [dataclasses.replace(p, file=f"{year}/{p.file}") for p in problems]
    error = DataError(by_place(places))
    error.add_note(f"a new year begins from {year}, so correct it first; nothing was made")
    return error


def _templates(year: int, protocol: Protocol, last: LastYear | None) -> dict[str, bytes]:
    """The bytes of each file of the new folder, by name."""
    columns = {
        register.NAME: (*register.COLUMNS, register.CONTACT),
        lineage.NAME: lineage.COLUMNS,
        interviews.NAME: interviews.COLUMNS,
        workshop.NAME: workshop.COLUMNS,
        survey.NAME: (*survey.COLUMNS, *(item.item for item in protocol.items)),
    }
    tables = {name: _table([headings]) for name, headings in columns.items()}
    frame = {register.NAME: _frame(last.departments)} if last else {}
    values = _values(year, protocol, last.settings if last else None)
    texts = {name: _text(name, values) for name in (study_settings.NAME, *PAGES)}
    return texts | tables | frame


def _table(rows: Iterable[Sequence[str]]) -> bytes:
    """A table as Excel in Sweden opens and saves it: semicolons, byte-order mark."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _frame(sheet: Sheet) -> bytes:
    """The register as a table, its numbers with the decimal comma that goes with semicolons."""
    numbers = {*register.COUNTS, *register.SHARES, *register.AMOUNTS}
    numeric = [name in numbers and not sheet.decimal_comma for name in sheet.header]
    rows = (
        [
            cell.replace(".", ",") if is_number else masked(clean(cell))
            for cell, is_number in zip(record, numeric, strict=True)
        ]
        for record in sheet.records()
    )
    return _table([sheet.header, *rows])


def _values(year: int, protocol: Protocol, last: StudySettings | None) -> dict[str, object]:
    """What stands in the templates of texts.

    After an invented year nobody but the user knows whether this one is real, and its contact is
    invented too.
    """
    invented = last is not None and last.synthetic
    return {
        "year": year,
        "protocol": protocol.name,
        "names": last.names if last else FIRST_NAMES,
        "decided": _DECISION if last and last.names == "name" else _NO_DECISION,
        "contact": _quoted(last.contact if last and not invented else ""),
        "synthetic": '""' if invented else "false",
    }


def _quoted(text: str) -> str:
    """A text as TOML has it: like JSON, but that DEL must be escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _text(name: str, values: Mapping[str, object]) -> bytes:
    template = files("mapping.pipeline") / "templates" / name
    return template.read_text(encoding="utf-8").format_map(values).encode()


def _put(folder: Path, contents: Mapping[str, bytes]) -> None:
    """All files in their folder, or no folder: they are written beside it and moved in whole."""
    try:
        with TemporaryDirectory(
            prefix=f".{folder.name}-", dir=folder.parent, ignore_cleanup_errors=True
        ) as beside:
            made = Path(beside) / folder.name
            made.mkdir()
            for name, content in contents.items():
                (made / name).write_bytes(content)
            if folder.exists():
                folder.rmdir()  # only an empty folder goes
            made.rename(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{folder} could not be made: {reason}; nothing was changed") from None
