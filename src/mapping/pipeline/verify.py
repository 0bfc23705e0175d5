"""Can the results be made again? Their hashes, what they were made from, and a second run.

The second run works in a temporary folder, on copies of what is there now; the root is only read.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from mapping.errors import DataError, MappingError, UsageError
from mapping.open_editions import FOLDER
from mapping.pipeline import made_from
from mapping.pipeline.first_difference import first_difference
from mapping.pipeline.notebooks import Notebook, in_use
from mapping.pipeline.progress import Progress
from mapping.pipeline.request import EDITIONS, RunRequest, edition_named
from mapping.pipeline.results import (
    ADDED,
    CHANGED,
    MISSING,
    Difference,
    Results,
    damage,
    present,
    without_times,
)
from mapping.pipeline.run import Parts, run
from mapping.pipeline.store import MANIFEST, RUN, Store, sha256
from mapping.vocabulary import LANGUAGES

DIFFERS = 4
"""Exit code: something differs, and is named."""

SUMMARIES = (MANIFEST, RUN)
"""Files that tell what results were made from: they differ wherever that does."""

_MOST = 8


@dataclass(frozen=True)
class FileDifference:
    """A file that the second run made otherwise: how, and the first thing that differs in it.

    ``edited``: the second run made what the first had made; the stored file was changed since.
    """

    name: str
    how: str
    what: str = ""
    edited: bool = False


@dataclass(frozen=True)
class Rerun:
    """What the second run gave: how many files, those that differ, or why it made none."""

    files: int = 0
    different: tuple[FileDifference, ...] = ()
    failed: str = ""

    @property
    def unlike(self) -> tuple[FileDifference, ...]:
        """Reports and tables that were made otherwise; what was edited since was not."""
        return tuple(
            one
            for one in self.different
            if not one.edited and one.name.rpartition("/")[2] not in SUMMARIES
        )


@dataclass(frozen=True)
class Verification:
    """What was found of results: what they are made from, how they are stored, the second run.

    ``rerun`` is None if only hashes were compared.
    """

    results: Results
    made_from: tuple[Difference, ...]
    stored: tuple[Difference, ...]
    rerun: Rerun | None = None

    @property
    def repeated(self) -> bool:
        """Whether nothing at all differs."""
        again = self.rerun is None or not (self.rerun.different or self.rerun.failed)
        return again and not self.made_from and not self.stored

    @property
    def verdict(self) -> str:
        """The verdict in one line."""
        if self.repeated:
            same = "nothing has changed since (hashes only; not made again)"
            return "repeated to the byte" if self.rerun else same
        reasons = "; ".join(self._reasons)
        if not self.rerun:
            return f"differs: {reasons} (hashes only; not made again)"
        if self.rerun.failed:
            return f"could not be made again; differs: {reasons or 'unexplained'}"
        if not self.rerun.unlike and not self.stored and self.made_from:
            return (
                f"every report and table is repeated to the byte, although there differ: {reasons}"
            )
        return f"differs because of: {reasons}"

    @property
    def _reasons(self) -> Iterator[str]:
        for kind in made_from.KINDS:
            if names := [one.told for one in self.made_from if one.kind == kind]:
                yield f"{kind} ({some(names)})"
        if names := [one.told for one in self.stored]:
            yield f"reports or tables edited ({some(names)})"
        if names := self._unexplained:
            yield f"unexplained ({some(names)})"

    @property
    def _unexplained(self) -> list[str]:
        """What differs though all that it is made from is the same."""
        if self.made_from or not self.rerun:
            return []
        return [one.name for one in self.rerun.different if not one.edited]


def some(names: Sequence[str]) -> str:
    """The names, of many only so many."""
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {more} more" if more > 0 else "")


def verify(
    results: Results,
    root: Path,
    parts: Parts | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Compare results with what is there now; with ``parts`` also with a run of its own.

    Raises
    ------
    UsageError
        The results were replaced while they were being compared.

    """
    before = made_from.recorded(results)
    stored = damage(results)
    sources = made_from.differing(before, made_from.present(root, results))
    again = rerun(results, root, parts, progress or Progress()) if parts else None
    _require_same(results, root)
    return Verification(results, sources, stored, again)


def _require_same(results: Results, root: Path) -> None:
    if results.frozen or results.name != str(results.year):
        return
    now = present(root, results.year)
    if (now.run, now.manifest) != (results.run, results.manifest):
        raise UsageError(f"the results of {results.year} were replaced meanwhile: verify again")


def rerun(results: Results, root: Path, parts: Parts, progress: Progress) -> Rerun:
    """Make the results again from what the root holds now, elsewhere, and compare every file."""
    with _copy(results, root) as copy:
        try:
            _put_editions(results, root, copy)
            for one in _requests(results, copy):
                run(one, parts, progress)
        except (MappingError, ValueError, OSError) as error:
            return Rerun(failed=_why(error))
        made = present(copy, results.year)
        return Rerun(len(results.files), tuple(compare(results, made)))


