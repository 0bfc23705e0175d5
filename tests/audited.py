"""Small studies for the tests of the audit's report: what is there, and the edge cases."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import raw_years
import six_departments as six
from builders import answered, coded, evidence_of, note

from mapping.auditing import Audit, audit_of
from mapping.instruments import RawYear
from mapping.schemas import TABLES, conform
from mapping.study import Study

FINDINGS = ("few-without", "needs-majority")

ABSENT = "G-7"
"""Of the six departments and this one, the one that took no part."""


@cache
def _tiny() -> RawYear:
    """A raw year whose register and interviews the studies below replace."""
    with tempfile.TemporaryDirectory() as folder:
        return raw_years.read(raw_years.write(Path(folder), dict(raw_years.tiny())))


def register(ids: Iterable[str]) -> pd.DataFrame:
    """Departments of two faculties, with 1, 2, 3 … programmes; nothing else is known."""
    own = _tiny().departments
    names = list(ids)
    frame = pd.DataFrame(index=range(len(names)), columns=own.columns).astype(own.dtypes.to_dict())
    return frame.assign(
        department_id=pd.array(names, dtype="string"),
        name=pd.array([f"Department {name}" for name in names], dtype="string"),
        faculty=pd.array([("North", "South")[n % 2] for n in range(len(names))], dtype="string"),
        programmes=pd.array(range(1, len(names) + 1), dtype=own["programmes"].dtype),
    )


def audited(ids: Iterable[str], evidence: pd.DataFrame) -> Audit:
    """The audit of these departments with this evidence; every segment is an interview.

    The findings, which take the longest, are two rows made by hand.
    """
    segments = evidence.loc[evidence["instrument"] == "interview", "unit"].drop_duplicates()
    interviews = pd.DataFrame({"segment_id": segments, "interview_id": segments})
    raw = replace(_tiny(), departments=register(ids), interviews=interviews)
    stored = {
        "evidence": evidence,
        "findings": of("findings", *({"finding": key, "verdict": "supported"} for key in FINDINGS)),
        "finding_parts": of("finding_parts"),
        "respondents": of("respondents"),
        "finding_voices": of("finding_voices", *map(_voices, FINDINGS)),
    }
    return audit_of(Study(raw, raw_years.PROTOCOL, stored))


def of(table: str, *rows: dict[str, object]) -> pd.DataFrame:
    """A table with these rows; what they lack is missing."""
    columns = TABLES[table].columns
    blank = {name: pd.Series(dtype=column.dtype.type) for name, column in columns.items()}
    return (
        conform(pd.DataFrame(list(rows), columns=list(columns)), table)
        if rows
        else (pd.DataFrame(blank))
    )


def _voices(finding: str) -> dict[str, object]:
    """The interviews speak for it, the survey against one of the two, the workshop is silent."""
    against = finding == FINDINGS[0]
    return {
        "finding": finding, "verdict": "supported", "interview": "for", "workshop": "silent",
        "survey": "against" if against else "for", "supporting": 1 if against else 2,
        "contradicting": int(against), "undecided": 0, "silent": 1,
    }  # fmt: skip


@cache
def several() -> Audit:
    """The six departments, a workshop beside them, and one that is absent."""
    notes = evidence_of(
        note("A-1", "strength", "interest"), note("A-1", "weakness", "mandate"),
        note("B-2", "opportunity", "recruitment"), answered("A-1", "r-A-1", "need", "feedback", 1),
    )  # fmt: skip
    both = pd.concat([six.evidence(), notes], ignore_index=True)
    both["evidence_id"] = [f"e{number:04}" for number in range(len(both))]
    return audited([*six.DEPARTMENTS, ABSENT], both)


@cache
def hardly_known() -> Audit:
    """Two departments, of which one has answered one question: nobody has a tier."""
    return audited(["A", "B"], evidence_of(answered("A", "r", "indicator", "activity", 2)))


@cache
def one_coder() -> Audit:
    """Two departments, seen by interviews alone, which one coder coded."""
    return audited(
        ["A", "B"],
        evidence_of(
            coded("A", "s1", "coder-1", "interest/2"), coded("A", "s1", "coder-1", "resources/2"),
            coded("A", "s2", "coder-1", "mandate/1"), coded("B", "s3", "coder-1", "interest/0"),
        ),
    )  # fmt: skip


@cache
def survey_alone() -> Audit:
    """Three departments of which two answered the survey, all with the same levels."""
    rows = [row for name in ("B-2", "C-3") for row in six._response(name, 3)]
    return audited(["A-1", "B-2", "C-3"], evidence_of(*rows))


STUDIES = (several, hardly_known, one_coder, survey_alone)
