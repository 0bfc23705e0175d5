"""Facts on the departments that are compared, and on those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping.facts.counting import Count, Facts
from mapping.facts.followup.measures import BREAK, each, everyone, measured, paired_count, years
from mapping.vocabulary import DECIMALS, FOLLOWED, WAYS_FOLLOWED

if TYPE_CHECKING:
    from mapping.comparison import FollowUp


def who(follow: FollowUp) -> Facts:
    """How many departments were seen in both years, and how many of each other part."""
    parts = follow.transitions["followed"]
    counts = {part: Count(int((parts == part).sum()), len(parts)) for part in FOLLOWED}
    other = instruments(follow)["other"]
    return {**years(follow), "pairs": counts["both"], "parts": counts, "other": other}


def ways(follow: FollowUp) -> Facts:
    """The departments that are found again under another id, or put together."""
    way = follow.transitions["way"]
    return {
        **years(follow),
        "ways": {each: int((way == each).sum()) for each in WAYS_FOLLOWED if each != "same"},
    }


def instruments(follow: FollowUp) -> Facts:
    """How many departments were seen by other instruments than in the earlier year."""
    pairs = follow.transitions[follow.transitions["followed"] == "both"]
    other = pairs["instruments_then"] != pairs["instruments_now"]
    return {**years(follow), "other": Count(int(other.sum()), len(pairs))}


def composition(follow: FollowUp) -> Facts:
    """What new departments, and those that were not seen again, change in the shares.

    ``largest`` is the tier or need whose share they alone change the most, by ``points``
    percentage points, with a sign; blank if they change nothing. None that was measured otherwise
    is told of. ``pairs`` is how many departments were seen in both years. ``same`` is how much
    the share changed among these.
    """
    rows = [row for row in each(measured(follow, "tier", "need")) if _shown(row)]
    effects = [(f"{row.kind}:{row.key}", effect(row), row.now - row.then) for row in rows]
    name, points, same = max(effects, key=lambda each: abs(each[1]), default=("", 0.0, 0.0))
    return {
        **years(follow),
        "pairs": who(follow)["pairs"].n,
        "largest": name if points else "",
        "points": round(100 * points, DECIMALS),
        "same": round(100 * same, DECIMALS),
    }


def _shown(row: Any) -> bool:
    """Whether there is a share at each of the four steps, of what was measured alike."""
    if row.status == BREAK:
        return False
    steps = [paired_count(row, "then"), paired_count(row, "now")]
    return None not in [*steps, everyone(row, "then"), everyone(row, "now")]


def effect(row: Any) -> float:
    """How much the share of everybody changed because others were seen."""
    return float(round((row.all_now - row.all_then) - (row.now - row.then), DECIMALS))
