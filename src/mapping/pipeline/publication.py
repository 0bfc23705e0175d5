"""The open edition's folder: what lies beside its reports, and the list of its files.

It is complete in itself and holds nothing of a single department: what everybody may have.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from mapping import open_editions
from mapping.instruments import StudySettings
from mapping.open_editions import FOLDER, LISTED, PUBLISHED, SHOWN, TABLES_FOLDER, csv
from mapping.pipeline import store
from mapping.pipeline.store import MANIFEST, sha256, write_json
from mapping.prose import words
from mapping.protocol import Protocol
from mapping.schemas import OPEN
from mapping.vocabulary import LANGUAGES

NOTE = "README.txt"
NUMBERS = "numbers.json"


def is_of(file: str) -> bool:
    """Whether a file of the year's reports is one of the open edition."""
    return file.startswith(f"{FOLDER}/")


def beside(year: int) -> tuple[str, ...]:
    """The files of the open edition that no notebook makes, from the year's folder of reports."""
    tables = (f"{TABLES_FOLDER}/{name}.csv" for name in OPEN)
    own = (_workbook(year), NOTE, NUMBERS, MANIFEST, *tables)
    return tuple(f"{FOLDER}/{name}" for name in own)


def _workbook(year: int) -> str:
    return f"tables-open-{year}.xlsx"


def write(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    workbook: bytes,
    settings: StudySettings,
    protocol: Protocol,
) -> None:
    """Write the tables of the open edition, as a workbook and as CSV, and the note on all."""
    (folder / _workbook(settings.year)).write_bytes(workbook)
    (folder / TABLES_FOLDER).mkdir(exist_ok=True)
    for name, table in tables.items():
        (folder / TABLES_FOLDER / f"{name}.csv").write_bytes(csv(table))
    (folder / NOTE).write_bytes(_note(settings, protocol).encode("utf-8"))


def _note(settings: StudySettings, protocol: Protocol) -> str:
    """What the folder is and what stands in it, in every language."""
    values = {"year": str(settings.year), "numbers": NUMBERS, "manifest": MANIFEST}
    parts = []
    for language in LANGUAGES:
        text = words(language, protocol)
        example = [text.say("document.synthetic")] if settings.synthetic else []
        lines = [
            text.say(key, **{name: values[name] for name in text.variables(key)})
            for key in text.keys("open.note.")
        ]
        parts.append("\n".join([settings.title[language], *example, "", *lines]))
    return "\n\n".join(parts) + "\n"


def write_manifest(
    folder: Path,
    settings: StudySettings,
    method: Mapping[str, object],
    editions: Mapping[str, str],
) -> None:
    """List the edition's files with their hashes; nothing that the internal results hold.

    ``editions`` are the open editions that it takes into account, by hashes, which it tells too.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    listed = {path.relative_to(folder).as_posix(): {"sha256": sha256(path)} for path in files}
    head = {
        "edition": "open",
        "year": settings.year,
        "synthetic": settings.synthetic,
        "title": {language: settings.title[language] for language in LANGUAGES},
        "protocol": {key: method[key] for key in ("name", "sha256")},
        "version": version("mapping"),
        "editions": sorted(editions.values()),
    }
    write_json(folder / MANIFEST, {**head, "files": listed})


def digest(year: int, tables: Mapping[str, pd.DataFrame]) -> str:
    """The hash of what an open edition of these tables shows."""
    files = {f"{TABLES_FOLDER}/{name}.csv": csv(table) for name, table in tables.items()}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return open_editions.digest_of(year, hashes)


def digest_listed(year: int, files: Mapping[str, Mapping[str, str]]) -> str:
    """The same of the edition among the files of a year's manifest; empty if there is none."""
    if f"{FOLDER}/{MANIFEST}" not in files:
        return ""
    own = {name.removeprefix(f"{FOLDER}/"): entry["sha256"] for name, entry in files.items()}
    return open_editions.digest_of(year, own)


def keep(root: Path, folder: Path) -> None:
    """Keep for good what the open edition in ``folder`` shows, if there is one and it is not yet.

    It is put beside its place and then renamed, so that half of one never stands there. Call with
    the lock of its year held.

    Raises
    ------
    UsageError
        It cannot be read what the edition is.

    """
    if not (folder / LISTED).is_file():
        return
    own = open_editions.told(root, folder)
    place = root / "reports" / PUBLISHED
    here = sorted(place.glob(f"{own.year}-*[0-9]"))
    if own.sha256 in {open_editions.digest(own.year, path) for path in here}:
        return
    numbers = [int(path.name.partition("-")[2]) for path in here]
    target = place / f"{own.year}-{max(numbers, default=0) + 1}"
    pending = store.beside(target, "new")
    shutil.rmtree(pending, ignore_errors=True)  # what an interruption has left
    for name in (LISTED, *SHOWN):
        if (folder / name).is_file():
            (pending / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, pending / name)
    store.flush(pending)
    os.replace(pending, target)
    store.flush_folder(place)
