"""The table of a calibration: how often each finding came out supported."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from mapping.calibration import COLUMNS, WORLDS, Calibration
from mapping.facts import unspecific
from mapping.prose import Words
from mapping.tables import cells
from mapping.tables.table import Builder, Table

WIDTHS = (48, 12, 12, 12, 16)
"""Percent of the page for each column: left alone, the narrow first one takes five pages."""


def calibration(made: Calibration | None, words: Words) -> Table:
    """How many simulated studies support each finding, by what is true in them.

    One row a finding, marked if noise supports it as often as truth; none without a calibration.
    """
    doubtful = unspecific(made)
    rates = pd.DataFrame(columns=list(COLUMNS)) if made is None else made.rates
    supported = {
        world: cells.counts(rows, "supported", "studies", "calibration").set_axis(rows["finding"])
        for world in WORLDS
        for rows in [rates[rates["world"] == world]]
    }
    order = rates["finding"].drop_duplicates()
    shown = pd.DataFrame(supported).reindex(order).rename_axis("finding").reset_index()
    build = Builder(words, "calibration")
    columns = [
        build.column("finding", cells.label(words, "finding")),
        *(build.column(world, words.formats.of_base, number=True) for world in WORLDS),
        build.column("unspecific", cells.mark(words, "unspecific")),
    ]
    table = build.table(shown.assign(unspecific=shown["finding"].isin(doubtful)), columns)
    return replace(table, widths=WIDTHS)
