"""Recommendations of the summary: which of them each department meets."""

from __future__ import annotations

import pandas as pd

from mapping.indicators import arrangements, levels
from mapping.protocol import Protocol, Recommendation
from mapping.schemas import conform


def recommendations(
    evidence: pd.DataFrame, indicators: pd.DataFrame, protocol: Protocol
) -> pd.DataFrame:
    """Every recommendation for every participating department.

    One row is a department and a recommendation (table ``recommendations``). ``met`` is true,
    false or missing (not assessable): not met as soon as one thing that it asks for is known
    to be lacking, met if all are known and there.
    """
    known = levels(indicators)
    ways = arrangements(evidence, protocol).set_index("department_id")["arrangement"]
    met = pd.DataFrame({r.key: _met(r, known, ways) for r in protocol.recommendations})
    rows = met.rename_axis("department_id").reset_index()
    return conform(
        rows.melt("department_id", var_name="recommendation", value_name="met"), "recommendations"
    )


def _met(recommendation: Recommendation, levels: pd.DataFrame, ways: pd.Series) -> pd.Series:
    """Nullable booleans: a known lack decides, and the unknown is carried through ``&``."""
    met = pd.Series(data=True, index=levels.index, dtype="boolean")
    if recommendation.arrangements:
        way = ways.reindex(levels.index)
        met &= way.isin(recommendation.arrangements).astype("boolean").mask(way.isna())
    for key, level in recommendation.at_least.items():
        met &= (levels[key] >= level).astype("boolean").mask(levels[key].isna())
    return met
