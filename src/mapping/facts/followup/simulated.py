"""Facts on how far a change can be trusted: what was found in simulated pairs of years."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from mapping.change_calibration import ALL, FAMILY, ChangeCalibration
from mapping.facts.counting import Count, Facts
from mapping.facts.followup.moves import moves
from mapping.references import Selected, Traced, computed, of, whole

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
        "pairs": pairs(made),
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
    return {name: _among(known, count) for name, count in ways.items() if count.of}


def _among(known: int, count: Count) -> Traced:
    return computed("quotient", computed("product", known, count.n), count.of)


def pairs(made: ChangeCalibration) -> int:
    """How many pairs of years were simulated without any change, and with planted changes."""
    return _moves(made, STABLE).count()


def planted(made: ChangeCalibration) -> Selected:
    """The rates of the measures that are planted to rise or fall."""
    return of("change_calibration", made.rates).where(world=CHANGED, planted=_WAYS)


_WAYS = ("rose", "fell")


def found(rows: pd.DataFrame) -> dict[str, Count]:
    """In how many of the tests of each measure what is planted was found; by ``kind:key``."""
    return {f"{row['kind']}:{row['key']}": _found(row) for row in rows.to_dict("records")}


def _found(row: Mapping[Any, Any]) -> Count:
    n, base = (whole("change_calibration", row, name) for name in (row["planted"], "tested"))
    return Count(n, base)


def _moves(made: ChangeCalibration, world: str) -> Selected:
    return of("change_moves", made.moves).where(world=world)


def _sums(rows: Selected, n: str, base: str) -> Count:
    """Of so many departments, or tests, so many: the sums of two columns."""
    return Count(cast(int, rows.sum(n)), cast(int, rows.sum(base)))


def _stable_moves(made: ChangeCalibration) -> Facts:
    rows = _moves(made, STABLE)
    every, other = _sums(rows, "clear", "compared"), _sums(rows, "other_clear", "other")
    same = [computed("difference", *both) for both in zip(every, other, strict=True)]
    return {
        "clearly": every,
        "within": _sums(rows, "uncertain", "compared"),
        "most": rows.quantile("clear", _USUAL) if len(rows.frame) else 0,
        "other": other,
        "same": Count(*(cast(int, number) for number in same)),
    }


def _false(rates: pd.DataFrame) -> Facts:
    rows = of("change_calibration", rates).where(world=STABLE)
    single, every = rows.without(kind=FAMILY), rows.where(key=ALL)
    return {"tests": _sums(single, "found", "tested"), "any": _sums(every, "found", "tested")}


def _changed_moves(made: ChangeCalibration) -> Facts:
    rows = _moves(made, CHANGED)
    return {
        "found": _sums(rows, "clear_right", "moved"),
        "half_found": _sums(rows, "uncertain_right", "moved"),
        "right": _sums(rows, "clear_right", "clear"),
    }


def _planted(made: ChangeCalibration) -> Facts:
    """Of the measures that are planted, and of the tiers, which follow from these."""
    counts = found(planted(made).frame)
    direction = counts.pop(_DIRECTION, Count(0, 0))
    measures = of("change_calibration", made.rates).where(world=CHANGED).without(kind="tier")
    right = computed("sum", *(measures.where(planted=way).sum(way) for way in _WAYS))
    tested = measures.where(planted=_WAYS).sum("tested")
    return {
        "planted": Count(cast(int, right), cast(int, tested)),
        "seldom": [name for name, count in counts.items() if count.n < _SELDOM * count.of],
        "direction": direction,
    }
