"""Where results come from: fingerprints of all inputs, run.json, manifest.json, numbers.json.

Every stored file is told by its own hash and by the hash of what it was made from, so that a
later partial run knows which of the present files still hold.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

from mapping import open_editions, roots
from mapping.comparison import FollowUp
from mapping.errors import RunError
from mapping.instruments import InputFile, StudySettings
from mapping.open_editions import Listed
from mapping.pipeline import publication, store
from mapping.pipeline.baseline import CHANGE_FILES, Baseline, Method
from mapping.pipeline.examination import CodingsLeftOut
from mapping.pipeline.notebooks import Instance, Notebook
from mapping.pipeline.request import OPEN, Edition
from mapping.pipeline.store import MANIFEST, RUN, Store, fingerprint, sha256, write_json
from mapping.pipeline.versions import versions
from mapping.protocol import Protocol
from mapping.publish.exporter import numbers as printed
from mapping.publish.numbering import Printed
from mapping.vocabulary import LANGUAGES

NUMBERS = "numbers.json"

TOLD = ("text(", "cell(")
"""How a reference begins that only tells where a number stands."""


@dataclass(frozen=True)
class Inputs:
    """All that a result depends on; read once, when the run starts.

    ``files`` are the raw files: name, sha256, rows, extra_columns. ``method`` tells the protocol
    and its calibration by hashes. ``units`` are what some notebooks are made for each of, keys
    by kind: the departments that take part. ``baseline`` is what the year is compared with, and
    ``compared`` the two years beside each other, if it is. ``contacts`` are for the list of what
    to send to whom, and for nothing else. ``editions`` are the open editions on disk, and ``own``
    is the hash of this year's, once it is known. ``codings_left_out`` are those whose code stands
    for nothing.
    """

    settings: StudySettings
    protocol: Protocol
    method: Method
    files: tuple[InputFile, ...]
    notebooks: tuple[Notebook, ...]
    code: str
    units: Mapping[str, tuple[str, ...]]
    baseline: Baseline
    compared: FollowUp | None = field(repr=False)
    contacts: Mapping[str, str] = field(repr=False)
    editions: tuple[Listed, ...] = ()
    own: str = ""
    codings_left_out: CodingsLeftOut = field(default_factory=CodingsLeftOut)

    @property
    def taken(self) -> dict[str, str]:
        """The open editions that this year's own depends on, by name, each told by its hash."""
        return open_editions.taken(self.editions, self.settings.year, self.own)

    @property
    def used(self) -> tuple[Notebook, ...]:
        """The notebooks that can be executed: those that need a baseline only if there is one."""
        return tuple(n for n in self.notebooks if self.baseline.year or not n.needs_baseline)

    @property
    def parts(self) -> dict[str, str]:
        """Every single thing by its name to the user, told by its hash and where it was found."""
        return {
            **{file.name: file.sha256 for file in self.files},
            **{notebook.path.name: notebook.sha256 for notebook in self.used},
            **{edition.name: edition.sha256 for edition in self.editions},
            **self.baseline.parts,
            **self.method.parts,
            "the program": self.code,
        }

    @property
    def base(self) -> dict[str, object]:
        """What every result of the year alone depends on, whichever notebook makes it."""
        return {
            "inputs": {file.name: file.sha256 for file in self.files},
            "protocol": self.method.sha256,
            "calibration": self.method.calibration,
            "code": self.code,
        }

    @property
    def base_compared(self) -> dict[str, object]:
        """What a result depends on that looks at earlier years too, or says that there are none."""
        return {**self.base, "baseline": self.baseline.told or self.baseline.year}

    @property
    def told(self) -> dict[str, object]:
        """As run.json tells it, each file and library by name."""
        return {
            "protocol": self.method.told,
            "protocol_files": self._protocol_files,
            "baseline": self.baseline.told,
            "editions": self.taken,
            "notebooks": {
                notebook.path.name: {"sha256": notebook.sha256, "from": notebook.origin}
                for notebook in self.used
            },
            "code": self.code,
            "code_files": roots.code_files(),
            "versions": versions(),
            "inputs": {file.name: _input(file) for file in self.files},
            "codings_left_out": {
                "codes that the protocol does not have": _counts(self.codings_left_out.unknown),
                "codes left out by study.toml": _counts(self.codings_left_out.on_purpose),
            },
        }

    @property
    def _protocol_files(self) -> dict[str, str]:
        """Of every protocol that counts; change between years only where there is a baseline."""
        own = {
            f"{self.method.name}/{name}": hashed
            for name, hashed in self.method.files.items()
            if self.baseline.year or name not in CHANGE_FILES
        }
        return {**self.baseline.files, **own}

    def run_id(self, parameters: Mapping[str, object]) -> str:
        """The run's name: the same for the same inputs, protocol, code and parameters."""
        notebooks = {notebook.path.name: notebook.sha256 for notebook in self.used}
        editions = self._editions if parameters["edition"] == OPEN else {}
        told = {**self.base_compared, **editions, "notebooks": notebooks}
        return fingerprint({**told, "parameters": parameters})

    @property
    def _editions(self) -> dict[str, object]:
        return {"editions": sorted(self.taken.values())}

    def sources(self, year: int) -> dict[str, str]:
        """For every file that these inputs can make, the hash of what it is made from."""
        own = {"versions": versions()}
        origins = {
            notebook: fingerprint(
                {
                    **(self.base_compared if notebook.takes_baseline else self.base),
                    **(self._editions if notebook.edition == OPEN else {}),
                    **own,
                    "notebook": notebook.sha256,
                }
            )
            for notebook in self.used
        }
        beside = {
            file: origins[notebook]
            for notebook in self.used
            if notebook.edition == OPEN
            for file in publication.beside(year)
        }
        return beside | {
            file: origins[instance.notebook]
            for instance in self.instances(LANGUAGES)
            for file in instance.files(year)
        }

    def instances(self, languages: Sequence[str]) -> tuple[Instance, ...]:
        """Everything that the notebooks can make in these languages, in a fixed order."""
        return tuple(
            instance
            for notebook in self.used
            for instance in notebook.instances(languages, self.units)
        )


