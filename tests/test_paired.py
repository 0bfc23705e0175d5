"""Tests of change between two years against published values and against every case, listed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from math import comb, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, wilcoxon
from statsmodels.stats.contingency_tables import SquareTable
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_of_statsmodels
from statsmodels.stats.proportion import proportion_confint

from mapping.statistics import paired
from mapping.statistics.paired import (
    RankChange,
    marginal_homogeneity,
    mcnemar,
    rank_changes,
    signed_rank,
    symmetry,
    transition_interval,
)
from mapping.statistics.proportions import share_interval

Table = list[list[int]]
TESTS = pytest.mark.parametrize("test", [symmetry, marginal_homogeneity])

TIERS = [[12, 3, 1], [6, 11, 2], [2, 5, 8]]
VISION = [  # A. Stuart, Biometrika 40 (1953): unaided vision of 7,477 women, right eye and left
    [1520, 266, 124, 66],
    [234, 1512, 432, 78],
    [117, 362, 1772, 205],
    [36, 82, 179, 492],
]


@st.composite
def tables(draw, sizes: st.SearchStrategy[int], cell: int) -> Table:
    """A square table of so many categories, with cells up to ``cell``."""
    size = draw(sizes)
    row = st.lists(st.integers(0, cell), min_size=size, max_size=size)
    return draw(st.lists(row, min_size=size, max_size=size))


def turned(table: Table) -> list[tuple[int, Table]]:
    """Every table with the same changes in whichever direction, and in how many ways it arises."""
    pairs = list(itertools.combinations(range(len(table)), 2))
    totals = [table[i][j] + table[j][i] for i, j in pairs]
    found = []
    for there in itertools.product(*(range(total + 1) for total in totals)):
        other = [list(row) for row in table]
        for (i, j), total, number in zip(pairs, totals, there, strict=True):
            other[i][j], other[j][i] = number, total - number
        ways = prod(comb(total, number) for total, number in zip(totals, there, strict=True))
        found.append((ways, other))
    return found


def p_by_listing(table: Table, statistic: Callable[[Table], Fraction]) -> float:
    weights = [(ways, statistic(other)) for ways, other in turned(table)]
    extreme = sum(ways for ways, value in weights if value >= statistic(table))
    return float(Fraction(extreme, sum(ways for ways, _ in weights)))


def bowker(table: Table) -> Fraction:
    return sum(
        (
            Fraction((table[i][j] - table[j][i]) ** 2, table[i][j] + table[j][i])
            for i, j in itertools.combinations(range(len(table)), 2)
            if table[i][j] + table[j][i]
        ),
        Fraction(0),
    )


def fleiss_everitt(table: Table) -> Fraction:
    """Stuart and Maxwell's statistic of three categories, in whole numbers.

    J. L. Fleiss and B. S. Everitt, British Journal of Mathematical and Statistical Psychology 24
    (1971); where only two categories exchange departments it is McNemar's.
    """
    net = [sum(table[i]) - sum(row[i] for row in table) for i in range(3)]
    ab, ac, bc = (table[i][j] + table[j][i] for i, j in ((0, 1), (0, 2), (1, 2)))
    divisor = ab * ac + ab * bc + ac * bc
    if not divisor:
        return Fraction(max(map(abs, net)) ** 2, max(ab, ac, bc, 1))
    return Fraction(bc * net[0] ** 2 + ac * net[1] ** 2 + ab * net[2] ** 2, divisor)


# McNemar


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [  # 5 and 15: also R, binom.test; the others by hand
        (5, 15, 0.0413894653320312),
        (15, 5, 0.0413894653320312),
        (0, 6, 2 / 64),
        (1, 5, 14 / 64),
        (3, 3, 1),
        (0, 1, 1),
        (0, 0, 1),
    ],
)
def test_mcnemar(gained: int, lost: int, p: float) -> None:
    found = mcnemar(gained, lost)
    assert (found.statistic, found.pairs) == (gained, gained + lost)
    assert found.p == pytest.approx(p, rel=1e-12)


@given(st.integers(0, 30), st.integers(0, 30))
def test_mcnemar_is_that_of_statsmodels_and_the_years_can_be_exchanged(a: int, b: int) -> None:
    assert mcnemar(a, b).p == mcnemar(b, a).p
    if a + b:
        assert mcnemar(a, b).p == pytest.approx(
            mcnemar_of_statsmodels([[7, a], [b, 3]], exact=True).pvalue
        )


# the signed ranks

CONSTRUCTED = [0] * 6 + [1] * 5 + [-1] * 2 + [2] * 2 + [1, 0, 0, 1, -2]
SLEEP = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4]  # Student, Biometrika 6 (1908)


@pytest.mark.parametrize(
    ("differences", "p", "dropped", "z"),
    [  # also R, coin: wilcoxsign_test, exact, zero.method "Pratt" and "Wilcoxon"; and its z
        (CONSTRUCTED, 0.13232421875, 0.1923828125, 1.6461097835062),
        (SLEEP, 0.00390625, 0.00390625, 2.75747177441609),
    ],
)
def test_signed_rank(differences: list[float], p: float, dropped: float, z: float) -> None:
    found = signed_rank(differences)
    assert found.p == p
    assert found.pairs == np.count_nonzero(differences)
    assert signed_rank([change for change in differences if change]).p == dropped
    zeros, everybody = len(differences) - found.pairs, len(differences)
    mean = (everybody * (everybody + 1) - zeros * (zeros + 1)) / 4
    sizes = np.abs(differences)
    ranks = [(sizes < size).sum() + ((sizes == size).sum() + 1) / 2 for size in sizes if size]
    assert (found.statistic - mean) / np.sqrt(np.square(ranks).sum() / 4) == pytest.approx(z)


def test_signed_rank_by_hand() -> None:
    # sizes 0, 1, 1, 1, 2 have the ranks 1, 3, 3, 3, 5: 14 without the 0, and 11 rose. Of the 16
    # sums of 3, 3, 3 and 5 that are 11 or more, or 3 or less: 11 three times, 14, 0 and 3 thrice.
    found = signed_rank([0, 1, 1, -1, 2])
    assert (found.statistic, found.pairs, found.p) == (11, 4, 8 / 16)


def test_what_rounding_does_to_levels_makes_no_change_and_breaks_no_tie() -> None:
    """Half of 2.166666667 and 1.875 is not half of 2.125 and 1.916666667, though both are 97/48."""
    unchanged = 2.020833334 - 2.020833333
    thirds = [2.333333333 - 2, 2.666666667 - 2.333333333, 1 - 1.333333333, 1.5 - 0.5]
    found = signed_rank([unchanged, *thirds])
    assert (found.statistic, found.pairs, found.p) == (11, 4, 8 / 16)  # as by hand above
    assert signed_rank([2e-7, -2e-7, 1e-6]).pairs == 3


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(-3, 3), max_size=8))
def test_signed_rank_by_listing_all_signs(differences: list[int]) -> None:
    sizes = [abs(change) for change in differences]
    doubled = [2 * sum(other < size for other in sizes) + sizes.count(size) + 1 for size in sizes]
    signs = [(1, -1) if change else (0,) for change in differences]
    observed = abs(sum(np.sign(d) * r for d, r in zip(differences, doubled, strict=True)))
    sums = [
        abs(sum(sign * rank for sign, rank in zip(chosen, doubled, strict=True)))
        for chosen in itertools.product(*signs)
    ]
    found = signed_rank(differences)
    assert found.p == sum(value >= observed for value in sums) / len(sums)
    assert signed_rank([-change for change in differences]).p == found.p


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30, unique=True), st.data())
def test_signed_rank_without_ties_or_zeros_is_that_of_scipy(sizes: list[int], data) -> None:
    signs = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(sizes), max_size=len(sizes)))
    differences = np.multiply(sizes, signs)
    assert signed_rank(differences).p == pytest.approx(wilcoxon(differences, method="exact").pvalue)


def test_differences_equal_but_for_the_last_decimals_are_tied_or_zero() -> None:
    thirds = [0.1 + 0.2 - 0.3, 1 / 3, 0.333333333, -(1 - 2 / 3), 2 / 3]
    assert signed_rank(thirds) == signed_rank([0, 1, 1, -1, 2])


@pytest.mark.parametrize("differences", [[], [0], [0.0] * 40])
def test_no_change_of_a_value(differences: list[float]) -> None:
    found = signed_rank(differences)
    assert (found.statistic, found.pairs, found.p) == (0, 0, 1)


def test_all_of_many_departments_rose() -> None:
    assert signed_rank(np.ones(50)).p == 2 / 2**50
    assert signed_rank(np.arange(1, 301)).p == pytest.approx(2.0**-299)


@pytest.mark.parametrize("pairs", [10, 38, 41, 120])
def test_as_many_that_rose_as_fell(pairs: int) -> None:
    assert 1 - 1e-12 < signed_rank([1, -1] * pairs).p <= 1  # sums of chances may go beyond


def test_a_missing_difference_is_refused() -> None:
    with pytest.raises(ValueError, match="missing"):
        signed_rank([1, np.nan])


# tables of then and now


@pytest.mark.parametrize(
    ("table", "of_symmetry", "of_margins"),
    [  # also R: mcnemar.test, DescTools::StuartMaxwellTest, coin::mh_test
        (
            TIERS,
            (2.61904761904762, 3, 0.454160034443427),
            (2.30630630630631, 2, 0.315639937558886),
        ),
        (
            VISION,
            (19.1065502152668, 6, 0.00398741984042858),
            (11.9565696229826, 3, 0.00753342505480055),
        ),
    ],
)
def test_published_tables(table: Table, of_symmetry: tuple, of_margins: tuple) -> None:
    for found, expected in (
        (symmetry(table), of_symmetry),
        (marginal_homogeneity(table), of_margins),
    ):
        assert (found.statistic, found.degrees, found.p_asymptotic) == pytest.approx(expected)


def test_exact_p_of_the_tiers_by_listing_all_tables() -> None:
    assert symmetry(TIERS).p == p_by_listing(TIERS, bowker)
    assert marginal_homogeneity(TIERS).p == p_by_listing(TIERS, fleiss_everitt)
    assert symmetry(TIERS).exact
    assert marginal_homogeneity(TIERS).exact


@settings(max_examples=60, deadline=None)
@given(tables(st.just(3), 3))
def test_three_categories_by_listing_all_tables(table: Table) -> None:
    of_symmetry, of_margins = symmetry(table), marginal_homogeneity(table)
    assert of_symmetry.statistic == pytest.approx(float(bowker(table)))
    assert of_margins.statistic == pytest.approx(float(fleiss_everitt(table)), abs=1e-12)
    assert of_symmetry.p == p_by_listing(table, bowker)
    assert of_margins.p == p_by_listing(table, fleiss_everitt)


@settings(max_examples=20, deadline=None)
@given(tables(st.just(4), 1))
def test_four_categories_by_listing_all_tables(table: Table) -> None:
    """The margins' statistic with a generalised inverse found in another way than by us."""

    def stuart_maxwell(other: Table) -> Fraction:
        counts = np.array(other)
        net = counts.sum(axis=1) - counts.sum(axis=0)
        exchanged = counts + counts.T
        np.fill_diagonal(exchanged, 0)
        covariance = np.diag(exchanged.sum(axis=1)) - exchanged
        value = net @ np.linalg.lstsq(covariance, net, rcond=1e-9)[0]
        return Fraction(float(value)).limit_denominator(1_000)

    assert symmetry(table).p == p_by_listing(table, bowker)
    assert marginal_homogeneity(table).p == p_by_listing(table, stuart_maxwell)


