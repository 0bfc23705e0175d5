"""Workbooks: what a cell says to a person, and what must never be read in silence."""

from __future__ import annotations

import io
import random
import time
import zipfile
from datetime import date, datetime
from typing import Any

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from workbooks import (
    MAIN,
    STRICT,
    TEMPLATE,
    XLSB,
    XLSM,
    raw_workbook,
    sheet_xml,
    table_workbook,
    text_row,
    workbook_of,
    zipped,
)

from mapping.errors import DataError
from mapping.instruments.sheet import Sheet
from mapping.instruments.spreadsheet import grid as grid_module
from mapping.instruments.spreadsheet import (
    grids,
    headings,
    is_workbook,
    read_table,
)
from mapping.instruments.spreadsheet import table as table_module
from mapping.instruments.spreadsheet.cells import Style, style_of

HEAD = text_row(1, "id", "day", "note")
COLUMNS = ("id", "day", "note")


def read(data: bytes) -> Sheet:
    return read_table("a.xlsx", data, COLUMNS, ("day",))


def raw(rows: str, **options: Any) -> bytes:
    """A sheet with the three columns and these rows below them."""
    around = {key: options.pop(key) for key in ("before", "after") if key in options}
    return raw_workbook({"Blad1": sheet_xml(HEAD + rows, **around)}, **options)


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return list(sheet.records())


def told(data: bytes) -> str:
    """The one problem for which a workbook is refused."""
    with pytest.raises(DataError) as error:
        read(data)
    [problem] = error.value.problems
    assert problem.file == "a.xlsx"
    assert problem.remedy
    return problem.sentence()


def one(cell: str, **options: Any) -> str:
    """The text of a cell in the column note."""
    sheet = read(raw(f'<row r="2"><c r="A2"><v>1</v></c>{cell}</row>', **options))
    assert sheet.problems == ()
    return cells(sheet)[0][2]


# ---- what a cell says


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("3", "3"),
        ("3.0", "3"),
        ("-5", "-5"),
        ("-0", "0"),
        ("0.25", "0.25"),
        ("0.30000000000000004", "0.3"),
        ("0.1", "0.1"),
        ("1E-3", "0.001"),
        ("123456789012345", "123456789012345"),
        ("1.5E3", "1500"),
        ("0.333333333333333315", "0.333333333333333"),
        (" 7 ", "7"),
        ("3.3333333333333333E-2", "0.033333333333333"),
        ("1E-20", "1e-20"),
    ],
)
def test_a_number_is_what_a_person_sees(stored: str, shown: str) -> None:
    assert one(f'<c r="C2"><v>{stored}</v></c>') == shown


