"""The forms of a reference: what a number, or a row, of the results rests on, as frozen values.

``str()`` of each gives the text that :func:`mapping.references.parse` reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

import numpy as np
import pandas as pd

Operator = Literal["=", "!=", "<", "<=", ">", ">="]

Operation = Literal[
    "count",
    "distinct",
    "occurring",
    "mean",
    "median",
    "sum",
    "smallest",
    "largest",
    "percent",
    "difference",
    "product",
    "quotient",
    "absolute",
    "rounded",
    "quantile",
]

LARGEST = 1e15
"""No number here is larger: up to it every whole number is exact, and can be shown in full."""

_ENCODED = re.compile(r"^\s|\s$|[^\S ]|[/?&(),%|=!<>\ue000-\uf8ff]")


@dataclass(frozen=True)
class Condition:
    """What holds of a row: its column is one of what is wanted, is none of it, or compares so.

    The value "" stands for a missing one. With ``=`` and ``!=`` a column of other rows may be
    wanted: the value is (is not) one of those there. With any operator another column of the same
    row may be. ``!=`` holds wherever ``=`` does not, also of a missing value, which equals a
    missing one; a missing value is neither less nor more than anything.
    """

    column: str
    operator: Operator
    wanted: tuple[str, ...] | Column | Beside

    def __str__(self) -> str:
        if isinstance(self.wanted, Column | Beside):
            return f"{self.column}{self.operator}({self.wanted})"
        return f"{self.column}{self.operator}{'|'.join(map(encoded, self.wanted))}"


@dataclass(frozen=True)
class Beside:
    """Another column of the same row: the ``now`` of ``movements?now>(then)``."""

    column: str

    def __str__(self) -> str:
        return self.column


@dataclass(frozen=True)
class Rows:
    """The rows of a table for which all conditions hold: ``tiers?tier=good&borderline=true``.

    The table of another year bears that year: ``2019:tiers``.
    """

    table: str
    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        asked = "&".join(map(str, self.conditions))
        return f"{self.table}?{asked}" if asked else self.table


@dataclass(frozen=True)
class Row:
    """One row, by the values of its table's key columns ("" is missing): ``tiers/ALFA-12``."""

    table: str
    key: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join([self.table, *map(encoded, self.key)])


@dataclass(frozen=True)
class Cell:
    """One column's value in one row: ``needs/internal/recruitment/departments``."""

    row: Row
    column: str

    def __str__(self) -> str:
        return f"{self.row}/{self.column}"


@dataclass(frozen=True)
class Column:
    """A column's values in some rows: ``indicators/level?indicator=interest``."""

    rows: Rows
    column: str

    def __str__(self) -> str:
        text = str(self.rows)
        return f"{self.rows.table}/{self.column}{text.removeprefix(self.rows.table)}"


@dataclass(frozen=True)
class Setting:
    """A value of the protocol by its path: ``protocol(tier_rules.borderline)``.

    A part of the path is a field, an entry's key, or its place from 0.
    """

    path: str

    def __str__(self) -> str:
        return f"protocol({encoded(self.path)})"


@dataclass(frozen=True)
class Fixed:
    """A number that stands in a text itself: ``text(tiers.method.paragraphs.0)``."""

    key: str

    def __str__(self) -> str:
        return f"text({encoded(self.key)})"


@dataclass(frozen=True)
class Own:
    """A number that a notebook's cell prints and nothing tells the origin of: ``cell(own, 7)``."""

    notebook: str
    cell: int

    def __str__(self) -> str:
        return f"cell({encoded(self.notebook)}, {self.cell})"


@dataclass(frozen=True)
class Constant:
    """A number within an expression, such as the 1 of a whole."""

    value: float

    def __str__(self) -> str:
        return written(self.value)


@dataclass(frozen=True)
class Computed:
    """An operation on rows, a column or numbers: ``percent(count(a?b=c), count(a))``."""

    operation: Operation
    arguments: tuple[Reference, ...]

    def __str__(self) -> str:
        return f"{self.operation}({', '.join(map(str, self.arguments))})"


Reference: TypeAlias = Rows | Row | Cell | Column | Setting | Fixed | Own | Constant | Computed


def encoded(value: str) -> str:
    """The value with the signs that mean something in a reference percent-encoded.

    >>> encoded("Law/Arts, 50 %")
    'Law%2FArts%2C 50 %25'
    """
    return _ENCODED.sub(lambda found: quote(found[0], safe=""), value)


def written(value: Any) -> str:
    """A value of a table as a reference writes it; missing is nothing.

    >>> written(2.0), written(True), written(None)
    ('2', 'true', '')
    """
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN and NaT alone
        return ""
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    if isinstance(value, pd.Timestamp):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, Real):
        number = float(value)
        return str(int(number)) if number.is_integer() else repr(number)
    return str(value)
