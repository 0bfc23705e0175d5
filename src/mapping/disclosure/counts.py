"""The counts of the open edition: whom it counts, and how the counts belong together.

Cells are named by what they count, joined by a bar: ``tier|good|<faculty>``. A table that counts
the same as another refers to the same cell, so that what is hidden here is hidden there.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from mapping import indicators, needs, swot, toolbox
from mapping.disclosure.book import COST_OF_TOTALS, Book
from mapping.disclosure.definitions import define
from mapping.followup.years import Year
from mapping.vocabulary import (
    CONDITIONS_LEVELS,
    INSTRUMENTS,
    NEEDS_LEVELS,
    QUADRANTS,
    SIDES,
    TIERS,
    UNCLASSIFIED,
)

FRAME, PARTICIPATING = "frame", "participating"
OTHER_FACULTIES = "other_faculties"
"""The faculties that have fewer departments than may be shown, put together."""

ALL = "all"
"""The row of a table that counts all departments."""

_KIND = {"internal": "need", "external": "voice"}
_USED = {"interview": "interviews", "workshop": "workshop_notes", "survey": "responses"}
_FEW_FACULTIES = 2


Aspect = Callable[[Book, Year, pd.DataFrame], None]
"""One part of the open edition: enters its counts of a year into the book. The frame has a row for
each department of the register."""


def counted(year: Year) -> Book:
    """All counts of a year's open edition, none of them hidden yet."""
    frame = _frame(year)
    book = Book(frame["persons"])
    for aspect in ASPECTS:
        aspect(book, year, frame)
    define(book, year, frame, PARTICIPATING)
    return book


def _frame(year: Year) -> pd.DataFrame:
    """A row for each department of the register: faculty, took_part, tier, persons, and so on."""
    register = year.departments.set_index("department_id")
    took_part = year.participation.set_index("department_id").reindex(register.index)
    frame = took_part[list(_USED.values())].astype(int)
    tier = year.tiers.set_index("department_id")["tier"].reindex(register.index)
    return frame.assign(
        faculty=faculties(year),
        took_part=frame.gt(0).any(axis=1),
        tier=tier.fillna(UNCLASSIFIED),
        persons=frame["interviews"] + frame["responses"],
    )


def faculties(year: Year) -> pd.Series:
    """The faculty of each department (the index) of the register, as the open edition has it."""
    register = year.departments.set_index("department_id")["faculty"]
    return pooled(register, year.protocol.disclosure.minimum_cell)


def pooled(faculty: pd.Series, minimum: int) -> pd.Series:
    """The faculty of each department of the register, small ones put together.

    Those of fewer departments than ``minimum`` are one; if they still are too few together, the
    next smallest joins them. A blank faculty is one of them.
    """
    named = faculty.astype("string").fillna(OTHER_FACULTIES)
    sizes = named.value_counts().sort_index().sort_values(kind="stable")
    joined = [name for name in sizes.index if sizes[name] < minimum or name == OTHER_FACULTIES]
    left = [name for name in sizes.index if name not in joined]
    while joined and left and sizes[joined].sum() < minimum:
        joined.append(left.pop(0))
    return named.mask(named.isin(joined), OTHER_FACULTIES)


def _participation(book: Book, _: Year, frame: pd.DataFrame) -> None:
    """Departments that took part, by faculty; how many there are is known to everybody."""
    everyone = pd.Series(data=True, index=frame.index)
    book.group(FRAME, everyone, kind="known")
    book.share(PARTICIPATING, frame["took_part"], FRAME, COST_OF_TOTALS)
    book.enter("participation", ALL, PARTICIPATING, PARTICIPATING, FRAME)
    faculties = sorted(frame["faculty"].unique())
    if len(faculties) < _FEW_FACULTIES:
        return
    cells = []
    for name in faculties:
        here = frame["faculty"] == name
        of = book.group(f"{FRAME}|{name}", here, kind="known")
        cells.append(book.share(f"{PARTICIPATING}|{name}", here & frame["took_part"], of, 20))
        book.enter("participation", name, PARTICIPATING, cells[-1], of)
    book.system.total(FRAME, [f"{FRAME}|{name}" for name in faculties])
    book.system.total(PARTICIPATING, cells)


