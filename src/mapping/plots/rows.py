"""Long lists of departments under headings, set in columns that fit a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from mapping.plots.lettering import DISTANCE, shorten, visible, width
from mapping.plots.style import POINTS, SEMIBOLD, SMALL
from mapping.prose import Words

_LOWERED = 0.05
"""A heading stands nearer to its own group than to the one above, by this share of a row."""

_ABOVE = 0.5
"""Room above each group but the first, in rows."""

_RAISED = 0.12
"""So much of that room, in rows, stands between a heading and its group."""


class Line(NamedTuple):
    """One line of a list: a heading, or a department (by its position in the frame)."""

    heading: str
    position: int | None


def lines(groups: Iterable[tuple[str, Sequence[int]]]) -> list[Line]:
    """A heading and its departments, group after group; empty groups are left out."""
    return [
        line
        for heading, positions in groups
        if positions
        for line in (Line(heading, None), *(Line("", position) for position in positions))
    ]


def columns(
    listed: Sequence[Line], number: int, continued: Callable[[str], str]
) -> list[list[Line]]:
    """The lines in so many columns of about the same length.

    No column ends with a heading; one that starts within a group repeats the group's heading,
    as ``continued`` writes it.
    """
    parts: list[list[Line]] = []
    rest, heading = list(listed), ""
    for left in range(number, 0, -1):
        cut = -(-len(rest) // left)
        if cut < len(rest) and rest[cut - 1].position is None:
            cut += 1
        part, rest = rest[:cut], rest[cut:]
        within = part and part[0].position is not None
        parts.append([Line(continued(heading), None), *part] if within else part)
        heading = next((line.heading for line in reversed(part) if line.heading), heading)
    return [part for part in parts if part]


def places(listed: Sequence[Line]) -> list[float]:
    """The row of each line, counted from 0, with half a row more above each group."""
    headings = accumulate(line.position is None for line in listed)
    return [row + _ABOVE * max(number - 1, 0) for row, number in enumerate(headings)]


def length(listed: Sequence[Line]) -> float:
    """The rows that the lines take."""
    return places(listed)[-1] + 1 if listed else 0


def drawn_rows(listed: Sequence[Line]) -> tuple[list[float], list[int]]:
    """Rows of the lines that are departments, and the departments' positions in the frame."""
    lines = zip(places(listed), listed, strict=True)
    placed = [(row, line.position) for row, line in lines if line.position is not None]
    return [row for row, _ in placed], [position for _, position in placed]


def headings(ax: Axes, listed: Sequence[Line], room: float) -> None:
    """The headings among the lines, each at its row."""
    for row, line in zip(places(listed), listed, strict=True):
        if line.position is None:
            heading(ax, row, line.heading, room, above=_ABOVE)


def continued(words: Words, heading: str) -> str:
    """The heading of a group that goes on in the next column."""
    return words.say("figures.continued", heading=heading)


def department_label(key: str, words: Words, room: float) -> str:
    """The department's shown name in ``room`` cm; one too long is followed by its code.

    Names begin alike ("Department of …"): cut off, they could not be told apart.
    """
    name = words.label("department", key)
    shown = shorten(name, room, SMALL)
    if shown == visible(name):
        return shown
    return f"{shorten(name, room - width(f' {key}', SMALL), SMALL)} {key}"


def department_labels(
    listed: Sequence[Line], departments: pd.DataFrame, words: Words, room: float
) -> dict[float, str]:
    """The department's shown name at each row that is no heading, to stand in ``room`` cm."""
    keys = departments["department_id"]
    return {
        row: department_label(keys.iloc[line.position], words, room - DISTANCE)
        for row, line in zip(places(listed), listed, strict=True)
        if line.position is not None
    }


def heading(
    ax: Axes, row: float, text: str, room: float, points: float = SMALL, *, above: float = 0
) -> None:
    """A heading at the left edge of the labels, on white, across the Axes' lines.

    ``above`` is the white room above its row, in rows.
    """
    left = ax.get_xlim()[0]
    ends = (row - 0.5 - above, row + 0.5)
    # Not clipped, or half of the line at the Axes' edge would be left and cut a long heading.
    ax.axhspan(*ends, -0.01, 1.01, color="white", zorder=1.5, linewidth=0, clip_on=False)
    at = row - _RAISED if above else row + _LOWERED
    ax.annotate(
        text, (left, at), (-room * POINTS, 0), textcoords="offset points",
        fontsize=points, family=list(SEMIBOLD), va="center", zorder=3, annotation_clip=False,
    )  # fmt: skip
