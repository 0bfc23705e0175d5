"""The SWOT matrix: themes by the departments that mention them, internal above, external below."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.facts import Count, base
from mapping.plots.display import Description
from mapping.plots.lettering import label_room, wrap
from mapping.plots.style import (
    BODY,
    HEADING,
    INK,
    LINE,
    MUTED,
    QUADRANT_COLOURS,
    QUADRANT_TINTS,
    SEMIBOLD,
    SMALL,
    WIDTH,
    area,
    in_cm,
    label_rows,
    report_style,
    sheet,
)
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import of
from mapping.vocabulary import QUADRANTS

_GAP, _SIDE, _HEAD, _FOOT, _LOWEST = 0.3, 0.55, 0.85, 0.15, 2.2
_PANEL = (WIDTH - _GAP) / 2
_LABELS, _PAD, _COUNT = 4.5, 0.3, 1.45
_PITCH, _PITCH_OF_TWO_LINES = 0.4, 0.7
_NAMED, _TIED = 3, 2
_ROWS = (QUADRANTS[:2], QUADRANTS[2:])


def mentioned(swot: pd.DataFrame, quadrant: str) -> pd.DataFrame:
    """The quadrant's themes that any department mentions, the commonest first."""
    rows = swot[(swot["quadrant"] == quadrant) & (swot["departments"] > 0)]
    ordered = rows.sort_values(["departments", "theme"], ascending=[False, True])
    return ordered.astype({"departments": int, "of": int}).reset_index(drop=True)


def quadrant_bars(
    themes: pd.DataFrame, ax: Axes, words: Words, longest: int, room: float = _LABELS
) -> Axes:
    """Bars of the departments that mention each theme of one quadrant.

    Parameters
    ----------
    themes
        Rows of the table ``swot`` of one quadrant, as :func:`mentioned` gives them.
    ax
        Where to draw; the axis runs from 0 to ``longest`` departments.
    words
        The language.
    longest
        The longest bar in any quadrant, so that all four have the same scale.
    room
        Room in cm for the labels, to the left of ``ax``.

    """
    colour = QUADRANT_COLOURS[themes["quadrant"].iloc[0]]
    with report_style():
        sns.barplot(
            themes, x="departments", y="theme", orient="h", color=colour, saturation=1,
            width=0.6, errorbar=None, ax=ax,
        )  # fmt: skip
        labels = _labels(themes, words)
        label_rows(ax, dict(enumerate(labels)), room, SMALL)
        ax.set(xlim=(0, longest), xticks=[], xlabel="", ylabel="")
        ax.axvline(0, color=LINE, linewidth=0.8)
        for row, (count, of) in enumerate(zip(themes["departments"], themes["of"], strict=True)):
            text = _head(count, of, words) if row == 0 else words.formats.number(count)
            ax.annotate(
                text, (count, row), (4, 0), textcoords="offset points", va="center", fontsize=SMALL
            )
        ax.set_facecolor("none")
    return ax


def matrix(swot: pd.DataFrame, words: Words) -> Figure:
    """The 2 x 2 of the four quadrants on one scale; strengths and weaknesses above.

    ``swot`` is the table of that name; an empty quadrant says that it is empty.
    """
    themes = {quadrant: mentioned(swot, quadrant) for quadrant in QUADRANTS}
    pitch, room, longest = _layout(themes, words)
    heights = [
        max(_HEAD + _FOOT + max(len(themes[quadrant]) for quadrant in row) * pitch, _LOWEST)
        for row in _ROWS
    ]
    with report_style():
        figure = sheet(sum(heights) + 2 * _SIDE + _GAP)
        top = 0.0
        for side, row, height in zip(("internal", "external"), _ROWS, heights, strict=True):
            _side(figure, side, top, words)
            for column, quadrant in enumerate(row):
                place = (column * (_PANEL + _GAP), top + _SIDE, height)
                _panel(figure, quadrant, place, words)
                _bars(figure, themes[quadrant], place, words, (pitch, room, longest))
            top += _SIDE + height + _GAP
    return figure


