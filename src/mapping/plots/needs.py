"""How many departments name each need, with intervals; outside voices in a part of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.facts import Count, base
from mapping.plots.display import Description
from mapping.plots.lettering import DISTANCE, wrap
from mapping.plots.rows import heading
from mapping.plots.style import (
    BODY,
    DOT,
    LINE,
    SMALL,
    WIDTH,
    area,
    label_rows,
    report_style,
    rule_values,
    sheet,
)
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import of

_LABELS, _COUNT = 5.9, 2.9
_PITCH, _HEAD, _FOOT = 0.62, 0.1, 0.65
_NAMED = 3
_TICKS = (0, 0.25, 0.5, 0.75, 1)


@dataclass(frozen=True)
class Need:
    """A need in words, the departments that name it, and the interval of their share."""

    label: str
    count: Count
    low: float
    high: float


def parts(needs: pd.DataFrame, listed_apart: str) -> dict[str, pd.DataFrame]:
    """The rows of ``needs`` in the figure's parts, each with the commonest need first.

    Parts: ``internal``, ``apart`` (the internal need that is listed apart), ``external``.
    """
    ordered = needs.sort_values(["departments", "need"], ascending=[False, True])
    internal = ordered["side"] == "internal"
    apart = internal & (ordered["need"] == listed_apart)
    split = {"internal": internal & ~apart, "apart": apart, "external": ~internal}
    return {name: ordered[rows].reset_index(drop=True) for name, rows in split.items()}


def need_dots(split: dict[str, pd.DataFrame], ax: Axes, words: Words) -> Axes:
    """A dot at the share of departments that name each need, and its interval as a line.

    Parameters
    ----------
    split
        The parts of the table ``needs``, as :func:`parts` gives them.
    ax
        Where to draw, from 0 to 100 per cent; labels to its left, counts to its right.
    words
        The language.

    """
    with report_style():
        labels: dict[int, str] = {}
        row = 0
        ax.set_xlim(0, 1)
        for name, rows in split.items():
            if rows.empty:
                continue
            heading(ax, row, words.say(f"figures.needs.part.{name}"), _LABELS, BODY)
            for place, need in enumerate(_needs(rows, words), start=row + 1):
                _dot(ax, place, need, words)
                labels[place] = wrap(capital(need.label), _LABELS - DISTANCE, BODY)
            row += len(rows) + 1
        ax.set_ylim(row - 0.5, -0.5)
        label_rows(ax, labels, _LABELS, BODY)
        ticks = [words.say("figures.percent", percent=100 * share) for share in _TICKS]
        ax.set_xticks(_TICKS, ticks)
        rule_values(ax)
    return ax


def chart(needs: pd.DataFrame, listed_apart: str, words: Words) -> Figure:
    """All needs of both sides in one figure."""
    split = parts(needs, listed_apart)
    rows = sum(len(part) + 1 for part in split.values() if len(part))
    height = max(rows, 1) * _PITCH
    with report_style():
        figure = sheet(_HEAD + height + _FOOT)
        box = (_LABELS, _HEAD, WIDTH - _LABELS - _COUNT, height)
        need_dots(split, area(figure, *box), words)
    return figure


def describe(needs: pd.DataFrame, listed_apart: str, frame: int, words: Words) -> Description:
    """What the needs show; ``frame`` is the number of departments in the register."""
    split = parts(needs, listed_apart)
    title = _title(split, words)
    listed = {
        name: [
            words.say("figures.needs.need", label=need.label, count=need.count)
            for need in _needs(rows, words)
        ]
        for name, rows in split.items()
    }
    return Description(
        key="figures.needs",
        title=title,
        caption=words.say("figures.needs.caption", n=base(of("needs", needs)), of=frame),
        alt=words.say("figures.needs.alt", title=title, **listed),
    )


def _title(split: dict[str, pd.DataFrame], words: Words) -> str:
    internal, apart = split["internal"], split["apart"]
    most = internal["departments"].max() if len(internal) else 0
    if not most:
        return words.say("figures.needs.title.none")
    first = internal[internal["departments"] == most]
    if len(first) == len(internal) > 1 or len(first) > _NAMED:
        return words.say("figures.needs.title.level")
    labels = [need.label for need in _needs(first, words)]
    if len(first) > 1:
        return words.say("figures.needs.title.tied", needs=labels)
    beaten = (apart["departments"] >= most).any()
    return words.say(f"figures.needs.title.{'of_named' if beaten else 'one'}", needs=labels)


def _needs(rows: pd.DataFrame, words: Words) -> Iterator[Need]:
    kind = {"internal": "need", "external": "voice"}
    columns = ["side", "need", "departments", "of", "low", "high"]
    for side, key, n, all_, low, high in zip(*(rows[name] for name in columns), strict=True):
        yield Need(words.label(kind[side], key), Count(int(n), int(all_)), low, high)


def _dot(ax: Axes, row: int, need: Need, words: Words) -> None:
    if not need.count.of:
        return
    share = need.count.n / need.count.of
    ax.hlines(row, need.low, need.high, color=LINE, linewidth=1.6, zorder=2)
    ax.plot(share, row, "o", color=DOT, markersize=7, clip_on=False, zorder=2.5)
    ax.annotate(
        words.say("figures.needs.count", count=need.count), (1, row), (10, 0),
        textcoords="offset points", fontsize=SMALL, va="center", annotation_clip=False,
    )  # fmt: skip
