"""Text that is damaged, huge or hostile: what it is read as, or the one problem that it is."""

from __future__ import annotations

import csv
import threading

import pytest
from raw_years import DEPARTMENTS, INTERVIEWS, STUDY, su_2020, tiny

from mapping.errors import DataError, Problem
from mapping.instruments import RawYear, delimited, parse_settings, parse_year
from mapping.instruments.delimited import decode, read_sheet
from mapping.instruments.sheet import composed

PROTOCOL = su_2020()
SETTINGS = parse_settings(STUDY.encode(), "2020")
COLUMNS = ("id", "name", "share")
MILLION = 1_000_000


def read(**files: bytes | str) -> RawYear:
    """The tiny year with these files, by the stem of their name."""
    contents = {name: text.encode() for name, text in tiny().items()}
    for stem, text in files.items():
        contents[f"{stem}.csv"] = text.encode() if isinstance(text, str) else text
    return parse_year(contents, PROTOCOL, SETTINGS)


def problems(**files: bytes | str) -> tuple[Problem, ...]:
    with pytest.raises(DataError) as caught:
        read(**files)
    return caught.value.problems


def sheet_of(data: bytes | str):
    return read_sheet("f.csv", data.encode() if isinstance(data, str) else data, COLUMNS)


# --- encodings ------------------------------------------------------------------------------

BAD_BYTES = {
    "lone-surrogate": b"\xed\xa0\x80",
    "overlong-slash": b"\xc0\xaf",
    "overlong-nul": b"\xc0\x80",
    "beyond-unicode": b"\xf4\x90\x80\x80",
    "cut-letter": b"\xc3",
    "lone-continuation": b"\x84",
    "windows-1252": "ö".encode("cp1252"),
    "mac-roman": "ö".encode("mac_roman"),
}


@pytest.mark.parametrize("bad", BAD_BYTES.values(), ids=BAD_BYTES.keys())
def test_bytes_that_are_no_utf_8_are_one_problem_in_their_row(bad):
    (problem,) = sheet_of(b'id,name,share\n1,"two\nlines",x\n2,' + bad + b",y\n").problems
    assert (problem.row, problem.expected) == (3, "text in UTF-8")


@pytest.mark.parametrize("piece", [1, 2, 3, 5])
@pytest.mark.parametrize("bad", BAD_BYTES.values(), ids=BAD_BYTES.keys())
def test_a_letter_on_the_edge_of_a_piece_is_found_in_its_row_too(bad, piece, monkeypatch):
    monkeypatch.setattr(delimited, "PIECE", piece)
    (problem,) = sheet_of("id,name,share\n1,Åsa😀,x\n".encode() + bad + b",b,y\n").problems
    assert problem.row == 3
    assert not sheet_of("id,name,share\n1,Åsa😀,x\n").problems


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_wide_encodings_are_refused_as_such(encoding):
    (problem,) = sheet_of("id,name,share\n1,Åsa,x\n".encode(encoding)).problems
    assert problem.value in ("UTF-16", "UTF-32")
    assert "CSV UTF-8" in problem.remedy


@pytest.mark.parametrize("text", ["\0", "id\0,name,share\n", "id,name,share\n1,\0,x\n"])
def test_a_nul_is_one_problem(text):
    (problem,) = sheet_of(text).problems
    assert problem.value in ("a NUL sign", "UTF-16")


def test_a_nul_in_a_comment_or_the_settings_is_one_too():
    for name in ("comments.sv.md", "study.toml"):
        (problem,) = decode(name, b"line\ncut\0short")[1]
        assert (problem.file, problem.row, problem.value) == (name, 2, "a NUL sign")


# --- lines and quotes -----------------------------------------------------------------------


@pytest.mark.parametrize("ends", ["\r", "\r\n", "\n", "\n\r", "\r\r\n"])
def test_any_line_end_ends_a_record(ends):
    sheet = sheet_of(ends.join(["id,name,share", "1,a,x", "2,b,y", ""]))
    assert (sheet.problems, list(sheet.records())) == ((), [("1", "a", "x"), ("2", "b", "y")])


def test_line_ends_may_differ_from_line_to_line():
    sheet = sheet_of("id,name,share\r1,a,x\n2,b,y\r\n3,c,z\r4,d,w")
    assert [record[0] for record in sheet.records()] == ["1", "2", "3", "4"]
    assert sheet.rows.tolist() == [2, 3, 4, 5]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_line_end_in_quotes_ends_nothing(end):
    sheet = sheet_of(f'id,name,share\n1,"a{end}b",x\n2,c,y\n')
    assert sheet.column("name").categories.tolist() == [f"a{end}b", "c"]
    assert sheet.rows.tolist() == [2, 3]


