"""Tables to protect, and a judge of its own: linear programmes over what is printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.optimize import linprog

from mapping.disclosure import Cell, System

Sums = Sequence[tuple[str, Sequence[str]]]
"""A whole and its parts, as the reader of a table sees them."""


class Judge:
    """What somebody can reckon who has the printed counts and knows which sums hold.

    Knows nothing of the product: names, sums, and printed counts are told anew by each test.
    """

    def __init__(self, sums: Sums, printed: Mapping[str, int]) -> None:
        self.names = sorted({name for whole, parts in sums for name in (whole, *parts)})
        self.sums = sums
        self.printed = printed

    def interval(self, name: str) -> tuple[float, float]:
        """The smallest and the largest count that the cell may have."""
        if name not in self.names:
            return 0.0, np.inf
        at = {each: place for place, each in enumerate(self.names)}
        rules = np.zeros((len(self.sums), len(self.names)))
        for row, (whole, parts) in enumerate(self.sums):
            rules[row, at[whole]] = 1
            for part in parts:
                rules[row, at[part]] -= 1
        bounds = [(self.printed.get(n, 0), self.printed.get(n)) for n in self.names]
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(self.names))
            goal[at[name]] = sign
            found = linprog(goal, A_eq=rules, b_eq=np.zeros(len(self.sums)), bounds=bounds)
            assert found.status in (0, 3), found.message
            ends.append(found.x[at[name]] if found.status == 0 else sign * -np.inf)
        return ends[0], ends[1]

    def width(self, name: str) -> float:
        low, high = self.interval(name)
        return float(high - low)


def table_sums(rows: int, columns: int, prefix: str = "") -> list[tuple[str, list[str]]]:
    """Of a table with margins: cells ``r,c``, margins ``r,+`` and ``+,c``, total ``+,+``."""
    inner = [[f"{prefix}{r},{c}" for c in range(columns)] for r in range(rows)]
    row_totals = [f"{prefix}{r},+" for r in range(rows)]
    column_totals = [f"{prefix}+,{c}" for c in range(columns)]
    return [
        *zip(row_totals, inner, strict=True),
        *zip(column_totals, map(list, zip(*inner, strict=True)), strict=True),
        (f"{prefix}+,+", row_totals),
        (f"{prefix}+,+", column_totals),
    ]


def table_counts(counts: Sequence[Sequence[int]], prefix: str = "") -> dict[str, int]:
    """The counts of a table and of its margins, by the names of :func:`table_sums`."""
    array = np.array(counts)
    rows, columns = array.shape
    cells = {f"{prefix}{r},{c}": int(array[r, c]) for r in range(rows) for c in range(columns)}
    cells |= {f"{prefix}{r},+": int(array[r].sum()) for r in range(rows)}
    cells |= {f"{prefix}+,{c}": int(array[:, c].sum()) for c in range(columns)}
    return cells | {f"{prefix}+,+": int(array.sum())}


def system_of(
    counts: Mapping[str, int],
    sums: Sums,
    derived: Iterable[str] = (),
    known: Iterable[str] = (),
    persons: Mapping[str, int] | None = None,
) -> System:
    """The product's description of the same tables; totals cost more to hide than parts."""
    system, behind = System(), persons or {}
    for name, count in counts.items():
        kind = "derived" if name in derived else "known" if name in known else "printed"
        cost = 10.0 ** name.count("+")
        system.add(name, Cell(count, kind, behind.get(name), cost))  # type: ignore[arg-type]
    for whole, parts in sums:
        system.total(whole, parts)
    return system


def shown(counts: Mapping[str, int], hidden: Iterable[str]) -> dict[str, int]:
    """What is printed when these are hidden."""
    return {name: count for name, count in counts.items() if name not in set(hidden)}
