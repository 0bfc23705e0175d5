"""Codebooks in REFI-QDA (.qdc): the protocol's, for coders to import, and theirs, to compare."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from lxml import etree

from mapping.instruments import xml_input
from mapping.instruments.code_names import code_names
from mapping.instruments.recognised import Recognised
from mapping.instruments.refi_qda.project import guid_of
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Code, Protocol

NAMESPACE = "urn:QDA-XML:codebook:1.0"
_BEGINS = "urn:QDA-XML:codebook:"
_ORIGIN = "mapping"
KIND = "REFI-QDA codebook"


def is_codebook(data: bytes) -> bool:
    """Whether the bytes are a codebook's XML; never raises."""
    namespace, name = xml_input.root(data)
    return name == "CodeBook" and namespace.startswith(_BEGINS)


def read_codebook(file: str, data: bytes) -> tuple[str, ...]:
    """The codes of a codebook, each with those above it (joined by ``/``), as they stand.

    A code that only holds others, and cannot be given, is left out. Raises as
    :func:`xml_input.events` does.
    """
    names: list[str] = []
    codes: dict[str, str] = {}
    for begins, element in xml_input.events(file, data):
        if xml_input.local(element) != "Code":
            continue
        if not begins:
            names.pop()
            continue
        names.append(element.get("name", "").strip())
        if element.get("isCodable", "true").strip() in ("true", "1"):
            codes[guid_of(element.get("guid")) or "/".join(names)] = "/".join(names)
    return tuple(codes.values())


def compared(file: str, data: bytes, protocol: Protocol, settings: StudySettings) -> Recognised:
    """What the coders' codebook has of the protocol's codes; nothing else is read from it.

    Raises
    ------
    DataError
        It cannot be read.

    """
    names = code_names(protocol, settings.interviews.codes)
    mapped = [names.mapped(path, 1) for path in read_codebook(file, data)]
    known = [code.code for code in protocol.codes if code.instrument == "interview"]
    missing = [code for code in known if code not in {one.to for one in mapped}]
    counts = {"codes": len(mapped), "codes of the protocol": len(known) - len(missing)}
    lacks = [f"It lacks codes of the protocol: {', '.join(missing)}."] if missing else []
    return Recognised(file, KIND, "interviews", counts, tuple(mapped), warnings=tuple(lacks))


def codebook_file(protocol: Protocol) -> str:
    """The protocol's interview codes as a codebook: a code ``a/b`` stands in ``a``.

    GUIDs are made of the codes' names, so that projects which import it agree on them.
    """
    root = etree.Element(f"{{{NAMESPACE}}}CodeBook", nsmap={None: NAMESPACE}, origin=_ORIGIN)
    codes = etree.SubElement(root, f"{{{NAMESPACE}}}Codes")
    known = {code.code: code for code in protocol.codes if code.instrument == "interview"}
    made: dict[str, etree._Element] = {"": codes}
    for path in known:
        for part in _from_the_top(path):
            if part not in made:
                above, _, name = part.rpartition("/")
                made[part] = _code(made[above], part, name, known.get(part))
    text = etree.tostring(root, encoding="unicode", pretty_print=True)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + str(text)


def _from_the_top(path: str) -> Iterable[str]:
    names = path.split("/")
    return ("/".join(names[:length]) for length in range(1, len(names) + 1))


def _code(above: etree._Element, path: str, name: str, code: Code | None) -> etree._Element:
    """A code of the codebook; one that is none of the protocol's only holds others."""
    element = etree.SubElement(above, f"{{{NAMESPACE}}}Code")
    element.set("guid", str(uuid.uuid5(uuid.NAMESPACE_URL, f"{NAMESPACE}#{path}")).upper())
    element.set("name", name)
    element.set("isCodable", "true" if code else "false")
    if code:
        description = etree.SubElement(element, f"{{{NAMESPACE}}}Description")
        description.text = f"{code.label['sv']} | {code.label['en']}"
    return element
