"""Facts on how the two years were measured and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapping.facts.counting import Count, Facts
from mapping.facts.followup.measures import (
    MOST_NAMED,
    broken,
    comparable,
    each,
    everyone,
    measured,
    years,
)
from mapping.followup.yardstick import in_language
from mapping.vocabulary import COMPARED, LANGUAGES, TIERS

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

RULE = "rule"
"""The part of the yardstick that breaks nothing."""


def yardstick(follow: FollowUp) -> Facts:
    """What was measured otherwise, and what is therefore left out.

    ``differences`` counts those that break something, ``rules`` the rules that differ (not the
    protocol's name); ``broken`` has the keys of what is touched, by kind.
    """
    table = in_language(follow.yardstick, LANGUAGES[0])  # each difference once, in any language
    named = table["key"] == "protocol"
    names = [name.partition(":") for name in broken(table)]
    kinds = (*COMPARED, "aspect", "finding")
    return {
        **years(follow),
        "rules": int(((table["part"] == RULE) & ~named).sum()),
        "differences": int((table["part"] != RULE).sum()),
        "broken": {kind: [key for each, _, key in names if each == kind] for kind in kinds},
        "comparable": comparable(follow),
        "most": MOST_NAMED,
        "findings": len(follow.protocol.findings),
    }


def protocols(follow: FollowUp) -> Facts:
    """The baseline by its own protocol and by the later one: tiers and verdicts.

    ``verdicts`` counts the findings with another verdict by the later protocol. ``differ`` is
    false if it is the same protocol; then the other values say nothing.
    """
    table = follow.verdict_changes
    told = table.dropna(subset=["reported"])
    return {
        "then": str(follow.baseline),
        "differ": follow.reported.protocol != follow.protocol,
        "own": follow.reported.protocol.name,
        "used": follow.protocol.name,
        "verdicts": Count(int((told["reported"] != told["then"]).sum()), len(told)),
        "tiers": sum(before != after for before, after in by_protocol(follow).values()),
    }


def by_protocol(follow: FollowUp) -> dict[str, tuple[Count | None, Count | None]]:
    """The departments of each tier in the baseline, by its own and by the later protocol."""
    rows = measured(follow, "tier")
    return {
        str(row.key): (everyone(row, "reported"), everyone(row, "then"))
        for row in each(rows[rows["key"].isin(TIERS)])
    }


def trend(follow: FollowUp) -> Facts:
    """The years of the trend, and how many departments were seen in all of them.

    ``years`` is empty if there are only two: then the comparison is the trend.
    """
    table = follow.trend
    found = sorted({int(year) for year in table["year"]})
    rows = table[(table["kind"] == "participating") & (table["departments"] == "same")]
    return {
        "years": [str(year) for year in found] if len(found) > 2 else [],
        "same": int(rows["n"].max()) if len(rows) else 0,
        "breaks": bool((~table["comparable"]).any()),
        "protocol": follow.protocol.name,
    }


def provenance(follow: FollowUp) -> Facts:
    """What the report depends on: the files of both years, the protocols, the years left out."""
    both = (follow.reported, follow.now)
    return {
        **years(follow),
        "files": sum(len(list(study.raw.files)) for study in both),
        "own": follow.reported.protocol.name,
        "used": follow.protocol.name,
        "left_out": {str(year): reason for year, reason in follow.left_out.items()},
    }
