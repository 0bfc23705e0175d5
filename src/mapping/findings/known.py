"""What is known of each department: the values that the findings name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Protocol as Shape

import pandas as pd

from mapping.findings.measures import WHOLE, Part, share, where_known
from mapping.indicators import arrangements, levels
from mapping.needs import named, with_need
from mapping.participation import participating
from mapping.protocol import Finding, FindingRules, Protocol
from mapping.tiers import aspect_levels
from mapping.vocabulary import DECIMALS, UNCLASSIFIED

REGISTER = (
    "students_programme",
    "students_course",
    "advanced_share",
    "programmes",
    "research_share",
    "staff_turnover",
    "applicants_per_place",
    "throughput",
)
"""The register's numbers that findings name."""

TEXT = pd.StringDtype("python")
"""Type of texts here: comparing them gives pandas' nullable booleans, not those of Arrow."""

SINGLE_OFFICER = ("backed", "alone", "self_appointed")
"""The arrangements in which one person has the responsibility."""

NO_WISH = "none"
"""The box of the wishes that says that no support is needed: an answer, but no wish."""


class Fieldwork(Shape):
    """When the fieldwork was done, first and last day included."""

    @property
    def start(self) -> date:
        """The first day."""

    @property
    def end(self) -> date:
        """The last day."""


class Settings(Shape):
    """What the findings need of a study's settings."""

    @property
    def fieldwork(self) -> Fieldwork:
        """When the fieldwork was done."""


class Tables(Shape):
    """What the findings need of a study; :class:`mapping.study.Study` has it, and more."""

    @property
    def settings(self) -> Settings:
        """What the study says of itself."""

    @property
    def protocol(self) -> Protocol:
        """The method."""

    @property
    def departments(self) -> pd.DataFrame:
        """The register: one row is a department of the frame."""

    @property
    def evidence(self) -> pd.DataFrame:
        """Table ``evidence``."""

    @property
    def respondents(self) -> pd.DataFrame:
        """Table ``respondents``."""

    @property
    def indicators(self) -> pd.DataFrame:
        """Table ``indicators``."""

    @property
    def constructs(self) -> pd.DataFrame:
        """Table ``constructs``."""

    @property
    def tiers(self) -> pd.DataFrame:
        """Table ``tiers``."""

    @property
    def criteria(self) -> pd.DataFrame:
        """Table ``criteria``."""


@dataclass(frozen=True)
class Known:
    """One study as the findings see it.

    All frames but the evidence have one row for each participating department (the index);
    what is not known of it is missing, numbers being Float64 and truths nullable booleans.

    ``frame`` is the number of departments of the register, ``medians`` holds the median of each
    of its numbers over the departments that have it. ``departments``: the level of every
    indicator (0 to 3), support; conditions and needs with their words; tier, borderline;
    arrangement and origin; internal and external (with or without need); the register's numbers
    and the programme share; engaged, active, with_officer, single_officer,
    enthusiast_dependent; counsellor. ``aspects``: level of each aspect. ``criteria``: each
    criterion by its full name, met or not. ``needs`` and ``voices``: named or not. ``wishes``:
    each wish for support. ``answers``: mean of the answers to each fact of the survey;
    ``facts``: whether it holds.
    """

    protocol: Protocol
    fieldwork: Fieldwork
    evidence: pd.DataFrame
    frame: int
    medians: Mapping[str, float]
    departments: pd.DataFrame
    aspects: pd.DataFrame
    criteria: pd.DataFrame
    needs: pd.DataFrame
    voices: pd.DataFrame
    wishes: pd.DataFrame
    answers: pd.DataFrame
    facts: pd.DataFrame

    def __getitem__(self, name: str) -> pd.Series:
        return self.departments[name]

    @property
    def rules(self) -> FindingRules:
        """The numbers that decide."""
        return self.protocol.finding_rules

    @property
    def good(self) -> float:
        """The level from which an indicator is good."""
        return self.protocol.levels.good

    @property
    def moderate(self) -> float:
        """The level from which an indicator is moderate."""
        return self.protocol.levels.moderate

    def fact(self, key: str) -> pd.Series:
        """Whether the fact holds for each department; unknown if the survey does not ask."""
        return self._asked(self.facts, key, "boolean")

    def answer(self, key: str) -> pd.Series:
        """The mean of the answers on the fact (1 to 5); unknown if the survey does not ask."""
        return self._asked(self.answers, key, "Float64")

    def _asked(self, table: pd.DataFrame, key: str, dtype: str) -> pd.Series:
        return table[key] if key in table else pd.Series(pd.NA, self.departments.index, dtype)

    def above_median(self, name: str) -> pd.Series:
        """Whether each department is above the frame's median of a number of the register."""
        return self[name] > self.medians[name]

    def at_median(self, name: str) -> pd.Series:
        """Whether each department is at the frame's median of a number, or above it."""
        return self[name] >= self.medians[name]

    def share(
        self,
        finding: Finding,
        met: pd.Series,
        among: pd.Series | None = None,
        part: str = WHOLE,
        *,
        base: pd.Series | None = None,
    ) -> Part:
        """How many departments have something, to be held against the finding's word."""
        return share(met, self.frame, finding.word_of(part), among, part, base=base)