def _instruments(book: Book, _: Year, frame: pd.DataFrame) -> None:
    """Departments seen by each instrument, and how many interviews and responses there are."""
    for key in INSTRUMENTS:
        used, persons = _USED[key], key != "workshop"
        cell = book.share(f"used|{key}", frame[used] > 0, PARTICIPATING, 100, persons=persons)
        book.enter("instruments", key, "departments", cell, PARTICIPATING)
        if persons:
            counted = book.persons_counted(f"persons|{key}", int(frame[used].sum()), 100)
            book.enter("instruments", key, "persons", counted)


def _tiers(book: Book, _: Year, frame: pd.DataFrame) -> None:
    """Departments by tier, and by tier and faculty."""
    keys, here = (*TIERS, UNCLASSIFIED), frame["took_part"]
    parts = {f"tier|{tier}": here & (frame["tier"] == tier) for tier in keys}
    book.divided(PARTICIPATING, parts, 200)
    book.enter_all("tiers", [(t, "departments", f"tier|{t}") for t in keys], PARTICIPATING)
    faculties = sorted(frame["faculty"].unique())
    if len(faculties) < _FEW_FACULTIES:
        return
    for name in faculties:
        own = frame["faculty"] == name
        parts = {f"tier|{t}|{name}": here & own & (frame["tier"] == t) for t in keys}
        book.divided(f"{PARTICIPATING}|{name}", parts, 1)
        places = [(name, t, f"tier|{t}|{name}") for t in keys]
        book.enter_all("tiers_by_faculty", places, f"{PARTICIPATING}|{name}")
    for tier in keys:
        book.system.total(f"tier|{tier}", [f"tier|{tier}|{name}" for name in faculties])


def _grid(book: Book, year: Year, frame: pd.DataFrame) -> None:
    """Conditions by needs, with the totals; some departments are in no cell."""
    levels = year.constructs.set_index("department_id").reindex(frame.index)
    row, column = levels["conditions_level"], levels["needs_level"]
    known = row.notna() & column.notna()
    of = book.share("grid", known, PARTICIPATING, 1 / 2)
    rows = {c: known & (row == c).fillna(value=False) for c in CONDITIONS_LEVELS}
    columns = {n: known & (column == n).fillna(value=False) for n in NEEDS_LEVELS}
    book.divided(of, {f"grid|{c}|{ALL}": group for c, group in rows.items()}, 20)
    book.divided(of, {f"grid|{ALL}|{n}": group for n, group in columns.items()}, 20)
    for c, group in rows.items():
        parts = {f"grid|{c}|{n}": group & other for n, other in columns.items()}
        book.divided(f"grid|{c}|{ALL}", parts, 1)
    for n in columns:
        book.system.total(f"grid|{ALL}|{n}", [f"grid|{c}|{n}" for c in rows])
    places = [(c, n, f"grid|{c}|{n}") for c in (*rows, ALL) for n in (*columns, ALL)]
    book.enter_all("grid", places[:-1], PARTICIPATING)
    book.enter("grid", ALL, ALL, of, PARTICIPATING)


def _conditions(book: Book, year: Year, frame: pd.DataFrame) -> None:
    """Departments in which each of the conditions is known to be good."""
    levels = indicators.levels(year.indicators).reindex(frame.index)
    for key in year.protocol.indicator_keys("conditions"):
        level = levels[key] if key in levels else pd.Series(float("nan"), frame.index)
        known = book.unprinted(f"known|{key}", level.notna(), PARTICIPATING)
        cell = book.share(f"good|{key}", level >= year.protocol.levels.good, known, 5)
        book.system.part(cell, PARTICIPATING)
        book.enter("conditions", key, "good", cell, PARTICIPATING)


def _ways(book: Book, year: Year, frame: pd.DataFrame) -> None:
    """How the responsibility is arranged, and how the work started, where somebody said it."""
    elected = indicators.arrangements(year.evidence, year.protocol).set_index("department_id")
    keys = {
        "arrangement": [a.key for a in year.protocol.arrangements],
        "origin": [o.key for o in year.protocol.origins],
    }
    for kind, names in keys.items():
        way = elected[kind].reindex(frame.index)
        of = book.unprinted(f"known|{kind}", way.notna(), PARTICIPATING)
        parts = {f"{kind}|{name}": (way == name).fillna(value=False) for name in names}
        book.divided(of, parts, 5)
        places = [(name, "departments", f"{kind}|{name}") for name in names]
        book.enter_all(f"{kind}s", places, PARTICIPATING)