@TESTS
@given(st.integers(0, 12), st.integers(0, 12))
def test_two_categories_are_mcnemars_test(test, gained: int, lost: int) -> None:
    found = test([[3, gained], [lost, 4]])
    assert found.p == pytest.approx(mcnemar(gained, lost).p, rel=1e-12)
    if gained + lost:
        assert found.statistic == pytest.approx((gained - lost) ** 2 / (gained + lost))
        assert found.degrees == 1


@settings(max_examples=60, deadline=None)
@given(tables(st.integers(2, 5), 5))
def test_where_every_change_occurs_the_statistics_are_those_of_statsmodels(table: Table) -> None:
    counts = np.array(table) + 1
    theirs = SquareTable(counts, shift_zeros=False)
    for ours, expected in (
        (symmetry(counts), theirs.symmetry()),
        (marginal_homogeneity(counts), theirs.homogeneity()),
    ):
        assert ours.statistic == pytest.approx(expected.statistic, abs=1e-9)
        assert ours.degrees == expected.df
        assert ours.p_asymptotic == pytest.approx(expected.pvalue, abs=1e-9)


@TESTS
@settings(max_examples=40, deadline=None)
@given(table=tables(st.integers(1, 5), 2), data=st.data())
def test_the_years_and_the_order_of_the_categories_can_be_exchanged(test, table, data) -> None:
    found, counts = test(table), np.array(table)
    order = data.draw(st.permutations(range(len(table))))
    stayed = counts + 3 * np.eye(len(table), dtype=int)
    unused = np.pad(counts, (0, 1))
    for same in (counts.T, counts[np.ix_(order, order)], stayed, unused):
        other = test(same)
        assert other.p == pytest.approx(found.p, rel=1e-12)
        assert other.statistic == pytest.approx(found.statistic, abs=1e-12)
        assert other.degrees == found.degrees
    assert 0 < found.p <= 1


