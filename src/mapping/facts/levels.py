"""Facts on the conditions: their levels, and how the work is organised and started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from mapping.facts.counting import Facts, counted, first, largest
from mapping.facts.tiers import with_tier
from mapping.protocol import Protocol
from mapping.references import Traced, of, setting
from mapping.vocabulary import DECIMALS, TIERS


def profiles(indicators: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    """Mean of the known levels of each indicator in each tier.

    One row is an indicator and a tier that has any known: indicator, tier, level (0 to 3), n.
    """
    known = indicators.merge(tiers[["department_id", "tier"]], on="department_id")
    known = with_tier(known.dropna(subset=["level"]))
    levels = known.groupby(["indicator", "tier"])["level"]
    table = pd.DataFrame({"level": levels.mean().round(DECIMALS), "n": levels.count()})
    return table.reset_index()


def by_level(indicators: pd.DataFrame, tiers: pd.DataFrame, shown: Sequence[str]) -> list[str]:
    """The indicators by their mean level over the departments that have a tier.

    The highest first, equal ones as in ``shown``; those of which no level is known last.
    """
    known = indicators.merge(with_tier(tiers)[["department_id"]], on="department_id")
    level = known.groupby("indicator")["level"].mean().round(DECIMALS).reindex(list(shown))
    return list(level.sort_values(ascending=False, kind="stable", na_position="last").index)


def profile_level(
    indicators: pd.DataFrame, tiers: pd.DataFrame, indicator: str, tier: str
) -> Traced | None:
    """The mean level of an indicator in a tier as in :func:`profiles`, traced; None of nothing."""
    members = of("tiers", tiers).where(tier=tier)
    known = of("indicators", indicators).where(indicator=indicator).known("level").among(members)
    return known.mean("level") if len(known.frame) else None


def conditions(indicators: pd.DataFrame, tiers: pd.DataFrame, protocol: Protocol) -> Facts:
    """The strongest and the weakest condition, and the one that separates the tiers most.

    ``separating`` are those with the largest difference between the means of the highest and
    the lowest tier, none if there is no difference; ``means`` are the two of the first.
    """
    keys = protocol.indicator_keys("conditions")
    known = of("indicators", indicators).where(indicator=keys).known("level")
    rows = {key: known.where(indicator=key) for key in sorted(keys)}
    level = {key: each.mean("level") for key, each in rows.items() if len(each.frame)}
    ends = [max(level.values()), min(level.values())] if level else [0.0, 0.0]
    means = {key: _ends(indicators, tiers, key) for key in level}
    separating = _separating(means)
    return {
        "departments": known.distinct(),
        "highest": [key for key, mean in level.items() if mean == ends[0]],
        "highest_level": ends[0],
        "lowest": [key for key, mean in level.items() if mean == ends[1]],
        "lowest_level": ends[1],
        "separating": separating,
        "means": means[separating[0]] if separating else {},
        "scale": setting(protocol, "levels.highest"),
    }


def _ends(indicators: pd.DataFrame, tiers: pd.DataFrame, key: str) -> dict[str, Traced]:
    """The indicator's means in the highest and in the lowest tier, where they are known."""
    found = {tier: profile_level(indicators, tiers, key, tier) for tier in (TIERS[0], TIERS[-1])}
    return {tier: level for tier, level in found.items() if level is not None}


def _separating(means: Mapping[str, Mapping[str, float]]) -> list[str]:
    gaps = {
        key: round(ends[TIERS[0]] - ends[TIERS[-1]], DECIMALS)
        for key, ends in means.items()
        if len(ends) == 2
    }
    largest_gap = max(gaps.values(), default=0.0)
    return sorted(key for key, gap in gaps.items() if gap == largest_gap and gap > 0)


def arrangements(arrangements: pd.DataFrame, protocol: Protocol) -> Facts:
    """The commonest way to arrange the responsibility."""
    keys = [arrangement.key for arrangement in protocol.arrangements]
    return _commonest(arrangements, "arrangement", keys)


def origins(arrangements: pd.DataFrame, protocol: Protocol) -> Facts:
    """The commonest way in which the work started."""
    return _commonest(arrangements, "origin", [origin.key for origin in protocol.origins])


def _commonest(arrangements: pd.DataFrame, column: str, keys: list[str]) -> Facts:
    counts = counted(of("arrangements", arrangements), column, keys)
    return {"first": first(counts), "first_count": largest(counts)}
