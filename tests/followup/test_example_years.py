"""The example years 2020 to 2022, two and two: numbers from a program of its own.

They were counted from the raw files by a second program that was written from the definitions
alone, with tests by enumeration. Who is seen in which year is counted here once more.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import mapping
from mapping.followup.transitions import paired
from mapping.followup.yardstick import broken

ROOT = Path(__file__).parents[2]
YEARS = [(2020, 2021), (2021, 2022), (2020, 2022)]
FOLLOWED_BY = {"RIM-35": "RIMV-51", "VISA-36": "RIMV-51", "KUGG-43": "URVERK-52"}


@cache
def follow(baseline: int, year: int) -> mapping.FollowUp:
    return mapping.follow_up(mapping.load_year(year, ROOT), ROOT, baseline=baseline)


def rows(year: int, name: str) -> list[dict[str, str]]:
    path = ROOT / f"data/raw/{year}/{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seen(year: int, until: int) -> set[str]:
    """The departments with any interview, note or answer, by what they are called in ``until``."""
    answered = [
        row["department"]
        for row in rows(year, "survey")
        if row["submitdate"] and any(value for name, value in row.items() if is_item(name))
    ]
    met = [row["department_id"] for name in ("interviews", "workshop") for row in rows(year, name)]
    names = {old: new for old, new in FOLLOWED_BY.items() if until > 2021 or old != "KUGG-43"}
    return {names.get(department, department) for department in [*answered, *met]}


def is_item(column: str) -> bool:
    return "[" in column or column in ("arrangement", "origin", "optout")


@pytest.mark.parametrize(("baseline", "year", "pairs"), [(*YEARS[0], 40), (*YEARS[1], 36),
                                                         (*YEARS[2], 37)])  # fmt: skip
def test_the_pairs_are_those_seen_in_both_years(baseline: int, year: int, pairs: int) -> None:
    both = seen(baseline, year) & seen(year, year)
    assert set(paired(follow(baseline, year).transitions)) == both
    assert len(both) == pairs


OTHERS = {
    YEARS[0]: {
        "joined": "KNAPP-50 TYST-30",
        "dropped": "JÄTTE-17 RÖVAR-33 VIND-8",
        "unseen": "STJÄRN-5 ÄLV-13 ÅSK-2 ÖVERS-41",
    },
    YEARS[1]: {
        "joined": "JÄTTE-17 RÖVAR-33 ÄLV-13 ÖVERS-41",
        "dropped": "DIM-4 FENIX-19 FRAM-29 FÄRG-37 SKYM-10 TYST-30",
        "unseen": "STJÄRN-5 VIND-8 ÅSK-2",
    },
    YEARS[2]: {
        "joined": "KNAPP-50 ÄLV-13 ÖVERS-41",
        "dropped": "DIM-4 FENIX-19 FRAM-29 FÄRG-37 SKYM-10 VIND-8",
        "unseen": "STJÄRN-5 TYST-30 ÅSK-2",
    },
}


@pytest.mark.parametrize("years", YEARS)
def test_everybody_else_is_listed(years: tuple[int, int]) -> None:
    others = follow(*years).transitions.query("followed != 'both'")
    found = {
        str(part): set(departments["department_id"])
        for part, departments in others.groupby("followed")
    }
    assert found == {part: set(ids.split()) for part, ids in OTHERS[years].items()}


@pytest.mark.parametrize(
    ("years", "ways"),
    [
        (YEARS[0], {"RIMV-51": ("merged", "RIM-35 VISA-36", "RIMV-51")}),
        (YEARS[1], {"URVERK-52": ("renamed", "KUGG-43", "URVERK-52")}),
        (
            YEARS[2],
            {
                "RIMV-51": ("merged", "RIM-35 VISA-36", "RIMV-51"),
                "URVERK-52": ("renamed", "KUGG-43", "URVERK-52"),
            },
        ),
    ],
)
def test_the_merger_and_the_new_name_are_followed(
    years: tuple[int, int], ways: dict[str, tuple[str, str, str]]
) -> None:
    table = follow(*years).transitions.set_index("department_id")
    changed = table[table["way"] != "same"][["way", "ids_then", "ids_now"]]
    assert {
        str(d): tuple(row) for d, row in zip(changed.index, changed.to_numpy(), strict=True)
    } == ways


# Tier then (good, moderate, small) by tier now: departments, and how many moved clearly.
FLOWS = {
    YEARS[0]: ([[12, 1, 0], [3, 14, 1], [0, 1, 7]], [[0, 1, 0], [3, 0, 0], [0, 1, 0]]),
    YEARS[1]: ([[11, 2, 1], [3, 13, 0], [0, 1, 5]], [[0, 2, 1], [3, 0, 0], [0, 1, 0]]),
    YEARS[2]: ([[10, 1, 1], [2, 14, 1], [0, 2, 5]], [[0, 1, 1], [2, 0, 1], [0, 2, 0]]),
}
TIERS = ("good", "moderate", "small")


@pytest.mark.parametrize("years", YEARS)
def test_the_transition_table(years: tuple[int, int]) -> None:
    table = follow(*years).flows.set_index(["tier_then", "tier_now"])
    for column, expected in zip(("departments", "clear"), FLOWS[years], strict=True):
        found = [[table.loc[(then, now), column] for now in TIERS] for then in TIERS]
        assert found == expected


MOVED = {
    YEARS[0]: {"up": "ALDRIG-28 KART-39 MÅN-7 SKYM-10", "down": "MOLN-1 TID-22"},
    YEARS[1]: {"up": "DRAK-11 SKUGG-38 TID-22 ÅNG-48", "down": "ENHÖR-14 MÅN-7 OSYN-45"},
    YEARS[2]: {"up": "ALDRIG-28 DRAK-11 KART-39 ÅNG-48", "down": "ENHÖR-14 MOLN-1 OSYN-45"},
}


@pytest.mark.parametrize("years", YEARS)
def test_who_has_moved_and_what_is_within_the_uncertainty(years: tuple[int, int]) -> None:
    table = follow(*years).transitions
    for move, departments in MOVED[years].items():
        assert set(table.loc[table["move"] == move, "department_id"]) == set(departments.split())
    unclear = table.loc[table["clear"].eq(False).fillna(value=False), "department_id"]
    assert list(unclear) == (["MOLN-1"] if years == YEARS[0] else [])
    untold = table[(table["followed"] == "both") & table["move"].isna()]["department_id"]
    assert list(untold) == ([] if years == YEARS[1] else ["SKUGG-38"])  # no tier in 2020


WORKLOAD = {("indicator", "workload"), ("construct", "conditions"), ("recommendation", "R2")}


@pytest.mark.parametrize("years", YEARS)
def test_the_reworded_question_breaks_what_rests_on_it(years: tuple[int, int]) -> None:
    """`cond[workload]`: the indicator, the construct that has it, and the second recommendation."""
    table = follow(*years).change
    breaks = table[table["status"] == "break"]
    expected = set() if years == YEARS[1] else WORKLOAD
    assert set(zip(breaks["kind"], breaks["key"], strict=True)) == expected
    assert {m for m in broken(follow(*years).yardstick) if m[0] != "finding"} == expected
    assert Counter(table["status"]) == {"tested": 74 - len(expected), "shown": 3} | (
        {"break": 3} if expected else {}
    )


# Departments seen in both years that gained and lost it, and p by hand: 2 * P(X <= fewer).
BY_HAND = {
    YEARS[0]: {
        ("need", "recruitment"): (1, 11, 2 * (1 + 12) / 2**12),
        ("need", "employability"): (10, 0, 2 / 2**10),
        ("recommendation", "R4"): (20, 0, 2 / 2**20),
    },
    YEARS[1]: {
        ("voice", "society"): (16, 0, 2 / 2**16),
        ("recommendation", "R1"): (0, 8, 2 / 2**8),
        ("need", "recruitment"): (3, 4, 1.0),
    },
    YEARS[2]: {
        ("need", "recruitment"): (2, 12, 2 * (1 + 14 + 91) / 2**14),
        ("need", "employability"): (9, 1, 2 * (1 + 10) / 2**10),
    },
}


@pytest.mark.parametrize("years", YEARS)
def test_what_was_gained_and_lost_with_p_by_hand(years: tuple[int, int]) -> None:
    table = follow(*years).change.set_index(["kind", "key"])
    for measure, (gained, lost, p) in BY_HAND[years].items():
        row = table.loc[measure]
        assert (row["rose"], row["fell"]) == (gained, lost), measure
        assert row["p"] == pytest.approx(p, rel=1e-9), measure


@pytest.mark.parametrize(
    ("years", "found"),
    [
        (
            YEARS[0],
            {"indicator mandate", "need employability", "need recruitment", "recommendation R4"},
        ),
        (YEARS[1], {"voice society", "recommendation R1"}),
    ],
)
def test_what_was_planted_is_found_and_nothing_else(
    years: tuple[int, int], found: set[str]
) -> None:
    """2021: clear tasks (which R4 asks for), other needs; 2022: shared by none, society asks."""
    table = follow(*years).change
    clear = table[table["p_holm"] < 0.05]
    assert set(clear["kind"] + " " + clear["key"]) == found
