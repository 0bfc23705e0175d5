"""What a reader sees of a figure, in colour and in grey."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations

import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from plotted import PROTOCOL

from mapping.plots import style
from mapping.prose import Words, words


def shown(figure: Figure) -> list[Text]:
    """Texts that a reader sees."""
    figure.set_dpi(300)
    figure.draw_without_rendering()
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def written(figure: Figure) -> list[str]:
    return [text.get_text() for text in shown(figure)]


class Wrapped(Words):
    """A language in which every phrase stands within ⟦⟧."""

    def say(self, key: str, **values: object) -> str:
        return f"⟦{super().say(key, **values)}⟧"

    def label(self, kind: str, key: str) -> str:
        label = super().label(kind, key)
        return label if kind == "department" else f"⟦{label}⟧"


def wrapped_words() -> Wrapped:
    """Swedish, every phrase within ⟦⟧."""
    plain = words("sv", PROTOCOL)
    return Wrapped(**{field.name: getattr(plain, field.name) for field in fields(plain)})


def assert_readable(figure: Figure) -> None:
    """The figure is as wide as the text, its texts are large enough, inside and apart."""
    assert figure.get_figwidth() * 2.54 == pytest.approx(16)
    assert figure.get_figheight() * 2.54 <= style.TALLEST
    texts = shown(figure)
    assert min(text.get_fontsize() for text in texts) >= 8
    assert not any(text.get_parse_math() for text in texts)
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    page = figure.bbox
    slack = 300 * 0.02  # a fiftieth of an inch: rounding of outlines
    for text, box in boxes:
        assert box.x0 >= page.x0 - slack, text
        assert box.x1 <= page.x1 + slack, text
        assert box.y0 >= page.y0 - slack, text
        assert box.y1 <= page.y1 + slack, text
    for (one, a), (other, b) in combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 0 or down <= slack / 2, (one, other)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def grey(colour: str) -> str:
    """The colour as a grey printer gives it (luma of ITU-R BT.601)."""
    red, green, blue = to_rgb(colour)
    return to_hex((0.299 * red + 0.587 * green + 0.114 * blue,) * 3)


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
