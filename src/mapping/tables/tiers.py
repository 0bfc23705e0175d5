"""Tables of the tiers report."""

from __future__ import annotations

import pandas as pd

from mapping.facts import Count
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.tables import cells
from mapping.tables.table import Builder, Cell, Column, Table
from mapping.vocabulary import NEEDS_LEVELS, TIERS, UNCLASSIFIED

FITS = tuple(f"fit_{tier}" for tier in TIERS)


def ideals(words: Words) -> Table:
    """The protocol's ideal profiles: one row an aspect, one column a tier."""
    aspects = words.protocol.aspects
    frame = pd.DataFrame(
        [{"aspect": a.key} | {tier: a.ideal[tier] for tier in TIERS} for a in aspects]
    )
    build = Builder(words, "ideals")
    columns = [
        build.column("aspect", cells.label(words, "aspect")),
        *build.numbers(*TIERS, decimals=1),
    ]
    return build.table(frame, columns, protocol=words.protocol.name)


def tier_counts(tiers: pd.DataFrame, words: Words) -> Table:
    """How many departments each tier has; from table ``tiers``.

    One row a tier; none if no department is classified.
    """
    classified = int((tiers["tier"] != UNCLASSIFIED).sum())
    rows = [
        {
            "tier": tier,
            "departments": int((tiers["tier"] == tier).sum()),
            "borderline": int(tiers.loc[tiers["tier"] == tier, "borderline"].sum()),
        }
        for tier in TIERS
    ]
    frame = pd.DataFrame(rows if classified else [], columns=list(rows[0]))
    build = Builder(words, "tier_counts")
    columns = [
        build.column("tier", cells.tier(words)),
        *build.numbers("departments"),
        build.column("share", cells.percent(words), number=True),
        *build.numbers("borderline"),
    ]
    shown = frame.assign(share=cells.counts(frame.assign(of=classified)))
    return build.table(shown, columns, classified=Count(classified, len(tiers)))


def grid(grid: pd.DataFrame, words: Words) -> Table:
    """The 3 x 3 grid with each cell's departments; from :func:`mapping.constructs.grid`.

    Needs rise from left to right, as in the figure; no rows if nothing is known.
    """
    wide = grid.pivot(index="conditions_level", columns="needs_level", values="department_ids")
    order = grid["conditions_level"].drop_duplicates()
    build = Builder(words, "grid")
    write = cells.departments(words)
    columns = [
        build.column("conditions_level", cells.label(words, "conditions_level")),
        *(Column(level, _needs_header(words, level), write) for level in NEEDS_LEVELS[::-1]),
    ]
    known = int(grid["departments"].sum())
    shown = wide.loc[order].reset_index() if known else wide.head(0).reset_index()
    return build.table(shown, columns, n=known)


def _needs_header(words: Words, level: str) -> str:
    name = words.label("needs_level", level)
    return words.say("tables.grid.needs_level", level=capital(name))


def departments(tiers: pd.DataFrame, words: Words) -> Table:
    """Each classified department's tier, fits and margin; from table ``tiers``.

    By tier, then by falling margin.
    """
    build = Builder(words, "tier_departments")
    rows = by_tier(tiers)
    columns = [
        build.column("department_id", cells.department(words)),
        build.column("tier", cells.tier(words)),
        *build.numbers(*FITS, "margin", decimals=2),
        build.column("borderline", cells.mark(words, "borderline")),
    ]
    return build.table(rows, columns, n=len(rows))


def by_tier(tiers: pd.DataFrame) -> pd.DataFrame:
    """The classified rows from the highest tier down, the surest first within a tier."""
    rows = tiers[tiers["tier"] != UNCLASSIFIED]
    place = rows["tier"].map({tier: place for place, tier in enumerate(TIERS)})
    order = ["place", "margin", "department_id"]
    ordered = rows.assign(place=place).sort_values(order, ascending=[True, False, True])
    return ordered.drop(columns="place")


