"""Facts on the grouping under every defensible choice of method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mapping.facts.audit.rows import counted, rows_of
from mapping.facts.counting import Facts
from mapping.references import Selected, Traced, cell, exact_setting, of
from mapping.vocabulary import TIERS, UNCLASSIFIED

if TYPE_CHECKING:
    from mapping.auditing import Audit


def choices(audit: Audit) -> Facts:
    """How many choices there are, and how many departments have a clear tier over them.

    ``grouped`` are the departments with a tier in the reports: ``clear`` those that have a clear
    tier, ``doubtful`` the ids of the others, ``never`` those that no choice gives another tier,
    ``single`` those that one changed factor does. ``other`` have a clear tier that is not the
    reports'.
    """
    certainty = of("certainty", audit.certainty)
    grouped = certainty.without(tier=UNCLASSIFIED)
    clear = grouped.known("clear_tier")
    steady = grouped.unknown("flip_factors")
    return {
        "choices": of("choices", audit.choices).count(),
        "limit": exact_setting(audit.protocol, "audit.clear_tier"),
        "clear": counted(clear, grouped),
        "doubtful": [row["department_id"] for row in rows_of(grouped.unknown("clear_tier"))],
        "other": changed(clear, "tier", "clear_tier"),
        "never": counted(steady, grouped),
        "single": counted(grouped.where(flip_factors=1), grouped),
    }


def changed(rows: Selected, before: str, after: str) -> Traced:
    """How many rows have one tier in one column and another tier in the other."""
    return rows.where(**{before: TIERS, after: TIERS}).beside(before, "!=", after).count()


def curve(audit: Audit) -> Facts:
    """How many departments the choices leave in the reports' tier, and the tiers' sizes.

    ``sizes`` are the fewest and the most departments that any choice puts in each tier, and how
    many the reports do.
    """
    table = of("choices", audit.choices)
    grouped = of("certainty", audit.certainty).without(tier=UNCLASSIFIED)
    reported = table.where(number=1)
    return {
        "grouped": grouped.count(),
        "fewest": table.smallest("same"),
        "middle": table.median("same"),
        "sizes": {
            tier: (reported.sum(tier), table.smallest(tier), table.largest(tier)) for tier in TIERS
        },
    }


def effects(audit: Audit) -> Facts:
    """Which factors move the tiers most: their shares of the variance, the largest first.

    ``factors`` are those with more than nothing, in that order; without any if no tier ever
    changes. ``together`` is what factors do only together.
    """
    table = of("choice_effects", audit.choice_effects)
    known = rows_of(table.known("share"))
    own = [row for row in known if row["factor"] != "interactions" and row["share"] > 0]
    own.sort(key=lambda row: (-row["share"], row["factor"]))
    shares = {row["factor"]: cell("choice_effects", row, "share") for row in known}
    flips = [row for row in rows_of(table.known("flips")) if row["flips"]]
    flips.sort(key=lambda row: (-row["flips"], row["factor"]))
    return {
        "factors": {row["factor"]: shares[row["factor"]] for row in own[:_TOLD]},
        "together": shares.get("interactions"),
        "flips": {row["factor"]: cell("choice_effects", row, "flips") for row in flips[:_TOLD]},
    }


_TOLD = 3
"""More factors than these stand in the table alone."""


def left_out(audit: Audit) -> Facts:
    """What leaving out one thing does to the tiers.

    ``most`` are the things without which most departments get another tier, each as kind and key
    (a coder by number), ``moved`` how many do; ``losing`` and ``lost`` likewise those without which
    most are left without a tier. ``shares`` is between what the share of each tier
    lies without one department; ``words`` how many departments there are without which a tier's
    share would be said by another word.
    """
    table = of("left_out", audit.left_out)
    keys = sorted(set(zip(table.frame["what"], table.frame["key"], strict=True)))
    rows = {(what, key): table.where(what=what, key=key) for what, key in keys}
    changes = {thing: changed(own, "tier", "tier_without") for thing, own in rows.items()}
    losses = {
        thing: own.where(tier=TIERS, tier_without=UNCLASSIFIED).count()
        for thing, own in rows.items()
    }
    most, moved = _most(changes)
    losing, lost = _most(losses)
    without = of("without_department", audit.without_department)
    told = without.known(*(f"share_{tier}" for tier in TIERS))
    return {
        "most": most,
        "moved": moved,
        "losing": losing,
        "lost": lost,
        "things": len(keys),
        "shares": {
            tier: (told.smallest(f"share_{tier}"), told.largest(f"share_{tier}")) for tier in TIERS
        }
        if len(told.frame)
        else {},
        "words": counted(without.known("words"), without),
    }


def _most(things: Mapping[tuple[str, str], Traced]) -> tuple[list[tuple[str, str]], Traced | int]:
    """The things that have the largest number, a coder by number; none if that is nothing."""
    worst = max(things.values(), default=0)
    named = [thing for thing, n in things.items() if n == worst and n]
    return [(what, key.rpartition("-")[2]) for what, key in named], worst
