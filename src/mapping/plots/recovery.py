"""Whether the method finds what is there: tiers found in planted studies as noise grows."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.plots.display import Description
from mapping.plots.lettering import width
from mapping.plots.style import (
    BODY,
    DOT,
    INK,
    LINE,
    MUTED,
    RULE,
    SMALL,
    WIDTH,
    area,
    in_cm,
    report_style,
    sheet,
)
from mapping.prose import Words
from mapping.references import of
from mapping.vocabulary import GAPS

_KEY, _HEAD, _PANEL, _FOOT = 0.75, 0.75, 4.8, 1.35
_LEFT, _ACROSS, _GAP = 1.2, 7.3, 0.4
_TICKS = (0, 25, 50, 75, 100)

_LOOKS: dict[str, dict[str, Any]] = {
    "none": {"marker": "o", "linestyle": "-", "color": INK, "markersize": 5.5},
    "example": {"marker": "s", "linestyle": (0, (5, 2)), "color": DOT, "markersize": 5.0},
    "more": {"marker": "^", "linestyle": (0, (2, 2)), "color": MUTED, "markersize": 5.5},
    "most": {"marker": "D", "linestyle": (0, (1, 1.5)), "color": LINE, "markersize": 4.5,
             "markerfacecolor": "white"},
}  # fmt: skip
"""The signs and lines, told apart without colour."""


def recovery_lines(recovery: pd.DataFrame, ax: Axes, words: Words) -> Axes:
    """The share of departments given their true tier by the noise, a line for each lot of gaps.

    Parameters
    ----------
    recovery
        The table of that name.
    ax
        Where to draw, from 0 to 100 per cent both ways.
    words
        The language.

    """
    with report_style():
        ax.set(xlim=(0, 100), ylim=(0, 104))
        noise = sorted({round(100 * value) for value in recovery["noise"]})
        ax.set_xticks(noise, [words.say("figures.percent", percent=each) for each in noise])
        ax.set_yticks(_TICKS, [words.say("figures.percent", percent=each) for each in _TICKS])
        ax.tick_params(axis="y", labelcolor=MUTED, labelsize=SMALL)
        ax.grid(axis="y", color=RULE, linewidth=0.7)
        ax.set_axisbelow(True)
        chance = recovery[recovery["gaps"] == "none"].sort_values("noise")
        ax.plot(100 * chance["noise"], 100 * chance["by_chance"], color=LINE, linewidth=0.9)
        for gaps, look in _LOOKS.items():
            own = recovery[recovery["gaps"] == gaps].sort_values("noise")
            ax.plot(100 * own["noise"], 100 * own["share"], linewidth=1.3, clip_on=False,
                    zorder=2.5, **look)  # fmt: skip
    return ax


def classified_dots(recovery: pd.DataFrame, ax: Axes, words: Words) -> Axes:
    """The share of participating departments that are given a tier, a row for each lot of gaps.

    Parameters
    ----------
    recovery
        The table of that name; the rows without noise are shown.
    ax
        Where to draw, from 0 to 100 per cent.
    words
        The language.

    """
    rows = recovery[recovery["noise"] == recovery["noise"].min()].set_index("gaps")
    with report_style():
        ax.set(xlim=(0, 100), ylim=(len(GAPS) - 0.5, -0.5), yticks=[])
        ax.set_xticks([0, 50, 100], [words.say("figures.percent", percent=t) for t in (0, 50, 100)])
        for place, gaps in enumerate(_LOOKS):
            if gaps in rows.index and rows.loc[gaps, "participating"]:
                share = 100 * rows.loc[gaps, "classified"] / rows.loc[gaps, "participating"]
                ax.hlines(place, 0, share, color=RULE, linewidth=1.0)
                ax.plot(share, place, clip_on=False, **{**_LOOKS[gaps], "linestyle": "none"})
                ax.annotate(
                    words.say("figures.percent", percent=share), (share, place), (0, 6),
                    textcoords="offset points", fontsize=SMALL, ha="center", va="bottom",
                )  # fmt: skip
    return ax


def chart(recovery: pd.DataFrame, words: Words) -> Figure:
    """Both panels under one key; the guess by chance is named beside its line."""
    with report_style():
        figure = sheet(_KEY + _HEAD + _PANEL + _FOOT)
        _key(in_cm(area(figure, 0, 0, WIDTH, _KEY)), words)
        ax = area(figure, _LEFT, _KEY + _HEAD, _ACROSS, _PANEL)
        recovery_lines(recovery, ax, words)
        _say(ax, words.say("figures.recovery.axis"), 0, -24, "top")
        _say(ax, words.say("figures.recovery.right"), 0, 8, "bottom")
        _beside(ax, recovery, words)
        left = _LEFT + _ACROSS + 3.1 + _GAP
        other = area(figure, left, _KEY + _HEAD, WIDTH - left - 0.45, _PANEL)
        classified_dots(recovery, other, words)
        _say(other, words.say("figures.recovery.classified"), 0, 8, "bottom")
    return figure


def describe(recovery: pd.DataFrame, words: Words) -> Description:
    """How many are given their true tier without noise, and with all noise."""
    rows = [
        words.say(
            "figures.recovery.row", gaps=words.say(f"figures.recovery.gaps.{gaps}"),
            first=float(shares.iloc[0]), last=float(shares.iloc[-1]),
        )
        for gaps in GAPS
        for shares in [recovery[recovery["gaps"] == gaps].sort_values("noise")["share"].dropna()]
        if len(shares)
    ]  # fmt: skip
    table = of("recovery", recovery)
    clean = table.where(noise=recovery["noise"].min()).known("share")
    title = words.say(
        "figures.recovery.title", least=clean.smallest("share"), most=clean.largest("share")
    )
    return Description(
        key="figures.recovery",
        title=title,
        caption=words.say("figures.recovery.caption", studies=table.largest("studies")),
        alt=words.say("figures.recovery.alt", title=title, rows=rows),
    )


def _say(ax: Axes, text: str, across: float, down: float, side: str) -> None:
    """A text at the left edge of the Axes, so many points above or below it."""
    ax.annotate(
        text, (0, 1 if side == "bottom" else 0), (across, down),
        ("axes fraction", "axes fraction"), "offset points", fontsize=SMALL, va=side,
        annotation_clip=False, linespacing=1.25,
    )  # fmt: skip


def _beside(ax: Axes, recovery: pd.DataFrame, words: Words) -> None:
    """What the thin line is, at its right end."""
    chance = recovery[recovery["gaps"] == "none"].sort_values("noise")
    if len(chance):
        end = 100 * chance["by_chance"].iloc[-1]
        ax.annotate(
            words.say("figures.recovery.chance"), (100, end), (8, -3), textcoords="offset points",
            fontsize=SMALL, va="center", annotation_clip=False,
        )  # fmt: skip


def _key(ax: Axes, words: Words) -> None:
    """What the lines mean, in one line above the panel."""
    left = 0.0
    for gaps, look in _LOOKS.items():
        ax.plot([left, left + 0.7], [0.3, 0.3], linewidth=1.3, color=look["color"],
                linestyle=look["linestyle"])  # fmt: skip
        ax.plot(left + 0.35, 0.3, **{**look, "linestyle": "none"})
        text = words.say(f"figures.recovery.gaps.{gaps}")
        ax.text(left + 0.85, 0.3, text, fontsize=BODY, va="center")
        left += 0.85 + width(text, BODY) + 0.5
