"""Facts on the conditions: their levels, and how the work is organised and started."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mapping.facts.counting import Facts, counted, first, largest
from mapping.facts.tiers import with_tier
from mapping.protocol import Protocol
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


def conditions(indicators: pd.DataFrame, tiers: pd.DataFrame, protocol: Protocol) -> Facts:
    """The strongest and the weakest condition, and the one that separates the tiers most.

    ``separating`` are those with the largest difference between the means of the highest and
    the lowest tier, none if there is no difference; ``means`` are the two of the first.
    """
    rows = indicators[indicators["indicator"].isin(protocol.indicator_keys("conditions"))]
    level = rows.groupby("indicator")["level"].mean().dropna().round(DECIMALS)
    wide = profiles(rows, tiers).pivot(index="indicator", columns="tier", values="level")
    wide = wide.reindex(columns=list(TIERS))
    ends = wide[[TIERS[0], TIERS[-1]]].dropna()
    gap = (ends[TIERS[0]] - ends[TIERS[-1]]).round(DECIMALS)
    separating = sorted(gap[(gap == gap.max()) & (gap > 0)].index)
    return {
        "departments": int(rows.dropna(subset=["level"])["department_id"].nunique()),
        "highest": sorted(level[level == level.max()].index),
        "highest_level": float(level.max()) if len(level) else 0.0,
        "lowest": sorted(level[level == level.min()].index),
        "lowest_level": float(level.min()) if len(level) else 0.0,
        "separating": separating,
        "means": ends.loc[separating[0]].to_dict() if separating else {},
        "scale": protocol.levels.highest,
    }


def arrangements(arrangements: pd.DataFrame, protocol: Protocol) -> Facts:
    """The commonest way to arrange the responsibility."""
    keys = [arrangement.key for arrangement in protocol.arrangements]
    return _commonest(arrangements["arrangement"], keys)


def origins(arrangements: pd.DataFrame, protocol: Protocol) -> Facts:
    """The commonest way in which the work started."""
    return _commonest(arrangements["origin"], [origin.key for origin in protocol.origins])


def _commonest(values: pd.Series, keys: list[str]) -> Facts:
    counts = counted(values, keys)
    return {"first": first(counts), "first_count": largest(counts)}
