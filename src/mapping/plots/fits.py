"""Each department's fit to the three ideal types, and how near its tier was to another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.facts import Count, participating
from mapping.plots.display import Description
from mapping.plots.lettering import label_room, width
from mapping.plots.rows import (
    Line,
    columns,
    continued,
    department_labels,
    drawn_rows,
    headings,
    length,
    lines,
)
from mapping.plots.style import (
    BODY,
    INK,
    LINE,
    MUTED,
    RULE,
    SMALL,
    WIDTH,
    area,
    in_cm,
    label_rows,
    report_style,
    rule_values,
    sheet,
    tier_mark,
)
from mapping.prose import Words
from mapping.references import computed, of
from mapping.vocabulary import TIERS, UNCLASSIFIED

_LINES_OF_A_PAGE = 63  # with the room above two groups: 64 rows
_PITCH, _HEAD, _GAP = 0.338, 1.15, 0.7
_LEAST, _LABELS, _NOTE = 1.2, 5.0, 1.75
_TICKS = (0, 0.5, 1)


def classified(tiers: pd.DataFrame) -> pd.DataFrame:
    """Departments that have a tier: from the highest tier, the clearest margin first."""
    known = tiers[tiers["tier"] != UNCLASSIFIED]
    order = known["tier"].map({tier: rank for rank, tier in enumerate(TIERS)})
    return (
        known.assign(order=order)
        .sort_values(["order", "margin", "department_id"], ascending=[True, False, True])
        .drop(columns="order")
        .reset_index(drop=True)
    )


def fit_dots(
    departments: pd.DataFrame,
    ax: Axes,
    words: Words,
    listed: Sequence[Line] | None = None,
    room: float = _LABELS,
) -> Axes:
    """One row a department, and in it its fit (0 to 1) to each ideal type by the tier's sign.

    Parameters
    ----------
    departments
        As :func:`classified` gives them.
    ax
        Where to draw; labels stand to its left, "borderline" to its right.
    words
        The language.
    listed
        The lines to draw, headings among them; all departments by default.
    room
        Room in cm for the labels, to the left of ``ax``.

    """
    shown = listed if listed is not None else _grouped(departments, words)
    with report_style():
        ax.set(xlim=(0, 1), ylim=(length(shown) - 0.5, -0.5))
        ax.set_xticks(_TICKS, [words.formats.number(tick, 1 if tick % 1 else 0) for tick in _TICKS])
        ax.xaxis.tick_top()
        rule_values(ax)
        label_rows(ax, department_labels(shown, departments, words, room), room, SMALL)
        headings(ax, shown, room)
        rows, positions = drawn_rows(shown)
        _dots(ax, rows, departments.iloc[positions])
        _notes(ax, rows, departments["borderline"].iloc[positions], words)
    return ax


def chart(tiers: pd.DataFrame, words: Words) -> Figure:
    """All classified departments on a figure of at most a page, in columns if they are many."""
    departments = classified(tiers)
    listed = _grouped(departments, words)
    number = -(-len(listed) // _LINES_OF_A_PAGE)
    parts = columns(listed, number, partial(continued, words))
    rows = max(map(length, parts), default=0)
    column = (WIDTH - _GAP * (number - 1)) / max(number, 1)
    most = min(_LABELS, column * 0.4)
    labels = department_labels(listed, departments, words, most)
    room = max(label_room(labels.values(), SMALL, most), _LEAST)
    with report_style():
        figure = sheet(_HEAD + rows * _PITCH + 0.1)
        top = in_cm(area(figure, 0, 0, WIDTH, 0.6))
        if not len(departments):
            top.text(0, 0.3, words.say("figures.fits.title.none"), fontsize=BODY, va="center")
            return figure
        _key(top, words)
        for place, part in enumerate(parts):
            left = place * (column + _GAP) + room
            box = (left, _HEAD, column - room - _NOTE, length(part) * _PITCH)
            fit_dots(departments, area(figure, *box), words, part, room)
    return figure


def describe(tiers: pd.DataFrame, participation: pd.DataFrame, words: Words) -> Description:
    """What the fits show, and who is left out; from tables ``tiers`` and ``participation``."""
    departments = classified(tiers)
    every = of("tiers", tiers).without(tier=UNCLASSIFIED)
    took_part = participating(participation)
    near = departments[departments["borderline"]].sort_values("department_id")
    title = _title(Count(every.where(borderline=True).count(), every.count()), words)
    groups = [
        words.say("figures.fits.group", tier=tier, n=n)
        for tier in TIERS
        if (n := int((departments["tier"] == tier).sum()))
    ]
    return Description(
        key="figures.fits",
        title=title,
        caption=words.say(
            "figures.fits.caption",
            n=every.count(),
            of=of("tiers", tiers).count(),
            absent=computed("difference", took_part.of, took_part.n),
            unclassified=computed("difference", took_part.n, every.count()),
        ),
        alt=words.say(
            "figures.fits.alt",
            title=title,
            groups=groups,
            near=[
                words.say("figures.fits.near", department=department, margin=margin)
                for department, margin in zip(near["department_id"], near["margin"], strict=True)
            ],
        ),
    )


def _title(near: Count, words: Words) -> str:
    if not near.of:
        return words.say("figures.fits.title.none")
    if not near.n:
        return words.say("figures.fits.title.clear")
    return words.say("figures.fits.title.borderline", count=near)


def _grouped(departments: pd.DataFrame, words: Words) -> list[Line]:
    groups = ((tier, departments.index[departments["tier"] == tier].to_list()) for tier in TIERS)
    return lines(
        (words.say("figures.fits.heading", tier=tier, n=len(members)), members)
        for tier, members in groups
    )


def _dots(ax: Axes, rows: Sequence[float], departments: pd.DataFrame) -> None:
    """The three fits of each department at its row, joined from the second best to the best.

    Where signs meet none hides another: the larger are drawn first, and of equal ones ○ last.
    """
    fits = departments[[f"fit_{tier}" for tier in TIERS]].to_numpy()
    ordered = np.sort(fits, axis=1)
    ax.hlines(rows, 0, 1, color=RULE, linewidth=0.5, zorder=1.7)
    ax.hlines(rows, ordered[:, 1], ordered[:, 2], color=LINE, linewidth=1.2, zorder=1.8)
    for largest in (True, False):
        for tier, fit in zip(TIERS, fits.T, strict=True):
            chosen = (departments["tier"] == tier).to_numpy() == largest
            place = fit[chosen], np.array(rows)[chosen]
            mark = tier_mark(tier, 7.0 if largest else 5.0)
            ax.plot(*place, **mark, clip_on=False, zorder=2.5)


def _notes(ax: Axes, rows: Sequence[float], borderline: pd.Series, words: Words) -> None:
    for row in np.array(rows)[borderline.to_numpy()]:
        ax.annotate(
            words.say("figures.fits.borderline"), (1, row), (6, 0), textcoords="offset points",
            fontsize=SMALL, color=INK, va="center", annotation_clip=False,
        )  # fmt: skip


def _key(ax: Axes, words: Words) -> None:
    """What the signs mean, in one line above the rows."""
    text = words.say("figures.fits.key")
    ax.text(0, 0.3, text, fontsize=SMALL, color=MUTED, va="center")
    left = width(text, SMALL) + 0.35
    for tier in TIERS:
        ax.plot(left, 0.3, **tier_mark(tier, 6.0))
        word = words.label("tier", tier)
        ax.text(left + 0.22, 0.3, word, fontsize=BODY, va="center")
        left += width(word, BODY) + 0.8
