"""Evidence under the ids by which departments are followed; merged parts are put together.

What is put together is evidence, never levels: all that follows is computed anew from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from mapping.protocol import Protocol
from mapping.vocabulary import INSTRUMENTS

SUMS = ("students_programme", "students_course", "programmes", "staff_fte")
"""Numbers of the register that add up."""

WEIGHED = {
    "advanced_share": ("students_programme", "students_course"),
    "research_share": ("staff_fte",),
    "staff_turnover": ("staff_fte",),
}
"""Shares of the register, and the numbers there that they are shares of (in sum)."""

UNKNOWN = ("applicants_per_place", "throughput")
"""Numbers of the register that cannot be put together: it does not say what they are shares of."""


def renamed(rows: pd.DataFrame, ids: Mapping[str, str]) -> pd.DataFrame:
    """The rows of evidence or respondents, each under the id its department is followed by."""
    followed = rows["department_id"].map(dict(ids)).astype("string")
    return rows.assign(department_id=followed)


def of_departments(rows: pd.DataFrame, departments: Collection[str]) -> pd.DataFrame:
    """The rows of these departments."""
    return rows[rows["department_id"].isin(list(departments))].reset_index(drop=True)


def pooled_register(departments: pd.DataFrame, ids: Mapping[str, str]) -> pd.DataFrame:
    """The register with one row for each department that is followed.

    A department of one part keeps its row, under the id that it is followed by. Of several
    parts the counts add up, and a share is what it is of all parts together, by the numbers
    that it is a share of; it is missing if any of them is, and so are applicants per place and
    throughput, which the register does not say what they are shares of. The name is that of the
    part that bears the id, or else of the first one, and so is the faculty.
    """
    followed = departments["department_id"].map(dict(ids)).astype("string")
    several = followed.duplicated(keep=False)
    single = departments[~several].assign(department_id=followed[~several])
    pooled = [_pooled(parts, str(ident)) for ident, parts in departments[several].groupby(followed)]
    table = pd.concat([single, *pooled]) if pooled else single
    return table.astype(departments.dtypes.to_dict()).reset_index(drop=True)


def _pooled(parts: pd.DataFrame, ident: str) -> pd.DataFrame:
    """One row of the register for the parts of a department."""
    own = parts[parts["department_id"] == ident]
    row = (own if len(own) else parts.sort_values("department_id")).head(1)
    numbers = {name: parts[name].sum(skipna=False) for name in SUMS}
    numbers |= {name: _weighed(parts, name) for name in WEIGHED}
    unknown = dict.fromkeys(UNKNOWN, np.nan)
    return row.assign(department_id=ident, **numbers, **unknown)


def _weighed(parts: pd.DataFrame, name: str) -> float:
    """The share in all parts together; missing if anything of it is, or there is nothing."""
    weight = parts[list(WEIGHED[name])].sum(axis=1, skipna=False).astype("float64")
    total = weight.sum(skipna=False)
    return float((parts[name] * weight).sum(skipna=False) / total) if total else np.nan


def known_to(evidence: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The evidence of which the protocol knows what it is of.

    An earlier year was asked by its own questionnaire and coded by its own codebook. Under a
    later protocol it is the same evidence, less what that protocol has no indicator, need, voice,
    arrangement or origin for, and less what an instrument told of an indicator that by that
    protocol it does not see.
    """
    keys = {
        "indicator": protocol.indicator_keys(),
        "need": protocol.need_keys("internal"),
        "external_need": protocol.need_keys("external"),
        "arrangement": [arrangement.key for arrangement in protocol.arrangements],
        "origin": [origin.key for origin in protocol.origins],
    }
    known = {
        (kind, key, instrument)
        for kind, of_kind in keys.items()
        for key in of_kind
        for instrument in INSTRUMENTS
    } - _unseen(protocol)
    of = evidence["category"].fillna(evidence["key"])
    fits = [
        datum[0] not in keys or datum in known
        for datum in zip(evidence["kind"], of, evidence["instrument"], strict=True)
    ]
    return evidence[fits].reset_index(drop=True)


def _unseen(protocol: Protocol) -> set[tuple[str, str, str]]:
    """What an instrument cannot see by the protocol: kind, key and instrument."""
    return {
        ("indicator", indicator.key, instrument)
        for indicator in protocol.indicators
        for instrument in INSTRUMENTS
        if instrument not in indicator.seen_by
    }
