"""What results were made from, thing by thing: as they tell it themselves, and as it is now.

Nothing is parsed that a change may have broken: files are told by their bytes alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from mapping import open_editions, roots
from mapping.errors import DataError
from mapping.instruments import raw_paths
from mapping.pipeline import publication
from mapping.pipeline.baseline import CHANGE_FILES, method_files
from mapping.pipeline.results import ADDED, CHANGED, MISSING, Difference, Kind, Results
from mapping.pipeline.store import sha256
from mapping.pipeline.versions import versions

KINDS: tuple[Kind, ...] = ("inputs", "protocol", "notebooks", "code", "environment")
"""What results are made from, in the order in which it is told."""

MadeFrom = Mapping[Kind, Mapping[str, str]]
"""By kind, the name of each thing and what tells it: a hash, a version, or a place."""

PLACES = {"root": "the folder's own", "shipped": "the shipped one"}
_WHOLE = "the program"


def recorded(results: Results) -> MadeFrom:
    """What these results were made from, as they tell it themselves."""
    run = results.run
    inputs = {name: file["sha256"] for name, file in run["inputs"].items()}
    earlier = {
        f"{year}/{name}": hashed
        for year, told in _earlier(run).items()
        for name, hashed in told["inputs"].items()
    }
    notebooks = {
        key: value
        for name, told in run["notebooks"].items()
        for key, value in _notebook(name, told["sha256"], told["from"]).items()
    }
    return {
        "inputs": {**inputs, **earlier, **(run["editions"] if results.published else {})},
        "protocol": {**run["protocol_files"], **_places(_protocols(run))},
        "notebooks": notebooks,
        "code": {_WHOLE: run["code"], **run["code_files"]},
        "environment": run["versions"],
    }


def present(root: Path, results: Results) -> MadeFrom:
    """The same of what is there now, for a run that is asked for in the same way."""
    run = results.run
    inputs = _files(root, int(run["year"]), run["inputs"])
    for year in earlier_years(root, run):
        known = _earlier(run).get(year)
        only = known["inputs"] if known and "protocol" not in known else None
        files = _files(root, int(year), known["inputs"] if known else (), only)
        inputs |= {f"{year}/{name}": hashed for name, hashed in files.items()}
    inputs |= _editions_now(root, results) if results.published else {}
    return {
        "inputs": inputs,
        "protocol": _protocols_now(root, run),
        "notebooks": _notebooks_now(root, run),
        "code": {_WHOLE: roots.code_hash(), **roots.code_files()},
        "environment": versions(),
    }


def _editions_now(root: Path, results: Results) -> dict[str, str]:
    """The open editions on disk that these results, made now, would depend on."""
    listed = open_editions.listed(root, synthetic=bool(results.run["synthetic"]))
    own = publication.digest_listed(results.year, results.manifest["files"])
    folder = results.reports / open_editions.FOLDER  # its own, also if somebody has edited it
    others = [one for one in listed if root / one.name != folder]
    return open_editions.taken(others, results.year, own)


def differing(then: MadeFrom, now: MadeFrom) -> tuple[Difference, ...]:
    """Every single thing that differs, by kind in their order and then by name.

    The program as a whole is named only where none of its files is.
    """
    found = [difference for kind in KINDS for difference in _differing(kind, then[kind], now[kind])]
    code = [one for one in found if one.kind == "code"]
    if any(one.name == _WHOLE for one in code):
        return tuple(one for one in found if one.name != _WHOLE or len(code) == 1)
    return tuple(one for one in found if one.kind != "code")


def _differing(kind: Kind, then: Mapping[str, str], now: Mapping[str, str]) -> Iterable[Difference]:
    for name in sorted(then.keys() | now.keys()):
        if name not in now:
            yield Difference(kind, name, MISSING)
        elif name not in then:
            yield Difference(kind, name, ADDED)
        elif then[name] != now[name]:
            hashed = len(then[name]) == len(now[name]) == _LENGTH or name == _WHOLE
            yield Difference(kind, name, CHANGED if hashed else f"{then[name]}, now {now[name]}")


_LENGTH = 64  # hexadecimal digits of a SHA-256


def compares(run: Mapping[str, Any]) -> bool:
    """Whether the run was to compare with an earlier year, if there is one."""
    return "--no-baseline" not in str(run["command"]).split()


def earlier_years(root: Path, run: Mapping[str, Any]) -> list[str]:
    """The earlier years on disk that a run asked for in the same way looks at."""
    if not compares(run):
        return []
    return [year for year in roots.raw_years(root) if int(year) < int(run["year"])]


def raw_files(folder: Path, known: Iterable[str] = ()) -> dict[str, Path]:
    """The files of a year's raw folder that are read, by what they are called in results.

    ``known`` are names beside the usual.
    """
    others = {name: folder / name for name in known if (folder / name).is_file()}
    return dict(sorted((others | raw_paths(folder)).items()))


def _files(
    root: Path, year: int, known: Iterable[str], only: Iterable[str] | None = None
) -> dict[str, str]:
    paths = raw_files(root / "data" / "raw" / str(year), known)
    return {name: sha256(path) for name, path in paths.items() if only is None or name in only}


def _earlier(run: Mapping[str, Any]) -> Mapping[str, Any]:
    years: Mapping[str, Any] = (run["baseline"] or {}).get("years", {})
    return years


def _protocols(run: Mapping[str, Any]) -> dict[str, str]:
    """Each protocol that was used and where it was found."""
    told = [one["protocol"] for one in (run, *_earlier(run).values()) if "protocol" in one]
    return {one["name"]: one["from"] for one in told}


def _places(origins: Mapping[str, str]) -> dict[str, str]:
    return {f"place of {name}": PLACES[origin] for name, origin in origins.items()}


def _protocols_now(root: Path, run: Mapping[str, Any]) -> dict[str, str]:
    own = run["protocol"]["name"]
    found: dict[str, str] = {}
    for name in _protocols(run):
        try:
            used = roots.protocol(root, name)
        except DataError:
            continue
        changes = name == own and bool(run["baseline"])
        files = method_files(used.folder).items()
        found |= {f"{name}/{f}": h for f, h in files if changes or f not in CHANGE_FILES}
        found |= _places({name: used.origin})
    return found


def _notebook(name: str, hashed: str, origin: str) -> dict[str, str]:
    return {name: hashed, f"place of {name}": PLACES[origin]}


def _notebooks_now(root: Path, run: Mapping[str, Any]) -> dict[str, str]:
    """The notebooks that the root has now, and of the shipped ones those that were used."""
    used = roots.notebooks(root)
    shipped = roots.shipped("notebooks")
    own = {path.name: path for path in roots.report_notebooks(used.folder)}
    told = {
        name: shipped / name for name, of in run["notebooks"].items() if of["from"] == "shipped"
    }
    paths = {name: path for name, path in (told | own).items() if path.is_file()}
    needless = _without_use(run)
    return {
        key: value
        for name, path in paths.items()
        if name in run["notebooks"] or not needless(path)
        for key, value in _notebook(name, sha256(path), _origin(path, own, used)).items()
    }


def _origin(path: Path, own: Mapping[str, Path], used: roots.Resource) -> str:
    return used.origin if path in own.values() else "shipped"


def _without_use(run: Mapping[str, Any]) -> Callable[[Path], bool]:
    """Whether such a run passes over a notebook: it needs a baseline, and there is none."""

    def passed_over(path: Path) -> bool:
        try:
            told = json.loads(path.read_text(encoding="utf-8"))["metadata"]["mapping"]
        except (OSError, ValueError, LookupError, TypeError):
            return False
        return bool(told.get("baseline")) and not run["baseline"]

    return passed_over
