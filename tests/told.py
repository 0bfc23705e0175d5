"""Small studies of the texts' edge cases, and every section with the facts that fill it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
from builders import answered, coded, evidence_of, note, su_2020

from mapping import (
    constructs,
    criteria,
    evidence,
    facts,
    findings,
    indicators,
    needs,
    participation,
    recommendations,
    swot,
    tiers,
    toolbox,
)
from mapping.instruments import InputFile
from mapping.vocabulary import QUADRANTS

PROTOCOL = su_2020()
FIELDWORK = SimpleNamespace(start=date(2019, 12, 2), end=date(2020, 4, 30))
FILES = (InputFile("interviews.csv", "a" * 64, 3), InputFile("survey.csv", "b" * 64, 2))
CORRECTIONS = pd.DataFrame(
    {
        "file": ["survey.csv", "departments.csv", "survey.csv"],
        "key": ["7", "ABC-1", "9"],
        "column": ["cond[interest]", "staff_fte", "role"],
        "old": ["5", "20.5", None],
        "new": ["2", "", None],
        "reason": ["Felskrivet", "Annat år", "Fel person"],
        "date": pd.array(["2020-06-02", "2020-05-11", "2020-06-02"], dtype="datetime64[s]"),
    }
).astype(dict.fromkeys(["file", "key", "column", "old", "new", "reason"], "string"))

LEVELS = ("interest", "management_support", "resources", "internal_need", "importance", "mandate")


def levels(department: str, level: float) -> list[dict[str, Any]]:
    """A response with this level on all that the tiers rest on."""
    return [answered(department, f"r-{department}", "indicator", key, level) for key in LEVELS]


class Tables(SimpleNamespace):
    """Tables that are computed when they are first asked for, as a year's are."""

    def __getattr__(self, name: str) -> Any:
        compute = self.__dict__.get("later", {}).get(name)
        if compute is None:
            raise AttributeError(name)
        setattr(self, name, compute())
        return self.__dict__[name]


def study(*rows: dict[str, Any], frame: tuple[str, ...], left_out: int = 0) -> Any:
    """The tables of a study with this evidence, computed as a year's are."""
    found = evidence_of(*rows)
    departments = register(*frame)
    answers = respondents(found, left_out)
    made = Tables(
        evidence=found,
        departments=departments,
        respondents=answers,
        protocol=PROTOCOL,
        settings=SimpleNamespace(fieldwork=FIELDWORK, names="code"),
    )
    made.later = {
        "participation": lambda: participation.participation(found, answers, departments),
        "indicators": lambda: indicators.indicators(found, PROTOCOL),
        "constructs": lambda: constructs.constructs(made.indicators, PROTOCOL),
        "tiers": lambda: tiers.tiers(made.indicators, departments, PROTOCOL),
        "aspects": lambda: tiers.aspects(made.indicators, made.tiers, PROTOCOL),
        "criteria": lambda: criteria.criteria(made.indicators, PROTOCOL),
        "needs": lambda: needs.needs(found, departments, PROTOCOL),
        "swot": lambda: swot.swot(found, departments, PROTOCOL),
        "common": lambda: swot.common_denominators(made.swot, PROTOCOL),
        "differences": lambda: swot.differences(found, made.tiers, PROTOCOL),
        "together": lambda: swot.together(found, PROTOCOL),
        "borda": lambda: swot.borda(found, PROTOCOL),
        "balance": lambda: swot.balance(found),
        "arrangements": lambda: indicators.arrangements(found, PROTOCOL),
        "with_need": lambda: needs.with_need(found, made.indicators, PROTOCOL),
        "grid": lambda: constructs.grid(made.constructs),
        "finding_parts": lambda: findings.parts(made),
        "findings": lambda: findings.summary(made.finding_parts, PROTOCOL),
        "recommendations": lambda: recommendations.recommendations(
            found, made.indicators, PROTOCOL
        ),
        "toolbox": lambda: toolbox.toolbox(found, made.indicators, PROTOCOL),
    }
    return made


NOT_GIVEN = (
    "advanced_share",
    "research_share",
    "staff_turnover",
    "applicants_per_place",
    "throughput",
)


def register(*ids: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "department_id": pd.array(ids, dtype="string"),
            "name": [f"Institutionen {key}" for key in ids],
            "faculty": ["F" if key < "C" else "G" for key in ids],
            "students_programme": pd.array([100] * len(ids), dtype="Int64"),
            "students_course": pd.array([None] + [1000] * (len(ids) - 1), dtype="Int64"),
            "programmes": pd.array([2] * len(ids), dtype="Int64"),
            "staff_fte": [10.5] * len(ids),
            **dict.fromkeys(NOT_GIVEN),
        }
    )