@TESTS
@pytest.mark.parametrize(
    "table", [np.diag([3, 0, 5]), np.zeros((3, 3)), np.zeros((0, 0)), [[7]], [[0]]]
)
def test_a_year_compared_with_itself(test, table) -> None:
    found = test(table)
    assert (found.statistic, found.degrees, found.p, found.p_asymptotic) == (0, 0, 1, 1)
    assert found.exact


@TESTS
def test_as_many_back_as_there_is_no_change_of_any_kind(test) -> None:
    found = test([[5, 2, 1], [2, 5, 3], [1, 3, 5]])
    assert (found.statistic, found.p, found.p_asymptotic) == pytest.approx((0, 1, 1))


def test_changes_round_in_a_circle_leave_the_margins() -> None:
    circle = [[0, 6, 0], [0, 0, 6], [6, 0, 0]]
    assert symmetry(circle).statistic == 18
    assert symmetry(circle).p == 8 / 2**18  # each pair all in one direction or all in the other
    assert marginal_homogeneity(circle).statistic == pytest.approx(0)
    assert marginal_homogeneity(circle).p == 1


def test_groups_of_categories_that_exchange_nothing() -> None:
    # two tables of two categories in one: twice McNemar's statistic, 4/4 and 9/9
    table = [[4, 1, 0, 0], [3, 2, 0, 0], [0, 0, 5, 6], [0, 0, 3, 0]]
    for found in (symmetry(table), marginal_homogeneity(table)):
        assert found.statistic == pytest.approx(4 / 4 + 9 / 9)
        assert found.degrees == 2
        assert found.p_asymptotic == pytest.approx(chi2.sf(2, 2))
        assert found.p == pytest.approx(p_by_listing(table, bowker))


