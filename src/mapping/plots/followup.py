"""The figures of a follow-up, one call each: two years compared and a language in, a figure out.

None where there is nothing to draw: no department in both years, or no years before the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapping.display import Display
from mapping.followup import yardstick
from mapping.plots import alluvial
from mapping.plots.alluvial import Between
from mapping.plots.display import described
from mapping.prose import study_words

if TYPE_CHECKING:
    from mapping.comparison import FollowUp


def flow(follow: FollowUp, lang: str) -> Display | None:
    """How the departments seen in both years have gone between the tiers."""
    said, years = study_words(follow.now, lang), Between(follow.baseline, follow.year)
    went = alluvial.gone(follow.transitions)
    if went.empty:
        return None
    broken = ("tier", "tier") in yardstick.broken(follow.yardstick)
    description = alluvial.describe(follow.transitions, said, years, broken=broken)
    return described(alluvial.chart(went, said, years), description)
