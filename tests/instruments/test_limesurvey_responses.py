"""Exports of LimeSurvey in every style, read as the contract's survey."""

from __future__ import annotations

import csv
import dataclasses
import io
import time
import unicodedata
import zipfile
from types import SimpleNamespace

import limesurvey_exports as ls
import pandas as pd
import pytest
import xlsxwriter
from builders import su_2020
from limesurvey_exports import Style
from raw_years import ITEMS, RESPONSES, STUDY

from mapping.errors import DataError
from mapping.instruments.fields import header_problems
from mapping.instruments.limesurvey import (
    Questionnaire,
    is_beside_limesurvey,
    is_limesurvey,
    is_lsa,
    is_questionnaire,
    is_r_syntax,
    is_vv,
    questionnaire_of,
    read_limesurvey,
    read_lsa,
    read_questionnaire,
    read_r_pair,
    read_vv,
    survey_structure,
)
from mapping.instruments.limesurvey import headings as headings_module
from mapping.instruments.limesurvey.fields import headings_of
from mapping.instruments.limesurvey.headings import read_headings
from mapping.instruments.limesurvey.questionnaire import Part, Question
from mapping.instruments.limesurvey.r_pair import read_labels
from mapping.instruments.recognised import Read
from mapping.instruments.study_settings import StudySettings, SurveySettings, parse_settings
from mapping.instruments.survey import UNDATED

PROTOCOL = su_2020()
SETTINGS = parse_settings(STUDY.encode(), "2020")
COLUMNS = ("id", "submitdate", "department", "role", *ITEMS)
ROWS = [
    {name: row.get(name, "") for name in COLUMNS}
    for row in (
        *(r | {"cond[interest]": "2"} if r["id"] == "8" else r for r in RESPONSES),
        {
            "id": "11",
            "submitdate": "1980-01-01 00:00:00",
            "department": "ÅÄÖ-22",
            "role": '=cmd|"x"; a\tb',
            "arrangement": "shared",
            "cond[staffing]": "0",
            "optout": "Y",
        },
    )
]
CODES = {item.item: item.limesurvey_code for item in PROTOCOL.items}
LSS = survey_structure(PROTOCOL).encode()


def said(**survey) -> StudySettings:
    return dataclasses.replace(SETTINGS, survey=SurveySettings(**survey))


def rows_of(read: Read) -> list[dict[str, str]]:
    header = read.sheet.header
    assert len(set(header)) == len(header)
    return [dict(zip(header, record, strict=True)) for record in read.sheet.records()]


def read(data: bytes, settings: StudySettings = SETTINGS, **files: bytes) -> Read:
    return read_limesurvey({"survey.csv": data, **files}, PROTOCOL, settings)


def problem_of(reader, *arguments):
    with pytest.raises(DataError) as caught:
        reader(*arguments)
    return caught.value.problems


def small(
    cells: dict[str, str], headings: tuple[str, ...] = ls.FIRST, separator: str = ","
) -> bytes:
    """An export with one response: a column for each cell, by the code."""
    names = [*headings, "department", "role", *(CODES[item] for item in ITEMS)]
    first = {"id": "1", "submitdate": "2020-03-01 12:00:00", "department": "ABC-1"}
    values = first | {CODES.get(name, name): cell for name, cell in cells.items()}
    names += [name for name in values if name not in names]
    quoted = [
        [f'"{text}"' for text in line] for line in (names, [values.get(n, "") for n in names])
    ]
    return "".join(separator.join(line) + "\r\n" for line in quoted).encode()


def row_of(cells: dict[str, str]) -> bytes:
    """The second line of such an export."""
    return small(cells).split(b"\r\n", 1)[1]


def cell_of(item: str, text: str, settings: StudySettings = SETTINGS, **files: bytes) -> str:
    found = read(small({item: text}), settings, **files)
    assert found.sheet.problems == ()
    return rows_of(found)[0][item]


STYLES = [
    Style(),
    Style(separator=","),
    Style("emcode"),
    Style("codetext"),
    Style("codetext", "long", "en", ","),
    Style("codetext", "long", joint=" - "),
    Style("codetext", joint=": "),
    Style("codetext", joint="_"),
    Style("emcode", "long"),
    Style("code", "long", "en"),
    Style("code", yes="1"),
    Style("code", yes="1", no="2"),
    Style("code", yes="1", no="0"),
]


@pytest.mark.parametrize("style", STYLES, ids=lambda s: "-".join(map(str, dataclasses.astuple(s))))
def test_every_readable_style_gives_the_same_survey(style):
    data = ls.csv_export(ROWS, PROTOCOL, style)
    assert is_limesurvey(data)
    assert not is_vv(data)
    found = read(data)
    assert found.sheet.problems == ()
    assert found.sheet.header == COLUMNS
    assert rows_of(found) == ROWS
    assert found.sheet.rows.tolist() == [2, 3, 4, 5, 6]


def as_workbook(data: bytes) -> bytes:
    """A CSV export as LimeSurvey's Excel export: text in every cell, a date for submitdate."""
    records = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"strings_to_formulas": False})
    sheet = book.add_worksheet("results-survey202001")
    for row, record in enumerate(filter(None, records)):
        for column, cell in enumerate(record):
            sheet.write_string(row, column, cell)
    book.close()
    return packed.getvalue()


