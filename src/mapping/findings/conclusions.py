"""The conclusions of the summary."""

from __future__ import annotations

import pandas as pd

from mapping.findings.known import TEXT, Known
from mapping.findings.measures import (
    Part,
    existence,
    higher,
    rises,
    together,
    where_known,
)
from mapping.protocol import Finding
from mapping.vocabulary import DECIMALS

OPT_OUT_FACTORS = ("programmes", "research_share", "staff_turnover")
"""Size, culture and turnover, as far as the register can tell."""

OWN_CELL = "programme_interest"
OTHER_CELLS = ("programme_only", "interest_only", "neither")
"""The cells of programme students and interest in them, told by what a department has."""


def enthusiasts(case: Known, finding: Finding) -> Part:
    """The work is carried by enthusiasts to a high degree: many of the active depend on them."""
    return case.share(finding, case["enthusiast_dependent"], among=case["active"])


def enthusiasts_vulnerable(case: Known, _: Finding) -> Part:
    """Work that depends on them is vulnerable: mean sustainability below other active ones'."""
    active = case["active"].fillna(value=True)
    dependent = case["enthusiast_dependent"][active]
    return higher(case["sustainability"][active], dependent, case.rules, lower=True)


def student_link(case: Known, _: Finding) -> Part:
    """The attitude to students goes with alumni work: student relations and activity."""
    return rises(case["student_relations"], case["activity"], case.rules)


def programme_condition(case: Known, _: Finding) -> Part:
    """Departments of courses know their students less: programme share, student relations."""
    return rises(case["programme_share"], case["student_relations"], case.rules)


def programme_and_interest(case: Known, _: Finding) -> tuple[Part, ...]:
    """Programme students and interest in them make alumni work.

    The mean activity with both is above that of each other cell with enough departments; all
    cells together have the departments that a test needs.
    """
    cell = _cells(case)
    sizes = cell[case["activity"].notna()].value_counts()
    large = [name for name in OTHER_CELLS if sizes.get(name, 0) >= case.rules.tested_group]
    in_all = int(sizes.sum())
    return tuple(_above_cell(case, cell, name, in_all) for name in large or OTHER_CELLS)


def _cells(case: Known) -> pd.Series:
    """The cell of each department; missing where either value is."""
    programme, interest = _programme(case), case["student_relations"] >= case.good
    cells = {
        OWN_CELL: programme & interest,
        "programme_only": programme & ~interest,
        "interest_only": ~programme & interest,
        "neither": ~programme & ~interest,
    }
    cell = pd.Series(pd.NA, index=programme.index, dtype=TEXT)
    for name, inside in cells.items():
        cell = cell.mask(where_known(inside, programme, interest).fillna(value=False), name)
    return cell


def _above_cell(case: Known, cell: pd.Series, other: str, in_all: int) -> Part:
    """The cell with both, against one other; departments known to be elsewhere are left out."""
    either = cell[cell.isin([OWN_CELL, other]) | cell.isna()]
    activity = case["activity"][either.index]
    return higher(activity, either == OWN_CELL, case.rules, other, in_all=in_all)


def programme_without_interest(case: Known, _: Finding) -> Part:
    """Some had little contact in spite of programme students: student relations below good."""
    return existence(_programme(case) & (case["student_relations"] < case.good))


def course_will(case: Known, finding: Finding) -> Part:
    """Many departments of courses want to engage alumni: good interest."""
    return case.share(finding, case["interest"] >= case.good, among=~_programme(case))


def course_will_recruitment(case: Known, finding: Finding) -> Part:
    """They do so often because of recruitment: of these, the need of recruitment."""
    willing = ~_programme(case) & (case["interest"] >= case.good)
    return case.share(finding, case.needs["recruitment"], among=willing)


def _programme(case: Known) -> pd.Series:
    """Whether a department has programme students in the main."""
    return case["programme_share"] >= round(float(case.rules.programme_share), DECIMALS)


def no_incentives(case: Known, finding: Finding) -> Part:
    """Incentives are missing within the university: the survey's fact of that holds."""
    return case.share(finding, case.fact("no_incentive"))


def no_need_no_problem(case: Known, finding: Finding) -> tuple[Part, ...]:
    """No need goes with no trouble: applicants and throughput at the frame's median or above.

    Among those without internal need; the base is those with one.
    """
    values = {"applicants": "applicants_per_place", "throughput": "throughput"}
    return tuple(_untroubled(case, finding, part, name) for part, name in values.items())


def _untroubled(case: Known, finding: Finding, part: str, name: str) -> Part:
    fine, need = case.at_median(name), case["internal"]
    base = fine[need.fillna(value=False)]
    return case.share(finding, fine, among=~need, part=part, base=base)


def opt_out_poor_contact(case: Known, _: Finding) -> Part:
    """Those who opt out have poorer contact with students: mean student relations below."""
    return higher(case["student_relations"], case.fact("optout"), case.rules, lower=True)


def opt_out_factors(case: Known, finding: Finding) -> tuple[Part, ...]:
    """They opt out because of size, culture or turnover: any of them above the frame's median.

    Often so among those who opted out, and more than among the rest, which is the base.
    """
    opted_out, any_factor = case.fact("optout"), _any_factor(case)
    base = any_factor[(~opted_out).fillna(value=False)]
    return (
        case.share(finding, any_factor, among=opted_out, part="share", base=base),
        together(opted_out, any_factor, case.rules, "association"),
    )


def _any_factor(case: Known) -> pd.Series:
    """Whether any of the three is above its median; unknown unless all three are known."""
    factors = pd.DataFrame({name: case.above_median(name) for name in OPT_OUT_FACTORS})
    return where_known(factors.any(axis=1), *(case[name] for name in OPT_OUT_FACTORS))
