"""How sure each department's tier is: its share of the stated choices in each tier."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.facts import Count
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
    SMALL,
    TIER_COLOURS,
    WIDTH,
    area,
    in_cm,
    label_rows,
    report_style,
    sheet,
    size,
    tier_mark,
)
from mapping.prose import Words
from mapping.prose.formats import SIGNS
from mapping.references import exact_setting, of
from mapping.vocabulary import TIERS, UNCLASSIFIED

_LINES_OF_A_PAGE = 48  # a figure that no page makes smaller
_PITCH, _HEAD, _GAP, _BAR = 0.36, 1.25, 0.7, 0.74
_LEAST, _LABELS, _NOTE = 1.2, 5.0, 1.8
_TICKS = (0, 25, 50, 75, 100)
_ROOM_FOR_SIGN, _REPORTED = 0.32, 1.1
_INKS = {"good": "white", "moderate": "white", "small": INK}


def sorted_by_certainty(certainty: pd.DataFrame) -> pd.DataFrame:
    """The departments with a tier by any choice: those with a clear tier first, the surest first.

    ``certainty`` has a column ``group``: the clear tier, or "none"; ``largest`` is the largest
    share of any tier, of the choices that give one.
    """
    shares = certainty[[f"share_{tier}" for tier in TIERS]]
    given = shares.sum(axis=1)
    shown = certainty.assign(
        largest=(shares.max(axis=1) / given.where(given > 0)).round(9),
        group=certainty["clear_tier"].fillna("none"),
    )[given > 0]
    place = {name: number for number, name in enumerate((*TIERS, "none"))}
    order = shown.assign(place=shown["group"].map(place)).sort_values(
        ["place", "largest", "department_id"], ascending=[True, False, True]
    )
    return order.drop(columns="place").reset_index(drop=True)


def certainty_bars(
    departments: pd.DataFrame,
    ax: Axes,
    words: Words,
    listed: Sequence[Line] | None = None,
    room: float = _LABELS,
) -> Axes:
    """One row a department, its shares of the choices side by side from the highest tier.

    Parameters
    ----------
    departments
        As :func:`sorted_by_certainty` gives them.
    ax
        Where to draw; labels stand to its left, the reports' tier to its right.
    words
        The language.
    listed
        The lines to draw, headings among them; all departments by default.
    room
        Room in cm for the labels, to the left of ``ax``.

    """
    shown = listed if listed is not None else _grouped(departments, words)
    with report_style():
        ax.set(xlim=(0, 100), ylim=(length(shown) - 0.5, -0.5))
        ax.set_xticks(_TICKS, [words.say("figures.percent", percent=tick) for tick in _TICKS])
        ax.xaxis.tick_top()
        label_rows(ax, department_labels(shown, departments, words, room), room, SMALL)
        headings(ax, shown, room)
        rows, positions = drawn_rows(shown)
        _bars(ax, rows, departments.iloc[positions])
        for row, tier in zip(rows, departments["tier"].iloc[positions], strict=True):
            _reported(ax, row, tier)
    return ax


def chart(certainty: pd.DataFrame, words: Words) -> Figure:
    """All departments with a tier by any choice, in columns if they are many."""
    departments = sorted_by_certainty(certainty)
    listed = _grouped(departments, words)
    number = max(-(-len(listed) // _LINES_OF_A_PAGE), 1)
    parts = columns(listed, number, partial(continued, words))
    rows = max(map(length, parts), default=0)
    column = (WIDTH - _GAP * (number - 1)) / number
    most = min(_LABELS, column * 0.4)
    labels = department_labels(listed, departments, words, most)
    room = max(label_room(labels.values(), SMALL, most), _LEAST)
    with report_style():
        figure = sheet(_HEAD + rows * _PITCH + 0.1)
        _key(in_cm(area(figure, 0, 0, WIDTH, 0.6)), words)
        for place, part in enumerate(parts):
            left = place * (column + _GAP) + room
            box = (left, _HEAD, column - room - _NOTE, length(part) * _PITCH)
            ax = certainty_bars(departments, area(figure, *box), words, part, room)
            _head(ax, words)
    return figure


def describe(certainty: pd.DataFrame, choices: int, words: Words) -> Description:
    """What the bars show; ``choices`` is how many choices there are."""
    departments = sorted_by_certainty(certainty)
    table = of("certainty", certainty)
    given = table.compared("share_unclassified", "<", 1)
    clear = Count(given.known("clear_tier").count(), given.count())
    doubtful = departments[departments["group"] == "none"]
    title = words.say("figures.certainty.title", count=clear)
    return Description(
        key="figures.certainty",
        title=title,
        caption=words.say(
            "figures.certainty.caption",
            n=clear.of,
            of=table.count(),
            choices=choices,
            limit=exact_setting(words.protocol, "audit.clear_tier"),
        ),
        alt=words.say(
            "figures.certainty.alt",
            title=title,
            groups=[
                words.say("figures.certainty.group", group=group, n=n)
                for group in (*TIERS, "none")
                if (n := int((departments["group"] == group).sum()))
            ],
            doubtful=[_doubtful(row, words) for row in doubtful.to_dict("records")],
        ),
    )


def _doubtful(row: dict[Any, Any], words: Words) -> str:
    """A department with the tier that most choices give it."""
    share, tier = max((row[f"share_{tier}"], tier) for tier in TIERS)
    return words.say(
        "figures.certainty.row", department=row["department_id"], tier=tier, share=share
    )


def _grouped(departments: pd.DataFrame, words: Words) -> list[Line]:
    groups = (
        (group, departments.index[departments["group"] == group].to_list())
        for group in (*TIERS, "none")
    )
    return lines(
        (words.say("figures.certainty.heading", group=group, n=len(members)), members)
        for group, members in groups
    )


def _bars(ax: Axes, rows: Sequence[float], departments: pd.DataFrame) -> None:
    """Bars end to end, a white line between them; each sign in a bar that has room for it."""
    scale = 100 / size(ax)[0]
    for row, record in zip(rows, departments.to_dict("records"), strict=True):
        left = 0.0
        for tier in TIERS:
            share = 100 * record[f"share_{tier}"]
            if not share:
                continue
            ax.barh(
                row, share, _BAR, left, color=TIER_COLOURS[tier], edgecolor="white", linewidth=0.6
            )
            if share >= _ROOM_FOR_SIGN * scale:
                ax.text(
                    left + share / 2, row + 0.02, SIGNS[tier], fontsize=6.5, color=_INKS[tier],
                    ha="center", va="center", family=["DejaVu Sans"],
                )  # fmt: skip
            left += share
        if left < 100:
            ax.barh(row, 100 - left, _BAR, left, color="white", edgecolor=LINE, linewidth=0.5)


def _reported(ax: Axes, row: float, tier: str) -> None:
    """The sign of the reports' tier, to the right of the bar."""
    if tier != UNCLASSIFIED:
        ax.plot(_place(ax), row, **tier_mark(tier, 5.5), clip_on=False)


