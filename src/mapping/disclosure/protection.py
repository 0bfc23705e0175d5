"""Which cells to hide, so that no hidden count can be reckoned out of what is printed.

Primary: counts below the minimum, of departments or of persons, 0 too. Secondary: further cells,
at least cost, until every hidden count (and every small one that is not printed but could be
derived) may lie in an interval that is wide enough, given all that is printed and known together.
The ends of the intervals are those of an integer linear programme over the whole system. What to
hide for one cell is the attacker's problem of Fischetti and Salazar-González (2001, Management
Science 47, 1008-1027), solved for one cell after the other: two solutions that agree in all that
is printed and differ enough in this cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, csr_array

from mapping.disclosure.system import Matrix, System, matrix
from mapping.errors import RunError

SMALL, PROTECTS = "small", "protects"
"""Why a cell is hidden: it is small itself, or it would give a small one away."""

STATEMENT_COST = 2.0
"""What it costs to leave out a statement, in parts of a table's inner cell."""

_TIE = 1e-5
"""Added to the cost of each further choice, so that of equally cheap ones the first is made."""

_LOOSE = 100
"""How many times the largest count a relation may be broken by when its statement is hidden."""


@dataclass(frozen=True)
class Limits:
    """The protocol's: what may be printed, and how wide the interval of a hidden count must be.

    ``cell`` and ``persons`` are the smallest counts of departments and of persons behind a cell
    that are printed; ``width`` is how far apart the ends of the interval must be at least.
    """

    cell: int
    persons: int
    width: int


@dataclass(frozen=True)
class Protected:
    """What is hidden: printed cells, each with the reason, and statements."""

    hidden: dict[str, str]
    statements: tuple[str, ...]


def is_small(system: System, name: str, limits: Limits) -> bool:
    """Whether the cell's departments, or the persons behind it, are fewer than may be printed.

    A cell that we do not know ourselves may always be.
    """
    cell = system.cells[name]
    few = cell.persons is not None and cell.persons < limits.persons
    return cell.kind != "known" and (cell.kind == "sought" or cell.count < limits.cell or few)


def protect(
    system: System, limits: Limits, hidden_before: frozenset[str] = frozenset()
) -> Protected:
    """Hide what is small, and of the rest as little as protects it.

    ``hidden_before`` are cells and statements that an earlier edition of the same tables has
    hidden; they stay hidden, so that the same data give the same edition.

    An interval is wide enough if its ends are at least the limits' width apart, or as far apart
    as they would be if nothing at all were printed: of three departments that everybody knows
    of, nobody can be made to believe that they are ten.
    """
    work = _Work(system, limits, hidden_before)
    while (found := work.unprotected()) is not None:
        work.hide_for(*found)
    reasons = {name: SMALL if name in work.small else PROTECTS for name in work.hidden}
    silent = tuple(name for name in system.statements if name in work.silent)
    return Protected(reasons, silent)


def intervals(system: System, limits: Limits, hidden: frozenset[str]) -> dict[str, tuple[int, int]]:
    """Between which counts each cell that is not printed may lie, with these cells hidden.

    Those that everybody knows are left out. ``hidden`` may name statements too; what is small
    and not among them is taken for printed.
    """
    work = _Work(system, limits, hidden)
    work.open = np.array([name in hidden for name in work.matrix.names]) & work.printable
    unknown = work.open | ~(work.printable | work.fixed)
    names = np.array(work.matrix.names, dtype=object)[unknown]
    return {str(name): work.interval(str(name)) for name in names}


