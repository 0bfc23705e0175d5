"""Sums of squares of a balanced design, against R and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from mapping.statistics.variance import first_order, total, total_order

WARPBREAKS = np.array(
    [
        [
            [26, 30, 54, 25, 70, 52, 51, 26, 67],
            [18, 21, 29, 17, 12, 18, 35, 30, 36],
            [36, 21, 24, 18, 10, 43, 28, 15, 26],
        ],
        [
            [27, 14, 29, 19, 29, 31, 41, 20, 44],
            [42, 26, 19, 16, 39, 28, 21, 39, 29],
            [20, 21, 24, 17, 13, 15, 15, 16, 28],
        ],
    ],
    dtype=float,
)
"""R's data set warpbreaks: breaks by wool (A, B) and tension (L, M, H), nine looms each."""


def test_warpbreaks() -> None:
    """R: ``anova(lm(breaks ~ wool * tension))`` gives 450.667, 2034.259, 1002.778."""
    cells = WARPBREAKS.mean(axis=2)
    main, whole = 9 * first_order(cells, 2), 9 * total(cells, 2)
    assert main == pytest.approx([450.667, 2034.259], abs=5e-4)
    assert whole - main.sum() == pytest.approx(1002.778, abs=5e-4)
    shares = [*main / whole, 1 - main.sum() / whole]
    assert shares == pytest.approx([0.129216, 0.583266, 0.287518], abs=5e-7)
    # with the interaction: each factor has its own share and that of both together
    assert 9 * total_order(cells, 2) / whole == pytest.approx([0.416734, 0.870784], abs=1e-6)


def test_cases_are_added_each_around_its_own_mean() -> None:
    """The second case is the first turned about, and far away: effects do not cancel."""
    one = np.array([[0.0, 0.0], [2.0, 2.0]])
    both = np.stack([one, 100 - one], axis=-1)
    assert first_order(both, 2).tolist() == [8, 0]
    assert total(both, 2) == 8
    assert total_order(both, 2).tolist() == [8, 0]


def test_three_factors_that_act_only_together() -> None:
    sign = np.array([-1.0, 1.0])
    cells = sign[:, None, None] * sign[None, :, None] * sign[None, None, :]
    assert first_order(cells, 3).tolist() == [0, 0, 0]
    assert total_order(cells, 3).tolist() == [8, 8, 8]
    assert total(cells, 3) == 8


def test_one_factor_is_all_the_variance() -> None:
    cells = np.array([1.0, 2.0, 6.0])
    assert first_order(cells, 1).tolist() == total_order(cells, 1).tolist() == [14.0]
