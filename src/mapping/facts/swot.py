"""Facts on the SWOT analyses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mapping.facts.counting import (
    Count,
    Facts,
    added,
    base,
    count_in,
    first,
    largest,
    rest,
    told,
)
from mapping.facts.fieldwork import instruments
from mapping.protocol import Protocol
from mapping.references import Selected, cell, exact_setting, of, setting
from mapping.vocabulary import DECIMALS, QUADRANTS, TIERS


def _quadrant(swot: pd.DataFrame, quadrant: str) -> pd.DataFrame:
    return swot[swot["quadrant"] == quadrant]


def swot_in_short(swot: pd.DataFrame, participation: pd.DataFrame) -> Facts:
    """Who made SWOT analyses, and the commonest themes of each quadrant."""
    counts = {quadrant: told(_quadrant(swot, quadrant), "theme", "swot") for quadrant in QUADRANTS}
    return {
        "workshop": instruments(participation)["workshop"],
        "leading": {
            quadrant: {"themes": first(themes), "count": largest(themes)}
            for quadrant, themes in counts.items()
        },
    }


def swot_found(swot: pd.DataFrame, differences: pd.DataFrame, protocol: Protocol) -> Facts:
    """How many themes are common denominators, and how many differ between the tiers."""
    return {
        "common": _common(swot, protocol).count(),
        "limit": exact_setting(protocol, _LIMIT),
        "different": _significant(differences, protocol).count(),
        "tested": _tested(differences),
    }


_LIMIT = "swot.common_denominator"


def _common(swot: pd.DataFrame, protocol: Protocol) -> Selected:
    """The common denominators, as :func:`mapping.swot.common_denominators` gives them."""
    limit = round(float(protocol.swot.common_denominator), DECIMALS)
    return of("swot", swot).compared("share", ">=", limit)


def reading(swot: pd.DataFrame) -> Facts:
    """How many notes each quadrant has, and so which way the analyses lean."""
    every = of("swot", swot)
    notes = {quadrant: added(every.where(quadrant=quadrant), "items") for quadrant in QUADRANTS}
    return {"departments": base(every), "votes": added(every, "votes"), "notes": notes}


def quadrant(swot: pd.DataFrame, quadrant: str) -> Facts:
    """One quadrant: its commonest themes, and the themes with the most votes."""
    rows = _quadrant(swot, quadrant)
    counts = told(rows, "theme", "swot")
    votes = base(of("swot", swot).where(quadrant=quadrant), "votes")
    return {
        "quadrant": quadrant,
        "departments": base(of("swot", swot)),
        "first": first(counts),
        "first_count": largest(counts),
        "rest": _next(rest(counts), 3),
        "most_votes": sorted(rows.loc[rows["votes"] == votes, "theme"]) if votes else [],
        "votes": votes,
    }


def _next(counts: Mapping[str, Count], number: int) -> dict[str, Count]:
    """The next so many counts, and those equal to the last of them."""
    last = [count.n for count in counts.values()][:number][-1:]
    return {key: count for key, count in counts.items() if [count.n] >= last}


def common(swot: pd.DataFrame, protocol: Protocol) -> Facts:
    """The common denominators by quadrant, the commonest first."""
    rows = _common(swot, protocol)
    return {
        "themes": {q: told(_quadrant(rows.frame, q), "theme", "swot") for q in QUADRANTS},
        "number": rows.count(),
        "departments": base(of("swot", swot)),
        "limit": exact_setting(protocol, _LIMIT),
    }


def _significant(differences: pd.DataFrame, protocol: Protocol) -> Selected:
    limit = protocol.swot.significance
    return of("swot_differences", differences).compared("p_holm", "<", limit)


def _tested(differences: pd.DataFrame) -> int:
    return of("swot_differences", differences).known("p").count()


def differences(differences: pd.DataFrame, protocol: Protocol) -> Facts:
    """The themes that the tiers mention to different degrees.

    ``found`` gives theme, quadrant and the counts by tier of each difference that holds after
    Holm's correction, ``different`` how many these are; ``tested`` is the number of rows that
    could be tested.
    """
    rows = _significant(differences, protocol)
    return {
        "tested": _tested(differences),
        "found": [_difference(row) for row in rows.frame.to_dict("records")],
        "different": rows.count(),
        "significance": setting(protocol, "swot.significance"),
    }


def _difference(row: Mapping[Any, Any]) -> Facts:
    counts = {tier: count_in(row, "swot_differences", tier, f"of_{tier}") for tier in TIERS}
    return {
        "theme": row["theme"],
        "quadrant": row["quadrant"],
        "tiers": {tier: count for tier, count in counts.items() if count.of},
    }


def exceeding(pairs: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The pairs of themes that more departments mention than chance would give.

    A theme for all that has no other says nothing of what goes together, and is passed over.
    """
    residual = [code.code for code in protocol.codes if code.kind == "other"]
    named = ~pairs[["theme", "other_theme"]].isin(residual).any(axis=1)
    return pairs[named & (pairs["departments"] > pairs["expected"])]


def together(pairs: pd.DataFrame, protocol: Protocol) -> Facts:
    """The pair of themes that most exceeds what chance would give, if any does."""
    above = exceeding(pairs, protocol)
    if above.empty:
        return {"themes": [], "count": Count(0, base(of("swot_pairs", pairs))), "expected": 0.0}
    top = above.iloc[0].to_dict()
    return {
        "themes": [top["theme"], top["other_theme"]],
        "count": count_in(top, "swot_pairs"),
        "expected": cell("swot_pairs", top, "expected"),
    }


def ranking(borda: pd.DataFrame, swot: pd.DataFrame) -> Facts:
    """The first themes by Borda, and the quadrants where the plain count leads elsewhere."""
    ranked = borda[borda["rank"] == 1].groupby("quadrant")["theme"].agg(sorted)
    leading = {q: list(ranked[q]) for q in QUADRANTS if q in ranked}
    counted = {q: first(told(_quadrant(swot, q), "theme")) for q in QUADRANTS}
    return {
        "leading": leading,
        "other": [q for q in leading if set(leading[q]) != set(counted[q])],
    }


def balance(balance: pd.DataFrame) -> Facts:
    """How many departments lean to the good side, and to the bad, inside and outside."""
    return {side: _leaning(of("swot_balance", balance), side) for side in ("internal", "external")}


def _leaning(rows: Selected, side: str) -> Facts:
    known = rows.known(side).count()
    return {
        "good": Count(rows.compared(side, ">", 0).count(), known),
        "bad": Count(rows.compared(side, "<", 0).count(), known),
        "even": Count(rows.where(**{side: 0}).count(), known),
    }


def swot_method(swot: pd.DataFrame, protocol: Protocol) -> Facts:
    """The base of the SWOT counts and the protocol's cut-offs."""
    return {
        "departments": base(of("swot", swot)),
        "confidence": setting(protocol, "swot.confidence"),
        "significance": setting(protocol, "swot.significance"),
        "limit": exact_setting(protocol, _LIMIT),
    }
