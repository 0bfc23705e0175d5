"""The ways of turning a department's profile of aspects into a tier.

Every rule gives a profile a score for each tier, rounded to nine decimals; the tier is the one
with the largest score. Below, x is the level of an aspect, n the number of known aspects, H
the scale's length (3), and S, M, G are an aspect's ideals in small, moderate and good. Moved by
m, every ideal, bound of a criterion and cut-off of the index is m higher, but kept between 0
and H.

========== ====================================================================================
city_block 1 - (sum of abs(x - ideal)) / (n H): the protocol's own rule, see :mod:`mapping.tiers`
euclid     minus the mean of (x - ideal)^2, which ranks as the Euclidean distance does
fuzzy      the smallest membership over the known aspects. Membership in good rises linearly
           from 0 at S to 1 at G; that in small falls from 1 at S to 0 at G; that in moderate
           rises from 0 at S to 1 at M and falls to 0 at G. Ideal types as fuzzy sets, joined by
           the minimum: C. C. Ragin, Fuzzy-Set Social Science, 2000; J. Kvist, Fuzzy set ideal
           type analysis, Journal of Business Research 60, 2007
criteria   the share of the tier's criteria that are met, of those known
index      minus the distance of the mean of the known aspects from the tier's range: small up
           to the cut-off of moderate, moderate from there to the cut-off of good, good from
           there. On a cut-off the mean is in both ranges
========== ====================================================================================

Scores that are equal go to the lower or to the higher tier, by the tie rule. A department is
unclassified with fewer known aspects than the protocol asks for, whatever the rule; and by the
fuzzy rule if its membership in every tier is 0. By the criteria a tier none of whose criteria
is known cannot be chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from mapping.protocol import Condition, Criterion, Protocol
from mapping.tiers import LOWEST_FIRST
from mapping.vocabulary import DECIMALS

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

NO_TIER = -1
"""The code of unclassified; a tier's is its place in LOWEST_FIRST."""

NEVER = -np.inf
"""The score of a tier that cannot be chosen."""


def decided(
    levels: Numbers,
    protocol: Protocol,
    rules: Sequence[str],
    moves: Sequence[float],
    ties: Sequence[str],
) -> Codes:
    """The tier of every profile by every rule, move and tie rule.

    ``levels`` is profile x aspect in the protocol's order, missing where unknown. The result
    is profile x rule x move x tie rule. Equal profiles are decided once.
    """
    profiles, which = _unique(levels)
    columns = np.ascontiguousarray(profiles.T)
    codes = np.empty((len(rules), len(moves), len(ties), len(profiles)), dtype=np.int8)
    enough = (~np.isnan(columns)).sum(axis=0) >= protocol.tier_rules.aspects_known
    for place, rule in enumerate(rules):
        for step, moved in enumerate(moves):
            scores = RULES[rule](columns, protocol, moved)
            for number, tie in enumerate(ties):
                codes[place, step, number] = np.where(enough, _largest(scores, tie), NO_TIER)
    by_profile = np.ascontiguousarray(codes.reshape(-1, len(profiles)).T)
    return by_profile[which].reshape(len(levels), len(rules), len(moves), len(ties))


def _unique(levels: Numbers) -> tuple[Numbers, npt.NDArray[np.intp]]:
    """The different rows, and which of them each row is."""
    which = np.zeros(len(levels), dtype=np.intp)
    for column in np.ascontiguousarray(levels.T):
        values, found = pd.factorize(column, use_na_sentinel=False)
        which, _ = pd.factorize(which * max(len(found), 1) + values)
    first = np.empty(which.max(initial=-1) + 1, dtype=np.intp)
    first[which[::-1]] = np.arange(len(levels))[::-1]
    return levels[first], which


def _largest(scores: Numbers, tie: str) -> Codes:
    """The tier of the largest score of each profile; none if no tier can be chosen."""
    small, moderate, good = scores
    better = np.greater if tie == "lower" else np.greater_equal
    code: Codes = better(moderate, small).astype(np.int8)
    code[better(good, np.maximum(small, moderate))] = 2
    code[np.isneginf(scores).all(axis=0)] = NO_TIER
    return code


def _moved(value: float, moved: float, protocol: Protocol) -> float:
    return min(max(value + moved, 0.0), protocol.levels.highest)


def _ideals(protocol: Protocol, moved: float) -> list[list[float]]:
    """The moved ideals: one list a tier from the lowest, in the aspects' order."""
    return [
        [_moved(aspect.ideal[tier], moved, protocol) for aspect in protocol.aspects]
        for tier in LOWEST_FIRST
    ]