@pytest.mark.parametrize(
    ("code", "stored", "shown"),
    [
        ("0%", "0.25", "0.25"),
        ("0000", "7", "0007"),
        ("00000", "123456", "123456"),
        ("0&quot; dagar&quot;", "3", "3"),
        ("0.00E+00", "1500", "1500"),
        ("[Red]0", "2", "2"),
        ("#,##0\\ &quot;kr&quot;", "1200", "1200"),
        ("General", "1.5", "1.5"),
        ("@", "12", "12"),
    ],
)
def test_the_format_of_a_number_adds_nothing_but_leading_zeros(
    code: str, stored: str, shown: str
) -> None:
    assert one(f'<c r="C2" s="0"><v>{stored}</v></c>', formats=[code]) == shown


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c r="C2" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="C2" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="C2" t="str"><v>a text</v></c>', "a text"),
        ('<c r="C2" t="inlineStr"><is><t>007</t></is></c>', "007"),
        ('<c r="C2" t="inlineStr"><is><t>=1+1</t></is></c>', "=1+1"),
        ('<c r="C2" t="inlineStr"><is><t>\'=1+1</t></is></c>', "=1+1"),
        ('<c r="C2" t="inlineStr"><is><t>-5</t></is></c>', "-5"),
        ('<c r="C2" t="inlineStr"><is><t>two\nlines</t></is></c>', "two\nlines"),
        ('<c r="C2" t="inlineStr"><is><t>two_x000D_\nlines</t></is></c>', "two\nlines"),
        ('<c r="C2" t="inlineStr"><is><t>_x005F_x000D_</t></is></c>', "_x000D_"),
        ('<c r="C2" t="inlineStr"><is><t>a_x0000_b</t></is></c>', "a_x0000_b"),
        ('<c r="C2" t="inlineStr"><is><t>a_xD83D_b</t></is></c>', "a_xD83D_b"),
        ('<c r="C2" t="inlineStr"><is><t>a\u030a</t></is></c>', "å"),
        ('<c r="C2" t="inlineStr"><is><t>  space </t></is></c>', "space"),
        ('<c r="C2" t="inlineStr"><is><r><t>bo</t></r><r><t>ld</t></r></is></c>', "bold"),
        (
            '<c r="C2" t="inlineStr"><is><t>東京</t>'
            '<rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is></c>',
            "東京",
        ),
        ('<c r="C2" t="s"><v>1</v></c>', "second"),
        ('<c r="C2" t="s"><v>2</v></c>', "rich text"),
        ('<c r="C2"/>', ""),
        ('<c r="C2" t="n"><v></v></c>', ""),
        ('<c r="C2" t="inlineStr"><is/></c>', ""),
    ],
)  # fmt: skip
def test_a_cell_of_another_kind_is_its_text(cell: str, shown: str) -> None:
    rich = "<si><r><t>rich</t></r><r><t> text</t></r><rPh><t>no</t></rPh></si>"
    strings = f'<sst xmlns="{MAIN}"><si><t>first</t></si><si><t>second</t></si>{rich}</sst>'
    assert one(cell + '<c r="D2" t="inlineStr"><is><t>x</t></is></c>', strings=strings) == shown


def test_excel_s_own_files_are_read() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Intervjuer")
        sheet.write_row(0, 0, COLUMNS)
        sheet.write_string(1, 0, "007")
        sheet.write_datetime(1, 1, datetime(2019, 10, 2), book.add_format({"num_format": 14}))
        sheet.write_rich_string(1, 2, "a ", book.add_format({"bold": True}), "bold", " word")
        sheet.write_number(2, 0, 8)
        sheet.write_string(2, 2, "=1+1", book.add_format({"quote_prefix": True}))
    sheet_read = read(buffer.getvalue())
    assert cells(sheet_read) == [("007", "2019-10-02", "a bold word"), ("8", "", "=1+1")]
    assert sheet_read.rows.tolist() == [2, 3]
    assert sheet_read.problems == ()


def test_openpyxl_s_files_are_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(COLUMNS)
    book.active.append(["a", date(2019, 10, 2), 0.1 + 0.2])
    buffer = io.BytesIO()
    book.save(buffer)
    assert cells(read(buffer.getvalue())) == [("a", "2019-10-02", "0.3")]


def test_a_strict_workbook_is_read() -> None:
    row = '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="d"><v>2019-10-02T00:00:00</v></c></row>'
    sheet = sheet_xml(HEAD + row, namespace=STRICT)
    assert cells(read(raw_workbook({"A": sheet}, namespace=STRICT))) == [("1", "2019-10-02", "")]


def test_blank_rows_are_counted_and_blank_cells_around_the_table_are_nothing() -> None:
    rows = [COLUMNS, ["a"], [], [" "], ["b", None, "x", " ", None, " "], [None] * 9]
    sheet = read(workbook_of({"A": rows}))
    assert sheet.header == COLUMNS
    assert cells(sheet) == [("a", "", ""), ("b", "", "x")]
    assert sheet.rows.tolist() == [2, 5]


def test_rows_and_cells_without_a_number_follow_one_another() -> None:
    rows = "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r='5'><c r='C5'><v>4</v></c></row>"
    sheet = read(raw(rows))
    assert cells(sheet) == [("1", "", "3"), ("", "", "4")]
    assert sheet.rows.tolist() == [2, 5]


