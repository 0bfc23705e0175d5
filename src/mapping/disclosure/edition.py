"""The tables of the open edition: every count in its place, or hidden there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mapping.disclosure.book import Book
from mapping.disclosure.counts import PARTICIPATING, counted, faculties
from mapping.disclosure.earlier import Edition, known_of_the_same, linked, refuse_if_changed
from mapping.disclosure.protection import Limits, Protected, is_small, protect
from mapping.disclosure.verdicts import statement, verdicts
from mapping.followup.years import Year
from mapping.protocol import Protocol
from mapping.schemas import TABLES, conform

_PLACE = ["table", "row", "column"]


@dataclass(frozen=True)
class Opened:
    """A year's counts, what of them is hidden, and how many findings there are."""

    book: Book
    limits: Limits
    protected: Protected
    findings: int


def opened(
    year: Year,
    certainty: pd.DataFrame,
    same: Sequence[Edition] = (),
    before: Sequence[Edition] = (),
) -> Opened:
    """The counts of a year, protected.

    ``certainty`` is the audit's table. ``same`` are the open editions that there are already of
    this year, ``before`` those of an earlier one.

    Raises
    ------
    DataError
        One of this year has been made of other data.

    """
    book = counted(year)
    _certainty(book, certainty)
    verdicts(book, year.finding_parts, year.protocol)
    for edition in same:
        refuse_if_changed(book, year.findings, edition)
    hidden = frozenset[str]().union(*(known_of_the_same(book, edition) for edition in same))
    for edition in before:
        linked(book, edition, faculties(year))
    limits = limits_of(year.protocol)
    return Opened(book, limits, protect(book.system, limits, hidden), len(year.findings))


def _certainty(book: Book, certainty: pd.DataFrame) -> None:
    """Departments whose tier is clear whichever defensible choices are made."""
    clear = certainty.set_index("department_id")["clear_tier"].notna()
    members = clear.reindex(book.persons.index, fill_value=False)
    book.enter(
        "certainty",
        "clear_tier",
        "departments",
        book.share("clear_tier", members, PARTICIPATING, 5),
        PARTICIPATING,
    )


def limits_of(protocol: Protocol) -> Limits:
    """The protocol's limits of what is shown."""
    rules = protocol.disclosure
    return Limits(rules.minimum_cell, rules.minimum_persons, rules.minimum_width)


def cells(made: Opened) -> pd.DataFrame:
    """Every count of the open edition (table ``open_cells``); hidden ones are missing.

    One row is a place in a table: table, row, column. ``of`` is the base, missing if the count
    has none or if the base is hidden itself.
    """
    hidden = hidden_cells(made)
    counts = {
        name: None if name in hidden else cell.count
        for name, cell in made.book.system.cells.items()
    }
    rows = [
        (e.table, e.row, e.column, counts[e.cell], counts.get(e.of), e.cell in hidden)
        for e in made.book.entries
    ]
    return conform(pd.DataFrame(rows, columns=[*_PLACE, "count", "of", "hidden"]), "open_cells")


def hidden_cells(made: Opened) -> frozenset[str]:
    """The hidden ones of the cells that have a place; what is small is also if it is known."""
    system, limits = made.book.system, made.limits
    return frozenset(
        name
        for name in {entry.cell for entry in made.book.entries}
        if name in made.protected.hidden
        or is_small(system, name, limits)
        or system.cells[name].count < limits.cell
    )


def findings(made: Opened, findings: pd.DataFrame) -> pd.DataFrame:
    """The verdicts of table ``findings`` (table ``open_findings``); hidden ones are missing."""
    hidden = findings["finding"].map(statement).isin(made.protected.statements)
    table = findings[["finding"]].assign(verdict=findings["verdict"].mask(hidden), hidden=hidden)
    return conform(table, "open_findings")


def change(year: int, then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """The counts that two open editions show (table ``open_change``); ``year`` is the earlier.

    From tables ``open_cells`` alone. One row is a place in a table.
    """
    pairs = then.merge(now, on=_PLACE, suffixes=("_then", ""))
    both = pairs.dropna(subset=["count_then", "count"])
    names = {"count_then": "then", "count": "now", "of": "of_now"}
    return conform(both.rename(columns=names).assign(year=year), "open_change")


def no_change() -> pd.DataFrame:
    """Table ``open_change`` of a year that no open edition goes before."""
    return conform(pd.DataFrame(columns=list(TABLES["open_change"].columns)), "open_change")
