"""The tables of the open edition, which is made on request: no row is a department."""

from __future__ import annotations

import pandera.pandas as pa

from mapping.schemas.columns import count, number, table, text
from mapping.vocabulary import (
    NOT_ASSESSABLE,
    VERDICTS,
)

EDITION: dict[str, pa.DataFrameSchema] = {
    "open_cells": table(
        3,
        table=text(),
        row=text(),
        column=text(),
        count=count(blank=True),
        of=count(blank=True),
        hidden=pa.Column("bool"),
    ),
    "open_findings": table(
        1,
        finding=text(),
        verdict=text(*VERDICTS, NOT_ASSESSABLE, blank=True),
        hidden=pa.Column("bool"),
    ),
    "open_change": table(
        3,
        table=text(),
        row=text(),
        column=text(),
        year=count(),
        then=count(),
        of_then=count(blank=True),
        now=count(),
        of_now=count(blank=True),
    ),
    "open_measures": table(
        2,
        measure=text(),
        key=text(),
        value=number(),
        low=number(),
        high=number(),
        of=count(blank=True),
    ),
}
