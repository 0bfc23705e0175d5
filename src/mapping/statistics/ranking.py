"""Rankings: by count, by Borda points, and how sure the first place is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def borda(scores: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Borda points of each candidate (column) over all ballots (rows).

    A ballot gives a candidate one point for every candidate that it scores lower, and half a
    point for every other one that it scores the same.

    Source: J.-C. de Borda, Mémoire sur les élections au scrutin (1784).

    >>> borda([[2, 1, 0], [0, 1, 1]]).tolist()
    [2.0, 2.5, 1.5]
    """
    ballots = np.asarray(scores, dtype=float)
    mine, others = ballots[:, :, None], ballots[:, None, :]
    below = (mine > others).sum(axis=(0, 2))
    equal = (mine == others).sum(axis=(0, 2)) - len(ballots)
    return np.asarray(below + equal / 2, dtype=float)


_AT_ONCE = 4_000_000
"""Numbers that are drawn at a time: so few that a nation's departments fit into memory."""


def drawn_counts(presence: npt.NDArray[np.bool_], draws: int, seed: int) -> npt.NDArray[np.int_]:
    """The count of each column (columns) in each bootstrap draw of departments (rows).

    ``presence`` has a row for each department and a column for each candidate. A draw takes
    as many departments as there are, with replacement, each with all its columns (they go
    together).

    Source: the bootstrap of B. Efron, Annals of Statistics 7 (1979).
    """
    departments = len(presence)
    if not departments:
        return np.zeros((draws, presence.shape[1]), dtype=int)
    rng, present = np.random.default_rng(seed), presence.astype(int)
    shares = np.full(departments, 1 / departments)
    most = max(_AT_ONCE // departments, 1)
    sizes = [min(most, draws - drawn) for drawn in range(0, draws, most)]
    return np.vstack([rng.multinomial(departments, shares, size) @ present for size in sizes])


def first_place_share(counts: npt.NDArray[np.int_]) -> npt.NDArray[np.float64]:
    """In how many of the draws (rows) each column has the largest count, ties counted (0 to 1).

    See :func:`drawn_counts` for the draws.
    """
    return np.asarray((counts == counts.max(axis=1, keepdims=True)).mean(axis=0))
