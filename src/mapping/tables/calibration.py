"""The table of a calibration: how often each finding came out supported."""

from __future__ import annotations

import pandas as pd

from mapping.calibration import WORLDS
from mapping.facts.calibration import unspecific
from mapping.prose import Words
from mapping.tables import cells
from mapping.tables.table import Builder, Table


def calibration(rates: pd.DataFrame, words: Words) -> Table:
    """How many simulated studies support each finding, by what is true in them.

    From the rates of :func:`mapping.calibration.read`; one row a finding, marked if noise
    supports it as often as truth.
    """
    supported = pd.DataFrame(
        {
            world: cells.counts(rows, "supported", "studies").set_axis(rows["finding"])
            for world in WORLDS
            for rows in [rates[rates["world"] == world]]
        }
    )
    order = list(dict.fromkeys(rates["finding"]))
    shown = supported.reindex(order).rename_axis("finding").reset_index()
    doubtful = shown["finding"].isin(unspecific(rates))
    build = Builder(words, "calibration")
    columns = [
        build.column("finding", cells.label(words, "finding")),
        *(build.column(world, words.formats.of_base, number=True) for world in WORLDS),
        build.column("unspecific", cells.mark(words, "unspecific")),
    ]
    return build.table(shown.assign(unspecific=doubtful), columns)
