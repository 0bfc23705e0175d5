"""Where the instruments agree: departments by indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
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
    DOT,
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
    sheet,
)
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import of, setting
from mapping.vocabulary import CONVERGENCE

_LINES_OF_A_PAGE = 44  # with a key and the names a figure that no page makes smaller
_PITCH, _GAP, _KEY, _NAMES, _FOOT = 0.34, 0.7, 0.7, 3.0, 0.1
_LEAST, _LABELS = 1.2, 4.5
_SHOWN = ("conflict", "partly", "agree")

_MARKS: Mapping[str, dict[str, Any]] = {
    "agree": {"marker": "o", "markersize": 3.2, "color": LINE},
    "partly": {"marker": "o", "markersize": 6.5, "markerfacecolor": "white", "color": DOT,
               "markeredgewidth": 1.2},
    "conflict": {"marker": "X", "markersize": 8.0, "color": INK, "markeredgecolor": "white",
                 "markeredgewidth": 0.5},
}  # fmt: skip
"""The signs, told apart by shape and size; where the instruments are silent there is none."""


def compared(convergence: pd.DataFrame) -> pd.DataFrame:
    """One row a department seen by two instruments: how many indicators are of each word.

    Most conflicts first, then most of what agrees in part, then by department; ``group`` is the
    worst word of any of its indicators.
    """
    counts = pd.crosstab(convergence["department_id"], convergence["word"])
    table = counts.reindex(columns=list(CONVERGENCE), fill_value=0).reset_index()
    table = table[table[list(_SHOWN)].any(axis=1)]
    worst = [next(w for w in _SHOWN if row[w]) for row in table.to_dict("records")]
    order = ["conflict", "partly", "agree", "department_id"]
    return table.assign(group=worst).sort_values(
        order, ascending=[False, False, False, True], ignore_index=True
    )  # fmt: skip


def convergence_marks(
    convergence: pd.DataFrame, ax: Axes, words: Words, listed: Sequence[Line], room: float
) -> Axes:
    """A sign for every department (row) and indicator (column) that two instruments saw.

    Parameters
    ----------
    convergence
        The table of that name.
    ax
        Where to draw; labels stand to its left, the indicators above.
    words
        The language.
    listed
        The lines to draw, of the departments that :func:`compared` gives.
    room
        Room in cm for the labels, to the left of ``ax``.

    """
    departments = compared(convergence)
    indicators = words.protocol.indicator_keys()
    with report_style():
        ax.set(xlim=(-0.5, len(indicators) - 0.5), ylim=(length(listed) - 0.5, -0.5))
        names = [capital(words.label("indicator", key)) for key in indicators]
        ax.set_xticks(range(len(names)), names, fontsize=SMALL, rotation=45, ha="left",
                      rotation_mode="anchor", color=INK)  # fmt: skip
        ax.xaxis.tick_top()
        label_rows(ax, department_labels(listed, departments, words, room), room, SMALL)
        headings(ax, listed, room)
        rows, positions = drawn_rows(listed)
        ax.hlines(rows, *ax.get_xlim(), color=RULE, linewidth=0.5, zorder=1)
        at = dict(zip(departments["department_id"].iloc[positions], rows, strict=True))
        _signs(ax, convergence[convergence["department_id"].isin(at)], at, indicators)
    return ax


def chart(convergence: pd.DataFrame, words: Words) -> Figure:
    """All departments with evidence, in columns if they are many."""
    departments = compared(convergence)
    listed = _grouped(departments, words)
    number = max(-(-len(listed) // _LINES_OF_A_PAGE), 1)
    parts = columns(listed, number, partial(continued, words))
    rows = max(map(length, parts), default=0)
    column = (WIDTH - _GAP * (number - 1)) / number
    most = min(_LABELS, column * 0.4)
    labels = department_labels(listed, departments, words, most)
    room = max(label_room(labels.values(), SMALL, most), _LEAST)
    top = _KEY + _NAMES
    with report_style():
        figure = sheet(top + rows * _PITCH + _FOOT)
        _key(in_cm(area(figure, 0, 0, WIDTH, _KEY)), words)
        for place, part in enumerate(parts):
            left = place * (column + _GAP) + room
            box = (left, top, column - room - _overhang(number), length(part) * _PITCH)
            convergence_marks(convergence, area(figure, *box), words, part, room)
    return figure


def describe(convergence: pd.DataFrame, words: Words) -> Description:
    """How often the instruments agree, and where they conflict."""
    table = of("convergence", convergence)
    seen = table.without(word="silent")
    counts = {word: Count(seen.where(word=word).count(), seen.count()) for word in _SHOWN}
    conflicts = seen.where(word="conflict").frame.sort_values(["department_id", "indicator"])
    title = words.say("figures.convergence.title", agree=counts["agree"])
    return Description(
        key="figures.convergence",
        title=title,
        caption=words.say(
            "figures.convergence.caption",
            count=Count(seen.distinct(), table.distinct()),
            agree=setting(words.protocol, "audit.agree"),
            conflict=setting(words.protocol, "audit.conflict"),
        ),
        alt=words.say(
            "figures.convergence.alt", title=title, counts=counts,
            conflicts=[
                words.say("figures.convergence.row", department=row["department_id"],
                          indicator=row["indicator"], spread=row["spread"])
                for row in conflicts.to_dict("records")
            ],
        ),
    )  # fmt: skip


def _grouped(departments: pd.DataFrame, words: Words) -> list[Line]:
    members = {
        group: departments.index[departments["group"] == group].to_list() for group in _SHOWN
    }
    return lines(
        (words.say(f"figures.convergence.heading.{group}", n=len(positions)), positions)
        for group, positions in members.items()
    )


def _overhang(number: int) -> float:
    """Room to the right, over which the last indicator's name leans."""
    return 2.0 if number == 1 else 1.2


def _signs(
    ax: Axes, seen: pd.DataFrame, at: Mapping[str, float], indicators: Sequence[str]
) -> None:
    column = {key: place for place, key in enumerate(indicators)}
    for word, mark in _MARKS.items():
        own = seen[seen["word"] == word]
        across = [column[key] for key in own["indicator"]]
        down = np.array([at[key] for key in own["department_id"]])
        ax.plot(across, down, linestyle="none", clip_on=False, zorder=2.5, **mark)


def _key(ax: Axes, words: Words) -> None:
    """What the signs mean, in one line above the names."""
    left = 0.15
    for word, mark in _MARKS.items():
        ax.plot(left, 0.3, linestyle="none", **mark)
        text = words.say(f"figures.convergence.key.{word}")
        ax.text(left + 0.3, 0.3, text, fontsize=BODY, va="center")
        left += 0.3 + width(text, BODY) + 0.6
    text = words.say("figures.convergence.key.silent")
    ax.text(left, 0.3, text, fontsize=BODY, va="center", color=MUTED)
