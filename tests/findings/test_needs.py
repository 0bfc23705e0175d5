"""Findings on needs: both sides and the edge of each, and what is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from made_departments import (
    COMPARED,
    EDGES,
    PROTOCOL,
    RISING,
    TOGETHER,
    Group,
    known_of,
    parts_of,
    share_of,
    told,
)

UNKNOWN: Group = (3, {})
"""Departments of which nothing is known; naming no need is known of every department."""

JUST_BELOW = 0.999999


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["majority"])
def test_needs_majority(n: int, of: int, verdict: str) -> None:
    groups = [(n, {"internal": True}), (of - n, {"internal": False})]
    assert told("needs-majority", *groups, UNKNOWN) == share_of(n, of, verdict)


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["a_few"])
def test_few_without(n: int, of: int, verdict: str) -> None:
    groups = [(n, {"internal": False}), (of - n, {"internal": True})]
    assert told("few-without", *groups, UNKNOWN) == share_of(n, of, verdict)


FOUR = ("recruitment", "employability", "feedback", "student_support")


def naming(n: int, *needs: str) -> Group:
    return n, {"needs": needs}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([naming(8, *FOUR), naming(2, "other")], "supported 8/10"),
        ([naming(8, *FOUR), naming(7, "other")], "supported 8/15"),
        # strictly above: a tie is no support, but many draws would give it
        ([naming(8, *FOUR), naming(8, "other")], "inconclusive 8/16"),
        ([naming(8, *FOUR[:3]), naming(1, FOUR[3]), naming(12, "other")], "contradicted 1/21"),
        ([naming(9)], "not_assessable 0/9 nobody_names_any"),
    ],
)
def test_four_needs(groups: list[Group], expected: str) -> None:
    assert told("four-needs", *groups) == expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([naming(6, "recruitment"), naming(5, "feedback")], "supported 6/11"),
        ([naming(6, "recruitment"), naming(6, "feedback")], "inconclusive 6/12"),
        ([naming(6, "recruitment"), naming(7, "feedback")], "inconclusive 6/13"),
        ([naming(6, "recruitment"), naming(7, "other")], "inconclusive 6/13"),
        ([naming(1, "recruitment"), naming(19, "feedback")], "contradicted 1/20"),
        ([naming(1, "recruitment")], "supported 1/1"),
        ([naming(9)], "not_assessable 0/9 nobody_names_any"),
    ],
)
def test_recruitment_first(groups: list[Group], expected: str) -> None:
    assert told("recruitment-first", *groups) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((6, 5, 1), "supported 6/12"),
        ((6, 6, 0), "inconclusive 6/12"),
        ((1, 19, 0), "contradicted 1/20"),
        ((0, 0, 5), "contradicted 0/5"),
        ((0, 0, 0), "not_assessable 0/3 nobody_names_any"),
    ],
)
def test_students_voice(counts: tuple[int, int, int], expected: str) -> None:
    voices = zip(counts, ("students", "alumni", "society"), strict=True)
    groups = [(n, {"voices": (voice,)}) for n, voice in voices]
    silent = [UNKNOWN] if not any(counts) else []
    assert told("students-voice", *groups, *silent) == expected


@pytest.mark.parametrize(
    ("departments", "expected"),
    [
        ([{"internal": True}, {"external": True}],
         "supported: internal supported 1/1, external supported 1/1"),
        ([{"internal": True, "external": False}],
         "contradicted: internal supported 1/1, external contradicted 0/1"),
        ([{"internal": False, "external": True}],
         "contradicted: internal contradicted 0/1, external supported 1/1"),
        ([{"internal": True, "external": False}, {"internal": True}],
         "inconclusive: internal supported 2/2, external inconclusive 0/1"),
    ],
)  # fmt: skip
def test_both_sides(departments: list[dict[str, Any]], expected: str) -> None:
    assert told("both-sides", *((1, row) for row in departments)) == expected


@pytest.mark.parametrize(("needs", "activity", "expected"), RISING)
def test_needs_shape_work(needs: list[float], activity: list[float], expected: str) -> None:
    groups = [
        (1, {"needs_construct": x, "activity": y}) for x, y in zip(needs, activity, strict=True)
    ]
    aside = [(2, {"needs_construct": 3}), (2, {"activity": 0})]
    assert told("needs-shape-work", *groups, *aside, UNKNOWN) == expected


def applicants(n: int, *, more: bool | None, better: bool | None) -> Group:
    facts = {"applicants_more": more, "applicants_better": better}
    return n, {"facts": {key: fact for key, fact in facts.items() if fact is not None}}


@pytest.mark.parametrize(
    ("both", "more", "neither", "expected"),
    [
        (3, 5, 12, "supported: more supported 8/20, more_and_better supported 3/20"),
        (2, 6, 12, "inconclusive: more supported 8/20, more_and_better inconclusive 2/20"),
        (3, 4, 13, "inconclusive: more inconclusive 7/20, more_and_better supported 3/20"),
        (6, 0, 14, "contradicted: more contradicted 6/20, more_and_better supported 6/20"),
        (0, 8, 12, "contradicted: more supported 8/20, more_and_better contradicted 0/20"),
        (1, 1, 2, "not_assessable: more not_assessable 2/4 small_population, "
         "more_and_better not_assessable 1/4 small_population"),
    ],
)  # fmt: skip
def test_quantity_and_quality(both: int, more: int, neither: int, expected: str) -> None:
    groups = [
        applicants(both, more=True, better=True),
        applicants(more, more=True, better=False),
        applicants(neither - 1, more=False, better=False),
        applicants(1, more=False, better=True),
    ]
    assert told("quantity-and-quality", *groups, UNKNOWN) == expected


def test_better_applicants_alone_decide_nothing() -> None:
    # Not wanting more decides that not both are wanted; but every value named must be known.
    groups = [applicants(5, more=True, better=True), applicants(5, more=False, better=None)]
    both = parts_of("quantity-and-quality", known_of(*groups))[1]
    assert (both.n, both.of, both.unknown) == (5, 5, 5)


@pytest.mark.parametrize(("ours", "others", "expected"), COMPARED)
def test_employability_advanced(ours: list[float], others: list[float], expected: str) -> None:
    groups: list[Group] = [(1, {"needs": ("employability",), "advanced_share": x}) for x in ours]
    groups += [(1, {"needs": ("feedback",), "advanced_share": x}) for x in others]
    assert told("employability-advanced", *groups, naming(3, "employability"), UNKNOWN) == expected


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["often"])
def test_counsellor_officers(n: int, of: int, verdict: str) -> None:
    groups = [(n, {"counsellor": True}), (of - n, {"counsellor": False})]
    assert told("counsellor-officers", *groups, UNKNOWN) == share_of(n, of, verdict)


@pytest.mark.parametrize(("cells", "expected"), TOGETHER)
def test_employability_recruitment_link(cells: tuple[int, ...], expected: str) -> None:
    named = [("employability", "recruitment"), ("employability",), ("recruitment",), ()]
    groups = [naming(n, *needs) for n, needs in zip(cells, named, strict=True)]
    assert told("employability-recruitment-link", *groups) == expected


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["many"])
def test_feedback_many(n: int, of: int, verdict: str) -> None:
    groups = [naming(n, "feedback", "other"), naming(of - n, "recruitment")]
    assert told("feedback-many", *groups) == share_of(n, of, verdict)


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["several"])
def test_support_several(n: int, of: int, verdict: str) -> None:
    groups = [naming(n, "student_support"), naming(of - n)]
    assert told("support-several", *groups) == share_of(n, of, verdict)


OUT = {"internal": False, "external": False, "activity": 3, "facts": {"optout": True}}
ACTING = {"internal": False, "external": True, "activity": 1, "facts": {"optout": False}}


@pytest.mark.parametrize(
    ("departments", "expected"),
    [
        ([OUT, ACTING], "supported: opted_out supported 1/2, external supported 1/2"),
        ([OUT, ACTING | {"activity": JUST_BELOW}],
         "contradicted: opted_out supported 1/2, external contradicted 0/2"),
        ([OUT, ACTING | {"external": False}],
         "contradicted: opted_out supported 1/2, external contradicted 0/2"),
        ([ACTING, OUT | {"internal": True}],
         "contradicted: opted_out contradicted 0/1, external supported 1/1"),
        ([OUT, {"internal": False, "external": True}],
         "inconclusive: opted_out supported 1/1, external inconclusive 0/1"),
        ([ACTING, {"facts": {"optout": True}}],
         "inconclusive: opted_out inconclusive 0/1, external supported 1/1"),
    ],
)  # fmt: skip
def test_without_opt_out_or_external(departments: list[dict[str, Any]], expected: str) -> None:
    assert told("without-opt-out-or-external", *((1, row) for row in departments)) == expected


def test_draws_of_the_commonest_are_the_protocol_s() -> None:
    # One of two departments each: in a quarter of the draws the other is alone, so that
    # recruitment is first, ties counted, in about three of four.
    part = parts_of("recruitment-first", known_of(naming(1, "recruitment"), naming(1, "feedback")))
    p = part[0].p
    assert p is not None
    assert p == pytest.approx(0.75, abs=0.03)
    assert p * PROTOCOL.need_rules.draws == pytest.approx(round(p * 2000), abs=1e-6)
