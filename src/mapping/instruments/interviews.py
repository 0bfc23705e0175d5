"""``interviews.csv``: what was said in the interviews, as coded by the study's coders."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from mapping.errors import Problem
from mapping.instruments.fields import (
    Field,
    Parsed,
    department,
    fieldwork_day,
    one_of,
    parse,
    repeated,
    required,
    role,
    shown,
)
from mapping.instruments.sheet import Sheet
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Protocol

NAME = "interviews.csv"
COLUMNS = (
    "segment_id",
    "interview_id",
    "department_id",
    "date",
    "respondent_role",
    "coder",
    "code",
    "excerpt",
)


def read_interviews(
    sheet: Sheet, protocol: Protocol, settings: StudySettings, known: Collection[str] | None
) -> Parsed:
    """One row per coded segment, coder and code; the excerpt is not read.

    Columns: segment_id, interview_id, department_id, date, role (may be missing), coder, code,
    file, row. ``known`` are the frame's departments, None if the frame could not be read.
    """
    fields = _fields(sheet, protocol, settings, known)
    parsed = parse(sheet, fields)
    frame = parsed.frame.rename(columns={"respondent_role": "role"})
    return Parsed(frame, (*parsed.problems, *_repeated(frame), *_torn(frame)))


def _fields(
    sheet: Sheet, protocol: Protocol, settings: StudySettings, known: Collection[str] | None
) -> dict[str, Field]:
    first, last = settings.fieldwork.start, settings.fieldwork.end
    codes = tuple(code.code for code in protocol.codes if code.instrument == "interview")
    return {
        "segment_id": Field(required, "the segment's id", "Give the segment an id."),
        "interview_id": Field(required, "the interview's id", "Give the interview an id."),
        "department_id": department(known),
        "date": fieldwork_day(first, last, known="date" not in sheet.unknown),
        "respondent_role": role(),
        "coder": Field(required, "the coder", "Write who coded the segment."),
        "code": Field(
            one_of({code: code for code in codes}),
            f"an interview code of protocol {protocol.name}",
            "Correct the code; they are listed in codebook.csv.",
            choices=codes,
        ),
    }


def _repeated(frame: pd.DataFrame) -> list[Problem]:
    once = "segment, coder and code together once; they are also in row"
    keys = ["segment_id", "coder", "code"]
    return repeated(frame, keys, once, "its segment, coder or code")


def _torn(frame: pd.DataFrame) -> list[Problem]:
    """Segments in two interviews, and interviews at two departments, at the rows that deviate."""
    segments = _deviating(frame, "segment_id", "interview_id")
    whole = frame.drop(index=segments.index)
    interviews = _deviating(whole, "interview_id", "department_id")
    return [
        *_torn_problems(segments, "segment", "interview_id"),
        *_torn_problems(interviews, "interview", "department_id"),
    ]


def _deviating(frame: pd.DataFrame, unit: str, whole: str) -> pd.DataFrame:
    """The rows whose ``whole`` is not the commonest one of their ``unit`` (ties: the first)."""
    known = frame.dropna(subset=[unit, whole])
    counts = known.groupby([unit, whole], sort=False)["row"].agg(["size", "min"]).reset_index()
    ranked = counts.sort_values(["size", "min"], ascending=[False, True])
    usual = ranked.drop_duplicates(unit).set_index(unit)[whole]
    expected = known[unit].map(usual)
    return known.assign(expected=expected)[(known[whole] != expected)]


def _torn_problems(rows: pd.DataFrame, unit: str, column: str) -> list[Problem]:
    kind = column.removesuffix("_id")
    told = (rows["file"], rows["row"], rows[column], rows["expected"])
    return [
        Problem(
            file,
            row,
            column,
            shown(found),
            f"one {kind} for each {unit}; the other rows of this {unit} have {shown(expected)}",
            f"Correct the {kind}, or give the {unit} an id of its own.",
        )
        for file, row, found, expected in zip(*told, strict=True)
    ]
