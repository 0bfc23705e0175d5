"""The questionnaire as a LimeSurvey survey structure (.lss), ready for import.

The structure follows LimeSurvey's own export (DBVersion 426, LimeSurvey 4 and later): sections
of rows, texts in CDATA, languages apart. Ids are numbered in the questionnaire's order, so that
the same protocol always gives the same text.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, count

from lxml import etree

from mapping.protocol import Item, Label, Protocol
from mapping.vocabulary import LANGUAGES

DB_VERSION = "426"
SURVEY_ID = "202001"

QUESTION_TYPES = {"likert5": "A", "level": "L", "single": "L", "multiple": "M", "yes_no": "Y"}
"""LimeSurvey's letters: array of 5 points, list, multiple choice, yes/no (and S, short text)."""

WITH_SUBQUESTIONS = ("A", "M")

Texts = Mapping[str, str] | Label
"""A text in both languages."""

GROUP_OF_KIND = {
    "indicator": "situation",
    "need": "needs",
    "external_need": "needs",
    "wish": "wishes",
    "arrangement": "organisation",
    "origin": "organisation",
    "fact": "views",
}

GROUP_NAMES: dict[str, Texts] = {
    "respondent": {"sv": "Om dig", "en": "About you"},
    "situation": {"sv": "Läget vid institutionen", "en": "The situation at the department"},
    "needs": {"sv": "Behov", "en": "Needs"},
    "wishes": {"sv": "Önskemål om centralt stöd", "en": "Wishes for central support"},
    "organisation": {"sv": "Ansvar och tillkomst", "en": "Responsibility and origin"},
    "views": {"sv": "Synpunkter", "en": "Views"},
}

SCALE = {
    "sv": "Hur väl stämmer påståendena? (1 = inte alls, 5 = helt och hållet)",
    "en": "How well do the statements fit? (1 = not at all, 5 = completely)",
}

ENDS = {"inte alls": "1", "helt och hållet": "5", "not at all": "1", "completely": "5"}
"""What the ends of the scale are called."""

QUESTIONS_OF_KIND: dict[str, Texts] = {
    "need": {"sv": "Vilka behov har institutionen?", "en": "Which needs does the department have?"},
    "external_need": {"sv": "Vilka uttrycker behov?", "en": "Who voices a need?"},
    "wish": {"sv": "Vilket centralt stöd önskas?", "en": "Which central support is wished for?"},
    "fact": {"sv": "Vilka av påståendena stämmer?", "en": "Which of the statements are true?"},
}
"""The text above the boxes of a multiple choice question."""

DEPARTMENT = {
    "sv": "Institutionens kod, till exempel ABC-1",
    "en": "The department's code, for example ABC-1",
}
ROLE = {"sv": "Din roll vid institutionen", "en": "Your role at the department"}

WELCOME = {
    "sv": "Tack för att du svarar för din institution.",
    "en": "Thank you for answering for your department.",
}

Row = dict[str, str]


@dataclass(frozen=True)
class Question:
    """A question as LimeSurvey knows it; ``parts`` are its subquestions (code, texts)."""

    code: str
    type: str
    group: str
    texts: Texts
    mandatory: bool = False
    parts: tuple[tuple[str, Texts], ...] = ()
    answers: tuple[tuple[str, Texts], ...] = ()


Numbered = Sequence[tuple[int, Question]]
"""Questions with their ids; the ids of its subquestions follow upon a question's own."""


