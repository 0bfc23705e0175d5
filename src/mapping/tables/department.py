"""Tables of a single department's report."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mapping.facts.department import Portrait, tools_by_use
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.tables import cells
from mapping.tables.table import Builder, Cell, Table
from mapping.vocabulary import QUADRANTS

_KINDS = ("need", "condition")
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
        "few": own.protocol.disclosure.minimum_cell,
        "first": own.indicators["indicator"].iloc[0],
    }
    shown = [column for column in columns if column.field not in absent]
    return build.table(_level_rows(own), shown, **values)


def _level_rows(own: Portrait) -> pd.DataFrame:
    """Aspects and indicators, one below the other, with a sign for each cell that is no gap."""
    aspects = own.aspects.rename(columns={"aspect": "key"})
    raised = aspects["to_next_tier"].astype("object")
    aspects = aspects.assign(to_next_tier=raised.where(raised.notna(), NOTHING))
    indicators = own.indicators.rename(columns={"indicator": "key"})
    indicators = indicators.assign(nearest=NOTHING, to_next_tier=NOTHING)
    rows = pd.concat([aspects, indicators], ignore_index=True)
    middle = rows["middle"].astype("object")
    return rows.assign(middle=middle.where(rows["middle"].notna(), TOO_FEW))


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
    if own.notes.empty:
        return None
    cell = own.notes.groupby(["quadrant", "theme"])["votes"].agg(["size", "sum"]).reset_index()
    cell = cell.sort_values(["size", "sum", "theme"], ascending=[False, False, True])
    rows = [(q, cell[cell["quadrant"] == q]) for q in QUADRANTS]
    themes = [list(part[["theme", "size", "sum"]].itertuples(index=False)) for _, part in rows]
    totals = [(q, int(part["size"].sum()), int(part["sum"].sum())) for q, part in rows]
    frame = pd.DataFrame({"quadrant": totals})
    build = Builder(words, "own_analysis")
    columns = [
        build.column("quadrant", _quadrant(words)),
        build.column("themes", _themes(words, shown)),
    ]
    return build.table(frame.assign(themes=cells.objects(themes, frame)), columns)


def _quadrant(words: Words) -> Cell:
    """The quadrant with its notes and votes."""

    def write(total: tuple[str, int, int]) -> str:
        quadrant, items, votes = total
        label = capital(words.label("quadrant", quadrant))
        return words.say("tables.own_analysis.theme", theme=label, items=items, votes=votes)

    return write


def _themes(words: Words, most: int) -> Cell:
    def theme(key: str, items: int, votes: int) -> str:
        label = words.label("theme", key)
        return words.say("tables.own_analysis.theme", theme=label, items=items, votes=int(votes))

    def write(themes: Sequence[tuple[str, int, int]]) -> str:
        named = most if len(themes) <= most else most - 1
        shown = [theme(*each) for each in themes[:named]]
        if further := len(themes[named:]):
            shown.append(words.say("tables.own_analysis.further", further=further))
        return "; ".join(shown) or words.say("tables.own_analysis.none")

    return write


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