def _mean_over_known(deviations: Sequence[Numbers]) -> Numbers:
    """Mean over the aspects of what is known; missing where nothing is."""
    known = np.zeros(deviations[0].shape)
    together = np.zeros(deviations[0].shape)
    for deviation in deviations:
        here = ~np.isnan(deviation)
        known += here
        together += np.where(here, deviation, 0.0)
    with np.errstate(invalid="ignore"):
        return together / known


def _city_block(columns: Numbers, protocol: Protocol, moved: float) -> Numbers:
    away = [
        _mean_over_known([np.abs(x - ideal) for x, ideal in zip(columns, ideals, strict=True)])
        for ideals in _ideals(protocol, moved)
    ]
    return np.round(1 - np.array(away) / protocol.levels.highest, DECIMALS)


def _euclid(columns: Numbers, protocol: Protocol, moved: float) -> Numbers:
    away = [
        _mean_over_known([(x - ideal) ** 2 for x, ideal in zip(columns, ideals, strict=True)])
        for ideals in _ideals(protocol, moved)
    ]
    return np.round(-np.array(away), DECIMALS)


def _fuzzy(columns: Numbers, protocol: Protocol, moved: float) -> Numbers:
    small, moderate, good = (np.ones(columns.shape[1]) for _ in LOWEST_FIRST)
    for x, s, m, g in zip(columns, *_ideals(protocol, moved), strict=True):
        known = ~np.isnan(x)
        np.minimum(small, 1 - _rise(x, s, g, at_foot=True), out=small, where=known)
        up, down = _rise(x, s, m), 1 - _rise(x, m, g, at_foot=True)
        np.minimum(moderate, np.minimum(up, down), out=moderate, where=known)
        np.minimum(good, _rise(x, s, g), out=good, where=known)
    membership = np.round(np.array([small, moderate, good]), DECIMALS)
    return np.where(membership > 0, membership, NEVER)


def _rise(x: Numbers, foot: float, top: float, *, at_foot: bool = False) -> Numbers:
    """Linear from 0 at the foot to 1 at the top; where they are one, a step at or above it."""
    if foot == top:
        return ((x > foot) if at_foot else (x >= top)).astype(float)
    return np.clip((x - foot) / (top - foot), 0.0, 1.0)


def _criteria(columns: Numbers, protocol: Protocol, moved: float) -> Numbers:
    place = {key: number for number, key in enumerate(protocol.aspect_keys)}
    met, known = (np.zeros((len(LOWEST_FIRST), columns.shape[1])) for _ in range(2))
    for criterion in protocol.criteria:
        tier = LOWEST_FIRST.index(criterion.tier)
        yes, told = _criterion(columns, criterion, place, protocol, moved)
        met[tier] += yes
        known[tier] += told
    with np.errstate(invalid="ignore"):
        share = np.round(met / known, DECIMALS)
    return np.where(known > 0, share, NEVER)


def _criterion(
    columns: Numbers,
    criterion: Criterion,
    place: dict[str, int],
    protocol: Protocol,
    moved: float,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Where the criterion is met, and where that is known: met, or every condition is."""
    met = np.zeros(columns.shape[1], dtype=bool)
    known = np.ones(columns.shape[1], dtype=bool)
    for condition in criterion.any:
        level = columns[place[condition.aspect]]
        met |= _holds(level, condition, protocol, moved)
        known &= ~np.isnan(level)
    return met, met | known


def _holds(
    level: Numbers, condition: Condition, protocol: Protocol, moved: float
) -> npt.NDArray[np.bool_]:
    """Whether the level is in the moved range; false where it is unknown."""
    holds = ~np.isnan(level)
    if condition.at_least is not None:
        holds &= level >= _moved(condition.at_least, moved, protocol)
    if condition.at_most is not None:
        holds &= level <= _moved(condition.at_most, moved, protocol)
    if condition.below is not None:
        holds &= level < _moved(condition.below, moved, protocol)
    return holds


def _index(columns: Numbers, protocol: Protocol, moved: float) -> Numbers:
    mean = np.round(_mean_over_known(list(columns)), DECIMALS)
    moderate = _moved(protocol.levels.moderate, moved, protocol)
    good = _moved(protocol.levels.good, moved, protocol)
    outside = [
        np.maximum(mean - moderate, 0.0),
        np.maximum(np.maximum(moderate - mean, mean - good), 0.0),
        np.maximum(good - mean, 0.0),
    ]
    return np.round(-np.array(outside), DECIMALS)


RULES: dict[str, Callable[[Numbers, Protocol, float], Numbers]] = {
    "city_block": _city_block,
    "euclid": _euclid,
    "fuzzy": _fuzzy,
    "criteria": _criteria,
    "index": _index,
}
"""Score of each tier (from the lowest) and profile, by aspects in columns and a move."""
