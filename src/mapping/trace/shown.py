"""What the frames of :mod:`mapping.derived` rest on: they are computed whenever they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from mapping.trace.cells import At, Source
from mapping.trace.chain import DEPARTMENT, arrangement, indicator_levels, naming, participants
from mapping.trace.measured import of_departments
from mapping.vocabulary import TIERS

_NOTE = ("department_id", "quadrant", "key", "weight")
_TESTED = ("p", "p_holm")


def sources(at: At) -> Iterator[Source]:
    """What cells of such a table rest on."""
    yield from _RULES[at.table](at)


def _arrangements(at: At) -> Iterator[Source]:
    rows = at.rows[DEPARTMENT]
    if at.column == "department_id":
        yield at.cells("evidence", "department_id", rows)
    else:
        yield arrangement(at, rows, at.column)
        yield at.rules(f"{at.column}s")


def _with_need(at: At) -> Iterator[Source]:
    rows = at.rows[DEPARTMENT]
    if at.column == "department_id":
        yield at.cells("evidence", "department_id", rows)
        return
    keys = at.stage.own.protocol.need_keys(at.column)
    yield of_departments(naming(at, at.column, keys), rows)
    yield indicator_levels(at, rows, [f"{at.column}_need"])
    yield at.rules(f"need_rules.{at.column}_level")


def _differences(at: At) -> Iterator[Source]:
    if at.column in ("quadrant", "theme"):
        yield from _themes(at)
    elif at.column in _TESTED:
        yield at.own(*TIERS, *(f"of_{tier}" for tier in TIERS))
        if at.column == "p_holm":
            yield at.every(at.table, "p")
    else:
        cells = at.rows[["quadrant", "theme"]].rename(columns={"theme": "key"})
        counted = at.cells("evidence", _NOTE, cells, instrument="workshop")
        notes = at.every("evidence", "department_id", instrument="workshop")
        yield notes if at.column.startswith("of_") else counted
        ids = at.stage.frame("evidence")[DEPARTMENT].iloc[notes.rows].drop_duplicates()
        yield at.cells("tiers", "tier", ids, tier=at.column.removeprefix("of_"))


def _themes(at: At) -> Iterator[Source]:
    for column in ("theme", "other_theme"):
        if column in at.rows:
            themes = sorted(at.rows[column].unique())
            yield at.rules(*(f"codebook.csv:workshop:{theme}" for theme in themes))


def _pairs(at: At) -> Iterator[Source]:
    if at.column in ("theme", "other_theme"):
        yield from _themes(at)
        return
    if at.column != "of":
        themes = pd.concat([at.rows["theme"], at.rows["other_theme"]])
        wanted = pd.DataFrame({"key": themes.unique()})
        yield at.cells("evidence", _NOTE, wanted, instrument="workshop")
    if at.column != "departments":
        yield at.every("evidence", "department_id", instrument="workshop")


def _borda(at: At) -> Iterator[Source]:
    if at.column in ("quadrant", "theme"):
        yield from _themes(at)
    else:
        yield at.cells("evidence", _NOTE, at.rows[["quadrant"]], instrument="workshop")


def _balance(at: At) -> Iterator[Source]:
    yield at.cells("evidence", _NOTE, at.rows[DEPARTMENT], instrument="workshop")


def _additions(at: At) -> Iterator[Source]:
    yield naming(at, "internal", at.stage.own.protocol.need_keys("internal"))
    yield from participants(at)
    yield at.rules("toolbox.csv", "toolbox.served")


def _serving(at: At) -> Iterator[Source]:
    served = {kind: sorted(part["key"].unique()) for kind, part in at.rows.groupby("kind")}
    departments = at.rows[DEPARTMENT].drop_duplicates()
    yield of_departments(naming(at, "internal", served.get("need", [])), departments)
    yield indicator_levels(at, departments, served.get("condition", []))
    tools = sorted(at.rows["tool"].unique())
    yield at.rules(*(f"toolbox.csv:{tool}" for tool in tools), "levels.good")


_RULES: Mapping[str, Callable[[At], Iterator[Source]]] = {
    "arrangements": _arrangements,
    "with_need": _with_need,
    "swot_differences": _differences,
    "swot_pairs": _pairs,
    "swot_borda": _borda,
    "swot_balance": _balance,
    "toolbox_additions": _additions,
    "toolbox_serving": _serving,
}
