"""The specification curve: every choice by how far it agrees with the reports, and what it is.

The choices are too many for a column each. Those that give equally many departments the reports'
tier are a part, as wide as they are many; of each part it is drawn how many have each level.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.plots.display import Description
from mapping.plots.lettering import shorten
from mapping.plots.style import (
    DOT,
    INK,
    LINE,
    MUTED,
    POINTS,
    RULE,
    SEMIBOLD,
    SMALL,
    WIDTH,
    area,
    label_rows,
    report_style,
    sheet,
)
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import of
from mapping.vocabulary import FACTORS

MOST_PARTS = 120
"""With more different numbers of departments, neighbouring ones are put together."""

_LABELS, _RIGHT, _HEAD, _CURVE, _GAP, _PITCH = 6.3, 0.6, 0.75, 4.4, 0.55, 0.4
_TALLEST, _LOWEST = 19.7, 0.3
"""The height in cm that no page makes smaller, and the least of a row that can be read."""


_BELOW = "#DDE5EC"
_NEAR = 0.15
"""Below this share of the axis a label stands above its mark, for there is no room below."""

Shares = npt.NDArray[np.float64]


def ranked(choices: pd.DataFrame) -> pd.DataFrame:
    """The choices by the number of departments with the reports' tier, the fewest first."""
    return choices.sort_values(["same", "number"], kind="stable", ignore_index=True)


def parts(ordered: pd.DataFrame) -> npt.NDArray[np.int_]:
    """The part of each choice: of those with equally many departments with the reports' tier."""
    number, place = np.unique(ordered["same"].to_numpy(), return_inverse=True)
    return place * min(len(number), MOST_PARTS) // max(len(number), 1)


def edges(ordered: pd.DataFrame) -> npt.NDArray[np.int_]:
    """Where the parts begin among the choices, and where the last ends."""
    return np.append(np.unique(parts(ordered), return_index=True)[1], len(ordered))


def levels(choices: pd.DataFrame) -> dict[str, list[str]]:
    """The levels of each factor that has several, that of the reports first."""
    stated = choices.sort_values("number")
    found = {factor: list(dict.fromkeys(stated[factor])) for factor in FACTORS}
    return {factor: keys for factor, keys in found.items() if len(keys) > 1}


def frequencies(ordered: pd.DataFrame) -> dict[tuple[str, str], Shares]:
    """Of each factor's level, the share of every part's choices that have it."""
    part = parts(ordered)
    return {
        (factor, key): np.asarray((ordered[factor] == key).groupby(part).mean(), dtype=np.float64)
        for factor, keys in levels(ordered).items()
        for key in keys
    }


def curve(ordered: pd.DataFrame, ax: Axes, words: Words, most: int) -> Axes:
    """The number of departments with the reports' tier by each choice, the fewest first.

    Parameters
    ----------
    ordered
        As :func:`ranked` gives them.
    ax
        Where to draw, from 0 to the ``most`` departments that have a tier in the reports.
    words
        The language.
    most
        How many departments have a tier in the reports.

    """
    with report_style():
        ax.set(xlim=(0, len(ordered)), ylim=(0, most * 1.04))
        counts, begin = np.unique(ordered["same"].to_numpy(), return_index=True)
        steps = np.append(begin, len(ordered)), np.append(counts, counts[-1])
        ax.fill_between(*steps, step="post", color=_BELOW, linewidth=0)
        ax.step(*steps, where="post", color=DOT, linewidth=1.4)
        ax.axhline(most, color=LINE, linewidth=0.7, linestyle=(0, (3, 2)))
        ax.set_xticks([])
        ticks = (0, most)
        ax.set_yticks(ticks, [words.formats.number(tick) for tick in ticks], fontsize=SMALL)
        ax.tick_params(axis="y", labelcolor=MUTED)
    return ax


