"""Indicators: the level of each aspect of alumni relations, from all instruments together.

A level lies on 0 (none) to 3 (strong). It is formed within an instrument first, then across
instruments, so that an instrument with many rows does not outweigh one with few.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from mapping.participation import participating
from mapping.protocol import Protocol
from mapping.schemas import conform
from mapping.vocabulary import DECIMALS, INSTRUMENTS

Average = Literal["mean", "median"]

_ONE = ["department_id", "key"]


def indicators(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Level and convergence of every indicator of every participating department.

    One row is a department and an indicator (table ``indicators``). ``level`` is the mean of
    the instruments' levels, weighted by the protocol; for staffing it is the level of the
    department's arrangement where that is known. ``interview``, ``workshop`` and ``survey``
    show what each measured, ``instruments`` how many of them did, ``convergence`` the largest
    minus the smallest of them (missing with fewer than two). Levels are missing where nothing
    was seen.
    """
    measured = _by_instrument(evidence, protocol)
    rows = pd.MultiIndex.from_product(
        [participating(evidence), protocol.indicator_keys()],
        names=["department_id", "indicator"],
    )
    table = measured.reindex(rows)
    weights = pd.Series(protocol.weights)[list(INSTRUMENTS)]
    known = table.notna()
    table["level"] = (table * weights).sum(axis=1, min_count=1) / (known * weights).sum(axis=1)
    table["instruments"] = known.sum(axis=1)
    spread = table[list(INSTRUMENTS)].max(axis=1) - table[list(INSTRUMENTS)].min(axis=1)
    table["convergence"] = spread.where(table["instruments"] > 1)
    table = table.round(DECIMALS).reset_index()
    return conform(_with_arranged_staffing(table, evidence, protocol), "indicators")


def levels(indicators: pd.DataFrame) -> pd.DataFrame:
    """The levels of table ``indicators``: one row a department (the index), one column each."""
    return indicators.pivot(index="department_id", columns="indicator", values="level")


def _by_instrument(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Level by department and indicator (rows) and instrument (columns), not rounded yet.

    A mean of rounded levels could differ in the last decimal from an equal one, and break a tie.
    """
    seen = evidence[evidence["kind"] == "indicator"]
    measured = {
        "interview": interview_levels(seen[seen["instrument"] == "interview"]),
        "workshop": workshop_levels(seen[seen["instrument"] == "workshop"], protocol),
        "survey": survey_levels(seen[seen["instrument"] == "survey"]),
    }
    table = pd.concat(measured, axis=1).rename_axis(["department_id", "indicator"])
    return table[list(INSTRUMENTS)].astype("float64")


def interview_levels(rows: pd.DataFrame, average: Average = "mean") -> pd.Series:
    """Average over coders within a segment, then over the department's segments.

    ``rows`` are the evidence of the interviews' indicators; the result is by department and
    indicator, not rounded. A coder who gave a segment several levels of one indicator counts
    once, with their average.
    """
    by_coder = rows.groupby([*_ONE, "unit", "rater"])["value"].agg(average)
    by_segment = by_coder.groupby([*_ONE, "unit"]).agg(average)
    return by_segment.groupby(_ONE).agg(average)


def survey_levels(rows: pd.DataFrame, average: Average = "mean") -> pd.Series:
    """Average over the indicator's items within a response, then over the responses."""
    by_response = rows.groupby([*_ONE, "unit"])["value"].agg(average)
    return by_response.groupby(_ONE).agg(average)


def workshop_levels(rows: pd.DataFrame, protocol: Protocol) -> pd.Series:
    """Balance of the strength and weakness notes, each weighing its votes plus one.

    The one in the denominator draws a theme with few notes towards the middle of the scale.
    """
    internal = rows[rows["quadrant"].isin(["strength", "weakness"])]
    weight = internal.pivot_table(
        index=_ONE, columns="quadrant", values="weight", aggfunc="sum", fill_value=0.0
    ).reindex(columns=["strength", "weakness"], fill_value=0.0)
    middle = protocol.levels.highest / 2
    difference = weight["strength"] - weight["weakness"]
    return middle + middle * difference / (weight["strength"] + weight["weakness"] + 1)


def _with_arranged_staffing(
    table: pd.DataFrame, evidence: pd.DataFrame, protocol: Protocol
) -> pd.DataFrame:
    arranged = arrangements(evidence, protocol).set_index("department_id")["arrangement"]
    staffing = arranged.map({a.key: a.staffing for a in protocol.arrangements})
    here = table["indicator"] == "staffing"
    level = table["department_id"].map(staffing).where(here).astype("float64")
    return table.assign(level=level.fillna(table["level"]))


def arrangements(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Arrangement and origin of each participating department, by vote.

    One row is a department: department_id, arrangement, origin (missing where nobody said).
    Each interview segment has one vote, its most frequent code over the coders, and so has
    each survey response; the most frequent vote wins. Ties go to the protocol's order.
    """
    departments = pd.Index(participating(evidence), name="department_id")
    table = pd.DataFrame(index=departments)
    table["arrangement"] = _elected(evidence, "arrangement", [a.key for a in protocol.arrangements])
    table["origin"] = _elected(evidence, "origin", [o.key for o in protocol.origins])
    return table.astype("string").reset_index()


def _elected(
    evidence: pd.DataFrame, kind: Literal["arrangement", "origin"], order: Sequence[str]
) -> pd.Series:
    by_unit = votes(evidence, kind, order)
    return _most_frequent(by_unit, ["department_id"], order).set_index("department_id")["category"]


def votes(
    evidence: pd.DataFrame, kind: Literal["arrangement", "origin"], order: Sequence[str]
) -> pd.DataFrame:
    """One row is a segment or a response and its vote: the most frequent category of its rows.

    Columns: department_id, instrument, unit, category; equal ones go by ``order``.
    """
    said = evidence.loc[
        evidence["kind"] == kind, ["department_id", "instrument", "unit", "category"]
    ]
    return _most_frequent(said, ["department_id", "instrument", "unit"], order)


def _most_frequent(rows: pd.DataFrame, group: list[str], order: Sequence[str]) -> pd.DataFrame:
    """The most frequent category of each group; equal ones by ``order``."""
    counts = rows.groupby([*group, "category"]).size().reset_index(name="votes")
    place = counts["category"].map({key: place for place, key in enumerate(order)})
    ranked = counts.assign(place=place).sort_values(["votes", "place"], ascending=[False, True])
    return ranked.drop_duplicates(group)[[*group, "category"]]
