"""Profile of the conditions: the mean level of each indicator in each tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.facts import by_level
from mapping.plots.display import Description
from mapping.plots.lettering import DISTANCE, width, wrap
from mapping.plots.style import (
    BODY,
    LINE,
    MUTED,
    POINTS,
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
from mapping.prose.formats import capital
from mapping.references import of
from mapping.vocabulary import DECIMALS, TIERS, UNCLASSIFIED

_LABELS, _NUMBERS = 5.0, 3.7
_KEY, _HEAD = 0.55, 0.5
_PITCH, _PITCH_OF_TWO_LINES = 0.56, 0.74
_HIGHEST = 3
_NAMED = 3


def profiles(indicators: pd.DataFrame, tiers: pd.DataFrame, shown: Sequence[str]) -> pd.DataFrame:
    """Mean of the known levels of each indicator in each tier, and of how many departments.

    One row is an indicator and a tier: indicator, tier, level (0 to 3; missing where no level
    is known), n (departments of the tier whose level is known). Indicators by their mean level
    over all departments that have a tier, the highest first.
    """
    rows = indicators[indicators["indicator"].isin(shown)]
    known = rows.merge(tiers[["department_id", "tier"]], on="department_id").dropna(subset="level")
    known = known[known["tier"].isin(TIERS)]
    order = by_level(indicators, tiers, shown)
    cells = pd.MultiIndex.from_product([order, TIERS], names=["indicator", "tier"])
    levels = known.groupby(["indicator", "tier"])["level"]
    table = pd.DataFrame({"level": levels.mean().round(DECIMALS), "n": levels.count()})
    table = table.reindex(cells).reset_index()
    return table.assign(n=table["n"].fillna(0).astype(int))


def profile_dots(table: pd.DataFrame, ax: Axes, words: Words) -> Axes:
    """The tiers' signs at their mean levels, 0 to 3, one row an indicator.

    Parameters
    ----------
    table
        As :func:`profiles` gives it.
    ax
        Where to draw; labels stand to its left, the numbers of departments to its right.
    words
        The language.

    """
    order = list(dict.fromkeys(table["indicator"]))
    with report_style():
        ax.set(xlim=(0, _HIGHEST), ylim=(len(order) - 0.5, -0.5))
        ax.set_xticks(
            range(_HIGHEST + 1),
            [words.say("figures.profile.level", level=level) for level in range(_HIGHEST + 1)],
        )
        ax.xaxis.tick_top()
        rule_values(ax)
        label_rows(ax, dict(enumerate(_labels(order, words))), _LABELS, BODY)
        for row, key in enumerate(order):
            _row(ax, row, table[table["indicator"] == key], words)
    return ax


def chart(table: pd.DataFrame, words: Words) -> Figure:
    """The profile of every indicator of ``table`` in one figure."""
    labels = _labels(list(dict.fromkeys(table["indicator"])), words)
    pitch = _PITCH_OF_TWO_LINES if any("\n" in label for label in labels) else _PITCH
    height = len(labels) * pitch
    with report_style():
        figure = sheet(_KEY + _HEAD + height + 0.1)
        top = _KEY + _HEAD
        box = (_LABELS, top, WIDTH - _LABELS - _NUMBERS, height)
        _key(in_cm(area(figure, 0, 0, WIDTH, _KEY)), words)
        _numbers_head(in_cm(area(figure, WIDTH - _NUMBERS, _KEY, _NUMBERS, _HEAD)), words)
        profile_dots(table, area(figure, *box), words)
    return figure


def describe(table: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> Description:
    """What the profiles show; ``tiers`` gives the number of departments in each tier."""
    every = of("tiers", tiers)
    counts = {tier: every.where(tier=tier).count() for tier in TIERS}
    title = _title(table, counts, words)
    rows = [
        words.say("figures.profile.row", indicator=key, levels=_levels(part, words))
        for key, part in table.groupby("indicator", sort=False)
        if part["level"].notna().any()
    ]
    return Description(
        key="figures.profile",
        title=title,
        caption=words.say(
            "figures.profile.caption", n=every.without(tier=UNCLASSIFIED).count(), of=every.count()
        ),
        alt=words.say("figures.profile.alt", title=title, rows=rows),
    )


def _labels(indicators: Sequence[str], words: Words) -> list[str]:
    room = _LABELS - DISTANCE
    return [wrap(capital(words.label("indicator", key)), room, BODY) for key in indicators]


def _title(table: pd.DataFrame, counts: Mapping[str, int], words: Words) -> str:
    filled = [tier for tier, count in counts.items() if count]
    if not filled:
        return words.say("figures.profile.title.none")
    if len(filled) == 1:
        return words.say("figures.profile.title.one_tier", tier=filled[0])
    levels = table.pivot(index="indicator", columns="tier", values="level")[filled]
    apart = (levels[filled[0]] - levels[filled[-1]]).round(DECIMALS).dropna()
    if apart.empty or apart.max() <= 0:
        return words.say("figures.profile.title.level")
    widest = [key for key in dict.fromkeys(table["indicator"]) if apart.get(key) == apart.max()]
    if len(widest) > _NAMED:
        return words.say("figures.profile.title.several")
    labels = [words.label("indicator", key) for key in widest]
    return words.say("figures.profile.title.widest", indicators=labels)


def _levels(part: pd.DataFrame, words: Words) -> list[str]:
    return [
        words.say("figures.profile.mean", tier=tier, level=level)
        for tier, level, n in zip(part["tier"], part["level"], part["n"], strict=True)
        if n
    ]


def _row(ax: Axes, row: int, part: pd.DataFrame, words: Words) -> None:
    known = part.dropna(subset="level")
    if len(known):
        ax.hlines(row, known["level"].min(), known["level"].max(), color=LINE, linewidth=1)
    for tier, level in zip(known["tier"][::-1], known["level"][::-1], strict=True):
        ax.plot(level, row, **tier_mark(tier, 8.5), clip_on=False, zorder=2.5)
    for place, n in enumerate(part["n"]):
        ax.annotate(
            words.formats.number(n), (_HIGHEST, row), (_column(place) * POINTS, 0),
            textcoords="offset points", fontsize=SMALL, color=MUTED, ha="right", va="center",
            annotation_clip=False,
        )  # fmt: skip


def _column(place: int) -> float:
    """Right edge in cm of a column of numbers, from the right end of the axis."""
    return 1.75 + place * 0.85


def _numbers_head(ax: Axes, words: Words) -> None:
    for place, tier in enumerate(TIERS):
        ax.plot(_column(place) - 0.12, _HEAD - 0.27, **tier_mark(tier, 6))
    ax.text(1.05, _HEAD - 0.27, words.say("figures.profile.n"), fontsize=SMALL, color=MUTED,
            va="center")  # fmt: skip


def _key(ax: Axes, words: Words) -> None:
    """What the signs mean, in one line above the rows."""
    left = _LABELS - 0.1
    for tier in TIERS:
        ax.plot(left + 0.1, 0.3, **tier_mark(tier, 7))
        word = words.label("tier", tier)
        ax.text(left + 0.35, 0.3, word, fontsize=BODY, va="center")
        left += width(word, BODY) + 1.0
