"""The table of the changes that were planted in simulated pairs of years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapping.facts.followup.simulated import found, pairs, planted
from mapping.prose import Words
from mapping.references import cell
from mapping.tables import cells
from mapping.tables.followup.departments import name
from mapping.tables.table import Builder, Cell, Table

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

Planted = tuple[str, str, float | None, float | None]
"""Kind of a measure, what is planted of it, and its mean in truth in both years, if known."""

_LEVELS = ("indicator", "construct")


def trust(follow: FollowUp, words: Words) -> Table:
    """Every measure of which a change was planted: what, and in how many tests it was found.

    One row a measure; none without simulated pairs of years.
    """
    made = follow.calibration
    rows = pd.DataFrame() if made is None else planted(made).frame
    right = found(rows)
    shown = {"measure": list(right), "planted": _planted(rows), "found": list(right.values())}
    frame = pd.DataFrame({key: pd.Series(values, dtype="object") for key, values in shown.items()})
    build = Builder(words, "followup_trust")
    columns = [
        build.column("measure", _name(words)),
        build.column("planted", _change(words)),
        build.column("found", cells.share(words), number=True),
    ]
    return build.table(frame, columns, pairs=0 if made is None else pairs(made))


def _planted(rows: pd.DataFrame) -> list[Planted]:
    return [
        (row["kind"], row["planted"], *(cell("change_calibration", row, name) for name in _TRUE))
        for row in rows.to_dict("records")
    ]


_TRUE = ("true_then", "true_now")


def _name(words: Words) -> Cell:
    """As other measures; the tiers together by the test of their direction."""
    write = name(words)

    def named(measure: str) -> str:
        kind, _, key = measure.partition(":")
        return words.say(f"followup.tier_test.{key}") if kind == "tier" else write(measure)

    return named


def _change(words: Words) -> Cell:
    """The true means in both years, of levels or of shares; the word alone where none is known."""

    def write(planted: Planted) -> str:
        kind, way, then, now = planted
        word = words.say(f"followup_calibration.way.{way}")
        if then is None or now is None:
            return word
        before, after = (
            words.formats.number(mean, 2) if kind in _LEVELS else words.formats.chance(mean)
            for mean in (then, now)
        )
        return words.say("followup_calibration.change", word=word, then=before, now=after)

    return write
