"""Reference -> its value, and the processed rows that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, prod
from statistics import median
from typing import Any, TypeAlias, cast

import numpy as np
import pandas as pd

from mapping.errors import UsageError
from mapping.protocol import Protocol
from mapping.references.forms import (
    LARGEST,
    Beside,
    Cell,
    Column,
    Computed,
    Condition,
    Constant,
    Reference,
    Row,
    Rows,
    Setting,
    written,
)
from mapping.references.reading import keys, nearest, no_column
from mapping.vocabulary import DECIMALS

Tables: TypeAlias = Mapping[str, pd.DataFrame]
Value: TypeAlias = int | float | Fraction | str | bool | None
"""What a cell or an operation gives; None is missing."""


def evaluate(
    reference: Reference, tables: Tables, protocol: Protocol | None = None
) -> Value | pd.DataFrame:
    """The value of a number or a cell; of a row, rows or a column, the rows as a frame.

    A share of nothing, a mean of nothing and what rests on a missing value are missing. Results
    that are no whole numbers are rounded to :data:`mapping.vocabulary.DECIMALS`.

    Raises
    ------
    UsageError
        There is no such table, row, column or setting, a value is no number where one is
        needed, or the reference tells only where the number stands (``text``, ``cell``).

    """
    match reference:
        case Row() | Rows():
            return _frame(reference, tables)
        case Column(rows):
            return _frame(rows, tables)
        case Cell(row, column):
            return _plain(_series(_frame(row, tables), row.table, column).iloc[0])
        case Constant(value):
            return int(value) if float(value).is_integer() else value
        case Setting(path):
            return _setting(path, protocol)
        case Computed():
            return _computed(reference, tables, protocol)
        case _:
            raise UsageError(f"{reference} stands in a text or a cell: it is computed of nothing")


def rows(reference: Reference, tables: Tables) -> dict[str, pd.DataFrame]:
    """All rows that a reference rests on, by table; none of a setting or a text.

    Raises
    ------
    UsageError
        See :func:`evaluate`.

    """
    found: dict[str, pd.DataFrame] = {}
    for place in _places(reference):
        frame = _frame(place, tables)
        known = found.get(place.table)
        both = frame.index if known is None else known.index.union(frame.index)
        found[place.table] = _table(place.table, tables).loc[both]
    return found


def select(frame: pd.DataFrame, asked: Rows, tables: Tables) -> pd.DataFrame:
    """The rows of the table's frame for which the conditions hold."""
    kept = frame
    for condition in asked.conditions:
        kept = kept[_holds(kept, asked.table, condition, tables)]
    return kept


def aggregate(operation: str, values: pd.Series) -> int | float | None:
    """The known values of a column as one number: distinct, mean, median, sum, and the ends."""
    known = values.dropna()
    if operation == "distinct":
        return int(known.nunique())
    _require_numbers(operation, values)
    if known.empty and operation != "sum":
        return None
    return _rounded(_AGGREGATE[operation](known))


def quantile(values: pd.Series, share: float) -> int | float | None:
    """The smallest of a column's known values that so large a share of them do not exceed."""
    _require_numbers("quantile", values)
    known = sorted(values.dropna())
    return _rounded(known[max(ceil(Fraction(str(share)) * len(known)), 1) - 1]) if known else None


def _require_numbers(operation: str, values: pd.Series) -> None:
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise UsageError(f"{operation} needs numbers, and {values.name} holds none")


def occurring(values: pd.Series, times: Reference) -> int:
    """How many of a column's known values occur just so many times."""
    wanted = times.value if isinstance(times, Constant) else None
    return int((values.value_counts() == wanted).sum())


def calculate(operation: str, numbers: Sequence[Value]) -> int | float | None:
    """The operation on numbers; missing if one of them is, or if nothing is divided by."""
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return None
    if any(isinstance(number, str | bool) for number in known):
        raise UsageError(f"{operation} needs numbers, not {', '.join(map(str, known))}")
    exact = [Fraction(str(number)) for number in known]
    if operation in ("percent", "quotient") and len(exact) > 1 and not exact[1]:
        return None
    found = _CALCULATE[operation](exact)
    if abs(found) > LARGEST:
        raise UsageError(f"{operation} gives a number that is too large: {LARGEST:.0e} at most")
    return _rounded(found)


