"""Parts put together as evidence: every expected number is counted by hand.

Each case is chosen so that what the pooled evidence gives is not the average of the parts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from builders import answered, coded, evidence_of, note, su_2020

from mapping.followup import pooling
from mapping.indicators import indicators
from mapping.needs import named
from mapping.tiers import tiers

PROTOCOL = su_2020()
IDS = {"A-1": "C-3", "B-2": "C-3", "D-4": "D-4"}


def level(rows: list[dict[str, object]], indicator: str, ids: dict[str, str] = IDS) -> Any:
    """The level of C-3, whose parts are A-1 and B-2."""
    table = indicators(pooling.renamed(evidence_of(*rows), ids), PROTOCOL)
    found = table[(table["department_id"] == "C-3") & (table["indicator"] == indicator)]
    return found["level"].item()


def test_segments_count_alike_whichever_part_they_are_of() -> None:
    """Levels 3 of one segment and 0 of three: 3/4, not the parts' average 1.5."""
    rows = [coded("A-1", "s1", "c", "interest/3")]
    rows += [coded("B-2", f"s{n}", "c", "interest/0") for n in (2, 3, 4)]
    assert level(rows, "interest") == 0.75


def test_instruments_weigh_alike_and_not_parts() -> None:
    """A-1: interview 3. B-2: interview 0, survey 2. Interview (3+0)/2, then with 2: 1.75, not
    the average of 3 and 1."""
    rows = [
        coded("A-1", "s1", "c", "interest/3"),
        coded("B-2", "s2", "c", "interest/0"),
        answered("B-2", "r1", "indicator", "interest", 2.0),
    ]
    assert level(rows, "interest") == 1.75


def test_notes_of_all_parts_give_one_balance() -> None:
    """A-1: a strength (1.5 + 1.5*1/2 = 2.25). B-2: weaknesses of 3 votes (1.5 - 1.5*4/5 = 0.3).
    Together 1.5 + 1.5*(1-4)/6 = 0.75; the average were 1.275."""
    rows = [note("A-1", "strength", "workload"), note("B-2", "weakness", "workload", votes=3)]
    assert level(rows, "workload") == 0.75


def test_the_most_frequent_arrangement_of_all_parts_decides_on_staffing() -> None:
    """One vote for shared (3) and two for self-appointed (1): 1, not 2."""
    rows = [
        coded("A-1", "s1", "c", "arrangement/shared"),
        coded("B-2", "s2", "c", "arrangement/self_appointed"),
        answered("B-2", "r1", "arrangement", "arrangement", "self_appointed"),
    ]
    assert level(rows, "staffing") == 1.0


def test_the_tier_is_that_of_the_evidence() -> None:
    """One segment of a good part and nine of a small one: the pooled department is small.

    All seven aspects at 0.3: |0.3 - 0| is less than the distance to any moderate ideal. Of the
    parts' average, 1.5, the nearest ideal is moderate.
    """
    codes = [f"{key}/{{}}" for key in (
        "interest", "management_support", "resources", "internal_need", "importance", "mandate",
    )]  # fmt: skip
    rows = [coded("A-1", "s0", "c", code.format(3)) for code in codes]
    rows += [coded("B-2", f"s{n}", "c", code.format(0)) for n in range(1, 10) for code in codes]
    table = indicators(pooling.renamed(evidence_of(*rows), IDS), PROTOCOL)
    frame = pd.DataFrame({"department_id": ["C-3"]}, dtype="string")
    assert tiers(table, frame, PROTOCOL)["tier"].tolist() == ["small"]
    assert level(rows, "interest") == 0.3


def test_a_need_of_any_part_is_a_need_of_the_whole() -> None:
    rows = [coded("A-1", "s1", "c", "need/feedback"), coded("B-2", "s2", "c", "need/recruitment")]
    needs = named(pooling.renamed(evidence_of(*rows), IDS), PROTOCOL, "internal")
    assert needs.index.tolist() == ["C-3"]
    assert [key for key in needs if needs.loc["C-3", key]] == ["recruitment", "feedback"]


def test_rows_without_a_department_stay_without() -> None:
    rows = pd.DataFrame({"department_id": pd.array(["A-1", None], dtype="string")})
    assert pooling.renamed(rows, IDS)["department_id"].fillna("").tolist() == ["C-3", ""]
    assert len(pooling.of_departments(rows, ["A-1"])) == 1


# --- the register ---------------------------------------------------------------------------

WHOLE = ("students_programme", "students_course", "programmes")
SHARES = (
    "advanced_share",
    "research_share",
    "staff_turnover",
    "applicants_per_place",
    "throughput",
)
KNOWN = {
    "name": "Alfa", "faculty": "Norra", "students_programme": 100, "students_course": 100,
    "advanced_share": 0.1, "programmes": 2, "staff_fte": 10.0, "research_share": 0.2,
    "staff_turnover": 0.1, "applicants_per_place": 2.0, "throughput": 0.8,
}  # fmt: skip


def register(*rows: dict[str, object]) -> pd.DataFrame:
    types: dict[str, Any] = {"department_id": "string", "name": "string", "faculty": "string"}
    types |= dict.fromkeys(WHOLE, "Int64") | dict.fromkeys(("staff_fte", *SHARES), "float64")
    types |= {"file": "string", "row": "Int64"}
    place = {"file": "departments.csv", "row": 2}
    return pd.DataFrame([place | KNOWN | row for row in rows])[list(types)].astype(types)


