"""Numbers that carry what they rest on, and rows of a table that know how they were chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Self, TypeAlias, cast

import pandas as pd

from mapping.errors import RunError
from mapping.protocol import Protocol
from mapping.references.forms import (
    Beside,
    Cell,
    Column,
    Computed,
    Condition,
    Constant,
    Operation,
    Operator,
    Reference,
    Row,
    Rows,
    Setting,
    written,
)
from mapping.references.reading import keys, parse
from mapping.references.values import (
    Tables,
    aggregate,
    calculate,
    evaluate,
    occurring,
    quantile,
    select,
)


class TracedInt(int):
    """A whole number that carries its reference; otherwise as any other."""

    reference: str

    def __new__(cls, value: int, reference: Reference | str) -> Self:
        """The number with its reference."""
        made = super().__new__(cls, value)
        made.reference = str(reference)
        return made

    def __getnewargs__(self) -> tuple[int, str]:  # type: ignore[override]  # int's has one
        return int(self), self.reference


class TracedFloat(float):
    """A number that carries its reference; otherwise as any other."""

    reference: str

    def __new__(cls, value: float, reference: Reference | str) -> Self:
        """The number with its reference."""
        made = super().__new__(cls, value)
        made.reference = str(reference)
        return made

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]  # float's has one
        return float(self), self.reference


class TracedFraction(Fraction):
    """An exact share that carries its reference; otherwise as any other."""

    reference: str

    def __new__(cls, value: Fraction, reference: Reference | str) -> Self:
        """The share with its reference."""
        made = super().__new__(cls, value)
        made.reference = str(reference)
        return made


Traced: TypeAlias = TracedInt | TracedFloat


def traced(value: float, reference: Reference | str) -> Traced:
    """The number with its reference: a TracedInt or a TracedFloat.

    Arithmetic with it gives a plain number, which rests on nothing that is told.
    """
    if isinstance(value, float):
        return TracedFloat(value, reference)
    return TracedInt(int(value), reference)


def reference_of(value: object) -> str | None:
    """The reference that a number carries, if it does."""
    found = isinstance(value, TracedInt | TracedFloat | TracedFraction)
    return cast(str, value.reference) if found else None  # type: ignore[attr-defined]


def computed(operation: Operation, *numbers: float | Fraction) -> Traced:
    """The operation on numbers, traced; one that carries no reference stands as itself.

    Raises
    ------
    RunError
        The result is missing: a share of nothing must be asked for first.

    """
    arguments = tuple(_argument(number) for number in numbers)
    made = Computed(operation, arguments)
    return _known(calculate(operation, list(numbers)), made)


def setting(protocol: Protocol, path: str) -> Traced:
    """A number of the protocol, traced; an exact share as a float.

    Raises
    ------
    RunError
        There is no number at this path.

    """
    found = evaluate(Setting(path), {}, protocol)
    return _known(float(found) if isinstance(found, Fraction) else found, Setting(path))


def exact_setting(protocol: Protocol, path: str) -> TracedFraction:
    """An exact share of the protocol, traced."""
    return TracedFraction(cast(Fraction, evaluate(Setting(path), {}, protocol)), Setting(path))


def entries(protocol: Protocol, path: str) -> TracedInt:
    """How many entries a list of the protocol has, traced."""
    made = Computed("count", (Setting(path),))
    return TracedInt(int(_known(evaluate(made, {}, protocol), made)), made)


def cell(table: str, row: Mapping[Any, Any], column: str) -> Traced | None:
    """The number in a column of a table's row, traced; None if it is missing.

    ``row`` has the table's key columns and the column itself, whatever else it has.
    """
    value = row[column]
    if pd.isna(value):
        return None
    whole = pd.api.types.is_integer(value)
    return traced(int(value) if whole else float(value), cell_of(table, row, column))


def whole(table: str, row: Mapping[Any, Any], column: str) -> TracedInt:
    """The whole number in a column of a table's row, which has one, traced; as :func:`cell`."""
    return TracedInt(int(row[column]), cell_of(table, row, column))


def cell_of(table: str, row: Mapping[Any, Any], column: str) -> Cell:
    """The reference to a column of the row with these key columns."""
    return Cell(Row(table, tuple(written(row[name]) for name in keys(table))), column)