@pytest.mark.parametrize(
    "style", [Style(), Style("codetext", "long"), Style("emcode", personal=False)]
)
def test_limesurveys_own_workbook_is_the_same_survey(style):
    data = as_workbook(ls.csv_export(ROWS, PROTOCOL, style))
    assert is_limesurvey(data)
    found = read_limesurvey({"results-survey202001.xlsx": data}, PROTOCOL, SETTINGS)
    assert found.sheet.problems == ()
    assert found.sheet.rows.tolist() == [2, 3, 4, 5, 6]
    assert rows_of(found) == ROWS
    assert "The table is in the sheet results-survey202001." in found.found[0].notes
    assert ls.HIDDEN not in repr(found) + repr(rows_of(found))
    texts = as_workbook(ls.csv_export(ROWS, PROTOCOL, Style("full")))
    assert is_limesurvey(texts)
    assert problem_of(read, texts)[0].value == "texts of questions"
    assert not is_limesurvey(as_workbook((";".join(COLUMNS) + "\n").encode()))


def test_a_style_named_in_what_was_found():
    kinds = [
        read(ls.csv_export(ROWS, PROTOCOL, Style(headings))).found[0].kind
        for headings in ("code", "emcode", "codetext")
    ]
    assert kinds == [
        "LimeSurvey export, codes",
        "LimeSurvey export, ExpressionScript codes",
        "LimeSurvey export, codes and texts",
    ]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("headings", ["full", "abbreviated"])
def test_headings_by_text_only_are_one_error_that_names_the_menu(headings, language):
    data = ls.csv_export(ROWS, PROTOCOL, Style(headings, language=language))
    assert is_limesurvey(data)
    (problem,) = problem_of(read, data)
    assert (problem.file, problem.row, problem.value) == ("survey.csv", 1, "texts of questions")
    for words in ("Export responses", "Exportera svar", "Headings", "Question code"):
        assert words in problem.remedy


@pytest.mark.parametrize(
    "header",
    [
        ",".join(COLUMNS),
        ";".join(COLUMNS),
        "id,submitdate,department,role,staff,origin",
        "segment_id,interview_id,department_id,date,respondent_role,coder,code,excerpt",
        "",
        '"id',
        "identity. Text,submitdate. Text",
    ],
)
def test_our_own_survey_and_other_tables_are_not_limesurveys(header):
    assert not is_limesurvey(f"{header}\n1,2,3\n".encode())


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"PK\x03\x04", b"\x00" * 99, b'"' * 99])
def test_recognising_never_raises(data):
    for looks in (is_limesurvey, is_vv, is_lsa, is_questionnaire, is_r_syntax):
        assert looks(data) is False


def test_personal_columns_are_left_out_by_name_and_nothing_of_them_is_kept():
    found = read(ls.csv_export(ROWS, PROTOCOL, Style("codetext")))
    out = {one.name for one in found.found[0].mapped if one.what == "column" and one.wanted}
    assert out == {*ls.PERSONAL, "lastpage", "startlanguage", "seed"}
    assert found.found[0].unmapped == ()
    assert ls.HIDDEN not in repr(found) + repr(rows_of(found))


def test_columns_that_are_none_of_ours_are_listed_with_the_nearest():
    data = small({"cond[interst]": "5", "attribute_1": "x", "staffTime": "3", "arrang[other]": "y"})
    mapped = {one.name: one for one in read(data).found[0].mapped if not one.to}
    assert mapped["cond[interst]"].nearest == "cond[inter]"
    assert not mapped["cond[interst]"].wanted
    assert mapped["attribute_1"].wanted
    assert mapped["staffTime"].wanted
    assert not mapped["arrang[other]"].wanted


def test_a_missing_column_is_not_made_up_and_its_code_is_told():
    data = small({}).replace(b'"cond[inter]",', b"").replace(b'"ABC-1","",""', b'"ABC-1",""')
    sheet = read(data).sheet
    assert "cond[interest]" not in sheet.header
    assert sheet.headings["cond[interest]"] == "cond[inter]"


def test_a_missing_column_is_told_in_the_style_of_the_file():
    data = ls.csv_export(ROWS, PROTOCOL, Style("emcode")).replace(b'"cond_inter"', b'"x"')
    sheet = read(data).sheet
    assert sheet.headings["cond[interest]"] == "cond_inter"
    (problem,) = header_problems(sheet, COLUMNS)
    assert problem.expected == "a column cond_inter"
    assert "'cond_inter'" in problem.remedy


def test_errors_name_the_files_own_headings():
    sheet = read(ls.csv_export(ROWS, PROTOCOL, Style("codetext"))).sheet
    assert sheet.headings["cond[interest]"] == "cond[inter]"
    assert sheet.headings["cond[staffing]"] == "staff"
    assert "department" not in sheet.headings


def test_a_column_that_comes_twice_stays_twice():
    data = small({}).replace(b'"seed"', b'"cond[inter]"')
    assert read(data).sheet.header.count("cond[interest]") == 2


