"""From measure and word to verdict: both sides and the edge of every threshold."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from builders import su_2020

from mapping.findings.measures import Part
from mapping.findings.verdicts import Adjusted, combine, distance, judge
from mapping.protocol import Word

PROTOCOL = su_2020()
RULES = PROTOCOL.finding_rules


def verdict(part: Part, adjusted: Adjusted | None = None, **rules: object) -> tuple[str, str]:
    return tuple(judge(part, replace(RULES, **rules), PROTOCOL.ranges, adjusted))


def counted(n: int, of: int, word: str, fewest: int | None = None) -> Part:
    return Part("whole", "share", n, of, word=word, fewest=fewest)


@pytest.mark.parametrize(
    ("word", "n", "of", "expected", "reason"),
    [
        ("all", 44, 44, "supported", "inside"),
        ("all", 38, 40, "inconclusive", "near"),  # .05 outside: the band's edge
        ("all", 37, 40, "contradicted", "beyond"),
        ("generally", 30, 45, "supported", "inside"),  # 2/3 exactly
        ("generally", 37, 60, "inconclusive", "near"),  # 2/3 - 1/20 exactly
        ("generally", 36, 60, "contradicted", "beyond"),
        ("most", 23, 44, "supported", "inside"),
        ("most", 22, 44, "inconclusive", "near"),  # one half is not most
        ("most", 18, 40, "inconclusive", "near"),
        ("most", 17, 40, "contradicted", "beyond"),
        ("most", 0, 44, "contradicted", "none_at_all"),
        ("majority", 21, 40, "supported", "inside"),
        ("majority", 20, 40, "inconclusive", "near"),
        ("many", 18, 45, "supported", "inside"),  # .4 exactly
        ("many", 17, 45, "inconclusive", "near"),
        ("many", 14, 40, "inconclusive", "near"),  # .35
        ("many", 13, 40, "contradicted", "beyond"),
        ("many", 3, 10, "inconclusive", "near"),  # one department of 10 outside
        ("many", 2, 10, "contradicted", "beyond"),
        ("many", 1, 5, "inconclusive", "near"),  # one department of 5 outside
        ("many", 44, 44, "supported", "inside"),  # no upper end
        ("often", 16, 40, "supported", "inside"),
        ("often", 15, 40, "inconclusive", "near"),
        ("several", 3, 15, "supported", "inside"),
        ("several", 2, 10, "inconclusive", "too_few_departments"),  # .2, but two
        ("several", 2, 5, "inconclusive", "too_few_departments"),
        ("several", 3, 10, "supported", "inside"),
        ("several", 2, 11, "inconclusive", "near"),
        ("several", 6, 40, "inconclusive", "near"),  # .15
        ("several", 5, 40, "contradicted", "beyond"),
        ("several", 0, 5, "contradicted", "none_at_all"),  # though 1/5 is within the band
        ("a_number_of", 6, 40, "supported", "inside"),  # .15
        ("a_number_of", 4, 40, "inconclusive", "near"),  # .1
        ("a_number_of", 3, 40, "contradicted", "beyond"),
        ("a_number_of", 0, 5, "contradicted", "none_at_all"),
        ("some", 4, 40, "supported", "inside"),  # .1
        ("some", 2, 40, "inconclusive", "near"),  # .05
        ("some", 1, 40, "contradicted", "beyond"),
        ("some", 0, 5, "contradicted", "none_at_all"),
        ("a_few", 1, 44, "supported", "inside"),
        ("a_few", 11, 44, "supported", "inside"),  # .25
        ("a_few", 12, 44, "inconclusive", "near"),
        ("a_few", 12, 40, "inconclusive", "near"),  # .3
        ("a_few", 13, 40, "contradicted", "beyond"),
        ("a_few", 0, 44, "contradicted", "none_at_all"),
        ("none", 0, 44, "supported", "inside"),
        ("many", 4, 4, "not_assessable", "small_population"),
        ("some", 0, 4, "not_assessable", "small_population"),
        ("many", 5, 5, "supported", "inside"),
        ("many", 0, 0, "not_assessable", "small_population"),
    ],
)
def test_share(word: str, n: int, of: int, expected: str, reason: str) -> None:
    assert verdict(counted(n, of, word)) == (expected, reason)


def test_the_least_population_of_a_criterion_is_its_own() -> None:
    assert verdict(counted(3, 3, "generally", fewest=3)) == ("supported", "inside")
    assert verdict(counted(2, 2, "generally", fewest=3))[0] == "not_assessable"


def test_how_far_outside_is_exact() -> None:
    few = Word("few", above=Fraction(1, 10), at_most=Fraction(1, 4))
    assert distance(Fraction(1, 4), few) == 0
    assert distance(Fraction(1, 10), few) == 0
    assert distance(Fraction(1, 3), few) == Fraction(1, 12)
    assert distance(Fraction(1, 11), few) == Fraction(1, 110)
    assert distance(Fraction(1), Word("many", at_least=Fraction(2, 5))) == 0


@pytest.mark.parametrize(
    ("holds", "unknown", "expected", "reason"),
    [
        (True, 0, "supported", "found"),
        (True, 9, "supported", "found"),
        (False, 0, "contradicted", "not_found"),
        (False, 1, "inconclusive", "perhaps_unseen"),
    ],
)
def test_existence(holds: bool, unknown: int, expected: str, reason: str) -> None:
    for of in (1, 4, 44):  # a small population does not matter
        part = Part("whole", "existence", int(holds), of, unknown=unknown, holds=holds)
        assert verdict(part) == (expected, reason)


def test_existence_where_there_is_no_candidate_at_all() -> None:
    nobody = Part("whole", "existence", 0, 0, holds=False)
    assert verdict(nobody) == ("contradicted", "no_candidates")
    assert verdict(replace(nobody, unknown=1)) == ("inconclusive", "perhaps_unseen")


@pytest.mark.parametrize(
    ("holds", "p", "expected", "reason"),
    [
        (True, 0.01, "supported", "first"),
        (False, 0.05, "inconclusive", "perhaps_first"),
        (False, 0.0495, "contradicted", "not_first"),
    ],
)
def test_commonest(holds: bool, p: float, expected: str, reason: str) -> None:
    for of in (4, 44):
        part = Part("whole", "commonest", 3, of, p=p, holds=holds)
        assert verdict(part) == (expected, reason)


@pytest.mark.parametrize("limit", ["1/20", "3/20", "1/3"])
def test_draws_at_the_limit_are_not_under_it(limit: str) -> None:
    # 3/20 as a float is less than the fraction, 1/3 to nine decimals too
    share = Fraction(limit)
    part = Part("whole", "commonest", 3, 44, p=round(float(share), 9), holds=False)
    assert verdict(part, first_place=share)[0] == "inconclusive"


@pytest.mark.parametrize(
    ("p", "p_opposite", "expected", "reason"),
    [
        (0.049, 0.9, "supported", "significant"),
        (0.05, 0.9, "inconclusive", "not_significant"),
        (0.9, 0.05, "inconclusive", "not_significant"),
        (0.9, 0.049, "contradicted", "opposite"),
    ],
)
def test_association(p: float, p_opposite: float, expected: str, reason: str) -> None:
    part = Part("whole", "association", 20, 44, 0.3, p=0.001, p_opposite=0.999)
    assert verdict(part, Adjusted(p, p_opposite)) == (expected, reason)


def test_what_cannot_be_tested_is_not_assessable_and_says_why() -> None:
    for measure in ("association", "commonest"):
        part = Part("whole", measure, hindrance="out_of_reach")
        assert verdict(part, Adjusted(0.001, 1)) == ("not_assessable", "out_of_reach")
    untold = Part("whole", "association", 20, 44, 0.3, p=0.001, p_opposite=0.999)
    assert verdict(untold) == ("not_assessable", "outside_the_family")


@pytest.mark.parametrize(
    ("holds", "of", "expected", "reason"),
    [
        (True, None, "supported", "holds"),
        (False, None, "contradicted", "fails"),
        (True, 5, "supported", "holds"),
        (False, 5, "contradicted", "fails"),
        (True, 4, "not_assessable", "small_population"),
    ],
)
def test_condition(holds: bool, of: int | None, expected: str, reason: str) -> None:
    assert verdict(Part("whole", "condition", of=of, holds=holds)) == (expected, reason)


BAD, OPEN, GOOD, NONE = "contradicted", "inconclusive", "supported", "not_assessable"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([GOOD], GOOD),
        ([GOOD, GOOD], GOOD),
        ([GOOD, OPEN], OPEN),
        ([GOOD, OPEN, BAD], BAD),
        ([GOOD, NONE], OPEN),
        ([OPEN, NONE], OPEN),
        ([BAD, NONE], BAD),
        ([NONE], NONE),
        ([NONE, NONE], NONE),
    ],
)
def test_the_worst_part_decides(parts: list[str], expected: str) -> None:
    assert {combine(order) for order in (parts, parts[::-1])} == {expected}


def test_a_worse_part_never_improves_the_verdict() -> None:
    worse = {GOOD: [OPEN, BAD], OPEN: [BAD], BAD: [], NONE: []}
    order = [BAD, OPEN, GOOD]
    for parts in product([GOOD, OPEN, BAD, NONE], repeat=3):
        for now in worse[parts[0]]:
            before, after = combine(parts), combine([now, *parts[1:]])
            assert order.index(after) <= order.index(before)
