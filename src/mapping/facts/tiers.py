"""Facts on the tiers, the grid of conditions and needs, and the aspects."""

from __future__ import annotations

import pandas as pd

from mapping.facts.counting import Count, Facts
from mapping.facts.fieldwork import participating, taking_part
from mapping.protocol import Protocol
from mapping.references import Selected, computed, entries, of, setting
from mapping.vocabulary import TIERS, UNCLASSIFIED


def with_tier(tiers: pd.DataFrame) -> pd.DataFrame:
    """The departments that are classified."""
    return tiers[tiers["tier"] != UNCLASSIFIED]


def tier_counts(tiers: pd.DataFrame) -> dict[str, Count]:
    """The departments of each tier, of the classified; from the highest tier."""
    every = of("tiers", tiers)
    of_all = classified(tiers).count()
    return {tier: Count(every.where(tier=tier).count(), of_all) for tier in TIERS}


def classified(tiers: pd.DataFrame) -> Selected:
    """The rows of the departments that are classified."""
    return of("tiers", tiers).without(tier=UNCLASSIFIED)


def borderline(tiers: pd.DataFrame, protocol: Protocol) -> Facts:
    """The departments whose tier is uncertain, and how little would decide otherwise.

    ``shift`` is the change of one aspect, with all aspects known, that a margin at the
    protocol's limit can be undone by: it moves both fits, one up and the other down.
    """
    near = classified(tiers).where(borderline=True)
    limit, highest = (setting(protocol, path) for path in _LIMITS)
    half = computed("quotient", entries(protocol, "aspects"), 2)
    return {
        "borderline": Count(near.count(), classified(tiers).count()),
        "departments": sorted(near.frame["department_id"]),
        "limit": limit,
        "shift": computed("product", limit, highest, half),
    }


_LIMITS = ("tier_rules.borderline", "levels.highest")


def results(tiers: pd.DataFrame, participation: pd.DataFrame) -> Facts:
    """How the departments divide into tiers."""
    counts = tier_counts(tiers)
    with_a_tier = classified(tiers).count()
    return {
        "tiers": counts,
        "empty": [tier for tier, count in counts.items() if with_a_tier and not count.n],
        "classified": Count(with_a_tier, participating(participation).n),
    }


def tiers_in_short(
    tiers: pd.DataFrame, aspects: pd.DataFrame, participation: pd.DataFrame, protocol: Protocol
) -> Facts:
    """The tiers in a few numbers: sizes, certainty, what one raised aspect would do."""
    sure = borderline(tiers, protocol)
    return {
        "tiers": tier_counts(tiers),
        "classified": Count(classified(tiers).count(), participating(participation).n),
        "borderline": sure["borderline"],
        "shift": sure["shift"],
        "one_aspect": lift(aspects, tiers)["one_aspect"],
    }


def tier_method(protocol: Protocol) -> Facts:
    """How departments are classified: the aspects and the limits."""
    return {
        "aspects": list(protocol.aspect_keys),
        "number": entries(protocol, "aspects"),
        "known": setting(protocol, "tier_rules.aspects_known"),
        "limit": setting(protocol, "tier_rules.borderline"),
        "highest": setting(protocol, "levels.highest"),
    }


def grid(constructs: pd.DataFrame) -> Facts:
    """The two parameters together: both high, both low, and need without conditions."""
    known = of("constructs", constructs).known("conditions_level", "needs_level")
    clear, good = known.where(needs_level="clear"), known.where(conditions_level="good")
    low = known.where(conditions_level="small", needs_level="slight")

    def of_known(rows: Selected) -> Count:
        return Count(rows.count(), known.count())

    return {
        "known": known.count(),
        "both_high": of_known(clear.where(conditions_level="good")),
        "both_low": of_known(low),
        "need_without_conditions": of_known(clear.without(conditions_level="good")),
        "conditions_without_need": of_known(good.without(needs_level="clear")),
    }


def margins(tiers: pd.DataFrame) -> Facts:
    """The surest and the least sure department; several if their margins are equal."""
    rows = classified(tiers)
    ends = [rows.largest("margin"), rows.smallest("margin")] if len(rows.frame) else [0.0, 0.0]

    def at(end: float) -> list[str]:
        frame = rows.frame
        return sorted(frame.loc[frame["margin"] == end, "department_id"])

    return {
        "classified": rows.count(),
        "surest": at(ends[0]),
        "largest_margin": ends[0],
        "least_sure": at(ends[1]),
        "smallest_margin": ends[1],
    }


def aspects(aspects: pd.DataFrame, tiers: pd.DataFrame) -> Facts:
    """The aspects with the highest and the lowest mean level, of the classified departments."""
    known = of("aspects", aspects).among(classified(tiers)).known("level")
    level = {
        key: known.where(aspect=key).mean("level") for key in sorted(set(known.frame["aspect"]))
    }
    ends = [max(level.values()), min(level.values())] if level else [0.0, 0.0]
    return {
        "departments": known.distinct(),
        "highest": [key for key, mean in level.items() if mean == ends[0]],
        "highest_level": ends[0],
        "lowest": [key for key, mean in level.items() if mean == ends[1]],
        "lowest_level": ends[1],
    }


def criteria(criteria: pd.DataFrame, tiers: pd.DataFrame) -> Facts:
    """For each tier how many of its departments meet every criterion of it that is known."""
    return {"every": {tier: _meeting_every(criteria, tiers, tier) for tier in TIERS}}


def _meeting_every(criteria: pd.DataFrame, tiers: pd.DataFrame, tier: str) -> Count:
    members = of("tiers", tiers).where(tier=tier)
    known = of("criteria", criteria).where(tier=tier).known("met").among(members)
    some = known.where(met=False)
    return Count(known.not_among(some).distinct(), known.distinct())


def lift(aspects: pd.DataFrame, tiers: pd.DataFrame) -> Facts:
    """How many aspects separate departments from the next tier, and which ones most often."""
    raised = of("aspects", aspects).known("to_next_tier")
    below = classified(tiers).without(tier=TIERS[0])
    separated = below.among(raised).count()
    often = {
        str(key): Count(raised.where(aspect=key).count(), separated)
        for key in sorted(set(raised.frame["aspect"]))
    }
    return {
        "one_aspect": Count(raised.occurring("department_id", 1), separated),
        "two_aspects": Count(raised.occurring("department_id", 2), separated),
        "aspects": dict(sorted(often.items(), key=lambda item: (-item[1].n, item[0]))),
    }


def unclassified(tiers: pd.DataFrame, participation: pd.DataFrame, protocol: Protocol) -> Facts:
    """The participating departments with too few known aspects for a tier."""
    took_part = taking_part(participation)
    without = of("tiers", tiers).where(tier=UNCLASSIFIED).among(took_part)
    return {
        "departments": sorted(without.frame["department_id"]),
        "unclassified": Count(without.count(), took_part.count()),
        "known": setting(protocol, "tier_rules.aspects_known"),
    }