def _place(ax: Axes) -> float:
    """Where the reports' tier stands, in per cent."""
    return 100 + 100 * _REPORTED / size(ax)[0]


def _head(ax: Axes, words: Words) -> None:
    ax.annotate(
        words.say("figures.certainty.reported"), (_place(ax), 1), (0, 4.5),
        ("data", "axes fraction"), "offset points", fontsize=SMALL, color=MUTED, ha="center",
        va="bottom", annotation_clip=False,
    )  # fmt: skip


def _key(ax: Axes, words: Words) -> None:
    """What the bars mean, in one line above the rows."""
    text = words.say("figures.certainty.key")
    ax.text(0, 0.3, text, fontsize=SMALL, color=MUTED, va="center")
    left = width(text, SMALL) + 0.3
    for name in (*TIERS, UNCLASSIFIED):
        colour = TIER_COLOURS.get(name, "white")
        edge = LINE if name == UNCLASSIFIED else colour
        ax.barh(0.3, 0.5, 0.3, left, color=colour, edgecolor=edge, linewidth=0.5)
        if name in SIGNS:
            ax.text(left + 0.25, 0.305, SIGNS[name], fontsize=6.5, color=_INKS[name],
                    ha="center", va="center", family=["DejaVu Sans"])  # fmt: skip
        word = words.label("tier", name)
        ax.text(left + 0.62, 0.3, word, fontsize=BODY, va="center")
        left += 0.62 + width(word, BODY) + 0.5
