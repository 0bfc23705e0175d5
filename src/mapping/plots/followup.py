"""The figures of a follow-up, one call each: two years compared and a language in, a figure out.

None where there is nothing to draw: no department in both years, or no years before the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapping.display import Display
from mapping.facts import Count
from mapping.followup import yardstick
from mapping.plots import alluvial, dumbbells, trend
from mapping.plots.alluvial import Between
from mapping.plots.display import described
from mapping.plots.dumbbells import LEVELS, SHARES, Scale
from mapping.prose import study_words
from mapping.references import of

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

_FEWEST_YEARS = 3
"""Two years are compared in the other figures; a trend has more."""


def flow(follow: FollowUp, lang: str) -> Display | None:
    """How the departments seen in both years have gone between the tiers."""
    said, years = study_words(follow.now, lang), Between(follow.baseline, follow.year)
    went = alluvial.gone(follow.transitions)
    if went.empty:
        return None
    broken = ("tier", "tier") in yardstick.broken(follow.yardstick)
    description = alluvial.describe(follow.transitions, said, years, broken=broken)
    return described(alluvial.chart(went, said, years), description)


def change_rows(follow: FollowUp, lang: str) -> Display | None:
    """Every indicator's mean level then and now, over the departments seen in both years."""
    return _changes(follow, lang, LEVELS)


def need_change(follow: FollowUp, lang: str) -> Display | None:
    """How many of the departments seen in both years named each need then and now."""
    return _changes(follow, lang, SHARES)


def trend_lines(follow: FollowUp, lang: str) -> Display | None:
    """The shares of the tiers in every year; None unless there are more than two."""
    rows = trend.shares(follow.trend)
    if rows["year"].nunique() < _FEWEST_YEARS:
        return None
    said = study_words(follow.now, lang)
    return described(trend.chart(rows, said), trend.describe(rows, said))


def _changes(follow: FollowUp, lang: str, scale: Scale) -> Display | None:
    said, years = study_words(follow.now, lang), Between(follow.baseline, follow.year)
    every = of("transitions", follow.transitions)
    seen = every.where(followed="both").count()
    if not seen:
        return None
    split = dumbbells.parts(follow.change, scale, follow.protocol.follow_up.significance)
    both = Count(seen, every.count())
    description = dumbbells.describe(follow.change, said, scale, years, both)
    return described(dumbbells.chart(split, said, scale, years), description)
