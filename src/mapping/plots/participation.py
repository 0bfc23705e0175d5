"""Who took part with what: departments by instruments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.facts import COUNTED, Count, participating
from mapping.plots.display import Description
from mapping.plots.lettering import label_room
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
    DOT,
    RULE,
    SMALL,
    WIDTH,
    area,
    label_rows,
    report_style,
    sheet,
)
from mapping.prose import Words
from mapping.references import of
from mapping.vocabulary import INSTRUMENTS

_COUNTS = {"interview": "interviews", "workshop": "workshop_notes", "survey": "responses"}
_COLUMNS, _GAP = 2, 0.9
_LEAST, _LABELS = 2.0, 3.5
_PITCH, _HEAD = 0.4, 0.6


def taken_part(participation: pd.DataFrame) -> pd.DataFrame:
    """With which instruments each department took part, the most instruments first.

    One row is a department: department_id, one true or false column an instrument, and their
    number (instruments); equal numbers by department.
    """
    used = {name: participation[column] > 0 for name, column in _COUNTS.items()}
    table = pd.DataFrame({"department_id": participation["department_id"], **used})
    table["instruments"] = table[list(INSTRUMENTS)].sum(axis=1)
    order = ["instruments", "department_id"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True)


def participation_dots(
    departments: pd.DataFrame,
    ax: Axes,
    words: Words,
    listed: Sequence[Line] | None = None,
    room: float = _LABELS,
) -> Axes:
    """A dot where the department (row) took part with the instrument (column).

    Parameters
    ----------
    departments
        As :func:`taken_part` gives them.
    ax
        Where to draw; labels stand to its left, the instruments above.
    words
        The language.
    listed
        The lines to draw, headings among them; all departments by default.
    room
        Room in cm for the labels, to the left of ``ax``.

    """
    shown = listed if listed is not None else _grouped(departments, words)
    with report_style():
        ax.set(xlim=(-0.5, len(INSTRUMENTS) - 0.5), ylim=(length(shown) - 0.5, -0.5))
        names = [words.label("instrument", key) for key in INSTRUMENTS]
        ax.set_xticks(range(len(INSTRUMENTS)), names, fontsize=SMALL)
        ax.xaxis.tick_top()
        label_rows(ax, department_labels(shown, departments, words, room), room, SMALL)
        headings(ax, shown, room)
        rows, positions = drawn_rows(shown)
        _dots(ax, rows, departments.iloc[positions])
    return ax


def chart(participation: pd.DataFrame, words: Words) -> Figure:
    """All departments of the register in two columns."""
    departments = taken_part(participation)
    listed = _grouped(departments, words)
    labels = department_labels(listed, departments, words, _LABELS)
    room = max(label_room(labels.values(), SMALL, _LABELS), _LEAST)
    parts = columns(listed, _COLUMNS, partial(continued, words))
    rows = max(map(length, parts), default=1)
    column = (WIDTH - _GAP * (_COLUMNS - 1)) / _COLUMNS
    with report_style():
        figure = sheet(_HEAD + rows * _PITCH + 0.1)
        for place, part in enumerate(parts):
            left = place * (column + _GAP) + room
            box = (left, _HEAD, column - room, length(part) * _PITCH)
            participation_dots(departments, area(figure, *box), words, part, room)
    return figure


def describe(participation: pd.DataFrame, words: Words) -> Description:
    """What the participation shows, instrument by instrument."""
    departments = taken_part(participation)
    some = participating(participation)
    title = (
        words.say("figures.participation.title.some", count=some, every=_every(participation))
        if some.n
        else words.say("figures.participation.title.none")
    )
    counts = [
        words.say("figures.participation.instrument", instrument=name,
                  count=Count(int(departments[name].sum()), some.of))
        for name in INSTRUMENTS
    ]  # fmt: skip
    return Description(
        key="figures.participation",
        title=title,
        caption=words.say("figures.participation.caption", n=some.n, of=some.of),
        alt=words.say(
            "figures.participation.alt",
            title=title,
            instruments=counts,
            groups=[line.heading for line in _grouped(departments, words) if line.heading],
        ),
    )


def _every(participation: pd.DataFrame) -> int:
    """How many departments took part with every instrument."""
    rows = of("participation", participation)
    for kind in COUNTED.values():
        rows = rows.compared(kind, ">", 0)
    return rows.count()


def _grouped(departments: pd.DataFrame, words: Words) -> list[Line]:
    numbers = range(len(INSTRUMENTS), -1, -1)
    members = {
        number: departments.index[departments["instruments"] == number].to_list()
        for number in numbers
    }
    return lines(
        (words.say(f"figures.participation.heading.{number}", n=len(positions)), positions)
        for number, positions in members.items()
    )


def _dots(ax: Axes, rows: Sequence[float], departments: pd.DataFrame) -> None:
    ax.hlines(rows, *ax.get_xlim(), color=RULE, linewidth=0.6, zorder=1)
    for place, name in enumerate(INSTRUMENTS):
        taken = np.array(rows)[departments[name].to_numpy()]
        ax.plot([place] * len(taken), taken, "o", color=DOT, markersize=6.5)
