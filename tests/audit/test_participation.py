"""Who is missing, and the bounds on headline shares, by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from builders import answered, coded, evidence_of, levels_of, note, su_2020

from mapping.audit.participation import bounds, missing, thirds
from mapping.constructs import constructs
from mapping.recommendations import recommendations
from mapping.swot import swot
from mapping.tiers import tiers

PROTOCOL = su_2020()


def register(*rows: tuple[str, str | None, float | None, float | None]) -> pd.DataFrame:
    columns = ["department_id", "faculty", "programmes", "staff_fte"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"department_id": "string", "faculty": "string", "programmes": "Int64"}
    )


FRAME = register(
    ("A", "North", 1, 10.0),
    ("B", "North", 2, None),
    ("C", "South", 3, 30.0),
    ("D", "South", 4, 40.0),
    ("E", None, 5, 50.0),
    ("F", "South", 9, 60.0),
)
SEEN = evidence_of(
    coded("A", "s", "c", "interest/3"),
    note("B", "weakness", "resources"),
    answered("E", "r", "fact", "optout", 0.0),
    note("F", "weakness", "resources"),
)


def group(by: str, name: str) -> list[object]:
    rows = missing(FRAME, SEEN).set_index(["by", "group"])
    return [None if pd.isna(value) else value for value in rows.loc[(by, name)]]


def test_all_departments() -> None:
    assert group("all", "all") == [6, 4, round(4 / 6, 9), None, None]


@pytest.mark.parametrize(
    ("faculty", "expected"),
    [("North", [2, 2, 1.0]), ("South", [3, 1, round(1 / 3, 9)]), ("unknown", [1, 1, 1.0])],
)
def test_faculties_the_unknown_apart(faculty: str, expected: list[float]) -> None:
    assert group("faculty", faculty) == [*expected, None, None]


@pytest.mark.parametrize(
    ("third", "expected"),
    [
        ("smallest", [2, 2, 1.0, 1.0, 2.0]),
        ("middle", [2, 0, 0.0, 3.0, 4.0]),
        ("largest", [2, 2, 1.0, 5.0, 9.0]),
    ],
)
def test_thirds_by_programmes(third: str, expected: list[float]) -> None:
    assert group("programmes", third) == expected


def test_unknown_sizes_stand_apart_and_only_if_there_are_any() -> None:
    table = missing(FRAME, SEEN).set_index(["by", "group"])
    assert group("staff_fte", "unknown") == [1, 1, 1.0, None, None]
    assert ("programmes", "unknown") not in table.index


def test_groups_add_up_to_the_frame() -> None:
    totals = missing(FRAME, SEEN).groupby("by")[["departments", "participating"]].sum()
    assert totals.to_numpy().tolist() == [[6, 4]] * 4


def test_a_third_that_ties_leave_empty_has_a_row_without_a_share() -> None:
    same = register(*((key, "North", 2, 1.0) for key in "ABC"))
    rows = missing(same, SEEN).set_index(["by", "group"])
    assert rows.loc[("programmes", "middle"), "departments"] == 3
    assert rows.loc[("programmes", "smallest"), "departments"] == 0
    assert pd.isna(rows.loc[("programmes", "largest"), "share"])


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([1, 2, 3], ["smallest", "middle", "largest"]),
        ([1, 1, 2, 2, 3, 3], ["smallest"] * 2 + ["middle"] * 2 + ["largest"] * 2),
        ([1, 1, 1, 1, 2, 3], ["middle"] * 4 + ["largest"] * 2),
        ([1, None], ["middle", "unknown"]),
        ([None], ["unknown"]),
    ],
)
def test_equal_sizes_are_in_one_third(sizes: list[float | None], expected: list[str]) -> None:
    """Four of six at the bottom: midrank 2.5, place (2.5 - .5) / 6 = 1/3, which is the middle."""
    assert thirds(pd.Series(sizes, dtype="float64")).tolist() == expected


# --- bounds -------------------------------------------------------------------------------------

HIGH = dict.fromkeys(PROTOCOL.indicator_keys(), 3.0)
LOW = dict.fromkeys(PROTOCOL.indicator_keys(), 0.0)
LEVELS = levels_of(A=HIGH, B={"interest": 2.0}, E=LOW, F=LOW)
NAMED = evidence_of(
    coded("A", "s", "c", "need/feedback"),
    coded("A", "t", "c", "arrangement/shared"),
    coded("E", "u", "c", "arrangement/nobody"),
    note("B", "weakness", "resources"),
    note("F", "weakness", "resources"),
    note("F", "threat", "other"),
    note("F", "strength", "interest"),
)


def study(evidence: pd.DataFrame = NAMED, levels: pd.DataFrame = LEVELS) -> SimpleNamespace:
    return SimpleNamespace(
        protocol=PROTOCOL,
        departments=FRAME,
        evidence=evidence,
        indicators=levels,
        constructs=constructs(levels, PROTOCOL),
        tiers=tiers(levels, FRAME, PROTOCOL),
        swot=swot(evidence, FRAME, PROTOCOL),
        recommendations=recommendations(evidence, levels, PROTOCOL),
    )


BOUNDS = bounds(study()).set_index(["kind", "key"])


@pytest.mark.parametrize(
    ("kind", "key", "counts"),
    [
        # A is good, E and F small; B has one known aspect, C and D are absent: three unknown.
        ("tier", "good", [1, 3, 3]),
        ("tier", "moderate", [0, 3, 3]),
        ("tier", "small", [2, 3, 3]),
        ("conditions", "good", [1, 3, 3]),
        ("needs", "slight", [2, 3, 3]),
        # B names none and its internal need is not known: it is in neither group.
        ("with_need", "internal", [1, 3, 3]),
        ("need", "feedback", [1, 4, 2]),
        ("need", "recruitment", [0, 4, 2]),
        ("voice", "students", [0, 4, 2]),
        ("arrangement", "shared", [1, 2, 4]),
        ("recommendation", "R1", [1, 2, 4]),
        ("swot", "weakness.resources", [2, 2, 4]),
        ("swot", "threat.other", [1, 2, 4]),
    ],
)
def test_departments_known_and_unknown(kind: str, key: str, counts: list[int]) -> None:
    row = BOUNDS.loc[(kind, key)]
    n, known, unknown = counts
    assert row[["departments", "known", "unknown", "of"]].tolist() == [n, known, unknown, 6]
    assert row["share"] == round(n / known, 9)
    assert row["low"] == round(n / 6, 9)
    assert row["high"] == round((n + unknown) / 6, 9)


def test_only_common_denominators_of_the_swot_are_bounded() -> None:
    """Three themes, each of at least a third of the two departments with a note."""
    themes = [key for kind, key in BOUNDS.index if kind == "swot"]
    assert themes == ["strength.interest", "threat.other", "weakness.resources"]
    more = [note(key, "weakness", "mandate") for key in "ACD"]
    rows = evidence_of(*more, note("B", "threat", "other"))
    kept = bounds(study(rows)).query("kind == 'swot'")
    assert kept["key"].tolist() == ["weakness.mandate"]


def test_what_is_known_of_nobody_has_no_share_and_could_be_anything() -> None:
    rows = bounds(study(evidence_of(note("B", "weakness", "resources"))))
    ways = rows[rows["kind"] == "arrangement"]
    assert ways["known"].eq(0).all()
    assert ways["share"].isna().all()
    assert ways[["low", "high"]].to_numpy().tolist() == [[0.0, 1.0]] * 5
