"""What a year publishes, as one package: the open edition with its method, notebooks, environment.

Of the raw data only the hashes are in it. It is refused if the id or name of any department
stands anywhere in it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat

from mapping import roots
from mapping.calibration import content_hash
from mapping.errors import DataError, RunError, UsageError
from mapping.instruments import StudySettings, corrections, read_settings, register
from mapping.instruments.tables import read_contract
from mapping.masking import masked
from mapping.open_editions import FOLDER
from mapping.pipeline import crate, disk, made_from, results
from mapping.pipeline.baseline import method_files
from mapping.pipeline.crate import METADATA, About, Part
from mapping.pipeline.notebooks import in_use
from mapping.pipeline.results import Results
from mapping.pipeline.searched import found_in
from mapping.pipeline.verify import some
from mapping.prose import Words, words
from mapping.protocol import load_protocol
from mapping.vocabulary import LANGUAGES

PACKAGES = "packages"
"""The folder of packages, beside the years' reports."""

MIT = "https://spdx.org/licenses/MIT"
"""The licence of this program, and so of the protocols and notebooks that come with it."""

_ZIP = ".zip"
_OF_A_PROTOCOL = ("calibration.svg", "codebook.qdc", "questionnaire.lss")
"""What is made from a protocol's own files and lies beside them."""

_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_NAMED = ("department_id", "name")
_SHORTEST_PATH = 6


@dataclass(frozen=True)
class Package:
    """What was packaged: where it lies, the files in it, and how many words it was searched for."""

    path: Path
    files: tuple[str, ...]
    searched: int


def package(root: Path, year: int, out: Path | None = None, licence: str | None = None) -> Package:
    """Package the year's open edition, as a folder or, by the name of ``out``, as a zip file.

    ``licence`` is the address of the licence under which the edition is published.

    Raises
    ------
    UsageError
        There is no open edition, or what it was made from has changed since; a department is
        named in a file; a real year has no licence; ``out`` is a folder that holds anything; or
        the package cannot be written: nothing of it is left then.

    """
    found = results.present(root, year)
    settings = read_settings(roots.raw_folder(root, year))
    _require_open(found)
    _require_current(found, root)
    target = out or root / "reports" / PACKAGES / f"mapping-{year}{_ZIP}"
    _require_free(target)
    parts = _parts(found, root, settings)
    about = _about(found, root, settings, licence)
    hidden = tuple(departments(root))
    with (
        disk.making(f"the package {target.name}"),
        TemporaryDirectory(prefix="mapping-package-", ignore_cleanup_errors=True) as place,
    ):
        folder = Path(place) / "crate"
        crate.write(folder, parts, about)
        crate.check(folder, parts)
        metadata = {METADATA: (folder / METADATA).read_bytes()}
        _require_nobody({**{n: part.data for n, part in parts.items()}, **metadata}, hidden, root)
        _put(folder, target, settings)
    return Package(target, (*sorted(parts), METADATA), len(hidden))


def _command(year: int) -> str:
    return f"mapping run {year} --edition open"


def _require_open(found: Results) -> None:
    if not found.published:
        raise UsageError(
            f"there is no open edition of {found.year}; make it with: {_command(found.year)}"
        )


def _require_current(found: Results, root: Path) -> None:
    damaged = [one for one in results.damage(found) if one.how != results.ADDED]
    since = made_from.differing(made_from.recorded(found), made_from.present(root, found))
    if names := [one.told for one in (*damaged, *since)]:
        raise UsageError(
            f"the open edition is out of date, for these have changed since: {some(names)}; "
            f"make it anew with: {_command(found.year)}"
        )


def _require_free(target: Path) -> None:
    if target.suffix == _ZIP and target.is_dir():
        raise UsageError(f"{target} is a folder: name a {_ZIP} file, or another folder")
    if target.suffix != _ZIP and target.is_file():
        raise UsageError(f"{target} is a file: name a new folder, or a {_ZIP} file")
    if target.suffix != _ZIP and target.exists() and any(target.iterdir()):
        raise UsageError(f"{target} holds files already: name a new folder, or a {_ZIP} file")