@dataclass(frozen=True)
class Selected:
    """Rows of a table, and the reference that says how they were chosen.

    What is counted here is counted by the reference's own rules, so that a number and what it is
    said to rest on cannot differ. Made by :func:`of`.
    """

    frame: pd.DataFrame = field(repr=False)
    rows: Rows
    tables: Tables = field(repr=False)

    def where(self, **wanted: object) -> Selected:
        """Those in which each column has this value, or one of these."""
        return self._chosen(Condition(name, "=", _values(v)) for name, v in wanted.items())

    def without(self, **unwanted: object) -> Selected:
        """Those in which no column has this value, or one of these; missing is no value."""
        return self._chosen(Condition(name, "!=", _values(v)) for name, v in unwanted.items())

    def known(self, *columns: str) -> Selected:
        """Those in which these columns have a value."""
        return self._chosen(Condition(name, "!=", ("",)) for name in columns)

    def unknown(self, *columns: str) -> Selected:
        """Those in which these columns have none."""
        return self._chosen(Condition(name, "=", ("",)) for name in columns)

    def compared(self, column: str, operator: Operator, limit: float) -> Selected:
        """Those in which the column is less, more, or as much; never where it is missing."""
        return self._chosen([Condition(column, operator, (written(limit),))])

    def beside(self, column: str, operator: Operator, other: str) -> Selected:
        """Those in which the column compares so with another one of the same row."""
        return self._chosen([Condition(column, operator, Beside(other))])

    def among(self, other: Selected, column: str = "department_id") -> Selected:
        """Those whose value in the column is among the other rows' values there."""
        return self._beside(other, Condition(column, "=", Column(other.rows, column)))

    def not_among(self, other: Selected, column: str = "department_id") -> Selected:
        """Those whose value in the column is not among the other rows' values there."""
        return self._beside(other, Condition(column, "!=", Column(other.rows, column)))

    def count(self) -> TracedInt:
        """How many rows."""
        return TracedInt(len(self.frame), Computed("count", (self.rows,)))

    def distinct(self, column: str = "department_id") -> TracedInt:
        """How many different known values of the column."""
        made = self._aggregated("distinct", column)
        return TracedInt(int(made), made.reference)

    def occurring(self, column: str, times: int) -> TracedInt:
        """How many known values of the column stand in just so many rows."""
        often = Constant(times)
        made = Computed("occurring", (Column(self.rows, column), often))
        return TracedInt(occurring(self.frame[column], often), made)

    def sum(self, column: str) -> Traced:
        """The sum of the column's known values; 0 of none."""
        return self._aggregated("sum", column)

    def mean(self, column: str) -> Traced:
        """The mean of the column's known values, of which there must be some."""
        return self._aggregated("mean", column)

    def median(self, column: str) -> Traced:
        """The median of the column's known values, of which there must be some."""
        return self._aggregated("median", column)

    def smallest(self, column: str) -> Traced:
        """The smallest of the column's known values, of which there must be some."""
        return self._aggregated("smallest", column)

    def largest(self, column: str) -> Traced:
        """The largest of the column's known values, of which there must be some."""
        return self._aggregated("largest", column)

    def quantile(self, column: str, share: float) -> Traced:
        """The smallest of the column's known values that so large a share do not exceed."""
        made = Computed("quantile", (Column(self.rows, column), Constant(share)))
        return _known(quantile(self.frame[column], share), made)

    def _aggregated(self, operation: Operation, column: str) -> Traced:
        made = Computed(operation, (Column(self.rows, column),))
        return _known(aggregate(operation, self.frame[column]), made)

    def _chosen(self, conditions: Iterable[Condition]) -> Selected:
        given = tuple(conditions)
        kept = select(self.frame, Rows(self.rows.table, given), self.tables)
        return replace(self, frame=kept, rows=_narrowed(self.rows, given))

    def _beside(self, other: Selected, condition: Condition) -> Selected:
        both = replace(self, tables={**self.tables, **other.tables})
        return both._chosen([condition])


def of(table: str, frame: pd.DataFrame) -> Selected:
    """All rows of a table, to choose among and to count.

    ``frame`` is the whole table of that name: processed, or one of
    :data:`mapping.references.MORE_KEYS`.
    """
    keys(table)
    return Selected(frame, Rows(table), {table: frame})


def _narrowed(rows: Rows, conditions: tuple[Condition, ...]) -> Rows:
    return Rows(rows.table, (*rows.conditions, *conditions))


def _values(wanted: object) -> tuple[str, ...]:
    if isinstance(wanted, str) or not isinstance(wanted, Iterable):
        return (written(wanted),)
    return tuple(written(value) for value in wanted)


def _argument(number: float | Fraction) -> Reference:
    told = reference_of(number)
    return parse(told) if told else Constant(float(number))


def _known(value: object, reference: Reference) -> Traced:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RunError(f"{reference} is {value}, which is no number")
    return traced(value, reference)
