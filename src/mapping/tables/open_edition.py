"""Tables of the open edition, from its own tables alone; what is hidden bears a mark."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mapping.disclosure.counts import ALL, OTHER_FACULTIES
from mapping.facts import Count
from mapping.facts.open_edition import count_in
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.tables import cells as written
from mapping.tables.findings import SECTIONS
from mapping.tables.table import Builder, Cell, Column, Table
from mapping.vocabulary import CONDITIONS_LEVELS, NEEDS_LEVELS, TIERS, UNCLASSIFIED

HIDDEN = "hidden"
"""Stands in a cell whose count is hidden."""

_QUADRANTS = ("strength", "weakness", "opportunity", "threat")


def _protected(words: Words) -> Cell:
    """A count with its share, or the mark of what is hidden."""
    share = written.share(words)
    return lambda value: words.say("open.mark") if value == HIDDEN else share(value)


def _wide(cells: pd.DataFrame, table: str) -> pd.DataFrame:
    """The counts of a table, a row and a column each; hidden ones as :data:`HIDDEN`."""
    rows = cells[cells["table"] == table].to_dict("records")
    counts = [count_in(row) for row in rows]
    frame = pd.DataFrame(
        {
            "row": [row["row"] for row in rows],
            "column": [row["column"] for row in rows],
            "count": pd.Series([HIDDEN if c is None else c for c in counts], dtype="object"),
        }
    )
    return frame.pivot(index="row", columns="column", values="count")


def _ordered(wide: pd.DataFrame, column: str, last: Sequence[str] = ()) -> pd.DataFrame:
    """The rows, the largest counts of a column first, then hidden ones, then those set last."""
    counts = dict(zip(wide.index, wide[column], strict=True))

    def place(key: str) -> tuple[bool, bool, int, str]:
        count = counts[key]
        if isinstance(count, Count):
            return key in last, False, -count.n, key
        return key in last, True, 0, key

    return wide.loc[sorted(counts, key=place)]


def open_counts(cells: pd.DataFrame, table: str, kind: str, words: Words) -> Table:
    """One column of counts: a row for each key of the kind, the largest first."""
    wide = _wide(cells, table)
    column = str(wide.columns[0])
    build = Builder(words, f"open_{table}")
    last = [words.protocol.need_rules.listed_apart]
    rows = _ordered(wide, column, last).rename_axis("key").reset_index()
    columns = [
        build.column("key", written.label(words, kind)),
        build.column(column, _protected(words), number=True),
    ]
    return build.table(rows, columns)


def open_participation(cells: pd.DataFrame, words: Words) -> Table:
    """The departments that took part, by faculty, and in all."""
    rows = cells[cells["table"] == "participation"]
    if len(rows) == 1:
        rows = rows.head(0)
    wide = _wide(rows, "participation")
    build = Builder(words, "open_participation")
    order = [
        *sorted(key for key in wide.index if key not in (ALL, OTHER_FACULTIES)),
        *(key for key in (OTHER_FACULTIES, ALL) if key in wide.index),
    ]
    table = wide.reindex(order).rename_axis("faculty").reset_index()
    columns = [
        build.column("faculty", _faculty(words)),
        build.column("participating", _protected(words), number=True),
    ]
    return build.table(table.reindex(columns=["faculty", "participating"]), columns)


def _faculty(words: Words) -> Cell:
    """A faculty's own name; the texts' for all, and for the small ones put together."""
    own = {ALL: "open.all", OTHER_FACULTIES: "open.other_faculties"}
    return lambda name: words.say(own[name]) if name in own else name


def open_instruments(cells: pd.DataFrame, words: Words) -> Table:
    """What each instrument gave: departments, and persons where they are counted."""
    wide = _wide(cells, "instruments").reindex(columns=["departments", "persons"])
    order = [rule.key for rule in words.protocol.instruments]
    build = Builder(words, "open_instruments")
    columns = [
        build.column("instrument", written.label(words, "instrument")),
        *(build.column(name, _protected(words), number=True) for name in map(str, wide)),
    ]
    return build.table(wide.reindex(order).rename_axis("instrument").reset_index(), columns)


def open_tiers(cells: pd.DataFrame, words: Words) -> Table:
    """Departments by tier."""
    wide = _wide(cells, "tiers").reindex([*TIERS, UNCLASSIFIED])
    build = Builder(words, "open_tiers")
    columns = [
        build.column("tier", written.tier(words)),
        build.column("departments", _protected(words), number=True),
    ]
    return build.table(wide.rename_axis("tier").reset_index(), columns)


def open_tiers_by_faculty(cells: pd.DataFrame, words: Words) -> Table:
    """Departments by faculty and tier; no rows if there is one faculty alone."""
    wide = _wide(cells, "tiers_by_faculty").reindex(columns=[*TIERS, UNCLASSIFIED])
    build = Builder(words, "open_tiers_by_faculty")
    order = sorted(wide.index, key=lambda name: (name == OTHER_FACULTIES, name))
    columns = [
        build.column("faculty", _faculty(words)),
        *(
            Column(key, written.tier(words)(key), _protected(words), number=True)
            for key in map(str, wide)
        ),
    ]
    return build.table(wide.reindex(order).rename_axis("faculty").reset_index(), columns)


def open_grid(cells: pd.DataFrame, words: Words) -> Table:
    """Conditions by needs, with the totals of both."""
    wide = _wide(cells, "grid").reindex([*CONDITIONS_LEVELS, ALL])
    build = Builder(words, "open_grid")
    columns = [
        build.column("conditions", _level(words, "conditions_level")),
        *(
            Column(key, _level(words, "needs_level")(key), _protected(words), number=True)
            for key in (*NEEDS_LEVELS, ALL)
        ),
    ]
    table = wide.reindex(columns=[*NEEDS_LEVELS, ALL]).rename_axis("conditions").reset_index()
    return build.table(table, columns)


def _level(words: Words, kind: str) -> Cell:
    label = written.label(words, kind)
    return lambda key: words.say("open.all") if key == ALL else label(key)


def open_needs_by_tier(cells: pd.DataFrame, words: Words) -> Table:
    """Internal needs by tier: of the departments of each."""
    wide = _wide(cells, "needs_by_tier").reindex(columns=list(TIERS))
    build = Builder(words, "open_needs_by_tier")
    order = [need.key for need in words.protocol.needs if need.key in wide.index]
    columns = [
        build.column("need", written.label(words, "need")),
        *(
            Column(key, written.tier(words)(key), _protected(words), number=True)
            for key in map(str, wide)
        ),
    ]
    return build.table(wide.reindex(order).rename_axis("need").reset_index(), columns)


def open_swot(cells: pd.DataFrame, words: Words) -> Table:
    """Themes by quadrant: the departments that mention them."""
    wide = _wide(cells, "swot").T.reindex(columns=list(_QUADRANTS))
    build = Builder(words, "open_swot")
    order = [theme for theme in words.protocol.themes if theme in wide.index]
    columns = [
        build.column("theme", written.label(words, "theme")),
        *(
            Column(key, capital(words.label("quadrant", key)), _protected(words), number=True)
            for key in map(str, wide)
        ),
    ]
    return build.table(wide.reindex(order).rename_axis("theme").reset_index(), columns)


def open_findings(findings: pd.DataFrame, words: Words) -> Table:
    """The verdict on every finding of the published summary, in its order."""
    statements = words.protocol.statements
    order = [
        key for section in SECTIONS for key in statements if statements[key].section == section
    ]
    rows = findings.set_index("finding").reindex(
        [key for key in order if key in set(findings["finding"])]
    )
    shown = rows["verdict"].mask(rows["hidden"].astype(bool), HIDDEN)
    build = Builder(words, "open_findings")
    columns = [
        build.column("finding", written.label(words, "finding")),
        build.column("verdict", _verdict(words)),
    ]
    return build.table(shown.rename("verdict").reset_index(), columns)


def _verdict(words: Words) -> Cell:
    return lambda key: (
        words.say("open.mark") if key == HIDDEN else words.say(f"findings.verdict.{key}")
    )


_COMPARED = {
    "participation": "",
    "tiers": "tier",
    "conditions": "indicator",
    "arrangements": "arrangement",
    "origins": "origin",
    "needs_internal": "need",
    "needs_external": "voice",
    "recommendations": "recommendation",
}
"""The tables that are compared with the last open edition, in their order, and their rows' kind."""


def open_change(change: pd.DataFrame, words: Words) -> Table:
    """What the last open edition and this one both show; no rows if there is none before."""
    rows = change[change["table"].isin(_COMPARED)]
    place = {table: number for number, table in enumerate(_COMPARED)}
    rows = rows.assign(place=rows["table"].map(place)).sort_values(["place", "row"])
    build = Builder(words, "open_change")

    def named(table: str, key: str) -> str:
        if kind := _COMPARED[table]:
            return capital(words.label(kind, key))
        return _faculty(words)(key)

    shown = rows.assign(
        what=[words.say(f"open.tables.{table}") for table in rows["table"]],
        key=[named(t, k) for t, k in zip(rows["table"], rows["row"], strict=True)],
    )
    columns = [
        build.column("what"),
        build.column("key"),
        *build.numbers("then", "of_then", "now", "of_now"),
    ]
    return build.table(shown, columns, row_headers=2, rows_of="open_change")
