"""What each measure of the study rests on, so that a break is carried to all that it touches.

    answers, codes, notes -> indicators, needs, voices -> constructs, aspects -> tier
                                                       -> recommendations, findings

A measure is named ``kind:key``, such as ``indicator:workload``, ``tier:tier`` or
``swot:strength.resources``. What is asked for but compared in no table of its own is named in
the same way: ``arrangement:shared``, ``origin:decided``, ``fact:optout``, ``wish:tools``, and
``role:role``, what respondents say of themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mapping.protocol import Protocol
from mapping.vocabulary import QUADRANTS

CONSTRUCTS = ("conditions", "needs")

TIER = "tier:tier"

_INTERNAL = ("need", "indicator:internal_need")
"""With internal need: one is named, or the level of the need felt."""

_EXTERNAL = ("voice", "indicator:external_need")

_ACTIVITY = ("indicator:activity",)

_SUSTAINABILITY = ("indicator:sustainability",)

_STUDENTS = ("indicator:student_relations",)

_UNCLEAR = ("aspect:support", "indicator:interest", "indicator:mandate", "fact:role_problem")
"""Engaged or not, the mandate, and whether its unclarity is a problem."""

_ENTHUSIASTS = (
    *_ACTIVITY, "arrangement", "origin", "aspect:support", "indicator:mandate",
    "indicator:resources",
)  # fmt: skip

FINDINGS: Mapping[str, tuple[str, ...]] = {
    "frame": (),
    "fieldwork": (),
    "instruments": (),
    "expectation-unclear": ("fact:unclear_expectation",),
    "degrees-differ": (*_ACTIVITY, "arrangement"),
    "conditions-and-needs-differ": ("construct:conditions", "construct:needs"),
    "support-wishes-differ": ("wish",),
    "three-tiers": ("tier",),
    "tier-good-profile": ("tier",),
    "tier-moderate-profile": ("tier",),
    "tier-small-profile": ("tier",),
    "factors-matter": (
        *_ACTIVITY, *_SUSTAINABILITY, "indicator:management_support",
        "indicator:colleague_support", "indicator:resources", "indicator:workload",
        "indicator:mandate",
    ),
    "shared-exists": ("arrangement",),
    "shared-strength": ("arrangement", *_SUSTAINABILITY),
    "one-with-backing": ("arrangement", "aspect:support"),
    "relatively-alone": ("arrangement",),
    "large-unsustainable": ("arrangement", *_SUSTAINABILITY),
    "small-succeeds": ("construct:conditions", *_ACTIVITY),
    "origins": ("origin", *_ACTIVITY),
    "no-job-description": ("indicator:mandate", "indicator:staffing"),
    "self-appointed": ("arrangement",),
    "unclear-hurts": _UNCLEAR,
    "consensus-buffers": _UNCLEAR,
    "needs-majority": _INTERNAL,
    "four-needs": ("need",),
    "recruitment-first": ("need",),
    "both-sides": (*_INTERNAL, *_EXTERNAL),
    "students-voice": ("voice",),
    "needs-shape-work": ("construct:needs", *_ACTIVITY),
    "quantity-and-quality": ("fact:applicants_more", "fact:applicants_better"),
    "employability-advanced": ("need:employability",),
    "counsellor-officers": ("role",),
    "employability-recruitment-link": ("need:employability", "need:recruitment"),
    "feedback-many": ("need:feedback",),
    "support-several": ("need:student_support",),
    "few-without": _INTERNAL,
    "without-opt-out-or-external": ("fact:optout", *_INTERNAL, *_EXTERNAL, *_ACTIVITY),
    "enthusiasts": _ENTHUSIASTS,
    "enthusiasts-vulnerable": (*_ENTHUSIASTS, *_SUSTAINABILITY),
    "student-link": (*_STUDENTS, *_ACTIVITY),
    "programme-condition": _STUDENTS,
    "programme-and-interest": (*_STUDENTS, *_ACTIVITY),
    "programme-without-interest": _STUDENTS,
    "course-will": ("indicator:interest",),
    "course-will-recruitment": ("indicator:interest", "need:recruitment"),
    "no-incentives": ("fact:no_incentive",),
    "no-need-no-problem": _INTERNAL,
    "opt-out-poor-contact": (*_STUDENTS, "fact:optout"),
    "opt-out-factors": ("fact:optout",),
}  # fmt: skip
"""The measures that each finding is counted or tested on; a kind alone is every one of it.

The register is no measure: it is context, and no yardstick is laid on it. What the study says of
itself (its frame, its fieldwork, its instruments) rests on nothing that could be measured
otherwise.
"""


def touched(sources: Iterable[str], protocol: Protocol) -> frozenset[str]:
    """The measures of the protocol that are among ``sources`` or rest on any of them.

    A source of a kind that the protocol compares, but of which it does not have this one, is a
    measure of another protocol: nothing of this one rests on it.
    """
    known = measures(protocol)
    compared = {name.partition(":")[0] for name in known}
    own = [name for name in sources if name in known or name.partition(":")[0] not in compared]
    reached: set[str] = set()
    reached.update(*map(_with_kind, own))
    for measure, grounds in _grounds(protocol):
        if not reached.isdisjoint(grounds):
            reached |= _with_kind(measure)
    return known & reached


def measures(protocol: Protocol) -> frozenset[str]:
    """Every measure of the protocol, by its name."""
    cells = [f"{quadrant}.{theme}" for quadrant in QUADRANTS for theme in protocol.themes]
    keys: dict[str, Iterable[str]] = {
        "indicator": protocol.indicator_keys(),
        "construct": CONSTRUCTS,
        "aspect": protocol.aspect_keys,
        "need": protocol.need_keys("internal"),
        "voice": protocol.need_keys("external"),
        "swot": cells,
        "recommendation": [recommendation.key for recommendation in protocol.recommendations],
        "finding": protocol.statements,
    }
    return frozenset({TIER, *(name for kind in keys for name in _named(kind, keys[kind]))})


def _with_kind(name: str) -> set[str]:
    """The name, and its kind alone."""
    return {name, name.partition(":")[0]}


def _named(kind: str, keys: Iterable[str]) -> list[str]:
    return [f"{kind}:{key}" for key in keys]


def _grounds(protocol: Protocol) -> Iterator[tuple[str, Iterable[str]]]:
    """Each measure that rests on others, with these; what others rest on comes first."""
    yield "indicator:staffing", ["arrangement"]
    for construct in CONSTRUCTS:
        yield f"construct:{construct}", _named("indicator", protocol.indicator_keys(construct))
    for aspect in protocol.aspects:
        yield f"aspect:{aspect.key}", _named("indicator", aspect.rests_on)
    yield TIER, ["aspect"]
    for one in protocol.recommendations:
        ways = ["arrangement"] if one.arrangements else []
        yield f"recommendation:{one.key}", [*ways, *_named("indicator", one.at_least)]
    for key in protocol.statements:
        yield f"finding:{key}", FINDINGS.get(key, ())
