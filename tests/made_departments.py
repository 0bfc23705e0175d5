"""Departments made by hand as the findings see them, and what the findings say of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from builders import evidence_of, su_2020

from mapping.findings.assembly import measure
from mapping.findings.known import REGISTER, TEXT, Known, with_groups
from mapping.findings.measures import WHOLE, Part
from mapping.findings.verdicts import Adjusted, Verdict, combine, judge
from mapping.vocabulary import NOT_ASSESSABLE

Group = tuple[int, dict[str, Any]]
"""So many departments that are alike, and what is known of each of them.

``needs``, ``voices`` and ``wishes`` are tuples of keys, ``facts`` and ``answers`` dicts; all else
is a column of the departments. What is not named is unknown.
"""

_PROTOCOL = su_2020()
PROTOCOL = replace(_PROTOCOL, finding_rules=replace(_PROTOCOL.finding_rules, permutations=500))
"""With few permutations: up to four against four departments are still tested exactly."""

MEDIANS = {
    "programmes": 4.0,
    "research_share": 0.5,
    "staff_turnover": 0.1,
    "applicants_per_place": 2.0,
    "throughput": 0.7,
}
"""Medians of the frame, unless others are given."""

_TEXTS = ("arrangement", "origin", "tier", "conditions_level", "needs_level")
_TRUTHS = ("borderline", "internal", "external", "counsellor")
_NUMBERS = (
    *PROTOCOL.indicator_keys(), "support", "conditions", "needs_construct", "programme_share",
    *REGISTER,
)  # fmt: skip


_CRITERIA = [criterion.name for criterion in PROTOCOL.criteria]
_NO_EVIDENCE = evidence_of()


@dataclass(frozen=True)
class Days:
    """A fieldwork of these days."""

    start: date = date(2019, 12, 1)
    end: date = date(2020, 4, 30)


def known_of(*groups: Group, frame: int | None = None, **fields: Any) -> Known:
    """What is known of these departments; ``fields`` replaces fields of it."""
    rows = [row for times, row in groups for _ in range(times)]
    index = pd.Index([f"D-{n}" for n in range(len(rows))], name="department_id")
    departments = _departments(rows, index)
    wishes = ("tools", "training", "network", "data", "funding")
    case = Known(
        protocol=PROTOCOL,
        fieldwork=Days(),
        evidence=_NO_EVIDENCE,
        frame=len(rows) if frame is None else frame,
        medians=MEDIANS,
        departments=departments,
        aspects=departments[list(PROTOCOL.aspect_keys)],
        criteria=pd.DataFrame(pd.NA, index, _CRITERIA, dtype="boolean"),
        needs=_named(rows, index, "needs", PROTOCOL.need_keys("internal"))
        .fillna(value=False)
        .astype(bool),
        voices=_named(rows, index, "voices", PROTOCOL.need_keys("external"))
        .fillna(value=False)
        .astype(bool),
        wishes=_named(rows, index, "wishes", wishes),
        answers=_asked(rows, index, "answers", "Float64"),
        facts=_asked(rows, index, "facts", "boolean"),
    )
    return replace(case, **fields)


def _departments(rows: list[dict[str, Any]], index: pd.Index) -> pd.DataFrame:
    types = dict.fromkeys(_TEXTS, TEXT) | dict.fromkeys(_TRUTHS, "boolean")
    types |= dict.fromkeys(_NUMBERS, "Float64")
    values = {name: [row.get(name, pd.NA) for row in rows] for name in types}
    frame = pd.DataFrame(values, index, dtype=object).astype(types)
    return with_groups(frame.rename(columns={"needs_construct": "needs"}), PROTOCOL)


def _named(
    rows: list[dict[str, Any]], index: pd.Index, kind: str, keys: tuple[str, ...]
) -> pd.DataFrame:
    named = {key: [key in row[kind] if kind in row else pd.NA for row in rows] for key in keys}
    return pd.DataFrame(named, index, dtype="boolean")


def _asked(rows: list[dict[str, Any]], index: pd.Index, kind: str, dtype: str) -> pd.DataFrame:
    keys = sorted({key for row in rows for key in row.get(kind, ())})
    asked = {key: [row.get(kind, {}).get(key, pd.NA) for row in rows] for key in keys}
    return pd.DataFrame(asked, index, dtype=dtype)


def parts_of(key: str, case: Known) -> tuple[Part, ...]:
    """The measured parts of a finding."""
    one = replace(case.protocol, findings=(case.protocol.statements[key],))
    return measure(case, one)[key]


def told(key: str, *groups: Group, **fields: Any) -> str:
    """What a finding says of these departments; see :func:`outcome`."""
    return outcome(key, known_of(*groups, **fields))


def outcome(key: str, case: Known) -> str:
    """The verdict, then of each part its verdict and count, such as ``more supported 4/10``.

    Of the only part of a finding stands the count alone. A condition without a count has its
    value in place of it; what is not assessable has the reason.
    """
    parts = parts_of(key, case)
    verdicts = [_judged(part, parts) for part in parts]
    whole = combine([verdict.verdict for verdict in verdicts])
    if [part.part for part in parts] == [WHOLE]:
        return f"{whole} {_count(parts[0], verdicts[0])}".strip()
    each = [
        f"{part.part} {verdict.verdict} {_count(part, verdict)}".strip()
        for part, verdict in zip(parts, verdicts, strict=True)
    ]
    return f"{whole}: {', '.join(each)}"


def _judged(part: Part, parts: tuple[Part, ...]) -> Verdict:
    """The verdict, with no other finding in the family that is corrected for."""
    p = [other.p for other in parts if other.measure == "association" and other.p is not None]
    q = [other.p_opposite for other in parts if other.p_opposite is not None]
    adjusted = Adjusted(max(p), max(q)) if p else None
    return judge(part, PROTOCOL.finding_rules, PROTOCOL.ranges, adjusted)


def _count(part: Part, verdict: Verdict) -> str:
    n = part.value if part.n is None and part.measure == "condition" else part.n
    among = "" if part.of is None else f"/{part.of}"
    count = among if n is None else f"{n:g}{among}"
    reason = verdict.reason if verdict.verdict == NOT_ASSESSABLE else ""
    return " ".join(filter(None, [count, reason]))


EDGES = {
    "most": [
        (6, 10, "supported"),  # above a half
        (5, 10, "inconclusive"),  # at a half is not above it
        (9, 20, "inconclusive"),  # a twentieth below
        (8, 20, "contradicted"),
        (3, 5, "supported"),
        (4, 4, "not_assessable"),  # under five departments
    ],
    "some": [
        (1, 10, "supported"),  # at a tenth
        (1, 20, "inconclusive"),
        (1, 21, "contradicted"),  # further than a twentieth, and than one department
        (0, 8, "contradicted"),  # none at all, though within one department
        (1, 5, "supported"),
        (4, 4, "not_assessable"),
    ],
    "several": [
        (3, 15, "supported"),  # at a fifth, three departments
        (2, 10, "inconclusive"),  # at a fifth, but two departments
        (3, 20, "inconclusive"),
        (3, 21, "contradicted"),
        (0, 5, "contradicted"),
        (3, 5, "supported"),
        (3, 4, "not_assessable"),
    ],
    "many": [
        (4, 10, "supported"),  # at two fifths
        (3, 10, "inconclusive"),  # one department below
        (7, 20, "inconclusive"),
        (6, 20, "contradicted"),
        (2, 5, "supported"),
        (4, 4, "not_assessable"),
    ],
    "a_number_of": [
        (3, 20, "supported"),  # at .15
        (2, 20, "inconclusive"),
        (2, 21, "contradicted"),
        (0, 7, "contradicted"),
        (1, 5, "supported"),
        (4, 4, "not_assessable"),
    ],
    "a_few": [
        (2, 8, "supported"),  # at a quarter, which is the most
        (1, 30, "supported"),
        (0, 30, "contradicted"),
        (6, 20, "inconclusive"),
        (7, 20, "contradicted"),
        (1, 5, "supported"),
        (1, 4, "not_assessable"),
    ],
    "generally": [
        (6, 9, "supported"),  # at two thirds
        (5, 9, "inconclusive"),
        (4, 9, "contradicted"),
        (13, 21, "inconclusive"),
        (12, 21, "contradicted"),
        (4, 5, "supported"),
        (4, 4, "not_assessable"),
    ],
}
"""For each word: so many of so many departments, and the verdict that they give."""

EDGES |= {"majority": EDGES["most"], "often": EDGES["many"]}


def share_of(n: int, of: int, verdict: str) -> str:
    """What :func:`outcome` tells of a share."""
    return f"{verdict} {n}/{of}" + (" small_population" if verdict == NOT_ASSESSABLE else "")


COMPARED = [
    ([3, 3, 3, 3], [1, 1, 1, 1], "supported 4/8"),  # the first of 70 arrangements
    ([1, 1, 1, 1], [3, 3, 3, 3], "contradicted 4/8"),
    ([1, 3, 1, 3], [3, 1, 3, 1], "inconclusive 4/8"),
    ([2, 2, 2], [1, 1, 1, 1, 1], "supported 3/8"),  # three is the least of a group
    ([2, 2], [1, 1, 1, 1, 1, 1], "not_assessable 2/8 small_group"),
    ([2, 2, 2], [1, 1, 1, 1], "not_assessable 3/7 few_departments"),
    ([2, 2, 2, 2], [2, 2, 2, 2], "not_assessable 4/8 out_of_reach"),
]
"""Values of a group and of the others, and what is told where the group's should be higher."""

