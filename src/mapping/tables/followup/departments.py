"""Tables of the departments that are compared, and of those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapping.facts import followup as facts
from mapping.facts.followup.departments import otherwise, points
from mapping.facts.followup.measures import everyone
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import of
from mapping.tables import cells
from mapping.tables.followup.marks import instruments as listed
from mapping.tables.followup.marks import marked, words_of, years
from mapping.tables.table import Builder, Cell, Column, Table
from mapping.vocabulary import FOLLOWED, TIERS, UNCLASSIFIED

if TYPE_CHECKING:
    from mapping.comparison import FollowUp


def others(follow: FollowUp, words: Words) -> Table:
    """Who is not compared: one row a part in the two years and the tier in the year of it.

    By their part, in the order of :data:`mapping.vocabulary.FOLLOWED`, the best tier first, those
    without one last.
    """
    every = of("transitions", follow.transitions)
    parts = {
        (part, tier): every.where(followed=part, **{_TIER_OF.get(part, "tier_now"): tier})
        for part in FOLLOWED
        if part != "both"
        for tier in (*TIERS, UNCLASSIFIED, None)
    }
    rows = [
        {"followed": part, "tier": tier, "departments": cells.listed(rows)}
        for (part, tier), rows in parts.items()
        if len(rows.frame)
    ]
    build = Builder(words, "followup_others")
    columns = [
        build.column("followed", words_of(words, "followed")),
        build.column("tier", cells.tier(words)),
        build.column("departments", cells.departments(words)),
    ]
    return build.table(pd.DataFrame(rows, columns=["followed", "tier", "departments"]), columns, 2)


_TIER_OF = {"dropped": "tier_then", "left": "tier_then"}
"""Where the tier stands of those who were seen in the earlier year alone."""


def ways(follow: FollowUp, words: Words) -> Table:
    """The departments found again otherwise than under their own id: their ids in both years."""
    table = follow.transitions
    rows = table[table["way"] != "same"]
    build = Builder(words, "followup_ways")

    def named(ids: str) -> str:
        return ", ".join(words.label("department", key) for key in ids.split())

    columns = [
        build.column("department_id", cells.department(words)),
        build.column("way", words_of(words, "way")),
        *years(follow, named),
    ]
    return build.table(rows.assign(then=rows["ids_then"], now=rows["ids_now"]), columns)


def instruments(follow: FollowUp, words: Words) -> Table:
    """Who was seen by other instruments: one row a way in which they differ, and by whom."""
    pairs = of("transitions", follow.transitions).where(followed="both")
    other = otherwise(pairs)
    found = other.frame[["instruments_then", "instruments_now"]].drop_duplicates()
    rows = [
        {
            "then": then,
            "now": now,
            "departments": cells.listed(pairs.where(instruments_then=then, instruments_now=now)),
        }
        for then, now in found.itertuples(index=False)
    ]
    frame = pd.DataFrame(rows, columns=["then", "now", "departments"])
    largest = frame.assign(size=frame["departments"].map(len))
    largest = largest.sort_values(["size", "then", "now"], ascending=[False, True, True])
    build = Builder(words, "followup_instruments")
    columns = [
        *years(follow, listed(words)),
        build.column("departments", cells.departments(words)),
    ]
    return build.table(largest, columns, 2, n=other.count())


STEPS = ("all_then", "then", "now", "all_now")


def composition(follow: FollowUp, words: Words) -> Table:
    """The shares of everybody then, of the pairs then and now, and of everybody now.

    One row a tier or an internal need; ``effect`` is what the others alone change, in percentage
    points. No rows if nobody was seen in both years.
    """
    rows = facts.measured(follow, "tier", "need")
    rows = rows[~rows["key"].isin(["direction", "marginal_homogeneity", "symmetry"])]
    told = facts.each(rows)
    broken = {f"{row.kind}:{row.key}" for row in told if row.status == facts.BREAK}
    frame = pd.DataFrame({"kind": rows["kind"], "key": rows["key"]})
    made = frame.assign(
        measure=[f"{row.kind}:{row.key}" for row in told],
        all_then=cells.objects([everyone(row, "then") for row in told], frame),
        then=cells.objects([facts.paired_count(row, "then") for row in told], frame),
        now=cells.objects([facts.paired_count(row, "now") for row in told], frame),
        all_now=cells.objects([everyone(row, "now") for row in told], frame),
        effect=cells.objects([points(row) for row in told], frame),
    )
    build = Builder(words, "followup_composition")
    headers = {step: _header(follow, step, words) for step in STEPS}
    columns = [
        build.column("measure", marked(broken, name(words))),
        *(Column(step, headers[step], words.formats.count, True) for step in STEPS),
        build.column("effect", lambda points: words.formats.signed(points, 1), number=True),
    ]
    known = made[["then", "now"]].notna().any(axis=1)
    return build.table(made[known], columns, broken=bool(broken))


def _header(follow: FollowUp, step: str, words: Words) -> str:
    year = follow.baseline if step.endswith("then") else follow.year
    who = "everybody" if step.startswith("all") else "pairs"
    return words.say(f"tables.followup_composition.{who}", year=str(year))


def name(words: Words) -> Cell:
    """The name of a measure, ``kind:key``, as it begins a row; a tier with its sign."""

    def write(measure: str) -> str:
        kind, _, key = measure.partition(":")
        return cells.tier(words)(key) if kind == "tier" else capital(words.measured(kind, key))

    return write