@pytest.mark.parametrize(
    ("item", "text", "answer"),
    [
        ("cond[interest]", "5", "5"),
        ("cond[interest]", "N/A", ""),
        ("cond[interest]", " 3 ", "3"),
        ("cond[staffing]", "A3", "3"),
        ("cond[staffing]", "a3", "3"),
        ("cond[staffing]", "A4", "A4"),
        ("cond[staffing]", "0", "0"),
        ("arrangement", "A4", "self_appointed"),
        ("arrangement", "self_appointed", "self_appointed"),
        ("arrangement", "-oth-", "-oth-"),
        ("needs[feedback]", "Y", "Y"),
        ("needs[feedback]", "JA", "Y"),
        ("needs[feedback]", "No", ""),
        ("needs[feedback]", "Not selected", ""),
        ("needs[feedback]", "2", ""),
        ("needs[feedback]", "maybe", "maybe"),
        ("optout", "nej ", "N"),
        ("optout", "yes", "Y"),
        ("optout", "2", "N"),
        ("optout", "0", "N"),
        ("optout", "N/A", ""),
        ("optout", "Inget svar", ""),
        ("role", "N/A", "N/A"),
        ("department", "abc-1", "ABC-1"),
        ("department", "ABC-1 Alfa", "ABC-1"),
        ("department", "Alfa", "Alfa"),
        ("department", "ABC-1: Alfa", "ABC-1"),
        ("department", "abc-1 – Alfa-gruppen, hus 2", "ABC-1"),
        ("department", "ABC-1 - Alfa", "ABC-1"),
        ("department", "ABC-1 (Alfa)", "ABC-1"),
        ("department", "ABC-1, DEF-2", "ABC-1, DEF-2"),
        ("department", "ABC-1/DEF-2", "ABC-1/DEF-2"),
        ("department", "ABC-1 och DEF-2", "ABC-1 och DEF-2"),
        ("department", "ABC-1: DEF - 2", "ABC-1: DEF - 2"),
        ("department", "ABC-1 & 2", "ABC-1 & 2"),
        ("department", "MATH-1-2", "MATH-1-2"),
        ("department", "ABC-12345", "ABC-12345"),
    ],
)
def test_answers(item, text, answer):
    assert cell_of(item, text) == answer


def answers(code: str, language: str = "sv") -> list[str]:
    return [answer.texts[language] for answer in questionnaire_of(PROTOCOL).question(code).answers]


@pytest.mark.parametrize("form", ["{}", "  {} ", "<b>{}</b>", "<p>{}&nbsp;</p>", "{}\n"], ids=repr)
def test_long_answers_are_read_whatever_html_and_space(form):
    for language in ("sv", "en"):
        text = answers("arrang", language)[1]
        assert cell_of("arrangement", form.format(text)) == "backed"
        assert cell_of("arrangement", form.format(text.upper())) == "backed"
        escaped = text.replace("å", "&aring;").replace("ä", "&auml;")
        assert cell_of("arrangement", form.format(escaped)) == "backed"


def test_one_and_two_for_yes_and_no_are_told():
    found = read(ls.csv_export(ROWS, PROTOCOL, Style(yes="1", no="2"))).found[0]
    (note,) = found.notes
    assert "needs[feedb]" in note
    assert "optout" in note
    assert read(ls.csv_export(ROWS, PROTOCOL)).found[0].notes == ()


def test_two_numbers_for_no_in_one_column_are_a_problem():
    data = small({"optout": "2"}) + row_of({"optout": "0"})
    problems = read(data).sheet.problems
    assert [(p.row, p.value) for p in problems] == [(2, "2"), (3, "0")]
    assert {p.column for p in problems} == {"optout"}


def lss(*changes: tuple[str, str]) -> bytes:
    text = LSS.decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def test_a_label_of_two_answers_is_a_problem_and_never_guessed():
    texts = answers("arrang")
    same = lss((f"[{texts[1]}]", f"[{texts[0]}]"))
    found = read(small({"arrangement": texts[0]}), asked=same)
    (problem,) = found.sheet.problems
    assert (problem.row, problem.column) == (2, "arrang")
    assert "shared" in problem.expected
    assert "backed" in problem.expected
    assert "[survey.answers" in problem.remedy
    settings = said(answers={"arrangement": {texts[0]: "A2"}})
    assert cell_of("arrangement", texts[0], settings, asked=same) == "backed"
    assert cell_of("arrangement", "A1", asked=same) == "shared"


def test_a_code_with_the_text_of_another_answer_is_what_its_text_says():
    swaps = []
    for first, second in (answers("arrang")[:2], answers("arrang", "en")[:2]):
        swaps += [(f"[{first}]", "[x]"), (f"[{second}]", f"[{first}]"), ("[x]", f"[{second}]")]
    swapped = lss(*swaps)
    assert cell_of("arrangement", "A1", asked=swapped) == "backed"
    assert cell_of("arrangement", answers("arrang")[0], asked=swapped) == "shared"
    assert cell_of("arrangement", "A3", asked=swapped) == "alone"


def test_other_codes_are_read_by_the_texts_of_the_questionnaire_that_was_asked():
    changed = lss(*[(f"[A{n}]", f"[AO0{n}]") for n in range(6)])
    assert cell_of("arrangement", "AO02", asked=changed) == "backed"
    assert cell_of("cond[staffing]", "AO03", asked=changed) == "3"
    assert cell_of("arrangement", "AO02") == "AO02"


