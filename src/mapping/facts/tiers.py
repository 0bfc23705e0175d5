"""Facts on the tiers, the grid of conditions and needs, and the aspects."""

from __future__ import annotations

import pandas as pd

from mapping.facts.counting import Count, Facts, told, true_of
from mapping.facts.fieldwork import COUNTED, participating
from mapping.protocol import Protocol
from mapping.vocabulary import DECIMALS, TIERS, UNCLASSIFIED


def with_tier(tiers: pd.DataFrame) -> pd.DataFrame:
    """The departments that are classified."""
    return tiers[tiers["tier"] != UNCLASSIFIED]


def tier_counts(tiers: pd.DataFrame) -> dict[str, Count]:
    """The departments of each tier, of the classified; from the highest tier."""
    classified = with_tier(tiers)["tier"]
    return {tier: Count(int((classified == tier).sum()), len(classified)) for tier in TIERS}


def borderline(tiers: pd.DataFrame, protocol: Protocol) -> Facts:
    """The departments whose tier is uncertain, and how little would decide otherwise.

    ``shift`` is the change of one aspect, with all aspects known, that a margin at the
    protocol's limit can be undone by: it moves both fits, one up and the other down.
    """
    classified = with_tier(tiers)
    near = classified[classified["borderline"]]
    aspects = len(protocol.aspects)
    shift = protocol.tier_rules.borderline * protocol.levels.highest * aspects / 2
    return {
        "borderline": Count(len(near), len(classified)),
        "departments": sorted(near["department_id"]),
        "limit": protocol.tier_rules.borderline,
        "shift": round(shift, DECIMALS),
    }


def results(tiers: pd.DataFrame, participation: pd.DataFrame) -> Facts:
    """How the departments divide into tiers."""
    counts = tier_counts(tiers)
    classified = len(with_tier(tiers))
    return {
        "tiers": counts,
        "empty": [tier for tier, count in counts.items() if classified and not count.n],
        "classified": Count(classified, participating(participation).n),
    }


def tiers_in_short(
    tiers: pd.DataFrame, aspects: pd.DataFrame, participation: pd.DataFrame, protocol: Protocol
) -> Facts:
    """The tiers in a few numbers: sizes, certainty, what one raised aspect would do."""
    sure = borderline(tiers, protocol)
    return {
        "tiers": tier_counts(tiers),
        "classified": Count(len(with_tier(tiers)), participating(participation).n),
        "borderline": sure["borderline"],
        "shift": sure["shift"],
        "one_aspect": lift(aspects, tiers)["one_aspect"],
    }


def tier_method(protocol: Protocol) -> Facts:
    """How departments are classified: the aspects and the limits."""
    return {
        "aspects": list(protocol.aspect_keys),
        "known": protocol.tier_rules.aspects_known,
        "limit": protocol.tier_rules.borderline,
        "highest": protocol.levels.highest,
    }


def grid(grid: pd.DataFrame) -> Facts:
    """The two parameters together: both high, both low, and need without conditions."""
    known = int(grid["departments"].sum())

    def of_known(cells: pd.Series) -> Count:
        return Count(int(grid.loc[cells, "departments"].sum()), known)

    clear = grid["needs_level"] == "clear"
    good = grid["conditions_level"] == "good"
    low = (grid["needs_level"] == "slight") & (grid["conditions_level"] == "small")
    return {
        "known": known,
        "both_high": of_known(clear & good),
        "both_low": of_known(low),
        "need_without_conditions": of_known(clear & ~good),
        "conditions_without_need": of_known(good & ~clear),
    }


def margins(tiers: pd.DataFrame) -> Facts:
    """The surest and the least sure department; several if their margins are equal."""
    classified = with_tier(tiers)
    margin = classified["margin"]
    known = len(classified) > 0
    return {
        "classified": len(classified),
        "surest": sorted(classified.loc[margin == margin.max(), "department_id"]),
        "largest_margin": float(margin.max()) if known else 0.0,
        "least_sure": sorted(classified.loc[margin == margin.min(), "department_id"]),
        "smallest_margin": float(margin.min()) if known else 0.0,
    }


def aspects(aspects: pd.DataFrame, tiers: pd.DataFrame) -> Facts:
    """The aspects with the highest and the lowest mean level, of the classified departments."""
    classified = with_tier(tiers)["department_id"]
    aspects = aspects[aspects["department_id"].isin(classified)]
    level = aspects.groupby("aspect")["level"].mean().dropna().round(DECIMALS)
    known = len(level) > 0
    return {
        "departments": int(aspects.dropna(subset=["level"])["department_id"].nunique()),
        "highest": sorted(level[level == level.max()].index),
        "highest_level": float(level.max()) if known else 0.0,
        "lowest": sorted(level[level == level.min()].index),
        "lowest_level": float(level.min()) if known else 0.0,
    }


def criteria(criteria: pd.DataFrame, tiers: pd.DataFrame) -> Facts:
    """For each tier how many of its departments meet every criterion of it that is known."""
    own = criteria.merge(tiers[["department_id", "tier"]], on=["department_id", "tier"])
    known = own.dropna(subset=["met"])
    every = known.groupby(["tier", "department_id"])["met"].all()
    return {
        "every": {
            tier: true_of(every[every.index.get_level_values("tier") == tier]) for tier in TIERS
        }
    }


def lift(aspects: pd.DataFrame, tiers: pd.DataFrame) -> Facts:
    """How many aspects separate departments from the next tier, and which ones most often."""
    below = with_tier(tiers)
    below = below[below["tier"] != TIERS[0]]
    raised = aspects.dropna(subset=["to_next_tier"])
    number = raised.groupby("department_id").size()
    of = int(below["department_id"].isin(number.index).sum())
    often = raised.groupby("aspect").size().rename("departments").reset_index().assign(of=of)
    return {
        "one_aspect": Count(int((number == 1).sum()), of),
        "two_aspects": Count(int((number == 2).sum()), of),
        "aspects": told(often, "aspect"),
    }


def unclassified(tiers: pd.DataFrame, participation: pd.DataFrame, protocol: Protocol) -> Facts:
    """The participating departments with too few known aspects for a tier."""
    took_part = (participation.set_index("department_id")[list(COUNTED.values())] > 0).any(axis=1)
    without = tiers.loc[tiers["tier"] == UNCLASSIFIED, "department_id"]
    ids = sorted(department for department in without if took_part[department])
    return {
        "departments": ids,
        "unclassified": Count(len(ids), int(took_part.sum())),
        "known": protocol.tier_rules.aspects_known,
    }
