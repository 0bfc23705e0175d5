"""The few ways in which a finding is measured on the departments of a study.

A value of departments is a Series by department_id; true or false values are pandas' nullable
booleans, missing where nothing is known, so that ``&`` and ``|`` carry the unknown. The
functions here count and test; what a number means for a finding is decided in ``verdicts``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from mapping.protocol import FindingRules, NeedRules
from mapping.statistics.association import (
    OneSidedTest,
    Permutations,
    dependence,
    mean_difference,
    rank_correlation,
)
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
    interval for the share of all departments of the frame, the bounds what the share is if all
    missing ones were one way or the other. ``unknown`` departments could belong here but lack a
    value; they are missing, as are those of the frame that took no part. ``holds``: whether what
    is stated is the case. ``hindrance``: why an association cannot be tested. The base is the
    same share among those that the finding is not about.
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
    *,
    base: pd.Series | None = None,
    fewest: int | None = None,
) -> Part:
    """How many departments of a population have something, and the word said of their share.

    The population is the departments for which ``met`` is known, of those where ``among`` is
    true (all if None). ``base`` gives the same property of others, to compare with. ``fewest``
    is the smallest population that a verdict is given on, if not the protocol's.

    The interval is for all ``frame`` departments: the population counted is taken as a sample
    of them, also where the finding is about part of the departments (how many of the whole frame
    belong to that part is not known); it is then conservative, wider than it need be.

    The bounds are for those that belong here or may do so: the population counted, and all that
    are missing. Departments known to be outside take no part in them. ``met`` has a row for
    each participating department; of the rest of the frame nothing is known.
    """
    inside = _inside(met, among)
    population = met[inside.fillna(value=False)]
    known = population.dropna()
    n, of = int(known.sum()), len(known)
    low, high = share_interval(n, of, frame) if of else (None, None)
    unknown = int(inside.isna().sum()) + len(population) - of
    everybody = of + unknown + frame - len(met)
    bound_low, bound_high = hard_bounds(n, of, everybody) if everybody else (None, None)
    others = None if base is None else base.dropna()
    return Part(
        part,
        "share",
        n,
        of,
        round(n / of, DECIMALS) if of else None,
        low=low,
        high=high,
        bound_low=bound_low,
        bound_high=bound_high,
        unknown=unknown,
        word=word,
        fewest=fewest,
        base_n=None if others is None else int(others.sum()),
        base_of=None if others is None else len(others),
    )


def existence(met: pd.Series, among: pd.Series | None = None, part: str = WHOLE) -> Part:
    """Whether any department of those where ``among`` is true has something; known or not.

    ``of`` are those of them for which it is known; ``unknown`` are all for which neither
    ``among`` nor ``met`` excludes it.
    """
    inside = _inside(met, among)
    both = met.astype("boolean") & inside
    n, of = int(both.sum()), int((inside & met.notna()).sum())
    return Part(part, "existence", n, of, unknown=int(both.isna().sum()), holds=n > 0)


def condition(
    *,
    holds: bool,
    n: int | None = None,
    of: int | None = None,
    value: float | None = None,
    part: str = WHOLE,
    unknown: int = 0,
) -> Part:
    """A condition without a word: it holds or it does not. ``of`` is its population, if any."""
    return Part(part, "condition", n, of, value, unknown=unknown, holds=holds)


def commonest(presence: pd.DataFrame, key: str, rules: NeedRules) -> Part:
    """Whether more departments have ``key`` than any other column, and how surely.

    One row of ``presence`` is a department, one column a candidate (true or false, none
    missing). ``p`` is the share of bootstrap draws of departments in which ``key`` is first, ties
    counted; ``n`` of ``of`` departments have it.
    """
    if nobody := _nobody_names_any(presence):
        return nobody
    counts, draws = presence.sum(), _draws(presence, rules)
    holds = bool((counts.drop(key) < counts[key]).all())
    return _ranked(presence, int(counts[key]), (draws[key] == draws.max(axis=1)).mean(), holds)


def above(presence: pd.DataFrame, keys: list[str], other: str, rules: NeedRules) -> Part:
    """Whether each of the columns ``keys`` has more departments than ``other``.

    ``p`` is the share of bootstrap draws of departments in which it is so; ``n`` the departments
    of the least common of ``keys``. See :func:`commonest` for ``presence``.
    """
    if nobody := _nobody_names_any(presence):
        return nobody
    counts, draws = presence[keys].sum().min(), _draws(presence, rules)
    holds = bool(counts > presence[other].sum())
    drawn = (draws[keys].min(axis=1) > draws[other]).mean()
    return _ranked(presence, int(counts), drawn, holds)


def _nobody_names_any(presence: pd.DataFrame) -> Part | None:
    if presence.to_numpy(dtype=bool).any():
        return None
    return Part(WHOLE, "commonest", 0, len(presence), hindrance="nobody_names_any")


def _draws(presence: pd.DataFrame, rules: NeedRules) -> pd.DataFrame:
    counts = drawn_counts(presence.to_numpy(dtype=bool), rules.draws, rules.seed)
    return pd.DataFrame(counts, columns=presence.columns)


def _ranked(presence: pd.DataFrame, n: int, drawn: float, holds: bool) -> Part:
    of = len(presence)
    p = round(float(drawn), DECIMALS)
    return Part(WHOLE, "commonest", n, of, round(n / of, DECIMALS), p=p, holds=holds)


def rises(driver: pd.Series, outcome: pd.Series, rules: FindingRules, part: str = WHOLE) -> Part:
    """Whether the outcome is higher where the driver is higher: Kendall's tau-b (``value``)."""
    known = all_known(driver, outcome)
    counted = Part(part, "association", of=int(known.sum()), unknown=int((~known).sum()))
    if hindrance := _too_few(int(known.sum()), (), rules):
        return replace(counted, hindrance=hindrance)
    x, y = _floats(driver[known]), _floats(outcome[known])
    return _tested(counted, rank_correlation(x, y, _permutations(rules)), rules)


