"""Tables of the tiers report."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mapping.facts import Count, total
from mapping.prose import Words
from mapping.prose.formats import capital
from mapping.references import Selected, TracedInt, cell, of, setting
from mapping.tables import cells
from mapping.tables.table import Builder, Cell, Column, Table
from mapping.vocabulary import CONDITIONS_LEVELS, NEEDS_LEVELS, TIERS, UNCLASSIFIED

FITS = tuple(f"fit_{tier}" for tier in TIERS)


def ideals(words: Words) -> Table:
    """The protocol's ideal profiles: one row an aspect, one column a tier."""
    aspects = words.protocol.aspects
    frame = pd.DataFrame(
        [
            {"aspect": a.key}
            | {tier: setting(words.protocol, f"aspects.{a.key}.ideal.{tier}") for tier in TIERS}
            for a in aspects
        ],
        dtype=object,
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
    every = of("tiers", tiers)
    classified = every.without(tier=UNCLASSIFIED).count()
    rows = [
        {
            "tier": tier,
            "departments": every.where(tier=tier).count(),
            "of": classified,
            "borderline": every.where(tier=tier, borderline=True).count(),
        }
        for tier in TIERS
    ]
    frame = pd.DataFrame(rows if classified else [], columns=list(rows[0]), dtype=object)
    build = Builder(words, "tier_counts")
    columns = [
        build.column("tier", cells.tier(words)),
        *build.numbers("departments"),
        build.column("share", cells.percent(words), number=True),
        *build.numbers("borderline"),
    ]
    shown = frame.assign(share=cells.counts(frame))
    return build.table(shown, columns, classified=Count(classified, every.count()))


def grid(constructs: pd.DataFrame, words: Words) -> Table:
    """The 3 x 3 grid with each cell's departments; from table ``constructs``.

    Needs rise from left to right, as in the figure; no rows if nothing is known.
    """
    known = of("constructs", constructs).known("conditions_level", "needs_level")
    rows = [
        {"conditions_level": level}
        | {need: _listed(known.where(conditions_level=level, needs_level=need)) for need in _NEEDS}
        for level in CONDITIONS_LEVELS
    ]
    build = Builder(words, "grid")
    write = cells.departments(words)
    columns = [
        build.column("conditions_level", cells.label(words, "conditions_level")),
        *(Column(level, _needs_header(words, level), write) for level in _NEEDS),
    ]
    frame = pd.DataFrame(rows if known.count() else [], columns=["conditions_level", *_NEEDS])
    return build.table(frame, columns, n=known.count())


_NEEDS = NEEDS_LEVELS[::-1]


def _listed(rows: Selected) -> cells.Listed:
    return cells.Listed(sorted(rows.frame["department_id"]), rows.count())


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
    number = of("tiers", tiers).without(tier=UNCLASSIFIED).count()
    return build.table(rows, columns, rows_of="tiers", n=number)


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
    known = aspects.assign(
        level=cells.objects(
            [cell("aspects", r, "level") for r in aspects.to_dict("records")], aspects
        )
    )
    levels = known.pivot(index="department_id", columns="aspect", values="level")
    ordered = by_tier(tiers).set_index("department_id")[["tier"]].join(levels).reset_index()
    needs = [a.key for a in words.protocol.aspects if _of_needs(a.rests_on, words)]
    conditions = [key for key in words.protocol.aspect_keys if key not in needs]
    number = of("tiers", tiers).without(tier=UNCLASSIFIED).count()
    return (
        _aspects(ordered, conditions, "aspects_of_conditions", words, number),
        _aspects(ordered, needs, "aspects_of_needs", words, number),
    )


def _of_needs(indicators: tuple[str, ...], words: Words) -> bool:
    return set(indicators) <= set(words.protocol.indicator_keys("needs"))


def _aspects(
    levels: pd.DataFrame, keys: list[str], key: str, words: Words, number: TracedInt
) -> Table:
    build = Builder(words, key)

    def write(level: float) -> str:
        return words.formats.number(level, 1)

    columns = [
        build.column("department_id", cells.department(words)),
        build.column("tier", cells.tier(words)),
        *(Column(aspect, capital(words.label("aspect", aspect)), write, True) for aspect in keys),
    ]
    return build.table(levels, columns, n=number)


def criteria(criteria: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> Table:
    """How many members of each tier meet its criteria; from tables ``criteria`` and ``tiers``.

    One row a criterion of the protocol: met, not met and unknown among the departments of the
    tier that it describes; no rows if no department has a tier.
    """
    members = of("tiers", tiers)
    every = of("criteria", criteria)
    own = {tier: every.where(tier=tier).among(members.where(tier=tier)) for tier in TIERS}
    rows = [
        _criterion(own[criterion.tier], criterion.tier, criterion.name)
        for criterion in words.protocol.criteria
    ]
    build = Builder(words, "criteria")
    columns = [
        build.column("tier", cells.tier(words)),
        build.column("criterion", cells.label(words, "criterion")),
        build.column("met", cells.share(words), number=True),
        *build.numbers("not_met", "unknown"),
    ]
    frame = pd.DataFrame(rows, dtype=object)
    anybody = any(len(rows_of.frame) for rows_of in own.values())
    return build.table(frame if anybody else frame.head(0), columns, row_headers=2)


def _criterion(own: Selected, tier: str, criterion: str) -> dict[str, object]:
    rows = own.where(criterion=criterion)
    found = len(rows.frame) > 0
    return {
        "tier": tier,
        "criterion": criterion,
        "met": _met_of_known(rows) if found else None,
        "not_met": rows.where(met=False).count() if found else None,
        "unknown": rows.unknown("met").count() if found else None,
    }


def _met_of_known(rows: Selected) -> Count:
    return Count(rows.where(met=True).count(), rows.known("met").count())


def _own(criteria: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    """The criteria of each department's own tier."""
    return criteria.merge(tiers[["department_id", "tier"]], on=["department_id", "tier"])


def department_criteria(criteria: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> Table:
    """Which criteria of its own tier departments do not meet.

    One row a classified department with a criterion that is not met or cannot be told: how many
    of the known criteria are met, those that are not, and those that cannot be told. The
    departments that meet all of them are counted in the note.
    """
    own = dict(list(_own(criteria, tiers).groupby("department_id")))
    rows = by_tier(tiers)[["department_id", "tier"]]
    groups = [own[key] for key in rows["department_id"]]
    every = of("criteria", criteria)
    known = [
        every.where(department_id=row["department_id"], tier=row["tier"])
        for row in rows.to_dict("records")
    ]
    shown = rows.assign(
        met=cells.objects([_met_of_known(each) for each in known], rows),
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
    return build.table(shown[some], columns, every=_meeting_all(criteria, tiers))


def _meeting_all(criteria: pd.DataFrame, tiers: pd.DataFrame) -> Count:
    """The classified departments that are known to meet every criterion of their tier."""
    classified = of("tiers", tiers).without(tier=UNCLASSIFIED)
    every = of("criteria", criteria)
    meeting = []
    for tier in TIERS:
        members = classified.where(tier=tier)
        lacking = every.where(tier=tier).without(met=True)
        meeting.append(members.not_among(lacking).count())
    return Count(total(meeting), classified.count())


def _not_met(rows: pd.DataFrame) -> list[str]:
    return rows.loc[~rows["met"].fillna(True), "criterion"].tolist()


def _unknown(rows: pd.DataFrame) -> list[str]:
    return rows.loc[rows["met"].isna(), "criterion"].tolist()


def _criteria_names(words: Words) -> Cell:
    return lambda keys: "; ".join(words.traceable_label("criterion", key) for key in keys)


def lift(aspects: pd.DataFrame, tiers: pd.DataFrame, words: Words) -> Table:
    """The smallest change that would lift each department; from ``aspects`` and ``tiers``.

    One row a department below the highest tier, with the aspects to raise and to what level.
    """
    order = {key: place for place, key in enumerate(words.protocol.aspect_keys)}
    raised = aspects.dropna(subset=["to_next_tier"])
    raised = raised.sort_values("aspect", key=lambda keys: keys.map(order))
    steps: dict[str, list[tuple[str, Any, Any]]] = {}
    for row in raised.to_dict("records"):
        ends = (cell("aspects", row, name) for name in ("level", "to_next_tier"))
        steps.setdefault(row["department_id"], []).append((row["aspect"], *ends))
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
