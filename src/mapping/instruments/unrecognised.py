"""Files that must be meant as data, though nothing recognises them as they stand.

A file that is passed over is lost without a word: the answers of a survey, all that one of several
coders did. What its name or its beginning tells it to be is therefore an error, or is given to the
reader whose file it would be, which says what is wrong with it.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path

from mapping.errors import Problem
from mapping.instruments.archive import is_zip
from mapping.instruments.formats import FORMATS, Format
from mapping.instruments.sheet import composed

MEANT = {
    ".qdpx": "a REFI-QDA project",
    ".qde": "a REFI-QDA project",
    ".qdc": "a REFI-QDA codebook",
    ".sav": "an SPSS file",
    ".zsav": "an SPSS file",
    ".lsa": "a LimeSurvey archive",
    ".lss": "a LimeSurvey questionnaire",
}
"""What a file with one of these endings can only be meant as."""

_WORKBOOK = "Open it in its program and save it as .xlsx."
_PROJECT = "Export the project from its program as REFI-QDA (.qdpx)."

UNREAD = {
    **dict.fromkeys((".xls", ".xlsb", ".xlsm", ".ods", ".numbers"), _WORKBOOK),
    **dict.fromkeys((".nvp", ".nvpx", ".nvcx", ".atlproj", ".qda"), _PROJECT),
    **dict.fromkeys((f".mx{number}" for number in (5, 11, 12, 18, 20, 22, 24)), _PROJECT),
}
"""Files that are not read, by their ending, and what to do for their data to be read."""

WORDS = {
    "departments.csv": ("department", "institution"),
    "interviews.csv": ("interview", "intervju", "coding", "kodning"),
    "workshop.csv": ("workshop", "swot"),
    "survey.csv": ("survey", "enkät", "limesurvey"),
}
"""Words in the name of a file that tell what it is meant as."""

TEXTS = frozenset({".csv", ".tsv", ".txt"})

BEGINNING = 1 << 16
"""Bytes of a text in which a header is looked for."""

TITLES = 5
"""Lines that may stand above a header, as a title does, or ``sep=;``."""


def meant_as(name: str, data: bytes) -> Format | None:
    """The format of a text, were it in UTF-8, separated by commas, and without lines above."""
    if Path(name).suffix.lower() not in TEXTS or is_zip(data):
        return None
    return next((one for form in _mended(data) for one in FORMATS if one.looks(form)), None)


def refused(name: str, looks: Callable[[bytes], bool], data: bytes) -> Problem | None:
    """The problem of a file which its ending tells to be data, and which ``looks`` like none."""
    meant = MEANT.get(Path(name).suffix.lower())
    if meant is None or looks(data):
        return None
    found = f"{len(data):,} bytes that are none" if data else "an empty file"
    remedy = "It may be damaged: export it anew; or move it out of the folder."
    return Problem(name, None, "", found, meant, remedy)


def table_of(name: str) -> str:
    """The table that a file with one of the endings of ``MEANT`` has the data of; blank if none."""
    ending = Path(name).suffix.lower()
    if ending in {".qdpx", ".qde"}:
        return "interviews.csv"
    return "survey.csv" if ending in {".sav", ".zsav", ".lsa"} else ""


def waited_for(table: str, name: str) -> Problem | None:
    """The problem of a file that is not read, though it seems to have what ``table`` lacks."""
    ending, stem = Path(name).suffix.lower(), composed(Path(name).stem).casefold()
    project = UNREAD.get(ending) == _PROJECT and table == "interviews.csv"
    named = ending in {*UNREAD, *TEXTS, ".xlsx"} and any(w in stem for w in WORDS.get(table, ()))
    if not (project or named):
        return None
    remedy = UNREAD.get(ending, "docs/formats.md tells what is read; export it anew.")
    remedy += f" If it is none of the year's files, move it out of the folder: {table} is empty."
    return Problem(name, None, "", "", "a file that can be read", remedy)


def _mended(data: bytes) -> Iterator[bytes]:
    """The beginning of a text as it would be recognised, were it written otherwise."""
    text = _decoded(data[:BEGINNING])
    for separated in dict.fromkeys((text, text.replace("\t", ","))):
        lines = separated.splitlines()
        for above in range(min(TITLES, len(lines)) + 1):
            yield "\n".join(lines[above:]).encode()


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data[: len(data) // 2 * 2].decode("utf-16", "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    return data.decode("utf-8-sig", "replace")
