"""The plain texts of a project: found in its archive, never elsewhere, and read once each."""

from __future__ import annotations

import codecs
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np

from mapping.instruments.archive import Archive

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_SCHEME = re.compile(r"^(internal|relative|absolute):/*", re.IGNORECASE)
_WITHIN_WORDS = "_'’"
_BREAKS = re.compile("\r\n|\r")


@dataclass(frozen=True, eq=False)
class Text:
    """A text whose lines end with a line feed, without byte-order mark.

    ``doubled`` are the places of line breaks that the file has as two characters, or may have had
    before it became XML; ``marked`` is true if the file begins with a byte-order mark.
    """

    text: str = field(repr=False)
    doubled: Numbers = field(repr=False)
    marked: bool = False

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same text, whatever its line ends and mark."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def filled(self) -> tuple[int, int]:
        """Where the words begin and end, without the space around them."""
        return len(self.text) - len(self.text.lstrip()), len(self.text.rstrip())

    @cached_property
    def wide(self) -> Flags:
        """Whether each character takes two UTF-16 units."""
        return self._points > 0xFFFF

    @cached_property
    def word(self) -> Flags:
        """Whether each character is of a word; before the first and after the last is none."""
        return np.concatenate([[False], _of_words()[self._points], [False]])

    @cached_property
    def space(self) -> Flags:
        """Whether each character is space, as what is before the first and after the last."""
        return np.concatenate([[True], _spaces()[self._points], [True]])

    @property
    def _points(self) -> np.ndarray[Any, np.dtype[np.uint32]]:
        return np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@cache
def _of_words() -> Flags:
    """Whether each code point is of a word."""
    signs = map(chr, range(sys.maxunicode + 1))
    return np.array([sign.isalnum() or sign in _WITHIN_WORDS for sign in signs], dtype=bool)


@cache
def _spaces() -> Flags:
    """Whether each code point is space."""
    return np.array([sign.isspace() for sign in map(chr, range(sys.maxunicode + 1))], dtype=bool)


def text_of_file(data: bytes) -> Text | None:
    """The text in a file's bytes: UTF-8, or UTF-16 with its mark; None if it is neither."""
    encoding = "utf-16" if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8"
    try:
        raw = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    marked = raw.startswith("\ufeff") or encoding == "utf-16"
    raw = raw.removeprefix("\ufeff")
    return Text(*_normalised(raw), marked)


def text_of_content(content: str) -> Text:
    """The text that stands in the project's XML, which has all line breaks as one character."""
    text = _BREAKS.sub("\n", content)
    breaks = [at.start() for at in re.finditer("\n", text)]
    return Text(text, np.array(breaks, dtype=np.int64))


def entries_of(paths: Iterable[str], archive: Archive) -> dict[str, str]:
    """The entry that each source's path means; blank if it is not in the archive.

    A path to somewhere else is looked for by its file name alone: programs differ in what they
    call a path, and nothing outside of the archive is ever opened. Where two paths end in one name
    it tells neither: the entry may be the other's text.
    """
    plain = {path: _SCHEME.sub("", path.replace("\\", "/")).strip("/") for path in paths}
    names = Counter(one.rpartition("/")[2] for one in set(plain.values()))
    found = {}
    for path, one in plain.items():
        name = one.rpartition("/")[2]
        alone = (f"sources/{name}", name) if names[name] == 1 else ()
        candidates = (one, f"sources/{one}", *alone) if name else ()
        found[path] = next((entry for entry in map(archive.find, candidates) if entry), "")
    return found


def _normalised(raw: str) -> tuple[str, Numbers]:
    """The text with line feeds, and where its line breaks were of two characters."""
    if "\r" not in raw:
        return raw, np.array([], dtype=np.int64)
    pieces = raw.split("\r\n")
    text = "\n".join(piece.replace("\r", "\n") for piece in pieces)
    lengths = np.array([len(piece) for piece in pieces[:-1]], dtype=np.int64)
    return text, np.cumsum(lengths) + np.arange(len(lengths))