def asked(qid: str, texts: dict[str, str], kind: str = "") -> bytes:
    """The questionnaire with answers of its own for a question: texts by code."""
    own = "".join(
        f"<row><aid>{900 + n}</aid><qid>{qid}</qid><code>{code}</code><scale_id>0</scale_id></row>"
        for n, code in enumerate(texts)
    )
    said_ = "".join(
        f"<row><aid>{900 + n}</aid><answer>{text}</answer><language>sv</language></row>"
        for n, text in enumerate(texts.values())
    )
    text = LSS.decode()
    if kind:
        place = text.index(f"<qid><![CDATA[{qid}]]>")
        text = text[:place] + text[place:].replace("<type><![CDATA[", f"<type><![CDATA[{kind}", 1)
    for section, rows in (("answers", own), ("answer_l10ns", said_)):
        place = text.index("<rows>", text.index(f"<{section}>")) + len("<rows>")
        text = text[:place] + rows + text[place:]
    return text.encode()


def qid(code: str) -> str:
    return questionnaire_of(PROTOCOL).question(code).qid


def doubted(item: str, cells: list[str], lss: bytes, settings: StudySettings = SETTINGS):
    """The one problem of these cells."""
    data = small({item: cells[0]}) + b"".join(row_of({item: cell}) for cell in cells[1:])
    found = read(data, settings, asked=lss)
    (problem,) = found.sheet.problems
    assert (problem.column, problem.row) == (CODES[item], 2)
    assert f'[survey.answers."{item}"]' in problem.remedy
    return problem


AGREE = ["Instämmer helt", "Instämmer delvis", "Varken eller", "Instämmer knappt", "Tar avstånd"]


def scale(texts: list[str], code: str = "A{}") -> bytes:
    return asked(
        qid("cond"), {code.format(n): text for n, text in enumerate(texts, start=1)}, kind="F"
    )


def test_a_scale_whose_direction_its_answers_do_not_tell_is_one_problem_a_column():
    problem = doubted("cond[interest]", ["A1", "A5", "A1", "Varken eller"], scale(AGREE))
    assert problem.value == "A1 (instämmer helt), A5 (tar avstånd), Varken eller"
    assert doubted("cond[interest]", ["1"], scale(AGREE, "{}")).value == "1 (instämmer helt)"
    assert doubted("cond[interest]", ["2"], scale(AGREE)).value == "2 (no label)"
    turned = {text: str(6 - n) for n, text in enumerate(AGREE, start=1)}
    settings = said(answers={"cond[interest]": turned})
    for cell, answer in (("A1", "5"), ("A4", "2"), ("Tar avstånd", "1")):
        assert cell_of("cond[interest]", cell, settings, asked=scale(AGREE)) == answer
    by_code = said(answers={"cond[interest]": {"1": "5", "5": "1"}})
    assert doubted("cond[interest]", ["2", "1"], scale(AGREE, "{}"), by_code).value.startswith("2")


@pytest.mark.parametrize(
    ("texts", "cells"),
    [
        (list("12345"), "A1=1 A5=5 3=3"),
        (list("54321"), "A1=5 A2=4 A3=3"),
        (["1 = inte alls", "i liten grad", "delvis", "mest", "5 = helt och hållet"], "A1=1 A2=2"),
        (["Not at all", "2", "3", "", "Completely"], "A2=2 A4=4 A5=5"),
        (["helt och hållet", "4", "3", "2", "inte alls"], "A1=5 A2=4 A5=1"),
        ([""] * 5, "A1=1 A5=5"),
    ],
)
def test_a_scale_whose_answers_are_numbers_or_the_protocols_own_is_read_by_them(texts, cells):
    for cell in cells.split():
        text, _, answer = cell.partition("=")
        assert cell_of("cond[interest]", text, asked=scale(texts)) == answer


@pytest.mark.parametrize(
    "texts",
    [
        list("1234567"),
        [""] * 7,
        list("123"),
        ["inte alls", "", "", "", "", "", "helt och hållet"],
        ["helt och hållet", "mest", "delvis", "knappt", "inte alls"],
        ["1 – håller med", "2", "3", "4", "5 – håller inte med"],
        ["inte alls", "delvis", "3", "4", "helt"],
    ],
)
def test_a_scale_of_another_length_or_an_unknown_direction_is_refused(texts):
    assert doubted("cond[interest]", ["A2"], scale(texts)).value.startswith("A2 (")


def test_a_yes_or_no_that_the_questionnaire_calls_otherwise_is_never_read_by_its_number():
    out = asked(qid("optout"), {"1": "Nej, vi deltar", "2": "Ja, vi har valt bort"}, kind="L")
    problem = doubted("optout", ["2", "1", "2"], out)
    assert problem.value == "2 (ja, vi har valt bort), 1 (nej, vi deltar)"
    settings = said(answers={"optout": {"Nej, vi deltar": "N", "2": "Y"}})
    assert cell_of("optout", "1", settings, asked=out) == "N"
    assert cell_of("optout", "2", settings, asked=out) == "Y"
    known = asked(qid("optout"), {"1": "Nej", "2": "Ja"}, kind="L")
    assert (cell_of("optout", "1", asked=known), cell_of("optout", "2", asked=known)) == ("N", "Y")
    assert doubted("optout", ["0"], known).value == "0 (no label)"
    assert cell_of("optout", "Y", asked=known) == "Y"


