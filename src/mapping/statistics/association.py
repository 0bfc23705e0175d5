"""One-sided tests of association for a few departments: exact, or by permutation.

Every test gives the p-value in the direction stated and in the opposite one, and the least
p-value that any arrangement of the same data could give in the direction stated: where even that
is above the limit of significance, the data cannot answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial, prod
from typing import Any, Literal

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
    all pairs, and 500 permutations are held at a time, so that time and memory rise with the
    square of the departments.

    Source: M. G. Kendall, Biometrika 33 (1945), by scipy.
    """
    first, second = _ranks(x), _ranks(y)
    if not (first.any() and second.any()):
        return OneSidedTest(0.0, 1.0, 1.0, 1.0)
    order = np.argsort(first, kind="stable")
    earlier, later = np.triu_indices(len(order), 1)
    untied = first[order][earlier] < first[order][later]
    earlier, later = earlier[untied], later[untied]

    def concordance(values: Values, axis: int) -> Any:
        """Concordant less discordant pairs: tau-b but for a factor that permuting keeps."""
        rows = np.moveaxis(values, axis, 0).astype(np.int16)
        return np.sign(rows[later] - rows[earlier]).sum(axis=0, dtype=np.int32)

    p, p_opposite = _permuted((second[order],), concordance, "pairings", permutations)
    least = _least_concordance(first, second)
    return OneSidedTest(
        float(scipy.stats.kendalltau(first, second).statistic), p, p_opposite, least
    )


def mean_difference(ours: Values, others: Values, permutations: Permutations) -> OneSidedTest:
    """The difference of two means, ours above the others' being the direction stated.

    Each of the two groups has at least two departments. The p-values are of the permutation
    test: exact where the ways to choose our group are no more than the permutations, else of
    ways drawn at random.

    Source: R. A. Fisher, The Design of Experiments (1935); E. J. G. Pitman, Supplement to the
    Journal of the Royal Statistical Society 4 (1937); by scipy.
    """
    everybody = np.concatenate([ours, others])

    def total(values: Values, *_: Values, axis: int) -> Any:
        """Our sum: the difference of means but for numbers that permuting keeps."""
        return values[..., : len(ours)].sum(axis=axis)

    if comb(len(everybody), len(ours)) <= permutations.number:
        p, p_opposite = _permuted((ours, others), total, "independent", permutations)
    else:  # The same draws as those of groups, but scipy makes them three times as fast.
        p, p_opposite = _permuted((everybody,), total, "pairings", permutations)
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


def _permuted(
    data: tuple[npt.NDArray[Any], ...],
    statistic: Callable[..., Any],
    kind: Literal["pairings", "independent"],
    permutations: Permutations,
) -> tuple[float, float]:
    """Share of arrangements with at least the statistic observed, and with at most that.

    Of arrangements drawn at random, the observed one is counted too (B. Phipson and G. K. Smyth,
    Statistical Applications in Genetics and Molecular Biology 9, 2010).
    """
    found = scipy.stats.permutation_test(
        data,
        statistic,
        permutation_type=kind,
        vectorized=True,
        n_resamples=permutations.number,
        batch=500,
        rng=np.random.default_rng(permutations.seed),
    )
    sizes = [len(group) for group in data]
    arrangements = factorial(sizes[0]) if kind == "pairings" else comb(sum(sizes), sizes[0])
    drawn = int(arrangements > permutations.number)
    null, all_of_them = found.null_distribution, len(found.null_distribution) + drawn
    # Not scipy's own p-values: they are for one direction, and an observed 0 has no tolerance.
    at_least = int((null >= found.statistic - TIE).sum()) + drawn
    at_most = int((null <= found.statistic + TIE).sum()) + drawn
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