def respondents(found: pd.DataFrame, left_out: int) -> pd.DataFrame:
    """A respondent of every interview segment and response, the first without a role."""
    heard = found[found["instrument"] != "workshop"].drop_duplicates(["instrument", "unit"])
    used = heard[["department_id", "instrument"]].assign(
        respondent=heard["unit"], date=pd.NaT, role="studievägledare", left_out=None
    )
    reasons = ["incomplete", "blank", "incomplete"][:left_out]
    others = pd.DataFrame(
        {
            "department_id": "A",
            "instrument": "survey",
            "respondent": [f"x{n}" for n in range(len(reasons))],
            "date": pd.NaT,
            "role": None,
            "left_out": reasons,
        }
    )
    table = pd.concat([used, others], ignore_index=True) if reasons else used
    typed = table.astype({"left_out": "string", "role": "string", "date": "datetime64[s]"})
    return evidence.schemas.conform(typed, "respondents")


def several() -> Any:
    """Seven departments of all three tiers, one near a border, one unclassified, one absent."""
    rows = [*levels("A", 3), *levels("B", 3), *levels("C", 1), *levels("D", 1), *levels("E", 0)]
    rows += [coded("A", "s1", "c1", "interest/3"), coded("A", "s1", "c1", "arrangement/shared")]
    rows += [coded("B", "s2", "c1", "arrangement/alone"), coded("B", "s2", "c1", "origin/decided")]
    rows += [
        coded("C", "s3", "c1", "arrangement/alone"),
        coded("A", "s1", "c1", "external/students"),
    ]
    rows += [coded(key, f"n-{key}", "c1", "need/recruitment") for key in "ABC"]
    rows += [coded(key, f"n-{key}", "c1", "need/feedback") for key in "AB"]
    rows += [coded("A", "n-A", "c1", "need/other"), coded("F", "n-F", "c1", "need/employability")]
    rows += [coded("E", "s5", "c1", "external/students"), coded("E", "s5", "c1", "external/alumni")]
    rows += [
        answered("A", "r-A", "fact", key, 1.0) for key in ("applicants_more", "applicants_better")
    ]
    rows += [answered("B", "r-B", "fact", "applicants_more", 1.0)]
    rows += [note(key, "strength", "interest", 2) for key in "ABC"]
    rows += [note(key, "strength", "resources", 1) for key in "AB"]
    rows += [note("D", "weakness", "resources", 3), note("E", "weakness", "interest")]
    rows += [note("A", "opportunity", "recruitment"), note("A", "threat", "other")]
    return study(*rows, frame=tuple("ABCDEFG"), left_out=3)


def single() -> Any:
    """One department with one of everything."""
    rows = [*levels("A", 1.5), note("A", "weakness", "resources", 1)]
    rows += [coded("A", "s1", "c1", "need/recruitment"), coded("A", "s1", "c1", "origin/organic")]
    rows += [
        coded("A", "s1", "c1", "arrangement/nobody"),
        coded("A", "s1", "c1", "external/alumni"),
    ]
    return study(*rows, frame=("A",), left_out=1)


def no_workshop() -> Any:
    """Two departments alike, known by the survey alone, who name two needs equally often."""
    rows = [*levels("A", 0), *levels("B", 0)]
    rows += [answered(key, f"r-{key}", "indicator", "external_need", 3.0) for key in "AB"]
    return study(*rows, frame=("A", "B"))


def tied() -> Any:
    """Equal first places everywhere."""
    rows = [*levels("A", 3), *levels("B", 0)]
    rows += [coded("A", "s1", "c1", f"need/{need}") for need in ("recruitment", "feedback")]
    rows += [coded("B", "s2", "c1", f"external/{voice}") for voice in ("students", "society")]
    rows += [
        coded("A", "s1", "c1", "arrangement/alone"),
        coded("B", "s2", "c1", "arrangement/backed"),
    ]
    rows += [coded("A", "s1", "c1", "origin/organic"), coded("B", "s2", "c1", "origin/individual")]
    for quadrant in QUADRANTS:
        rows += [note("A", quadrant, "mandate", 1), note("B", quadrant, "workload", 1)]
    return study(*rows, frame=("A", "B", "C"))


def hardly_known() -> Any:
    """One department that named a need in the workshop, and nothing else."""
    return study(note("A", "opportunity", "feedback"), frame=("A", "B"))


STUDIES = (several, single, no_workshop, tied, hardly_known)


