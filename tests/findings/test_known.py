"""What is known of a department, from the evidence, the respondents and the register."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
import pytest
from builders import answered, coded, evidence_of, note, su_2020

from mapping.constructs import constructs
from mapping.criteria import criteria
from mapping.findings import findings
from mapping.findings.known import REGISTER, Known, known
from mapping.indicators import indicators
from mapping.protocol import Protocol
from mapping.schemas import TABLES, conform
from mapping.tiers import tiers

PROTOCOL = su_2020()
Row = dict[str, object]


@dataclass(frozen=True)
class Fieldwork:
    start: date = date(2019, 12, 1)
    end: date = date(2020, 4, 30)


@dataclass(frozen=True)
class Settings:
    fieldwork: Fieldwork = Fieldwork()


@dataclass(frozen=True)
class Made:
    """A study with these tables; the rest follows from them."""

    evidence: pd.DataFrame
    respondents: pd.DataFrame
    departments: pd.DataFrame
    protocol: Protocol = PROTOCOL
    settings: Settings = Settings()

    @cached_property
    def known(self) -> Known:
        return known(self)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        return indicators(self.evidence, self.protocol)

    @property
    def constructs(self) -> pd.DataFrame:
        return constructs(self.indicators, self.protocol)

    @property
    def tiers(self) -> pd.DataFrame:
        return tiers(self.indicators, self.departments, self.protocol)

    @property
    def criteria(self) -> pd.DataFrame:
        return criteria(self.indicators, self.protocol)


def respondent(
    department: str, name: str, role: str | None = None, left_out: str | None = None,
    instrument: str = "survey",
) -> Row:  # fmt: skip
    return {
        "department_id": department,
        "instrument": instrument,
        "respondent": name,
        "role": role,
        "left_out": left_out,
    }


def told_by(*rows: Row) -> pd.DataFrame:
    columns = list(TABLES["respondents"].columns)
    blank = dict.fromkeys(columns)
    return conform(pd.DataFrame([blank | row for row in rows], columns=columns), "respondents")


def register_of(**departments: dict[str, float]) -> pd.DataFrame:
    blank = dict.fromkeys(REGISTER)
    rows = [blank | {"department_id": key, "name": key} | row for key, row in departments.items()]
    frame = pd.DataFrame(rows).astype({"department_id": "string"})
    return frame.astype(dict.fromkeys(REGISTER, "Float64"))


def study_of(
    *rows: Row,
    respondents: tuple[Row, ...] = (),
    register: dict[str, dict[str, float]] | None = None,
) -> Made:
    ids = {str(row["department_id"]): {} for row in rows} | (register or {})
    return Made(evidence_of(*rows), told_by(*respondents), register_of(**ids))


def of(department: str, study: Made) -> dict[str, Any]:
    """The known values of one department; what is unknown is None."""
    return {str(k): plain(x) for k, x in study.known.departments.loc[department].items()}


def plain(value: Any) -> Any:
    """The value in Python's own type, None if it is missing."""
    return None if pd.isna(value) else getattr(value, "item", lambda: value)()


def by_department(values: pd.Series) -> dict[str, Any]:
    return {str(department): plain(value) for department, value in values.items()}


def levels(department: str, **values: float) -> list[Row]:
    return [coded(department, "s", "c", f"{key}/{x}") for key, x in values.items()]


def test_participating_departments_only_and_the_frame_counted_whole() -> None:
    case = known(study_of(*levels("A", interest=2), register={"B": {}, "C": {}}))
    assert list(case.departments.index) == ["A"]
    assert case.frame == 3


def test_levels_support_words_and_tier() -> None:
    values = dict.fromkeys(("interest", "resources", "internal_need", "importance"), 3.0)
    row = of("A", study_of(*levels("A", colleague_support=1, management_support=2, **values)))
    assert (row["interest"], row["activity"]) == (3, None)
    assert row["support"] == 1.5
    assert row["conditions"] == 2.25
    assert (row["conditions_level"], row["needs_level"]) == ("good", "clear")
    assert (row["tier"], row["borderline"]) == ("good", False)
    assert of("A", study_of(*levels("A", colleague_support=1)))["support"] == 1


def test_unclassified_has_no_tier_and_no_border() -> None:
    row = of("A", study_of(*levels("A", interest=3)))
    assert (row["tier"], row["borderline"]) == (None, None)


