"""How far two classifications of the same things agree, from their cross-table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Table = npt.ArrayLike
"""Counts of things: one row a class of the first, one column the same class of the second."""


def expected_agreement(table: Table) -> float:
    """The share that would agree if the two knew nothing of each other; missing of nothing.

    >>> expected_agreement([[20, 5], [10, 15]])
    0.5
    """
    counts = np.asarray(table, dtype="float64")
    total = counts.sum()
    return float(counts.sum(axis=0) @ counts.sum(axis=1) / total**2) if total else float("nan")


def kappa(table: Table) -> float:
    """Cohen's kappa, unweighted: 1 all agree, 0 no more than by chance.

    Missing where all things are of one class by both, for nothing could disagree then.

    Source: J. Cohen, Educational and Psychological Measurement 20 (1960).

    >>> round(kappa([[20, 5], [10, 15]]), 9)
    0.4
    """
    counts = np.asarray(table, dtype="float64")
    expected = expected_agreement(counts)
    if not expected < 1:
        return float("nan")
    return float((np.trace(counts) / counts.sum() - expected) / (1 - expected))


def adjusted_rand(table: Table) -> float:
    """The adjusted Rand index: pairs of things put together by both, above chance.

    Names of classes do not matter to it. 1 for the same division; 0 is what chance gives. Missing
    where chance gives the same division (all in one class, or each in its own).

    Source: L. Hubert and P. Arabie, Journal of Classification 2 (1985).

    >>> round(adjusted_rand([[50, 0, 0], [0, 48, 2], [0, 14, 36]]), 6)
    0.730238
    """
    counts = np.asarray(table, dtype="float64")
    together, rows, columns = (
        _pairs(part) for part in (counts, counts.sum(axis=1), counts.sum(axis=0))
    )
    total = _pairs(counts.sum())
    expected = rows * columns / total if total else float("nan")
    most = (rows + columns) / 2
    return (together - expected) / (most - expected) if most > expected else float("nan")


def _pairs(counts: npt.ArrayLike) -> float:
    each = np.asarray(counts, dtype="float64")
    return float((each * (each - 1) / 2).sum())
