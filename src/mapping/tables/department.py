"""Tables of a single department's report."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mapping.facts.department import Portrait, tools_by_use
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.tables import cells
from mapping.tables.table import Builder, Cell, Column, Table
from mapping.vocabulary import QUADRANTS

_KINDS = ("need", "condition")

TOO_FEW = "too_few"
"""Stands for a middle that too few others have a known level for; it is no missing value."""

STAYS = "stays"
"""Stands for an aspect that the smallest change does not raise; it is no missing value either."""


def aspects(own: Portrait, words: Words) -> Table:
    """Each aspect's level beside its tier's middle, its nearest ideal and the smallest change.

    One row an aspect. Without a tier there is no middle and no change; in the highest tier, or
    where the fits are equal, no change.
    """
    build = Builder(words, "own_aspects")
    columns = [
        build.column("aspect", cells.label(words, "aspect")),
        *build.numbers("level", decimals=2),
        *_middle(build, own, words),
        build.column("nearest", cells.tier(words)),
    ]
    if len(own.raised):
        columns.append(build.column("to_next_tier", _raised(words), number=True))
    rows = _with_few(own.aspects)
    raised = own.aspects["to_next_tier"].astype("object")
    rows = rows.assign(to_next_tier=raised.where(raised.notna(), STAYS))
    few = own.protocol.disclosure.minimum_cell
    return build.table(rows, columns, middle=own.classified, few=few)


def _raised(words: Words) -> Cell:
    return lambda level: "" if isinstance(level, str) else words.formats.number(level, 2)


def indicators(own: Portrait, words: Words) -> Table:
    """The levels of what no aspect rests on, beside the tier's middle. One row an indicator."""
    build = Builder(words, "own_indicators")
    columns = [
        build.column("indicator", cells.label(words, "indicator")),
        *build.numbers("level", decimals=2),
        *_middle(build, own, words),
    ]
    return build.table(_with_few(own.indicators), columns)


def _with_few(rows: pd.DataFrame) -> pd.DataFrame:
    middle = rows["middle"].astype("object")
    return rows.assign(middle=middle.where(rows["middle"].notna(), TOO_FEW))


def _middle(build: Builder, own: Portrait, words: Words) -> list[Column]:
    def write(level: float | str) -> str:
        if isinstance(level, str):
            return words.say(f"tables.{build.key}.few")
        return words.formats.number(level, 1)

    return [build.column("middle", write, number=True)] if own.classified else []


def analysis(own: Portrait, words: Words) -> Table | None:
    """The themes of each quadrant with their notes and votes; None without any note.

    One row a quadrant, its themes by notes and then votes.
    """
    if own.notes.empty:
        return None
    cell = own.notes.groupby(["quadrant", "theme"])["votes"].agg(["size", "sum"]).reset_index()
    cell = cell.sort_values(["size", "sum", "theme"], ascending=[False, False, True])
    rows = [(q, cell[cell["quadrant"] == q]) for q in QUADRANTS]
    frame = pd.DataFrame(
        {
            "quadrant": [quadrant for quadrant, _ in rows],
            "items": [int(part["size"].sum()) for _, part in rows],
            "votes": [int(part["sum"].sum()) for _, part in rows],
        }
    )
    themes = [list(part[["theme", "size", "sum"]].itertuples(index=False)) for _, part in rows]
    build = Builder(words, "own_analysis")
    columns = [
        build.column("quadrant", cells.label(words, "quadrant")),
        build.column("themes", _themes(words)),
        *build.numbers("items", "votes"),
    ]
    return build.table(frame.assign(themes=cells.objects(themes, frame)), columns)


def _themes(words: Words) -> Cell:
    def theme(key: str, items: int, votes: int) -> str:
        label = words.label("theme", key)
        return words.say("tables.own_analysis.theme", theme=label, items=items, votes=int(votes))

    def write(themes: Sequence[tuple[str, int, int]]) -> str:
        shown = "; ".join(theme(*each) for each in themes)
        return shown or words.say("tables.own_analysis.none")

    return write


def recommendations(own: Portrait, words: Words) -> Table:
    """Each of the summary's recommendations and whether the department meets it."""

    def label(key: str) -> str:
        name = words.label("recommendation", key)
        return words.say("tables.own_recommendations.label", number=key, label=name)

    build = Builder(words, "own_recommendations")
    states = {True: "met", False: "not_met"}
    met = own.recommendations
    frame = pd.DataFrame(
        {
            "recommendation": met.index,
            "met": ["unknown" if pd.isna(value) else states[bool(value)] for value in met],
        }
    )
    columns = [
        build.column("recommendation", label),
        build.column("met", lambda key: words.say(f"tables.own_recommendations.{key}")),
    ]
    return build.table(frame, columns)


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
    return build.table(frame, columns, further=ranked[shown:])


def _serves(words: Words) -> Cell:
    """The needs and the weak conditions among the rows of a tool."""

    def write(rows: pd.DataFrame) -> str:
        needs, conditions = (list(rows.loc[rows["kind"] == k, "key"]) for k in _KINDS)
        said = words.say("tables.own_tools.serves", needs=needs, conditions=conditions)
        return capital(said)

    return write
