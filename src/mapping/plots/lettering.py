"""Text that fits its place and shows in our fonts, whatever a department is called."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache, lru_cache

from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import text_to_path

from mapping.plots.style import POINTS, REGULAR, register_fonts

DISTANCE = 0.3
"""Room in cm between a label and the axis."""

_TOLERANCE = 1e-6
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text on one line, with ``[U+XXXX]`` for what no font of ours or no eye can show."""
    composed = " ".join(unicodedata.normalize("NFC", text).split(" "))
    glyphs = _glyphs()
    return "".join(
        char
        if ord(char) in glyphs and unicodedata.category(char) not in _INVISIBLE
        else f"[U+{ord(char):04X}]"
        for char in composed
    )


@lru_cache(maxsize=4096)
def width(text: str, size: float, family: tuple[str, ...] = REGULAR) -> float:
    """Width in cm of the text set in ``size`` points."""
    register_fonts()
    font = FontProperties(family=list(family), size=size)
    across, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(across) / POINTS


def shorten(text: str, room: float, size: float) -> str:
    """The visible text, ended by ``…`` where it is wider than ``room`` cm."""
    shown = visible(text)
    if width(shown, size) <= room + _TOLERANCE:
        return shown
    fits = bisect_right(
        range(len(shown)), room, key=lambda length: width(shown[:length] + "…", size)
    )
    return shown[: max(fits - 1, 1)].rstrip() + "…"


def label_room(labels: Iterable[str], size: float, most: float) -> float:
    """Room in cm that the labels need, with their distance from the axis; at most ``most``."""
    widest = max((width(line, size) for label in labels for line in label.split("\n")), default=0)
    return min(widest + DISTANCE, most)


def wrap(text: str, room: float, size: float, lines: int = 2) -> str:
    """The visible text broken between words into at most ``lines`` lines of ``room`` cm."""
    broken = flow(visible(text).split(" "), room, size, gap=" ")
    kept = [*broken[: lines - 1], " ".join(broken[lines - 1 :])]
    return "\n".join(shorten(line, room, size) for line in kept if line)


def flow(items: Iterable[str], room: float, size: float, gap: str) -> list[str]:
    """The items set one after another in lines no wider than ``room`` cm (if an item is not)."""
    lines: list[str] = []
    for item in items:
        longer = f"{lines[-1]}{gap}{item}" if lines else item
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(item)
    return lines


@cache
def _glyphs() -> frozenset[int]:
    """Code points that one of our fonts can show."""
    register_fonts()
    files = (findfont(FontProperties(family=[family])) for family in REGULAR)
    return frozenset(code for file in files for code in FT2Font(str(file)).get_charmap())
