"""How departments have gone between the tiers: bars then and now, and ribbons between them.

It is read without colour: those that stayed are pale, clear moves are dark, moves within the
uncertainty are striped, and every bar and ribbon bears its number.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from mapping.facts import Count
from mapping.plots.display import Description
from mapping.plots.lettering import width
from mapping.plots.style import (
    BODY,
    DOT,
    HEADING,
    INK,
    LINE,
    SEMIBOLD,
    SMALL,
    TIER_COLOURS,
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
from mapping.prose.formats import capital
from mapping.references import of
from mapping.vocabulary import TIERS, UNCLASSIFIED

HOWS = ("stayed", "clear", "uncertain", "without")
"""How a department has gone: it has the same tier; it has moved, clearly or within the
uncertainty; it has no tier in one of the years."""

_KEY, _HEAD, _FOOT = 0.75, 0.75, 0.2
_SIDE, _BAR = 3.2, 0.32
_ROOM, _GAP, _THICKEST = 6.4, 0.85, 0.6
_TYPE = 0.3
_SWATCH, _APART = 0.8, 0.55
_STEPS = np.linspace(0.06, 0.94, 45)

_LOOKS: dict[str, dict[str, Any]] = {
    "stayed": {"edgecolor": LINE, "linewidth": 0.4, "zorder": 1.0},
    "without": {"facecolor": "white", "edgecolor": LINE, "linewidth": 0.8, "zorder": 1.1},
    "uncertain": {"facecolor": "white", "edgecolor": INK, "linewidth": 0.7, "zorder": 2.0},
    "clear": {"facecolor": DOT, "edgecolor": "white", "linewidth": 0.5, "zorder": 2.1},
}
_STRIPES = {"hatch": "/////"}


class Ribbon(NamedTuple):
    """Departments that went from one tier to another, and where their ribbon is drawn.

    ``left`` and ``right`` are the upper ends, ``thick`` the thickness, all in cm.
    """

    tier_then: str
    tier_now: str
    how: str
    departments: int
    left: float
    right: float
    thick: float


@dataclass(frozen=True)
class Between:
    """The two years that are compared."""

    then: int
    now: int


def gone(transitions: pd.DataFrame) -> pd.DataFrame:
    """How many departments seen in both years went from each tier to each, and how.

    ``transitions`` is the table of that name. One row is a tier then, a tier now and a word of
    :data:`HOWS`: tier_then, tier_now, how, departments; only those that are. The tiers are in
    their order, ``unclassified`` last.
    """
    both = transitions[transitions["followed"] == "both"]
    clear = both["clear"].map({True: "clear", False: "uncertain"}).astype("string")
    how = clear.mask(both["move"] == "same", "stayed").fillna("without")
    rows = both[["tier_then", "tier_now"]].assign(how=how)
    counted = rows.value_counts().rename("departments").reset_index()
    order = {key: rank for rank, key in enumerate((*TIERS, UNCLASSIFIED, *HOWS))}
    keys = ["tier_then", "tier_now", "how"]
    return counted.sort_values(keys, key=lambda column: column.map(order), ignore_index=True)


def ribbons(table: pd.DataFrame, ax: Axes, words: Words, years: Between) -> Axes:
    """Bars of the tiers then and now, and a ribbon for all who went from one to another.

    Parameters
    ----------
    table
        As :func:`gone` gives it.
    ax
        Where to draw; coordinates become cm from its upper left corner.
    words
        The language.
    years
        The years of the two bars.

    """
    with report_style():
        in_cm(ax)
        across, down = size(ax)
        ends = (_SIDE + _BAR, across - _SIDE - _BAR)
        scale = (down - _HEAD - _FOOT - _gaps(table)) / table["departments"].sum()
        drawn = list(_placed(table, scale))
        for ribbon in drawn:
            _ribbon(ax, ribbon, ends)
        _numbers(ax, drawn, ends, words)
        for side, year in (("then", years.then), ("now", years.now)):
            _bars(ax, _totals(table, side), scale, words, side=side)
            left = _bar_edge(across, side)
            ax.text(left, 0.3, str(year), fontsize=HEADING, family=list(SEMIBOLD), va="center",
                    ha="left" if side == "then" else "right")  # fmt: skip
    return ax


def chart(table: pd.DataFrame, words: Words, years: Between) -> Figure:
    """The bars and ribbons with a key that tells how many went in each way."""
    room = min(_ROOM, _THICKEST * int(table["departments"].sum()))
    height = _HEAD + room + _gaps(table) + _FOOT
    with report_style():
        figure = sheet(_KEY + height)
        _key(in_cm(area(figure, 0, 0, WIDTH, _KEY)), table, words)
        ribbons(table, area(figure, 0, _KEY, WIDTH, height), words, years)
    return figure


def describe(
    transitions: pd.DataFrame, words: Words, years: Between, *, broken: bool
) -> Description:
    """What the flow shows; ``broken``: the tiers do not rest on the same yardstick."""
    table = gone(transitions)
    title = _title(transitions, words, years, broken=broken)
    flows = [_went(row, words) for row in table.to_dict("records")]
    totals = {
        side: [
            words.say("figures.flow.tier", tier=tier, n=n)
            for tier, n in _totals(table, side).items()
        ]
        for side in ("then", "now")
    }
    between = {"baseline": years.then, "year": years.now}
    every = of("transitions", transitions)
    both = every.where(followed="both")
    return Description(
        key="figures.flow",
        title=title,
        caption=words.say(
            "figures.flow.caption", **between, n=both.count(), of=every.count(),
            without=both.unknown("move").count(), broken=broken,
        ),
        alt=words.say("figures.flow.alt", **between, title=title, flows=flows, **totals),
    )  # fmt: skip


def _went(row: Mapping[Hashable, Any], words: Words) -> str:
    """A row of :func:`gone` in words."""
    then, now, how, n = (row[name] for name in ("tier_then", "tier_now", "how", "departments"))
    tiers = {"tier": then} if how == "stayed" else {"then": then, "now": now}
    return words.say(f"figures.flow.went.{how}", n=n, **tiers)


def _title(transitions: pd.DataFrame, words: Words, years: Between, *, broken: bool) -> str:
    known = of("transitions", transitions).known("move")
    clear, compared = known.where(clear=True), known.count()
    moved = Count(known.without(move="same").count(), compared)
    if not compared:
        return words.say("figures.flow.title.without")
    if broken:
        return words.say("figures.flow.title.broken", baseline=years.then, year=years.now)
    if not moved.n:
        return words.say("figures.flow.title.same", n=compared, baseline=years.then)
    if clear.frame.empty:
        return words.say("figures.flow.title.uncertain", count=moved, baseline=years.then)
    ways = {way: clear.where(move=way).count() for way in ("up", "down")}
    count = Count(clear.count(), compared)
    return words.say("figures.flow.title.clear", count=count, baseline=years.then, **ways)


def _number(table: pd.DataFrame, how: str) -> int:
    return int(table.loc[table["how"] == how, "departments"].sum())


def _nodes(table: pd.DataFrame) -> tuple[str, ...]:
    """The tiers that have a bar: the three, and none at all if any department has none."""
    without = (table[["tier_then", "tier_now"]] == UNCLASSIFIED).any(axis=None)
    return (*TIERS, UNCLASSIFIED) if without else TIERS


def _totals(table: pd.DataFrame, side: str) -> dict[str, int]:
    """The departments of each tier in one of the years."""
    sums = table.groupby(f"tier_{side}")["departments"].sum()
    return {tier: int(sums.get(tier, 0)) for tier in _nodes(table)}


def _gaps(table: pd.DataFrame) -> float:
    """Room in cm between the bars; half of one stands above the first and below the last."""
    return _GAP * len(_nodes(table))


def _tops(totals: dict[str, int], scale: float) -> dict[str, float]:
    """The upper end of each bar in cm."""
    above = np.cumsum([0, *totals.values()])[:-1] * scale
    return {
        tier: float(_HEAD + (place + 0.5) * _GAP + top)
        for place, (tier, top) in enumerate(zip(totals, above, strict=True))
    }


def _placed(table: pd.DataFrame, scale: float) -> Iterator[Ribbon]:
    """The ribbons, each end in the order of the tiers at the other end, so that few cross."""
    before = table.groupby("tier_then")["departments"].cumsum() - table["departments"]
    order = {key: rank for rank, key in enumerate((*TIERS, UNCLASSIFIED, *HOWS))}
    by_now = table.sort_values(["tier_now", "tier_then", "how"], key=lambda c: c.map(order))
    after = by_now.groupby("tier_now")["departments"].cumsum() - by_now["departments"]
    then, now = (_tops(_totals(table, side), scale) for side in ("then", "now"))
    for place, (first, last, how, n) in enumerate(table.itertuples(index=False)):
        left = then[first] + before[place] * scale
        yield Ribbon(first, last, how, n, left, now[last] + after[place] * scale, n * scale)


def _ribbon(ax: Axes, ribbon: Ribbon, ends: tuple[float, float]) -> None:
    left, right = ends
    middle, (one, other, thick) = (left + right) / 2, ribbon[-3:]
    points = [
        (left, one), (middle, one), (middle, other), (right, other), (right, other + thick),
        (middle, other + thick), (middle, one + thick), (left, one + thick), (left, one),
    ]  # fmt: skip
    curve = [Path.CURVE4] * 3
    path = Path(points, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
    ax.add_patch(PathPatch(path, **_look(ribbon.how, ribbon.tier_now)))


def _look(how: str, tier: str) -> dict[str, Any]:
    looks = dict(_LOOKS[how])
    if how == "stayed":
        looks["facecolor"] = TIER_TINTS[tier]
    return looks | (_STRIPES if how == "uncertain" else {})


def _along(ribbon: Ribbon, ends: tuple[float, float], step: np.ndarray) -> np.ndarray:
    """Points in cm in the middle of the ribbon, at shares of its way."""
    rest, (left, right) = 1 - step, ends
    across = left + (right - left) * (1.5 * step * rest + step**3)
    down = ribbon.left + (ribbon.right - ribbon.left) * (3 * step**2 - 2 * step**3)
    return np.column_stack([across, down + ribbon.thick / 2])


def _numbers(ax: Axes, drawn: Sequence[Ribbon], ends: tuple[float, float], words: Words) -> None:
    """The number of each ribbon on it, where it hides least of the others and no number.

    Ribbons of moves are served first: they are thin and cross others.
    """
    lines = {ribbon: _along(ribbon, ends, _STEPS) for ribbon in drawn}
    taken: list[Bbox] = []
    for ribbon in sorted(drawn, key=lambda each: each.thick):
        text = words.formats.number(ribbon.departments)
        boxes = [_box(point, width(text, SMALL)) for point in lines[ribbon]]
        others = [_bands(line, other.thick) for other, line in lines.items() if other is not ribbon]
        costs = [_cost(box, taken, others) for box in boxes]
        best = min(range(len(boxes)), key=lambda at: (costs[at], abs(_STEPS[at] - 0.5)))
        taken.append(boxes[best])
        ground: dict[str, Any] = {} if ribbon.how == "stayed" else {"bbox": _GROUND}
        across, down = lines[ribbon][best]
        ax.text(across, down, text, fontsize=SMALL, ha="center", va="center_baseline",
                zorder=3, **ground)  # fmt: skip


_GROUND = {"boxstyle": "round,pad=0.16", "facecolor": "white", "edgecolor": "none"}


def _box(point: np.ndarray, across: float) -> Bbox:
    """The room that a number at a point takes, with a little air."""
    x, y = point
    return Bbox.from_bounds(x - across / 2 - 0.1, y - _TYPE / 2 - 0.05, across + 0.2, _TYPE + 0.1)


def _bands(line: np.ndarray, thick: float) -> np.ndarray:
    """Of a ribbon at each point of its middle: across, upper end and lower end in cm."""
    across, middle = line.T
    return np.column_stack([across, middle - thick / 2, middle + thick / 2])


def _cost(box: Bbox, taken: Sequence[Bbox], others: Sequence[np.ndarray]) -> int:
    """How bad a place is: numbers that it hides above all, then parts of other ribbons."""
    hidden = sum(bool(box.overlaps(other)) for other in taken)
    across, upper, lower = np.concatenate([np.empty((0, 3)), *others]).T
    beside = (across < box.x0) | (across > box.x1) | (upper > box.y1) | (lower < box.y0)
    return 1000 * hidden + int((~beside).sum())


def _bar_edge(across: float, side: str) -> float:
    """The outer edge of a year's bars in cm."""
    return _SIDE if side == "then" else across - _SIDE


