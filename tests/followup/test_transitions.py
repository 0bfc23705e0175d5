"""Who is followed, who has moved, and how clearly; each table is written by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from builders import answered, coded, evidence_of, levels_of, su_2020

from mapping.followup.lineage import follow
from mapping.followup.transitions import flows, paired, transitions
from mapping.schemas import conform
from mapping.statistics.proportions import share_interval
from mapping.tiers import tiers as tiers_of
from mapping.vocabulary import TIERS

PROTOCOL = su_2020()

Seen = tuple[str, bool]
"""Tier and borderline of a department that was seen."""


def year(**departments: Seen | None) -> Any:
    """A year of these departments; None for one in the frame that nobody saw."""
    rows = [
        {"department_id": ident, "tier": seen[0] if seen else "unclassified",
         "margin": 0.01 if seen and seen[1] else 0.2, "borderline": bool(seen and seen[1])}
        for ident, seen in departments.items()
    ]  # fmt: skip
    evidence = [
        row
        for ident, seen in departments.items()
        for row in (
            coded(ident, ident, "c", "interest/2"),
            answered(ident, ident, "wish", "tools", 1),
        )
        if seen
    ]
    fits = {f"fit_{tier}": 0.5 for tier in TIERS}
    return SimpleNamespace(
        tiers=conform(pd.DataFrame(rows).assign(**fits), "tiers"),
        evidence=evidence_of(*evidence),
    )


def followed(then: list[str], now: list[str], *rows: tuple[str, str]) -> pd.DataFrame:
    changes = [(*row, 2021) for row in rows]
    lineage = pd.DataFrame(changes, columns=["from_id", "to_id", "year"])
    split = lineage.duplicated("from_id", keep=False)
    lineage["kind"] = split.map({True: "split", False: "merged"})
    return follow({2020: then, 2021: now}, lineage)


def compare(then: dict[str, Seen | None], now: dict[str, Seen | None]) -> pd.DataFrame:
    """Two years under the same ids."""
    table = transitions(followed(list(then), list(now)), year(**then), year(**now))
    return table.set_index("department_id")


GOOD, MODERATE, SMALL = ("good", False), ("moderate", False), ("small", False)


def test_each_part_in_two_years() -> None:
    table = compare(
        {"BOTH": GOOD, "JOINED": None, "DROPPED": GOOD, "UNSEEN": None, "LEFT": GOOD, "GONE": None},
        {"BOTH": GOOD, "JOINED": GOOD, "DROPPED": None, "UNSEEN": None, "NEW": GOOD, "COME": None},
    )
    assert table["followed"].to_dict() == {
        "BOTH": "both", "JOINED": "joined", "DROPPED": "dropped", "UNSEEN": "unseen",
        "LEFT": "left", "GONE": "left", "NEW": "new", "COME": "new",
    }  # fmt: skip
    assert table.loc[["LEFT", "GONE"], "seen_then"].tolist() == [True, False]
    assert paired(table.reset_index()) == ["BOTH"]


def test_what_was_not_seen_has_neither_tier_nor_instruments() -> None:
    row = compare({"A": None}, {"A": GOOD}).loc["A"]
    assert row[["tier_then", "margin_then", "borderline_then", "move", "clear"]].isna().all()
    assert (row["instruments_then"], row["instruments_now"]) == ("", "interview survey")
    assert (row["tier_now"], row["borderline_now"]) == ("good", False)


@pytest.mark.parametrize(
    ("then", "now", "move"),
    [
        ("small", "moderate", "up"), ("small", "good", "up"), ("moderate", "good", "up"),
        ("good", "moderate", "down"), ("good", "small", "down"), ("moderate", "small", "down"),
        ("good", "good", "same"), ("moderate", "moderate", "same"), ("small", "small", "same"),
        ("unclassified", "good", None), ("good", "unclassified", None),
        ("unclassified", "unclassified", None),
    ],
)  # fmt: skip
def test_moves(then: str, now: str, move: str | None) -> None:
    row = compare({"A": (then, False)}, {"A": (now, False)}).loc["A"]
    assert (None if pd.isna(row["move"]) else row["move"]) == move
    assert pd.isna(row["clear"]) == (move in (None, "same"))


@pytest.mark.parametrize(
    ("then", "now", "clear"),
    [(False, False, True), (True, False, False), (False, True, False), (True, True, False)],
)
def test_a_move_is_clear_if_neither_year_is_borderline(then: bool, now: bool, clear: bool) -> None:
    table = compare({"A": ("small", then)}, {"A": ("good", now)})
    assert table["clear"].tolist() == [clear]


def test_one_that_stays_is_never_clear_or_unclear() -> None:
    assert compare({"A": ("good", True)}, {"A": ("good", True)})["clear"].isna().all()


def test_at_the_limit_itself_a_move_is_clear() -> None:
    """The margin of A: interest and support 2, the others 1. Above the limit, at it, below it."""
    six = ("interest", "management_support", "resources", "internal_need", "importance", "mandate")
    low = levels_of(A=dict.fromkeys(six, 0.0))
    high = levels_of(A=dict.fromkeys(six, 1.0) | {"interest": 2.0, "management_support": 2.0})
    frame = pd.DataFrame({"department_id": ["A"]}, dtype="string")
    margin = tiers_of(high, frame, PROTOCOL)["margin"].item()
    clear = []
    for limit in (margin - 1e-9, margin, margin + 1e-9):
        rules = replace(PROTOCOL.tier_rules, borderline=limit)
        protocol = replace(PROTOCOL, tier_rules=rules)
        then, now = year(A=SMALL), year(A=GOOD)
        then.tiers, now.tiers = (tiers_of(levels, frame, protocol) for levels in (low, high))
        clear += transitions(followed(["A"], ["A"]), then, now)["clear"].tolist()
    assert clear == [True, True, False]


@pytest.mark.parametrize(
    ("then", "now", "rows", "told"),
    [
        ("A", "A", [], ("A", "A", "A", "same")),
        ("A", "B", ["AB"], ("B", "A", "B", "renamed")),
        ("A B", "C", ["AC", "BC"], ("C", "A B", "C", "merged")),
        ("A B", "A", ["BA"], ("A", "A B", "A", "merged")),
        ("A", "B C", ["AB", "AC"], ("A", "A", "B C", "split")),
        ("A", "A B", ["AB"], ("A", "A", "A B", "split")),
        ("A B", "A B", ["AB"], ("A", "A B", "A B", "mixed")),
        ("A X", "X", [], ("A", "A", "", "same")),
        ("X", "A X", [], ("A", "", "A", "same")),
        # merged in a year between, and closed since
        ("A B X", "X", ["AC", "BC"], ("A", "A B", "", "merged")),
    ],
)
def test_how_a_department_is_found_again(
    then: str, now: str, rows: list[str], told: tuple[str, ...]
) -> None:
    """``told``: the id by which it is followed, its ids in the two years, the way."""
    pairs = followed(then.split(), now.split(), *((row[0], row[1]) for row in rows))
    names = [set(pairs.loc[pairs["year"] == number, "followed"]) for number in (2020, 2021)]
    first, last = (year(**dict.fromkeys(sorted(ids), GOOD)) for ids in names)
    table = transitions(pairs, first, last)
    found = table[["department_id", "ids_then", "ids_now", "way"]].apply(tuple, axis=1)
    assert told in found.tolist()


def test_two_years_without_a_common_department() -> None:
    table = compare({"A": GOOD, "B": SMALL}, {"C": GOOD})
    assert table["followed"].tolist() == ["left", "left", "new"]
    counted = flows(table.reset_index(), 2, PROTOCOL)
    assert counted[["departments", "clear", "of"]].to_numpy().sum() == 0
    assert counted[["share", "low", "high"]].isna().all(axis=None)


def test_a_year_beside_itself_has_no_moves() -> None:
    same: dict[str, Seen | None] = {"A": GOOD, "B": ("small", True), "C": None, "D": SMALL}
    table = compare(same, same)
    assert table["followed"].tolist() == ["both", "both", "unseen", "both"]
    assert table["move"].dropna().tolist() == ["same", "same", "same"]
    assert table["clear"].isna().all()
    counted = flows(table.reset_index(), 4, PROTOCOL)
    assert not counted["clear"].any()
    stayed = counted[counted["tier_then"] == counted["tier_now"]]
    assert stayed["departments"].tolist() == [1, 0, 2]
    assert stayed["share"].dropna().tolist() == [1, 1]


FLOWS_THEN: dict[str, Seen | None] = {
    "A": GOOD, "B": ("good", True), "C": GOOD, "D": MODERATE, "E": SMALL, "F": None, "G": GOOD,
    "H": ("unclassified", False),
}  # fmt: skip
FLOWS_NOW: dict[str, Seen | None] = {
    "A": GOOD, "B": MODERATE, "C": SMALL, "D": GOOD, "E": SMALL, "F": GOOD, "G": None, "H": GOOD,
    "I": GOOD,
}  # fmt: skip


def test_flows_count_those_with_a_tier_in_both_years() -> None:
    table = compare(FLOWS_THEN, FLOWS_NOW).reset_index()
    counted = flows(table, len(FLOWS_THEN), PROTOCOL).set_index(["tier_then", "tier_now"])
    assert len(counted) == 9
    told = counted[["departments", "clear", "of"]].apply(tuple, axis=1).to_dict()
    assert {key: row for key, row in told.items() if row[0]} == {
        ("good", "good"): (1, 0, 3),  # A; G was not seen again
        ("good", "moderate"): (1, 0, 3),  # B was borderline
        ("good", "small"): (1, 1, 3),  # C
        ("moderate", "good"): (1, 1, 1),
        ("small", "small"): (1, 0, 1),
    }
    assert counted.loc[("good", "small"), "share"] == pytest.approx(1 / 3)


def test_the_interval_allows_for_whom_nobody_saw_then() -> None:
    """Good then: A, B, C, G, and perhaps F (not seen) and H (without a tier): of 4 to 6."""
    table = compare(FLOWS_THEN, FLOWS_NOW).reset_index()
    counted = flows(table, len(FLOWS_THEN), PROTOCOL).set_index(["tier_then", "tier_now"])
    reach = [share_interval(1, 3, were, PROTOCOL.swot.confidence) for were in (4, 5, 6)]
    low, high = zip(*reach, strict=True)
    assert tuple(counted.loc[("good", "small"), ["low", "high"]]) == (min(low), max(high))
