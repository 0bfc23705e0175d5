"""What the verdicts on findings are computed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from mapping.findings.conditions import FACTORS
from mapping.followup.rests_on import FINDINGS
from mapping.participation import participating
from mapping.trace.cells import At, Source, chosen
from mapping.trace.chain import participants
from mapping.trace.measured import measured
from mapping.trace.stages import REGISTER

_STUDENTS = ("students_programme", "students_course")

OF_PARTICIPANTS: Mapping[str, tuple[str, ...]] = {
    "small-succeeds": ("programmes",),
    "employability-advanced": ("advanced_share",),
    "programme-condition": _STUDENTS,
    "programme-and-interest": _STUDENTS,
    "programme-without-interest": _STUDENTS,
    "course-will": _STUDENTS,
    "course-will-recruitment": _STUDENTS,
}
"""The register's numbers that a finding names, of the departments that took part."""

WITH_MEDIAN: Mapping[str, tuple[str, ...]] = {
    "large-unsustainable": ("programmes",),
    "no-need-no-problem": ("applicants_per_place", "throughput"),
    "opt-out-factors": ("programmes", "research_share", "staff_turnover"),
}
"""Those that it holds against the median of the whole register."""

PROFILES = {f"tier-{tier}-profile": tier for tier in ("good", "moderate", "small")}

_INTERNAL = ("need", "indicator:internal_need")
_EXTERNAL = ("voice", "indicator:external_need")

OF_PART: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("degrees-differ", "activity"): ("indicator:activity",),
    ("degrees-differ", "arrangement"): ("arrangement",),
    ("conditions-and-needs-differ", "conditions"): ("construct:conditions",),
    ("conditions-and-needs-differ", "needs"): ("construct:needs",),
    ("quantity-and-quality", "more"): ("fact:applicants_more",),
    ("both-sides", "internal"): _INTERNAL,
    ("both-sides", "external"): _EXTERNAL,
    ("without-opt-out-or-external", "opted_out"): ("fact:optout", *_INTERNAL),
    ("without-opt-out-or-external", "external"): (*_INTERNAL, *_EXTERNAL, "indicator:activity"),
} | {
    ("factors-matter", factor): (
        f"indicator:{factor}",
        "indicator:activity",
        "indicator:sustainability",
    )
    for factor in FACTORS
}
"""The measures of a part that does not rest on all of its finding's."""

_COUNTED = ("n", "of", "value", "base_n", "base_of")
_TESTED = ("p", "p_opposite")


def sources(at: At) -> Iterator[Source]:
    """What cells of ``findings`` and ``finding_parts`` rest on; a p that is missing on nothing."""
    asked = _known(at) if at.column in (*_TESTED, "p_holm") else at
    if len(asked.places):
        yield from _findings(asked) if at.table == "findings" else _parts(asked)


def _known(at: At) -> At:
    """The question for those rows alone that have a value in the column."""
    known = at.rows[at.column].notna().to_numpy(dtype=bool)
    return replace(at, places=at.places[known])


def _findings(at: At) -> Iterator[Source]:
    rows = at.rows[["finding"]]
    taken = {
        "verdict": ("verdict",),
        "note": ("part", "reason", "verdict"),
        "p": ("p", "measure", "verdict"),
    }
    if at.column == "finding":
        yield at.rules(*(f"findings.{key}" for key in sorted(rows["finding"])))
    elif at.column == "p_holm":
        yield from _family(at)
    else:
        yield at.cells("finding_parts", taken.get(at.column, (at.column, "verdict")), rows)


def _family(at: At) -> Iterator[Source]:
    """The p-values that are corrected together."""
    family = pd.DataFrame({"finding": list(at.stage.own.protocol.finding_rules.family)})
    yield at.cells("finding_parts", _TESTED, family, measure="association")
    yield at.rules("finding_rules.family")


def _parts(at: At) -> Iterator[Source]:
    rows = at.rows
    if at.column in ("finding", "number", "part", "measure", "word"):
        yield at.rules(*(f"findings.{key}" for key in sorted(rows["finding"].unique())))
    elif at.column == "fewest":
        yield at.rules("finding_rules.fewest", "finding_rules.members")
    elif at.column in ("low", "high"):
        yield at.own("n", "of")
        yield at.every(REGISTER, "department_id")
    elif at.column in ("verdict", "reason"):
        yield from _judged(at)
    else:
        yield from _grounds(at)


def _grounds(at: At) -> Iterator[Source]:
    """The departments' values that the parts are counted or tested on."""
    for finding, part in at.rows[["finding", "part"]].itertuples(index=False, name=None):
        yield from _values(at, finding, part)
    if at.column not in _COUNTED:
        yield from participants(at)
    if at.column.startswith("bound"):
        yield at.every(REGISTER, "department_id")
    if at.column in _TESTED:
        yield at.rules("finding_rules.permutations", "finding_rules.seed")
    if at.column in _TESTED and (at.rows["measure"] == "commonest").any():
        yield at.rules("need_rules.draws", "need_rules.seed")


def _values(at: At, finding: str, part: str) -> Iterator[Source]:
    names = OF_PART.get((finding, part), FINDINGS.get(finding, ()))
    for name in () if finding in PROFILES else names:
        yield from measured(at, name)
    if finding in WITH_MEDIAN:
        yield at.every(REGISTER, WITH_MEDIAN[finding])
    if finding in OF_PARTICIPANTS:
        seen = pd.DataFrame({"department_id": participating(at.stage.frame("evidence"))})
        yield at.cells(REGISTER, OF_PARTICIPANTS[finding], seen)
    if finding in PROFILES:
        yield from measured(at, "aspect")
        criterion = f"{PROFILES[finding]}.{part}"
        yield at.every("criteria", "met", criterion=criterion)
    yield from _of_the_study(at, finding)
    yield at.rules(f"findings.{finding}")


def _of_the_study(at: At, finding: str) -> Iterator[Source]:
    """What the summary says of the study itself."""
    if finding == "frame":
        yield at.every(REGISTER, "department_id")
        yield at.rules("finding_rules.frame")
    elif finding == "fieldwork":
        dated = at.stage.frame("evidence")["date"].notna()
        yield chosen(at.every("evidence", "date"), dated)
        yield at.rules("study.toml:fieldwork")
    elif finding == "instruments":
        yield at.every("evidence", "instrument")


def _judged(at: At) -> Iterator[Source]:
    """The numbers of the part, its word, and the limits; of an association its whole family."""
    yield at.own("n", "of", "value", "unknown", *_TESTED)
    words = sorted(at.rows["word"].dropna().unique())
    yield at.rules("finding_rules", *(f"words.{word}" for word in words))
    if (at.rows["measure"] == "association").any():
        yield from _family(at)
    whether = at.rows[at.rows["measure"].isin(["existence", "condition"])]
    for finding, part in whether[["finding", "part"]].itertuples(index=False, name=None):
        yield from _values(at, finding, part)
