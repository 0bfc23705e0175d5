"""The open editions that there are already, on disk: what they show is known for good.

They are in the folders of the years' reports, in the frozen copies, and in a folder of their own,
``reports/published``: what each open edition has shown is kept there from the moment that it is
made, and no run replaces or removes it. Only their own tables are read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mapping.errors import RunError, UsageError
from mapping.masking import masked_table, unmasked
from mapping.schemas import TABLES, conform

FOLDER = "open"
"""The folder of an open edition, in the year's folder of reports."""

PUBLISHED = "published"
"""The folder of what open editions have shown, beside the years' reports."""

LISTED = "manifest.json"
TABLES_FOLDER = "tables"
COUNTS, VERDICTS = "open_cells", "open_findings"
SHOWN = tuple(f"{TABLES_FOLDER}/{table}.csv" for table in (COUNTS, VERDICTS))
"""The files that hold all that an open edition shows."""


@dataclass(frozen=True)
class Printed:
    """An open edition on disk: its year, where it lies from the root, and what it shows."""

    year: int
    name: str
    sha256: str
    cells: pd.DataFrame
    findings: pd.DataFrame


@dataclass(frozen=True)
class Listed:
    """An open edition on disk, not read: its year, where it lies from the root, and its hash.

    ``known`` are the hashes of those that were taken into account when it was made.
    """

    year: int
    name: str
    sha256: str
    known: frozenset[str]
    synthetic: bool


def printed(root: Path, year: int, *, synthetic: bool) -> tuple[Printed, ...]:
    """The open editions that everybody may have when that of ``year`` is made.

    Those of the year itself, of the latest year before that has any, and of the first year after,
    by year, each once. Editions of example data say nothing of real departments, and the other
    way round.

    Raises
    ------
    UsageError
        One of them is incomplete: what it has shown is then not known.

    """
    near = _near(listed(root, synthetic=synthetic), year)
    return tuple(_read(root, edition) for edition in near)


def taken(editions: Iterable[Listed], year: int, own: str = "") -> dict[str, str]:
    """The open editions that that of ``year`` depends on, by name, each told by its hash.

    ``own`` is the hash of that edition, if it is made: it does not depend on itself, nor on
    those that have been made since and take it into account themselves.
    """
    others = [one for one in editions if own not in (one.sha256, *one.known)]
    return {one.name: one.sha256 for one in _near(others, year)}


def _near(editions: Iterable[Listed], year: int) -> list[Listed]:
    """Those of the year, and of the nearest years before and after."""
    found = sorted(editions, key=lambda one: one.year)
    before = [one.year for one in found if one.year < year]
    after = [one.year for one in found if one.year > year]
    wanted = {year, *before[-1:], *after[:1]}
    return [one for one in found if one.year in wanted]


def listed(root: Path, *, synthetic: bool) -> tuple[Listed, ...]:
    """Every open edition on disk, each once.

    Raises
    ------
    UsageError
        Of one of them it cannot be read what it is.

    """
    found: dict[str, Listed] = {}
    for folder in _folders(root):
        one = told(root, folder)
        if one.synthetic == synthetic:
            found.setdefault(one.sha256, one)
    return tuple(found.values())


def _folders(root: Path) -> Iterator[Path]:
    """What is kept for good first, and what a run replaces last."""
    reports = root / "reports"
    kept = sorted((reports / PUBLISHED).glob("[0-9]*-*[0-9]"))
    copies = [*sorted((reports / "final").glob("*-*")), *sorted(reports.glob("[0-9]" * 4))]
    folders = [*kept, *(copy / FOLDER for copy in copies)]
    yield from (folder for folder in folders if (folder / LISTED).is_file())


def told(root: Path, folder: Path) -> Listed:
    """What an edition tells of itself.

    Raises
    ------
    UsageError
        It cannot be read.

    """
    try:
        told = json.loads((folder / LISTED).read_text(encoding="utf-8"))
        year, known = int(told["year"]), frozenset(map(str, told.get("editions", ())))
        synthetic = bool(told["synthetic"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise UsageError(_cannot_be_read(root, folder / LISTED)) from None
    name = folder.relative_to(root).as_posix()
    return Listed(year, name, digest(year, folder), known, synthetic)


def _cannot_be_read(root: Path, path: Path) -> str:
    return (
        f"{path.relative_to(root).as_posix()} cannot be read: put it back as it was, for what an "
        "open edition has shown is taken into account ever after; only if this edition was never "
        "given to anybody, remove its folder"
    )


def digest(year: int, folder: Path) -> str:
    """The hash of what an open edition shows: the same, whatever else lies in its folder."""
    there = [name for name in SHOWN if (folder / name).is_file()]
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in there}
    return digest_of(year, hashes)


def digest_of(year: int, hashes: Mapping[str, str]) -> str:
    """The same by the SHA-256 of its files, by their name in the edition's folder."""
    lines = [f"{hashes[name]}  {name}\n" for name in SHOWN if name in hashes]
    return hashlib.sha256("".join([f"{year}\n", *lines]).encode()).hexdigest()


def _read(root: Path, edition: Listed) -> Printed:
    tables = {}
    for table in (COUNTS, VERDICTS):
        path = root / edition.name / TABLES_FOLDER / f"{table}.csv"
        if not path.is_file():
            raise UsageError(
                f"{edition.name} lacks {TABLES_FOLDER}/{path.name}: put it back, or what has been "
                "published cannot be taken into account"
            )
        try:
            tables[table] = _table(path, table)
        except (OSError, ValueError, LookupError, RunError):
            raise UsageError(_cannot_be_read(root, path)) from None
    cells, findings = tables[COUNTS], tables[VERDICTS]
    return Printed(edition.year, edition.name, edition.sha256, cells, findings)


def _table(path: Path, table: str) -> pd.DataFrame:
    text = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""])
    bare = {str(name): text[name].map(unmasked, na_action="ignore") for name in text}
    text = text.assign(**bare).astype("string")
    whole = [name for name, column in TABLES[table].columns.items() if str(column.dtype) == "Int64"]
    typed = text.assign(hidden=text["hidden"] == "true")
    return conform(typed.astype(pd.Series("Int64", index=whole)), table)


def csv(frame: pd.DataFrame) -> bytes:
    """A table of the open edition as CSV: truths in small letters, what is missing blank.

    No cell of text is a formula to a spreadsheet.
    """
    truths = {
        str(name): frame[name].map({True: "true", False: "false"})
        for name in frame
        if frame[name].dtype == bool
    }
    shown = masked_table(frame.assign(**truths))
    return shown.to_csv(index=False, lineterminator="\n").encode("utf-8")
