"""Tables of the grouping under every defensible choice of method."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from mapping.facts.audit.choices import changed
from mapping.facts.audit.rows import Row
from mapping.plots.certainty import sorted_by_certainty
from mapping.prose import Words
from mapping.prose.formats import NBSP, capital
from mapping.references import Selected, cell, exact_setting, of
from mapping.tables import cells
from mapping.tables.audit.agreement import rater
from mapping.tables.audit.marks import traced
from mapping.tables.table import Builder, Cell, Table
from mapping.vocabulary import FACTORS, TIERS, UNCLASSIFIED

if TYPE_CHECKING:
    from mapping.auditing import Audit

FACTOR_WIDTHS = (24, 10, 66)
CERTAINTY_WIDTHS = (16, 13, 8, 10, 8, 12, 33)
"""Of the columns, in per cent."""

_TOLD = 2
"""More changes than these are counted in the table, not named."""

_LEFT_OUT = ("indicator", "coder", "instrument")


def factors(audit: Audit, words: Words) -> Table:
    """The set of choices, in full: one row a factor, with all its levels, the reports' first.

    Every combination of one level of each is a choice, so that the table says what they all are.
    """
    table = of("choices", audit.choices)
    stated = table.frame.sort_values("number")
    rows: list[dict[str, Any]] = [
        {
            "factor": factor,
            "levels": table.distinct(factor),
            "keys": [(factor, key) for key in dict.fromkeys(stated[factor])],
        }
        for factor in FACTORS
    ]
    build = Builder(words, "audit_factors")
    columns = [
        build.column("factor", cells.label(words, "factor")),
        *build.numbers("levels"),
        build.column("keys", _levels(words)),
    ]
    frame = pd.DataFrame(rows, dtype="object")
    product = " × ".join(words.formats.number(row["levels"]) for row in rows)
    made = build.table(frame, columns, product=product, choices=table.count())
    return replace(made, widths=FACTOR_WIDTHS)


def _levels(words: Words) -> Cell:
    def write(keys: list[tuple[str, str]]) -> str:
        return "; ".join(words.label("choice", f"{factor}={key}") for factor, key in keys)

    return write


def certainty(audit: Audit, words: Words) -> Table:
    """Each department's share of the choices in each tier, and what gives it another one.

    One row is a department that some choice gives a tier, in the order of the figure.
    """
    ordered = sorted_by_certainty(audit.certainty)
    shares = [f"share_{tier}" for tier in TIERS]
    shown = traced(ordered, "certainty", *shares).assign(
        clear=ordered["group"],
        change=cells.objects([_flip(row) for row in ordered.to_dict("records")], ordered),
    )
    build = Builder(words, "audit_certainty")
    columns = [
        build.column("department_id", cells.department(words)),
        build.column("tier", cells.tier(words)),
        *(build.column(name, words.formats.chance, number=True) for name in shares),
        build.column("clear", _clear(words)),
        build.column("change", _change(words)),
    ]
    limit = exact_setting(audit.protocol, "audit.clear_tier")
    count = of("choices", audit.choices).count()
    made = build.table(shown, columns, limit=limit, choices=count)
    return replace(made, widths=CERTAINTY_WIDTHS)


def _flip(row: Row) -> tuple[str, int, str] | None:
    """What gives another tier, how many changes that is, and which tier."""
    number = cell("certainty", row, "flip_factors")
    return None if number is None else (row["flip"], cast(int, number), row["flip_tier"])


def _clear(words: Words) -> Cell:
    return lambda group: (
        words.say("audit.no_clear_tier") if group == "none" else words.label("tier", group)
    )


def _change(words: Words) -> Cell:
    """What changes, or how many things if they are many, and the tier then."""

    def write(change: tuple[str, int, str]) -> str:
        how, number, tier = change
        changes = how.split(" ")
        told = " + ".join(words.label("choice", each) for each in changes)
        if len(changes) > _TOLD:
            told = words.say("audit.changes", number=number)
        return f"{told} →{NBSP}{words.label('tier', tier)}"

    return write


def effects(audit: Audit, words: Words) -> Table:
    """What share of the tiers' variance each factor accounts for: one row a factor."""
    table = audit.choice_effects
    own = table["factor"] != "interactions"
    ordered = table.assign(last=~own).sort_values(
        ["last", "share", "factor"], ascending=[True, False, True], kind="stable"
    )
    shown = traced(ordered, "choice_effects", "levels", "share", "total", "flips", "loses")
    build = Builder(words, "audit_effects")
    columns = [
        build.column("factor", _factor(words)),
        *build.numbers("levels"),
        *(build.column(name, words.formats.chance, number=True) for name in ("share", "total")),
        *build.numbers("flips", "loses"),
    ]
    return build.table(shown, columns)


def _factor(words: Words) -> Cell:
    def write(key: str) -> str:
        own = key in FACTORS
        return capital(words.label("factor", key) if own else words.say(f"audit.{key}"))

    return write


def left_out(audit: Audit, words: Words) -> Table:
    """How many departments get another tier, or none, without one thing: one row a thing."""
    table = of("left_out", audit.left_out)
    things = dict.fromkeys(zip(table.frame["what"], table.frame["key"], strict=True))
    rows = [
        {"thing": (what, key), **_without(table.where(what=what, key=key))}
        for what, key in sorted(things, key=lambda thing: _LEFT_OUT.index(thing[0]))
    ]
    build = Builder(words, "audit_left_out")
    columns = [
        build.column("thing", thing(words)),
        *build.numbers("moved", "lost"),
        build.column("who", _who(words)),
    ]
    frame = pd.DataFrame(rows, columns=["thing", "moved", "lost", "who"], dtype="object")
    return build.table(frame, columns)


def _without(rows: Selected) -> dict[str, Any]:
    """Those with another tier, those that lose theirs, and who gets which."""
    own = rows.where(tier=TIERS, tier_without=TIERS).beside("tier", "!=", "tier_without").frame
    moved = list(zip(own["department_id"], own["tier_without"], strict=True))
    return {
        "moved": changed(rows, "tier", "tier_without"),
        "lost": rows.where(tier=TIERS, tier_without=UNCLASSIFIED).count(),
        "who": moved or None,
    }


def _who(words: Words) -> Cell:
    """The departments with the tier that they get; of many only how many."""

    def write(moved: list[tuple[str, str]]) -> str:
        told = moved if len(moved) <= _FEW else moved[:_FEW]
        names = [f"{words.label('department', who)} →{NBSP}{words.label('tier', tier)}"
                 for who, tier in told]  # fmt: skip
        return ", ".join([*names, *(["…"] if len(moved) > _FEW else [])])

    return write


_FEW = 6
"""More departments than these are not named in a cell; the workbook has them all."""


def thing(words: Words) -> Cell:
    """What is left out, in words."""

    def write(thing: tuple[str, str]) -> str:
        what, key = thing
        name = rater("coders", key, words) if what == "coder" else words.label(what, key)
        return words.say(f"audit.thing.{what}", name=name)

    return write
