"""Agreement between raters: Krippendorff's alpha, Gwet's AC1, plain agreement, and intervals.

Ratings are arrays of units x raters x items, missing (NaN) where a rater gave none. Each
statistic is a ratio of sums over units: the units of a department are summed once, and a
bootstrap over departments is one product of the draws' weights and those sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from mapping.vocabulary import DECIMALS

Array = npt.NDArray[np.float64]
Metric = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True)
class Draws:
    """How many bootstrap draws, and from which seed."""

    number: int
    seed: int


@dataclass(frozen=True)
class Disagreement:
    """Observed disagreement, and that expected by chance; the last axis is the item.

    Both are times the number of values (or units) they are means over, so that those of
    several items can be added up: see :meth:`of_groups`.
    """

    observed: Array
    expected: Array

    def of_groups(self, members: npt.NDArray[np.bool_]) -> Disagreement:
        """That of groups of items: one row of ``members`` is an item, one column a group.

        The coefficient of a group is the mean of its items' coefficients, each weighing its
        expected disagreement: that one item is rated high and another low is no agreement.
        """
        members = members.astype(float)
        return Disagreement(self.observed @ members, self.expected @ members)

    @property
    def coefficient(self) -> Array:
        """One minus observed over expected; missing (NaN) where none is expected."""
        known = self.expected.round(DECIMALS) > 0
        ratio = np.divide(
            self.observed, self.expected, where=known, out=np.full(known.shape, np.nan)
        )
        return np.asarray((1 - ratio).round(DECIMALS))


def alpha(ratings: npt.ArrayLike, metric: Metric) -> float:
    """Krippendorff's alpha of units (rows) x raters (columns), missing ratings NaN.

    1 is perfect agreement, 0 what chance gives. Missing, never 1 or 0, where no unit has two
    ratings or all paired ratings are the same.

    Source: K. Krippendorff, Computing Krippendorff's alpha-reliability (2011).

    >>> alpha([[1, 1], [2, 2], [1, 2]], "nominal")
    0.444444444
    """
    cube = np.asarray(ratings, dtype=float)[:, :, None]
    sums = summands(cube, metric, values_of(cube)).sum(axis=0)
    return float(disagreement(sums, metric).coefficient[0])


def ac1(ratings: npt.ArrayLike, categories: Sequence[float]) -> float:
    """Gwet's AC1 of units (rows) x raters (columns), missing ratings NaN.

    ``categories`` are all that a rater could have given, also those that none gave; a rating
    that is none of them is of no category. Missing where no unit has two ratings.

    Source: K. L. Gwet, British Journal of Mathematical and Statistical Psychology 61 (2008).

    >>> ac1([[0, 0], [0, 0], [0, 1]], [0, 1])
    0.538461538
    """
    cube = np.asarray(ratings, dtype=float)[:, :, None]
    return float(gwet(cube, categories).coefficient[0])


def percent_agreement(ratings: npt.ArrayLike) -> float:
    """Share of the pairs of a unit's ratings that are equal, mean over units with two or more.

    Missing where no unit has two ratings.

    >>> percent_agreement([[1, 1], [2, 2], [1, 2]])
    0.666666667
    """
    cube = np.asarray(ratings, dtype=float)[:, :, None]
    return float(agreement(alike(cube))[0])


def values_of(ratings: Array) -> Array:
    """The values that occur, ascending."""
    return np.unique(ratings[~np.isnan(ratings)])


def counted(ratings: Array, categories: npt.ArrayLike) -> Array:
    """How many raters gave each unit each category: units x items x categories."""
    equal = [(ratings == value).sum(axis=1) for value in np.asarray(categories, dtype=float)]
    shape = (ratings.shape[0], ratings.shape[2], 0)
    return np.stack(equal, axis=-1).astype(float) if equal else np.zeros(shape)


def summands(ratings: Array, metric: Metric, categories: npt.ArrayLike) -> Array:
    """What each unit adds to the sums that :func:`disagreement` takes: units x items x parts.

    Nominal and ordinal: the coincidences of the ascending ``categories``, which hold every
    value; interval, with no need of them: disagreement, values, their sum and that of their
    squares.
    """
    if metric == "interval":
        return _moments(ratings)
    return _coincidences(counted(ratings, categories))


def disagreement(sums: Array, metric: Metric) -> Disagreement:
    """Disagreement of each item from its sums over units; see :func:`summands`.

    The difference of two values is 1 (nominal), the square of their distance (interval), or
    the square of the distance between their mean ranks among the values paired (ordinal).
    """
    if metric == "nominal":
        return _nominal(sums)
    return _ordinal(sums) if metric == "ordinal" else _interval(sums)


def _coincidences(counts: Array) -> Array:
    """Ordered pairs of values within a unit, each weighing 1 over its ratings less one."""
    pairs = counts[..., :, None] * counts[..., None, :]
    own = np.arange(counts.shape[-1])
    pairs[..., own, own] -= counts
    others = np.maximum(counts.sum(axis=-1) - 1, 1)
    return np.asarray(pairs / others[..., None, None])


def _nominal(coincidences: Array) -> Disagreement:
    values, total = _values(coincidences)
    observed = total - np.einsum("...ii->...", coincidences)
    expected = (total**2 - np.einsum("...i,...i->...", values, values)) / _others(total)
    return Disagreement(observed, expected)


def _ordinal(coincidences: Array) -> Disagreement:
    """Mean ranks are put on 0 to 1, so that items with many ratings do not outweigh the others."""
    values, total = _values(coincidences)
    ranks = (values.cumsum(axis=-1) - values / 2) / np.maximum(total, 1)[..., None]
    first = np.einsum("...i,...i->...", values, ranks)
    second = np.einsum("...i,...i,...i->...", values, ranks, ranks)
    crossed = np.einsum("...i,...ij,...j->...", ranks, coincidences, ranks)
    return Disagreement(2 * (second - crossed), _spread(total, first, second))


def _values(coincidences: Array) -> tuple[Array, Array]:
    """How often each value is paired, and all together; einsum is fast on short axes."""
    values = np.einsum("...ij->...i", coincidences)
    return values, np.einsum("...i->...", values)


def _moments(ratings: Array) -> Array:
    known = ~np.isnan(ratings)
    total = known.sum(axis=1)
    values = np.where(known & (total > 1)[:, None], ratings, 0.0)
    first, second = values.sum(axis=1), (values**2).sum(axis=1)
    paired = np.where(total > 1, total, 0)
    apart = 2 * (paired * second - first**2) / np.maximum(paired - 1, 1)
    return np.stack([apart, paired, first, second], axis=-1)


def _interval(moments: Array) -> Disagreement:
    apart, total, first, second = np.moveaxis(moments, -1, 0)
    return Disagreement(apart, _spread(total, first, second))


def _spread(total: Array, first: Array, second: Array) -> Array:
    """Expected squared distance of two of the values, times their number."""
    return np.asarray(2 * (total * second - first**2) / _others(total))


def _others(total: Array) -> Array:
    return np.maximum(total - 1, 1)


def alike(ratings: Array, within: float = 0.0, rater: int | None = None) -> Array:
    """Share of the pairs of ratings that differ by at most ``within``: units x items.

    Of all pairs, or of those that one rater is in. Missing where there is no pair.
    """
    first, second = _pairs(ratings.shape[1], rater)
    apart = np.abs(ratings[:, first] - ratings[:, second]).round(DECIMALS)
    pairs = (~np.isnan(apart)).sum(axis=1)
    near = (apart <= within).sum(axis=1)
    return np.asarray(np.divide(near, pairs, where=pairs > 0, out=np.full(pairs.shape, np.nan)))


def _pairs(raters: int, rater: int | None) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    first, second = np.triu_indices(raters, k=1)
    chosen = (first == rater) | (second == rater) if rater is not None else np.full(len(first), 1)
    return first[chosen.astype(bool)], second[chosen.astype(bool)]


def agreement(alike: Array, members: npt.NDArray[np.bool_] | None = None) -> Array:
    """Mean of :func:`alike` over the units of each item, or of each group of items.

    One row of ``members`` is an item, one column a group. Missing where no unit has a pair.
    """
    known = ~np.isnan(alike)
    groups = np.eye(alike.shape[1]) if members is None else members.astype(float)
    units = known.sum(axis=0) @ groups
    sums = np.where(known, alike, 0).sum(axis=0) @ groups
    mean = np.divide(sums, units, where=units > 0, out=np.full(units.shape, np.nan))
    return np.asarray(mean.round(DECIMALS))


def gwet(ratings: Array, categories: npt.ArrayLike) -> Disagreement:
    """Disagreement behind AC1: observed and expected, times the units with two ratings.

    The expected is that of raters who guess only where a unit is hard to rate. A category's
    share is over all units with a rating; ``categories`` are all that there could be. A rating
    between them counts among its unit's ratings, and to no category.
    """
    counts = counted(ratings, categories)
    total = (~np.isnan(ratings)).sum(axis=1)
    rated = (total > 0).sum(axis=0)
    shares = (counts / np.maximum(total, 1)[..., None]).sum(axis=0) / np.maximum(rated, 1)[:, None]
    guessed = (shares * (1 - shares)).sum(axis=-1) / max(counts.shape[-1] - 1, 1)
    equal = alike(ratings)
    units = (~np.isnan(equal)).sum(axis=0)
    return Disagreement(units - np.nansum(equal, axis=0), units * (1 - guessed))


def by_cluster(summands: Array, clusters: npt.NDArray[np.int_]) -> Array:
    """The sums of each cluster's units; ``clusters`` numbers that of each unit from 0."""
    number = int(clusters.max()) + 1 if len(clusters) else 0
    sums = np.zeros((number, *summands.shape[1:]))
    np.add.at(sums, clusters, summands)
    return sums


