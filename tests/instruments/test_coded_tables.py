"""Tables of coded segments, against the programs' layouts and hand-made cases."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Mapping
from typing import Any

import coded_exports
import pandas as pd
import pytest
from raw_years import INTERVIEWS, PROTOCOL, STUDY, tiny, write
from raw_years import read as read_raw_year

from mapping.instruments.coded_tables import (
    is_maxqda,
    is_qualcoder,
    is_taguette,
    is_told,
    read_maxqda,
    read_qualcoder,
    read_taguette,
    read_told,
)
from mapping.instruments.delimited import read_sheet
from mapping.instruments.documents import COLUMNS, Documents, parse_documents
from mapping.instruments.fields import SUGGESTIONS
from mapping.instruments.interviews import read_interviews
from mapping.instruments.recognised import Read
from mapping.instruments.study_settings import StudySettings, parse_settings
from mapping.instruments.year import parse_year

SETTINGS = parse_settings(STUDY.encode(), "2020")
FRAME = pd.read_csv(io.StringIO(INTERVIEWS), dtype=str, keep_default_na=False)
KNOWN = ("ABC-1", "ÅÄÖ-22")
LISTED = "Anna,ABC-1,i1,2020-01-15,prefekt"


def listed(*rows: str) -> Documents:
    text = ",".join(COLUMNS) + "\n" + "".join(f"{row}\n" for row in rows)
    return parse_documents(read_sheet("documents.csv", text.encode(), COLUMNS), SETTINGS, KNOWN)


def settings_with(**changes: Any) -> StudySettings:
    interviews = dataclasses.replace(SETTINGS.interviews, **changes)
    return dataclasses.replace(SETTINGS, interviews=interviews)


def table(*rows: str, header: str = "id,document,tag,content") -> bytes:
    return "".join(f"{row}\r\n" for row in (header, *rows)).encode()


def taguette(files: Mapping[str, bytes], *rows: str, settings: StudySettings = SETTINGS) -> Read:
    return read_taguette(files, PROTOCOL, settings, documents=listed(*(rows or (LISTED,))))


def cells(read: Read) -> pd.DataFrame:
    columns = {
        name: column.astype(object)
        for name, column in zip(read.sheet.header, read.sheet.columns, strict=True)
    }
    return pd.DataFrame(columns).assign(row=read.sheet.rows)


def coded(read: Read) -> list[tuple[str, str, str]]:
    frame = cells(read)
    return sorted(zip(frame["segment_id"], frame["coder"], frame["code"], strict=True))


def from_taguette(frame: pd.DataFrame, documents: Documents) -> Read:
    files = coded_exports.taguette(frame)
    assert all(map(is_taguette, files.values()))
    return read_taguette(files, PROTOCOL, SETTINGS, documents=documents)


def from_taguette_workbooks(frame: pd.DataFrame, documents: Documents) -> Read:
    files = {
        f"interviews-{coder}.xlsx": coded_exports.xlsx_bytes(coded_exports.taguette_rows(own))
        for coder, own in frame.groupby("coder")
    }
    assert all(map(is_taguette, files.values()))
    return read_taguette(files, PROTOCOL, SETTINGS, documents=documents)


def from_qualcoder(frame: pd.DataFrame, documents: Documents) -> Read:
    data = coded_exports.qualcoder(frame)
    assert is_qualcoder(data)
    return read_qualcoder({"Report.csv": data}, PROTOCOL, SETTINGS, documents=documents)


def from_qualcoder_cases(frame: pd.DataFrame, documents: Documents) -> Read:
    data = coded_exports.qualcoder(frame, "Case")
    assert is_qualcoder(data)
    return read_qualcoder({"Report.csv": data}, PROTOCOL, SETTINGS, documents=documents)


def from_maxqda(frame: pd.DataFrame, documents: Documents) -> Read:
    data = coded_exports.maxqda(frame)
    assert is_maxqda(data)
    return read_maxqda({"segments.xlsx": data}, PROTOCOL, SETTINGS, documents=documents)


@pytest.mark.parametrize(
    "read",
    [from_taguette, from_taguette_workbooks, from_qualcoder, from_qualcoder_cases, from_maxqda],
)
def test_round_trip(read: Callable[[pd.DataFrame, Documents], Read]) -> None:
    sheet = read_sheet("documents.csv", coded_exports.documents_csv(FRAME), COLUMNS)
    found = read(FRAME, parse_documents(sheet, SETTINGS, KNOWN))
    parsed = read_interviews(found.sheet, PROTOCOL, SETTINGS, KNOWN)
    assert (*found.sheet.problems, *parsed.problems) == ()
    same = ["interview_id", "department_id", "date", "respondent_role", "coder", "code"]
    expected = FRAME.assign(excerpt=FRAME.apply(coded_exports.said, axis=1))
    now = cells(found)
    key = [*same, "excerpt"]
    assert sorted(map(tuple, now[key].to_numpy())) == sorted(map(tuple, expected[key].to_numpy()))
    assert now.groupby("segment_id")["excerpt"].nunique().eq(1).all()
    assert now["segment_id"].nunique() == FRAME["segment_id"].nunique()


def test_formats_are_told_by_their_headings() -> None:
    tables = {
        "taguette": coded_exports.taguette(FRAME)["interviews-Ann.csv"],
        "qualcoder": coded_exports.qualcoder(FRAME),
        "maxqda": coded_exports.maxqda(FRAME),
        "contract": INTERVIEWS.encode(),
        "documents": coded_exports.documents_csv(FRAME),
        "nothing": b"",
        "binary": b"PK\x03\x04" + bytes(range(256)),
        "quote": b'"id,document,tag,content\n',
    }
    for looks, name in ((is_taguette, "taguette"), (is_qualcoder, "qualcoder")):
        assert [one for one, data in tables.items() if looks(data)] == [name]
    assert [one for one, data in tables.items() if is_maxqda(data)] == ["maxqda"]
    assert is_taguette(b"\xef\xbb\xbf\n" + table().replace(b",", b";"))


def test_words_of_two_coders_are_one_segment_whatever_space_and_form() -> None:
    files = {
        "interviews-Bo.csv": table('5,Anna,interest/2,"Å  ja\n så eﬀekt"'),
        "interviews-Ann.csv": table("9,Anna.docx,interest/3,A\u030a ja\u00a0så effekt"),
    }
    assert coded(taguette(files)) == [("i1-1", "Ann", "interest/3"), ("i1-1", "Bo", "interest/2")]


def test_the_same_words_in_two_documents_are_two_segments() -> None:
    data = table("1,Anna,interest/2,ja", "2,Bo,interest/2,ja")
    read = taguette({"x.csv": data}, LISTED, "Bo,ABC-1,i2,,")
    assert [one[0] for one in coded(read)] == ["i1-1", "i2-1"]


def test_rows_of_one_highlight_are_one_segment() -> None:
    data = table("1,Anna,interest/2,ja visst", "1,Anna,need/feedback,ja vis")
    assert {one[0] for one in coded(taguette({"x.csv": data}))} == {"i1-1"}


def test_the_same_words_highlighted_twice_are_two_segments_for_every_coder() -> None:
    twice = ("1,a,interest/1,Ja.", "2,a,interest/3,Ja.", "2,a,need/feedback,Ja.")
    read = taguette(
        {"interviews-x.csv": table(*twice), "interviews-y.csv": table("7,a,interest/2,Ja.")},
        "a,ABC-1,i1,2020-01-15,",
    )
    assert sorted(coded(read)) == [
        ("i1-1", "x", "interest/1"),
        ("i1-1", "y", "interest/2"),
        ("i1-2", "x", "interest/3"),
        ("i1-2", "x", "need/feedback"),
    ]


def test_another_coding_of_the_same_words_by_the_same_code_is_another_passage() -> None:
    rows = ("Anna,x,Ja.,1,interest/1,", "Anna,x,Ja.,2,need/feedback,", "Anna,x,Ja.,3,interest/1,")
    data = table(*rows, header="File,Coder,Coded,Id,Codename,Coded_Memo")
    read = read_qualcoder({"a.csv": data}, PROTOCOL, SETTINGS, documents=listed(LISTED))
    assert coded(read) == [
        ("i1-1", "x", "interest/1"),
        ("i1-1", "x", "need/feedback"),
        ("i1-2", "x", "interest/1"),
    ]


def test_the_order_of_files_changes_nothing() -> None:
    files = coded_exports.taguette(FRAME)
    backwards = dict(reversed(files.items()))
    documents = parse_documents(
        read_sheet("documents.csv", coded_exports.documents_csv(FRAME), COLUMNS)
    )
    one = read_taguette(files, PROTOCOL, SETTINGS, documents=documents)
    other = read_taguette(backwards, PROTOCOL, SETTINGS, documents=documents)
    pd.testing.assert_frame_equal(cells(one), cells(other))
    assert list(one.sheet.places) == list(other.sheet.places)
    assert list(one.sheet.rows) == list(range(2, len(FRAME) + 2))


def test_a_repeated_coding_is_one_row_and_counted() -> None:
    files = {
        "interviews-Ann.csv": table("1,Anna,interest/2,ja", "1,Anna,interest/2,ja"),
        "interviews-Ann (2).csv": table("1,Anna,interest/2,ja"),
    }
    settings = settings_with(coders={"Ann (2)": "Ann"})
    read = taguette(files, settings=settings)
    assert coded(read) == [("i1-1", "Ann", "interest/2")]
    again = {one.file: one.counts.get("rows that repeat a coding") for one in read.found}
    assert again == {
        "interviews-Ann (2).csv": 0,
        "interviews-Ann.csv": 2,
        "documents.csv": None,
    }


def test_names_of_documents_are_in_no_id_problem_or_report() -> None:
    data = table("1,Sven Hemlig,interest/2,ja", "2,Bo Hemlig.docx,interest/1,nej")
    read = taguette({"x.csv": data}, "sven hemlig,ABC-1,,,")
    frame = cells(read)
    assert list(frame["interview_id"]) == ["document-1"]
    assert list(frame["segment_id"]) == ["document-1-1"]
    told = repr(read.found) + "".join(one.sentence() for one in read.sheet.problems)
    assert "Hemlig" not in told
    assert "hemlig" not in told


def test_interviews_without_an_id_are_numbered_by_document_not_by_row() -> None:
    rows = ("1,B,interest/2,x", "2,a,interest/2,y", "3,C,interest/2,z")
    listing = ("A,ABC-1,,,", "b,ABC-1,document-2,,", "c,ABC-1,,,")
    for order in (rows, rows[::-1]):
        read = taguette({"x.csv": table(*order)}, *listing)
        frame = cells(read).set_index("excerpt")["interview_id"]
        assert frame.to_dict() == {"y": "document-1", "x": "document-2", "z": "document-3"}


def test_a_document_without_a_department_is_one_problem() -> None:
    data = table(
        "1,Anna,interest/2,a", *(f"{n},Okänd,interest/2,b{n}" for n in range(50)), "9,Ny,other,c"
    )
    read = taguette({"x.csv": data})
    (problem,) = read.sheet.problems
    assert (problem.file, problem.row, problem.column) == ("x.csv", 3, "document")
    assert problem.value == "5 characters, in 50 rows"
    assert "documents.csv" in problem.remedy
    assert coded(read) == [("i1-1", "x", "interest/2")]


def test_documents_are_not_told_of_while_their_list_cannot_be_read() -> None:
    broken = parse_documents(read_sheet("documents.csv", b"document\nAnna\n", COLUMNS))
    assert len(broken.problems) == 1
    files = {"x.csv": table("1,Anna,interest/2,a")}
    read = read_taguette(files, PROTOCOL, SETTINGS, documents=broken)
    assert read.sheet.problems == ()


def test_a_department_that_the_list_has_wrong_is_told_there_only() -> None:
    documents = listed("Anna,XYZ-9,i1,,")
    read = read_taguette(
        {"x.csv": table("1,Anna,interest/2,a")}, PROTOCOL, SETTINGS, documents=documents
    )
    assert len(documents.problems) == 1
    assert read.sheet.problems == ()
    assert len(read.sheet.rows) == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("interest/2", "interest/2"),
        ("Interest > 2", "interest/2"),
        ("interest\\2", "interest/2"),
        ("interest::2", "interest/2"),
        ("interest.2", "interest/2"),
        ("Management support / 0", "management_support/0"),
        ("need/student-support", "need/student_support"),
        ("Behov/Återkoppling", "need/feedback"),
        ("BEHOV > återkoppling", "need/feedback"),
    ],
)
def test_codes_by_name(name: str, code: str) -> None:
    settings = settings_with(codes={"Behov/Återkoppling": "need/feedback"})
    read = taguette({"x.csv": table(f"1,Anna,{name},a")}, settings=settings)
    assert coded(read) == [("i1-1", "x", code)]


def test_codes_that_map_to_nothing_are_listed_with_count_and_nearest() -> None:
    data = table(
        "1,Anna,intrest/2,a",
        "2,Anna,intrest/2,b",
        "3,Anna,Färg,c",
        "4,Anna,interest/3,d",
        "5,Anna,,e",
    )
    read = taguette({"x.csv": data}, settings=settings_with(codes={"färg": ""}))
    found = {one.name: one for one in read.found[0].mapped if one.what == "code"}
    assert (found["intrest/2"].to, found["intrest/2"].count) == ("", 2)
    assert found["intrest/2"].nearest == "interest/2"
    assert found["Färg"].wanted
    assert [one.name for one in read.found[0].unmapped] == ["intrest/2"]
    assert read.found[0].counts["rows without a code"] == 1
    assert coded(read) == [("i1-1", "x", "interest/3")]
    assert read.sheet.problems == ()


def test_a_code_of_study_toml_that_the_codebook_lacks_is_one_problem() -> None:
    settings = settings_with(codes={"Behov": "need/feedbak"})
    data = table("1,Anna,Behov,a", "2,Anna,Behov,b")
    (problem,) = taguette({"x.csv": data}, settings=settings).sheet.problems
    assert (problem.file, problem.column) == ("study.toml", "interviews.codes.Behov")
    assert "'need/feedback'" in problem.remedy


def test_a_coder_goes_by_the_name_of_the_file_or_as_study_toml_says() -> None:
    files = {
        "Interviews-Zoë.csv": table("1,Anna,interest/2,a"),
        "Bo.csv": table("1,Anna,interest/2,a"),
        "export 3.csv": table("1,Anna,interest/2,a"),
    }
    read = taguette(files, settings=settings_with(coders={"export 3": "Cia"}))
    assert {one[1] for one in coded(read)} == {"Zoë", "Bo", "Cia"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna.csv", "interviews-Anna.csv"),
        ("Anna.csv", "Anna.xlsx"),
        ("Anna.csv", "interviews_anna.csv"),
        ("Zoe\u0308.csv", "interviews-Zoë.csv"),
        ("Anna.csv", "Anna (1).csv"),
        ("Anna.csv", "Anna - kopia.csv"),
        ("Anna.csv", "interviews-anna - Copy (12).csv"),
        ("Anna.csv", "Kopia av Anna.csv"),
        ("Anna.csv", "Anna copy 2.csv"),
    ],
)
def test_two_files_of_one_coder_are_an_error_that_names_both(one: str, other: str) -> None:
    files = {one: table("1,Anna,interest/2,a"), other: table("1,Anna,interest/3,a")}
    (problem,) = taguette(files).sheet.problems
    assert problem.file == ", ".join(sorted((one, other)))
    assert problem.expected == "one file for each coder"
    assert "Leave the newest" in problem.remedy


@pytest.mark.parametrize(
    ("one", "other"), [("Anna.csv", "Anna B.csv"), ("Bo 1.csv", "Bo 2.csv"), ("(1).csv", "(2).csv")]
)
def test_files_of_other_names_are_of_other_coders(one: str, other: str) -> None:
    files = {one: table("1,Anna,interest/2,a"), other: table("1,Anna,interest/3,a")}
    read = taguette(files)
    assert read.sheet.problems == ()
    assert len({coder for _, coder, _ in coded(read)}) == 2


@pytest.mark.parametrize(
    ("coders", "found"),
    [
        ({"Zoë (1)": "Bo"}, {"Zoë", "Bo"}),
        ({"Zoe\u0308": "Anna"}, {"Anna", "Zoë (1)"}),
        ({"Zoë": "Anna", "Zoë (1)": "Anna"}, {"Anna"}),
        ({"Bo": "Anna"}, None),
    ],
)
def test_study_toml_tells_who_coded_files_of_like_names(
    coders: dict[str, str], found: set[str] | None
) -> None:
    files = {"Zoë.csv": table("1,Anna,interest/2,a"), "Zoë (1).csv": table("1,Anna,interest/3,a")}
    read = taguette(files, settings=settings_with(coders=coders))
    assert bool(read.sheet.problems) == (found is None)
    assert found is None or {coder for _, coder, _ in coded(read)} == found


def test_study_toml_cannot_tell_two_files_of_one_name_apart() -> None:
    files = {name: table("1,Anna,interest/2,a") for name in ("Anna.csv", "interviews-Anna.csv")}
    (problem,) = taguette(files, settings=settings_with(coders={"Anna": "Bo"})).sheet.problems
    assert "study.toml" not in problem.remedy


def test_who_changed_a_coding_last_is_not_its_coder() -> None:
    header = ["Document name", "Code", "Segment", "Modified by"]
    data = coded_exports.xlsx_bytes([header, ["Anna", "interest/2", "a", "Chefen"]])
    read = read_maxqda({"Bo.xlsx": data}, PROTOCOL, SETTINGS, documents=listed(LISTED))
    assert coded(read) == [("i1-1", "Bo", "interest/2")]
    assert "The coder is told by the file's name." in read.found[0].notes
    columns = {one.name: one.to for one in read.found[0].mapped if one.what == "column"}
    assert columns["Modified by"] == ""


def test_nearest_names_are_looked_up_for_the_commonest_unknown_codes_alone() -> None:
    rows = [f"{number},Anna,intrest{number},a{number}" for number in range(SUGGESTIONS + 9)]
    found = taguette({"x.csv": table(*rows, "99,Anna,intrest/2,b", "98,Anna,intrest/2,c")})
    codes = {one.name: one for one in found.found[0].mapped if one.what == "code"}
    assert len(codes) == SUGGESTIONS + 10
    assert codes["intrest/2"].nearest == "interest/2"
    assert sum(bool(one.nearest) for one in codes.values()) == SUGGESTIONS


def test_columns_of_the_table_go_before_the_list_of_documents() -> None:
    data = table("1,Anna,interest/2,a,Beta", header="id,document,tag,content,Institution")
    settings = settings_with(
        columns={"department_id": "Institution"}, departments={"Beta": "ÅÄÖ-22"}
    )
    frame = cells(taguette({"x.csv": data}, settings=settings))
    assert list(frame["department_id"]) == ["ÅÄÖ-22"]
    assert list(frame["interview_id"]) == ["i1"]


def test_any_layout_by_the_columns_of_study_toml() -> None:
    header = "Fil;Kod;Text;Av;Datum;Inst"
    data = table("f1;interest/2;'=ja;Bo;2020-01-15;ABC-1", header=header)
    columns = {
        "document": "Fil",
        "code": "Kod",
        "excerpt": "Text",
        "coder": "Av",
        "date": "Datum",
        "department_id": "Inst",
    }
    settings = settings_with(columns=columns)
    assert is_told(settings)
    assert not is_told(SETTINGS)
    read = read_told({"x.csv": data}, PROTOCOL, settings)
    (row,) = cells(read).to_dict("records")
    assert row["excerpt"] == "=ja"
    assert (row["date"], row["coder"], row["row"]) == ("2020-01-15", "Bo", 2)
    assert read.sheet.unknown == ("respondent_role",)
    assert read.sheet.headings["code"] == "Kod"


def test_columns_that_are_not_read_are_listed_and_the_nearest_is_told() -> None:
    header = "id,document,tag,content,Department ID,färg"
    found = taguette({"x.csv": table("1,Anna,interest/2,a,ABC-1,röd", header=header)}).found[0]
    left_out = {one.name: one for one in found.mapped if one.what == "column" and not one.to}
    assert set(left_out) == {"Department ID", "färg"}
    assert left_out["färg"].wanted
    assert [one.name for one in found.unmapped] == ["Department ID"]
    assert left_out["Department ID"].nearest == "department_id"
    assert "röd" not in repr(found)


def test_codes_and_coders_of_study_toml_that_never_come_are_told_once() -> None:
    settings = settings_with(
        codes={"Färg": "", "x/y": "", "minne": ""}, coders={"Bo": "B", "Ada": "A"}
    )
    files = {
        name: table("1,Anna,färg,a", "2,Anna,interest/2,b", "3,Anna,x.y,c")
        for name in ("Bo.csv", "Eva.csv")
    }
    first, second, _ = taguette(files, settings=settings).found
    assert first.warnings[-2:] == (
        "1 name of [interviews.codes] in study.toml never came in the data: minne.",
        "1 name of [interviews.coders] in study.toml never came in the data.",
    )
    assert not any("study.toml" in sentence for sentence in second.warnings)


def test_a_told_column_that_no_table_has_is_a_problem() -> None:
    settings = settings_with(columns={"codr": "x", "document": "document"})
    (problem,) = taguette({"x.csv": table("1,Anna,interest/2,a")}, settings=settings).sheet.problems
    assert (problem.file, problem.column) == ("study.toml", "interviews.columns.codr")


def test_a_told_column_that_is_missing_is_a_problem() -> None:
    settings = settings_with(columns={"department_id": "Institution"})
    (problem,) = taguette({"x.csv": table("1,Anna,interest/2,a")}, settings=settings).sheet.problems
    assert (problem.row, problem.column) == (1, "Institution")


def test_maxqda_places_and_groups_tell_segments_and_documents_apart() -> None:
    header = "Document group;Document name;Code;Segment;Beginning;End"
    rows = (
        "A;Möte;interest > 2;ja;1;1",
        "A;Möte;interest > 2;ja;7;7",
        "A;Möte;interest > 1;ja;1;1",
        "B;Möte;interest > 3;ja;1;1",
    )
    data = table(*rows, header=header)
    assert is_maxqda(data)
    both = listed("A/Möte,ABC-1,i1,,", "B/Möte,ÅÄÖ-22,i2,,")
    read = read_maxqda({"x.csv": data}, PROTOCOL, SETTINGS, documents=both)
    assert coded(read) == [
        ("i1-1", "x", "interest/1"),
        ("i1-1", "x", "interest/2"),
        ("i1-2", "x", "interest/2"),
        ("i2-1", "x", "interest/3"),
    ]
    one = listed("Möte,ABC-1,i1,,")
    problems = read_maxqda({"x.csv": data}, PROTOCOL, SETTINGS, documents=one).sheet.problems
    assert len(problems) == 2
    assert all("group/name" in problem.remedy for problem in problems)


def test_a_segment_without_words_is_its_own() -> None:
    header = "File,Coder,Coded,Id,Codename"
    data = table("Anna,Bo,,1,interest/2", "Anna,Bo,,2,interest/2", header=header)
    read = read_qualcoder({"x.csv": data}, PROTOCOL, SETTINGS, documents=listed(LISTED))
    assert [one[0] for one in coded(read)] == ["i1-1", "i1-2"]


def test_a_file_that_cannot_be_read_is_told_with_all_the_others() -> None:
    files = {
        "a.csv": table("1,Anna,interest/2").replace(b"content", b"\xe5"),
        "b.csv": table("1,Anna", header="id,document"),
        "c.csv": table("1,Okänd,interest/2,x"),
        "d.csv": b"",
        "e.xlsx": b"PK\x03\x04 damaged",
    }
    read = taguette(files)
    assert {one.file for one in read.sheet.problems} == set(files)
    assert len(read.sheet.rows) == 0
    assert read.sheet.header[0] == "segment_id"


def test_coders_who_never_coded_the_same_words_are_warned_of() -> None:
    apart = {
        "Ann.csv": table("1,Anna,interest/2,ja", "2,Bo,interest/1,så"),
        "Bo.csv": table("1,Anna,interest/2,ja visst", "2,Bo,interest/1,så"),
        "Cia.csv": table("1,Cia,interest/2,nej"),
    }
    rows = [f"{name},ABC-1,i-{name},2020-01-15," for name in ("Anna", "Bo", "Cia")]
    found = {one.file: one for one in taguette(apart, *rows).found}
    assert found["Ann.csv"].warnings[0].startswith("1 interviews have several coders who never")
    assert found["Cia.csv"].warnings == ()
    several = {name: one.counts.get("segments of several coders") for name, one in found.items()}
    assert several == {"Ann.csv": 1, "Bo.csv": 1, "Cia.csv": 0, "documents.csv": None}


def test_documents_of_a_group_are_used() -> None:
    header = "Document group;Document name;Code;Segment"
    data = table("A;Möte;interest > 2;ja", header=header)
    documents = listed("A/Möte,ABC-1,i1,,", "B/Möte,ÅÄÖ-22,i2,,")
    read = read_maxqda({"x.csv": data}, PROTOCOL, SETTINGS, documents=documents)
    assert read.found[-1].counts == {"documents": 2, "documents not used": 1}
    assert coded(read) == [("i1-1", "x", "interest/2")]


def test_dates_that_nobody_tells_are_unknown_and_warned_of() -> None:
    read = taguette({"x.csv": table("1,Anna,interest/2,a")}, "Anna,ABC-1,i1,,")
    assert read.sheet.unknown == ("date", "respondent_role")
    assert read.found[0].warnings == ("1 interviews have no date; documents.csv can tell it.",)
    assert read_interviews(read.sheet, PROTOCOL, SETTINGS, KNOWN).problems == ()


def year_with(files: Mapping[str, bytes], study: str = STUDY) -> Mapping[str, bytes]:
    text = {name: content for name, content in tiny().items() if name != "interviews.csv"}
    known = {name: content.encode() for name, content in text.items()}
    return known | {"study.toml": study.encode()} | dict(files)


def test_a_year_is_read_with_each_program_s_tables() -> None:
    listing = {"documents.csv": coded_exports.documents_csv(FRAME)}
    whole = evidence_of(year_with({"interviews.csv": INTERVIEWS.encode()}))
    told = '[interviews.columns]\ndocument="document"\ncode="Kod"\nexcerpt="Text"\ncoder="Av"\n'
    rows = [
        [coded_exports.document_of(row["interview_id"]), row["code"], row["excerpt"], row["coder"]]
        for _, row in FRAME.assign(excerpt=FRAME.apply(coded_exports.said, axis=1)).iterrows()
    ]
    other = coded_exports.csv_bytes([["document", "Kod", "Text", "Av"], *rows])
    years = [
        year_with(listing | coded_exports.taguette(FRAME)),
        year_with(listing | {"Report codings.csv": coded_exports.qualcoder(FRAME)}),
        year_with(listing | {"Coded Segments.xlsx": coded_exports.maxqda(FRAME)}),
        year_with(listing | {"interviews.csv": other}, STUDY + told),
    ]
    for contents in years:
        assert evidence_of(contents) == whole


def evidence_of(contents: Mapping[str, bytes]) -> list[tuple[object, ...]]:
    """The interviews' evidence, but for ids and places."""
    settings = parse_settings(contents["study.toml"], "2020")
    year = parse_year(contents, PROTOCOL, settings)
    columns = ["department_id", "date", "role", "coder", "code"]
    frame = year.interviews[columns].astype(object).fillna("")
    return sorted(map(tuple, frame.astype(str).to_numpy()))


def test_another_layout_may_have_any_name(tmp_path) -> None:
    told = (
        '\n[interviews.columns]\ndocument = "Fil"\ncoder = "Av"\nexcerpt = "Citat"\ncode = "Kod"\n'
    )
    files = tiny()
    files["study.toml"] += told
    del files["interviews.csv"]
    files["kodningar.csv"] = "Fil,Av,Citat,Kod\na,x,ord,interest/2\n"
    files["documents.csv"] = "document,department_id,date\na,ABC-1,2020-01-15\n"
    raw = read_raw_year(write(tmp_path, files))
    assert raw.interviews["code"].tolist() == ["interest/2"]
    assert raw.tables["interviews.csv"] == "interviews.csv"
