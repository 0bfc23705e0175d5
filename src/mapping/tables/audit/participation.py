"""Tables of who is missing, and of how far the missing could turn the headline shares."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mapping.display import visible
from mapping.facts.audit.rows import Row
from mapping.prose import Words
from mapping.references import cell, computed, of
from mapping.tables import cells
from mapping.tables.audit.marks import counts, ends, told, traced
from mapping.tables.table import Builder, Cell, Table
from mapping.vocabulary import BOUNDED, THIRDS, UNKNOWN

if TYPE_CHECKING:
    from mapping.auditing import Audit

GROUPED = ("all", "faculty", "programmes", "staff_fte")
"""What the register's departments are grouped by, in the order in which it is told."""

_LABELLED = {"conditions": "conditions_level", "needs": "needs_level", "with_need": "side"}
"""Kinds of headline shares whose keys have labels of another kind."""


def missing(audit: Audit, words: Words) -> Table:
    """How many departments of each faculty and size took part: one row a group."""
    table = audit.missing
    place = {by: number for number, by in enumerate(GROUPED)}
    size = {third: number for number, third in enumerate((*THIRDS, UNKNOWN))}
    ordered = table.assign(
        by_place=table["by"].map(place), size_place=table["group"].map(size).fillna(0)
    ).sort_values(["by_place", "size_place", "group"], kind="stable")
    groups = ordered.to_dict("records")
    shown = traced(ordered, "missing", "departments").assign(
        who=cells.objects([_group(row, words) for row in groups], ordered),
        absent=cells.objects([_absent(row) for row in groups], ordered),
        count=counts(ordered, "missing", "participating", "departments"),
    )
    build = Builder(words, "audit_missing")
    columns = [
        build.column("who", told),
        *build.numbers("departments"),
        build.column("count", cells.share(words), number=True),
        *build.numbers("absent"),
    ]
    return build.table(shown, columns)


def _absent(row: Row) -> float:
    """How many of a group did not take part, traced."""
    both = (cell("missing", row, name) or 0 for name in ("departments", "participating"))
    return computed("difference", *both)


def _group(row: Row, words: Words) -> str:
    """A faculty by its name, a third by its ends."""
    by, group = str(row["by"]), str(row["group"])
    if by == "faculty" and group != UNKNOWN:
        return visible(group)
    third = {"third": words.say(f"audit.third.{group}")} if group in THIRDS else {}
    low, high = (cell("missing", row, end) for end in ("lowest", "highest"))
    if low is None or high is None:
        part = UNKNOWN if group == UNKNOWN else "empty" if third else "all"
        return words.say(f"audit.group.{part}.{by}", **third)
    number = partial(words.formats.number, decimals=0 if by == "programmes" else 1)
    ends = {"lowest": number(low), "highest": number(high)}
    return words.say(f"audit.group.third.{by}", **third, **ends)


def bounds(audit: Audit, words: Words) -> Table:
    """Every headline share with its hard bounds: one row a share."""
    table = audit.bounds
    place = {kind: number for number, kind in enumerate(BOUNDED)}
    order = table.assign(place=table["kind"].map(place))
    ordered = order.sort_values(["place", "share", "key"], ascending=[True, False, True])
    measures = list(zip(ordered["kind"], ordered["key"], strict=True))
    shown = traced(ordered, "bounds", "unknown").assign(
        measure=cells.objects(measures, ordered),
        count=counts(ordered, "bounds", "departments", "known"),
        ends=ends(ordered, "bounds", "low", "high"),
    )
    build = Builder(words, "audit_bounds")
    columns = [
        build.column("measure", headline(words)),
        build.column("count", words.formats.count, number=True),
        *build.numbers("unknown"),
        build.column("ends", cells.interval(words), number=True),
    ]
    return build.table(
        shown, columns, n=of("missing", audit.missing).where(by="all").sum("departments")
    )


def headline(words: Words) -> Cell:
    """A headline share's kind and key in words."""

    def write(measure: tuple[str, str]) -> str:
        kind, key = measure
        if kind == "tier":
            return cells.tier(words)(key)
        name = words.measured(_LABELLED.get(kind, kind), key)
        return words.say(f"audit.headline.{kind}", name=name)

    return write
