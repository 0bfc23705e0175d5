"""XML that comes from elsewhere: read as a stream, within stated limits, and without any DTD.

A document type declaration is refused whatever it says, so that there are no entities to expand,
no external files to fetch, and nothing to validate.

The parser is lxml's. Of one project of 119 MB (600,000 elements) it gave all beginnings and ends
of elements in 1.8 s, as fast as defusedxml's iterparse; expat without a tree took 1.1 s. But expat
(which defusedxml and the standard library use) has no limit on the length of an attribute or a
comment: 50 MB of it took 11 to 13 s with the expat of Python 3.11, and how long depends on which
one a Python was built with. libxml2, which comes with lxml's wheels, stops at 10 MB, and at 256
levels.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from mapping.errors import DataError, Problem
from mapping.instruments.archive import MEGABYTE, shown_path

Element = Any
"""An element of lxml: ``tag``, ``attrib``, ``text``, and its children."""

Content = bytes | Iterable[bytes]
"""The bytes of a document, or its pieces in order."""

_CHUNK = 1 << 16
RECORD = 64 * MEGABYTE
"""Bytes from the end of one record to the end of the next (:func:`records`)."""
_LINE = re.compile(r"line ([1-9][0-9]*)")
_TOO_LARGE = ("XML_PARSE_HUGE", "too big", "too long", "Excessive depth")
"""What libxml2 says of documents beyond its limits."""
EXPORT_AGAIN = "Export the file again; if it was edited by hand, correct it there."
NO_DTD = "Remove the <!DOCTYPE …> at the beginning; no export needs one."


@dataclass(frozen=True)
class XmlLimits:
    """How large a document may be: ``size`` in bytes, ``elements`` in all, and ``depth``.

    ``held`` are the elements and attributes together of the part that is kept at one time.
    A text, an attribute or a comment may be 10 MB long (a limit of libxml2).
    """

    size: int = 512 * MEGABYTE
    elements: int = 3_000_000
    depth: int = 100
    held: int = 4_000_000


STATED = XmlLimits()


def local(element: Element) -> str:
    """The name of an element without its namespace; blank for a comment and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    """The namespace of an element, blank if it has none."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def root(data: bytes) -> tuple[str, str]:
    """Namespace and name of the outermost element, blank if there is none; never raises.

    ``data`` may be the beginning of a document only.
    """
    try:
        for _, element in events("", data[:_CHUNK]):
            return namespace(element), local(element)
    except DataError:
        pass
    return "", ""


def events(
    file: str, content: Content, place: str = "", limits: XmlLimits = STATED
) -> Iterator[tuple[bool, Element]]:
    """Each element twice: when it begins (True: its attributes are there) and when it has ended.

    An ended element has its text, but none of its children: they are let go at once, so that a
    document of any length takes little memory. ``file`` is the file's name for errors, and
    ``place`` the entry in it if it is an archive.

    Raises
    ------
    DataError
        It is not well-formed XML (with its line), has a document type declaration, or is beyond
        the limits.

    """
    for begins, element, _ in _walk(file, content, place, limits):
        yield begins, element
        if not begins:
            _let_go(element)


def elements(
    file: str,
    content: Content,
    tags: Collection[str],
    place: str = "",
    limits: XmlLimits = STATED,
) -> Iterator[Element]:
    """Each element with one of these names (without namespace), whole, one after the other.

    It is let go when the next one is asked for. One inside another of them comes with the outer.
    Raises as :func:`events` does.
    """
    wanted, inside, held = frozenset(tags), 0, 0
    for begins, element, depth in _walk(file, content, place, limits):
        if begins and (inside or local(element) in wanted):
            inside = inside or depth
            held += 1 + len(element.attrib)
            if held > limits.held:
                _refuse(file, place, f"more than {limits.held} elements and attributes in one part")
        elif not begins and depth == inside:
            yield element
            inside, held = 0, 0
        if not begins and not inside:
            _let_go(element)


def records(
    file: str,
    content: Content,
    tags: Collection[str],
    place: str = "",
    limits: XmlLimits = STATED,
) -> Iterator[Element]:
    """As :func:`elements`, several times faster, for documents of millions of small elements.

    The parser itself reports only these elements, so that the others are bounded not by their
    number but by their bytes: at most ``RECORD`` of them from one to the next. They must not stand
    in one another.
    """
    parser = _parser(("end",), tuple(f"{{*}}{tag}" for tag in tags))
    length, since, seen = 0, 0, False
    try:
        for chunk in _chunks(content):
            length, since = length + len(chunk), since + len(chunk)
            if length > limits.size:
                _refuse(file, place, f"more than {limits.size // MEGABYTE} MB")
            if length <= 2 * _CHUNK and _declares(chunk):
                raise DataError([_dtd(file, place)])
            if since > RECORD:
                _refuse(file, place, f"one part of more than {RECORD // MEGABYTE} MB")
            parser.feed(chunk)
            for _, element in parser.read_events():
                if not seen and element.getroottree().docinfo.internalDTD is not None:
                    raise DataError([_dtd(file, place)])
                seen, since = True, 0
                yield element
                _let_go(element)
        if parser.close().getroottree().docinfo.internalDTD is not None:
            raise DataError([_dtd(file, place)])
    except etree.LxmlError as error:
        raise DataError([_broken(file, place, error)]) from None


def tree(file: str, content: Content, place: str = "", limits: XmlLimits = STATED) -> Element:
    """The whole document by its outermost element; raises as :func:`events` does."""
    held = 0
    outermost = None
    for begins, element, depth in _walk(file, content, place, limits):
        if begins:
            outermost = element if depth == 1 else outermost
            held += 1 + len(element.attrib)
            if held > limits.held:
                _refuse(file, place, f"more than {limits.held} elements and attributes")
    return outermost


def _walk(
    file: str, content: Content, place: str, limits: XmlLimits
) -> Iterator[tuple[bool, Element, int]]:
    """Beginnings and ends of elements, with how deep each is; nothing is let go."""
    depth = count = 0
    for kind, element in _parsed(file, content, place, limits):
        begins = kind == "start"
        depth += begins
        if begins:
            count += 1
            if count == 1 and element.getroottree().docinfo.internalDTD is not None:
                raise DataError([_dtd(file, place)])
            if depth > limits.depth:
                _refuse(file, place, f"elements more than {limits.depth} deep in one another")
            if count > limits.elements:
                _refuse(file, place, f"more than {limits.elements} elements")
        yield begins, element, depth
        depth -= not begins


def _parsed(
    file: str, content: Content, place: str, limits: XmlLimits
) -> Iterator[tuple[str, Element]]:
    parser = _parser()
    length, marked = 0, False
    try:
        for chunk in _chunks(content):
            length += len(chunk)
            if length > limits.size:
                _refuse(file, place, f"more than {limits.size // MEGABYTE} MB")
            marked = marked or (length <= 2 * _CHUNK and _declares(chunk))
            parser.feed(chunk)
            yield from parser.read_events()
        parser.close()
        yield from parser.read_events()
    except etree.LxmlError as error:
        found = _dtd(file, place) if marked else _broken(file, place, error)
        raise DataError([found]) from None


def _parser(events: Collection[str] = ("start", "end"), tags: Collection[str] | None = None) -> Any:
    """A parser that tells of all elements, or of those with one of the tags."""
    return etree.XMLPullParser(
        events=events,
        tag=tags,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _chunks(content: Content) -> Iterator[bytes]:
    if not isinstance(content, bytes):
        yield from content
        return
    for start in range(0, len(content), _CHUNK):
        yield content[start : start + _CHUNK]


def _declares(chunk: bytes) -> bool:
    """Whether there is a document type declaration: to say so where the parser gave it up."""
    return b"<!DOCTYPE" in chunk.replace(b"\0", b"")


def _let_go(element: Element) -> None:
    """Free what an ended element held, and the one before it (the parser still needs itself)."""
    element.clear(keep_tail=True)
    before = element.getprevious()
    if before is not None:
        element.getparent().remove(before)


def _problem(file: str, place: str, found: str, expected: str, remedy: str) -> Problem:
    return Problem(file, None, shown_path(place), found, expected, remedy)


def _dtd(file: str, place: str) -> Problem:
    return _problem(file, place, "a document type declaration", "XML without one", NO_DTD)


def _refuse(file: str, place: str, found: str) -> None:
    expected = "a document within the limits of size and depth"
    raise DataError([_problem(file, place, found, expected, EXPORT_AGAIN)])


def _broken(file: str, place: str, error: etree.LxmlError) -> Problem:
    """Where the parser stopped; its own words are left out, for they can quote the text."""
    words = str(error)
    line = _LINE.search(words)
    where = f"line {line.group(1)}" if line else "the document"
    if any(sign in words for sign in _TOO_LARGE):
        found, expected = "a part too long or too deep", "texts and attributes below 10 MB"
    elif "encoding" in words:
        found, expected = "bytes not in the encoding that it states", "text in UTF-8"
    else:
        found, expected = "what breaks the rules of XML", "well-formed XML"
    return _problem(file, place, f"in {where} {found}", expected, EXPORT_AGAIN)