@TESTS
def test_a_category_that_only_kept_its_departments_has_no_degree_of_freedom(test) -> None:
    found = test([[5, 2, 0], [1, 4, 0], [0, 0, 3]])
    assert (found.statistic, found.degrees) == (pytest.approx(1 / 3), 1)
    assert found.p == 1


def test_a_chain_of_categories() -> None:
    # Nothing between the first and the last: two kinds of change, and two free margins.
    # Fleiss and Everitt: net changes -3, 1, 2; exchanged 5, 0, 4.
    table = [[2, 1, 0], [4, 3, 3], [0, 1, 5]]
    assert symmetry(table).degrees == marginal_homogeneity(table).degrees == 2
    assert symmetry(table).statistic == pytest.approx(9 / 5 + 4 / 4)
    assert marginal_homogeneity(table).statistic == pytest.approx((4 * 9 + 5 * 4) / 20)


@TESTS
@pytest.mark.parametrize("table", [TIERS, [[0, 2, 3], [3, 0, 4], [3, 5, 0]]])
def test_with_many_departments_the_exact_p_is_the_asymptotic_one(test, table: Table) -> None:
    found = test(6 * np.array(table) + [[0, 4, 2], [1, 0, 3], [0, 1, 0]])
    assert found.exact
    assert found.p == pytest.approx(found.p_asymptotic, rel=0.1)


def test_tables_too_large_to_list_have_the_asymptotic_p(monkeypatch) -> None:
    for found in (symmetry(VISION), marginal_homogeneity(VISION)):
        assert not found.exact
        assert found.p == found.p_asymptotic
    # Bowker's parts of 9, 3 and 7 changes: 5, 2 and 4 values; left: 17 and 12 with 0 and 11
    for test, points in ((symmetry, 40), (marginal_homogeneity, 13 * 11)):
        monkeypatch.setattr(paired, "EXACT_POINTS", points)
        assert test(TIERS).exact
        monkeypatch.setattr(paired, "EXACT_POINTS", points - 1)
        assert not test(TIERS).exact


@TESTS
def test_fifty_departments_that_all_changed_among_five_categories_are_listed(test) -> None:
    table = 5 * np.triu(np.ones((5, 5), dtype=int), 1)
    assert test(table).exact
    assert test(np.diag([10, 15, 5, 12, 8])[:, [1, 2, 3, 4, 0]]).exact


@TESTS
@pytest.mark.parametrize("table", [[[1, 2, 3], [4, 5, 6]], [1, 2], [[1, -1], [2, 3]]])
def test_what_is_no_table_of_then_by_now_is_refused(test, table) -> None:
    with pytest.raises(ValueError, match="as many rows as columns"):
        test(table)


# shares of those that were in a category then


def test_a_transition_where_all_were_seen_is_certain() -> None:
    assert transition_interval(4, 12, 12, 12) == (0.333333333, 0.333333333)
    assert transition_interval(0, 3, 3, 3) == (0, 0)