def _places(reference: Reference) -> list[Row | Rows]:
    """The rows that the parts of a reference name, those that its conditions look up too."""
    match reference:
        case Row():
            return [reference]
        case Cell(row, _):
            return [row]
        case Rows(_, conditions):
            looked = [c.wanted for c in conditions if isinstance(c.wanted, Column)]
            return [reference, *(place for column in looked for place in _places(column))]
        case Column(inner, _):
            return _places(inner)
        case Computed(_, arguments):
            return [place for argument in arguments for place in _places(argument)]
        case _:
            return []


def _table(name: str, tables: Tables) -> pd.DataFrame:
    keys(name)
    if name not in tables:
        raise UsageError(f"there is no table {name} among these results")
    return tables[name]


def _frame(place: Row | Rows, tables: Tables) -> pd.DataFrame:
    frame = _table(place.table, tables)
    if isinstance(place, Rows):
        return select(frame, place, tables)
    conditions = zip(keys(place.table), place.key, strict=True)
    asked = tuple(Condition(column, "=", (value,)) for column, value in conditions)
    found = select(frame, Rows(place.table, asked), tables)
    if len(found) != 1:
        raise _no_row(place, frame)
    return found


def _no_row(row: Row, frame: pd.DataFrame) -> UsageError:
    """That there is no such row, and which are near."""
    columns = [frame[name].map(written) for name in keys(row.table)]
    there = ["/".join([row.table, *values]) for values in zip(*columns, strict=True)]
    name = "/".join([row.table, *row.key])
    return UsageError(f"there is no row {name}{nearest(name, there)}")


def _series(frame: pd.DataFrame, table: str, column: str) -> pd.Series:
    if column not in frame:
        raise no_column(table, column, map(str, frame.columns))
    return frame[column]


def _holds(frame: pd.DataFrame, table: str, condition: Condition, tables: Tables) -> pd.Series:
    values = _series(frame, table, condition.column)
    if condition.operator in ("=", "!="):
        found = _equal(frame, table, condition, tables)
        return ~found if condition.operator == "!=" else found
    if isinstance(condition.wanted, Column):  # pragma: no cover - the parser refuses it
        raise UsageError(f"{condition} compares with no number")
    limit = (
        _series(frame, table, condition.wanted.column)
        if isinstance(condition.wanted, Beside)
        else _typed(values, condition.wanted[0])
    )
    compared = _beside(condition, lambda: _COMPARED[condition.operator](values, limit))
    return compared.astype("boolean").fillna(value=False).astype(bool)


def _beside(condition: Condition, compare: Callable[[], pd.Series]) -> pd.Series:
    """What comparing gives; two columns may hold what is not compared, as a text and a number."""
    try:
        return compare()
    except TypeError:
        raise UsageError(f"{condition.column} and {condition.wanted} cannot be compared") from None


def _equal(frame: pd.DataFrame, table: str, condition: Condition, tables: Tables) -> pd.Series:
    values = _series(frame, table, condition.column)
    if isinstance(condition.wanted, Beside):
        other = _series(frame, table, condition.wanted.column)
        compared = _beside(condition, lambda: values == other)
        same = compared.astype("boolean").fillna(value=False).astype(bool)
        return same | (values.isna() & other.isna())
    return _among(values, condition, tables)


def _among(values: pd.Series, condition: Condition, tables: Tables) -> pd.Series:
    if isinstance(condition.wanted, Column):
        column = condition.wanted
        known = _series(_frame(column.rows, tables), column.rows.table, column.column)
        return values.isin(known.dropna().tolist()) & values.notna()
    wanted = cast(tuple[str, ...], condition.wanted)
    typed = [_typed(values, value) for value in wanted if value]
    found = values.isin(typed) & values.notna()
    return found | values.isna() if "" in wanted else found


def _typed(values: pd.Series, text: str) -> object:
    """The text as a value of the column's type."""
    try:
        if pd.api.types.is_bool_dtype(values.dtype):
            return {"true": True, "false": False}[text]
        if pd.api.types.is_numeric_dtype(values.dtype):
            return float(text)
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            return pd.Timestamp(text).as_unit("ns")
    except (KeyError, ValueError):
        kind = "true or false" if pd.api.types.is_bool_dtype(values.dtype) else "a number or a date"
        raise UsageError(f"{values.name} is {kind}, not {text}") from None
    return text


def _plain(value: Any) -> Value:
    """A value of a frame as Python has it; missing is None."""
    if pd.isna(value):
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    return float(value) if isinstance(value, float) else written(value)


def _rounded(value: Any) -> int | float:
    if isinstance(value, Fraction):
        whole = value.denominator == 1
        return int(value) if whole else round(float(value), DECIMALS)
    return int(value) if pd.api.types.is_integer(value) else round(float(value), DECIMALS)


