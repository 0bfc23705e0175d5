"""A project as its file has it: users, codes, cases, sets, sources, selections and codings.

Programs differ in what they write; what is read here is what the schema allows, in either of its
namespaces. Nothing is interpreted yet but GUIDs, which are compared without braces and case.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from mapping.errors import DataError, Problem
from mapping.instruments import xml_input
from mapping.instruments.archive import Archive, is_zip
from mapping.instruments.recognised import Progress
from mapping.instruments.sheet import composed
from mapping.instruments.xml_input import Element

NAMESPACE = "urn:QDA-XML:project:"
"""How the namespace of a project begins; what follows is the version, 1.0 or 0:10."""

LARGEST = 1 << 31
"""No offset is as large; one that is says nothing."""

_BEGINNING = 1 << 14
_TOLD_EVERY = 4 << 20
_SOURCES = {"TextSource", "PictureSource", "PDFSource", "AudioSource", "VideoSource"}
_DOCUMENTS = {"TextSource", "Representation", "TextDescription", "Transcript"}
_SELECTIONS = {
    "PlainTextSelection",
    "PictureSelection",
    "PDFSelection",
    "AudioSelection",
    "VideoSelection",
    "TranscriptSelection",
}
_OF_SOURCES = {*_SELECTIONS, "Coding", "CodeRef"}
_VALUES = {
    "TextValue",
    "BooleanValue",
    "IntegerValue",
    "FloatValue",
    "DateValue",
    "DateTimeValue",
}


PROGRAMS = (
    "NVivo",
    "MAXQDA",
    "ATLAS.ti",
    "QualCoder",
    "Taguette",
    "Quirkos",
    "Dedoose",
    "QDA Miner",
)
"""Programs that say in a project that they wrote it."""


class Source(NamedTuple):
    """A source: its GUID, its name (it may be a respondent's), and its own variables by GUID."""

    guid: str
    name: str
    values: list[tuple[str, str]]


class Document(NamedTuple):
    """A plain text that offsets count in: where it is, or itself if it stands in the project.

    ``main`` is true for the text of a text source, or of a whole PDF.
    """

    source: int
    path: str
    content: list[str]
    main: bool


class Selection(NamedTuple):
    """A part of a source. Without offsets ``document`` is -1; so it is for a whole source."""

    guid: str
    source: int
    document: int
    start: int
    end: int
    user: str
    whole: bool


class Coding(NamedTuple):
    """A code given to a selection, by the user that it names (blank: none)."""

    selection: int
    user: str
    code: str


class Group(NamedTuple):
    """A case or a set: its name, variables by GUID, and the sources and selections in it."""

    name: str
    values: list[tuple[str, str]]
    sources: list[str]
    selections: list[str]


@dataclass
class Project:
    """All of a project that is of use. ``users`` by GUID: name and id; ``codes``: their path.

    ``coded_notes`` counts codings of memos, which are not of the interviews; ``positions`` the
    selections whose offsets are none.
    """

    file: str
    entry: str = ""
    program: str = ""
    users: dict[str, tuple[str, str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    cases: list[Group] = field(default_factory=list)
    sets: list[Group] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    selections: list[Selection] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    coded_notes: int = 0
    positions: int = 0


def is_refi_qda(data: bytes) -> bool:
    """Whether the bytes are a project: a zip with one in it, or its XML alone. Never raises.

    A zip that cannot be opened counts if it names a ``.qde``, so that what is wrong can be told.
    """
    if not is_zip(data):
        return is_project(data[:_BEGINNING])
    try:
        return bool(_projects(Archive("", data)))
    except DataError:
        return b".qde" in data.lower() if len(data) < _TOLD_EVERY else b".qde" in data


def is_project(beginning: bytes) -> bool:
    """Whether a document that begins so is a project's XML."""
    namespace, name = xml_input.root(beginning)
    return name == "Project" and namespace.startswith(NAMESPACE)


def guid_of(text: str | None) -> str:
    """A GUID as it is compared; blank for none."""
    return text.strip().strip("{}").lower() if text else ""


def open_project(file: str, data: bytes, progress: Progress) -> tuple[Project, Archive | None]:
    """The project in a file, and the archive that has its texts (None for the XML alone).

    Raises
    ------
    DataError
        The archive or the XML cannot be read, or there is not one project in it.

    """
    if not is_zip(data):
        pieces = (data[at : at + _TOLD_EVERY] for at in range(0, len(data), _TOLD_EVERY))
        return parse_project(file, "", _told(file, pieces, len(data), progress)), None
    archive = Archive(file, data)
    names = _projects(archive)
    if len(names) != 1:
        found = f"{len(names)} projects in the archive"
        remedy = "Export the project again as REFI-QDA project (.qdpx), one to a file."
        raise DataError([Problem(file, None, "", found, "one project", remedy)])
    chunks = _told(file, archive.chunks(names[0]), archive.length(names[0]), progress)
    return parse_project(file, names[0], chunks), archive


def parse_project(file: str, entry: str, content: Iterable[bytes]) -> Project:
    """The project in a document's pieces. Raises as :func:`xml_input.events` does."""
    reader = _Reader(Project(file, entry))
    for begins, element in xml_input.events(file, content, entry):
        if begins:
            reader.begin(element)
        else:
            reader.end(element)
    return reader.project


def _projects(archive: Archive) -> list[str]:
    """The entries that are projects, whatever they are called; those named so are looked at first.

    What stands in the folder of the sources is a source, unless nothing else is a project. If
    nothing is, it is what is named so: what is wrong with it is told when it is read.
    """
    inside = [name for name in archive.names if "sources/" in name.lower()]
    beside = [name for name in archive.names if name not in set(inside)]
    for names in (
        [name for name in beside if name.lower().endswith(".qde")],
        [name for name in beside if not name.lower().endswith(".qde")],
        inside,
    ):
        found = [name for name in names if is_project(archive.beginning(name, _BEGINNING))]
        if found:
            return found
    return [name for name in beside if name.lower().endswith(".qde")]


def _told(file: str, chunks: Iterable[bytes], of: int, progress: Progress) -> Iterator[bytes]:
    done = told = 0
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        if done - told >= _TOLD_EVERY:
            progress(file, done, of)
            told = done
    progress(file, of, of)


class _Reader:
    """What is open while a project streams by, and the project so far."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._path: list[str] = []
        self._codes: list[str] = []
        self._documents: list[int] = []
        self._selections: list[int] = []
        self._names: dict[str, str] = {}
        self._group: Group | None = None
        self._variable = ""
        self._users: list[str] = []
        self._starts: dict[str, Callable[[Element], None]] = {
            "Project": self._program,
            "User": self._user,
            "Code": self._code,
            "Variable": self._named_variable,
            "Case": self._case,
            "Set": self._set,
            "SourceRef": self._member,
            "MemberSource": self._member,
            "SelectionRef": self._member,
            "VariableRef": self._variable_ref,
            "Coding": self._coding,
            "CodeRef": self._code_ref,
        }
        self._starts |= dict.fromkeys(_SELECTIONS, self._selection)

    def begin(self, element: Element) -> None:
        tag = self._tag(element)
        self._path.append(tag)
        if "Notes" in self._path:
            self.project.coded_notes += tag == "CodeRef"
            return
        if tag in _SOURCES and self._path[-2:-1] == ["Sources"]:
            self._source(element)
        if tag in _DOCUMENTS and self.project.sources:
            self._document(element, tag)
        if tag in self._starts and (tag not in _OF_SOURCES or self._in_a_source()):
            self._starts[tag](element)

    def end(self, element: Element) -> None:
        tag = self._path.pop()
        if "Notes" in self._path:
            return
        if tag == "Code":
            self._codes.pop()
        elif tag in _VALUES:
            self._value(element.text or "")
        elif tag == "PlainTextContent" and self._documents:
            self.project.documents[self._documents[-1]].content.append(element.text or "")
        elif tag in _SELECTIONS and self._selections:
            self._selections.pop()
        elif tag == "Coding" and self._users:
            self._users.pop()
        elif tag in ("Case", "Set"):
            self._group = None
        if tag in _DOCUMENTS and self._documents:
            self._documents.pop()

    def _in_a_source(self) -> bool:
        """Whether a source is open: what is selected or coded elsewhere is of none."""
        return "Sources" in self._path and bool(self.project.sources)

    def _tag(self, element: Element) -> str:
        """The name without namespace, worked out once for each."""
        if element.tag not in self._names:
            self._names[element.tag] = xml_input.local(element)
        return self._names[element.tag]

    def _program(self, element: Element) -> None:
        origin = element.get("origin", "").casefold()
        known = (name for name in PROGRAMS if name.casefold() in origin)
        self.project.program = next(known, "")

    def _user(self, element: Element) -> None:
        told = (_named(element.get("name")), _named(element.get("id")))
        self.project.users[guid_of(element.get("guid"))] = told

    def _code(self, element: Element) -> None:
        self._codes.append(_named(element.get("name")))
        self.project.codes[guid_of(element.get("guid"))] = "/".join(self._codes)

    def _named_variable(self, element: Element) -> None:
        self.project.variables[guid_of(element.get("guid"))] = _named(element.get("name"))

    def _case(self, element: Element) -> None:
        self._group = Group(_named(element.get("name")), [], [], [])
        self.project.cases.append(self._group)

    def _set(self, element: Element) -> None:
        self._group = Group(_named(element.get("name")), [], [], [])
        self.project.sets.append(self._group)

    def _member(self, element: Element) -> None:
        if self._group is not None:
            of_selections = self._path[-1] == "SelectionRef"
            members = self._group.selections if of_selections else self._group.sources
            members.append(guid_of(element.get("targetGUID")))

    def _variable_ref(self, element: Element) -> None:
        self._variable = guid_of(element.get("targetGUID"))

    def _value(self, text: str) -> None:
        if self._group is not None:
            self._group.values.append((self._variable, _named(text)))
        elif self.project.sources and "Sources" in self._path:
            self.project.sources[-1].values.append((self._variable, _named(text)))

    def _source(self, element: Element) -> None:
        guid = guid_of(element.get("guid")) or self._made_up("source", len(self.project.sources))
        self.project.sources.append(Source(guid, _named(element.get("name")), []))

    def _document(self, element: Element, tag: str) -> None:
        path = element.get("plainTextPath", "").strip()
        main = not self._selections and tag in ("TextSource", "Representation")
        source = len(self.project.sources) - 1
        self._documents.append(len(self.project.documents))
        self.project.documents.append(Document(source, path, [], main))

    def _selection(self, element: Element) -> None:
        place = len(self.project.selections)
        guid = guid_of(element.get("guid")) or self._made_up("selection", place)
        document, start, end = self._offsets(element)
        user = guid_of(element.get("creatingUser"))
        source = len(self.project.sources) - 1
        self._selections.append(place)
        self.project.selections.append(Selection(guid, source, document, start, end, user, False))

    def _offsets(self, element: Element) -> tuple[int, int, int]:
        """Document, start and end; -1 each where there are none."""
        if self._path[-1] != "PlainTextSelection" or not self._documents:
            return -1, -1, -1
        start, end = _offset(element.get("startPosition")), _offset(element.get("endPosition"))
        if start < 0 or end < start:
            self.project.positions += 1
            return -1, -1, -1
        return self._documents[-1], start, end

    def _coding(self, element: Element) -> None:
        self._users.append(guid_of(element.get("creatingUser")))

    def _code_ref(self, element: Element) -> None:
        if self._path[-2:-1] != ["Coding"] or not self.project.sources:
            return
        selection = self._selections[-1] if self._selections else self._whole()
        code = guid_of(element.get("targetGUID"))
        self.project.codings.append(Coding(selection, self._users[-1], code))

    def _whole(self) -> int:
        """The selection that stands for all of the source that is open."""
        source = len(self.project.sources) - 1
        guid = self.project.sources[source].guid
        last = self.project.selections[-1] if self.project.selections else None
        if not (last and last.whole and last.source == source):
            whole = Selection(guid, source, -1, -1, -1, "", True)
            self.project.selections.append(whole)
        return len(self.project.selections) - 1

    def _made_up(self, kind: str, place: int) -> str:
        """A GUID for what has none, the same whenever the file is read."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.project.file} {kind} {place}"))


def _named(text: str | None) -> str:
    """A name or a value as others are compared with it; a text that offsets count in stays."""
    return composed((text or "").strip())


def _offset(text: str | None) -> int:
    """A position in a text; -1 for what is none."""
    digits = (text or "").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 10:
        return -1
    return int(digits) if int(digits) < LARGEST else -1
