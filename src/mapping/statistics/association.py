"""One-sided tests of association for a few departments: exact, or by permutation.

Every test gives the p-value in the direction stated and in the opposite one, and the least
p-value that any arrangement of the same data could give in the direction stated: where even that
is large, the data cannot answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, lgamma
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import comb
from scipy.stats import fisher_exact, hypergeom, kendalltau, permutation_test

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Test:
    """What was found: the statistic, one-sided p-values, and the least p that could be had."""

    statistic: float
    p: float
    p_opposite: float
    least: float

    def with_sign(self, sign: int) -> Test:
        """The same with the statistic's sign turned (-1) or kept (1)."""
        return replace(self, statistic=sign * self.statistic)


def rank_correlation(x: Values, y: Values, permutations: int, seed: int) -> Test:
    """Kendall's tau-b of two values of the same departments, larger being the direction stated.

    The p-values are of the permutation test (exact where there are no more arrangements than
    ``permutations``).

    Source: M. G. Kendall, Biometrika 33 (1945), by scipy.
    """
    if len(set(x)) < 2 or len(set(y)) < 2:
        return Test(0.0, 1.0, 1.0, 1.0)
    order = np.sign(x[:, None] - x[None, :])

    def concordance(values: Values, axis: int) -> Any:
        pairs = np.sign(values[..., :, None] - values[..., None, :])
        return (pairs * order).sum(axis=(-2, -1))

    def tested(alternative: str) -> float:
        found = permutation_test(
            (y,),
            concordance,
            permutation_type="pairings",
            vectorized=True,
            n_resamples=permutations,
            batch=1000,
            alternative=alternative,
            rng=np.random.default_rng(seed),
        )
        return float(found.pvalue)

    return Test(
        float(kendalltau(x, y).statistic), tested("greater"), tested("less"), _least_tau(x, y)
    )


def _least_tau(x: Values, y: Values) -> float:
    """Probability of the arrangement in which both rise together.

    A discordant pair can always be exchanged for more concordance, so that with the tied values
    given only one table of counts has the most: the one of both values sorted.
    """
    pairs = np.stack([np.sort(x), np.sort(y)], axis=1)
    cells = np.unique(pairs, axis=0, return_counts=True)[1]
    rows, columns = (np.unique(values, return_counts=True)[1] for values in (x, y))

    def logs(counts: npt.NDArray[np.int_]) -> float:
        return sum(lgamma(count + 1) for count in counts)

    return exp(logs(rows) + logs(columns) - logs(cells) - lgamma(len(x) + 1))


def mean_difference(ours: Values, others: Values, permutations: int, seed: int) -> Test:
    """The difference of two means, ours above the others' being the direction stated.

    Source: the permutation test of R. A. Fisher, The Design of Experiments (1935), by scipy.
    """

    def difference(one: Values, other: Values, axis: int) -> Any:
        return one.mean(axis=axis) - other.mean(axis=axis)

    def tested(alternative: str) -> float:
        found = permutation_test(
            (ours, others),
            difference,
            vectorized=True,
            n_resamples=permutations,
            alternative=alternative,
            rng=np.random.default_rng(seed),
        )
        return float(found.pvalue)

    everybody = np.sort(np.concatenate([ours, others]))[::-1]
    last = everybody[len(ours) - 1]
    tied, taken = int((everybody == last).sum()), int((everybody[: len(ours)] == last).sum())
    least = float(comb(tied, taken) / comb(len(everybody), len(ours)))
    statistic = float(ours.mean() - others.mean())
    return Test(statistic, tested("greater"), tested("less"), least)


def dependence(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> Test:
    """Whether ``other`` is more common where ``one`` holds; the statistic is how much more.

    Source: R. A. Fisher, Statistical Methods for Research Workers (1934), by scipy.
    """
    table = [[int((one & other).sum()), int((one & ~other).sum())],
             [int((~one & other).sum()), int((~one & ~other).sum())]]  # fmt: skip
    (a, b), (c, d) = table
    most = min(a + b, a + c)
    least = float(hypergeom.pmf(most, a + b + c + d, a + c, a + b))
    return Test(
        a / (a + b) - c / (c + d),
        float(fisher_exact(table, alternative="greater").pvalue),
        float(fisher_exact(table, alternative="less").pvalue),
        least,
    )