def test_a_title_above_the_table_is_passed_over_and_said() -> None:
    rows = [["Intervjuer 2019"], ["id: se nedan"], [], [None, *COLUMNS], [None, "a", None, "x"]]
    table = read_table("a.xlsx", workbook_of({"A": rows}), COLUMNS)
    assert table.header == COLUMNS
    assert table.rows.tolist() == [5]
    assert "The header is row 4; the 2 rows above it are not read." in table.notes


def test_a_cell_beside_the_table_is_told() -> None:
    rows = [[*COLUMNS], ["a", None, None, None, "ask Anna"], [None, None, None, None, "more"]]
    table = read_table("a.xlsx", workbook_of({"A": rows}), COLUMNS)
    assert table.rows.tolist() == [2]
    assert table.warnings == ("Column E has 2 filled cells and no heading: not read.",)


# ---- dates


@pytest.mark.parametrize(
    ("serial", "from_1904", "day"),
    [
        ("43740", False, "2019-10-02"),
        ("42278", True, "2019-10-02"),
        ("1", False, "1900-01-01"),
        ("59", False, "1900-02-28"),
        ("61", False, "1900-03-01"),
        ("1", True, "1904-01-02"),
        ("2958465", False, "9999-12-31"),
        ("43740.75", False, "2019-10-02"),
    ],
)
def test_a_number_formatted_as_a_day_is_that_day(serial: str, from_1904: bool, day: str) -> None:
    row = f'<row r="2"><c r="B2" s="0"><v>{serial}</v></c></row>'
    sheet = read(raw(row, formats=["yyyy\\-mm\\-dd"], from_1904=from_1904))
    assert cells(sheet) == [("", day, "")]


@pytest.mark.parametrize(
    ("serial", "from_1904"),
    [("60", False), ("0", False), ("-1", False), ("2958466", False), ("1E300", False), ("-1", True),
     ("2957004", True)],
)  # fmt: skip
def test_a_day_that_is_none_is_an_error(serial: str, from_1904: bool) -> None:
    row = f'<row r="2"><c r="B2" s="0"><v>{serial}</v></c></row>'
    [problem] = read(raw(row, formats=["yyyy-mm-dd"], from_1904=from_1904)).problems
    assert problem.row == 2
    assert problem.column == "day"
    assert problem.value == "a date that does not exist in cell B2 of the sheet Blad1"


@pytest.mark.parametrize(
    ("serial", "from_1904", "text"),
    [
        ("43740", False, "2019-10-02"),
        ("42278", True, "2019-10-02"),
        ("25569", False, "1970-01-01"),
        ("25568", False, "25568"),
        ("73050", False, "2099-12-31"),
        ("73051", False, "73051"),
        ("2019", False, "2019"),
        ("20191002", False, "20191002"),
    ],
)
def test_a_plain_number_in_a_column_of_days_is_a_day_of_these_years(
    serial: str, from_1904: bool, text: str
) -> None:
    data = raw(f'<row r="2"><c r="B2"><v>{serial}</v></c></row>', from_1904=from_1904)
    assert cells(read(data)) == [("", text, "")]
    system = 1904 if from_1904 else 1900
    said = f"Column day: 1 plain numbers are read as days of the {system} date system."
    warnings = read_table("a.xlsx", data, COLUMNS, ("day",)).warnings
    assert (warnings == (said,)) is ("-" in text)


def test_a_day_in_another_column_is_an_error_for_it_may_have_been_a_fraction() -> None:
    row = '<row r="2"><c r="A2"><v>1</v></c><c r="C2" s="1"><v>43740</v></c></row>'
    data = raw(row + text_row(3, "2", "", "x"), formats=["General", "d/m"])
    sheet = read(data)
    [problem] = sheet.problems
    assert problem.sentence().startswith("a.xlsx, row 2, column note: found a date in cell C2 of")
    assert sheet.rows.tolist() == [3]
    other = read_table("a.xlsx", data, ("id", "day"), ("day",))
    assert cells(other)[0] == ("1", "", "2019-10-02")