def known(study: Tables) -> Known:
    """What is known of each department of the study."""
    protocol, evidence = study.protocol, study.evidence
    index = pd.Index(participating(evidence), name="department_id")
    aspects = aspect_levels(study.indicators, protocol).reindex(index).astype("Float64")
    register = _register(study.departments)
    answers = _answers(evidence, index, protocol)
    responding = _responding(study.respondents, index)
    return Known(
        protocol=protocol,
        fieldwork=study.settings.fieldwork,
        evidence=evidence,
        frame=len(study.departments),
        medians=_medians(register),
        departments=_departments(study, aspects, register.reindex(index)),
        aspects=aspects,
        criteria=_criteria(study.criteria, protocol),
        needs=named(evidence, protocol, "internal"),
        voices=named(evidence, protocol, "external"),
        wishes=_wishes(evidence, index, protocol),
        answers=answers,
        facts=_facts(answers, responding, protocol),
    )


def _criteria(criteria: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Each criterion by its full name, met or not."""
    table = criteria.pivot(index="department_id", columns="criterion", values="met")
    return table.reindex(columns=[criterion.name for criterion in protocol.criteria])


def _departments(study: Tables, aspects: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """The columns of ``Known.departments``; ``register`` is of the participating departments."""
    tables: list[pd.DataFrame | pd.Series] = [
        levels(study.indicators).reindex(columns=study.protocol.indicator_keys()).astype("Float64"),
        _by_department(study.constructs).astype({"conditions": "Float64", "needs": "Float64"}),
        _tiers(study.tiers),
        _by_department(arrangements(study.evidence, study.protocol)),
        _by_department(with_need(study.evidence, study.indicators, study.protocol)),
    ]
    values = aspects[["support"]].join(tables).join(register)
    values = values.astype(dict.fromkeys(values.select_dtypes("string"), TEXT))
    counsellor = _counsellor(study.respondents, values.index, study.protocol.finding_rules)
    return with_groups(values.assign(counsellor=counsellor), study.protocol)


def with_groups(values: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The values, and the groups of departments that they make."""
    groups = values.assign(
        engaged=_engaged(values, protocol),
        active=values["activity"] >= protocol.levels.good,
        with_officer=values["staffing"] >= protocol.levels.moderate,
        single_officer=one_of(values["arrangement"], SINGLE_OFFICER),
    )
    return groups.assign(enthusiast_dependent=_enthusiast_dependent(groups, protocol))


def _by_department(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("department_id")


def _register(departments: pd.DataFrame) -> pd.DataFrame:
    """The register's numbers and the share of programme students, for the whole frame."""
    numbers = _by_department(departments)[list(REGISTER)].astype("Float64").round(DECIMALS)
    programme, course = numbers["students_programme"], numbers["students_course"]
    students = (programme + course).replace(0, pd.NA)
    return numbers.assign(programme_share=(programme / students).round(DECIMALS))


def _medians(register: pd.DataFrame) -> dict[str, float]:
    """Rounded as the numbers are, so that a number equal to the median is not above it."""
    medians = register.median().round(DECIMALS)
    return {str(name): median for name, median in medians.items()}


def _tiers(tiers: pd.DataFrame) -> pd.DataFrame:
    """Tier and borderline, both missing where the department is unclassified."""
    table = _by_department(tiers)[["tier", "borderline"]].astype({"borderline": "boolean"})
    return table.mask(table["tier"] == UNCLASSIFIED)


def one_of(category: pd.Series, keys: Iterable[str]) -> pd.Series:
    """Whether the category is one of the keys; unknown where it is missing."""
    return category.isin(list(keys)).astype("boolean").mask(category.isna())


def _engaged(values: pd.DataFrame, protocol: Protocol) -> pd.Series:
    """Support and interest both good; unknown if either is."""
    support, interest = values["support"], values["interest"]
    good = protocol.levels.good
    return where_known((support >= good) & (interest >= good), support, interest)


def _enthusiast_dependent(values: pd.DataFrame, protocol: Protocol) -> pd.Series:
    """Active, carried by one person, and without full support, mandate or resources."""
    one_person = values["single_officer"] | (values["origin"] == "individual")
    lacking = ["support", "mandate", "resources"]
    lacks = (values[lacking] < protocol.levels.good).any(axis=1)
    named_values = [values[name] for name in ("activity", "arrangement", "origin", *lacking)]
    return where_known(values["active"] & one_person & lacks, *named_values)


def _counsellor(respondents: pd.DataFrame, index: pd.Index, rules: FindingRules) -> pd.Series:
    """Whether enough of those who told their role are study counsellors; unknown if none did."""
    told = respondents[respondents["left_out"].isna()].dropna(subset=["role", "department_id"])
    roles = told["role"].str.casefold()
    counsellor = pd.Series(data=False, index=told.index)
    for words in rules.counsellor_roles:
        counsellor |= roles.str.contains(words.casefold(), regex=False).astype(bool)
    share_of_told = counsellor.groupby(told["department_id"]).mean()
    return _at_least(share_of_told.reindex(index), rules.counsellor_share)


def _at_least(shares: pd.Series, limit: Fraction) -> pd.Series:
    """Whether each share reaches the limit, both rounded; unknown where it is missing."""
    reached = shares.astype("Float64").round(DECIMALS) >= round(float(limit), DECIMALS)
    return reached.astype("boolean")


def _responding(respondents: pd.DataFrame, index: pd.Index) -> pd.Series:
    """Whether each department has a survey response that is used."""
    used = (respondents["instrument"] == "survey") & respondents["left_out"].isna()
    return pd.Series(index.isin(respondents.loc[used, "department_id"]), index)


def _wishes(evidence: pd.DataFrame, index: pd.Index, protocol: Protocol) -> pd.DataFrame:
    """Each wish, true if any response ticks it; missing where all boxes are blank in all."""
    keys = dict.fromkeys(item.key for item in protocol.items if item.kind == "wish")
    ticks = evidence[evidence["kind"] == "wish"]
    ticked = (pd.crosstab(ticks["department_id"], ticks["key"]) > 0).reindex(
        index=index, columns=[key for key in keys if key != NO_WISH], fill_value=False
    )
    answered = pd.Series(index.isin(ticks["department_id"]), index)
    return ticked.astype("boolean").where(answered, axis=0)


def _answers(evidence: pd.DataFrame, index: pd.Index, protocol: Protocol) -> pd.DataFrame:
    """The mean of the answers on each fact of the questionnaire; missing where there is none."""
    facts = evidence[evidence["kind"] == "fact"]
    means = facts.groupby(["department_id", "key"])["value"].mean().unstack("key")
    table = means.reindex(index=index, columns=list(_fact_types(protocol)))
    return table.astype("Float64").round(DECIMALS)


def _fact_types(protocol: Protocol) -> dict[str, str]:
    """How each fact of the questionnaire is asked for: likert5, multiple or yes_no."""
    return {item.key: item.type for item in protocol.items if item.kind == "fact"}


def _facts(answers: pd.DataFrame, responding: pd.Series, protocol: Protocol) -> pd.DataFrame:
    """Whether each fact holds: by the mean of its answers, or by any tick.

    A response without a tick says no; of a department without a response nothing is known.
    """
    types = _fact_types(protocol)
    ticked = answers.notna().astype("boolean").where(responding, axis=0)
    truths: dict[str, Callable[[str], pd.Series]] = {
        "likert5": lambda key: answers[key] >= protocol.finding_rules.fact_holds,
        "yes_no": lambda key: _at_least(answers[key], protocol.finding_rules.opted_out),
        "multiple": lambda key: ticked[key],
    }
    return pd.DataFrame({key: truths[kind](key) for key, kind in types.items()}, answers.index)
