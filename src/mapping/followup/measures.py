"""What is compared between years, of whatever table: each department's measures in one frame."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np
import pandas as pd

from mapping.followup.years import Year
from mapping.indicators import levels
from mapping.needs import named
from mapping.participation import participating
from mapping.swot import mentions
from mapping.tiers import aspect_levels
from mapping.vocabulary import TIERS

MEASURE = ["kind", "key"]
"""What a measure is told by."""

CONSTRUCTS = ["conditions", "needs"]


def measures(year: Year, kinds: Collection[str]) -> pd.DataFrame:
    """The measures of some kinds, of every participating department.

    One row is a department (the index), one column a kind and a key; floats. The level of an
    aspect, an indicator and a construct; else 1 and 0 for yes and no: a tier is the department's
    own, a need or a voice is named, a theme is mentioned in a quadrant (its key is such as
    ``strength.recruitment``), a recommendation is met. Missing where unknown: the tiers of a
    department without one, the themes of one without a workshop note.
    """
    index = pd.Index(participating(year.evidence), name="department_id", dtype="string")
    numbers = {kind: _numbers(_TABLES[kind](year)).reindex(index) for kind in kinds}
    return pd.concat(numbers, axis=1, names=MEASURE)


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    values = table.to_numpy(dtype="float64", na_value=np.nan)
    return pd.DataFrame(values, table.index, table.columns)


def _tiers(year: Year) -> pd.DataFrame:
    tier = year.tiers.set_index("department_id")["tier"]
    classified = tier[tier.isin(TIERS)]
    return pd.DataFrame({name: classified == name for name in TIERS})


def _indicators(year: Year) -> pd.DataFrame:
    return levels(year.indicators).reindex(columns=list(year.protocol.indicator_keys()))


def _constructs(year: Year) -> pd.DataFrame:
    return year.constructs.set_index("department_id")[CONSTRUCTS]


def _themes(year: Year) -> pd.DataFrame:
    table = mentions(year.evidence, year.protocol)
    return table.set_axis([".".join(cell) for cell in table.columns], axis=1)


def _recommendations(year: Year) -> pd.DataFrame:
    met = year.recommendations.pivot(index="department_id", columns="recommendation", values="met")
    return met.reindex(columns=[one.key for one in year.protocol.recommendations])


_TABLES: Mapping[str, Callable[[Year], pd.DataFrame]] = {
    "tier": _tiers,
    "aspect": lambda year: aspect_levels(year.indicators, year.protocol),
    "indicator": _indicators,
    "construct": _constructs,
    "need": lambda year: named(year.evidence, year.protocol, "internal"),
    "voice": lambda year: named(year.evidence, year.protocol, "external"),
    "swot": _themes,
    "recommendation": _recommendations,
}
