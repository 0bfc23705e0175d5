"""Facts on how far a change can be trusted: what was found in simulated pairs of years."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import pandas as pd

from mapping.change_calibration import ALL, FAMILY, ChangeCalibration
from mapping.facts.counting import Count, Facts
from mapping.facts.followup.moves import moves

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

STABLE, CHANGED = "stable", "changed"

_USUAL = 0.95
"""In so large a share of the pairs of years there are at most so many clear moves."""

_SELDOM = 0.5
"""A planted change that is found in a smaller share of the pairs is seldom found."""

_DIRECTION = "tier:direction"


def trust(follow: FollowUp) -> Facts:
    """What simulated pairs of years say of the follow-up; without any, that there are none.

    In pairs without any change, ``stable``: the departments said to have moved ``clearly`` and
    ``within`` the uncertainty, of all; the ``most`` clear moves in 95 of 100 pairs; the clear
    moves of those seen by ``other`` instruments and of those seen by the ``same``; the ``tests``
    that told a change from chance, and the pairs with ``any``.

    In pairs with planted changes, ``changed``: the measures ``planted`` that were found, all
    tests taken together, and those found ``seldom``; the pairs in which the ``direction`` of the
    moves between tiers was; the departments with another true tier that were ``found`` and
    ``half_found`` (within the uncertainty); and of all clear moves those that were ``right``.
    """
    made = follow.calibration
    if made is None:
        return {**_NONE, "stable": {}, "changed": {}}
    return {
        "made": True,
        "stale": made.stale,
        "pairs": made.record.pairs,
        "stable": {**_stable_moves(made), **_false(made.rates)},
        "changed": {**_changed_moves(made), **_planted(made)},
    }


_NONE: Facts = {"made": False, "stale": False, "pairs": 0}


def expected(follow: FollowUp) -> Facts:
    """The moves to be expected among as many departments if nothing has changed.

    ``clearly`` and ``within`` the uncertainty; nothing without simulated pairs, or if they are
    out of date.
    """
    made, known = follow.calibration, moves(follow.transitions)["classified"]
    if made is None or made.stale:
        return {}
    counts = _stable_moves(made)
    ways = {name: counts[name] for name in ("clearly", "within")}
    return {name: known * count.n / count.of for name, count in ways.items() if count.of}


def planted(made: ChangeCalibration) -> pd.DataFrame:
    """The rows of the rates of measures that are planted to rise or fall."""
    rates = made.rates
    return rates[(rates["world"] == CHANGED) & rates["planted"].isin(["rose", "fell"])]


def found(rows: pd.DataFrame) -> list[Count]:
    """In how many of the tests of each row what is planted was found."""
    right = rows["rose"].where(rows["planted"] == "rose", rows["fell"])
    return [Count(int(n), int(of)) for n, of in zip(right, rows["tested"], strict=True)]


def _stable_moves(made: ChangeCalibration) -> Facts:
    table = made.moves[made.moves["world"] == STABLE]
    total = table.drop(columns=["world", "pair"]).sum()
    counts = sorted(table["clear"])
    same = total["compared"] - total["other"]
    return {
        "clearly": Count(int(total["clear"]), int(total["compared"])),
        "within": Count(int(total["uncertain"]), int(total["compared"])),
        "most": int(counts[ceil(_USUAL * len(counts)) - 1]) if counts else 0,
        "other": Count(int(total["other_clear"]), int(total["other"])),
        "same": Count(int(total["clear"] - total["other_clear"]), int(same)),
    }


def _false(rates: pd.DataFrame) -> Facts:
    rows = rates[rates["world"] == STABLE]
    single, every = rows[rows["kind"] != FAMILY], rows[rows["key"] == ALL]
    return {"tests": _sum(single), "any": _sum(every)}


def _sum(rows: pd.DataFrame) -> Count:
    return Count(int(rows["found"].sum()), int(rows["tested"].sum()))


def _changed_moves(made: ChangeCalibration) -> Facts:
    table = made.moves[made.moves["world"] == CHANGED]
    total = table.drop(columns=["world", "pair"]).sum()
    return {
        "found": Count(int(total["clear_right"]), int(total["moved"])),
        "half_found": Count(int(total["uncertain_right"]), int(total["moved"])),
        "right": Count(int(total["clear_right"]), int(total["clear"])),
    }


def _planted(made: ChangeCalibration) -> Facts:
    rows = planted(made)
    counts = dict(zip(rows["kind"] + ":" + rows["key"], found(rows), strict=True))
    direction = counts.pop(_DIRECTION, Count(0, 0))
    return {
        "planted": Count(sum(c.n for c in counts.values()), sum(c.of for c in counts.values())),
        "seldom": [name for name, count in counts.items() if count.n < _SELDOM * count.of],
        "direction": direction,
    }
