"""Findings on the conditions of alumni relations."""

from __future__ import annotations

from mapping.findings.known import SINGLE_OFFICER, Known, one_of
from mapping.findings.measures import Part, existence, higher, rises
from mapping.protocol import Finding
from mapping.vocabulary import DECIMALS

FACTORS = ("management_support", "colleague_support", "resources", "workload", "mandate")
"""What the summary says matters for proactive, sustainable work."""


def factors_matter(case: Known, _: Finding) -> tuple[Part, ...]:
    """Each factor matters: it rises with the mean of activity and sustainability, both known."""
    outcome = (case["activity"] + case["sustainability"]).round(DECIMALS) / 2
    return tuple(rises(case[factor], outcome, case.rules, factor) for factor in FACTORS)


def shared_exists(case: Known, finding: Finding) -> Part:
    """Some share the responsibility: the arrangement is shared."""
    return case.share(finding, case["arrangement"] == "shared")


def shared_strength(case: Known, _: Finding) -> Part:
    """Sharing is a strength: mean sustainability above that of departments with one officer."""
    compared = ("shared", *SINGLE_OFFICER)
    officers = one_of(case["arrangement"], compared).fillna(value=True)
    shared = case["arrangement"] == "shared"
    return higher(case["sustainability"][officers], shared[officers], case.rules)


def one_with_backing(case: Known, _: Finding) -> Part:
    """One appointed officer with engaged manager and colleagues: of the backed, good support."""
    return existence(case["support"] >= case.good, among=case["arrangement"] == "backed")


def relatively_alone(case: Known, finding: Finding) -> Part:
    """In several the officer is rather alone: the arrangement is alone."""
    return case.share(finding, case["arrangement"] == "alone")


def large_unsustainable(case: Known, finding: Finding) -> Part:
    """In large departments one person is often not sustainable.

    Among those with one officer and more programmes than the frame's median: sustainability
    below good.
    """
    large = case["single_officer"] & case.above_median("programmes")
    return case.share(finding, case["sustainability"] < case.good, among=large)


def small_succeeds(case: Known, _: Finding) -> Part:
    """Some small ones succeed: few programmes, conditions below good, active all the same."""
    small = case["programmes"] <= case.rules.few_programmes
    return existence((case["conditions"] < case.good) & case["active"], among=small)


def origins(case: Known, finding: Finding) -> tuple[Part, ...]:
    """Among active ones: grown organically, decided by the head, driven by an individual."""
    origin, active = case["origin"], case["active"]
    return (
        case.share(finding, origin == "organic", active, "organic"),
        existence(origin == "decided", active, "decided"),
        case.share(finding, origin == "individual", active, "individual"),
    )


def no_job_description(case: Known, finding: Finding) -> Part:
    """Most officers have no clear description: mandate below good, where there is an officer."""
    return case.share(finding, case["mandate"] < case.good, among=case["with_officer"])


def self_appointed(case: Known, finding: Finding) -> Part:
    """In several somebody took it on unappointed: the arrangement is self-appointed."""
    return case.share(finding, case["arrangement"] == "self_appointed")


def unclear_hurts(case: Known, finding: Finding) -> Part:
    """Unclarity is a problem in some where engagement lacks.

    Among those not engaged, with a mandate below good: the survey's fact of that holds.
    """
    unclear = ~case["engaged"] & (case["mandate"] < case.good)
    return case.share(finding, case.fact("role_problem"), among=unclear)


def consensus_buffers(case: Known, _: Finding) -> Part:
    """It is less of a problem where there is consensus and interest.

    Among those with a mandate below good: the mean answer on the problem, lower where engaged.
    """
    unclear = (case["mandate"] < case.good).fillna(value=True)
    problem = case.answer("role_problem").where(case["mandate"].notna())
    return higher(problem[unclear], case["engaged"][unclear], case.rules, lower=True)
