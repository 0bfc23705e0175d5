"""What a reader found in a file, told to whoever has to mend the file: ``mapping check``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mapping.instruments.sheet import Sheet

Instrument = Literal["departments", "interviews", "workshop", "survey"]
"""The tables of the data contract that instruments fill, by the stem of their file's name."""


@dataclass(frozen=True)
class Mapped:
    """A name in a file, what it was read as (blank: as nothing, it was left out), and how often.

    ``what`` is the kind of name: ``code``, ``column``, ``theme``, ``answer``, ``document``,
    ``coder``, ``attribute``. ``nearest`` is the known name that one without meaning comes close to,
    if any. ``wanted`` is true for a name left out on purpose, or of no use to the study: not worth
    a look.
    """

    what: str
    name: str
    to: str = ""
    count: int = 0
    nearest: str = ""
    wanted: bool = False


@dataclass(frozen=True)
class Recognised:
    """A file that was recognised by its content.

    ``kind`` names the format to the user (``REFI-QDA project``, ``LimeSurvey export, codes``).
    ``counts`` are numbers worth seeing, by what is counted (``sources``, ``codings``,
    ``responses``), in their order. ``notes`` are sentences on how the file was read, such as the
    offset convention that was found and how well it fits. ``warnings`` are sentences on what looks
    wrong but stops nothing. None of them tells confidential text.
    """

    file: str
    kind: str
    instrument: Instrument
    counts: Mapping[str, int] = field(default_factory=dict)
    mapped: tuple[Mapped, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def unmapped(self) -> tuple[Mapped, ...]:
        """The names that were read as nothing, though nobody said that they should be."""
        return tuple(one for one in self.mapped if not one.to and not one.wanted)


Progress = Callable[[str, int, int], None]
"""Told now and then how far a reader has come: the file, how much is read, and of how much."""


def silent(_file: str, _done: int, _of: int) -> None:
    """Progress that nobody is told of."""


@dataclass(frozen=True, eq=False)
class Read:
    """What came of one instrument's files: a table in the contract's columns, and what was found.

    ``sheet.problems`` are the problems of the files' form and of what maps to nothing; the values
    of the cells are checked later, by the reader of the contract's table.
    """

    sheet: Sheet
    found: tuple[Recognised, ...] = ()
