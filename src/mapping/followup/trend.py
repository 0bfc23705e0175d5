"""Every year side by side: all participants, and the same departments throughout."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from mapping.followup.measures import measures
from mapping.followup.yardstick import broken
from mapping.followup.years import Year
from mapping.schemas import conform
from mapping.vocabulary import DECIMALS

PARTICIPATING = "participating"
"""The kind, and the key, of the share of the frame that took part."""

KINDS = ("tier", "indicator", "construct", "need", "voice")
"""The other kinds of measures that a trend is shown of."""

MEANS = ("indicator", "construct")
"""Those of them that are levels, with a mean and no share."""


def trend(
    every: Mapping[int, Year], units: Mapping[int, Year], steps: Mapping[int, pd.DataFrame]
) -> pd.DataFrame:
    """Every measure in every year: of all who took part, and of the same departments throughout.

    ``every`` are the years by one protocol, as they are; ``units`` the same years under the ids
    by which departments are followed through all of them, merged and split ones put together.
    ``steps`` are the yardsticks between each year and the one before it, by the later of the two
    (table ``yardstick``).

    One row is a year, a set of departments and a measure (table ``trend``): ``all`` participants
    or the ``same`` departments, those that took part in each of the years. ``value`` is the
    share of the frame that took part, of the classified departments that have the tier, or of
    the participants that name the need (voice), ``n`` of ``of``; or the mean level of the ``of``
    departments of which the indicator (construct) is known. It is missing where ``of`` is 0.
    ``comparable`` is false in a year in which the measure was taken otherwise than in the year
    before: a break, across which no change should be read.
    """
    taken = {year: measures(study, KINDS) for year, study in every.items()}
    followed = {
        year: taken[year] if study is every[year] else measures(study, KINDS)
        for year, study in units.items()
    }
    throughout = sorted(set.intersection(*(set(table.index) for table in followed.values())))
    sets = [
        *(("all", year, table, every[year]) for year, table in taken.items()),
        *(("same", year, table.loc[throughout], units[year]) for year, table in followed.items()),
    ]
    rows = [
        _taken(table, len(study.departments)).assign(departments=departments, year=year)
        for departments, year, table, study in sets
    ]
    table = pd.concat(rows, ignore_index=True)
    return conform(table.assign(comparable=~_breaks(table, steps)), "trend")


def _taken(measures: pd.DataFrame, frame: int) -> pd.DataFrame:
    """Every measure over the departments that have a row, ``frame`` being those of the register."""
    count = len(measures)
    took_part = (PARTICIPATING, PARTICIPATING, round(count / frame, DECIMALS), count, frame)
    table = pd.DataFrame(
        {"value": measures.mean().round(DECIMALS), "n": measures.sum(), "of": measures.count()}
    ).reset_index()
    shares = table.assign(n=table["n"].mask(table["kind"].isin(MEANS)))
    return pd.concat([pd.DataFrame([took_part], columns=shares.columns), shares])


def _breaks(table: pd.DataFrame, steps: Mapping[int, pd.DataFrame]) -> pd.Series:
    """Whether each row's measure is one that the step to its year touches.

    The tiers are measured together: a break touches all or none of them.
    """
    touched = {(year, *measure) for year, step in steps.items() for measure in broken(step)}
    key = table["key"].mask(table["kind"] == "tier", "tier")
    taken = zip(table["year"], table["kind"], key, strict=True)
    return pd.Series([measure in touched for measure in taken], index=table.index, dtype=bool)
