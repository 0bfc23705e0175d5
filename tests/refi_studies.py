"""Small studies for the tests of coding projects, and what was read of them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from builders import su_2020
from raw_years import STUDY
from vendors import Coded, Given, Interview

from mapping.instruments import delimited
from mapping.instruments.documents import NO_DOCUMENTS, Documents, parse_documents
from mapping.instruments.recognised import Read
from mapping.instruments.refi_qda import read_refi_qda
from mapping.instruments.study_settings import StudySettings, parse_settings

PROTOCOL = su_2020()
PROJECT = '<Project xmlns="urn:QDA-XML:project:1.0" name="p">{}</Project>'


def settings(more: str = "") -> StudySettings:
    """The settings of the tiny year, with more tables."""
    return parse_settings(f"{STUDY}\n{more}".encode(), "2020")


def documents(text: str) -> Documents:
    """The list of documents in a text."""
    return parse_documents(delimited.read_sheet("documents.csv", text.encode(), ["document"]))


def read(files: Mapping[str, bytes], more: str = "", listed: Documents = NO_DOCUMENTS) -> Read:
    """What is read of the files, with more settings."""
    return read_refi_qda(files, PROTOCOL, settings(more), documents=listed)


def column(found: Read, name: str) -> list[str]:
    """The cells of a column."""
    return [str(cell) for cell in found.sheet.column(name)]


def excerpts(found: Read) -> list[str]:
    """What was quoted, row by row."""
    return column(found, "excerpt")


def rows(found: Read, *columns: str) -> set[tuple[str, ...]]:
    """The rows, each as its cells in these columns."""
    return set(zip(*(column(found, name) for name in columns), strict=True))


def words_of(text: str) -> list[tuple[int, int]]:
    """Beginning and end of each word."""
    return [match.span() for match in re.finditer(r"\w+", text)]


def given(
    words: str, text: str, coder: str = "ann", code: str = "interest/3", source: int = 0
) -> Given:
    """A code given to words of a text."""
    start = text.index(words)
    return Given(source, start, start + len(words), coder, code)


def study(text: str, *codes: Given) -> Coded:
    """One interview at ABC-1, and the codes given in it."""
    return Coded((Interview("a.docx", text, "ABC-1", "2020-01-15", "prefekt"),), codes)


def zipped(entries: Mapping[str, str | bytes]) -> bytes:
    """An archive of these entries."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()
