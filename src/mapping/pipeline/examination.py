"""What was recognised in a year's files: their names, what each was read as, and what to do.

A name is whatever a file calls something by: a column, a code, a theme, an answer, a coder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from mapping.instruments.recognised import Mapped, Recognised
from mapping.study import Study

CONTRACT = "table of the data contract"
"""The kind of a file that is read as it is."""


@dataclass(frozen=True)
class Names:
    """The names of one kind in a file: read as something, unknown, and left out on purpose.

    ``unnamed`` counts coders who are read by their own names, which need to be shown to nobody.
    """

    what: str
    read: tuple[Mapped, ...] = ()
    unnamed: int = 0
    unknown: tuple[Mapped, ...] = ()
    left_out: tuple[Mapped, ...] = ()

    @property
    def renamed(self) -> tuple[Mapped, ...]:
        """Those that are read as something else than they are called."""
        return tuple(one for one in self.read if one.name != one.to)

    @property
    def as_they_are(self) -> tuple[Mapped, ...]:
        """Those that are read as what they are called."""
        return tuple(one for one in self.read if one.name == one.to)


@dataclass(frozen=True)
class FileFound:
    """A file that was recognised, what results call it (blank: the same), and its names."""

    found: Recognised
    called: str = ""
    names: tuple[Names, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether there is nothing to tell of it but how many rows it has."""
        told = (self.names, self.found.notes, self.found.warnings, self.called)
        return self.found.kind == CONTRACT and not any(told)


@dataclass(frozen=True)
class Days:
    """The days of an instrument's interviews, notes or responses: first, last, how many have none.

    ``of`` is how many there are.
    """

    instrument: str
    what: str
    of: int
    first: date | None
    last: date | None
    undated: int


@dataclass(frozen=True)
class Coder:
    """A coder, as results call them, and how much they coded."""

    name: str
    segments: int
    codings: int
    interviews: int


@dataclass(frozen=True)
class CodingsLeftOut:
    """How often each code was left out: as unknown to the protocol, or on purpose."""

    unknown: Mapping[str, int] = field(default_factory=dict)
    on_purpose: Mapping[str, int] = field(default_factory=dict)


def files_found(
    found: Iterable[Recognised], labels: Mapping[str, str] | None = None
) -> tuple[FileFound, ...]:
    """Each file that was recognised; ``labels`` are what results call files, by their names."""
    return tuple(_file_found(one, labels or {}) for one in found)


def _file_found(found: Recognised, labels: Mapping[str, str]) -> FileFound:
    called = labels.get(found.file, "")
    kinds = dict.fromkeys(one.what for one in found.mapped)
    names = (_names(what, [m for m in found.mapped if m.what == what]) for what in kinds)
    return FileFound(found, "" if called == found.file else called, tuple(names))


def _names(what: str, mapped: Iterable[Mapped]) -> Names:
    read: list[Mapped] = []
    unknown: list[Mapped] = []
    left_out: list[Mapped] = []
    for one in mapped:
        (read if one.to else left_out if one.wanted else unknown).append(one)
    named = [one for one in read if what != "coder" or one.name != one.to]
    unnamed = len(read) - len(named)
    return Names(what, tuple(named), unnamed, tuple(unknown), tuple(left_out))


def codings_left_out(found: Iterable[Recognised]) -> CodingsLeftOut:
    """The codings that are no evidence, because their code stands for nothing in the protocol."""
    unknown: Counter[str] = Counter()
    on_purpose: Counter[str] = Counter()
    for one in found:
        for name in one.mapped:
            if name.what == "code" and not name.to:
                (on_purpose if name.wanted else unknown)[name.name] += name.count
    return CodingsLeftOut(dict(sorted(unknown.items())), dict(sorted(on_purpose.items())))


def days(study: Study) -> tuple[Days, ...]:
    """The days of each instrument that was used."""
    heard = study.raw.interviews.groupby("interview_id", sort=False)["date"].first()
    parts = (
        ("interview", "interviews", heard),
        ("workshop", "notes", study.raw.workshop["date"]),
        ("survey", "responses", study.raw.survey["date"]),
    )
    return tuple(_days(name, what, own) for name, what, own in parts if len(own))


def _days(instrument: str, what: str, dates: pd.Series) -> Days:
    known = dates.dropna()
    first, last = (known.min().date(), known.max().date()) if len(known) else (None, None)
    return Days(instrument, what, len(dates), first, last, len(dates) - len(known))


def coders(study: Study) -> tuple[Coder, ...]:
    """Every coder of the interviews, by the names of the evidence: coder-1, coder-2 and so on."""
    coded = study.evidence[study.evidence["instrument"] == "interview"]
    rows = coded[["rater", "unit", "row"]].merge(
        study.raw.interviews[["row", "interview_id"]], on="row"
    )
    own = rows.groupby("rater").agg(
        segments=("unit", "nunique"),
        codings=("row", "size"),
        interviews=("interview_id", "nunique"),
    )
    told = [
        Coder(str(name), *map(int, counts))
        for name, counts in zip(own.index, own.itertuples(index=False), strict=True)
    ]
    return tuple(sorted(told, key=lambda one: int(one.name.rpartition("-")[2])))
