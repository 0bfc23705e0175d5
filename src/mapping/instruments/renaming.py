"""A table whose columns or values have other names than the contract's, by the study.toml.

A name there that no column can have is an error; one that the file never has is told.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from mapping.errors import Problem
from mapping.instruments import interviews, register, study_settings, survey, workshop
from mapping.instruments.fields import SUGGESTIONS, nearest, shown
from mapping.instruments.recognised import Mapped
from mapping.instruments.sheet import Sheet, numbered
from mapping.instruments.study_settings import StudySettings

Words = Mapping[str, str]


@dataclass(frozen=True)
class Names:
    """The file's heading by the contract's column, and by column the contract's text by the file's.

    ``left_out`` is the column in which a text that stands for nothing (a blank) leaves out its row.
    ``told`` is the table of study.toml, and of each column with texts the part of it that has them.
    ``known`` are the columns that there can be, none if only the file tells them.
    """

    columns: Words = field(default_factory=dict)
    texts: Mapping[str, Words] = field(default_factory=dict)
    left_out: str = ""
    told: str = ""
    parts: Words = field(default_factory=dict)
    known: tuple[str, ...] = ()


def names_of(table: str, settings: StudySettings) -> Names:
    """The names that study.toml gives for a table of the contract, by its file's name."""
    if table == register.NAME:
        known = (*register.COLUMNS, register.CONTACT)
        return Names(settings.departments.columns, told="departments", known=known)
    if table == interviews.NAME:
        of = settings.interviews
        texts = {"code": of.codes, "coder": of.coders, "department_id": of.departments}
        parts = {"code": "codes", "coder": "coders", "department_id": "departments"}
        return Names(of.columns, texts, "code", "interviews", parts, interviews.COLUMNS)
    if table == workshop.NAME:
        notes = settings.workshop
        texts = {"theme": notes.themes, "department_id": notes.departments}
        parts = {"theme": "themes", "department_id": "departments"}
        return Names(notes.columns, texts, "", "workshop", parts, workshop.COLUMNS)
    if table == survey.NAME:
        asked = settings.survey
        texts = {"department": asked.departments, **asked.answers}
        parts = {"department": "departments"} | {i: f'answers."{i}"' for i in asked.answers}
        return Names(asked.columns, texts, "", "survey", parts)
    return Names()


def unknown_columns(
    told: str, columns: Words, known: Collection[str], what: str = "columns"
) -> list[Problem]:
    """The ``what`` that study.toml names under ``told``, such as ``survey``, and nothing can have.

    ``known`` are those that there can be: the contract's, and of a survey its items.
    """
    return [
        _unknown(f"{told}.{what}.{shown(column)}", column, known)
        for column in columns
        if column not in known
    ]


def never_there(told: str, words: Collection[str], there: Collection[str]) -> Iterator[str]:
    """A warning of the names under ``told``, such as ``interviews.codes``, that no file has.

    Coders are counted only: a name of theirs goes no further.
    """
    lost = [word for word in words if word not in there]
    names = "" if told.endswith(".coders") else ", ".join(map(shown, lost[:SUGGESTIONS]))
    if lost:
        number = "1 name" if len(lost) == 1 else f"{len(lost)} names"
        listed = f": {names}" if names else ""
        yield f"{number} of [{told}] in study.toml never came in the data{listed}."


def in_our_names(sheet: Sheet, names: Names) -> tuple[Sheet, tuple[Mapped, ...]]:
    """The sheet with the contract's names, and which names were read as which."""
    ours = {heading: column for column, heading in names.columns.items()}
    header = tuple(ours.get(heading, heading) for heading in sheet.header)
    used = {column: heading for column, heading in names.columns.items() if column in header}
    mapped = [Mapped("column", heading, column) for column, heading in used.items()]
    problems = (*sheet.problems, *_problems(header, names))
    warnings = (*sheet.warnings, *_warnings(sheet, header, names))
    renamed = {**sheet.headings, **used}
    made = dataclasses.replace(
        sheet, header=header, headings=renamed, problems=problems, warnings=warnings
    )
    for column, words in names.texts.items():
        if words and column in header:
            made, told = _in_our_words(made, column, words, leave_out=column == names.left_out)
            mapped += told
    return made, tuple(mapped)


def _problems(header: Collection[str], names: Names) -> Iterator[Problem]:
    """What study.toml names and nothing can have. A survey's items are those that its file has."""
    if names.known:
        yield from unknown_columns(names.told, names.columns, names.known)
    for column in names.texts:
        if column not in header and column not in names.known and column not in survey.COLUMNS:
            yield _unknown(f"{names.told}.answers.{shown(column)}", column, header)


def _warnings(sheet: Sheet, header: Collection[str], names: Names) -> Iterator[str]:
    """The names in study.toml that the file never has, its headings and its texts."""
    could = [own for one, own in names.columns.items() if not names.known or one in names.known]
    yield from never_there(f"{names.told}.columns", could, sheet.header)
    ours = dataclasses.replace(sheet, header=tuple(header))
    for column, words in names.texts.items():
        if words and column in header:
            texts = set(ours.column(column).categories)
            yield from never_there(f"{names.told}.{names.parts[column]}", words, texts)


def _unknown(place: str, name: str, known: Collection[str]) -> Problem:
    remedy = f"{nearest(name, tuple(known))}Correct the name, or remove it."
    expected = "a column of the table" if ".columns." in place else "an item of the survey"
    return Problem(study_settings.NAME, None, place, "", expected, remedy)


def _in_our_words(
    sheet: Sheet, column: str, words: Words, *, leave_out: bool
) -> tuple[Sheet, list[Mapped]]:
    """The sheet with our words in a column; without the rows whose word stands for nothing."""
    texts = sheet.column(column)
    counts = np.bincount(texts.codes, minlength=len(texts.categories))
    mapped = [
        Mapped(column, text, words[text], int(count), wanted=True)
        for text, count in zip(texts.categories, counts, strict=True)
        if text in words and count
    ]
    ours = [words.get(text, text) for text in texts.categories]
    known = {text: number for number, text in enumerate(dict.fromkeys(ours))}
    codes = np.array([known[text] for text in ours], dtype=np.int32)[texts.codes]
    columns = list(sheet.columns)
    columns[sheet.header.index(column)] = numbered(codes, list(known))
    made = dataclasses.replace(sheet, columns=tuple(columns))
    if leave_out:
        nothing = [text in words and not words[text] for text in texts.categories]
        made = made.only(~np.array(nothing, dtype=bool)[texts.codes])
    return made, mapped
