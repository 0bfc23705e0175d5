"""What a notebook shows and the PDF takes up: escaped HTML, the same as plain text, metadata.

A number that carries its reference keeps it when it is written into a sentence: the sentence
holds it invisibly, between signs that no text of a user can hold, and :func:`element` turns it
into ``<data value="28" data-from="count(tiers?tier=good)">28</data>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote, unquote

from mapping.references import Fixed, numbers_in, reference_of

_DATA = "<data "
_OPEN, _TOLD, _CLOSE = "\ue000", "\ue001", "\ue002"
_TRACED = re.compile(f"{_OPEN}([^ {_TOLD}]*) ([^{_TOLD}]*){_TOLD}([^{_CLOSE}]*){_CLOSE}")
_INVISIBLE = re.compile(f"{_OPEN}[^{_TOLD}]*{_TOLD}|[{_OPEN}{_TOLD}{_CLOSE}]")


@dataclass(frozen=True)
class Display:
    """One output of a cell: JupyterLab shows ``html``, the exporter reads html and metadata."""

    html: str
    plain: str
    metadata: Mapping[str, object] = field(default_factory=dict)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, object]]:
        del include, exclude  # Jupyter narrows the bundle itself; both forms are always given
        data = {"text/html": self.html, "text/plain": self.plain}
        return data, {"mapping": dict(self.metadata)} if self.metadata else {}

    def __repr__(self) -> str:
        return self.plain


def traceable(written: str, number: object) -> str:
    """The written number with its reference in it, invisibly; as it is if it carries none."""
    told = reference_of(number)
    if told is None:
        return written
    return _hidden(written, str(number), told)


def _hidden(written: str, value: str, told: str) -> str:
    return f"{_OPEN}{value} {quote(told, safe='')}{_TOLD}{written}{_CLOSE}"


def visible(text: str) -> str:
    """The text without the references in it, which no text of a user may hold either."""
    return _INVISIBLE.sub("", text)


def traceable_to(text: str, key: str) -> str:
    """The text with each number in it, invisibly, resting on the text of this key."""
    made, at = [], 0
    for begin, end in numbers_in(text):
        made += [text[at:begin], _hidden(text[begin:end], text[begin:end], str(Fixed(key)))]
        at = end
    return "".join([*made, text[at:]])


def first_letter(text: str) -> int:
    """Where what is seen of the text begins."""
    found = re.match(f"(?:{_OPEN}[^{_TOLD}]*{_TOLD})*", text)
    return found.end() if found else 0


def element(tag: str, text: str, key: str = "", **attributes: str) -> str:
    """An element with this text; the text and the attributes' values are escaped.

    ``key`` is the text's, or its table's: the numbers in it that carry no reference rest on it,
    and the element bears it if it holds numbers.

    >>> element("th", "a < b", scope="col")
    '<th scope="col">a &lt; b</th>'
    >>> element("p", "5 of 7", "a.b")
    '<p data-key="a.b"><data value="5" data-from="text(a.b)">5</data> of \
<data value="7" data-from="text(a.b)">7</data></p>'
    """
    inner = html(text, key)
    return wrapped(tag, inner, **attributes, data_key=key if _DATA in inner else "")


def html(text: str, key: str = "") -> str:
    """The text escaped, each number that tells what it rests on as an element ``data``.

    A number without a reference rests on the text of this key, if one is given.
    """
    made, at = [], 0
    for found in _TRACED.finditer(text):
        value, told, written = found.groups()
        made += [_fixed(text[at : found.start()], key), _data(value, unquote(told), written)]
        at = found.end()
    return "".join([*made, _fixed(text[at:], key)])


def _fixed(text: str, key: str) -> str:
    shown = visible(text)
    if not key:
        return escape(shown)
    made, at = [], 0
    for begin, end in numbers_in(shown):
        number = shown[begin:end]
        made += [escape(shown[at:begin]), _data(number, str(Fixed(key)), number)]
        at = end
    return "".join([*made, escape(shown[at:])])


def _data(value: str, told: str, written: str) -> str:
    return f'{_DATA}value="{escape(value)}" data-from="{escape(told)}">{escape(written)}</data>'


def wrapped(tag: str, html: str, **attributes: str) -> str:
    """An element around finished HTML; ``class_`` stands for the attribute class.

    The other names' underscores stand for hyphens: ``data_text`` is ``data-text``.
    """
    given = {_attribute(name): visible(value) for name, value in attributes.items() if value}
    shown = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
    return f"<{tag}{shown}>{html}</{tag}>"


def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
