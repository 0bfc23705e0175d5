"""The few ways in which a finding is measured on the departments of a study.

A value of departments is a Series by department_id; true or false values are pandas' nullable
booleans, missing where nothing is known, so that ``&`` and ``|`` carry the unknown. The
functions here count and test; what a number means for a finding is decided in ``verdicts``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mapping.protocol import FindingRules, NeedRules
from mapping.statistics import association
from mapping.statistics.proportions import hard_bounds, share_interval
from mapping.statistics.ranking import drawn_counts
from mapping.vocabulary import DECIMALS

WHOLE = "whole"
"""The part of a finding that has only one."""


@dataclass(frozen=True)
class Part:
    """A measured part of a finding; what the measure does not give is None.

    ``n`` of ``of`` departments have what is stated; ``value`` is their share, the coefficient
    of an association or the difference of two means. ``low`` and ``high`` are the exact
    interval for the share of all departments of the frame, the bounds what it is if all
    departments not counted were one way or the other. ``unknown`` departments could belong
    here but lack a value. ``holds``: whether what is stated is the case. ``hindrance``: why an
    association cannot be tested. The base is the same share among those that the finding is
    not about.
    """

    part: str
    measure: str
    n: int | None = None
    of: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound_low: float | None = None
    bound_high: float | None = None
    unknown: int = 0
    p: float | None = None
    p_opposite: float | None = None
    holds: bool | None = None
    hindrance: str | None = None
    word: str | None = None
    fewest: int | None = None
    base_n: int | None = None
    base_of: int | None = None


def all_known(*values: pd.Series) -> pd.Series:
    """Whether every one of the values is known, for each department."""
    return pd.concat(values, axis=1).notna().all(axis=1)


def where_known(truth: pd.Series, *values: pd.Series) -> pd.Series:
    """The truth where every one of the values is known, also where one alone would decide."""
    return truth.astype("boolean").where(all_known(*values))


def share(
    met: pd.Series,
    frame: int,
    word: str,
    among: pd.Series | None = None,
    part: str = WHOLE,
    base: pd.Series | None = None,
) -> Part:
    """How many departments of a population have something.

    The population is the departments for which ``met`` is known, of those where ``among`` is
    true (all if None). ``base`` gives the same property of others, to compare with.
    """
    inside = _inside(met, among)
    population = met[inside.fillna(value=False)]
    known = population.dropna()
    n, of = int(known.sum()), len(known)
    unknown = int(inside.isna().sum()) + len(population) - of
    low, high = share_interval(n, of, frame) if of else (None, None)
    bound_low, bound_high = hard_bounds(n, of, frame)
    others = pd.Series(dtype="boolean") if base is None else base.dropna()
    return Part(
        part,
        "share",
        n,
        of,
        round(n / of, DECIMALS) if of else None,
        low,
        high,
        bound_low,
        bound_high,
        unknown,
        word=word,
        base_n=None if base is None else int(others.sum()),
        base_of=None if base is None else len(others),
    )


def existence(met: pd.Series, among: pd.Series | None = None, part: str = WHOLE) -> Part:
    """Whether any department of those where ``among`` is true has something; known or not."""
    both = met.astype("boolean") & _inside(met, among)
    known = both.dropna()
    n = int(known.sum())
    return Part(part, "existence", n, len(known), unknown=len(both) - len(known), holds=n > 0)


def condition(
    *, holds: bool, n: int | None = None, of: int | None = None, value: float | None = None,
    part: str = WHOLE, unknown: int = 0,
) -> Part:  # fmt: skip
    """A condition without a word: it holds or it does not. ``of`` is its population, if any."""
    return Part(part, "condition", n, of, value, unknown=unknown, holds=holds)


def commonest(presence: pd.DataFrame, key: str, rules: NeedRules) -> Part:
    """Whether more departments have ``key`` than any other column, and how surely.

    ``p`` is the share of bootstrap draws of departments in which it is first, ties counted.
    """
    counts, draws = presence.sum(), drawn_counts(presence.to_numpy(), rules.draws, rules.seed)
    place = presence.columns.get_loc(key)
    return _ranked(
        presence,
        bool((counts.drop(key) < counts[key]).all()),
        draws[:, place] == draws.max(axis=1),
        int(counts[key]),
    )


def above(presence: pd.DataFrame, keys: list[str], other: str, rules: NeedRules) -> Part:
    """Whether each of the columns ``keys`` has more departments than ``other``.

    ``p`` is the share of bootstrap draws of departments in which it is so.
    """
    counts, draws = presence.sum(), drawn_counts(presence.to_numpy(), rules.draws, rules.seed)
    places = [presence.columns.get_loc(key) for key in keys]
    least = draws[:, places].min(axis=1)
    return _ranked(
        presence,
        bool((counts[keys] > counts[other]).all()),
        least > draws[:, presence.columns.get_loc(other)],
        int(counts[keys].min()),
    )


def _ranked(
    presence: pd.DataFrame, holds: bool, drawn: np.ndarray[tuple[int], np.dtype[np.bool_]], n: int
) -> Part:
    of = len(presence)
    if not presence.to_numpy().any():
        return Part(WHOLE, "commonest", 0, of, hindrance="nobody_names_any")
    p = round(float(drawn.mean()), DECIMALS)
    return Part(WHOLE, "commonest", n, of, round(n / of, DECIMALS), p=p, holds=holds)


def rises(driver: pd.Series, outcome: pd.Series, rules: FindingRules, part: str = WHOLE) -> Part:
    """Whether the outcome is higher where the driver is higher: Kendall's tau-b."""
    known = all_known(driver, outcome)
    x, y = driver[known].to_numpy(dtype=float), outcome[known].to_numpy(dtype=float)
    if hindrance := _too_few(len(x), (), rules):
        return _untested(part, len(x), None, int((~known).sum()), hindrance)
    found = association.rank_correlation(x, y, rules.permutations, rules.seed)
    return _tested(part, found, len(x), None, int((~known).sum()), rules)


