"""The results of a year on disk: processed tables and reports, replaced together or not at all.

A run writes two complete folders beside the present ones (``2020.new``), notes in a journal that
they are complete, renames the old ones away (``2020.old``) and the new ones in, and takes the
journal away. The next run after an interruption finds the journal and finishes the
exchange; without a journal the present results stand and what was left beside them is removed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock

from mapping.errors import DataError, UsageError, errors_csv
from mapping.pipeline import disk

MANIFEST = "manifest.json"
RUN = "run.json"
_LOG = logging.getLogger(__name__)


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(value: object) -> str:
    """SHA-256 of a value of plain types, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def write_json(path: Path, value: object, *, in_order: bool = False) -> None:
    """Write a value of plain types with sorted keys, on disk before this returns.

    ``in_order`` leaves the keys in the order that they have.
    """
    text = json.dumps(value, sort_keys=not in_order, ensure_ascii=False, indent=1) + "\n"
    disk.write_whole(path, text.encode())


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from disk; empty if there is no such file or it is not one.

    What is not readable is treated as absent: it is then made anew.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Store:
    """The places of one year's results under a root; makes nothing by itself."""

    root: Path
    year: int

    @property
    def processed(self) -> Path:
        """Folder of the processed tables and run.json."""
        return self.root / "data" / "processed" / str(self.year)

    @property
    def reports(self) -> Path:
        """Folder of the reports and the manifest."""
        return self.root / "reports" / str(self.year)

    @property
    def folders(self) -> tuple[Path, Path]:
        """Both folders that a run replaces together."""
        return self.processed, self.reports

    @property
    def errors(self) -> Path:
        """The list of errors in the raw data, kept until the next good run."""
        return self.root / "data" / f"errors-{self.year}.csv"

    @property
    def check(self) -> Path:
        """The page of the last ``mapping check``."""
        return self.root / "data" / f"check-{self.year}.html"

    @property
    def runs(self) -> Path:
        """Logs and failed notebooks of the last runs."""
        return self.root / "reports" / ".runs"

    @property
    def journal(self) -> Path:
        """Stands while an exchange is under way."""
        return self.root / "data" / "processed" / f".{self.year}.journal.json"

    @property
    def lock_file(self) -> Path:
        """Held by the one run of this year and root."""
        return self.root / "data" / "processed" / f".{self.year}.lock"

    @property
    def holder_file(self) -> Path:
        """Who holds the lock, for the message to those who wait."""
        return self.root / "data" / "processed" / f".{self.year}.holder.json"


