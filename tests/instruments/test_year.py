"""A year's raw folder: accepted forms give the same frames, each error one problem in its place."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from raw_years import (
    DEPARTMENTS,
    INTERVIEWS,
    ITEMS,
    PROTOCOL,
    RESPONSES,
    WORKSHOP,
    changed,
    problems,
    read,
    survey_csv,
    tiny,
    write,
)

from mapping.errors import DataError, errors_csv
from mapping.instruments import RawYear, read_settings, read_year
from mapping.protocol import load_protocol

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> RawYear:
    return read(write(tmp_path_factory.mktemp("plain"), tiny()))


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_departments_are_typed_and_blank_is_missing(plain):
    frame = plain.departments
    assert frame["department_id"].tolist() == ["ABC-1", "ÅÄÖ-22"]
    assert frame.loc[0].drop(["file"]).tolist() == [
        "ABC-1", "Alfa", "Norra", 100, 50, 0.25, 3, 20.5, 0.4, 0.1, 2.5, 0.8, 2,
    ]  # fmt: skip
    assert frame.loc[1].drop(["department_id", "name", "file", "row"]).isna().all()
    types = frame.dtypes.astype(str).to_dict()
    assert {types[c] for c in ("students_programme", "students_course", "programmes")} == {"Int64"}
    assert {types[c] for c in ("advanced_share", "staff_fte", "throughput")} == {"float64"}
    assert {types[c] for c in ("department_id", "name", "faculty")} == {"string"}


def test_interviews_are_rows_of_segment_coder_and_code_without_excerpt(plain):
    frame = plain.interviews
    columns = ["segment_id", "interview_id", "department_id", "role", "coder", "code", "row"]
    assert frame[columns].fillna("-").to_numpy().tolist() == [
        ["s1", "i1", "ABC-1", "prefekt", "Zoe", "interest/2", 2],
        ["s1", "i1", "ABC-1", "prefekt", "Ann", "interest/3", 3],
        ["s2", "i1", "ABC-1", "prefekt", "Ann", "need/feedback", 4],
        ["s3", "i2", "ÅÄÖ-22", "-", "Ann", "arrangement/alone", 5],
        ["s4", "i2", "ÅÄÖ-22", "-", "Ann", "external/students", 6],
    ]
    assert frame["date"].tolist()[:1] == [day("2020-01-15")]
    assert set(frame["file"]) == {"interviews.csv"}


def test_workshop_notes_have_quadrants_and_votes(plain):
    frame = plain.workshop[["item_id", "department_id", "quadrant", "theme", "votes", "row"]]
    assert frame.to_numpy().tolist() == [
        ["n1", "ABC-1", "strength", "interest", 3, 2],
        ["n2", "ABC-1", "threat", "other", 0, 3],
        ["n3", "ÅÄÖ-22", "weakness", "recruitment", 0, 4],
    ]


def test_a_response_is_used_if_completed_with_any_answer(plain):
    (used,) = plain.survey.to_dict("records")
    assert (used["response"], used["department_id"], used["row"]) == ("7", "ABC-1", 2)
    assert used["date"] == day("2020-04-30")
    assert (used["cond[interest]"], used["cond[staffing]"]) == (5.0, 2.0)
    assert (used["needs[feedback]"], used["optout"]) == (True, False)
    assert (used["arrangement"], used["origin"]) == ("backed", "organic")
    blank = [item for item in ITEMS if pd.isna(used[item])]
    assert len(blank) == len(ITEMS) - 11


def test_every_response_is_kept_with_the_reason_why_it_is_left_out(plain):
    columns = ["response", "department_id", "left_out", "row"]
    assert plain.respondents[columns].fillna("-").to_numpy().tolist() == [
        ["7", "ABC-1", "-", 2],
        ["8", "ÅÄÖ-22", "incomplete", 3],
        ["9", "ÅÄÖ-22", "blank", 4],
        ["10", "-", "incomplete", 5],
    ]


def test_no_frame_keeps_confidential_text(plain):
    frames = (plain.departments, plain.interviews, plain.workshop, plain.survey)
    assert not any(frame.astype(str).eq("hemligt").any().any() for frame in frames)
    assert not any({"excerpt", "statement"} & set(frame) for frame in frames)


def test_input_files_are_hashed_counted_and_sorted(plain):
    assert [(f.name, f.rows) for f in plain.files] == [
        ("departments.csv", 2),
        ("interviews.csv", 5),
        ("study.toml", None),
        ("survey.csv", 4),
        ("workshop.csv", 3),
    ]
    digests = {f.name: f.sha256 for f in plain.files}
    for name, text in tiny().items():
        assert digests[name] == hashlib.sha256(text.encode()).hexdigest()


# --- accepted variations ----------------------------------------------------


def semicolons(text: str) -> str:
    """As Swedish Excel writes it: semicolons, decimal commas, CRLF and a byte-order mark."""
    text = text.replace('"hemligt, citat"', "hemligt citat").replace(",", ";")
    text = text.replace("0.25", "0,25").replace("20.5", "20,5").replace("0.4;0.1", "0,4;0,1")
    return "\ufeff" + text.replace("2.5;0.8", "2,5;0,8").replace("\n", "\r\n")


def limesurvey(text: str, *, underscore: bool = False) -> str:
    """The survey as LimeSurvey exports it: its codes as headings, quoted, and a blank line."""
    header, *lines = text.splitlines()
    codes = {item.item: item.limesurvey_code for item in PROTOCOL.items}
    names = [codes.get(name, name) for name in header.split(",")]
    if underscore:
        names = [name.replace("[", "_").removesuffix("]") for name in names]
    rows = [names, *(line.split(",") for line in lines)]
    coded = [["A2" if cell in ("backed", "2") else cell for cell in row] for row in rows]
    coded = [["A1" if cell == "organic" else cell for cell in row] for row in coded]
    quoted = [";".join(f'"{cell}"' for cell in row) for row in coded]
    return "\ufeff" + "\r\n".join(quoted) + "\r\n\r\n"


VARIATIONS = {
    "semicolons": {name: semicolons(text) for name, text in tiny().items() if ".csv" in name},
    "crlf": {name: text.replace("\n", "\r\n") for name, text in tiny().items()},
    "limesurvey": {"survey.csv": limesurvey(survey_csv())},
    "limesurvey-underscore": {"survey.csv": limesurvey(survey_csv(), underscore=True)},
    "masked": {"interviews.csv": INTERVIEWS.replace("ABC-1", "  ABC-1 ")},
    "extra": {"workshop.csv": WORKSHOP.replace("\n", ",x\n").replace(",x\n", ",note\n", 1)},
    "reordered": {
        "workshop.csv": "\n".join(
            ",".join(reversed(line.split(","))) for line in WORKSHOP.splitlines()
        )
    },
    "date-time": {"survey.csv": survey_csv().replace("2020-03-01", "2020-03-01T08:00:00Z")},
    "nfd": {"departments.csv": DEPARTMENTS.replace("Å", "A\u030a")},
    "votes": {"workshop.csv": WORKSHOP.replace("other,,", "other,0,")},
}
QUADRANT_FORMS = (
    "Styrka Hot Svaghet",
    "styrkor HOT Svagheter",
    "STRENGTHS threats Weaknesses",
    "S T W",
    "s t w",
)
for words in QUADRANT_FORMS:
    strength, threat, weakness = words.split()
    VARIATIONS[words] = {
        "workshop.csv": WORKSHOP.replace("strength", strength)
        .replace("threat", threat)
        .replace("weakness", weakness)
    }


@pytest.mark.parametrize("variation", VARIATIONS.values(), ids=VARIATIONS.keys())
def test_every_accepted_variation_gives_the_same_frames(variation, plain, tmp_path):
    found = read(write(tmp_path, tiny() | variation))
    for name in ("departments", "interviews", "workshop", "survey", "respondents"):
        assert_frame_equal(getattr(found, name), getattr(plain, name))


@pytest.mark.parametrize("word", ["möjlighet", "Möjligheter", "opportunity", "OPPORTUNITIES", "O"])
def test_opportunities_have_their_words_too(word, tmp_path):
    raw = read(write(tmp_path, changed("workshop.csv", ("strength", word))))
    assert raw.workshop["quadrant"][0] == "opportunity"


def test_extra_columns_are_listed(tmp_path):
    raw = read(write(tmp_path, tiny() | VARIATIONS["extra"]))
    assert {f.name: f.extra_columns for f in raw.files}["workshop.csv"] == ("note",)


def with_contacts(first: str, second: str) -> dict[str, str]:
    """The tiny year whose register has a column of contacts."""
    header, *rows = tiny()["departments.csv"].splitlines()
    told = [f"{row},{contact}" for row, contact in zip(rows, (first, second), strict=True)]
    return tiny() | {"departments.csv": "\n".join([f"{header},contact", *told])}


def test_contacts_may_be_named_and_are_kept_apart_from_the_frame(plain, tmp_path):
    raw = read(write(tmp_path, with_contacts("'=anna@example.org", " ")))
    assert raw.contacts == {"ABC-1": "=anna@example.org"}
    assert_frame_equal(raw.departments, plain.departments)
    assert {f.name: f.extra_columns for f in raw.files}["departments.csv"] == ()
    assert "anna" not in repr(raw)
    assert plain.contacts == {}


def test_a_contact_is_never_told_in_an_error(tmp_path):
    files = with_contacts("anna@example.org", "anna@example.org")
    broken = files["departments.csv"].replace("ABC-1,", "abc,").replace(",contact", ",contact,x")
    texts = (broken, broken.replace(",contact,x", ",contact"), broken.replace("\n", ",anna\n"))
    for number, text in enumerate(texts):
        with pytest.raises(DataError) as caught:
            read(write(tmp_path / str(number), files | {"departments.csv": text}))
        assert "anna" not in str(caught.value)
        assert "anna" not in errors_csv(caught.value.problems)


@pytest.mark.parametrize("name", ["interviews.csv", "workshop.csv", "survey.csv"])
def test_an_instrument_with_a_header_only_has_no_data(name, tmp_path):
    files = tiny()
    files[name] = files[name].splitlines()[0]
    raw = read(write(tmp_path, files))
    assert len(getattr(raw, name.removesuffix(".csv"))) == 0
    assert {f.name: f.rows for f in raw.files}[name] == 0


def test_a_year_without_any_evidence_is_one_error(tmp_path):
    files = tiny()
    for name in ("interviews.csv", "workshop.csv"):
        files[name] = files[name].splitlines()[0]
    answered = files["survey.csv"].splitlines()
    files["survey.csv"] = "\n".join(line for line in answered if not line.startswith("7,"))
    (problem,) = problems(tmp_path, files)
    assert problem.file == "interviews.csv, workshop.csv, survey.csv"
    assert problem.remedy == "Put the rows of at least one instrument into its file."


def test_an_old_workbook_in_the_place_of_a_csv_is_to_be_saved_not_renamed(tmp_path):
    files = tiny()
    files["survey.xls"] = files.pop("survey.csv")
    (problem,) = problems(tmp_path, files)
    assert problem.remedy.startswith("Open 'survey.xls' in Excel and save it as: CSV UTF-8")


def test_long_text_that_strayed_into_an_id_is_not_shown(tmp_path):
    stray = "En mening som hör hemma i en annan kolumn och är hemlig"
    files = changed("interviews.csv", ("s2,i1,", f"s1,{stray},"))
    told = " ".join(problem.sentence() for problem in problems(tmp_path, files))
    assert "one interview for each segment" in told
    assert stray not in told


def test_a_limesurvey_without_dates_gives_completed_responses_without_a_date(tmp_path):
    files = changed("survey.csv", ("2020-04-30 23:59:59", "1980-01-01 00:00:00"))
    assert read(write(tmp_path, files)).survey["date"].isna().tolist() == [True]


def test_optional_files_are_hashed(tmp_path):
    files = tiny() | {"comments.sv.md": "Hej", "lineage.csv": "from_id,to_id,kind,year\n"}
    raw = read(write(tmp_path, files))
    assert {f.name: f.sha256 for f in raw.files}["comments.sv.md"] == (
        hashlib.sha256(b"Hej").hexdigest()
    )
    assert "lineage.csv" in {f.name for f in raw.files}


def test_comments_are_kept_as_they_stand(tmp_path):
    files = tiny() | {"comments.sv.md": "\ufeffHej!\r\n\r\n# *Å*\n"}
    assert read(write(tmp_path, files)).comments == {"sv": "Hej!\r\n\r\n# *Å*\n"}


def test_a_blank_comment_is_none(tmp_path):
    files = tiny() | {"comments.sv.md": " \n", "comments.en.md": ""}
    assert read(write(tmp_path, files)).comments == {}
    assert not read(write(tmp_path / "without", tiny())).comments


def test_reading_leaves_the_folder_as_it_was(tmp_path):
    folder = write(tmp_path, tiny())
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    read(folder)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


# --- errors -------------------------------------------------------------------

D, I, W, S = "departments.csv", "interviews.csv", "workshop.csv", "survey.csv"  # noqa: E741
ITEM = RESPONSES[0]


def answer(item: str, text: str) -> str:
    return survey_csv(({**ITEM, item: text}, *RESPONSES[1:]))


# file, text replaced, by what; the place of the one problem: row, column, value shown
ERRORS = {
    "department-id": (D, "ABC-1,", "abc-1,", 2, "department_id", "abc-1"),
    "department-id-blank": (D, "ABC-1,", ",", 2, "department_id", ""),
    "department-twice": (D, "ÅÄÖ-22", "ABC-1", 3, "department_id", "ABC-1"),
    "name-blank": (D, "Beta", "", 3, "name", ""),
    "count-negative": (D, ",100,", ",-1,", 2, "students_programme", "-1"),
    "count-decimal": (D, ",50,", ",50.0,", 2, "students_course", "50.0"),
    "count-text": (D, ",3,", ",tre,", 2, "programmes", "tre"),
    "share-above-1": (D, "0.25", "1.01", 2, "advanced_share", "1.01"),
    "share-percent": (D, "0.4", "40 %", 2, "research_share", "40 %"),
    "share-comma": (D, "0.25", '"0,25"', 2, "advanced_share", "0,25"),
    "amount-negative": (D, "20.5", "-20.5", 2, "staff_fte", "-20.5"),
    "column-missing": (D, "throughput", "genomstr", 1, "throughput", ""),
    "column-twice": (D, ",faculty", ",name", 1, "faculty", ""),
    "department-unknown": (I, "s2,i1,ABC-1", "s2,i1,ABD-1", 4, "department_id", "ABD-1"),
    "department-blank": (I, "s2,i1,ABC-1", "s2,i1,", 4, "department_id", ""),
    "segment-blank": (I, "s4,", ",", 6, "segment_id", ""),
    "interview-blank": (I, "s2,i1", "s2,", 4, "interview_id", ""),
    "date-early": (I, "s3,i2,ÅÄÖ-22,2019-12-02", "s3,i2,ÅÄÖ-22,2019-12-01", 5, "date",
                   "2019-12-01"),
    "date-blank": (I, "2020-01-15", "", 2, "date", ""),
    "date-time": (I, "2020-01-15", "2020-01-15 10:00", 2, "date", "2020-01-15 10:00"),
    "date-day-first": (I, "2020-01-15", "15/1/2020", 2, "date", "15/1/2020"),
    "coder-blank": (I, "Zoe", "", 2, "coder", ""),
    "code-unknown": (I, "interest/2", "interest/4", 2, "code", "interest/4"),
    "code-of-workshop": (I, "interest/2", "interest", 2, "code", "interest"),
    "row-twice": (I, "Zoe,interest/2", "Ann,interest/3", 3, "code", "interest/3"),
    "segment-in-two-interviews": (I, "s1,i1,ABC-1,2020-01-15,prefekt,Ann",
                                  "s1,i2,ABC-1,2020-01-15,prefekt,Ann", 3, "interview_id", "i2"),
    "interview-at-two": (I, "s2,i1,ABC-1", "s2,i1,ÅÄÖ-22", 4, "department_id", "ÅÄÖ-22"),
    "first-row-deviates": (I, "s1,i1,ABC-1", "s1,i1,ÅÄÖ-22", 2, "department_id", "ÅÄÖ-22"),
    "item-twice": (W, "n2,", "n1,", 3, "item_id", "n1"),
    "item-blank": (W, "n2,", ",", 3, "item_id", ""),
    "quadrant": (W, "strength", "strenth", 2, "quadrant", "strenth"),
    "quadrant-blank": (W, "strength", "", 2, "quadrant", ""),
    "theme": (W, ",interest,", ",intresse,", 2, "theme", "intresse"),
    "votes-negative": (W, ",3,", ",-3,", 2, "votes", "-3"),
    "votes-decimal": (W, ",3,", ",3.0,", 2, "votes", "3.0"),
    "votes-text": (W, ",3,", ",x,", 2, "votes", "x"),
    "date-late": (W, "2020-04-30", "2020-05-01", 4, "date", "2020-05-01"),
    "workshop-department": (W, "n3,ÅÄÖ-22", "n3,ÅÄÖ-2", 4, "department_id", "ÅÄÖ-2"),
    "statement-missing": (W, ",statement", ",text", 1, "statement", ""),
    "response-twice": (S, "\n8,", "\n7,", 3, "id", "7"),
    "response-blank": (S, "\n9,", "\n,", 4, "id", ""),
    "submitted-late": (S, "2020-03-01", "2020-05-01 00:00:00", 4, "submitdate",
                       "2020-05-01 00:00:00"),
    "submitted-text": (S, "2020-03-01", "yes", 4, "submitdate", "yes"),
    "survey-department": (S, "2020-03-01,ÅÄÖ-22", "2020-03-01,Beta", 4, "department", "Beta"),
    "survey-department-blank": (S, "2020-03-01,ÅÄÖ-22", "2020-03-01,", 4, "department", ""),
    "incomplete-department": (S, "8,,ÅÄÖ-22", "8,,ÅÄÖ-2", 3, "department", "ÅÄÖ-2"),
    "item-missing": (S, "cond[mandate]", "mandate", 1, "cond[mandate]", ""),
    "item-column-twice": (S, "cond[mandate],cond[staffing]", "cond[mandate],cond[mandate]", 1,
                          "cond[staffing]", ""),
}  # fmt: skip
TWICE = {"column-twice": ("name", 2), "item-column-twice": ("cond[mandate]", 2)}
"""A heading that is put in another's place is two problems: one name twice, one missing."""

