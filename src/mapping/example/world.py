"""The parameters of the invented university: what is planted, and how strongly.

A finding is planted or turned by changing a parameter, never by editing raw data. ``rate`` is a
share of the departments of the frame; an association runs from -1 (opposite) over 0 (none) to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

SEED = 20191202
"""The seed of the example study: the first day of the first fieldwork."""

Pairs = tuple[tuple[str, float], ...]
ByTier = tuple[float, float, float]
"""A level (0..3) for the tiers good, moderate and small, in that order."""


@dataclass(frozen=True)
class World:
    """One year of the invented university. The defaults are the world of 2020."""

    frame: int | None = None
    """So many departments of the year exist, the first by id; all of them if None."""

    # --- who takes part: departments per set of instruments; the others take no part ---------
    instruments: tuple[tuple[tuple[str, ...], int], ...] = (
        (("interview", "workshop", "survey"), 20),
        (("workshop", "survey"), 11),
        (("interview", "survey"), 8),
        (("survey",), 2),
        (("interview", "workshop"), 1),
        (("workshop",), 1),
        (("interview",), 1),
    )
    second_interview_rate: float = 0.2
    further_response_rate: float = 0.35
    drift: float = 0.0
    """How far the departments have moved since 2020: 0 not at all, 1 a new draw."""

    # --- tiers and levels ---------------------------------------------------------------------
    tiers: Pairs = (("good", 0.34), ("moderate", 0.44), ("small", 0.22))
    interest: ByTier = (2.7, 1.7, 0.4)
    management_support: ByTier = (2.7, 1.1, 0.4)
    colleague_support: ByTier = (2.6, 1.0, 0.3)
    resources: ByTier = (2.6, 0.9, 0.2)
    workload: ByTier = (2.3, 1.1, 0.4)
    mandate: ByTier = (1.7, 0.9, 0.2)
    internal_need: ByTier = (2.8, 2.2, 0.4)
    importance: ByTier = (2.7, 1.6, 0.3)
    external_need: ByTier = (1.9, 1.8, 1.2)
    spread: float = 0.75
    """How far a department's levels lie from those of its tier, at most, each on its own."""

    # --- ways of organising and starting, from the best conditions to the worst ---------------
    arrangements: Pairs = (
        ("shared", 0.18),
        ("backed", 0.16),
        ("alone", 0.24),
        ("self_appointed", 0.23),
        ("nobody", 0.19),
    )
    origins: Pairs = (("decided", 0.22), ("organic", 0.32), ("individual", 0.46))
    enthusiast_rate: float = 0.22
    """Single officers who work actively although support, mandate or resources are lacking."""

    # --- students -----------------------------------------------------------------------------
    programme_rate: float = 0.56
    programme_relations: float = 0.9
    relations_tier: float = 0.6
    sprawl_relations: float = -0.4
    course_will_rate: float = 0.54
    optout_rate: float = 0.16
    optout_relations: float = -0.8
    optout_sprawl: float = 1.0

    # --- what the work depends on: change of level per level of the driver --------------------
    activity: float = 1.35
    conditions_activity: float = 0.5
    needs_activity: float = 0.25
    relations_activity: float = 0.2
    programme_and_relations_activity: float = 0.9
    sustainability: float = 1.4
    conditions_sustainability: float = 0.5
    shared_sustainability: float = 0.8
    enthusiast_sustainability: float = -0.9

    # --- needs and voices ---------------------------------------------------------------------
    needless_rate: float = 0.18
    recruitment_rate: float = 0.74
    employability_rate: float = 0.52
    feedback_rate: float = 0.6
    student_support_rate: float = 0.4
    other_rate: float = 0.1
    recruitment_employability: float = 0.8
    advanced_employability: float = 1.0
    course_recruitment: float = 0.4
    students_rate: float = 0.66
    alumni_rate: float = 0.32
    society_rate: float = 0.26
    applicants_more_rate: float = 0.56
    applicants_better_rate: float = 0.28
    needless_applicants: float = 1.0
    needless_throughput: float = 1.0

    # --- facts, roles and wishes ----------------------------------------------------------------
    unclear_expectation_rate: float = 0.72
    no_incentive_rate: float = 0.76
    role_problem_rate: float = 0.72
    role_problem_engaged_rate: float = 0.05
    counsellor_rate: float = 0.56
    wishes: Pairs = (
        ("tools", 0.5),
        ("training", 0.36),
        ("network", 0.46),
        ("data", 0.54),
        ("funding", 0.3),
    )

    # --- how well the instruments see ---------------------------------------------------------
    noise: float = 0.45
    """Largest error of one segment or answer, in levels."""
    need_seen: float = 0.8
    coder_level_off: float = 0.12
    coder_missed: float = 0.06
    answer_missing: float = 0.04
    register_missing: float = 0.03
    unsaid: float = 0.0
    """Share of the interviews' segments and the workshop's notes that were never made."""
    guessing: float = 0.0
    """Share of what is said, noted and answered that is drawn at random, whatever is true."""


_FIRST = World()
_SECOND = replace(
    _FIRST,
    drift=0.25,
    instruments=(
        (("interview", "workshop", "survey"), 18),
        (("workshop", "survey"), 10),
        (("interview", "survey"), 9),
        (("survey",), 3),
        (("interview", "workshop"), 1),
        (("workshop",), 1),
    ),
    recruitment_rate=0.46,
    employability_rate=0.74,
    mandate=(2.8, 2.2, 0.7),
    unclear_expectation_rate=0.2,
    tiers=(("good", 0.36), ("moderate", 0.44), ("small", 0.2)),
)
_THIRD = replace(
    _SECOND,
    drift=0.4,
    instruments=(
        (("interview", "workshop", "survey"), 17),
        (("workshop", "survey"), 8),
        (("interview", "survey"), 10),
        (("survey",), 4),
        (("interview",), 1),
    ),
    arrangements=(
        ("shared", 0.02),
        ("backed", 0.3),
        ("alone", 0.26),
        ("self_appointed", 0.23),
        ("nobody", 0.19),
    ),
    no_incentive_rate=0.24,
    counsellor_rate=0.14,
    students_rate=0.3,
    society_rate=0.7,
)

WORLDS: dict[int, World] = {2020: _FIRST, 2021: _SECOND, 2022: _THIRD}
"""The world of each year of the example study.

2020 holds what the published summary found. 2021 turns three findings: ``recruitment-first``
(employability is the commonest need), ``no-job-description`` (most officers have a clear task)
and ``expectation-unclear`` (few find it unclear); with clear tasks goes the part of
``tier-moderate-profile`` on mandates. 2022 keeps these and turns four more: ``shared-exists``
(hardly anybody shares the responsibility), ``no-incentives``, ``counsellor-officers`` and
``students-voice`` (society is the commonest voice).
"""
