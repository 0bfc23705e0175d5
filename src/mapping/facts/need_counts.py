"""Facts on the needs and voices that departments name."""

from __future__ import annotations

import pandas as pd

from mapping.facts.counting import (
    Count,
    Facts,
    count_in,
    first,
    largest,
    rest,
    told,
    true_in,
)
from mapping.facts.fieldwork import participating
from mapping.facts.tiers import borderline, classified, tier_counts
from mapping.protocol import Protocol
from mapping.references import cell, of, whole


def _named(needs: pd.DataFrame, side: str, protocol: Protocol) -> dict[str, Count]:
    rows = needs[needs["side"] == side]
    return told(rows[rows["need"] != protocol.need_rules.listed_apart], "need", "needs")


def needs(with_need: pd.DataFrame) -> Facts:
    """How many departments have an internal need at all."""
    every = of("with_need", with_need)
    return {
        "with_need": true_in(every, "internal"),
        "unknown": every.unknown("internal").count(),
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
    certainty = of("needs", needs).where(side="internal", need=leading)
    return {
        "first": leading,
        "first_count": largest(counts),
        "rest": rest(counts),
        "certainty": certainty.largest("p_first") if leading else 0.0,
        "other": count_in(apart.to_dict(), "needs"),
    }


def need(needs: pd.DataFrame, key: str) -> Facts:
    """One internal need: its departments, interval and rank (0 if nobody names it)."""
    row = needs[(needs["side"] == "internal") & (needs["need"] == key)].iloc[0].to_dict()
    count = count_in(row, "needs")
    tied = needs[(needs["side"] == "internal") & (needs["rank"] == row["rank"])]
    return {
        "count": count,
        "low": cell("needs", row, "low"),
        "high": cell("needs", row, "high"),
        "rank": whole("needs", row, "rank") if count.n else 0,
        "shared_rank": len(tied) > 1,
    }


def applicants(evidence: pd.DataFrame, participation: pd.DataFrame) -> Facts:
    """The departments that want more applicants, and of them those that want better ones too.

    Of the departments with a response: a response that ticks nothing says no.
    """
    asked = of("participation", participation).compared("responses", ">", 0)
    facts = of("evidence", evidence).where(kind="fact")
    more, better = (facts.where(key=f"applicants_{key}") for key in ("more", "better"))
    return {
        "more": Count(more.distinct(), asked.count()),
        "better_too": Count(more.among(better).distinct(), more.distinct()),
    }


def both_named(evidence: pd.DataFrame, one: str, other: str) -> Count:
    """The departments that name both internal needs, of those that name ``one``."""
    named = of("evidence", evidence).where(kind="need")
    ones, others = (named.where(key=key) for key in (one, other))
    return Count(ones.among(others).distinct(), ones.distinct())


def slight_needs(with_need: pd.DataFrame) -> Facts:
    """The departments without internal need, and of them those with an external one."""
    every = of("with_need", with_need)
    without = every.where(internal=False)
    return {
        "without": Count(without.count(), every.known("internal").count()),
        "external": true_in(without, "external"),
        "unknown": every.unknown("internal").count(),
    }


def voices(needs: pd.DataFrame, participation: pd.DataFrame, protocol: Protocol) -> Facts:
    """Which outside voices departments hear a need from, the commonest first.

    ``asked`` departments were interviewed or answered the survey: the workshop has no voices.
    """
    counts = _named(needs, "external", protocol)
    every = of("participation", participation)
    asked = every.not_among(every.where(interviews=0, responses=0))
    return {
        "first": first(counts),
        "first_count": largest(counts),
        "rest": rest(counts),
        "asked": asked.count(),
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
        "classified": Count(classified(tiers).count(), took_part.n),
        "first": first(counts),
        "first_count": largest(counts),
        "borderline": sure["borderline"],
        "shift": sure["shift"],
    }
