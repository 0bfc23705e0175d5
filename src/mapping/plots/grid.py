"""The two parameters: conditions by needs, three by three, with the tiers on the diagonal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mapping.facts import Count
from mapping.plots.display import Description
from mapping.plots.lettering import width, wrap
from mapping.plots.rows import department_label
from mapping.plots.style import (
    BODY,
    HEADING,
    INK,
    LARGE,
    MUTED,
    RULE,
    SEMIBOLD,
    SMALL,
    TIER_TINTS,
    WIDTH,
    area,
    in_cm,
    report_style,
    sheet,
    size,
    tier_mark,
)
from mapping.prose import Words
from mapping.prose.formats import EN_DASH
from mapping.references import of
from mapping.vocabulary import CONDITIONS_LEVELS, NEEDS_LEVELS, TIERS

_COLUMNS = NEEDS_LEVELS[::-1]
_HEADS, _NAMES = 0.6, 2.2
_PAD, _COUNT_ROOM, _LINE, _FOOT = 0.13, 0.8, 0.32, 0.1
_LOWEST = 1.3
_SIGN, _APART = 0.25, 0.13


class _Listed(NamedTuple):
    """A department of a cell: its tier and its shown name."""

    tier: str
    name: str


_Lines = dict[tuple[str, str], list[list[_Listed]]]


def placed(constructs: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    """Departments with a word for both conditions and needs, with their tier.

    One row is a department: department_id, conditions_level, needs_level, tier; by tier from
    the highest, then by department.
    """
    columns = ["department_id", "conditions_level", "needs_level"]
    known = constructs[columns].dropna()
    table = known.merge(tiers[["department_id", "tier"]], on="department_id", how="left")
    order = table["tier"].map({tier: rank for rank, tier in enumerate(TIERS)})
    return (
        table.assign(order=order)
        .sort_values(["order", "department_id"], ignore_index=True)
        .drop(columns="order")
    )


def grid(departments: pd.DataFrame, ax: Axes, words: Words, *, named: bool = True) -> Axes:
    """Conditions (rows) by needs (columns): each cell its count and its departments.

    Parameters
    ----------
    departments
        As :func:`placed` gives them.
    ax
        Where to draw; coordinates become cm from its upper left corner.
    words
        The language.
    named
        Whether the departments are listed, each after its tier's sign; else counts alone.

    """
    with report_style():
        in_cm(ax)
        across, down = size(ax)
        lines = _lines(departments, (across - _NAMES) / 3, words, named=named)
        heights = _heights(lines, down - _HEADS)
        column = (across - _NAMES) / 3
        for place, needs in enumerate(_COLUMNS):
            text = words.say("figures.grid.needs", level=needs)
            ax.text(_NAMES + place * column + _PAD, _HEADS - 0.22, text, fontsize=BODY)
        top = _HEADS
        for conditions, height in zip(CONDITIONS_LEVELS, heights, strict=True):
            text = wrap(words.say("figures.grid.conditions", level=conditions), _NAMES - 0.1, BODY)
            ax.text(0, top + _PAD + 0.05, text, fontsize=BODY, va="top")
            for place, needs in enumerate(_COLUMNS):
                box = (_NAMES + place * column, top, column, height)
                _cell(ax, (conditions, needs), box, lines[conditions, needs], words=words,
                      count=_count(departments, conditions, needs))  # fmt: skip
            top += height
    return ax


def chart(departments: pd.DataFrame, words: Words, *, named: bool = True) -> Figure:
    """The grid as a figure, each row as high as its fullest cell."""
    lines = _lines(departments, (WIDTH - _NAMES) / 3, words, named=named)
    with report_style():
        height = sum(_needed(lines, conditions) for conditions in CONDITIONS_LEVELS) + _HEADS
        figure = sheet(height + 0.05)
        grid(departments, area(figure, 0, 0, WIDTH, height), words, named=named)
    return figure


def describe(departments: pd.DataFrame, frame: int, words: Words) -> Description:
    """What the grid shows; ``frame`` is the number of departments in the register."""
    known = of("constructs", departments).known("conditions_level", "needs_level")
    both = known.where(conditions_level="good", needs_level="clear")
    title = (
        words.say("figures.grid.title.both", count=Count(both.count(), known.count()))
        if len(departments)
        else words.say("figures.grid.title.none")
    )
    cells = [
        words.say(
            "figures.grid.cell", conditions=conditions, needs=needs,
            n=_count(departments, conditions, needs),
        )
        for conditions in CONDITIONS_LEVELS
        for needs in NEEDS_LEVELS
        if len(departments)
    ]  # fmt: skip
    return Description(
        key="figures.grid",
        title=title,
        caption=words.say("figures.grid.caption", n=known.count(), of=frame),
        alt=words.say("figures.grid.alt", title=title, cells=cells),
    )


def _count(departments: pd.DataFrame, conditions: str, needs: str) -> int:
    return int(_in_cell(departments, conditions, needs).sum())


def _in_cell(departments: pd.DataFrame, conditions: str, needs: str) -> pd.Series:
    return (departments["conditions_level"] == conditions) & (departments["needs_level"] == needs)


def _lines(departments: pd.DataFrame, column: float, words: Words, *, named: bool) -> _Lines:
    """The lines of every cell: its departments, as many a line as there is room for."""
    room = column - 2 * _PAD
    names = [department_label(key, words, room - _SIGN) for key in departments["department_id"]]
    listed = [_Listed(tier, name) for tier, name in zip(departments["tier"], names, strict=True)]
    lines: _Lines = {}
    for cell in product(CONDITIONS_LEVELS, NEEDS_LEVELS):
        here = _in_cell(departments, *cell)
        members = (each for each, inside in zip(listed, here, strict=True) if inside and named)
        lines[cell] = _flowed(members, room)
    return lines


def _flowed(members: Iterable[_Listed], room: float) -> list[list[_Listed]]:
    """The departments set one after another in lines no wider than ``room`` cm."""
    lines: list[list[_Listed]] = []
    for listed in members:
        if lines and sum(map(_width, lines[-1])) + _width(listed) - _APART <= room:
            lines[-1].append(listed)
        else:
            lines.append([listed])
    return lines


def _width(listed: _Listed) -> float:
    """Width in cm of the department's sign and name, and of what parts it from the next."""
    return _SIGN + width(listed.name, SMALL) + _APART