def test_codes_of_a_list_that_the_questionnaire_calls_otherwise_are_never_read_as_ours():
    own = answers("staff")
    numbers = dict(zip("1234", ["Ingen alls", *own[1:]], strict=True))
    other = lss(*[(f"[A{n}]", f"[B{n}]") for n in range(6)]).decode()
    assert "[B1]" in other
    changed = lss(
        (f"[{answers('arrang')[0]}]", "[Ingen]"), (f"[{answers('arrang', 'en')[0]}]", "[x]")
    )
    problem = doubted("arrangement", ["A1"], changed)
    assert problem.value == "A1 (ingen / x)"
    staffed = asked(qid("staff"), numbers)
    assert doubted("cond[staffing]", ["1", "1"], staffed).value == "1 (ingen alls)"
    for cell, answer in (("2", "1"), ("3", "2"), ("4", "3")):
        assert cell_of("cond[staffing]", cell, asked=staffed) == answer
    assert doubted("cond[staffing]", ["0"], staffed).value == "0 (no label)"


@pytest.mark.parametrize(
    ("text", "tick"),
    [
        ("Ja, kontakt med Kalle Svensson", "Y"),
        ("nej", ""),
        ("ja", "Y"),
        ("2", "Y"),
        ("", ""),
        ("N/A", ""),
    ],
)
def test_free_text_of_other_is_a_tick_and_never_told(text, tick):
    place = LSS.decode().index("<title><![CDATA[needs]]>")
    before, after = LSS.decode()[:place], LSS.decode()[place:]
    free = before + after.replace("<other><![CDATA[N]]>", "<other><![CDATA[Y]]>", 1)
    free = free.replace("<title><![CDATA[other]]>", "<title><![CDATA[andra]]>")
    found = read(small({"needs[other]": text}), asked=free.encode())
    assert rows_of(found)[0]["needs[other]"] == tick
    assert found.sheet.problems == ()
    assert "Kalle" not in repr(found) + repr(rows_of(found))
    if text.startswith("Ja"):  # without the questionnaire nobody knows: the text stands
        assert cell_of("needs[other]", text) == text
        settings = said(answers={"needs[other]": {text: ""}})
        assert cell_of("needs[other]", text, settings, asked=free.encode()) == ""


def test_what_study_toml_says_goes_before_all_else():
    settings = said(answers={"optout": {"1": "N", "0": "Y"}, "arrang": {"Gemensamt": "A1"}})
    assert cell_of("optout", "1", settings) == "N"
    assert cell_of("optout", "0", settings) == "Y"
    assert cell_of("arrangement", "gemensamt", settings) == "shared"


def test_columns_and_departments_that_study_toml_names():
    data = small({"inst": "Alfa", "q7": "4"})
    settings = said(
        columns={"department": "inst", "cond[inter]": "q7"}, departments={"Alfa": "ÅÄÖ-22"}
    )
    row = rows_of(read(data, settings))[0]
    assert (row["department"], row["cond[interest]"]) == ("ÅÄÖ-22", "4")
    assert read(data, settings).sheet.header.count("department") == 1


def test_a_department_that_is_chosen_from_a_list_is_read_by_the_questionnaires_texts():
    section = "<answers>\n  <fields/>\n  <rows>"
    row = "<row><aid>900</aid><qid>1</qid><code>D1</code><scale_id>0</scale_id></row>"
    said_text = "<row><aid>900</aid><answer>ABC-1 Alfa</answer><language>sv</language></row>"
    text = LSS.decode()
    start, end = text.index("<answers>"), text.index("<answer_l10ns>")
    text = text[:start] + section + row + "</rows></answers>" + text[end:]
    rows = text.index("<rows>", text.index("<answer_l10ns>")) + len("<rows>")
    text = text[:rows] + said_text + text[rows:]
    assert cell_of("department", "D1", asked=text.encode()) == "ABC-1"


def test_an_array_with_answers_of_its_own_is_read_by_their_numbers():
    rows = "".join(
        f"<row><aid>{900 + n}</aid><qid>3</qid><code>A{n}</code><scale_id>0</scale_id></row>"
        for n in range(1, 6)
    )
    text = LSS.decode().replace("<rows>", f"<rows>{rows}", 1)
    assert text.index(rows) > text.index("<answers>")
    assert cell_of("cond[interest]", "A4", asked=text.encode()) == "4"
    assert cell_of("cond[interest]", "A4") == "A4"


def test_the_questionnaire_beside_is_told_with_its_differences():
    told = read(small({}), asked=LSS).found[1]
    assert (told.file, told.warnings) == ("asked", ())
    assert told.counts["questions"] == 15
    told = read(
        small({}), asked=lss(("<title><![CDATA[optout]]>", "<title><![CDATA[opt]]>"))
    ).found[1]
    assert told.warnings == (
        "Question optout is missing.",
        "Question opt is not in the protocol's questionnaire: it is left out.",
    )


@pytest.mark.parametrize("text", ["01.03.2020 12:00", "3/1/2020", "1 mars 2020"])
def test_many_dates_of_another_form_are_one_problem_and_other_cells_are_read_all_the_same(text):
    cells = {"submitdate": text, "optout": "Y"}
    data = small(cells) + b"".join(row_of(cells) for _ in range(3))
    found = read(data)
    (problem,) = found.sheet.problems
    assert (problem.row, problem.column, problem.value) == (2, "submitdate", text)
    assert "YYYY-MM-DD" in problem.expected
    assert {(row["submitdate"], row["optout"]) for row in rows_of(found)} == {(UNDATED, "Y")}
    few = read(small(cells) + row_of(cells) + row_of({"submitdate": ""}) + row_of(cells))
    assert [problem.row for problem in few.sheet.problems] == [2, 3, 5]
    assert [row["submitdate"] for row in rows_of(few)] == [UNDATED, UNDATED, "", UNDATED]