def test_arrangement_origin_and_needs() -> None:
    rows = [
        coded("A", "s", "c", "arrangement/shared"),
        coded("A", "s", "c", "origin/decided"),
        coded("A", "s", "c", "need/feedback"),
        coded("A", "s", "c", "external/alumni"),
        note("A", "threat", "recruitment"),
        *levels("B", internal_need=1.4, external_need=1.9),
        *levels("C", interest=1),
    ]
    study = study_of(*rows)
    case = study.known
    values = ("arrangement", "origin", "internal", "external")
    assert [of("A", study)[key] for key in values] == ["shared", "decided", True, True]
    assert [of("B", study)[key] for key in values] == [None, None, False, False]
    assert [of("C", study)[key] for key in values] == [None] * 4
    assert [need for need in case.needs if case.needs.loc["A", need]] == ["recruitment", "feedback"]
    assert [voice for voice in case.voices if case.voices.loc["A", voice]] == ["alumni"]
    assert not case.needs.loc[["B", "C"]].to_numpy().any()


@pytest.mark.parametrize(
    ("values", "engaged"),
    [
        ({"interest": 2, "management_support": 2}, True),
        ({"interest": 1.999, "management_support": 3}, False),
        ({"interest": 3, "management_support": 1.999}, False),
        ({"interest": 0}, None),  # either unknown: in neither group
        ({"colleague_support": 0}, None),
    ],
)
def test_engaged(values: dict[str, float], engaged: bool | None) -> None:
    assert of("A", study_of(*levels("A", **values)))["engaged"] is engaged


@pytest.mark.parametrize(
    ("values", "name", "truth"),
    [
        ({"activity": 2}, "active", True),
        ({"activity": 1.999}, "active", False),
        ({"staffing": 1}, "with_officer", True),
        ({"staffing": 0.999}, "with_officer", False),
        ({"interest": 3}, "active", None),
        ({"interest": 3}, "with_officer", None),
        ({"interest": 3}, "single_officer", None),
        ({"interest": 3}, "enthusiast_dependent", None),
    ],
)
def test_groups(values: dict[str, float], name: str, truth: bool | None) -> None:
    assert of("A", study_of(*levels("A", **values)))[name] is truth


@pytest.mark.parametrize(
    ("arrangement", "single"),
    [("shared", False), ("backed", True), ("alone", True), ("self_appointed", True),
     ("nobody", False)],
)  # fmt: skip
def test_single_officer(arrangement: str, single: bool) -> None:
    study = study_of(coded("A", "s", "c", f"arrangement/{arrangement}"))
    assert of("A", study)["single_officer"] is single
    assert of("A", study)["with_officer"] is (arrangement != "nobody")


REGISTERED = {
    "A": {"students_programme": 1, "students_course": 3, "programmes": 4},
    "B": {"students_programme": 0, "students_course": 0, "programmes": 1},
    "C": {"students_programme": 5, "programmes": 9},
    "D": {"programmes": 7},
    "E": {},
}


def test_the_register_and_its_medians_over_the_whole_frame() -> None:
    study = study_of(*levels("A", interest=2), *levels("B", interest=2), register=REGISTERED)
    case = study.known
    assert of("A", study)["programme_share"] == 0.25
    assert of("B", study)["programme_share"] is None  # no students at all
    assert case.medians["programmes"] == 5.5  # of 1, 4, 7, 9; E's is unknown
    assert case.above_median("programmes").to_dict() == {"A": False, "B": False}
    assert pd.isna(case.medians["throughput"])
    assert case.at_median("throughput").isna().all()


def test_at_the_median_is_not_above_it() -> None:
    # The mean of .1 and .2 in binary numbers lies just above .15: rounding takes that away.
    turnovers = {"A": 0.15, "B": 0.1, "C": 0.2, "D": 0.1, "E": 0.2}
    register = {key: {"staff_turnover": x} for key, x in turnovers.items()}
    middle = {"A": {"staff_turnover": 0.15}, "B": register["B"], "C": register["C"]}
    for registered in (middle, {"B": register["B"], "C": register["C"], "A": {}}):
        case = known(study_of(*levels("A", interest=2), register=registered))
        assert case.medians["staff_turnover"] == 0.15
    case = known(study_of(*levels("A", interest=2), register=middle))
    assert not case.above_median("staff_turnover")["A"]
    assert case.at_median("staff_turnover")["A"]


def test_a_fact_holds_from_a_mean_answer_of_four() -> None:
    rows = [
        answered("A", "r1", "fact", "role_problem", 3.0),
        answered("A", "r2", "fact", "role_problem", 5.0),
        answered("B", "r3", "fact", "role_problem", 4.0),
        answered("B", "r4", "fact", "role_problem", 3.9),
        *levels("C", interest=1),
    ]
    case = known(study_of(*rows))
    assert by_department(case.answer("role_problem")) == {"A": 4, "B": 3.95, "C": None}
    assert by_department(case.fact("role_problem")) == {"A": True, "B": False, "C": None}


