"""Tables of all years side by side: the same departments throughout, and all participants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.facts import Count
from mapping.facts.followup.measures import each, order
from mapping.prose import Words
from mapping.prose.formats import EN_DASH, NBSP
from mapping.tables import cells
from mapping.tables.followup.departments import name
from mapping.tables.followup.marks import BREAK, words_of
from mapping.tables.table import Builder, Cell, Column, Table

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

FEW_YEARS = 5
"""With more years there is no room for the bases of counts."""


def trend_tiers(follow: FollowUp, words: Words) -> Table:
    """Participation and the tiers in every year; no rows with two years only."""
    return _trend(follow, "followup_trend_tiers", ("participating", "tier"), words)


def trend_levels(follow: FollowUp, words: Words) -> Table:
    """The mean level of every indicator and construct in every year."""
    return _trend(follow, "followup_trend_levels", ("indicator", "construct"), words)


def trend_needs(follow: FollowUp, words: Words) -> Table:
    """The share that names each need and voice in every year."""
    return _trend(follow, "followup_trend_needs", ("need", "voice"), words)


def _trend(follow: FollowUp, key: str, kinds: tuple[str, ...], words: Words) -> Table:
    rows = follow.trend[follow.trend["kind"].isin(kinds)]
    found = sorted({int(year) for year in rows["year"]})
    build = Builder(words, key)
    write = _value(words, words.formats.count if len(found) <= FEW_YEARS else cells.share(words))
    columns = [
        build.column("measure", _name(words)),
        build.column("departments", words_of(words, "departments")),
        *(Column(str(year), str(year), write, True) for year in found),
    ]
    wide = _wide(rows, follow) if len(found) > 2 else _wide(rows, follow).head(0)
    return build.table(wide, columns, 2)


def _wide(rows: pd.DataFrame, follow: FollowUp) -> pd.DataFrame:
    """One row a measure and a set of departments, a column for each year."""
    place = {each: number for number, each in enumerate(order(follow.protocol))}
    told = each(rows)
    long = pd.DataFrame(
        {
            "place": [place.get((row.kind, row.key), -1) for row in told],
            "measure": [f"{row.kind}:{row.key}" for row in told],
            "departments": rows["departments"].to_numpy(),
            "year": [str(row.year) for row in told],
            "value": pd.Series(told, dtype="object"),
        }
    )
    keys = ["place", "measure", "departments"]
    return long.pivot(index=keys, columns="year", values="value").reset_index()


def _name(words: Words) -> Cell:
    write = name(words)
    took_part = words.say("tables.followup_trend_tiers.participating")
    return lambda measure: took_part if measure.startswith("participating") else write(measure)


def _value(words: Words, counted: Cell) -> Cell:
    """A count as ``counted`` writes it, or a mean level; marked in the year of a break."""

    def write(row: Any) -> str:
        mark = "" if row.comparable else f"{BREAK}{NBSP}"
        if pd.isna(row.value):
            return mark + EN_DASH
        if pd.isna(row.n):
            return mark + words.formats.number(row.value, 2)
        return mark + counted(Count(int(row.n), int(row.of)))

    return write
