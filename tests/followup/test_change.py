"""Change of every measure, from years so small that each number is counted by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from math import comb
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders import coded, evidence_of, frame_of, levels_of, note, su_2020

from mapping.constructs import constructs
from mapping.followup.change import change, movements
from mapping.followup.years import Stages
from mapping.indicators import indicators
from mapping.recommendations import recommendations
from mapping.schemas import conform
from mapping.statistics.paired import marginal_homogeneity, symmetry
from mapping.tiers import tiers
from mapping.vocabulary import TIERS

PROTOCOL = su_2020()
Rows = list[dict[str, object]]

KINDS = {"tier": 6, "indicator": 13, "construct": 2, "need": 5, "voice": 3, "recommendation": 4}
KINDS["swot"] = 4 * 11
"""How many measures there are of each kind: four quadrants with eleven themes."""


def says(department: str, *codes: str) -> Rows:
    """An interview with these codes, such as interest/2 and need/feedback."""
    return [coded(department, f"{department}-1", "coder-1", code) for code in codes]


def year(*rows: Iterable[dict[str, object]], **tables: pd.DataFrame) -> Any:
    """A year with this evidence by su-2020; ``tables`` are in place of those that follow."""
    evidence = evidence_of(*(row for part in rows for row in part))
    levels = tables["indicators"] if "indicators" in tables else indicators(evidence, PROTOCOL)
    frame = frame_of(*sorted({*evidence["department_id"], "Z"}))  # nobody saw Z
    computed = {
        "protocol": PROTOCOL,
        "evidence": evidence,
        "indicators": levels,
        "constructs": constructs(levels, PROTOCOL),
        "tiers": tiers(levels, frame, PROTOCOL),
        "recommendations": recommendations(evidence, levels, PROTOCOL),
    }
    return SimpleNamespace(**computed | tables)


def of_nobody(made: Any) -> Any:
    """The year with the evidence of no department; all are in the frame."""
    tables = {name: getattr(made, name).head(0) for name in _OF_PARTICIPANTS}
    unclassified = made.tiers.assign(tier="unclassified", margin=np.nan, borderline=False)
    return SimpleNamespace(**vars(made) | tables | {"tiers": unclassified})


_OF_PARTICIPANTS = ("evidence", "indicators", "constructs", "recommendations")


def each(codes: Sequence[str | None]) -> Rows:
    """Departments D00, D01 … and so on: each with its code, and one that is always there."""
    rows: Rows = []
    for number, code in enumerate(codes):
        rows += says(f"D{number:02}", "origin/organic", *([code] if code else []))
    return rows


def alike(times: int, *codes: str) -> Rows:
    """So many departments with the same codes."""
    return [row for n in range(times) for row in says(f"D{n:02}", "origin/organic", *codes)]


@cache
def same(times: int, *codes: str) -> Any:
    """A year of so many departments with the same codes; not to be changed."""
    return year(alike(times, *codes))


def levels(*values: float) -> Any:
    """A year in which the interest of D00, D01 … has these levels."""
    return year(each([f"interest/{value}" for value in values]))


def placed(*names: str) -> Any:
    """A year in which D00, D01 … are in these tiers."""
    rows = [
        {"department_id": f"D{n:02}", "tier": name, "margin": 0.2, "borderline": False}
        for n, name in enumerate(names)
    ]
    fits = {f"fit_{tier}": 0.5 for tier in TIERS}
    return year(
        each([None] * len(names)), tiers=conform(pd.DataFrame(rows).assign(**fits), "tiers")
    )


def breaks(*names: str) -> pd.DataFrame:
    """A yardstick in which these measures are broken."""
    return pd.DataFrame({"breaks": pd.array([" ".join(names), None], dtype="string")})


def told(
    pairs_then: Any, pairs_now: Any, yardstick: pd.DataFrame | None = None, **stages: Any
) -> pd.DataFrame:
    """Table ``change``, by kind and key; ``stages`` are those that are not the pairs alone."""
    then, now = pairs_then, pairs_now
    way = Stages(reported=then, then=then, pairs_then=then, pairs_now=now, now=now)
    table = change(replace(way, **stages), breaks() if yardstick is None else yardstick)
    return table.set_index(["kind", "key"])


def moved(then: Any, now: Any, yardstick: pd.DataFrame | None = None) -> pd.DataFrame:
    """Table ``movements``, by department, kind and key."""
    table = movements(then, now, breaks() if yardstick is None else yardstick)
    return table.set_index(["department_id", "kind", "key"])


def binomial_p(gained: int, lost: int) -> float:
    """Two-sided p of so many heads and tails, summed by hand; the coin is fair."""
    changed, most = gained + lost, max(gained, lost)
    tail = sum(comb(changed, n) for n in range(most, changed + 1))
    return min(1.0, 2 * tail / 2**changed)


# A rises from 1 to 2 in interest, loses feedback and gains recruitment; B names feedback in both
# years; C was asked of its interest then alone, and is one of the pairs.
THEN = year(
    says("A", "interest/1", "need/feedback", "resources/1", "external/students"),
    says("B", "interest/3", "need/feedback", "mandate/2"),
    says("C", "interest/2"),
    [note("A", "strength", "recruitment"), note("A", "threat", "other")],
    [note("B", "weakness", "resources")],
)
NOW = year(
    says("A", "interest/2", "need/recruitment", "resources/1", "external/students"),
    says("B", "interest/3", "need/feedback", "mandate/1"),
    says("C", "staffing/1"),
    [note("A", "strength", "recruitment"), note("A", "weakness", "mandate")],
)


@pytest.fixture(scope="module")
def three_pairs() -> pd.DataFrame:
    return told(THEN, NOW)


@pytest.fixture(scope="module")
def three_moved() -> pd.DataFrame:
    return moved(THEN, NOW)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (("indicator", "interest"), [2, 2, 2.5, 1, 0]),  # (1 + 3) / 2, (2 + 3) / 2: C is out
        (("indicator", "resources"), [1, 1, 1, 0, 0]),
        (("indicator", "mandate"), [1, 2, 1, 0, 1]),
        (("indicator", "staffing"), [0, None, None, 0, 0]),  # of C, and now alone
        (("indicator", "workload"), [0, None, None, 0, 0]),  # of nobody
        (("need", "recruitment"), [3, 0.333333333, 0.333333333, 0, 0]),  # A's note of then
        (("need", "feedback"), [3, 0.666666667, 0.333333333, 0, 1]),
        (("need", "other"), [3, 0, 0, 0, 0]),
        (("voice", "students"), [3, 0.333333333, 0.333333333, 0, 0]),
        (("swot", "strength.recruitment"), [1, 1, 1, 0, 0]),  # A alone has notes in both years
        (("swot", "weakness.mandate"), [1, 0, 1, 1, 0]),
        (("swot", "threat.other"), [1, 1, 0, 0, 1]),
        (("swot", "weakness.resources"), [1, 0, 0, 0, 0]),  # B's is not lost: B was not there
        (("recommendation", "R4"), [1, 1, 0, 0, 1]),
        (("tier", "good"), [0, None, None, 0, 0]),
        (("tier", "direction"), [0, None, None, 0, 0]),
    ],
)
def test_a_measure_over_the_pairs(three_pairs: pd.DataFrame, measure, expected) -> None:
    """Pairs, then, now, rose, fell."""
    row = three_pairs.loc[measure, ["pairs", "then", "now", "rose", "fell"]].astype(object)
    assert row.where(row.notna(), None).tolist() == expected


@pytest.mark.parametrize(
    ("measure", "then", "now"),
    [
        (("A", "aspect", "interest"), 1, 2),
        (("A", "indicator", "interest"), 1, 2),
        (("A", "need", "feedback"), 1, 0),
        (("A", "need", "employability"), 0, 0),
        (("A", "voice", "students"), 1, 1),
        (("A", "swot", "threat.other"), 1, 0),
        (("A", "recommendation", "R4"), None, 0),  # its mandate is known now alone
        (("B", "recommendation", "R4"), 1, 0),
        (("B", "indicator", "resources"), 0.75, None),  # a note then: 1.5 - 1.5 / 2
        (("C", "indicator", "interest"), 2, None),
        (("C", "aspect", "staffing"), None, 1),
        (("C", "need", "feedback"), 0, 0),
    ],
)
def test_a_measure_of_a_department(three_moved: pd.DataFrame, measure, then, now) -> None:
    row = three_moved.loc[measure, ["then", "now"]].astype(object)
    assert row.where(row.notna(), None).tolist() == [then, now]


def test_what_is_unknown_in_both_years_has_no_row(three_moved: pd.DataFrame) -> None:
    assert ("C", "indicator", "workload") not in three_moved.index
    assert ("C", "construct", "conditions") not in three_moved.index
    assert not three_moved[["then", "now"]].isna().all(axis=1).any()


def test_themes_are_told_of_departments_with_notes_in_both_years_alone(three_moved) -> None:
    departments = three_moved.query("kind == 'swot'").index.get_level_values("department_id")
    assert departments.value_counts().to_dict() == {"A": 44}


def test_every_measure_has_a_row_and_too_few_pairs_have_no_test(three_pairs: pd.DataFrame) -> None:
    assert three_pairs.groupby("kind").size().to_dict() == KINDS
    assert three_pairs["status"].value_counts().to_dict() == {"too_few": 74, "shown": 3}
    results = ["statistic", "p", "p_holm", "rank_then", "rank_now", "rank_rose", "rank_fell"]
    assert three_pairs[results].isna().all(axis=None)


def test_a_level_is_rounded_before_it_is_compared() -> None:
    thirds = [
        coded("D00", "1", coder, f"interest/{n}") for coder, n in zip("abc", (1, 1, 2), strict=True)
    ]
    assert (
        moved(year(thirds), levels(1)).loc[("D00", "indicator", "interest"), "then"] == 1.333333333
    )
    exact = levels_of(D00={"interest": 1.0})
    near = exact.assign(level=exact["level"] + 1e-10)
    years = [year(each(["interest/1"]), indicators=rows) for rows in (exact, near)]
    row = told(*years).loc[("indicator", "interest")]
    assert (row["rose"], row["fell"], row["now"]) == (0, 0, 1)


# The tests


@pytest.mark.parametrize(("pairs", "status"), [(5, "too_few"), (6, "tested"), (7, "tested")])
def test_six_pairs_are_enough(pairs: int, status: str) -> None:
    table = told(same(pairs), same(pairs, "need/feedback"))
    assert set(table.loc[["need", "voice"], "status"]) == {status}
    row = table.loc[("need", "feedback")]
    assert (row["pairs"], row["rose"], row["fell"], row["test"]) == (pairs, pairs, 0, "mcnemar")
    expected = [pairs, 2 / 2**pairs] if status == "tested" else [None, None]
    found = row[["statistic", "p"]].astype(object)
    assert found.where(found.notna(), None).tolist() == expected


def test_pairs_are_those_of_which_the_measure_is_known_in_both_years() -> None:
    six = ["interest/1"] * 6
    table = told(year(each(six)), year(each([*six[:5], None])))
    assert table.loc[("indicator", "interest"), ["pairs", "status"]].tolist() == [5, "too_few"]
    assert table.loc[("need", "feedback"), ["pairs", "status"]].tolist() == [6, "tested"]


def test_a_theme_is_tested_over_those_with_notes_in_both_years() -> None:
    notes = [note(f"D{n:02}", "threat", "mandate") for n in range(7)]
    every = alike(7)
    for known, status in ((6, "tested"), (5, "too_few")):
        row = told(year(every, notes), year(every, notes[:known])).loc[("swot", "threat.mandate")]
        assert (row["pairs"], row["status"], row["fell"]) == (known, status, 0)
        assert (row["all_then"], row["of_then"], row["all_now"], row["of_now"]) == (1, 7, 1, known)


D1 = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, -1, -1, 2, 2, 1, 0, 0, 1, -2]
SLEEP = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4]
"""Differences of the reference cases; those of sleep are halved to lie on the scale."""


@pytest.mark.parametrize(
    ("differences", "statistic", "p"),
    [
        (D1, 129, 0.13232421875),  # seven ones with rank 13, two twos with rank 19
        ([d / 2 for d in SLEEP], 54, 0.00390625),  # ranks 2 to 10; the zero has rank 1
    ],
)
def test_levels_are_tested_by_the_exact_signed_rank(differences, statistic, p) -> None:
    before = [max(-d, 0) for d in differences]
    row = told(levels(*before), levels(*np.add(before, differences))).loc[("indicator", "interest")]
    counts = (sum(d > 0 for d in differences), sum(d < 0 for d in differences))
    assert row[["test", "statistic", "p"]].tolist() == ["signed_rank", statistic, p]
    assert (row["rose"], row["fell"]) == counts


TRANSITIONS = [[12, 3, 1], [6, 11, 2], [2, 5, 8]]
"""The reference case of the paired tiers: then (rows) by now, from the highest tier."""


def test_tiers_are_tested_by_their_table() -> None:
    pairs = [
        (then, now)
        for then, row in zip(TIERS, TRANSITIONS, strict=True)
        for now, count in zip(TIERS, row, strict=True)
        for _ in range(count)
    ]
    others = [("good", "unclassified")] * 2 + [("unclassified", "small")]
    before, after = zip(*pairs, *others, strict=True)
    table = told(placed(*before), placed(*after)).loc["tier"]
    assert table.loc["good", ["pairs", "then", "now"]].tolist() == [50, 0.32, 0.4]  # 16, 20 of 50
    assert table.loc["small", ["rose", "fell"]].tolist() == [3, 7]  # 1 + 2, 2 + 5
    assert table.loc["good", ["of_then", "of_now"]].tolist() == [52, 51]
    assert set(table.loc[list(TIERS), "status"]) == {"shown"}
    assert table.loc[list(TIERS), ["test", "p"]].isna().all(axis=None)
    tests = table.drop(list(TIERS))
    assert tests[["pairs", "rose", "fell"]].drop_duplicates().to_numpy().tolist() == [[50, 13, 6]]
    assert tests[["of_then", "of_now"]].drop_duplicates().to_numpy().tolist() == [[52, 51]]
    assert tests[["then", "now", "all_then", "all_now"]].isna().all(axis=None)
    assert tests["statistic"].round(6).to_dict() == {
        "direction": 13, "marginal_homogeneity": 2.306306, "symmetry": 2.619048,
    }  # fmt: skip
    expected = {
        "direction": binomial_p(13, 6),
        "marginal_homogeneity": marginal_homogeneity(TRANSITIONS).p,
        "symmetry": symmetry(TRANSITIONS).p,
    }
    assert tests["p"].to_dict() == pytest.approx(expected)


def test_where_nobody_is_classified_the_tiers_have_no_pairs() -> None:
    table = told(same(8), same(8)).loc["tier"]
    assert table["pairs"].tolist() == [0] * 6
    assert table["then"].isna().all()
    assert table.groupby("status").size().to_dict() == {"shown": 3, "too_few": 3}


# Holm's correction and ranks: twelve departments, of which ten gain recruitment, all of them
# student support, six feedback, and one loses the voice of the students.

GAIN = (
    same(12, "external/students"),
    year(
        alike(12, "need/student_support"),
        each(["external/students"] * 11),
        each(["need/recruitment"] * 10),
        each(["need/feedback"] * 6),
    ),
)


@pytest.mark.parametrize(
    ("broken", "factors"),
    [
        ((), (8, 7, 6)),
        (("voice:students",), (7, 6, 5)),
        (("need:other", "voice:alumni", "voice:society"), (5, 4, 3)),
        (("indicator:interest", "swot:threat.mandate", "tier:tier"), (8, 7, 6)),
        (("need:student_support",), (None, 7, 6)),
    ],
)
def test_holm_counts_what_is_tested_of_the_family(broken, factors) -> None:
    table = told(*GAIN, breaks(*broken)).loc["need"]
    keys = ["student_support", "recruitment", "feedback"]
    for key, gained, factor in zip(keys, (12, 10, 6), factors, strict=True):
        expected = np.nan if factor is None else factor * binomial_p(gained, 0)
        assert table.loc[key, "p_holm"] == pytest.approx(expected, nan_ok=True), key
    assert (table.loc[["employability"], ["p", "p_holm"]] == 1).all(axis=None)


def test_families_are_those_of_the_protocol() -> None:
    apart = (("need",), ("voice",), ("tier", "indicator", "construct", "swot", "recommendation"))
    rules = replace(PROTOCOL.follow_up, families=apart)
    years = [SimpleNamespace(**vars(made) | {"protocol": replace(PROTOCOL, follow_up=rules)})
             for made in GAIN]  # fmt: skip
    row = told(*years).loc[("need", "student_support")]
    assert row["p_holm"] == pytest.approx(5 * binomial_p(12, 0))


def ranks(table: pd.DataFrame, key: str) -> list[Any]:
    found = table.loc[("need", key), ["rank_then", "rank_now", "rank_rose", "rank_fell"]]
    return found.astype(object).where(found.notna(), None).tolist()


def test_a_change_of_rank_that_is_the_same_in_every_draw() -> None:
    years = same(6, "need/recruitment"), same(6, "need/feedback")
    table = told(*years)
    assert ranks(table, "recruitment") == [1, 2, 0, 1]
    assert ranks(table, "feedback") == [2, 1, 1, 0]
    assert ranks(table, "other") == [2, 2, 0, 0]
    kinds = ["indicator", "construct", "tier", "swot", "recommendation"]
    assert table.loc[kinds, ["rank_then", "rank_rose"]].isna().all(axis=None)


def test_ranks_are_among_the_needs_that_are_tested() -> None:
    years = same(6, "need/recruitment"), same(6, "need/feedback")
    table = told(*years, breaks("need:recruitment"))
    assert ranks(table, "recruitment") == [None] * 4
    assert ranks(table, "feedback") == [1, 1, 0, 0]  # nobody named any of the other needs
    assert ranks(table, "other") == [1, 2, 0, 1]


def test_the_same_draws_give_the_same_shares() -> None:
    first, second = told(*GAIN), told(*GAIN)
    pd.testing.assert_frame_equal(first, second)
    # Recruitment falls behind feedback in draws in which both are drawn equally often: seldom.
    rose, fell = ranks(first, "feedback")[2:]
    assert 0 <= rose < 0.05 < fell


# What was measured otherwise


def test_a_break_is_marked_and_left_out() -> None:
    six = same(6, "interest/1", "need/feedback"), same(6, "interest/2")
    names = ("indicator:interest", "aspect:interest", "need:feedback")
    table, units = told(*six, breaks(*names)), moved(*six, breaks(*names))
    row = table.loc[("indicator", "interest")]
    assert row[["status", "pairs", "then", "now", "rose"]].tolist() == ["break", 6, 1, 2, 6]
    assert np.isnan(row["p"])
    assert table.loc[("need", "feedback"), "status"] == "break"
    assert table["status"].value_counts()["break"] == 2
    apart = units[~units["comparable"]].droplevel("department_id").index.unique()
    assert {":".join(measure) for measure in apart} == set(names)


def test_a_break_comes_before_too_few_pairs_and_what_is_only_shown() -> None:
    few = same(2)
    table = told(few, few, breaks("need:feedback", "tier:tier"))
    assert table.loc[("need", "feedback"), "status"] == "break"
    assert set(table.loc["tier", "status"]) == {"break"}
    assert "break" not in table.loc[["indicator", "voice"], "status"].tolist()


# Years that have little or nothing in common


def test_a_year_compared_with_itself_has_not_changed() -> None:
    profile = ("interest/1", "mandate/2", "internal_need/2", "importance/1", "management_support/2")
    notes = [note(f"D{n:02}", "threat", "mandate") for n in range(0, 8)]
    same = year(alike(8, *profile, "need/feedback"), notes)
    table, units = told(same, same), moved(same, same)
    tested = table[table["status"] == "tested"]
    assert (tested[["p", "p_holm"]] == 1).all(axis=None)
    assert (table[["rose", "fell"]] == 0).all(axis=None)
    assert tested[["rank_rose", "rank_fell"]].isin([0, np.nan]).all(axis=None)
    assert table["then"].equals(table["now"])
    assert units["then"].equals(units["now"])
    kinds = set(units.index.get_level_values("kind"))
    assert kinds == {"aspect", *KINDS} - {"tier"}  # a department's tiers are told elsewhere
    assert {"tier", "construct", "swot", "recommendation"} <= set(tested.reset_index()["kind"])


def test_without_a_department_in_common_nothing_is_compared() -> None:
    then, now = year(says("A", "need/feedback")), year(says("B", "interest/2"))
    pairs = of_nobody(then), of_nobody(now)
    table = told(*pairs, reported=then, then=then, now=now)
    assert set(table["status"]) == {"too_few", "shown"}
    assert (table[["pairs", "rose", "fell"]] == 0).all(axis=None)
    assert table[["then", "now", "p", "rank_then", "rank_rose"]].isna().all(axis=None)
    row = table.loc[("need", "feedback")]
    assert row[["all_then", "of_then", "all_now", "of_now"]].tolist() == [1, 1, 0, 1]
    assert moved(*pairs).empty


def test_a_department_without_evidence_under_the_later_protocol_is_no_pair() -> None:
    then, now = (
        year(says("A", "interest/1")),
        year(says("A", "interest/2"), says("B", "interest/2")),
    )
    assert set(moved(then, now).reset_index()["department_id"]) == {"A"}
    assert told(then, now).loc[("need", "other"), "pairs"] == 1


def test_everybody_stands_beside_the_pairs() -> None:
    then, now = year(says("A", "interest/1")), year(says("A", "interest/2"))
    more_then = year(says("A", "interest/1"), says("B", "interest/2"), says("C", "need/other"))
    more_now = year(
        says("A", "interest/2"), says("D", "interest/3"), says("E", "interest/0")
    )  # the mean, 5/3, is no median
    row = told(then, now, then=more_then, now=more_now).loc[("indicator", "interest")]
    assert row[["pairs", "then", "now"]].tolist() == [1, 1, 2]
    everybody = row[["all_then", "of_then", "all_now", "of_now"]].tolist()
    assert everybody == [1.5, 2, 1.666666667, 3]


def test_a_need_that_the_earlier_protocol_has_not_was_not_reported() -> None:
    needs = tuple(need for need in PROTOCOL.needs if need.key != "feedback")
    year_now = year(says("A", "need/recruitment"), says("B", "interest/2"))
    own = SimpleNamespace(**vars(year_now) | {"protocol": replace(PROTOCOL, needs=needs)})
    table = told(year_now, year_now, reported=own).loc["need"]
    assert table.loc["recruitment", ["all_reported", "of_reported"]].tolist() == [0.5, 2]
    assert np.isnan(table.loc["feedback", "all_reported"])
    assert table.loc["feedback", ["of_reported", "of_then"]].tolist() == [0, 2]


def test_a_need_that_only_the_earlier_protocol_has_has_no_row() -> None:
    older = replace(PROTOCOL.needs[0], key="older")
    then = year(says("A", "need/recruitment"))
    then.protocol = replace(PROTOCOL, needs=(*PROTOCOL.needs, older))
    now = year(says("A", "need/recruitment"))
    assert told(now, now, reported=then).loc["need"].index.tolist() == sorted(
        need.key for need in PROTOCOL.needs if need.side == "internal"
    )
