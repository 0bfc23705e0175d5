"""From raw rows to evidence: each kind of datum, by hand."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from raw_years import PROTOCOL, RESPONSES, read, survey_csv, tiny, write

from mapping.evidence import gather, respondents
from mapping.instruments import RawYear
from mapping.schemas import TABLES


@pytest.fixture(scope="module")
def raw(tmp_path_factory) -> RawYear:
    return read(write(tmp_path_factory.mktemp("raw"), tiny()))


@pytest.fixture(scope="module")
def evidence(raw) -> pd.DataFrame:
    return gather(raw, PROTOCOL)


def rows(frame: pd.DataFrame, *columns: str) -> list[list[object]]:
    found = frame[list(columns)].astype(object)
    return found.where(found.notna(), None).to_numpy().tolist()


def test_the_evidence_has_the_columns_of_its_contract(evidence):
    assert list(evidence) == list(TABLES["evidence"].columns)
    assert evidence["evidence_id"].is_unique
    assert evidence["evidence_id"].is_monotonic_increasing


def test_interview_codes_become_levels_needs_voices_and_categories(evidence):
    found = evidence[evidence["instrument"] == "interview"]
    assert rows(
        found, "evidence_id", "unit", "rater", "kind", "key", "side", "value", "category", "row"
    ) == [
        ["interviews-2", "s1", "coder-2", "indicator", "interest", None, 2.0, None, 2],
        ["interviews-3", "s1", "coder-1", "indicator", "interest", None, 3.0, None, 3],
        ["interviews-4", "s2", "coder-1", "need", "feedback", "internal", 1.0, None, 4],
        ["interviews-5", "s3", "coder-1", "arrangement", "arrangement", None, None, "alone", 5],
        ["interviews-6", "s4", "coder-1", "external_need", "students", "external", 1.0, None, 6],
    ]
    assert set(found["weight"]) == {1.0}
    assert rows(found, "role")[0] == ["prefekt"]
    assert rows(found, "role")[4] == [None]


def test_coders_are_numbered_by_sorted_name_within_the_year(tmp_path):
    files = tiny()
    header, first, *_ = files["interviews.csv"].splitlines()
    names = ["Zoe", "Örjan", "Ann", "Bo", "Åsa", "Cy", "Bo B"]
    lines = [first.replace("Zoe", name) for name in names]
    files["interviews.csv"] = "\n".join([header, *lines])
    found = gather(read(write(tmp_path, files)), PROTOCOL).set_index("evidence_id")["rater"]
    # Ann, Bo, Bo B, Cy, Zoe, Åsa, Örjan
    assert [found[f"interviews-{row}"] for row in range(2, 9)] == [
        f"coder-{number}" for number in (5, 7, 1, 2, 6, 4, 3)
    ]


def test_workshop_notes_carry_quadrant_and_votes_plus_one(evidence):
    found = evidence[evidence["instrument"] == "workshop"]
    assert rows(
        found, "evidence_id", "unit", "kind", "key", "side", "quadrant", "value", "weight"
    ) == [
        ["workshop-2", "n1", "indicator", "interest", None, "strength", None, 4.0],
        ["workshop-3", "n2", "other", "other", None, "threat", None, 1.0],
        ["workshop-4", "n3", "need", "recruitment", "internal", "weakness", None, 1.0],
    ]
    assert found["rater"].isna().all()
    assert found["role"].isna().all()


def test_answers_become_levels_ticks_facts_and_categories(evidence):
    found = evidence[evidence["instrument"] == "survey"]
    assert rows(found, "evidence_id", "kind", "key", "side", "value", "category") == [
        ["survey-2-applicants[more]", "fact", "applicants_more", None, 1.0, None],
        ["survey-2-arrangement", "arrangement", "arrangement", None, None, "backed"],
        ["survey-2-cond[interest]", "indicator", "interest", None, 3.0, None],
        ["survey-2-cond[mandate]", "indicator", "mandate", None, 0.0, None],
        ["survey-2-cond[staffing]", "indicator", "staffing", None, 2.0, None],
        ["survey-2-external[alumni]", "external_need", "alumni", "external", 1.0, None],
        ["survey-2-needs[feedback]", "need", "feedback", "internal", 1.0, None],
        ["survey-2-optout", "fact", "optout", None, 0.0, None],
        ["survey-2-origin", "origin", "origin", None, None, "organic"],
        ["survey-2-rolefact[no_incentive]", "fact", "no_incentive", None, 4.0, None],
        ["survey-2-wishes[data]", "wish", "data", None, 1.0, None],
    ]
    assert set(found["unit"]) == {"7"}
    assert set(found["role"]) == {"studievägledare"}
    assert set(found["weight"]) == {1.0}
    assert set(found["file"]) == {"survey.csv"}


def value_of(tmp_path, name: str, answer: str, **changes: object) -> float:
    """The value of one answer under a protocol whose item is changed so."""
    responses = ({**RESPONSES[0], name: answer}, *RESPONSES[1:])
    found = read(write(tmp_path, tiny() | {"survey.csv": survey_csv(responses)}))
    items = tuple(
        dataclasses.replace(item, **changes) if item.item == name else item
        for item in PROTOCOL.items
    )
    evidence = gather(found, dataclasses.replace(PROTOCOL, items=items))
    return evidence.set_index("evidence_id").loc[f"survey-2-{name}", "value"]


@pytest.mark.parametrize(
    ("answer", "plain", "reverse"),
    [("1", 0, 3), ("2", 0.75, 2.25), ("3", 1.5, 1.5), ("4", 2.25, 0.75), ("5", 3, 0)],
)
def test_five_points_become_levels_from_0_to_3(answer, plain, reverse, tmp_path):
    assert value_of(tmp_path / "a", "cond[interest]", answer) == plain
    assert value_of(tmp_path / "b", "cond[interest]", answer, reversed=True) == reverse


@pytest.mark.parametrize(("answer", "reverse"), [("1", 5), ("4", 2), ("5", 1)])
def test_five_point_facts_stay_as_given_unless_reversed(answer, reverse, tmp_path):
    assert value_of(tmp_path / "a", "rolefact[role_problem]", answer) == float(answer)
    assert value_of(tmp_path / "b", "rolefact[role_problem]", answer, reversed=True) == reverse


@pytest.mark.parametrize(("answer", "fact", "level"), [("Y", 1, 3), ("N", 0, 0)])
def test_yes_and_no_are_3_and_0_for_an_indicator_and_1_and_0_for_a_fact(
    answer, fact, level, tmp_path
):
    assert value_of(tmp_path / "a", "optout", answer) == fact
    assert value_of(tmp_path / "b", "optout", answer, kind="indicator", key="mandate") == level
    assert value_of(tmp_path / "c", "optout", answer, reversed=True) == 1 - fact


@pytest.mark.parametrize("level", ["0", "1", "2", "3"])
def test_level_items_are_as_they_stand_by_value_or_by_code(level, tmp_path):
    assert value_of(tmp_path / "a", "cond[staffing]", level) == float(level)
    assert value_of(tmp_path / "b", "cond[staffing]", f"A{level}") == float(level)


def test_respondents_are_interviews_and_all_responses(raw):
    assert rows(
        respondents(raw), "department_id", "instrument", "respondent", "role", "left_out"
    ) == [
        ["ABC-1", "interview", "i1", "prefekt", None],
        ["ABC-1", "survey", "7", "studievägledare", None],
        ["ÅÄÖ-22", "interview", "i2", None, None],
        ["ÅÄÖ-22", "survey", "8", None, "incomplete"],
        ["ÅÄÖ-22", "survey", "9", None, "blank"],
        [None, "survey", "10", None, "incomplete"],
    ]


def test_the_role_of_an_interview_is_the_first_that_is_given(tmp_path):
    files = tiny()
    files["interviews.csv"] = files["interviews.csv"].replace("prefekt", "", 1)
    found = respondents(read(write(tmp_path, files)))
    assert found.set_index("respondent").loc["i1", "role"] == "prefekt"


@pytest.mark.parametrize("kept", ["interviews.csv", "workshop.csv", "survey.csv"])
def test_one_instrument_alone_is_a_study(kept, tmp_path):
    files = tiny()
    others = {"interviews.csv", "workshop.csv", "survey.csv"} - {kept}
    files |= {name: files[name].splitlines()[0] for name in others}
    found = gather(read(write(tmp_path, files)), PROTOCOL)
    assert set(found["file"]) == {kept}
