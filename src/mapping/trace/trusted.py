"""What the tables rest on that say how far each tier can be trusted: choices, certainty, left out.

A tier by any choice rests on what the evidence says of levels and of arrangements; that of one
department on its own evidence alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mapping.trace.cells import At, Cells, Source, chosen
from mapping.trace.chain import DEPARTMENT, naming
from mapping.trace.stages import NOW, REGISTER
from mapping.vocabulary import FACTORS, INSTRUMENTS, SIDES, TIERS, UNCLASSIFIED

READ = ("instrument", "unit", "kind", "key", "quadrant", "value", "category", "weight")
"""The columns of the evidence that levels and arrangements are read from."""

TIER_RULES = ("instruments", "arrangements", "aspects", "levels", "tier_rules.aspects_known")
"""What the protocol says of how a tier is made."""

_CHOICE_RULES = ("audit.factors", "criteria", *TIER_RULES)
_READ_KINDS = ("indicator", "arrangement")
_SHARES = tuple(f"share_{tier}" for tier in (*TIERS, UNCLASSIFIED))
_FIRST = dict(zip(("first_need", "first_voice"), SIDES, strict=True))


def read_of(at: At, departments: pd.DataFrame | None = None) -> Cells:
    """The evidence that tiers are made of, of everybody or of these departments."""
    where = pd.DataFrame({"kind": _READ_KINDS})
    if departments is not None:
        where = departments[DEPARTMENT].drop_duplicates().merge(where, how="cross")
    return at.of(NOW).cells("evidence", READ, where)


def in_reports(at: At) -> Cells:
    """The tiers of these departments in the reports."""
    return at.of(NOW).cells("tiers", "tier", at.rows[DEPARTMENT])


def registered(at: At) -> Cells:
    """Of those without a tier that the register has them: nothing else need be known of them."""
    without = at.rows.loc[at.rows["tier"] == UNCLASSIFIED, DEPARTMENT]
    return at.of(NOW).cells(REGISTER, "department_id", without)


# --- every choice -----------------------------------------------------------------------------


def choices(at: At) -> Iterator[Source]:
    """Counts of tiers by each choice rest on all evidence but that which the choice leaves out."""
    if at.column == "number":
        yield at.own("coder")
        yield at.rules("audit.factors")
    elif at.column in FACTORS:
        yield at.rules("audit.factors")
        if at.column == "coder":
            yield from _coders(at)
    else:
        cells, factor = read_of(at), at.stage.own.protocol.audit.factor("evidence")
        left = {level.key: level.without for level in factor.levels}
        always = set(INSTRUMENTS).intersection(*(left[key] for key in at.rows["evidence"].unique()))
        seen_by = cells.stage.frame("evidence")["instrument"]
        yield cells if at.column == "same" else chosen(cells, ~seen_by.isin(always))
        yield at.own(*FACTORS)
        yield at.of(NOW).every(REGISTER, "department_id")
        yield at.rules(*_CHOICE_RULES)


def _coders(at: At) -> Iterator[Source]:
    """Who coded: of each coder the first row is enough to know that there is such a one."""
    evidence = at.of(NOW).stage.frame("evidence")
    yield from at.of(NOW).raw(evidence.dropna(subset=["rater"]).drop_duplicates("rater"))


def _tried(at: At) -> Cells:
    """The last of the choices, whose number says how many there are."""
    last = len(at.stage.frame("choices")) - 1
    return Cells(at.stage, "choices", ("number",), np.array([last]))


def certainty(at: At) -> Iterator[Source]:
    """A department's certainty rests on its own evidence, and on which choices there are."""
    if at.column == "department_id":
        yield at.of(NOW).cells(REGISTER, "department_id", at.rows[DEPARTMENT])
    elif at.column == "tier":
        yield in_reports(at)
    elif at.column == "clear_tier":
        yield at.own(*_SHARES)
        yield at.rules("audit.clear_tier")
    else:
        yield at.own("tier")
        yield read_of(at, at.rows)
        yield registered(at)
        yield _tried(at)
        yield at.rules(*_CHOICE_RULES)


def choice_effects(at: At) -> Iterator[Source]:
    """The effect of a factor rests on the tiers of all departments by all choices."""
    if at.column in ("factor", "levels"):
        yield at.rules("audit.factors")
        if at.column == "levels" and (at.rows["factor"] == "coder").any():
            yield from _coders(at)
    elif at.column == "share":
        yield at.every("choice_effects", "sum_of_squares")
    else:
        yield read_of(at)
        yield _tried(at)
        yield at.rules(*_CHOICE_RULES)


# --- one thing left out -----------------------------------------------------------------------


def left_out(at: At) -> Iterator[Source]:
    """A tier without something rests on the department's evidence that is left."""
    if at.column == "department_id":
        yield at.of(NOW).cells(REGISTER, "department_id", at.rows[DEPARTMENT])
    elif at.column in ("what", "key"):
        yield at.rules("aspects", "instruments")
        if (at.rows["what"] == "coder").any():
            yield from _coders(at)
    elif at.column == "tier":
        yield in_reports(at)
    else:
        for (what, key), rows in at.rows.groupby(["what", "key"]):
            cells = read_of(at, rows)
            out = _is_out(cells.stage.frame("evidence"), str(what), str(key))
            yield chosen(cells, ~out)
        yield registered(at)
        yield at.rules(*TIER_RULES)


def _is_out(evidence: pd.DataFrame, what: str, key: str) -> pd.Series:
    """Which rows are left out; with staffing the arrangements, which stand for it."""
    column = {"indicator": "key", "coder": "rater", "instrument": "instrument"}[what]
    out = evidence[column].eq(key).fillna(value=False).astype(bool)
    if what != "indicator":
        return out
    arranged = (evidence["kind"] == "arrangement") & (key == "staffing")
    return ((evidence["kind"] == "indicator") & out) | arranged


def without_department(at: At) -> Iterator[Source]:
    """What is said without a department rests on all others; its tier's word on it too."""
    now, ids = at.of(NOW), at.rows["department_id"]
    if at.column == "department_id":
        yield now.cells("evidence", "department_id", at.rows[DEPARTMENT])
    elif at.column == "words":
        yield now.every("tiers", "tier")
        yield at.rules("words")
    else:
        side = _FIRST.get(at.column)
        keys = at.stage.own.protocol.need_keys(side) if side else ()
        cells = naming(now, side, keys) if side else now.every("tiers", "tier")
        own = now.stage.frame(cells.table)["department_id"]
        yield chosen(cells, own != ids.iloc[0]) if len(ids) == 1 else cells
        if side:
            yield at.rules(*(f"needs.{side}.{key}" for key in keys))