ANSWERS = [
    ("cond[interest]", ["0", "6", "4.0", "A5", "ja", "55"]),
    ("cond[staffing]", ["4", "-1", "A4", "2.0", "två"]),
    ("needs[feedback]", ["N", "y", "1", "ja"]),
    ("wishes[data]", ["N"]),
    ("arrangement", ["baked", "A6", "Y"]),
    ("origin", ["backed", "A4"]),
    ("rolefact[no_incentive]", ["0", "Y"]),
    ("optout", ["y", "1", "ja"]),
]


@pytest.mark.parametrize("kind", ERRORS)
def test_each_error_is_one_problem_in_its_place(kind, tmp_path):
    name, old, new, row, column, value = ERRORS[kind]
    found = problems(tmp_path, changed(name, (old, new)))
    places = [(p.file, p.row, p.column, p.value) for p in found]
    assert (name, row, column, value) in places
    assert len(found) == TWICE.get(kind, ("", 1))[1]
    assert all(p.expected and p.remedy for p in found)


@pytest.mark.parametrize("kind", TWICE)
def test_a_heading_that_comes_twice_is_named(kind, tmp_path):
    name, old, new, *_ = ERRORS[kind]
    found = problems(tmp_path, changed(name, (old, new)))
    assert TWICE[kind][0] in [p.column for p in found]


