"""The measures that are compared: in the protocol's order, with what the tests say of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from mapping.facts.counting import Count, Facts
from mapping.protocol import Protocol
from mapping.references import Traced, cell, computed, of, setting, whole
from mapping.vocabulary import COMPARED, QUADRANTS, TIERS

if TYPE_CHECKING:
    from mapping.comparison import FollowUp

TESTED, TOO_FEW, BREAK, SHOWN = "tested", "too_few", "break", "shown"
"""The statuses of table ``change``."""

TIER = "tier:tier"
"""The tiers, as the yardstick names them."""

TIER_TESTS = ("direction", "marginal_homogeneity", "symmetry")
"""The tests of the tiers then and now, in the order in which they are told."""


MOST_NAMED = 6
"""More measures than this are counted in a sentence, not named."""


def years(follow: FollowUp) -> Facts:
    """The two years, as text."""
    return {"then": str(follow.baseline), "now": str(follow.year)}


def order(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Kind and key of every measure, in the order in which they are told."""
    themes = [code.code for code in protocol.codes if code.instrument == "workshop"]
    keys: dict[str, Iterator[str] | tuple[str, ...]] = {
        "tier": (*TIERS, *TIER_TESTS),
        "indicator": protocol.indicator_keys(),
        "construct": ("conditions", "needs"),
        "need": tuple(protocol.need_keys("internal")),
        "voice": tuple(protocol.need_keys("external")),
        "swot": (f"{quadrant}.{theme}" for quadrant in QUADRANTS for theme in themes),
        "recommendation": tuple(each.key for each in protocol.recommendations),
    }
    yield from ((kind, key) for kind in COMPARED for key in keys[kind])


def measured(follow: FollowUp, *kinds: str) -> pd.DataFrame:
    """The rows of table ``change`` of these kinds, in the protocol's order."""
    place = {each: number for number, each in enumerate(order(follow.protocol))}
    rows = follow.change[follow.change["kind"].isin(kinds)]
    names = list(zip(rows["kind"], rows["key"], strict=True))
    placed = rows.assign(place=[place.get(name, len(place)) for name in names])
    return placed.sort_values(["place", "key"], kind="stable", ignore_index=True)


def each(rows: pd.DataFrame) -> list[Any]:
    """The rows one by one, their columns as attributes."""
    return list(rows.itertuples())


def comparable(follow: FollowUp) -> bool:
    """Whether the tiers of the two years can be compared: nothing broke what they rest on."""
    return TIER not in broken(follow.yardstick)


def broken(yardstick: pd.DataFrame) -> list[str]:
    """Every measure that is broken, as ``kind:key``, sorted."""
    return sorted({name for names in yardstick["breaks"].fillna("") for name in names.split()})


def number(row: Any, column: str) -> Traced | None:
    """The number in a column of a row of table ``change``, traced; None if it is missing."""
    return cell("change", row._asdict(), column)


def count(row: Any, column: str) -> int:
    """The whole number in a column of a row of table ``change``, which has one, traced."""
    return whole("change", row._asdict(), column)


def paired_count(row: Any, year: str) -> Count | None:
    """How many of the pairs have it in a year; from a row of shares. None without pairs."""
    return _counted(number(row, year), number(row, "pairs"))


def everyone(row: Any, year: str) -> Count | None:
    """How many of everybody seen in that year have it; None if nobody was."""
    return _counted(number(row, f"all_{year}"), number(row, f"of_{year}"))


def _counted(share: Traced | None, base: Traced | None) -> Count | None:
    """The count whose share of its base is told, rounded as tables are."""
    if share is None or base is None:
        return None
    n = computed("rounded", computed("product", share, base))
    return Count(cast(int, n), cast(int, base))


def tested(follow: FollowUp, *kinds: str) -> Facts:
    """What the tests of these kinds say: how many, which hold, and what was left out.

    ``significant`` are the changes that can be told from chance, the surest first, each with
    the numbers of table ``change``; ``few`` whether anything was left out because the pairs were
    too few, ``fewest`` the number that it takes.
    """
    rows, every = measured(follow, *kinds), of("change", follow.change).where(kind=kinds)
    told = rows[rows["status"] == TESTED]
    sure = told[told["p_holm"] < follow.protocol.follow_up.significance]
    sure = sure.sort_values(["p_holm", "p", "place"], kind="stable")
    return {
        "tested": every.where(status=TESTED).count(),
        "significant": [_change(row) for row in each(sure)],
        "few": bool((rows["status"] == TOO_FEW).any()),
        "fewest": setting(follow.protocol, "follow_up.pairs"),
        "left_out": _names(rows[rows["status"] == BREAK]),
        "not_tested": every.where(status=BREAK).count(),
        "most": MOST_NAMED,
    }


def held(follow: FollowUp, *kinds: str) -> Traced:
    """How many changes of these kinds can be told from chance."""
    told = of("change", follow.change).where(kind=kinds, status=TESTED)
    return told.compared("p_holm", "<", follow.protocol.follow_up.significance).count()


def _change(row: Any) -> Facts:
    return {
        "measure": f"{row.kind}:{row.key}",
        "share": row.kind not in ("indicator", "construct"),
        "before": number(row, "then"),
        "after": number(row, "now"),
        "pairs": count(row, "pairs"),
        "rose": Count(count(row, "rose"), count(row, "pairs")),
        "fell": Count(count(row, "fell"), count(row, "pairs")),
        "p": number(row, "p"),
        "p_holm": number(row, "p_holm"),
    }


def _names(rows: pd.DataFrame) -> list[str]:
    return [f"{kind}:{key}" for kind, key in zip(rows["kind"], rows["key"], strict=True)]
