"""The notebooks that a run executes, and the files that each of them makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from mapping.errors import UsageError
from mapping.pipeline.store import sha256


@dataclass(frozen=True)
class Notebook:
    """A numbered notebook; ``report`` is the PDF that it makes, if any."""

    path: Path
    report: str | None
    sha256: str

    @property
    def stem(self) -> str:
        """The file's name without its ending: ``2-swot``."""
        return self.path.stem

    @property
    def names(self) -> set[str]:
        """What it may be called by: ``2-swot``, ``swot``, and its report's name."""
        return {self.stem, self.stem.partition("-")[2], self.report or self.stem}

    def files(self, year: int, language: str) -> tuple[str, ...]:
        """The files that it makes in a language, from the year's folder of reports."""
        executed = f"notebooks/{self.stem}-{language}.ipynb"
        return (executed, f"{self.report}-{year}-{language}.pdf") if self.report else (executed,)


def read_notebook(path: Path) -> Notebook:
    """The notebook at ``path``, told by its metadata."""
    metadata = nbformat.read(path, as_version=4).metadata
    return Notebook(path, metadata.get("mapping", {}).get("report"), sha256(path))


def selected(notebooks: Sequence[Notebook], only: Sequence[str]) -> tuple[Notebook, ...]:
    """The notebooks asked for by their own or their report's name; all if none is named.

    Raises
    ------
    UsageError
        A name that no notebook has.

    """
    known = sorted({notebook.report or notebook.stem for notebook in notebooks})
    for name in only:
        if not any(name in notebook.names for notebook in notebooks):
            raise UsageError(f"no report {name!r}; there are {', '.join(known)}")
    return tuple(n for n in notebooks if not only or n.names & set(only))
