"""Criteria: the summary's wording of each tier, checked one by one beside the tier.

They show whether a department is what its tier's description says; they do not decide it.
"""

from __future__ import annotations

import pandas as pd

from mapping.protocol import Condition, Criterion, Protocol
from mapping.schemas import conform
from mapping.tiers import aspect_levels


def criteria(indicators: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Every criterion of every participating department.

    One row is a department and a criterion (table ``criteria``); ``tier`` is the tier that the
    criterion describes, not the department's. ``met`` is true, false or missing (unknown). A
    criterion with several conditions is met if either is, unknown if none is met and one is
    unknown.
    """
    levels = aspect_levels(indicators, protocol)
    met = pd.DataFrame({c.name: _criterion(levels, c) for c in protocol.criteria})
    rows = met.reset_index().melt("department_id", var_name="criterion", value_name="met")
    tier = {criterion.name: criterion.tier for criterion in protocol.criteria}
    return conform(rows.assign(tier=rows["criterion"].map(tier)), "criteria")


def _criterion(levels: pd.DataFrame, criterion: Criterion) -> pd.Series:
    met = pd.Series(False, index=levels.index, dtype="boolean")
    for condition in criterion.any:
        met |= _condition(levels[condition.aspect], condition)
    return met


def _condition(level: pd.Series, condition: Condition) -> pd.Series:
    """Met, not met or missing; pandas' nullable booleans carry the unknown through ``|``."""
    met = pd.Series(True, index=level.index, dtype="boolean")
    if condition.at_least is not None:
        met &= level >= condition.at_least
    if condition.at_most is not None:
        met &= level <= condition.at_most
    if condition.below is not None:
        met &= level < condition.below
    return met.mask(level.isna())
