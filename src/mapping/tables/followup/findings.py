"""The findings whose verdict has changed, step by step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from mapping.facts.followup.findings import changed
from mapping.facts.followup.measures import years
from mapping.prose import Words
from mapping.tables.findings import verdict
from mapping.tables.followup.marks import BREAK
from mapping.tables.table import Builder, Table

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

STEPS = ("reported", "then", "pairs_then", "pairs_now", "now")
WIDTHS = (16, 16, 17, 17, 16, 18)
"""Of the five steps and of why, in per cent."""


def verdicts(follow: FollowUp, words: Words) -> Table:
    """The findings with another verdict than was reported: the verdict at each step, and why.

    One row a finding under its statement, in the order of the summary.
    """
    place = {finding.key: number for number, finding in enumerate(follow.protocol.findings)}
    rows = changed(follow.verdict_changes).sort_values("finding", key=lambda keys: keys.map(place))
    build = Builder(words, "followup_verdicts")
    write = verdict(words)
    otherwise = set(rows.loc[~rows["comparable"], "finding"])

    def statement(key: str) -> str:
        return (f"{BREAK} " if key in otherwise else "") + words.label("finding", key)

    def why(steps: str) -> str:
        return "; ".join(words.say(f"followup.why.{step}") for step in steps.split())

    columns = [
        build.column("finding", statement),
        *(build.column(step, write) for step in STEPS),
        build.column("why", why),
    ]
    shown = rows.assign(why=rows["why"].replace("", pd.NA))
    return replace(build.table(shown, columns, **years(follow)), headed=True, widths=WIDTHS)