@pytest.mark.parametrize(
    ("item", "text"), [(item, text) for item, texts in ANSWERS for text in texts]
)
def test_an_answer_that_the_questionnaire_does_not_have_is_one_problem(item, text, tmp_path):
    (problem,) = problems(tmp_path, tiny() | {S: answer(item, text)})
    assert (problem.file, problem.row, problem.column, problem.value) == (S, 2, item, text)


@pytest.mark.parametrize(
    ("name", "old", "new", "suggestion"),
    [
        (I, "interest/2", "intrest/2", "'interest/2'"),
        (I, "s2,i1,ABC-1", "s2,i1,ABC-l", "'ABC-1'"),
        (I, "s2,i1,ABC-1", "s2,i1,abc-1", "'ABC-1'"),
        (W, ",recruitment,", ",Recruitments,", "'recruitment'"),
        (W, "strength", "strenght", "'strength'"),
        (S, ",backed,", ",baked,", "'backed'"),
        (S, "2020-03-01,ÅÄÖ-22", "2020-03-01,AÄÖ-22", "'ÅÄÖ-22'"),
        (S, "cond[mandate]", "cond[mandat]", "'cond[mandat]' to 'cond[mandate]'"),
    ],
)
def test_the_remedy_suggests_the_nearest_known_value(name, old, new, suggestion, tmp_path):
    (problem,) = problems(tmp_path, changed(name, (old, new)))
    assert suggestion in problem.remedy


