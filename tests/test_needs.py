"""Needs by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from builders import answered, coded, evidence_of, frame_of, levels_of, note, su_2020

from mapping.needs import named, needs, with_need

PROTOCOL = su_2020()

EVIDENCE = evidence_of(
    coded("A", "s1", "coder-1", "need/recruitment"),
    coded("A", "s2", "coder-1", "need/recruitment"),  # named twice, counted once
    answered("A", "1", "need", "other", 1.0),
    answered("A", "1", "external_need", "students", 1.0),
    note("B", "threat", "recruitment"),  # any quadrant
    note("B", "strength", "other"),  # no need
    coded("B", "s3", "coder-1", "external/alumni"),
    answered("C", "2", "indicator", "interest", 1.0),  # participates, names nothing
    coded("D", "s4", "coder-1", "need/feedback"),
    coded("D", "s4", "coder-1", "external/students"),
)
FRAME = frame_of("A", "B", "C", "D", "E", "F")


def test_departments_are_counted_once_over_participants() -> None:
    table = needs(EVIDENCE, FRAME, PROTOCOL).set_index(["side", "need"])
    assert table["departments"].to_dict() == {
        ("internal", "recruitment"): 2,
        ("internal", "employability"): 0,
        ("internal", "feedback"): 1,
        ("internal", "student_support"): 0,
        ("internal", "other"): 1,
        ("external", "students"): 2,
        ("external", "alumni"): 1,
        ("external", "society"): 0,
    }
    assert (table["of"] == 4).all()
    assert table.loc[("internal", "recruitment"), "share"] == 0.5
    assert table.loc["internal", "rank"].to_dict() == {
        "employability": 4,
        "feedback": 2,
        "other": 2,
        "recruitment": 1,
        "student_support": 4,
    }
    assert table.loc["external", "rank"].to_dict() == {"alumni": 2, "society": 3, "students": 1}


def test_interval_is_for_the_frame() -> None:
    # 2 of 4 observed, 6 in the frame: 2, 3 or 4 of 6
    recruitment = needs(EVIDENCE, FRAME, PROTOCOL).set_index("need").loc["recruitment"]
    assert recruitment["low"] == pytest.approx(2 / 6, abs=1e-9)
    assert recruitment["high"] == pytest.approx(4 / 6, abs=1e-9)


def test_first_place_is_missing_if_nobody_names_any() -> None:
    table = needs(evidence_of(coded("A", "s1", "coder-1", "interest/1")), FRAME, PROTOCOL)
    assert table["p_first"].isna().all()
    assert (table["departments"] == 0).all()
    assert (table["rank"] == 1).all()


def test_first_place_is_reproducible_and_counts_ties() -> None:
    first = needs(EVIDENCE, FRAME, PROTOCOL).set_index("need")["p_first"]
    again = needs(EVIDENCE, FRAME, PROTOCOL).set_index("need")["p_first"]
    assert first.equals(again)
    # recruitment is out of the first place only in draws with more of feedback or of other than of
    # A and B together: D > A + B (feedback) over draws of four departments
    exact = 0.0
    for draw in product("ABCD", repeat=4):
        a, b, d = draw.count("A"), draw.count("B"), draw.count("D")
        exact += (a + b >= max(d, a)) / 4**4
    assert first["recruitment"] == pytest.approx(exact, abs=0.03)


def test_named_has_every_need_in_the_protocols_order() -> None:
    table = named(EVIDENCE, PROTOCOL, "internal")
    assert list(table.columns) == [
        "recruitment",
        "employability",
        "feedback",
        "student_support",
        "other",
    ]
    assert table.index.tolist() == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("level", "named_need", "expected"),
    [
        (1.5, False, True),
        (1.499999999, False, False),
        (0.0, False, False),
        (None, False, None),
        (0.0, True, True),
        (None, True, True),
    ],
)
def test_with_and_without_internal_need(
    level: float | None, named_need: bool, expected: bool | None
) -> None:
    code = "need/other" if named_need else "external/society"
    evidence = evidence_of(coded("A", "s1", "coder-1", code))
    levels = levels_of(A={} if level is None else {"internal_need": level})
    found = with_need(evidence, levels, PROTOCOL).loc[0, "internal"]
    assert (None if pd.isna(found) else bool(found)) is expected


@pytest.mark.parametrize(("level", "expected"), [(2.0, True), (1.999999999, False)])
def test_external_need_by_level(level: float, expected: bool) -> None:
    evidence = evidence_of(coded("A", "s1", "coder-1", "interest/1"))
    found = with_need(evidence, levels_of(A={"external_need": level}), PROTOCOL)
    assert found.loc[0, "external"] is np.bool_(expected) or found.loc[0, "external"] == expected
