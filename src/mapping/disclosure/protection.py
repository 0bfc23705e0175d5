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
from scipy.sparse import block_array, coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from mapping.disclosure.system import Matrix, System, matrix
from mapping.errors import RunError

SMALL, PROTECTS = "small", "protects"
"""Why a cell is hidden: it is small itself, or it would give a small one away."""

STATEMENT_COST = 2.0
"""What it costs to leave out a statement, in parts of a table's inner cell."""

_ROUNDING = 1e-6

_TIE = 1e-5
"""Added to the cost of each further choice, so that of equally cheap ones the first is made."""

_MANY, _ROUNDS, _SEED = 20, 12, 0
"""With so many cells to ask about, look around so many times before each is asked about alone."""

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
    guarded = cell.kind not in ("known", "inner")
    return guarded and (cell.kind == "sought" or cell.count < limits.cell or few)


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

    Those that everybody knows are left out, and those that only help to tell of others.
    ``hidden`` may name statements too; what is small and not among them is taken for printed.
    """
    work = _Work(system, limits, hidden)
    work.open = np.array([name in hidden for name in work.matrix.names]) & work.printable
    unknown = work.open | ~(work.printable | work.fixed | work.inner)
    names = np.array(work.matrix.names, dtype=object)[unknown]
    return {str(name): work.interval(str(name)) for name in names}


@dataclass(frozen=True)
class _Piece:
    """A part of the system that stands for itself: its variables, and the sums over them."""

    columns: np.ndarray
    sums: csr_array


@dataclass(frozen=True)
class _Ties:
    """What is printed in a piece: cells and statements, and the rows that hold them in place.

    The rows are over the piece's variables, then a choice for each of the cells and statements;
    each is at least ``least`` and at most ``most``.
    """

    cells: np.ndarray
    said: list[int]
    rows: csr_array
    least: np.ndarray
    most: np.ndarray


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
        self.inner = kinds == "inner"
        started = self.small | self.before
        self.open = np.array([name in started for name in names]) & self.printable
        sought = kinds == "sought"
        self.low = np.where(sought, np.inf, self.matrix.counts)
        self.high = np.where(sought, -np.inf, self.matrix.counts)
        self.cap = 2 * self.matrix.counts.max() + 2 * self.limits.width
        self.possible: dict[str, int] = {}
        self._parts: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}

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
        self._look_around()
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

    def _look_around(self) -> None:
        """Find solutions far apart, which show of many cells at once that they are protected.

        They spare most of the exact programmes, and decide nothing: what they do not show is asked.
        """
        drawn = np.random.default_rng(_SEED)
        bounds = self._bounds(self.open | ~(self.printable | self.fixed))
        piece = _Piece(np.arange(self.matrix.sums.shape[1]), self.matrix.sums)
        sums, whole = LinearConstraint(piece.sums, 0, 0), self._whole(piece)
        for _ in range(_ROUNDS):
            narrow = [n for n in self.guarded if self._known_width(n) < self.limits.width]
            if len(narrow) < _MANY:
                return
            goal = np.zeros(len(piece.columns))
            goal[[self.place[name] for name in narrow]] = drawn.normal(size=len(narrow))
            for sign in (1, -1):
                found = _solved(sign * goal, [sums], bounds, 0 * whole)
                if _is_whole(found[whole > 0]):
                    self._saw(piece, np.round(found))

    def _known_width(self, name: str) -> int:
        at = self.place[name]
        width = float(self.high[at] - self.low[at])
        return round(width) if width >= 0 else -1

    def _needed(self, name: str) -> int:
        """The limits' width, or the interval's if nothing were printed, if that is narrower."""
        if name not in self.possible:
            bounds = self._bounds(~self.fixed, everything=True)
            low, high = (self._end(name, sign, bounds, seen=False) for sign in (1, -1))
            self.possible[name] = min(self.limits.width, high - low)
        return self.possible[name]

    def interval(self, name: str) -> tuple[int, int]:
        """The smallest and the largest count that the cell may have, given what is printed."""
        bounds = self._bounds(self.open | ~(self.printable | self.fixed))
        low, high = (self._end(name, sign, bounds) for sign in (1, -1))
        return low, high

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

    def _end(self, name: str, sign: int, bounds: Bounds, *, seen: bool = True) -> int:
        """The cell's smallest count (sign 1) or its largest (sign -1).

        ``seen``: the solution is one of what is printed now, and remembered.
        """
        piece = self._piece(self.place[name], bounds)
        goal = np.where(piece.columns == self.place[name], float(sign), 0.0)
        sums = LinearConstraint(piece.sums, 0, 0)
        within = Bounds(bounds.lb[piece.columns], bounds.ub[piece.columns])
        whole = self._whole(piece)
        found = _solved(goal, [sums], within, 0 * whole)
        if not _is_whole(
            found[whole > 0]
        ):  # seldom; and the programme in whole counts takes longer
            found = _solved(goal, [sums], within, whole)
        found = np.round(found)
        if seen:
            self._saw(piece, found)
        return round(float(found @ np.abs(goal)))

    def _saw(self, piece: _Piece, found: np.ndarray) -> None:
        """Remember that the cells can have these counts."""
        counted = piece.columns < len(self.place)
        cells, counts = piece.columns[counted], found[counted]
        self.low[cells] = np.minimum(self.low[cells], counts)
        self.high[cells] = np.maximum(self.high[cells], counts)

    def _whole(self, piece: _Piece) -> np.ndarray:
        """Counts are whole; what a relation has over need not be."""
        return (piece.columns < len(self.place)).astype(float)

    def _piece(self, target: int, bounds: Bounds) -> _Piece:
        """What of the system a cell depends on: what is fixed keeps the rest apart from it."""
        sums, free = self.matrix.sums, bounds.lb < bounds.ub
        key = free.tobytes()
        if key not in self._parts:
            self._parts = {key: _parts(sums, free)}
        of_row, of_column = self._parts[key]
        rows = np.flatnonzero(of_row == of_column[target])
        columns = np.union1d(sums[rows].indices, [target]).astype(int)
        return _Piece(columns, sums[rows][:, columns])

    def hide_for(self, name: str, needed: int) -> None:
        """Hide the cheapest cells and statements that make this cell's interval wide enough."""
        everything = self._bounds(~self.fixed, everything=True)
        piece = self._piece(self.place[name], everything)
        chosen, cells, said = self._attack(piece, self.place[name], needed, everything)
        size = len(piece.columns)
        for start in (0, size):
            self._saw(piece, np.round(chosen[start : start + size]))
        picked = chosen[2 * size :] > 1 / 2
        self.open[cells[picked[: len(cells)]]] = True
        told = zip(said, picked[len(cells) :], strict=True)
        self.silent |= {self.system.statements[number] for number, is_picked in told if is_picked}

    def _attack(
        self, piece: _Piece, target: int, needed: int, everything: Bounds
    ) -> tuple[np.ndarray, np.ndarray, list[int]]:
        """Two solutions that differ by so much in the target, and what must be hidden for them.

        The variables are those of both solutions, then one for each cell and statement that is
        printed now, which are the other two results: 1 if it is to be hidden.
        """
        ties = self._ties(piece)
        size, choices = len(piece.columns), len(ties.cells) + len(ties.said)
        costs = [self.system.cells[self.matrix.names[cell]].cost for cell in ties.cells]
        costs += [STATEMENT_COST] * len(ties.said)
        goal = np.concatenate([np.zeros(2 * size), costs + _TIE * np.arange(choices)])
        lower, upper = everything.lb[piece.columns], everything.ub[piece.columns]
        within = Bounds(
            np.concatenate([lower, lower, np.zeros(choices)]),
            np.concatenate([upper, upper, np.ones(choices)]),
        )
        none = csr_array((piece.sums.shape[0], choices))
        held = block_array([[piece.sums, None, none], [None, piece.sums, none]])
        rows, hide = ties.rows[:, :size], ties.rows[:, size:]
        at = int(np.flatnonzero(piece.columns == target)[0])
        apart = csr_array(([1.0, -1.0], ([0, 0], [at, size + at])), (1, 2 * size + choices))
        rules = [
            LinearConstraint(held, 0, 0),
            LinearConstraint(
                block_array([[rows, None, hide], [None, rows, hide]]),
                np.tile(ties.least, 2),
                np.tile(ties.most, 2),
            ),
            LinearConstraint(apart, needed, np.inf),
        ]
        whole = np.concatenate([self._whole(piece), self._whole(piece), np.ones(choices)])
        return _solved(goal, rules, within, whole), ties.cells, ties.said

    def _ties(self, piece: _Piece) -> _Ties:
        """What is printed stays what it is unless it is hidden."""
        counted, size = len(self.place), len(piece.columns)
        inner = np.flatnonzero(piece.columns < counted)
        inner = inner[(self.printable & ~self.open)[piece.columns[inner]]]
        cells = piece.columns[inner]
        counts, silent = self.matrix.counts[cells], self._silent_numbers()
        over = [
            (place, int(self.matrix.statement[column - counted]))
            for place, column in enumerate(piece.columns)
            if column >= counted and self.matrix.statement[column - counted] >= 0
        ]
        over = [(place, number) for place, number in over if number not in silent]
        said = sorted({number for _, number in over})
        first = size + len(cells)
        chosen = [*(size + np.arange(len(cells)))] * 2 + [first + said.index(n) for _, n in over]
        variables = [*inner, *inner, *(place for place, _ in over)]
        loosened = [*counts, *(counts - self.cap), *[_LOOSE * self.cap] * len(over)]
        lines = np.arange(len(variables))
        values = np.concatenate([np.ones(len(lines)), np.array(loosened, dtype=float)])
        where = (np.concatenate([lines, lines]), np.array([*variables, *chosen], dtype=int))
        rows = csr_array((values, where), (len(lines), first + len(said)))
        unbounded = np.full(len(cells), np.inf)
        least = np.concatenate([counts, -unbounded, np.zeros(len(over))])
        most = np.concatenate([unbounded, counts, np.full(len(over), np.inf)])
        return _Ties(cells, said, rows, least, most)


def _parts(sums: csr_array, free: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The number of the part that each row and each column belongs to, joined by what is free."""
    rows, columns = sums.shape
    kept = sums.tocoo()
    joined = free[kept.col]
    ends = kept.row[joined], rows + kept.col[joined]
    edges = coo_array((np.ones(len(ends[0])), ends), (rows + columns, rows + columns))
    _, labels = connected_components(edges, directed=False)
    return labels[:rows], labels[rows:]


def _is_whole(counts: np.ndarray) -> bool:
    return bool(np.all(np.abs(counts - np.round(counts)) < _ROUNDING))


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
