"""What earlier open editions have printed is known: to everybody, and for good.

Of the same year it is known as it stands, and must still be so: a year has one open edition. Of an
earlier year it is linked to the present one by the departments that are in both registers, whose
number everybody knows: unknown numbers of them went from each state then to each state now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from mapping.disclosure.book import Book, Entry
from mapping.disclosure.counts import ALL, FRAME, PARTICIPATING
from mapping.disclosure.system import Cell, System
from mapping.disclosure.verdicts import statement
from mapping.errors import DataError, Problem

ABSENT = "absent"
"""The state of a department of the register that took no part."""


Place = tuple[str, str, str]
"""Table, row and column of a count."""


@dataclass(frozen=True)
class Edition:
    """An open edition that has been made before: its year, and what it shows.

    ``cells`` and ``findings`` are its tables ``open_cells`` and ``open_findings``. ``faculty`` is
    the faculty of each department (the index) of that year's register, empty if that is not known.
    ``name`` is where it lies.
    """

    year: int
    cells: pd.DataFrame
    findings: pd.DataFrame
    faculty: pd.Series
    name: str = "the open edition"


def refuse_if_changed(book: Book, findings: pd.DataFrame, edition: Edition) -> None:
    """Stop if this edition of the same year has shown anything that is otherwise now.

    Of two editions of one year whoever has both subtracts one from the other, and where a
    department's answers have come or gone, the differences are that department. To hide the counts
    that changed would not help: which of them are hidden would tell the same.

    Raises
    ------
    DataError
        A count, a base or a verdict that it shows is not what it would be now.

    """
    bases = {(e.table, e.row, e.column): (e.cell, e.of) for e in book.entries}
    cells = {name: cell.count for name, cell in book.system.cells.items()}
    changed = 0
    rows = edition.cells[["table", "row", "column", "count", "of"]]
    for *place, count, of in rows.itertuples(index=False, name=None):
        told = bases.get((place[0], place[1], place[2]))
        if told is not None:
            now = (cells[told[0]], cells.get(told[1]))
            then = (count, of)
            changed += any(pd.notna(a) and a != b for a, b in zip(then, now, strict=True))
    shown = edition.findings[~edition.findings["hidden"]].set_index("finding")["verdict"]
    verdicts = findings.set_index("finding")["verdict"].reindex(shown.index)
    changed += int((verdicts.notna() & (verdicts != shown)).sum())
    if changed:
        raise DataError([_two_editions(edition, changed)])


def _two_editions(edition: Edition, changed: int) -> Problem:
    """In English, as all errors are; no count is told."""
    return Problem(
        edition.name,
        value=f"an open edition of {edition.year} made of other data: {changed} of the counts and "
        "verdicts that it shows would be others now",
        expected="one open edition of a year, since of two that differ a department is the "
        "difference",
        remedy="If it has been given to anybody, it stays the open edition of that year: later "
        "answers and corrections are for the internal reports. If nobody has it, remove that "
        "folder and make the open edition again.",
    )


def known_of_the_same(book: Book, edition: Edition) -> frozenset[str]:
    """Take what an edition of the same year has printed for known.

    Returns the cells and statements that it has hidden.
    """
    entries = {(e.table, e.row, e.column): e.cell for e in book.entries}
    hidden = set(_statements(edition.findings))
    cells = book.system.cells
    for at, count, is_hidden in _printed(edition.cells):
        name = entries.get(at)
        if name is None:
            continue
        if is_hidden:
            hidden.add(name)
        elif count is not None:
            cells[name] = replace(cells[name], kind="known")
    return frozenset(hidden)


def _statements(findings: pd.DataFrame) -> Iterator[str]:
    return (statement(key) for key in findings.loc[findings["hidden"], "finding"])


def _printed(cells: pd.DataFrame) -> Iterator[tuple[Place, int | None, bool]]:
    places = zip(cells["table"], cells["row"], cells["column"], strict=True)
    for place, count, hidden in zip(places, cells["count"], cells["hidden"], strict=True):
        yield place, None if hidden or pd.isna(count) else int(count), bool(hidden)


def linked(book: Book, edition: Edition, faculty: pd.Series) -> None:
    """Link an edition of an earlier year to this one's counts.

    ``faculty`` is that of each department (the index) of this year's register, as the book has
    them. What the earlier edition hid stays to be protected.
    """
    then = _Then(book.system, edition)
    both = _faculties(then, faculty)
    for group in both:
        _flows(
            book.system,
            f"{edition.year}|tier|{group}",
            _tiers(book, then, group),
            _frames(edition, faculty, group),
        )
    if ALL not in both:
        book.system.total(
            then.cell("participation", ALL, PARTICIPATING),
            [then.cell("participation", f, PARTICIPATING) for f in both],
        )
    everyone = _frames(edition, faculty, ALL)
    for kind in ("arrangement", "origin"):
        _flows(book.system, f"{edition.year}|{kind}", _ways(book, then, kind), everyone)
    for entry in [e for e in book.entries if e.table in ("needs_internal", "needs_external")]:
        _flows(book.system, f"{edition.year}|{entry.cell}", _named(then, entry), everyone)


States = Sequence[tuple[str, str]]
"""For every state of departments the cell that counted it then, and that which does now."""


class _Then:
    """The cells of the earlier edition, made when they are asked for."""

    def __init__(self, system: System, edition: Edition) -> None:
        self.system, self.year = system, edition.year
        self.printed: Mapping[Place, int | None] = {
            place: count for place, count, _ in _printed(edition.cells)
        }

    def cell(self, *place: str) -> str:
        """The cell of a printed count; of one that is not printed, a cell to be guarded."""
        count = self.printed.get((place[0], place[1], place[2]))
        told = Cell(0, "sought") if count is None else Cell(count, "known")
        return self.system.add("|".join([str(self.year), *place]), told)

    def left(self, name: str, whole: str, parts: Sequence[str]) -> str:
        """The cell of what is left of a whole beside these parts."""
        left = self.system.add(f"{self.year}|{name}", Cell(0, "sought"))
        self.system.total(whole, [*parts, left])
        return left


def _faculties(then: _Then, faculty: pd.Series) -> Sequence[str]:
    """The faculties of both editions if they are the same; else all departments are one group."""
    before = {row for table, row, _ in then.printed if table == "tiers_by_faculty"}
    now = set(faculty.unique())
    return sorted(now) if before == now and len(now) > 1 else [ALL]


class _Frames(NamedTuple):
    """How many departments are in the earlier register, gone since, and new: everybody knows."""

    then: int
    gone: int
    new: int


def _frames(edition: Edition, faculty: pd.Series, group: str) -> _Frames | None:
    """None if the register that the earlier edition was made of is not there any more."""
    there = edition.cells.loc[edition.cells["table"] == "participation"].set_index("row")["of"]
    if len(edition.faculty) != there.get(ALL):
        return None
    registers = (edition.faculty, faculty)
    before, after = (set(r.index[(r == group) | (group == ALL)]) for r in registers)
    return _Frames(len(before), len(before - after), len(after - before))


def _tiers(book: Book, then: _Then, group: str) -> States:
    keys = [entry.row for entry in book.entries if entry.table == "tiers"]
    took_part = then.cell("participation", group, PARTICIPATING)
    if group == ALL:
        states = [(then.cell("tiers", key, "departments"), f"tier|{key}") for key in keys]
    else:
        states = [
            (then.cell("tiers_by_faculty", group, key), f"tier|{key}|{group}") for key in keys
        ]
    then.system.total(took_part, [before for before, _ in states])
    return [*states, _absent(took_part, group)]


def _absent(took_part: str, group: str) -> tuple[str, str]:
    """The state of those that took no part; then it is what the register has beside the others."""
    of = "" if group == ALL else f"|{group}"
    return f"{took_part} {ABSENT}", f"{FRAME}{of} - {PARTICIPATING}{of}"


def _ways(book: Book, then: _Then, kind: str) -> States:
    keys = [entry.row for entry in book.entries if entry.table == f"{kind}s"]
    took_part = then.cell("participation", ALL, PARTICIPATING)
    states = [(then.cell(f"{kind}s", key, "departments"), f"{kind}|{key}") for key in keys]
    unknown = then.left(f"{kind} unknown", took_part, [before for before, _ in states])
    now = f"{PARTICIPATING} - known|{kind}"
    return [*states, (unknown, now), _absent(took_part, ALL)]


def _named(then: _Then, entry: Entry) -> States:
    took_part = then.cell("participation", ALL, PARTICIPATING)
    before = then.cell(entry.table, entry.row, entry.column)
    not_named = then.left(f"not {entry.cell}", took_part, [before])
    now = f"{PARTICIPATING} - {entry.cell}"
    return [(before, entry.cell), (not_named, now), _absent(took_part, ALL)]


def _flows(system: System, name: str, states: States, frames: _Frames | None) -> None:
    """Unknown numbers of departments went from each state then to each state now.

    Those that are gone since, and those that are new, were and are in some state.
    """
    for before, _ in states:
        system.add(before, Cell(0, "sought"))
    places = range(len(states))
    flow = {
        (t, u): system.add(f"{name}|{t} to {u}", Cell(0, "sought")) for t in places for u in places
    }
    gone = _leaving(system, f"{name}|gone", places, None if frames is None else frames.gone)
    new = _leaving(system, f"{name}|new", places, None if frames is None else frames.new)
    for t, (before, _) in enumerate(states):
        system.total(before, [*(flow[t, u] for u in places), *gone[t : t + 1]])
    for u, (_, now) in enumerate(states):
        system.total(now, [*(flow[t, u] for t in places), *new[u : u + 1]])
    if frames is not None:
        everybody = system.add(f"{name}|register", Cell(frames.then, "known"))
        system.total(everybody, [before for before, _ in states])


def _leaving(system: System, name: str, places: range, count: int | None) -> list[str]:
    """By state, those that are in one register only; ``count`` is how many, if that is known."""
    if count == 0:
        return []
    cells = [system.add(f"{name} {place}", Cell(0, "sought")) for place in places]
    if count is not None:
        system.total(system.add(name, Cell(count, "known")), cells)
    return cells