def test_every_missing_item_is_named_in_the_form_of_the_sheet(tmp_path):
    text = limesurvey(survey_csv()).replace('"cond[inter]"', '"x"').replace('"optout"', '"y"')
    found = problems(tmp_path, tiny() | {S: text})
    assert [(p.row, p.column) for p in found] == [(1, "cond[inter]"), (1, "optout")]


@pytest.mark.parametrize("name", [D, I, W, S])
def test_a_missing_file_is_one_problem(name, tmp_path):
    files = tiny()
    del files[name]
    (problem,) = problems(tmp_path, files)
    assert (problem.file, problem.row, problem.value) == (name, None, "no such file")


@pytest.mark.parametrize("name", [D, I, W, S])
@pytest.mark.parametrize("form", ["empty", "utf-16", "cp1252"])
def test_an_unreadable_file_is_one_problem_and_blames_no_other_file(name, form, tmp_path):
    text = tiny()[name]
    data = b"" if form == "empty" else (text + "å").encode(form)
    (problem,) = problems(tmp_path, tiny() | {name: data})
    assert problem.file == name


def test_a_frame_without_departments_is_a_problem(tmp_path):
    header = DEPARTMENTS.splitlines()[0]
    (problem,) = problems(tmp_path, tiny() | {D: header})
    assert (problem.file, problem.expected) == (D, "at least one department")


