"""How often each finding is supported when it is true, when it is not, and by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.calibration import WORLDS
from mapping.facts import Count, base
from mapping.plots.display import Description
from mapping.plots.lettering import width
from mapping.plots.rows import Line, drawn_rows, headings, length, lines
from mapping.plots.style import (
    BODY,
    INK,
    LINE,
    MUTED,
    SMALL,
    WIDTH,
    area,
    in_cm,
    label_rows,
    report_style,
    rule_values,
    sheet,
)
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import of

_LABELS, _KEY, _HEAD, _PITCH, _RIGHT = 7.2, 0.6, 0.5, 0.37, 0.4
_TICKS = (0, 25, 50, 75, 100)
_DRAWN = ("noise", "opposite", "true")

_MARKS: Mapping[str, dict[str, Any]] = {
    "true": {"marker": "o", "markersize": 5.5, "markerfacecolor": INK, "markeredgecolor": INK},
    "opposite": {"marker": "o", "markersize": 5.5, "markerfacecolor": "white",
                 "markeredgecolor": INK, "markeredgewidth": 1.1},
    "noise": {"marker": "D", "markersize": 7.5, "markerfacecolor": "white",
              "markeredgecolor": MUTED, "markeredgewidth": 0.9},
}  # fmt: skip
"""The signs, told apart without colour; that of noise is the largest, to be seen below others."""


def rate_dots(rates: pd.DataFrame, ax: Axes, words: Words, listed: Sequence[Line]) -> Axes:
    """One row a finding, and in it the share of studies that support it, world by world.

    Parameters
    ----------
    rates
        As :func:`mapping.calibration.read` gives them.
    ax
        Where to draw; labels stand to its left.
    words
        The language.
    listed
        The lines to draw, headings among them; see :func:`sections`.

    """
    order = list(dict.fromkeys(rates["finding"]))
    rows, positions = drawn_rows(listed)
    placed = {order[position]: row for row, position in zip(rows, positions, strict=True)}
    with report_style():
        ax.set(xlim=(0, 100), ylim=(length(listed) - 0.5, -0.5))
        ax.set_xticks(_TICKS, [words.say("calibration.figure.percent", share=t) for t in _TICKS])
        ax.xaxis.tick_top()
        rule_values(ax)
        label_rows(
            ax, {row: capital(short(key, words)) for key, row in placed.items()}, _LABELS, SMALL
        )
        headings(ax, listed, _LABELS)
        for world in _DRAWN:
            _dots(ax, rates[rates["world"] == world], placed, _MARKS[world])
    return ax


def chart(rates: pd.DataFrame, words: Words) -> Figure:
    """All findings of a calibration on a figure of at most a page, by the summary's sections."""
    listed = sections(rates, words)
    height = length(listed) * _PITCH
    with report_style():
        figure = sheet(_KEY + _HEAD + height + 0.1)
        _key(in_cm(area(figure, 0, 0, WIDTH, _KEY)), words)
        box = (_LABELS, _KEY + _HEAD, WIDTH - _LABELS - _RIGHT, height)
        rate_dots(rates, area(figure, *box), words, listed)
    return figure


def describe(rates: pd.DataFrame, words: Words) -> Description:
    """What the figure shows, with every share for those who do not see it."""
    rows = [
        words.say(
            "calibration.figure.row", short=short(str(key), words), shares=_shares(part, words)
        )
        for key, part in rates.groupby("finding", sort=False)
    ]
    studies = base(of("calibration", rates), "studies")
    return Description(
        key="calibration.figure",
        title=words.say("calibration.figure.title"),
        caption=words.say("calibration.figure.caption", studies=studies),
        alt=words.say("calibration.figure.alt", rows=rows),
    )


def sections(rates: pd.DataFrame, words: Words) -> list[Line]:
    """The findings by their place in the table, under the headings of the summary's sections."""
    places: dict[str, list[int]] = {}
    for position, key in enumerate(dict.fromkeys(rates["finding"])):
        places.setdefault(words.protocol.statements[key].section, []).append(position)
    return lines((words.say(f"findings.place.{name}"), found) for name, found in places.items())


def short(finding: str, words: Words) -> str:
    """The finding in a few words; its key if it has none."""
    text = f"calibration.short.{finding}"
    return words.say(text) if words.has(text) else finding


def _shares(part: pd.DataFrame, words: Words) -> list[str]:
    counts = zip(part["world"], part["supported"], part["studies"], strict=True)
    return [
        words.say(
            "calibration.figure.share",
            world=words.say(f"calibration.world.{world}"),
            count=Count(int(n), int(of)),
        )
        for world, n, of in counts
    ]


def _dots(
    ax: Axes, rates: pd.DataFrame, placed: Mapping[str, float], mark: Mapping[str, Any]
) -> None:
    rows = [placed[key] for key in rates["finding"]]
    share = 100 * rates["supported"] / rates["studies"]
    ax.hlines(rows, 100 * rates["low"], 100 * rates["high"], color=LINE, linewidth=1.1, zorder=1.8)
    ax.plot(share, rows, linestyle="none", clip_on=False, zorder=2.5, **mark)


def _key(ax: Axes, words: Words) -> None:
    """What the signs mean, in one line above the rows."""
    left = _LABELS
    for world in WORLDS:
        ax.plot(left + 0.1, 0.3, linestyle="none", **_MARKS[world])
        word = words.say(f"calibration.world.{world}")
        ax.text(left + 0.35, 0.3, word, fontsize=BODY, va="center")
        left += width(word, BODY) + 1.0
