"""Which departments are followed together, and under which id."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.followup.lineage import follow


def changes(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Rows of a lineage: from_id, to_id, year; the kind is what the ids and the year tell."""
    types = {"from_id": "string", "to_id": "string", "year": "Int64"}
    table = pd.DataFrame(list(rows), columns=list(types)).astype(types)
    merged = table.duplicated(["to_id", "year"], keep=False)
    split = table.duplicated(["from_id", "year"], keep=False)
    kind = pd.Series("renamed", table.index).mask(merged, "merged").mask(split, "split")
    return table.assign(kind=kind.astype("string"))


def followed(frames: dict[int, str], *rows: tuple[str, str, int]) -> dict[int, dict[str, str]]:
    """By year: the id under which each department is followed; frames as "A B C"."""
    table = follow({year: ids.split() for year, ids in frames.items()}, changes(*rows))
    years = {int(year): part for year, part in table.groupby("year")}
    return {
        year: dict(zip(part["department_id"], part["followed"], strict=True))
        for year, part in years.items()
    }


@pytest.mark.parametrize(
    ("then", "now", "rows", "units"),
    [
        ("A B", "A B", [], {"A": ("A", "A"), "B": ("B", "B")}),
        ("A", "B", [], {"A": ("A", ""), "B": ("", "B")}),  # nothing says that they are the same
        ("A", "B", [("A", "B", 2021)], {"B": ("A", "B")}),  # renamed: under the new id
        ("A B", "C", [("A", "C", 2021), ("B", "C", 2021)], {"C": ("A B", "C")}),
        ("A B", "A", [("B", "A", 2021)], {"A": ("A B", "A")}),  # merged into one that goes on
        ("A", "B C", [("A", "B", 2021), ("A", "C", 2021)], {"A": ("A", "B C")}),
        ("A", "A B", [("A", "B", 2021)], {"A": ("A", "A B")}),  # split off from one that goes on
        # a part of A went to B: neither year has one department
        ("A B", "A B", [("A", "B", 2021)], {"A": ("A B", "A B")}),
        ("A B", "C D", [("A", "C", 2021), ("A", "D", 2021), ("B", "C", 2021)],
         {"C": ("A B", "C D")}),
    ],
)  # fmt: skip
def test_two_years(
    then: str, now: str, rows: list[tuple[str, str, int]], units: dict[str, tuple[str, str]]
) -> None:
    found = followed({2020: then, 2021: now}, *rows)
    for number, year in enumerate((2020, 2021)):
        expected = {ident: name for name, ids in units.items() for ident in ids[number].split()}
        assert found.get(year, {}) == expected


RENAMED_TWICE = [("A", "B", 2021), ("B", "C", 2022)]


def test_a_chain_is_followed_where_the_year_between_is_not_compared() -> None:
    assert followed({2020: "A", 2022: "C"}, *RENAMED_TWICE) == {2020: {"A": "C"}, 2022: {"C": "C"}}


def test_changes_until_the_first_year_are_passed_over() -> None:
    """The earlier file's change of 2021 is no change between 2021 and 2022."""
    merged = [("A", "C", 2021), ("B", "C", 2021)]
    assert followed({2021: "C B", 2022: "C B"}, *merged)[2022] == {"B": "B", "C": "C"}
    assert followed({2020: "A B", 2021: "C"}, *merged)[2020] == {"A": "C", "B": "C"}


def test_parts_that_merge_and_split_again() -> None:
    """Of A and B, C is made, and of that D and E: 2021 is the only year with one of them."""
    rows = [("A", "C", 2021), ("B", "C", 2021), ("C", "D", 2022), ("C", "E", 2022)]
    three = followed({2020: "A B", 2021: "C", 2022: "D E"}, *rows)
    assert {name for year in three.values() for name in year.values()} == {"C"}
    two = followed({2020: "A B", 2022: "D E"}, *rows)
    assert {name for year in two.values() for name in year.values()} == {"D"}


