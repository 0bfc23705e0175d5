"""What is hidden, judged by linear programmes that share no code with what hides it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import Judge, shown, system_of, table_counts, table_sums

from mapping.disclosure import PROTECTS, SMALL, Cell, Limits, System, intervals, protect

FIVE = Limits(5, 5, 5)
QUOTED = [[20, 50, 10], [8, 19, 22], [17, 32, 12]]


def judged(counts: dict[str, int], sums: object, hidden: object) -> Judge:
    return Judge(sums, shown(counts, hidden))  # type: ignore[arg-type]


def test_a_cell_hidden_alone_is_given_away_by_its_margins() -> None:
    counts, sums = table_counts(QUOTED), table_sums(3, 3)
    alone = frozenset({"1,2"})
    assert judged(counts, sums, alone).interval("1,2") == (22, 22)
    assert intervals(system_of(counts, sums), FIVE, alone) == {"1,2": (22, 22)}


def test_the_quoted_case_with_three_further_cells_hidden() -> None:
    counts, sums = table_counts(QUOTED), table_sums(3, 3)
    hidden = frozenset({"1,2", "1,0", "2,0", "2,2"})
    assert judged(counts, sums, hidden).interval("1,2") == pytest.approx((5, 30))
    assert intervals(system_of(counts, sums), FIVE, hidden)["1,2"] == (5, 30)


def test_the_quoted_case_protected() -> None:
    """22 stands for few persons; three further cells are the least that can protect it."""
    counts, sums = table_counts(QUOTED), table_sums(3, 3)
    made = protect(system_of(counts, sums, persons={"1,2": 3}), FIVE)
    assert made.hidden["1,2"] == SMALL
    assert list(made.hidden.values()).count(PROTECTS) == 3
    judge = judged(counts, sums, made.hidden)
    assert all(judge.width(name) >= 5 for name in made.hidden)


def test_nothing_is_hidden_without_need() -> None:
    counts, sums = table_counts([[5, 6], [7, 8]]), table_sums(2, 2)
    assert protect(system_of(counts, sums), FIVE).hidden == {}


@pytest.mark.parametrize(("count", "hidden"), [(0, True), (4, True), (5, False)])
def test_the_minimum_itself_is_printed_and_zero_is_not(count: int, hidden: bool) -> None:
    system = System()
    system.add("n", Cell(count))
    assert ("n" in protect(system, FIVE).hidden) == hidden


@pytest.mark.parametrize(("persons", "hidden"), [(4, True), (5, False)])
def test_few_persons_behind_many_departments(persons: int, hidden: bool) -> None:
    system = System()
    system.add("n", Cell(9, "printed", persons))
    assert ("n" in protect(system, FIVE).hidden) == hidden


def test_what_is_left_of_a_base_is_a_count_too() -> None:
    """42 of 44 says of two departments that they did not."""
    system = System()
    system.add("of", Cell(44, cost=10))
    system.add("n", Cell(42))
    left = system.part("n", "of")
    made = protect(system, FIVE)
    assert made.hidden == {"n": PROTECTS}
    assert intervals(system, FIVE, frozenset(made.hidden))[left] == (0, 44)


def test_a_share_with_its_base_is_a_count() -> None:
    """Whoever hides a count and prints its share of a base prints the count: so no share stands
    without its count. The base hidden instead would let 0.5 be 2 of 4 or 22 of 44."""
    system = System()
    system.add("of", Cell(44, "known"))
    system.add("n", Cell(4))
    system.part("n", "of")
    made = protect(system, FIVE)
    assert made.hidden == {"n": SMALL}


def test_of_a_group_that_everybody_knows_no_more_is_asked_than_can_be() -> None:
    """A faculty of one: whether its department is in is hidden, between 0 and 1."""
    sums = [("all", ["big", "one"]), ("big", ["big in", "big out"]), ("one", ["one in", "one out"]),
            ("in", ["big in", "one in"]), ("out", ["big out", "one out"])]  # fmt: skip
    counts = {"all": 21, "big": 20, "one": 1, "in": 11, "out": 10,
              "big in": 10, "big out": 10, "one in": 1, "one out": 0}  # fmt: skip
    system = system_of(counts, sums, known=["all", "big", "one"])
    made = protect(system, FIVE)
    assert {"one in", "one out"} <= set(made.hidden)
    judge = judged(counts, sums, made.hidden)
    assert judge.interval("one in") == pytest.approx((0, 1))
    for name in set(made.hidden) - {"one in", "one out"}:
        assert judge.width(name) >= 5


def test_a_statement_that_gives_a_count_away_is_left_out() -> None:
    """ "Nobody" of an exists-finding; "at least a tenth" leaves enough and is kept."""
    system = System()
    system.add("of", Cell(40, "known"))
    system.add("n", Cell(0))
    system.part("n", "of")
    system.states("nobody", {"n": -1})
    system.states("at most half", {"of": 0.5, "n": -1})
    made = protect(system, FIVE)
    assert made.statements == ("nobody",)
    assert made.hidden == {"n": SMALL}
    assert intervals(system, FIVE, frozenset({"n", "nobody"}))["n"] == (0, 20)


def test_what_an_earlier_edition_hid_stays_hidden() -> None:
    counts, sums = table_counts([[3, 9, 9], [9, 9, 9], [9, 9, 9]]), table_sums(3, 3)
    first = protect(system_of(counts, sums), FIVE)
    other = {"0,0", "0,2", "2,0", "2,2"}
    again = protect(system_of(counts, sums), FIVE, frozenset(other))
    assert set(first.hidden) != other
    assert set(again.hidden) == other
    assert protect(system_of(counts, sums), FIVE, frozenset(first.hidden)) == first


def test_what_an_earlier_edition_has_printed_cannot_be_hidden_any_more() -> None:
    """The column beside is hidden instead."""
    counts, sums = table_counts([[3, 9, 9], [9, 9, 9], [9, 9, 9]]), table_sums(3, 3)
    made = protect(system_of(counts, sums, known=["0,1", "1,1", "2,1"]), FIVE)
    assert set(made.hidden) in ({"0,0", "0,2", r, f"{r[0]},2"} for r in ("1,0", "2,0"))


small_tables = st.integers(2, 4).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 12), min_size=columns, max_size=columns), min_size=2, max_size=4
    )
)


@settings(max_examples=25, deadline=None)
@given(small_tables)
def test_the_judge_finds_every_hidden_cell_of_any_table_protected(rows: list[list[int]]) -> None:
    counts = table_counts(rows)
    sums = table_sums(len(rows), len(rows[0]))
    made = protect(system_of(counts, sums), FIVE)
    assert {name for name, count in counts.items() if count < 5} <= set(made.hidden)
    judge = judged(counts, sums, made.hidden)
    for name in made.hidden:
        assert judge.width(name) >= 5 - 1e-6, (name, judge.interval(name))


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=2),
)
def test_tables_that_share_their_margins_are_judged_together(
    extra: list[int], shares: list[list[int]]
) -> None:
    """Tiers by faculty, and by need: what is hidden in one may be reckoned from the other."""
    tiers = [
        sum(column) + more for column, more in zip(zip(*shares, strict=True), extra, strict=True)
    ]
    first = [*shares, extra]
    named = [min(n, 3) for n in tiers]
    second = [named, [n - k for n, k in zip(tiers, named, strict=True)]]
    counts = table_counts(first, "faculty ") | table_counts(second, "need ")
    sums = table_sums(3, 3, "faculty ") + table_sums(2, 3, "need ")
    sums += [(f"faculty +,{c}", [f"need +,{c}"]) for c in [*range(3), "+"]]
    made = protect(system_of(counts, sums), FIVE)
    judge = judged(counts, sums, made.hidden)
    assert all(judge.width(name) >= 5 - 1e-6 for name in made.hidden)


def test_a_hundred_cells_take_no_more_than_a_few_seconds() -> None:
    drawn = np.random.default_rng(3).poisson(6, size=(8, 6)).tolist()
    counts, sums = table_counts(drawn), table_sums(8, 6)
    made = protect(system_of(counts, sums), FIVE)
    judge = judged(counts, sums, made.hidden)
    assert all(judge.width(name) >= 5 - 1e-6 for name in made.hidden)