def survey_structure(protocol: Protocol) -> str:
    """The text of the .lss file of a protocol's questionnaire, in Swedish and English.

    The first group asks for the department and the role, so that an export of the responses,
    headed by LimeSurvey's codes, can be read as ``survey.csv``.
    """
    document = etree.Element("document")
    etree.SubElement(document, "LimeSurveyDocType").text = "Survey"
    etree.SubElement(document, "DBVersion").text = DB_VERSION
    languages = etree.SubElement(document, "languages")
    for language in LANGUAGES:
        etree.SubElement(languages, "language").text = language
    for name, rows in _sections(questions(protocol), protocol.title).items():
        _add_section(document, name, rows)
    etree.indent(document, " ")
    body = etree.tostring(document, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def questions(protocol: Protocol) -> list[Question]:
    """The questions, group by group; items whose codes share a stem are one question."""
    stems: dict[str, list[Item]] = {}
    for item in protocol.items:
        stems.setdefault(item.limesurvey_code.partition("[")[0], []).append(item)
    asked = [
        Question("department", "S", "respondent", DEPARTMENT, mandatory=True),
        Question("role", "S", "respondent", ROLE),
        *(_question(code, items, protocol) for code, items in stems.items()),
    ]
    return sorted(asked, key=lambda question: list(GROUP_NAMES).index(question.group))


def _question(code: str, items: Sequence[Item], protocol: Protocol) -> Question:
    item = items[0]
    kind = QUESTION_TYPES[item.type]
    group = GROUP_OF_KIND[item.kind]
    if kind not in WITH_SUBQUESTIONS:
        return Question(code, kind, group, item.label, answers=_answers(item, protocol))
    texts = SCALE if kind == "A" else QUESTIONS_OF_KIND[item.kind]
    parts = tuple((i.limesurvey_code.partition("[")[2].rstrip("]"), i.label) for i in items)
    return Question(code, kind, group, texts, parts=parts)


def _answers(item: Item, protocol: Protocol) -> tuple[tuple[str, Texts], ...]:
    """The answers of a list, with the protocol's labels of what they stand for."""
    labels: dict[str, Texts] = {a.key: a.label for a in protocol.arrangements}
    labels |= {origin.key: origin.label for origin in protocol.origins}
    levels = [code for code in protocol.codes if code.key == item.key and code.level is not None]
    labels |= {f"{code.level:g}": code.label for code in levels}
    return tuple(
        (code, labels.get(value, {"sv": value, "en": value})) for code, value in item.answers
    )


def numbered_questions(asked: Sequence[Question]) -> list[tuple[int, Question]]:
    """The questions with their ids in LimeSurvey; its subquestions take the next ones."""
    sizes = (1 + len(question.parts) for question in asked)
    return list(zip(accumulate(sizes, initial=1), asked, strict=False))


def _sections(asked: Sequence[Question], title: Texts) -> dict[str, list[Row]]:
    """The sections of the file in LimeSurvey's order, each a list of rows."""
    numbered = numbered_questions(asked)
    groups = list(dict.fromkeys(question.group for question in asked))
    names = [(number, GROUP_NAMES[group]) for number, group in enumerate(groups, start=1)]
    answers = [answer for _, question in numbered for answer in question.answers]
    return {
        "answers": _answer_rows(numbered),
        "answer_l10ns": _localised(
            "aid", "answer", [(aid, texts) for aid, (_, texts) in enumerate(answers, start=1)]
        ),
        "groups": [_group_row(number) for number, _ in names],
        "group_l10ns": _localised("gid", "group_name", names),
        "questions": _question_rows(numbered, groups),
        "subquestions": _subquestion_rows(numbered, groups),
        "question_l10ns": _localised("qid", "question", _question_texts(numbered)),
        "surveys": [_survey_row()],
        "surveys_languagesettings": [_language_row(language, title) for language in LANGUAGES],
    }


def _question_texts(numbered: Numbered) -> list[tuple[int, Texts]]:
    """The texts of all questions and subquestions, each with its id."""
    return [
        (qid + offset, texts)
        for qid, question in numbered
        for offset, texts in enumerate((question.texts, *(texts for _, texts in question.parts)))
    ]


def _localised(key: str, text: str, labels: Sequence[tuple[int, Texts]]) -> list[Row]:
    """One row per text and language, numbered throughout."""
    ids = count(1)
    return [
        {
            "id": str(next(ids)),
            key: str(ident),
            text: _markup(texts[language]),
            "language": language,
        }
        for ident, texts in labels
        for language in LANGUAGES
    ]


def _markup(text: str) -> str:
    """Plain text as LimeSurvey's HTML: no tags, and no braces that it would compute."""
    return html.escape(text, quote=False).replace("{", "&#123;").replace("}", "&#125;")


def _answer_rows(numbered: Numbered) -> list[Row]:
    ids = count(1)
    return [
        {
            "aid": str(next(ids)),
            "qid": str(qid),
            "code": code,
            "sortorder": str(order),
            "assessment_value": "0",
            "scale_id": "0",
        }
        for qid, question in numbered
        for order, (code, _) in enumerate(question.answers)
    ]


def _group_row(number: int) -> Row:
    return {
        "gid": str(number),
        "sid": SURVEY_ID,
        "group_order": str(number),
        "randomization_group": "",
        "grelevance": "1",
    }


def _question_rows(numbered: Numbered, groups: Sequence[str]) -> list[Row]:
    orders = {group: count(1) for group in groups}
    return [
        {
            **_place(qid, 0, groups.index(question.group) + 1),
            "type": question.type,
            "title": question.code,
            "mandatory": "Y" if question.mandatory else "N",
            "question_order": str(next(orders[question.group])),
            **FIXED,
        }
        for qid, question in numbered
    ]


def _subquestion_rows(numbered: Numbered, groups: Sequence[str]) -> list[Row]:
    return [
        {
            **_place(qid + 1 + order, qid, groups.index(question.group) + 1),
            "type": "T",
            "title": code,
            "mandatory": "N",
            "question_order": str(order),
            **FIXED,
        }
        for qid, question in numbered
        for order, (code, _) in enumerate(question.parts)
    ]


def _place(qid: int, parent: int, group: int) -> Row:
    return {"qid": str(qid), "parent_qid": str(parent), "sid": SURVEY_ID, "gid": str(group)}


FIXED = {
    "other": "N",
    "encrypted": "N",
    "scale_id": "0",
    "same_default": "0",
    "relevance": "1",
}
"""Fields that are alike for every question."""


def _survey_row() -> Row:
    """Dated responses, group by group; addresses of respondents are not kept."""
    return {
        "sid": SURVEY_ID,
        "gsid": "1",
        "anonymized": "N",
        "format": "G",
        "template": "inherit",
        "language": LANGUAGES[0],
        "additional_languages": " ".join(LANGUAGES[1:]),
        "datestamp": "Y",
        "ipaddr": "N",
        "refurl": "N",
    }


def _language_row(language: str, title: Texts) -> Row:
    return {
        "surveyls_survey_id": SURVEY_ID,
        "surveyls_language": language,
        "surveyls_title": _markup(title[language]),
        "surveyls_description": "",
        "surveyls_welcometext": _markup(WELCOME[language]),
        "surveyls_endtext": "",
        "surveyls_dateformat": "6",
        "surveyls_numberformat": {"sv": "1", "en": "0"}[language],
    }


def _add_section(document: etree._Element, name: str, rows: Sequence[Row]) -> None:
    """A section with its fields and rows; one without rows is left out, as LimeSurvey does."""
    if not rows:
        return
    section = etree.SubElement(document, name)
    fields = etree.SubElement(section, "fields")
    for field in rows[0]:
        etree.SubElement(fields, "fieldname").text = field
    body = etree.SubElement(section, "rows")
    for row in rows:
        element = etree.SubElement(body, "row")
        for field, text in row.items():
            etree.SubElement(element, field).text = etree.CDATA(text) if text else None