def higher(
    value: pd.Series,
    group: pd.Series,
    rules: FindingRules,
    part: str = WHOLE,
    *,
    lower: bool = False,
    in_all: int | None = None,
) -> Part:
    """Whether the mean of ``value`` is higher (or lower) where ``group`` is true than where false.

    Departments of which the value or the group is unknown are in neither. ``value`` of the part
    is the difference of the two means, ``n`` those where ``group`` is true. ``in_all`` is the
    number of departments compared, where these two groups are only some of them.
    """
    known = all_known(value, group)
    members = group[known].to_numpy(dtype=bool)
    ours, others = _floats(value[known])[members], _floats(value[known])[~members]
    counted = Part(part, "association", len(ours), len(members), unknown=int((~known).sum()))
    of = len(members) if in_all is None else in_all
    if hindrance := _too_few(of, (len(ours), len(others)), rules):
        return replace(counted, hindrance=hindrance)
    if not lower:
        return _tested(counted, mean_difference(ours, others, _permutations(rules)), rules)
    found = mean_difference(others, ours, _permutations(rules))
    return _tested(counted, replace(found, statistic=0.0 - found.statistic), rules)


def together(one: pd.Series, other: pd.Series, rules: FindingRules, part: str = WHOLE) -> Part:
    """Whether ``other`` is more common where ``one`` is true: Fisher's exact test, one-sided.

    ``value`` is the difference of the two shares, ``n`` those where ``one`` is true.
    """
    known = all_known(one, other)
    a, b = one[known].to_numpy(dtype=bool), other[known].to_numpy(dtype=bool)
    groups = int(a.sum()), int((~a).sum())
    counted = Part(part, "association", groups[0], len(a), unknown=int((~known).sum()))
    if hindrance := _too_few(len(a), groups, rules):
        return replace(counted, hindrance=hindrance)
    return _tested(counted, dependence(a, b), rules)


def _inside(met: pd.Series, among: pd.Series | None) -> pd.Series:
    everybody = pd.Series(data=True, index=met.index, dtype="boolean")
    return everybody if among is None else among.astype("boolean")


def _floats(values: pd.Series) -> npt.NDArray[np.float64]:
    return values.to_numpy(dtype=float)


def _permutations(rules: FindingRules) -> Permutations:
    return Permutations(rules.permutations, rules.seed)


def _too_few(of: int, groups: tuple[int, ...], rules: FindingRules) -> str | None:
    if of < rules.tested_departments:
        return "few_departments"
    return "small_group" if groups and min(groups) < rules.tested_group else None


def _tested(counted: Part, found: OneSidedTest, rules: FindingRules) -> Part:
    """The part with what the test found, unless no arrangement of its data could be significant.

    To give exactly the limit is to reach it.
    """
    if round(found.least, DECIMALS) > rules.significance:
        return replace(counted, hindrance="out_of_reach")
    return replace(
        counted,
        value=round(found.statistic, DECIMALS),
        p=round(found.p, DECIMALS),
        p_opposite=round(found.p_opposite, DECIMALS),
    )
