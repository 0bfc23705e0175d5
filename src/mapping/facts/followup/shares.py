"""Facts on the change of levels, needs, themes of the workshop and recommendations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from mapping.facts.counting import Count, Facts, first
from mapping.facts.followup.measures import (
    BREAK,
    count,
    each,
    held,
    measured,
    number,
    paired_count,
    tested,
    years,
)
from mapping.references import computed, of

if TYPE_CHECKING:
    from mapping.comparison import FollowUp
    from mapping.protocol import Protocol


def levels(follow: FollowUp) -> Facts:
    """What has changed in the indicators and constructs."""
    kinds = ("indicator", "construct")
    return {**years(follow), **tested(follow, *kinds), "held": held(follow, *kinds)}


def needs(follow: FollowUp) -> Facts:
    """What has changed in the needs and voices, and which internal need came first.

    ``surest`` is the need or voice whose rank rose or fell in the largest share of the draws, of
    those whose rank changed at all.
    """
    rows = measured(follow, "need")
    rows = rows[rows["key"] != follow.protocol.need_rules.listed_apart]
    known = rows[rows["pairs"] > 0]
    return {
        **years(follow),
        **tested(follow, "need", "voice"),
        "pairs": int(known["pairs"].max()) if len(known) else 0,
        "first_then": _first(known, "then"),
        "first_now": _first(known, "now"),
        "surest": _surest(measured(follow, "need", "voice"), follow.protocol),
    }


def _first(rows: pd.DataFrame, year: str) -> list[str]:
    counts = {row.key: paired_count(row, year) or Count(0, 0) for row in each(rows)}
    return [str(key) for key in first(counts)]


def _surest(rows: pd.DataFrame, protocol: Protocol) -> Facts:
    """The change of rank that most draws show; nothing if no rank has changed."""
    told = rows[(rows["key"] != protocol.need_rules.listed_apart) & (rows["status"] != BREAK)]
    changed = told[(told["rank_then"] != told["rank_now"]).fillna(value=False)]
    found = [
        {
            "measure": f"{row.kind}:{row.key}",
            "before": count(row, "rank_then"),
            "after": count(row, "rank_now"),
            "chance": number(row, "rank_rose" if row.rank_now < row.rank_then else "rank_fell"),
        }
        for row in each(changed)
    ]
    return max(found, key=lambda each: each["chance"], default={})


def swot(follow: FollowUp) -> Facts:
    """What has changed in the workshop's themes: the largest net gains and losses.

    ``gained`` and ``lost`` have the themes with the largest difference between the departments
    that gained and that lost them, of ``pairs`` departments with notes in both years; none that
    was measured otherwise. ``least`` is the smallest p after correction.
    """
    every = of("change", follow.change).where(kind="swot")
    alike = each(measured(follow, "swot").query("status != @BREAK"))
    known = every.known("p_holm")
    return {
        **years(follow),
        **tested(follow, "swot"),
        "pairs": every.largest("pairs") if len(every.frame) else 0,
        "least": known.smallest("p_holm") if len(known.frame) else 1.0,
        "gained": _most(_net(alike, "rose", "fell")),
        "lost": _most(_net(alike, "fell", "rose")),
    }


def _net(rows: list[Any], more: str, fewer: str) -> dict[str, Count]:
    """By how many departments one column exceeds the other, where it does."""
    net = {row.key: (count(row, more), count(row, fewer)) for row in rows}
    pairs = {row.key: count(row, "pairs") for row in rows}
    return {
        str(key): Count(cast(int, computed("difference", *both)), pairs[key])
        for key, both in net.items()
        if both[0] > both[1]
    }


def recommendations(follow: FollowUp) -> Facts:
    """Which recommendations most departments newly meet, and which most no longer do.

    ``compared`` are the recommendations that can be compared at any department.
    """
    rows = measured(follow, "recommendation")
    shown = [row for row in each(rows) if row.pairs and row.status != BREAK]
    gained = {str(row.key): Count(count(row, "rose"), count(row, "pairs")) for row in shown}
    lost = {str(row.key): Count(count(row, "fell"), count(row, "pairs")) for row in shown}
    return {
        **years(follow),
        **tested(follow, "recommendation"),
        "compared": len(shown),
        "gained": _most(gained),
        "lost": _most(lost),
    }


def _most(counts: Mapping[str, Count]) -> dict[str, Count]:
    """The largest counts; none if nobody is counted."""
    return {key: counts[key] for key in first(counts) if counts[key].n}