@dataclass
class _Work:
    """What is hidden so far, and how far apart the counts of each cell are known to be.

    ``low`` and ``high`` are counts that a cell has in some solution; it stays one when more is
    hidden.
    """

    system: System
    limits: Limits
    before: frozenset[str]
    matrix: Matrix = field(init=False)
    small: frozenset[str] = field(init=False)
    silent: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.matrix = matrix(self.system)
        names = self.matrix.names
        self.place = {name: number for number, name in enumerate(names)}
        self.small = frozenset(n for n in names if is_small(self.system, n, self.limits))
        self.silent = set(self.system.statements) & self.before
        kinds = np.array([self.system.cells[name].kind for name in names])
        self.printable = kinds == "printed"
        self.fixed = kinds == "known"
        started = self.small | self.before
        self.open = np.array([name in started for name in names]) & self.printable
        sought = kinds == "sought"
        self.low = np.where(sought, np.inf, self.matrix.counts)
        self.high = np.where(sought, -np.inf, self.matrix.counts)
        self.cap = 2 * self.matrix.counts.max() + 2 * self.limits.width
        self.possible: dict[str, int] = {}

    @property
    def hidden(self) -> Iterator[str]:
        return (name for name, is_open in zip(self.matrix.names, self.open, strict=True) if is_open)

    @property
    def guarded(self) -> Iterator[str]:
        """The cells whose interval must be wide enough."""
        hidden = set(self.hidden)
        return (name for name in self.matrix.names if name in self.small or name in hidden)

    def unprotected(self) -> tuple[str, int] | None:
        """The first guarded cell whose interval is too narrow, and the width that it needs."""
        for name in self.guarded:
            needed = self.possible.get(name, self.limits.width)
            if self._known_width(name) >= needed:
                continue
            low, high = self.interval(name)
            if high - low >= needed:
                continue
            needed = self._needed(name)
            if high - low < needed:
                return name, needed
        return None

    def _known_width(self, name: str) -> int:
        at = self.place[name]
        width = float(self.high[at] - self.low[at])
        return round(width) if width >= 0 else -1

    def _needed(self, name: str) -> int:
        """The limits' width, or the interval's if nothing were printed, if that is narrower."""
        if name not in self.possible:
            bounds = self._bounds(~self.fixed, everything=True)
            low, high = (self._end(name, sign, bounds)[self.place[name]] for sign in (1, -1))
            self.possible[name] = min(self.limits.width, round(high - low))
        return self.possible[name]

    def interval(self, name: str) -> tuple[int, int]:
        """The smallest and the largest count that the cell may have, given what is printed."""
        bounds = self._bounds(self.open | ~(self.printable | self.fixed))
        ends = []
        for sign in (1, -1):
            solution = self._end(name, sign, bounds)
            self._saw(solution)
            ends.append(round(solution[self.place[name]]))
        return ends[0], ends[1]

    def _saw(self, solution: np.ndarray) -> None:
        self.low, self.high = np.minimum(self.low, solution), np.maximum(self.high, solution)

    def _bounds(self, free: np.ndarray, *, everything: bool = False) -> Bounds:
        """Free cells are any count up to the cap; the others are what they are."""
        counts, statement = self.matrix.counts, self.matrix.statement
        silent = np.isin(statement, self._silent_numbers()) | (everything & (statement >= 0))
        lower = np.concatenate([np.where(free, 0, counts), np.where(silent, -np.inf, 0.0)])
        upper = np.concatenate([np.where(free, self.cap, counts), np.full(len(silent), np.inf)])
        return Bounds(lower, upper)

    def _silent_numbers(self) -> list[int]:
        named = enumerate(self.system.statements)
        return [number for number, name in named if name in self.silent]

    def _end(self, name: str, sign: int, bounds: Bounds) -> np.ndarray:
        """A solution in which the cell is smallest (sign 1) or largest (sign -1)."""
        goal = np.zeros(self.matrix.sums.shape[1])
        goal[self.place[name]] = sign
        sums = LinearConstraint(self.matrix.sums, 0, 0)
        return np.round(_solved(goal, [sums], bounds, self._whole())[: len(self.place)])

    def _whole(self) -> np.ndarray:
        """Counts are whole; what a relation has over need not be."""
        return np.concatenate([np.ones(len(self.place)), np.zeros(self.matrix.over)])

    def hide_for(self, name: str, needed: int) -> None:
        """Hide the cheapest cells and statements that make this cell's interval wide enough."""
        cells = np.flatnonzero(self.printable & ~self.open)
        said = [name for name in self.system.statements if name not in self.silent]
        chosen = self._attack(self.place[name], needed, cells, said)
        size, counted = self.matrix.sums.shape[1], len(self.place)
        for start in (0, size):
            self._saw(np.round(chosen[start : start + counted]))
        picked = chosen[2 * size :] > 1 / 2
        self.open[cells[picked[: len(cells)]]] = True
        self.silent |= {
            key for key, is_picked in zip(said, picked[len(cells) :], strict=True) if is_picked
        }

    def _attack(
        self, target: int, needed: int, cells: np.ndarray, said: Sequence[str]
    ) -> np.ndarray:
        """Two solutions that differ by so much in the target, and what must be hidden for them.

        The variables are those of both solutions, then one for each cell and statement that is
        printed now: 1 if it is to be hidden.
        """
        size, choices = self.matrix.sums.shape[1], len(cells) + len(said)
        costs = [self.system.cells[self.matrix.names[cell]].cost for cell in cells]
        costs += [STATEMENT_COST] * len(said)
        goal = np.concatenate([np.zeros(2 * size), costs + _TIE * np.arange(choices)])
        free = self._bounds(~self.fixed, everything=True)
        once = Bounds(
            np.concatenate([free.lb, free.lb, np.zeros(choices)]),
            np.concatenate([free.ub, free.ub, np.ones(choices)]),
        )
        tied, least, most = self._tied(cells, said)
        none, sums = csr_array((self.matrix.sums.shape[0], choices)), self.matrix.sums
        apart = csr_array(([1.0, -1.0], ([0, 0], [target, size + target])), (1, 2 * size + choices))
        held = block_array([[sums, None, none], [None, sums, none]])
        pairs = block_array(
            [[tied[:, :size], None, tied[:, size:]], [None, tied[:, :size], tied[:, size:]]]
        )
        rules = [
            LinearConstraint(held, 0, 0),
            LinearConstraint(pairs, np.tile(least, 2), np.tile(most, 2)),
            LinearConstraint(apart, needed, np.inf),
        ]
        whole = np.concatenate([self._whole(), self._whole(), np.ones(choices)])
        return _solved(goal, rules, once, whole)

    def _tied(
        self, cells: np.ndarray, said: Sequence[str]
    ) -> tuple[csr_array, np.ndarray, np.ndarray]:
        """What is printed stays what it is unless it is hidden.

        Rows over one solution's variables and the choices, and what each is at least and at most.
        """
        size, counted = self.matrix.sums.shape[1], len(self.place)
        counts, number = self.matrix.counts[cells], np.arange(len(cells))
        names = self.system.statements
        of = {names.index(key): size + len(cells) + at for at, key in enumerate(said)}
        over = [
            (counted + at, of[key]) for at, key in enumerate(self.matrix.statement) if key in of
        ]
        rows = 2 * len(cells) + len(over)
        at = np.arange(rows)
        variables = np.concatenate([cells, cells, [o for o, _ in over]]).astype(int)
        chosen = np.concatenate([size + number, size + number, [c for _, c in over]]).astype(int)
        loosened = np.concatenate(
            [counts, counts - self.cap, np.full(len(over), _LOOSE * self.cap)]
        )
        values = np.concatenate([np.ones(rows), loosened])
        where = (np.concatenate([at, at]), np.concatenate([variables, chosen]))
        tied = csr_array((values, where), (rows, size + len(cells) + len(said)))
        none = np.full(len(cells) + len(over), np.inf)
        least = np.concatenate([counts, -none[: len(cells)], np.zeros(len(over))])
        most = np.concatenate([none[: len(cells)], counts, none[len(cells) :]])
        return tied, least, most


def _solved(
    goal: np.ndarray,
    rules: Sequence[LinearConstraint],
    bounds: Bounds,
    whole: np.ndarray,
) -> np.ndarray:
    found = milp(goal, constraints=rules, bounds=bounds, integrality=whole)
    if found.x is None:
        raise RunError(f"the open edition's counts contradict each other: {found.message}")
    return np.asarray(found.x)
