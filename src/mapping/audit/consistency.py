"""Do the indicators of a construct go together? A figure that is shown; nothing rests on it."""

from __future__ import annotations

import pandas as pd

from mapping.indicators import levels
from mapping.protocol import Protocol
from mapping.schemas import conform
from mapping.statistics.consistency import cronbach_alpha
from mapping.vocabulary import CONSTRUCTS, DECIMALS


def consistency(indicators: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Cronbach's alpha of each construct over the departments that have all its indicators.

    One row is a construct (table ``consistency``): its number of ``indicators``, the
    ``departments`` of which all are known, and ``alpha``, missing where it is undefined.
    """
    known = levels(indicators).astype("float64")
    rows = []
    for construct in CONSTRUCTS:
        keys = list(protocol.indicator_keys(construct))
        complete = known.reindex(columns=keys).dropna()
        alpha = round(cronbach_alpha(complete.to_numpy()), DECIMALS)
        rows.append(
            {
                "construct": construct,
                "indicators": len(keys),
                "departments": len(complete),
                "alpha": alpha,
            }
        )
    return conform(pd.DataFrame(rows), "consistency")
