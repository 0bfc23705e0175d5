"""Columns of the audit's tables whose numbers carry what they rest on."""

from __future__ import annotations

import pandas as pd

from mapping.facts import Count
from mapping.references import cell
from mapping.tables import cells


def traced(frame: pd.DataFrame, table: str, *columns: str) -> pd.DataFrame:
    """The rows of a processed table, the numbers in these columns with their references."""
    rows = frame.to_dict("records")
    made = {
        name: cells.objects([cell(table, row, name) for row in rows], frame) for name in columns
    }
    return frame.assign(**made)


def ends(frame: pd.DataFrame, table: str, low: str, high: str) -> pd.Series:
    """Two columns of a processed table as pairs, missing where either is."""
    pairs = [(cell(table, row, low), cell(table, row, high)) for row in frame.to_dict("records")]
    return cells.objects([None if None in pair else pair for pair in pairs], frame)


def counts(frame: pd.DataFrame, table: str, n: str, of: str) -> pd.Series:
    """Two columns of a processed table as counts with their base; missing where it is nothing."""
    pairs = [(cell(table, row, n), cell(table, row, of)) for row in frame.to_dict("records")]
    return cells.objects([Count(*pair) if pair[1] else None for pair in pairs], frame)  # type: ignore[arg-type]
