"""The open editions that there are already, on disk: what they show is known for good.

They are those of the year itself and of the latest year before that has any: in the folder of
the year's reports, and in the frozen copies. Only their own tables are read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from mapping.errors import UsageError
from mapping.schemas import TABLES, conform

FOLDER = "open"
"""The folder of an open edition, in the year's folder of reports."""

LISTED = "manifest.json"
TABLES_FOLDER = "tables"
COUNTS, VERDICTS = "open_cells", "open_findings"


@dataclass(frozen=True)
class Printed:
    """An open edition on disk: its year, where it lies from the root, and what it shows."""

    year: int
    name: str
    sha256: str
    cells: pd.DataFrame
    findings: pd.DataFrame


def printed(root: Path, year: int, *, synthetic: bool) -> tuple[Printed, ...]:
    """The open editions that everybody may have when that of ``year`` is made.

    Those of the year itself come last, and of them the one that lies with the year's reports.
    Editions of example data say nothing of real departments, and the other way round.

    Raises
    ------
    UsageError
        One of them is incomplete: what it has shown is then not known.

    """
    found = [_read(root, path) for path in _folders(root, year, synthetic=synthetic)]
    before = [edition.year for edition in found if edition.year < year]
    wanted = {year, max(before, default=year)}
    return tuple(sorted((e for e in found if e.year in wanted), key=lambda e: e.year))


def _folders(root: Path, year: int, *, synthetic: bool) -> Iterator[Path]:
    """Frozen copies first."""
    reports = root / "reports"
    places = [*sorted((reports / "final").glob("*-*")), *sorted(reports.glob("[0-9]" * 4))]
    for place in places:
        told = _json(place / FOLDER / LISTED)
        if told and told.get("year", year + 1) <= year and told.get("synthetic") == synthetic:
            yield place / FOLDER


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    value = json.loads(path.read_text(encoding="utf-8"))
    return value if isinstance(value, dict) else {}


def _read(root: Path, folder: Path) -> Printed:
    name = folder.relative_to(root).as_posix()
    tables = {}
    for table in (COUNTS, VERDICTS):
        path = folder / TABLES_FOLDER / f"{table}.csv"
        if not path.is_file():
            raise UsageError(
                f"{name} lacks {TABLES_FOLDER}/{path.name}: put it back, or what has been "
                "published cannot be taken into account"
            )
        tables[table] = _table(path, table)
    told = _json(folder / LISTED)
    digest = hashlib.sha256((folder / LISTED).read_bytes()).hexdigest()
    return Printed(int(told["year"]), name, digest, tables[COUNTS], tables[VERDICTS])


def _table(path: Path, table: str) -> pd.DataFrame:
    text = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""])
    whole = [name for name, column in TABLES[table].columns.items() if str(column.dtype) == "Int64"]
    typed = text.assign(hidden=text["hidden"] == "true")
    return conform(typed.astype(pd.Series("Int64", index=whole)), table)


def csv(frame: pd.DataFrame) -> bytes:
    """A table of the open edition as CSV: truths in small letters, what is missing blank."""
    truths = {
        name: frame[name].map({True: "true", False: "false"})
        for name in frame
        if frame[name].dtype == bool
    }
    return frame.assign(**truths).to_csv(index=False, lineterminator="\n").encode("utf-8")


def told(root: Path, year: int, *, synthetic: bool) -> dict[str, str]:
    """The open editions that that of ``year`` depends on, by name, each told by a hash.

    Not that which lies with the year's own reports: a run makes it anew, and what it has shown
    only keeps what is hidden hidden.
    """
    own = root / "reports" / str(year) / FOLDER
    folders = [path for path in _folders(root, year, synthetic=synthetic) if path != own]
    return {path.relative_to(root).as_posix(): digest(path) for path in folders}


def digest(folder: Path) -> str:
    """The hash of what is read of an open edition."""
    digest = hashlib.sha256()
    for name in (LISTED, *(f"{TABLES_FOLDER}/{table}.csv" for table in (COUNTS, VERDICTS))):
        if (folder / name).is_file():
            digest.update((folder / name).read_bytes() + b"\0")
    return digest.hexdigest()
