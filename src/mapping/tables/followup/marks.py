"""Columns and cells that several tables of the follow-up share."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from mapping.facts.followup import departments as facts
from mapping.prose import Words
from mapping.references import of
from mapping.tables import cells
from mapping.tables.table import Cell, Column

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

OTHERWISE = "*"
"""After a department that was seen by other instruments than in the earlier year."""

BREAK = "‡"
"""Before what was measured otherwise."""


def years(follow: FollowUp, write: Cell, *, number: bool = False) -> list[Column]:
    """The columns ``then`` and ``now``, each headed by its year."""
    named = {"then": follow.baseline, "now": follow.year}
    return [Column(field, str(year), write, number) for field, year in named.items()]


def otherwise(transitions: pd.DataFrame) -> frozenset[str]:
    """The departments seen in both years, but by other instruments."""
    pairs = of("transitions", transitions).where(followed="both")
    return frozenset(facts.otherwise(pairs).frame["department_id"])


def department(follow: FollowUp, words: Words) -> Cell:
    """The department's code or name, marked if it was seen by other instruments."""
    marked, write = otherwise(follow.transitions), cells.department(words)
    return lambda key: write(key) + (OTHERWISE if key in marked else "")


def marked(broken: Collection[str], write: Cell) -> Cell:
    """What ``write`` gives, with a mark before what was measured otherwise."""
    return lambda key: (f"{BREAK} " if key in broken else "") + write(key)


def words_of(words: Words, kind: str) -> Cell:
    """The follow-up's own word for a key, from its texts."""
    return lambda key: words.say(f"followup.{kind}.{key}")


def instruments(words: Words) -> Cell:
    """Instruments with spaces between as labels with commas between; nothing of none."""
    return lambda keys: ", ".join(words.label("instrument", key) for key in keys.split())
