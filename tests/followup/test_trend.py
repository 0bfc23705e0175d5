"""Tests of the trend: every year beside the others, all participants and the same departments."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import pandas as pd
import pytest
from builders import coded, evidence_of, frame_of, note, su_2020

from mapping.constructs import constructs
from mapping.followup.measures import measures
from mapping.followup.trend import trend
from mapping.indicators import indicators
from mapping.recommendations import recommendations
from mapping.tiers import tiers

PROTOCOL = su_2020()
SEEN = ("interest", "management_support", "resources", "internal_need", "importance")
"""Indicators enough for a tier."""


def said(department: str, level: int, *others: str) -> list[dict[str, object]]:
    """An interview in which every indicator of ``SEEN`` has this level, and other codes."""
    codes = [f"{indicator}/{level}" for indicator in SEEN]
    return [coded(department, f"{department}-1", "coder-1", code) for code in (*codes, *others)]


def year_of(frame: str, *rows: list[dict[str, object]]) -> SimpleNamespace:
    """A year with the departments of this frame, one letter each, and this evidence."""
    evidence = evidence_of(*(row for part in rows for row in part))
    levels = indicators(evidence, PROTOCOL)
    departments = frame_of(*frame)
    return SimpleNamespace(
        protocol=PROTOCOL,
        departments=departments,
        evidence=evidence,
        indicators=levels,
        constructs=constructs(levels, PROTOCOL),
        tiers=tiers(levels, departments, PROTOCOL),
        recommendations=recommendations(evidence, levels, PROTOCOL),
    )


FIRST = year_of(
    "ABCD",
    said("A", 3, "need/recruitment", "external/students"),
    said("B", 0, "need/recruitment"),
    [coded("C", "C-1", "coder-1", "interest/1")],
)
"""A is good, B small; of C only the interest is known, of D nothing."""

SECOND = year_of("ABDE", said("A", 2, "need/feedback"), said("D", 0, "need/feedback"))
"""B and C are not seen, C is gone."""


def told(years: Mapping[int, SimpleNamespace], steps: Mapping[int, str] | None = None, **others):
    """Value, n and of by year, departments, kind and key."""
    frames = {
        year: pd.DataFrame({"breaks": pd.array([names or None], dtype="string")})
        for year, names in (steps or dict.fromkeys(sorted(years)[1:], "")).items()
    }
    table = trend(years, others.get("units", years), frames)
    return table.set_index(["year", "departments", "kind", "key"])


@pytest.fixture(scope="module")
def two_years() -> pd.DataFrame:
    return told({2020: FIRST, 2021: SECOND})


@pytest.mark.parametrize(
    ("row", "value", "n", "of"),
    [
        ((2020, "all", "participating", "participating"), 0.75, 3, 4),
        ((2020, "all", "tier", "good"), 0.5, 1, 2),  # C is unclassified
        ((2020, "all", "tier", "moderate"), 0, 0, 2),
        ((2020, "all", "tier", "small"), 0.5, 1, 2),
        ((2020, "all", "indicator", "interest"), 1.333333333, None, 3),  # (3 + 0 + 1) / 3
        ((2020, "all", "indicator", "importance"), 1.5, None, 2),
        ((2020, "all", "indicator", "workload"), None, None, 0),
        ((2020, "all", "construct", "needs"), 1.5, None, 2),
        ((2020, "all", "construct", "conditions"), None, None, 0),  # three of four are known
        ((2020, "all", "need", "recruitment"), 0.666666667, 2, 3),
        ((2020, "all", "need", "feedback"), 0, 0, 3),
        ((2020, "all", "voice", "students"), 0.333333333, 1, 3),
        ((2020, "same", "participating", "participating"), 0.25, 1, 4),
        ((2020, "same", "tier", "good"), 1, 1, 1),
        ((2020, "same", "indicator", "interest"), 3, None, 1),
        ((2020, "same", "need", "recruitment"), 1, 1, 1),
        ((2021, "all", "participating", "participating"), 0.5, 2, 4),
        ((2021, "all", "indicator", "interest"), 1, None, 2),
        ((2021, "all", "need", "feedback"), 1, 2, 2),
        ((2021, "same", "indicator", "interest"), 2, None, 1),
        ((2021, "same", "need", "recruitment"), 0, 0, 1),
    ],
)
def test_a_measure_of_a_year(two_years: pd.DataFrame, row, value, n, of) -> None:
    found = two_years.loc[row, ["value", "n", "of"]].astype(object)
    assert found.where(found.notna(), None).tolist() == [value, n, of]


def test_every_measure_is_there_for_every_year_and_set(two_years: pd.DataFrame) -> None:
    each = two_years.groupby(["year", "departments"]).size()
    # The participants, three tiers, 13 indicators, two constructs, five needs, three voices.
    assert each.tolist() == [1 + 3 + 13 + 2 + 5 + 3] * 4


def test_without_a_department_in_common_the_same_departments_have_no_values() -> None:
    table = told({2020: year_of("AB", said("A", 3)), 2021: year_of("AB", said("B", 3))})
    same = table.xs("same", level="departments").drop("participating", level="kind")
    assert same["value"].isna().all()
    assert (same["of"] == 0).all()
    nobody = table.loc[(2021, "same", "participating", "participating")]
    assert (nobody["value"], nobody["n"], nobody["of"]) == (0, 0, 2)


def test_a_year_beside_itself_is_the_same_for_all_and_the_same_departments() -> None:
    table = told({2020: FIRST, 2021: FIRST})
    first = table.loc[2020].loc["all"]
    for year in (2020, 2021):
        for departments in ("all", "same"):
            pd.testing.assert_frame_equal(table.loc[year].loc[departments], first)


def test_the_same_departments_are_those_seen_in_each_of_the_years() -> None:
    years = [year_of("ABC", *(said(name, 1) for name in names)) for names in ("ABC", "AB", "BC")]
    table = told(dict(enumerate(years, start=2020)))
    counts = table["n"].xs("participating", level="kind").droplevel("key")
    assert counts.xs("same", level="departments").tolist() == [1, 1, 1]
    assert counts.xs("all", level="departments").tolist() == [3, 2, 2]


def test_a_merged_department_is_among_the_same_under_its_new_id() -> None:
    apart = year_of("ABC", said("A", 3), said("B", 0), said("C", 2))
    pooled = year_of("MC", said("M", 1), said("C", 2))
    later = year_of("MC", said("M", 2), said("C", 2))
    table = told({2020: apart, 2021: later}, units={2020: pooled, 2021: later})["value"]
    assert table[(2020, "all", "indicator", "interest")] == pytest.approx(5 / 3)
    assert table[(2020, "same", "indicator", "interest")] == 1.5
    assert table[(2021, "same", "indicator", "interest")] == 2
    assert table[(2020, "all", "participating", "participating")] == 1
    assert table[(2020, "same", "participating", "participating")] == 1  # two of two


def test_a_break_is_in_the_year_whose_step_touches_the_measure() -> None:
    years = dict.fromkeys((2020, 2021, 2022), FIRST)
    table = told(years, {2021: "indicator:interest tier:tier need:other", 2022: "voice:students"})
    broken = table[~table["comparable"]].reset_index()
    found = {(row.year, row.kind, row.key) for row in broken.itertuples()}
    assert found == {
        (2021, "indicator", "interest"),
        (2021, "tier", "good"),
        (2021, "tier", "moderate"),
        (2021, "tier", "small"),
        (2021, "need", "other"),
        (2022, "voice", "students"),
    }
    assert broken.groupby("departments").size().tolist() == [6, 6]


def test_what_is_unknown_of_a_department_is_missing_among_its_measures() -> None:
    year = year_of(
        "ABCD",
        said("A", 3, "mandate/3"),
        [coded("C", "C-1", "coder-1", "interest/1"), note("C", "strength", "recruitment")],
    )
    table = measures(year, ("tier", "aspect", "swot", "recommendation"))
    assert table.index.tolist() == ["A", "C"]
    assert table.loc["A", "tier"].tolist() == [1, 0, 0]
    assert table.loc["C", "tier"].isna().all()
    assert table.loc["C", ("aspect", "interest")] == 1
    assert table["aspect"].loc["C"].notna().sum() == 1
    assert table.loc["A", "swot"].isna().all()
    assert table.loc["C", ("swot", "strength.recruitment")] == 1
    assert table["swot"].loc["C"].sum() == 1
    assert table["swot"].loc["C"].notna().all()
    assert table.loc["A", ("recommendation", "R4")] == 1
    assert table.loc["C", ("recommendation", "R3")] == 0  # its interest is known, and too low
    assert table["recommendation"].loc["C"].isna().sum() == 3