@pytest.mark.parametrize("name", ["comments.sv.md", "corrections.csv"])
def test_an_optional_file_must_be_utf8(name, tmp_path):
    (problem,) = problems(tmp_path, tiny() | {name: "å".encode("cp1252")})
    assert problem.file == name


def test_problems_of_all_files_come_at_once_in_order(tmp_path):
    files = tiny()
    files[D] = DEPARTMENTS.replace("0.25", "x").replace(",50,", ",y,")
    files[I] = INTERVIEWS.replace("interest/2", "x").replace("s4,i2,ÅÄÖ-22", "s4,i2,X-1")
    files[W] = "item_id\n"
    files[S] = answer("optout", "?").replace("2020-03-01", "when")
    files["comments.en.md"] = "å".encode("cp1252")
    places = [(p.file, p.row, p.column) for p in problems(tmp_path, files)]
    missing = ["date", "department_id", "quadrant", "statement", "theme", "votes"]
    assert places == [
        ("comments.en.md", 1, ""),
        (D, 2, "advanced_share"),
        (D, 2, "students_course"),
        (I, 2, "code"),
        (I, 6, "department_id"),
        (S, 2, "optout"),
        (S, 4, "submitdate"),
        *((W, 1, column) for column in missing),
    ]


TELLTALE = "=Hemligheten om prefekten"


