"""What ``mapping trace`` can be asked: what there is, and nothing that would tell of persons."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mapping import roots
from mapping.errors import UsageError
from mapping.pipeline.store import Store
from mapping.prose import Words
from mapping.references import (
    Beside,
    Cell,
    Column,
    Computed,
    Condition,
    Fixed,
    Own,
    Reference,
    Row,
    Rows,
)
from mapping.references.reading import nearest, shortened
from mapping.schemas import TABLES

CONFIDENTIAL = ("role",)
"""Columns whose values are never told, and by which no rows are chosen or counted."""


def require_askable(
    reference: Reference, place: Store, say: Words, printed: Collection[str]
) -> None:
    """Require that all that was asked for is there, and that none of it is confidential.

    ``printed`` are the references of the numbers that are printed: those are there.

    Raises
    ------
    UsageError
        It chooses or counts by a confidential column; a table is of a year that is not there, a
        column never has the value asked for, no text has the key, no cell printed the number.

    """
    for part in _parts(reference):
        match part:
            case Rows(table, conditions):
                _require_year(table, place)
                for condition in conditions:
                    _require_open(condition.column)
                    _require_possible(table, condition)
            case Row(table):
                _require_year(table, place)
            case Column(_, column):
                _require_open(column)
            case Fixed() | Own() if str(part) not in printed:
                _require_said(part, say)


def _parts(reference: Reference) -> Iterator[Reference]:
    """The reference, and all that it is made of."""
    yield reference
    match reference:
        case Cell(row):
            yield row
        case Column(rows):
            yield from _parts(rows)
        case Computed(_, arguments):
            for argument in arguments:
                yield from _parts(argument)
        case Rows(_, conditions):
            for condition in conditions:
                if isinstance(condition.wanted, Column):
                    yield from _parts(condition.wanted)


def _require_year(table: str, place: Store) -> None:
    year = table.rpartition(":")[0]
    if not year:
        return
    if int(year) == place.year:
        raise UsageError(f"{table} is of {year} itself: leave {year}: out")
    roots.raw_folder(place.root, int(year))
    if int(year) > place.year:
        raise UsageError(f"{year} is later than {place.year}: ask mapping trace {year}")


def _require_open(column: str) -> None:
    if column in CONFIDENTIAL:
        raise UsageError(f"{column} is confidential: no rows are chosen or counted by it")


def _require_possible(table: str, condition: Condition) -> None:
    """Each value is one that the column can have, if there is a fixed list of those."""
    if isinstance(condition.wanted, Beside):
        _require_open(condition.wanted.column)
    allowed = _allowed(table.rpartition(":")[2], condition.column)
    if isinstance(condition.wanted, tuple) and allowed:
        for value in condition.wanted:
            if value and value not in allowed:
                near = nearest(value, allowed) or f"; it can be {', '.join(allowed)}"
                raise UsageError(f"{condition.column} is never {shortened(value)}{near}")


def _allowed(table: str, column: str) -> tuple[str, ...]:
    """The words that a column of a processed table is confined to; none if it is not."""
    schema = TABLES.get(table)
    checks = schema.columns[column].checks if schema else []
    lists = [check.statistics.get("allowed_values", ()) for check in checks]
    return tuple(str(value) for values in lists for value in values)


def _require_said(told: Fixed | Own, say: Words) -> None:
    if isinstance(told, Own):
        raise UsageError(f"no number in the reports is from {shortened(str(told))}")
    if not say.has(told.key) and not say.keys(f"{told.key}."):
        raise UsageError(f"there is no text {shortened(told.key)}{nearest(told.key, say.keys())}")
