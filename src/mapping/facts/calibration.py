"""Facts on how far the verdicts can be trusted: rates of support in simulated studies."""

from __future__ import annotations

import pandas as pd

from mapping.calibration import Calibration
from mapping.facts.counting import Count, Facts


def unspecific(rates: pd.DataFrame) -> list[str]:
    """The findings that noise supports as often as truth, in the order of the table.

    As often: the exact 95 % intervals of the two shares of studies meet. ``rates`` is that of
    :func:`mapping.calibration.read`.
    """
    low = rates[rates["world"] == "true"].set_index("finding")["low"].rename("truth")
    both = rates[rates["world"] == "noise"].join(low, on="finding", how="inner")
    return [str(key) for key in both.loc[both["high"] >= both["truth"], "finding"]]


def noise_rates(rates: pd.DataFrame) -> dict[str, Count]:
    """How many studies of pure noise support each finding, of how many."""
    return _supported(rates, "noise")


def calibrated(made: Calibration | None) -> Facts:
    """What a calibration says of the verdicts; without one, that there is none.

    ``weakest`` are the findings that truth supports least often, ``misleading`` those that
    their opposite supports most often, each with how often; ``unopposed`` have no opposite.
    """
    if made is None:
        return _NONE
    rates = made.rates
    truth, opposite = _supported(rates, "true"), _supported(rates, "opposite")
    least = min(truth.values(), key=_share, default=Count(0, 0))
    most = max(opposite.values(), key=_share, default=Count(0, 0))
    return {
        "made": True,
        "stale": made.stale,
        "studies": made.record.studies,
        "unspecific": unspecific(rates),
        "weakest": [key for key, count in truth.items() if count == least],
        "least": least,
        "misleading": [key for key, count in opposite.items() if count == most and most.n],
        "most": most,
        "unopposed": [key for key in truth if key not in opposite],
    }


_NONE: Facts = {
    "made": False,
    "stale": False,
    "studies": 0,
    "unspecific": [],
    "weakest": [],
    "least": Count(0, 0),
    "misleading": [],
    "most": Count(0, 0),
    "unopposed": [],
}


def _supported(rates: pd.DataFrame, world: str) -> dict[str, Count]:
    rows = rates[rates["world"] == world]
    pairs = zip(rows["finding"], rows["supported"], rows["studies"], strict=True)
    return {str(key): Count(int(n), int(of)) for key, n, of in pairs}


def _share(count: Count) -> float:
    return count.n / count.of
