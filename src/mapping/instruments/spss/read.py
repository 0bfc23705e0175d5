"""The survey from an SPSS file, in the columns of ``survey.csv``.

Variables are found by LimeSurvey's codes as its SPSS export writes them (``cond_inter``), by our
own (``cond_interest``), or as study.toml says. A value is read by its value label where it has one
that the questionnaire knows, else by itself. User-missing values are missing.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import numpy as np

from mapping.errors import DataError, Problem
from mapping.instruments.fields import shown
from mapping.instruments.limesurvey.answers import NO, VALUE_LABELS, YES, folded
from mapping.instruments.limesurvey.headings import forms, wanted_codes
from mapping.instruments.limesurvey.questionnaire import (
    Answer,
    Question,
    ValueLabels,
    questionnaire_of,
)
from mapping.instruments.limesurvey.responses import Export, as_survey
from mapping.instruments.recognised import Mapped, Progress, Read, silent
from mapping.instruments.sheet import Sheet, Texts, clean, composed, numbered
from mapping.instruments.spss.process import ANEW, Content, Value, Variable, read_content
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Protocol

Words = Mapping[str, frozenset[str]]

MAGIC = (b"$FL2", b"$FL3")
PORTABLE = b"SPSS PORT FILE"
ENCRYPTED = b"ENCRYPTEDSAV"

BEGINNING = datetime(1582, 10, 14)
"""What SPSS counts the seconds of a date from."""

_DAYS = re.compile(r"(DATE|ADATE|EDATE|JDATE|SDATE)[0-9]")
_TIMES = re.compile(r"(DATETIME|YMDHMS)[0-9]")

_TWICE_ENCODED = re.compile("Ã[\x80-\xbf¥¤¶\u2026\u201e\u2013]")
"""å, ä, ö and others in UTF-8, read as if they were Windows-1252."""


def is_sav(data: bytes) -> bool:
    """Whether ``data`` is an SPSS file of any kind, one that cannot be read too; never raises."""
    return data[:4] in MAGIC or ENCRYPTED in data[:64] or PORTABLE in data[:512]


def read_sav(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
) -> Read:
    """The responses in an SPSS file (.sav or .zsav); the row of a case is its number + 1.

    Raises
    ------
    DataError
        There are several files, or it is encrypted, a portable file (.por), damaged, or has none
        of the questionnaire's variables.

    """
    if len(files) != 1:
        names = ", ".join(sorted(files))
        remedy = "Keep one, and take the others out of the folder."
        raise DataError([Problem(names, None, "", f"{len(files)} files", "one file", remedy)])
    ((name, data),) = files.items()
    if problem := _unreadable(name, data):
        raise DataError([problem])
    progress(name, 0, len(data))
    content = read_content(name, data, _wanted(protocol, settings))
    progress(name, len(data), len(data))
    found = _with_own_names(content, protocol, settings)
    table = _table(name, content, _words(content, protocol, found))
    export = Export(table, "SPSS file", _labels(content))
    try:
        read = as_survey(export, protocol, found)
    except DataError as error:
        raise DataError([_in_words_of_spss(problem) for problem in error.problems]) from None
    return _told(read, content)


def _unreadable(name: str, data: bytes) -> Problem | None:
    if PORTABLE in data[:512]:
        found, remedy = "an SPSS portable file (.por)", "Save it as .sav in SPSS or PSPP."
    elif ENCRYPTED in data[:64]:
        found, remedy = "an encrypted SPSS file", "Save it in SPSS without a password."
    elif data[:4] not in MAGIC or len(data) < 176:
        found, remedy = f"{len(data)} bytes that are none", ANEW
    else:
        return None
    return Problem(name, None, "", found, "an SPSS file (.sav)", remedy)


def _wanted(protocol: Protocol, settings: StudySettings) -> frozenset[str]:
    """Every name, in lower case, that one of our columns may have."""
    codes = wanted_codes(protocol, settings.survey.columns)
    names = {form for code in codes.values() for form in forms(code)}
    own = {form for item in protocol.items for form in forms(item.item)}
    return frozenset(name.casefold() for name in names | own)


def _with_own_names(content: Content, protocol: Protocol, settings: StudySettings) -> StudySettings:
    """The settings, with the variables that have our own names for what LimeSurvey calls otherwise.

    A variable by LimeSurvey's code, or one that study.toml names, goes before.
    """
    names = {one.name.casefold(): one.name for one in content.variables}
    codes = wanted_codes(protocol, settings.survey.columns)
    own = {}
    for item in protocol.items:
        if any(form.casefold() in names for form in forms(codes[item.item])):
            continue
        called = [form.casefold() for form in forms(item.item) if form.casefold() in names]
        if called:
            own[item.item] = names[called[0]]
    columns = {**own, **settings.survey.columns}
    survey = dataclasses.replace(settings.survey, columns=columns)
    return dataclasses.replace(settings, survey=survey)


def _words(content: Content, protocol: Protocol, settings: StudySettings) -> Words:
    """The questionnaire's answers in words, folded, by the variables that are answered by them.

    None of a scale, whose numbers are the answers, nor if study.toml tells what the numbers in the
    file stand for.
    """
    if settings.survey.answers:
        return {}
    codes = wanted_codes(protocol, settings.survey.columns)
    asked = questionnaire_of(protocol)
    found: dict[str, frozenset[str]] = {}
    for item in protocol.items:
        question = asked.question(item.limesurvey_code)
        answers = question.answers if question else ()
        texts = {folded(text) for answer in answers for text in answer.texts.values()}
        if item.type != "likert5":
            words = frozenset(texts or {*YES, *NO})
            found |= {form.casefold(): words for form in forms(codes[item.item])}
    named = ((one.name, found.get(one.name.casefold())) for one in content.variables)
    return {name: words for name, words in named if words}


def _table(name: str, content: Content, words: Words) -> Sheet:
    """The cases as text, under the variables' names; those that were not asked for are blank."""
    blank = numbered(np.zeros(content.cases, dtype=np.int8), [""])
    return Sheet(
        name,
        tuple(variable.name for variable in content.variables),
        tuple(
            _texts(one, words.get(one.name, frozenset())) if one.codes is not None else blank
            for one in content.variables
        ),
        np.arange(2, content.cases + 2, dtype=np.int64),
    )


