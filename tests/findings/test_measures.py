"""The measures, on a few departments counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from builders import su_2020

from mapping.findings.measures import (
    Part,
    above,
    all_known,
    commonest,
    condition,
    existence,
    higher,
    rises,
    share,
    together,
    where_known,
)

PROTOCOL = su_2020()
RULES = PROTOCOL.finding_rules
NEEDS = PROTOCOL.need_rules

YES, NO, UNKNOWN = True, False, None


def truth(*values: bool | None) -> pd.Series:
    return pd.Series(pd.array(values, dtype="boolean"), index=ids(len(values)))


def levels(*values: float | None) -> pd.Series:
    return pd.Series(values, index=ids(len(values)), dtype="float64")


def ids(number: int) -> list[str]:
    return [f"d{place:02}" for place in range(number)]


def presence(**columns: list[int]) -> pd.DataFrame:
    return pd.DataFrame(columns).astype(bool)


def test_known_only_where_every_value_is_known() -> None:
    one, other = truth(YES, UNKNOWN, NO), levels(1, 2, None)
    assert all_known(one, other).tolist() == [True, False, False]


def test_one_value_alone_never_decides_who_is_counted() -> None:
    # false and unknown is false, but the department is not in the population
    one, other = truth(NO, NO, YES), truth(UNKNOWN, YES, YES)
    assert (one & other).tolist() == [False, False, True]
    assert where_known(one & other, one, other).astype(object).tolist() == [pd.NA, False, True]


def test_share_of_those_known() -> None:
    part = share(truth(*[YES] * 21, *[NO] * 19, *[UNKNOWN] * 4), 50, "many")
    assert (part.n, part.of, part.value, part.unknown) == (21, 40, 0.525, 4)
    assert (part.low, part.high) == (0.46, 0.6)  # 23 to 30 of 50, the reference case
    assert (part.bound_low, part.bound_high) == (0.42, 0.62)
    assert (part.part, part.measure, part.word) == ("whole", "share", "many")
    assert (part.base_n, part.base_of, part.fewest) == (None, None, None)


def test_share_among_some_of_them() -> None:
    met = truth(YES, NO, UNKNOWN, YES, NO, YES)
    among = truth(YES, YES, YES, NO, UNKNOWN, UNKNOWN)
    part = share(met, 10, "many", among, "one_part", base=truth(YES, UNKNOWN, NO, NO), fewest=3)
    assert (part.part, part.n, part.of, part.value) == ("one_part", 1, 2, 0.5)
    assert part.unknown == 3  # one that is inside, two that may be
    # one of the two counted, three that may belong here, four of ten that took no part
    assert (part.bound_low, part.bound_high) == (0.111111111, 0.888888889)
    assert (part.base_n, part.base_of, part.fewest) == (1, 3, 3)


def test_share_of_nobody_has_no_number() -> None:
    for met, among in ((truth(UNKNOWN, UNKNOWN), None), (truth(YES, NO), truth(NO, NO))):
        part = share(met, 10, "many", among)
        assert (part.n, part.of, part.value, part.low, part.high) == (0, 0, None, None, None)
        assert (part.bound_low, part.bound_high) == (0, 1)


def test_bounds_leave_out_who_is_known_to_be_outside() -> None:
    """Eight of eight large ones; 33 known to be small, 3 of unknown size, 6 that took no part."""
    met = truth(*[YES] * 8, *[NO] * 33, *[UNKNOWN] * 3)
    among = truth(*[YES] * 8, *[NO] * 33, *[UNKNOWN] * 3)
    part = share(met, 50, "often", among)
    assert (part.n, part.of, part.unknown) == (8, 8, 3)
    assert (part.bound_low, part.bound_high) == (round(8 / 17, 9), 1)


def test_no_bounds_where_nobody_is_missing_and_nobody_belongs_here() -> None:
    part = share(truth(YES, NO), 2, "many", truth(NO, NO))
    assert (part.of, part.bound_low, part.bound_high) == (0, None, None)


def test_values_are_rounded_as_all_shares_are() -> None:
    assert share(truth(YES, NO, NO), 3, "many").value == 0.333333333


@pytest.mark.parametrize(
    ("met", "among", "n", "of", "unknown"),
    [
        ([YES, NO, UNKNOWN], None, 1, 2, 1),
        ([NO, NO], None, 0, 2, 0),
        ([NO, UNKNOWN], None, 0, 1, 1),
        ([UNKNOWN, UNKNOWN], [NO, YES], 0, 0, 1),  # one cannot be it
        ([NO, YES], [UNKNOWN, UNKNOWN], 0, 0, 1),  # the other may be it
        ([YES, YES], [YES, NO], 1, 1, 0),
        ([], None, 0, 0, 0),
    ],
)
def test_existence(met, among, n: int, of: int, unknown: int) -> None:
    part = existence(truth(*met), None if among is None else truth(*among), "one_part")
    assert (part.n, part.of, part.unknown, part.holds) == (n, of, unknown, n > 0)
    assert (part.part, part.measure) == ("one_part", "existence")


def test_condition() -> None:
    part = condition(holds=True, n=3, of=9, value=0.5, part="one_part", unknown=2)
    assert part == Part("one_part", "condition", 3, 9, 0.5, unknown=2, holds=True)


@pytest.mark.parametrize(
    ("key", "holds", "n"),
    [("first", True, 3), ("second", False, 2), ("third", False, 1)],
)
def test_commonest(key: str, holds: bool, n: int) -> None:
    asked = presence(second=[1, 1, 0, 0], first=[1, 1, 1, 0], third=[0, 0, 0, 1])
    part = commonest(asked, key, NEEDS)
    assert (part.measure, part.holds, part.n, part.of, part.value) == (
        "commonest", holds, n, 4, n / 4
    )  # fmt: skip


def test_a_tie_is_not_the_first_place_but_counts_in_the_draws() -> None:
    part = commonest(presence(one=[1, 1, 0], other=[1, 1, 0]), "one", NEEDS)
    assert (part.holds, part.p) == (False, 1)


def test_draws_of_two_departments() -> None:
    # one for each: a draw is (a, a), (a, b), (b, a) or (b, b)
    asked, rules = presence(a=[1, 0], b=[0, 1]), replace(NEEDS, draws=20_000)
    assert commonest(asked, "a", rules).p == pytest.approx(0.75, abs=0.015)
    assert above(asked, ["a"], "b", rules).p == pytest.approx(0.25, abs=0.015)


def test_above_takes_the_least_common() -> None:
    asked = presence(
        one=[1, 1, 1, 1, 0], two=[1, 1, 0, 0, 0], rest=[1, 0, 0, 0, 0], even=[0, 0, 0, 1, 1]
    )
    part = above(asked, ["one", "two"], "rest", NEEDS)
    assert (part.holds, part.n, part.of, part.value) == (True, 2, 5, 0.4)
    assert above(asked, ["one", "two"], "even", NEEDS).holds is False
    # nobody else has what one has, in any draw with a department that has it
    assert part.p < above(asked, ["one"], "rest", NEEDS).p < 1


@pytest.mark.parametrize("rows", [0, 3])
def test_no_ranking_where_nobody_names_any(rows: int) -> None:
    asked = presence(one=[0] * rows, other=[0] * rows)
    for part in (commonest(asked, "one", NEEDS), above(asked, ["one"], "other", NEEDS)):
        assert part == Part("whole", "commonest", 0, rows, hindrance="nobody_names_any")


def test_rises_with_what_is_known() -> None:
    driver = levels(0, 0, 1, 1, 2, 2, 3, 3, None, 1)
    outcome = levels(0, 0, 1, 1, 2, 2, 3, 3, 1, None)
    part = rises(driver, outcome, RULES, "one_part")
    assert (part.part, part.measure, part.of, part.unknown) == ("one_part", "association", 8, 2)
    assert (part.value, part.p_opposite, part.hindrance) == (1, 1, None)
    assert part.p == pytest.approx(16 / 40320, abs=0.0005)  # orders that keep the four pairs
    assert rises(driver, -outcome, RULES).value == -1


def test_rises_needs_eight_departments() -> None:
    eight, seven = levels(*range(8)), levels(*range(7), None)
    assert rises(eight, eight, RULES).hindrance is None
    part = rises(eight, seven, RULES, "one_part")
    assert part == Part("one_part", "association", of=7, unknown=1, hindrance="few_departments")


def test_nothing_rises_with_a_value_that_all_have() -> None:
    part = rises(levels(*range(9)), levels(*[2] * 9), RULES)
    assert (part.hindrance, part.value, part.p) == ("out_of_reach", None, None)


def test_higher_and_lower() -> None:
    value = levels(3, 3, 2, 1, 1, 0, 0, 0, None, 3)
    group = truth(YES, YES, YES, NO, NO, NO, NO, NO, YES, UNKNOWN)
    part = higher(value, group, RULES, "one_part")
    assert (part.part, part.n, part.of, part.unknown) == ("one_part", 3, 8, 2)
    assert part.value == pytest.approx(8 / 3 - 2 / 5)
    assert (part.p, part.p_opposite) == (round(1 / 56, 9), 1)
    assert higher(value, ~group, RULES, lower=True).p == part.p
    assert higher(value, ~group, RULES, lower=True).value == -part.value


def test_lower_turns_the_directions_not_the_sign() -> None:
    value = levels(3, 3, 2, 1, 1, 0, 0, 0)
    group = truth(YES, YES, YES, NO, NO, NO, NO, NO)
    part = higher(value, group, RULES, lower=True)
    assert part.value == pytest.approx(8 / 3 - 2 / 5)
    assert (part.p, part.p_opposite) == (1, round(1 / 56, 9))


@pytest.mark.parametrize(
    ("sizes", "hindrance"),
    [
        ((3, 5), None),
        ((2, 6), "small_group"),
        ((6, 2), "small_group"),
        ((3, 4), "few_departments"),
        ((0, 8), "small_group"),
    ],
)
def test_who_can_be_compared(sizes: tuple[int, int], hindrance: str | None) -> None:
    group = truth(*[YES] * sizes[0], *[NO] * sizes[1])
    part = higher(levels(*range(sum(sizes))), group, RULES, lower=True)
    assert (part.hindrance, part.n, part.of) == (hindrance, sizes[0], sum(sizes))
    other = truth(*[YES] * sizes[0], *[NO] * sizes[1])
    assert together(group, other, RULES).hindrance == hindrance


def test_two_groups_of_a_larger_comparison() -> None:
    value, group = levels(3, 3, 3, 0, 0, 0, 0), truth(YES, YES, YES, NO, NO, NO, NO)
    assert higher(value, group, RULES).hindrance == "few_departments"
    part = higher(value, group, RULES, in_all=8)
    assert (part.hindrance, part.of, part.p) == (None, 7, round(1 / 35, 9))
    assert higher(value, group, RULES, in_all=7).hindrance == "few_departments"


@pytest.mark.parametrize(
    ("tied", "hindrance"),
    [  # the three highest of ten: the first, and two of those that share the next value
        (3, None),  # 3 of 120 ways
        (4, None),  # 6 of 120: exactly .05
        (5, "out_of_reach"),  # 10 of 120
    ],
)
def test_what_no_arrangement_could_show(tied: int, hindrance: str | None) -> None:
    value = levels(3, *[2] * tied, *[0] * (9 - tied))
    part = higher(value, truth(*[YES] * 3, *[NO] * 7), RULES)
    assert part.hindrance == hindrance
    assert (part.p is None) == (hindrance is not None)


def test_reach_is_that_of_the_direction_stated() -> None:
    # seven of ten share the highest value: 35 of 120 ways to have three of them, but only one
    # to have the three lowest
    value, group = levels(0, 0, 0, *[3] * 7), truth(*[NO] * 7, *[YES] * 3)
    assert higher(value, group, RULES).hindrance == "out_of_reach"
    assert higher(value, group, RULES, lower=True).hindrance is None


def test_together() -> None:
    # Fisher's tea: 3 of 4 against 1 of 4, 17 of 70 ways
    one = truth(*[YES] * 4, *[NO] * 4, UNKNOWN, YES)
    other = truth(YES, YES, YES, NO, YES, NO, NO, NO, YES, UNKNOWN)
    part = together(one, other, RULES, "one_part")
    assert (part.part, part.n, part.of, part.unknown) == ("one_part", 4, 8, 2)
    assert (part.value, part.p, part.p_opposite) == (
        0.5, round(17 / 70, 9), round(69 / 70, 9)
    )  # fmt: skip


def test_together_out_of_reach_where_all_or_none_have_it() -> None:
    one = truth(*[YES] * 5, *[NO] * 5)
    for other in (truth(*[YES] * 10), truth(*[NO] * 10)):
        assert together(one, other, RULES).hindrance == "out_of_reach"


def test_the_same_result_each_time() -> None:
    random = np.random.default_rng(5)
    value = pd.Series(random.integers(0, 7, 44) / 2, index=ids(44))
    group = pd.Series(random.random(44) < 0.4, index=ids(44)).astype("boolean")
    assert higher(value, group, RULES) == higher(value, group, RULES)
    assert rises(value, value, RULES) == rises(value, value, RULES)
