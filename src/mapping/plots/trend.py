"""Shares of the tiers year by year: the same departments throughout, and all participants.

Where the yardstick of the tiers changed between two years nothing joins them: a dotted line and
a mark stand in the gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.facts import Count
from mapping.plots.display import Description
from mapping.plots.lettering import width
from mapping.plots.style import (
    BODY,
    DOT,
    INK,
    MUTED,
    POINTS,
    REGULAR,
    RULE,
    SEMIBOLD,
    SMALL,
    WIDTH,
    area,
    in_cm,
    report_style,
    sheet,
    size,
    tier_mark,
)
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import of, whole
from mapping.vocabulary import TIERS

SETS = ("all", "same")
"""All participants of each year, and the departments that took part in every year."""

_HEAD, _PANEL, _FOOT = 1.0, 4.6, 0.65
_LEFT, _GAP, _STEP = 1.1, 0.35, 0.25
_BETWEEN, _APART, _BELOW = 0.34, 0.2, 7.0

_LOOKS: dict[str, dict[str, Any]] = {
    "all": {"linestyle": (0, (3, 2)), "linewidth": 1.1, "markersize": 6.5,
            "markerfacecolor": "white", "markeredgewidth": 1.1, "zorder": 2.0},
    "same": {"linestyle": "-", "linewidth": 1.8, "markersize": 4.5, "zorder": 2.5},
}  # fmt: skip


class Series(NamedTuple):
    """One line: a tier's share in each year, in order, and whether it goes on from the last."""

    departments: str
    years: list[int]
    shares: list[float]
    joined: list[bool]


def shares(trend: pd.DataFrame) -> pd.DataFrame:
    """The rows of the table ``trend`` that are shares of tiers, by year."""
    return trend[trend["kind"] == "tier"].sort_values("year", ignore_index=True)


def tier_lines(table: pd.DataFrame, ax: Axes, words: Words, tier: str) -> Axes:
    """The share of one tier year by year, of the same departments and of all participants.

    Parameters
    ----------
    table
        As :func:`shares` gives it.
    ax
        Where to draw, on an axis from 0; names and values of the last year to its right.
    words
        The language.
    tier
        The tier.

    """
    rows = table[table["key"] == tier]
    series = [_series(rows, departments) for departments in SETS]
    with report_style():
        _axes(ax, table, words)
        for year in sorted(set(rows.loc[~rows["comparable"], "year"])):
            _break(ax, _before(rows, year), int(year), words)
        for line in series:
            for part in _unbroken(line):
                ax.plot(*part, marker="o", color=DOT, clip_on=False, **_LOOKS[line.departments])
        _names(ax, [line for line in series if _last(line) is not None], words)
    return ax


def chart(table: pd.DataFrame, words: Words) -> Figure:
    """The three tiers side by side, on the same axes."""
    room = max(width(text, SMALL, SEMIBOLD) for text in _widest(words)) + _APART + 0.05
    across = (WIDTH - _LEFT - 2 * _GAP) / len(TIERS)
    with report_style():
        figure = sheet(_HEAD + _PANEL + _FOOT)
        for place, tier in enumerate(TIERS):
            left = _LEFT + place * (across + _GAP)
            head = in_cm(area(figure, left, 0, across, _HEAD))
            head.plot(0.14, 0.28, **tier_mark(tier, 6.5))
            name = capital(words.label("tier", tier))
            head.text(0.4, 0.28, name, fontsize=BODY, family=list(SEMIBOLD), va="center_baseline")
            ax = tier_lines(table, area(figure, left, _HEAD, across - room, _PANEL), words, tier)
            if place:
                ax.tick_params(axis="y", labelleft=False)
    return figure


def describe(table: pd.DataFrame, words: Words) -> Description:
    """What the lines show: the first and the last year, and where the yardstick changed."""
    first, last = int(table["year"].min()), int(table["year"].max())
    span = {"first": first, "last": last}
    broken = [str(year) for year in sorted(set(table.loc[~table["comparable"], "year"]))]
    title = _title(table, words, broken)
    same = of("trend", table).where(kind="tier", key=TIERS[0], departments="same")
    return Description(
        key="figures.trend",
        title=title,
        caption=words.say("figures.trend.caption", low=same.smallest("of"),
                          high=same.largest("of"), broken=broken),
        alt=words.say(
            "figures.trend.alt", **span, title=title, broken=broken,
            **{name: list(_told(table, words, name, (first, last))) for name in SETS},
        ),
    )  # fmt: skip


def _count(table: pd.DataFrame, departments: str, tier: str, year: int) -> Count:
    of_tier = (table["departments"] == departments) & (table["key"] == tier)
    row = table[of_tier & (table["year"] == year)].iloc[0].to_dict()
    return Count(whole("trend", row, "n"), whole("trend", row, "of"))


