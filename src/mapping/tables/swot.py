"""Tables of the SWOT report."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mapping.facts import base, exceeding
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import cell, exact_setting, of
from mapping.tables import cells
from mapping.tables.table import Builder, Table
from mapping.vocabulary import TIERS

PAIRS = 10
"""So many pairs of themes are shown: all of them would fill two pages."""


def quadrant(swot: pd.DataFrame, quadrant: str, words: Words) -> Table:
    """The themes of one quadrant that anybody mentions; from table ``swot``."""
    rows = swot[(swot["quadrant"] == quadrant) & (swot["departments"] > 0)]
    rows = rows.sort_values(["rank", "theme"])
    build = Builder(words, "quadrant")
    columns = [
        build.column("theme", cells.label(words, "theme")),
        *build.numbers("departments"),
        build.column("share", cells.percent(words), number=True),
        build.column("interval", cells.interval(words), number=True),
        *build.numbers("items", "votes", "rank"),
    ]
    shown = rows.assign(
        share=cells.counts(rows, table="swot"), interval=cells.ends(rows, table="swot")
    )
    name = capital(words.label("quadrant", quadrant))
    number = base(of("swot", swot))
    return build.table(shown, columns, rows_of="swot", quadrant=name, n=number)


def common_denominators(common: pd.DataFrame, words: Words) -> Table:
    """Themes of many departments; from :func:`mapping.swot.common_denominators`."""
    build = Builder(words, "common_denominators")
    columns = [
        build.column("theme", cells.label(words, "theme")),
        build.column("quadrant", cells.label(words, "quadrant")),
        build.column("count", words.formats.count, number=True),
        build.column("interval", cells.interval(words), number=True),
    ]
    shown = common.assign(
        count=cells.counts(common, table="swot"), interval=cells.ends(common, table="swot")
    )
    limit = exact_setting(words.protocol, "swot.common_denominator")
    return build.table(shown, columns, limit=limit)


def differences(differences: pd.DataFrame, words: Words) -> Table:
    """Themes by tier with the tests; from :func:`mapping.swot.differences`.

    Only the rows that could be tested.
    """
    rows = differences.dropna(subset=["p"])
    build = Builder(words, "differences")
    columns = [
        build.column("theme", cells.label(words, "theme")),
        build.column("quadrant", cells.label(words, "quadrant")),
        *(build.column(tier, cells.share(words), number=True) for tier in TIERS),
        build.column("p", cells.p_value(words), number=True),
        build.column("p_holm", cells.p_value(words), number=True),
    ]
    counts = {tier: cells.counts(rows, tier, f"of_{tier}", "swot_differences") for tier in TIERS}
    every = of("swot_differences", differences)
    bases: dict[str, Any] = {tier: base(every, f"of_{tier}") for tier in TIERS}
    return build.table(rows.assign(**counts), columns, rows_of="swot_differences", **bases)


def together(pairs: pd.DataFrame, words: Words) -> Table:
    """The pairs of themes that most exceed chance; from :func:`mapping.swot.together`.

    At most ten, in the order of ``pairs``.
    """
    shown = exceeding(pairs, words.protocol).head(PAIRS)
    build = Builder(words, "together")
    columns = [
        build.column("theme", cells.label(words, "theme")),
        build.column("other_theme", cells.label(words, "theme")),
        build.column("count", words.formats.count, number=True),
        *build.numbers("expected", decimals=1),
    ]
    shown = shown.assign(count=cells.counts(shown, table="swot_pairs"))
    return build.table(shown, columns, row_headers=2, rows_of="swot_pairs")


def borda(borda: pd.DataFrame, words: Words) -> Table:
    """The Borda ranking side by side, a column a quadrant; from :func:`mapping.swot.borda`.

    One row a theme, mentioned or not; none if no theme is mentioned at all.
    """
    build = Builder(words, "borda")
    mentioned = borda if borda["rank"].notna().any() else borda.head(0)
    ranks = [cell("swot_borda", row, "rank") for row in mentioned.to_dict("records")]
    placed = mentioned.assign(rank=cells.objects(ranks, mentioned))
    wide = placed.pivot(index="theme", columns="quadrant", values="rank").reset_index()
    order = {theme: place for place, theme in enumerate(words.protocol.themes)}
    wide = wide.sort_values("theme", key=lambda themes: themes.map(order))
    quadrants = ("strength", "weakness", "opportunity", "threat")
    wide = wide.reindex(columns=["theme", *quadrants])
    columns = [build.column("theme", cells.label(words, "theme")), *build.numbers(*quadrants)]
    return build.table(wide, columns)


def balance(balance: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> Table:
    """Each department's balance of notes; from :func:`mapping.swot.balance` and ``tiers``.

    By tier from the highest, those without one last; within a tier by falling balance.
    """
    rows = balance.merge(tiers[["department_id", "tier"]], on="department_id", how="left")
    place = rows["tier"].map({tier: place for place, tier in enumerate(TIERS)})
    order = ["place", "internal", "external", "department_id"]
    rows = rows.assign(place=place).sort_values(order, ascending=[True, False, False, True])
    build = Builder(words, "balance")
    columns = [
        build.column("department_id", cells.department(words)),
        build.column("tier", cells.tier(words)),
        *build.numbers("internal", "external", decimals=1),
        *build.numbers("items"),
    ]
    number = of("swot_balance", balance).count()
    return build.table(rows, columns, rows_of="swot_balance", n=number)
