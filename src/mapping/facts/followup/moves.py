"""Facts on the tiers then and now, and on the departments that moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from mapping.facts.counting import Count, Facts
from mapping.facts.followup.measures import (
    TESTED,
    TIER_TESTS,
    TOO_FEW,
    comparable,
    each,
    measured,
    number,
    years,
)
from mapping.references import Selected, of, setting
from mapping.vocabulary import TIERS

if TYPE_CHECKING:
    from mapping.comparison import FollowUp


def moves(transitions: pd.DataFrame) -> Facts:
    """How many departments moved clearly, of those with a tier in both years.

    ``uncertain`` are the moves within the uncertainty of the grouping.
    """
    known = of("transitions", transitions).known("move")

    def of_known(rows: Selected) -> Count:
        return Count(rows.count(), known.count())

    return {
        "classified": known.count(),
        "clear": of_known(known.where(clear=True)),
        "up": of_known(known.where(move="up", clear=True)),
        "down": of_known(known.where(move="down", clear=True)),
        "uncertain": of_known(known.where(clear=False)),
        "stayed": of_known(known.where(move="same")),
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
        "classified": of("transitions", table).known("move").count(),
        "comparable": comparable(follow),
        "up": ids((table["move"] == "up") & clear),
        "down": ids((table["move"] == "down") & clear),
        "uncertain": ids(ways & ~clear),
        "limit": setting(follow.protocol, "tier_rules.borderline"),
    }


def tiers(follow: FollowUp) -> Facts:
    """The tiers of the same departments in both years, and what the tests say of them.

    ``tests`` has for each test that was made its p, and Holm's; ``few`` says that there were too
    few pairs for any.
    """
    rows = measured(follow, "tier")
    tests = rows[rows["key"].isin(TIER_TESTS)]
    told = tests[tests["status"] == TESTED]
    return {
        **years(follow),
        **_kept(moves(follow.transitions)),
        "comparable": comparable(follow),
        "tiers_then": _tiers(follow.flows, "tier_then"),
        "tiers_now": _tiers(follow.flows, "tier_now"),
        "tests": {str(row.key): _test(row) for row in each(told)},
        "few": bool((tests["status"] == TOO_FEW).any()),
        "fewest": setting(follow.protocol, "follow_up.pairs"),
        "significance": follow.protocol.follow_up.significance,
    }


def _kept(facts: Facts) -> Facts:
    return {name: facts[name] for name in ("classified", "stayed", "up", "down", "uncertain")}


def _tiers(flows: pd.DataFrame, year: str) -> dict[str, Count]:
    """The departments with a tier in both years, by their tier in one of them."""
    every = of("flows", flows)
    return {tier: _sum(every.where(**{year: tier}), every) for tier in TIERS}


def _sum(rows: Selected, every: Selected) -> Count:
    n, base = (cast(int, each.sum("departments")) for each in (rows, every))
    return Count(n, base)


def _test(row: Any) -> Facts:
    return {"p": number(row, "p"), "p_holm": number(row, "p_holm")}
