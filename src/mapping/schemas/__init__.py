"""Columns and domains of every processed table: the contract that tables are checked against.

Each table is checked as a whole when it is written and when it is read back. The rows are
sorted by the table's first columns, so that the same results are the same bytes.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from mapping.errors import RunError
from mapping.schemas import audit, chain, edition, followup

TABLES: dict[str, pa.DataFrameSchema] = {
    **chain.CHAIN,
    **followup.FOLLOWUP,
    **audit.AUDIT,
    **edition.EDITION,
}

CHAIN = tuple(chain.CHAIN)
"""The tables that lead from the raw files to the findings: every year has them."""

FOLLOW_UP = tuple(followup.FOLLOWUP)
"""The tables of the follow-up: there only if the year is compared with an earlier one."""

AUDIT = tuple(audit.AUDIT)
"""The tables of the methodology audit, which every year has too."""

OPEN = tuple(edition.EDITION)
"""The tables of the open edition, made of counts that have passed disclosure control."""


def conform(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The frame with the table's column order, types and row order, checked against it.

    Raises
    ------
    RunError
        A column is missing or a value is outside its domain: a fault of ours, never of the
        user's data, which the readers have checked before.

    """
    schema = TABLES[table]
    if absent := [name for name in schema.columns if name not in frame]:
        raise RunError(f"table {table} lacks {', '.join(absent)}")
    typed = frame.loc[:, list(schema.columns)].astype(
        {name: column.dtype.type for name, column in schema.columns.items()}
    )
    ordered = typed.sort_values(list(schema.unique or []), kind="stable", ignore_index=True)
    return check(ordered, table)


def check(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The frame itself, if it is a valid ``table``; used on every read."""
    try:
        return TABLES[table].validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "failure_case"]].head(5)
        raise RunError(f"table {table} breaks its contract:\n{cases.to_string()}") from None
