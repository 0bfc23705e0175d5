"""Facts on the needs and voices that departments name."""

from __future__ import annotations

import pandas as pd

from mapping.facts.counting import Count, Facts, first, largest, rest, told, true_of
from mapping.facts.fieldwork import participating
from mapping.facts.tiers import borderline, tier_counts, with_tier
from mapping.protocol import Protocol


def _named(needs: pd.DataFrame, side: str, protocol: Protocol) -> dict[str, Count]:
    rows = needs[needs["side"] == side]
    return told(rows[rows["need"] != protocol.need_rules.listed_apart], "need")


def needs(with_need: pd.DataFrame) -> Facts:
    """How many departments have an internal need at all."""
    return {
        "with_need": true_of(with_need["internal"]),
        "unknown": int(with_need["internal"].isna().sum()),
    }


def clear_needs(needs: pd.DataFrame, protocol: Protocol) -> Facts:
    """The internal needs by departments, and how sure the first place is.

    ``certainty`` is the share of bootstrap draws in which the first need leads; 0 with none.
    ``other`` is the need that the protocol lists apart.
    """
    counts = _named(needs, "internal", protocol)
    leading = first(counts)
    internal = needs[needs["side"] == "internal"]
    apart = internal[internal["need"] == protocol.need_rules.listed_apart].iloc[0]
    certainty = internal.loc[internal["need"].isin(leading), "p_first"].max()
    return {
        "first": leading,
        "first_count": largest(counts),
        "rest": rest(counts),
        "certainty": float(certainty) if leading else 0.0,
        "other": Count(int(apart["departments"]), int(apart["of"])),
    }


def need(needs: pd.DataFrame, key: str) -> Facts:
    """One internal need: its departments, interval and rank (0 if nobody names it)."""
    row = needs[(needs["side"] == "internal") & (needs["need"] == key)].iloc[0]
    count = Count(int(row["departments"]), int(row["of"]))
    tied = needs[(needs["side"] == "internal") & (needs["rank"] == row["rank"])]
    return {
        "count": count,
        "low": float(row["low"]),
        "high": float(row["high"]),
        "rank": int(row["rank"]) if count.n else 0,
        "shared_rank": len(tied) > 1,
    }


def applicants(evidence: pd.DataFrame, participation: pd.DataFrame) -> Facts:
    """The departments that want more applicants, and of them those that want better ones too.

    Of the departments with a response: a response that ticks nothing says no.
    """
    asked = participation.loc[participation["responses"] > 0, "department_id"]
    facts = evidence[evidence["kind"] == "fact"]
    more, better = (
        set(facts.loc[facts["key"] == key, "department_id"])
        for key in ("applicants_more", "applicants_better")
    )
    return {
        "more": Count(len(more), len(asked)),
        "better_too": Count(len(more & better), len(more)),
    }


def both_named(evidence: pd.DataFrame, one: str, other: str) -> Count:
    """The departments that name both internal needs, of those that name ``one``."""
    named = evidence[evidence["kind"] == "need"]
    ones, others = (set(named.loc[named["key"] == key, "department_id"]) for key in (one, other))
    return Count(len(ones & others), len(ones))


def slight_needs(with_need: pd.DataFrame) -> Facts:
    """The departments without internal need, and of them those with an external one."""
    known = with_need.dropna(subset=["internal"])
    without = known[~known["internal"].astype(bool)]
    return {
        "without": Count(len(without), len(known)),
        "external": true_of(without["external"]),
        "unknown": len(with_need) - len(known),
    }


def voices(needs: pd.DataFrame, participation: pd.DataFrame, protocol: Protocol) -> Facts:
    """Which outside voices departments hear a need from, the commonest first.

    ``asked`` departments were interviewed or answered the survey: the workshop has no voices.
    """
    counts = _named(needs, "external", protocol)
    asked = (participation[["interviews", "responses"]] > 0).any(axis=1)
    return {
        "first": first(counts),
        "first_count": largest(counts),
        "rest": rest(counts),
        "asked": int(asked.sum()),
    }


def in_short(
    participation: pd.DataFrame, tiers: pd.DataFrame, needs: pd.DataFrame, protocol: Protocol
) -> Facts:
    """The mapping in a few numbers."""
    counts = _named(needs, "internal", protocol)
    sure = borderline(tiers, protocol)
    took_part = participating(participation)
    return {
        "participating": took_part,
        "tiers": tier_counts(tiers),
        "classified": Count(len(with_tier(tiers)), took_part.n),
        "first": first(counts),
        "first_count": largest(counts),
        "borderline": sure["borderline"],
        "shift": sure["shift"],
    }
