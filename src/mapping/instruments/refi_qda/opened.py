"""A project with its texts: where each selection lies in its text, and what may be quoted of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mapping.instruments.archive import Archive
from mapping.instruments.recognised import Progress
from mapping.instruments.refi_qda.offsets import Fit, Spans, beyond, infer, places, uncontested
from mapping.instruments.refi_qda.project import Document, Project, open_project
from mapping.instruments.refi_qda.texts import (
    Flags,
    Numbers,
    Text,
    entries_of,
    text_of_content,
    text_of_file,
)

TEXT = 10_000_000
"""Bytes of a text that are read at most; a transcript of two hours has 100,000."""

TEXTS = 100_000_000
"""Bytes of all texts that are read at most."""

TELLING = 2_000
"""Texts by which the convention of offsets is found at most: those with most selections."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A project and its texts by document; ``missing`` counts those that cannot be read.

    ``starts`` and ``ends`` (exclusive) are of each selection, in code points of its text; where
    there is no text, as the file has them; -1 where there is no offset. ``quotable`` tells which
    may be quoted, ``beyond`` which reach beyond their text, and ``empty`` which hold nothing of it
    or, where there is no text, of any.
    """

    project: Project
    texts: Mapping[int, Text]
    missing: int
    fit: Fit
    starts: Numbers
    ends: Numbers
    quotable: Flags
    beyond: Flags
    empty: Flags

    @cached_property
    def main_texts(self) -> dict[int, Text]:
        """The text of each source as a whole, where it is there."""
        return {
            document.source: self.texts[place]
            for place, document in reversed(list(enumerate(self.project.documents)))
            if document.main and place in self.texts
        }


def open_all(files: Mapping[str, bytes], progress: Progress) -> list[Opened]:
    """The projects in the files, in the order of the files' names."""
    return [open_one(name, files[name], progress) for name in sorted(files)]


def open_one(file: str, data: bytes, progress: Progress) -> Opened:
    """The project in a file. Raises as :func:`open_project` does."""
    project, archive = open_project(file, data, progress)
    coded = {selection.source for selection in project.selections}
    wanted = [
        place
        for place, document in enumerate(project.documents)
        if document.source in coded and (document.path or document.content)
    ]
    paths = (project.documents[place].path for place in wanted)
    entries = entries_of(paths, archive) if archive else {}
    texts: dict[int, Text] = {}
    left = TEXTS
    for place in wanted:
        text = _text(project.documents[place], entries, archive, min(left, TEXT))
        if text is not None:
            texts[place] = text
            left -= len(text.text)
    return _placed(project, texts, len(wanted) - len(texts))


def _text(
    document: Document, entries: Mapping[str, str], archive: Archive | None, longest: int
) -> Text | None:
    """The text of a document; None if it is not there, longer than that, or not in UTF-8."""
    if document.content:
        content = "".join(document.content)
        return text_of_content(content) if len(content) <= longest else None
    entry = entries.get(document.path, "")
    if archive is None or not entry or archive.length(entry) > longest:
        return None
    return text_of_file(archive.read(entry))


def _placed(project: Project, texts: Mapping[int, Text], missing: int) -> Opened:
    """Where the selections lie, by the convention that is found over all texts."""
    starts = np.array([one.start for one in project.selections], dtype=np.int64)
    ends = np.array([one.end for one in project.selections], dtype=np.int64)
    documents = np.array([one.document for one in project.selections], dtype=np.int64)
    quotable, outside = np.zeros((2, len(starts)), dtype=bool)
    members = {place: own for place, own in _members(documents).items() if place in texts}
    spans = {place: Spans(texts[place], starts[own], ends[own]) for place, own in members.items()}
    fit = infer(sorted(spans.values(), key=lambda one: -len(one.starts))[:TELLING])
    elsewhere = (documents >= 0) & ~np.isin(documents, list(members))
    ends[elsewhere] += fit.convention.inclusive
    for place, own in members.items():
        outside[own] = beyond(spans[place], fit.convention)
        starts[own], ends[own], lies = places(spans[place], fit.convention)
        quotable[own] = lies & (ends[own] > starts[own]) & uncontested(spans[place], fit)
    empty = (documents >= 0) & (ends <= starts) & ~outside
    return Opened(
        project, texts, missing, fit, starts, ends, quotable & fit.quotable, outside, empty
    )


def _members(documents: Numbers) -> dict[int, Numbers]:
    """The selections in each document, by their number."""
    order = np.argsort(documents, kind="stable")
    found, first = np.unique(documents[order], return_index=True)
    return dict(zip(found.tolist(), np.split(order, first[1:]), strict=True)) if len(order) else {}