@pytest.mark.parametrize(
    "files",
    [
        {I: INTERVIEWS.replace("hemligt, citat", TELLTALE).replace("interest/2", "x")},
        {I: INTERVIEWS.replace("prefekt", TELLTALE).replace("2020-01-15", "x")},
        {I: INTERVIEWS.replace('"hemligt, citat"', f"{TELLTALE},{TELLTALE}")},
        {I: f"{TELLTALE},{TELLTALE}\n" + INTERVIEWS},
        {W: WORKSHOP.replace("hemligt", TELLTALE).replace("strength", "x")},
        {W: WORKSHOP.replace("hemligt", f'"{TELLTALE}')},
        {W: WORKSHOP.replace("statement", TELLTALE)},
        {
            W: WORKSHOP.replace("\n", f",{TELLTALE}\n")
            .replace(TELLTALE, "note", 1)
            .replace("n1", "")
        },
        {S: answer("role", TELLTALE).replace("2020-03-01", "x")},
        {"study.toml": tiny()["study.toml"].replace("2020\n", f"2020\nkontakt = '{TELLTALE}'\n")},
        {I: INTERVIEWS.replace("interest/2", f"{TELLTALE} {TELLTALE}")},
    ],
)
def test_no_problem_shows_confidential_text(files, tmp_path):
    found = problems(tmp_path, tiny() | files)
    assert found
    assert "Hemligheten" not in errors_csv(found)


