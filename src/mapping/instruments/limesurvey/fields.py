"""LimeSurvey's own names of columns, as its database has them: ``202001X1X3inter``.

VV files of the older version and survey archives head their columns so; the questionnaire tells
which question each is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mapping.errors import DataError, Problem
from mapping.instruments.limesurvey.questionnaire import Question, Questionnaire

_FIELD = re.compile(r"_?[0-9]+X[0-9]+X([0-9]+)(.*)", re.DOTALL)


LONGEST_NUMBER = 20
"""Digits that the number of a question may have."""


def is_field(name: str) -> bool:
    """Whether a heading is a name of LimeSurvey's database."""
    return bool(_FIELD.fullmatch(name))


def headings_of(
    file: str, names: Sequence[str], questionnaire: Questionnaire | None
) -> tuple[str, ...]:
    """The names as codes: ``cond[inter]``; those of no question stay as they are.

    Raises
    ------
    DataError
        There are such names, but no questionnaire, or none that has any of the questions.

    """
    fields = [name for name in names if is_field(name)]
    if not fields:
        return tuple(names)
    questions = {
        question.qid: question for question in (questionnaire or Questionnaire()).questions
    }
    parts = {
        qid: frozenset(part.code for part in question.parts) for qid, question in questions.items()
    }
    codes = {name: _code(name, questions, parts) for name in fields}
    if not any(codes.values()):
        raise DataError([_unknown(file, fields[0], questionnaire)])
    return tuple(codes.get(name) or name for name in names)


Parts = Mapping[str, frozenset[str]]
"""The codes of each question's parts, by its number."""


def _code(name: str, questions: Mapping[str, Question], parts: Parts) -> str:
    """The code of a column, blank if its question is not known.

    Subcodes follow upon the question's number without a sign between them, and may begin with
    a digit: the longest number that is a question's is meant.
    """
    number, rest = _split(name, parts)
    question = questions.get(number)
    if question is None:
        return ""
    return f"{question.code}[{rest}]" if rest else question.code


def _split(name: str, parts: Parts) -> tuple[str, str]:
    match = _FIELD.fullmatch(name)
    digits, rest = match.groups() if match else ("", "")
    for length in range(min(len(digits), LONGEST_NUMBER), 0, -1):
        number, after = digits[:length], digits[length:] + rest
        if number in parts and _fits(parts[number], after):
            return number, after
    return "", ""


def _fits(parts: frozenset[str], rest: str) -> bool:
    """Whether a question has a column that ends so: its own, a part's, another or a comment."""
    stems = {rest, *(rest.removesuffix(end) for end in ("comment", "#0", "#1"))}
    return rest in ("", "other", "comment", "othercomment") or not parts.isdisjoint(stems)


def _unknown(file: str, name: str, questionnaire: Questionnaire | None) -> Problem:
    remedy = (
        "Put the questionnaire that was asked (.lss) beside the file, or export the responses as "
        "CSV with 'Question code' as headings."
    )
    missing = "the questionnaire (.lss) that tells what this column is"
    other = "a column of the questionnaire (.lss) beside it"
    return Problem(file, 1, "", name[:40], missing if questionnaire is None else other, remedy)
