"""Ten thousand choices of the audit, and how a user of pandas would try one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd

from mapping.audit.readings import Measured, Numbers, aspect_levels
from mapping.audit.rules import Codes, decided
from mapping.indicators import Average
from mapping.protocol import Criterion, Protocol
from mapping.tiers import LOWEST_FIRST

CODERS = 10
"""With all coders together, and each alone, su-2020 has 10,560 choices."""

AVERAGES: tuple[Average, ...] = ("mean", "median")


def readings(departments: int, protocol: Protocol, seed: int = 3) -> Numbers:
    """Levels of the aspects by every reading: reading x department x aspect.

    Seven departments in ten were interviewed, eight answered the survey, half wrote notes; two
    of the coders coded each interview.
    """
    rng = np.random.default_rng(seed)
    audit = protocol.audit
    return np.array(
        [
            aspect_levels(
                measured,
                protocol,
                average,
                without=left.without,
                weights={
                    r.key: r.weight * weights.times.get(r.key, 1) for r in protocol.instruments
                },
            )
            for measured in _coded(departments, protocol, rng)
            for average in AVERAGES
            for left in audit.factor("evidence").levels
            for weights in audit.factor("weights").levels
        ]
    )


def _coded(departments: int, protocol: Protocol, rng: np.random.Generator) -> Iterator[Measured]:
    """What is measured by all coders, then by each alone."""
    shape = (departments, len(protocol.indicator_keys()))
    truth = rng.uniform(0, 3, (departments, 1))
    levels = np.clip(truth[..., None] + rng.normal(0, 0.7, (*shape, 3)), 0, 3)
    levels = np.round(levels * [2, 3, 4]) / [2, 3, 4]
    unseen = rng.random((departments, 1, 3)) > [0.7, 0.5, 0.8]
    levels[np.broadcast_to(unseen, levels.shape)] = np.nan
    votes = np.zeros((departments, 3, len(protocol.arrangements)))
    votes[np.arange(departments), 2, rng.integers(0, votes.shape[2], departments)] = 1
    yield Measured(levels, votes)
    for coder in range(CODERS):
        own = levels.copy()
        here = np.arange(departments) % (CODERS // 2) == coder // 2
        change = rng.integers(-1, 2, shape)[here] / 2
        own[here, :, 0] = np.clip(own[here, :, 0] + change, 0, 3)
        yield Measured(own, votes)


def at_once(levels: Numbers, protocol: Protocol) -> Codes:
    """Every choice of every department: (reading and department) x rule x move x tie rule."""
    audit = protocol.audit
    return decided(
        levels.reshape(-1, levels.shape[-1]),
        protocol,
        [level.key for level in audit.factor("rule").levels],
        [level.moved for level in audit.factor("demands").levels],
        [level.key for level in audit.factor("tie").levels],
    )


def one_by_one(levels: Numbers, protocol: Protocol) -> list[pd.Series]:
    """The tiers by each choice in turn, as a user of pandas would write it."""
    return list(_each(levels, protocol))


def _each(levels: Numbers, protocol: Protocol) -> Iterator[pd.Series]:
    audit = protocol.audit
    ways = ("rule", "demands", "tie")
    for reading in levels:
        frame = pd.DataFrame(reading, columns=list(protocol.aspect_keys))
        for rule, demands, tie in product(*(audit.factor(way).levels for way in ways)):
            score = SCORES[rule.key](frame, protocol, demands.moved)
            yield _tier(score, frame, tie.key, protocol)


def _tier(score: pd.DataFrame, levels: pd.DataFrame, tie: str, protocol: Protocol) -> pd.Series:
    order = LOWEST_FIRST if tie == "lower" else LOWEST_FIRST[::-1]
    possible = score[list(order)].round(9)
    enough = levels.count(axis=1) >= protocol.tier_rules.aspects_known
    chosen = enough & possible.notna().any(axis=1)
    return possible[chosen].idxmax(axis=1).reindex(levels.index).fillna("unclassified")


def _ideal(tier: str, protocol: Protocol, moved: float) -> pd.Series:
    highest = protocol.levels.highest
    return pd.Series({a.key: a.ideal[tier] + moved for a in protocol.aspects}).clip(0, highest)


def _city_block(levels: pd.DataFrame, protocol: Protocol, moved: float) -> pd.DataFrame:
    away = {t: levels.sub(_ideal(t, protocol, moved)).abs().mean(axis=1) for t in LOWEST_FIRST}
    return 1 - pd.DataFrame(away) / protocol.levels.highest


def _euclid(levels: pd.DataFrame, protocol: Protocol, moved: float) -> pd.DataFrame:
    away = {t: levels.sub(_ideal(t, protocol, moved)).pow(2).mean(axis=1) for t in LOWEST_FIRST}
    return -pd.DataFrame(away)


def _fuzzy(levels: pd.DataFrame, protocol: Protocol, moved: float) -> pd.DataFrame:
    small, moderate, good = (_ideal(tier, protocol, moved) for tier in LOWEST_FIRST)
    whole = levels.sub(small).div(good - small).clip(0, 1)
    up = levels.sub(small).div(moderate - small).clip(0, 1)
    down = 1 - levels.sub(moderate).div(good - moderate).clip(0, 1)
    members = {
        "small": (1 - whole).min(axis=1),
        "moderate": up.where(up < down, down).min(axis=1),
        "good": whole.min(axis=1),
    }
    table = pd.DataFrame(members).round(9)
    return table.where(table > 0)


def _criteria(levels: pd.DataFrame, protocol: Protocol, moved: float) -> pd.DataFrame:
    met = {c.name: _met(levels, c, protocol, moved) for c in protocol.criteria}
    of = {c.name: c.tier for c in protocol.criteria}
    return pd.DataFrame(
        {
            tier: pd.DataFrame({k: m for k, m in met.items() if of[k] == tier}).mean(axis=1)
            for tier in LOWEST_FIRST
        }
    )


def _met(levels: pd.DataFrame, criterion: Criterion, protocol: Protocol, moved: float) -> pd.Series:
    """1 if any condition is met, missing if none is and one is unknown, else 0."""
    highest = protocol.levels.highest
    found = []
    for condition in criterion.any:
        level, holds = levels[condition.aspect], pd.Series(data=True, index=levels.index)
        for bound, compare in (("at_least", "ge"), ("at_most", "le"), ("below", "lt")):
            given = getattr(condition, bound)
            if given is not None:
                holds &= getattr(level, compare)(min(max(given + moved, 0), highest))
        found.append(holds.astype(float).where(level.notna()))
    table = pd.concat(found, axis=1)
    return table.max(axis=1).where(table.eq(1).any(axis=1) | table.notna().all(axis=1))


def _index(levels: pd.DataFrame, protocol: Protocol, moved: float) -> pd.DataFrame:
    mean, highest = levels.mean(axis=1).round(9), protocol.levels.highest
    moderate, good = (
        min(max(cut + moved, 0), highest)
        for cut in (protocol.levels.moderate, protocol.levels.good)
    )
    ranges = {"small": (0, moderate), "moderate": (moderate, good), "good": (good, highest)}
    return -pd.DataFrame({tier: (mean - mean.clip(*ends)).abs() for tier, ends in ranges.items()})


SCORES = {
    "city_block": _city_block,
    "euclid": _euclid,
    "fuzzy": _fuzzy,
    "criteria": _criteria,
    "index": _index,
}
