"""Facts on how far the verdicts can be trusted: rates of support in simulated studies."""

from __future__ import annotations

import pandas as pd

from mapping.calibration import Calibration
from mapping.facts.counting import Count, Facts, base, count_in
from mapping.references import of


def unspecific(made: Calibration | None) -> tuple[str, ...]:
    """The findings that noise supports as often as truth; none without a calibration.

    As often: the exact 95 % intervals of the two shares of studies meet.
    """
    if made is None:
        return ()
    rates = made.rates
    low = rates[rates["world"] == "true"].set_index("finding")["low"].rename("truth")
    both = rates[rates["world"] == "noise"].join(low, on="finding", how="inner")
    return tuple(map(str, both.loc[both["high"] >= both["truth"], "finding"]))


def noise_rates(made: Calibration | None) -> dict[str, Count]:
    """How many studies of pure noise support each finding; nothing without a calibration."""
    return {} if made is None else _supported(made.rates, "noise")


def calibrated(made: Calibration | None) -> Facts:
    """What a calibration says of the verdicts; without one, that there is none.

    ``unspecific`` counts those of :func:`unspecific`, of all with noise. ``weakest`` are the
    findings that truth supports least often, ``misleading`` those that their opposite supports
    most often, each with how often; ``unopposed`` have no opposite.
    """
    if made is None:
        return _NONE
    rates = made.rates
    truth, opposite = _supported(rates, "true"), _supported(rates, "opposite")
    noise = of("calibration", rates).where(world="noise")
    least = min(truth.values(), key=_share, default=Count(0, 0))
    most = max(opposite.values(), key=_share, default=Count(0, 0))
    return {
        "made": True,
        "stale": made.stale,
        "studies": base(of("calibration", rates), "studies"),
        "unspecific": Count(noise.where(finding=unspecific(made)).count(), noise.count()),
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
    "unspecific": Count(0, 0),
    "weakest": [],
    "least": Count(0, 0),
    "misleading": [],
    "most": Count(0, 0),
    "unopposed": [],
}


def _supported(rates: pd.DataFrame, world: str) -> dict[str, Count]:
    rows = rates[rates["world"] == world]
    return {
        str(row["finding"]): count_in(row, "calibration", "supported", "studies")
        for row in rows.to_dict("records")
    }


def _share(count: Count) -> float:
    return count.n / count.of