def panel(ordered: pd.DataFrame, ax: Axes, words: Words) -> Axes:
    """One row a level of a factor: in every part of the choices, how many of them have it.

    Parameters
    ----------
    ordered
        As :func:`ranked` gives them.
    ax
        Where to draw; labels stand to its left.
    words
        The language.

    """
    with report_style():
        ends = edges(ordered)
        labels: dict[int, str] = {}
        row, factor_before = 0, ""
        for (factor, key), share in frequencies(ordered).items():
            if factor != factor_before:
                _heading(ax, row, capital(words.label("factor", factor)))
                factor_before, row = factor, row + 1
            height = 0.82 * np.append(share, share[-1])
            ax.hlines(row + 0.41, 0, len(ordered), color=RULE, linewidth=0.5)
            ax.fill_between(ends, row + 0.41 - height, row + 0.41, step="post", color=INK,
                            linewidth=0)  # fmt: skip
            name = words.label("choice", f"{factor}={key}")
            labels[row] = shorten(capital(name), _LABELS - 0.75, SMALL)
            row += 1
        ax.set(xlim=(0, len(ordered)), ylim=(row - 0.4, -0.5))
        ax.set_xticks([])
        label_rows(ax, labels, _LABELS - 0.4, SMALL)
    return ax


def chart(choices: pd.DataFrame, most: int, words: Words) -> Figure:
    """The curve, and below it which choices lie where; ``most`` as for :func:`curve`."""
    ordered = ranked(choices)
    found = levels(ordered)
    rows = len(found) + sum(map(len, found.values()))
    above = _HEAD + _CURVE + _GAP
    height = rows * max(min(_PITCH, (_TALLEST - above) / rows), _LOWEST)
    across = WIDTH - _LABELS - _RIGHT
    with report_style():
        figure = sheet(above + height + 0.05)
        top = curve(ordered, area(figure, _LABELS, _HEAD, across, _CURVE), words, most)
        _ends(top, ordered, words, most)
        panel(ordered, area(figure, _LABELS, above, across, height), words)
    return figure


def describe(choices: pd.DataFrame, most: int, words: Words) -> Description:
    """What the curve shows: how few, how many at the middle, and which choices lie lowest."""
    table = of("choices", choices)
    title = words.say(
        "figures.specifications.title",
        fewest=table.smallest("same"), middle=table.median("same"), most=most,
    )  # fmt: skip
    lowest = ranked(choices).head(max(len(choices) // 10, 1))
    usual = [_usual(lowest, factor, words) for factor in levels(choices)]
    return Description(
        key="figures.specifications",
        title=title,
        caption=words.say(
            "figures.specifications.caption", choices=table.count(), most=most,
        ),
        alt=words.say("figures.specifications.alt", title=title, usual=usual),
    )  # fmt: skip


def _usual(choices: pd.DataFrame, factor: str, words: Words) -> str:
    """The commonest level of a factor among some choices, and its share of them."""
    share = choices[factor].value_counts(normalize=True)
    key = sorted(share.index[share == share.max()])[0]
    name = words.label("choice", f"{factor}={key}")
    return words.say("figures.specifications.usual", name=name, share=float(share.max()))


def _heading(ax: Axes, row: int, text: str) -> None:
    ax.annotate(
        text, (0, row), (-(_LABELS) * POINTS, 0), textcoords="offset points", fontsize=SMALL,
        family=list(SEMIBOLD), va="center", annotation_clip=False,
    )  # fmt: skip


def _ends(ax: Axes, ordered: pd.DataFrame, words: Words, most: int) -> None:
    """What the axis is, the middle and the fewest in numbers, and where the reports stand."""
    ax.annotate(
        words.say("figures.specifications.axis"), (0, 1), (-_LABELS * POINTS, 0),
        ("axes fraction", "axes fraction"), "offset points", fontsize=SMALL, va="center",
        annotation_clip=False, color=INK, linespacing=1.3,
    )  # fmt: skip
    number = len(ordered)
    for at, name in ((0, "fewest"), (number // 2, "middle")):
        value = int(ordered["same"].iloc[at])
        ax.plot(at, value, "o", color=DOT, markersize=4.5, clip_on=False)
        low = value < most * _NEAR
        ax.annotate(
            words.say(f"figures.specifications.{name}", n=value), (at, value),
            (4 if low else 0, 4 if low else -7), textcoords="offset points", fontsize=SMALL,
            va="bottom" if low else "top", ha="left",
        )  # fmt: skip
    ax.annotate(
        words.say("figures.specifications.reports", n=most), (number, most), (0, 5),
        textcoords="offset points", fontsize=SMALL, ha="right", va="bottom", annotation_clip=False,
    )  # fmt: skip
    ax.annotate(
        words.say("figures.specifications.below"), (0, 0), (0, -7), textcoords="offset points",
        fontsize=SMALL, va="top", color=MUTED, annotation_clip=False,
    )  # fmt: skip
