"""Every year side by side: all participants, and the same departments throughout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from mapping.followup.yardstick import broken
from mapping.followup.years import Year
from mapping.needs import named
from mapping.participation import participating
from mapping.schemas import conform
from mapping.vocabulary import DECIMALS, TIERS

PARTICIPATING = "participating"
"""The kind, and the key, of the share of the frame that took part."""

CONSTRUCTS = ("conditions", "needs")

VOICED = {"need": "internal", "voice": "external"}
"""The kinds of needs that are named, and their sides."""

Row = tuple[str, str, float, int | None, int]
"""Kind and key of a measure, its value, and how many of how many departments it is."""


def trend(
    every: Mapping[int, Year], same: Mapping[int, Year], steps: Mapping[int, pd.DataFrame]
) -> pd.DataFrame:
    """Every measure in every year: of all who took part, and of the same departments throughout.

    ``every`` are the years by one protocol, as they are; ``same`` the same years with the
    evidence of the departments alone that were seen in each of them. ``steps`` are the
    yardsticks between each year and the one before it, in measures of that protocol (table
    ``yardstick``).

    One row is a year, a set of departments and a measure (table ``trend``). ``value`` is the
    share of the frame that took part, of the classified departments that have the tier, or of
    the participants that name the need (voice), ``n`` of ``of``; or the mean level of the ``of``
    departments of which the indicator (construct) is known. It is missing where ``of`` is 0.
    ``comparable`` is false in a year in which the measure was taken otherwise than in the year
    before: a break, across which no change should be read.
    """
    broken_in = {year: broken(step) for year, step in steps.items()}
    sets = {"all": every, "same": same}
    rows = [
        (year, departments, *row, _measure(row[0], row[1]) not in broken_in.get(year, ()))
        for departments, years in sets.items()
        for year, study in years.items()
        for row in _measures(study)
    ]
    columns = ["year", "departments", "kind", "key", "value", "n", "of", "comparable"]
    return conform(pd.DataFrame(rows, columns=columns), "trend")


def _measure(kind: str, key: str) -> tuple[str, str]:
    """What the yardstick calls a measure; the tiers stand or fall together."""
    return kind, "tier" if kind == "tier" else key


def _measures(study: Year) -> Iterable[Row]:
    """Every measure of a year."""
    taking_part = len(participating(study.evidence))
    yield _share(PARTICIPATING, PARTICIPATING, taking_part, len(study.departments))
    tiers = study.tiers["tier"].value_counts().reindex(list(TIERS), fill_value=0)
    for tier, count in tiers.items():
        yield _share("tier", str(tier), int(count), int(tiers.sum()))
    for key in study.protocol.indicator_keys():
        yield _mean("indicator", key, study.indicators.query("indicator == @key")["level"])
    for key in CONSTRUCTS:
        yield _mean("construct", key, study.constructs[key])
    for kind, side in VOICED.items():
        for key, count in named(study.evidence, study.protocol, side).sum().items():
            yield _share(kind, str(key), int(count), taking_part)


def _share(kind: str, key: str, count: int, of: int) -> Row:
    return kind, key, round(count / of, DECIMALS) if of else np.nan, count, of


def _mean(kind: str, key: str, levels: pd.Series) -> Row:
    known = levels.dropna()
    mean = round(float(known.mean()), DECIMALS) if len(known) else np.nan
    return kind, key, mean, None, len(known)
