"""Published counts as one system: nonnegative cells, and the sums that everybody can reckon with.

A *cell* is a count. Some are printed, some follow from printed ones by a subtraction (how many did
not name a need), some are known to everybody anyway (how many departments a faculty has, what an
earlier open edition has printed). A *relation* says that a weighted sum of cells is 0: parts are
the whole, a part is at most the whole, a verdict says that a share is at least a half.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from scipy.sparse import csr_array

Kind = Literal["printed", "derived", "inner", "sought", "known"]
"""What becomes of a cell: it is printed unless it is hidden; it is not printed but may follow from
what is; it only helps to tell what others can be; it may follow, and we do not know ourselves how
large it is; or everybody knows it."""

ONE = "1"
"""The known cell of value 1, by which a relation has a constant."""


@dataclass(frozen=True)
class Cell:
    """A count, and what is to be held of it.

    ``persons`` are those behind it, None if the count is all that there is to protect. ``cost`` is
    what hiding it costs: a total more than one of its parts.
    """

    count: int
    kind: Kind = "printed"
    persons: int | None = None
    cost: float = 1.0


class Relation(NamedTuple):
    """A weighted sum of cells that is 0, or at least 0 where ``at_least``.

    One with a ``statement`` is known only while that statement is printed.
    """

    factors: Mapping[str, float]
    at_least: bool = False
    statement: str = ""


@dataclass
class System:
    """Cells by name, and the relations between them; grows while the tables are described."""

    cells: dict[str, Cell] = field(default_factory=lambda: {ONE: Cell(1, "known")})
    relations: list[Relation] = field(default_factory=list)

    def add(self, name: str, cell: Cell) -> str:
        """Take in a cell; one that is there already stays as it is. Its name."""
        self.cells.setdefault(name, cell)
        return name

    def total(self, whole: str, parts: Iterable[str]) -> None:
        """The parts add up to the whole."""
        self.relations.append(Relation({whole: 1.0} | dict.fromkeys(parts, -1.0)))

    def part(self, part: str, whole: str) -> str:
        """The part is one of the whole: what is left of it is a count too, and can be derived.

        Returns the name of what is left.
        """
        left = f"{whole} - {part}"
        count = self.cells[whole].count - self.cells[part].count
        persons = _difference(self.cells[whole].persons, self.cells[part].persons)
        self.add(left, Cell(count, "derived", persons))
        self.total(whole, (part, left))
        return left

    def limited(self, whole: str, parts: Iterable[str]) -> None:
        """The whole is at most all parts together, which may overlap."""
        self.relations.append(Relation({whole: -1.0} | dict.fromkeys(parts, 1.0), at_least=True))

    def at_least(self, factors: Mapping[str, float]) -> None:
        """A weighted sum is at least 0, whatever is printed."""
        self.relations.append(Relation(factors, at_least=True))

    def states(self, statement: str, factors: Mapping[str, float]) -> None:
        """A printed statement says that this weighted sum is at least 0."""
        self.relations.append(Relation(factors, at_least=True, statement=statement))

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements that say anything of the cells, in their order."""
        named = (relation.statement for relation in self.relations if relation.statement)
        return tuple(dict.fromkeys(named))


def _difference(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part


@dataclass(frozen=True)
class Matrix:
    """A system as numbers: ``sums`` @ counts is 0, and what each "at least" has over is a variable.

    The first variables are the cells in the order of ``names``, the others what the relations
    have over; ``statement`` gives for each of those the number of its statement, or -1.
    """

    names: tuple[str, ...]
    counts: np.ndarray
    sums: csr_array
    statement: np.ndarray

    @property
    def over(self) -> int:
        """How many variables there are beside the cells."""
        return len(self.statement)


def matrix(system: System) -> Matrix:
    """The system's relations as a sparse matrix over its cells."""
    names = tuple(system.cells)
    place = {name: number for number, name in enumerate(names)}
    statements = {name: number for number, name in enumerate(system.statements)}
    loose = [relation for relation in system.relations if relation.at_least]
    column = {id(relation): len(names) + number for number, relation in enumerate(loose)}
    entries = [
        entry
        for row, relation in enumerate(system.relations)
        for entry in _row(row, relation, place, column)
    ]
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    shape = (len(system.relations), len(names) + len(loose))
    return Matrix(
        names,
        np.array([system.cells[name].count for name in names], dtype=float),
        csr_array((values, (rows, columns)), shape=shape),
        np.array([statements.get(relation.statement, -1) for relation in loose], dtype=int),
    )


def _row(
    row: int, relation: Relation, place: Mapping[str, int], column: Mapping[int, int]
) -> Sequence[tuple[int, int, float]]:
    own = [(row, place[name], float(factor)) for name, factor in relation.factors.items()]
    return [*own, (row, column[id(relation)], -1.0)] if relation.at_least else own