def _about(found: Results, root: Path, settings: StudySettings, licence: str | None) -> About:
    if not licence and not settings.synthetic:
        raise UsageError(
            "under which licence the edition is published is for you to decide: name it with "
            "--license, by its address, such as https://creativecommons.org/licenses/by/4.0/"
        )
    title = {language: settings.title[language] for language in LANGUAGES}
    texts = _texts(root, settings)
    said = [text.say("package.description", year=str(found.year)) for text in texts]
    if settings.synthetic:
        said = [f"{s} {t.say('package.synthetic')}" for s, t in zip(said, texts, strict=True)]
    program = {
        "name": "mapping",
        "softwareVersion": version("mapping"),
        "identifier": f"sha256:{found.run['code']}",
        "license": MIT,
    }
    return About(title, "\n\n".join(said), settings.fieldwork.end, licence or MIT, program)


def _texts(root: Path, settings: StudySettings) -> list[Words]:
    protocol = load_protocol(roots.protocol(root, settings.protocol).folder)
    return [words(language, protocol) for language in LANGUAGES]


def _parts(found: Results, root: Path, settings: StudySettings) -> dict[str, Part]:
    """Every file of the package, by its name in it; what a run has noted is as it noted it."""
    texts = _texts(root, settings)

    def said(key: str, **values: object) -> str:
        return " / ".join(text.say(f"package.{key}", **values) for text in texts)

    noted = made_from.recorded(found)
    opened = {
        name: Part(_read(found.reports / name, found.recorded[name]), said("open"))
        for name in found.recorded
        if name.startswith(f"{FOLDER}/")
    }
    notebooks = {
        f"notebooks/{name}": Part(
            source(_read(notebook.path, noted["notebooks"][name])), said("notebook"), MIT
        )
        for notebook in in_use(root)
        if (name := notebook.path.name) in found.run["notebooks"]
    }
    protocols = {
        f"protocol/{name}/{path.name}": Part(
            _read(path, noted["protocol"].get(f"{name}/{path.name}"), content_hash),
            said("protocol", name=name),
            MIT,
        )
        for name in {file.partition("/")[0] for file in found.run["protocol_files"]}
        for path in _method(roots.protocol(root, name).folder)
    }
    return {**opened, **notebooks, **protocols, **_made(found, said)}


def _made(found: Results, said: Callable[[str], str]) -> dict[str, Part]:
    """What is made for the package alone."""
    locked = (roots.shipped("requirements") / "run.txt").read_bytes()
    return {
        "inputs.csv": Part(_inputs(found), said("inputs")),
        "code.json": Part(_json(_code(found)), said("code")),
        "environment/versions.json": Part(_json(found.run["versions"]), said("versions")),
        "environment/requirements.txt": Part(locked.replace(b"\r\n", b"\n"), said("requirements")),
    }


def _method(folder: Path) -> list[Path]:
    """The files of a protocol, and none that somebody has put beside them."""
    names = (*method_files(folder), *_OF_A_PROTOCOL)
    return [folder / name for name in sorted(names) if (folder / name).is_file()]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(path: Path, noted: str | None, hashed: Callable[[bytes], str] = _sha256) -> bytes:
    """A file as it was noted, if it was: a run may have ended since it was looked at."""
    data = path.read_bytes()
    if noted not in (None, hashed(data)):
        raise UsageError(f"changed meanwhile: {path.name}; package again")
    return data


