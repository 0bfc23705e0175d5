"""Internal consistency of a scale."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def cronbach_alpha(levels: npt.ArrayLike) -> float:
    """Cronbach's alpha of a scale: one row is a department, one column an item, none missing.

    It is shown and nothing rests on it: it grows with the number of items and says nothing of
    whether they measure one thing. Missing with fewer than two items or departments, or if the
    sum of the items does not vary.

    Source: L. J. Cronbach, Psychometrika 16 (1951).

    >>> cronbach_alpha([[1, 1], [2, 2], [3, 3]])
    1.0
    """
    table = np.asarray(levels, dtype="float64")
    if min(table.shape) < 2:
        return float("nan")
    items = table.shape[1]
    total = table.sum(axis=1).var(ddof=1)
    if not total > 0:
        return float("nan")
    return float(items / (items - 1) * (1 - table.var(axis=0, ddof=1).sum() / total))
