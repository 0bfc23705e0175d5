"""What the protocol's definitions make of the counts.

The attributes of a department, and which of their states each count of the open edition names.

Whatever a count is defined by is told here once, and :mod:`joint` finds what follows from it.
"""

from __future__ import annotations

from itertools import product

import pandas as pd

from mapping import indicators, needs
from mapping.disclosure.book import Book
from mapping.disclosure.joint import Joint, States, Truth
from mapping.disclosure.system import Cell
from mapping.followup.years import Year
from mapping.protocol import Protocol, Recommendation
from mapping.vocabulary import (
    CONDITIONS_LEVELS,
    INSTRUMENTS,
    QUADRANTS,
    SIDES,
    TIERS,
    UNCLASSIFIED,
)

STAFFING = "staffing"
UNKNOWN = "unknown"
YES, NO = "yes", "no"
WITH, WITHOUT = "with", "without"
_KIND = {"internal": "need", "external": "voice"}
BOTH = "both"
"""Begins the name of the cell of those who name two needs."""

_ASKS = ("interview", "survey")
"""The instruments in which somebody is asked: the workshop's notes tell of no arrangement."""

INTERNAL_QUADRANTS = ("strength", "weakness")
"""The quadrants whose notes measure a condition."""


def define(book: Book, year: Year, frame: pd.DataFrame, whole: str) -> Joint:
    """Take into the book all that the definitions imply of its counts.

    The frame has a row for each department of the register. ``whole`` is the cell of those that
    took part. Returns what was defined, for whoever wants to hold it against departments.
    """
    joint = Joint(whole)
    here = frame[frame["took_part"]]
    _seen(joint, here)
    _levels(joint, year, here)
    _origin(joint, year, here)
    _needs(joint, year, here)
    _both_needs(book, joint)
    _tools(joint, year.protocol)
    joint.counted = {c: p for c, p in joint.counted.items() if c in book.system.cells}
    joint.into(book.system)
    _themes(book, year.protocol)
    _bounds(book, year.protocol)
    return joint


def _is(attribute: str, state: str) -> Truth:
    return lambda states: states[attribute] == state


def _both(one: Truth, other: Truth) -> Truth:
    return lambda states: one(states) and other(states)


def _unless(attribute: str, state: str, holds: Truth) -> Truth:
    return lambda states: states[attribute] != state or holds(states)


def _told_by(instrument: str) -> Truth:
    return lambda states: instrument in states["seen"]


def _seen(joint: Joint, here: pd.DataFrame) -> None:
    """The instruments that saw the department: one at least."""
    columns = {"interview": "interviews", "workshop": "workshop_notes", "survey": "responses"}
    used = [here[columns[key]].gt(0).map({True: key, False: ""}) for key in INSTRUMENTS]
    of = pd.Series([" ".join(one) for one in zip(*used, strict=True)], here.index, dtype="object")
    every = product(*((key, "") for key in INSTRUMENTS))
    joint.attribute("seen", [" ".join(s) for s in every if any(s)], of)
    for key in INSTRUMENTS:
        joint.counts(f"used|{key}", ["seen"], _told_by(key))


def _asked(states: States) -> bool:
    return any(key in states["seen"] for key in _ASKS)


def thresholds(protocol: Protocol) -> list[float]:
    """The levels from which the protocol says something of a condition, from below."""
    asked = {level for rule in protocol.recommendations for level in rule.at_least.values()}
    return sorted({float(protocol.levels.good), *(float(level) for level in asked)})


def _levels(joint: Joint, year: Year, here: pd.DataFrame) -> None:
    """Each condition by the thresholds that its level reaches; staffing by the arrangement too."""
    protocol, limits = year.protocol, thresholds(year.protocol)
    table = indicators.levels(year.indicators).reindex(here.index)
    asked = {key for rule in protocol.recommendations for key in rule.at_least}
    listed = [k for k in protocol.indicator_keys() if k in asked]
    keys = list(dict.fromkeys([*protocol.indicator_keys("conditions"), *listed]))
    for key in keys:
        level = table[key] if key in table else pd.Series(float("nan"), here.index)
        reached = level.map(lambda one: UNKNOWN if pd.isna(one) else _reached(one, limits))
        states = [*(str(n) for n in range(len(limits) + 1)), UNKNOWN]
        if key == STAFFING:
            states, reached = _arranged(year, here, states, reached)
        joint.attribute(key, states, reached)
    if STAFFING not in keys:
        _arrangement(joint, year, here)
    ways = {a.key: a.staffing for a in protocol.arrangements}
    reading = _Reading(limits, ways)
    for key in protocol.indicator_keys("conditions"):
        joint.counts(f"known|{key}", [key], reading.known(key))
        joint.counts(f"good|{key}", [key], reading.good(key, protocol.levels.good))
    arranged = STAFFING
    joint.counts("known|arrangement", [arranged], lambda s: s[arranged] in ways)
    for way in ways:
        joint.counts(f"arrangement|{way}", [arranged], _is(arranged, way))
    joint.only(["seen", arranged], lambda s: s[arranged] not in ways or _asked(s))
    for indicator in protocol.indicators:
        if indicator.key in keys and set(indicator.seen_by) < set(INSTRUMENTS):
            joint.only(["seen", indicator.key], reading.seen(indicator.key, indicator.seen_by))
    for rule in protocol.recommendations:
        _recommendation(joint, rule, reading)


