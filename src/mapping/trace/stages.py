"""The tables that a value can come from: those of the year, and of the years beside it.

A *stage* is one year's study as it enters a result: the year itself, the baseline by its own
protocol or by the later one, merged and split departments put together, the departments seen in
both years alone. The tables of the follow-up are computed from several stages; they make a
stage of their own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from mapping.auditing import Audit, audit_of
from mapping.comparison import FollowUp, by_protocol, pooled
from mapping.derived import derived
from mapping.errors import UsageError
from mapping.followup import lineage
from mapping.instruments import RawYear
from mapping.opening import OpenEdition, open_edition
from mapping.references import DERIVED
from mapping.schemas import AUDIT, FOLLOW_UP, OPEN, TABLES
from mapping.study import Study

Rows = npt.NDArray[np.int64]
"""Places of rows in a table, from 0."""

Values: TypeAlias = tuple[Any, ...]
"""The values of a row in some columns; None is missing."""

NOW = "now"
"""The stage of the year itself."""

COMPARED = "compared"
"""The stage of the follow-up's tables."""

AUDITED = "audited"
"""The stage of the audit's tables."""

OPENED = "opened"
"""The stage of the open edition's tables."""

REGISTER = "register"
"""The register: no processed table, but what some of them are computed from."""

_THEN = ("reported", "then", "units_then", "pairs_then")
_FOLLOWED = (*_THEN, "units_now", "pairs_now")


@dataclass(frozen=True)
class Stage:
    """One year's tables, or those of the follow-up.

    ``register`` is the year's own, with the row of each department; ``parts`` names the ids there
    of each department, if they are put together.
    """

    name: str
    study: Study | FollowUp | Audit | OpenEdition
    register: pd.DataFrame = field(repr=False)
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    _derived: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    _indexes: dict[Hashable, Mapping[Values, Rows]] = field(default_factory=dict, repr=False)

    @property
    def year(self) -> int:
        """The year of the study; of the follow-up the later one."""
        return self.own.settings.year

    @property
    def own(self) -> Study:
        """The study of the year."""
        if isinstance(self.study, FollowUp):
            return self.study.now
        return self.study if isinstance(self.study, Study) else self.study.study

    def frame(self, table: str) -> pd.DataFrame:
        """A table of the stage, or the register."""
        if table == REGISTER:
            return self.own.departments
        if table in DERIVED:
            if table not in self._derived:
                self._derived[table] = derived(self.own, table)
            return self._derived[table]
        frame: pd.DataFrame = getattr(self.study, table)
        return frame

    def find(self, table: str, columns: tuple[str, ...], wanted: Iterable[Values]) -> Rows:
        """Places of the rows that have any of the wanted values in the columns; None: missing."""
        index = self._index(table, columns)
        found = [index[values] for values in wanted if values in index]
        return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)

    def _index(self, table: str, columns: tuple[str, ...]) -> Mapping[Values, Rows]:
        """Places of the rows by the values of some columns; made once."""
        if (table, columns) not in self._indexes:
            places: dict[Values, list[int]] = {}
            for place, values in enumerate(values_of(self.frame(table)[list(columns)])):
                places.setdefault(values, []).append(place)
            self._indexes[table, columns] = {key: np.array(at) for key, at in places.items()}
        return self._indexes[table, columns]


def values_of(frame: pd.DataFrame) -> list[Values]:
    """The values of each row, by which rows are told apart: what is missing is None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return list(plain.itertuples(index=False, name=None))


@dataclass(frozen=True)
class Stages:
    """Every stage of a year's results; those of earlier years if it is compared with any.

    ``root`` is the folder with ``data/raw``, where the open editions of before are.
    """

    study: Study
    follow: FollowUp | None = None
    root: Path | None = None

    def __getitem__(self, name: str) -> Stage:
        """The stage of that name; one and the same of studies that are the same."""
        return self._opened if name == OPENED else self._named[name]

    def of_year(self, year: int) -> Stage:
        """An earlier year by the later one's protocol, under its departments' own ids.

        Raises
        ------
        UsageError
            The year is not compared with it.

        """
        name = NOW if year == self.study.settings.year else f"all-{year}"
        if name not in self._named:
            raise UsageError(f"{year} is not compared with {self.study.settings.year}")
        return self._named[name]

    def raw(self, year: int) -> RawYear:
        """What was read of a year's raw files."""
        follow = self.follow
        if follow is None or year == self.study.settings.year:
            return self.study.raw
        return follow.years[year].raw

    @property
    def throughout(self) -> list[Stage]:
        """Every year with the departments as they are followed through all of them."""
        return [stage for name, stage in self._named.items() if name.startswith("same-")]

    def home(self, table: str) -> Stage:
        """The stage that a table of the year's results belongs to."""
        if table in FOLLOW_UP:
            return self[COMPARED]
        if table in OPEN:
            return self[OPENED]
        return self[AUDITED if table in AUDIT else NOW]

    def tables(self) -> list[str]:
        """The tables that there are: those of the follow-up only if there is one."""
        left_out = () if self.follow is not None else FOLLOW_UP
        return [name for name in TABLES if name not in left_out]

    @cached_property
    def _opened(self) -> Stage:
        opened = open_edition(self.study, self.root)
        return Stage(OPENED, opened, self.study.departments)

    @cached_property
    def _named(self) -> Mapping[str, Stage]:
        """Every stage by its name."""
        register = self.study.departments
        named = {
            NOW: Stage(NOW, self.study, register),
            AUDITED: Stage(AUDITED, audit_of(self.study), register),
        }
        if self.follow is None:
            return named
        named[COMPARED] = Stage(COMPARED, self.follow, register)
        for name in _FOLLOWED:
            own = self.follow.reported.departments if name in _THEN else register
            _join(named, Stage(name, getattr(self.follow, name), own, self._parts(name)))
        return {**named, **self._years(named)}

    def _parts(self, name: str) -> Mapping[str, Sequence[str]]:
        follow = self.follow
        if follow is None or name in ("reported", "then"):
            return {}
        year = follow.baseline if name.endswith("then") else follow.year
        return _own_ids(follow.followed, year)

    def _years(self, named: Mapping[str, Stage]) -> Mapping[str, Stage]:
        """The stages of every year of the trend: all departments, and the same throughout."""
        follow = self.follow
        if follow is None:
            return {}
        own = {**follow.years, follow.year: follow.now}
        frames = {year: list(study.departments["department_id"]) for year, study in own.items()}
        followed = lineage.follow(frames, follow.lineage)
        made = dict(named)
        for year, study in own.items():
            every, parts = self._by_protocol(year, study), _own_ids(followed, year)
            ids = {one: unit for unit, ones in parts.items() for one in ones}
            _join(made, Stage(f"all-{year}", every, study.departments))
            _join(made, Stage(f"same-{year}", pooled(every, ids), study.departments, parts))
        return made

    def _by_protocol(self, year: int, study: Study) -> Study:
        if self.follow is None or year == self.study.settings.year:
            return self.study
        known = year == self.follow.baseline
        return self.follow.then if known else by_protocol(study, self.follow.protocol)


def _join(named: dict[str, Stage], stage: Stage) -> None:
    """Add a stage under its name; where its study is one that is there, that one's stage."""
    known = next((other for other in named.values() if other.study is stage.study), None)
    named[stage.name] = known or stage


def _own_ids(followed: pd.DataFrame, year: int) -> Mapping[str, Sequence[str]]:
    """The ids in the year's register of each department, by the id that it is followed by."""
    rows = followed[followed["year"] == year]
    return {str(unit): list(ids) for unit, ids in rows.groupby("followed")["department_id"]}
