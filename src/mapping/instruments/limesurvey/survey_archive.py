"""Survey archives (.lsa): a zip of the questionnaire and the table of responses in XML."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np

from mapping.errors import DataError, Problem
from mapping.instruments.archive import Archive, is_zip
from mapping.instruments.limesurvey.fields import headings_of, is_field
from mapping.instruments.limesurvey.questionnaire import read_questionnaire
from mapping.instruments.limesurvey.responses import Export, as_survey, told_of
from mapping.instruments.recognised import Progress, Read, silent
from mapping.instruments.sheet import Sheet, as_texts, composed
from mapping.instruments.study_settings import StudySettings
from mapping.instruments.xml_input import elements, local
from mapping.protocol import Protocol

QUESTIONNAIRE = ".lss"
RESPONSES = "_responses.lsr"
EVERY = 20_000
"""Responses after which the progress is told."""


def is_lsa(data: bytes) -> bool:
    """Whether the bytes are a survey archive."""
    try:
        return is_zip(data) and bool(_entries(Archive("", data), QUESTIONNAIRE))
    except DataError:
        return False


def read_lsa(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
) -> Read:
    """The responses of an archive, by the questionnaire that lies in it.

    Raises
    ------
    DataError
        It is not a sound archive, lacks one of the two or has it twice, or they cannot be read.

    """
    ((name, data),) = files.items()
    archive = Archive(name, data)
    asked, responses = (_entry(archive, ending) for ending in (QUESTIONNAIRE, RESPONSES))
    lss = read_questionnaire(name, archive.read(asked))
    table = _table(name, archive, responses, progress)
    codes = headings_of(name, table.header, lss)
    export = Export(
        dataclasses.replace(table, header=codes),
        "LimeSurvey archive",
        lss,
        (told_of(name, lss, protocol, settings.survey.columns),),
    )
    return as_survey(export, protocol, settings)


def _entries(archive: Archive, ending: str) -> list[str]:
    return [name for name in archive.names if name.lower().endswith(ending)]


def _entry(archive: Archive, ending: str) -> str:
    found = _entries(archive, ending)
    if len(found) != 1:
        remedy = (
            "Export it anew: Display/Export > Survey archive (.lsa), while the survey is active."
        )
        raise DataError(
            [
                Problem(
                    archive.file, None, "", f"{len(found)} of them", f"one file *{ending}", remedy
                )
            ]
        )
    return found[0]


def _table(name: str, archive: Archive, entry: str, progress: Progress) -> Sheet:
    """The responses by LimeSurvey's names of columns; what a row does not have is missing."""
    fields: dict[str, None] = {}
    records: list[dict[str, str]] = []
    for element in elements(name, archive.chunks(entry), ("fieldname", "row"), entry):
        if local(element) == "fieldname":
            fields[element.text or ""] = None
        else:
            records.append({_field(local(cell)): cell.text or "" for cell in element})
            if len(records) % EVERY == 0:
                progress(name, len(records), len(records))
    fields.update(dict.fromkeys(field for record in records for field in record))
    return Sheet(
        name,
        tuple(fields),
        tuple(as_texts(_cells(records, field)) for field in fields),
        np.arange(2, len(records) + 2, dtype=np.int64),
    )


def _field(tag: str) -> str:
    """The name of a column; an element's name cannot begin with a digit, and so has a sign."""
    return tag.removeprefix("_") if is_field(tag) else tag


def _cells(records: list[dict[str, str]], field: str) -> Iterator[str]:
    """The column's texts; what is plain ASCII, nearly all of them, has nothing to compose."""
    texts = (record.get(field, "") for record in records)
    return (text if text.isascii() else composed(text) for text in texts)