def _reached(level: float, limits: list[float]) -> str:
    return str(sum(level >= limit for limit in limits))


def _arranged(
    year: Year, here: pd.DataFrame, states: list[str], reached: pd.Series
) -> tuple[list[str], pd.Series]:
    """Where the arrangement is known it is the state, for the level of staffing follows from it."""
    elected = indicators.arrangements(year.evidence, year.protocol).set_index("department_id")
    way = elected["arrangement"].reindex(here.index)
    keys = [a.key for a in year.protocol.arrangements]
    return [*keys, *states], way.astype("object").where(way.notna(), reached)


def _arrangement(joint: Joint, year: Year, here: pd.DataFrame) -> None:
    """A protocol without an indicator of staffing: the arrangement for itself."""
    unknown = pd.Series(UNKNOWN, here.index)
    joint.attribute(STAFFING, *_arranged(year, here, [UNKNOWN], unknown))


class _Reading:
    """What a state says of a condition's level."""

    def __init__(self, limits: list[float], ways: dict[str, float]) -> None:
        self.limits, self.ways = limits, ways

    def known(self, key: str) -> Truth:
        return lambda s: s[key] != UNKNOWN

    def good(self, key: str, limit: float) -> Truth:
        return lambda s: self.at_least(s[key], limit) is True

    def at_least(self, state: str, limit: float) -> bool | None:
        """Whether the level reaches a threshold; None if it is unknown."""
        if state == UNKNOWN:
            return None
        if state in self.ways:
            return self.ways[state] >= limit
        return int(state) > self.limits.index(float(limit))

    def seen(self, key: str, by: tuple[str, ...]) -> Truth:
        return lambda s: s[key] == UNKNOWN or any(each in s["seen"] for each in by)


def _recommendation(joint: Joint, rule: Recommendation, reading: _Reading) -> None:
    """Met if all that it asks for is known and there, assessed too if any is known to lack."""
    scope = [*rule.at_least, *([STAFFING] if rule.arrangements else [])]

    def things(states: States) -> list[bool | None]:
        asked = [reading.at_least(states[k], limit) for k, limit in rule.at_least.items()]
        way = states.get(STAFFING, UNKNOWN)
        told = way in rule.arrangements if way in reading.ways else None
        return [*asked, told] if rule.arrangements else asked

    joint.counts(f"met|{rule.key}", scope, lambda s: all(t is True for t in things(s)))
    joint.counts(
        f"assessed|{rule.key}",
        scope,
        lambda s: False in things(s) or None not in things(s),
    )


def _origin(joint: Joint, year: Year, here: pd.DataFrame) -> None:
    elected = indicators.arrangements(year.evidence, year.protocol).set_index("department_id")
    keys = [o.key for o in year.protocol.origins]
    way = elected["origin"].reindex(here.index)
    joint.attribute("origin", [*keys, UNKNOWN], way.astype("object").where(way.notna(), UNKNOWN))
    joint.counts("known|origin", ["origin"], lambda s: s["origin"] != UNKNOWN)
    for key in keys:
        joint.counts(f"origin|{key}", ["origin"], _is("origin", key))
    joint.only(["seen", "origin"], lambda s: s["origin"] == UNKNOWN or _asked(s))


