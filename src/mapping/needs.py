"""Needs: which needs and which outside voices departments name, and how common each is.

A department counts once for a need, however often and by however many instruments it is named.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mapping.indicators import levels
from mapping.participation import participating
from mapping.protocol import Protocol
from mapping.schemas import conform
from mapping.statistics.proportions import share_interval
from mapping.statistics.ranking import drawn_counts, first_place_share
from mapping.vocabulary import DECIMALS, SIDES

_KIND = {"internal": "need", "external": "external_need"}


def named(evidence: pd.DataFrame, protocol: Protocol, side: str) -> pd.DataFrame:
    """Which needs of one side each participating department names.

    One row is a participating department (the index), one column a need in the protocol's
    order; true if any interview code, ticked box or workshop note (in any quadrant) names it.
    """
    departments = pd.Index(participating(evidence), name="department_id")
    mentions = evidence[evidence["kind"] == _KIND[side]]
    naming = {
        need: mentions.loc[mentions["key"] == need, "department_id"]
        for need in protocol.need_keys(side)
    }
    present = {need: departments.isin(those) for need, those in naming.items()}
    return pd.DataFrame(present, departments).rename_axis(columns="key")


def needs(evidence: pd.DataFrame, departments: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """How many participating departments name each need, with interval, rank and certainty.

    One row is a side and a need (table ``needs``). ``share`` is of the participating
    departments (``of``); ``low`` and ``high`` are the exact hypergeometric interval for the
    share of all departments of the frame. ``rank`` is within the side, equal shares having the
    lowest number, with `other` among the internal needs. ``p_first`` is the share of bootstrap
    draws of departments in which the need is at rank 1, ties counted; missing if nobody names
    any need of the side.
    """
    return counted(named_by_side(evidence, protocol), len(departments), protocol)


def named_by_side(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """What :func:`named` gives of both sides beside each other, the columns by side and need."""
    return pd.concat({side: named(evidence, protocol, side) for side in SIDES}, axis=1)


def counted(present: pd.DataFrame, frame: int, protocol: Protocol) -> pd.DataFrame:
    """Table ``needs`` of what each participating department names (:func:`named_by_side`).

    ``frame`` is the number of departments in the register. The draws are of rows: departments
    must come in the order of their ids for the same draws.
    """
    rules = protocol.need_rules
    drawn = drawn_counts(present.to_numpy(dtype=bool), rules.draws, rules.seed)
    draws = pd.DataFrame(drawn, columns=present.columns)
    tables = [_side(present, draws, side, frame, protocol) for side in SIDES]
    return conform(pd.concat(tables, ignore_index=True), "needs")


def _side(
    both: pd.DataFrame, draws: pd.DataFrame, side: str, frame: int, protocol: Protocol
) -> pd.DataFrame:
    present = both.loc[:, [side]].droplevel(0, axis=1)
    count, of = present.sum(), len(present)
    bounds = [share_interval(int(n), of, frame, protocol.swot.confidence) for n in count]
    first = first_place_share(draws[side].to_numpy())
    return pd.DataFrame(
        {
            "side": side,
            "need": present.columns,
            "departments": count.to_numpy(),
            "of": of,
            "share": (count.to_numpy() / of).round(DECIMALS) if of else np.nan,
            "low": [low for low, _ in bounds],
            "high": [high for _, high in bounds],
            "rank": count.rank(method="min", ascending=False).astype(int).to_numpy(),
            "p_first": first if count.any() else np.nan,
        }
    )


def with_need(evidence: pd.DataFrame, indicators: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Whether each participating department is with or without a need of either side.

    One row is a department: department_id, internal, external. True: a need is named, or the
    level of internal_need (external_need) reaches the protocol's limit. False: none is named
    and the level is known and below it. Missing: none named and the level unknown, that is
    neither with nor without.
    """
    known = levels(indicators).reindex(columns=protocol.indicator_keys())
    limits = protocol.need_rules
    table = pd.DataFrame(
        {
            "internal": _with(
                named(evidence, protocol, "internal"), known["internal_need"], limits.internal_level
            ),
            "external": _with(
                named(evidence, protocol, "external"), known["external_need"], limits.external_level
            ),
        }
    )
    return table.reset_index()


def _with(present: pd.DataFrame, level: pd.Series, limit: float) -> pd.Series:
    felt = (level >= limit).astype("boolean").mask(level.isna())
    return felt.reindex(present.index) | present.any(axis=1).astype("boolean")
