"""Which factor of a full factorial design the variance of its outcomes comes from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def first_order(outcomes: Numbers, factors: int) -> Numbers:
    """Sum of squares of each factor's main effect, pooled over all that is not a factor.

    The first ``factors`` axes of ``outcomes`` are the factors of a full factorial design with
    one outcome a cell; the other axes are cases, each with an analysis of variance of its own,
    whose sums are added. Divided by :func:`total` the result is each factor's first-order
    Sobol index, for the design is balanced (I. M. Sobol, Mathematical Modelling and
    Computational Experiment 1, 1993; A. Saltelli et al., Global Sensitivity Analysis: The
    Primer, 2008); what is left of the total are the interactions.

    >>> first_order(np.array([[1.0, 2.0], [3.0, 4.0]]), 2)
    array([4., 1.])
    """
    deviations = _deviations(outcomes, factors)
    return np.array([_explained(deviations, (axis,), factors) for axis in range(factors)])


def total_order(outcomes: Numbers, factors: int) -> Numbers:
    """Sum of squares of each factor's main effect and of all interactions that it is in.

    Divided by :func:`total` it is the total-order Sobol index: what would go away, on average,
    were the factor fixed (T. Homma and A. Saltelli, Reliability Engineering and System Safety
    52, 1996). The axes are those of :func:`first_order`.

    >>> total_order(np.array([[0.0, 0.0], [0.0, 4.0]]), 2)
    array([8., 8.])
    """
    deviations = _deviations(outcomes, factors)
    whole = float((deviations**2).sum())
    others = (tuple(a for a in range(factors) if a != axis) for axis in range(factors))
    return np.array([whole - _explained(deviations, kept, factors) for kept in others])


def total(outcomes: Numbers, factors: int) -> float:
    """Sum of squares around each case's own mean over the design, added over the cases.

    >>> total(np.array([[1.0, 2.0], [3.0, 4.0]]), 2)
    5.0
    """
    return float((_deviations(outcomes, factors) ** 2).sum())


def _deviations(outcomes: Numbers, factors: int) -> Numbers:
    means: Numbers = outcomes.mean(axis=tuple(range(factors)), keepdims=True)
    return outcomes - means


def _explained(deviations: Numbers, kept: tuple[int, ...], factors: int) -> float:
    """Sum of squares of the means over the factors that are not kept, over every cell."""
    away = tuple(axis for axis in range(factors) if axis not in kept)
    cells = int(np.prod([deviations.shape[axis] for axis in away]))
    means = deviations.mean(axis=away) if away else deviations
    return float((means**2).sum()) * cells
