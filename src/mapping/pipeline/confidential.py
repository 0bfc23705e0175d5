"""What may be shown of an error: never a value of the data, always what helps to find it."""

from __future__ import annotations

import re
import traceback
import unicodedata
from pathlib import Path

from mapping.roots import PACKAGE

_QUOTED = re.compile(r"(?<!\w)(['\"])(.*?)\1(?!\w)", re.DOTALL)
_LONGEST_MESSAGE = 400


def masked(message: str, code: str) -> str:
    """The message with every quoted text that does not stand in the code given by its length.

    A message of another library may quote a value of the data; what stands in the code is no
    data.
    """

    def mask(quoted: re.Match[str]) -> str:
        text = quoted.group(2)
        return quoted.group(0) if text in code else f"({len(text)} characters)"

    shown = _QUOTED.sub(mask, message)
    return shown if len(shown) <= _LONGEST_MESSAGE else shown[:_LONGEST_MESSAGE] + " …"


def own_place(file: str) -> str | None:
    """A file of this package as ``mapping/tiers.py``; None for any other."""
    path = Path(file).expanduser()
    inside = path.is_relative_to(PACKAGE)
    return path.relative_to(PACKAGE.parent).as_posix() if inside else None


def summary(error: BaseException) -> str:
    """An unexpected error: our own frames and the masked message, the last line first to read."""
    frames = traceback.extract_tb(error.__traceback__)
    code = "\n".join(frame.line or "" for frame in frames)
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
