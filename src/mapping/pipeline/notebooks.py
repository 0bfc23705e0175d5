"""The notebooks that a run executes, and the files that each of them makes.

A notebook makes one report in each language, or one for each of its units too: then its metadata
say ``{"mapping": {"report": "department", "each": "department"}}``, and its parameter of that
name says for which one. One whose metadata say ``"baseline": true`` is executed only where there
is an earlier year to compare with, and ``"audit": true`` marks the methodology audit. Every
notebook that has a parameter ``baseline`` is told which. One whose metadata say ``"edition":
"open"`` is executed only for the open edition, and nothing else is then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from mapping.errors import UsageError
from mapping.pipeline.execute import read_parameters
from mapping.pipeline.request import INTERNAL, OPEN, Edition, edition_named
from mapping.pipeline.store import sha256
from mapping.roots import Origin, notebooks, report_notebooks, shipped

GROUPS = {None: "reports", "department": "departments"}
"""What the reports of a notebook are called together, by what it is made for each of."""

BASELINE = "baseline"
"""The parameter that names the year to compare with, and the mark of what needs one."""


AUDIT = "audit"
"""The mark of the methodology audit, which every run makes."""


@dataclass(frozen=True)
class Notebook:
    """A notebook as it is stored, to be executed.

    ``report`` is the PDF that it makes, if any; ``each`` what it is made for each of, if so;
    ``origin`` says whether it is the root's own. ``takes_baseline``: it is told which year to
    compare with; ``needs_baseline``: without one there is nothing for it to show. ``audits``: it
    makes the methodology audit. ``edition``: for whom it is.
    """

    path: Path
    report: str | None
    each: str | None
    sha256: str
    origin: Origin
    takes_baseline: bool = False
    needs_baseline: bool = False
    audits: bool = False
    edition: Edition = INTERNAL

    @property
    def stem(self) -> str:
        """The file's name without its ending: ``2-swot``."""
        return self.path.stem

    @property
    def names(self) -> set[str]:
        """What it may be called by: ``2-swot``, ``swot``, and its report's name."""
        numbered = self.stem[0].isdigit()
        bare = self.stem.partition("-")[2] if numbered else self.stem
        return {self.stem, bare or self.stem, self.report or self.stem}

    @property
    def made_for(self) -> str | None:
        """What it is made for beside the year itself, if anything; there is one shipped of each."""
        if self.edition == OPEN:
            return OPEN
        return self.each or (BASELINE if self.needs_baseline else AUDIT if self.audits else None)

    def instances(
        self, languages: Sequence[str], units: Mapping[str, Sequence[str]]
    ) -> tuple[Instance, ...]:
        """The notebook in each language, for every unit of the kind that it is made for each of.

        ``units`` are the keys of the units, by their kind.
        """
        each: Sequence[str | None] = units[self.each] if self.each else (None,)
        return tuple(Instance(self, language, unit) for unit in each for language in languages)


@dataclass(frozen=True)
class Instance:
    """A notebook in one language, and for one unit if it is made for each."""

    notebook: Notebook
    language: str
    unit: str | None = None

    @property
    def group(self) -> str:
        """What it is counted among: the reports, or those of the departments."""
        return GROUPS[self.notebook.each]

    @property
    def name(self) -> str:
        """What it is called on screen and in run.json: ``2-swot (sv)``, ``HIST-1 (sv)``."""
        return f"{self.unit or self.notebook.stem} ({self.language})"

    @property
    def parameters(self) -> dict[str, object]:
        """The parameters that tell it from the notebook's other instances."""
        unit = {self.notebook.each: self.unit} if self.notebook.each else {}
        return {"lang": self.language, **unit}

    @property
    def stem(self) -> str:
        """The name of its executed notebook, without folder and ending."""
        return f"{self.unit or self.notebook.stem}-{self.language}"

    @property
    def label(self) -> str:
        """What its numbers' ids begin with: ``tiers-sv``, ``HIST-1-sv``."""
        return f"{self.unit or self.notebook.report or self.notebook.stem}-{self.language}"

    @property
    def executed(self) -> str:
        """The executed notebook, from the year's folder of reports."""
        folder = f"notebooks/{self.group}" if self.unit else "notebooks"
        return f"{folder}/{self.stem}.ipynb"

    def printed(self, year: int) -> str | None:
        """The PDF, from the year's folder of reports; None if the notebook makes none."""
        if self.unit:
            return f"{self.group}/{self.stem}.pdf"
        report, folder = self.notebook.report, "" if self.notebook.edition == INTERNAL else "open/"
        return f"{folder}{report}-{year}-{self.language}.pdf" if report else None

    def files(self, year: int) -> tuple[str, ...]:
        """The files that it makes, from the year's folder of reports."""
        return tuple(filter(None, (self.executed, self.printed(year))))

    def number_key(self, key: str) -> str:
        """The key in numbers.json of a number of this instance: ``department.HIST-1.<key>``."""
        return f"{self.notebook.each}.{self.unit}.{key}" if self.unit else key


