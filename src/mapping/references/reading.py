"""Text -> reference; what is wrong is told together with what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import cast, get_args
from urllib.parse import unquote

from mapping.errors import UsageError
from mapping.references.forms import (
    LARGEST,
    Beside,
    Cell,
    Column,
    Computed,
    Condition,
    Constant,
    Fixed,
    Operation,
    Operator,
    Own,
    Reference,
    Row,
    Rows,
    Setting,
)
from mapping.schemas import TABLES

DERIVED: dict[str, tuple[str, ...]] = {
    "arrangements": ("department_id",),
    "with_need": ("department_id",),
    "swot_differences": ("quadrant", "theme"),
    "swot_pairs": ("theme", "other_theme"),
    "swot_borda": ("quadrant", "theme"),
    "swot_balance": ("department_id",),
    "toolbox_additions": ("tool",),
    "toolbox_serving": ("department_id", "tool", "kind", "key"),
}
"""What is computed of the processed tables whenever it is shown, with its key columns; see
:mod:`mapping.derived`."""

MORE_KEYS: dict[str, tuple[str, ...]] = {
    "register": ("department_id",),
    "files": ("name",),
    "corrections": ("file", "key", "column"),
    "calibration": ("world", "finding"),
    "change_calibration": ("world", "kind", "key"),
    "change_moves": ("world", "pair"),
    **DERIVED,
}
"""What is referred to besides the processed tables, with its key columns: the frame, the raw
files, the corrections, the rates of the two calibrations, the moves of simulated pairs, and what
is computed of the processed tables."""

_AGGREGATES = {"distinct", "occurring", "mean", "median", "sum", "smallest", "largest", "quantile"}
_FEWEST = {"percent": 1, "difference": 2, "product": 2, "quotient": 2, "absolute": 1, "rounded": 1}
_MOST = {"percent": 2, "difference": 2, "quotient": 2, "absolute": 1, "rounded": 1}

_NAME = re.compile(r"[a-z_]+(?=\()")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?(?=[,)]|\Z)")
_PATH = re.compile(r"[^?&(),]+")
_COLUMN = re.compile(r"\w+")
_BESIDE = re.compile(r"\w+(?=\))")
_OPERATOR = re.compile(r"!=|<=|>=|=|<|>")
_VALUES = re.compile(r"[^&(),]*")
_YEAR = re.compile(r"\A[0-9]{4}:")

_DEEPEST = 50
_SHOWN = 60


def parse(text: str) -> Reference:
    """The reference that the text writes.

    Raises
    ------
    UsageError
        It is none, or names a table, column or operation that there is not.

    Examples
    --------
    >>> str(parse("count(tiers?tier=good)"))
    'count(tiers?tier=good)'

    """
    reader = _Reader(text)
    found = reader.reference()
    reader.end()
    return found


def keys(table: str) -> tuple[str, ...]:
    """The key columns of a table, processed or in :data:`MORE_KEYS`.

    Raises
    ------
    UsageError
        There is no such table.

    """
    name = _YEAR.sub("", table)
    if name in TABLES:
        return tuple(TABLES[name].unique or ())
    if name in MORE_KEYS:
        return MORE_KEYS[name]
    raise UsageError(f"there is no table {shortened(name)}{nearest(name, [*TABLES, *MORE_KEYS])}")


def nearest(word: str, words: Iterable[str]) -> str:
    """The end of a sentence that names what was perhaps meant; empty if nothing is near."""
    found = difflib.get_close_matches(word, list(words), n=3, cutoff=0.6)
    return f"; did you mean {', '.join(found)}?" if found else ""


def shortened(text: str) -> str:
    """The text as an error shows it: of a long one its beginning."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class _Reader:
    """A text and how far it has been read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def end(self) -> None:
        """Require that all has been read."""
        if self._at < len(self._text):
            raise self._error("the end")

    def reference(self, operation: str = "") -> Reference:
        """What begins here; ``operation`` is the one that it is an argument of."""
        if self._depth == _DEEPEST:
            raise UsageError(f"{shortened(self._text)} is too deep: {_DEEPEST} levels at most")
        self._depth += 1
        found = self._located(operation)
        self._depth -= 1
        return found

    def _located(self, operation: str) -> Reference:
        if found := self._take(_NAME):
            return self._call(found)
        if found := self._take(_NUMBER):
            return _constant(found)
        path = self._require(_PATH, "a table, a row, a cell or an operation")
        conditions = self._conditions()
        return _located(path.split("/"), conditions, aggregated=operation in _AGGREGATES)

    def _call(self, name: str) -> Reference:
        self._sign("(")
        if name in _TOLD:
            told = self._require(re.compile(r"[^()]*"), "a name")
            self._sign(")")
            return _TOLD[name](told)
        if name not in get_args(Operation):
            known = [*get_args(Operation), *_TOLD]
            raise UsageError(f"there is no operation {shortened(name)}{nearest(name, known)}")
        arguments = [self.reference(name)]
        while self._has(","):
            self._take(re.compile(" *"))
            arguments.append(self.reference(name))
        self._sign(")")
        made = Computed(cast(Operation, name), tuple(arguments))
        _check(made)
        return made

    def _conditions(self) -> tuple[Condition, ...]:
        if not self._has("?"):
            return ()
        found = [self._condition()]
        while self._has("&"):
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        column = self._require(_COLUMN, "a column")
        operator = cast(Operator, self._require(_OPERATOR, "one of = != < <= > >="))
        if self._has("("):
            if beside := self._take(_BESIDE):
                self._sign(")")
                return Condition(column, operator, Beside(beside))
            inner = self.reference("distinct")
            self._sign(")")
            if not isinstance(inner, Column) or operator not in ("=", "!="):
                raise UsageError(f"{column}{operator}(…) needs a column of a table and = or !=")
            return Condition(column, operator, inner)
        values = tuple(unquote(value) for value in (self._take(_VALUES)).split("|"))
        if operator not in ("=", "!=") and len(values) > 1:
            raise UsageError(f"{column}{operator}: one number to compare with, not several")
        return Condition(column, operator, values)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]

    def _require(self, pattern: re.Pattern[str], expected: str) -> str:
        if not (found := self._take(pattern)):
            raise self._error(expected)
        return found

    def _has(self, sign: str) -> bool:
        there = self._text.startswith(sign, self._at)
        self._at += len(sign) * there
        return there

    def _sign(self, sign: str) -> None:
        if not self._has(sign):
            raise self._error(sign)

    def _error(self, expected: str) -> UsageError:
        rest = self._text[self._at :]
        found = f"before {shortened(rest)}" if rest else "at the end"
        return UsageError(f"{shortened(self._text)} is no reference: expected {expected} {found}")


def _constant(told: str) -> Constant:
    if abs(float(told)) > LARGEST:
        raise UsageError(f"{shortened(told)} is too large: {LARGEST:.0e} at most")
    return Constant(float(told))


def _located(
    path: Sequence[str], conditions: tuple[Condition, ...], *, aggregated: bool
) -> Reference:
    """What a path leads to: rows, a column of rows, a row, or a cell."""
    table, *parts = path
    known = keys(table)
    for condition in conditions:
        _require_column(table, condition.column)
        if isinstance(condition.wanted, Beside):
            _require_column(table, condition.wanted.column)
    if not parts:
        return Rows(table, conditions)
    if len(parts) == 1 and (aggregated or conditions or len(known) > 1):
        _require_column(table, parts[0])
        return Column(Rows(table, conditions), parts[0])
    key = tuple(unquote(part) for part in parts[: len(known)])
    if conditions or len(key) < len(known) or len(parts) > len(known) + 1:
        named = "/".join([table, *(name.upper() for name in known)])
        raise UsageError(f"{'/'.join(path)} is no row or cell: write {named} or {named}/COLUMN")
    row = Row(table, key)
    if len(parts) == len(known):
        return row
    _require_column(table, parts[-1])
    return Cell(row, parts[-1])


def _require_column(table: str, column: str) -> None:
    """The columns of what is no processed table are known when it is read."""
    schema = TABLES.get(_YEAR.sub("", table))
    if schema is not None and column not in schema.columns:
        raise no_column(table, column, schema.columns)


def no_column(table: str, column: str, columns: Iterable[str]) -> UsageError:
    """That the table has no such column, and which it has."""
    known = list(columns)
    near = nearest(column, known) or f"; it has {', '.join(known)}"
    return UsageError(f"table {table} has no column {shortened(column)}{near}")


def _check(made: Computed) -> None:
    """Require the arguments that the operation takes."""
    name, given = made.operation, made.arguments
    first = given[0]
    if name == "count":
        fits = len(given) == 1 and isinstance(first, Rows | Setting)
        expected = "rows of a table, as in count(tiers?tier=good)"
    elif name == "quantile":
        fits = [type(argument) for argument in given] == [Column, Constant]
        fits = fits and 0 <= cast(Constant, given[1]).value <= 1
        expected = "a column and a share, as in quantile(tiers/margin, 0.95)"
    elif name == "occurring":
        fits = [type(argument) for argument in given] == [Column, Constant]
        expected = "a column and how often, as in occurring(evidence/department_id, 2)"
    elif name in _AGGREGATES and len(given) == 1:
        fits = isinstance(first, Column)
        expected = f"a column, as in {name}(indicators/level?indicator=interest)"
    else:
        numbers = all(not isinstance(argument, Rows | Row | Column) for argument in given)
        fits = numbers and _FEWEST.get(name, 2) <= len(given) <= _MOST.get(name, len(given))
        fits &= name != "distinct"
        expected = "numbers, such as cells and counts"
    if not fits:
        raise UsageError(f"{shortened(str(made))} cannot be computed: {name} takes {expected}")


def _own(told: str) -> Own:
    notebook, _, number = told.rpartition(",")
    if not number.strip().isdecimal():
        raise UsageError(f"cell({shortened(told)}) is no reference: write cell(NOTEBOOK, NUMBER)")
    return Own(unquote(notebook), int(number))


_TOLD: dict[str, Callable[[str], Reference]] = {
    "protocol": lambda told: Setting(unquote(told)),
    "text": lambda told: Fixed(unquote(told)),
    "cell": _own,
}
