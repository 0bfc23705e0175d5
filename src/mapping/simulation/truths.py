"""What is true of the departments of a simulated study, by the protocol's own measures."""

from __future__ import annotations

import pandas as pd

from mapping.example import Truth
from mapping.protocol import Protocol
from mapping.tiers import aspect_levels, fits, nearest_tier


def true_levels(truth: Truth, protocol: Protocol) -> pd.DataFrame:
    """The true level of each indicator: one row is a department (the index)."""
    return truth.latent.reindex(columns=list(protocol.indicator_keys())).astype("float64")


def true_tiers(truth: Truth, protocol: Protocol) -> pd.Series:
    """The tier that each department's true levels give, by the protocol."""
    levels = true_levels(truth, protocol).rename_axis("department_id")
    long = levels.reset_index().melt("department_id", var_name="indicator", value_name="level")
    return nearest_tier(fits(aspect_levels(long, protocol), protocol))
