"""The open edition's folder: what lies beside its reports, and the list of its files.

It is complete in itself and holds nothing of a single department: what everybody may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from mapping.instruments import StudySettings
from mapping.open_editions import FOLDER, TABLES_FOLDER, csv
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


def write_manifest(folder: Path, settings: StudySettings, method: Mapping[str, object]) -> None:
    """List the edition's files with their hashes; nothing that the internal results hold."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    listed = {path.relative_to(folder).as_posix(): {"sha256": sha256(path)} for path in files}
    head = {
        "edition": "open",
        "year": settings.year,
        "synthetic": settings.synthetic,
        "title": {language: settings.title[language] for language in LANGUAGES},
        "protocol": {key: method[key] for key in ("name", "sha256")},
        "version": version("mapping"),
    }
    write_json(folder / MANIFEST, {**head, "files": listed})
