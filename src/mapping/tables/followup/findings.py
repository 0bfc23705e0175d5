"""The findings whose verdict has changed, and at which steps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mapping.facts import followup as facts
from mapping.facts.followup.findings import changed, reasons
from mapping.facts.followup.measures import each
from mapping.prose import Words
from mapping.tables import cells
from mapping.tables.findings import verdict
from mapping.tables.followup.marks import marked, years
from mapping.tables.table import Builder, Cell, Table

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

STEPS = {
    "protocol": "then",
    "followed": "pairs_then",
    "change": "pairs_now",
    "measured": "pairs_now",
    "new": "now",
}
"""The verdict that follows each step at which it can change, by the reason."""

WIDTHS = (46, 14, 14, 26)
"""Of the columns, in per cent."""


def verdicts(follow: FollowUp, words: Words) -> Table:
    """The findings with another verdict than was reported: the verdicts, and why.

    One row a finding, in the order of the summary. A verdict that changed at several steps is
    told with what it became at each.
    """
    place = {finding.key: number for number, finding in enumerate(follow.protocol.findings)}
    rows = changed(follow.verdict_changes).frame
    rows = rows.sort_values("finding", key=lambda keys: keys.map(place))
    build, write = Builder(words, "followup_verdicts"), verdict(words)
    otherwise = set(rows.loc[~rows["comparable"], "finding"])
    columns = [
        build.column(
            "finding", marked(otherwise, lambda key: words.traceable_label("finding", key))
        ),
        *years(follow, write),
        build.column("why", _why(words, write)),
    ]
    shown = rows.assign(
        why=cells.objects([_steps(row) for row in each(rows)], rows), then=rows["reported"]
    )
    return replace(build.table(shown, columns, **facts.years(follow)), widths=WIDTHS)


def _steps(row: Any) -> list[tuple[str, str]] | None:
    """The steps at which the verdict changed, and what it became; None if at none."""
    return [(step, getattr(row, STEPS[step])) for step in reasons(row)] or None


def _why(words: Words, verdict: Cell) -> Cell:
    def write(steps: list[tuple[str, str]]) -> str:
        reasons = [words.say(f"followup.why.{step}") for step, _ in steps]
        if len(steps) == 1:
            return reasons[0]
        became = [verdict(made) for _, made in steps]
        return "; ".join(f"{why}: {made}" for why, made in zip(reasons, became, strict=True))

    return write