@pytest.mark.parametrize(
    ("code", "serial", "shown"),
    [
        ("yyyy-mm-dd hh:mm", "43740.75", "2019-10-02 18:00:00"),
        ("yyyy-mm-dd hh:mm", "43740", "2019-10-02"),
        ("[$-41D]d mmmm yyyy;@", "43740", "2019-10-02"),
        ("YYYY\\-MM\\-DD", "43740", "2019-10-02"),
        ("mmm", "43740", "2019-10-02"),
        ("hh:mm", "0.5", "12:00:00"),
        ("mm:ss", "0.25", "06:00:00"),
        ("h:mm AM/PM", "0.75", "18:00:00"),
        ("[h]:mm", "1.5", "36:00:00"),
        ("hh:mm", "43740.999999", "2019-10-03"),
    ],
)
def test_a_time_is_shown_if_its_format_shows_it(code: str, serial: str, shown: str) -> None:
    row = f'<row r="2"><c r="B2" s="0"><v>{serial}</v></c></row>'
    assert cells(read(raw(row, formats=[code])))[0][1] == shown


def test_built_in_formats() -> None:
    assert style_of(14, {}) == Style(day=True)
    assert style_of(22, {}) == Style(day=True, time=True)
    assert style_of(20, {}) == Style(time=True)
    assert style_of(46, {}) == Style(time=True, elapsed=True)
    assert style_of(57, {}) == Style(day=True)
    for number in (0, 1, 9, 10, 48, 49):
        assert style_of(number, {}) == Style()


# ---- what is never read in silence


def test_formulas_in_a_column_are_one_error_that_names_them() -> None:
    def row(n: int) -> str:
        return f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="C{n}"><f>A{n}*2</f><v>4</v></c></row>'

    plain = text_row(5, "5", "", "x")
    sheet = read(raw(row(2) + row(3) + row(4) + plain + row(7)))
    [problem] = sheet.problems
    assert problem.row == 2
    assert problem.column == "note"
    assert problem.value == "a formula in cells C2:C4, C7 of the sheet Blad1"
    assert "Klistra in special: Värden" in problem.remedy
    assert cells(sheet) == [("5", "", "x")]


def test_many_scattered_formulas_are_counted() -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="C{n}"><f>1</f></c></row>'
        for n in range(2, 22, 2)
    )
    [problem] = read(raw(rows)).problems
    assert "cells C2, C4, C6, C8, C10, C12, C14, C16 and 2 more of" in problem.value


def test_what_an_array_formula_spills_is_a_formula_too() -> None:
    rows = (
        '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><f t="array" ref="C2:C3">X</f></c></row>'
        '<row r="3"><c r="A3"><v>2</v></c><c r="C3"><v>2</v></c></row>'
        '<row r="4"><c r="A4"><v>3</v></c><c r="C4"><v>3</v></c></row>'
    )
    sheet = read(raw(rows))
    [problem] = sheet.problems
    assert "cells C2:C3" in problem.value
    assert cells(sheet) == [("3", "", "3")]


def test_a_shared_formula_without_text_is_a_formula() -> None:
    row = '<row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c></row>'
    [problem] = read(raw(row)).problems
    assert "cell A2" in problem.value


def test_a_formula_in_a_column_that_nobody_reads_is_no_error() -> None:
    data = raw('<row r="2"><c r="A2"><v>1</v></c><c r="C2"><f>1</f><v>secret</v></c></row>')
    sheet = read_table("a.xlsx", data, ("id", "day"), passed_over=lambda name: name == "note")
    assert sheet.problems == ()
    assert cells(sheet) == [("1", "", "")]


EXTRA = (
    '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><f>1</f><v>3</v></c></row>'
    '<row r="3"><c r="A3"><v>2</v></c><c r="C3" t="e"><v>#N/A</v></c></row>'
    '<row r="4"><c r="A4"><v>3</v></c><c r="C4"><v>1E400</v></c></row>'
)
"""A column C with what cannot be read: a formula, an error, a number, and merged cells."""