def _needs(book: Book, year: Year, frame: pd.DataFrame) -> None:
    """Needs and voices; which departments have any of a side; internal needs by tier."""
    felt = needs.with_need(year.evidence, year.indicators, year.protocol)
    felt = felt.set_index("department_id").reindex(frame.index)
    for side in SIDES:
        having = felt[side].astype("boolean")
        those = having.fillna(value=False).astype(bool)
        some = book.share(f"{side}|with", those, PARTICIPATING, 50)
        none = (~having).fillna(value=False).astype(bool)
        book.system.part(book.unprinted(f"{side}|without", none), f"{PARTICIPATING} - {some}")
        book.enter("with_need", side, "with", some, PARTICIPATING)
        named = needs.named(year.evidence, year.protocol, side)
        named = named.reindex(frame.index, fill_value=False)
        for key in named:
            cell = book.share(f"{_KIND[side]}|{key}", named[key], f"{side}|with", 50)
            book.system.part(cell, PARTICIPATING)
            book.enter(f"needs_{side}", str(key), "departments", cell, PARTICIPATING)
            if side == "internal":
                _by_tier(book, str(key), named[key], frame)


def _by_tier(book: Book, need: str, named: pd.Series, frame: pd.DataFrame) -> None:
    keys = (*TIERS, UNCLASSIFIED)
    for tier in keys:
        cell = book.share(f"need|{need}|{tier}", named & (frame["tier"] == tier), f"tier|{tier}", 2)
        if tier in TIERS:
            book.enter("needs_by_tier", need, tier, cell, f"tier|{tier}")
    book.system.total(f"need|{need}", [f"need|{need}|{tier}" for tier in keys])


def _swot(book: Book, year: Year, frame: pd.DataFrame) -> None:
    """Departments that mention each theme in each quadrant; who wrote is not known."""
    mentions = swot.mentions(year.evidence, year.protocol).reindex(frame.index, fill_value=False)
    of = "used|workshop"
    for quadrant in QUADRANTS:
        for theme in year.protocol.themes:
            group = mentions[quadrant, theme].astype(bool)
            cell = book.share(f"swot|{quadrant}|{theme}", group, of, 1, persons=False)
            book.enter("swot", quadrant, theme, cell, of)


def _recommendations(book: Book, year: Year, frame: pd.DataFrame) -> None:
    """Departments that meet each recommendation, of those where that can be told."""
    rows, rules = year.recommendations, [rule.key for rule in year.protocol.recommendations]
    wide = rows.pivot(index="department_id", columns="recommendation", values="met")
    met = wide.reindex(index=frame.index, columns=rules)
    for rule in year.protocol.recommendations:
        known = met[rule.key].astype("boolean")
        of = book.unprinted(f"assessed|{rule.key}", known.notna(), PARTICIPATING)
        cell = book.share(f"met|{rule.key}", known.fillna(value=False).astype(bool), of, 3)
        book.system.part(cell, PARTICIPATING)
        book.enter("recommendations", rule.key, "met", cell, PARTICIPATING)


def _toolbox(book: Book, year: Year, frame: pd.DataFrame) -> None:
    """Departments that each tool would serve: those with any of the things that it serves."""
    served = toolbox.serving(year.evidence, year.indicators, year.protocol)
    for tool in year.protocol.tool_keys:
        those = served.loc[served["tool"] == tool, "department_id"]
        members = pd.Series(frame.index.isin(those), frame.index)
        cell = book.share(f"tool|{tool}", members, PARTICIPATING, 1 / 2)
        book.enter("toolbox", tool, "departments", cell, PARTICIPATING)


ASPECTS: tuple[Aspect, ...] = (
    _participation,
    _instruments,
    _tiers,
    _grid,
    _conditions,
    _ways,
    _needs,
    _swot,
    _recommendations,
    _toolbox,
)
"""The parts of the open edition, those first that others refer to."""
