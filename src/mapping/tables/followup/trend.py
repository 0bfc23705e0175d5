"""Tables of all years side by side: the same departments throughout, and all participants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.facts import Count
from mapping.facts import followup as facts
from mapping.facts.followup.measures import each, order
from mapping.prose import Words
from mapping.prose.formats import EN_DASH, NBSP
from mapping.references import cell, whole
from mapping.tables import cells
from mapping.tables.followup.departments import name
from mapping.tables.followup.marks import BREAK, words_of
from mapping.tables.table import Builder, Cell, Column, Table

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

FEWEST_YEARS = 3
"""Two years are compared elsewhere; of three, all and the same departments stand side by side."""

WHO = {"all": "everybody", "same": "pairs"}
"""The two sets of departments, and their text."""

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
    if not facts.trend(follow)["same"]:
        rows = rows[rows["departments"] != "same"]
    found = sorted({int(year) for year in rows["year"]})
    long = _long(rows, follow)
    if len(found) < FEWEST_YEARS:
        return _stacked(long.head(0), key, found, words)
    return (_beside if len(found) == FEWEST_YEARS else _stacked)(long, key, found, words)


def _beside(long: pd.DataFrame, key: str, found: list[int], words: Words) -> Table:
    """One row a measure: all who took part in each year, and the same departments throughout."""
    write = _value(words, cells.share(words))
    told = [who for who in WHO if who in set(long["departments"])]
    headers = {
        (who, year): words.say(f"tables.followup_composition.{WHO[who]}", year=str(year))
        + _base(long[(long["departments"] == who) & (long["year"] == str(year))], words)
        for who in told
        for year in found
    }
    wide = long.assign(column=long["departments"] + long["year"]).pivot(
        index=["place", "measure"], columns="column", values="value"
    )
    build = Builder(words, key)
    columns = [
        build.column("measure", _name(words)),
        *(Column(f"{who}{year}", headers[who, year], write, True) for who, year in headers),
    ]
    return build.table(wide.reset_index(), columns)


def _base(long: pd.DataFrame, words: Words) -> str:
    """The number of departments that all counts but that of who took part are of, if it is one."""
    counts = [row for row in long["value"] if row.kind != "participating" and pd.notna(row.n)]
    known = {_of(row) for row in counts}
    number = words.formats.number(known.pop()) if len(known) == 1 else ""
    return f", n{NBSP}={NBSP}{number}" if number else ""


def _stacked(long: pd.DataFrame, key: str, found: list[int], words: Words) -> Table:
    """One row a measure and a set of departments, for more years than there is room beside."""
    keys = ["place", "measure", "departments"]
    wide = long.pivot(index=keys, columns="year", values="value").reset_index()
    counted = words.formats.count if len(found) <= FEW_YEARS else cells.share(words)
    build = Builder(words, key)
    columns = [
        build.column("measure", _name(words)),
        build.column("departments", words_of(words, "departments")),
        *(Column(str(year), str(year), _value(words, counted), True) for year in found),
    ]
    return build.table(wide.reindex(columns=[column.field for column in columns]), columns, 2)


def _long(rows: pd.DataFrame, follow: FollowUp) -> pd.DataFrame:
    """One row a measure, a set of departments and a year, in the protocol's order."""
    place = {each: number for number, each in enumerate(order(follow.protocol))}
    told = each(rows)
    return pd.DataFrame(
        {
            "place": [place.get((row.kind, row.key), -1) for row in told],
            "measure": [f"{row.kind}:{row.key}" for row in told],
            "departments": rows["departments"].astype("object").to_numpy(),
            "year": [str(row.year) for row in told],
            "value": pd.Series(told, dtype="object"),
        }
    )


def _of(row: Any) -> int:
    """The departments that a row of table ``trend`` is of, traced."""
    return whole("trend", row._asdict(), "of")


def _name(words: Words) -> Cell:
    write = name(words)
    took_part = words.say("tables.followup_trend_tiers.participating")
    return lambda measure: took_part if measure.startswith("participating") else write(measure)


def _value(words: Words, counted: Cell) -> Cell:
    """A count as ``counted`` writes it, or a mean level; marked in the year of a break."""

    def write(row: Any) -> str:
        mark = "" if row.comparable else f"{BREAK}{NBSP}"
        value = cell("trend", row._asdict(), "value")
        if value is None:
            return mark + EN_DASH
        if pd.isna(row.n):
            return mark + words.formats.number(value, 2)
        return mark + counted(Count(whole("trend", row._asdict(), "n"), _of(row)))

    return write
