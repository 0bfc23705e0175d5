"""What a run is asked for. Imports nothing that takes long: nothing may be left to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mapping.errors import UsageError
from mapping.vocabulary import LANGUAGES

Edition = Literal["internal", "open"]
INTERNAL: Edition = "internal"
OPEN: Edition = "open"
EDITIONS = (INTERNAL, OPEN)
"""For whom a notebook is: the university itself, or everybody."""


def edition_named(name: str) -> Edition:
    """The edition of this name.

    Raises
    ------
    UsageError
        There is none.

    """
    for edition in EDITIONS:
        if edition == name:
            return edition
    raise UsageError(f"the edition is {' or '.join(EDITIONS)}, not {name!r}")


@dataclass(frozen=True)
class RunRequest:
    """What to run: the year, in which root, which languages, and which reports (all if none).

    Without ``departments`` the reports of the departments are left out. ``baseline`` is the year
    to compare with: None is the year before on disk, if there is one, and 0 none. ``edition`` is
    for whom the reports are: with ``open`` only those are made that everybody may have. With
    ``force`` all that is asked for is made anew, also what would come out the same.
    """

    year: int
    root: Path
    languages: tuple[str, ...] = LANGUAGES
    only: tuple[str, ...] = ()
    departments: bool = True
    baseline: int | None = None
    edition: Edition = INTERNAL
    force: bool = False

    @property
    def parameters(self) -> dict[str, object]:
        """What the results depend on besides the data, of which the earlier years are a part."""
        return {
            "year": self.year,
            "languages": list(self.languages),
            "only": list(self.only),
            "departments": self.departments,
            "edition": self.edition,
        }

    @property
    def command(self) -> str:
        """The command line that asks for the same; without paths, and without ``--force``."""
        languages = "".join(f" --lang {language}" for language in self.languages)
        only = "".join(f" --only {name}" for name in self.only)
        baseline = f" --baseline {self.baseline}" if self.baseline else " --no-baseline"
        compared = "" if self.baseline is None else baseline
        departments = "" if self.departments else " --no-departments"
        edition = "" if self.edition == INTERNAL else f" --edition {self.edition}"
        return f"mapping run {self.year}{languages}{only}{compared}{departments}{edition}"


def require_languages(languages: Sequence[str]) -> None:
    """Hold that these are languages of ours, each once.

    Raises
    ------
    UsageError
        They are not.

    """
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown or not languages or len(set(languages)) < len(languages):
        given = ", ".join(languages) or "none"
        raise UsageError(f"languages are {', '.join(LANGUAGES)}, each once; got {given}")
