"""The workshop's notes in blocks, a sheet for each department, in any arrangement."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from builders import su_2020
from workbooks import (
    Quadrants,
    one_below_another,
    raw_workbook,
    sheet_xml,
    side_by_side,
    text_row,
    workbook_of,
)

from mapping.errors import DataError, Problem
from mapping.instruments import workshop
from mapping.instruments.fields import SUGGESTIONS
from mapping.instruments.recognised import Read
from mapping.instruments.study_settings import WorkshopSettings, parse_settings
from mapping.instruments.swot_blocks import heading, is_swot_blocks, read_swot_blocks, votes

SETTINGS = parse_settings(
    b"""
    year = 2019
    protocol = "su-2020"
    synthetic = false
    contact = "x"
    names = "code"
    title = {sv = "a", en = "b"}
    fieldwork = {start = 2019-10-01, end = 2019-12-20}
    """,
    "2019",
)
DAY = SETTINGS.fieldwork.start
NOTES: Quadrants = {
    "Styrkor": [("Kunniga kollegor (3)", "interest"), ("Täta band", "Återkoppling")],
    "Svagheter": [("Tid saknas ••", "Time and resources")],
    "Möjligheter": [],
    "Hot": [("Ingen vill", "other"), ("Andra är före", "Rekrytering och marknadsföring"),
            ("Sist", "mandate")],
}  # fmt: skip
COLUMNS = ("quadrant", "theme", "votes", "statement")
HAND_MADE = [
    ("strength", "interest", "3", "Kunniga kollegor"),
    ("strength", "feedback", "0", "Täta band"),
    ("weakness", "resources", "2", "Tid saknas"),
    ("threat", "other", "0", "Ingen vill"),
    ("threat", "recruitment", "0", "Andra är före"),
    ("threat", "mandate", "0", "Sist"),
]


def read(data: bytes, **settings: Any) -> Read:
    told = replace(SETTINGS, workshop=WorkshopSettings(**settings))
    return read_swot_blocks({"workshop.xlsx": data}, su_2020(), told)


def cells(found: Read, *columns: str) -> list[tuple[str, ...]]:
    return list(zip(*(found.sheet.column(name) for name in columns), strict=True))


def problems(rows: list[list[Any]], name: str = "ABC-1") -> tuple[Problem, ...]:
    data = workbook_of({name: rows, "DEF-2": one_below_another(NOTES)})
    found = read(data).sheet
    assert set(found.column("department_id")) <= {name, "DEF-2"}
    return found.problems


@pytest.mark.parametrize(
    ("rows", "ids"),
    [
        (side_by_side(NOTES), ["A2", "A3", "D2", "D6", "D7", "D8"]),
        (one_below_another(NOTES), ["A2", "A3", "A6", "A11", "A12", "A13"]),
        ([["Workshop"], [], *side_by_side(NOTES)], ["A4", "A5", "D4", "D8", "D9", "D10"]),
        ([[None, *row] for row in side_by_side(NOTES)], ["B2", "B3", "E2", "E6", "E7", "E8"]),
    ],
)
def test_blocks_in_any_arrangement(rows: list[list[Any]], ids: list[str]) -> None:
    data = workbook_of({"ABC-1": rows})
    assert is_swot_blocks(data)
    found = read(data, date=DAY)
    assert found.sheet.problems == ()
    assert cells(found, *COLUMNS) == HAND_MADE
    assert list(found.sheet.column("item_id")) == [f"ABC-1!{cell}" for cell in ids]
    assert set(found.sheet.column("department_id")) == {"ABC-1"}
    assert set(found.sheet.column("date")) == {DAY.isoformat()}
    assert found.sheet.rows.tolist() == [2, 3, 4, 5, 6, 7]
    assert found.sheet.header == workshop.COLUMNS


def test_blocks_beside_one_another_without_a_column_between() -> None:
    rows = [
        ["S", None, "W", None, "O", None, "T"],
        ["a", "interest", "b", "workload", "c", "mandate", "d", "other"],
    ]
    found = read(workbook_of({"ABC-1": rows}))
    assert found.sheet.problems == ()
    assert [quadrant for (quadrant,) in cells(found, "quadrant")] == [
        "strength", "weakness", "opportunity", "threat",
    ]  # fmt: skip


def test_the_contract_s_reader_takes_what_was_read() -> None:
    found = read(workbook_of({"ABC-1": side_by_side(NOTES)}), date=DAY)
    parsed = workshop.read_workshop(found.sheet, su_2020(), SETTINGS, ["ABC-1"])
    assert parsed.problems == ()
    assert parsed.frame["votes"].tolist() == [3, 0, 2, 0, 0, 0]
    assert parsed.frame["theme"].tolist() == [theme for _, theme, _, _ in HAND_MADE]


def test_without_a_day_in_the_settings_the_date_is_unknown() -> None:
    found = read(workbook_of({"ABC-1": side_by_side(NOTES)}))
    assert set(found.sheet.column("date")) == {""}
    assert found.sheet.unknown == ("date",)
    assert read(workbook_of({"ABC-1": side_by_side(NOTES)}), date=DAY).sheet.unknown == ()


@pytest.mark.parametrize(
    ("text", "quadrant"),
    [
        ("Styrkor", "strength"),
        ("STYRKA:", "strength"),
        (" weaknesses ", "weakness"),
        ("Möjligheter / Opportunities", "opportunity"),
        ("T: Hot", "threat"),
        ("Threats (hot)", "threat"),
        ("Styrkor och svagheter", ""),
        ("Styrkor / Hot", ""),
        ("hotell", ""),
        ("", ""),
        (":", ""),
        ("Hot " * 30, ""),
    ],
)
def test_headings(text: str, quadrant: str) -> None:
    assert heading(text) == quadrant


@pytest.mark.parametrize(
    ("text", "statement", "count"),
    [
        ("Note", "Note", 0),
        ("Note (3)", "Note", 3),
        ("Note(12)", "Note", 12),
        ("Note ( 3 )", "Note", 3),
        ("Note (+2)", "Note", 2),
        ("Note (3 röster)", "Note", 3),
        ("Note (0)", "Note", 0),
        ("Note (2019)", "Note (2019)", 0),
        ("Note (3) more", "Note (3) more", 0),
        ("Note (a3)", "Note (a3)", 0),
        ("Note•••", "Note", 3),
        ("Note • • •", "Note", 3),
        ("Note ●●", "Note", 2),
        ("Note·", "Note", 1),
        ("Note ∙∙", "Note", 2),
        ("Note.", "Note.", 0),
        ("Note...", "Note...", 0),
        ("Note ...", "Note", 3),
        ("Note. . .", "Note.", 2),
        ("Note …", "Note …", 0),
        ("Note…", "Note…", 0),
        ("• Note", "• Note", 0),
        ("Note (3) •••", "Note", 3),
        ("two\nlines (2)", "two\nlines", 2),
        ("x" * 20_000 + " (4)", "x" * 20_000, 4),
    ],
)
def test_votes(text: str, statement: str, count: int) -> None:
    assert votes(text) == (statement, count)


@pytest.mark.parametrize("text", ["(3)", "•••", "...", "Note (3) ••", "(3) •••"])
def test_votes_without_a_note_or_at_odds(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the caller words it
        votes(text)


def test_names_of_departments_and_themes_in_the_settings() -> None:
    rows = one_below_another({**NOTES, "Styrkor": [("a", "Lusten"), ("b", "Okänt tema")]})
    data = workbook_of({"Historia": rows, "Utelämnas": rows, "ABC-1": one_below_another(NOTES)})
    found = read(
        data, themes={"lusten": "interest"}, departments={"Historia": "HIS-1", "Utelämnas": ""}
    )
    assert found.sheet.problems == ()
    assert cells(found, "item_id", "theme")[:2] == [
        ("HIS-1!A2", "interest"),
        ("HIS-1!A3", "Okänt tema"),
    ]
    [told] = found.found
    assert told.counts == {"departments": 2, "notes": 12, "votes": 7}
    assert "Sheet Historia: no known theme beside the notes A3." in told.warnings
    assert told.notes == ("Sheets left out by study.toml: Utelämnas.",)
    themes = {one.name: one.to for one in told.mapped if one.what == "theme"}
    assert themes["Lusten"] == "interest"
    assert themes["Okänt tema"] == ""
    departments = [(one.name, one.to, one.count) for one in told.mapped if one.what == "department"]
    assert departments == [("Historia", "HIS-1", 6), ("ABC-1", "ABC-1", 6)]


def test_an_unknown_theme_has_its_nearest() -> None:
    rows = one_below_another({**NOTES, "Styrkor": [("a", "arbetsbelastningen")]})
    [told] = read(workbook_of({"ABC-1": rows})).found
    assert [one.nearest for one in told.unmapped] == ["workload"]


def test_two_sheets_of_one_department_have_ids_of_their_own() -> None:
    sheet = one_below_another({**NOTES, "Hot": []})
    found = read(workbook_of({"ABC-1": sheet, "More": sheet}), departments={"More": "ABC-1"})
    ids = [ident for (ident,) in cells(found, "item_id")]
    assert ids == ["ABC-1!A2", "ABC-1!A3", "ABC-1!A6", "ABC-1/2!A2", "ABC-1/2!A3", "ABC-1/2!A6"]


def test_sheets_without_blocks_are_listed_and_a_title_is_told() -> None:
    sheets = {
        "Instruktion": [["Skriv en lapp per rad."]],
        "ABC-1": [["Historia"], [None, "2019"], *side_by_side(NOTES)],
    }
    [told] = read(workbook_of(sheets)).found
    assert told.notes == ("Sheets without blocks, not read: Instruktion.",)
    assert told.warnings == ("Sheet ABC-1: A1, B2 above the blocks, not read.",)
    hidden = raw_workbook(
        {"ABC-1": _blocks_xml(), "Old": _blocks_xml()}, states={"Old": "veryHidden"}
    )
    [told] = read(hidden).found
    assert told.notes == ("Hidden sheets, not read: Old.",)


def _blocks_xml(after: str = "", extra: str = "") -> str:
    rows = [text_row(n, word) for n, word in enumerate(("S", "W", "O", "T"), 1)]
    note = text_row(5, "note", "other") + text_row(6, "more", "other")
    return sheet_xml("".join(rows) + (extra or note), after=after)


def test_signs_that_look_like_votes_are_told() -> None:
    rows = one_below_another(
        {**NOTES, "Hot": [("Alumndag (2019)", "other"), ("Tid ***", "other"), ("Ja", "other")]}
    )
    [told] = read(workbook_of({"ABC-1": rows})).found
    [warning] = told.warnings
    assert warning.startswith("Sheet ABC-1: What stands at the end of these notes")
    assert "A11, A12." in warning


@pytest.mark.parametrize("text", ["Tid (3).", "Tid …", "Tid ••.", "••• Tid"])
def test_votes_that_are_not_read_are_told(text: str) -> None:
    rows = one_below_another({**NOTES, "Hot": [(text, "other")]})
    [told] = read(workbook_of({"ABC-1": rows})).found
    assert votes(text) == (text, 0)
    assert "A11." in told.warnings[0]


def test_labels_above_notes_and_themes_are_no_notes() -> None:
    rows = side_by_side(NOTES)
    rows[0] = ["Styrkor", "Tema", None, "Svagheter", "TEMA"]
    assert cells(read(workbook_of({"ABC-1": rows})), *COLUMNS) == HAND_MADE
    rows = one_below_another(NOTES)
    rows.insert(1, ["Lapp", "Tema"])
    assert cells(read(workbook_of({"ABC-1": rows})), *COLUMNS) == HAND_MADE


# ---- nothing is dropped in silence


def test_a_missing_quadrant_and_one_that_comes_twice() -> None:
    rows = one_below_another({key: value for key, value in NOTES.items() if key != "Hot"})
    [problem] = problems(rows)
    assert problem.column == "sheet ABC-1"
    assert problem.value == "no heading for threat"
    [problem] = problems([*one_below_another(NOTES), ["Threats"], ["x", "other"]])
    assert problem.value == "threat in cells A10, A15"


def test_names_of_the_settings_that_never_come_are_told() -> None:
    themes = {"Interest": "interest", "Rymden": "other"}
    data = workbook_of({"ABC-1": one_below_another(NOTES)})
    (told,) = read(data, themes=themes, departments={"ABC-1": "ABC-1", "Historia": "DEF-2"}).found
    assert told.warnings == (
        "1 name of [workshop.themes] in study.toml never came in the data: Rymden.",
        "1 name of [workshop.departments] in study.toml never came in the data: Historia.",
    )


def test_many_headings_cost_no_time() -> None:
    # Each times each would be 400 million times: beyond the time that is given here.
    rows = [["Hot", None, None, "Styrkor"]] * 10_000
    began = time.process_time()
    told = problems(rows)
    assert time.process_time() - began < 4
    assert "no heading for weakness, opportunity" in [problem.value for problem in told]
    [threats] = [problem.value for problem in told if problem.value.startswith("threat")]
    assert threats.startswith("threat in cells A1, A2, ")
    assert threats.endswith("A50 and 9,950 more")


def test_nearest_themes_are_looked_up_for_the_commonest_unknown_ones_alone() -> None:
    themes = [f"intrest {number}" for number in range(60)]
    notes = {**NOTES, "Styrkor": [*((f"x {theme}", theme) for theme in themes), ("y", themes[-1])]}
    (told,) = read(workbook_of({"ABC-1": one_below_another(notes)})).found
    near = [one.name for one in told.mapped if one.nearest]
    assert len(near) == SUGGESTIONS
    assert themes[-1] in near
    assert themes[-2] not in near


def test_a_block_ends_above_the_next_heading_in_either_of_its_columns() -> None:
    rows = [
        ["Styrkor", None, None, "Svagheter"],
        ["a", "interest", None, "b", "other"],
        [None, "Hot"],
        [None, "c", "other"],
        ["Möjligheter"],
        ["d", "other"],
    ]
    found = read(workbook_of({"ABC-1": rows}))
    assert {problem.value for problem in found.sheet.problems} == set()
    assert cells(found, "quadrant", "statement") == [
        ("strength", "a"),
        ("weakness", "b"),
        ("threat", "c"),
        ("opportunity", "d"),
    ]


def test_a_department_s_sheet_without_any_block() -> None:
    [problem] = problems([["Stryka"], ["x", "other"]])
    assert problem.value == "no heading for strength, weakness, opportunity, threat"


def test_a_sheet_whose_name_is_no_department() -> None:
    [problem] = problems(side_by_side(NOTES), "Historia")
    assert problem.column == "sheet Historia"
    assert "[workshop.departments]" in problem.remedy


@pytest.mark.parametrize(
    ("row", "place", "expected"),
    [
        (["note"], "sheet ABC-1, cell B9", "a theme for the note A9"),
        ([None, "interest"], "sheet ABC-1, cell A9", "a note for its theme"),
        (["(3)", "interest"], "sheet ABC-1, cell A9", "a note and its votes"),
        (["note (3) ••", "interest"], "sheet ABC-1, cell A9", "a note and its votes"),
        ([None, None, "ask Anna"], "sheet ABC-1, cell C9", "notes below a heading"),
        ([None] * 5 + [4], "sheet ABC-1, cell F9", "notes below a heading"),
    ],
)
def test_what_is_no_whole_note_is_an_error_with_its_cell(
    row: list[Any], place: str, expected: str
) -> None:
    rows = side_by_side(NOTES)[:-1]
    [problem] = problems([*rows, row])
    assert problem.row == 9
    assert problem.column == place
    assert problem.expected.startswith(expected)
    assert "Anna" not in problem.sentence()


def test_headings_without_room_for_themes() -> None:
    found = problems([["S", "W", "O", "T"], ["a", "b", "c", "d"]])
    assert [problem.column[-2:] for problem in found] == ["B1", "C1", "D1"]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<c r="A5"><f>1</f><v>1</v></c>', "a formula"),
        ('<c r="A5" t="e"><v>#N/A</v></c>', "#N/A"),
    ],
)
def test_formulas_and_errors(cell: str, found: str) -> None:
    xml = _blocks_xml(extra=f'<row r="5">{cell}<c r="B5"><v>1</v></c></row>')
    [problem] = read(raw_workbook({"ABC-1": xml})).sheet.problems
    assert problem.column == "sheet ABC-1, cell A5"
    assert problem.value == found


def test_merged_cells_hide_themes_but_a_heading_may_be_wide() -> None:
    for area, count in (("B5:B6", 1), ("A5:B5", 1), ("A6:C9", 1), ("A4:B4", 0), ("C1:D9", 0)):
        merged = f'<mergeCells><mergeCell ref="{area}"/></mergeCells>'
        found = read(raw_workbook({"ABC-1": _blocks_xml(after=merged)})).sheet.problems
        assert len(found) == count, area
        assert all(one.column == f"sheet ABC-1, cells {area}" for one in found)


def test_a_heading_of_two_rows() -> None:
    merged = '<mergeCells><mergeCell ref="A4:B5"/></mergeCells>'
    rows = text_row(6, "note", "other")
    found = read(raw_workbook({"ABC-1": _blocks_xml(merged, rows)}))
    assert found.sheet.problems == ()
    assert list(found.sheet.column("item_id")) == ["ABC-1!A6"]


# ---- which workbooks are such


def test_what_is_no_workbook_of_blocks() -> None:
    table = [workshop.COLUMNS, ["1", "ABC-1", "2019-10-02", "hot", "other", "1", "x"]]
    own = [["Nr", "Inst", "Ruta", "Tema"], [1, "A", "hot", "x"], [2, "A", "styrka", "y"]]
    both = [*table, ["2", "ABC-1", "2019-10-02", "styrka", "other", "1", "x"]]
    listed = [["Kvadrant"], *([word] for word in ["hot", "styrka"] * 4)]
    for data in (
        b"", b"PK\x03\x04", b"item_id,theme\n", workbook_of({"A": both}),
        workbook_of({"A": [["Hot"]]}), workbook_of({"A": []}), workbook_of({"A": listed}),
        workbook_of({"A": own}),
    ):  # fmt: skip
        assert not is_swot_blocks(data)


def test_whatever_the_bytes_only_data_errors() -> None:
    packed = workbook_of({"ABC-1": side_by_side(NOTES)})
    chance = random.Random(7)  # noqa: S311
    for _ in range(100):
        data = bytearray(packed)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        is_swot_blocks(bytes(data))
        with suppress(DataError):
            read(bytes(data))
    with pytest.raises(DataError):
        read(b"")
