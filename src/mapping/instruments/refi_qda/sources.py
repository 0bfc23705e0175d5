"""The sources of several projects: which of them are the same one, coded by different coders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mapping.errors import Problem
from mapping.instruments.refi_qda.opened import Opened


@dataclass
class OneSource:
    """A source in all files that have it: the GUID and name of the first, and its places.

    ``places`` are pairs of the file's number and the source's number in it.
    """

    guid: str
    name: str = field(repr=False)
    places: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Sources:
    """All sources, and which one each is, by file number and its number there."""

    all: Sequence[OneSource]
    which: Mapping[tuple[int, int], int]
    problems: tuple[Problem, ...] = ()


def unite(opened: Sequence[Opened]) -> Sources:
    """The sources of all files; the same one has the same GUID, or the same text in another file.

    A GUID that has two texts is a problem, told once: offsets in the one mean nothing in the other.
    """
    found: list[OneSource] = []
    which: dict[tuple[int, int], int] = {}
    by_guid: dict[str, int] = {}
    by_text: dict[str, int] = {}
    texts: dict[str, str] = {}
    torn: dict[str, Problem] = {}
    for file, one in enumerate(opened):
        mains = one.main_texts
        for place, source in enumerate(one.project.sources):
            text = mains[place].fingerprint if place in mains and mains[place].text.strip() else ""
            number = by_guid.get(source.guid)
            if number is None:
                number = _same_text(by_text.get(text), found, file)
            if number is None:
                number = len(found)
                found.append(OneSource(source.guid, source.name))
            if text and texts.setdefault(source.guid, text) != text:
                torn.setdefault(source.guid, _torn(one.project.file, place, source.guid))
            by_guid[source.guid] = number
            by_text.setdefault(text, number) if text else None
            found[number].places.append((file, place))
            which[file, place] = number
    return Sources(found, which, tuple(torn.values()))


def _same_text(number: int | None, found: Sequence[OneSource], file: int) -> int | None:
    """The source with this text, unless it is one of the same file: two there are two."""
    if number is None or any(place[0] == file for place in found[number].places):
        return None
    return number


def _torn(file: str, place: int, guid: str) -> Problem:
    return Problem(
        file,
        None,
        f"source {place + 1}",
        f"{guid} with another text than before",
        "one text for each source, in all files",
        "Export all coders' projects with the same version of the documents.",
    )
