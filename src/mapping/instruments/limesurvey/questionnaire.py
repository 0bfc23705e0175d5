"""A questionnaire as LimeSurvey has it (.lss), and how it differs from the protocol's own."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mapping.errors import DataError, Problem
from mapping.instruments.limesurvey.headings import codes_of
from mapping.instruments.limesurvey.structure import Question as AskedQuestion
from mapping.instruments.limesurvey.structure import numbered_questions, questions
from mapping.instruments.xml_input import Element, tree
from mapping.protocol import Protocol
from mapping.vocabulary import LANGUAGES

MARK = b"<LimeSurveyDocType>Survey</LimeSurveyDocType>"

OPENING = 4096
"""Bytes within which a file of LimeSurvey says what it is."""

ALIKE = {"!": "L", "T": "S", "U": "S"}
"""Types that differ in how they look only: a dropdown is a list, a long text is a text."""

TYPE_NAMES = {
    "A": "an array of 5 points",
    "F": "an array",
    "L": "a list",
    "M": "multiple choice",
    "S": "a text",
    "Y": "yes/no",
    "5": "a choice of 5 points",
}

LONGEST = 80
"""Letters of a text that a difference shows."""

Texts = Mapping[str, str]
"""A text by language."""

Row = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """One answer of a list or an array, with its texts by language."""

    code: str
    texts: Texts = field(default_factory=dict)
    scale: int = 0


@dataclass(frozen=True)
class Part:
    """A subquestion: a row of an array, or a box of a multiple choice."""

    qid: str
    code: str
    texts: Texts = field(default_factory=dict)
    scale: int = 0


@dataclass(frozen=True)
class Question:
    """A question; ``type`` is LimeSurvey's letter, ``other`` whether it has a free 'other'."""

    qid: str
    gid: str
    code: str
    type: str
    other: bool = False
    texts: Texts = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Questionnaire:
    """The questions in the order of the file, and the languages they are asked in."""

    languages: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    def question(self, code: str) -> Question | None:
        """The question with this code, or whose subquestion it is: ``Q[SQ]``, ``Q_SQ``."""
        stem = re.split(r"[\[_.]", code)[0]
        return next((one for one in self.questions if one.code == stem), None)


@dataclass(frozen=True)
class ValueLabels(Questionnaire):
    """What a file of data calls the values of its columns: each column is a question.

    ``beside`` is the questionnaire that was asked, if it is known; it tells of other columns.
    """

    beside: Questionnaire | None = None

    def question(self, code: str) -> Question | None:
        """The column of this name, or the question that was asked so."""
        own = next((one for one in self.questions if one.code == code), None)
        return own or (self.beside.question(code) if self.beside else None)


def is_questionnaire(data: bytes) -> bool:
    """Whether the bytes are a LimeSurvey questionnaire."""
    return MARK in re.sub(rb"\s+(?=<)|(?<=>)\s+", b"", data[:OPENING])


def read_questionnaire(name: str, data: bytes) -> Questionnaire:
    """The questionnaire in the bytes of the .lss file ``name``.

    Languages are apart (``question_l10ns``) since LimeSurvey 4; before, a question has a row for
    each language. Both are read.

    Raises
    ------
    DataError
        It is not well-formed, not safe to read, or not a LimeSurvey questionnaire.

    """
    root = tree(name, data)
    asked = _by_id(_rows(root, "questions"), "qid")
    if root.findtext("LimeSurveyDocType") != "Survey" or not asked:
        raise DataError([_no_questionnaire(name)])
    languages = tuple(text for one in root.iterfind("languages/language") if (text := one.text))
    texts = _texts_by(_rows(root, "question_l10ns"), "qid", "question")
    parts = _parts(root, texts)
    answers = _answers(root)
    return Questionnaire(
        languages,
        tuple(
            _question(qid, rows, texts, parts, answers)
            for qid, rows in asked.items()
            if rows[0].get("parent_qid", "0") in ("", "0")
        ),
    )


def questionnaire_of(protocol: Protocol) -> Questionnaire:
    """The protocol's questionnaire, as LimeSurvey has it once it is imported."""
    asked = questions(protocol)
    groups = list(dict.fromkeys(question.group for question in asked))
    return Questionnaire(
        LANGUAGES,
        tuple(
            _of_protocol(qid, question, groups.index(question.group) + 1)
            for qid, question in numbered_questions(asked)
        ),
    )


