"""How each program lays out its table of coded segments.

Taguette: ``id, document, tag, content``, a row per highlight and tag. QualCoder's report of
codings: ``File`` or ``Case``, ``Coder``, ``Coded`` (the text), ``Id``, ``Codename`` and memos.
MAXQDA's coded segments: ``Document name``, ``Segment`` and ``Code``, with other columns as the user
has chosen. Any other layout is told by the columns in study.toml.
"""

from __future__ import annotations

from collections.abc import Mapping

from mapping.instruments import tabular
from mapping.instruments.coded_tables.read import Layout, read_tables
from mapping.instruments.documents import NO_DOCUMENTS, Documents
from mapping.instruments.recognised import Progress, Read, silent
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Protocol

TAGUETTE = Layout(
    "Taguette highlights",
    {
        "document": ("document",),
        "code": ("tag",),
        "excerpt": ("content",),
        "highlight": ("id",),
    },
    needed=("document", "code", "excerpt", "highlight"),
)

QUALCODER = Layout(
    "QualCoder report of codings",
    {
        "document": ("File", "Case"),
        "coder": ("Coder",),
        "code": ("Codename",),
        "excerpt": ("Coded",),
        "coding": ("Id",),
    },
    needed=("document", "coder", "code", "excerpt"),
)

MAXQDA = Layout(
    "MAXQDA coded segments",
    {
        "document": ("Document name",),
        "group": ("Document group",),
        "coder": ("Created by", "Coder", "Author"),
        "code": ("Code",),
        "excerpt": ("Segment",),
        "begin": ("Beginning", "Begin"),
        "end": ("End",),
    },
    needed=("document", "code", "excerpt"),
)

TOLD = Layout("table of coded segments, columns by study.toml", {}, needed=("code",))


def is_taguette(data: bytes) -> bool:
    """Whether ``data`` is a table of Taguette's highlights; never raises."""
    return {"id", "document", "tag", "content"} <= tabular.headings(data)


def is_qualcoder(data: bytes) -> bool:
    """Whether ``data`` is QualCoder's report of codings; never raises."""
    found = tabular.headings(data)
    return {"Coder", "Coded", "Codename"} <= found and bool({"File", "Case"} & found)


def is_maxqda(data: bytes) -> bool:
    """Whether ``data`` is a table of MAXQDA's coded segments; never raises."""
    return {"Document name", "Segment", "Code"} <= tabular.headings(data)


def is_told(settings: StudySettings) -> bool:
    """Whether study.toml tells the columns of a coding program's table: it names the document's.

    Else it tells other names for the columns of ``interviews.csv`` itself.
    """
    return "document" in settings.interviews.columns


def read_taguette(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
    documents: Documents = NO_DOCUMENTS,
) -> Read:
    """The interviews in tables of Taguette's highlights, one of each coder."""
    return read_tables(TAGUETTE, files, protocol, settings, progress, documents=documents)


def read_qualcoder(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
    documents: Documents = NO_DOCUMENTS,
) -> Read:
    """The interviews in QualCoder's reports of codings, one of all coders or one of each."""
    return read_tables(QUALCODER, files, protocol, settings, progress, documents=documents)


def read_maxqda(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
    documents: Documents = NO_DOCUMENTS,
) -> Read:
    """The interviews in tables of MAXQDA's coded segments, one of all coders or one of each."""
    return read_tables(MAXQDA, files, protocol, settings, progress, documents=documents)


def read_told(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
    documents: Documents = NO_DOCUMENTS,
) -> Read:
    """The interviews in tables whose columns study.toml tells, of any program."""
    return read_tables(TOLD, files, protocol, settings, progress, documents=documents)
