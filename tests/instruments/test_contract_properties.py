"""The data contract over drawn years: every form means the same, every bad cell is one problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import contract_years as drawn
import pandas as pd
import pytest
from contract_years import DEPARTMENTS, INTERVIEWS, SURVEY, TYPES, WORKSHOP, Tables
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from raw_years import PROTOCOL, STUDY

from mapping.errors import DataError, Problem
from mapping.instruments import RawYear, parse_settings, parse_year

SETTINGS = parse_settings(STUDY.encode(), "2020")
FRAMES = {DEPARTMENTS: "departments", INTERVIEWS: "interviews", WORKSHOP: "workshop"}

cheap = settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # to make a failure smaller takes minutes
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def read(contents: Mapping[str, bytes]) -> RawYear:
    return parse_year(contents, PROTOCOL, SETTINGS)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A record for each row, missing values as None, without its place."""
    plain = frame.drop(columns=["file", "row"]).astype(object)
    return plain.where(plain.notna(), None).to_dict("records")


@cheap
@given(tables=drawn.years())
def test_a_plain_year_is_read_as_the_contract_says(tables):
    raw = read(drawn.plain_year(tables))
    for name, frame in FRAMES.items():
        assert records(getattr(raw, frame)) == drawn.meant(tables, name)
    assert records(raw.survey) == drawn.responses_meant(tables)
    assert raw.respondents["response"].tolist() == [row["id"] for row in tables[SURVEY]]


@cheap
@given(data=st.data(), tables=drawn.years())
def test_every_accepted_form_gives_the_frames_of_the_plain_one(data, tables):
    plain = read(drawn.plain_year(tables))
    forms = data.draw(drawn.forms(tables), "forms")
    found = read({name: form.data for name, form in forms.items()})
    for name, frame in (*FRAMES.items(), (SURVEY, "survey"), (SURVEY, "respondents")):
        expected = getattr(plain, frame).copy()
        expected["row"] = [forms[name].rows[row - 2] for row in expected["row"]]
        assert_frame_equal(getattr(found, frame), expected.astype({"row": "Int64"}))


# --- bad cells --------------------------------------------------------------------------------

NO_COUNT = ("-1", "1.5", "x", "1e3", "\N{FULLWIDTH DIGIT ONE}", "1 000", "1" * 10)
NO_SHARE = ("-0.1", "1.01", "25 %", "nan", "inf", "0x1", "1_0", "1e400", "-", "0..5")
NO_AMOUNT = ("-1", "nan", "inf", "1 000", "1e400", "x")
NO_DAY = (
    *("", "2019-12-01", "2020-05-01", "2020-02-30", "20200115", "15/1/2020", "43845"),
    *("2020-1-5", "x", "\N{ARABIC-INDIC DIGIT TWO}020-01-15", "2020-01-15x"),
)
NO_DEPARTMENT = ("", "zz-1", "ZZ-1 ZZ-2", "ZZZZZZZZZ-1")
BAD = {
    (DEPARTMENTS, "department_id"): ("", "abc-1", "ABC1", "ABC-12345", "A-1", "ABC-1 x", "ÉÉ-1"),
    (DEPARTMENTS, "name"): ("",),
    **{(DEPARTMENTS, column): NO_COUNT for column in drawn.COUNTS},
    **{(DEPARTMENTS, column): NO_SHARE for column in drawn.SHARES},
    **{(DEPARTMENTS, column): NO_AMOUNT for column in drawn.AMOUNTS},
    (INTERVIEWS, "segment_id"): ("",),
    (INTERVIEWS, "interview_id"): ("",),
    (INTERVIEWS, "department_id"): NO_DEPARTMENT,
    (INTERVIEWS, "date"): (*NO_DAY, "2020-01-15 10:00"),
    (INTERVIEWS, "coder"): ("",),
    (INTERVIEWS, "code"): ("", "interest/4", "Interest/2", "interest", "need"),
    (WORKSHOP, "item_id"): ("",),
    (WORKSHOP, "department_id"): NO_DEPARTMENT,
    (WORKSHOP, "date"): (*NO_DAY, "2020-01-15 10:00"),
    (WORKSHOP, "quadrant"): ("", "styrkan", "x", "strength weakness"),
    (WORKSHOP, "theme"): ("", "interest/2", "Interest", "staffing"),
    (WORKSHOP, "votes"): NO_COUNT,
    (SURVEY, "id"): ("",),
    (SURVEY, "department"): NO_DEPARTMENT[1:],
    (SURVEY, "submitdate"): (
        *NO_DAY[1:],
        *("2020-01-15 25:00:00", "2020-01-15 10:60", "2020-01-15 10:00:61", "2020-01-15 10"),
    ),
}
BAD_ANSWERS = {
    "likert5": ("0", "6", "3.5", "1.0", "x", "Y", "01"),
    "multiple": ("N", "y", "1", "Ja"),
    "yes_no": ("y", "1", "Ja", "0"),
    "level": ("4", "-1", "A9", "2.0"),
    "single": ("Shared", "A9", "decided organic"),
}


