"""Facts on the tiers then and now, and on the departments that moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.facts.counting import Count, Facts
from mapping.facts.followup.measures import (
    TESTED,
    TIER_TESTS,
    TOO_FEW,
    comparable,
    each,
    measured,
    years,
)
from mapping.vocabulary import TIERS

if TYPE_CHECKING:
    from mapping.comparison import FollowUp


def moves(transitions: pd.DataFrame) -> Facts:
    """How many departments moved clearly, of those with a tier in both years.

    ``uncertain`` are the moves within the uncertainty of the grouping.
    """
    known = transitions.dropna(subset=["move"])
    moved, clear = known["move"].isin(["up", "down"]), known["clear"].fillna(value=False)

    def of_known(rows: pd.Series) -> Count:
        return Count(int(rows.sum()), len(known))

    return {
        "classified": len(known),
        "clear": of_known(moved & clear),
        "up": of_known((known["move"] == "up") & clear),
        "down": of_known((known["move"] == "down") & clear),
        "uncertain": of_known(moved & ~clear),
        "stayed": of_known(~moved),
    }


def moved(follow: FollowUp) -> Facts:
    """Which departments moved: clearly up, clearly down, within the uncertainty."""
    table = follow.transitions
    clear = table["clear"].fillna(value=False)

    def ids(rows: pd.Series) -> list[str]:
        return sorted(table.loc[rows.fillna(value=False), "department_id"])

    ways = table["move"].isin(["up", "down"])
    return {
        **years(follow),
        "classified": int(table["move"].notna().sum()),
        "comparable": comparable(follow),
        "up": ids((table["move"] == "up") & clear),
        "down": ids((table["move"] == "down") & clear),
        "uncertain": ids(ways & ~clear),
        "limit": follow.protocol.tier_rules.borderline,
    }


def tiers(follow: FollowUp) -> Facts:
    """The tiers of the same departments in both years, and what the tests say of them.

    ``tests`` has for each test that was made its p, and Holm's; ``few`` says that there were too
    few pairs for any.
    """
    rows = measured(follow, "tier").set_index("key")
    tests = rows.loc[rows.index.isin(TIER_TESTS)]
    told = tests[tests["status"] == TESTED]
    return {
        **years(follow),
        **_kept(moves(follow.transitions)),
        "comparable": comparable(follow),
        "tiers_then": _tiers(follow.flows, "tier_then"),
        "tiers_now": _tiers(follow.flows, "tier_now"),
        "tests": {str(key): _test(row) for key, row in zip(told.index, each(told), strict=True)},
        "few": bool((tests["status"] == TOO_FEW).any()),
        "fewest": follow.protocol.follow_up.pairs,
        "significance": follow.protocol.follow_up.significance,
    }


def _kept(facts: Facts) -> Facts:
    return {name: facts[name] for name in ("classified", "stayed", "up", "down", "uncertain")}


def _tiers(flows: pd.DataFrame, year: str) -> dict[str, Count]:
    """The departments with a tier in both years, by their tier in one of them."""
    counts = flows.groupby(year)["departments"].sum()
    return {tier: Count(int(counts[tier]), int(counts.sum())) for tier in TIERS}


def _test(row: Any) -> Facts:
    return {"p": float(row.p), "p_holm": float(row.p_holm)}
