"""Findings on conditions: both sides and the edge of each, and what is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from made_departments import (
    COMPARED,
    EDGES,
    LOWER,
    RISING,
    Group,
    share_of,
    told,
)

BELOW = 1.999999  # just below good

UNKNOWN: Group = (3, {})
"""Departments of which nothing is known: they count for no share and in no test."""


FACTORS = ["management_support", "colleague_support", "resources", "workload", "mandate"]


@pytest.mark.parametrize(("factor", "other", "expected"), RISING)
def test_factors_matter(factor: list[float], other: list[float], expected: str) -> None:
    groups = [
        (1, dict.fromkeys(FACTORS, x) | {"activity": y, "sustainability": y})
        for x, y in zip(factor, other, strict=True)
    ]
    verdict, rest = expected.split(" ", 1)
    parts = ", ".join(f"{name} {expected}" for name in FACTORS)
    one_known = (2, dict.fromkeys(FACTORS, 1) | {"activity": 3})
    assert told("factors-matter", *groups, UNKNOWN, one_known) == f"{verdict}: {parts}", rest


def test_one_factor_that_does_not_matter_is_enough_to_doubt() -> None:
    rising = [0, 0, 1, 1, 2, 2, 3, 3]
    mixed = [0, 3, 3, 0, 3, 0, 0, 3]
    groups = [
        (1, dict.fromkeys(FACTORS, x) | {"mandate": m, "activity": x, "sustainability": x})
        for x, m in zip(rising, mixed, strict=True)
    ]
    # The family is entered with the largest p of the five, that of the mandate.
    assert told("factors-matter", *groups).startswith("inconclusive: ")


def test_the_outcome_is_the_mean_of_activity_and_sustainability() -> None:
    groups = [
        (1, dict.fromkeys(FACTORS, x) | {"activity": 3 - x, "sustainability": 3 * x})
        for x in (0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75)
    ]
    assert told("factors-matter", *groups).startswith("supported: ")


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["some"])
def test_shared_exists(n: int, of: int, verdict: str) -> None:
    shared, other = {"arrangement": "shared"}, {"arrangement": "nobody"}
    assert told("shared-exists", (n, shared), (of - n, other), UNKNOWN) == share_of(n, of, verdict)


@pytest.mark.parametrize(("ours", "others", "expected"), COMPARED)
def test_shared_strength(ours: list[float], others: list[float], expected: str) -> None:
    single = ["backed", "alone", "self_appointed"]
    groups = [(1, {"arrangement": "shared", "sustainability": x}) for x in ours]
    groups += [
        (1, {"arrangement": single[n % 3], "sustainability": x}) for n, x in enumerate(others)
    ]
    aside = [(4, {"arrangement": "nobody", "sustainability": 0}), (2, {"arrangement": "shared"})]
    aside += [(4, {"arrangement": "of_another_kind", "sustainability": 0})]
    assert told("shared-strength", *groups, *aside, UNKNOWN) == expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([(1, {"arrangement": "backed", "support": 2}), (9, {"arrangement": "alone"})],
         "supported 1/1"),
        ([(1, {"arrangement": "backed", "support": BELOW}), (9, {"arrangement": "alone"})],
         "contradicted 0/1"),
        ([(1, {"arrangement": "alone", "support": 3})], "contradicted 0/0"),
        ([(1, {"arrangement": "backed"}), (9, {"arrangement": "alone"})], "inconclusive 0/0"),
        ([(1, {"support": 3}), (9, {"arrangement": "alone"})], "inconclusive 0/0"),
        ([(1, {"support": 1}), (9, {"arrangement": "alone"})], "contradicted 0/0"),
    ],
)  # fmt: skip
def test_one_with_backing(groups: list[Group], expected: str) -> None:
    assert told("one-with-backing", *groups) == expected


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["several"])
def test_relatively_alone(n: int, of: int, verdict: str) -> None:
    alone, other = {"arrangement": "alone"}, {"arrangement": "backed"}
    expected = share_of(n, of, verdict)
    assert told("relatively-alone", (n, alone), (of - n, other), UNKNOWN) == expected


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["often"])
def test_large_unsustainable(n: int, of: int, verdict: str) -> None:
    large = {"arrangement": "backed", "programmes": 4.5}  # the frame's median is 4
    met, unmet = large | {"sustainability": BELOW}, large | {"sustainability": 2}
    aside = [
        (5, met | {"programmes": 4}),
        (5, met | {"arrangement": "shared"}),
        (5, met | {"arrangement": "nobody"}),
        (5, {"arrangement": "alone", "sustainability": 0}),
        (5, {"programmes": 9, "sustainability": 0}),
        (5, large),
    ]
    expected = share_of(n, of, verdict)
    assert told("large-unsustainable", (n, met), (of - n, unmet), *aside) == expected


SMALL = {"programmes": 2, "conditions": BELOW, "activity": 2}


@pytest.mark.parametrize(
    ("departments", "expected"),
    [
        ([SMALL], "supported 1/1"),
        ([SMALL | {"programmes": 3}], "contradicted 0/0"),
        ([SMALL | {"conditions": 2}], "contradicted 0/1"),
        ([SMALL | {"activity": BELOW}], "contradicted 0/1"),
        ([{"programmes": 2, "activity": 3}], "inconclusive 0/0"),
        ([{"programmes": 3}], "contradicted 0/0"),  # whatever the rest may be
    ],
)
def test_small_succeeds(departments: list[dict[str, Any]], expected: str) -> None:
    assert told("small-succeeds", *((1, row) for row in departments)) == expected


def active(origin: str | None) -> dict[str, Any]:
    return {"activity": 2} | ({"origin": origin} if origin else {})


@pytest.mark.parametrize(
    ("organic", "decided", "individual", "expected"),
    [
        (3, 1, 16, "supported: organic supported 3/20, decided supported 1/20, "
         "individual supported 16/20"),
        (15, 1, 4, "supported: organic supported 15/20, decided supported 1/20, "
         "individual supported 4/20"),
        (2, 1, 17, "inconclusive: organic inconclusive 2/20, decided supported 1/20, "
         "individual supported 17/20"),
        (16, 1, 3, "inconclusive: organic supported 16/20, decided supported 1/20, "
         "individual inconclusive 3/20"),
        (10, 0, 10, "contradicted: organic supported 10/20, decided contradicted 0/20, "
         "individual supported 10/20"),
        (2, 1, 18, "contradicted: organic contradicted 2/21, decided supported 1/21, "
         "individual supported 18/21"),
        (2, 1, 1, "inconclusive: organic not_assessable 2/4 small_population, "
         "decided supported 1/4, individual not_assessable 1/4 small_population"),
    ],
)  # fmt: skip
def test_origins(organic: int, decided: int, individual: int, expected: str) -> None:
    groups = [(organic, "organic"), (decided, "decided"), (individual, "individual")]
    passive = [(9, {"activity": BELOW, "origin": origin}) for _, origin in groups]
    told_of = told("origins", *((n, active(origin)) for n, origin in groups), *passive)
    assert told_of == expected


def test_a_decided_origin_may_be_unseen() -> None:
    told_of = told("origins", (5, active("organic")), (5, active("individual")), (1, active(None)))
    assert "decided inconclusive 0/10" in told_of
    told_of = told("origins", (10, active("organic")), (1, {"origin": "decided"}))
    assert "decided inconclusive 0/10" in told_of


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["most"])
def test_no_job_description(n: int, of: int, verdict: str) -> None:
    met, unmet = {"staffing": 1, "mandate": BELOW}, {"staffing": 1, "mandate": 2}
    aside = [
        (5, {"staffing": 0.999, "mandate": 0}),
        (5, {"mandate": 0}),
        (5, {"staffing": 3}),
    ]
    expected = share_of(n, of, verdict)
    assert told("no-job-description", (n, met), (of - n, unmet), *aside) == expected


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["several"])
def test_self_appointed(n: int, of: int, verdict: str) -> None:
    met, unmet = {"arrangement": "self_appointed"}, {"arrangement": "alone"}
    expected = share_of(n, of, verdict)
    assert told("self-appointed", (n, met), (of - n, unmet), UNKNOWN) == expected


@pytest.mark.parametrize(("n", "of", "verdict"), EDGES["some"])
def test_unclear_hurts(n: int, of: int, verdict: str) -> None:
    lacking = [{"support": BELOW, "interest": 3}, {"support": 3, "interest": BELOW}]
    groups = [
        (1, lacking[i % 2] | {"mandate": BELOW, "facts": {"role_problem": i < n}})
        for i in range(of)
    ]
    hurt = {"mandate": 1, "facts": {"role_problem": True}}
    aside = [
        (5, hurt | {"support": 2, "interest": 2}),
        (5, hurt | {"support": 0}),  # not engaged, if it were not unknown
        (5, hurt | {"support": 0, "interest": 0, "mandate": 2}),
        (5, {"support": 0, "interest": 0, "mandate": 1}),
    ]
    assert told("unclear-hurts", *groups, *aside) == share_of(n, of, verdict)


@pytest.mark.parametrize(("ours", "others", "expected"), LOWER)
def test_consensus_buffers(ours: list[float], others: list[float], expected: str) -> None:
    engaged = {"support": 2, "interest": 2, "mandate": BELOW}
    lacking = {"support": 2, "interest": BELOW, "mandate": BELOW}
    groups = [(1, engaged | {"answers": {"role_problem": x}}) for x in ours]
    groups += [(1, lacking | {"answers": {"role_problem": x}}) for x in others]
    aside = [
        (5, engaged | {"mandate": 2, "answers": {"role_problem": 5}}),
        (5, {"support": 2, "interest": 2, "answers": {"role_problem": 5}}),
        (5, {"support": 0, "mandate": 0, "answers": {"role_problem": -5}}),
        (5, engaged),
    ]
    assert told("consensus-buffers", *groups, *aside) == expected