MERGED = '<mergeCells><mergeCell ref="C3:D4"/></mergeCells>'


@pytest.mark.parametrize("file", ["interviews.xlsx", "departments.xlsx", "a.xlsx"])
def test_whatever_is_wrong_in_a_column_that_is_not_asked_for_is_no_error(file: str) -> None:
    sheet = read_table(file, raw(EXTRA, after=MERGED), ("id", "day"))
    assert sheet.problems == ()
    assert [record[:2] for record in cells(sheet)] == [("1", ""), ("2", ""), ("3", "")]


@pytest.mark.parametrize("file", ["survey.xlsx", "Survey.xlsx"])
def test_any_column_of_the_survey_may_be_an_item_and_is_checked(file: str) -> None:
    sheet = read_table(file, raw(EXTRA, after=MERGED), ("id", "day"))
    assert len(sheet.problems) == 4
    assert {problem.column for problem in sheet.problems} == {"note"}
    assert cells(sheet) == []
    passed = read_table(
        file, raw(EXTRA, after=MERGED), ("id", "day"), passed_over=lambda name: name == "note"
    )
    assert passed.problems == ()


def test_a_column_of_contacts_is_read_where_there_is_one() -> None:
    book = raw_workbook({"Blad1": sheet_xml(text_row(1, "id", "day", "contact") + EXTRA)})
    assert len(read_table("departments.xlsx", book, ("id", "day")).problems) == 3
    assert read_table("departments.xlsx", raw(EXTRA), ("id", "day")).problems == ()


def test_merged_cells_that_reach_into_the_table_s_columns_are_an_error() -> None:
    merged = MERGED.replace("C3:D4", "B3:C4")
    [problem] = read_table("a.xlsx", raw(EXTRA, after=merged), ("id", "day")).problems
    assert problem.value == "merged cells B3:C4 of the sheet Blad1"


def test_each_error_of_a_column_is_told_with_its_cells() -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="e"><v>{shown}</v></c></row>'
        for n, shown in enumerate(["#N/A", "#REF!", "#N/A", "#NUM!"], 2)
    )
    told = [problem.value for problem in read(raw(rows)).problems]
    assert told == [
        "#N/A in cells A2, A4 of the sheet Blad1",
        "#REF! in cell A3 of the sheet Blad1",
        "#NUM! in cell A5 of the sheet Blad1",
    ]


def test_many_merged_ranges_errors_and_hidden_columns_cost_no_time() -> None:
    # Each times each would be 10,000 times 10,000: beyond the time that is given here.
    columns = tuple(f"c{number}" for number in range(1_000))
    errors = "".join(f'<row r="{n}"><c t="e"><v>#E{n}</v></c></row>' for n in range(2, 10_002))
    merged = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(2, 10_002))
    hidden = '<col min="5" max="6" hidden="1"/>' * 10_000
    data = raw_workbook(
        {
            "Blad1": sheet_xml(
                text_row(1, *columns) + errors,
                before=f"<cols>{hidden}</cols>",
                after=f"<mergeCells>{merged}</mergeCells>",
            )
        }
    )
    began = time.process_time()
    sheet = read_table("a.xlsx", data, columns[:2])
    assert time.process_time() - began < 3
    assert len(sheet.problems) == 20_000


@pytest.mark.parametrize("shown", ["#N/A", "#DIV/0!", "#REF!"])
def test_an_error_is_named(shown: str) -> None:
    row = f'<row r="2"><c r="A2"><v>1</v></c><c r="C2" t="e"><v>{shown}</v></c></row>'
    sheet = read(raw(row))
    [problem] = sheet.problems
    assert problem.value == f"{shown} in cell C2 of the sheet Blad1"
    assert cells(sheet) == []


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ("1000000000000000", "a number of more than 15 digits"),
        ("1e400", "a number of more than 15 digits"),
        ("NaN", "no number"),
        ("inf", "no number"),
        ("1_000", "no number"),
        ("abc", "no number"),
    ],
)
def test_a_number_that_cannot_be_is_an_error(stored: str, found: str) -> None:
    row = f'<row r="2"><c r="A2"><v>{stored}</v></c></row>'
    [problem] = read(raw(row)).problems
    assert problem.value.startswith(f"{found} in cell A2")


