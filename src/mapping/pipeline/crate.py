"""An RO-Crate of finished files: written, and read back with what was put in.

Nothing is fetched: the crate names its context and licences by their addresses alone.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from rocrate.model import ContextEntity, File
from rocrate.rocrate import ROCrate

from mapping.errors import RunError

METADATA = "ro-crate-metadata.json"
VERSION = "1.2"

ENCODINGS = {
    ".csv": "text/csv",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".lss": "application/xml",
    ".qdc": "application/xml",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Part:
    """A file of the crate: its contents, what it is, and the address of its licence, if its own."""

    data: bytes
    description: str
    licence: str = ""


@dataclass(frozen=True)
class About:
    """What the crate says of itself. ``program`` is the name, version and hash of what made it."""

    title: Mapping[str, str]
    description: str
    day: date
    licence: str
    program: Mapping[str, str] = field(default_factory=dict)


def write(folder: Path, parts: Mapping[str, Part], about: About) -> None:
    """Write the files and their metadata into the folder."""
    crate = ROCrate(version=VERSION)
    root = crate.root_dataset
    root["name"] = " / ".join(about.title.values())
    root["alternateName"] = list(about.title.values())
    root["description"] = about.description
    root["datePublished"] = about.day.isoformat()
    root["inLanguage"] = list(about.title)
    root["license"] = _link(crate, about.licence, "CreativeWork")
    crate.add(ContextEntity(crate, "#program", {"@type": "SoftwareApplication", **about.program}))
    for name, part in sorted(parts.items()):
        crate.add_file(io.BytesIO(part.data), name, properties=_properties(crate, name, part))
    crate.add_action(
        crate.get("#program"),
        "#run",
        result=[crate.get(entity.id) for entity in crate.data_entities],
        properties={"name": "mapping run", "endTime": about.day.isoformat()},
    )
    crate.write(folder)


def _link(crate: ROCrate, address: str, kind: str) -> ContextEntity:
    known = crate.get(address)
    return known or crate.add(ContextEntity(crate, address, {"@type": kind, "name": address}))


def _properties(crate: ROCrate, name: str, part: Part) -> dict[str, object]:
    """What the metadata say of a file."""
    told: dict[str, object] = {
        "name": name.rpartition("/")[2],
        "description": part.description,
        "contentSize": str(len(part.data)),
        "sha256": hashlib.sha256(part.data).hexdigest(),
    }
    if encoding := ENCODINGS.get(Path(name).suffix):
        told["encodingFormat"] = encoding
    if part.licence:
        told["license"] = _link(crate, part.licence, "CreativeWork")
    return told


def check(folder: Path, parts: Mapping[str, Part]) -> None:
    """Read the crate back and hold it against what was put in.

    Raises
    ------
    RunError
        A file is not listed or not there, its hash or its contents are others, or there is more.

    """
    listed = {unquote(entity.id): entity for entity in _files(ROCrate(folder))}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    wrong = {*(there - {METADATA}) ^ listed.keys(), *listed.keys() ^ parts.keys()}
    for name in listed.keys() & parts.keys() & there:
        data = (folder / name).read_bytes()
        told = listed[name].get("sha256")
        if data != parts[name].data or told != hashlib.sha256(data).hexdigest():
            wrong.add(name)
    if wrong:
        raise RunError(f"the package does not hold what was put in: {', '.join(sorted(wrong))}")


def _files(crate: ROCrate) -> Iterable[File]:
    return [entity for entity in crate.data_entities if isinstance(entity, File)]


def zipped(folder: Path, day: date) -> bytes:
    """The folder as a zip file: the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # the same on every machine
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
