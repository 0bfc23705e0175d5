"""Every statistic against published or independently computed reference values."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom
from statsmodels.stats.multitest import multipletests

from mapping.statistics import ranking
from mapping.statistics.proportions import hard_bounds, hypergeometric_interval, share_interval
from mapping.statistics.ranking import borda, drawn_counts, first_place_share
from mapping.statistics.tables import fisher_freeman_halton, holm


@pytest.mark.parametrize(
    ("case", "expected"),
    [  # reproduced in Python and in R (phyper)
        ((45, 100, 300), (111, 160)),
        ((21, 40, 50), (23, 30)),
        ((27, 40, 50), (30, 37)),
        ((26, 38, 52), (31, 39)),
    ],
)
def test_hypergeometric_interval(case: tuple[int, int, int], expected: tuple[int, int]) -> None:
    assert hypergeometric_interval(*case) == expected


def test_a_census_leaves_no_doubt_and_no_sample_leaves_all() -> None:
    assert hypergeometric_interval(7, 20, 20) == (7, 7)
    assert hypergeometric_interval(0, 0, 20) == (0, 20)


@pytest.mark.parametrize("case", [(-1, 4, 5), (5, 4, 5), (1, 6, 5)])
def test_impossible_counts_are_refused(case: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="need 0 <="):
        hypergeometric_interval(*case)


def test_the_interval_as_shares_of_the_population() -> None:
    assert share_interval(21, 40, 50) == (0.46, 0.6)
    assert np.isnan(share_interval(0, 0, 50)).all()


def test_hard_bounds_are_the_counts_with_none_and_all_of_the_others() -> None:
    assert hard_bounds(21, 40, 50) == (0.42, 0.62)  # 21 and 31 of 50
    assert hard_bounds(2, 5, 6) == (0.333333333, 0.5)
    assert hard_bounds(0, 0, 9) == (0, 1)
    assert hard_bounds(7, 20, 20) == (0.35, 0.35)
    assert hard_bounds(8, 8, 17) == (0.470588235, 1)  # those known to be outside are not missing


@given(st.integers(1, 25), st.data())
def test_interval_is_the_inverted_test(population: int, data) -> None:
    sample = data.draw(st.integers(0, population))
    count = data.draw(st.integers(0, sample))

    def probability(hits: int, having: int) -> float:
        return (
            math.comb(having, hits)
            * math.comb(population - having, sample - hits)
            / math.comb(population, sample)
        )

    kept = [
        having
        for having in range(count, population - sample + count + 1)
        if sum(probability(k, having) for k in range(count, sample + 1)) > 0.025 * (1 + 1e-12)
        and sum(probability(k, having) for k in range(count + 1)) > 0.025 * (1 + 1e-12)
    ]
    assert hypergeometric_interval(count, sample, population) == (min(kept), max(kept))


@pytest.mark.parametrize("count", [0, 1, 411, 1_400, 1_800])
def test_interval_of_a_nation_is_what_every_total_tested_in_turn_gives(count: int) -> None:
    totals = np.arange(count, 2_000 - 1_800 + count + 1)
    kept = totals[
        (hypergeom.sf(count - 1, 2_000, totals, 1_800) > 0.025)
        & (hypergeom.cdf(count, 2_000, totals, 1_800) > 0.025)
    ]
    assert hypergeometric_interval(count, 1_800, 2_000) == (kept.min(), kept.max())


@pytest.mark.parametrize(
    ("table", "expected"),
    [  # R fisher.test: mtcars cyl x gear; vcd oral lesions
        ([[1, 8, 2], [2, 4, 1], [12, 0, 2]], 8.25971568461911e-05),
        (
            [
                [0, 1, 0],
                [8, 1, 8],
                [0, 1, 0],
                [0, 1, 0],
                [0, 1, 0],
                [0, 1, 0],
                [0, 1, 0],
                [1, 0, 1],
                [1, 0, 1],
            ],
            0.0101031437415876,
        ),
        ([[3, 1], [1, 3]], 0.485714285714286),  # Fisher's tea
    ],
)
def test_fisher_freeman_halton(table: list[list[int]], expected: float) -> None:
    assert fisher_freeman_halton(table) == pytest.approx(expected, rel=1e-9)
    assert fisher_freeman_halton(np.transpose(table)) == pytest.approx(expected, rel=1e-9)


def test_nothing_to_test_is_no_difference() -> None:
    assert fisher_freeman_halton([[3, 0], [4, 0]]) == 1.0
    assert fisher_freeman_halton([[0, 0, 0], [1, 2, 3]]) == 1.0


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=3))
def test_exact_p_by_listing_all_assignments(pairs: list[tuple[int, int]]) -> None:
    """The same p from the definition: every way to give the 'with' marks to departments."""
    size = [a + b for a, b in pairs]
    marks = sum(a for a, _ in pairs)
    ways = {
        counts: math.prod(math.comb(n, k) for n, k in zip(size, counts, strict=True))
        for counts in itertools.product(*(range(n + 1) for n in size))
        if sum(counts) == marks
    }
    observed = ways[tuple(a for a, _ in pairs)]
    expected = sum(w for w in ways.values() if w <= observed) / sum(ways.values())
    assert fisher_freeman_halton(pairs) == pytest.approx(expected, rel=1e-8)


def test_holm() -> None:
    # Benjamini and Hochberg 1995; R p.adjust
    raw = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.759,
        1,
    ]
    expected = [
        0.0015,
        0.0056,
        0.0247,
        0.114,
        0.2211,
        0.278,
        0.278,
        0.278,
        0.3213,
        1,
        1,
        1,
        1,
        1,
        1,
    ]
    assert holm(raw) == pytest.approx(expected)


@pytest.mark.parametrize(
    "raw",
    [[0.04], [0.0, 0.0, 1.0], [0.3, 0.001, 0.02], [0.05] * 4, [1.0, 0.9, 0.01, 0.01, 0.02, 0.3]],
)
def test_holm_is_that_of_statsmodels(raw: list[float]) -> None:
    """A few only: each call of statsmodels collects all garbage, which takes seconds here."""
    assert holm(raw) == pytest.approx(multipletests(raw, method="holm")[1])


def test_holm_leaves_out_what_is_missing() -> None:
    assert holm([0.01, np.nan, 0.04]) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert np.isnan(holm([np.nan])).all()


def test_borda_of_the_capital_of_tennessee() -> None:
    # 42 Memphis>Nashville>Chattanooga>Knoxville, 26 NCKM, 15 CKNM, 17 KCNM
    ballots = [[3, 2, 1, 0]] * 42 + [[0, 3, 2, 1]] * 26 + [[0, 1, 3, 2]] * 15 + [[0, 1, 2, 3]] * 17
    assert borda(ballots).tolist() == [126, 194, 173, 107]


def test_borda_shares_points_on_ties() -> None:
    assert borda([[1, 1, 0]]).tolist() == [1.5, 1.5, 0]
    assert borda(np.zeros((0, 3))).tolist() == [0, 0, 0]


def test_a_draw_takes_whole_departments() -> None:
    # each department has both of the first two columns or neither, and nobody has the third
    presence = np.array([[True, True, False]] * 3 + [[False, False, False]] * 2)
    counts = drawn_counts(presence, 4_000, 3)
    assert counts.shape == (4_000, 3)
    assert (counts[:, 0] == counts[:, 1]).all()
    assert not counts[:, 2].any()
    # each draw is binomial: 5 times, probability 3/5
    assert counts[:, 0].mean() == pytest.approx(3, abs=0.07)
    assert counts[:, 0].var() == pytest.approx(1.2, abs=0.12)
    assert np.bincount(counts[:, 0], minlength=6)[5] / 4_000 == pytest.approx(0.6**5, abs=0.017)


def test_draws_are_the_same_for_the_same_seed() -> None:
    presence = np.eye(6, dtype=bool)
    assert (drawn_counts(presence, 50, 1) == drawn_counts(presence, 50, 1)).all()
    assert (drawn_counts(presence, 50, 1) != drawn_counts(presence, 50, 2)).any()


def test_draws_are_the_same_however_many_are_drawn_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    presence = np.random.default_rng(2).random((40, 3)) < 0.4
    at_once = drawn_counts(presence, 25, 7)
    monkeypatch.setattr(ranking, "_AT_ONCE", 200)  # five draws, then 25 of these
    assert (drawn_counts(presence, 25, 7) == at_once).all()
    monkeypatch.setattr(ranking, "_AT_ONCE", 1)
    assert (drawn_counts(presence, 25, 7) == at_once).all()


def test_first_place_when_it_is_certain_or_always_tied() -> None:
    certain = np.array([[True, False], [True, False]])
    assert first_place_share(drawn_counts(certain, 200, 1)).tolist() == [1, 0]
    tied = np.array([[True, True], [False, False]])
    assert first_place_share(drawn_counts(tied, 200, 1)).tolist() == [1, 1]


def test_first_place_near_its_exact_probability() -> None:
    # two departments, one for each candidate: a draw of two is (a,a), (a,b), (b,a) or (b,b), so
    # a is at rank 1, ties counted, in three of four
    presence = np.array([[True, False], [False, True]])
    shares = first_place_share(drawn_counts(presence, 20_000, 5))
    assert shares == pytest.approx([0.75, 0.75], abs=0.015)
