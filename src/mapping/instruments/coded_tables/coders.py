"""Who coded a table: the coder that its file is named for, where no column tells."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from mapping.errors import Problem
from mapping.instruments.sheet import composed

_CODER = re.compile(r"interviews[-_ ]+(.+)", re.IGNORECASE)
_COPY_OF = re.compile(r"(?:kopia av|copy of)\s+", re.IGNORECASE)
_COPIED = re.compile(
    r"(?:\s*\([0-9]{1,3}\)|[\s_-]+(?:kopia|copy)(?:\s*[0-9]{1,3})?)+$", re.IGNORECASE
)
"""What systems write before and after the name of a file that is copied or saved once more."""


def coder_of(file: str) -> str:
    """The coder that a file is named for: what follows ``interviews-``, or else all of its name.

    >>> coder_of("interviews-Anna.csv"), coder_of("Bo.xlsx")
    ('Anna', 'Bo')
    """
    return _named(composed(PurePath(file).stem))


def _named(stem: str) -> str:
    named = _CODER.fullmatch(stem)
    return named[1] if named else stem


def name_of(file: str) -> str:
    """What the file of a coder and a copy of it have in common.

    >>> name_of("interviews-Anna - Kopia (2).csv"), name_of("Copy of ANNA.xlsx")
    ('anna', 'anna')
    """
    original = _COPY_OF.sub("", composed(PurePath(file).stem).strip(), count=1)
    name = _COPIED.sub("", _named(original)).strip()
    return (name or original).casefold()


def two_of_one(files: Iterable[str], told: Mapping[str, str]) -> Iterator[Problem]:
    """Files that may be of one coder, or copies of one file: read together, both would count.

    ``told`` are the coders of study.toml by name; files of different names of which all but one
    are told there stand for whom it says.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for file in sorted(files):
        alike[name_of(file)].append(file)
    known = {composed(name) for name in told}
    for group in alike.values():
        names = {coder_of(file) for file in group}
        if len(group) > 1 and (len(names) < len(group) or len(names - known) > 1):
            yield _problem(group, sorted(names))


def _problem(files: list[str], names: list[str]) -> Problem:
    remedy = "Leave the newest of them, if they are copies, or name each file for its coder"
    if len(names) == len(files):
        keys = ", ".join(f'"{name}" = "…"' for name in names)
        remedy += f", or tell who coded them in study.toml under [interviews.coders]: {keys}"
    found = f"{len(files)} files that may be one coder's"
    return Problem(", ".join(files), None, "", found, "one file for each coder", f"{remedy}.")
