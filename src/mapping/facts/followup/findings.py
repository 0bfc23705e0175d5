"""Facts on the findings whose verdict has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapping.facts.counting import Count, Facts
from mapping.facts.followup.measures import years
from mapping.vocabulary import NOT_ASSESSABLE, VERDICTS

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

REASONS = ("protocol", "followed", "change", "new")
"""The steps at which a verdict can change, in their order."""


def changed(verdict_changes: pd.DataFrame) -> pd.DataFrame:
    """The findings with another verdict now than was reported of the earlier year."""
    reported = verdict_changes["reported"]
    return verdict_changes[(reported != verdict_changes["now"]).fillna(value=True)]


def verdicts(follow: FollowUp) -> Facts:
    """How many verdicts have changed and why; how many of those findings were measured otherwise.

    ``reasons`` counts the changed verdicts by the step at which they did; one can have several.
    """
    table = follow.verdict_changes
    rows = changed(table)
    why = rows["why"].fillna("").str.split()
    return {
        **years(follow),
        "changed": Count(len(rows), len(table)),
        "reasons": {each: sum(each in words for words in why) for each in REASONS},
        "otherwise": Count(int((~rows["comparable"]).sum()), len(rows)),
    }


def by_verdict(verdict_changes: pd.DataFrame) -> dict[str, tuple[Count, Count]]:
    """The findings of each verdict, as reported and by the later protocol; the best first."""
    steps = [verdict_changes[step].dropna() for step in ("reported", "then")]

    def count(step: pd.Series, verdict: str) -> Count:
        return Count(int((step == verdict).sum()), len(step))

    return {
        verdict: (count(steps[0], verdict), count(steps[1], verdict))
        for verdict in (*reversed(VERDICTS), NOT_ASSESSABLE)
    }