def test_merged_cells_in_the_table_are_an_error() -> None:
    rows = text_row(2, "a", "", "x") + text_row(3, "", "", "y") + text_row(4, "b", "", "z")
    merged = '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    sheet = read(raw(rows, after=merged))
    [problem] = sheet.problems
    assert problem.row == 2
    assert problem.column == "id"
    assert problem.value == "merged cells A2:A3 of the sheet Blad1"
    assert cells(sheet) == [("b", "", "z")]


@pytest.mark.parametrize("area", ["E1:F3", "A6:C6", "E2"])
def test_merged_cells_beside_or_below_the_table_are_none_of_it(area: str) -> None:
    merged = f'<mergeCells><mergeCell ref="{area}"/></mergeCells>'
    assert read(raw(text_row(2, "a", "", "x"), after=merged)).problems == ()


def test_a_merged_title_above_the_table_is_none_of_it() -> None:
    rows = text_row(1, "Title") + text_row(3, *COLUMNS) + text_row(4, "a", "", "x")
    merged = '<mergeCells><mergeCell ref="A1:C2"/></mergeCells>'
    sheet = read(raw_workbook({"A": sheet_xml(rows, after=merged)}))
    assert sheet.problems == ()
    assert cells(sheet) == [("a", "", "x")]


def test_hidden_rows_and_columns_are_read_and_said() -> None:
    rows = text_row(2, "a").replace("<row ", '<row hidden="1" ') + text_row(3, "b")
    hidden = '<cols><col min="2" max="2" hidden="1"/></cols>'
    table = read_table("a.xlsx", raw(rows, before=hidden), COLUMNS)
    assert [record[0] for record in cells(table)] == ["a", "b"]
    assert table.warnings == (
        "1 row of the sheet Blad1 are hidden or filtered, and are read.",
        "Hidden columns that are read: day.",
    )


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_not_read_and_said(state: str) -> None:
    both = {
        "Old": sheet_xml(HEAD + text_row(2, "old")),
        "New": sheet_xml(HEAD + text_row(2, "new")),
    }
    table = read_table("a.xlsx", raw_workbook(both, states={"Old": state}), COLUMNS)
    assert cells(table) == [("new", "", "")]
    assert "Hidden sheets and charts, not read: Old." in table.notes
    alone = raw_workbook({"Old": both["Old"]}, states={"Old": state})
    assert "only hidden sheets: Old" in told(alone)


def test_two_sheets_with_the_columns_are_an_error_that_names_them() -> None:
    data = workbook_of({"One": [COLUMNS, ["a"]], "Two": [COLUMNS, ["b"]], "Three": [["x"]]})
    assert "the sheets One, Two;" in told(data)


def test_the_sheet_with_the_columns_is_the_table_and_the_others_are_named() -> None:
    data = workbook_of({"Help": [["Read this"]], "Data": [COLUMNS, ["a"]], "Empty": []})
    table = read_table("a.xlsx", data, COLUMNS)
    assert cells(table) == [("a", "", "")]
    assert table.notes == (
        "The table is in the sheet Data.",
        "Sheets without the columns, not read: Help.",
    )


def test_sheets_without_the_columns_and_without_cells() -> None:
    assert "the sheets A, B, none with the columns" in told(
        workbook_of({"A": [["x"]], "B": [["y"]]})
    )
    assert "no filled cell" in told(workbook_of({"A": []}))
    assert read(workbook_of({"A": [["x"], ["y"]]})).header == ("x",)
    assert read(workbook_of({"A": [["x"]], "B": [["note"], ["y"]]})).header == ("note",)


