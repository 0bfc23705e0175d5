"""The two fonts: what they can show, what is written out, how wide a text is."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.publish import fonts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", "plain text"),
        ("åäö – ● ◐ ○ ≥ 1\xa0000\u202f%", "åäö – ● ◐ ○ ≥ 1\xa0000\u202f%"),
        ("שלום مرحبا", "שלום مرحبا"),
        ("a\x07b", "a[U+0007]b"),
        ("line\nend\ttab", "line\nend\ttab"),
        ("\U0001f9e0", "[U+1F9E0]"),
        ("\U0001f468\u200d\U0001f467", "[U+1F468][U+1F467]"),
        ("a\u030a", "å"),
        ("x\u0323", "x\u0323"),
        ("\u0301", "[U+0301]"),
        ("漢\u0301", "[U+6F22][U+0301]"),
        ("\ud800", "[U+D800]"),
        ("\ue000\ufeff\u202e\u2028", "[U+E000][U+FEFF][U+202E][U+2028]"),
        ("so\u00adft\u200bly", "so\u00adft\u200bly"),
        ("\u0378\ufdd0", "[U+0378][U+FDD0]"),
    ],
)
def test_what_no_font_has_is_written_out(text: str, expected: str) -> None:
    assert fonts.visible(text) == expected


@given(st.text())
def test_nothing_that_can_be_seen_is_lost(text: str) -> None:
    shown = fonts.visible(text)
    for sign in unicodedata.normalize("NFC", text):
        assert (
            sign in shown or f"[U+{ord(sign):04X}]" in shown or sign in "\u200d\ufe0f\u200c\ufe0e"
        )


@given(st.text())
def test_written_out_once_is_written_out(text: str) -> None:
    assert fonts.visible(fonts.visible(text)) == fonts.visible(text)


def test_the_folder_holds_copies_of_two_families_and_nothing_else() -> None:
    found = sorted(path.name for path in Path(fonts.folder().name).iterdir())
    assert len(found) == 8
    assert all(name.startswith(("FiraSans-", "DejaVuSans")) for name in found)
    assert not any(path.is_symlink() for path in Path(fonts.folder().name).iterdir())


def test_widths_are_those_of_the_fonts() -> None:
    # From the fonts' own tables: W 0.826 em; digits as wide as each other, 0.560 em.
    assert fonts.width("W") == pytest.approx(0.826)
    assert fonts.width("1") == fonts.width("8") == pytest.approx(0.56)
    assert fonts.width("Ww", bold=True) > fonts.width("Ww")
    assert fonts.width("●") > 0.5  # from the fallback
    assert fonts.width("") == 0


def test_letters_keep_their_marks() -> None:
    assert list(fonts.clusters("x\u0323\u0302y\u200dz")) == ["x\u0323\u0302", "y\u200d", "z"]
    assert list(fonts.clusters("")) == []
