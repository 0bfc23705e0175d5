"""Constructs: conditions and needs, the two parameters of the summary, and their 3 x 3 grid."""

from __future__ import annotations

import pandas as pd

from mapping.indicators import levels
from mapping.protocol import Protocol
from mapping.schemas import conform
from mapping.vocabulary import CONDITIONS_LEVELS, DECIMALS, NEEDS_LEVELS


def constructs(indicators: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Conditions and needs of every participating department.

    One row is a department (table ``constructs``). A construct is the plain mean of those of
    its indicators that are known, on 0 to 3; missing where fewer are known than the protocol
    asks for. The words are good, moderate, small (conditions) and clear, some, slight (needs).
    """
    known = levels(indicators)
    rules = protocol.constructs
    table = pd.DataFrame(index=known.index)
    table["conditions"] = _mean(known, protocol, "conditions", rules.conditions_known)
    table["needs"] = _mean(known, protocol, "needs", rules.needs_known)
    table["conditions_level"] = _words(table["conditions"], CONDITIONS_LEVELS, protocol)
    table["needs_level"] = _words(table["needs"], NEEDS_LEVELS, protocol)
    return conform(table.reset_index(), "constructs")


def _mean(levels: pd.DataFrame, protocol: Protocol, construct: str, known: int) -> pd.Series:
    members = levels[list(protocol.indicator_keys(construct))]
    return members.mean(axis=1).where(members.count(axis=1) >= known).round(DECIMALS)


def _words(level: pd.Series, words: tuple[str, str, str], protocol: Protocol) -> pd.Series:
    high, middle, low = words
    named = pd.Series(low, index=level.index, dtype="string")
    named = named.mask(level >= protocol.levels.moderate, middle)
    named = named.mask(level >= protocol.levels.good, high)
    return named.where(level.notna())


def grid(constructs: pd.DataFrame) -> pd.DataFrame:
    """The 3 x 3 grid of conditions and needs.

    One row is a cell: conditions_level, needs_level (all nine pairs, from good and clear
    down), departments (count), department_ids (list). Departments with a construct unknown
    are in no cell.
    """
    cells = pd.MultiIndex.from_product(
        [CONDITIONS_LEVELS, NEEDS_LEVELS], names=["conditions_level", "needs_level"]
    )
    known = constructs.dropna(subset=["conditions_level", "needs_level"])
    ids = known.groupby(list(cells.names))["department_id"].apply(sorted)
    members = [ids.get(cell, []) for cell in cells]
    table = cells.to_frame(index=False).astype("string")
    return table.assign(departments=[len(cell) for cell in members], department_ids=members)
