"""One-sided tests of association for a few departments: exact, or by permutation.

Every test gives the p-value in the direction stated and in the opposite one, and the least
p-value that any arrangement of the same data could give in the direction stated: where even that
is above the limit of significance, the data cannot answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from itertools import permutations as orders
from math import comb, factorial, prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy  # its parts are loaded when first used: most notebooks never need them

from mapping.vocabulary import DECIMALS

Values = npt.NDArray[np.float64]

TIE = 1e-6
"""Sums of levels that differ by less are equal: 2/3 rounded and taken three times is not 2."""


@dataclass(frozen=True)
class OneSidedTest:
    """What was found: the statistic, one-sided p-values, and the least p that could be had."""

    statistic: float
    p: float
    p_opposite: float
    least: float


@dataclass(frozen=True)
class Permutations:
    """How many arrangements are drawn at random where there are more, and the seed of the draw."""

    number: int
    seed: int


def rank_correlation(x: Values, y: Values, permutations: Permutations) -> OneSidedTest:
    """Kendall's tau-b of two values of the same departments, larger being the direction stated.

    The p-values are of the permutation test: exact where all orders of the departments are no
    more than the permutations, else of orders drawn at random. If one of the values is the same
    for all, tau-b is not defined: the statistic is 0 and every p-value is 1.

    Meant for the departments of one university, up to a hundred or so: every permutation compares
    all pairs, so that the time rises with the square of the departments.

    Source: M. G. Kendall, Biometrika 33 (1945), by scipy.
    """
    first, second = _ranks(x), _ranks(y)
    if not (first.any() and second.any()):
        return OneSidedTest(0.0, 1.0, 1.0, 1.0)
    order = np.argsort(first, kind="stable")
    ordered, after = second[order], np.searchsorted(first[order], first[order], side="right")
    arrangements = _orders_of(len(order), permutations)
    p, p_opposite = _p_values(
        _concordance(ordered[:, None], after)[0],
        _concordance(ordered[arrangements.places], after),
        drawn=arrangements.drawn,
    )
    least = _least_concordance(first, second)
    return OneSidedTest(
        float(scipy.stats.kendalltau(first, second).statistic), p, p_opposite, least
    )


def _concordance(ranks: npt.NDArray[np.int_], after: npt.NDArray[np.int_]) -> npt.NDArray[np.int_]:
    """Concordant less discordant pairs: tau-b but for a factor that permuting keeps.

    One column of ``ranks`` is an arrangement of the one value, its rows sorted by the other one;
    ``after`` is the first row that is higher than each in that other one.
    """
    # The smallest type that holds every sum of a row's pairs: most of the time goes by bytes.
    small = ranks.astype(np.min_scalar_type(-len(ranks)))
    total = np.zeros(ranks.shape[1], dtype=np.int_)
    for row, start in enumerate(after):
        total += np.sign(small[start:] - small[row]).sum(axis=0, dtype=small.dtype)
    return total


def mean_difference(ours: Values, others: Values, permutations: Permutations) -> OneSidedTest:
    """The difference of two means, ours above the others' being the direction stated.

    Each of the two groups has at least two departments. The p-values are of the permutation
    test: exact where the ways to choose our group are no more than the permutations, else of
    ways drawn at random.

    Source: R. A. Fisher, The Design of Experiments (1935); E. J. G. Pitman, Supplement to the
    Journal of the Royal Statistical Society 4 (1937).
    """
    everybody = np.concatenate([ours, others])
    choices = _choices(len(everybody), len(ours), permutations)
    # Our sum: the difference of means but for numbers that permuting keeps.
    p, p_opposite = _p_values(
        ours.sum(), everybody[choices.places].sum(axis=0), drawn=choices.drawn
    )
    statistic = round(float(ours.mean() - others.mean()), DECIMALS)
    return OneSidedTest(statistic, p, p_opposite, _least_total(ours, others))


def dependence(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> OneSidedTest:
    """Whether ``other`` is more common where ``one`` holds; the statistic is how much more.

    ``one`` must hold for some and not for others. Exact, without permutations.

    Source: R. A. Fisher, Statistical Methods for Research Workers (1934), by scipy.
    """
    a, b = int((one & other).sum()), int((one & ~other).sum())
    c, d = int((~one & other).sum()), int((~one & ~other).sum())
    most = min(a + b, a + c)
    ways = comb(a + b, most) * comb(c + d, a + c - most)
    return OneSidedTest(
        a / (a + b) - c / (c + d),
        float(scipy.stats.fisher_exact([[a, b], [c, d]], alternative="greater").pvalue),
        float(scipy.stats.fisher_exact([[a, b], [c, d]], alternative="less").pvalue),
        float(Fraction(ways, comb(a + b + c + d, a + c))),
    )


def _ranks(values: Values) -> npt.NDArray[np.int_]:
    """The place of each value among the different ones, from 0; equal to DECIMALS is equal."""
    return np.unique(np.round(values, DECIMALS), return_inverse=True)[1]


class _Arrangements(NamedTuple):
    """Arrangements of departments: one column is one of them, one row a place in it.

    ``places`` are departments by their number; ``drawn`` says that they were drawn at random,
    else they are all that there are.
    """

    places: npt.NDArray[np.integer[Any]]
    drawn: bool


def _orders_of(departments: int, permutations: Permutations) -> _Arrangements:
    """All orders of the departments, or so many drawn at random."""
    if factorial(departments) > permutations.number:
        return _Arrangements(_drawn(departments, permutations), drawn=True)
    return _Arrangements(np.array([*orders(range(departments))]).T, drawn=False)


def _choices(departments: int, group: int, permutations: Permutations) -> _Arrangements:
    """All ways to choose a group of the departments, or so many drawn at random."""
    if comb(departments, group) > permutations.number:
        return _Arrangements(_drawn(departments, permutations)[:group], drawn=True)
    return _Arrangements(np.array([*combinations(range(departments), group)]).T, drawn=False)


@lru_cache(maxsize=16)
def _drawn(departments: int, permutations: Permutations) -> npt.NDArray[np.integer[Any]]:
    """Orders of the departments drawn at random; kept, for every test of a study draws the same."""
    numbers = np.arange(departments, dtype=np.min_scalar_type(departments))
    rows = np.tile(numbers, (permutations.number, 1))
    drawn = np.random.default_rng(permutations.seed).permuted(rows, axis=1).T.copy()
    drawn.setflags(write=False)
    return drawn


def _p_values(observed: float, null: npt.NDArray[Any], *, drawn: bool) -> tuple[float, float]:
    """Share of arrangements with at least the statistic observed, and with at most that.

    Of arrangements drawn at random, the observed one is counted too (B. Phipson and G. K. Smyth,
    Statistical Applications in Genetics and Molecular Biology 9, 2010).
    """
    all_of_them = len(null) + drawn
    at_least = int((null >= observed - TIE).sum()) + drawn
    at_most = int((null <= observed + TIE).sum()) + drawn
    return at_least / all_of_them, at_most / all_of_them


def _least_concordance(x: npt.NDArray[np.int_], y: npt.NDArray[np.int_]) -> float:
    """Probability of the arrangement in which both rise together.

    Exchanging the values of a discordant pair always gives more concordance, so that of all
    tables of counts with these ties only one has the most: that of both values sorted.
    """
    pairs = np.stack([np.sort(x), np.sort(y)], axis=1)
    cells = np.unique(pairs, axis=0, return_counts=True)[1]
    ways = _orders(np.bincount(x)) * _orders(np.bincount(y))
    return float(Fraction(ways, _orders(cells) * factorial(len(x))))


def _orders(counts: npt.NDArray[np.int_]) -> int:
    return prod(factorial(int(count)) for count in counts)


def _least_total(ours: Values, others: Values) -> float:
    """Probability that our group has the largest values: the ways to choose among those tied."""
    everybody = np.sort(_ranks(np.concatenate([ours, others])))[::-1]
    tied = everybody == everybody[len(ours) - 1]
    ways = comb(int(tied.sum()), int(tied[: len(ours)].sum()))
    return float(Fraction(ways, comb(len(everybody), len(ours))))
