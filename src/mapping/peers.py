"""Peers: the middle of a department's tier, told so that no other department can be told.

A department's report shows it beside the middle of its tier. Whoever reads the report knows the
department's own levels, may know which departments share its tier, and may have colleagues with
reports of their own. Four rules keep every other department's level to itself:

1. The department itself is left out, so that its own level, which the reader knows, takes
   nothing away from the others. A mean would give their sum; the middle is a median.
2. A middle is given from five others with a known level, or from the protocol's smallest cell
   if that is more. Of n numbers, (n - 1) / 2 rounded down can be anything while the median stays:
   whatever the report says, every level of any one other department, and of any two together,
   remains possible.
3. It is rounded to halves, so that even where most of a tier compare what they know, the level
   of one that is left is never nearer than a rounding step.
4. How many the others are is not told, nor the mean, the range or a rank.

Two departments of a tier that compare reports learn, at most, in which half steps the two middle
levels of the others lie: not whose these are, and so no level of any one. Departments without
a tier have no middle: what they have in common is only that little is known.

What the rules do not do: if all departments of a tier but one pool their levels and their reports,
they learn the level of that one to half a step (staffing, which has whole levels only, exactly).
"""

from __future__ import annotations

import pandas as pd

from mapping.protocol import Protocol
from mapping.vocabulary import DECIMALS, UNCLASSIFIED

_FEWEST_OTHERS = 5
"""A middle of fewer other departments is never told, whatever the protocol says."""

_STEP = 0.5
"""Middles are rounded to multiples of this."""


def middle(
    levels: pd.DataFrame, tiers: pd.DataFrame, department: str, protocol: Protocol
) -> pd.Series:
    """Median level of the other departments in a department's tier, rounded to halves.

    Parameters
    ----------
    levels
        One row a department (the index), one column an aspect or indicator; 0 to 3, or missing.
    tiers
        Table ``tiers``.
    department
        The one that is left out, and whose tier it is.
    protocol
        Its smallest cell is the fewest others that a middle is told of, if it is above five.

    Returns
    -------
    pandas.Series
        One value a column of ``levels``; a level that lies half-way is rounded up. Missing where
        too few others have a known level, and everywhere for a department without a tier.

    """
    tier = tiers.set_index("department_id")["tier"]
    same = (tier == tier[department]) & (tier != UNCLASSIFIED)
    others = levels.loc[levels.index.isin(same[same].index) & (levels.index != department)]
    enough = others.count() >= max(_FEWEST_OTHERS, protocol.disclosure.minimum_cell)
    return _to_steps(others.median()).where(enough)


def _to_steps(level: pd.Series) -> pd.Series:
    return ((level / _STEP).round(DECIMALS) + 0.5).floordiv(1) * _STEP
