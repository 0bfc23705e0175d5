"""Tables of needs and of conditions in the mapping's report."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mapping.facts import base, by_level, profiles
from mapping.prose import Words
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
    shown = rows.assign(share=cells.counts(rows), interval=cells.ends(rows))
    return build.table(shown, columns, n=base(rows))


def conditions(indicators: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> Table:
    """Mean level of each conditions indicator by tier; from ``indicators`` and ``tiers``.

    In the order of :func:`mapping.facts.by_level`, as in the figure; no rows if none is known of
    any department with a tier.
    """
    keys = by_level(indicators, tiers, words.protocol.indicator_keys("conditions"))
    wide = profiles(indicators, tiers).pivot(index="indicator", columns="tier", values="level")
    wide = wide.reindex(index=keys if len(wide) else [], columns=list(TIERS))
    build = Builder(words, "conditions")
    columns = [
        build.column("indicator", cells.label(words, "indicator")),
        *build.numbers(*TIERS, decimals=1),
    ]
    sizes: dict[str, Any] = {tier: int((tiers["tier"] == tier).sum()) for tier in TIERS}
    return build.table(wide.reset_index(), columns, **sizes)


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
    known = arrangements[kind].dropna()
    rows = [{kind: key, "departments": int((known == key).sum()), "of": len(known)} for key in keys]
    frame = pd.DataFrame(rows if len(known) else [], columns=[kind, "departments", "of"])
    build = Builder(words, f"{kind}s")
    columns = [
        build.column(kind, cells.label(words, kind)),
        *build.numbers("departments"),
        build.column("share", cells.percent(words), number=True),
    ]
    frame = frame.sort_values(["departments", kind], ascending=[False, True])
    shown = frame.assign(share=cells.counts(frame))
    return build.table(shown, columns, n=len(known), unknown=len(arrangements) - len(known))