def _texts(variable: Variable, words: frozenset[str]) -> Texts:
    """The column as text; missing and user-missing values are blank.

    A number whose label is among ``words`` is this label: 1 says nothing, and 'Ja' all.
    """
    known: dict[str, int] = {}
    labels: dict[Value, str] = {
        value: label
        for value, label in variable.labels
        if not isinstance(value, str) and folded(label) in words
    }
    texts = (
        "" if _is_missing(value, variable) else labels.get(value) or text_of(value, variable)
        for value in variable.distinct
    )
    numbers = np.array([known.setdefault(t, len(known)) for t in texts], dtype=np.int32)
    codes = numbers[variable.codes] if len(numbers) else np.array([], dtype=np.int32)
    return numbered(codes, list(known))


def _is_missing(value: Value, variable: Variable) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return any(value.strip() == str(lowest).strip() for lowest, _ in variable.missing)
    ranges = (pair for pair in variable.missing if not isinstance(pair[0], str))
    return any(lowest <= value <= highest for lowest, highest in ranges)


def text_of(value: Value, variable: Variable) -> str:
    """A value as the contract's tables have it: ``1`` for 1.0, an ISO date for a date."""
    if isinstance(value, str):
        return clean(composed(value.replace("\0", "")))
    if value is None or math.isnan(value):
        return ""
    if _DAYS.match(variable.format) or _TIMES.match(variable.format):
        try:
            moment = BEGINNING + timedelta(seconds=round(value))
        except OverflowError:
            return f"{value:.15g}"
        form = "%Y-%m-%d" if _DAYS.match(variable.format) else "%Y-%m-%d %H:%M:%S"
        return moment.strftime(form)
    return f"{value:.15g}"


def _labels(content: Content) -> ValueLabels:
    """The value labels of all variables; those of missing values stand for no answer."""
    return ValueLabels(
        ("sv",),
        tuple(
            Question(
                str(number),
                "",
                variable.name,
                VALUE_LABELS,
                answers=tuple(
                    Answer(text_of(value, variable), {"sv": label})
                    for value, label in variable.labels
                    if not _is_missing(value, variable)
                ),
            )
            for number, variable in enumerate(content.variables)
            if variable.labels
        ),
    )


def _notes(content: Content) -> tuple[str, ...]:
    notes = [f"Text was read as {content.encoding}."] if content.encoding else []
    for variable in content.variables:
        if variable.missing and variable.codes is not None:
            missing = [_is_missing(value, variable) for value in variable.distinct]
            user = [
                hit and value is not None
                for hit, value in zip(missing, variable.distinct, strict=True)
            ]
            count = int(np.array(user, dtype=bool)[variable.codes].sum()) if user else 0
            if count:
                notes.append(f"{variable.name}: {count} user-missing values were read as missing.")
    return tuple(notes)


def _told(read: Read, content: Content) -> Read:
    """The reading with what its variables are called, and what looks wrong in their labels."""
    labels = {variable.name: variable.label for variable in content.variables}
    found = next(one for one in read.found if one.file == read.sheet.name)
    mapped = tuple(_with_label(one, labels) for one in found.mapped)
    told = dataclasses.replace(
        found,
        kind="SPSS file",
        mapped=mapped,
        notes=(*found.notes, *_notes(content)),
        warnings=(*found.warnings, *_warnings(content)),
    )
    return dataclasses.replace(read, found=(told,))


def _with_label(one: Mapped, labels: Mapping[str, str]) -> Mapped:
    """A variable with its label, which tells a reader more than its name."""
    label = labels.get(one.name, "") if one.what == "column" else ""
    return dataclasses.replace(one, name=f"{one.name} ({shown(label)})") if label else one


def _warnings(content: Content) -> Iterator[str]:
    texts = [variable.label for variable in content.variables]
    texts += [label for variable in content.variables for _, label in variable.labels]
    if any(_TWICE_ENCODED.search(text) for text in texts):
        yield f"Letters such as å look wrong: the text may not be in {content.encoding}."


def _in_words_of_spss(problem: Problem) -> Problem:
    if problem.expected.startswith("headings that"):
        expected = "variables named by the questionnaire's codes (cond_inter or cond_interest)"
        remedy = "Name the variables in study.toml under [survey.columns], or rename them in SPSS."
        return dataclasses.replace(
            problem,
            row=None,
            value="no variable of the questionnaire",
            expected=expected,
            remedy=remedy,
        )
    return problem
