"""Where things lie: the root of a mapping, its notebooks and its protocols.

A root is a folder with ``data/raw``. Its own ``notebooks`` and ``data/protocol`` win; else those
shipped with the package are used (for the notebooks without a number see
``pipeline/notebooks.py``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mapping.errors import DataError, Problem, UsageError

PACKAGE = Path(__file__).parent
_CHECKOUT = PACKAGE.parents[1]
NUMBERED = "[0-9]-*.ipynb"
"""Names of the notebooks that make the reports; the digit is their order."""

FOR_EACH = "department.ipynb"
"""The notebook that is executed for each department."""

WITH_BASELINE = "follow-up.ipynb"
"""The notebook that is executed where there is an earlier year to compare with."""

OF_AUDIT = "audit.ipynb"
"""The notebook of the methodology audit."""

OF_OPEN_EDITION = "open.ipynb"
"""The notebook of the open edition, the only one made for publication."""

Origin = Literal["root", "shipped"]


@dataclass(frozen=True)
class Resource:
    """A folder in use, and whether it is the root's own or the shipped one."""

    folder: Path
    origin: Origin


def find_root(start: Path | None = None) -> Path:
    """The nearest folder with ``data/raw``, from ``start`` (or the working folder) upwards.

    Raises
    ------
    UsageError
        There is none.

    """
    begin = (start or Path()).resolve()
    for folder in (begin, *begin.parents):
        if (folder / "data" / "raw").is_dir():
            return folder
    raise UsageError(
        f"no data/raw in {begin} or above it: go to the mapping's folder, "
        "name it with --root, or make one with: mapping init DIR"
    )


def chosen_root(root: Path | None) -> Path:
    """The root that was named, or the nearest one upwards from the working folder.

    Raises
    ------
    UsageError
        What was named is no root, or there is none.

    """
    if root is not None and not (root / "data" / "raw").is_dir():
        raise UsageError(f"no data/raw in {root}: make it a root with: mapping init {root}")
    return find_root(root)


def raw_folder(root: Path, year: int) -> Path:
    """The folder of a year's raw data.

    Raises
    ------
    UsageError
        There is no such year; the message lists the years that there are.

    """
    folder = root / "data" / "raw" / str(year)
    if not folder.is_dir():
        years = ", ".join(raw_years(root)) or "none"
        raise UsageError(f"no raw data for {year} in data/raw; years there: {years}")
    return folder


def raw_years(root: Path) -> list[str]:
    """The years that have a folder of raw data, in order."""
    folders = (root / "data" / "raw").glob("[0-9][0-9][0-9][0-9]")
    return sorted(folder.name for folder in folders if folder.is_dir())


def notebooks(root: Path) -> Resource:
    """The folder of the report notebooks: the root's own if it has any, else the shipped."""
    own = root / "notebooks"
    if report_notebooks(own):
        return Resource(own, "root")
    return Resource(shipped("notebooks"), "shipped")


def report_notebooks(folder: Path) -> list[Path]:
    """The notebooks of a folder that make reports, in the order of a run."""
    named = [folder / name for name in (OF_AUDIT, OF_OPEN_EDITION, WITH_BASELINE, FOR_EACH)]
    return sorted(folder.glob(NUMBERED)) + [path for path in named if path.is_file()]


def protocol(root: Path, name: str) -> Resource:
    """The folder of a protocol: the root's own if it has one of that name, else the shipped.

    Raises
    ------
    DataError
        There is no protocol of that name.

    """
    places = {"root": root / "data" / "protocol", "shipped": shipped("protocol")}
    if name in _protocols(places["root"]):
        return Resource(places["root"] / name, "root")
    if name in _protocols(places["shipped"]):
        return Resource(places["shipped"] / name, "shipped")
    known = sorted({known for place in places.values() for known in _protocols(place)})
    raise DataError(
        [
            Problem(
                "study.toml",
                column="protocol",
                value=repr(name),
                expected=f"one of {', '.join(known)}",
                remedy="Correct the name, or put the protocol's folder under data/protocol/.",
            )
        ]
    )


def _protocols(place: Path) -> set[str]:
    return {file.parent.name for file in place.glob("*/protocol.toml")}


def shipped(kind: Literal["notebooks", "protocol", "requirements"]) -> Path:
    """The shipped folder: inside the installed package, or the checkout's own when editable."""
    installed = PACKAGE / "shipped" / kind
    checkout = {
        "notebooks": _CHECKOUT / "notebooks",
        "protocol": _CHECKOUT / "data" / "protocol",
        "requirements": _CHECKOUT / "requirements",
    }
    return installed if installed.is_dir() else checkout[kind]


def code_hash() -> str:
    """SHA-256 over the package's own files, line ends made alike."""
    digest = hashlib.sha256()
    for path in _code():
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
        digest.update(_alike(path) + b"\0")
    return digest.hexdigest()


def code_files() -> dict[str, str]:
    """SHA-256 of each of the package's own files, to tell which have changed."""
    return {
        path.relative_to(PACKAGE).as_posix(): hashlib.sha256(_alike(path)).hexdigest()
        for path in _code()
    }


def _code() -> list[Path]:
    return sorted(
        path
        for path in PACKAGE.rglob("*")
        if path.is_file() and not {"__pycache__", "shipped"} & set(path.parts)
    )


def _alike(path: Path) -> bytes:
    return path.read_bytes().replace(b"\r\n", b"\n")
