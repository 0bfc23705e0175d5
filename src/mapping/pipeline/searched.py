"""A search of finished files for what must not stand in them, also where it is packed or broken."""

from __future__ import annotations

import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pikepdf
import pypdf
import pypdf.errors

_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_HYPHENS = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_TAGS = re.compile(r"</?[a-zA-Z][^<>]*>")
_LINE_ENDS = {"": re.compile(r"\s*\n\s*"), "hyphens": re.compile(r"-\s*\n\s*")}


def found_in(files: Mapping[str, bytes], words: Iterable[str]) -> dict[str, int]:
    """How many of the words stand in each file that has any, in its name or anywhere in it.

    Words are found across line ends, hyphens there and soft hyphens, whichever hyphen, encoding
    or entities of HTML they are written with; where one is part of a longer word, it is not
    there. Capitals count only where a word is nothing but letters: it may be an everyday one.
    """
    sought = [_Sought(word) for word in sorted({_plain(word) for word in words if word.strip()})]
    counts = {name: _count(name, data, sought) for name, data in files.items()}
    return {name: count for name, count in counts.items() if count}


class _Sought:
    """A word: a pattern of it, and its longest part that no line end breaks, found quicker."""

    def __init__(self, word: str) -> None:
        self.folded = not word.isalpha()
        shown = word.casefold() if self.folded else word
        inner = r"\s*".join(re.escape(part) for part in shown.split()).replace(r"\-", r"\-\s*")
        self.pattern = re.compile(rf"(?<![^\W_]){inner}(?![^\W_])")
        self.anchor = max(re.split(r"[\s-]+", shown), key=len)

    def stands_in(self, text: str) -> bool:
        return self.anchor in text and bool(self.pattern.search(text))


def _count(name: str, data: bytes, sought: Iterable[_Sought]) -> int:
    texts = {form for text in (name, *readable(name, data)) for form in _forms(text)}
    folded = {text.casefold() for text in texts}
    return sum(any(map(word.stands_in, folded if word.folded else texts)) for word in sought)


def _plain(text: str) -> str:
    """The text with one way of writing each letter and hyphen."""
    return _HYPHENS.sub("-", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


def _forms(text: str) -> set[str]:
    """The text as it stands, as a browser shows it, and with words made whole over line ends."""
    shown = html.unescape(text)
    plain = {_plain(form) for form in (text, shown, _TAGS.sub("", shown))}
    return plain | {ends.sub("", form) for ends in _LINE_ENDS.values() for form in plain}


def readable(name: str, data: bytes) -> Iterator[str]:
    """Every text that somebody could read in a file, packed or hidden as metadata."""
    try:
        if name.endswith(".pdf"):
            yield from _pages(data)
            yield from _strings(data)
            return
        if name.endswith((".xlsx", ".zip")):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                for part in packed.namelist():
                    yield part
                    yield from readable(part, packed.read(part))
            return
    except _NOT_SO:  # whatever its name says
        pass
    for text in _decoded(data):
        yield text
        if name.endswith((".json", ".ipynb")):
            yield "\n".join(_leaves(_parsed(text)))


_NOT_SO = (zipfile.BadZipFile, pypdf.errors.PyPdfError, pikepdf.PdfError)


def _decoded(data: bytes) -> Iterator[str]:
    """The text in every encoding that it may have."""
    try:
        yield data.decode("utf-8")
    except UnicodeDecodeError:
        yield data.decode("utf-8", "replace")
        yield data.decode("cp1252", "replace")
    if b"\0" in data:
        yield data.decode("utf-16-le", "replace")
        yield data.decode("utf-16-be", "replace")


def _parsed(text: str) -> Any:
    """JSON with its escapes undone; what is none has none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield str(key)
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    elif value is not None:
        yield str(value)


def _pages(data: bytes) -> Iterator[str]:
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        yield page.extract_text()


def _strings(data: bytes) -> Iterator[str]:
    """Titles, descriptions of figures and the like, and the metadata; not fonts and pictures."""
    with pikepdf.open(io.BytesIO(data)) as opened:
        for entry in opened.objects:
            if not isinstance(entry, pikepdf.Stream):
                yield from _texts(entry, depth=0)
            elif entry.get("/Subtype") == "/XML":
                yield entry.read_bytes().decode("utf-8", "replace")


_DEEPEST = 4  # deeper objects are listed by themselves


def _texts(entry: Any, depth: int) -> Iterator[str]:
    if isinstance(entry, pikepdf.String):
        yield str(entry)
    elif depth < _DEEPEST and isinstance(entry, pikepdf.Dictionary):
        for part in entry.values():
            yield from _texts(part, depth + 1)
    elif depth < _DEEPEST and isinstance(entry, pikepdf.Array):
        for part in entry:
            yield from _texts(part, depth + 1)
