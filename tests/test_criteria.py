"""The 15 criteria of the summary's wording, on both sides and at the edge of each."""

from __future__ import annotations

import pandas as pd
import pytest
from builders import levels_of, su_2020

from mapping.criteria import criteria

PROTOCOL = su_2020()
JUST_BELOW = 1e-6


def met(criterion: str, **levels: float) -> bool | None:
    table = criteria(levels_of(A=levels), PROTOCOL).set_index("criterion")["met"]
    return None if pd.isna(table[criterion]) else bool(table[criterion])


@pytest.mark.parametrize(
    ("criterion", "indicator", "edge"),
    [
        ("good.interest", "interest", 2),
        ("good.support", "colleague_support", 2),
        ("good.resources", "resources", 2),
        ("good.internal_need", "internal_need", 2),
        ("good.importance", "importance", 2),
        ("good.staffing", "staffing", 1),
        ("moderate.interest", "interest", 1),
        ("moderate.internal_need", "internal_need", 1),
        ("moderate.staffing", "staffing", 1),
    ],
)
def test_at_least(criterion: str, indicator: str, edge: float) -> None:
    assert met(criterion, **{indicator: edge}) is True
    assert met(criterion, **{indicator: edge - JUST_BELOW}) is False
    assert met(criterion) is None


@pytest.mark.parametrize(
    ("criterion", "indicator", "edge"),
    [
        ("moderate.mandate", "mandate", 2),
        ("moderate.support", "management_support", 2),
        ("small.interest", "interest", 1),
        ("small.internal_need", "internal_need", 1),
        ("small.staffing", "staffing", 1),
    ],
)
def test_below(criterion: str, indicator: str, edge: float) -> None:
    assert met(criterion, **{indicator: edge}) is False
    assert met(criterion, **{indicator: edge - JUST_BELOW}) is True
    assert met(criterion) is None


def test_staffing_of_the_moderate_ends_at_two() -> None:
    assert met("moderate.staffing", staffing=2) is True
    assert met("moderate.staffing", staffing=2 + JUST_BELOW) is False


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({"resources": 1, "importance": 3}, True),
        ({"resources": 3, "importance": 1}, True),
        ({"resources": 2, "importance": 2}, False),
        ({"resources": 1}, True),
        ({"importance": 1}, True),
        ({"resources": 2}, None),
        ({}, None),
    ],
)
def test_or_is_met_if_either_is_and_unknown_if_it_could_be(
    levels: dict[str, float], expected: bool | None
) -> None:
    assert met("moderate.resources_or_importance", **levels) is expected


def test_one_row_for_each_participant_and_criterion() -> None:
    table = criteria(levels_of(A={}, B={"interest": 1}), PROTOCOL)
    assert len(table) == 2 * 15
    assert table["tier"].value_counts().to_dict() == {"good": 12, "moderate": 12, "small": 6}
    assert (table["tier"] == table["criterion"].str.split(".").str[0]).all()
