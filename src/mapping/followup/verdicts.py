"""Findings whose verdict differs between two years, and at which step it does."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pandas as pd

from mapping.followup.yardstick import broken
from mapping.followup.years import Stages, Year
from mapping.schemas import conform

STEPS = {"then": "protocol", "pairs_then": "followed", "pairs_now": "change", "now": "new"}
"""What differs between each stage and the one before it: the protocol, which departments are
followed, what they are like, and that all others of the later year are there too."""


def verdict_changes(stages: Stages, yardstick: pd.DataFrame) -> pd.DataFrame:
    """The verdict on every finding at each stage between the two years.

    One row is a finding of the later year's protocol (table ``verdict_changes``); ``reported``
    is missing if the earlier year's protocol does not have it. ``why`` names the steps at which
    the verdict differs, with spaces between, also where they cancel out so that the year's
    verdict is the one that was reported; blank if it is the same at every stage. Where nothing
    was reported there is no step of the protocol. ``comparable`` is false if what the finding
    rests on was measured otherwise, see :func:`mapping.followup.yardstick.broken`.
    """
    table = pd.DataFrame(
        {
            "reported": _verdicts(stages.reported),
            "then": _verdicts(stages.then),
            "pairs_then": _verdicts(stages.pairs_then),
            "pairs_now": _verdicts(stages.pairs_now),
            "now": _verdicts(stages.now),
        }
    ).reindex(stages.now.findings["finding"])
    touched = broken(yardstick)
    told = table.rename_axis("finding").reset_index()
    return conform(
        told.assign(
            why=[_why(verdicts) for verdicts in table.fillna("").to_numpy().tolist()],
            comparable=[("finding", finding) not in touched for finding in table.index],
        ),
        "verdict_changes",
    )


def _verdicts(year: Year) -> pd.Series:
    return year.findings.set_index("finding")["verdict"]


def _why(verdicts: Iterable[str]) -> str:
    """The steps at which the verdict differs; none, as only the first may be, does not."""
    steps = zip(STEPS.values(), pairwise(verdicts), strict=True)
    return " ".join(step for step, (before, after) in steps if before and before != after)
