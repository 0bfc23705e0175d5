"""Change between two years, from the same departments in both.

What is exact here is exact under one hypothesis: nothing made a department change in one direction
rather than in the other, so that each change was as likely to go the opposite way (R. A. Fisher,
The Design of Experiments, 1935, on paired differences). The departments that changed, and the
values between which they changed, are taken as given. No test needs more than that: not that the
departments are a sample, nor that they are many.

Every p-value is two-sided, and exchanging the two years does not alter it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, lcm, nan, prod

import numpy as np
import numpy.typing as npt
import scipy  # its parts are loaded when first used: most notebooks never need them

from mapping.statistics.proportions import share_interval
from mapping.statistics.ranking import drawn_counts

Flags = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

EXACT_POINTS = 200_000
"""The tests of tables are exact if what they list has at most so many points: a fraction of a
second. All tables of 50 departments in up to five categories have fewer."""

ALIKE = 1e-7
"""Changes of a level that differ by no more are equal, and one that is no larger is none: levels
are rounded to DECIMALS, and what that does to a difference must neither make a change of an
unchanged level nor break a tie."""

TIE = 1e-9
"""Statistics that differ by less are equal, so that rounding does not divide equal tables."""


@dataclass(frozen=True)
class PairsTest:
    """An exact test of the pairs that changed: the statistic, how many changed, and p."""

    statistic: float
    pairs: int
    p: float


@dataclass(frozen=True)
class TableTest:
    """A test of a table of then (rows) by now (columns).

    ``p`` is exact if ``exact`` says so, else it is ``p_asymptotic``: that of the chi-squared
    distribution with ``degrees`` degrees of freedom, to which many changes would lead.
    """

    statistic: float
    degrees: int
    p: float
    p_asymptotic: float
    exact: bool


@dataclass(frozen=True)
class RankChange:
    """A column's rank in both years, and the shares of draws in which it rose, fell and stayed.

    Rank 1 is the largest count, and equal counts have the lowest number; to rise is to come
    closer to rank 1. The shares are from 0 to 1, and missing (nan) if there is no department.
    """

    then: int
    now: int
    rose: float
    fell: float
    stayed: float


def mcnemar(gained: int, lost: int) -> PairsTest:
    """Whether more departments gained a property than lost it; the statistic is how many gained.

    Exact: of those that changed, the number that gained is binomial with probability 1/2. If
    none changed, p is 1.

    Source: Q. McNemar, Psychometrika 12 (1947), in its exact form, by scipy.

    >>> round(mcnemar(5, 15).p, 7)
    0.0413895
    """
    changed = gained + lost
    p = scipy.stats.binomtest(gained, changed).pvalue if changed else 1.0
    return PairsTest(float(gained), changed, float(p))


def signed_rank(differences: npt.ArrayLike) -> PairsTest:
    """Whether a value rose more than it fell; the statistic is the rank sum of those that rose.

    ``differences`` are now less then, one for each department, none missing. Their sizes are
    ranked, those that are ALIKE with the mean of their ranks; those without change are
    ranked too, and then left out. Exact with ties and zeros: all ways to give signs to the ranks
    of those that changed are counted. If none changed, p is 1.

    Source: F. Wilcoxon, Biometrics Bulletin 1 (1945); J. W. Pratt, Journal of the American
    Statistical Association 54 (1959); counted as by B. Streitberg and J. Röhmel, Statistical
    Software Newsletter 12 (1986). Not by scipy, whose exact method takes ranks without ties or
    zeros for granted.

    >>> signed_rank([0, 1, 1, -1, 2]).p
    0.5
    """
    change = np.asarray(differences, dtype=float)
    if np.isnan(change).any():
        raise ValueError("a difference is missing")
    doubled = np.rint(2 * scipy.stats.rankdata(_sizes(change))).astype(int)
    rose, all_changed = doubled[change > ALIKE].sum(), doubled[np.abs(change) > ALIKE]
    chances = _sums_of_half(all_changed)
    off_centre = np.abs(2 * np.arange(len(chances)) - all_changed.sum())
    p = _together(chances[off_centre >= abs(2 * rose - all_changed.sum())])
    return PairsTest(float(rose / 2), len(all_changed), p)


def _sizes(change: Values) -> Whole:
    """The sizes of the changes as whole numbers in their order; those that are alike are one."""
    sizes = np.abs(change)
    order = np.argsort(sizes, kind="stable")
    larger = np.diff(sizes[order], prepend=0) > ALIKE
    places = np.empty(len(sizes), dtype=np.int64)
    places[order] = np.cumsum(larger)
    return places


def symmetry(table: npt.ArrayLike) -> TableTest:
    """Whether every change is as common as its opposite (Bowker).

    ``table`` holds counts of departments: rows the categories then, columns the same ones now.
    The degrees of freedom are the pairs of categories between which any department changed. If
    none changed, the statistic is 0 and p is 1.

    Exact, up to EXACT_POINTS: between two categories the number that changed in one direction is
    binomial with probability 1/2, given how many changed between them; p is the probability of
    all such tables whose statistic is at least that observed.

    Source: A. H. Bowker, Journal of the American Statistical Association 43 (1948). Not by
    statsmodels, which adds 1/2 to all cells if one is empty and counts pairs without any change.

    >>> round(symmetry([[12, 3, 1], [6, 11, 2], [2, 5, 8]]).statistic, 6)
    2.619048
    """
    counts = _square(table)
    upper = np.triu_indices(len(counts), 1)
    there, back = counts[upper], counts.T[upper]
    changed = there + back > 0
    there, back = there[changed], back[changed]
    statistic = float(((there - back) ** 2 / (there + back)).sum())
    return _tested(statistic, len(there), _symmetry_p(there, back))


def marginal_homogeneity(table: npt.ArrayLike) -> TableTest:
    """Whether the categories are as common now as then (Stuart and Maxwell).

    ``table`` is that of :func:`symmetry`. A category that no department left or entered does not
    count, nor does more than what is free: where departments changed only within groups of
    categories, each group's net changes sum to 0. So the degrees of freedom are the categories
    less the groups, one less than the categories where all are connected. If none changed, the
    statistic is 0 and p is 1.

    Exact, up to EXACT_POINTS, as :func:`symmetry` is, with the statistic that looks at the
    margins only. With three or more categories it is thus a test of the same hypothesis (each
    change as likely to go the opposite way) that is sensitive to changed margins; margins that
    stay the same by changes that go round in a circle are not its hypothesis, though they are
    that of the asymptotic p.

    Source: A. Stuart, Biometrika 42 (1955); A. E. Maxwell, British Journal of Psychiatry 116
    (1970). Not by statsmodels, which adds 1/2 to all cells if one is empty, and gives no number
    where a category was never left or entered.

    >>> round(marginal_homogeneity([[12, 3, 1], [6, 11, 2], [2, 5, 8]]).statistic, 6)
    2.306306
    """
    counts = _square(table)
    exchanged = counts + counts.T - 2 * np.diag(np.diag(counts))
    # The covariance of the net changes; like the matrix of a graph it has one zero eigenvalue
    # for each group, to which every net change is orthogonal: the pseudoinverse loses nothing.
    covariance = np.diag(exchanged.sum(axis=0)) - exchanged
    inverse = np.linalg.pinv(covariance, rcond=TIE, hermitian=True)
    degrees = int(np.linalg.matrix_rank(covariance, hermitian=True, rtol=TIE))
    statistic = float(_size(counts.sum(axis=1) - counts.sum(axis=0), inverse))
    return _tested(statistic, degrees, _homogeneity_p(exchanged, inverse, statistic))


def transition_interval(
    count: int, sample: int, least: int, most: int, confidence: float = 0.95
) -> tuple[float, float]:
    """Interval for the share that has changed, of all departments that were in a category then.

    ``count`` of the ``sample`` departments seen in the category then, and seen again, have made
    the change. In the whole frame at least ``least`` departments were in the category then (all
    seen in it, again or not) and at most ``most`` (with those not seen then). For each number
    between them the interval of the finite population is taken, exact as in
    :func:`mapping.statistics.proportions.hypergeometric_interval`, and the widest reach of all
    is given: its confidence holds whichever number is true. If all were seen in both years, both
    ends are the share itself. It is right only if those not seen are missing at random; missing
    if nobody was seen.

    The interval for an infinite population (Clopper-Pearson) is not used: it would doubt what
    was seen of every department.
    """
    if least > most:
        raise ValueError(f"need {least} <= {most}")
    shares = [share_interval(count, sample, were, confidence) for were in range(least, most + 1)]
    low, high = zip(*shares, strict=True)
    return min(low), max(high)


def rank_changes(then: Flags, now: Flags, draws: int, seed: int) -> tuple[RankChange, ...]:
    """How each column's rank by count changed, and in how many bootstrap draws it did so.

    ``then`` and ``now`` have a row for each department, the same ones in the same order, and a
    column for each candidate. A draw takes the same departments in both years, each with all
    its columns, see :func:`mapping.statistics.ranking.drawn_counts`: what a department keeps
    from year to year is no change in any draw.
    """
    before, after = _ranks(then.sum(axis=0)), _ranks(now.sum(axis=0))
    shares = np.full((len(before), 3), nan)
    if len(then):
        counts = drawn_counts(np.hstack([then, now]), draws, seed)
        earlier, later = np.hsplit(counts, 2)
        nearer = np.sign(_ranks(earlier) - _ranks(later))
        shares = np.stack([(nearer == way).mean(axis=0) for way in (1, -1, 0)], axis=1)
    return tuple(
        RankChange(int(first), int(second), *map(float, share))
        for first, second, share in zip(before, after, shares, strict=True)
    )


def _ranks(counts: npt.NDArray[np.int_]) -> npt.NDArray[np.int_]:
    ranks = scipy.stats.rankdata(-counts, method="min", axis=-1)
    return np.asarray(ranks, dtype=int)


def _square(table: npt.ArrayLike) -> Whole:
    counts = np.asarray(table, dtype=np.int64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or (counts < 0).any():
        raise ValueError("need as many rows as columns, and counts from 0 up")
    return counts


def _tested(statistic: float, degrees: int, exact: float | None) -> TableTest:
    asymptotic = float(scipy.stats.chi2.sf(statistic, degrees)) if degrees else 1.0
    p = asymptotic if exact is None else exact
    return TableTest(statistic, degrees, p, asymptotic, exact is not None)


def _together(chances: Values) -> float:
    """Their sum. It is exact up to 53 changes: halves of halves have no rounding until then."""
    return min(1.0, float(chances.sum()))


def _symmetry_p(there: Whole, back: Whole) -> float | None:
    """Exact p of Bowker's statistic; None if it would take too many points.

    The statistic is a sum over pairs of categories; times ``scale`` its parts are whole numbers,
    so that equal sums are equal.
    """
    totals = [int(total) for total in there + back]
    scale = lcm(*totals)
    if min(prod(total // 2 + 1 for total in totals), scale * sum(totals) + 1) > EXACT_POINTS:
        return None
    weights = [scale // total for total in totals]
    values, chances = np.zeros(1, dtype=np.int64), np.ones(1)
    for total, weight in zip(totals, weights, strict=True):
        part = (2 * np.arange(total + 1) - total) ** 2 * weight
        values, place = np.unique(np.add.outer(values, part), return_inverse=True)
        both = np.outer(chances, _binomial(total))
        chances = np.zeros(len(values))
        np.add.at(chances, place, both)
    return _together(chances[values >= ((there - back) ** 2 * weights).sum()])


def _binomial(total: int) -> Values:
    """Probability of 0, 1 … ``total`` of so many, each with probability 1/2."""
    return np.array([comb(total, number) / 2**total for number in range(total + 1)])


def _homogeneity_p(exchanged: Whole, inverse: Values, statistic: float) -> float | None:
    """Exact p of the statistic of Stuart and Maxwell; None if it would take too many points.

    A point is how many departments left each category. It is numbered like the place in an array
    with an axis for each category, but for one: what left that one is what the others leave over.
    """
    if not exchanged.any():
        return 1.0
    changed = exchanged.sum(axis=0)
    spare = int(np.argmax(changed))
    axes = [1 if category == spare else int(n) + 1 for category, n in enumerate(changed)]
    if prod(axes) > EXACT_POINTS:
        return None
    strides = np.cumprod([1, *axes])[:-1]
    strides[spare] = 0
    pairs = np.nonzero(np.triu(exchanged))
    ends = np.repeat(strides[np.stack(pairs)], exchanged[pairs], axis=1)
    # A change adds the stride of the category left: of its two ends the lower one at least.
    chances = _sums_of_half(np.ptp(ends, axis=0))
    points = np.flatnonzero(chances)
    left = np.stack(np.unravel_index(points + ends.min(axis=0).sum(), axes, order="F"))
    left[spare] = ends.shape[1] - left.sum(axis=0)
    reached = _size(2 * left - changed[:, None], inverse) >= statistic - TIE
    return _together(chances[points[reached]])


def _size(net: Whole, inverse: Values) -> Values:
    """The quadratic form of each column of net changes."""
    return np.asarray((net * (inverse @ net)).sum(axis=0))


def _sums_of_half(steps: npt.NDArray[np.int_]) -> Values:
    """Probability of each sum 0, 1, 2 … of those steps that are taken, each by the toss of a coin.

    The algorithm is the shift algorithm of Streitberg and Röhmel, see :func:`signed_rank`.
    """
    chances = np.zeros(int(steps.sum()) + 1)
    chances[0] = 1
    for step in steps:
        taken = np.zeros_like(chances)
        taken[step:] = chances[: len(chances) - step]
        chances = (chances + taken) / 2
    return chances