def _needed(lines: _Lines, conditions: str) -> float:
    most = max(len(lines[conditions, needs]) for needs in NEEDS_LEVELS)
    return max(_LOWEST, _COUNT_ROOM + most * _LINE + _FOOT)


def _heights(lines: _Lines, room: float) -> list[float]:
    """Heights of the rows in cm, sharing the room by what each needs."""
    needed = [_needed(lines, conditions) for conditions in CONDITIONS_LEVELS]
    return [room * height / sum(needed) for height in needed]


def _cell(
    ax: Axes,
    levels: tuple[str, str],
    box: tuple[float, float, float, float],
    lines: Sequence[Sequence[_Listed]],
    *,
    words: Words,
    count: int,
) -> None:
    left, top, across, down = box
    tier = _tier_of_cell(levels)
    ground = TIER_TINTS[tier] if tier else "white"
    ax.add_patch(
        Rectangle((left, top), across, down, facecolor=ground, edgecolor=RULE, linewidth=0.8)
    )
    colour = INK if count else MUTED
    number = words.formats.number(count)
    ax.text(left + _PAD, top + 0.68, number, fontsize=LARGE, family=list(SEMIBOLD), color=colour)
    if tier:
        text = words.say("figures.grid.tier", tier=tier)
        right = left + across - _PAD
        ax.text(right, top + 0.42, text, fontsize=HEADING, ha="right", va="center")
        ax.plot(right - width(text, HEADING) - 0.25, top + 0.42, **tier_mark(tier, 7.0))
    for row, line in enumerate(lines):
        at = left + _PAD
        for listed in line:
            _department(ax, at, top + _COUNT_ROOM + (row + 0.5) * _LINE, listed)
            at += _width(listed)


def _department(ax: Axes, left: float, middle: float, listed: _Listed) -> None:
    """The department's name after its tier's sign, or after a dash if it has no tier."""
    if listed.tier in TIERS:
        mark = tier_mark(listed.tier, 4.4) | {"markeredgewidth": 0.9}
        ax.plot(left + 0.09, middle, **mark)
    else:
        ax.text(left, middle, EN_DASH, fontsize=SMALL, va="center_baseline")
    ax.text(left + _SIGN, middle, listed.name, fontsize=SMALL, va="center_baseline")


def _tier_of_cell(levels: tuple[str, str]) -> str:
    """The tier whose ideal the cell stands for: the diagonal; blank elsewhere."""
    conditions, needs = (CONDITIONS_LEVELS.index(levels[0]), NEEDS_LEVELS.index(levels[1]))
    return TIERS[conditions] if conditions == needs else ""