def test_a_missing_year_is_a_problem_that_names_those_that_exist(tmp_path):
    folder = write(tmp_path, tiny())
    with pytest.raises(DataError, match="These years exist: 2020"):
        read_year(tmp_path / "2021", PROTOCOL, read_settings(folder))


# --- any cell -----------------------------------------------------------------

CELLS = [
    (name, row, column)
    for name in (D, I, W, S)
    for row, line in enumerate(tiny()[name].replace('"hemligt, citat"', "x").splitlines())
    for column in range(line.count(",") + 1)
]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    cell=st.sampled_from(CELLS),
    text=st.text(max_size=12) | st.sampled_from(["0", "-1", "Y", "A1", "S"]),
)
@example(cell=(D, 2, 0), text="\x00")
@example(cell=(D, 2, 3), text="9" * 30)
@example(cell=(I, 1, 3), text="0000-00-00")
@example(cell=(S, 1, 1), text="9999-12-31 99:99")
@example(cell=(W, 0, 0), text='"')
def test_any_cell_gives_frames_or_problems_and_no_other_error(cell, text, tmp_path_factory):
    name, row, column = cell
    lines = tiny()[name].replace('"hemligt, citat"', "x").splitlines()
    cells = lines[row].split(",")
    cells[column] = text
    lines[row] = ",".join(cells)
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    found = problems(tmp_path_factory.mktemp("any"), tiny() | {name: content})
    assert len(set(found)) == len(found)
    assert all(problem.expected and problem.remedy for problem in found)


# --- the list of problems as CSV ----------------------------------------------


def test_the_list_of_problems_is_a_csv_without_formulas(tmp_path):
    files = changed(W, (",3,", ",-3,"))
    files[I] = INTERVIEWS.replace("interest/2", '"=1+1"')
    assert errors_csv(problems(tmp_path, files)).splitlines() == [
        "file,row,column,value,expected,remedy",
        "interviews.csv,2,code,'=1+1,an interview code of protocol su-2020,"
        "Correct the code; they are listed in codebook.csv.",
        'workshop.csv,2,votes,\'-3,"a whole number, 0 or more, or blank",'
        "Correct the number; leave it blank for no votes.",
    ]


def test_a_problem_of_a_whole_file_has_a_blank_row_in_the_csv(tmp_path):
    files = tiny()
    del files[W]
    assert ",".join(["workshop.csv", "", "", "no such file"]) in errors_csv(
        problems(tmp_path, files)
    )


# --- the shipped years and size -------------------------------------------------


YEARS = sorted(path.parent for path in (ROOT / "data" / "raw").glob("*/study.toml"))


@pytest.mark.parametrize("folder", YEARS, ids=lambda folder: folder.name)
def test_the_example_years_are_read_without_problems(folder):
    found = read_settings(folder)
    raw = read_year(folder, load_protocol(ROOT / "data" / "protocol" / found.protocol), found)
    assert len(raw.departments) > 40


@pytest.mark.slow
def test_two_hundred_thousand_rows_are_read(tmp_path):
    lines = [
        f"s{n},i{n // 50},ABC-1,2020-01-15,prefekt,Ann,interest/{n % 4},text {n}"
        for n in range(200_000)
    ]
    folder = write(tmp_path, tiny() | {I: INTERVIEWS.splitlines()[0] + "\n" + "\n".join(lines)})
    assert len(read(folder).interviews) == 200_000