def test_a_transition_by_hand() -> None:
    # Two of two moved. Of three that were there: if one had stayed, two of two that move are
    # drawn with probability 1/3; of four with two staying, 1/6. None is below 1/40.
    assert transition_interval(2, 2, 3, 3) == (0.666666667, 1)
    assert transition_interval(2, 2, 2, 4) == (0.5, 1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 8), st.integers(0, 6), st.integers(0, 6), st.data())
def test_a_transition_reaches_as_far_as_each_possible_number(seen, lost, unknown, data) -> None:
    count = data.draw(st.integers(0, seen))
    low, high = transition_interval(count, seen, seen + lost, seen + lost + unknown)
    if not seen:
        assert np.isnan([low, high]).all()
        return
    each = [share_interval(count, seen, seen + lost + more) for more in range(unknown + 1)]
    assert (low, high) == (min(low for low, _ in each), max(high for _, high in each))
    other = transition_interval(seen - count, seen, seen + lost, seen + lost + unknown)
    assert other == pytest.approx((1 - high, 1 - low))
    binomial = proportion_confint(count, seen, method="beta")
    assert binomial[0] - 1e-9 <= low <= count / seen + 1e-9
    assert count / seen - 1e-9 <= high <= binomial[1] + 1e-9


@pytest.mark.parametrize(
    ("count", "sample", "expected"),
    [  # Clopper and Pearson, of an endless population: statsmodels and R
        (0, 20, (0, 0.168433470983085)),
        (1, 29, (0.000872646883579923, 0.177644295488723)),
    ],
)
def test_a_transition_in_an_ever_larger_frame(count, sample, expected) -> None:
    assert transition_interval(count, sample, 3_000, 3_000) == pytest.approx(expected, abs=0.002)


@pytest.mark.parametrize("case", [(1, 4, 3, 5), (1, 4, 6, 5), (5, 4, 6, 7)])
def test_impossible_transitions_are_refused(case: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="need"):
        transition_interval(*case)


# ranks


def test_ranks_of_both_years_with_ties_at_the_lowest_number() -> None:
    then = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0]], dtype=bool)  # 3, 1, 1, 0
    now = np.array([[0, 1, 0, 1], [0, 1, 0, 1], [0, 0, 0, 1]], dtype=bool)  # 0, 2, 0, 3
    found = rank_changes(then, now, 100, 1)
    assert [(column.then, column.now) for column in found] == [(1, 3), (2, 2), (2, 3), (4, 1)]
    assert (found[0].fell, found[3].rose) == (1, 1)


def test_a_draw_takes_the_same_departments_in_both_years() -> None:
    presence = np.random.default_rng(4).random((30, 8)) < 0.4
    for column in rank_changes(presence, presence, 500, 2):
        assert column.then == column.now
        assert (column.rose, column.fell, column.stayed) == (0, 0, 1)


def test_rank_changes_near_their_exact_probability() -> None:
    # Two departments. The first always names a, the second a then and b now. Drawn twice the
    # first: a leads, then and now. Once each: a leads then, both are first now, so b rises.
    # Twice the second: a leads then, b now, so a falls.
    then = np.array([[True, False], [True, False]])
    now = np.array([[True, False], [False, True]])
    a, b = rank_changes(then, now, 20_000, 5)
    assert (a.then, a.now, b.then, b.now) == (1, 1, 2, 1)
    assert (a.rose, a.fell, a.stayed) == pytest.approx((0, 0.25, 0.75), abs=0.015)
    assert (b.rose, b.fell, b.stayed) == pytest.approx((0.75, 0, 0.25), abs=0.015)


def test_exchanging_the_years_turns_rising_into_falling() -> None:
    then, now = np.random.default_rng(6).random((2, 25, 6)) < 0.3
    there, back = rank_changes(then, now, 300, 9), rank_changes(now, then, 300, 9)
    assert [RankChange(one.now, one.then, one.fell, one.rose, one.stayed) for one in there] == list(
        back
    )
    assert all(one.rose + one.fell + one.stayed == pytest.approx(1) for one in there)
    assert rank_changes(then, now, 300, 9) == there
    assert rank_changes(then, now, 300, 10) != there


def test_ranks_of_no_departments_and_of_no_columns() -> None:
    nobody = np.zeros((0, 2), dtype=bool)
    (one, other) = rank_changes(nobody, nobody, 50, 1)
    assert (one.then, one.now, other.then, other.now) == (1, 1, 1, 1)
    assert np.isnan([one.rose, one.fell, one.stayed]).all()
    nothing = np.zeros((3, 0), dtype=bool)
    assert rank_changes(nothing, nothing, 50, 1) == ()
