"""Facts on what the summary states, as the measured findings have them.

Every function takes table ``finding_parts``. A count is of the departments for which all that
the statement names is known; a statement that the protocol does not list has the count 0 of 0.
A link is an association as tested: its verdict after correction and, where it could be tested,
the size of the difference without its sign.
"""

from __future__ import annotations

import math

import pandas as pd

from mapping.facts.counting import Count, Facts, count_in, first, largest, rest
from mapping.findings.known import NO_WISH
from mapping.findings.measures import WHOLE
from mapping.findings.verdicts import SUPPORTED
from mapping.protocol import Protocol
from mapping.references import Traced, cell, computed, of, setting
from mapping.vocabulary import NOT_ASSESSABLE, VERDICTS


def stated(parts: pd.DataFrame, finding: str, part: str = WHOLE) -> Count:
    """How many departments have what a part of a finding states."""
    return _count(parts, finding, part, "n", "of")


def compared(parts: pd.DataFrame, finding: str, part: str = WHOLE) -> Count:
    """How many of the departments that the part is not about have the same."""
    return _count(parts, finding, part, "base_n", "base_of")


def existing(parts: pd.DataFrame, finding: str) -> Facts:
    """How many departments have what a finding says that there is, and its verdict.

    Where some could have it and lack a value, to have seen none is not that there is none.
    """
    verdicts = _rows(parts, finding)["verdict"]
    return {
        "count": stated(parts, finding),
        "verdict": verdicts.iloc[0] if len(verdicts) else NOT_ASSESSABLE,
    }


def link(parts: pd.DataFrame, finding: str) -> Facts:
    """The association of a finding: its verdict, the worst of several, and its size.

    ``verdict`` is one of VERDICTS or NOT_ASSESSABLE; ``difference`` is there where it was tested,
    and is the smallest of several.
    """
    rows = _rows(parts, finding)
    rows = rows[rows["measure"] == "association"]
    tested = rows[rows["verdict"] != NOT_ASSESSABLE]
    if tested.empty:
        return {"verdict": NOT_ASSESSABLE}
    worst = min(tested["verdict"], key=VERDICTS.index)
    known = tested.dropna(subset=["value"])
    least = min(known.to_dict("records"), key=lambda row: abs(row["value"]))
    return {"verdict": worst, "difference": _size(cell("finding_parts", least, "value"))}


def _size(value: Traced | None) -> float:
    """A difference without its sign."""
    if value is None:  # pragma: no cover - what was tested has a value
        return math.nan
    return computed("absolute", value) if value < 0 else value


def _rows(parts: pd.DataFrame, finding: str) -> pd.DataFrame:
    return parts[parts["finding"] == finding]


def _count(parts: pd.DataFrame, finding: str, part: str, n: str, of_: str) -> Count:
    rows = _rows(parts, finding)
    found = rows[rows["part"] == part].dropna(subset=[n, of_])
    if found.empty:
        return Count(0, 0)
    return count_in(found.iloc[0].to_dict(), "finding_parts", n, of_)


def work(parts: pd.DataFrame, indicators: pd.DataFrame, protocol: Protocol) -> Facts:
    """Whether working locally is felt to be unclear, and how many work actively.

    ``differs``: the summary's "in different ways and to different degrees" holds.
    """
    known = of("indicators", indicators).where(indicator="activity").known("level")
    active = known.compared("level", ">=", protocol.levels.good)
    verdicts = _rows(parts, "degrees-differ")["verdict"]
    return {
        "unclear": stated(parts, "expectation-unclear"),
        "differs": bool(len(verdicts)) and bool((verdicts == SUPPORTED).all()),
        "active": Count(active.count(), known.count()),
    }


def wishes(evidence: pd.DataFrame) -> Facts:
    """The departments that wish each kind of central support, of those that ticked any box.

    ``without`` ticked only that they need none.
    """
    ticked = of("evidence", evidence).where(kind="wish")
    named = ticked.without(key=NO_WISH)
    asked = ticked.distinct()
    departments = {
        str(key): Count(named.where(key=key).distinct(), asked)
        for key in sorted(set(named.frame["key"]))
    }
    counts = dict(sorted(departments.items(), key=lambda item: (-item[1].n, item[0])))
    without = ticked.not_among(named)
    return {
        "first": first(counts),
        "first_count": largest(counts) if counts else Count(0, asked),
        "rest": rest(counts),
        "without": Count(without.distinct(), asked),
    }


