"""The smallest choice of sets that covers enough, exactly.

The problem is partial set cover, an integer programme (Gandhi, Khuller and Srinivasan 2004,
Approximation algorithms for partial covering problems, J. Algorithms 53, 55-84). It is solved to
proven optimality by HiGHS through :func:`scipy.optimize.milp`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy  # its parts are loaded when first used: most notebooks never need them

from mapping.errors import RunError

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


def smallest_cover(covers: Flags, weights: Whole, least: int) -> tuple[int, ...] | None:
    """The fewest sets that together cover things of at least the weight ``least``.

    ``covers`` has a row for each set and a column for each thing, true where the set covers the
    thing; ``weights`` holds what each thing counts, whole numbers from 0 up. Gives the rows
    chosen, rising; among equally small choices the one that covers most, and among these the
    first by the order of the rows (the lexicographically smallest). None if all sets together
    cover less than ``least``.

    Meant for a toolbox: some 200 sets of ten or so things, which take under a second. The worst
    cases grow exponentially with the sets, as those of every exact method do.
    """
    if least <= 0:
        return ()
    if weights[covers.any(axis=0)].sum() < least:
        return None
    covering = _Covering(covers, weights)
    size = len(covering.solve(least, sets=1))
    fullest = covering.solve(least, [covering.exactly(size)], things=-weights)
    most = int(weights[covers[fullest].any(axis=0)].sum())
    return covering.first(most, size)


@dataclass(frozen=True)
class _Covering:
    """The programme: three blocks of variables, each 0 or 1.

    Which sets are chosen; which things are covered; and which one of the chosen sets is picked
    out, so that the one with the smallest row can be asked for.
    """

    covers: Flags
    weights: Whole

    def exactly(self, size: int) -> scipy.optimize.LinearConstraint:
        """So many sets are chosen."""
        return scipy.optimize.LinearConstraint(self._row(sets=1), size, size)

    def first(self, least: int, size: int) -> tuple[int, ...]:
        """The lexicographically first choice of ``size`` sets that covers ``least``.

        One programme for each place: of the sets besides those already found, the one with the
        smallest row that stands in any such choice with them.
        """
        found: list[int] = []
        for _ in range(size):
            rules = [self.exactly(size), *(self._chosen(row) for row in found)]
            place = np.where(np.isin(np.arange(len(self.covers)), found), len(self.covers), 0)
            rows = self.solve(least, rules, picked=place + np.arange(len(self.covers)))
            found.append(min(set(rows) - set(found)))
        return tuple(found)

    def solve(
        self,
        least: int,
        rules: Iterable[scipy.optimize.LinearConstraint] = (),
        **costs: npt.ArrayLike,
    ) -> list[int]:
        """The rows of the cheapest choice that covers ``least`` and keeps the rules, rising."""
        row = self._row(**costs)
        made = scipy.optimize.milp(
            row,
            integrality=np.ones_like(row),
            bounds=scipy.optimize.Bounds(0, 1),
            constraints=[*self._always(least), *rules],
            options={"mip_rel_gap": 0.0},
        )
        if not made.success:
            raise RunError(f"the smallest cover was not found: {made.message}")
        return [int(place) for place in np.flatnonzero(made.x[: len(self.covers)] > 0.5)]

    def _always(self, least: int) -> list[scipy.optimize.LinearConstraint]:
        sets, things = self.covers.shape
        one, none = np.eye(sets), np.zeros((things, sets))
        return [
            # a thing is covered only if a chosen set covers it
            scipy.optimize.LinearConstraint(
                np.hstack([self.covers.T, -np.eye(things), none]), lb=0
            ),
            # half a unit below the whole number, so that no tolerance of the solver decides
            scipy.optimize.LinearConstraint(self._row(things=self.weights), lb=least - 0.5),
            # one set is picked out, and it is a chosen one
            scipy.optimize.LinearConstraint(np.hstack([one, none.T, -one]), lb=0),
            scipy.optimize.LinearConstraint(self._row(picked=1), 1, 1),
        ]

    def _chosen(self, row: int) -> scipy.optimize.LinearConstraint:
        return scipy.optimize.LinearConstraint(
            self._row(sets=np.arange(len(self.covers)) == row), 1, 1
        )

    def _row(
        self,
        sets: npt.ArrayLike = 0,
        things: npt.ArrayLike = 0,
        picked: npt.ArrayLike = 0,
    ) -> npt.NDArray[np.float64]:
        """One coefficient for each variable, block by block."""
        count, columns = self.covers.shape
        blocks = zip((sets, things, picked), (count, columns, count), strict=True)
        return np.hstack([np.broadcast_to(block, length) for block, length in blocks]).astype(float)