@pytest.mark.parametrize("sign", ["\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_what_only_python_takes_for_a_line_end_is_text(sign):
    sheet = sheet_of(f"id,name,share\n1,a{sign}b,x\n")
    assert list(sheet.records()) == [("1", f"a{sign}b", "x")]


UNBALANCED = {
    "never-closed": ('id,name,share\n1,"a,x\n2,b,y\n', 2),
    "closed-rows-later": ('id,name,share\n1,"a,x\n2,b",y\n', None),
    "in-the-header": ('id,"name,share\n1,a,x\n', 1),
    "at-the-end": ('id,name,share\n1,a,x\n2,b,"', 3),
    "text-after-it": ('id,name,share\n1,"a"b,x\n', 2),
    "only-a-quote": ('"', 1),
}


@pytest.mark.parametrize(("text", "row"), UNBALANCED.values(), ids=UNBALANCED.keys())
def test_an_unbalanced_quote_is_one_problem(text, row):
    sheet = sheet_of(text)
    if row is None:  # two rows have become one cell: the row has the cells of a whole one
        assert list(sheet.records()) == [("1", "a,x\n2,b", "y")]
        return
    (problem,) = sheet.problems
    assert (problem.row, "quotes" in problem.expected) == (row, True)


def test_a_quote_within_an_unquoted_cell_is_text():
    assert list(sheet_of('id,name,share\n1,5" disk,x\n').records()) == [("1", '5" disk', "x")]


# --- sizes ----------------------------------------------------------------------------------


def test_a_cell_of_a_million_letters_is_read_and_leaves_pythons_limit_alone():
    before = csv.field_size_limit()
    plain = read()
    found = read(interviews=INTERVIEWS.replace('"hemligt, citat"', '"' + "å" * MILLION + '"'))
    assert found.interviews.equals(plain.interviews)
    assert csv.field_size_limit() == before


def test_a_cell_of_a_million_letters_in_a_column_that_is_read_is_told_by_its_length():
    (problem,) = problems(interviews=INTERVIEWS.replace("need/feedback", "x" * MILLION))
    assert (problem.row, problem.column, problem.value) == (4, "code", "1000000 characters")


def test_a_heading_of_a_million_letters_is_told_by_its_length():
    found = problems(interviews=INTERVIEWS.replace("coder", "x" * MILLION))
    assert [problem.column for problem in found] == ["coder"]
    assert sum(len(problem.sentence()) for problem in found) < 1000


def test_threads_that_read_at_once_leave_the_limit_as_it_was():
    before, done = csv.field_size_limit(), []
    data = ("id,name,share\n" + f"1,{'x' * 200_000},y\n" * 20).encode()

    def work() -> None:
        done.extend(not sheet_of(data).problems for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True] * 20
    assert csv.field_size_limit() == before


def wide(columns: int) -> str:
    return ",".join(f"c{number}" for number in range(columns))


def test_a_table_may_have_the_columns_of_a_spreadsheet_and_no_more():
    known = "item_id,department_id,date,quadrant,theme,votes,statement"
    assert len(read(workshop=f"{known},{wide(16_384 - 7)}\n").workshop) == 0
    (problem,) = problems(workshop=f"{known},{wide(16_385 - 7)}\n")
    assert (problem.row, problem.value) == (1, "16385 columns")


def test_columns_that_are_all_unknown_are_one_problem_for_each_that_is_missing():
    found = problems(workshop=f"{wide(16_384)}\n")
    assert [problem.row for problem in found] == [1] * 7


@pytest.mark.parametrize("line", [b"1," * 1_000_001, b'"' + b"," * 1_000_001 + b'"'])
@pytest.mark.parametrize(("before", "row"), [(b"", 1), (b"id,name,share\n1,a,x\n", 3)])
def test_a_line_of_more_separators_than_memory_holds_is_one_problem(line, before, row):
    (problem,) = sheet_of(before + line + b"\n").problems
    assert (problem.row, problem.expected[:21]) == (row, "at most 16384 columns")


def test_the_row_of_a_bad_letter_is_told_after_such_a_line_too():
    (problem,) = sheet_of(b"id,name,share\n" + b"1," * 1_000_001 + b"\n\xff\n").problems
    assert problem.expected == "text in UTF-8"


def test_one_long_line_is_one_problem():
    (problem,) = sheet_of(b"id,name,share\n" + b"1," * 900_000 + b"\n").problems
    assert (problem.row, problem.value) == (2, "900001 cells")


def test_many_bad_cells_are_all_told():
    rows = "\n".join(f"s{n},i1,ABC-1,2020-01-15,,Ann,nonsense{n},x" for n in range(20_000))
    found = problems(interviews=INTERVIEWS.splitlines()[0] + "\n" + rows + "\n")
    assert [problem.row for problem in found] == list(range(2, 20_002))


def test_blank_rows_without_number_are_no_rows():
    rows = "\n" * 200_000 + ",,\n" * 50_000
    sheet = sheet_of("id,name,share\n" + rows + "1,a,x\n")
    assert sheet.rows.tolist() == [250_002]


# --- letters that look like others, and that a screen obeys ------------------------------------

STRANGE = {
    "cyrillic-A": "\N{CYRILLIC CAPITAL LETTER A}BC-1",
    "zero-width": "ABC-1\N{ZERO WIDTH SPACE}",
    "bom-inside": "ABC-\N{ZERO WIDTH NO-BREAK SPACE}1",
    "right-to-left": "\N{RIGHT-TO-LEFT OVERRIDE}ABC-1",
    "fullwidth": "\N{FULLWIDTH LATIN CAPITAL LETTER A}BC-1",
    "escape": "ABC-1\x1b[31m",
    "bell": "ABC-1\a",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_a_department_that_only_looks_known_is_a_problem_that_shows_why(text):
    found = problems(workshop=tiny()["workshop.csv"].replace("ABC-1", text, 1))
    assert [(p.file, p.row, p.column) for p in found] == [("workshop.csv", 2, "department_id")]
    assert found[0].value.isprintable()
    assert found[0].value != "ABC-1"


def test_combining_letters_without_end_are_read_in_good_time():
    text = "a" + "\N{COMBINING ACUTE ACCENT}\N{COMBINING CEDILLA}" * 500_000
    raw = read(departments=DEPARTMENTS.replace("Alfa", text).replace("Å", "A\u030a"))
    assert raw.departments["department_id"].tolist() == ["ABC-1", "ÅÄÖ-22"]


def test_accents_are_composed_in_long_texts_too():
    assert composed("A\u030a " * 1_000 + "\u0301e") == "Å " * 1_000 + "\u0301e"
    word = "A\u030a" * 501
    assert composed(word) == word
    assert composed(f"A\u030a {word} A\u030a") == f"Å {word} Å"
    assert composed(word[:1_000]) == "Å" * 500