def factors(parts: pd.DataFrame) -> Facts:
    """Which conditions go with proactive, sustainable work, of those that could be tested."""
    every = of("finding_parts", parts).where(finding="factors-matter")
    tested = every.without(verdict=NOT_ASSESSABLE)
    return {
        **link(parts, "factors-matter"),
        "tested": list(tested.frame.sort_values("number")["part"]),
        "rising": Count(tested.compared("value", ">", 0).count(), tested.count()),
    }


def responsibility(parts: pd.DataFrame) -> Facts:
    """How the responsibility is carried, and whether sharing it goes with less vulnerable work."""
    return {
        "shared": stated(parts, "shared-exists"),
        "strength": link(parts, "shared-strength"),
        "backed": existing(parts, "one-with-backing"),
        "alone": stated(parts, "relatively-alone"),
    }


def sizes(parts: pd.DataFrame, protocol: Protocol) -> Facts:
    """Large departments where one person is not sustainable, small ones that succeed."""
    return {
        "large": stated(parts, "large-unsustainable"),
        "small": existing(parts, "small-succeeds"),
        "few": setting(protocol, "finding_rules.few_programmes"),
    }


def active_origins(parts: pd.DataFrame) -> Facts:
    """How the work started at the departments that work actively, and where that is known."""
    counts = {key: stated(parts, "origins", key) for key in ("organic", "decided", "individual")}
    return {
        "active": {key: count for key, count in counts.items() if count.n},
        "known": largest(counts).of,
    }


def assignment(parts: pd.DataFrame) -> Facts:
    """How clear the task is, who took it on, and where unclarity is a problem."""
    return {
        "unclear": stated(parts, "no-job-description"),
        "self_appointed": stated(parts, "self-appointed"),
        "problem": stated(parts, "unclear-hurts"),
        "consensus": link(parts, "consensus-buffers"),
    }


def both_sides(parts: pd.DataFrame) -> Facts:
    """Departments that meet external needs, and whether needs go with more active work."""
    return {
        "external": stated(parts, "both-sides", "external"),
        "shaping": link(parts, "needs-shape-work"),
    }


def careers(parts: pd.DataFrame) -> Facts:
    """What goes with the need of employability, and how many officers are study counsellors."""
    return {
        "advanced": link(parts, "employability-advanced"),
        "counsellors": stated(parts, "counsellor-officers"),
        "tied": link(parts, "employability-recruitment-link"),
    }


def in_spite(parts: pd.DataFrame) -> Facts:
    """Of the departments without internal need: those that opted out, those that work anyway."""
    finding = "without-opt-out-or-external"
    return {
        "opted_out": stated(parts, finding, "opted_out"),
        "acting": stated(parts, finding, "external"),
    }


def enthusiasts(parts: pd.DataFrame) -> Facts:
    """Active work that rests on enthusiasts, and whether it is more vulnerable."""
    return {
        "carried": stated(parts, "enthusiasts"),
        "vulnerable": link(parts, "enthusiasts-vulnerable"),
    }


def student_relations(parts: pd.DataFrame) -> Facts:
    """Students, the contact with them, and alumni work.

    ``both`` has also the ``others``: what departments with both were compared with and by which
    the verdict is what it is.
    """
    both = link(parts, "programme-and-interest")
    rows = _rows(parts, "programme-and-interest")
    others = rows.loc[rows["verdict"] == both["verdict"], "part"]
    return {
        "attitude": link(parts, "student-link"),
        "programme": link(parts, "programme-condition"),
        "both": both | {"others": list(others)},
        "distant": stated(parts, "programme-without-interest"),
        "will": stated(parts, "course-will"),
        "recruiting": stated(parts, "course-will-recruitment"),
    }


def need_conclusions(parts: pd.DataFrame) -> Facts:
    """Incentives, departments without need, and those that have opted out."""
    untroubled = "no-need-no-problem"
    return {
        "incentives": stated(parts, "no-incentives"),
        "applicants": stated(parts, untroubled, "applicants"),
        "applicants_others": compared(parts, untroubled, "applicants"),
        "throughput": stated(parts, untroubled, "throughput"),
        "throughput_others": compared(parts, untroubled, "throughput"),
        "contact": link(parts, "opt-out-poor-contact"),
        "factors": stated(parts, "opt-out-factors", "share"),
        "factors_others": compared(parts, "opt-out-factors", "share"),
    }


def holding(findings: pd.DataFrame) -> Facts:
    """How many of the summary's findings the data support, of those that can be assessed."""
    every = of("findings", findings)
    assessed = every.without(verdict=NOT_ASSESSABLE)
    return {
        "holding": Count(every.where(verdict=SUPPORTED).count(), assessed.count()),
        "findings": every.count(),
    }
