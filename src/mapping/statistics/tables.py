"""Exact tests of contingency tables, and the correction for testing several."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

TIE = 1e-9
"""Tables whose probabilities differ by less (relatively) are equally probable: the same sums
of logarithms in another order must not fall on different sides."""


def fisher_freeman_halton(table: npt.ArrayLike) -> float:
    """Exact p-value of independence in a table of counts, rows by columns.

    The sum of the probabilities, given the margins, of all tables that are at most as
    probable as the observed one. Every table with these margins is visited, so it is meant for
    a few rows and small counts. Rows and columns that are all zero are left out; with fewer
    than two of either there is nothing to test and the p-value is 1.

    Source: G. H. Freeman and J. H. Halton, Biometrika 38 (1951).

    >>> round(fisher_freeman_halton([[1, 8, 2], [2, 4, 1], [12, 0, 2]]), 10)
    8.25972e-05
    """
    counts = np.asarray(table, dtype=int)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return 1.0
    if counts.shape[0] < counts.shape[1]:
        counts = counts.T
    weights = np.array(_all_weights(tuple(counts.sum(axis=1)), tuple(counts.sum(axis=0))))
    observed = float(-gammaln(counts + 1).sum())
    as_extreme = weights <= observed + TIE
    return float(np.exp(_log_sum(weights[as_extreme]) - _log_sum(weights)))


def _log_sum(weights: npt.NDArray[np.float64]) -> float:
    top = float(weights.max())
    return top + float(np.log(np.exp(weights - top).sum()))


@lru_cache(maxsize=256)
def _all_weights(rows: tuple[int, ...], columns: tuple[int, ...]) -> tuple[float, ...]:
    """Log weight of every table with these margins: minus the sum of its log factorials."""
    if len(rows) == 1:
        return (float(-gammaln(np.array(columns) + 1).sum()),)
    return tuple(
        float(-gammaln(np.array(first) + 1).sum()) + rest
        for first in _compositions(rows[0], columns)
        for rest in _all_weights(
            rows[1:], tuple(c - f for c, f in zip(columns, first, strict=True))
        )
    )


def _compositions(total: int, limits: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """All ways to divide ``total`` over cells that hold at most ``limits``."""
    if len(limits) == 1:
        if total <= limits[0]:
            yield (total,)
        return
    for first in range(min(total, limits[0]) + 1):
        for rest in _compositions(total - first, limits[1:]):
            yield (first, *rest)


def holm(p_values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """P-values corrected for their number (Holm); missing ones stay missing and do not count.

    Source: S. Holm, Scandinavian Journal of Statistics 6 (1979).

    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    # Not by statsmodels: its multipletests(method="holm") collects garbage on each call, which
    # in a process with a study in it takes longer than all permutations of a test.
    raw = np.asarray(p_values, dtype=float)
    known = np.flatnonzero(~np.isnan(raw))
    rising = known[np.argsort(raw[known])]
    steps = raw[rising] * np.arange(len(rising), 0, -1)
    adjusted = np.full(raw.shape, np.nan)
    adjusted[rising] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted
