"""From a reference to the cells that it names, and to its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from mapping import calibration, change_calibration
from mapping.instruments import corrections
from mapping.references import (
    DERIVED,
    MORE_KEYS,
    Beside,
    Cell,
    Column,
    Computed,
    Reference,
    Row,
    Rows,
    Setting,
    Value,
    evaluate,
    keys,
)
from mapping.schemas import TABLES
from mapping.trace.cells import Cells, RawRows, Rules, Source
from mapping.trace.stages import NOW, REGISTER, Stage, Stages

if TYPE_CHECKING:
    from mapping.study import Study


class Results(Mapping[str, pd.DataFrame]):
    """Every table that a reference can name, computed or read when it is first asked for."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise KeyError(name)
        year, _, table = name.rpartition(":")
        if year and table == "files":
            return _files(self._stages.of_year(int(year)).own)
        if year:
            return self._stages.of_year(int(year)).frame(table)
        if table in MORE_KEYS and table not in (REGISTER, *DERIVED):
            return _beside(self._stages, table)
        return self._stages.home(table).frame(table)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @cached_property
    def _names(self) -> list[str]:
        own = [*self._stages.tables(), *MORE_KEYS]
        earlier = self._stages.follow.years if self._stages.follow else ()
        of_years = (*TABLES, REGISTER, "files")
        return own + [f"{year}:{table}" for year in earlier for table in of_years]


def _beside(stages: Stages, table: str) -> pd.DataFrame:
    """What is no processed table: the raw files, the corrections, the calibrations."""
    study = stages.study
    if table == "files":
        return _files(study)
    if table == "corrections":
        return study.raw.corrections
    of_changes = stages.follow.calibration if stages.follow else None
    if table == "change_moves" and of_changes is not None:
        return of_changes.moves
    made = study.calibration if table == "calibration" else of_changes
    return pd.DataFrame(columns=list(MORE_KEYS[table])) if made is None else made.rates


def _files(study: Study) -> pd.DataFrame:
    told = [(file.name, file.sha256, file.rows) for file in study.raw.files]
    return pd.DataFrame(told, columns=["name", "sha256", "rows"]).astype({"rows": "Int64"})


def value(stages: Stages, reference: Reference) -> Value | pd.DataFrame:
    """What the reference gives on the results; of rows the rows themselves.

    Raises
    ------
    UsageError
        See :func:`mapping.references.evaluate`.

    """
    return evaluate(reference, Results(stages), stages.study.protocol)


def sources(stages: Stages, reference: Reference) -> list[Source]:
    """The cells, files and rules that the reference names; none of a fixed number of a text."""
    return list(_sources(stages, reference))


def _sources(stages: Stages, reference: Reference) -> Iterator[Source]:
    match reference:
        case Row(table):
            yield from _known(_cells(stages, reference, _values(table)))
        case Cell(row, column):
            yield from _cells(stages, row, (column,))
        case Rows(table):
            yield from _cells(stages, reference, _asked(reference) or keys(table))
        case Column(rows, column):
            yield from _cells(stages, rows, tuple(dict.fromkeys([column, *_asked(rows)])))
        case Setting(path):
            yield Rules(stages[NOW], (path,))
        case Computed(_, arguments):
            for argument in arguments:
                yield from _sources(stages, argument)
    for looked in _looked_up(reference):
        yield from _sources(stages, looked)
    yield from _not_among(stages, reference)


def _known(row: Iterator[Source]) -> Iterator[Source]:
    """Of a row the cells that have a value: nothing is asked of the others."""
    for source in row:
        if isinstance(source, Cells):
            cells = source.stage.frame(source.table).iloc[source.rows]
            known = tuple(name for name in source.columns if cells[name].notna().any())
            yield replace(source, columns=known)
        else:
            yield source


def _looked_up(reference: Reference) -> list[Column]:
    """The columns of other rows that the conditions name."""
    rows = reference.rows if isinstance(reference, Column) else reference
    conditions = rows.conditions if isinstance(rows, Rows) else ()
    return [one.wanted for one in conditions if isinstance(one.wanted, Column)]


def _not_among(stages: Stages, reference: Reference) -> Iterator[Source]:
    """What rows rest on that are chosen because they are not among others: why they are not."""
    rows = reference.rows if isinstance(reference, Column) else reference
    if not isinstance(rows, Rows):
        return
    chosen = value(stages, rows)
    for one in rows.conditions:
        if one.operator == "!=" and isinstance(one.wanted, Column):
            every = value(stages, Rows(one.wanted.rows.table))
            if isinstance(chosen, pd.DataFrame) and isinstance(every, pd.DataFrame):
                out = every[every[one.wanted.column].isin(chosen[one.column])]
                yield from _of_frame(stages, out, one.wanted.rows)


def _of_frame(stages: Stages, frame: pd.DataFrame, asked: Rows) -> Iterator[Source]:
    """The columns that conditions are about, in rows for which they do not hold."""
    year, _, table = asked.table.rpartition(":")
    if table in TABLES or table in (REGISTER, *DERIVED):
        stage = stages.of_year(int(year)) if year else stages.home(table)
        yield Cells(stage, table, _asked(asked), frame.index.to_numpy())


def _asked(rows: Rows) -> tuple[str, ...]:
    """The columns that the conditions are about."""
    named = [condition.column for condition in rows.conditions]
    beside = [one.wanted.column for one in rows.conditions if isinstance(one.wanted, Beside)]
    return tuple(dict.fromkeys([*named, *beside]))


def _values(table: str) -> tuple[str, ...]:
    """The columns of a row that are not its keys."""
    name = table.rpartition(":")[2]
    schema = TABLES.get(name)
    return tuple(c for c in schema.columns if c not in keys(table)) if schema else ("name",)


def _cells(stages: Stages, place: Row | Rows, columns: tuple[str, ...]) -> Iterator[Source]:
    frame = value(stages, place)
    if not isinstance(frame, pd.DataFrame):  # pragma: no cover - rows always give a frame
        return
    year, _, table = place.table.rpartition(":")
    stage = stages.of_year(int(year)) if year else stages.home(table)
    if table in TABLES or table in (REGISTER, *DERIVED):
        yield Cells(stage, table, columns, frame.index.to_numpy())
    else:
        yield from _outside(stage, table, frame)


_CALIBRATIONS = {
    "calibration": calibration.TABLE,
    "change_calibration": change_calibration.TABLE,
    "change_moves": change_calibration.MOVES,
}


def _outside(stage: Stage, table: str, frame: pd.DataFrame) -> Iterator[Source]:
    """Of raw files every row; of a calibration its file beside the protocol."""
    if table == "files":
        for name, rows in zip(frame["name"], frame["rows"].fillna(0), strict=True):
            yield RawRows(stage.year, str(name), tuple(range(2, int(rows) + 2)))
    elif table == "corrections":
        yield RawRows(stage.year, corrections.NAME, tuple(int(row) for row in frame["row"]))
    else:
        yield Rules(stage, (_CALIBRATIONS[table],))