def _title(table: pd.DataFrame, words: Words, broken: Sequence[str]) -> str:
    years = int(table["year"].min()), int(table["year"].max())
    span = dict(zip(("first", "last"), years, strict=True))
    ends = [_count(table, "same", TIERS[0], year) for year in years]
    if not all(count.of for count in ends):
        return words.say("figures.trend.title.none", **span)
    if broken:
        return words.say("figures.trend.title.broken", years=broken)
    return words.say("figures.trend.title.same", **span, then=ends[0], now=ends[1])


def _told(
    table: pd.DataFrame, words: Words, departments: str, years: tuple[int, int]
) -> Iterator[str]:
    """Each tier in the first and the last year, in words; nothing if nobody is in the set."""
    for tier in TIERS:
        then, now = (_count(table, departments, tier, year) for year in years)
        if then.of and now.of:
            yield words.say("figures.trend.tier", tier=tier, then=then, now=now)


def _series(rows: pd.DataFrame, departments: str) -> Series:
    own = rows[rows["departments"] == departments]
    values = own["value"].astype("float64")
    # What is unknown joins nothing, nor does what was measured otherwise than the year before.
    joined = own["comparable"] & values.notna() & values.shift().notna()
    years = [int(year) for year in own["year"]]
    return Series(departments, years, values.tolist(), joined.tolist())


def _unbroken(line: Series) -> Iterator[tuple[list[int], list[float]]]:
    """The parts of the line that can be read as one, each its years and shares."""
    starts = [place for place, joined in enumerate(line.joined) if not joined]
    for start, end in zip(starts, [*starts[1:], len(line.years)], strict=True):
        yield line.years[start:end], line.shares[start:end]


def _last(line: Series) -> float | None:
    """The share in the last year, if it is known."""
    share = line.shares[-1] if line.shares else np.nan
    return None if np.isnan(share) else share


def _before(rows: pd.DataFrame, year: int) -> int:
    """The year before this one among those of the rows."""
    return int(rows.loc[rows["year"] < year, "year"].max())


def _axes(ax: Axes, table: pd.DataFrame, words: Words) -> None:
    """Years across, and shares from 0 to the next quarter above the largest of any tier."""
    years = sorted({int(year) for year in table["year"]})
    highest = table["value"].max()
    top = _STEP * np.ceil(round(highest / _STEP, 6)) if highest > 0 else _STEP
    ticks = np.arange(0, top + _STEP / 2, _STEP)
    margin = 0.06 * (years[-1] - years[0])
    ax.set(xlim=(years[0] - margin, years[-1] + margin), ylim=(0, top))
    ax.set_yticks(ticks, [words.say("figures.percent", percent=100 * tick) for tick in ticks],
                  fontsize=SMALL, color=MUTED)  # fmt: skip
    shown = years if _fit(ax, years) else [years[0], years[-1]]
    ax.set_xticks(shown, [str(year) for year in shown])
    ax.tick_params(axis="x", pad=_BELOW)
    ax.grid(axis="y", color=RULE, linewidth=0.7)
    ax.set_axisbelow(True)


def _fit(ax: Axes, years: Sequence[int]) -> bool:
    """Whether every year can be written below the axis."""
    across, _ = size(ax)
    nearest = min(np.diff(years)) / (ax.get_xlim()[1] - ax.get_xlim()[0]) * across
    return bool(nearest >= width(str(years[0]), SMALL) + 0.15)


def _break(ax: Axes, before: int, year: int, words: Words) -> None:
    """The mark of a break, in the gap between two years."""
    middle = (before + year) / 2
    ax.axvline(middle, color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1.5)
    ax.annotate(
        words.say("figures.trend.break"), (middle, ax.get_ylim()[1]), (0, 3),
        textcoords="offset points", fontsize=SMALL, ha="center", va="bottom",
        annotation_clip=False,
    )  # fmt: skip


def _names(ax: Axes, series: Sequence[Series], words: Words) -> None:
    """Whose share each line is, and what it is in the last year; names never meet."""
    _, down = size(ax)
    top = ax.get_ylim()[1]
    heights = [line.shares[-1] / top * down for line in series]
    for line, height in zip(series, _parted(heights), strict=True):
        share = line.shares[-1]
        text = words.say(f"figures.trend.name.{line.departments}",
                         percent=words.formats.percentage(share))  # fmt: skip
        ax.annotate(
            text, (ax.get_xlim()[1], height / down * top), (_APART * POINTS, 0),
            textcoords="offset points", fontsize=SMALL, color=INK, va="center",
            family=list(SEMIBOLD if line.departments == "same" else REGULAR),
            annotation_clip=False,
        )  # fmt: skip


def _parted(heights: Sequence[float]) -> list[float]:
    """The heights in cm, two of them moved apart evenly if they are too near; none below 0."""
    if len(heights) < 2 or abs(heights[0] - heights[1]) >= _BETWEEN:
        return list(heights)
    middle = max(sum(heights) / 2, _BETWEEN / 2)
    higher = heights[0] > heights[1]
    ends = (middle + _BETWEEN / 2, middle - _BETWEEN / 2)
    return list(ends if higher else ends[::-1])


def _widest(words: Words) -> list[str]:
    return [words.say(f"figures.trend.name.{name}", percent="100") for name in SETS]
