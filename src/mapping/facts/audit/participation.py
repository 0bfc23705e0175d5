"""Facts on who is missing, and on how far the missing could turn what is said of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapping.facts.audit.rows import Row, count_of, points, rows_of
from mapping.facts.counting import Count, Facts
from mapping.references import Selected, cell, computed, of
from mapping.vocabulary import SIDES

if TYPE_CHECKING:
    from mapping.auditing import Audit

MAJORITY = 0.5
SIZES = ("programmes", "staff_fte")


def participation(audit: Audit) -> Facts:
    """How many took part, and where fewest did.

    ``faculties`` are those with the smallest share, none if all have the same; ``fewest`` how many
    took part at the first of them. ``sizes`` are the smallest and the largest third of the register
    by programmes and by staff; without any where nobody's size is known.
    """
    missing = of("missing", audit.missing)
    everybody = taking_part(rows_of(missing.where(by="all"))[0])
    faculties = rows_of(missing.where(by="faculty").compared("departments", ">", 0))
    smallest = min(row["share"] for row in faculties)
    lowest = [row for row in faculties if row["share"] == smallest]
    lowest.sort(key=lambda row: row["group"])
    return {
        "took_part": everybody,
        "absent": computed("difference", everybody.of, everybody.n),
        "faculties": [str(row["group"]) for row in lowest] if len(lowest) < len(faculties) else [],
        "fewest": taking_part(lowest[0]),
        "sizes": {by: _ends(missing.where(by=by)) for by in SIZES},
    }


def taking_part(row: Row) -> Count:
    """How many of a group of the register took part; from a row of table ``missing``."""
    return count_of("missing", row, "participating", "departments")


def _ends(thirds: Selected) -> dict[str, Count]:
    """Of the smallest and the largest third; nothing of a size that nobody has."""
    ends = {row["group"]: taking_part(row) for row in rows_of(thirds)}
    shown = {group: ends[group] for group in ("smallest", "largest")}
    return shown if all(count.of for count in shown.values()) else {}


def bounds(audit: Audit) -> Facts:
    """How far the departments of which nothing is known could turn the headline shares.

    ``widest`` is how many percentage points the widest bounds are apart, ``tiers`` are the tiers'
    own bounds. ``sides`` are the sides of which it is certain that more than half of the register
    has a need, ``certain`` the needs and voices likewise. ``order``: nobody of whom nothing is
    known could change which tier is the largest.
    """
    table = of("bounds", audit.bounds)
    widest = max(rows_of(table), key=lambda row: (row["high"] - row["low"], row["key"]))
    sure = rows_of(table.compared("low", ">", MAJORITY))
    tiers = rows_of(table.where(kind="tier"))
    largest, *others = sorted(tiers, key=lambda row: -row["low"])
    named = [(row["kind"], row["key"]) for row in sure]
    return {
        "widest": points(widest, "bounds", "high", "low"),
        "tiers": {row["key"]: _bounds(row) for row in tiers},
        "order": largest["low"] > max(row["high"] for row in others),
        "largest": largest["key"],
        "sides": [side for side in SIDES if ("with_need", side) in named],
        "certain": [f"{kind}:{key}" for kind, key in named if kind in ("need", "voice")],
    }


def _bounds(row: Row) -> tuple[float | None, float | None]:
    return cell("bounds", row, "low"), cell("bounds", row, "high")