def describe(swot: pd.DataFrame, frame: int, words: Words) -> Description:
    """What the matrix shows; ``frame`` is the number of departments in the register."""
    title = _title(swot, words)
    parts = [
        words.say("figures.swot.part", quadrant=quadrant, themes=_listed(swot, quadrant, words))
        for quadrant in QUADRANTS
    ]
    return Description(
        key="figures.swot",
        title=title,
        caption=words.say("figures.swot.caption", n=base(of("swot", swot)), of=frame),
        alt=words.say("figures.swot.alt", title=title, parts=parts),
    )


def _title(swot: pd.DataFrame, words: Words) -> str:
    most = swot["departments"].max() if len(swot) else 0
    if not most:
        return words.say("figures.swot.title.none")
    commonest = of("swot", swot).where(departments=most)
    first = commonest.frame
    if len(first) > _TIED:
        return words.say("figures.swot.title.level", themes=commonest.count())
    items = [
        words.say(f"figures.swot.as.{quadrant}", theme=theme)
        for quadrant, theme in zip(first["quadrant"], first["theme"], strict=True)
    ]
    return words.say("figures.swot.title.first", items=items)


def _listed(swot: pd.DataFrame, quadrant: str, words: Words) -> list[str]:
    first = mentioned(swot, quadrant).head(_NAMED)
    return [
        words.say("figures.swot.theme", theme=theme, count=Count(n, of))
        for theme, n, of in zip(first["theme"], first["departments"], first["of"], strict=True)
    ]


def _head(count: int, of: int, words: Words) -> str:
    return words.say("figures.n_of", count=Count(count, of))


def _labels(themes: pd.DataFrame, words: Words) -> list[str]:
    return [wrap(capital(words.label("theme", key)), _LABELS, SMALL) for key in themes["theme"]]


def _layout(themes: Mapping[str, pd.DataFrame], words: Words) -> tuple[float, float, int]:
    """What all four quadrants share: the rows' pitch and labels' room in cm, the longest bar."""
    labels = [label for part in themes.values() for label in _labels(part, words)]
    pitch = _PITCH_OF_TWO_LINES if any("\n" in label for label in labels) else _PITCH
    longest = max([1, *(part["departments"].max() for part in themes.values() if len(part))])
    return pitch, label_room(labels, SMALL, _LABELS + _PAD), longest


def _side(figure: Figure, side: str, top: float, words: Words) -> None:
    ax = in_cm(area(figure, 0, top, WIDTH, _SIDE))
    text = words.say("figures.swot.side", side=side)
    ax.text(0, _SIDE - 0.16, text, fontsize=SMALL, color=MUTED)


def _panel(figure: Figure, quadrant: str, place: tuple[float, float, float], words: Words) -> None:
    """The quadrant's ground with its letter and word."""
    left, top, height = place
    ax = in_cm(area(figure, left, top, _PANEL, height))
    ax.set_axis_on()
    ax.set(xticks=[], yticks=[], facecolor=QUADRANT_TINTS[quadrant])
    letter = words.label("quadrant_letter", quadrant)
    colour = QUADRANT_COLOURS[quadrant]
    ax.text(
        0.52, 0.47, letter, fontsize=HEADING, family=list(SEMIBOLD), color="white",
        ha="center", va="center_baseline",
        bbox={"boxstyle": "square,pad=0.32", "facecolor": colour, "edgecolor": "none"},
    )  # fmt: skip
    word = words.say("figures.swot.quadrant", quadrant=quadrant)
    ax.text(
        1.0, 0.47, word, fontsize=HEADING, family=list(SEMIBOLD), color=INK, va="center_baseline"
    )


def _bars(
    figure: Figure,
    themes: pd.DataFrame,
    place: tuple[float, float, float],
    words: Words,
    layout: tuple[float, float, int],
) -> None:
    left, top, height = place
    pitch, room, longest = layout
    if themes.empty:
        ax = in_cm(area(figure, left, top, _PANEL, height))
        empty = words.say("figures.swot.empty")
        ax.text(_PAD, 1.35, empty, fontsize=BODY, color=MUTED, va="center")
        return
    box = (left + _PAD + room, top + _HEAD, _PANEL - _PAD - room - _COUNT, len(themes) * pitch)
    quadrant_bars(themes, area(figure, *box), words, longest, room)
