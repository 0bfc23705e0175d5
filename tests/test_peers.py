"""The middle of a department's tier, and that no other department can be told from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from builders import su_2020

from mapping.peers import middle

PROTOCOL = su_2020()
NAN = float("nan")


def tiers_of(**tier: str) -> pd.DataFrame:
    return pd.DataFrame({"department_id": list(tier), "tier": list(tier.values())})


def levels_of(*values: float) -> pd.DataFrame:
    """Departments A, B, C … with these levels of one aspect."""
    return pd.DataFrame({"interest": values}, index=list("ABCDEFGHI")[: len(values)])


def middle_of(*values: float, of: str = "A", tier: str = "good") -> float:
    levels = levels_of(*values)
    made = middle(levels, tiers_of(**dict.fromkeys(levels.index, tier)), of, PROTOCOL)
    return float(made["interest"])


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ((1, 1, 2, 3, 3), 2.0),
        ((0, 0, 1.24, 3, 3), 1.0),
        ((0, 0, 1.25, 3, 3), 1.5),  # half-way goes up
        ((0, 0, 1.0, 1.5, 3, 3), 1.5),  # the middle of six is 1.25
        ((3, 3, 2.75, 3, 0), 3.0),
        ((0, 0, 0, 0.24, 0), 0.0),
    ],
)
def test_the_median_of_the_others_in_halves(others: tuple[float, ...], expected: float) -> None:
    for own in (0.0, 3.0):
        assert middle_of(own, *others) == expected


@pytest.mark.parametrize(("others", "known"), [(4, False), (5, True), (6, True)])
def test_from_five_others_with_a_known_level(others: int, known: bool) -> None:
    assert np.isfinite(middle_of(1.0, *[2.0] * others)) == known
    assert np.isfinite(middle_of(1.0, *[2.0] * others, NAN)) == known


def test_the_smallest_number_of_others_is_the_protocols() -> None:
    assert PROTOCOL.disclosure.minimum_cell == 5


@pytest.mark.parametrize(("cell", "others", "known"), [(3, 4, False), (3, 5, True), (6, 5, False)])
def test_a_protocol_can_ask_for_more_others_never_for_fewer(
    cell: int, others: int, known: bool
) -> None:
    protocol = replace(PROTOCOL, disclosure=replace(PROTOCOL.disclosure, minimum_cell=cell))
    levels = levels_of(1.0, *[2.0] * others)
    made = middle(levels, tiers_of(**dict.fromkeys(levels.index, "good")), "A", protocol)
    assert np.isfinite(made["interest"]) == known


def test_an_unknown_level_of_its_own_hides_nothing() -> None:
    assert middle_of(NAN, 2, 2, 2, 2, 2) == 2.0


def test_only_the_same_tier_counts() -> None:
    levels = levels_of(0, 1, 1, 1, 1, 1, 3, 3, 3)
    tier = dict.fromkeys("ABCDEF", "small") | dict.fromkeys("GHI", "good")
    made = {key: middle(levels, tiers_of(**tier), key, PROTOCOL)["interest"] for key in "AG"}
    assert made["A"] == 1.0
    assert np.isnan(made["G"])


def test_departments_without_a_tier_have_no_middle() -> None:
    assert np.isnan(middle_of(1, 1, 1, 1, 1, 1, 1, tier="unclassified"))


def test_a_department_without_levels_is_no_other() -> None:
    levels = levels_of(1, 2, 2, 2, 2)
    made = middle(levels, tiers_of(**dict.fromkeys("ABCDEFGH", "good")), "A", PROTOCOL)
    assert np.isnan(made["interest"])


def test_each_column_has_its_own_others() -> None:
    levels = levels_of(0, 1, 1, 1, 1, 1).assign(mandate=[0, 2, 2, 2, 2, NAN])
    made = middle(levels, tiers_of(**dict.fromkeys("ABCDEF", "good")), "A", PROTOCOL)
    assert made["interest"] == 1.0
    assert np.isnan(made["mandate"])


WHOLE = (0.0, 1.0, 2.0, 3.0)  # as staffing has
FINE = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)


def told(levels: tuple[float, ...], place: int) -> float:
    """What the report of the department at this place says, computed without the module."""
    ordered = sorted(level for number, level in enumerate(levels) if number != place)
    half, odd = divmod(len(ordered), 2)
    median = ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2
    return float(np.floor(median * 2 + 0.5) / 2)


def test_the_attack_computes_what_the_reports_say() -> None:
    for levels in ((0.0, 1.0, 1.5, 1.5, 3.0, 3.0), (3.0, 0.0, 1.0, 1.0, 1.5, 1.5, 3.0)):
        keys = list("ABCDEFG")[: len(levels)]
        for place, key in enumerate(keys):
            assert middle_of(*levels, of=key) == told(levels, place)


@pytest.mark.parametrize("grid", [WHOLE, FINE])
@pytest.mark.parametrize("others", [5, 6])
def test_attack_by_one_report(others: int, grid: tuple[float, ...]) -> None:
    """Whatever a report says, each pair of other departments may have any levels at all."""
    possible = defaultdict(set)
    for world in product(grid, repeat=others):
        possible[told((0.0, *world), 0)].add(world[:2])  # others are alike: two stand for any two
    everything = set(product(grid, repeat=2))
    assert len(possible) > 1
    assert all(pairs == everything for pairs in possible.values())


@pytest.mark.parametrize("departments", [6, 7])
def test_attack_by_two_departments_that_compare_reports(departments: int) -> None:
    """Each third department keeps several possible levels, and not all of them near each other."""
    possible = defaultdict(set)
    for own in product(WHOLE, repeat=2):
        for rest in product(WHOLE, repeat=departments - 2):
            world = (*own, *rest)
            seen = (own, told(world, 0), told(world, 1))
            possible[seen].add(rest[0])
    assert all(max(levels) - min(levels) > 0.5 for levels in possible.values())


def test_attack_by_all_but_one_is_stopped_at_half_a_step() -> None:
    """With every other level and every report known, the last level is known to a step."""
    fine = np.arange(0, 3.01, 0.05).round(2)
    possible = defaultdict(list)
    for last in fine:
        world = (0.0, 0.0, 1.0, 2.0, 3.0, 3.0, float(last))
        possible[tuple(told(world, place) for place in range(6))].append(float(last))
    assert all(max(levels) - min(levels) >= 0.2 for levels in possible.values())