def _bars(ax: Axes, totals: dict[str, int], scale: float, words: Words, *, side: str) -> None:
    across, _ = size(ax)
    edge, of = _bar_edge(across, side), sum(totals.values())
    left = edge if side == "then" else edge - _BAR
    for tier, top in _tops(totals, scale).items():
        high = totals[tier] * scale
        ax.add_patch(
            Rectangle((left, top), _BAR, high, facecolor=TIER_COLOURS.get(tier, "white"),
                      edgecolor=LINE if tier == UNCLASSIFIED else "none", linewidth=0.8, zorder=2.5)
        )  # fmt: skip
        _label(ax, tier, Count(totals[tier], of), top + high / 2, words, side=side)


def _label(ax: Axes, tier: str, count: Count, middle: float, words: Words, *, side: str) -> None:
    """The tier's sign and word beside its bar, and its departments below."""
    across, _ = size(ax)
    word = capital(words.label("tier", tier))
    inner = side == "then"
    edge = _bar_edge(across, side) + (-0.2 if inner else 0.2)
    sign = 0.0 if tier == UNCLASSIFIED else 0.36
    left = edge - width(word, BODY, SEMIBOLD) if inner else edge + sign
    if sign:
        ax.plot(left - 0.22, middle - 0.19, **tier_mark(tier, 6.5))
    ax.text(left, middle - 0.19, word, fontsize=BODY, family=list(SEMIBOLD), va="center_baseline")
    ax.text(edge, middle + 0.21, words.say("figures.flow.count", count=count), fontsize=SMALL,
            ha="right" if inner else "left", va="center_baseline")  # fmt: skip


def _key(ax: Axes, table: pd.DataFrame, words: Words) -> None:
    """How the ribbons look that went in each way, and how many departments are in them."""
    texts = {
        how: words.say(f"figures.flow.how.{how}", n=n) for how in HOWS if (n := _number(table, how))
    }
    taken = [_SWATCH + width(text, SMALL) for text in texts.values()]
    apart = min(_APART, (WIDTH - sum(taken)) / len(taken))
    left = 0.0
    for (how, text), across in zip(texts.items(), taken, strict=True):
        ax.add_patch(Rectangle((left + 0.02, 0.12), 0.65, 0.32, **_look(how, "moderate")))
        ax.text(left + _SWATCH, 0.28, text, fontsize=SMALL, va="center_baseline")
        left += across + apart