def pooled(*rows: dict[str, object]) -> pd.Series:
    """The row of C-3, of which A-1 and B-2 are parts."""
    table = pooling.pooled_register(register(*rows), IDS)
    return table.set_index("department_id").loc["C-3"]


def test_counts_add_up_and_shares_are_of_what_they_are_shares_of() -> None:
    """600 students of 200 and 400: (20 + 160)/600. 40 staff of 10 and 30: (2 + 18)/40."""
    row = pooled(
        {"department_id": "A-1"},
        {"department_id": "B-2", "students_programme": 300, "advanced_share": 0.4,
         "staff_fte": 30.0, "research_share": 0.6, "programmes": 5},
    )  # fmt: skip
    assert [row[name] for name in WHOLE] == [400, 200, 7]
    assert row["staff_fte"] == 40.0
    assert row["advanced_share"] == pytest.approx(0.3)  # the average were .25
    assert row["research_share"] == pytest.approx(0.5)  # the average were .4
    assert row["staff_turnover"] == pytest.approx(0.1)


def test_what_has_no_base_in_the_register_is_unknown() -> None:
    row = pooled({"department_id": "A-1"}, {"department_id": "B-2"})
    assert row[["applicants_per_place", "throughput"]].isna().all()


def test_what_is_unknown_of_a_part_is_unknown_of_the_whole() -> None:
    unknown = dict.fromkeys(("students_programme", "programmes", "staff_turnover"))
    row = pooled({"department_id": "A-1"}, {"department_id": "B-2"} | unknown)
    missing = ["students_programme", "programmes", "staff_turnover", "advanced_share"]
    assert row[missing].isna().all()
    assert (row["students_course"], row["research_share"]) == (200, pytest.approx(0.2))


def test_a_share_of_nobody_is_unknown() -> None:
    row = pooled(
        {"department_id": "A-1", "staff_fte": 0.0}, {"department_id": "B-2", "staff_fte": 0.0}
    )
    assert row["staff_fte"] == 0
    assert pd.isna(row["research_share"])


def test_the_name_is_that_of_the_part_that_bears_the_id() -> None:
    beta = {"department_id": "C-3", "name": "Beta", "faculty": "Södra"}
    table = pooling.pooled_register(
        register({"department_id": "A-1"}, beta), {"A-1": "C-3", "C-3": "C-3"}
    )
    assert table[["department_id", "name", "faculty"]].to_numpy().tolist() == [
        ["C-3", "Beta", "Södra"]
    ]


def test_else_it_is_the_name_of_the_first_part() -> None:
    beta = {"department_id": "B-2", "name": "Beta"}
    assert pooled(beta, {"department_id": "A-1"})["name"] == "Alfa"


def test_the_others_keep_their_rows_and_all_their_types() -> None:
    before = register({"department_id": "A-1"}, {"department_id": "B-2"}, {"department_id": "D-4"})
    after = pooling.pooled_register(before, IDS)
    assert sorted(after["department_id"]) == ["C-3", "D-4"]
    assert after.dtypes.to_dict() == before.dtypes.to_dict()
    kept = after[after["department_id"] == "D-4"].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, before.tail(1).reset_index(drop=True))


def test_one_that_is_renamed_keeps_what_is_known_of_it() -> None:
    renamed = pooling.pooled_register(register({"department_id": "A-1"}), {"A-1": "C-3"})
    assert renamed[["department_id", "throughput"]].to_numpy().tolist() == [["C-3", 0.8]]


# --- another protocol -----------------------------------------------------------------------


def test_under_another_protocol_only_what_it_knows_counts() -> None:
    rows = [
        coded("A-1", "s1", "c", "interest/3"),
        coded("A-1", "s1", "c", "mandate/3"),
        coded("A-1", "s1", "c", "need/feedback"),
        coded("A-1", "s1", "c", "external/alumni"),
        coded("A-1", "s1", "c", "arrangement/shared"),
        coded("A-1", "s1", "c", "arrangement/alone"),
        coded("A-1", "s1", "c", "origin/organic"),
        answered("A-1", "r1", "wish", "tools", 1.0),
        note("A-1", "threat", "other"),
    ]
    evidence = evidence_of(*rows)
    assert len(pooling.known_to(evidence, PROTOCOL)) == len(rows)
    less = replace(
        PROTOCOL,
        indicators=tuple(one for one in PROTOCOL.indicators if one.key != "mandate"),
        needs=tuple(one for one in PROTOCOL.needs if one.key not in ("feedback", "alumni")),
        arrangements=tuple(one for one in PROTOCOL.arrangements if one.key != "alone"),
        origins=tuple(one for one in PROTOCOL.origins if one.key != "organic"),
    )
    kept = pooling.known_to(evidence, less)
    assert (kept["category"].fillna(kept["key"])).tolist() == [
        "interest", "shared", "tools", "other",
    ]  # fmt: skip


def test_what_an_instrument_does_not_see_by_the_later_protocol_is_no_evidence() -> None:
    """By another protocol only the interviews see mandate: the workshop's notes on it are none."""
    rows = [
        coded("A-1", "s1", "c", "mandate/3"),
        note("A-1", "weakness", "mandate"),
        note("A-1", "weakness", "resources"),
    ]
    blind = replace(
        PROTOCOL,
        indicators=tuple(
            replace(one, seen_by=("interview",)) if one.key == "mandate" else one
            for one in PROTOCOL.indicators
        ),
    )
    kept = pooling.known_to(evidence_of(*rows), blind)
    assert list(zip(kept["instrument"], kept["key"], strict=True)) == [
        ("interview", "mandate"), ("workshop", "resources"),
    ]  # fmt: skip