BAD_UNDER_ANY_HEADING = BAD_ANSWERS | {"multiple": ("x", "3", "YN"), "yes_no": ("x", "3", "YN")}
"""Under LimeSurvey's codes its own words and numbers for yes and no are answers: Ja, 1, 0."""


def can_be_bad(tables: Tables) -> list[tuple[str, int, str]]:
    """The cells that are checked: file, number of the row, column."""
    checked = [
        (name, number, column)
        for name, column in BAD
        for number, row in enumerate(tables[name])
        if column != "submitdate" or row["submitdate"]
    ]
    return checked + [
        (SURVEY, number, item)
        for number, row in enumerate(tables[SURVEY])
        for item in TYPES
        if row["submitdate"]
    ]


def bad_text(name: str, column: str) -> st.SearchStrategy[str]:
    return st.sampled_from(BAD.get((name, column)) or BAD_UNDER_ANY_HEADING[TYPES[column]])


@cheap
@given(data=st.data(), tables=drawn.years())
def test_each_bad_cell_is_one_problem_in_its_place_and_there_is_no_other(data, tables):
    cells = st.lists(st.sampled_from(can_be_bad(tables)), min_size=1, max_size=4, unique=True)
    chosen = data.draw(cells, "cells")
    if any(cell[::2] == (DEPARTMENTS, "department_id") for cell in chosen):
        # while the register is in doubt, nobody is told that a department is not in it
        chosen = [c for c in chosen if c[0] == DEPARTMENTS or not c[2].startswith("department")]
    for name, number, column in chosen:
        tables[name][number][column] = data.draw(bad_text(name, column), column)
    forms = data.draw(drawn.forms(tables), "forms")
    with pytest.raises(DataError) as caught:
        read({name: form.data for name, form in forms.items()})
    expected = [(name, forms[name].rows[number], column) for name, number, column in chosen]
    assert places(caught.value.problems) == sorted(expected)


def places(problems: tuple[Problem, ...]) -> list[tuple[str, int | None, str]]:
    """Where the problems are; an item of the survey by our own heading, whatever the file's."""
    own = {heading(item): item for heading in drawn.HEADINGS for item in TYPES}
    found = [(p.file, p.row, own.get(p.column, p.column)) for p in problems]
    assert all(problem.expected and problem.remedy for problem in problems)
    return sorted(found)


def test_where_no_date_is_one_the_other_cells_are_told_all_the_same():
    """One for each of a few dates; under LimeSurvey's codes, one for all of many."""
    tables = small_year()
    (good,) = tables[SURVEY]
    bad = good | {"submitdate": "15/1/2020", "cond[interest]": "6"}
    for many, dates in ((2, [2, 3]), (4, [2])):
        tables[SURVEY] = [bad | {"id": str(number)} for number in range(many)]
        coded = drawn.plain_year(tables)[SURVEY].decode()
        for item, code in drawn.ITEM_CODES.items():
            coded = coded.replace(f'"{item}"', f'"{code}"', 1)
        with pytest.raises(DataError) as caught:
            read(drawn.plain_year(tables) | {SURVEY: coded.encode()})
        answers = [(SURVEY, row, "cond[interest]") for row in range(2, many + 2)]
        expected = answers + [(SURVEY, row, "submitdate") for row in dates]
        assert places(caught.value.problems) == sorted(expected)


@pytest.mark.parametrize("name", drawn.COLUMNS)
def test_every_kind_of_bad_cell_is_a_problem_of_its_row(name):
    """A row for each, all of them at once; no two are of the same segment, note or response."""
    kinds = [(column, text) for (file, column) in BAD if file == name for text in BAD[file, column]]
    if name == SURVEY:
        kinds += [(item, text) for item, kind in TYPES.items() for text in BAD_ANSWERS[kind]]
    tables = small_year()
    (good,) = tables[name]
    unique = drawn.COLUMNS[name][0]
    tables[name] = [
        good | ({} if name == DEPARTMENTS else {unique: f"one {number}"}) | {column: text}
        for number, (column, text) in enumerate(kinds)
    ]
    if name == DEPARTMENTS:
        for number, row in enumerate(tables[name]):
            row["department_id"] = row["department_id"].replace("AB-2", f"AB-{number}")
    with pytest.raises(DataError) as caught:
        read(drawn.plain_year(tables))
    found = [(p.file, p.row, p.column) for p in caught.value.problems]
    assert found == [(name, row, column) for row, (column, _) in enumerate(kinds, start=2)]


def small_year() -> Tables:
    """One row of each file."""
    cells = {
        DEPARTMENTS: {"department_id": "AB-2", "name": "Beta"},
        INTERVIEWS: dict(zip(drawn.COLUMNS[INTERVIEWS], INTERVIEW, strict=True)),
        WORKSHOP: dict(zip(drawn.COLUMNS[WORKSHOP], NOTE, strict=True)),
        SURVEY: {"id": "7", "submitdate": "2020-01-15", "department": "AB-2", "optout": "Y"},
    }
    return {name: [dict.fromkeys(drawn.COLUMNS[name], "") | row] for name, row in cells.items()}


INTERVIEW = ("s1", "i1", "AB-2", "2020-01-15", "", "Ann", "interest/2", "x")
NOTE = ("n1", "AB-2", "2020-01-15", "threat", "other", "", "x")