@pytest.mark.parametrize(
    ("texts", "comma"),
    [(["0,25", "1"], True), (["1,234"], False), (["1,234", "12,5"], True), (["a, b"], False)],
)
def test_numbers_written_as_text_with_a_decimal_comma(texts: list[str], comma: bool) -> None:
    data = table_workbook({"id": texts, "day": [""] * len(texts), "note": texts})
    assert read(data).decimal_comma is comma


def test_a_number_is_never_taken_for_text_with_a_comma() -> None:
    assert read(table_workbook({"id": [0.25], "day": [""], "note": ["x"]})).decimal_comma is False


# ---- other files, and attacks


def test_other_workbooks_are_refused_with_the_words_of_the_menu() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    locked = ole + "EncryptedPackage".encode("utf-16-le")
    ods = zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})
    body = {"A": sheet_xml(HEAD)}
    for data, found, words in [
        (ole, "an old workbook (.xls)", "Spara som: Excel-arbetsbok"),
        (locked, "a workbook with a password", "Kryptera med lösenord"),
        (ods, "an OpenDocument workbook (.ods)", "Spara som: Excel-arbetsbok"),
        (raw_workbook(body, kind=XLSM), "a workbook with macros", "Spara som: Excel-arbetsbok"),
        (raw_workbook(body, kind=XLSB), "a binary workbook", "Spara som: Excel-arbetsbok"),
        (raw_workbook(body, kind=TEMPLATE), "a template", "Spara som: Excel-arbetsbok"),
        (raw_workbook(body, more={"xl/vbaProject.bin": b"x"}), "macros", "Spara som"),
    ]:
        assert is_workbook(data)
        assert found in told(data)
        assert words in told(data)


def test_what_is_no_workbook() -> None:
    for data in (b"", b"PK", b"id,day\n", zipped({"a.qde": "<Project/>"}), b"\x89PNG"):
        assert not is_workbook(data)
        assert headings(data) == ()
        assert told(data)
    whole = table_workbook({"id": ["a"]})
    assert is_workbook(whole)
    assert is_workbook(whole[:-30])
    assert "damaged" in told(whole[:-30])
    assert "another kind" in told(raw_workbook({"A": sheet_xml(HEAD)}, kind="application/msword"))


@pytest.mark.parametrize("part", ["sheet", "strings"])
def test_entities_are_refused_wherever_they_stand(part: str) -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    external = '<!ENTITY x SYSTEM "file:///etc/passwd">'
    for entities, use in ((f'<!ENTITY e0 "ha">{bomb}', "&e11;"), (external, "&x;")):
        if part == "sheet":
            row = text_row(2, use)
            xml = sheet_xml(HEAD + row).replace("?>", f"?><!DOCTYPE worksheet [{entities}]>", 1)
            data = raw_workbook({"A": xml})
        else:
            sst = f'<!DOCTYPE sst [{entities}]><sst xmlns="{MAIN}"><si><t>{use}</t></si></sst>'
            data = raw('<row r="2"><c r="A2" t="s"><v>0</v></c></row>', strings=sst)
        assert "a document type declaration" in told(data)


def test_a_bomb_of_a_sheet_is_stopped() -> None:
    wide = f'<x a="{"a" * 1000}"/>' * 12_000
    assert "at most 200 times" in told(raw("", before=wide))


def test_a_sheet_that_says_it_is_huge_is_read_at_once() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    size = '<dimension ref="A1:XFD1048576"/>'
    table = read_table("a.xlsx", raw(text_row(2, "a") + far, before=size), COLUMNS)
    assert cells(table) == [("a", "", "")]
    assert table.warnings == ("Column XFD has 1 filled cells and no heading: not read.",)


