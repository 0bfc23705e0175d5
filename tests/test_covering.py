"""The smallest cover, against every choice counted by brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.errors import RunError
from mapping.statistics.covering import smallest_cover


def by_brute_force(
    covers: np.ndarray, weights: np.ndarray, least: int
) -> tuple[tuple[int, ...] | None, int]:
    """All choices by size; of one size the heaviest, then the first in lexicographic order."""
    for size in range(len(covers) + 1):
        weighed = [
            (weights[covers[list(rows)].any(axis=0)].sum(), rows)
            for rows in combinations(range(len(covers)), size)
        ]
        enough = [choice for choice in weighed if choice[0] >= least]
        if enough:
            most = max(weight for weight, _ in enough)
            return next(rows for weight, rows in enough if weight == most), int(most)
    return None, 0


@st.composite
def instances(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    sets, things = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    flags = st.lists(st.booleans(), min_size=things, max_size=things)
    covers = np.array(draw(st.lists(flags, min_size=sets, max_size=sets)))
    weights = np.array(draw(st.lists(st.integers(0, 9), min_size=things, max_size=things)))
    return covers, weights, draw(st.integers(0, int(weights.sum()) + 1))


@settings(max_examples=150, deadline=None)
@given(instances())
def test_as_by_brute_force(instance: tuple[np.ndarray, np.ndarray, int]) -> None:
    expected, _ = by_brute_force(*instance)
    assert smallest_cover(*instance) == expected


def cover(*rows: str) -> np.ndarray:
    """Sets as rows of signs: x where the thing is covered."""
    return np.array([[sign == "x" for sign in row] for row in rows])


THREE = np.array([4, 3, 2])


@pytest.mark.parametrize(
    ("least", "expected"),
    [
        (0, ()),
        (1, (0,)),  # each does; the first set covers most
        (4, (0,)),
        (5, (0, 1)),
        (7, (0, 1)),
        (8, (0, 1, 2)),
        (9, (0, 1, 2)),
        (10, None),
    ],
)
def test_each_side_of_every_limit(least: int, expected: tuple[int, ...] | None) -> None:
    assert smallest_cover(cover("x..", ".x.", "..x"), THREE, least) == expected


def test_greedy_would_need_one_more() -> None:
    """The heaviest set first would take three; two others cover all."""
    covers = cover("xx.xx.", "xxx...", "...xxx")
    assert smallest_cover(covers, np.ones(6, dtype=int), 6) == (1, 2)


def test_equally_small_the_one_that_covers_most() -> None:
    assert smallest_cover(cover("x..", "xx.", "xxx"), THREE, 4) == (2,)


def test_equally_good_the_first_by_the_order_of_rows() -> None:
    """(0, 3) and (1, 2) cover all; 0 comes first, though 1 and 2 are earlier than 3."""
    covers = cover("xx..", "x.x.", ".x.x", "..xx")
    assert smallest_cover(covers, np.ones(4, dtype=int), 4) == (0, 3)
    assert smallest_cover(cover("..", "xx", "xx"), np.array([1, 1]), 2) == (1,)


def test_the_same_choice_each_time() -> None:
    random = np.random.default_rng(5)
    covers, weights = random.random((40, 10)) < 0.15, random.integers(1, 45, 10)
    least = int(weights[covers.any(axis=0)].sum() * 0.9)
    assert len({smallest_cover(covers, weights, least) for _ in range(3)}) == 1


def test_a_solver_that_gives_up_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class GaveUp:
        success = False
        message = "time limit"

    monkeypatch.setattr("scipy.optimize.milp", lambda *_, **__: GaveUp())
    with pytest.raises(RunError, match="time limit"):
        smallest_cover(cover("x"), np.array([1]), 1)