def in_use(root: Path) -> tuple[Notebook, ...]:
    """The notebooks of a root, in the order of a run.

    The root's own win. Where none of them is made for each department, the shipped one is, and
    so with what needs a baseline, with the audit and with the open edition: a root whose notebooks
    were copied before there were such has its departments' reports and all these too.

    Raises
    ------
    UsageError
        One is to be made for each of something that there is not, or cannot be told the baseline
        that it needs.

    """
    found = notebooks(root)
    own = [read_notebook(path, found.origin) for path in report_notebooks(found.folder)]
    there = {None, *(notebook.made_for for notebook in own)}
    others = [read_notebook(path, "shipped") for path in report_notebooks(shipped("notebooks"))]
    return (*own, *(notebook for notebook in others if notebook.made_for not in there))


def require_distinct(instances: Iterable[Instance], year: int) -> None:
    """Hold that no two notebooks make one file, also where capitals make no difference.

    Raises
    ------
    UsageError
        Two do; the message names both and says what to change.

    """
    makers: dict[str, Notebook] = {}
    for one in instances:
        for file in one.files(year):
            first = makers.setdefault(file.casefold(), one.notebook)
            if first != one.notebook:
                both = f"{first.path.name} and {one.notebook.path.name}"
                raise UsageError(f"{both} would both make {file}: {_remedy(one.notebook)}")


def _remedy(notebook: Notebook) -> str:
    left_out = "a file name that does not begin with a digit, which no run executes"
    if notebook.each:
        return f"only one can be made for each {notebook.each}; give the other {left_out}"
    return f"give one of them another name under mapping, report in its metadata, or {left_out}"


def read_notebook(path: Path, origin: Origin) -> Notebook:
    """The notebook at ``path``, told by its metadata.

    Raises
    ------
    UsageError
        It is to be made for each of something that there is not, or cannot be told the baseline
        that it needs.

    """
    stored = nbformat.read(path, as_version=4)
    told = stored.metadata.get("mapping", {})
    each, needs_baseline = told.get("each"), bool(told.get(BASELINE))
    if each not in GROUPS:
        known = ", ".join(filter(None, GROUPS))
        raise UsageError(f"{path.name}: cannot be made for each {each!r}, only for each {known}")
    takes_baseline = _takes(path.name, stored, BASELINE)
    if needs_baseline and not takes_baseline:
        raise UsageError(
            f"{path.name}: is made with a baseline by its metadata, so its parameters cell needs "
            f"a line: {BASELINE} = None"
        )
    edition = edition_named(told.get("edition", INTERNAL))
    made = (told.get("report"), each, sha256(path), origin)
    return Notebook(path, *made, takes_baseline, needs_baseline, bool(told.get(AUDIT)), edition)


def _takes(name: str, notebook: NotebookNode, parameter: str) -> bool:
    """Whether it has the parameter; one whose parameters are wrong is refused when executed."""
    try:
        return any(known.name == parameter for known in read_parameters(name, notebook))
    except UsageError:
        return False


def selected(
    notebooks: Sequence[Notebook],
    only: Sequence[str],
    *,
    departments: bool = True,
    alone: str = "",
    edition: Edition = INTERNAL,
) -> tuple[Notebook, ...]:
    """The notebooks of an edition asked for by their own or their report's name; all if none is.

    Without ``departments`` those are left out that are made for each. ``alone`` is why the year
    is compared with no other, if so: then those are left out that need a baseline.

    Raises
    ------
    UsageError
        A name that no notebook has, one that needs a baseline which there is not, or nothing is
        left.

    """
    notebooks = [notebook for notebook in notebooks if notebook.edition == edition]
    of_use = [notebook for notebook in notebooks if not (alone and notebook.needs_baseline)]
    known = sorted({notebook.report or notebook.stem for notebook in of_use})
    for name in only:
        if not any(name in notebook.names for notebook in notebooks):
            raise UsageError(f"no report {name!r}; there are {', '.join(known)}")
        if not any(name in notebook.names for notebook in of_use):
            raise UsageError(f"no report {name!r}: {alone}")
    named = tuple(n for n in of_use if not only or n.names & set(only))
    chosen = tuple(n for n in named if departments or not n.each)
    if named and not chosen:
        raise UsageError(f"--only {' --only '.join(only)} and --no-departments leave nothing")
    return chosen
