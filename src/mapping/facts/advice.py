"""Facts on the recommendations and the toolbox."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pandas as pd

from mapping.facts.counting import Count, Facts, added, base, first, largest, told, true_in
from mapping.protocol import Protocol
from mapping.references import (
    Selected,
    TracedInt,
    computed,
    entries,
    exact_setting,
    of,
    setting,
    whole,
)


def recommendations(recommendations: pd.DataFrame, protocol: Protocol) -> Facts:
    """How many departments meet all recommendations or none, and which are met most and least.

    From table ``recommendations``. A department meets all (none) where that is known. ``most``
    and ``least`` are the recommendations met by the largest and smallest share of the
    departments that can be assessed; neither if the shares are all the same. ``unknown`` counts
    the departments for which some recommendation is not assessable.
    """
    every = of("recommendations", recommendations)
    met = _assessed(every, protocol)
    most, least = _extremes(met)
    return {
        "keys": [recommendation.key for recommendation in protocol.recommendations],
        "number": entries(protocol, "recommendations"),
        "meets_all": _all_are(every, met=True),
        "meets_none": _all_are(every, met=False),
        "met": met,
        "most": most,
        "least": least,
        "unknown": Count(every.unknown("met").distinct(), every.distinct()),
    }


def _all_are(every: Selected, *, met: bool) -> Count:
    """For how many departments all are (not) met, of those where that is known."""
    otherwise, unknown = every.where(met=not met), every.unknown("met")
    undecided = unknown.not_among(otherwise).distinct()
    known = computed("difference", every.distinct(), undecided)
    alike = every.not_among(otherwise).not_among(unknown)
    return Count(alike.distinct(), TracedInt(int(known), known.reference))


def _assessed(every: Selected, protocol: Protocol) -> dict[str, Count]:
    """How many meet each recommendation, of those where it can be assessed; only where any can."""
    counts = {
        rule.key: true_in(every.where(recommendation=rule.key), "met")
        for rule in protocol.recommendations
    }
    return {key: count for key, count in counts.items() if count.of}


def _extremes(counts: Mapping[str, Count]) -> tuple[list[str], list[str]]:
    """The keys of the largest and of the smallest share; none where all shares are the same."""
    shares = {key: Fraction(*count) for key, count in counts.items()}
    ends = sorted(set(shares.values()))
    if len(ends) < 2:
        return [], []
    of_share = [[key for key, share in shares.items() if share == end] for end in ends]
    return of_share[-1], of_share[0]


def toolbox(
    toolbox: pd.DataFrame, additions: pd.DataFrame, needs: pd.DataFrame, protocol: Protocol
) -> Facts:
    """The smallest set, the tools of most departments, and what a further tool would add.

    From tables ``toolbox`` and ``needs`` and :func:`mapping.toolbox.adds`. ``smallest`` is empty
    if all tools together do not reach the ``goal``, or if no need is ``expressed``; ``further``
    is the tool that adds most to the smallest set (none if nothing is added). ``unserved`` are
    the needs that somebody names and no tool serves.
    """
    return _first_tools(toolbox, needs, protocol) | {
        "goal": exact_setting(protocol, "toolbox.served"),
        **_smallest(additions, needs, protocol),
        "unserved": _unserved(needs, protocol),
        "conditions_only": _conditions_only(toolbox, protocol),
        "good": setting(protocol, "levels.good"),
    }


def _smallest(additions: pd.DataFrame, needs: pd.DataFrame, protocol: Protocol) -> Facts:
    """The smallest set, what it serves of all that is expressed, and the best tool beyond it."""
    chosen = of("toolbox_additions", additions).where(in_smallest_set=True)
    expressed = of("needs", needs).where(side="internal")
    best = added(expressed.where(need=_served(protocol)), "departments")
    number = added(expressed, "departments")
    further = additions[~additions["in_smallest_set"]].head(1)
    adds = [whole("toolbox_additions", row, "adds") for row in further.to_dict("records")]
    return {
        "expressed": number,
        "smallest": [tool for tool in protocol.tool_keys if tool in set(chosen.frame["tool"])],
        "enough": chosen.count(),
        "served": Count(base(chosen, "served"), number),
        "best": Count(best, number),
        "further": further["tool"].tolist(),
        "further_adds": adds[0] if adds else 0,
    }


def _first_tools(toolbox: pd.DataFrame, needs: pd.DataFrame, protocol: Protocol) -> Facts:
    """The tools of use to most departments, in the protocol's order, and to how many each."""
    participating = base(of("needs", needs).where(side="internal"))
    counts = {
        row["tool"]: Count(whole("toolbox", row, "departments"), participating)
        for row in toolbox[toolbox["departments"] > 0].to_dict("records")
    }
    most = largest(counts)
    return {
        "first": [tool for tool in protocol.tool_keys if tool in first(counts)],
        "first_number": of("toolbox", toolbox).where(departments=most.n).count(),
        "first_count": most,
    }


def _served(protocol: Protocol) -> list[str]:
    """The needs that a tool serves."""
    return sorted({tool.key for tool in protocol.tools if tool.kind == "need"})


def _unserved(needs: pd.DataFrame, protocol: Protocol) -> dict[str, Count]:
    """The needs that somebody names and no tool serves, most departments first."""
    rows = needs[(needs["side"] == "internal") & ~needs["need"].isin(_served(protocol))]
    return told(rows, "need", "needs")


def _conditions_only(toolbox: pd.DataFrame, protocol: Protocol) -> int:
    """How many tools serve conditions only."""
    serving = {tool.tool for tool in protocol.tools if tool.kind == "need"}
    others = [tool for tool in protocol.tool_keys if tool not in serving]
    return of("toolbox", toolbox).where(tool=others).count()
