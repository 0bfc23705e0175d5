"""Why a department changed tier: what each aspect did to the fits that decided it."""

from __future__ import annotations

import pandas as pd

from mapping.protocol import Protocol
from mapping.vocabulary import DECIMALS

COLUMNS = ["department_id", "aspect", "then", "now", "pull"]


def pulls(transitions: pd.DataFrame, movements: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """What each aspect did to a department that moved; from ``transitions`` and ``movements``.

    One row is a department that moved up or down and an aspect that pulled: its levels in both
    years (missing if unknown) and its pull, the largest first. What decides a move is the fit to
    the new tier less the fit to the old one; each year that difference is a sum over the known
    aspects, and the pull is what the aspect added from one year to the other: positive toward the
    new tier, negative against it. The pulls of a department add up to the whole change of that
    difference, also where an aspect is known in one of the years only, or where others have
    become known and each counts for less.

    Source: the deviation scores of D. H. Doty and W. H. Glick, Academy of Management Review 19
    (1994), taken apart by aspect.
    """
    moved = transitions[transitions["move"].isin(["up", "down"])]
    aspects = movements[movements["kind"] == "aspect"].rename(columns={"key": "aspect"})
    tiers = moved[["department_id", "tier_then", "tier_now"]]
    table = tiers.merge(aspects, on="department_id")
    pull = _part(table, "now", protocol) - _part(table, "then", protocol)
    made = table.assign(pull=pull.round(DECIMALS))
    order = ["department_id", "pull", "aspect"]
    ordered = made[made["pull"] != 0].sort_values(order, ascending=[True, False, True])
    return ordered[COLUMNS].reset_index(drop=True)


def _part(table: pd.DataFrame, year: str, protocol: Protocol) -> pd.Series:
    """What each aspect gives the fit to the new tier above that to the old one; 0 if unknown."""
    levels = table[year]
    known = levels.notna().groupby(table["department_id"]).transform("sum")
    distance = {tier: (levels - _ideals(table, tier, protocol)).abs() for tier in _ENDS}
    nearer = distance["tier_then"] - distance["tier_now"]
    return (nearer / (protocol.levels.highest * known)).fillna(0)


_ENDS = ("tier_then", "tier_now")


def _ideals(table: pd.DataFrame, tier: str, protocol: Protocol) -> pd.Series:
    """The ideal of each row's aspect in its tier then or now."""
    ideals = {aspect.key: aspect.ideal for aspect in protocol.aspects}
    pairs = zip(table["aspect"], table[tier], strict=True)
    return pd.Series([ideals[key][name] for key, name in pairs], table.index, dtype="float64")
