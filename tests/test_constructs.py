"""Constructs and the 3 x 3 grid: both sides and the edge of every threshold."""

from __future__ import annotations

import pandas as pd
import pytest
from builders import levels_of, su_2020

from mapping.constructs import constructs, grid

PROTOCOL = su_2020()
CONDITIONS = [
    "interest",
    "management_support",
    "colleague_support",
    "resources",
    "workload",
    "mandate",
    "staffing",
]


@pytest.mark.parametrize(("known", "expected"), [(3, None), (4, 1.5), (7, 1.5)])
def test_conditions_need_four_of_seven(known: int, expected: float | None) -> None:
    levels = {key: [1.0, 2.0][n % 2] for n, key in enumerate(CONDITIONS[:known])}
    found = constructs(levels_of(A=levels), PROTOCOL).loc[0, "conditions"]
    if expected is None:
        assert pd.isna(found)
    else:
        assert found == pytest.approx(sum(levels.values()) / known, abs=1e-9)


def test_needs_need_one_of_two() -> None:
    table = constructs(
        levels_of(
            A={"internal_need": 3.0}, B={"internal_need": 3.0, "importance": 0.0}, C={"interest": 1}
        ),
        PROTOCOL,
    )
    assert table["needs"].tolist()[:2] == [3.0, 1.5]
    assert pd.isna(table.loc[2, "needs"])
    assert pd.isna(table.loc[2, "needs_level"])


@pytest.mark.parametrize(
    ("level", "conditions", "needs"),
    [
        (3.0, "good", "clear"),
        (2.0, "good", "clear"),
        (1.999999999, "moderate", "some"),
        (1.0, "moderate", "some"),
        (0.999999999, "small", "slight"),
        (0.0, "small", "slight"),
        (1.9999999996, "good", "clear"),  # equal to 2 after rounding to nine decimals
    ],
)
def test_words_on_both_sides_and_the_edge(level: float, conditions: str, needs: str) -> None:
    levels = dict.fromkeys([*CONDITIONS, "internal_need", "importance"], level)
    found = constructs(levels_of(A=levels), PROTOCOL).iloc[0]
    assert (found["conditions_level"], found["needs_level"]) == (conditions, needs)


def test_the_grid_has_nine_cells_that_add_up_to_the_known() -> None:
    good = dict.fromkeys(CONDITIONS, 3.0)
    cells = grid(
        constructs(
            levels_of(
                A=good | {"importance": 3.0}, B=good | {"importance": 0.0}, C={"importance": 1.0}
            ),
            PROTOCOL,
        )
    )
    assert len(cells) == 9
    assert cells["departments"].sum() == 2
    keyed = cells.set_index(["conditions_level", "needs_level"])["department_ids"]
    assert keyed["good", "clear"] == ["A"]
    assert keyed["good", "slight"] == ["B"]
    assert keyed["small", "some"] == []
