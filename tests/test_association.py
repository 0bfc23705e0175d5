"""Tests of association against published values and against every arrangement, listed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, permutation_test

from mapping.statistics.association import (
    Permutations,
    dependence,
    mean_difference,
    rank_correlation,
)

MANY = Permutations(20_000, 1)
FEW = Permutations(50, 1)


def marks(*counts: int) -> np.ndarray:
    """So many true, then so many false, and so on."""
    return np.repeat(np.arange(len(counts)) % 2 == 0, counts)


def cells(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """The row and the column of every observation of a table."""
    where = np.argwhere(np.ones(np.shape(table)))
    return tuple(np.repeat(where, np.ravel(table), axis=0).astype(float).T)


@pytest.mark.parametrize(
    ("table", "expected"),
    [  # Agresti's job satisfaction; a hotel's guests; SAS: also in R, cor(method = "kendall")
        ([[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]], 0.152352151346597),
        ([[27, 25, 14, 7, 0], [7, 14, 18, 35, 12], [1, 3, 2, 7, 17]], 0.53274498971331),
        ([[26, 26, 23, 18, 9], [6, 7, 9, 14, 23]], 0.337256737534325),
    ],
)
def test_tau_b_of_published_tables(table: list[list[int]], expected: float) -> None:
    rows, columns = cells(table)
    assert rank_correlation(rows, columns, FEW).statistic == pytest.approx(expected)
    assert rank_correlation(rows, -columns, FEW).statistic == pytest.approx(-expected)


@pytest.mark.parametrize("order", [(1, 2, 3, 5, 4, 7, 6), (3, 1, 2, 7, 6, 4, 5)])
def test_p_of_tau_without_ties_is_that_of_kendalls_exact_distribution(order) -> None:
    x, y = np.arange(7.0), np.array(order, dtype=float)
    found = rank_correlation(x, y, MANY)
    greater = kendalltau(x, y, method="exact", alternative="greater").pvalue
    less = kendalltau(x, y, method="exact", alternative="less").pvalue
    assert (found.p, found.p_opposite) == pytest.approx((greater, less))
    assert found.least == pytest.approx(1 / 5040)


LEVELS = st.sampled_from([0.0, 0.333333333, 0.666666667, 1.0, 1.5, 2.0])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(LEVELS, LEVELS), min_size=3, max_size=5))
def test_tau_by_listing_all_orders(pairs: list[tuple[float, float]]) -> None:
    x, y = np.array(pairs).T
    found = rank_correlation(x, y, MANY)
    scores = np.array(
        [
            sum(
                np.sign(x[i] - x[j]) * np.sign(y[order[i]] - y[order[j]])
                for i, j in itertools.combinations(range(len(x)), 2)
            )
            for order in itertools.permutations(range(len(x)))
        ]
    )
    assert found.p == pytest.approx((scores >= scores[0]).mean())
    assert found.p_opposite == pytest.approx((scores <= scores[0]).mean())
    assert found.least == pytest.approx((scores == scores.max()).mean())


def test_tau_of_values_equal_but_for_the_last_decimals() -> None:
    x, y = np.arange(5.0), np.array([0.1 + 0.2, 0.3, 0.3, 0.3, 0.3])
    assert rank_correlation(x, y, MANY).statistic == 0
    assert rank_correlation(x, y, MANY).p == 1


@pytest.mark.parametrize("swap", [False, True])
def test_a_value_that_is_the_same_for_all_tells_nothing(swap: bool) -> None:
    pair = (np.arange(9.0), np.full(9, 2.0))
    found = rank_correlation(*(pair[::-1] if swap else pair), MANY)
    assert (found.statistic, found.p, found.p_opposite, found.least) == (0, 1, 1, 1)


def test_the_observed_order_counts_among_those_drawn() -> None:
    x = np.arange(44.0)
    found = rank_correlation(x, x, Permutations(999, 3))
    assert found.statistic == pytest.approx(1)
    assert (found.p, found.p_opposite) == (1 / 1000, 1)


def test_mean_difference_listed_by_hand() -> None:
    # sums of two of 0, 1, 2, 3: 1 2 3 3 4 5
    top = mean_difference(np.array([3.0, 2.0]), np.array([0.0, 1.0]), MANY)
    assert (top.statistic, top.p, top.p_opposite) == (2, 1 / 6, 1)
    assert top.least == 1 / 6
    next_to_top = mean_difference(np.array([3.0, 1.0]), np.array([0.0, 2.0]), MANY)
    assert (next_to_top.p, next_to_top.p_opposite) == (2 / 6, 5 / 6)
    assert next_to_top.least == 1 / 6


def test_mean_difference_of_the_mice() -> None:
    # Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 15: a difference of
    # 30.63 days, p .132 by 1,000 draws (standard error .011)
    treated = np.array([94.0, 197, 16, 38, 99, 141, 23])
    control = np.array([52.0, 104, 146, 10, 51, 30, 40, 27, 46])
    exact = mean_difference(treated, control, MANY)
    assert exact.statistic == pytest.approx(30.63, abs=0.005)
    assert exact.p == pytest.approx(0.132, abs=0.032)
    drawn = mean_difference(treated, control, Permutations(11_439, 1))
    assert drawn.p != exact.p
    assert drawn.p == pytest.approx(exact.p, abs=0.013)
    assert drawn.p_opposite == pytest.approx(exact.p_opposite, abs=0.013)


def test_means_equal_but_for_rounded_thirds_are_equal() -> None:
    # of the 20 ways to choose three, 2 have the sum 2, 9 more and 9 less
    thirds, others = np.full(3, round(2 / 3, 9)), np.array([2.0, 0.0, 0.0])
    for ours, theirs in ((thirds, others), (others, thirds)):
        found = mean_difference(ours, theirs, MANY)
        assert (found.statistic, found.p, found.p_opposite) == (0, 11 / 20, 11 / 20)


@settings(max_examples=60, deadline=None)
@given(st.lists(LEVELS, min_size=2, max_size=4), st.lists(LEVELS, min_size=2, max_size=4))
def test_mean_difference_by_listing_all_groups(ours: list[float], others: list[float]) -> None:
    found = mean_difference(np.array(ours), np.array(others), MANY)
    sixths = [round(6 * value) for value in (*ours, *others)]
    sums = np.array([sum(group) for group in itertools.combinations(sixths, len(ours))])
    assert found.p == pytest.approx((sums >= sums[0]).mean())
    assert found.p_opposite == pytest.approx((sums <= sums[0]).mean())
    assert found.least == pytest.approx((sums == sums.max()).mean())


def test_the_observed_groups_count_among_those_drawn() -> None:
    found = mean_difference(np.full(20, 3.0), np.zeros(24), Permutations(999, 3))
    assert (found.statistic, found.p, found.p_opposite) == (3, 1 / 1000, 1)


def test_means_of_one_value_tell_nothing() -> None:
    found = mean_difference(np.ones(5), np.ones(6), MANY)
    assert (found.statistic, found.p, found.p_opposite, found.least) == (0, 1, 1, 1)


@pytest.mark.parametrize(
    ("table", "p", "p_opposite"),
    [
        ((3, 1, 1, 3), 17 / 70, 69 / 70),  # the tea: Fisher, The Design of Experiments (1935)
        ((10, 3, 2, 15), 0.0004652, 0.9999847),  # convicted twins: R, fisher.test
    ],
)
def test_fishers_own_tables(table: tuple[int, ...], p: float, p_opposite: float) -> None:
    a, b, c, d = table
    found = dependence(marks(a + b, c + d), marks(a, b, c, d))
    assert found.statistic == pytest.approx(a / (a + b) - c / (c + d))
    assert found.p == pytest.approx(p, rel=1e-3)
    assert found.p_opposite == pytest.approx(p_opposite, rel=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.data())  # so many with the one, so many without it
def test_dependence_by_listing_all_groups(with_it: int, without: int, data) -> None:
    other = np.array(
        data.draw(st.lists(st.booleans(), min_size=with_it + without, max_size=with_it + without))
    )
    found = dependence(marks(with_it, without), other)
    both = np.array([sum(group) for group in itertools.combinations(other.astype(int), with_it)])
    assert found.p == pytest.approx((both >= both[0]).mean())
    assert found.p_opposite == pytest.approx((both <= both[0]).mean())
    assert found.least == pytest.approx((both == both.max()).mean())


def test_the_same_result_each_time_and_the_seed_matters() -> None:
    values = np.random.default_rng(8).integers(0, 7, (2, 44)) / 2
    first = rank_correlation(*values, MANY), mean_difference(values[0], values[1, :30], MANY)
    again = rank_correlation(*values, MANY), mean_difference(values[0], values[1, :30], MANY)
    other = Permutations(20_000, 2)
    assert first == again
    assert rank_correlation(*values, other).p != first[0].p
    assert mean_difference(values[0], values[1, :30], other).p != first[1].p


@pytest.mark.parametrize(
    ("departments", "values"),
    [(9, 5), (44, 5), (300, 300)],  # the last are more than fit into a byte
)
def test_the_orders_drawn_are_those_of_scipy(departments: int, values: int) -> None:
    rng = np.random.default_rng(departments)
    x, y = np.sort(rng.integers(0, values, departments)), rng.integers(0, values, departments)
    drawn = {"n_resamples": 400, "rng": np.random.default_rng(7), "permutation_type": "pairings"}

    def tau(values: np.ndarray) -> float:
        return kendalltau(x, values).statistic

    null = permutation_test((y,), tau, **drawn).null_distribution
    found = rank_correlation(x.astype(float), y.astype(float), Permutations(400, 7))
    assert found.p == (1 + (null >= tau(y) - 1e-9).sum()) / 401
    assert found.p_opposite == (1 + (null <= tau(y) + 1e-9).sum()) / 401


def test_the_groups_drawn_are_those_of_scipy() -> None:
    rng = np.random.default_rng(3)
    ours, others = rng.integers(0, 13, 15) / 4, rng.integers(0, 13, 25) / 4
    drawn = {"n_resamples": 400, "rng": np.random.default_rng(7), "permutation_type": "independent"}

    def higher(one: np.ndarray, other: np.ndarray) -> float:
        return one.mean() - other.mean()

    null = permutation_test((ours, others), higher, **drawn).null_distribution
    found = mean_difference(ours, others, Permutations(400, 7))
    assert found.p == (1 + (null >= higher(ours, others) - 1e-9).sum()) / 401
