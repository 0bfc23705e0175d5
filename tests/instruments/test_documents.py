"""The list of documents, against the data contract and hand-made lists."""

from __future__ import annotations

import dataclasses
import unicodedata

import pytest
from raw_years import STUDY

from mapping.instruments.delimited import read_sheet
from mapping.instruments.documents import COLUMNS, Documents, parse_documents
from mapping.instruments.sheet import Sheet
from mapping.instruments.study_settings import parse_settings

SETTINGS = parse_settings(STUDY.encode(), "2020")
KNOWN = ("ABC-1", "ÅÄÖ-22")


def documents(*rows: str, columns: str = ",".join(COLUMNS)) -> Documents:
    text = columns.strip() + "\n" + "".join(f"{row}\n" for row in rows)
    sheet = read_sheet("documents.csv", text.encode(), COLUMNS)
    return parse_documents(sheet, SETTINGS, KNOWN)


def test_a_row_tells_all_of_its_document() -> None:
    found = documents("Anna.docx,ABC-1,i1,2020-01-15,prefekt")
    (one,) = found.rows
    assert dataclasses.astuple(one) == ("Anna.docx", "ABC-1", "i1", "2020-01-15", "prefekt", 2)
    assert found.problems == ()


def test_nothing_but_document_and_department_need_be_told() -> None:
    found = documents("a,ABC-1", columns="document,department_id")
    assert [(one.department_id, one.interview_id, one.date) for one in found.rows] == [
        ("ABC-1", "", "")
    ]
    assert found.problems == ()
    (problem,) = documents("a,i1", columns="document,interview_id").problems
    assert (problem.row, problem.column) == (1, "department_id")


@pytest.mark.parametrize(
    "name",
    ["Åsa Ek.docx", "åsa ek.DOCX", "Åsa Ek", "åsa  ek.txt", unicodedata.normalize("NFD", "Åsa Ek")],
)
def test_a_document_is_found_whatever_case_form_and_ending(name: str) -> None:
    found = documents("Åsa Ek.docx,ABC-1,i1,,", "Bo,ÅÄÖ-22,i2,,").find(name)
    assert found is not None
    assert found.interview_id == "i1"


def test_an_ending_tells_documents_apart_and_none_is_guessed() -> None:
    found = documents("ek.docx,ABC-1,i1,,", "ek.txt,ÅÄÖ-22,i2,,")
    exact = found.find("Ek.txt")
    assert exact is not None
    assert exact.interview_id == "i2"
    assert found.find("ek") is None
    assert found.find("ek.pdf") is None
    assert found.find("3.5 Anna") is None


def test_a_dot_in_a_name_is_no_ending() -> None:
    assert documents("intervju 1.2,ABC-1,,,").find("intervju 1") is None


def test_each_wrong_cell_is_one_problem_in_its_place() -> None:
    found = documents(
        ",ABC-1,,,",
        "a,,,,",
        "b,ABC-9,,,",
        "c,ABC-1,,2020-05-01,",
        "d,ABC-1,,15/1 2020,",
        "e,ABC-1,,2020-04-30,",
    )
    places = [(one.row, one.column) for one in found.problems]
    assert sorted(places) == [
        (2, "document"),
        (3, "department_id"),
        (4, "department_id"),
        (5, "date"),
        (6, "date"),
    ]
    by_row = {one.row: one for one in found.problems}
    assert "Did you mean 'ABC-1'?" in by_row[4].remedy
    read = {one.document: one for one in found.rows}
    assert read["b"].department_id == ""  # told here, and nowhere else
    assert read["e"].date == "2020-04-30"


def test_a_document_twice_and_an_interview_at_two_departments() -> None:
    found = documents(
        "Anna,ABC-1,i1,,", "anna ,ABC-1,i2,,", "Bo,ÅÄÖ-22,i1,,", "Cia,ABC-1,i1,,", "Di,ÅÄÖ-22,,,"
    )
    twice, torn = found.problems
    assert (twice.row, twice.column) == (3, "document")
    assert "row 2" in twice.expected
    assert (torn.row, torn.column, torn.value) == (4, "department_id", "ÅÄÖ-22")
    first = found.find("ANNA")
    assert first is not None
    assert first.interview_id == "i1"


def test_names_of_documents_and_roles_are_never_told() -> None:
    found = documents("Anna Persson,XYZ-1,,1999-01-01,sekreterare", "anna persson,ABC-1,,,")
    told = " ".join(problem.sentence() for problem in found.problems) + repr(found)
    told += repr(found.found(()))
    assert "Persson" not in told.title()
    assert "sekreterare" not in told
    assert len(found.problems) == 3


def test_rows_that_no_document_uses_are_listed_by_number() -> None:
    found = documents("a,ABC-1,,,", "b,ABC-1,,,", "c,ABC-1,,,")
    used = found.find("b")
    assert used is not None
    told = found.found({used})
    assert told.counts == {"documents": 3, "documents not used": 2}
    assert [one.name for one in told.mapped] == ["row 2", "row 4"]


def test_departments_by_another_name() -> None:
    interviews = dataclasses.replace(SETTINGS.interviews, departments={"Alfa": "ABC-1"})
    settings = dataclasses.replace(SETTINGS, interviews=interviews)
    sheet = read_sheet("documents.csv", b"document,department_id\na,Alfa\n", COLUMNS)
    (one,) = parse_documents(sheet, settings, KNOWN).rows
    assert one.department_id == "ABC-1"


def test_a_list_that_is_not_there_or_cannot_be_read() -> None:
    assert parse_documents(Sheet("documents.csv")) == Documents("documents.csv")
    broken = read_sheet("documents.csv", b'document,department_id\n"a,ABC-1\n', COLUMNS)
    assert parse_documents(broken, SETTINGS, KNOWN).problems == broken.problems != ()
