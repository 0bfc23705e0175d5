"""Tiers: each department's nearest ideal type.

The summary describes three ideal types. A department's fit to one is how near its profile of
aspects lies to the ideal (profile deviation: D. H. Doty and W. H. Glick, Typologies as a unique
form of theory building, Academy of Management Review 19, 1994). Ideals are ordered, so that
raising an indicator never lowers the tier.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from mapping.indicators import levels
from mapping.protocol import Aspect, Protocol
from mapping.schemas import conform
from mapping.vocabulary import DECIMALS, TIERS, UNCLASSIFIED

LOWEST_FIRST = TIERS[::-1]
"""Ties go to the lower tier: the first maximum in this order is the tier."""


def aspect_levels(indicators: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Level of every aspect: the mean of the known indicators that it rests on.

    One row is a participating department (the index), one column an aspect in the protocol's
    order; 0 to 3, missing where none of its indicators is known.
    """
    known = levels(indicators).reindex(columns=protocol.indicator_keys()).astype("float64")
    return pd.DataFrame(
        {a.key: known[list(a.rests_on)].mean(axis=1).round(DECIMALS) for a in protocol.aspects}
    )


def fits(levels: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Fit to each ideal type: 1 minus the mean absolute deviation over the scale's length.

    One row is a department, one column a tier from the lowest; 0 to 1. Only known aspects
    count; missing where the department has too few of them to be classified.
    """
    keys, enough = list(protocol.aspect_keys), protocol.tier_rules.aspects_known
    known = levels.loc[levels.count(axis=1) >= enough, keys]
    ideals = [[aspect.ideal[tier] for aspect in protocol.aspects] for tier in LOWEST_FIRST]
    distances = np.abs(known.to_numpy(dtype=float)[:, None, :] - np.array(ideals))
    fit = (1 - np.nanmean(distances, axis=2) / protocol.levels.highest).round(DECIMALS)
    return pd.DataFrame(fit, known.index, list(LOWEST_FIRST)).reindex(levels.index)


def nearest_tier(fit: pd.DataFrame) -> pd.Series:
    """The tier of the largest fit, ties to the lower one; missing where the fits are."""
    classified = fit.notna().all(axis=1)
    return fit[classified].idxmax(axis=1).reindex(fit.index)


def tiers(indicators: pd.DataFrame, departments: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Tier, fits and margin of every department of the frame.

    One row is a department (table ``tiers``). The tier is the largest fit, ties to the lower
    tier; the margin is the largest minus the second largest fit; borderline says that the
    margin is below the protocol's limit. A department with too few known aspects, or without
    evidence, is unclassified: its fits and margin are missing and it is not borderline.
    """
    fit = fits(aspect_levels(indicators, protocol), protocol).reindex(departments["department_id"])
    tier = nearest_tier(fit).fillna(UNCLASSIFIED)
    ordered = np.sort(fit.to_numpy(), axis=1)
    margin = pd.Series(ordered[:, -1] - ordered[:, -2], index=fit.index).round(DECIMALS)
    table = fit.add_prefix("fit_").assign(
        tier=tier, margin=margin, borderline=margin < protocol.tier_rules.borderline
    )
    return conform(table.reset_index(), "tiers")


def aspects(indicators: pd.DataFrame, tiers: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Level, nearest ideal and smallest change of every aspect of every participant.

    One row is a department and an aspect (table ``aspects``). ``nearest`` is the tier whose
    ideal lies nearest to the level, ties to the lower tier; missing where the level is.
    ``to_next_tier`` is the level that the aspect is raised to in the smallest change that
    makes the department's fit to the next tier up equal to that of its own: anything above
    decides for the next tier. Missing where the aspect stays as it is, where there is no
    higher tier, or where the two fits are equal already (see :func:`deciding`).
    """
    levels = aspect_levels(indicators, protocol)
    tier = tiers.set_index("department_id")["tier"]
    known = [dict(zip(levels.columns, row, strict=True)) for row in levels.to_numpy()]
    own = tier.loc[levels.index]
    changes = pd.DataFrame(
        [_smallest_change(*each, protocol) for each in zip(known, own, strict=True)],
        index=levels.index,
        columns=levels.columns,
        dtype="float64",
    )
    table = _long(levels, "level")
    raised = _long(changes, "to_next_tier")["to_next_tier"]
    return conform(table.assign(nearest=_nearest(table, protocol), to_next_tier=raised), "aspects")


def _long(wide: pd.DataFrame, value: str) -> pd.DataFrame:
    """One row for each department and aspect, in the same order for every frame of one shape."""
    return wide.reset_index().melt("department_id", var_name="aspect", value_name=value)


def _nearest(table: pd.DataFrame, protocol: Protocol) -> pd.Series:
    ideals = {a.key: a.ideal for a in protocol.aspects}
    nearest = {
        tier: table["aspect"].map({key: ideal[tier] for key, ideal in ideals.items()})
        for tier in LOWEST_FIRST
    }
    away = pd.DataFrame(nearest).astype("float64").sub(table["level"], axis=0)
    distance = away.abs().round(DECIMALS)
    known = table["level"].notna()
    return distance[known].idxmin(axis=1).reindex(table.index).astype("string")


def deciding(levels: pd.Series, tier: str, protocol: Protocol) -> list[str]:
    """The aspects that decide for the next tier up however little they are raised.

    ``levels`` are the known aspects of a department whose fits to ``tier`` and to the tier
    above are equal. An aspect decides if it lies between the two ideals: below them both come
    nearer, above them none does.
    """
    above = LOWEST_FIRST[LOWEST_FIRST.index(tier) + 1]
    between = {a.key: (a.ideal[tier], a.ideal[above]) for a in protocol.aspects}
    return [
        key for key, (low, high) in between.items() if key in levels and low <= levels[key] < high
    ]


class _Raise(NamedTuple):
    """What raising one aspect can do: from a level, past dead ground, up to the next ideal."""

    aspect: str
    start: float
    lower: float
    upper: float

    @property
    def dead(self) -> float:
        """Rise below the present tier's ideal: it brings both ideals equally nearer."""
        return max(self.lower - self.start, 0.0)

    @property
    def gain(self) -> float:
        """The most that the raise shifts the balance: two units a unit of live rise."""
        return 2 * max(self.upper - max(self.start, self.lower), 0.0)


def _smallest_change(
    levels: Mapping[str, float], tier: str, protocol: Protocol
) -> dict[str, float]:
    """Aspects to raise, and to what, until the fits to the tier and the next one up are equal.

    Fewest aspects first, then least total rise; sets that are equal in both go by the
    protocol's order of aspects. Within the set the aspects are raised to the next tier's
    ideal in that order, the last only as far as needed (any other division of the same total
    rise would do as well). In the rare case that nothing is left for the last, it keeps its
    level: it is there because raising it, and none of the others, decides.
    """
    if tier not in LOWEST_FIRST[:-1]:
        return {}
    above = LOWEST_FIRST[LOWEST_FIRST.index(tier) + 1]
    known = [aspect for aspect in protocol.aspects if not np.isnan(levels[aspect.key])]
    deficit = round(
        sum(_balance(aspect, levels[aspect.key], tier, above) for aspect in known), DECIMALS
    )
    raises = [_Raise(a.key, levels[a.key], a.ideal[tier], a.ideal[above]) for a in known]
    return _raised(_cheapest(raises, deficit), deficit) if deficit > 0 else {}


def _balance(aspect: Aspect, level: float, tier: str, above: str) -> float:
    """How much nearer the level lies to the tier's ideal than to that of the one above."""
    return abs(level - aspect.ideal[above]) - abs(level - aspect.ideal[tier])


def _cheapest(raises: list[_Raise], deficit: float) -> tuple[_Raise, ...]:
    """The fewest raises that can do more than make up the deficit, least dead ground first.

    Only just making it up is not enough: every aspect would stand at the next tier's ideal, and
    nothing above that brings the department nearer to it.
    """
    for size in range(1, len(raises) + 1):
        able = [
            chosen
            for chosen in combinations(raises, size)
            if round(sum(step.gain for step in chosen), DECIMALS) > deficit
        ]
        if able:
            return min(able, key=lambda chosen: round(sum(step.dead for step in chosen), DECIMALS))
    return ()


def _raised(chosen: tuple[_Raise, ...], deficit: float) -> dict[str, float]:
    change = {}
    for step in chosen:
        used = min(step.gain, deficit)
        change[step.aspect] = round(max(step.start, step.lower) + used / 2, DECIMALS)
        deficit -= used
    return change


def pulls(aspects: pd.DataFrame, tiers: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """How much each aspect pulls a department to its tier, against the second nearest.

    One row is a classified department and a known aspect: department_id, aspect, against (the
    tier with the second largest fit), pull. A department's pulls add up to its margin.
    """
    table = aspects.dropna(subset=["level"]).merge(tiers, on="department_id")
    table = table[table["tier"] != UNCLASSIFIED].reset_index(drop=True)
    fit = table[[f"fit_{tier}" for tier in LOWEST_FIRST]].set_axis(list(LOWEST_FIRST), axis=1)
    own = pd.DataFrame({tier: table["tier"] == tier for tier in LOWEST_FIRST})
    table["against"] = fit.mask(own).idxmax(axis=1).astype("string") if len(table) else ""
    distance = {
        side: (table["level"] - _ideal(table, side, protocol)).abs() for side in ("tier", "against")
    }
    known = table.groupby("department_id")["aspect"].transform("count")
    pull = (distance["against"] - distance["tier"]) / (protocol.levels.highest * known)
    return table.assign(pull=pull)[["department_id", "aspect", "against", "pull"]]


def _ideal(table: pd.DataFrame, side: str, protocol: Protocol) -> pd.Series:
    ideals = {(a.key, tier): a.ideal[tier] for a in protocol.aspects for tier in TIERS}
    pairs = zip(table["aspect"], table[side], strict=True)
    return pd.Series([ideals[pair] for pair in pairs], index=table.index, dtype="float64")
