"""Shares of a finite population of departments, some of them not observed."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

import numpy as np
import scipy  # its parts are loaded when first used: most notebooks never need them

from mapping.vocabulary import DECIMALS


@lru_cache(maxsize=4096)
def hypergeometric_interval(
    count: int, sample: int, population: int, confidence: float = 0.95
) -> tuple[int, int]:
    """Exact interval for how many of the whole population have a property.

    ``count`` of the ``sample`` observed departments have it; the sample is taken without
    replacement from ``population`` departments. Returns the smallest and the largest number
    M in the population that a two-sided test at 1 - confidence (half in each tail) does not
    reject. It is right only if those not observed are missing at random.

    Source: inversion of the hypergeometric test; J. Konijn, Statistical Theory of Sample
    Survey Design and Analysis (1973); W. Katz, Annals of Mathematical Statistics 24 (1953).

    >>> hypergeometric_interval(45, 100, 300)
    (111, 160)
    """
    if not 0 <= count <= sample <= population:
        raise ValueError(f"need 0 <= {count} <= {sample} <= {population}")
    possible = range(count, population - sample + count + 1)
    tail = (1 - confidence) / 2

    def enough(total: int) -> bool:
        """Whether so many could give the count or more: the more there are, the rather."""
        return bool(scipy.stats.hypergeom.sf(count - 1, population, total, sample) > tail)

    def too_many(total: int) -> bool:
        """Whether so many could hardly give the count or fewer: the more, the rather."""
        return not scipy.stats.hypergeom.cdf(count, population, total, sample) > tail

    low = bisect_left(possible, x=True, key=enough)
    high = bisect_left(possible, x=True, key=too_many)
    return possible[low], possible[high - 1]


def share_interval(
    count: int, sample: int, population: int, confidence: float = 0.95
) -> tuple[float, float]:
    """The same interval as shares of the population; missing if nothing was observed."""
    if sample == 0:
        return np.nan, np.nan
    low, high = hypergeometric_interval(count, sample, population, confidence)
    return round(low / population, DECIMALS), round(high / population, DECIMALS)


def hard_bounds(count: int, sample: int, population: int) -> tuple[float, float]:
    """What the share of the population would be if all not observed lacked it, or had it.

    ``count`` of the ``sample`` observed departments have it; the ``population``, at least one,
    is these and all that are missing, not those known to be outside.

    No assumption enters: these are the worst cases of C. F. Manski, American Economic Review 80
    (1990).

    >>> hard_bounds(21, 40, 50)
    (0.42, 0.62)
    """
    highest = (count + population - sample) / population
    return round(count / population, DECIMALS), round(highest, DECIMALS)