def _counts(left_out: Mapping[str, int]) -> dict[str, int]:
    """How many codes and codings; no code by its name, which may be a respondent's own words."""
    return {"codes": len(left_out), "codings": sum(left_out.values())}


def carry_over(
    place: Store, manifest: Mapping[str, Any], sources: Mapping[str, str], edition: Edition
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Copy into the staged reports what this run did not make and what still holds.

    A file of the previous results holds if it was made from the same inputs and its bytes are
    those that were made. The open edition holds as a whole or not at all, unless it is made by
    this run. Returns the files carried over and those dropped.
    """
    staged = store.beside(place.reports, "new")
    kept, dropped = [], []
    for file, entry in sorted(manifest.get("files", {}).items()):
        if (staged / file).exists() or "from" not in entry:
            continue
        present = place.reports / file
        holds = entry["from"] == sources.get(file)
        if holds and present.is_file() and sha256(present) == entry["sha256"]:
            (staged / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(present, staged / file)
            kept.append(file)
        else:
            dropped.append(file)
    if edition != OPEN and any(publication.is_of(file) for file in dropped):
        broken = [file for file in kept if publication.is_of(file)]
        shutil.rmtree(staged / open_editions.FOLDER, ignore_errors=True)
        kept, dropped = [f for f in kept if f not in broken], sorted([*dropped, *broken])
    return tuple(kept), tuple(dropped)


def numbers(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
    """The numbers that a notebook's texts used, by text key, from its outputs' metadata."""
    merged: dict[str, dict[str, Any]] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            found = output.get("metadata", {}).get("mapping", {}).get("numbers", {})
            for key, values in found.items():
                merged.setdefault(key, {}).update(values)
    return merged


def write_numbers(reports: Path, instances: Iterable[Instance], folder: str = "") -> None:
    """Write numbers.json: every number that those executed notebooks print that are there.

    A number's id is ``tiers-sv:12.3``, the third of mark 12 in the margin of that report. It has
    its ``text`` as printed, its ``value`` before it was rounded and written, the reference that
    it is ``from``, and the ``key`` of the text or table that prints it; value and key are null
    for a number of a researcher's own. They stand by report and then as in the report, 2 before
    10. ``folder`` is where to write it, if not beside the reports.

    Raises
    ------
    RunError
        Two notebooks (or the two languages of one) give different values to the same number,
        or a number is not finite.

    """
    found: dict[str, dict[str, Any]] = {}
    given: dict[str, Any] = {}
    for instance in instances:
        path = reports / instance.executed
        if path.is_file():
            notebook = nbformat.read(path, as_version=4)
            _check_given(path.stem, instance, numbers(notebook), given)
            name = instance.label
            found |= {
                f"{name}:{number.id}": _entry(number) for number in printed(notebook, name=name)
            }
    _check_values(found)
    ordered = {ident: found[ident] for ident in sorted(found, key=_natural)}
    write_json(reports / folder / NUMBERS, {"numbers": ordered}, in_order=True)


def _natural(ident: str) -> list[tuple[int, str]]:
    """By which ids are sorted: whole numbers in them by what they are."""
    parts = re.split(r"([0-9]+)", ident)
    return [(int(part), part) if place % 2 else (0, part) for place, part in enumerate(parts)]


def _check_given(
    stem: str, instance: Instance, own: Mapping[str, Mapping[str, Any]], known: dict[str, Any]
) -> None:
    """Hold the values of a notebook's texts against those that the other notebooks were given."""
    for key, values in own.items():
        for name, value in values.items():
            place = f"{instance.number_key(key)}.{name}"
            _check_number(f"{stem}: number {key}.{name}", value, known.get(place, value))
            known[place] = value


def _entry(number: Printed) -> dict[str, Any]:
    told = number.number
    return {
        "from": told.reference,
        "key": told.key or None,
        "text": number.text,
        "value": _value(told.value),
    }


def _value(text: str) -> float | str | None:
    """A value as JSON has it; an exact share stays text: ``2/3``."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def _check_values(found: Mapping[str, Mapping[str, Any]]) -> None:
    """Require that one reference has one value, in all notebooks and languages."""
    known: dict[str, tuple[str, Any]] = {}
    for name, number in found.items():
        if not number["from"].startswith(TOLD):
            first, value = known.setdefault(number["from"], (name, number["value"]))
            if value != number["value"]:
                raise RunError(
                    f"{name} is {number['value']}, but {first} is {value}: "
                    f"both are {number['from']}"
                )


def _check_number(name: str, value: Any, known: Any) -> None:
    if isinstance(value, float) and not isfinite(value):
        raise RunError(f"{name} is {value}; a missing number is None")
    if value != known:
        raise RunError(f"{name} is {value!r}, but {known!r} in another notebook or language")


def write_manifest(reports: Path, head: Mapping[str, object], sources: Mapping[str, str]) -> None:
    """SHA-256 of every file in the folder of reports, and of what the notebooks' files are from."""
    files: dict[str, dict[str, str]] = {}
    for path in sorted(path for path in reports.rglob("*") if path.is_file()):
        name = path.relative_to(reports).as_posix()
        origin = {"from": sources[name]} if name in sources else {}
        files[name] = {"sha256": sha256(path), **origin}
    write_json(reports / MANIFEST, {**head, "files": files})


def write_run(
    processed: Path,
    head: Mapping[str, object],
    inputs: Inputs,
    tables: Mapping[str, pd.DataFrame],
) -> None:
    """run.json: everything that the results of this run depend on; the only place with times.

    ``head`` is what the run itself tells: its name, what was asked for, and its times.
    ``tables`` are the processed tables as they stand in the folder.
    """
    told = {
        **head,
        **inputs.told,
        "tables": {name: sha256(processed / f"{name}.parquet") for name in tables},
        "left_out": _left_out(tables),
    }
    write_json(processed / RUN, {**told, "checksum": checksum(told)})


def checksum(told: Mapping[str, Any]) -> str:
    """The hash of all that run.json tells but its times and this hash itself."""
    return fingerprint({key: told[key] for key in told if key not in ("times", "checksum")})


def _input(file: InputFile) -> dict[str, object]:
    extra = list(file.extra_columns)
    return {"sha256": file.sha256, "rows": file.rows, "extra_columns": extra}


def _left_out(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, int]]:
    """How many respondents were left out, by instrument and reason."""
    if "respondents" not in tables:
        return {}
    out = tables["respondents"].dropna(subset=["left_out"])
    return {
        str(instrument): {str(r): int((reasons == r).sum()) for r in sorted(reasons.unique())}
        for instrument, reasons in out.groupby("instrument")["left_out"]
    }
