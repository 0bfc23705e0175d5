"""The form of a file: separators, line ends, encodings, rows as a spreadsheet numbers them."""

from __future__ import annotations

import pytest

from mapping.instruments.delimited import read_sheet
from mapping.instruments.sheet import clean

COLUMNS = ("id", "name", "share")


def sheet_of(data: bytes | str):
    return read_sheet("f.csv", data.encode() if isinstance(data, str) else data, COLUMNS)


def records_of(data: bytes | str) -> list[list[str]]:
    sheet = sheet_of(data)
    assert not sheet.problems
    assert sheet.header == COLUMNS
    return [list(record) for record in sheet.records()]


PLAIN = 'id,name,share\n1,Åsa,\n2,"a, b",x\n'


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        PLAIN.rstrip("\n"),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n"),
        'id;name;share\r\n1;Åsa;\r\n2;"a, b";x\r\n',
        "id;name;share\n1;Åsa;\n2;a, b;x\n",
        PLAIN.replace("Å", "A\N{COMBINING RING ABOVE}"),
        PLAIN.replace("Åsa", "  Åsa\N{NO-BREAK SPACE}"),
        '"id","name","share"\n"1","Åsa",""\n"2","a, b","x"\n\n',
        '\n,,\nid,name,share\n1,Åsa,\n ,,\n\n2,"a, b",x\n;\n'.replace(";", ""),
    ],
    ids=[
        "lf",
        "no-end",
        "bom",
        "crlf",
        "semicolon",
        "semicolon-bare",
        "nfd",
        "space",
        "quoted",
        "blank",
    ],
)
def test_every_accepted_form_gives_the_same_records(data):
    assert records_of(data) == [["1", "Åsa", ""], ["2", "a, b", "x"]]


@pytest.mark.parametrize(("text", "comma"), [("id,name,share\n", False), ("id;name;share\n", True)])
def test_only_a_file_with_semicolons_has_decimal_commas(text, comma):
    assert sheet_of(text).decimal_comma is comma


def test_a_semicolon_inside_a_header_cell_does_not_make_it_the_separator():
    text = 'id,name,share,"a;b;c;d;e;f"\n1,2,3,4\n'
    assert sheet_of(text).header == (*COLUMNS, "a;b;c;d;e;f")


def test_more_commas_in_the_headings_do_not_make_comma_the_separator():
    text = "id;name;share;one, two, three, four, five\n1;2;3;4\n"
    assert sheet_of(text).header[:3] == COLUMNS


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    text = 'id,name,share\n1,"two\nlines",x\n\n,,\n5,b,y\n'
    assert sheet_of(text).rows.tolist() == [2, 5]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'=1+1", "=1+1"),
        ("'+46", "+46"),
        ("'-5", "-5"),
        ("'@a", "@a"),
        ("'a", "'a"),
        ("'", "'"),
        (" '=a ", "=a"),
        ("''=a", "'=a"),
    ],
)
def test_the_mark_before_a_formula_sign_is_taken_off(cell, text):
    assert clean(cell) == text


REFUSED = {
    "empty": (b"", None, "", "header row"),
    "only-bom": (b"\xef\xbb\xbf\n", None, "", "header row"),
    "ragged-long": (b"id,name,share\n1,a,x\n2,b,y,z\n", 3, "4 cells", "3 cells"),
    "ragged-short": (b"id,name,share\n\n2,b\n", 3, "2 cells", "3 cells"),
    "quote-open": (b'id,name,share\n1,a,x\n2,"b,y\n3,c,z\n', 3, "", "quotes"),
    "quote-in-header": (b'id,"name,share\n1,a,x\n', 1, "", "quotes"),
    "quote-in-header-semicolon": (b'id;"name;share\n1;a;x\n', 1, "", "quotes"),
    "quote-text-after": (b'id,name,share\n1,"a" b,x\n', 2, "", "quotes"),
    "nul": (b"id,name,share\n1,a,x\n2,b\x00,y\n", 3, "a NUL sign", "without NUL"),
    "windows-1252": ("id,name,share\n1,a,x\n2,Åsa,y\n".encode("cp1252"), 3, "Windows-1252",
                     "UTF-8"),
    "windows-1252-header": ("id,nåme,share\n".encode("cp1252"), 1, "Windows-1252", "UTF-8"),
    "utf-16": ("id,name,share\n1,a,x\n".encode("utf-16"), None, "UTF-16", "UTF-8"),
    "utf-16-be": ("id,name,share\n".encode("utf-16-be"), None, "UTF-16", "UTF-8"),
    "tabs": (b"id\tname\tshare\n1\ta\tx\n", 1, "tabs", "comma or semicolon"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "row", "value", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_a_broken_form_is_one_problem_with_its_row(data, row, value, expected):
    (problem,) = sheet_of(data).problems
    assert (problem.file, problem.row, problem.column) == ("f.csv", row, "")
    assert value in problem.value
    assert expected in problem.expected
    assert problem.remedy


@pytest.mark.parametrize("kind", ["windows-1252", "utf-16"])
def test_a_wrong_encoding_is_answered_in_the_words_of_excels_menu(kind):
    (problem,) = sheet_of(REFUSED[kind][0]).problems
    assert "Spara som: CSV UTF-8" in problem.remedy


def test_rows_before_a_broken_quote_and_around_ragged_ones_are_still_read():
    sheet = sheet_of('id,name,share\n1,a,x\n2,b\n3,c,z\n4,"d,y\n')
    assert sheet.rows.tolist() == [2, 4]
    assert sorted(problem.row for problem in sheet.problems) == [3, 5]


def test_several_ragged_rows_are_several_problems():
    assert [p.row for p in sheet_of("id,name,share\n1\n2,b,y\n3,c\n").problems] == [2, 4]
