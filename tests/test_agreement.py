"""Agreement between raters against published values, the field's library, and by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mapping.statistics.agreement import (
    Disagreement,
    Draws,
    ac1,
    agreement,
    alike,
    alpha,
    by_cluster,
    disagreement,
    drawn_weights,
    percent_agreement,
    percentile_interval,
    resampled,
    summands,
    values_of,
)

NAN = math.nan
REFERENCE = Path(__file__).parents[1].parent / "shared" / "reference" / "statistics.json"

KRIPPENDORFF_2011 = [
    [1, 1, NAN, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [NAN, 5, 5, 5],
    [NAN, NAN, 1, 1],
    [NAN, NAN, 3, NAN],
]
"""12 units x 4 raters: K. Krippendorff, Computing Krippendorff's alpha-reliability (2011)."""


def test_the_published_case() -> None:
    assert alpha(KRIPPENDORFF_2011, "nominal") == pytest.approx(0.743421, abs=5e-7)
    assert alpha(KRIPPENDORFF_2011, "ordinal") == pytest.approx(0.815388, abs=5e-7)
    assert alpha(KRIPPENDORFF_2011, "interval") == pytest.approx(0.849107, abs=5e-7)
    assert ac1(KRIPPENDORFF_2011, [1, 2, 3, 4, 5]) == pytest.approx(0.775444, abs=5e-7)
    assert percent_agreement(KRIPPENDORFF_2011) == pytest.approx(0.818182, abs=5e-7)


def reference_cases() -> list[dict]:
    if not REFERENCE.exists():
        return []
    cases = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return [case for case in cases if case["method"] == "alpha/AC/Fleiss"]


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference cases are not here")
def test_every_reference_case() -> None:
    assert len(reference_cases()) >= 2
    for case in reference_cases():
        ratings, expected = np.array(case["data"], dtype=float), case["expected"]
        for metric in ("nominal", "ordinal", "interval"):
            assert alpha(ratings, metric) == pytest.approx(expected[f"alpha_{metric}"], abs=1e-9)
        found = ac1(ratings, list(values_of(ratings)))
        assert found == pytest.approx(expected["gwet_ac_unweighted"], abs=1e-9)
        assert percent_agreement(ratings) == pytest.approx(expected["percent_agreement"], abs=1e-9)


def test_a_category_that_nobody_gave_counts_for_chance() -> None:
    # pa = 2/3; shares 5/6 and 1/6, so 2 * 5/36 guessed of two categories and half that of three
    ratings = [[0, 0], [0, 0], [0, 1]]
    assert ac1(ratings, [0, 1]) == round((2 / 3 - 10 / 36) / (1 - 10 / 36), 9)
    assert ac1(ratings, [0, 1, 2]) == round((2 / 3 - 5 / 36) / (1 - 5 / 36), 9)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize(
    "ratings",
    [
        [[1, 1], [1, 1]],  # no variation
        [[1, NAN], [NAN, 2]],  # no pair
        [[1, 1], [2, NAN]],  # varies, but not among what is paired
        [[NAN, NAN]],
        [[2], [3]],  # one rater
    ],
)
def test_alpha_is_missing_where_nothing_can_be_said(ratings: list, metric: str) -> None:
    assert math.isnan(alpha(ratings, metric))


def test_without_a_pair_there_is_no_agreement_either() -> None:
    assert math.isnan(percent_agreement([[1, NAN], [NAN, 2]]))
    assert math.isnan(ac1([[1, NAN], [NAN, 2]], [1, 2]))


def test_all_the_same_is_agreement_though_alpha_is_missing() -> None:
    assert percent_agreement([[1, 1], [1, 1]]) == 1
    assert ac1([[1, 1], [1, 1]], [0, 1]) == 1


@st.composite
def tables_of_ratings(draw) -> np.ndarray:
    shape = draw(st.tuples(st.integers(2, 8), st.integers(2, 4)))
    values = st.sampled_from([0.0, 1.0, 2.0, 3.0, NAN])
    return draw(arrays(float, shape, elements=values))


@given(tables_of_ratings(), st.sampled_from(["nominal", "ordinal", "interval"]))
def test_the_library_of_the_field_says_the_same(ratings: np.ndarray, metric: str) -> None:
    found = alpha(ratings, metric)
    assume(not math.isnan(found))
    expected = krippendorff.alpha(reliability_data=ratings.T, level_of_measurement=metric)
    assert found == pytest.approx(expected, abs=1e-8)


