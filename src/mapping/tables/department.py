"""Tables of a single department's report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from mapping.facts.department import Portrait, tools_by_use
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import Selected, cell, computed, setting
from mapping.tables import cells
from mapping.tables.table import Builder, Cell, Table
from mapping.vocabulary import QUADRANTS

_KINDS = ("need", "condition")
_ALSO = 3
"""So many further tools are named if there are more than one more; else all are."""

TOO_FEW = "too_few"
"""Stands for a middle that too few others have a known level for; it is no missing value."""

NOTHING = "nothing"
"""Stands for what there is nothing to say of: an aspect that stays, an indicator's ideal."""


def levels(own: Portrait, words: Words) -> Table:
    """Each level beside its tier's middle; each aspect's nearest ideal and smallest change.

    One row an aspect, then one an indicator that no aspect rests on, which has no ideal. Without
    a tier there is no middle and no change; in the highest tier, or where the fits are equal,
    no change.
    """
    build = Builder(words, "own_levels")
    columns = [
        build.column("key", _label(own, words)),
        *build.numbers("level", decimals=2),
        build.column("middle", _middle(words), number=True),
        build.column("nearest", _or_nothing(cells.tier(words))),
        build.column("to_next_tier", _or_nothing(_level(words)), number=True),
    ]
    absent = set() if own.classified else {"middle"}
    absent |= set() if len(own.raised) else {"to_next_tier"}
    values = {
        "middle": own.classified,
        "few": setting(own.protocol, "disclosure.minimum_cell"),
        "first": own.indicators["indicator"].iloc[0],
    }
    shown = [column for column in columns if column.field not in absent]
    return build.table(_level_rows(own), shown, **values)


def _level_rows(own: Portrait) -> pd.DataFrame:
    """Aspects and indicators, one below the other, with a sign for each cell that is no gap."""
    aspects = [
        {
            "key": row["aspect"],
            "level": cell("aspects", row, "level"),
            "middle": _or(TOO_FEW, middle),
            "nearest": row["nearest"],
            "to_next_tier": _or(NOTHING, cell("aspects", row, "to_next_tier")),
        }
        for row, middle in _with_middle(own.aspects)
    ]
    indicators = [
        {
            "key": row["indicator"],
            "level": cell("indicators", row, "level"),
            "middle": _or(TOO_FEW, middle),
            "nearest": NOTHING,
            "to_next_tier": NOTHING,
        }
        for row, middle in _with_middle(own.indicators)
    ]
    return pd.DataFrame([*aspects, *indicators], dtype=object)


def _with_middle(rows: pd.DataFrame) -> Iterator[tuple[dict[Any, Any], object]]:
    """The rows, and apart the middles: a row as a dictionary would hold them untraced."""
    return zip(rows.to_dict("records"), rows["middle"], strict=True)


def _or(sign: str, value: object) -> object:
    return sign if value is None else value


def _label(own: Portrait, words: Words) -> Cell:
    aspects = set(own.aspects["aspect"])
    return lambda key: capital(words.label("aspect" if key in aspects else "indicator", key))


def _level(words: Words) -> Cell:
    return lambda level: words.formats.number(level, 2)


def _middle(words: Words) -> Cell:
    def write(level: float | str) -> str:
        if isinstance(level, str):
            return words.say("tables.own_levels.few")
        return words.formats.number(level, 1)

    return write


def _or_nothing(write: Cell) -> Cell:
    return lambda value: "" if value == NOTHING else write(value)


def analysis(own: Portrait, words: Words, shown: int) -> Table | None:
    """The themes of each quadrant with their notes and votes; None without any note.

    One row a quadrant with its notes and votes in all, and its themes by notes and then votes. So
    many themes are ``shown``; of more than these one less, and the others are counted.
    """
    if own.notes.frame.empty:
        return None
    rows = [own.notes.where(quadrant=quadrant) for quadrant in QUADRANTS]
    totals = [(q, *_notes_and_votes(notes)) for q, notes in zip(QUADRANTS, rows, strict=True)]
    frame = pd.DataFrame({"quadrant": totals})
    build = Builder(words, "own_analysis")
    columns = [
        build.column("quadrant", _quadrant(words)),
        build.column("themes", _themes(words, shown)),
    ]
    return build.table(frame.assign(themes=cells.objects(rows, frame)), columns)


def _notes_and_votes(notes: Selected) -> tuple[int, float]:
    """A note's weight is its votes and one more."""
    number = notes.count()
    return number, computed("difference", notes.sum("weight"), number)


def _quadrant(words: Words) -> Cell:
    """The quadrant with its notes and votes."""

    def write(total: tuple[str, int, float]) -> str:
        quadrant, items, votes = total
        label = capital(words.label("quadrant", quadrant))
        return words.say("tables.own_analysis.theme", theme=label, items=items, votes=votes)

    return write


def _themes(words: Words, most: int) -> Cell:
    def write(notes: Selected) -> str:
        themes = {key: notes.where(key=key) for key in sorted(set(notes.frame["key"]))}
        counts = {key: _notes_and_votes(rows) for key, rows in themes.items()}
        order = sorted(counts, key=lambda key: tuple(-number for number in counts[key]))
        named = most if len(order) <= most else most - 1
        shown = [_theme(words, key, *counts[key]) for key in order[:named]]
        if order[named:]:
            further = computed("difference", notes.distinct("key"), named)
            shown.append(words.say("tables.own_analysis.further", further=further))
        return "; ".join(shown) or words.say("tables.own_analysis.none")

    return write


def _theme(words: Words, key: str, items: int, votes: float) -> str:
    label = words.label("theme", key)
    return words.say("tables.own_analysis.theme", theme=label, items=items, votes=votes)


def tools(own: Portrait, words: Words, shown: int) -> Table | None:
    """The tools that would serve the department, and what they serve; None without any.

    One row a tool, the one that serves most first; those beyond the first ``shown`` are named
    in the note.
    """
    ranked = list(tools_by_use(own.tools).index)
    if not ranked:
        return None
    frame = pd.DataFrame({"tool": ranked[:shown]})
    served = dict(list(own.tools.groupby("tool")))
    build = Builder(words, "own_tools")
    columns = [
        build.column("tool", cells.label(words, "tool")),
        build.column("serves", _serves(words)),
    ]
    frame = frame.assign(serves=cells.objects([served[tool] for tool in frame["tool"]], frame))
    further = ranked[shown:]
    number = own.rows("toolbox_serving", own.tools).distinct("tool")
    also = further[:_ALSO] if len(further) > _ALSO + 1 else further
    more = computed("difference", number, shown + len(also))
    return build.table(frame, columns, also=also, more=more)


def _serves(words: Words) -> Cell:
    """The needs and the weak conditions among the rows of a tool."""

    def write(rows: pd.DataFrame) -> str:
        needs, conditions = (list(rows.loc[rows["kind"] == k, "key"]) for k in _KINDS)
        said = words.say("tables.own_tools.serves", needs=needs, conditions=conditions)
        return capital(said)

    return write