def aspects(aspects: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> tuple[Table, Table]:
    """Each department's aspects, in two tables: those of conditions and those of needs.

    From tables ``aspects`` and ``tiers``; in the order of :func:`by_tier`.
    """
    levels = aspects.pivot(index="department_id", columns="aspect", values="level")
    ordered = by_tier(tiers).set_index("department_id")[["tier"]].join(levels).reset_index()
    needs = [a.key for a in words.protocol.aspects if _of_needs(a.rests_on, words)]
    conditions = [key for key in words.protocol.aspect_keys if key not in needs]
    return (
        _aspects(ordered, conditions, "aspects_of_conditions", words),
        _aspects(ordered, needs, "aspects_of_needs", words),
    )


def _of_needs(indicators: tuple[str, ...], words: Words) -> bool:
    return set(indicators) <= set(words.protocol.indicator_keys("needs"))


def _aspects(levels: pd.DataFrame, keys: list[str], key: str, words: Words) -> Table:
    build = Builder(words, key)

    def write(level: float) -> str:
        return words.formats.number(level, 1)

    columns = [
        build.column("department_id", cells.department(words)),
        build.column("tier", cells.tier(words)),
        *(Column(aspect, capital(words.label("aspect", aspect)), write, True) for aspect in keys),
    ]
    return build.table(levels, columns, n=len(levels))


def criteria(criteria: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> Table:
    """How many members of each tier meet its criteria; from tables ``criteria`` and ``tiers``.

    One row a criterion of the protocol: met, not met and unknown among the departments of the
    tier that it describes; no rows if no department has a tier.
    """
    own = _own(criteria, tiers)
    rows = [
        _criterion(own, criterion.tier, criterion.name) for criterion in words.protocol.criteria
    ]
    build = Builder(words, "criteria")
    columns = [
        build.column("tier", cells.tier(words)),
        build.column("criterion", cells.label(words, "criterion")),
        build.column("met", cells.share(words), number=True),
        *build.numbers("not_met", "unknown"),
    ]
    frame = pd.DataFrame(rows)
    return build.table(frame if len(own) else frame.head(0), columns, row_headers=2)


def _own(criteria: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    """The criteria of each department's own tier."""
    return criteria.merge(tiers[["department_id", "tier"]], on=["department_id", "tier"])


def _criterion(own: pd.DataFrame, tier: str, criterion: str) -> dict[str, object]:
    met = own.loc[own["criterion"] == criterion, "met"]
    known = met.dropna()
    return {
        "tier": tier,
        "criterion": criterion,
        "met": Count(int(known.sum()), len(known)) if len(met) else None,
        "not_met": int((~known).sum()) if len(met) else None,
        "unknown": int(met.isna().sum()) if len(met) else None,
    }


def department_criteria(criteria: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> Table:
    """Which criteria of its own tier departments do not meet.

    One row a classified department with a criterion that is not met or cannot be told: how many
    of the known criteria are met, those that are not, and those that cannot be told. The
    departments that meet all of them are counted in the note.
    """
    own = dict(list(_own(criteria, tiers).groupby("department_id")))
    rows = by_tier(tiers)[["department_id", "tier"]]
    groups = [own[key] for key in rows["department_id"]]
    shown = rows.assign(
        met=cells.objects([_met_of_known(group) for group in groups], rows),
        not_met=cells.objects([_not_met(group) for group in groups], rows),
        unknown=cells.objects([_unknown(group) for group in groups], rows),
    )
    some = (shown["not_met"].map(len) + shown["unknown"].map(len)) > 0
    build = Builder(words, "department_criteria")
    names = _criteria_names(words)
    columns = [
        build.column("department_id", cells.department(words)),
        build.column("tier", cells.tier(words)),
        build.column("met", words.formats.of_base, number=True),
        build.column("not_met", names),
        build.column("unknown", names),
    ]
    return build.table(shown[some], columns, every=Count(int((~some).sum()), len(shown)))


def _met_of_known(rows: pd.DataFrame) -> Count:
    known = rows["met"].dropna()
    return Count(int(known.sum()), len(known))


def _not_met(rows: pd.DataFrame) -> list[str]:
    return rows.loc[~rows["met"].fillna(True), "criterion"].tolist()


def _unknown(rows: pd.DataFrame) -> list[str]:
    return rows.loc[rows["met"].isna(), "criterion"].tolist()


def _criteria_names(words: Words) -> Cell:
    return lambda keys: "; ".join(words.label("criterion", key) for key in keys)


def lift(aspects: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> Table:
    """The smallest change that would lift each department; from ``aspects`` and ``tiers``.

    One row a department below the highest tier, with the aspects to raise and to what level.
    """
    order = {key: place for place, key in enumerate(words.protocol.aspect_keys)}
    raised = aspects.dropna(subset=["to_next_tier"])
    raised = raised.sort_values("aspect", key=lambda keys: keys.map(order))
    changes = raised.groupby("department_id")[["aspect", "level", "to_next_tier"]]
    steps = {key: list(rows.itertuples(index=False, name=None)) for key, rows in changes}
    rows = by_tier(tiers)
    rows = rows[rows["department_id"].isin(steps)]
    shown = rows.assign(
        next_tier=[TIERS[TIERS.index(tier) - 1] for tier in rows["tier"]],
        change=cells.objects([steps[key] for key in rows["department_id"]], rows),
    )
    build = Builder(words, "lift")
    columns = [
        build.column("department_id", cells.department(words)),
        build.column("tier", cells.tier(words)),
        build.column("next_tier", cells.tier(words)),
        build.column("change", _steps(words)),
    ]
    return build.table(shown, columns)


def _steps(words: Words) -> Cell:
    def step(aspect: str, level: float, to: float) -> str:
        ends = (words.formats.number(value, 2) for value in (level, to))
        return words.say(
            "tables.lift.step",
            aspect=words.label("aspect", aspect),
            **dict(zip(("level", "to"), ends, strict=True)),
        )

    return lambda steps: "; ".join(step(*each) for each in steps)