def test_only_some_dates_wrong_are_left_to_the_contracts_reader():
    data = small({}) + row_of({"submitdate": "1/2/20"})
    assert [row["submitdate"] for row in rows_of(read(data))] == ["2020-03-01 12:00:00", "1/2/20"]


def test_two_files_or_none_are_an_error():
    assert problem_of(read_limesurvey, {"a.csv": small({}), "b.csv": small({})}, PROTOCOL, SETTINGS)
    assert problem_of(read_limesurvey, {"a.lss": LSS}, PROTOCOL, SETTINGS)
    assert problem_of(read_limesurvey, {"a": LSS, "b": LSS, "c": small({})}, PROTOCOL, SETTINGS)


def test_a_file_that_is_no_text_tells_its_problem_in_the_sheet():
    data = small({}).decode().replace("ABC-1", "ÅÄÖ-1").encode("cp1252")
    (problem,) = read(data).sheet.problems
    assert "Windows-1252" in problem.value


@pytest.mark.parametrize("name", ["survey_1_R_data_file.csv", "survey_1_SPSS_data_file.csv"])
def test_data_for_r_or_spss_are_not_read_without_their_program(name):
    data, _ = ls.r_pair(ROWS, PROTOCOL)
    (problem,) = problem_of(read_limesurvey, {name: data}, PROTOCOL, SETTINGS)
    assert "syntax file" in problem.expected


@pytest.mark.parametrize("version", [1, 2])
def test_vv_files(version):
    data = ls.vv_export(ROWS, PROTOCOL, version)
    assert is_vv(data)
    assert not is_limesurvey(data)
    found = read_vv({"vv.csv": data, "q.lss": LSS}, PROTOCOL, SETTINGS)
    assert rows_of(found) == ROWS
    assert found.sheet.rows.tolist() == [3, 4, 5, 6, 7]
    assert ls.HIDDEN not in repr(rows_of(found))


def test_a_vv_file_with_codes_needs_no_questionnaire_and_one_with_database_names_does():
    assert rows_of(read_vv({"v": ls.vv_export(ROWS, PROTOCOL)}, PROTOCOL, SETTINGS)) == ROWS
    old = ls.vv_export(ROWS, PROTOCOL, 1)
    (problem,) = problem_of(read_vv, {"v": old}, PROTOCOL, SETTINGS)
    assert ".lss" in problem.expected
    other = LSS.replace(b"<qid><![CDATA[", b"<qid><![CDATA[9")
    assert problem_of(read_vv, {"v": old, "q": other}, PROTOCOL, SETTINGS)


def test_a_vv_file_that_a_spreadsheet_saved_anew():
    data = ls.vv_export(ROWS, PROTOCOL).decode().replace("\tABC-1\t", '\t"ABC-1"\t')
    data = data.replace("\n", "\r\n")
    assert rows_of(read_vv({"v": data.encode()}, PROTOCOL, SETTINGS)) == ROWS


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\v", "\f", "\r"], ids=ascii)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=ascii)
def test_a_vv_file_whose_texts_have_signs_that_end_lines_elsewhere(sign, end):
    rows = [row | {"role": f"a{sign}b"} for row in ROWS]
    data = ls.vv_export(rows, PROTOCOL).decode().replace("{cr}", "\r")
    first, rest = data.split("\n", 1)
    data = (first.replace("Din roll", f"Din{sign}roll") + "\n" + rest).replace("\n", end)
    assert data.count(sign) > len(rows)
    assert is_vv(data.encode())
    assert rows_of(read_vv({"v": data.encode()}, PROTOCOL, SETTINGS)) == rows


def test_a_vv_row_with_other_cells_than_codes_is_a_problem():
    data = ls.vv_export(ROWS, PROTOCOL) + b"12\tx\n"
    (problem,) = read_vv({"v": data}, PROTOCOL, SETTINGS).sheet.problems
    assert (problem.row, problem.value) == (8, "2 cells")


def test_a_vv_file_in_another_encoding_is_an_error():
    data = ls.vv_export(ROWS, PROTOCOL).decode().encode("cp1252")
    (problem,) = problem_of(read_vv, {"v": data}, PROTOCOL, SETTINGS)
    assert "Windows-1252" in problem.value


@pytest.mark.parametrize("numbers", [("2", "1"), ("1", "2"), ("1", "0"), ("Y", "N")])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_files_for_r_are_read_by_the_labels_of_their_numbers(numbers, language):
    yes, no = numbers
    data, program = ls.r_pair(ROWS, PROTOCOL, yes=yes, no=no, language=language)
    assert is_r_syntax(program)
    assert not is_limesurvey(program)
    assert is_limesurvey(data)
    assert is_beside_limesurvey(program)
    found = read_limesurvey({"d.csv": data, "p.R": program}, PROTOCOL, SETTINGS)
    assert found.sheet.problems == ()
    assert rows_of(found) == ROWS
    assert found.found[0].notes == ("Names and labels are those of p.R.",)