def test_a_tick_in_any_used_response_says_yes_and_none_says_no() -> None:
    rows = [
        answered("A", "r1", "fact", "applicants_more", 1.0),
        *levels("B", interest=1),
        *levels("C", interest=1),
    ]
    used = [respondent("A", "r1"), respondent("A", "r2"), respondent("B", "r3")]
    unused = [respondent("C", "r4", left_out="incomplete"),
              respondent("C", "i1", instrument="interview")]  # fmt: skip
    case = known(study_of(*rows, respondents=(*used, *unused)))
    assert by_department(case.fact("applicants_more")) == {"A": True, "B": False, "C": None}


@pytest.mark.parametrize(
    ("answers", "out"),
    [([1, 0], True), ([1, 0, 0], False), ([1], True), ([0], False), ([], None)],
)
def test_opted_out_if_half_of_the_answers_say_so(answers: list[int], out: bool | None) -> None:
    rows = [answered("A", f"r{n}", "fact", "optout", float(x)) for n, x in enumerate(answers)]
    found = known(study_of(*rows, *levels("A", interest=1))).fact("optout")["A"]
    assert (None if pd.isna(found) else bool(found)) is out


def test_a_fact_that_is_not_asked_for_is_unknown() -> None:
    items = tuple(item for item in PROTOCOL.items if item.key != "optout")
    study = replace(study_of(*levels("A", interest=1)), protocol=replace(PROTOCOL, items=items))
    assert known(study).fact("optout").isna().all()
    assert known(study).answer("optout").isna().all()


def test_wishes_are_known_where_any_box_is_ticked_and_none_is_no_wish() -> None:
    rows = [
        answered("A", "r1", "wish", "tools", 1.0),
        answered("A", "r2", "wish", "data", 1.0),
        answered("B", "r3", "wish", "none", 1.0),
        answered("C", "r4", "indicator", "interest", 1.0),
    ]
    wishes = known(study_of(*rows, respondents=(respondent("C", "r4"),))).wishes
    assert list(wishes) == ["tools", "training", "network", "data", "funding"]
    assert wishes.loc["A"].tolist() == [True, False, False, True, False]
    assert wishes.loc["B"].tolist() == [False] * 5
    assert wishes.loc["C"].isna().all()


@pytest.mark.parametrize(
    ("roles", "counsellor"),
    [
        (["Study counsellor"], True),
        (["STUDIEVÄGLEDARE och alumnansvarig"], True),
        (["head of department", "Studievägledare"], True),  # at least half
        (["head", "study counsellor", "lecturer"], False),
        (["study administrator"], False),
        (["study counsellor", None, None], True),  # of those who told their role
        ([None], None),
        ([], None),
    ],
)
def test_counsellor(roles: list[str | None], counsellor: bool | None) -> None:
    told = [respondent("A", f"r{n}", role) for n, role in enumerate(roles)]
    unused = respondent("A", "x", "study counsellor", left_out="blank")
    elsewhere = respondent("B", "y", "study counsellor", instrument="interview")
    rows = [*levels("A", interest=1), *levels("B", interest=1)]
    study = study_of(*rows, respondents=(*told, unused, elsewhere))
    assert of("A", study)["counsellor"] is counsellor
    assert of("B", study)["counsellor"] is True


def test_criteria_by_their_full_names() -> None:
    met = known(study_of(*levels("A", interest=2), *levels("B", staffing=0))).criteria
    assert met.loc["A", "good.interest"]
    assert not met.loc["A", "small.interest"]
    assert pd.isna(met.loc["B", "good.interest"])


THIN = {
    "one workshop note": [note("A", "strength", "interest")],
    "one answer": [answered("A", "r", "fact", "optout", 1.0)],
    "one code": [coded("A", "s", "c", "need/feedback")],
    "three departments": [row for key in "ABC" for row in levels(key, interest=2, activity=1)],
}


@pytest.mark.parametrize("rows", THIN.values(), ids=THIN)
def test_every_finding_has_a_verdict_however_little_is_known(rows: list[Row]) -> None:
    table = findings(study_of(*rows)).set_index("finding")
    assert list(table.index) == sorted(PROTOCOL.statements)
    shares = [key for key, finding in PROTOCOL.statements.items() if isinstance(finding.word, str)]
    family = list(PROTOCOL.finding_rules.family)
    assert set(table.loc[shares + family, "verdict"]) == {"not_assessable"}