def sections(s: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every section of the reports with its values, by its key."""
    p, responses = s.protocol, s.respondents[s.respondents["instrument"] == "survey"]
    took_part = s.participation
    both = facts.both_named(s.evidence, "employability", "recruitment")
    applicants = facts.applicants(s.evidence, took_part)
    yield "evidence.in_short", facts.evidence_in_short(s.evidence, took_part, responses)
    yield "evidence.register", facts.register(s.departments)
    yield "evidence.files", facts.files(s.evidence)
    yield "evidence.participation", facts.participation(took_part)
    yield "evidence.roles", facts.roles(s.respondents)
    yield "evidence.coverage", facts.coverage(s.indicators)
    yield "evidence.left_out", facts.left_out(responses)
    corrections = CORRECTIONS.head(len(s.departments) // 2)  # three, one or none
    yield "evidence.corrections", facts.corrections(corrections)
    yield "evidence.provenance", facts.provenance(p, FILES)
    found = facts.swot_found(s.swot, s.differences, p)
    yield "swot.in_short", facts.swot_in_short(s.swot, took_part) | found
    yield "swot.reading", facts.reading(s.swot)
    for quadrant in QUADRANTS:
        yield "swot.quadrant", facts.quadrant(s.swot, quadrant)
    yield "swot.common", facts.common(s.swot, p)
    yield "swot.differences", facts.differences(s.differences, p)
    yield "swot.together", facts.together(s.together, p)
    yield "swot.ranking", facts.ranking(s.borda, s.swot)
    yield "swot.balance", facts.balance(s.balance)
    yield "swot.method", facts.swot_method(s.swot, p)
    yield "tiers.in_short", facts.tiers_in_short(s.tiers, s.aspects, took_part, p)
    yield "tiers.method", facts.tier_method(p)
    yield "tiers.grid", facts.grid(s.constructs)
    yield "tiers.departments", facts.margins(s.tiers)
    yield "tiers.borderline", facts.borderline(s.tiers, p)
    yield "tiers.aspects", facts.aspects(s.aspects, s.tiers)
    yield "tiers.criteria", facts.criteria(s.criteria, s.tiers)
    yield "tiers.lift", facts.lift(s.aspects, s.tiers)
    yield "tiers.unclassified", facts.unclassified(s.tiers, took_part, p)
    short = facts.in_short(took_part, s.tiers, s.needs, p)
    yield "report.in_short", short | facts.holding(s.findings)
    yield "report.aims", facts.aims(took_part, FIELDWORK)
    worked = facts.work(s.finding_parts, s.indicators, p)
    yield "report.results", facts.results(s.tiers, took_part) | worked
    yield "report.wishes", facts.wishes(s.evidence)
    yield "report.comment", {}
    yield "report.departments", {}
    factors = {"factors": facts.factors(s.finding_parts)}
    yield "conditions.levels", facts.conditions(s.indicators, s.tiers, p) | factors
    carried = facts.responsibility(s.finding_parts)
    yield "conditions.arrangements", facts.arrangements(s.arrangements, p) | carried
    yield "conditions.sizes", facts.sizes(s.finding_parts, p)
    active = facts.active_origins(s.finding_parts)
    yield "conditions.origins", facts.origins(s.arrangements, p) | active
    yield "conditions.assignment", facts.assignment(s.finding_parts)
    yield "needs.overview", facts.needs(s.with_need) | facts.both_sides(s.finding_parts)
    yield "needs.clear", facts.clear_needs(s.needs, p)
    yield "needs.recruitment", facts.need(s.needs, "recruitment") | applicants
    careers = facts.careers(s.finding_parts) | {"both": both}
    yield "needs.employability", facts.need(s.needs, "employability") | careers
    yield "needs.feedback", facts.need(s.needs, "feedback")
    yield "needs.student_support", facts.need(s.needs, "student_support")
    yield "needs.slight", facts.slight_needs(s.with_need) | facts.in_spite(s.finding_parts)
    yield "needs.voices", facts.voices(s.needs, took_part, p)
    yield "conclusions.overview", {}
    yield "conclusions.conditions", facts.enthusiasts(s.finding_parts)
    yield "conclusions.student_relations", facts.student_relations(s.finding_parts)
    yield "conclusions.needs", facts.need_conclusions(s.finding_parts)
    yield "findings.tested", facts.findings_tested(s.findings, p)
    yield "calibration.rates", facts.calibrated(None)
    yield "report.method", facts.method(p)
    yield "report.names", facts.names(s.settings)
    yield "advice.recommendations", facts.recommendations(s.recommendations, p)
    yield "advice.toolbox", facts.toolbox(s.toolbox, toolbox.adds(s.evidence, p), s.needs, p)
