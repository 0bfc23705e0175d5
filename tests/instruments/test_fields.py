"""Cells of text to values: what is accepted, what is not, and what a problem shows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mapping.instruments import fields
from mapping.instruments.delimited import read_sheet

FIRST, LAST = date(2019, 12, 2), date(2020, 4, 30)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (fields.whole, "0", 0),
        (fields.whole, "007", 7),
        (fields.whole, "999999999", 999_999_999),
        (fields.number(), "12.5", 12.5),
        (fields.number(), "3", 3.0),
        (fields.number(), "1e3", 1000.0),
        (fields.number(1), "0", 0.0),
        (fields.number(1), "1", 1.0),
        (fields.number(1, decimal_comma=True), "0,25", 0.25),
        (fields.number(1, decimal_comma=True), "0.25", 0.25),
        (fields.free, "", None),
        (fields.free, "text", "text"),
        (fields.required, "text", "text"),
        (fields.optional(fields.whole), "", None),
        (fields.optional(fields.whole), "4", 4),
        (fields.pattern("[A-Z]+"), "AB", "AB"),
        (fields.one_of({"Y": True}), "Y", True),
        (fields.day(FIRST, LAST), "2019-12-02", np.datetime64("2019-12-02", "s")),
        (fields.day(FIRST, LAST), "2020-04-30", np.datetime64("2020-04-30", "s")),
        (fields.day(FIRST, LAST), "2020-02-29", np.datetime64("2020-02-29", "s")),
        (fields.day(FIRST, LAST, time=True), "2020-04-30", np.datetime64("2020-04-30", "s")),
        (
            fields.day(FIRST, LAST, time=True),
            "2020-04-30 23:59:59",
            np.datetime64("2020-04-30", "s"),
        ),
        (
            fields.day(FIRST, LAST, time=True),
            "2020-04-30T23:59+02:00",
            np.datetime64("2020-04-30", "s"),
        ),
    ],
)
def test_a_reader_gives_the_value(read, text, value):
    assert read(text) == value


WRONG = [
    (fields.whole, ["", "-1", "+1", "1.0", "1,0", "1 000", "x", "1000000000", "٣", "1e2"]),
    (fields.number(), ["", "-0.1", "x", "1.", ".5", "0,5", "1 000", "inf", "nan", "1e999", "٣"]),
    (fields.number(1), ["1.0000001", "25 %", "2"]),
    (fields.number(1, decimal_comma=True), ["1,5", "0,2,5"]),
    (fields.required, [""]),
    (fields.pattern("[A-Z]+"), ["", "AB1", "AB\n"]),
    (fields.one_of({"Y": True}), ["", "y", "N"]),
    (
        fields.day(FIRST, LAST),
        ["", "2019-12-01", "2020-05-01", "2020-02-30", "20200115", "2020-W03-3", "15/1/2020",
         "2020-01-15 10:00", "２020-01-15", "2020-1-15"],
    ),
    (
        fields.day(FIRST, LAST, time=True),
        ["2019-12-01 23:59:59", "2020-05-01 00:00:00", "2020-01-15 later", "2020-01-15 "],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("read", "text"), [(read, text) for read, texts in WRONG for text in texts]
)
def test_a_reader_refuses_other_text(read, text):
    with pytest.raises(ValueError):  # noqa: PT011 - the reader says no more than no
        read(text)


@pytest.mark.parametrize(
    ("text", "choices", "sentence"),
    [
        ("intrest/2", ["interest/2", "mandate/2"], "Did you mean 'interest/2'? "),
        ("ABC-1", ["abc-1"], "Did you mean 'abc-1'? "),
        ("xyz", ["interest/2"], ""),
        ("interest/2" + "x" * 40, ["interest/2"], ""),
    ],
)
def test_the_nearest_known_value_is_suggested(text, choices, sentence):
    assert fields.nearest(text, choices) == sentence


@pytest.mark.parametrize(
    ("text", "confidential", "seen"),
    [
        ("prefekt", False, "prefekt"),
        ("prefekt", True, "7 characters"),
        ("x" * 40, False, "x" * 40),
        ("x" * 41, False, "41 characters"),
        ("a\nb\x1b", False, "a\\nb\\x1b"),
        ("", False, ""),
    ],
)
def test_a_problem_shows_a_value_on_one_line_or_only_its_length(text, confidential, seen):
    assert fields.shown(text, confidential=confidential) == seen


def parsed(text: str):
    sheet = read_sheet("f.csv", text.encode(), ("id", "n"))
    field = fields.Field(fields.optional(fields.whole), "a number", "Correct it.", "Int64")
    return fields.parse(sheet, {"id": fields.Field(fields.free, "", ""), "n": field})


def test_each_wrong_cell_is_one_problem_and_missing_in_the_frame():
    result = parsed("id,n\na,1\nb,x\n\nc,\nd,x\n")
    assert result.frame["n"].tolist()[0] == 1
    assert result.frame["n"].isna().tolist() == [False, True, True, True]
    assert result.frame["row"].tolist() == [2, 3, 5, 6]
    assert [(p.row, p.column, p.value) for p in result.problems] == [(3, "n", "x"), (6, "n", "x")]


def test_an_absent_column_is_missing_in_every_row_and_no_problem_of_a_cell():
    result = parsed("id\na\nb\n")
    assert result.frame["n"].isna().all()
    assert not result.problems


def header(text: str, columns: tuple[str, ...] = ("id", "name")):
    sheet = read_sheet("f.csv", text.encode(), columns)
    return sheet, fields.header_problems(sheet, columns)


def test_each_missing_column_is_a_problem_and_the_nearest_heading_is_named():
    _, found = header("Id,x\n1,2\n")
    assert [(p.row, p.column) for p in found] == [(1, "id"), (1, "name")]
    assert found[0].remedy == "Rename the column 'Id' to 'id'."
    assert found[1].remedy == "Add the column 'name' to the header row."


@pytest.mark.parametrize(("text", "column"), [("id,name,id\n", "id"), ("id,name,x,x\n", "x")])
def test_a_column_that_comes_twice_is_one_problem(text, column):
    _, (problem,) = header(text)
    assert (problem.row, problem.column) == (1, column)


def test_without_a_header_row_no_text_of_the_first_record_is_shown():
    _, found = header("hemlig,hemlig\n1,2\n")
    assert [p.column for p in found] == ["id", "name"]
    assert "hemlig" not in "".join(p.sentence() for p in found)


def test_extra_columns_are_listed_and_blank_ones_without_a_name_are_not():
    sheet, found = header("id,note,name,,\n1,a,b,,c\n")
    assert not found
    assert fields.extra_columns(sheet, ("id", "name")) == ("note", "column 5")
