"""Finished results on disk: those of a year, a frozen copy, or a folder that holds either.

They are only read here. What a run has stored tells itself whether it is still as it was made:
``run.json`` has a hash of its own, of the manifest and of every table, the manifest of every
other file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mapping.errors import UsageError
from mapping.open_editions import FOLDER
from mapping.pipeline import provenance, summaries
from mapping.pipeline.store import MANIFEST, RUN, Store, read_json, sha256

Kind = Literal["inputs", "protocol", "notebooks", "code", "environment", "reports", "tables"]

FINAL = "final"
"""The folder of frozen copies, beside the years' reports."""

PROCESSED = "processed"
"""The folder of the processed tables inside a frozen copy."""

METHOD = "protocol"
"""The folder of the protocols inside a frozen copy."""

SUMS = "SHA256SUMS"
"""The hashes of all files of a frozen copy, as ``sha256sum --check`` reads them."""

TABLES = "tables"
"""Where run.json has the hashes of the processed tables."""

CHANGED, MISSING, ADDED = "changed", "missing", "added"

_NAME = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<number>[1-9][0-9]*))?")
_OF_THE_DESKTOP = re.compile(r"\.|~\$|(thumbs\.db|desktop\.ini)$", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that is not what it was: its kind, its name, and how it differs."""

    kind: Kind
    name: str
    how: str = CHANGED

    @property
    def told(self) -> str:
        """``survey.csv``, ``corrections.csv (added)``, ``pandas (3.1.0, now 3.2.0)``."""
        return self.name if self.how == CHANGED else f"{self.name} ({self.how})"


@dataclass(frozen=True)
class Results:
    """Finished results: what they are called, where they lie, and what they tell of themselves.

    ``frozen``: they are a copy that no run replaces.
    """

    name: str
    reports: Path
    processed: Path
    run: Mapping[str, Any]
    manifest: Mapping[str, Any]
    frozen: bool = False

    @property
    def year(self) -> int:
        """The year of the study."""
        return int(self.run["year"])

    @property
    def files(self) -> dict[str, Path]:
        """Every file that a run makes, by its name: the reports, the tables, and both summaries."""
        reports = {name: self.reports / name for name in [*self.manifest["files"], MANIFEST]}
        tables = {self.table(name): self.processed / f"{name}.parquet" for name in self.run[TABLES]}
        return {**reports, **tables, self.summary: self.processed / RUN}

    @property
    def published(self) -> bool:
        """Whether the open edition is among them."""
        return f"{FOLDER}/{MANIFEST}" in self.manifest["files"]

    @property
    def recorded(self) -> dict[str, str]:
        """The hash of each report and table as the run left it, by the file's name."""
        reports = {name: entry["sha256"] for name, entry in self.manifest["files"].items()}
        return {**reports, **{self.table(name): of for name, of in self.run[TABLES].items()}}

    @property
    def summary(self) -> str:
        """The name of run.json among the files."""
        return f"{PROCESSED}/{RUN}"

    @staticmethod
    def table(name: str) -> str:
        """The name of a table's file among the files."""
        return f"{PROCESSED}/{name}.parquet"


def find(root: Path, name: str) -> Results:
    """The results of this name: ``2021``, the frozen ``2021-1``, or a folder that holds some.

    Raises
    ------
    UsageError
        There are none, they do not belong together, or an earlier version made them.

    """
    told = _NAME.fullmatch(name)
    if not told:
        return _in_folder(Path(name))
    if told["number"]:
        return _frozen(root / "reports" / FINAL / name, name, _there(root))
    place = Store(root, int(told["year"]))
    if place.journal.exists():
        raise UsageError(f"a run of {name} was interrupted: run the mapping of that year first")
    return _read(name, place.reports, place.processed, f"run the mapping first: mapping run {name}")


def present(root: Path, year: int) -> Results:
    """The results of a year."""
    return find(root, str(year))


def frozen_names(root: Path, year: int | None = None) -> list[str]:
    """The frozen copies, of one year or of all, in order."""
    folder = root / "reports" / FINAL
    names = [path.name for path in folder.glob("*-*") if path.is_dir()] if folder.is_dir() else []
    told = [match for name in names if (match := _NAME.fullmatch(name)) and match["number"]]
    own = [match for match in told if year in (None, int(match["year"]))]
    return [m[0] for m in sorted(own, key=lambda m: (int(m["year"]), int(m["number"])))]


def _there(root: Path) -> str:
    return f"frozen copies there: {', '.join(frozen_names(root)) or 'none'}"


def _frozen(folder: Path, name: str, otherwise: str) -> Results:
    return _read(name, folder, folder / PROCESSED, otherwise, frozen=True)


def _in_folder(folder: Path) -> Results:
    """A frozen copy wherever it lies, or ``reports/<year>`` of a root."""
    if (folder / PROCESSED / RUN).is_file():
        return _frozen(folder, folder.name, "")
    tables = folder.absolute().parent.parent / "data" / PROCESSED / folder.name
    return _read(
        str(folder),
        folder,
        tables,
        "name a year, a frozen copy such as 2020-1, or a folder of such results",
    )


def _read(
    name: str, reports: Path, processed: Path, otherwise: str, *, frozen: bool = False
) -> Results:
    run, manifest = read_json(processed / RUN), read_json(reports / MANIFEST)
    if not run and not manifest:
        raise UsageError(f"no results {name}; {otherwise}")
    for file, told in ((f"{PROCESSED}/{RUN}", run), (MANIFEST, manifest)):
        if not told:
            raise UsageError(f"the results {name} are not whole: {file} cannot be read")
    if summaries.is_earlier(run):
        raise UsageError(
            f"the results {name} were made by an earlier version of this program, which did not "
            f"note all that is needed here; run again: mapping run {run.get('year', 'YEAR')}"
        )
    for file, wrong in (
        (f"{PROCESSED}/{RUN}", summaries.fault(run, "run")),
        (MANIFEST, summaries.fault(manifest, "manifest")),
    ):
        if wrong:
            raise UsageError(
                f"the results {name} are not whole: {file} is not as a run writes it ({wrong}): "
                "it was changed since, or another version of this program made it"
            )
    if run["run"] != manifest["run"]:
        raise UsageError(f"the results {name} are not whole: reports and tables are of two runs")
    return Results(name, reports, processed, run, manifest, frozen)


def damage(results: Results) -> tuple[Difference, ...]:
    """Every file that is not as the run left it: changed, missing, or added."""
    return tuple(sorted({*_reports(results), *_tables(results), *_sums(results)}))


def _reports(results: Results) -> Iterator[Difference]:
    if sha256(results.reports / MANIFEST) != results.run["manifest"]:
        yield Difference("reports", MANIFEST)
    listed = {name: entry["sha256"] for name, entry in results.manifest["files"].items()}
    own = {MANIFEST, *listed}
    yield from _unlike("reports", results.reports, listed)
    for name in _names(results.reports):
        beside = results.frozen and name.partition("/")[0] in (SUMS, PROCESSED, METHOD)
        if name not in own and not beside:
            yield Difference("reports", name, ADDED)


def _tables(results: Results) -> Iterator[Difference]:
    if provenance.checksum(results.run) != results.run["checksum"]:
        yield Difference("tables", RUN)
    listed = {f"{name}.parquet": hashed for name, hashed in results.run[TABLES].items()}
    yield from _unlike("tables", results.processed, listed)
    for name in _names(results.processed):
        if name not in {RUN, *listed}:
            yield Difference("tables", name, ADDED)


def _sums(results: Results) -> Iterator[Difference]:
    """Of a frozen copy the rest: run.json with its times, the protocols, and the list itself."""
    if not results.frozen:
        return
    if not (results.reports / SUMS).is_file():
        yield Difference("reports", SUMS, MISSING)
        return
    listed = read_sums(results.reports / SUMS)
    known = {**results.recorded, MANIFEST: results.run["manifest"]}
    if any(listed.get(name) != hashed for name, hashed in known.items()):
        yield Difference("reports", SUMS)
        return  # what else it says is not to be trusted
    others = {name: hashed for name, hashed in listed.items() if name not in known}
    for one in _unlike("reports", results.reports, others):
        own = one.name == results.summary
        yield Difference("tables", RUN, one.how) if own else one
    for name in _names(results.reports):
        if name.startswith(f"{METHOD}/") and name not in listed:
            yield Difference("reports", name, ADDED)


def read_sums(path: Path) -> dict[str, str]:
    """The hashes in a list as ``sha256sum`` writes it, by file; other lines are passed over."""
    lines = (line.partition("  ") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: hashed for hashed, _, name in lines if name}


def _unlike(kind: Kind, folder: Path, listed: Mapping[str, str]) -> Iterator[Difference]:
    for name, hashed in listed.items():
        path = folder / name
        if not path.is_file():
            yield Difference(kind, name, MISSING)
        elif sha256(path) != hashed:
            yield Difference(kind, name)


def _names(folder: Path) -> Iterable[str]:
    """Every file below a folder, but for those that a desktop leaves everywhere."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = (path.relative_to(folder) for path in paths)
    return [name.as_posix() for name in names if not any(map(_OF_THE_DESKTOP.match, name.parts))]


def without_times(run: Path) -> bytes:
    """run.json as it is compared: all but its times."""
    told = read_json(run)
    told.pop("times", None)
    return json.dumps(told, sort_keys=True, ensure_ascii=False).encode()
