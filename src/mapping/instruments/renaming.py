"""A table whose columns or values have other names than the contract's, by the study.toml."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mapping.instruments import interviews, register, survey, workshop
from mapping.instruments.recognised import Mapped
from mapping.instruments.sheet import Sheet, numbered
from mapping.instruments.study_settings import StudySettings

Words = Mapping[str, str]


@dataclass(frozen=True)
class Names:
    """The file's heading by the contract's column, and by column the contract's text by the file's.

    ``left_out`` is the column in which a text that stands for nothing (a blank) leaves out its row.
    """

    columns: Words = field(default_factory=dict)
    texts: Mapping[str, Words] = field(default_factory=dict)
    left_out: str = ""


def names_of(table: str, settings: StudySettings) -> Names:
    """The names that study.toml gives for a table of the contract, by its file's name."""
    if table == register.NAME:
        return Names(settings.departments.columns)
    if table == interviews.NAME:
        of = settings.interviews
        texts = {"code": of.codes, "coder": of.coders, "department_id": of.departments}
        return Names(of.columns, texts, "code")
    if table == workshop.NAME:
        notes = settings.workshop
        return Names(notes.columns, {"theme": notes.themes, "department_id": notes.departments})
    if table == survey.NAME:
        asked = settings.survey
        return Names(asked.columns, {"department": asked.departments, **asked.answers})
    return Names()


def in_our_names(sheet: Sheet, names: Names) -> tuple[Sheet, tuple[Mapped, ...]]:
    """The sheet with the contract's names, and which names were read as which."""
    ours = {heading: column for column, heading in names.columns.items()}
    header = tuple(ours.get(heading, heading) for heading in sheet.header)
    used = {column: heading for column, heading in names.columns.items() if column in header}
    mapped = [Mapped("column", heading, column) for column, heading in used.items()]
    made = dataclasses.replace(sheet, header=header, headings={**sheet.headings, **used})
    for column, words in names.texts.items():
        if words and column in header:
            made, told = _in_our_words(made, column, words, leave_out=column == names.left_out)
            mapped += told
    return made, tuple(mapped)


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
