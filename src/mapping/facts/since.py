"""Facts on a single department beside an earlier year: what has changed there, and nobody else.

A department of several parts, then or now, is compared as a whole. Of a merged department the
parts are its own. Of a split one the whole tells of the other parts too, so the head of one part
is told nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.facts.counting import Facts
from mapping.followup.yardstick import broken
from mapping.protocol import Protocol
from mapping.references import cell
from mapping.vocabulary import DECIMALS, UNCLASSIFIED, YARDSTICK

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

_WHOLE = ("split", "mixed")
"""Ways of being followed by which a department is compared only together with others."""

_RULE = "rule"
"""What of the yardstick breaks nothing, for both years are computed by the later one."""

_TIER = ("tier", "tier")
"""The division into tiers, as a measure that can be broken."""

_YEARS = ("then", "now")

_TURNED = ("need", "voice", "recommendation")
"""The kinds of measures that are either so or not."""

_SMALLEST = 0.01
"""A smaller change of an aspect is none that two decimals show."""


@dataclass(frozen=True)
class Changes:
    """What has changed at a department seen in both years, measure by measure.

    ``aspects`` are those that have changed, of the comparable ones that are known in both years,
    the largest change first: aspect, then, now; ``known`` is whether there are comparable ones.
    ``gained`` and ``lost`` are the needs, voices and recommendations (by their kind, in the
    protocol's order) that are named or met in one year and known not to be in the other.
    ``unlike`` are the measures that cannot be compared (kind, key), ``reasons`` the parts of the
    yardstick that differ there. ``rules``: rules differ, by which both years are computed.
    """

    aspects: list[Facts] = field(default_factory=list)
    known: bool = False
    gained: dict[str, list[str]] = field(default_factory=lambda: {key: [] for key in _TURNED})
    lost: dict[str, list[str]] = field(default_factory=lambda: {key: [] for key in _TURNED})
    unlike: list[dict[str, str]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    rules: bool = False


@dataclass(frozen=True)
class Past:
    """How a department is found again in the baseline, and its two tiers.

    ``status`` says what there is to tell: ``both`` (seen in both years), ``unseen`` (not seen
    then), ``new`` (not in the frame then), ``split`` or ``mixed`` (compared only together with
    others), blank without a baseline. ``former`` are its ids then where they were others. The
    tiers, the move, the instruments and the changes are blank unless the status is ``both``.
    ``uncertain`` are the years (``then``, ``now``) in which the tier is borderline; ``only_then``
    and ``only_now`` the instruments that the department took part in in that year alone.
    ``comparable``: what the tiers rest on was measured alike.
    """

    baseline: str = ""
    last_year: bool = False
    status: str = ""
    way: str = ""
    former: tuple[str, ...] = ()
    tier_then: str = ""
    tier_now: str = ""
    move: str = ""
    clear: bool = False
    uncertain: tuple[str, ...] = ()
    comparable: bool = True
    only_then: tuple[str, ...] = ()
    only_now: tuple[str, ...] = ()
    changes: Changes = field(default_factory=Changes)


NO_PAST = Past()
"""Without a year to compare with there is nothing to tell."""


def past(follow: FollowUp | None, department: str) -> Past:
    """How a department that took part in the later year is found again in the baseline.

    ``follow`` is None without a baseline. Of the tables ``transitions`` and ``movements`` the
    department's own rows alone are read, the latter only if it was seen in both years by itself.
    """
    if follow is None:
        return NO_PAST
    row = _own_row(follow.transitions, department)
    status = _status(row)
    then, now = str(row["ids_then"]).split(), str(row["ids_now"]).split()
    year = Past(str(follow.baseline), follow.baseline == follow.year - 1, status, str(row["way"]))
    if status == "split":
        return replace(year, former=tuple(then))
    if status != "both":
        return year
    return replace(
        year,
        former=tuple(then) if then != now else (),
        comparable=_TIER not in broken(follow.yardstick),
        changes=_changes(follow, department),
        **_seen(row),
    )


def _own_row(transitions: pd.DataFrame, department: str) -> pd.Series:
    """The row of the department, which may be followed under another id."""
    of_it = [department in ids.split() for ids in transitions["ids_now"].fillna("")]
    return transitions[of_it].iloc[0]


def _status(row: pd.Series) -> str:
    if row["followed"] == "new":
        return "new"
    if row["way"] in _WHOLE:
        return str(row["way"])
    return "both" if row["followed"] == "both" else "unseen"


def _seen(row: pd.Series) -> Facts:
    """The tiers of both years, the move between them, and the instruments."""
    borderline = {year: row[f"borderline_{year}"] for year in _YEARS}
    then, now = (row[f"instruments_{year}"].split() for year in _YEARS)
    return {
        "tier_then": row["tier_then"],
        "tier_now": row["tier_now"],
        "move": "" if pd.isna(row["move"]) else row["move"],
        "clear": bool(pd.notna(row["clear"]) and row["clear"]),
        "uncertain": tuple(year for year in _YEARS if borderline[year]),
        "only_then": tuple(key for key in then if key not in now),
        "only_now": tuple(key for key in now if key not in then),
    }


def _changes(follow: FollowUp, department: str) -> Changes:
    protocol = follow.protocol
    rows = follow.movements[follow.movements["department_id"] == department]
    alike, unlike = rows[rows["comparable"]], _unlike(rows, protocol)
    aspects = _aspects(alike, protocol)
    moved = aspects[_size(aspects) >= _SMALLEST]
    return Changes(
        aspects=[_moved(row) for row in moved.to_dict("records")],
        known=len(aspects) > 0,
        gained=_turned(alike, protocol, 0.0, 1.0),
        lost=_turned(alike, protocol, 1.0, 0.0),
        unlike=unlike,
        reasons=_reasons(follow.yardstick, {(each["kind"], each["key"]) for each in unlike}),
        rules=bool((follow.yardstick["part"] == _RULE).any()),
    )


def _moved(row: Mapping[Any, Any]) -> Facts:
    levels = {year: cell("movements", row, year) for year in _YEARS}
    return {"aspect": row["key"], **levels}


def _kinds(protocol: Protocol) -> dict[str, Sequence[str]]:
    """The kinds of measures that the report tells of, each with its keys in their order.

    Indicators that an aspect rests on are told as aspects.
    """
    shown = {key for aspect in protocol.aspects for key in aspect.rests_on}
    return {
        "aspect": protocol.aspect_keys,
        "indicator": [key for key in protocol.indicator_keys() if key not in shown],
        "need": protocol.need_keys("internal"),
        "voice": protocol.need_keys("external"),
        "recommendation": [rule.key for rule in protocol.recommendations],
    }


def _aspects(alike: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The aspects known in both years, the largest change first, equal ones in their order."""
    rows = alike[alike["kind"] == "aspect"].dropna(subset=["then", "now"])
    place = {key: number for number, key in enumerate(protocol.aspect_keys)}
    known = rows.sort_values("key", key=lambda keys: keys.map(place))
    order = _size(known).sort_values(ascending=False, kind="stable").index
    return known.loc[order]


def _size(aspects: pd.DataFrame) -> pd.Series:
    return (aspects["now"] - aspects["then"]).abs().round(DECIMALS)


def _turned(
    alike: pd.DataFrame, protocol: Protocol, then: float, now: float
) -> dict[str, list[str]]:
    """What has turned from the one to the other, by its kind."""
    turned = alike[(alike["then"] == then) & (alike["now"] == now)]
    return {kind: _in_order(turned, kind, _kinds(protocol)[kind]) for kind in _TURNED}


def _unlike(rows: pd.DataFrame, protocol: Protocol) -> list[dict[str, str]]:
    """What is known in either year and cannot be compared."""
    unlike = rows[~rows["comparable"]]
    return [
        {"kind": kind, "key": key}
        for kind, keys in _kinds(protocol).items()
        for key in _in_order(unlike, kind, keys)
    ]


def _in_order(rows: pd.DataFrame, kind: str, keys: Sequence[str]) -> list[str]:
    there = set(rows.loc[rows["kind"] == kind, "key"])
    return [key for key in keys if key in there]


def _reasons(yardstick: pd.DataFrame, touched: set[tuple[str, str]]) -> list[str]:
    """The parts of the yardstick that have broken any of these measures."""
    by_part = {part: broken(rows) for part, rows in yardstick.groupby("part")}
    return [part for part in YARDSTICK if touched & by_part.get(part, frozenset())]


def in_short(own: Past) -> Facts:
    """The move between the tiers; ``status`` other than ``both`` tells nothing in short."""
    return {
        "status": own.status,
        "baseline": own.baseline,
        "last_year": own.last_year,
        "then": own.tier_then,
        "now": own.tier_now,
        "move": own.move,
        "clearly": own.clear,
        "comparable": own.comparable,
        "only_then": list(own.only_then),
        "only_now": list(own.only_now),
    }


def told(own: Past) -> Facts:
    """How the department is found again, and how its tier has moved.

    ``unclassified`` are the years in which it had no tier.
    """
    tiers = dict(zip(_YEARS, (own.tier_then, own.tier_now), strict=True))
    return asdict(own) | {
        "unclassified": [year for year, tier in tiers.items() if tier == UNCLASSIFIED],
    }
