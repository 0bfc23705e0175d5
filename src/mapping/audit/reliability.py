"""How far raters agree: one table row for all they rated, for parts of it, without each of them.

The raters are coders of the interviews (:mod:`mapping.audit.coders`) or the instruments
themselves (:mod:`mapping.audit.instruments`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from mapping.protocol import AuditRules
from mapping.schemas import TABLES, conform
from mapping.statistics.agreement import (
    Array,
    Draws,
    Metric,
    agreement,
    alike,
    by_cluster,
    disagreement,
    gwet,
    percentile_interval,
    resampled,
    summands,
)
from mapping.vocabulary import DECIMALS

EVERYTHING = ("all", "all")
"""Scope and key of the row on all items."""


@dataclass(frozen=True)
class Rated:
    """What several raters gave the same units, item by item.

    ``ratings`` are units x raters x items, missing (NaN) where a rater gave none.
    ``departments`` numbers the department of each unit, ``groups`` names the items that a row
    of the table is about by its scope and key. ``categories`` are all that a rater could give;
    none for levels without steps. ``between`` are the other values that occur: means of several
    that one rater gave. Ratings agree if they differ by at most ``within``.
    """

    metric: Metric
    raters: Sequence[str]
    ratings: Array
    departments: npt.NDArray[np.int_]
    items: Sequence[str]
    groups: dict[tuple[str, str], list[str]]
    categories: Sequence[float] = ()
    between: Sequence[float] = ()
    within: float = 0.0

    @property
    def values(self) -> list[float]:
        """Every value that a rating can have, ascending; none for levels without steps."""
        return sorted({*self.categories, *self.between})

    @property
    def members(self) -> npt.NDArray[np.bool_]:
        """Which items (rows) belong to which group (columns)."""
        columns = [np.isin(self.items, members) for members in self.groups.values()]
        return np.stack(columns, axis=1)

    @property
    def paired(self) -> npt.NDArray[np.bool_]:
        """Which units (rows) have two ratings or more of an item (columns)."""
        return np.asarray(self._known.sum(axis=1) > 1)

    @property
    def _known(self) -> npt.NDArray[np.bool_]:
        return ~np.isnan(self.ratings)

    def of(self, scope: str) -> Rated:
        """The same with the groups of one scope alone."""
        return replace(self, groups={g: items for g, items in self.groups.items() if g[0] == scope})

    def without(self, rater: str) -> Rated:
        """The same with nothing of one rater."""
        left = np.array([name != rater for name in self.raters])
        blank = np.where(left[:, None], self.ratings, np.nan)
        return replace(self, ratings=blank)


def reliability(among: str, rated: Sequence[Rated], rules: AuditRules) -> pd.DataFrame:
    """Table ``agreement`` of some raters; see :func:`mapping.audit.coders.agreement`."""
    parts = [part for one in rated if one.ratings.size for part in _parts(one, rules)]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    columns = list(TABLES["agreement"].columns)
    return conform(table.assign(among=among).reindex(columns=columns), "agreement")


def _parts(rated: Rated, rules: AuditRules) -> list[pd.DataFrame]:
    drawn = _drawn_alpha(rated, rules)
    whole = drawn[:, list(rated.groups).index(EVERYTHING)]
    apart = [_without(rated, number, whole, rules) for number in range(len(rated.raters))]
    rows = _judged(_measured(rated, drawn, rules), rules)
    return [rows.assign(look=(rows["word"] == "unreliable").mask(rows["word"].isna())), *apart]


def _drawn_alpha(rated: Rated, rules: AuditRules) -> Array:
    """Alpha of each group (columns) in each bootstrap draw of departments (rows)."""
    sums = by_cluster(summands(rated.ratings, rated.metric, rated.values), rated.departments)
    drawn = resampled(sums, Draws(rules.draws, rules.seed))
    return disagreement(drawn, rated.metric).of_groups(rated.members).coefficient


def _measured(rated: Rated, drawn: Array, rules: AuditRules) -> pd.DataFrame:
    low, high = _interval(drawn, _departments(rated), rules)
    keys = pd.DataFrame(list(rated.groups), columns=["scope", "key"])
    return keys.assign(
        metric=rated.metric,
        **_counts(rated),
        alpha=_alpha(rated),
        alpha_low=low,
        alpha_high=high,
        ac1=_ac1(rated),
        agreement=agreement(alike(rated.ratings, rated.within), rated.members),
    )


def _alpha(rated: Rated) -> Array:
    sums = summands(rated.ratings, rated.metric, rated.values).sum(axis=0)
    return disagreement(sums, rated.metric).of_groups(rated.members).coefficient


def _ac1(rated: Rated) -> Array:
    """Missing for levels without steps: there are no categories to guess from."""
    if not rated.categories:
        return np.full(len(rated.groups), np.nan)
    return gwet(rated.ratings, rated.categories).of_groups(rated.members).coefficient


def _counts(rated: Rated) -> dict[str, npt.NDArray[np.int_]]:
    members = rated.members.astype(int)
    known = rated._known.sum(axis=1)
    paired = rated.paired
    positive = (rated.ratings > 0).any(axis=1) if rated.metric == "nominal" else paired
    active = rated._known.any(axis=0).astype(int)
    return {
        "raters": ((active @ members) > 0).sum(axis=0),
        "departments": _departments(rated),
        "units": paired.sum(axis=0) @ members,
        "pairs": (known * (known - 1) // 2).sum(axis=0) @ members,
        "given": (paired & positive).sum(axis=0) @ members,
    }


def _departments(rated: Rated) -> npt.NDArray[np.int_]:
    """How many departments have a pair of ratings in each group."""
    paired = by_cluster(rated.paired.astype(float), rated.departments)
    return np.asarray(((paired @ rated.members.astype(float)) > 0).sum(axis=0))


def _interval(
    drawn: Array, departments: npt.NDArray[np.int_], rules: AuditRules
) -> tuple[Array, Array]:
    """Percentile interval; missing with one department, of which all draws are the same."""
    low, high = percentile_interval(drawn, rules.confidence)
    several = departments > 1
    return np.where(several, low, np.nan), np.where(several, high, np.nan)


def _judged(rows: pd.DataFrame, rules: AuditRules) -> pd.DataFrame:
    """The rows with the word for their alpha, or the reason why there is none.

    The limits are conventions: K. Krippendorff, Content Analysis (2nd ed., 2004), page 241.
    """
    alpha = rows["alpha"]
    reasons = [rows["units"] == 0, alpha.isna(), rows["given"] < rules.fewest_units]
    reason = np.select(reasons, ["no_pairs", "no_variation", "too_few"], "")
    words = np.select(
        [alpha >= rules.reliable, alpha >= rules.tentative], ["reliable", "tentative"], "unreliable"
    )
    told = pd.Series(reason, rows.index, dtype="string").replace("", None)
    return rows.assign(reason=told, word=pd.Series(words, rows.index).where(told.isna()))


def _without(rated: Rated, number: int, whole: Array, rules: AuditRules) -> pd.DataFrame:
    """The row on all items without one rater, and what leaving that rater out changes.

    The gain is drawn with the same departments in both, so its interval is that of a difference.
    """
    left = rated.without(rated.raters[number]).of("all")
    drawn = _drawn_alpha(left, rules)
    row = _judged(_measured(left, drawn, rules), rules)
    alpha = _alpha(rated.of("all"))
    low, high = _interval(drawn - whole[:, None], _departments(left), rules)
    others = agreement(alike(rated.ratings, rated.within, number), left.members)
    gain = (row["alpha"] - alpha).round(DECIMALS)
    return row.assign(
        scope="without",
        key=rated.raters[number],
        with_others=others,
        gain=gain,
        gain_low=low,
        gain_high=high,
        look=pd.Series(low > 0).astype("boolean").mask(np.isnan(low)),
    )
