"""The fonts of the PDFs: one folder with Fira Sans and DejaVu Sans and nothing else.

Both come with Python packages, so that a PDF is the same on any machine. What no font has is
written out as ``[U+1F9E0]``, never left out.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import fontpkg_fira_sans
import matplotlib as mpl
from fontTools.ttLib import TTFont

REGULAR = "FiraSans-Regular.ttf"
SEMIBOLD = "FiraSans-SemiBold.ttf"
FALLBACK = "DejaVuSans.ttf"

_FIRA = (REGULAR, SEMIBOLD, "FiraSans-Italic.ttf", "FiraSans-SemiBoldItalic.ttf")
_DEJAVU = (FALLBACK, "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSansMono.ttf")

_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060")
"""Soft hyphen, joiners and marks of direction that text needs and no reader sees."""

_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def files() -> tuple[Path, ...]:
    """The font files: four of Fira Sans, and of DejaVu Sans those that fill its gaps."""
    fira = Path(fontpkg_fira_sans.ROOT) / "files"
    dejavu = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return (*(fira / name for name in _FIRA), *(dejavu / name for name in _DEJAVU))


@cache
def folder() -> tempfile.TemporaryDirectory[str]:
    """A folder of this process with copies of the font files, gone when the process ends.

    Copies, because matplotlib's own folder holds fonts that would fill gaps with other shapes.
    """
    made = tempfile.TemporaryDirectory(prefix="mapping-fonts-")
    for file in files():
        shutil.copyfile(file, Path(made.name) / file.name)
    return made


@cache
def _glyphs(name: str) -> dict[str, float]:
    """Each character that the font has, and its width in em; digits and the like as in tables."""
    path = next(file for file in files() if file.name == name)
    with TTFont(path, lazy=True) as font:
        advances, em = font["hmtx"], font["head"].unitsPerEm
        tabular = _tabular(font)
        return {
            chr(code): advances[tabular.get(glyph, glyph)][0] / em
            for code, glyph in font.getBestCmap().items()
        }


def _tabular(font: TTFont) -> dict[str, str]:
    """The glyphs that the font's feature ``tnum`` puts for others: all of one width."""
    substitutions = font["GSUB"].table
    places = {
        place
        for record in substitutions.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for place in record.Feature.LookupListIndex
    }
    found: dict[str, str] = {}
    for place in places:
        for table in substitutions.LookupList.Lookup[place].SubTable:
            found |= table.mapping
    return found


@cache
def _widths(name: str) -> dict[str, float]:
    """The width in em of each character, of the fallback's where the font has none."""
    return _glyphs(FALLBACK) | _glyphs(name)


def width(text: str, *, bold: bool = False) -> float:
    """The width of a line of text in em, digits as wide as in tables."""
    widths = _widths(SEMIBOLD if bold else REGULAR)
    return sum(widths.get(sign, 1.0) for sign in text)


def visible(text: str) -> str:
    r"""The text with each character that can't be shown written out as ``[U+…]``.

    Line ends and tabs stay. Composed letters are put together (Unicode NFC) first.

    >>> visible("a\x07b\U0001f9e0")
    'a[U+0007]b[U+1F9E0]'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, clusters(unicodedata.normalize("NFC", text))))


def escape_controls(text: str) -> str:
    r"""The text with control characters and lone surrogates, which HTML can't hold, written out.

    >>> escape_controls("a\x00b\n")
    'a[U+0000]b\n'
    """
    return _CONTROLS.sub(lambda found: _code(found[0]), text)


def clusters(text: str) -> Iterator[str]:
    r"""The text's letters, each with the combining marks and joiners that follow it.

    >>> list(clusters("x\u0323y"))
    ['x̣', 'y']
    """
    cluster = ""
    for sign in text:
        if cluster and (unicodedata.category(sign).startswith("M") or sign in _JOINERS):
            cluster += sign
        else:
            if cluster:
                yield cluster
            cluster = sign
    if cluster:
        yield cluster


def _shown(cluster: str) -> str:
    """The cluster if one font has all of it; else its characters one by one, marks as codes."""
    if len(cluster) == 1:
        return cluster if _showable(cluster) else _code(cluster)
    if any(all(_has(font, sign) for sign in cluster) for font in (REGULAR, FALLBACK)):
        return cluster
    kept = cluster[0] if _showable(cluster[0]) else _code(cluster[0])
    return kept + "".join("" if sign in _JOINERS else _code(sign) for sign in cluster[1:])


def _showable(sign: str) -> bool:
    if sign in "\n\t" or sign in _INVISIBLE:
        return True
    if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return False
    # A combining mark without a letter would be set on nothing.
    if unicodedata.category(sign).startswith("M"):
        return False
    return _has(REGULAR, sign) or _has(FALLBACK, sign)


def _has(font: str, sign: str) -> bool:
    return sign in _glyphs(font) or sign in _JOINERS


def _code(sign: str) -> str:
    return f"[U+{ord(sign):04X}]"
