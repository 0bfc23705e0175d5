"""Tables of needs and of conditions in the mapping's report."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mapping.facts import by_level, profile_level
from mapping.prose import Words
from mapping.references import of
from mapping.tables import cells
from mapping.tables.table import Builder, Table
from mapping.vocabulary import TIERS


def needs(needs: pd.DataFrame, side: str, words: Words) -> Table:
    """The needs of one side by rank; from table ``needs``.

    The need that the protocol lists apart (other) stands last, whatever its rank.
    """
    rows = needs[needs["side"] == side]
    apart = rows["need"] == words.protocol.need_rules.listed_apart
    rows = rows.assign(apart=apart).sort_values(["apart", "rank", "need"])
    build = Builder(words, f"needs_{side}")
    columns = [
        build.column("need", cells.label(words, "voice" if side == "external" else "need")),
        *build.numbers("departments"),
        build.column("share", cells.percent(words), number=True),
        build.column("interval", cells.interval(words), number=True),
        *build.numbers("rank"),
        build.column("p_first", words.formats.chance, number=True),
    ]
    shown = rows.assign(
        share=cells.counts(rows, table="needs"), interval=cells.ends(rows, table="needs")
    )
    number = of("needs", needs).where(side=side).largest("of") if len(rows) else 0
    return build.table(shown, columns, rows_of="needs", n=number)


def conditions(indicators: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> Table:
    """Mean level of each conditions indicator by tier; from ``indicators`` and ``tiers``.

    In the order of :func:`mapping.facts.by_level`, as in the figure; no rows if none is known of
    any department with a tier.
    """
    keys = by_level(indicators, tiers, words.protocol.indicator_keys("conditions"))
    rows = [
        {"indicator": key} | {tier: profile_level(indicators, tiers, key, tier) for tier in TIERS}
        for key in keys
    ]
    known = [row for row in rows if any(row[tier] is not None for tier in TIERS)]
    frame = pd.DataFrame(rows if known else [], columns=["indicator", *TIERS], dtype=object)
    build = Builder(words, "conditions")
    columns = [
        build.column("indicator", cells.label(words, "indicator")),
        *build.numbers(*TIERS, decimals=1),
    ]
    sizes: dict[str, Any] = {tier: of("tiers", tiers).where(tier=tier).count() for tier in TIERS}
    return build.table(frame, columns, **sizes)


def arrangements(arrangements: pd.DataFrame, words: Words) -> Table:
    """How the responsibility is arranged, the commonest way first.

    From :func:`mapping.indicators.arrangements`.
    """
    keys = [arrangement.key for arrangement in words.protocol.arrangements]
    return _ways(arrangements, "arrangement", keys, words)


def origins(arrangements: pd.DataFrame, words: Words) -> Table:
    """How the work started, the commonest way first.

    From :func:`mapping.indicators.arrangements`.
    """
    return _ways(arrangements, "origin", [origin.key for origin in words.protocol.origins], words)


def _ways(arrangements: pd.DataFrame, kind: str, keys: list[str], words: Words) -> Table:
    every = of("arrangements", arrangements)
    known = every.known(kind).count()
    rows = [{kind: k, "departments": every.where(**{kind: k}).count(), "of": known} for k in keys]
    names = [kind, "departments", "of"]
    frame = pd.DataFrame(rows if known else [], columns=names, dtype=object)
    build = Builder(words, f"{kind}s")
    columns = [
        build.column(kind, cells.label(words, kind)),
        *build.numbers("departments"),
        build.column("share", cells.percent(words), number=True),
    ]
    frame = frame.sort_values(["departments", kind], ascending=[False, True])
    shown = frame.assign(share=cells.counts(frame))
    return build.table(shown, columns, n=known, unknown=every.unknown(kind).count())
