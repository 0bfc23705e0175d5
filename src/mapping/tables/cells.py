"""Ways to write the cells of a column; each takes the words and gives the writer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import pandas as pd

from mapping.facts import Count
from mapping.prose import Words
from mapping.prose.formats import EN_DASH, NBSP, capital, sign
from mapping.references import Selected, cell
from mapping.tables.table import Cell


class Listed(tuple[str, ...]):
    """Departments in a cell, with their traced number."""

    number: int

    def __new__(cls, ids: Iterable[str], number: int) -> Self:
        """These departments, of which there are so many."""
        made = super().__new__(cls, ids)
        made.number = number
        return made


def listed(rows: Selected) -> Listed:
    """The departments of the rows, in their order, with their traced number."""
    return Listed(rows.frame["department_id"], rows.count())


def label(words: Words, kind: str) -> Cell:
    """The label of a key, with a large first letter."""
    return lambda key: capital(words.traceable_label(kind, key))


def department(words: Words) -> Cell:
    """The department's code or name, as the study says."""
    return lambda department_id: words.label("department", department_id)


def tier(words: Words) -> Cell:
    """The tier's sign and word."""
    return lambda key: f"{sign(key)}{NBSP if sign(key) else ''}{words.label('tier', key)}"


def share(words: Words) -> Cell:
    """A count as number and percentage: ``5 (42 %)``; of nothing, only the number."""

    def write(count: Count) -> str:
        percent = f"{NBSP}({words.formats.percent(count)})" if count.of else ""
        return f"{words.formats.number(count.n)}{percent}"

    return write


def percent(words: Words) -> Cell:
    """A count as the percentage of its base."""
    return words.formats.percent


def interval(words: Words) -> Cell:
    """A pair of shares in 0..1: ``50-75 %`` with an en dash."""

    def write(ends: tuple[float, float]) -> str:
        low, high = (words.formats.percentage(end) for end in ends)
        return f"{low}{EN_DASH}{high}{NBSP}%"

    return write


def p_value(words: Words) -> Cell:
    """A p with three decimals, or that it is below the smallest shown."""
    return words.formats.small


def departments(words: Words, name: Cell | None = None) -> Cell:
    """How many departments, and who: ``2 (AB-1, CD-2)``; see :class:`Listed`.

    ``name`` is how each is written, if otherwise than by :func:`department`.
    """
    named = department(words) if name is None else name

    def write(ids: Sequence[str]) -> str:
        names = ", ".join(named(key) for key in ids)
        number = ids.number if isinstance(ids, Listed) else len(ids)
        return words.formats.number(number) + (f" ({names})" if names else "")

    return write


def mark(words: Words, key: str) -> Cell:
    """A mark where true, nothing where false."""
    return lambda value: words.say(f"tables.marks.{key}") if value else ""


def yes_or_no(words: Words) -> Cell:
    """Yes where true, no where false."""
    return lambda value: words.say(f"tables.marks.{'yes' if value else 'no'}")


def ends(frame: pd.DataFrame, table: str = "") -> pd.Series:
    """Low and high as pairs for :func:`interval`, missing where either is; see :func:`counts`."""
    rows = frame.to_dict("records")
    if table:
        pairs = [(cell(table, row, "low"), cell(table, row, "high")) for row in rows]
    else:
        pairs = [(row["low"], row["high"]) for row in rows]
    return objects(
        [None if pd.isna(low) or pd.isna(high) else (low, high) for low, high in pairs], frame
    )


def counts(
    frame: pd.DataFrame, n: str = "departments", of: str = "of", table: str = ""
) -> pd.Series:
    """Counts with their base; missing where the base is nothing, so no share is made up.

    Both are traced to their cells if the rows are those of a ``table``, with its key columns.
    """
    if table:
        rows = frame.to_dict("records")
        made = [(cell(table, row, n), cell(table, row, of)) for row in rows]
    else:
        made = list(zip(frame[n], frame[of], strict=True))
    return objects([Count(_whole(c), _whole(b)) if b else None for c, b in made], frame)


def _whole(value: Any) -> int:
    """The count as Python has it, with its reference if it carries one."""
    return value if isinstance(value, int) else int(value)


def objects(values: Sequence[object], frame: pd.DataFrame) -> pd.Series:
    """A column of counts, pairs or lists beside the rows of ``frame``."""
    return pd.Series(values, index=frame.index, dtype="object")