def test_several_years_are_followed_under_the_id_of_the_latest_in_which_it_is_one() -> None:
    rows = [("A", "B", 2021), ("B", "C", 2022), ("B", "D", 2022)]
    found = followed({2020: "A", 2021: "B", 2022: "C D"}, *rows)
    assert found == {2020: {"A": "B"}, 2021: {"B": "B"}, 2022: {"C": "B", "D": "B"}}


def test_parts_of_a_split_are_followed_under_the_old_id_whatever_becomes_of_them() -> None:
    """Also where one part alone is left: it is a part of the old one, and no new name of it."""
    split = [("A", "B", 2021), ("A", "C", 2021)]
    assert followed({2020: "A", 2022: "B"}, *split) == {2020: {"A": "A"}, 2022: {"B": "A"}}
    assert followed({2020: "A", 2021: "B C", 2022: "C"}, *split)[2022] == {"C": "A"}
    renamed = [("Z", "A", 2021), ("A", "B", 2022), ("A", "C", 2022)]
    assert followed({2020: "Z", 2022: "B"}, *renamed)[2022] == {"B": "Z"}  # no year has A
    three = followed({2020: "Z", 2021: "A", 2022: "B C"}, *renamed)
    assert {name for year in three.values() for name in year.values()} == {"A"}


def test_an_id_that_is_away_for_some_years_is_the_same_department() -> None:
    found = followed({2020: "A B", 2021: "B", 2022: "A B"})
    assert found[2020] == found[2022] == {"A": "A", "B": "B"}


# --- whatever the frames and the lineage ----------------------------------------------------

IDS = st.sampled_from("ABCDEFGH")
ROWS = st.lists(st.tuples(IDS, IDS, st.just(2021)).filter(lambda r: r[0] != r[1]), max_size=5)
FRAME = st.sets(IDS, min_size=1).map(lambda ids: " ".join(sorted(ids)))


def units(found: dict[str, str]) -> set[frozenset[str]]:
    return {
        frozenset(ident for ident, name in found.items() if name == unit)
        for unit in set(found.values())
    }


@settings(max_examples=60, deadline=None)
@given(then=FRAME, now=FRAME, rows=ROWS)
def test_every_department_is_followed_once_with_all_that_it_is_connected_with(
    then: str, now: str, rows: list[tuple[str, str, int]]
) -> None:
    found = followed({2020: then, 2021: now}, *rows)
    assert (sorted(found[2020]), sorted(found[2021])) == (then.split(), now.split())
    names = {ident: name for year in found.values() for ident, name in year.items()}
    for year in found.values():  # an id has one name in both years
        assert all(names[ident] == name for ident, name in year.items())
    for here, there, _ in rows:
        if here in names and there in names:
            assert names[here] == names[there]
    changed = {ident for row in rows for ident in row[:2]}
    assert all(names[ident] == ident for ident in set(names) - changed)
    assert all(name in names for name in names.values())


@settings(max_examples=60, deadline=None)
@given(then=FRAME, now=FRAME, rows=ROWS)
def test_backwards_the_same_departments_are_followed_together(
    then: str, now: str, rows: list[tuple[str, str, int]]
) -> None:
    """And under the same id where one of the years alone has one department."""
    back = [(there, here, year) for here, there, year in rows]
    forth, reverse = (
        followed({2020: then, 2021: now}, *rows),
        followed({2020: now, 2021: then}, *back),
    )
    assert units(forth[2020]) == units(reverse[2021])
    assert units(forth[2021]) == units(reverse[2020])
    for name in {*forth[2020].values(), *forth[2021].values()}:
        sizes = [list(forth[year].values()).count(name) for year in (2020, 2021)]
        if sorted(sizes)[0] < 2 and sizes.count(1) == 1:
            (one,) = (year for year, size in zip((2020, 2021), sizes, strict=True) if size == 1)
            member = next(ident for ident, unit in forth[one].items() if unit == name)
            assert member == name == reverse[4041 - one][member]
