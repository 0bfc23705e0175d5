"""The sentences of an executed notebook, as its PDF has them, with what their numbers rest on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.html

_BLOCKS = ("h1", "h2", "h3", "h4", "p", "li", "caption", "figcaption", "dt", "dd")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ0-9“”\"(])")
_FROM = "data-from"


@dataclass(frozen=True)
class Sentence:
    """One sentence of a report; ``row`` if it is a row of a table.

    ``references`` are those of its numbers, if they carry any; ``numbers`` are all those that
    the texts of its cell were given, by text key.
    """

    text: str
    references: tuple[str, ...] = ()
    numbers: Mapping[str, Mapping[str, Any]] | None = None
    row: bool = False


def sentences(notebook: Path) -> tuple[Sentence, ...]:
    """Every sentence and row of a stored executed notebook, in order; none if it is unreadable."""
    return tuple(
        sentence
        for output in _outputs(notebook)
        for sentence in _of_output(_html(output), _numbers(output))
    )


def report_name(notebook: Path) -> str | None:
    """The report that an executed notebook is of, if it is printed."""
    name = _metadata(_read(notebook)).get("report")
    return name if isinstance(name, str) else None


def _read(notebook: Path) -> dict[str, Any]:
    try:
        told = json.loads(notebook.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _metadata(told: Mapping[str, Any]) -> Mapping[str, Any]:
    own: Mapping[str, Any] = told.get("metadata", {}).get("mapping", {})
    return own


def _outputs(notebook: Path) -> Iterator[Mapping[str, Any]]:
    for cell in _read(notebook).get("cells", []):
        yield from cell.get("outputs", [])


def _numbers(output: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]] | None:
    return _metadata(output).get("numbers")


def _html(output: Mapping[str, Any]) -> str:
    """The output as HTML; one without is plain text, and stands for a paragraph."""
    data = output.get("data", {})
    html = data.get("text/html")
    if html is not None:
        return "".join(html)
    plain = "".join(output.get("text", data.get("text/plain", "")))
    paragraph = lxml.html.Element("p")
    paragraph.text = "".join(c for c in plain if c.isprintable() or c.isspace())
    return str(lxml.html.tostring(paragraph, encoding="unicode"))


def _of_output(html: str, numbers: Mapping[str, Mapping[str, Any]] | None) -> Iterator[Sentence]:
    if not html.strip():
        return
    for element in lxml.html.fragment_fromstring(html, create_parent=True).iter(*_BLOCKS, "tr"):
        if element.tag == "tr":
            cells = [" ".join(cell.text_content().split()) for cell in element]
            references = tuple(_references(element))
            yield Sentence(" | ".join(cells), references, numbers, row=True)
        elif not any(ancestor.tag in _BLOCKS for ancestor in element.iterancestors()):
            yield from _of_block(element, numbers)


def _references(element: lxml.html.HtmlElement) -> Iterator[str]:
    for number in element.iter():
        if reference := number.get(_FROM):
            yield reference


def _of_block(
    block: lxml.html.HtmlElement, numbers: Mapping[str, Mapping[str, Any]] | None
) -> Iterator[Sentence]:
    """The block's sentences, each with the references of the numbers that stand in it."""
    text, places = _with_places(block)
    begin = 0
    for end in [*(match.start() for match in _END.finditer(text)), len(text)]:
        own = tuple(reference for place, reference in places if begin <= place < end)
        if words := " ".join(text[begin:end].split()):
            yield Sentence(words, own, numbers)
        begin = end


def _with_places(block: lxml.html.HtmlElement) -> tuple[str, list[tuple[int, str]]]:
    """The block's text, and where in it each reference is."""
    text, places = "", []
    for event, element in lxml.etree.iterwalk(block, events=("start", "end")):
        if event == "start":
            if reference := element.get(_FROM):
                places.append((len(text), reference))
            text += element.text or ""
        elif element is not block:
            text += element.tail or ""
    return text, places
