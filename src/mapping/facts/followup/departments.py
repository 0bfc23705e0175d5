"""Facts on the departments that are compared, and on those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping.facts.counting import Count, Facts
from mapping.facts.followup.measures import (
    BREAK,
    each,
    everyone,
    measured,
    number,
    paired_count,
    years,
)
from mapping.references import Selected, Traced, computed, of
from mapping.vocabulary import FOLLOWED, WAYS_FOLLOWED

if TYPE_CHECKING:
    from mapping.comparison import FollowUp


def who(follow: FollowUp) -> Facts:
    """How many departments were seen in both years, and how many of each other part."""
    every = of("transitions", follow.transitions)
    counts = {part: Count(every.where(followed=part).count(), every.count()) for part in FOLLOWED}
    other = instruments(follow)["other"]
    return {**years(follow), "pairs": counts["both"], "parts": counts, "other": other}


def ways(follow: FollowUp) -> Facts:
    """The departments that are found again under another id, or put together."""
    every = of("transitions", follow.transitions)
    return {
        **years(follow),
        "ways": {way: every.where(way=way).count() for way in WAYS_FOLLOWED if way != "same"},
        "changed": every.without(way="same").count(),
    }


def instruments(follow: FollowUp) -> Facts:
    """How many departments were seen by other instruments than in the earlier year."""
    pairs = of("transitions", follow.transitions).where(followed="both")
    return {**years(follow), "other": Count(otherwise(pairs).count(), pairs.count())}


def otherwise(pairs: Selected) -> Selected:
    """The departments of table ``transitions`` that were seen by other instruments."""
    return pairs.beside("instruments_then", "!=", "instruments_now")


def composition(follow: FollowUp) -> Facts:
    """What new departments, and those that were not seen again, change in the shares.

    ``largest`` is the tier or need whose share they alone change the most, by ``points``
    percentage points, with a sign; blank if they change nothing. None that was measured otherwise
    is told of. ``pairs`` is how many departments were seen in both years. ``same`` is how much
    the share changed among these.
    """
    rows = [row for row in each(measured(follow, "tier", "need")) if _shown(row)]
    effects = {f"{row.kind}:{row.key}": (points(row), _same(row)) for row in rows}
    name = max(effects, key=lambda name: abs(effects[name][0] or 0), default="")
    most, same = effects.get(name, (None, None))
    return {
        **years(follow),
        "pairs": who(follow)["pairs"].n,
        "largest": name if most else "",
        "points": most,
        "same": same,
    }


def _shown(row: Any) -> bool:
    """Whether there is a share at each of the four steps, of what was measured alike."""
    if row.status == BREAK:
        return False
    steps = [paired_count(row, "then"), paired_count(row, "now")]
    return None not in [*steps, everyone(row, "then"), everyone(row, "now")]


def points(row: Any) -> Traced | None:
    """How much the share of everybody changed because others were seen, in percentage points.

    None if any of the shares of a row of table ``change`` is missing.
    """
    every, pairs = _change(row, "all_then", "all_now"), _change(row, "then", "now")
    if every is None or pairs is None:
        return None
    return computed("percent", computed("difference", every, pairs))


def _same(row: Any) -> Traced | None:
    change = _change(row, "then", "now")
    return None if change is None else computed("percent", change)


def _change(row: Any, then: str, now: str) -> Traced | None:
    before, after = number(row, then), number(row, now)
    return None if before is None or after is None else computed("difference", after, before)
