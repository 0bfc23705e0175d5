"""A search of finished files for what must not stand in them, also where it is packed or broken."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pikepdf
import pypdf

_INVISIBLE = re.compile("[\u00ad\u200b\u2060]")
_LINE_ENDS = {"": re.compile(r"\s*\n\s*"), "hyphens": re.compile(r"[-\u2010]\s*\n\s*")}


def found_in(files: Mapping[str, bytes], words: Iterable[str]) -> dict[str, int]:
    """How many of the words stand in each file that has any, in its name or anywhere in it.

    Words are found across line ends, hyphens there and soft hyphens; where one is part of a
    longer word, it is not there. Capitals count.
    """
    patterns = {word: _pattern(word) for word in words if word.strip()}
    counts = {name: _count(name, data, patterns) for name, data in files.items()}
    return {name: count for name, count in counts.items() if count}


def _pattern(word: str) -> re.Pattern[str]:
    """The word, with any white space where it has some and after its hyphens."""
    inner = r"\s*".join(re.escape(part) for part in word.split()).replace(r"\-", r"\-\s*")
    return re.compile(rf"(?<![^\W_]){inner}(?![^\W_])")


def _count(name: str, data: bytes, patterns: Mapping[str, re.Pattern[str]]) -> int:
    texts = [form for text in (name, *readable(name, data)) for form in _forms(text)]
    return sum(
        any(anchor in text and pattern.search(text) for text in texts)
        for anchor, pattern in ((_anchor(word), pattern) for word, pattern in patterns.items())
    )


def _anchor(word: str) -> str:
    """The longest part of a word that no line end breaks visibly: much quicker to look for."""
    return max(re.split(r"[\s-]+", word), key=len)


def _forms(text: str) -> set[str]:
    """The text as it stands, and as it is when words that were broken over lines are whole."""
    shown = _INVISIBLE.sub("", text)
    return {shown, *(ends.sub("", shown) for ends in _LINE_ENDS.values())}


def readable(name: str, data: bytes) -> Iterator[str]:
    """Every text that somebody could read in a file, packed or hidden as metadata."""
    if name.endswith(".pdf"):
        yield from _pages(data)
        yield from _strings(data)
    elif name.endswith((".xlsx", ".zip")):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for part in packed.namelist():
                yield part
                yield from readable(part, packed.read(part))
    else:
        text = data.decode("utf-8", "replace")
        yield text
        if name.endswith((".json", ".ipynb")):
            yield "\n".join(_leaves(_parsed(text)))


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
