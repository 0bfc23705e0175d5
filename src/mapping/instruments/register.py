"""``departments.csv``, the frame: every department that the study could reach."""

from __future__ import annotations

from mapping.errors import Problem
from mapping.instruments.fields import (
    Field,
    Parsed,
    free,
    number,
    optional,
    parse,
    pattern,
    repeated_ids,
    required,
    whole,
)
from mapping.instruments.sheet import Sheet

NAME = "departments.csv"
DEPARTMENT_ID = r"[A-ZÅÄÖ]{2,8}-[0-9]{1,4}"
COUNTS = ("students_programme", "students_course", "programmes")
SHARES = ("advanced_share", "research_share", "staff_turnover", "throughput")
AMOUNTS = ("staff_fte", "applicants_per_place")
COLUMNS = (
    "department_id",
    "name",
    "faculty",
    "students_programme",
    "students_course",
    "advanced_share",
    "programmes",
    "staff_fte",
    "research_share",
    "staff_turnover",
    "applicants_per_place",
    "throughput",
)

CONTACT = "contact"
"""A column that may be there: whom the department's report is sent to. Confidential."""


def read_departments(sheet: Sheet) -> Parsed:
    """One row per department of the frame, columns as in ``COLUMNS``; blank is missing.

    Counts are Int64, shares run from 0 to 1, amounts are at least 0 (float64).
    """
    parsed = parse(sheet, _fields(decimal_comma=sheet.decimal_comma))
    problems = [*parsed.problems, *repeated_ids(parsed.frame, "department_id", "department")]
    if sheet.header and not len(sheet.rows) and not sheet.problems:
        remedy = "Write one row for each department of the university."
        problems.append(Problem(sheet.name, None, "", "no rows", "at least one department", remedy))
    return Parsed(parsed.frame, tuple(problems))


def read_contacts(sheet: Sheet) -> dict[str, str]:
    """Whom to send a department's report to, by department_id; those without are left out.

    Kept apart from the frame, which is shown in notebooks and reports: a contact is not.
    """
    if CONTACT not in sheet.header:
        return {}
    read = {"department_id": Field(free, "", ""), CONTACT: Field(free, "", "", confidential=True)}
    known = parse(sheet, read).frame.dropna(subset=list(read))
    return dict(zip(known["department_id"], known[CONTACT], strict=True))


def _fields(*, decimal_comma: bool) -> dict[str, Field]:
    blank = "Correct it, or leave it blank if it is unknown."
    count = Field(optional(whole), "a whole number, 0 or more, or blank", blank, "Int64")
    share = Field(
        optional(number(1, decimal_comma=decimal_comma)),
        "a share from 0 to 1, or blank",
        f"Write 25 % as 0.25. {blank}",
        "float64",
    )
    amount = Field(
        optional(number(decimal_comma=decimal_comma)), "0 or more, or blank", blank, "float64"
    )
    ident = Field(
        pattern(DEPARTMENT_ID),
        "2 to 8 capital letters, a hyphen and 1 to 4 digits",
        "Write the department's code, such as ABC-1.",
    )
    fields = {
        "department_id": ident,
        "name": Field(required, "the department's name", "Write its name."),
        "faculty": Field(free, "text or blank", blank),
    }
    fields |= dict.fromkeys(COUNTS, count) | dict.fromkeys(SHARES, share)
    fields |= dict.fromkeys(AMOUNTS, amount)
    return {column: fields[column] for column in COLUMNS}
