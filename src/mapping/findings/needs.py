"""Findings on the needs of alumni relations."""

from __future__ import annotations

from mapping.findings.known import Known
from mapping.findings.measures import (
    Part,
    above,
    commonest,
    existence,
    higher,
    rises,
    together,
    where_known,
)
from mapping.protocol import Finding


def needs_majority(case: Known, finding: Finding) -> Part:
    """A majority has an internal need: a named one, or the level of the need felt."""
    return case.share(finding, case["internal"])


def four_needs(case: Known, _: Finding) -> Part:
    """The four commonest needs are the four: more departments name each than any other need."""
    other = case.protocol.need_rules.listed_apart
    four = [need for need in case.protocol.need_keys("internal") if need != other]
    return above(case.needs, four, other, case.protocol.need_rules)


def recruitment_first(case: Known, _: Finding) -> Part:
    """Recruitment is the commonest internal need."""
    return commonest(case.needs, "recruitment", case.protocol.need_rules)


def both_sides(case: Known, _: Finding) -> tuple[Part, ...]:
    """Both internal and external needs were found."""
    return tuple(existence(case[side], part=side) for side in ("internal", "external"))


def students_voice(case: Known, _: Finding) -> Part:
    """External needs are chiefly voiced by students: the commonest voice."""
    return commonest(case.voices, "students", case.protocol.need_rules)


def needs_shape_work(case: Known, _: Finding) -> Part:
    """Needs matter for the work: activity rises with the needs (the construct)."""
    return rises(case["needs"], case["activity"], case.rules)


def quantity_and_quality(case: Known, finding: Finding) -> tuple[Part, ...]:
    """Many want more applicants, a number of them better ones too: both boxes ticked."""
    more, better = case.fact("applicants_more"), case.fact("applicants_better")
    return (
        case.share(finding, more, part="more"),
        case.share(finding, where_known(more & better, more, better), part="more_and_better"),
    )


def employability_advanced(case: Known, _: Finding) -> Part:
    """Careers matter most where students are advanced, of which the share of them is a proxy.

    Its mean is higher with the need of employability than without.
    """
    return higher(case["advanced_share"], case.needs["employability"], case.rules)


def counsellor_officers(case: Known, finding: Finding) -> Part:
    """Officers are often study counsellors: enough of a department's respondents are.

    Among the departments where anybody told their role.
    """
    return case.share(finding, case["counsellor"])


def employability_recruitment_link(case: Known, _: Finding) -> Part:
    """Employability is tied to recruitment: departments name both needs together."""
    return together(case.needs["employability"], case.needs["recruitment"], case.rules)


def feedback_many(case: Known, finding: Finding) -> Part:
    """Many want to know of experiences and outcomes: the need of feedback."""
    return case.share(finding, case.needs["feedback"])


def support_several(case: Known, finding: Finding) -> Part:
    """Several want alumni directly in education: the need of student support."""
    return case.share(finding, case.needs["student_support"])


def few_without(case: Known, finding: Finding) -> Part:
    """A few have no internal need: none named, and the level of the need felt is known and low."""
    return case.share(finding, ~case["internal"])


def without_opt_out_or_external(case: Known, _: Finding) -> tuple[Part, ...]:
    """Of those without internal need some opted out, others act on external needs.

    To act is to be active at least moderately.
    """
    acting = case["external"] & (case["activity"] >= case.moderate)
    return (
        existence(case.fact("optout"), ~case["internal"], "opted_out"),
        existence(acting, ~case["internal"], "external"),
    )