LOWER = [([-x for x in ours], [-x for x in others], outcome) for ours, others, outcome in COMPARED]
"""The same where the group's values should be lower."""

RISING = [
    ([0, 0, 1, 1, 2, 2, 3, 3], [0, 0, 1, 1, 2, 2, 3, 3], "supported /8"),
    ([0, 0, 1, 1, 2, 2, 3, 3], [3, 3, 2, 2, 1, 1, 0, 0], "contradicted /8"),
    ([0, 0, 0, 0, 3, 3, 3, 3], [0, 3, 0, 3, 0, 3, 0, 3], "inconclusive /8"),
    ([0, 0, 1, 1, 2, 2, 3], [0, 0, 1, 1, 2, 2, 3], "not_assessable /7 few_departments"),
    ([0, 0, 1, 1, 2, 2, 3, 3], [1] * 8, "not_assessable /8 out_of_reach"),
]
"""Values of two things, and what is told where they should rise together."""

TOGETHER = [
    ((5, 0, 0, 5), "supported 5/10"),  # the first of 252
    ((0, 5, 5, 0), "contradicted 5/10"),
    ((3, 2, 2, 3), "inconclusive 5/10"),
    ((3, 0, 0, 5), "supported 3/8"),  # three is the least of a group
    ((2, 0, 0, 6), "not_assessable 2/8 small_group"),
    ((3, 0, 0, 4), "not_assessable 3/7 few_departments"),
    ((5, 0, 5, 0), "not_assessable 5/10 out_of_reach"),
]
"""Departments with both, the first alone, the second alone, neither; and what is told."""
