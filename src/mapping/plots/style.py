"""How every figure looks: width, type, colours, signs, and the fonts they need.

Contrast is kept in colour and in grey: text at least 4.5:1, marks at least 3:1. Nothing is
told by colour alone: tiers have signs (● ◐ ○) and words, quadrants have letters and words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import fontpkg_fira_sans
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

CM = 1 / 2.54
"""One centimetre in inches, matplotlib's unit."""

POINTS = 72 * CM
"""One centimetre in points."""

WIDTH = 16.0
"""Width of every figure in cm: the text width of the reports."""

TALLEST = 23.0
"""Height in cm that a figure may take on a page of its own."""

SMALL, BODY, HEADING, LARGE = 8.0, 8.5, 9.5, 17.0
"""Sizes of type in points; nothing is smaller than the first."""

REGULAR = ("Fira Sans", "DejaVu Sans")
SEMIBOLD = ("Fira Sans SemiBold", "DejaVu Sans")
"""Families, the second for glyphs that the first lacks (the tiers' signs among them)."""

INK = "#1B232C"
MUTED = "#4F5A65"
RULE = "#D3D9DF"
LINE = "#7C8792"

TIER_COLOURS = {"good": "#0B3A66", "moderate": "#2B74B8", "small": "#5990C8"}
TIER_TINTS = {"good": "#C3D8ED", "moderate": "#DAE7F4", "small": "#ECF3FA"}
QUADRANT_COLOURS = {
    "strength": "#22728C",
    "weakness": "#946010",
    "opportunity": "#6254A3",
    "threat": "#87495B",
}
QUADRANT_TINTS = {
    "strength": "#EEF5F7",
    "weakness": "#F9F4EA",
    "opportunity": "#F2F1F8",
    "threat": "#F8F1F3",
}
DOT = "#3B5166"
"""Marks that belong to no tier and no quadrant."""

_FILLS = {"good": "full", "moderate": "left", "small": "full"}

_SETTINGS: dict[str, Any] = {
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "axes.labelsize": SMALL,
    "axes.spines.bottom": False,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "white",
    "font.family": list(REGULAR),
    "font.size": BODY,
    "svg.fonttype": "path",
    "svg.hashsalt": "mapping",
    "text.color": INK,
    "text.parse_math": False,  # users' text is data: "$x^2$" is shown as it stands
    "xtick.color": MUTED,
    "xtick.labelsize": SMALL,
    "xtick.major.size": 0,
    "ytick.color": INK,
    "ytick.labelcolor": INK,
    "ytick.labelsize": BODY,
    "ytick.major.size": 0,
    "ytick.alignment": "center",
}


@contextmanager
def report_style() -> Iterator[None]:
    """The reports' style for what is drawn or saved inside, whatever the user has set."""
    register_fonts()
    with style.context(["default", _SETTINGS]):
        yield


@cache
def register_fonts() -> None:
    """Make matplotlib know the reports' fonts, before any of the same name on this machine."""
    for weight in ("Regular", "SemiBold"):
        path = fontpkg_fira_sans.ROOT / "files" / f"FiraSans-{weight}.ttf"
        fontManager.addfont(str(path))
        # Of equal matches the first wins: ours, so that no machine's copy changes a figure.
        fontManager.ttflist.insert(0, fontManager.ttflist.pop())


def sheet(height: float) -> Figure:
    """An empty figure of the reports' width and ``height`` cm, unknown to pyplot."""
    return Figure(figsize=(WIDTH * CM, height * CM))


def area(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place given in cm from the figure's upper left corner."""
    across, down = figure.get_size_inches() / CM
    box = (left / across, 1 - (top + height) / down, width / across, height / down)
    return figure.add_axes(box)


def size(ax: Axes) -> tuple[float, float]:
    """Width and height of the Axes in cm."""
    across, down = ax.figure.get_size_inches() / CM  # type: ignore[union-attr]
    box = ax.get_position()
    return float(box.width * across), float(box.height * down)


def in_cm(ax: Axes) -> Axes:
    """The Axes with coordinates in cm from its upper left corner, and nothing drawn."""
    across, down = size(ax)
    ax.set(xlim=(0, across), ylim=(down, 0))
    ax.set_axis_off()
    return ax


def label_rows(
    ax: Axes, labels: Mapping[float, str] | Mapping[int, str], room: float, points: float
) -> None:
    """Labels of rows to the left of the Axes, set from the left edge of ``room`` cm."""
    ax.set_yticks(list(labels), list(labels.values()), fontsize=points, ha="left")
    ax.tick_params(axis="y", pad=room * POINTS)


def rule_values(ax: Axes) -> None:
    """Light lines at the values of the horizontal axis, under the marks."""
    ax.grid(axis="x", color=RULE, linewidth=0.7, clip_on=False)
    ax.set_axisbelow(True)


def tier_mark(tier: str, diameter: float = 6.5) -> dict[str, Any]:
    """Line2D properties of the tier's sign: ● good, ◐ moderate, ○ small."""
    colour = TIER_COLOURS[tier]
    return {
        "linestyle": "none",
        "marker": "o",
        "markersize": diameter,
        "fillstyle": _FILLS[tier],
        "markerfacecoloralt": "white",
        "markeredgewidth": 1.2,
        "color": colour,
        "markerfacecolor": "white" if tier == "small" else colour,
    }
