"""Facts on the SWOT analyses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mapping.facts.counting import Count, Facts, base, first, largest, rest, told
from mapping.facts.fieldwork import instruments
from mapping.protocol import Protocol
from mapping.vocabulary import QUADRANTS, TIERS


def _quadrant(swot: pd.DataFrame, quadrant: str) -> pd.DataFrame:
    return swot[swot["quadrant"] == quadrant]


def swot_in_short(swot: pd.DataFrame, participation: pd.DataFrame) -> Facts:
    """Who made SWOT analyses, and the commonest themes of each quadrant."""
    counts = {quadrant: told(_quadrant(swot, quadrant), "theme") for quadrant in QUADRANTS}
    return {
        "workshop": instruments(participation)["workshop"],
        "leading": {
            quadrant: {"themes": first(themes), "count": largest(themes)}
            for quadrant, themes in counts.items()
        },
    }


def swot_found(common: pd.DataFrame, differences: pd.DataFrame, protocol: Protocol) -> Facts:
    """How many themes are common denominators, and how many differ between the tiers."""
    limit = protocol.swot.common_denominator
    return {
        "common": len(common),
        "limit": Count(limit.numerator, limit.denominator),
        "different": len(_significant(differences, protocol)),
        "tested": int(differences["p"].notna().sum()),
    }


def reading(swot: pd.DataFrame) -> Facts:
    """How many notes each quadrant has, and so which way the analyses lean."""
    notes = {q: int(_quadrant(swot, q)["items"].sum()) for q in QUADRANTS}
    return {"departments": base(swot), "votes": int(swot["votes"].sum()), "notes": notes}


def quadrant(swot: pd.DataFrame, quadrant: str) -> Facts:
    """One quadrant: its commonest themes, and the themes with the most votes."""
    rows = _quadrant(swot, quadrant)
    counts = told(rows, "theme")
    votes = int(rows["votes"].max()) if len(rows) else 0
    return {
        "quadrant": quadrant,
        "departments": base(swot),
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


def common(common: pd.DataFrame, swot: pd.DataFrame, protocol: Protocol) -> Facts:
    """The common denominators by quadrant, the commonest first."""
    limit = protocol.swot.common_denominator
    return {
        "themes": {q: told(_quadrant(common, q), "theme") for q in QUADRANTS},
        "number": len(common),
        "departments": base(swot),
        "limit": Count(limit.numerator, limit.denominator),
    }


def _significant(differences: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    return differences[differences["p_holm"] < protocol.swot.significance]


def differences(differences: pd.DataFrame, protocol: Protocol) -> Facts:
    """The themes that the tiers mention to different degrees.

    ``found`` gives theme, quadrant and the counts by tier of each difference that holds after
    Holm's correction; ``tested`` is the number of rows that could be tested.
    """
    rows = _significant(differences, protocol).to_dict("records")
    return {
        "tested": int(differences["p"].notna().sum()),
        "found": [_difference(row) for row in rows],
        "significance": protocol.swot.significance,
    }


def _difference(row: Mapping[Any, Any]) -> Facts:
    counts = {tier: Count(int(row[tier]), int(row[f"of_{tier}"])) for tier in TIERS}
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
        return {"themes": [], "count": Count(0, base(pairs)), "expected": 0.0}
    top = above.iloc[0]
    return {
        "themes": [top["theme"], top["other_theme"]],
        "count": Count(int(top["departments"]), int(top["of"])),
        "expected": float(top["expected"]),
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
    return {
        "internal": _leaning(balance["internal"]),
        "external": _leaning(balance["external"]),
    }


def _leaning(values: pd.Series) -> Facts:
    known = values.dropna()
    return {
        "good": Count(int((known > 0).sum()), len(known)),
        "bad": Count(int((known < 0).sum()), len(known)),
        "even": Count(int((known == 0).sum()), len(known)),
    }


def swot_method(swot: pd.DataFrame, protocol: Protocol) -> Facts:
    """The base of the SWOT counts and the protocol's cut-offs."""
    limit = protocol.swot.common_denominator
    return {
        "departments": base(swot),
        "confidence": protocol.swot.confidence,
        "significance": protocol.swot.significance,
        "limit": Count(limit.numerator, limit.denominator),
    }
