"""Pictures for the PDF: SVG without scripts and linked files, PNG and JPEG as they are."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote_to_bytes

from lxml import etree

from mapping.errors import UsageError
from mapping.publish.blocks import Image
from mapping.publish.fonts import visible

_POINTS = {
    "pt": 1.0,
    "px": 0.75,
    "": 0.75,
    "in": 72.0,
    "cm": 72 / 2.54,
    "mm": 72 / 25.4,
    "pc": 12.0,
}
_DROPPED = {"script", "foreignobject", "iframe", "audio", "video", "handler", "listener", "set"}
_EMBEDDED = re.compile(r"data:image/(png|jpe?g);base64,[A-Za-z0-9+/=\s]*\Z")
_LINKED_STYLE = re.compile(r"@import|url\((?!\s*['\"]?\s*#)|expression\(", re.IGNORECASE)
_DATA_URI = re.compile(r"data:image/(?P<kind>svg\+xml|png|jpe?g)(?P<rest>[^,]*),", re.IGNORECASE)
_LENGTH = re.compile(r"\s*(?P<number>[0-9.]+(?:e-?[0-9]+)?)\s*(?P<unit>[a-z]*)\s*\Z", re.IGNORECASE)
_NO_SIZE = (300.0, 150.0)  # what browsers take for an SVG without one, in px
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def from_uri(uri: str) -> Image | None:
    """The picture of a ``data:`` address; none for any other address: no file is ever read.

    Raises
    ------
    UsageError
        The address holds no such picture.

    """
    found = _DATA_URI.match(uri.strip())
    if found is None:
        return None
    body = uri.strip()[found.end() :]
    encoded = found["rest"].lower().endswith(";base64")
    data = _decoded(body) if encoded else unquote_to_bytes(body)
    return svg(data) if found["kind"].lower() == "svg+xml" else bitmap(data)


def bitmap(data: bytes) -> Image:
    """A PNG or JPEG, its natural size taken at 96 dots an inch."""
    if data.startswith(_PNG) and len(data) > 24:
        size, suffix = struct.unpack(">II", data[16:24]), "png"
    elif data.startswith(_JPEG):
        size, suffix = _jpeg_size(data), "jpg"
    else:
        raise UsageError("a picture is neither SVG, PNG nor JPEG, or is damaged")
    width, height = (max(1, side) * _POINTS["px"] for side in size)
    kind: Literal["png", "jpg"] = "png" if suffix == "png" else "jpg"
    return Image(data, kind, width, height)


def svg(data: bytes | str) -> Image:
    """An SVG cleaned of scripts and of everything linked; characters without glyph written out."""
    source = data.encode() if isinstance(data, str) else data
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise UsageError(f"a figure's SVG is damaged: {error}") from error
    if _name(root) != "svg":
        raise UsageError("a figure's SVG is damaged: its root is not <svg>")
    for element in list(root.iter()):
        _clean(element)
    for element in root.iter():  # once nothing is taken out any more
        _write_out(element)
    width, height = _size(root)
    # Without the document type: entities end here.
    return Image(etree.tostring(root, encoding="utf-8"), "svg", width, height)


def _decoded(body: str) -> bytes:
    try:
        return base64.b64decode(unquote_to_bytes(body))
    except binascii.Error as error:
        raise UsageError("a picture's data are damaged: they are not base64") from error


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from the frame header of a JPEG."""
    for marker, at in _jpeg_segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC} and at + 9 <= len(data):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
    raise UsageError("a picture is neither SVG, PNG nor JPEG, or is damaged")


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        yield data[at + 1], at
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _clean(element: etree._Element) -> None:
    name = _name(element).lower()
    if not name or name in _DROPPED or _is_linked_picture(element, name):
        _remove(element)
        return
    for attribute, value in list(element.attrib.items()):
        if _is_unsafe(etree.QName(attribute).localname.lower(), value, name):
            del element.attrib[attribute]
    if name == "style" and _LINKED_STYLE.search(element.text or ""):
        element.text = ""


def _write_out(element: etree._Element) -> None:
    """Characters that no font has as codes, in the element's text and in what follows it."""
    if element.text and _name(element).lower() != "style":
        element.text = visible(element.text)
    if element.tail:
        element.tail = visible(element.tail)


def _is_linked_picture(element: etree._Element, name: str) -> bool:
    return name in {"image", "feimage"} and not all(
        _EMBEDDED.match(value)
        for key, value in element.attrib.items()
        if etree.QName(key).localname == "href"
    )


def _is_unsafe(attribute: str, value: str, name: str) -> bool:
    if attribute.startswith("on"):
        return True
    if attribute == "href":
        return not (value.startswith("#") or name in {"image", "feimage"})
    return bool(_LINKED_STYLE.search(value))


def _remove(element: etree._Element) -> None:
    """Take the element out; text that follows it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _size(root: etree._Element) -> tuple[float, float]:
    """Natural width and height in points, from the attributes or else the view box."""
    box = [float(part) for part in re.findall(r"-?[0-9.]+", root.get("viewBox", ""))]
    fallback = tuple(box[2:]) if len(box) == 4 else _NO_SIZE
    sides = [_points(root.get(side, "")) for side in ("width", "height")]
    width, height = (
        given or max(1.0, natural * _POINTS["px"])
        for given, natural in zip(sides, fallback, strict=True)
    )
    return width, height


def _points(length: str) -> float | None:
    found = _LENGTH.match(length)
    if found is None or found["unit"].lower() not in _POINTS:
        return None
    return float(found["number"]) * _POINTS[found["unit"].lower()]