def _why(error: Exception) -> str:
    """Why there is no second run: our own words; of any other error only its kind."""
    if isinstance(error, DataError):
        count = len(error.problems)
        return f"{count} error{'s'[: count != 1]} in the data: {error.problems[0].sentence()}"
    if isinstance(error, MappingError):
        return str(error).partition("\nThe failed notebook is kept")[0]
    return f"a file cannot be read ({type(error).__name__})"


@contextmanager
def _copy(results: Results, root: Path) -> Iterator[Path]:
    """A folder with copies of all that a run of these results reads in the root, and no more."""
    with TemporaryDirectory(prefix="mapping-verify-", ignore_cleanup_errors=True) as folder:
        copy, year = Path(folder).resolve(), str(results.year)
        for one in [year, *made_from.earlier_years(root, results.run)]:
            raw = root / "data" / "raw" / one
            known = results.run["inputs"] if one == year else ()
            (copy / "data" / "raw" / one).mkdir(parents=True)
            for path in made_from.raw_files(raw, known).values():
                shutil.copyfile(path, copy / "data" / "raw" / one / path.name)
        for own in ("notebooks", "data/protocol"):
            if (root / own).is_dir():
                shutil.copytree(root / own, copy / own, ignore=shutil.ignore_patterns(".*"))
        yield copy


def request(results: Results, root: Path) -> RunRequest:
    """What the results were asked for with, in another root."""
    asked, command = results.run["parameters"], str(results.run["command"])
    baseline = re.search(r" --baseline (\d+)", command)
    return RunRequest(
        results.year,
        root,
        tuple(asked["languages"]),
        tuple(asked["only"]),
        departments=bool(asked["departments"]),
        baseline=int(baseline[1]) if baseline else None if made_from.compares(results.run) else 0,
        edition=edition_named(asked["edition"]),
    )


def _requests(results: Results, copy: Path) -> Iterator[RunRequest]:
    """The runs that make the results: their own is the last, and takes over what is before it."""
    last = request(results, copy)
    first = list(_earlier(results, last, in_use(copy)))
    yield from first
    if first:
        _remove_others(results, copy)
    yield last


def _put_editions(results: Results, root: Path, copy: Path) -> None:
    """Put the open editions there that these results were made with, their own among them.

    What lies in a frozen copy is read-only; here a run may replace it.
    """
    if not results.published:
        return
    known = {name: root / name for name in results.run["editions"] if (root / name).is_dir()}
    own = Store(copy, results.year).reports.relative_to(copy) / FOLDER
    for name, folder in {**known, own.as_posix(): results.reports / FOLDER}.items():
        shutil.copytree(folder, copy / name, copy_function=shutil.copyfile)


def _earlier(
    results: Results, last: RunRequest, notebooks: Sequence[Notebook]
) -> Iterator[RunRequest]:
    """A run of each edition that makes what the results have beside what their own run made.

    It may make more, which is removed before the last run can take it over.
    """
    stored = set(results.manifest["files"])
    there = [
        (notebook, language)
        for notebook in notebooks
        for language in LANGUAGES
        if any(_is_of(name, notebook, language) for name in stored)
    ]
    for edition in EDITIONS:
        own = [(notebook, lang) for notebook, lang in there if notebook.edition == edition]
        if not all(_makes(last, notebook) and lang in last.languages for notebook, lang in own):
            languages = tuple(lang for lang in LANGUAGES if any(lang == of for _, of in own))
            only = tuple(dict.fromkeys(notebook.stem for notebook, _ in own))
            yield replace(last, languages=languages, only=only, departments=True, edition=edition)


def _makes(one: RunRequest, notebook: Notebook) -> bool:
    """Whether a run executes the notebook, in its languages."""
    named = not one.only or bool(notebook.names & set(one.only))
    return named and one.edition == notebook.edition and (one.departments or not notebook.each)


def _is_of(name: str, notebook: Notebook, language: str) -> bool:
    """Whether this file is the executed notebook, or one of those for each."""
    if notebook.each:
        return name.startswith("notebooks/departments/") and name.endswith(f"-{language}.ipynb")
    return name == f"notebooks/{notebook.stem}-{language}.ipynb"


def _remove_others(results: Results, copy: Path) -> None:
    """The last run takes over only what it finds, and so only what the results have."""
    reports = Store(copy, results.year).reports
    for path in [path for path in reports.rglob("*") if path.is_file()]:
        name = path.relative_to(reports).as_posix()
        if name not in results.manifest["files"] and name != MANIFEST:
            path.unlink()


def compare(results: Results, made: Results) -> Iterator[FileDifference]:
    """Every file that differs between stored results and the same made again."""
    before, now = results.files, made.files
    recorded = {**results.recorded, MANIFEST: results.run["manifest"]}
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            yield FileDifference(name, MISSING, "no longer made")
        elif name not in before:
            yield FileDifference(name, ADDED, "made now alone")
        elif not before[name].is_file():
            yield FileDifference(name, MISSING, "taken away", edited=True)
        elif _bytes(name, before[name]) != _bytes(name, now[name]):
            edited = recorded.get(name) == sha256(now[name])
            what = first_difference(before[name], now[name])
            yield FileDifference(name, CHANGED, what, edited)


def _bytes(name: str, path: Path) -> bytes:
    return without_times(path) if name.endswith(f"/{RUN}") else path.read_bytes()