def source(data: bytes) -> bytes:
    """A notebook as it is to be read and run, with nothing of who has worked on it.

    Outputs, counts and attachments are left out, and of the metadata all but our own, the tags
    and the language.
    """
    notebook = nbformat.reads(data.decode("utf-8"), as_version=4)
    own = {key: value for key, value in notebook.metadata.items() if key == "mapping"}
    language = {"kernelspec": _KERNEL, "language_info": {"name": "python"}}
    notebook.metadata = nbformat.from_dict({**own, **language})
    for cell in notebook.cells:
        tags = {key: value for key, value in cell.metadata.items() if key == "tags"}
        cell.metadata = nbformat.from_dict(tags)
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return f"{nbformat.writes(notebook)}\n".encode()


def _inputs(found: Results) -> bytes:
    """The raw files of the year and of those that it is compared with."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("year", "file", "sha256"))
    for name, hashed in sorted(made_from.recorded(found)["inputs"].items()):
        year, _, file = name.rpartition("/")
        writer.writerow((year or found.year, masked(file), hashed))
    return text.getvalue().encode()


def _code(found: Results) -> dict[str, Any]:
    files = found.run["code_files"]
    return {"version": version("mapping"), "sha256": found.run["code"], "files": files}


def _json(value: object) -> bytes:
    return (json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()


def departments(root: Path) -> Iterator[str]:
    """The id and the name of every department of every year on disk, corrected or not.

    Raises
    ------
    UsageError
        The register of a year cannot be read, so that it is not known who must not be named.

    """
    seen: set[str] = set()
    for year in roots.raw_years(root):
        folder = roots.raw_folder(root, int(year))
        settings = _settings(folder)
        rows = _records(folder, register.NAME, _NAMED, settings)
        if not rows:
            raise UsageError(f"the departments of {year} cannot be read: mapping check {year}")
        seen |= {row[column] for row in rows for column in _NAMED}
        seen |= {
            row["new"]
            for row in _records(folder, corrections.NAME, corrections.COLUMNS, settings)
            if row["column"] in _NAMED
        }
    yield from sorted(seen - {""})


def _settings(folder: Path) -> StudySettings | None:
    """What the year's files call their columns, where it can be read."""
    try:
        return read_settings(folder)
    except DataError:
        return None


def _records(
    folder: Path, table: str, columns: Sequence[str], settings: StudySettings | None
) -> list[dict[str, str]]:
    """The rows of a table, these columns of them; none if it is not there or lacks a column."""
    try:
        sheet = read_contract(folder, table, settings)
    except DataError:
        return []
    if not set(columns) <= set(sheet.header):
        return []
    rows = [dict(zip(sheet.header, record, strict=False)) for record in sheet.records()]
    return [{column: row.get(column, "").strip() for column in columns} for row in rows]


def _require_nobody(files: Mapping[str, bytes], hidden: Iterable[str], root: Path) -> None:
    """Hold that no file names a department, or a place of this machine.

    The words that were found are not told: the message may be passed on.
    """
    if found := found_in(files, hidden):
        named = some([f"{name} ({count})" for name, count in sorted(found.items())])
        raise UsageError(
            f"not packaged, for departments are named in: {named}. Take their ids and names out "
            "of the notebooks, the protocol or the texts, and run again"
        )
    places = [str(place) for place in (root.resolve(), Path.home())]
    inside = [place for place in places if len(place) >= _SHORTEST_PATH]
    for name, data in files.items():
        if any(place.encode() in data for place in inside):
            raise RunError(f"{name} tells of a folder of this machine")


def _put(folder: Path, target: Path, settings: StudySettings) -> None:
    """Move the finished package to its place, where it is whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    pending = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.suffix == _ZIP:
            pending.write_bytes(crate.zipped(folder, settings.fieldwork.end))
        else:
            shutil.copytree(folder, pending)
            if target.exists():
                target.rmdir()  # an empty folder
        os.replace(pending, target)
    except BaseException:
        if target.suffix == _ZIP:
            pending.unlink(missing_ok=True)
        else:
            shutil.rmtree(pending, ignore_errors=True)
        raise