@pytest.mark.parametrize(
    ("program", "found"),
    [
        (b'names(data)[1] <- "id\n', "a text without its end"),
        (b"attributes(data)$variable.labels[1] <- 'x'", "no names of columns"),
        (b"names(data)[1] <- system('rm')", "no names of columns"),
        (b'names(data)[x] <- "id"', "no names of columns"),
        (b"names(data)[", "no names of columns"),
    ],
)
def test_programs_that_limesurvey_does_not_write(program, found):
    (problem,) = problem_of(read_labels, "p.R", program)
    assert problem.value == found


def test_what_looks_like_a_statement_inside_a_label_is_a_label():
    text = (
        'names(data)[2] <- "b"\nattributes(data)$variable.labels[1] <- "names(data)[2] <- \\"x\\" "'
    )
    text += "\n# names(data)[2] <- 'c'\n"
    assert read_labels("p.R", text.encode()).names == {2: "b"}


def test_a_program_in_another_encoding_is_an_error():
    program = 'names(data)[1] <- "å"'.encode("cp1252")
    assert "Windows-1252" in problem_of(read_labels, "p.R", program)[0].value


def test_levels_and_labels_of_another_number_are_left_out():
    text = 'names(data)[1] <- "a"\ndata[, 1] <- factor(data[, 1], levels=c(1,2),labels=c("x"))'
    assert read_labels("p.R", text.encode()).levels == {}


def test_a_program_of_another_export_is_an_error():
    _, program = ls.r_pair(ROWS, PROTOCOL)
    for data in (small({}), ls.csv_export(ROWS, PROTOCOL, Style("codetext"))):
        files = {"d.csv": data.replace(b"optout", b"other"), "p.R": program}
        (problem,) = problem_of(read_limesurvey, files, PROTOCOL, SETTINGS)
        assert (problem.file, problem.value) == ("p.R", "names of other columns")


def test_data_for_r_may_have_no_codes_of_their_own():
    data, program = ls.r_pair(ROWS, PROTOCOL)
    first, rest = data.split(b"\r\n", 1)
    numbered = ",".join(f'"V{n}"' for n in range(first.count(b",") + 1)).encode()
    files = {"d.csv": numbered + b"\r\n" + rest, "p.R": program}
    assert rows_of(read_limesurvey(files, PROTOCOL, SETTINGS)) == ROWS
    files = {"d.csv": b'"V0",' + numbered + b"\r\n" + rest, "p.R": program}
    assert problem_of(read_limesurvey, files, PROTOCOL, SETTINGS)


def test_data_for_r_with_names_of_the_database_are_named_by_their_place():
    data, program = ls.r_pair(ROWS, PROTOCOL)
    first, rest = data.decode("utf-8-sig").split("\r\n", 1)
    names = [
        f'"432535X1X{n}SQ"' if "_" in name or name in ('"staff"', '"optout"') else name
        for n, name in enumerate(first.split(","))
    ]
    files = {"d.csv": f"{','.join(names)}\r\n{rest}".encode(), "p.R": program}
    found = read_limesurvey(files, PROTOCOL, SETTINGS)
    assert found.sheet.problems == ()
    assert rows_of(found) == ROWS
    more = [*names, '"432535X1X99"']
    swapped = ['"role"' if n == '"department"' else '"department"' if n == '"role"' else n
               for n in names]  # fmt: skip
    for wrong in (more, swapped):
        files["d.csv"] = f"{','.join(wrong)}\r\n{rest}".encode()
        assert problem_of(read_limesurvey, files, PROTOCOL, SETTINGS)[0].file == "p.R"


@pytest.mark.parametrize("plain", [("id",), ("id", "submitdate", "department", "staff")])
@pytest.mark.parametrize("joint", [". ", " - ", ": "])
def test_codes_and_texts_are_told_apart_also_where_the_id_has_none(plain, joint):
    data = ls.csv_export(ROWS, PROTOCOL, Style("codetext", joint=joint)).decode()
    for code in plain:
        text = ls.heading(next(n for n in (*COLUMNS,) if CODES.get(n, n) == code), PROTOCOL,
                          Style("codetext", joint=joint))  # fmt: skip
        assert f'"{text}"' in data
        data = data.replace(f'"{text}"', f'"{code}"', 1)
    assert is_limesurvey(data.encode())
    assert rows_of(read(data.encode())) == ROWS


def test_our_own_survey_with_notes_beside_items_is_not_limesurveys():
    items = ",".join(f'"{item}"' for item in ITEMS)
    data = f'id,submitdate,department,role,{items},"cond[interest] note","cond[mandate] note"\n'
    assert not is_limesurvey(data.encode())


def test_the_files_for_r_need_one_another():
    data, program = ls.r_pair(ROWS, PROTOCOL)
    assert problem_of(read_r_pair, {"d.csv": data}, PROTOCOL, SETTINGS)
    assert problem_of(read_r_pair, {"p.R": program}, PROTOCOL, SETTINGS)


def test_survey_archives():
    data = ls.archive(ROWS, PROTOCOL)
    assert is_lsa(data)
    found = read_lsa({"s.lsa": data}, PROTOCOL, SETTINGS)
    assert found.sheet.problems == ()
    assert rows_of(found) == ROWS
    assert found.sheet.rows.tolist() == [2, 3, 4, 5, 6]
    assert found.found[1].warnings == ()
    assert ls.HIDDEN not in repr(rows_of(found))


