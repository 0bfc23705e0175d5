"""Corrections of a tiny year: what they change, and every way in which one can be wrong."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from raw_years import DEPARTMENTS, INTERVIEWS, PROTOCOL, problems, read, survey_csv, tiny, write

from mapping import evidence, indicators
from mapping.errors import Problem, errors_csv
from mapping.instruments import RawYear

NAME = "corrections.csv"
HEADER = "file,key,column,old,new,reason,date"
D, I, W, S = "departments.csv", "interviews.csv", "workshop.csv", "survey.csv"  # noqa: E741
END = "the head's letter,2020-06-01"


def corrections(*rows: str) -> dict[str, str]:
    """A corrections.csv of these rows: the first five cells, or all of them."""
    whole = [row if row.count(",") >= 6 else f"{row},{END}" for row in rows]
    return {NAME: "\n".join([HEADER, *whole]) + "\n"}


def corrected(folder: Path, *rows: str, **files: str) -> RawYear:
    return read(write(folder, tiny() | files | corrections(*rows)))


def wrong(folder: Path, *rows: str) -> tuple[Problem, ...]:
    return problems(folder, tiny() | corrections(*rows))


def places(found: tuple[Problem, ...]) -> list[tuple[str, int | None, str, str]]:
    return [(p.file, p.row, p.column, p.value) for p in found]


# --- what they change -----------------------------------------------------------------------


def test_a_correction_of_each_file_is_what_was_read(tmp_path):
    raw = corrected(
        tmp_path,
        f"{D},ABC-1,staff_fte,20.5,22",
        f"{I},s2,code,need/feedback,need/recruitment",
        f"{W},n1,quadrant,strength,svaghet",
        f"{S},7,cond[interest],5,2",
    )
    assert raw.departments.loc[0, "staff_fte"] == 22
    codes = ["interest/2", "interest/3", "need/recruitment", "arrangement/alone"]
    assert raw.interviews["code"].tolist() == [*codes, "external/students"]
    assert raw.workshop["quadrant"].tolist() == ["weakness", "threat", "weakness"]
    assert raw.survey["cond[interest]"].tolist() == [2]


def test_nothing_else_changes(tmp_path):
    plain = read(write(tmp_path / "plain", tiny()))
    raw = corrected(tmp_path, f"{D},ABC-1,name,Alfa,Alpha")
    assert_frame_equal(raw.departments.assign(name=plain.departments["name"]), plain.departments)
    for name in ("interviews", "workshop", "survey", "respondents"):
        assert_frame_equal(getattr(raw, name), getattr(plain, name))


def test_the_files_and_their_hashes_stay_as_they_were(tmp_path):
    files = tiny() | corrections(f"{D},ABC-1,staff_fte,20.5,22")
    folder = write(tmp_path, files)
    raw = read(folder)
    digests = {file.name: file.sha256 for file in raw.files}
    assert set(digests) == set(files)
    for name, text in files.items():
        assert (folder / name).read_bytes() == text.encode()
        assert digests[name] == hashlib.sha256(text.encode()).hexdigest()
    assert {file.name: file.rows for file in raw.files}[NAME] == 1


def test_a_corrected_level_changes_the_indicator(tmp_path):
    """Interest at ABC-1. Interview: coders 2 and 3, mean 2.5. Workshop: a strength, 3. Survey: 5
    of 5, so 3. Mean of the instruments 17/6. Corrected to 2 of 5, (2 - 1) * 3 / 4 = 0.75, the
    mean is (2.5 + 3 + 0.75) / 3."""

    def interest(raw: RawYear) -> float:
        table = indicators.indicators(evidence.gather(raw, PROTOCOL), PROTOCOL)
        there = (table["department_id"] == "ABC-1") & (table["indicator"] == "interest")
        return table.loc[there, "survey"].item()

    assert interest(read(write(tmp_path / "plain", tiny()))) == 3
    assert interest(corrected(tmp_path, f"{S},7,cond[interest],5,2")) == 0.75


def test_every_coder_who_gave_the_code_is_corrected(tmp_path):
    files = {I: INTERVIEWS.replace("interest/3", "interest/2")}
    raw = corrected(tmp_path, f"{I},s1,code,interest/2,interest/1", **files)
    assert raw.interviews["code"].tolist()[:2] == ["interest/1", "interest/1"]


def test_a_code_is_corrected_only_where_it_is_the_old_one(tmp_path):
    raw = corrected(tmp_path, f"{I},s1,code,interest/3,interest/1")
    assert raw.interviews["code"].tolist()[:2] == ["interest/2", "interest/1"]


def test_two_codes_of_a_segment_may_be_corrected_even_exchanged(tmp_path):
    raw = corrected(
        tmp_path,
        f"{I},s1,code,interest/3,interest/2",
        f"{I},s1,code,interest/2,interest/3",
    )
    assert raw.interviews["code"].tolist()[:2] == ["interest/3", "interest/2"]


def test_a_wrong_cell_that_is_corrected_is_no_error(tmp_path):
    files = {I: INTERVIEWS.replace("interest/2", "intrest/2"), W: tiny()[W].replace(",3,", ",x,")}
    rows = (f"{I},s1,code,intrest/2,interest/2", f"{W},n1,votes,x,3")
    plain = read(write(tmp_path / "plain", tiny()))
    raw = corrected(tmp_path, *rows, **files)
    assert_frame_equal(raw.interviews, plain.interviews)
    assert_frame_equal(raw.workshop, plain.workshop)


def test_blank_is_a_value_on_both_sides(tmp_path):
    raw = corrected(tmp_path, f"{D},ABC-1,staff_fte,20.5,", f"{D},ÅÄÖ-22,programmes,,4")
    assert pd.isna(raw.departments.loc[0, "staff_fte"])
    assert raw.departments.loc[1, "programmes"] == 4


def test_a_response_may_be_made_completed_or_moved(tmp_path):
    raw = corrected(
        tmp_path,
        f"{S},8,submitdate,,2020-03-02",
        f"{S},8,cond[interest],not an answer,4",
        f"{S},7,department,ABC-1,ÅÄÖ-22",
    )
    assert raw.survey[["response", "department_id", "cond[interest]"]].to_numpy().tolist() == [
        ["7", "ÅÄÖ-22", 5],
        ["8", "ÅÄÖ-22", 4],
    ]


def test_confidential_columns_may_be_corrected_and_are_not_kept(tmp_path):
    header, first, second = DEPARTMENTS.splitlines()
    files = {D: f"{header},contact\n{first},anna@example.org\n{second},\n"}
    raw = corrected(
        tmp_path,
        f"{D},ABC-1,contact,anna@example.org,bo@example.org",
        f"{S},7,role,studievägledare,prefekt",
        f"{I},s3,respondent_role,,ställföreträdare",
        f"{I},s1,coder,Zoe,Zoé",
        **files,
    )
    assert raw.contacts == {"ABC-1": "bo@example.org"}
    assert raw.survey["role"].tolist() == ["prefekt"]
    assert raw.interviews["role"].tolist()[3] == "ställföreträdare"
    assert raw.interviews["coder"].tolist()[0] == "Zoé"
    assert raw.corrections[["old", "new"]].isna().all(axis=None)
    assert not any(name in repr(raw) for name in ("anna@", "bo@"))


def test_the_corrections_are_kept_as_read(tmp_path):
    raw = corrected(tmp_path, f"{D},ABC-1,staff_fte,20.5,", f"{S},7,optout,N,Y,'=fel',2019-12-02")
    assert raw.corrections.drop(columns=["date", "row"]).to_numpy().tolist() == [
        [D, "ABC-1", "staff_fte", "20.5", "", "the head's letter"],
        [S, "7", "optout", "N", "Y", "=fel'"],
    ]
    assert raw.corrections["date"].tolist() == [datetime(2020, 6, 1), datetime(2019, 12, 2)]
    assert raw.corrections["row"].tolist() == [2, 3]


def test_without_the_file_or_with_its_header_alone_there_are_none(tmp_path):
    without = read(write(tmp_path / "without", tiny()))
    header = corrected(tmp_path)
    for raw in (without, header):
        assert raw.corrections.columns.tolist() == [*HEADER.split(","), "row"]
        assert raw.corrections.empty
    assert_frame_equal(without.departments, header.departments)


# --- forms ----------------------------------------------------------------------------------


def test_a_file_of_excel_with_decimal_commas_masks_and_blanks(tmp_path):
    text = (
        "\ufeffreason;date;file;key;column;old;new;remark\r\n"
        "x;2020-06-01;departments.csv; ABC-1 ;advanced_share;0,25;0,5;-\r\n"
        "y;2020-06-01;departments.csv;ABC-1;name;Alfa;'=Alpha, the first;-\r\n\r\n"
    )
    raw = read(write(tmp_path, tiny() | {NAME: text}))
    assert raw.departments.loc[0, ["advanced_share", "name"]].tolist() == [0.5, "=Alpha, the first"]
    assert {file.name: file.extra_columns for file in raw.files}[NAME] == ("remark",)


def test_a_comma_file_corrects_a_file_with_decimal_commas(tmp_path):
    departments = DEPARTMENTS.replace(",", ";").replace("0.25", "0,25").replace("20.5", "20,5")
    rows = (f'{D},ABC-1,advanced_share,"0,25",0.5', f'{D},ABC-1,staff_fte,20.5,"21,5"')
    text = "\n".join([HEADER, *(f"{row},{END}" for row in rows)])
    raw = read(write(tmp_path, tiny() | {D: departments, NAME: text}))
    assert raw.departments.loc[0, ["advanced_share", "staff_fte"]].tolist() == [0.5, 21.5]


def test_a_comma_is_no_point_in_a_text(tmp_path):
    text = f"{HEADER.replace(',', ';')}\n{D};ABC-1;name;Alfa;Alfa, ny;x;2020-06-01"
    raw = read(write(tmp_path, tiny() | {NAME: text}))
    assert raw.departments.loc[0, "name"] == "Alfa, ny"


def test_a_decomposed_letter_is_the_same_letter(tmp_path):
    raw = corrected(tmp_path, f"{D},A\u030aA\u0308O\u0308-22,name,Beta,Gamma")
    assert raw.departments.loc[1, "name"] == "Gamma"


@pytest.mark.parametrize("name", ["cond[inter]", "cond[interest]"])
def test_a_column_goes_by_the_heading_of_its_file_or_by_ours(tmp_path, name):
    codes = {item.item: item.limesurvey_code for item in PROTOCOL.items}
    header, *rows = survey_csv().splitlines()
    coded = ",".join(codes.get(name, name) for name in header.split(","))
    files = {S: "\n".join([coded, *rows])}
    raw = corrected(tmp_path, f"{S},7,{name},5,2", **files)
    assert raw.survey["cond[interest]"].tolist() == [2]
    assert raw.corrections["column"].tolist() == ["cond[interest]"]


@pytest.mark.parametrize("name", ["interviews.csv", "Taguette bo.csv", "interviews-2.csv"])
def test_a_file_goes_by_its_own_name_or_that_in_results(tmp_path, name):
    files = tiny() | {"documents.csv": "document,department_id,date\na,ABC-1,2020-01-15\n"}
    del files["interviews.csv"]
    table = "id,document,tag,content\n1,a,{},ord\n"
    files |= {
        "Taguette ada.csv": table.format("interest/1"),
        "Taguette bo.csv": table.format("interest/2"),
    }
    segment = read(write(tmp_path / "plain", files)).interviews["segment_id"][0]
    row = f"{name},{segment},code,interest/2,interest/3"
    raw = read(write(tmp_path, files | corrections(row)))
    assert raw.interviews["code"].tolist() == ["interest/1", "interest/3"]


# --- what can be wrong ----------------------------------------------------------------------

# the row, and the place of its one problem: column, value shown, what its sentence says
ERRORS = {
    "file-unknown": ("survy.csv,7,optout,N,Y", "file", "survy.csv", "Did you mean 'survey.csv'?"),
    "file-that-cannot-be": ("study.toml,2020,year,2020,2021", "file", "study.toml", "workshop.csv"),
    "file-blank": (",7,optout,N,Y", "file", "", "departments.csv"),
    "key-blank": (f"{S},,optout,N,Y", "key", "", "the id of the row"),
    "key-unknown": (f"{S},77,optout,N,Y", "key", "77", "the id of a row in survey.csv"),
    "key-of-another-file": (f"{W},s1,votes,3,4", "key", "s1", "item_id of a row in workshop.csv"),
    "column-blank": (f"{S},7,,N,Y", "column", "", "the column that is corrected"),
    "column-unknown": (f"{S},7,optuot,N,Y", "column", "optuot", "Did you mean 'optout'?"),
    "column-of-another-file": (f"{S},7,votes,N,Y", "column", "votes", "survey.csv that is used"),
    "contact-that-is-not-there": (f"{D},ABC-1,contact,,x", "column", "contact", "that is used"),
    "own-id": (f"{D},ABC-1,department_id,ABC-1,ABD-1", "column", "department_id", "no id"),
    "response-id": (f"{S},7,id,7,77", "column", "id", "no id"),
    "segment-id": (f"{I},s1,segment_id,s1,s2", "column", "segment_id", "no id"),
    "interview-id": (f"{I},s1,interview_id,i1,i2", "column", "interview_id", "no id"),
    "item-id": (f"{W},n1,item_id,n1,n9", "column", "item_id", "no id"),
    "excerpt": (f"{I},s2,excerpt,hemligt,öppet", "column", "excerpt", "is never read"),
    "statement": (f"{W},n1,statement,hemligt,öppet", "column", "statement", "is never read"),
    "old-differs": (f"{D},ABC-1,staff_fte,20.50,22", "old", "20.50",
                    "departments.csv, row 2, column staff_fte: 20.5."),
    "old-differs-by-case": (f"{D},ABC-1,name,alfa,Alpha", "old", "alfa", "column name: Alfa."),
    "old-blank": (f"{D},ABC-1,staff_fte,,22", "old", "a blank cell", "staff_fte: 20.5."),
    "old-where-blank": (f"{D},ÅÄÖ-22,staff_fte,1,22", "old", "1", "staff_fte: a blank cell."),
    "old-of-no-coder": (f"{I},s1,code,interest/1,interest/0", "old", "interest/1",
                        "row 2, 3, column code: interest/2 or interest/3."),
    "old-comma-in-text": (f'{D},ABC-1,name,"Al,fa",Alpha', "old", "Al,fa", "column name: Alfa."),
    "new-the-same": (f"{W},n1,votes,3,3", "new", "3", "another value than the old one"),
    "new-no-number": (f"{W},n1,votes,3,-4", "new", "-4",
                      "0 or more, or blank (workshop.csv, row 2, column votes)"),
    "new-share": (f"{D},ABC-1,advanced_share,0.25,1.5", "new", "1.5", "a share from 0 to 1"),
    "new-code": (f"{I},s2,code,need/feedback,need/feedbakc", "new", "need/feedbakc",
                 "Did you mean 'need/feedback'?"),
    "new-department": (f"{S},7,department,ABC-1,ABD-1", "new", "ABD-1", "of departments.csv"),
    "new-date": (f"{W},n1,date,2020-02-01,2020-05-01", "new", "2020-05-01", "to 2020-04-30"),
    "new-name-blank": (f"{D},ABC-1,name,Alfa,", "new", "a blank cell", "the department's name"),
    "new-answer": (f"{S},7,cond[interest],5,6", "new", "6", "survey.csv, row 2"),
    "reason-blank": (f"{W},n1,votes,3,4,,2020-06-01", "reason", "", "why it is corrected"),
    "date-blank": (f"{W},n1,votes,3,4,x,", "date", "", "2019-12-02 or later"),
    "date-form": (f"{W},n1,votes,3,4,x,1/6/2020", "date", "1/6/2020", "YYYY-MM-DD"),
    "date-early": (f"{W},n1,votes,3,4,x,2019-12-01", "date", "2019-12-01", "2019-12-02 or later"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ERRORS)
def test_each_error_is_one_problem_in_its_place(kind, tmp_path):
    row, column, value, said = ERRORS[kind]
    (problem,) = wrong(tmp_path, f"{W},n3,votes,0,1", row)
    assert (problem.file, problem.row, problem.column) == (NAME, 3, column)
    assert problem.value == value
    assert said in problem.sentence()
    assert problem.expected
    assert problem.remedy


def test_a_correction_of_the_first_day_is_in_time(tmp_path):
    assert wrong(tmp_path, f"{W},n1,votes,3,4,x,2019-12-02") == ()


def test_a_cell_is_corrected_once(tmp_path):
    for number, second in enumerate(("3,5", "4,5")):
        (problem,) = wrong(tmp_path / str(number), f"{W},n1,votes,3,4", f"{W},n1,votes,{second}")
        assert places((problem,)) == [(NAME, 3, "key", "n1")]
        assert "also corrected in row 2" in problem.sentence()


def test_a_code_of_a_segment_is_corrected_once(tmp_path):
    rows = (f"{I},s1,code,interest/3,interest/1", f"{I},s1,code,interest/3,interest/0")
    (problem,) = wrong(tmp_path, *rows)
    assert places((problem,)) == [(NAME, 3, "key", "s1")]


def test_a_wrong_code_of_two_coders_is_one_problem_for_each_row_of_the_file(tmp_path):
    files = tiny() | {I: INTERVIEWS.replace("interest/3", "interest/2")}
    found = problems(tmp_path, files | corrections(f"{I},s1,code,interest/2,interest/9"))
    assert places(found) == [(NAME, 2, "new", "interest/9")] * 2
    assert ["row 2" in found[0].expected, "row 3" in found[1].expected] == [True, True]


def test_a_code_that_the_coder_has_given_already_is_a_problem_of_the_correction(tmp_path):
    more = "s1,i1,ABC-1,2020-01-15,prefekt,Ann,need/other,\n"
    files = tiny() | {I: INTERVIEWS + more}
    row = f"{I},s1,code,need/other,interest/3"
    (problem,) = problems(tmp_path, files | corrections(row))
    assert places((problem,)) == [(NAME, 2, "new", "interest/3")]
    assert "also in row 3" in problem.expected


def test_a_row_that_a_correction_of_another_has_made_wrong_tells_of_it(tmp_path):
    """Told of the later row, which nobody corrected."""
    more = "s1,i1,ABC-1,2020-01-15,prefekt,Ann,need/other,\n"
    files = tiny() | {I: INTERVIEWS + more}
    (problem,) = problems(
        tmp_path, files | corrections(f"{W},n1,votes,3,4", f"{I},s1,code,interest/3,need/other")
    )
    assert places((problem,)) == [(I, 7, "code", "need/other")]
    assert "It comes of a correction (corrections.csv, row 3)." in problem.remedy


def test_an_error_that_was_there_before_is_told_as_it_was(tmp_path):
    files = tiny() | {I: INTERVIEWS.replace("need/feedback", "need/x")}
    before = problems(tmp_path / "before", files)
    row = f"{I},s1,code,interest/3,interest/1"
    assert problems(tmp_path, files | corrections(row)) == before


def test_half_an_interview_at_another_department_tells_of_the_correction(tmp_path):
    (problem,) = wrong(tmp_path, f"{I},s1,department_id,ABC-1,ÅÄÖ-22")
    assert places((problem,)) == [(I, 4, "department_id", "ABC-1")]
    assert "corrections.csv, row 2" in problem.remedy


def test_a_whole_interview_may_be_moved(tmp_path):
    rows = (f"{I},s1,department_id,ABC-1,ÅÄÖ-22", f"{I},s2,department_id,ABC-1,ÅÄÖ-22")
    assert set(corrected(tmp_path, *rows).interviews["department_id"]) == {"ÅÄÖ-22"}


def test_all_problems_come_at_once_with_those_of_the_other_files(tmp_path):
    files = tiny() | {D: DEPARTMENTS.replace("0.25", "x"), W: tiny()[W].replace(",3,", ",y,")}
    found = problems(
        tmp_path,
        files
        | corrections(
            f"{W},n9,votes,y,4,,2019-01-01",
            f"{S},7,optout,N,?",
            f"{W},n1,votes,y,2",
            f"{S},7,x,1,2",
        ),
    )
    assert places(found) == [
        (NAME, 2, "date", "2019-01-01"),
        (NAME, 2, "key", "n9"),
        (NAME, 2, "reason", ""),
        (NAME, 3, "new", "?"),
        (NAME, 5, "column", "x"),
        (D, 2, "advanced_share", "x"),
    ]


# --- the file's own form, and files that cannot be read ---------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", (None, "", "")),
        (HEADER.replace("reason", "why"), (1, "reason", "")),
        (f"{HEADER},old", (1, "old", "")),
        (f"{HEADER}\n{W},n1,votes", (2, "", "3 cells")),
        (f'{HEADER}\n{W},"n1,votes,3,4,x,2020-06-01', (2, "", "")),
    ],
    ids=["empty", "column-missing", "column-twice", "cells-missing", "quote"],
)
def test_an_error_of_its_form_is_one_problem(text, place, tmp_path):
    (problem,) = problems(tmp_path, tiny() | {NAME: text})
    assert (problem.file, (problem.row, problem.column, problem.value)) == (NAME, place)


@pytest.mark.parametrize("name", [D, I, W, S])
@pytest.mark.parametrize("state", ["missing", "unreadable", "ragged"])
def test_a_file_that_cannot_be_read_is_no_error_of_its_corrections(name, state, tmp_path):
    rows = {D: "ABC-1,staff_fte,1,2", I: "s9,code,1,2", W: "n9,votes,1,2", S: "99,optout,Y,N"}
    files: dict[str, str | bytes] = dict(tiny())
    if state == "missing":
        del files[name]
    elif state == "unreadable":
        files[name] = (tiny()[name] + "å").encode("cp1252")
    else:
        files[name] = tiny()[name] + "x,y\n"
        rows[D] = "ABD-1,staff_fte,1,2"
    (problem,) = problems(tmp_path, files | corrections(f"{name},{rows[name]}"))
    assert problem.file == name


def test_a_column_that_its_file_lacks_is_an_error_of_that_file(tmp_path):
    files = tiny() | {W: tiny()[W].replace("votes", "röster")}
    (problem,) = problems(tmp_path, files | corrections(f"{W},n1,votes,3,4"))
    assert (problem.file, problem.column) == (W, "votes")


# --- confidential text --------------------------------------------------------------------------

STRAY = "Hemlig-Anna"


@pytest.mark.parametrize(
    ("row", "length"),
    [
        (f"{S},7,role,{STRAY},x", "11 characters"),
        (f"{I},s1,respondent_role,{STRAY},x", "11 characters"),
        (f"{I},s1,coder,{STRAY},x", "11 characters"),
        (f"{I},s1,coder,Zoe,", "a blank cell"),
        (f"{D},ABC-1,contact,{STRAY},x", "11 characters"),
        (f"{D},ABC-1,contact,Hemlig-Karin,Hemlig-Karin", "12 characters"),
        (f"{I},s1,excerpt,{STRAY},{STRAY}", "excerpt"),
        (f"{W},n1,unknown,{STRAY},{STRAY}", "unknown"),
        (f"{W},n1,votes,3,4,{STRAY},when", "when"),
        (f"{W},n1,{STRAY * 9},3,4", "99 characters"),
        (f"{W},{STRAY * 9},votes,3,4", "99 characters"),
        (f"{W},n1,theme,{STRAY * 9},interest", "99 characters"),
    ],
)
def test_a_problem_tells_of_confidential_text_only_its_length(row, length, tmp_path):
    header, *rest = DEPARTMENTS.splitlines()
    texts = [f"{header},contact", *(f"{line},Hemlig-Karin" for line in rest)]
    survey = survey_csv().replace("studievägledare", "Hemlig-Bo")
    coded = INTERVIEWS.replace("prefekt", "Hemlig-Bo").replace("hemligt", "Hemlig-Bo")
    files = tiny() | {D: "\n".join(texts), S: survey, I: coded}
    (problem,) = problems(tmp_path, files | corrections(row))
    assert problem.value == length
    told = errors_csv((problem,)) + problem.sentence()
    assert "Hemlig" not in told


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    cells=st.lists(
        st.text(alphabet=st.characters(exclude_characters='"'), max_size=8)
        | st.sampled_from([D, I, W, S, "ABC-1", "s1", "n1", "7", "code", "votes", "3", "optout"]),
        min_size=7,
        max_size=7,
    )
)
def test_any_row_gives_frames_or_problems_and_no_other_error(cells, tmp_path_factory):
    row = ",".join(f'"{cell}"' for cell in cells)
    content = f"{HEADER}\n{row}\n".encode("utf-8", "surrogatepass")
    found = problems(tmp_path_factory.mktemp("any"), tiny() | {NAME: content})
    assert len(set(found)) == len(found)
    assert all(problem.expected and problem.remedy for problem in found)