def beside(folder: Path, state: str) -> Path:
    """The folder's place while it comes in (``new``) or goes out (``old``)."""
    return folder.with_name(f"{folder.name}.{state}")


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Hold the year: one run at a time. The lock ends with its process, however that ends.

    Raises
    ------
    UsageError
        Another run holds it; the message says which and since when.

    """
    store.lock_file.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(store.lock_file, timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise UsageError(_held(store)) from None
    try:
        with suppress(OSError):  # those who wait are then told less
            write_json(store.holder_file, _holder())
        yield
    finally:
        store.holder_file.unlink(missing_ok=True)
        lock.release()


def _holder() -> dict[str, object]:
    started = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return {"process": os.getpid(), "machine": platform.node(), "started": started}


def _held(store: Store) -> str:
    holder = read_json(store.holder_file)
    who = (
        f" (process {holder.get('process')} on {holder.get('machine')}, "
        f"started {holder.get('started')})"
        if holder
        else ""
    )
    return f"{store.year} is being run already{who}: wait until it is done, or end it"


def stage(store: Store) -> tuple[Path, Path]:
    """Empty folders for the new processed tables and reports; call with the lock held."""
    for folder in store.folders:
        pending = beside(folder, "new")
        _remove(pending)
        pending.mkdir(parents=True)
    processed, reports = (beside(folder, "new") for folder in store.folders)
    return processed, reports


def unstage(store: Store) -> None:
    """Remove what a failed run had begun, unless an exchange has; call with the lock held."""
    if not store.journal.exists():
        for folder in store.folders:
            shutil.rmtree(beside(folder, "new"), ignore_errors=True)  # else the next run does it


_AS_BEFORE = "The previous results are as they were."
_HALFWAY = "The new results are complete: the next run puts them in place."
_REPLACED = "The new results are in place."


def swap(store: Store, run: str) -> None:
    """Put the staged folders in the place of the present ones; call with the lock held.

    What stops it is undone at once; if that is stopped too, the next run finishes the exchange.
    The message, or for what is no error of ours a note, says which.

    Raises
    ------
    UsageError
        A file of the present results is open in another program (Windows holds such files):
        the message names it.

    """
    try:
        for folder in store.folders:
            _remove(beside(folder, "old"))
            flush(beside(folder, "new"))
        write_json(store.journal, {"run": run, "year": store.year})
        flush_folder(store.journal.parent)
        _forward(store)
    except OSError as error:
        state = _undone(store)
        raise UsageError(f"{_obstacle(store, error)} {state}") from error
    except BaseException as error:
        error.add_note(_undone(store))
        raise
    try:
        with suppress(OSError):  # the next run takes the journal away
            _finish(store)
    except BaseException as error:
        error.add_note(_REPLACED)
        raise


def recover(store: Store) -> None:
    """Finish an interrupted exchange, or clear what a broken run left; with the lock held.

    Raises
    ------
    UsageError
        The exchange cannot be finished because a file of the results is open in a program.

    """
    if store.journal.exists():
        try:
            _settle(store)
        except OSError as error:
            raise UsageError(f"{_obstacle(store, error)} {_HALFWAY}") from error
        except BaseException as error:
            error.add_note(_HALFWAY)
            raise
    for folder in store.folders:
        old, pending = beside(folder, "old"), beside(folder, "new")
        if old.exists() and not folder.exists():
            os.replace(old, folder)
        _remove(old)
        _remove(pending)


def _settle(store: Store) -> None:
    """Finish the exchange of the journal; undo it if a new folder has been lost meanwhile."""
    if all(folder.exists() or beside(folder, "new").exists() for folder in store.folders):
        _forward(store)
        _finish(store)
    else:
        _back(store)


def _forward(store: Store) -> None:
    """Every folder whose new one is still waiting: the old one out, the new one in."""
    waiting = [folder for folder in store.folders if beside(folder, "new").exists()]
    for folder in waiting:
        if folder.exists():
            os.replace(folder, beside(folder, "old"))
    for folder in waiting:
        os.replace(beside(folder, "new"), folder)


def _undone(store: Store) -> str:
    """Undo a begun exchange if that can be; what then holds."""
    new_only = [
        folder
        for folder in store.folders
        if not beside(folder, "new").exists() and not beside(folder, "old").exists()
    ]
    if new_only:  # nothing was there before, and nothing would be there after
        return _HALFWAY
    try:
        _back(store)
    except (OSError, KeyboardInterrupt):
        return _HALFWAY if store.journal.exists() else _AS_BEFORE
    return _AS_BEFORE


def _back(store: Store) -> None:
    """What was out comes in again."""
    for folder in store.folders:
        if beside(folder, "old").exists():
            if folder.exists():
                os.replace(folder, beside(folder, "new"))
            os.replace(beside(folder, "old"), folder)
    store.journal.unlink(missing_ok=True)
    unstage(store)


def _finish(store: Store) -> None:
    """The exchange is done once the journal is gone; the old folders are then only waste."""
    for folder in store.folders:
        flush_folder(folder.parent)
    store.journal.unlink()
    flush_folder(store.journal.parent)
    for folder in store.folders:
        if folder.exists():
            shutil.rmtree(beside(folder, "old"), ignore_errors=True)  # else the next run does it


def _obstacle(store: Store, error: OSError) -> str:
    """Which file stands in the way: one that cannot be opened for writing, else the folder."""
    files = (path for folder in store.folders for path in sorted(folder.rglob("*")))
    name = next(
        (path.relative_to(store.root).as_posix() for path in files if _is_held(path)),
        Path(error.filename or store.reports).name,
    )
    return (
        f"{name} cannot be replaced ({error.strerror}): if it is open in another program, "
        "close it and run again."
    )


def _is_held(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with path.open("r+b"):
            return False
    except OSError:
        return True


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def flush(folder: Path) -> None:
    """All files of a folder on disk, so that the journal never promises what is not there."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("r+b") as file:
                os.fsync(file.fileno())
        else:
            flush_folder(path)
    flush_folder(folder)


def flush_folder(folder: Path) -> None:
    """The folder's own entries on disk; Windows has no such call and needs none."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True)
class Results:
    """What a finished run left: run.json and the manifest, of one and the same run."""

    run: Mapping[str, Any]
    manifest: Mapping[str, Any]


def previous(store: Store) -> Results:
    """The present results to carry over from; empty if there are none that hold together.

    Processed tables and reports of different runs are taken for none: a run id is the same only
    for the same inputs, method and parameters. Call with the lock held, after :func:`recover`.
    """
    run, manifest = read_json(store.processed / RUN), read_json(store.reports / MANIFEST)
    whole = "run" in run and run["run"] == manifest.get("run")
    return Results(run, manifest) if whole else Results({}, {})


@contextmanager
def listing_errors(place: Store) -> Iterator[None]:
    """Write the errors of the raw data to their list; a good end removes the list.

    A list that is open in another program (Windows holds such files) neither hides the errors
    nor fails what has ended well.
    """
    try:
        yield
    except DataError as error:
        error.add_note(_listed(place, error))
        raise
    try:
        place.errors.unlink(missing_ok=True)
    except OSError:
        _LOG.warning("%s no longer holds and could not be removed: remove it", _list_name(place))


def _list_name(place: Store) -> str:
    return place.errors.relative_to(place.root).as_posix()


def _listed(place: Store, error: DataError) -> str:
    """Write the list; where it is, or why it is not there."""
    name = _list_name(place)
    try:
        disk.write_whole(place.errors, errors_csv(error.problems).encode("utf-8-sig"))
    except OSError as refused:
        return f"the list {name} could not be written: {disk.reason(refused)}"
    return f"the list is in {name}"
