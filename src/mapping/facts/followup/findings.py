"""Facts on the findings whose verdict has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.facts.counting import Count, Facts
from mapping.facts.followup.measures import years
from mapping.references import Selected, Traced, of
from mapping.vocabulary import NOT_ASSESSABLE, VERDICTS

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

REASONS = ("protocol", "followed", "change", "measured", "new")
"""Why a verdict can change: the steps at which it does, in their order."""


def changed(verdict_changes: pd.DataFrame) -> Selected:
    """The findings with another verdict now than was reported of the earlier year."""
    return of("verdict_changes", verdict_changes).beside("reported", "!=", "now")


def verdicts(follow: FollowUp) -> Facts:
    """How many verdicts have changed and why; how many of those findings were measured otherwise.

    ``reasons`` counts the changed verdicts by the step at which they did; one can have several.
    Where a finding was measured otherwise it cannot be told whether the departments or the
    measuring changed: that is counted as ``measured``, and not as ``change``.
    """
    every, rows = of("verdict_changes", follow.verdict_changes), changed(follow.verdict_changes)
    return {
        **years(follow),
        "changed": Count(rows.count(), every.count()),
        "reasons": {reason: _because(rows, reason) for reason in REASONS},
        "otherwise": Count(rows.where(comparable=False).count(), rows.count()),
    }


def _because(rows: Selected, reason: str) -> Traced:
    """How many of the verdicts changed for this reason: ``why`` has it, alone or with others."""
    if reason in ("change", "measured"):
        rows = rows.where(comparable=reason == "change")
    step = "change" if reason == "measured" else reason
    told = {why for why in rows.frame["why"].dropna() if step in why.split()}
    return rows.where(why=tuple(sorted(told)) or step).count()


def reasons(row: Any) -> list[str]:
    """Why the verdict of a row of table ``verdict_changes`` changed, of :data:`REASONS`."""
    steps = [] if pd.isna(row.why) else str(row.why).split()
    return steps if row.comparable else ["measured" if step == "change" else step for step in steps]


def by_verdict(verdict_changes: pd.DataFrame) -> dict[str, tuple[Count, Count]]:
    """The findings of each verdict, as reported and by the later protocol; the best first."""
    every = of("verdict_changes", verdict_changes)

    def count(step: str, verdict: str) -> Count:
        return Count(every.where(**{step: verdict}).count(), every.known(step).count())

    return {
        verdict: (count("reported", verdict), count("then", verdict))
        for verdict in (*reversed(VERDICTS), NOT_ASSESSABLE)
    }