def higher(
    value: pd.Series,
    group: pd.Series,
    rules: FindingRules,
    part: str = WHOLE,
    *,
    lower: bool = False,
) -> Part:
    """Whether the mean of ``value`` is higher (or lower) where ``group`` is true than where false.

    Departments of which the value or the group is unknown are in neither.
    """
    known = all_known(value, group)
    ours = value[known & group.fillna(value=False)].to_numpy(dtype=float)
    others = value[known & ~group.fillna(value=True)].to_numpy(dtype=float)
    unknown = int((value.isna() & group.notna()).sum() + group.isna().sum())
    of = len(ours) + len(others)
    if hindrance := _too_few(of, (len(ours), len(others)), rules):
        return _untested(part, of, len(ours), unknown, hindrance)
    sign = -1 if lower else 1
    found = association.mean_difference(
        sign * ours, sign * others, rules.permutations, rules.seed
    ).with_sign(sign)
    return _tested(part, found, of, len(ours), unknown, rules)


def together(one: pd.Series, other: pd.Series, rules: FindingRules, part: str = WHOLE) -> Part:
    """Whether ``other`` is more common where ``one`` is true: Fisher's exact test, one-sided.

    ``value`` is the difference of the two shares, ``n`` those where ``one`` is true.
    """
    known = all_known(one, other)
    a, b = one[known].to_numpy(dtype=bool), other[known].to_numpy(dtype=bool)
    unknown = int((~known).sum())
    if hindrance := _too_few(len(a), (int(a.sum()), int((~a).sum())), rules):
        return _untested(part, len(a), int(a.sum()), unknown, hindrance)
    return _tested(part, association.dependence(a, b), len(a), int(a.sum()), unknown, rules)


def _inside(met: pd.Series, among: pd.Series | None) -> pd.Series:
    everybody = pd.Series(data=True, index=met.index, dtype="boolean")
    return everybody if among is None else among.astype("boolean")


def _too_few(of: int, groups: tuple[int, ...], rules: FindingRules) -> str | None:
    if of < rules.tested_departments:
        return "few_departments"
    return "small_group" if groups and min(groups) < rules.tested_group else None


def _untested(part: str, of: int, n: int | None, unknown: int, hindrance: str) -> Part:
    return Part(part, "association", n, of, unknown=unknown, hindrance=hindrance)


def _tested(
    part: str, found: association.Test, of: int, n: int | None, unknown: int, rules: FindingRules
) -> Part:
    if found.least > rules.significance:
        return _untested(part, of, n, unknown, "out_of_reach")
    return Part(
        part,
        "association",
        n,
        of,
        round(found.statistic, DECIMALS),
        unknown=unknown,
        p=round(found.p, DECIMALS),
        p_opposite=round(found.p_opposite, DECIMALS),
    )
