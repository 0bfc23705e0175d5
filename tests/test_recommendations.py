"""Each recommendation on both sides of its limit, on it, and with values missing."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from builders import coded, evidence_of, levels_of, su_2020

from mapping.protocol import Label, Recommendation
from mapping.recommendations import recommendations

PROTOCOL = su_2020()
JUST_BELOW, LIMIT, ABOVE = 1.999_999_999, 2.0, 2.5


def met(key: str, arrangement: str | None = None, **levels: float) -> object:
    """Whether a department with these levels meets the recommendation; None: not assessable."""
    rows = [coded("A", "s1", "c", "activity/1")]
    rows += [coded("A", "s1", "c", f"arrangement/{arrangement}")] if arrangement else []
    found = recommendations(evidence_of(*rows), levels_of(A=levels), PROTOCOL)
    value = found.set_index("recommendation").loc[key, "met"]
    return None if pd.isna(value) else bool(value)


@pytest.mark.parametrize(
    ("arrangement", "expected"),
    [
        ("shared", True),
        ("backed", False),
        ("alone", False),
        ("self_appointed", False),
        ("nobody", False),
        (None, None),
    ],
)
def test_r1_responsibility_is_shared(arrangement: str | None, expected: bool | None) -> None:
    assert met("R1", arrangement) is expected


@pytest.mark.parametrize(
    ("recommendation", "keys"),
    [("R2", ("resources", "workload")), ("R3", ("interest", "colleague_support"))],
)
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (LIMIT, LIMIT, True),
        (ABOVE, LIMIT, True),
        (JUST_BELOW, ABOVE, False),
        (ABOVE, JUST_BELOW, False),
        (JUST_BELOW, None, False),  # one known lack decides
        (None, JUST_BELOW, False),
        (LIMIT, None, None),
        (None, ABOVE, None),
        (None, None, None),
    ],
)
def test_r2_and_r3_ask_for_two_things(
    recommendation: str,
    keys: tuple[str, str],
    first: float | None,
    second: float | None,
    expected: bool | None,
) -> None:
    known = zip(keys, (first, second), strict=True)
    levels = {key: level for key, level in known if level is not None}
    assert met(recommendation, **levels) is expected


@pytest.mark.parametrize(("mandate", "expected"), [(JUST_BELOW, False), (LIMIT, True), (3, True)])
def test_r4_a_clear_mandate(mandate: float, expected: bool) -> None:
    assert met("R4", mandate=mandate) is expected
    assert met("R4") is None


def test_an_arrangement_and_a_level_together() -> None:
    """Not one of the summary's, but the protocol may ask for both."""
    both = Recommendation("R1", Label("x", "x"), ("shared", "backed"), {"mandate": 2})
    protocol = replace(PROTOCOL, recommendations=(both,))
    rows = [coded(key, f"s{key}", "c", "activity/1") for key in "ABCD"]
    rows += [
        coded("A", "sA", "c", "arrangement/backed"),
        coded("B", "sB", "c", "arrangement/alone"),
    ]
    levels = levels_of(A={"mandate": 2.0}, B={}, C={"mandate": 2.0}, D={"mandate": 1.0})
    found = recommendations(evidence_of(*rows), levels, protocol)["met"]
    assert found.astype(object).where(found.notna(), None).tolist() == [True, False, None, False]


def test_one_row_a_participating_department_and_recommendation() -> None:
    rows = [coded(key, f"s{key}", "c", "activity/1") for key in "AB"]
    found = recommendations(evidence_of(*rows), levels_of(A={}, B={}), PROTOCOL)
    assert found[["department_id", "recommendation"]].to_numpy().tolist() == [
        [department, key] for department in "AB" for key in ("R1", "R2", "R3", "R4")
    ]
