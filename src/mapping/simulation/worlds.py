"""What is planted in the simulated studies: which parameters turn which findings.

``published`` is the example's world of 2020, in which every finding is true. In ``noise`` no
department has any truth: every code, note, role, tick and answer is drawn at random, each as
likely as the others; who takes part, the register and the dates stay as they are. Each of the
other worlds turns several findings at once into their opposites, by parameters alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from mapping.example import World


@dataclass(frozen=True)
class Change:
    """Parameters of a world that together turn findings into their opposites (or help to)."""

    parameters: Mapping[str, Any]
    turns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planted:
    """A world by its name, and what is changed in it from the published one."""

    name: str
    changes: tuple[Change, ...] = field(default=())

    @cached_property
    def world(self) -> World:
        """The parameters of the invented university."""
        changed = {key: value for one in self.changes for key, value in one.parameters.items()}
        return replace(World(), **changed)

    @property
    def turns(self) -> tuple[str, ...]:
        """The findings whose opposites are planted here."""
        return tuple(finding for change in self.changes for finding in change.turns)


PUBLISHED = Planted("published")
NOISE = Planted("noise", (Change({"guessing": 1.0}),))

PROVIDED = Planted(
    "provided",
    (
        Change({"unclear_expectation_rate": 0.1}, ("expectation-unclear",)),
        Change({"no_incentive_rate": 0.1}, ("no-incentives",)),
        Change({"counsellor_rate": 0.05}, ("counsellor-officers",)),
        Change(
            {"applicants_more_rate": 0.1, "applicants_better_rate": 0.0},
            ("quantity-and-quality",),
        ),
        Change({"students_rate": 0.1, "society_rate": 0.85}, ("students-voice",)),
        Change(
            {"recruitment_rate": 0.2, "course_recruitment": -2.0},
            ("recruitment-first", "course-will-recruitment"),
        ),
        Change({"feedback_rate": 0.1}, ("feedback-many",)),
        Change({"student_support_rate": 0.05}, ("support-several",)),
        Change({"employability_rate": 0.4, "other_rate": 0.75}, ("four-needs",)),
        Change(
            {
                "wishes": (
                    ("tools", 1.0),
                    ("training", 0.02),
                    ("network", 0.02),
                    ("data", 0.02),
                    ("funding", 0.02),
                )
            },
            ("support-wishes-differ",),
        ),
        Change({"mandate": (2.9, 2.8, 2.7), "spread": 0.4}, ("no-job-description",)),
        # Conditions are good also where interest and needs are not: the tiers lose their sense.
        Change(
            {
                "resources": (2.9, 2.8, 2.7),
                "management_support": (2.9, 2.8, 2.7),
                "colleague_support": (2.9, 2.8, 2.7),
            },
            ("tier-good-profile", "tier-moderate-profile"),
        ),
        Change({"origins": (("decided", 1.0),)}, ("origins",)),
        Change({"activity": 2.2, "conditions_activity": 0.0, "enthusiast_rate": 0.0},
               ("enthusiasts",)),
        Change({"sustainability": 2.8, "enthusiast_sustainability": 0.0}, ("large-unsustainable",)),
    ),
)  # fmt: skip

ALIKE = Planted(
    "alike",
    (
        Change({"frame": 30}, ("frame",)),
        Change({"instruments": ((("interview", "survey"), 30),)}, ("instruments",)),
        Change(
            {"arrangements": (("nobody", 1.0),)},
            ("degrees-differ", "shared-exists", "one-with-backing", "relatively-alone",
             "self-appointed"),
        ),
        Change({"tiers": (("small", 1.0),)}, ("conditions-and-needs-differ", "three-tiers")),
        Change({"activity": -1.0, "enthusiast_rate": 0.0}, ("small-succeeds",)),
        Change(
            {"students_rate": 0.0, "alumni_rate": 0.0, "society_rate": 0.0,
             "external_need": (0.2, 0.2, 0.2)},
            ("both-sides",),
        ),
        Change({"needless_rate": 0.0, "optout_rate": 0.0}, ("without-opt-out-or-external",)),
        Change({"interest": (0.6, 0.6, 0.4), "course_will_rate": 0.0}, ("course-will",)),
        Change(
            {"programme_rate": 0.12, "programme_relations": 3.0, "sprawl_relations": 0.0},
            ("programme-without-interest",),
        ),
        # That something exists is contradicted only where nothing is left unknown.
        Change({"answer_missing": 0.0, "register_missing": 0.0, "noise": 0.2}),
    ),
)  # fmt: skip

NEEDLESS = Planted(
    "needless",
    (
        Change(
            {"needless_rate": 0.7, "internal_need": (1.0, 0.5, 0.2)},
            ("needs-majority", "few-without"),
        ),
        Change({"needless_applicants": -1.0, "needless_throughput": -1.0}, ("no-need-no-problem",)),
        Change({"programme_relations": -1.5}, ("programme-condition",)),
        Change({"optout_relations": 2.0, "optout_rate": 0.25}, ("opt-out-poor-contact",)),
        Change({"optout_sprawl": -1.0}, ("opt-out-factors",)),
        Change(
            {"role_problem_engaged_rate": 1.0, "role_problem_rate": 0.0}, ("consensus-buffers",)
        ),
    ),
)

REVERSED = Planted(
    "reversed",
    (
        Change(
            {"conditions_activity": -2.5, "conditions_sustainability": -2.5,
             "sustainability": 2.2},
            ("factors-matter", "needs-shape-work"),
        ),
        Change({"shared_sustainability": -2.5, "enthusiast_sustainability": 3.0},
               ("shared-strength",)),
        Change({"advanced_employability": -1.0}, ("employability-advanced",)),
        Change(
            {"recruitment_employability": -3.0, "needless_rate": 0.0, "optout_rate": 0.04},
            ("employability-recruitment-link",),
        ),
    ),
)  # fmt: skip

DISTANT = Planted(
    "distant",
    (
        Change({"interest": (2.7, 1.7, 2.8)}, ("tier-small-profile",)),
        Change({"role_problem_engaged_rate": 1.0, "role_problem_rate": 0.0}, ("unclear-hurts",)),
        # The best conditions go with the poorest relations: active ones without enthusiasts.
        Change(
            {"relations_activity": -3.0, "relations_tier": -0.6, "conditions_activity": 0.0,
             "needs_activity": 0.0, "activity": 1.8},
            ("student-link",),
        ),
        Change({"programme_and_relations_activity": -2.5}, ("programme-and-interest",)),
        Change(
            {"enthusiast_sustainability": 3.0, "shared_sustainability": -1.0,
             "conditions_sustainability": -1.5, "sustainability": 1.2,
             "mandate": (2.7, 0.9, 0.2)},
            ("enthusiasts-vulnerable",),
        ),
    ),
)  # fmt: skip

PLANTED = (PUBLISHED, NOISE, PROVIDED, ALIKE, NEEDLESS, REVERSED, DISTANT)

NO_OPPOSITE = {
    "fieldwork": "a response or interview dated outside the fieldwork is refused when it is read",
}
"""Findings whose opposite no valid raw data can hold, and why."""

NO_NOISE = ("frame", "fieldwork", "instruments")
"""Findings about the study itself, in which chance has no part."""


def told_of(planted: Planted, findings: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The findings that a world tells of, and whether it is true, opposite or noise to each."""
    if planted == PUBLISHED:
        yield from ((finding, "true") for finding in findings)
    elif planted == NOISE:
        yield from ((finding, "noise") for finding in findings if finding not in NO_NOISE)
    else:
        yield from ((finding, "opposite") for finding in planted.turns if finding in findings)