def _computed(made: Computed, tables: Tables, protocol: Protocol | None) -> int | float | None:
    first = made.arguments[0]
    if made.operation == "count" and isinstance(first, Rows):
        return len(_frame(first, tables))
    if made.operation == "count" and isinstance(first, Setting):
        return len(_entries(first.path, protocol))
    if isinstance(first, Column):
        values = _series(_frame(first.rows, tables), first.rows.table, first.column)
        if made.operation == "occurring":
            return occurring(values, made.arguments[-1])
        if isinstance(made.arguments[-1], Constant):
            return quantile(values, made.arguments[-1].value)
        return aggregate(made.operation, values)
    numbers = [_number(argument, tables, protocol) for argument in made.arguments]
    return calculate(made.operation, numbers)


def _number(reference: Reference, tables: Tables, protocol: Protocol | None) -> Value:
    value = evaluate(reference, tables, protocol)
    if isinstance(value, pd.DataFrame):
        raise UsageError(f"{reference} is no number")
    return value


def _entries(path: str, protocol: Protocol | None) -> Sequence[object]:
    found = _reached(path, protocol)
    if isinstance(found, str) or not isinstance(found, Sequence | Mapping):
        raise UsageError(f"protocol({path}) has no entries to count")
    return list(found)


def _setting(path: str, protocol: Protocol | None) -> Value:
    found = _reached(path, protocol)
    if found is None or isinstance(found, int | float | Fraction | str):
        return found
    raise UsageError(f"protocol({path}) is no single value{_offer(found)}")


def _reached(path: str, protocol: Protocol | None) -> object:
    found: object = protocol
    if protocol is None:
        raise UsageError(f"protocol({path}) needs the protocol")
    for part in path.split("."):
        found = _step(found, part, path)
    return found


@dataclass(frozen=True)
class _Absent:
    """Told apart from a setting that is None."""


_ABSENT = _Absent()


def _step(at: object, part: str, path: str) -> object:
    """One step of a path: a field, the entry with this key, or the one at this place."""
    if isinstance(at, Mapping):
        found = at.get(part, _ABSENT)
    elif isinstance(at, Sequence) and not isinstance(at, str):
        by_key = {_name(entry): entry for entry in at}
        places = {str(place): entry for place, entry in enumerate(at)}
        found = {**places, **by_key}.get(part, _ABSENT)
    else:
        found = _ABSENT if part.startswith("_") else getattr(at, part, _ABSENT)
    if found is _ABSENT or callable(found):
        raise UsageError(f"the protocol has no {path}: {part}{_offer(at, part)}")
    return found


def _name(entry: object) -> str:
    """What an entry of a list is called: its key; a criterion's and a tool's are of two parts."""
    own = getattr(entry, "name", None) or getattr(entry, "key", None)
    return str(own if own is not None else entry)


def _offer(at: object, part: str = "") -> str:
    if isinstance(at, Mapping):
        names = [str(key) for key in at]
    elif isinstance(at, Sequence) and not isinstance(at, str):
        names = [_name(entry) for entry in at]
    else:
        names = list(getattr(at, "__dataclass_fields__", {}))
    return (nearest(part, names) if part else "") or (
        f"; there is {', '.join(names)}" if names else ""
    )


_COMPARED: dict[str, Callable[[pd.Series, Any], pd.Series]] = {
    "<": lambda values, limit: values < limit,
    "<=": lambda values, limit: values <= limit,
    ">": lambda values, limit: values > limit,
    ">=": lambda values, limit: values >= limit,
}

_AGGREGATE: dict[str, Callable[[pd.Series], Any]] = {
    "mean": lambda known: known.mean(),
    "median": lambda known: known.median(),
    "sum": lambda known: known.sum(),
    "smallest": lambda known: known.min(),
    "largest": lambda known: known.max(),
}

_CALCULATE: dict[str, Callable[[Sequence[Fraction]], Fraction]] = {
    "mean": lambda given: sum(given, Fraction()) / len(given),
    "median": lambda given: Fraction(median(given)),
    "sum": lambda given: sum(given, Fraction()),
    "smallest": min,
    "largest": max,
    "percent": lambda given: 100 * given[0] / (given[1] if len(given) > 1 else 1),
    "difference": lambda given: given[0] - given[1],
    "product": lambda given: prod(given, start=Fraction(1)),
    "quotient": lambda given: given[0] / given[1],
    "absolute": lambda given: abs(given[0]),
    "rounded": lambda given: Fraction(floor(given[0] + Fraction(1, 2))),
}
