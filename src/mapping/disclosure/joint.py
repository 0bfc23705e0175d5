"""Joint tables of departments: every relation between counts that their definitions imply.

A published count is the number of departments for which a predicate holds: a truth of a few of
their attributes (the staffing, the needs that are named). Nobody has to remember that shared,
backed and alone are all good staffing: the attributes of predicates that have any in common are put
into tables of all their states together, tables that overlap agree where they do, and each count is
the sum of the states that it names. The tables form a tree (they are those of a triangulated graph,
Lauritzen 1996, Graphical Models, 2.1), so that what they allow is what the departments allow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from math import prod

import pandas as pd

from mapping.disclosure.system import Cell, Kind, System

States = Mapping[str, str]
"""The state of each attribute."""

Truth = Callable[[States], bool]


@dataclass(frozen=True)
class Attribute:
    """What a department is in one respect: one of the states; ``of`` has it of each department."""

    states: tuple[str, ...]
    of: pd.Series


@dataclass(frozen=True)
class Predicate:
    """A truth of the states of some attributes."""

    scope: frozenset[str]
    holds: Truth


@dataclass
class Joint:
    """Attributes of the departments, the predicates that cells count, and what cannot be."""

    whole: str
    attributes: dict[str, Attribute] = field(default_factory=dict)
    counted: dict[str, Predicate] = field(default_factory=dict)
    rules: list[Predicate] = field(default_factory=list)
    _possible: dict[tuple[str, ...], list[tuple[str, ...]]] = field(default_factory=dict)

    def attribute(self, name: str, states: Sequence[str], of: pd.Series) -> None:
        """Take in an attribute; no other state than these can be."""
        self.attributes[name] = Attribute(tuple(states), of)

    def counts(self, cell: str, scope: Iterable[str], holds: Truth) -> None:
        """The cell counts the departments for which this holds."""
        self.counted[cell] = Predicate(frozenset(scope), holds)

    def only(self, scope: Iterable[str], holds: Truth) -> None:
        """It holds for every department that there can be."""
        self.rules.append(Predicate(frozenset(scope), holds))

    def into(self, system: System) -> None:
        """Add to the system the tables' states, and how they and the counts add up.

        What a count lacks to another one that contains it is a count too, to be guarded.
        """
        for clique, margin in self._tables:
            self._agree(system, clique, margin)
        for cell, predicate in self.counted.items():
            smallest = min(self._tables_with(predicate.scope), key=len)
            self._add_up(system, cell, smallest, predicate.holds)
        for part, whole in self.contained():
            if f"{whole} - {part}" not in system.cells:
                system.part(part, whole)

    def contained(self) -> Iterator[tuple[str, str]]:
        """The pairs of counts of which one contains the other, whatever the departments are."""
        held = {}
        for cell, predicate in self.counted.items():
            for table in self._tables_with(predicate.scope):
                states = frozenset(
                    s for s in self._states(table) if predicate.holds(_told(table, s))
                )
                held[cell, table] = states
        for (part, table), (whole, other) in product(held, held):
            if table == other and part != whole and held[part, table] < held[whole, table]:
                yield part, whole

    @cached_property
    def _tables(self) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Each table, and what it has in common with later ones."""
        scopes = {p.scope for p in [*self.counted.values(), *self.rules]}
        return _tree(sorted(scopes, key=sorted), self.attributes)

    def _tables_with(self, scope: frozenset[str]) -> list[tuple[str, ...]]:
        return [table for table, _ in self._tables if scope <= set(table)]

    def _states(self, table: tuple[str, ...]) -> list[tuple[str, ...]]:
        """All that departments can be in these attributes."""
        if table not in self._possible:
            rules = [rule.holds for rule in self.rules if rule.scope <= set(table)]
            every = product(*(self.attributes[name].states for name in table))
            self._possible[table] = [
                state for state in every if all(holds(_told(table, state)) for holds in rules)
            ]
        return self._possible[table]

    def _agree(self, system: System, clique: tuple[str, ...], margin: tuple[str, ...]) -> None:
        """The states of a table add up to those of the attributes that it has in common."""
        inner = self._cells(system, clique)
        if not margin:
            system.total(self.whole, inner.values())
            return
        for state, cell in self._cells(system, margin).items():
            told = _told(margin, state).items()
            parts = [name for s, name in inner.items() if told <= _told(clique, s).items()]
            system.total(cell, parts)

    def _add_up(self, system: System, cell: str, clique: tuple[str, ...], holds: Truth) -> None:
        inner = self._cells(system, clique)
        system.total(cell, [name for s, name in inner.items() if holds(_told(clique, s))])

    def _cells(self, system: System, table: tuple[str, ...]) -> dict[tuple[str, ...], str]:
        """The cell of each state; that of a single attribute is guarded."""
        columns = [self.attributes[name].of for name in table]
        seen = Counter(zip(*columns, strict=True))
        kind: Kind = "derived" if len(table) == 1 else "inner"
        cells = {}
        for state in self._states(table):
            name = "state|" + "|".join(f"{a}={s}" for a, s in _told(table, state).items())
            cells[state] = system.add(name, Cell(seen[state], kind))
        return cells


def _told(table: tuple[str, ...], state: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(table, state, strict=True))


def _tree(
    scopes: Iterable[frozenset[str]], attributes: Mapping[str, Attribute]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Tables that contain every scope, and what each has in common with one that comes later.

    The attributes are taken out one after the other, each with all that it is still linked to,
    the one first whose table is the smallest.
    """
    linked: dict[str, set[str]] = {name: set() for name in attributes}
    for scope in scopes:
        for one, other in combinations(sorted(scope), 2):
            linked[one].add(other)
            linked[other].add(one)
    tables = []
    while linked:
        first = min(linked, key=lambda name: (_size({name, *linked[name]}, attributes), name))
        beside = linked.pop(first)
        tables.append((tuple(sorted({first, *beside})), tuple(sorted(beside))))
        for name in beside:
            linked[name] = (linked[name] | beside) - {first, name}
    return tables


def _size(names: Iterable[str], attributes: Mapping[str, Attribute]) -> int:
    return prod(len(attributes[name].states) for name in names)