def test_too_many_cells_or_too_large_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    data = table_workbook({name: range(10) for name in COLUMNS})
    monkeypatch.setattr(grid_module, "CELLS", 33)
    assert len(read(data).rows) == 10
    monkeypatch.setattr(grid_module, "CELLS", 32)
    assert "more than 32 filled cells" in told(data)
    assert "CSV UTF-8" in told(data)
    monkeypatch.undo()
    monkeypatch.setattr(table_module, "AREA", 32)
    assert "11 rows and 3 columns" in told(data)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="0"/>',
        '<row r="1048577"/>',
        '<row r="99999999999"/>',
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="A3"><v>1</v></c></row>',
        '<row r="2"><c r="2"><v>1</v></c></row>',
        '<row r="2"><c r="XFE2"><v>1</v></c></row>',
        '<row r="2"><c r="ÅÄ2"><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>0</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>x</v></c></row>',
        '<row r="2"><c r="A2" s="7"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><f t="array" ref="?">1</f></c></row>',
        '<row r="2"><c r="A2"><v>1</v></row>',
    ],
)
def test_a_sheet_that_contradicts_itself_is_damaged(rows: str) -> None:
    assert told(raw(rows))


def test_a_workbook_in_a_workbook_is_not_opened() -> None:
    inner = table_workbook({"id": ["inner"]})
    data = raw(text_row(2, "outer"), more={"xl/embeddings/inner.xlsx": inner})
    assert cells(read(data)) == [("outer", "", "")]


def test_links_out_of_the_workbook_are_not_followed() -> None:
    data = raw(text_row(2, "a"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    links = "xl/_rels/workbook.xml.rels"
    for target in ("file:///etc/passwd", "../../../etc/passwd", "http://localhost/x"):
        other = files[links].replace(b"worksheets/sheet1.xml", target.encode())
        for text in (other, other.replace(b"Target=", b'TargetMode="External" Target=')):
            assert "a sheet that is not there" in told(zipped({**files, links: text}))


def test_whatever_the_bytes_only_data_errors() -> None:
    rows = [COLUMNS, *([f"a{n}", date(2019, 10, 2), n / 7] for n in range(20))]
    packed = workbook_of({"A": rows, "B": [["x"]]}, default_date_format="yyyy-mm-dd")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    chance = random.Random(6)  # noqa: S311
    outcomes, places = set(), set()
    for turn in range(300):
        data = bytearray(packed)
        if turn % 3:  # inside an entry, packed anew
            name = chance.choice(sorted(files))
            entry = bytearray(files[name])
            for _ in range(chance.randint(1, 4)):
                entry[chance.randrange(len(entry))] = chance.choice(b"0<>\"'/A9 \x00\xff")
            data = bytearray(zipped({**files, name: bytes(entry)}))
        else:
            for _ in range(chance.randint(1, 10)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        is_workbook(bytes(data))
        headings(bytes(data))
        try:
            read(bytes(data))
            outcomes.add("read")
        except DataError as error:
            outcomes.add("refused")
            places |= {problem.file for problem in error.problems}
    assert outcomes == {"read", "refused"}
    assert places == {"a.xlsx"}


# ---- for other readers


def test_grids_give_every_cell_with_its_place() -> None:
    data = workbook_of({"One": [["a", None], [None, 2]], "Two": [], "Three": [[True]]})
    one, three = grids("a.xlsx", data)
    assert [(row, column, *cell) for row, column, cell in one.each()] == [
        (1, 1, "a", "text"),
        (2, 2, "2", "number"),
    ]
    assert three.name == "Three"
    assert [cell.text for _, _, cell in three.each()] == ["TRUE"]
    assert np.array_equal(one.column(2), [0, one.column(2)[1]])
    assert one.column(9).tolist() == [0, 0]


def test_headings_are_those_of_the_first_sheet_with_cells() -> None:
    assert headings(workbook_of({"A": [], "B": [[], COLUMNS, ["x"]]})) == COLUMNS


def test_progress_is_told() -> None:
    seen: list[tuple[str, int, int]] = []
    data = table_workbook({"id": ["a", "b"], "day": ["", ""], "note": ["", ""]})
    read_table("a.xlsx", data, COLUMNS, progress=lambda *told: seen.append(told))
    assert seen[0] == ("a.xlsx", 1, 3)
