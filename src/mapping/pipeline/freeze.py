"""Reports as they were sent: a copy of a year's results that no run replaces.

A copy is complete in itself: the reports, the processed tables, the protocols and the hashes of
all of it. It is made beside its place and then renamed, so that half of one never stands there.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mapping import roots
from mapping.errors import DataError, UsageError
from mapping.pipeline import disk, made_from, results, store
from mapping.pipeline.baseline import method_files
from mapping.pipeline.results import ADDED, FINAL, METHOD, SUMS, Difference, Results
from mapping.pipeline.store import MANIFEST, Store, beside, sha256


@dataclass(frozen=True)
class Frozen:
    """A frozen copy: its folder and the files in it.

    ``not_made`` are files among the reports that no run made, which are not in it; ``since`` is
    what has changed of what the results were made from, a protocol that is not in it included.
    """

    folder: Path
    files: tuple[str, ...]
    not_made: tuple[str, ...]
    since: tuple[Difference, ...]


def freeze(root: Path, year: int) -> Frozen:
    """Copy the year's results to ``reports/final/<year>-<n>``, n counting up.

    Raises
    ------
    UsageError
        There are no whole results; a report or a table is not as it was made; the same results
        are frozen already; or the copy cannot be written. The message names the files, or the copy.

    """
    place = Store(root, year)
    with store.locked(place):
        store.recover(place)
        found = results.present(root, year)
        damaged = results.damage(found)
        _require_as_made(found, [one for one in damaged if one.how != ADDED])
        _require_new(root, found)
        with disk.making("the frozen copy"):
            folder = _next(root, year)
            files = _put(found, root, folder)
    since = made_from.differing(made_from.recorded(found), made_from.present(root, found))
    return Frozen(folder, files, tuple(one.name for one in damaged if one.how == ADDED), since)


def _require_as_made(found: Results, damaged: list[Difference]) -> None:
    if damaged:
        names = ", ".join(one.told for one in damaged)
        raise UsageError(
            f"not as the run made it: {names}. Only what a run has made is frozen: run again, or "
            f"keep what was edited elsewhere (mapping verify {found.year} says how it differs)"
        )


def _require_new(root: Path, found: Results) -> None:
    for name in results.frozen_names(root, found.year):
        try:
            known = results.find(root, name).run
        except UsageError:  # a damaged copy is no copy of these
            continue
        if (known["checksum"], known["manifest"]) == (found.run["checksum"], found.run["manifest"]):
            raise UsageError(f"the same results are frozen already, as reports/{FINAL}/{name}")


def _next(root: Path, year: int) -> Path:
    """The place of the next copy; what an interruption left beside such places is removed."""
    folder = root / "reports" / FINAL
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{year}-*.new"):
        _remove(left)
    taken = [int(name.partition("-")[2]) for name in results.frozen_names(root, year)]
    return folder / f"{year}-{max(taken, default=0) + 1}"


def _put(found: Results, root: Path, folder: Path) -> tuple[str, ...]:
    """The copy in its place, whole or not at all; its files."""
    pending = beside(folder, "new")
    try:
        files = _copy(found, root, pending)
        os.replace(pending, folder)
    except BaseException:
        with suppress(OSError):  # else the next copy does it
            _remove(pending)
        raise
    store.flush_folder(folder.parent)
    return files


def _remove(folder: Path) -> None:
    """Remove a folder whose files are read-only already, which Windows else refuses."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(path.stat().st_mode | stat.S_IWRITE)
    shutil.rmtree(folder)


def _copy(found: Results, root: Path, target: Path) -> tuple[str, ...]:
    """Every file in its place below ``target``, on disk and read-only; their names."""
    sources = {**found.files, **dict(_protocols(root, found))}
    for name, source in sources.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / name)
    _require_same(found, target)
    lines = [f"{sha256(target / name)}  {name}\n" for name in sorted(sources)]
    (target / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
    store.flush(target)
    for name in (*sources, SUMS):
        (target / name).chmod(stat.S_IREAD | stat.S_IRGRP | stat.S_IROTH)
    return (*sorted(sources), SUMS)


def _require_same(found: Results, target: Path) -> None:
    """What was copied is what the results tell of themselves, also if a disk had a fault."""
    told = [*found.recorded.items(), (MANIFEST, found.run["manifest"])]
    if wrong := [name for name, hashed in told if sha256(target / name) != hashed]:
        raise UsageError(f"changed while it was being copied: {', '.join(wrong)}; freeze again")


def _protocols(root: Path, found: Results) -> Iterator[tuple[str, Path]]:
    """The protocols that the results were made by, as long as they are still the same."""
    for name in {file.partition("/")[0] for file in found.run["protocol_files"]}:
        try:
            folder = roots.protocol(root, name).folder
        except DataError:
            continue
        if _of(found.run["protocol_files"], name).items() <= method_files(folder).items():
            paths = (path for path in sorted(folder.iterdir()) if path.is_file())
            yield from ((f"{METHOD}/{name}/{path.name}", path) for path in paths)


def _of(files: Mapping[str, str], protocol: str) -> dict[str, str]:
    return {
        name.partition("/")[2]: hashed
        for name, hashed in files.items()
        if name.startswith(f"{protocol}/")
    }