def zipped(**entries: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "."), data)
    return packed.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        zipped(a__lss=LSS),
        zipped(a__lss=LSS, b__lss=LSS, a_responses__lsr=b"<document/>"),
        zipped(a__lss=LSS, a_responses__lsr=b"<document>"),
        zipped(a__lss=LSS, a_responses__lsr=b'<!DOCTYPE a [<!ENTITY b "c">]><document/>'),
        zipped(a__lss=b"<document/>", a_responses__lsr=b"<document/>"),
        zipped(a__lss=LSS, a_responses__lsr=b"<d><r><row><x>1</x></row></r></d>"),
    ],
)
def test_archives_that_are_not_sound_are_an_error(data):
    assert problem_of(read_lsa, {"s.lsa": data}, PROTOCOL, SETTINGS)


def test_an_archive_without_responses_is_read_as_empty():
    empty = b"<document><responses><fields/><rows/></responses></document>"
    found = read_lsa({"s": zipped(a__lss=LSS, a_responses__lsr=empty)}, PROTOCOL, SETTINGS)
    assert len(found.sheet.rows) == 0


def test_a_first_response_in_the_header_row_is_not_repeated():
    data = ls.csv_export(ROWS, PROTOCOL).replace(b"\r\n", b";", 1)
    found = read(data)
    assert len(found.sheet.problems) == 4
    assert ls.HIDDEN not in repr(found.found)


def test_progress_is_told():
    told = []
    big = ls.vv_export(ROWS * 4001, PROTOCOL)
    read_vv({"v": big}, PROTOCOL, SETTINGS, lambda *done: told.append(done))
    assert told == [("v", 20_000, 20_005), ("v", 20_005, 20_005)]


def test_headings_with_accents_as_signs_of_their_own_and_a_header_beyond_what_is_looked_at():
    data = ls.csv_export(ROWS, PROTOCOL, Style("codetext"))
    apart = unicodedata.normalize("NFD", data.decode()).encode()
    assert apart != data
    assert rows_of(read(apart)) == ROWS
    assert rows_of(read(data.replace(b'"seed. ', b'"seed. ' + b"x" * (1 << 20)))) == ROWS


def test_codes_that_differ_in_case_only_are_told_apart():
    codes = {"one": "Q1", "two": "q1", "three": "Q2"}
    found = read_headings(("q1", "Q1", "q2"), codes)
    assert found.columns == (("two", 0), ("one", 1), ("three", 2))
    assert read_headings(("Q1a", "qQ"), codes).columns == ()
    unsure = read_headings(("x[a]",), {"one": "X[a]", "two": "X[A]"})
    assert unsure.columns == ()


def test_a_thousand_unknown_headings_cost_a_few_suggestions(monkeypatch):
    asked_for = []
    nearest = SimpleNamespace(get_close_matches=lambda _name, of, **_: asked_for.append(len(of)))
    monkeypatch.setattr(headings_module, "difflib", nearest)
    data = small({f"x{number}": "" for number in range(1000)} | {"cond[interst]": ""})
    found = read(data).found[0]
    assert len([one for one in found.mapped if not one.to and not one.wanted]) == 1001
    assert (len(asked_for), sum(map(bool, asked_for))) == (1001, 50)


def test_a_questionnaire_of_many_questions_and_parts_is_read_at_once():
    count = 20_000
    rows = "".join(
        f"<row><qid>{n}</qid><parent_qid>0</parent_qid><title>q{n}</title></row>"
        for n in range(1, count)
    )
    parts = "".join(
        f"<row><qid>{count + n}</qid><parent_qid>{n}</parent_qid><title>p</title></row>"
        for n in range(1, count)
    )
    text = (
        "<document><LimeSurveyDocType>Survey</LimeSurveyDocType><questions><rows>"
        f"{rows}</rows></questions><subquestions><rows>{parts}</rows></subquestions></document>"
    )
    begun = time.process_time()
    found = read_questionnaire("a.lss", text.encode())
    assert time.process_time() - begun < 4  # each question looking at each part: 18 s
    assert {len(one.parts) for one in found.questions} == {1}
    assert len(found.questions) == count - 1


def question(qid: str, *parts: str) -> Question:
    return Question(qid, "1", f"Q{qid}", "A", parts=tuple(Part("", code) for code in parts))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("9X1X1", "Q1"),
        ("_9X1X12", "Q12"),
        ("9X1X123", "Q1[23]"),
        ("9X1X12a", "Q12[a]"),
        ("9X1X12acomment", "Q12[acomment]"),
        ("9X1X1other", "Q1[other]"),
        ("9X1X7", "9X1X7"),
        ("id", "id"),
    ],
)
def test_names_of_the_database_are_those_of_the_question_that_has_such_a_column(name, code):
    asked = Questionnaire(("sv",), (question("1", "2", "23"), question("12", "a")))
    assert headings_of("f", (name, "9X1X1"), asked) == (code, "Q1")


def test_the_writer_takes_a_frame():
    frame = pd.DataFrame(ROWS).replace("", None)
    assert ls.responses(frame) == ROWS


def test_what_study_toml_names_and_no_survey_has_is_an_error():
    settings = said(columns={"cond[intrest]": "Q1"}, answers={"optoutt": {"x": "Y"}})
    found = read(small({}), settings=settings).sheet.problems
    assert [(problem.file, problem.column) for problem in found] == [
        ("study.toml", "survey.columns.cond[intrest]"),
        ("study.toml", "survey.answers.optoutt"),
    ]
    assert "'cond[interest]'" in found[0].remedy
