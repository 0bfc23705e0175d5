"""The shipped LimeSurvey survey: as generated, complete, and built as LimeSurvey's own files."""

from __future__ import annotations

import dataclasses
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mapping.instruments.limesurvey import questions, survey_structure
from mapping.instruments.survey import COLUMNS
from mapping.protocol import Protocol, load_protocol

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "samples" / "limesurvey"
PROTOCOLS = sorted(path.parent for path in (ROOT / "data" / "protocol").glob("*/protocol.toml"))


@pytest.fixture(params=PROTOCOLS, ids=lambda folder: folder.name)
def folder(request) -> Path:
    return request.param


@pytest.fixture
def protocol(folder) -> Protocol:
    return load_protocol(folder)


@pytest.fixture
def document(protocol) -> ElementTree.Element:
    return ElementTree.fromstring(survey_structure(protocol))  # noqa: S314 - our own text


def rows(document: ElementTree.Element, section: str) -> list[dict[str, str]]:
    return [
        {field.tag: field.text or "" for field in row}
        for row in document.iterfind(f"{section}/rows/row")
    ]


def test_the_shipped_file_is_the_generated_text(folder, protocol):
    shipped = (folder / "questionnaire.lss").read_text(encoding="utf-8")
    assert shipped == survey_structure(protocol)


def test_texts_stand_in_cdata(protocol):
    text = survey_structure(protocol)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<document>')
    assert "<title><![CDATA[cond]]></title>" in text


def test_an_export_by_code_has_the_columns_that_the_survey_is_read_by(document, protocol):
    parts: dict[str, list[str]] = {}
    for part in rows(document, "subquestions"):
        parts.setdefault(part["parent_qid"], []).append(part["title"])
    headings = [
        f"{question['title']}[{part}]" if part else question["title"]
        for question in rows(document, "questions")
        for part in parts.get(question["qid"], [""])
    ]
    # id and submitdate are LimeSurvey's own columns.
    expected = [*COLUMNS[2:], *(item.limesurvey_code for item in protocol.items)]
    assert sorted(headings) == sorted(expected)


@pytest.mark.parametrize(
    ("code", "letter"),
    [
        ("department", "S"),
        ("role", "S"),
        ("cond", "A"),
        ("staff", "L"),
        ("needs", "M"),
        ("appl", "M"),
        ("arrang", "L"),
        ("origin", "L"),
        ("fact", "A"),
        ("optout", "Y"),
    ],
)
def test_questions_have_limesurveys_types(document, code, letter):
    (found,) = (row["type"] for row in rows(document, "questions") if row["title"] == code)
    assert found == letter


def test_answers_have_the_codes_of_the_questionnaire(document, protocol):
    titles = {row["qid"]: row["title"] for row in rows(document, "questions")}
    found = [(titles[row["qid"]], row["code"]) for row in rows(document, "answers")]
    expected = [(item.limesurvey_code, code) for item in protocol.items for code, _ in item.answers]
    assert sorted(found) == sorted(expected)
    assert all(re.fullmatch("[A-Za-z0-9]{1,5}", code) for _, code in found)


def test_the_answers_of_staffing_are_told_in_both_languages(document):
    (qid,) = (row["qid"] for row in rows(document, "questions") if row["title"] == "staff")
    aids = [row["aid"] for row in rows(document, "answers") if row["qid"] == qid]
    texts = {(t["aid"], t["language"]): t["answer"] for t in rows(document, "answer_l10ns")}
    assert texts[aids[0], "sv"] == "ingen arbetar med frågan"
    assert texts[aids[3], "en"] == "several share the responsibility"


@pytest.mark.parametrize(
    ("section", "key", "texts"),
    [
        ("questions", "qid", "question_l10ns"),
        ("subquestions", "qid", "question_l10ns"),
        ("groups", "gid", "group_l10ns"),
        ("answers", "aid", "answer_l10ns"),
    ],
)
def test_everything_has_a_text_in_both_languages(document, section, key, texts):
    told = {(row[key], row["language"]) for row in rows(document, texts)}
    for row in rows(document, section):
        assert {(row[key], "sv"), (row[key], "en")} <= told
    blank = [row for row in rows(document, texts) if not all(row.values())]
    assert not blank


def test_ids_are_unique_and_refer_to_something(document):
    questions_, parts = rows(document, "questions"), rows(document, "subquestions")
    qids = [row["qid"] for row in questions_ + parts]
    assert len(set(qids)) == len(qids)
    assert {row["parent_qid"] for row in questions_} == {"0"}
    assert {row["parent_qid"] for row in parts} <= {row["qid"] for row in questions_}
    groups = [row["gid"] for row in rows(document, "groups")]
    assert {row["gid"] for row in questions_ + parts} == set(groups)
    for section in ("question_l10ns", "group_l10ns", "answer_l10ns"):
        ids = [row["id"] for row in rows(document, section)]
        assert len(set(ids)) == len(ids)


def test_questions_of_a_group_follow_each_other(protocol):
    groups = [question.group for question in questions(protocol)]
    changes = sum(before != after for before, after in pairwise(groups))
    assert changes == len(set(groups)) - 1


def test_a_label_cannot_carry_markup_or_expressions(protocol):
    label = dataclasses.replace(protocol.items[0].label, sv="<b>{1+1}</b> ]]>", en="x")
    item = dataclasses.replace(protocol.items[0], label=label)
    text = survey_structure(dataclasses.replace(protocol, items=(item, *protocol.items[1:])))
    assert "&lt;b&gt;&#123;1+1&#125;&lt;/b&gt; ]]&gt;" in text


def test_a_questionnaire_without_lists_has_no_answers(protocol):
    items = tuple(item for item in protocol.items if not item.answers)
    text = survey_structure(dataclasses.replace(protocol, items=items))
    assert "<answers>" not in text
    assert "<subquestions>" in text


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample questionnaires are not here")
def test_the_structure_is_that_of_limesurveys_own_files(document):
    samples = [ElementTree.parse(path).getroot() for path in sorted(SAMPLES.glob("*.lss"))]  # noqa: S314
    sections = {section.tag for sample in samples for section in sample}
    assert {section.tag for section in document} <= sections
    for section in document:
        fields = [field.text for field in section.iterfind("fields/fieldname")]
        known = [
            {field.text for field in sample.iterfind(f"{section.tag}/fields/fieldname")}
            for sample in samples
            if sample.find(f"{section.tag}/fields") is not None
        ]
        assert all(set(fields) <= names for names in known)
        assert all([field.tag for field in row] == fields for row in section.iterfind("rows/row"))
