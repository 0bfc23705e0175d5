"""Files that are meant as data and recognised by nothing: an error each, never passed over."""

from __future__ import annotations

import time

import coded_exports
import limesurvey_exports as ls
import pandas as pd
import pytest
from raw_years import PROTOCOL, RESPONSES, problems, survey_csv, tiny

from mapping.instruments.folder import find
from mapping.instruments.tables import TABLES

EXPORT = ls.csv_export(RESPONSES, PROTOCOL, ls.Style(separator=",")).decode("utf-8-sig")
HEADER_ONLY = survey_csv(())
TAGUETTE = "id,document,tag,content\n1,a,interest/2,ord\n"


@pytest.mark.parametrize(
    "name", ["bo.qdpx", "bo.QDE", "codes.qdc", "a.sav", "a.zsav", "a.lsa", "a.lss"]
)
@pytest.mark.parametrize("data", [b"", b"\0\0\0\0", b"PK\x03\x04 cut"], ids=["empty", "nul", "cut"])
def test_a_file_that_can_only_be_data_is_an_error_unless_it_is_read(tmp_path, name, data):
    (problem,) = problems(tmp_path, tiny() | {name: data})
    assert problem.file == name
    assert "out of the folder" in problem.remedy


def test_the_only_file_of_an_instrument_is_not_missing_if_it_is_damaged(tmp_path):
    files = {name: text for name, text in tiny().items() if name != "survey.csv"}
    (problem,) = problems(tmp_path, files | {"survey.sav": b"$FL2 cut"[:3]})
    assert problem.file == "survey.sav"


SPOILED = {
    "utf-16": lambda text: text.encode("utf-16"),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "sep": lambda text: ("sep=,\n" + text).encode(),
    "title": lambda text: ("Resultat av enkäten\n\n" + text).encode(),
    "windows": lambda text: (text + '"åäö"').encode("cp1252"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_an_export_that_cannot_be_read_is_no_reason_for_an_empty_survey(tmp_path, how):
    files = tiny() | {"survey.csv": HEADER_ONLY, "results-survey1.csv": SPOILED[how](EXPORT)}
    found = problems(tmp_path, files)
    assert {problem.file for problem in found} == {"results-survey1.csv"}


@pytest.mark.parametrize("how", SPOILED)
def test_one_of_several_coders_is_not_lost(tmp_path, how):
    files = tiny() | {"documents.csv": "document,department_id,date\na,ABC-1,2020-01-15\n"}
    del files["interviews.csv"]
    files |= {"interviews-a.csv": TAGUETTE, "interviews-b.csv": SPOILED[how](TAGUETTE)}
    found = problems(tmp_path, files)
    assert {problem.file for problem in found} == {"interviews-b.csv"}


NOT_READ = {
    "survey.xls": "survey.csv",
    "Enkät 2020.ods": "survey.csv",
    "resultat-enkät.csv": "survey.csv",
    "projekt.nvp": "interviews.csv",
    "studie.mx22": "interviews.csv",
}


@pytest.mark.parametrize(("name", "table"), NOT_READ.items())
def test_a_file_that_is_not_read_is_an_error_only_where_its_table_is_empty(tmp_path, name, table):
    there = tiny() | {name: "x"}
    assert problems(tmp_path / "full", there) == ()
    header = there[table].splitlines()[0] + "\n"
    (problem,) = problems(tmp_path, there | {table: header})
    assert problem.file == name
    assert table in problem.remedy


def test_an_empty_table_with_nothing_beside_it_is_an_instrument_not_used(tmp_path):
    header = tiny()["interviews.csv"].splitlines()[0] + "\n"
    assert problems(tmp_path, tiny() | {"interviews.csv": header, "budget.xls": "x"}) == ()


def test_an_empty_workbook_of_the_contract_is_none(tmp_path):
    header = tiny()["interviews.csv"].splitlines()[0].split(",")
    files = tiny() | {"interviews.xlsx": coded_exports.xlsx_bytes([header])}
    assert problems(tmp_path, files) == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n \n\n"])
def test_a_table_with_a_row_is_a_source_whatever_ends_its_lines(end):
    highlights = b"id,document,tag,content\n1,Anna,interest/2,a\n"
    rows = end.join(["", *tiny()["interviews.csv"].splitlines()]).encode()
    files = {"interviews.csv": rows, "Anna.csv": highlights}
    assert find(files, tuple(TABLES)).doubtful == ("interviews.csv",)
    header = end.join(["", tiny()["interviews.csv"].splitlines()[0], "", ""]).encode()
    found = find(files | {"interviews.csv": header}, tuple(TABLES))
    assert found.doubtful == ()
    assert tuple(found.sources["interviews.csv"].files) == ("Anna.csv",)


def test_an_endless_header_or_end_of_a_table_costs_no_time():
    highlights = b"id,document,tag,content\n1,Anna,interest/2,a\n"
    for data in (b"a" * 2_000_000, b"a" + b"\n" * 2_000_000, b" " * 2_000_000):
        began = time.process_time()
        find({"interviews.csv": data, "Anna.csv": highlights}, ("interviews.csv",))
        assert time.process_time() - began < 2


def test_notes_of_anybody_are_passed_over(tmp_path):
    notes = {
        "notes.txt": "Ring Ada\n\tpå måndag, eller tisdag\n",
        "lista.csv": "namn,telefon\nBo,08\n",
    }
    assert problems(tmp_path, tiny() | notes) == ()


@pytest.mark.parametrize("name", ["Departments.xlsx", "DEPARTMENTS.XLSX"])
def test_the_name_of_a_workbook_may_have_capitals(name):
    rows = pd.DataFrame({"department_id": ["ABC-1"], "name": ["A"]})
    data = coded_exports.xlsx_bytes([list(rows), *rows.to_numpy().tolist()])
    (source,) = find({name: data}, tuple(TABLES)).sources.values()
    assert source.labels == {name: "departments.xlsx"}
