"""What the tiers would be without one indicator, coder, instrument or department."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mapping.audit import readings
from mapping.audit.choices import TIER_NAMES
from mapping.audit.readings import Measured
from mapping.audit.rules import decided
from mapping.needs import named
from mapping.participation import participating
from mapping.protocol import Protocol
from mapping.schemas import TABLES, conform
from mapping.vocabulary import DECIMALS, INSTRUMENTS, SIDES, TIERS, UNCLASSIFIED


def left_out(evidence: pd.DataFrame, departments: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The tier of every department of the frame without one thing at a time.

    One row is a thing left out and a department (table ``left_out``). Left out is an
    ``indicator`` (of those that an aspect rests on; with staffing the arrangements too, which
    stand for it), a ``coder`` of the interviews (with all codes), or an ``instrument``. All
    else is as in the reports. A department left out changes nobody else's tier, for a tier
    rests on the department's own evidence alone: see :func:`without_department`.
    """
    frame = list(departments["department_id"])
    whole = readings.measured(evidence, frame, protocol, "mean")
    own = _tiers(readings.aspect_levels(whole, protocol), protocol)
    parts = [
        pd.DataFrame({"what": what, "key": key, "department_id": frame, "tier": own}).assign(
            tier_without=_tiers(levels, protocol)
        )
        for what, key, levels in (
            *_without_indicators(whole, protocol),
            *_without_coders(evidence, frame, protocol),
            *_without_instruments(whole, protocol),
        )
    ]
    return conform(pd.concat(parts, ignore_index=True), "left_out")


_Left = Iterator[tuple[str, str, readings.Numbers]]
"""What is left out, its key, and the levels of the aspects without it."""


def _without_indicators(whole: Measured, protocol: Protocol) -> _Left:
    keys = protocol.indicator_keys()
    for key in dict.fromkeys(key for aspect in protocol.aspects for key in aspect.rests_on):
        levels = whole.levels.copy()
        levels[:, keys.index(key)] = np.nan
        votes = np.zeros_like(whole.votes) if key == "staffing" else whole.votes
        yield "indicator", key, readings.aspect_levels(Measured(levels, votes), protocol)


def _without_coders(evidence: pd.DataFrame, frame: list[str], protocol: Protocol) -> _Left:
    for coder in readings.coders(evidence):
        left = evidence[evidence["rater"].ne(coder).fillna(value=True)]
        measured = readings.measured(left, frame, protocol, "mean")
        yield "coder", coder, readings.aspect_levels(measured, protocol)


def _without_instruments(whole: Measured, protocol: Protocol) -> _Left:
    for name in INSTRUMENTS:
        yield "instrument", name, readings.aspect_levels(whole, protocol, without=[name])


def _tiers(levels: readings.Numbers, protocol: Protocol) -> list[str]:
    """The tiers that the protocol's own rule gives these departments."""
    codes = decided(levels, protocol, ["city_block"], [0.0], ["lower"])
    return list(TIER_NAMES[codes[:, 0, 0, 0]])


def without_department(
    tiers: pd.DataFrame, evidence: pd.DataFrame, protocol: Protocol
) -> pd.DataFrame:
    """What the headline results would be without one department.

    One row is a department with evidence (table ``without_department``): the shares of the
    tiers among the other classified departments (missing if there are none), the tiers of
    whose share another word would be said, and the internal needs and the voices that most of
    the others name (several if they are equal; blank if nobody names any). The tiers of the
    others stay as they are.
    """
    said = _words(tiers, protocol)
    present = {side: named(evidence, protocol, side) for side in SIDES}
    rows = []
    for department in participating(evidence):
        others = tiers[tiers["department_id"] != department]
        then = _words(others, protocol)
        row = {"department_id": department, **_shares(others)}
        row["words"] = " ".join(tier for tier in TIERS if then[tier] != said[tier]) or None
        for side, first in zip(SIDES, ("first_need", "first_voice"), strict=True):
            row[first] = _commonest(present[side].drop(index=department))
        rows.append(row)
    columns = list(TABLES["without_department"].columns)
    return conform(pd.DataFrame(rows, columns=columns), "without_department")


def _shares(tiers: pd.DataFrame) -> dict[str, float]:
    """The share of each tier among the classified departments."""
    share = tiers.loc[tiers["tier"] != UNCLASSIFIED, "tier"].value_counts(normalize=True)
    return {
        f"share_{tier}": round(float(share.get(tier, 0.0)), DECIMALS) if len(share) else np.nan
        for tier in TIERS
    }


def _words(tiers: pd.DataFrame, protocol: Protocol) -> dict[str, str | None]:
    """The word for the share of each tier; None if no department is classified."""
    counts = tiers.loc[tiers["tier"] != UNCLASSIFIED, "tier"].value_counts()
    of = int(counts.sum())
    return {tier: protocol.word(int(counts.get(tier, 0)), of) if of else None for tier in TIERS}


def _commonest(present: pd.DataFrame) -> str | None:
    counts = present.sum()
    return " ".join(counts.index[counts == counts.max()]) if counts.any() else None
