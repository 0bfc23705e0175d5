"""Facts on how alike the coders of the interviews code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapping.facts.audit.rows import Row, counted, first_row, rows_of
from mapping.facts.counting import Facts
from mapping.references import Selected, cell, of, setting

if TYPE_CHECKING:
    from mapping.auditing import Audit

WORDS = ("reliable", "tentative", "unreliable")
"""The words for an alpha, the best first."""

NUMBERS = ("alpha", "alpha_low", "alpha_high", "ac1", "agreement")
COUNTS = ("raters", "departments", "pairs", "units", "given")


def coders(audit: Audit) -> Facts:
    """How far the coders agree, on which codes are there and on the levels that they gave.

    ``presence`` and ``level`` are without anything if there are no interviews. ``rare``: in more
    than half of the units nobody gave the code, which alone makes plain agreement high.
    """
    rows = coded(audit).where(scope="all")
    overall = {metric: first_row(rows.where(metric=metric)) for metric in ("nominal", "ordinal")}
    presence, level = (agreed(row) for row in overall.values())
    return {
        "presence": presence,
        "level": level,
        "rare": bool(presence) and 2 * presence["given"] < presence["units"],
        "confidence": setting(audit.protocol, "audit.confidence"),
    }


def coded(audit: Audit) -> Selected:
    """The rows of table ``agreement`` on the coders."""
    return of("agreement", audit.agreement).where(among="coders")


def agreed(row: Row | None) -> Facts:
    """What a row of table ``agreement`` says; a missing number is None, a missing word blank."""
    if row is None:
        return {}
    numbers = {name: cell("agreement", row, name) for name in (*NUMBERS, *COUNTS)}
    return numbers | {name: _blank(row[name]) for name in ("word", "reason")}


def _blank(word: object) -> str:
    return "" if pd.isna(word) else str(word)  # type: ignore[call-overload]


def codes(audit: Audit) -> Facts:
    """How many codes are coded how alike, and which to look at.

    ``words`` counts the codes of each word, of those judged; ``judged`` of all. ``look`` are the
    codes, ``given`` the indicators at any level, ``levels`` those of whose level the agreement is
    unreliable, the worst first.
    """
    every = coded(audit)
    own = every.where(scope="code")
    judged = own.known("word")
    look = every.where(look=True)
    return {
        "judged": counted(judged, own),
        "words": {word: counted(judged.where(word=word), judged) for word in WORDS},
        "fewest": setting(audit.protocol, "audit.fewest_units"),
        "look": _keys(look.where(scope="code")),
        "given": _keys(look.where(scope="indicator", metric="nominal")),
        "levels": _keys(look.where(scope="indicator", metric="ordinal")),
    }


def _keys(rows: Selected) -> list[str]:
    return [row["key"] for row in sorted(rows_of(rows), key=lambda row: row["alpha"])]


def each_coder(audit: Audit) -> Facts:
    """Whether there is a coder without whom the others agree more than chance explains.

    ``look`` tells of every such coder, by number, the alpha without and the gain; ``judged`` of
    how many coders it can be said.
    """
    rows = coded(audit).where(scope="without", metric="nominal")
    gained = rows.where(look=True)
    return {
        "coders": rows.count(),
        "judged": rows.known("gain_low").count(),
        "look": {
            row["key"].rpartition("-")[2]: {
                name: cell("agreement", row, name) for name in ("alpha", "gain")
            }
            for row in rows_of(gained)
        },
        "draws": setting(audit.protocol, "audit.draws"),
    }
