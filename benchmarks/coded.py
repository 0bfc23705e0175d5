"""What three coders gave of forty codes at fifty departments, and alpha as a user would draw it."""

from __future__ import annotations

import krippendorff
import numpy as np
import numpy.typing as npt

from mapping.statistics.agreement import (
    Draws,
    by_cluster,
    disagreement,
    percentile_interval,
    resampled,
    summands,
)

DEPARTMENTS, CODERS, CODES = 50, 3, 40
DRAWS, SEED, CONFIDENCE = 1_000, 1, 0.95
COMMON, SLIP = 0.3, 0.1
"""How often a code is there, and how often a coder says otherwise."""

Array = npt.NDArray[np.float64]


def ratings(seed: int = 3) -> Array:
    """Given (1) or absent (0): departments x coders x codes."""
    random = np.random.default_rng(seed)
    there = random.random((DEPARTMENTS, 1, CODES)) < COMMON
    slips = random.random((DEPARTMENTS, CODERS, CODES)) < SLIP
    return np.where(slips, ~there, there).astype(float)


def intervals(ratings: Array) -> tuple[Array, Array, Array]:
    """Alpha of each code and both ends of its interval."""
    per_unit = summands(ratings, "nominal", [0, 1])
    sums = by_cluster(per_unit, np.arange(DEPARTMENTS))
    drawn = disagreement(resampled(sums, Draws(DRAWS, SEED)), "nominal").coefficient
    found = disagreement(sums.sum(axis=0), "nominal").coefficient
    return found, *percentile_interval(drawn, CONFIDENCE)


def loop(ratings: Array, draws: int) -> list[list[float]]:
    """Alpha of each code in each draw, one after the other."""
    random = np.random.default_rng(SEED)
    return [_drawn(ratings[random.integers(DEPARTMENTS, size=DEPARTMENTS)]) for _ in range(draws)]


def _drawn(drawn: Array) -> list[float]:
    return [
        float(krippendorff.alpha(drawn[:, :, code].T, level_of_measurement="nominal"))
        for code in range(CODES)
    ]
