"""Columns and domains of every processed table: the contract that tables are checked against.

Each table is checked as a whole when it is written and when it is read back. The rows are
sorted by the table's first columns, so that the same results are the same bytes.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from mapping.errors import RunError
from mapping.vocabulary import (
    BOUNDED,
    COMPARED,
    CONDITIONS_LEVELS,
    CONSTRUCTS,
    CONVERGENCE,
    FACTORS,
    FOLLOWED,
    GAPS,
    INSTRUMENTS,
    MEASURES,
    MOVES,
    NEEDS_LEVELS,
    NOT_ASSESSABLE,
    PAIRED_TESTS,
    QUADRANTS,
    SIDES,
    TIERS,
    UNCLASSIFIED,
    VERDICTS,
    VOICES,
    WAYS_FOLLOWED,
    YARDSTICK,
)

_LEVEL = pa.Check.in_range(0, 3)
_SHARE = pa.Check.in_range(0, 1)
_COUNT = pa.Check.ge(0)
_COEFFICIENT = pa.Check.in_range(-1, 1)
_AT_MOST_ONE = pa.Check.le(1)


def _text(*allowed: str, blank: bool = False) -> pa.Column:
    checks = pa.Check.isin(allowed) if allowed else None
    return pa.Column(pd.StringDtype(), checks, nullable=blank)


def _number(check: pa.Check | None = None, *, blank: bool = True) -> pa.Column:
    return pa.Column("float64", check, nullable=blank)


def _count(*, blank: bool = False) -> pa.Column:
    return pa.Column("Int64", _COUNT, nullable=blank)


def _table(sorted_by: int, **columns: pa.Column) -> pa.DataFrameSchema:
    keys = list(columns)[:sorted_by]
    return pa.DataFrameSchema(columns, strict=True, ordered=True, unique=keys)


TABLES: dict[str, pa.DataFrameSchema] = {
    "evidence": _table(
        1,
        evidence_id=_text(),
        department_id=_text(),
        instrument=_text(*INSTRUMENTS),
        unit=_text(),
        rater=_text(blank=True),
        kind=_text(),
        key=_text(),
        side=_text(*SIDES, blank=True),
        quadrant=_text(*QUADRANTS, blank=True),
        value=_number(),
        category=_text(blank=True),
        weight=_number(_COUNT, blank=False),
        date=pa.Column("datetime64[s]", nullable=True),
        role=_text(blank=True),
        file=_text(),
        row=_count(),
    ),
    "indicators": _table(
        2,
        department_id=_text(),
        indicator=_text(),
        level=_number(_LEVEL),
        convergence=_number(_LEVEL),
        instruments=_count(),
        interview=_number(_LEVEL),
        workshop=_number(_LEVEL),
        survey=_number(_LEVEL),
    ),
    "constructs": _table(
        1,
        department_id=_text(),
        conditions=_number(_LEVEL),
        needs=_number(_LEVEL),
        conditions_level=_text(*CONDITIONS_LEVELS, blank=True),
        needs_level=_text(*NEEDS_LEVELS, blank=True),
    ),
    "tiers": _table(
        1,
        department_id=_text(),
        tier=_text(*TIERS, UNCLASSIFIED),
        fit_good=_number(_SHARE),
        fit_moderate=_number(_SHARE),
        fit_small=_number(_SHARE),
        margin=_number(_SHARE),
        borderline=pa.Column("bool"),
    ),
    "aspects": _table(
        2,
        department_id=_text(),
        aspect=_text(),
        level=_number(_LEVEL),
        nearest=_text(*TIERS, blank=True),
        to_next_tier=_number(_LEVEL),
    ),
    "criteria": _table(
        3,
        department_id=_text(),
        tier=_text(*TIERS),
        criterion=_text(),
        met=pa.Column("boolean", nullable=True),
    ),
    "needs": _table(
        2,
        side=_text(*SIDES),
        need=_text(),
        departments=_count(),
        of=_count(),
        share=_number(_SHARE),
        low=_number(_SHARE),
        high=_number(_SHARE),
        rank=_count(),
        p_first=_number(_SHARE),
    ),
    "swot": _table(
        2,
        quadrant=_text(*QUADRANTS),
        theme=_text(),
        departments=_count(),
        of=_count(),
        share=_number(_SHARE),
        low=_number(_SHARE),
        high=_number(_SHARE),
        items=_count(),
        votes=_count(),
        rank=_count(blank=True),
    ),
    "findings": _table(
        1,
        finding=_text(),
        verdict=_text(*VERDICTS, NOT_ASSESSABLE),
        value=_number(),
        low=_number(_SHARE),
        high=_number(_SHARE),
        n=_count(blank=True),
        of=_count(blank=True),
        p=_number(_SHARE),
        p_holm=_number(_SHARE),
        note=_text(blank=True),
    ),
    "finding_parts": _table(
        2,
        finding=_text(),
        number=_count(),
        part=_text(),
        measure=_text(*MEASURES),
        word=_text(blank=True),
        verdict=_text(*VERDICTS, NOT_ASSESSABLE),
        reason=_text(),
        value=_number(),
        low=_number(_SHARE),
        high=_number(_SHARE),
        bound_low=_number(_SHARE),
        bound_high=_number(_SHARE),
        n=_count(blank=True),
        of=_count(blank=True),
        fewest=_count(blank=True),
        unknown=_count(),
        p=_number(_SHARE),
        p_opposite=_number(_SHARE),
        base_n=_count(blank=True),
        base_of=_count(blank=True),
    ),
    "recommendations": _table(
        2,
        department_id=_text(),
        recommendation=_text(),
        met=pa.Column("boolean", nullable=True),
    ),
    "toolbox": _table(
        1,
        tool=_text(),
        departments=_count(),
        share=_number(_SHARE),
        rank=_count(),
        in_smallest_set=pa.Column("bool"),
    ),
    "participation": _table(
        1,
        department_id=_text(),
        interviews=_count(),
        workshop_notes=_count(),
        responses=_count(),
        left_out=_count(),
    ),
    "respondents": _table(
        3,
        department_id=_text(blank=True),
        instrument=_text("interview", "survey"),
        respondent=_text(),
        role=_text(blank=True),
        date=pa.Column("datetime64[s]", nullable=True),
        left_out=_text("incomplete", "blank", blank=True),
    ),
    "transitions": _table(
        1,
        department_id=_text(),
        way=_text(*WAYS_FOLLOWED),
        ids_then=_text(blank=True),
        ids_now=_text(blank=True),
        followed=_text(*FOLLOWED),
        seen_then=pa.Column("bool"),
        seen_now=pa.Column("bool"),
        instruments_then=_text(blank=True),
        instruments_now=_text(blank=True),
        tier_then=_text(*TIERS, UNCLASSIFIED, blank=True),
        tier_now=_text(*TIERS, UNCLASSIFIED, blank=True),
        margin_then=_number(_SHARE),
        margin_now=_number(_SHARE),
        borderline_then=pa.Column("boolean", nullable=True),
        borderline_now=pa.Column("boolean", nullable=True),
        move=_text(*MOVES, blank=True),
        clear=pa.Column("boolean", nullable=True),
    ),
    "flows": _table(
        2,
        tier_then=_text(*TIERS),
        tier_now=_text(*TIERS),
        departments=_count(),
        clear=_count(),
        of=_count(),
        share=_number(_SHARE),
        low=_number(_SHARE),
        high=_number(_SHARE),
    ),
    "movements": _table(
        3,
        department_id=_text(),
        kind=_text("aspect", *COMPARED),
        key=_text(),
        then=_number(),
        now=_number(),
        comparable=pa.Column("bool"),
    ),
    "change": _table(
        2,
        kind=_text(*COMPARED),
        key=_text(),
        status=_text("tested", "too_few", "break", "shown"),
        pairs=_count(),
        then=_number(),
        now=_number(),
        rose=_count(),
        fell=_count(),
        test=_text(*PAIRED_TESTS, blank=True),
        statistic=_number(),
        p=_number(_SHARE),
        p_holm=_number(_SHARE),
        all_reported=_number(),
        of_reported=_count(),
        all_then=_number(),
        of_then=_count(),
        all_now=_number(),
        of_now=_count(),
        rank_then=_count(blank=True),
        rank_now=_count(blank=True),
        rank_rose=_number(_SHARE),
        rank_fell=_number(_SHARE),
    ),
    "yardstick": _table(
        3,
        part=_text(*YARDSTICK),
        key=_text(),
        what=_text(),
        then=_text(blank=True),
        now=_text(blank=True),
        breaks=_text(blank=True),
    ),
    "verdict_changes": _table(
        1,
        finding=_text(),
        reported=_text(*VERDICTS, NOT_ASSESSABLE, blank=True),
        then=_text(*VERDICTS, NOT_ASSESSABLE),
        pairs_then=_text(*VERDICTS, NOT_ASSESSABLE),
        pairs_now=_text(*VERDICTS, NOT_ASSESSABLE),
        now=_text(*VERDICTS, NOT_ASSESSABLE),
        why=_text(blank=True),
        comparable=pa.Column("bool"),
    ),
    "trend": _table(
        4,
        year=_count(),
        departments=_text("all", "same"),
        kind=_text("participating", *COMPARED),
        key=_text(),
        value=_number(),
        n=_count(blank=True),
        of=_count(),
        comparable=pa.Column("bool"),
    ),
    "missing": _table(
        2,
        by=_text("all", "faculty", "programmes", "staff_fte"),
        group=_text(),
        departments=_count(),
        participating=_count(),
        share=_number(_SHARE),
        lowest=_number(),
        highest=_number(),
    ),
    "bounds": _table(
        2,
        kind=_text(*BOUNDED),
        key=_text(),
        departments=_count(),
        known=_count(),
        unknown=_count(),
        of=_count(),
        share=_number(_SHARE),
        low=_number(_SHARE, blank=False),
        high=_number(_SHARE, blank=False),
    ),
    "consistency": _table(
        1,
        construct=_text(*CONSTRUCTS),
        indicators=_count(),
        departments=_count(),
        alpha=_number(_AT_MOST_ONE),
    ),
    "certificate": _table(
        1,
        number=_count(),
        framework=_text("rap", "oecd", "reporting"),
        item=_text(),
        level=_text(),
        verdict=_text("pass", "fail", "person"),
        evidence=_text(),
        n=_count(blank=True),
        of=_count(blank=True),
    ),
    "recovery": _table(
        2,
        gaps=_text(*GAPS),
        noise=_number(_SHARE, blank=False),
        studies=_count(),
        participating=_count(),
        classified=_count(),
        unclassified=_count(),
        right=_count(),
        share=_number(_SHARE),
        low=_number(_SHARE),
        high=_number(_SHARE),
        by_chance=_number(_SHARE),
        kappa=_number(_COEFFICIENT),
        rand=_number(_COEFFICIENT),
        off_by_two=_count(),
        wrong=_count(),
        borderline=_count(),
        true_good=_count(),
        true_moderate=_count(),
        true_small=_count(),
        found_good=_count(),
        found_moderate=_count(),
        found_small=_count(),
        given_good=_count(),
        given_moderate=_count(),
        given_small=_count(),
    ),
    "agreement": _table(
        4,
        among=_text("coders", "instruments"),
        scope=_text("all", "kind", "code", "indicator", "without"),
        key=_text(),
        metric=_text("nominal", "ordinal", "interval"),
        raters=_count(),
        departments=_count(),
        units=_count(),
        pairs=_count(),
        given=_count(),
        alpha=_number(_AT_MOST_ONE),
        alpha_low=_number(_AT_MOST_ONE),
        alpha_high=_number(_AT_MOST_ONE),
        ac1=_number(_AT_MOST_ONE),
        agreement=_number(_SHARE),
        with_others=_number(_SHARE),
        gain=_number(),
        gain_low=_number(),
        gain_high=_number(),
        word=_text("reliable", "tentative", "unreliable", blank=True),
        reason=_text("no_pairs", "no_variation", "too_few", blank=True),
        look=pa.Column("boolean", nullable=True),
    ),
    "convergence": _table(
        2,
        department_id=_text(),
        indicator=_text(),
        word=_text(*CONVERGENCE),
        spread=_number(_LEVEL),
        instruments=_count(),
        interview=_number(_LEVEL),
        workshop=_number(_LEVEL),
        survey=_number(_LEVEL),
        level=_number(_LEVEL),
        level_low=_number(_LEVEL),
        level_high=_number(_LEVEL),
    ),
    "instrument_tiers": _table(
        2,
        department_id=_text(),
        instrument=_text(*INSTRUMENTS),
        tier=_text(*TIERS, UNCLASSIFIED, blank=True),
        margin=_number(_SHARE),
        borderline=pa.Column("boolean", nullable=True),
        tier_by_all=_text(*TIERS, UNCLASSIFIED),
        move=_text(*MOVES, blank=True),
    ),
    "finding_voices": _table(
        1,
        finding=_text(),
        verdict=_text(*VERDICTS, NOT_ASSESSABLE),
        interview=_text(*VOICES, blank=True),
        workshop=_text(*VOICES, blank=True),
        survey=_text(*VOICES, blank=True),
        supporting=_count(),
        contradicting=_count(),
        undecided=_count(),
        silent=_count(),
    ),
    "needs_seen": _table(
        3,
        side=_text(*SIDES),
        instruments=_count(),
        need=_text(),
        departments=_count(),
        of=_count(),
        share=_number(_SHARE),
        mean_needs=_number(_COUNT),
    ),
    "choices": _table(
        1,
        number=_count(),
        **{factor: _text() for factor in FACTORS},
        good=_count(),
        moderate=_count(),
        small=_count(),
        unclassified=_count(),
        same=_count(),
    ),
    "certainty": _table(
        1,
        department_id=_text(),
        tier=_text(*TIERS, UNCLASSIFIED),
        share_good=_number(_SHARE, blank=False),
        share_moderate=_number(_SHARE, blank=False),
        share_small=_number(_SHARE, blank=False),
        share_unclassified=_number(_SHARE, blank=False),
        clear_tier=_text(*TIERS, blank=True),
        flip_factors=_count(blank=True),
        flip=_text(blank=True),
        flip_tier=_text(*TIERS, blank=True),
        flip_ways=_count(blank=True),
        alone=_text(blank=True),
    ),
    "choice_effects": _table(
        1,
        factor=_text(*FACTORS, "interactions"),
        levels=_count(blank=True),
        sum_of_squares=_number(_COUNT, blank=False),
        share=_number(_SHARE),
        total=_number(_SHARE),
        flips=_count(blank=True),
        loses=_count(blank=True),
    ),
    "left_out": _table(
        3,
        what=_text("indicator", "coder", "instrument"),
        key=_text(),
        department_id=_text(),
        tier=_text(*TIERS, UNCLASSIFIED),
        tier_without=_text(*TIERS, UNCLASSIFIED),
    ),
    "without_department": _table(
        1,
        department_id=_text(),
        share_good=_number(_SHARE),
        share_moderate=_number(_SHARE),
        share_small=_number(_SHARE),
        words=_text(blank=True),
        first_need=_text(blank=True),
        first_voice=_text(blank=True),
    ),
    "open_cells": _table(
        3,
        table=_text(),
        row=_text(),
        column=_text(),
        count=_count(blank=True),
        of=_count(blank=True),
        hidden=pa.Column("bool"),
    ),
    "open_findings": _table(
        1,
        finding=_text(),
        verdict=_text(*VERDICTS, NOT_ASSESSABLE, blank=True),
        hidden=pa.Column("bool"),
    ),
    "open_change": _table(
        3,
        table=_text(),
        row=_text(),
        column=_text(),
        year=_count(),
        then=_count(),
        of_then=_count(blank=True),
        now=_count(),
        of_now=_count(blank=True),
    ),
    "open_measures": _table(
        2,
        measure=_text(),
        key=_text(),
        value=_number(),
        low=_number(),
        high=_number(),
        of=_count(blank=True),
    ),
}

FOLLOW_UP = (
    "transitions", "flows", "movements", "change", "yardstick", "verdict_changes", "trend",
)  # fmt: skip
"""The tables of the follow-up: there only if the year is compared with an earlier one."""

AUDIT: tuple[str, ...] = (
    "missing",
    "bounds",
    "recovery",
    "consistency",
    "certificate",
    "agreement",
    "convergence",
    "instrument_tiers",
    "finding_voices",
    "needs_seen",
    "choices",
    "certainty",
    "choice_effects",
    "left_out",
    "without_department",
)
"""The tables of the methodology audit, which every year has too."""

OPEN = ("open_cells", "open_findings", "open_change", "open_measures")
"""The tables of the open edition: there only if it has been made, and the only ones to publish."""

CHAIN = tuple(name for name in TABLES if name not in (*FOLLOW_UP, *AUDIT, *OPEN))
"""The tables that lead from the raw files to the findings: every year has them."""


def conform(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The frame with the table's column order, types and row order, checked against it.

    Raises
    ------
    RunError
        A column is missing or a value is outside its domain: a fault of ours, never of the
        user's data, which the readers have checked before.

    """
    schema = TABLES[table]
    if absent := [name for name in schema.columns if name not in frame]:
        raise RunError(f"table {table} lacks {', '.join(absent)}")
    typed = frame.loc[:, list(schema.columns)].astype(
        {name: column.dtype.type for name, column in schema.columns.items()}
    )
    ordered = typed.sort_values(list(schema.unique or []), kind="stable", ignore_index=True)
    return check(ordered, table)


def check(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The frame itself, if it is a valid ``table``; used on every read."""
    try:
        return TABLES[table].validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "failure_case"]].head(5)
        raise RunError(f"table {table} breaks its contract:\n{cases.to_string()}") from None
