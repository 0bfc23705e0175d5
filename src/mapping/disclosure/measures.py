"""Measures of the open edition that are no counts of departments: agreement, and what is hidden."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from mapping.disclosure.edition import Opened, hidden_cells
from mapping.schemas import conform

DIGITS = 2
"""Decimals of what is shown: more could be reckoned back to what it was made of."""

_COLUMNS = ["measure", "key", "value", "low", "high", "of"]
_ALL = "all"


def measures(made: Opened, agreement: pd.DataFrame) -> pd.DataFrame:
    """How well coders agree, and how much is hidden (table ``open_measures``).

    From table ``agreement`` alone the rows over everything that the coders coded, if enough
    departments are behind them. The rows ``hidden`` count what is hidden: cells and
    verdicts; not how many of the cells are small themselves, for that would tell of them.
    """
    rows = [*_agreement(agreement, made.limits.cell), *_hidden(made)]
    return conform(pd.DataFrame(rows, columns=_COLUMNS), "open_measures")


def _agreement(agreement: pd.DataFrame, fewest: int) -> Iterator[tuple[object, ...]]:
    among = agreement[(agreement["among"] == "coders") & (agreement["scope"] == _ALL)]
    shown = among[(among["departments"] >= fewest) & among["alpha"].notna()]
    for row in shown.to_dict("records"):
        ends = [round(row[name], DIGITS) for name in ("alpha", "alpha_low", "alpha_high")]
        yield ("agreement", row["metric"], *ends, int(row["departments"]))


def _hidden(made: Opened) -> Iterator[tuple[object, ...]]:
    counted = {
        "cells": (len(hidden_cells(made)), len({entry.cell for entry in made.book.entries})),
        "verdicts": (len(made.protected.statements), made.findings),
    }
    for key, (count, of) in counted.items():
        yield "hidden", key, float(count), None, None, of
