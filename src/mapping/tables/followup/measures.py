"""Tables of the change in levels, needs, themes and recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mapping.facts import followup as facts
from mapping.facts.followup.measures import count
from mapping.prose import Words
from mapping.prose.formats import MINUS, NBSP, capital
from mapping.references import Operator, of, setting
from mapping.tables import cells
from mapping.tables.followup.departments import name
from mapping.tables.followup.marks import BREAK, department, marked, years
from mapping.tables.followup.tiers import p_columns, with_status
from mapping.tables.table import Builder, Cell, Column, Table
from mapping.vocabulary import QUADRANTS

if TYPE_CHECKING:
    from mapping.comparison import FollowUp


def levels(follow: FollowUp, words: Words) -> Table:
    """Every indicator and construct: mean levels of the pairs, rose and fell, p and Holm's p."""
    rows = _named(facts.measured(follow, "indicator", "construct"))
    build = Builder(words, "followup_levels")

    def level(value: float) -> str:
        return words.formats.number(value, 2)

    columns = [
        build.column("measure", _marked(rows, words)),
        *build.numbers("pairs"),
        *years(follow, level, number=True),
        build.column("changed", _both(words), number=True),
        *p_columns(build, words),
    ]
    return build.table(with_status(rows), columns, rows_of="change")


def needs(follow: FollowUp, words: Words) -> Table:
    """Every need and voice: who of the pairs names it, gained and lost, p and Holm's p."""
    return _shares(follow, "followup_needs", _named(facts.measured(follow, "need", "voice")), words)


def swot(follow: FollowUp, words: Words) -> Table:
    """The themes that any department gained or lost: a row a theme, a column a quadrant.

    Each cell has the departments that name it then and now, and how many began and ceased to.
    """
    rows = _named(facts.measured(follow, "swot"))
    limit = follow.protocol.follow_up.significance
    told = facts.each(rows)
    places = rows["key"].astype("object").str.split(".", n=1, expand=True).reindex(columns=[0, 1])
    cell = [_theme(row, words, sure=pd.notna(row.p_holm) and row.p_holm < limit) for row in told]
    long = pd.DataFrame({"quadrant": places[0], "theme": places[1], "value": pd.Series(cell)})
    wide = long.pivot(index="theme", columns="quadrant", values="value")
    changed = set(places.loc[rows["rose"] + rows["fell"] > 0, 1])
    kept = [theme for theme in dict.fromkeys(places[1]) if theme in changed]
    build = Builder(words, "followup_swot")
    columns = [
        build.column("theme", cells.label(words, "theme")),
        *(Column(q, capital(words.label("quadrant", q)), str, True) for q in QUADRANTS),
    ]
    shown = wide.reindex(index=kept, columns=list(QUADRANTS)).rename_axis("theme").reset_index()
    every = of("change", follow.change).where(kind="swot")
    pairs = every.largest("pairs") if len(every.frame) else 0
    return build.table(shown, columns, n=pairs, **facts.years(follow))


def _theme(row: Any, words: Words, *, sure: bool) -> str | None:
    """A theme in a quadrant: ``8 → 13 (+6 −1)``; None if nobody names it in either year."""
    then, now = (facts.paired_count(row, year) for year in ("then", "now"))
    if then is None or now is None or not (then.n or now.n):
        return None
    mark = f"{BREAK}{NBSP}" if row.status == facts.BREAK else "*" + NBSP if sure else ""
    number = words.formats.number
    rose, fell = (number(count(row, column)) for column in ("rose", "fell"))
    moved = f" (+{rose}{NBSP}{MINUS}{fell})" if row.rose or row.fell else ""
    return f"{mark}{number(then.n)}{NBSP}→{NBSP}{number(now.n)}{moved}"


def recommendations(follow: FollowUp, words: Words) -> Table:
    """Every recommendation: who of the pairs meets it, newly met and lost, p and Holm's p."""
    rows = _named(facts.measured(follow, "recommendation"))
    return _shares(follow, "followup_recommendations", rows, words)


def _shares(follow: FollowUp, key: str, rows: pd.DataFrame, words: Words) -> Table:
    told = facts.each(rows)
    counted = {
        year: cells.objects([facts.paired_count(row, year) for row in told], rows)
        for year in ("then", "now")
    }
    build = Builder(words, key)
    columns = [
        build.column("measure", _marked(rows, words)),
        *build.numbers("pairs"),
        *years(follow, cells.share(words), number=True),
        build.column("changed", _both(words), number=True),
        *p_columns(build, words),
    ]
    return build.table(with_status(rows).assign(**counted), columns, rows_of="change")


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the measure's name, and how many rose and fell (gained and lost).

    No rows if there are no pairs for any.
    """
    rows = rows if rows["pairs"].any() else rows.head(0)
    told = facts.each(rows)
    changed = [(count(row, "rose"), count(row, "fell")) if row.pairs else None for row in told]
    return rows.assign(
        measure=[f"{row.kind}:{row.key}" for row in told], changed=cells.objects(changed, rows)
    )


def _marked(rows: pd.DataFrame, words: Words) -> Cell:
    """The name of a measure, with a mark if it was measured otherwise."""
    return marked(set(rows.loc[rows["status"] == facts.BREAK, "measure"]), name(words))


def _both(words: Words) -> Cell:
    def write(changed: tuple[int, int]) -> str:
        return " / ".join(words.formats.number(n) for n in changed)

    return write


def ranks(follow: FollowUp, words: Words) -> Table:
    """The rank of each need and voice in both years, and in which share of draws it changed."""
    rows = _named(facts.measured(follow, "need", "voice")).dropna(subset=["rank_now"])
    build = Builder(words, "followup_ranks")
    ranked = {
        year: cells.objects([facts.number(row, f"rank_{year}") for row in facts.each(rows)], rows)
        for year in ("then", "now")
    }
    columns = [
        build.column("measure", name(words)),
        *years(follow, words.formats.number, number=True),
        build.column("rank_rose", words.formats.chance, number=True),
        build.column("rank_fell", words.formats.chance, number=True),
    ]
    draws = setting(follow.protocol, "follow_up.draws")
    return build.table(rows.assign(**ranked), columns, rows_of="change", draws=draws)


def met(follow: FollowUp, words: Words) -> Table:
    """Which departments newly meet each recommendation, and which no longer do."""
    rows = of("movements", follow.movements).where(kind="recommendation", comparable=True)
    known = set(rows.known("then", "now").frame["key"])
    keys = [each.key for each in follow.protocol.recommendations if each.key in known]

    def who(key: str, way: Operator) -> cells.Listed:
        return cells.listed(rows.where(key=key).beside("now", way, "then"))

    made = pd.DataFrame(
        [{"key": key, "gained": who(key, ">"), "lost": who(key, "<")} for key in keys],
        columns=["key", "gained", "lost"],
    )
    build = Builder(words, "followup_met")
    write = cells.departments(words, department(follow, words))
    columns = [
        build.column("key", lambda key: capital(words.label("recommendation", key))),
        build.column("gained", write),
        build.column("lost", write),
    ]
    return build.table(made, columns)
