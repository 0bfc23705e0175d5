"""Facts on the findings whose verdict has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.facts.counting import Count, Facts
from mapping.facts.followup.measures import each, years
from mapping.vocabulary import NOT_ASSESSABLE, VERDICTS

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

REASONS = ("protocol", "followed", "change", "measured", "new")
"""Why a verdict can change: the steps at which it does, in their order."""


def changed(verdict_changes: pd.DataFrame) -> pd.DataFrame:
    """The findings with another verdict now than was reported of the earlier year."""
    reported = verdict_changes["reported"]
    return verdict_changes[(reported != verdict_changes["now"]).fillna(value=True)]


def verdicts(follow: FollowUp) -> Facts:
    """How many verdicts have changed and why; how many of those findings were measured otherwise.

    ``reasons`` counts the changed verdicts by the step at which they did; one can have several.
    Where a finding was measured otherwise it cannot be told whether the departments or the
    measuring changed: that is counted as ``measured``, and not as ``change``.
    """
    table = follow.verdict_changes
    rows = changed(table)
    why = [reasons(row) for row in each(rows)]
    return {
        **years(follow),
        "changed": Count(len(rows), len(table)),
        "reasons": {reason: sum(reason in told for told in why) for reason in REASONS},
        "otherwise": Count(int((~rows["comparable"]).sum()), len(rows)),
    }


def reasons(row: Any) -> list[str]:
    """Why the verdict of a row of table ``verdict_changes`` changed, of :data:`REASONS`."""
    steps = [] if pd.isna(row.why) else str(row.why).split()
    return steps if row.comparable else ["measured" if step == "change" else step for step in steps]


def by_verdict(verdict_changes: pd.DataFrame) -> dict[str, tuple[Count, Count]]:
    """The findings of each verdict, as reported and by the later protocol; the best first."""
    steps = [verdict_changes[step].dropna() for step in ("reported", "then")]

    def count(step: pd.Series, verdict: str) -> Count:
        return Count(int((step == verdict).sum()), len(step))

    return {
        verdict: (count(steps[0], verdict), count(steps[1], verdict))
        for verdict in (*reversed(VERDICTS), NOT_ASSESSABLE)
    }
