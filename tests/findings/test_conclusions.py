"""Findings of the conclusions: both sides and the edge of each, and what is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from made_departments import (
    EDGES,
    LOWER,
    MEDIANS,
    RISING,
    TOGETHER,
    Group,
    known_of,
    parts_of,
    share_of,
    told,
)

BELOW = 1.999999  # just below good
COURSE = 0.499999  # just below half of the students in programmes

UNKNOWN: Group = (3, {})
"""Departments of which nothing is known: they count for no share and in no test."""

DEPENDENT = {
    "activity": 2,
    "arrangement": "alone",
    "origin": "organic",
    "support": 2,
    "mandate": BELOW,
    "resources": 2,
}
STURDY = DEPENDENT | {"mandate": 2}
PASSIVE = DEPENDENT | {"activity": BELOW}


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["many"])
def test_enthusiasts(n: int, of: int, verdict: str) -> None:
    groups = [(n, DEPENDENT), (of - n, STURDY), (5, PASSIVE), UNKNOWN]
    assert told("enthusiasts", *groups) == share_of(n, of, verdict)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "supported 5/5"),
        ({"arrangement": "backed"}, "supported 5/5"),
        ({"arrangement": "self_appointed"}, "supported 5/5"),
        ({"arrangement": "shared"}, "contradicted 0/5"),
        ({"arrangement": "nobody"}, "contradicted 0/5"),
        ({"arrangement": "shared", "origin": "individual"}, "supported 5/5"),
        ({"mandate": 2, "support": BELOW}, "supported 5/5"),
        ({"mandate": 2, "resources": BELOW}, "supported 5/5"),
        ({"mandate": 2}, "contradicted 0/5"),
        # every value named must be known, also where one alone would decide
        ({"support": None}, "not_assessable 0/0 small_population"),
        ({"origin": None}, "not_assessable 0/0 small_population"),
        ({"arrangement": None, "origin": "individual"}, "not_assessable 0/0 small_population"),
    ],
)
def test_who_depends_on_an_enthusiast(change: dict[str, Any], expected: str) -> None:
    values = {key: x for key, x in (DEPENDENT | change).items() if x is not None}
    assert told("enthusiasts", (5, values)) == expected


@pytest.mark.parametrize(("ours", "others", "expected"), LOWER)
def test_enthusiasts_vulnerable(ours: list[float], others: list[float], expected: str) -> None:
    groups: list[Group] = [(1, DEPENDENT | {"sustainability": x}) for x in ours]
    groups += [(1, STURDY | {"sustainability": x}) for x in others]
    aside: list[Group] = [(5, PASSIVE | {"sustainability": -9}), (2, DEPENDENT), UNKNOWN]
    assert told("enthusiasts-vulnerable", *groups, *aside) == expected


@pytest.mark.parametrize(("relations", "activity", "expected"), RISING)
def test_student_link(relations: list[float], activity: list[float], expected: str) -> None:
    pairs = zip(relations, activity, strict=True)
    groups = [(1, {"student_relations": x, "activity": y}) for x, y in pairs]
    aside = [(2, {"student_relations": 3}), (2, {"activity": 0})]
    assert told("student-link", *groups, *aside, UNKNOWN) == expected


@pytest.mark.parametrize(("programme", "relations", "expected"), RISING)
def test_programme_condition(programme: list[float], relations: list[float], expected: str) -> None:
    pairs = zip(programme, relations, strict=True)
    groups = [(1, {"programme_share": x / 3, "student_relations": y}) for x, y in pairs]
    aside = [(2, {"programme_share": 1}), (2, {"student_relations": 0})]
    assert told("programme-condition", *groups, *aside, UNKNOWN) == expected


def cells(**activities: list[float]) -> list[Group]:
    """Departments with these activities, by cell, at the edge of it."""
    place = {
        "both": (0.5, 2),
        "programme_only": (0.5, BELOW),
        "interest_only": (COURSE, 2),
        "neither": (COURSE, BELOW),
    }
    return [
        (1, {"programme_share": place[c][0], "student_relations": place[c][1], "activity": x})
        for c, values in activities.items()
        for x in values
    ]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (
            cells(both=[3] * 4, programme_only=[1] * 4, interest_only=[1] * 4, neither=[0] * 4),
            "supported: programme_only supported 4/8, interest_only supported 4/8, "
            "neither supported 4/8",
        ),
        (  # one cell is about as active: the largest p decides for all
            cells(both=[3, 1, 2.5, 1.5], programme_only=[2.9, 1.1, 2.4, 1.6], neither=[0] * 4),
            "inconclusive: programme_only inconclusive 4/8, neither inconclusive 4/8",
        ),
        (  # a cell that nothing could be found of keeps the rest from being enough
            cells(both=[3] * 4, programme_only=[3] * 4, neither=[0] * 4),
            "inconclusive: programme_only not_assessable 4/8 out_of_reach, neither supported 4/8",
        ),
        (
            cells(both=[1] * 4, programme_only=[3] * 4, neither=[3] * 4),
            "contradicted: programme_only contradicted 4/8, neither contradicted 4/8",
        ),
        (  # two departments are no cell, three are; eight are enough in all cells together
            cells(both=[3, 3, 3], programme_only=[1, 1], interest_only=[1, 1, 1]),
            # the first of 20 arrangements: .05 can be reached, which is not below it
            "inconclusive: interest_only inconclusive 3/6",
        ),
        (
            cells(both=[3] * 4, programme_only=[1], interest_only=[1] * 3),
            "supported: interest_only supported 4/7",
        ),
        (
            cells(both=[3] * 4, interest_only=[1] * 3),
            "not_assessable: interest_only not_assessable 4/7 few_departments",
        ),
        (  # no cell to compare with
            cells(both=[3] * 5, programme_only=[1, 1], neither=[1, 1]),
            "not_assessable: programme_only not_assessable 5/7 small_group, "
            "interest_only not_assessable 5/5 small_group, neither not_assessable 5/7 small_group",
        ),
        (  # the cell itself is too small
            cells(both=[3, 3], neither=[1] * 8),
            "not_assessable: neither not_assessable 2/10 small_group",
        ),
    ],
)
def test_programme_and_interest(groups: list[Group], expected: str) -> None:
    aside: list[Group] = [
        (4, {"programme_share": 0, "student_relations": 0}),
        (4, {"programme_share": 1, "activity": 0}),
        (4, {"student_relations": 0, "activity": 3}),
    ]
    assert told("programme-and-interest", *groups, *aside) == expected


@pytest.mark.parametrize(
    ("departments", "expected"),
    [
        ([{"programme_share": 0.5, "student_relations": BELOW}], "supported 1/1"),
        ([{"programme_share": COURSE, "student_relations": 0}], "contradicted 0/1"),
        ([{"programme_share": 1, "student_relations": 2}], "contradicted 0/1"),
        ([{"programme_share": 1}], "inconclusive 0/0"),
        ([{"student_relations": 0}, {"programme_share": 0}], "inconclusive 0/1"),
    ],
)
def test_programme_without_interest(departments: list[dict[str, Any]], expected: str) -> None:
    assert told("programme-without-interest", *((1, row) for row in departments)) == expected


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["many"])
def test_course_will(n: int, of: int, verdict: str) -> None:
    willing = {"programme_share": COURSE, "interest": 2}
    groups = [(n, willing), (of - n, willing | {"interest": BELOW})]
    aside = [(5, willing | {"programme_share": 0.5}), (5, {"interest": 3}), UNKNOWN]
    assert told("course-will", *groups, *aside) == share_of(n, of, verdict)


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["often"])
def test_course_will_recruitment(n: int, of: int, verdict: str) -> None:
    willing = {"programme_share": COURSE, "interest": 2}
    met = willing | {"needs": ("recruitment", "feedback")}
    aside = [
        (5, met | {"programme_share": 0.5}),
        (5, met | {"interest": BELOW}),
        (5, {"needs": ("recruitment",), "interest": 3}),
        (5, {"needs": ("recruitment",), "programme_share": 0}),
    ]
    groups = [(n, met), (of - n, willing | {"needs": ("feedback",)})]
    assert told("course-will-recruitment", *groups, *aside) == share_of(n, of, verdict)


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["most"])
def test_no_incentives(n: int, of: int, verdict: str) -> None:
    groups = [(x, {"facts": {"no_incentive": fact}}) for x, fact in ((n, True), (of - n, False))]
    assert told("no-incentives", *groups, UNKNOWN) == share_of(n, of, verdict)


def test_a_fact_that_the_survey_does_not_ask_is_unknown() -> None:
    assert told("no-incentives", (9, {"interest": 2})) == "not_assessable 0/0 small_population"


AT = {name: MEDIANS[name] for name in ("applicants_per_place", "throughput")}
UNDER = {name: value - 1e-6 for name, value in AT.items()}


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["generally"])
def test_no_need_no_problem(n: int, of: int, verdict: str) -> None:
    lacking = {"internal": False}
    groups: list[Group] = [(n, lacking | AT), (of - n, lacking | UNDER)]
    aside: list[Group] = [(5, lacking), (5, AT), (2, {"internal": True} | AT)]
    share = share_of(n, of, verdict)
    parts = ", ".join(
        f"{part} {verdict} {share.split(' ', 1)[1]}" for part in ("applicants", "throughput")
    )
    assert told("no-need-no-problem", *groups, *aside) == f"{verdict}: {parts}"


def test_the_worse_of_applicants_and_throughput_decides() -> None:
    low = {"throughput": MEDIANS["throughput"] - 0.1}
    groups: list[Group] = [(9, {"internal": False} | AT), (9, {"internal": False} | AT | low)]
    assert told("no-need-no-problem", *groups) == (
        "contradicted: applicants supported 18/18, throughput contradicted 9/18"
    )


def test_the_base_is_those_with_internal_need() -> None:
    groups: list[Group] = [
        (5, {"internal": False} | AT),
        (2, {"internal": True} | AT),
        (4, {"internal": True} | UNDER),
        (3, {"internal": True}),
        (3, AT),
    ]
    part = parts_of("no-need-no-problem", known_of(*groups))[0]
    assert (part.n, part.of, part.base_n, part.base_of) == (5, 5, 2, 6)


def out(*, opted: bool, **values: float) -> dict[str, Any]:
    return {"facts": {"optout": opted}} | values


@pytest.mark.parametrize(("ours", "others", "expected"), LOWER)
def test_opt_out_poor_contact(ours: list[float], others: list[float], expected: str) -> None:
    groups: list[Group] = [(1, out(opted=True, student_relations=x)) for x in ours]
    groups += [(1, out(opted=False, student_relations=x)) for x in others]
    aside: list[Group] = [(4, {"student_relations": 0}), (4, out(opted=True)), UNKNOWN]
    assert told("opt-out-poor-contact", *groups, *aside) == expected


MEDIAN = {name: MEDIANS[name] for name in ("programmes", "research_share", "staff_turnover")}


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("programmes", "supported: share supported 5/5, association supported 5/10"),
        ("research_share", "supported: share supported 5/5, association supported 5/10"),
        ("staff_turnover", "supported: share supported 5/5, association supported 5/10"),
        ("", "contradicted: share contradicted 0/5, association not_assessable 5/10 out_of_reach"),
    ],
)
def test_each_factor_counts_if_it_is_above_its_median(above: str, expected: str) -> None:
    factors = MEDIAN | ({above: MEDIAN[above] + 1e-6} if above else {})
    groups: list[Group] = [(5, out(opted=True, **factors)), (5, out(opted=False, **MEDIAN))]
    assert told("opt-out-factors", *groups) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (counts, f"association {told_of}")
        for counts, told_of in TOGETHER
    ],
)  # fmt: skip
def test_more_often_than_among_the_rest(counts: tuple[int, ...], expected: str) -> None:
    assert factors_of(counts).endswith(expected)


def factors_of(counts: tuple[int, ...]) -> str:
    high = MEDIAN | {"programmes": 5.0}
    kinds = [
        out(opted=True, **high), out(opted=True, **MEDIAN),
        out(opted=False, **high), out(opted=False, **MEDIAN),
    ]  # fmt: skip
    two_known = {"programmes": 9.0, "research_share": 0.9}  # all three must be known
    aside: list[Group] = [(4, out(opted=True, **two_known)), (4, high), UNKNOWN]
    return told("opt-out-factors", *zip(counts, kinds, strict=True), *aside)


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["often"])
def test_often_among_those_who_opted_out(n: int, of: int, verdict: str) -> None:
    share = share_of(n, of, verdict)
    assert f"share {share}, association" in factors_of((n, of - n, 2, 8))


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((6, 0, 1, 9), "supported"),
        ((6, 0, 5, 1), "inconclusive"),  # often, but hardly more than among the rest
        ((6, 14, 0, 40), "contradicted"),  # more than among the rest, but not often
        ((1, 1, 5, 5), "not_assessable"),
        ((4, 0, 0, 9), "inconclusive"),  # more, but too few opted out to say how often
    ],
)
def test_opt_out_factors_is_the_worse_of_the_two(counts: tuple[int, ...], verdict: str) -> None:
    assert factors_of(counts).split(":")[0] == verdict


def test_the_base_of_the_factors_is_the_rest() -> None:
    high = MEDIAN | {"staff_turnover": 0.2}
    groups: list[Group] = [
        (5, out(opted=True, **high)),
        (3, out(opted=False, **high)),
        (4, out(opted=False, **MEDIAN)),
        (2, high),
    ]
    part = parts_of("opt-out-factors", known_of(*groups))[0]
    assert (part.base_n, part.base_of) == (3, 7)