@given(tables_of_ratings(), st.randoms(use_true_random=False))
def test_neither_order_nor_names_matter(ratings: np.ndarray, random) -> None:
    units, raters = (random.sample(range(n), n) for n in ratings.shape)
    shuffled = ratings[units][:, raters]
    for metric in ("nominal", "ordinal", "interval"):
        assert alpha(shuffled, metric) == pytest.approx(alpha(ratings, metric), nan_ok=True)
    renamed = np.choose(np.nan_to_num(ratings, nan=0).astype(int), [7.0, 2.0, 9.0, 4.0])
    renamed = np.where(np.isnan(ratings), NAN, renamed)
    assert alpha(renamed, "nominal") == pytest.approx(alpha(ratings, "nominal"), nan_ok=True)
    stretched = ratings**3  # same order
    assert alpha(stretched, "ordinal") == pytest.approx(alpha(ratings, "ordinal"), nan_ok=True)


@given(arrays(float, st.integers(2, 8), elements=st.sampled_from([0.0, 1.0, 2.0])))
def test_perfect_agreement_with_variation_is_one(column: np.ndarray) -> None:
    assume(len(set(column)) > 1)
    ratings = np.stack([column, column, column], axis=1)
    for metric in ("nominal", "ordinal", "interval"):
        assert alpha(ratings, metric) == 1


def test_ratings_may_differ_by_so_much_and_count_as_alike() -> None:
    cube = np.array([[0.0, 0.75, 1.5], [1.0, NAN, 1.76], [NAN, NAN, 2.0]])[:, :, None]
    assert alike(cube, 0.75)[:, 0].tolist()[:2] == [2 / 3, 0]  # .75 is within, 1.5 and .76 not
    assert math.isnan(alike(cube, 0.75)[2, 0])
    assert alike(cube, 0.75, rater=0)[:2, 0].tolist() == [0.5, 0]
    assert agreement(alike(cube, 0.75)).tolist() == [round(1 / 3, 9)]


def test_the_alpha_of_several_items_weighs_them_by_expected_disagreement() -> None:
    one = Disagreement(np.array([1.0, 0.0]), np.array([2.0, 6.0]))
    both = one.of_groups(np.array([[True, True], [True, False]]))
    assert one.coefficient.tolist() == [0.5, 1]
    assert both.coefficient.tolist() == [1 - 1 / 8, 0.5]  # (.5 * 2 + 1 * 6) / 8


def test_a_draw_takes_whole_clusters_with_return() -> None:
    weights = drawn_weights(4, Draws(500, 1))
    assert weights.shape == (500, 4)
    assert (weights.sum(axis=1) == 4).all()
    assert abs(weights.mean(axis=0) - 1).max() < 0.15
    assert weights.max() > 1


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
def test_a_draw_is_alpha_of_the_units_that_it_took(metric: str) -> None:
    rng = np.random.default_rng(3)
    cube = rng.integers(0, 4, size=(12, 3, 2)).astype(float)
    cube[rng.random(cube.shape) < 0.2] = NAN
    clusters = np.repeat(np.arange(4), 3)
    draws = Draws(20, 7)
    sums = by_cluster(summands(cube, metric, [0, 1, 2, 3]), clusters)
    drawn = disagreement(resampled(sums, draws), metric).coefficient
    for weights, found in zip(drawn_weights(4, draws), drawn, strict=True):
        taken = [
            u for c, times in enumerate(weights) for u in [*range(3 * c, 3 * c + 3)] * int(times)
        ]
        for item in range(2):
            expected = alpha(cube[taken][:, :, item], metric)
            assert found[item] == pytest.approx(expected, abs=1e-8, nan_ok=True)


def test_the_interval_is_that_of_the_known_draws_if_enough_are_known() -> None:
    drawn = np.array([[3.0, 1.0, 5.0], [1.0, NAN, NAN], [2.0, 3.0, NAN], [4.0, 2.0, NAN]])
    low, high = percentile_interval(drawn, 0.5)
    assert (low[1], high[1]) == (1.5, 2.5)  # three of four are half and more
    assert (low[0], high[0]) == (1.75, 3.25)
    assert math.isnan(low[2])  # one of four
    assert math.isnan(high[2])
    edge = percentile_interval(drawn[:, 1:2], 0.75)
    assert edge[0].tolist() == [1.25]  # three of four are three quarters
    assert math.isnan(percentile_interval(drawn[:, 1:2], 0.76)[0][0])