def differences(
    lss: Questionnaire, protocol: Protocol, codes: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """What in ``lss`` is missing, more, or other than in the protocol's questionnaire.

    Sentences, in the order of the protocol; what ``lss`` has more comes last. Texts are compared
    in the languages that both have. ``codes`` are the questions' codes in ``lss`` by our columns,
    where they are called otherwise.
    """
    own = questionnaire_of(protocol)
    lss = _renamed(lss, codes_of(protocol), codes or {})
    known = {question.code for question in own.questions}
    return tuple(
        [
            sentence
            for question in own.questions
            for sentence in _compared(question, lss.question(question.code))
        ]
        + [
            f"Question {question.code} is not in the protocol's questionnaire: it is left out."
            for question in lss.questions
            if question.code not in known
        ]
    )


def plain(text: str) -> str:
    """A text without HTML: no tags, no entities, single spaces."""
    untagged = re.sub(r"<[^<>]*>", " ", text)
    return " ".join(html.unescape(untagged).split())


def _no_questionnaire(name: str) -> Problem:
    return Problem(
        name,
        expected="a LimeSurvey questionnaire (.lss) with questions",
        remedy="Export it in LimeSurvey: Display/Export > Survey structure (.lss).",
    )


def _rows(root: Element, section: str) -> Iterator[Row]:
    for row in root.iterfind(f"{section}/rows/row"):
        yield {str(cell.tag): cell.text or "" for cell in row}


def _by_id(rows: Iterator[Row], key: str) -> dict[str, list[Row]]:
    """The rows of each id: one, or one for each language."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.get(key, ""), []).append(row)
    return found


def _texts_by(rows: Iterator[Row], key: str, text: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.get(key, ""), {})[row.get("language", "")] = plain(row.get(text, ""))
    return found


def _own_texts(rows: Sequence[Row], text: str) -> dict[str, str]:
    """The texts that stand in the rows themselves, as before LimeSurvey 4."""
    return {row["language"]: plain(row[text]) for row in rows if text in row and "language" in row}


def _scale(row: Row) -> int:
    return int(row["scale_id"]) if row.get("scale_id") in ("0", "1") else 0


def _answers(root: Element) -> dict[str, list[Answer]]:
    """The answers of each question by its id, in the order that they are shown in."""
    texts = _texts_by(_rows(root, "answer_l10ns"), "aid", "answer")
    grouped: dict[tuple[str, str, int], list[Row]] = {}
    for row in _rows(root, "answers"):
        grouped.setdefault((row.get("qid", ""), row.get("code", ""), _scale(row)), []).append(row)
    found: dict[str, list[Answer]] = {}
    for (qid, code, scale), rows in grouped.items():
        said = texts.get(rows[0].get("aid", ""), {}) | _own_texts(rows, "answer")
        found.setdefault(qid, []).append(Answer(code, said, scale))
    return found


def _parts(root: Element, texts: Mapping[str, Texts]) -> dict[str, list[Part]]:
    """The subquestions of each question by its id."""
    found: dict[str, list[Part]] = {}
    for qid, rows in _by_id(_rows(root, "subquestions"), "qid").items():
        said = {**texts.get(qid, {}), **_own_texts(rows, "question")}
        part = Part(qid, rows[0].get("title", ""), said, _scale(rows[0]))
        found.setdefault(rows[0].get("parent_qid", ""), []).append(part)
    return found


def _question(
    qid: str,
    rows: Sequence[Row],
    texts: Mapping[str, Texts],
    parts: Mapping[str, Sequence[Part]],
    answers: Mapping[str, Sequence[Answer]],
) -> Question:
    first = rows[0]
    return Question(
        qid,
        first.get("gid", ""),
        first.get("title", ""),
        first.get("type", ""),
        first.get("other", "") == "Y",
        {**texts.get(qid, {}), **_own_texts(rows, "question")},
        tuple(parts.get(qid, ())),
        tuple(answers.get(qid, ())),
    )


def _of_protocol(qid: int, question: AskedQuestion, group: int) -> Question:
    return Question(
        str(qid),
        str(group),
        question.code,
        question.type,
        texts=_in_both(question.texts),
        parts=tuple(
            Part(str(qid + order), code, _in_both(texts))
            for order, (code, texts) in enumerate(question.parts, start=1)
        ),
        answers=tuple(Answer(code, _in_both(texts)) for code, texts in question.answers),
    )


def _in_both(texts: object) -> dict[str, str]:
    return {language: plain(texts[language]) for language in LANGUAGES}  # type: ignore[index]


def _renamed(lss: Questionnaire, own: Mapping[str, str], codes: Mapping[str, str]) -> Questionnaire:
    """The questionnaire with our codes of the questions that are called otherwise there."""
    ours = {theirs: own[column] for column, theirs in codes.items() if "[" not in own[column]}
    questions = tuple(replace(one, code=ours.get(one.code, one.code)) for one in lss.questions)
    return replace(lss, questions=questions)


def _compared(own: Question, other: Question | None) -> Iterator[str]:
    """How a question in the .lss file differs from the protocol's ``own``."""
    name = f"Question {own.code}"
    if other is None:
        yield f"{name} is missing."
        return
    if ALIKE.get(other.type, other.type) != ALIKE.get(own.type, own.type):
        yield f"{name} is {_type(other.type)}; in the protocol it is {_type(own.type)}."
    if other.other and not own.other:
        yield f"{name} has an answer 'other', which the protocol does not know."
    yield from _texts_compared(name, own.texts, other.texts)
    yield from _listed(f"{name}, subquestion", own.parts, other.parts)
    if own.type in ("L", "!"):
        yield from _listed(f"{name}, answer", own.answers, other.answers)


def _listed(
    name: str, own: Sequence[Part] | Sequence[Answer], other: Sequence[Part] | Sequence[Answer]
) -> Iterator[str]:
    theirs = {one.code: one.texts for one in other}
    for one in own:
        if one.code in theirs:
            yield from _texts_compared(f"{name} {one.code}", one.texts, theirs[one.code])
        else:
            yield f"{name} {one.code} is missing."
    known = {one.code for one in own}
    for code in theirs:
        if code not in known:
            yield f"{name} {code} is not in the protocol."


def _texts_compared(name: str, own: Texts, other: Texts) -> Iterator[str]:
    for language, text in own.items():
        said = other.get(language, text)
        if said.casefold() != text.casefold():
            yield f"{name} reads '{_cut(said)}' ({language}); in the protocol '{_cut(text)}'."


def _type(letter: str) -> str:
    return TYPE_NAMES.get(ALIKE.get(letter, letter), f"of LimeSurvey's type {letter or 'none'}")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
