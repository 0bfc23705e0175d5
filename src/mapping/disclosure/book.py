"""The open edition's counts while they are described: groups of departments become cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from mapping.disclosure.system import Cell, Kind, System


class Entry(NamedTuple):
    """A place in the tables of the open edition, and the cells that stand there.

    ``of`` is the cell of the base; blank if the count has none.
    """

    table: str
    row: str
    column: str
    cell: str
    of: str = ""


Group = pd.Series
"""Whether each department of the frame (the index) is one of the group; true or false."""

COST_OF_TOTALS = 1000.0
_PER_DEPARTMENT = 100


@dataclass(frozen=True)
class Book:
    """Cells and sums of the open edition, and where they stand in its tables.

    ``persons`` are the interviews and responses of each department of the frame (the index).
    """

    persons: pd.Series
    system: System = field(default_factory=System)
    entries: list[Entry] = field(default_factory=list)

    def group(
        self,
        name: str,
        members: Group,
        cost: float = 1.0,
        kind: Kind = "printed",
        *,
        persons: bool = True,
    ) -> str:
        """A cell that counts the departments of a group; its name.

        Of two that cost alike the one with fewer departments is the cheaper to hide. Without
        ``persons`` nothing is known of who is behind the group but that every department has
        somebody. Behind what everybody knows nobody is sought.
        """
        count = int(members.sum())
        behind = int(self.persons[members].sum()) if persons and kind != "known" else None
        dearer = 1 + count / _PER_DEPARTMENT
        return self.system.add(name, Cell(count, kind, behind, cost * dearer))

    def persons_counted(self, name: str, count: int, cost: float) -> str:
        """A cell that counts persons."""
        return self.system.add(name, Cell(count, "printed", count, cost))

    def divided(
        self, whole: str, parts: Mapping[str, Group], cost: float, *, persons: bool = True
    ) -> list[str]:
        """The cells of groups that make up the whole between them; their names."""
        names = [self.group(name, each, cost, persons=persons) for name, each in parts.items()]
        self.system.total(whole, names)
        return names

    def share(
        self, name: str, members: Group, of: str, cost: float = 1.0, *, persons: bool = True
    ) -> str:
        """The cell of a group that is a part of another one; its name."""
        self.group(name, members, cost, persons=persons)
        self.system.part(name, of)
        return name

    def unprinted(self, name: str, members: Group, of: str = "") -> str:
        """The cell of a group that no table shows but that others belong to; its name."""
        self.group(name, members, kind="derived")
        if of:
            self.system.part(name, of)
        return name

    def same(self, cell: str, other: str) -> None:
        """Both cells count the same, as everybody can see."""
        self.system.total(cell, [other])

    def enter(self, table: str, row: str, column: str, cell: str, of: str = "") -> None:
        """Give the cell a place in a table."""
        self.entries.append(Entry(table, row, column, cell, of))

    def enter_all(self, table: str, cells: Iterable[tuple[str, str, str]], of: str) -> None:
        """Give several cells a place: row, column and cell of each, on one base."""
        for row, column, cell in cells:
            self.enter(table, row, column, cell, of)
