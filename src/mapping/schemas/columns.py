"""The kinds of columns that tables are made of."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

LEVEL = pa.Check.in_range(0, 3)
SHARE = pa.Check.in_range(0, 1)
COUNT = pa.Check.ge(0)
COEFFICIENT = pa.Check.in_range(-1, 1)
AT_MOST_ONE = pa.Check.le(1)


def text(*allowed: str, blank: bool = False) -> pa.Column:
    """Text; one of ``allowed`` if any are given."""
    checks = pa.Check.isin(allowed) if allowed else None
    return pa.Column(pd.StringDtype(), checks, nullable=blank)


def number(check: pa.Check | None = None, *, blank: bool = True) -> pa.Column:
    """A number, which may be missing unless said otherwise."""
    return pa.Column("float64", check, nullable=blank)


def count(*, blank: bool = False) -> pa.Column:
    """A whole number from 0."""
    return pa.Column("Int64", COUNT, nullable=blank)


def table(sorted_by: int, **columns: pa.Column) -> pa.DataFrameSchema:
    """A table in this order of columns, whose first ones name the row and sort the table."""
    keys = list(columns)[:sorted_by]
    return pa.DataFrameSchema(columns, strict=True, ordered=True, unique=keys)