def _needs(joint: Joint, year: Year, here: pd.DataFrame) -> None:
    """Each need, whether there is any of the side, and the tier beside each internal one."""
    felt = needs.with_need(year.evidence, year.indicators, year.protocol)
    felt = felt.set_index("department_id").reindex(here.index)
    joint.attribute("tier", [*TIERS, UNCLASSIFIED], here["tier"])
    for side in SIDES:
        having = felt[side].astype("boolean")
        state = having.map({True: WITH, False: WITHOUT}).astype("object").fillna(UNKNOWN)
        joint.attribute(side, [WITH, WITHOUT, UNKNOWN], state)
        joint.counts(f"{side}|with", [side], _is(side, WITH))
        joint.counts(f"{side}|without", [side], _is(side, WITHOUT))
        named = needs.named(year.evidence, year.protocol, side)
        named = named.reindex(here.index, fill_value=False)
        keys = [f"{_KIND[side]}|{need}" for need in named]
        for key, need in zip(keys, named, strict=True):
            joint.attribute(key, [YES, NO], named[need].map({True: YES, False: NO}))
            joint.counts(key, [key], _is(key, YES))
            joint.only([key, side], _unless(key, YES, _is(side, WITH)))
            if side == "internal":
                _by_tier(joint, str(need))
        joint.only(["seen", side], _unless(side, WITHOUT, _asked))
    joint.only(["seen", "external"], lambda s: s["external"] == UNKNOWN or _asked(s))


def _both_needs(book: Book, joint: Joint) -> None:
    """How many name two needs is printed nowhere, but what a test of the two says."""
    pair = ("employability", "recruitment")
    keys = [f"need|{need}" for need in pair]
    if {*keys} <= joint.attributes.keys():
        one, other = (joint.attributes[key].of == YES for key in keys)
        cell = book.system.add("|".join([BOTH, *pair]), Cell(int((one & other).sum()), "derived"))
        joint.counts(cell, keys, _both(_is(keys[0], YES), _is(keys[1], YES)))


def _by_tier(joint: Joint, need: str) -> None:
    key = f"need|{need}"
    for tier in (*TIERS, UNCLASSIFIED):
        joint.counts(f"tier|{tier}", ["tier"], _is("tier", tier))
        joint.counts(f"{key}|{tier}", [key, "tier"], _both(_is(key, YES), _is("tier", tier)))


def _tools(joint: Joint, protocol: Protocol) -> None:
    """A tool serves whoever names one of its needs, or lacks one of its conditions."""
    reading = _Reading(thresholds(protocol), {a.key: a.staffing for a in protocol.arrangements})
    good = float(protocol.levels.good)
    for tool in protocol.tool_keys:
        things = [(row.kind, row.key) for row in protocol.tools if row.tool == tool]
        named = [f"need|{key}" for kind, key in things if kind == "need"]
        lacking = [key for kind, key in things if kind == "condition"]
        if not {*named, *lacking} <= joint.attributes.keys():
            continue

        def served(s: States, named: list[str] = named, lacking: list[str] = lacking) -> bool:
            weak = (reading.at_least(s[key], good) is False for key in lacking)
            return any(s[key] == YES for key in named) or any(weak)

        joint.counts(f"tool|{tool}", [*named, *lacking], served)


def _themes(book: Book, protocol: Protocol) -> None:
    """A note on a need names it; one of strength or weakness makes its condition known."""
    cells = book.system.cells
    codes = [code for code in protocol.codes if code.instrument == "workshop"]
    for quadrant, code in product(QUADRANTS, codes):
        names, own = code.kind == "need", f"swot|{quadrant}|{code.code}"
        whole = f"need|{code.key}" if names else f"known|{code.key}"
        if (names or quadrant in INTERNAL_QUADRANTS) and {own, whole} <= cells.keys():
            book.system.part(own, whole)


def _bounds(book: Book, protocol: Protocol) -> None:
    """What counts of different tables say of each other without one containing the other.

    Whoever answers is of a department that is seen. Conditions that are good on the whole have a
    good one at least. Who has too few known aspects to be classified has few known conditions.
    """
    system, good = book.system, CONDITIONS_LEVELS[0]
    for key in INSTRUMENTS:
        if f"persons|{key}" in system.cells:
            system.limited(f"used|{key}", [f"persons|{key}"])
    conditions = protocol.indicator_keys("conditions")
    counted = [f"good|{key}" for key in conditions if f"good|{key}" in system.cells]
    total = "grid|" + good + "|all"
    if total in system.cells:
        system.limited(total, counted)
    aspects = [[k for k in a.rests_on if f"known|{k}" in system.cells] for a in protocol.aspects]
    fewest = protocol.tier_rules.aspects_known - 1
    for chosen in product(*(keys for keys in aspects if keys)):
        distinct = list(dict.fromkeys(chosen))
        factors = {f"tier|{tier}": float(len(distinct)) for tier in TIERS}
        factors[f"tier|{UNCLASSIFIED}"] = float(min(fewest, len(distinct)))
        system.at_least(factors | {f"known|{key}": -1.0 for key in distinct})
