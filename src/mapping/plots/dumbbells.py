"""What has changed: each measure then (hollow) and now (filled), joined if it can be compared.

A measure that was taken otherwise in one year than in the other stands apart, and nothing joins
its two marks: they show no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapping.facts import Count
from mapping.plots.alluvial import Between
from mapping.plots.display import Description
from mapping.plots.lettering import DISTANCE, width, wrap
from mapping.plots.rows import heading
from mapping.plots.style import (
    BODY,
    DOT,
    INK,
    LINE,
    MUTED,
    POINTS,
    REGULAR,
    SEMIBOLD,
    SMALL,
    WIDTH,
    area,
    in_cm,
    label_rows,
    report_style,
    rule_values,
    sheet,
)
from mapping.prose import Words
from mapping.prose.formats import EN_DASH, capital
from mapping.references import of, setting
from mapping.vocabulary import DECIMALS

_LABELS, _VALUES, _NOTE = 4.9, 2.75, 3.2
_VALUE_AT, _N_AT = 0.35, 2.2
_PITCH, _PITCH_OF_TWO_LINES = 0.56, 0.76
_KEY, _HEAD, _FOOT = 0.55, 0.55, 0.1
_NAMED = 3


@dataclass(frozen=True)
class Scale:
    """What is compared: kinds of measures, the table of texts, and the axis from 0."""

    kinds: tuple[str, ...]
    texts: str
    ticks: tuple[float, ...]
    apart: bool
    """Whether each kind stands under a heading of its own."""


LEVELS = Scale(("indicator",), "figures.levels", (0, 1, 2, 3), apart=False)
SHARES = Scale(("need", "voice"), "figures.shares", (0, 0.25, 0.5, 0.75, 1), apart=True)


class Measure(NamedTuple):
    """A measure as it is drawn: how it has changed, and the departments it is of.

    ``state`` is ``significant``, ``tested`` (and not significant), ``too_few`` or ``break``.
    """

    kind: str
    key: str
    state: str
    then: float
    now: float
    pairs: int


Parts = Mapping[str, Sequence[Measure]]


def parts(change: pd.DataFrame, scale: Scale, significance: float) -> Parts:
    """The measures of the table ``change``, by their change from the largest rise, in parts.

    One part for each kind of the scale, or one for all, and ``break`` for those that were
    measured otherwise in one year than in the other; parts without a measure are left out.
    """
    rows = change[change["kind"].isin(scale.kinds)]
    rise = (rows["now"] - rows["then"]).round(DECIMALS)
    ordered = rows.assign(rise=rise).sort_values(
        ["rise", "kind", "key"], ascending=[False, True, True], na_position="last"
    )
    measures = list(_measures(ordered, significance))
    names = scale.kinds if scale.apart else (scale.kinds[0],)
    split = {
        name: [m for m in measures if m.state != "break" and (m.kind == name or not scale.apart)]
        for name in names
    }
    split["break"] = [measure for measure in measures if measure.state == "break"]
    return {name: part for name, part in split.items() if part}


def dumbbells(split: Parts, ax: Axes, words: Words, scale: Scale) -> Axes:
    """Each measure's mean level or share then and now, one row a measure.

    Parameters
    ----------
    split
        As :func:`parts` gives it.
    ax
        Where to draw, on an axis from 0; labels stand to its left, values to its right.
    words
        The language.
    scale
        What is compared.

    """
    with report_style():
        labels: dict[int, str] = {}
        ax.set_xlim(0, scale.ticks[-1])
        row = 0
        for name, measures in split.items():
            if _has_heading(name, scale):
                heading(ax, row, words.say(f"{scale.texts}.part.{name}"), _LABELS, BODY)
                row += 1
            for measure in measures:
                labels[row] = _label(measure, words)
                _marks(ax, row, measure)
                _values(ax, row, measure, words, scale)
                row += 1
        ax.set_ylim(row - 0.5, -0.5)
        label_rows(ax, labels, _LABELS, BODY)
        ax.set_xticks(scale.ticks, _ticks(words, scale))
        ax.xaxis.tick_top()
        rule_values(ax)
    return ax


def chart(split: Parts, words: Words, scale: Scale, years: Between) -> Figure:
    """All measures of the scale in one figure, with a key."""
    measures = [measure for part in split.values() for measure in part]
    lines = len(measures) + sum(_has_heading(name, scale) for name in split)
    wide = any("\n" in _label(measure, words) for measure in measures)
    height = lines * (_PITCH_OF_TWO_LINES if wide else _PITCH)
    with report_style():
        figure = sheet(_KEY + _HEAD + height + _FOOT)
        _key(in_cm(area(figure, 0, 0, WIDTH, _KEY)), words, years)
        box = (_LABELS, _KEY + _HEAD, WIDTH - _LABELS - _VALUES - _NOTE, height)
        dumbbells(split, area(figure, *box), words, scale)
    return figure


def describe(
    change: pd.DataFrame, words: Words, scale: Scale, years: Between, both: Count
) -> Description:
    """What the figure of the table ``change`` shows, by the protocol of the words.

    ``both``: the departments seen in both years, of those of either.
    """
    split = parts(change, scale, words.protocol.follow_up.significance)
    measures = [measure for part in split.values() for measure in part]
    comparable = [measure for measure in measures if measure.state != "break"]
    broken = [measure for measure in measures if measure.state == "break"]
    between = {"baseline": years.then, "year": years.now}
    title = _title(comparable, change, words, scale, years)
    return Description(
        key=scale.texts,
        title=title,
        caption=words.say(
            f"{scale.texts}.caption", **between, count=both,
            significance=setting(words.protocol, "follow_up.significance"),
            too_few=any(m.state == "too_few" for m in comparable),
            pairs=setting(words.protocol, "follow_up.pairs"), broken=bool(broken),
        ),
        alt=words.say(
            f"{scale.texts}.alt", **between, title=title,
            rows=[_told(measure, words, scale) for measure in comparable],
            broken=[words.label(measure.kind, measure.key) for measure in broken],
        ),
    )  # fmt: skip


def _measures(rows: pd.DataFrame, significance: float) -> Iterator[Measure]:
    for row in rows.to_dict("records"):
        surely = row["status"] == "tested" and row["p_holm"] < significance
        state = "significant" if surely else str(row["status"])
        yield Measure(row["kind"], row["key"], state, row["then"], row["now"], int(row["pairs"]))


def _has_heading(part: str, scale: Scale) -> bool:
    return scale.apart or part == "break"


def _label(measure: Measure, words: Words) -> str:
    return wrap(capital(words.label(measure.kind, measure.key)), _LABELS - DISTANCE, BODY)


def _ticks(words: Words, scale: Scale) -> list[str]:
    if scale.apart:
        return [words.say("figures.percent", percent=100 * share) for share in scale.ticks]
    return [words.say("figures.profile.level", level=int(level)) for level in scale.ticks]


def _title(
    comparable: Sequence[Measure],
    change: pd.DataFrame,
    words: Words,
    scale: Scale,
    years: Between,
) -> str:
    tested = [measure for measure in comparable if measure.state in ("tested", "significant")]
    surely = [measure for measure in tested if measure.state == "significant"]
    since = {"baseline": years.then}
    if not comparable:
        return words.say(f"{scale.texts}.title.broken", **since)
    if all(measure.then == measure.now for measure in comparable):
        return words.say(f"{scale.texts}.title.same", **since)
    if not tested:
        return words.say(f"{scale.texts}.title.too_few", **since)
    if not surely:
        return words.say(f"{scale.texts}.title.none", **since)
    if len(surely) > _NAMED:
        count = _changed(change, words, scale)
        return words.say(f"{scale.texts}.title.many", **since, count=count)
    items = [
        words.say(f"{scale.texts}.{'rose' if m.now > m.then else 'fell'}.{m.kind}",
                  label=words.label(m.kind, m.key))
        for m in surely
    ]  # fmt: skip
    return words.say(f"{scale.texts}.title.some", **since, items=items)


def _changed(change: pd.DataFrame, words: Words, scale: Scale) -> Count:
    """How many of the measures that were tested have changed significantly."""
    tested = of("change", change).where(kind=scale.kinds, status="tested")
    limit = words.protocol.follow_up.significance
    return Count(tested.compared("p_holm", "<", limit).count(), tested.count())


def _told(measure: Measure, words: Words, scale: Scale) -> str:
    label = words.label(measure.kind, measure.key)
    if not measure.pairs:
        return words.say("figures.dumbbells.unknown", label=label)
    return words.say(
        "figures.dumbbells.row", label=label, **_values_of(measure, words, scale),
        n=measure.pairs, state=measure.state,
    )  # fmt: skip


def _values_of(measure: Measure, words: Words, scale: Scale) -> dict[str, str]:
    """What the measure was and is, as written: mean levels, or counts of departments."""
    values = {"then": measure.then, "now": measure.now}
    if not scale.apart:
        return {name: words.formats.number(value, 2) for name, value in values.items()}
    counts = {name: round(share * measure.pairs) for name, share in values.items()}
    return {name: words.formats.number(count) for name, count in counts.items()}


def _marks(ax: Axes, row: int, measure: Measure) -> None:
    """Then hollow and now filled, so that both are seen where they meet; joined if comparable."""
    if not measure.pairs:
        return
    comparable, surely = measure.state != "break", measure.state == "significant"
    if comparable:
        low, high = sorted((measure.then, measure.now))
        colour, thick = (INK, 2.6) if surely else (LINE, 1.2)
        ax.hlines(row, low, high, color=colour, linewidth=thick, zorder=2)
    for value, mark in zip((measure.then, measure.now), (_THEN, _NOW), strict=True):
        ax.plot(value, row, **mark, color=DOT if comparable else LINE, clip_on=False, zorder=2.5)


_THEN: dict[str, Any] = {
    "marker": "o", "markersize": 8.5, "markerfacecolor": "white", "markeredgewidth": 1.2,
    "linestyle": "none",
}  # fmt: skip
_NOW: dict[str, Any] = {"marker": "o", "markersize": 5.5, "linestyle": "none"}


def _values(ax: Axes, row: int, measure: Measure, words: Words, scale: Scale) -> None:
    """The values in numbers, the departments that they are of, and what is known of the change."""
    if measure.pairs:
        values = words.say("figures.dumbbells.values", **_values_of(measure, words, scale))
        _beside(ax, row, _VALUE_AT, values)
    else:
        _beside(ax, row, _VALUE_AT, EN_DASH)
    _beside(ax, row, _N_AT, words.formats.number(measure.pairs))
    if measure.state != "tested":
        note = words.say(f"figures.dumbbells.note.{measure.state}")
        _beside(ax, row, _VALUES + 0.15, note, strong=measure.state == "significant")


def _beside(ax: Axes, row: int, left: float, text: str, *, strong: bool = False) -> None:
    """A text in a row, so many cm to the right of the axis."""
    ax.annotate(
        text, (ax.get_xlim()[1], row), (left * POINTS, 0), textcoords="offset points",
        fontsize=SMALL, family=list(SEMIBOLD if strong else REGULAR), va="center",
        annotation_clip=False,
    )  # fmt: skip


def _key(ax: Axes, words: Words, years: Between) -> None:
    """What the marks mean, in one line above the rows, and heads of the columns of numbers."""
    left = _LABELS
    for year, mark in ((years.then, _THEN), (years.now, _NOW)):
        ax.plot(left, 0.28, **mark, color=DOT)
        ax.text(left + 0.25, 0.28, str(year), fontsize=BODY, va="center_baseline")
        left += 0.25 + width(str(year), BODY) + 0.6
    right = WIDTH - _VALUES - _NOTE
    heads = {
        _VALUE_AT: words.say("figures.dumbbells.head", baseline=years.then, year=years.now),
        _N_AT: words.say("figures.dumbbells.n"),
    }
    for at, head in heads.items():
        ax.text(right + at, 0.28, head, fontsize=SMALL, color=MUTED, va="center_baseline")