def drawn_weights(clusters: int, draws: Draws) -> Array:
    """How often each cluster (columns) is in each draw (rows): as many as there are, with return.

    Source: the bootstrap of B. Efron, Annals of Statistics 7 (1979), here of whole clusters: A. C.
    Davison and D. V. Hinkley, Bootstrap Methods and their Application (1997), section 3.8.
    """
    drawn = np.random.default_rng(draws.seed).integers(clusters, size=(draws.number, clusters))
    flat = drawn + clusters * np.arange(draws.number)[:, None]
    times = np.bincount(flat.ravel(), minlength=clusters * draws.number)
    return times.reshape(draws.number, clusters).astype(float)


def resampled(sums: Array, draws: Draws) -> Array:
    """The sums of clusters (first axis) in each draw: draws x the other axes."""
    flat = drawn_weights(len(sums), draws) @ sums.reshape(len(sums), -1)
    return np.asarray(flat.reshape(draws.number, *sums.shape[1:]))


def percentile_interval(drawn: Array, confidence: float) -> tuple[Array, Array]:
    """Both ends of the middle ``confidence`` of the draws (rows) of each column.

    Missing where fewer than that share of the draws have a value: the others would be draws of
    a kind.
    """
    known = (~np.isnan(drawn)).sum(axis=0)
    ordered = np.sort(drawn, axis=0)  # missing ones last
    enough = known >= confidence * len(drawn)
    tail = (1 - confidence) / 2
    low, high = (_quantile(ordered, known, share) for share in (tail, 1 - tail))
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


def _quantile(ordered: Array, known: npt.NDArray[np.int_], share: float) -> Array:
    """Between the two nearest of the known values, which come first in each column."""
    place = np.maximum(known - 1, 0) * share
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    columns = np.arange(ordered.shape[1])
    low, high = ordered[below, columns], ordered[above, columns]
    return np.asarray((low + (place - below) * (high - low)).round(DECIMALS))
