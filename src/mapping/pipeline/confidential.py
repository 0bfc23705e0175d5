"""What may be shown of an error: never a value of the data, always what helps to find it.

A message of our own is made to be shown. Of any other, which may hold a value of the data, only
the words are shown that stand in our own code.
"""

from __future__ import annotations

import linecache
import re
import traceback
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from mapping.roots import PACKAGE

_NAME = re.compile(r"[^\W\d]\w*")
_TOKEN = re.compile(r"(?:\w|[^\x20-\x7e\s])+")
_HIDDEN = re.compile(r"\0+(?:[^\w\0]+\0+)*")
_CRASH = re.compile(
    r'^(?:Fatal Python error: [A-Z][A-Za-z ]+|  File "[^"\n]+", line \d+ in [\w<>.]+)$',
    re.MULTILINE,
)
_LONGEST_MESSAGE = 400
_NEAR = 3  # lines before and after: a statement may take several


def masked(message: str, code: str) -> str:
    """The message with all that is no name in the code given by its length.

    Numbers are never shown, nor parts of words.
    """
    known = set(_NAME.findall(code))
    marked = _TOKEN.sub(
        lambda token: token[0] if token[0] in known else "\0" * len(token[0]), message
    )
    shown = _HIDDEN.sub(lambda hidden: f"({len(hidden[0])} characters)", marked)
    return shown if len(shown) <= _LONGEST_MESSAGE else shown[:_LONGEST_MESSAGE] + " …"


def own_code(places: Iterable[tuple[str, int]]) -> str:
    """The lines of this package's own files around the places, given by file and line."""
    return "".join(
        linecache.getline(str(Path(file).expanduser()), near)
        for file, line in places
        if own_place(file)
        for near in range(line - _NEAR, line + _NEAR + 1)
    )


def crash_report(output: str) -> str:
    """Of what a dying kernel wrote, the lines of Python's own crash report: they hold no data."""
    return "".join(f"{line[0]}\n" for line in _CRASH.finditer(output))


def own_place(file: str) -> str | None:
    """A file of this package as ``mapping/tiers.py``; None for any other."""
    path = Path(file).expanduser()
    inside = path.is_relative_to(PACKAGE)
    return path.relative_to(PACKAGE.parent).as_posix() if inside else None


def summary(error: BaseException) -> str:
    """An unexpected error: our own frames and the masked message, the last line first to read."""
    frames = traceback.extract_tb(error.__traceback__)
    code = own_code((frame.filename, frame.lineno or 0) for frame in frames)
    places = [
        f"  {place}, line {frame.lineno}, in {frame.name}"
        for frame in frames
        if (place := own_place(frame.filename))
    ]
    return "\n".join([f"{type(error).__name__}: {masked(str(error), code)}", *places])


def printable(text: str) -> str:
    """The text without control characters, which a terminal would obey; line ends stay."""
    return "".join(
        character
        if character == "\n" or unicodedata.category(character)[0] != "C"
        else f"\\x{ord(character):02x}"
        for character in text
    )
