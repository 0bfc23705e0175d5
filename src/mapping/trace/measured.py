"""What the values rest on that findings and the follow-up name: ``kind:key`` of a department.

The names are those of :mod:`mapping.followup.rests_on`; a kind alone is every one of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from mapping.trace.cells import At, Cells, Rules, Source
from mapping.trace.chain import arrangement, naming, participants

_LISTS = {
    "tier": "tier_rules",
    "aspect": "aspects",
    "indicator": "indicators",
    "construct": "constructs",
    "need": "needs.internal",
    "voice": "needs.external",
    "recommendation": "recommendations",
    "finding": "findings",
    "participating": "disclosure",
}
"""Where the protocol has what a measure is of."""


def measured(at: At, name: str, where: pd.DataFrame | None = None) -> Iterator[Source]:
    """The cells that the measure is read from, of all departments or of those of ``where``."""
    kind, _, key = name.partition(":")
    for source in _KINDS[kind](at, key):
        yield source if where is None else of_departments(source, where)


def of_departments(source: Source, where: pd.DataFrame) -> Source:
    """Of cells only those of these departments."""
    if not isinstance(source, Cells):
        return source
    ids = source.stage.frame(source.table)["department_id"].iloc[source.rows]
    keep = ids.isin(where["department_id"]).to_numpy(dtype=bool)
    return Cells(source.stage, source.table, source.columns, source.rows[keep])


def rule_of(at: At, kind: str, key: str) -> Rules:
    """The place in the protocol of what a measure is of."""
    if kind == "swot":
        return at.rules(f"codebook.csv:workshop:{key.partition('.')[2]}")
    path = _LISTS[kind]
    return at.rules(path if kind in ("tier", "construct", "participating") else f"{path}.{key}")


def _tier(at: At, _: str) -> Iterator[Source]:
    yield at.every("tiers", ("tier", "borderline"))


def _aspect(at: At, key: str) -> Iterator[Source]:
    yield at.every("aspects", "level", **({"aspect": key} if key else {}))


def _indicator(at: At, key: str) -> Iterator[Source]:
    yield at.every("indicators", "level", indicator=key)


def _construct(at: At, key: str) -> Iterator[Source]:
    yield at.every("constructs", (key, f"{key}_level"))


def _named(side: str) -> Callable[[At, str], Iterator[Source]]:
    def cells(at: At, key: str) -> Iterator[Source]:
        """Who names it; and who took part, for they could have named it."""
        yield naming(at, side, [key] if key else at.stage.own.protocol.need_keys(side))
        yield from participants(at)

    return cells


def _swot(at: At, key: str) -> Iterator[Source]:
    """The notes on the theme; and all notes, for whoever has one could have mentioned it."""
    quadrant, _, theme = key.partition(".")
    fixed = {"instrument": "workshop", "quadrant": quadrant, "key": theme}
    yield at.every("evidence", ("quadrant", "key"), **fixed)
    yield at.every("evidence", ("department_id", "instrument"), instrument="workshop")


def _recommendation(at: At, key: str) -> Iterator[Source]:
    yield at.every("recommendations", "met", recommendation=key)


def _way(kind: str) -> Callable[[At, str], Iterator[Source]]:
    def cells(at: At, _: str) -> Iterator[Source]:
        yield arrangement(at, at.stage.frame("evidence")[["department_id"]], kind)

    return cells


def _fact(at: At, key: str) -> Iterator[Source]:
    """The answers; of boxes also who responded, for a blank one says no."""
    yield at.every("evidence", "value", kind="fact", key=key)
    asked = {item.key: item.type for item in at.stage.own.protocol.items if item.kind == "fact"}
    if asked.get(key) == "multiple":
        told = ("department_id", "respondent", "left_out")
        yield at.every("respondents", told, instrument="survey", left_out=None)


def _wish(at: At, _: str) -> Iterator[Source]:
    yield at.every("evidence", ("kind", "key"), kind="wish")


def _role(at: At, _: str) -> Iterator[Source]:
    yield at.every("respondents", ("department_id", "role", "left_out"), left_out=None)


_KINDS: Mapping[str, Callable[[At, str], Iterator[Source]]] = {
    "tier": _tier,
    "aspect": _aspect,
    "indicator": _indicator,
    "construct": _construct,
    "need": _named("internal"),
    "voice": _named("external"),
    "swot": _swot,
    "recommendation": _recommendation,
    "arrangement": _way("arrangement"),
    "origin": _way("origin"),
    "fact": _fact,
    "wish": _wish,
    "role": _role,
}
