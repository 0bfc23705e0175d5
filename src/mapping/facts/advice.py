"""Facts on the recommendations and the toolbox."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pandas as pd

from mapping import recommendations as advice
from mapping import toolbox as tools
from mapping.facts.counting import Count, Facts, first, largest, told, true_of
from mapping.needs import named
from mapping.participation import participating
from mapping.protocol import Protocol


def recommendations(recommendations: pd.DataFrame, protocol: Protocol) -> Facts:
    """How many departments meet all recommendations or none, and which are met most and least.

    From table ``recommendations``. A department meets all (none) where that is known. ``most``
    and ``least`` are the recommendations met by the largest and smallest share of the
    departments that can be assessed; neither if the shares are all the same. ``unknown`` counts
    the departments for which some recommendation is not assessable.
    """
    wide = recommendations.pivot(index="department_id", columns="recommendation", values="met")
    met = _assessed(advice.totals(recommendations, protocol))
    most, least = _extremes(met)
    return {
        "keys": [recommendation.key for recommendation in protocol.recommendations],
        "meets_all": true_of(wide.all(axis=1, skipna=False)),
        "meets_none": true_of(~wide.any(axis=1, skipna=False)),
        "met": met,
        "most": most,
        "least": least,
        "unknown": Count(int(wide.isna().any(axis=1).sum()), len(wide)),
    }


def _assessed(totals: pd.DataFrame) -> dict[str, Count]:
    """How many meet each recommendation, of those where it can be assessed; only where any can."""
    keys, met, not_met = (totals[name] for name in ("recommendation", "met", "not_met"))
    counts = zip(keys, met, met + not_met, strict=True)
    return {key: Count(int(n), int(of)) for key, n, of in counts if of}


def _extremes(counts: Mapping[str, Count]) -> tuple[list[str], list[str]]:
    """The keys of the largest and of the smallest share; none where all shares are the same."""
    shares = {key: Fraction(*count) for key, count in counts.items()}
    ends = sorted(set(shares.values()))
    if len(ends) < 2:
        return [], []
    of_share = [[key for key, share in shares.items() if share == end] for end in ends]
    return of_share[-1], of_share[0]


def toolbox(toolbox: pd.DataFrame, evidence: pd.DataFrame, protocol: Protocol) -> Facts:
    """The smallest set, the tools of most departments, and what a further tool would add.

    From table ``toolbox`` and the evidence. ``smallest`` is empty if all tools together do not
    reach the ``goal``, or if no need is ``expressed``; ``further`` is the tool that adds most
    to the smallest set (none if nothing is added). ``unserved`` are the needs that somebody
    names and no tool serves.
    """
    added = tools.adds(evidence, protocol)
    chosen = added[added["in_smallest_set"]]
    further = added[~added["in_smallest_set"]].head(1)
    best = Count(*tools.best_possible(evidence, protocol))
    served = int(chosen["served"].max()) if len(chosen) else 0
    counts = told(toolbox.assign(of=len(participating(evidence))), "tool")
    share = protocol.toolbox.served
    return {
        "expressed": best.of,
        "goal": Count(share.numerator, share.denominator),
        "smallest": [tool for tool in protocol.tool_keys if tool in set(chosen["tool"])],
        "served": Count(served, best.of),
        "best": best,
        "further": further["tool"].tolist(),
        "further_adds": int(further["adds"].sum()),
        "unserved": _unserved(evidence, protocol),
        "first": [tool for tool in protocol.tool_keys if tool in first(counts)],
        "first_count": largest(counts),
        "conditions_only": _conditions_only(protocol),
        "good": protocol.levels.good,
    }


def _unserved(evidence: pd.DataFrame, protocol: Protocol) -> dict[str, Count]:
    """The needs that somebody names and no tool serves, most departments first."""
    present = named(evidence, protocol, "internal")
    served = {tool.key for tool in protocol.tools if tool.kind == "need"}
    rows = pd.DataFrame({"departments": present.sum(), "of": len(present)})
    return told(rows.drop(index=list(served)).rename_axis("need").reset_index(), "need")


def _conditions_only(protocol: Protocol) -> int:
    """How many tools serve conditions only."""
    serving = {tool.tool for tool in protocol.tools if tool.kind == "need"}
    return len(set(protocol.tool_keys) - serving)
