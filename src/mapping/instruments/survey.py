"""``survey.csv``: the responses to the questionnaire."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapping.errors import Problem
from mapping.instruments.fields import (
    Field,
    day,
    department,
    one_of,
    optional,
    parse,
    repeated_ids,
    required,
    role,
)
from mapping.instruments.sheet import Sheet
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Item, Protocol

NAME = "survey.csv"
COLUMNS = ("id", "submitdate", "department", "role")

UNDATED = "1980-01-01 00:00:00"
"""What LimeSurvey writes as submitdate of a completed response when it keeps no dates.

A spreadsheet that it has gone through keeps the day alone: midnight is no time of its own there.
"""

PERSONAL = frozenset(
    {
        "token", "ipaddr", "refurl", "seed", "startdate", "datestamp", "startlanguage", "lastpage",
        "email", "firstname", "lastname", "attribute",
    }
)  # fmt: skip
"""Columns of an export that tell who answered, or how; what stands there is never kept."""

DTYPES = {
    "likert5": "float64",
    "level": "float64",
    "yes_no": "boolean",
    "multiple": "boolean",
    "single": "string",
}
"""Type of an item's column; a box that is not ticked is missing, else true."""


@dataclass(frozen=True)
class Responses:
    """The survey as read.

    ``used``: one row per completed response with any answer; columns response, department_id,
    date, role, file, row, then the items by their own headings, typed as in ``DTYPES``.
    ``respondents``: one row per response, used or not; columns response, department_id, date,
    role, left_out (incomplete, blank or missing), file, row.
    """

    used: pd.DataFrame
    respondents: pd.DataFrame
    problems: tuple[Problem, ...]


def is_personal(heading: str) -> bool:
    """Whether a column tells who answered, by its heading or the code that it begins with."""
    return heading.strip().casefold().partition(".")[0] in PERSONAL


def read_survey(
    sheet: Sheet, protocol: Protocol, settings: StudySettings, known: Collection[str] | None
) -> Responses:
    """The responses; of one that was not completed only the id and the department are checked.

    ``known`` are the frame's departments, None if the frame could not be read.
    """
    completed = _completed(sheet)
    everyone = parse(sheet, _fields(settings))
    places = [
        parse(sheet.only(completed), {"department": department(known)}),
        parse(sheet.only(~completed), {"department": _department_or_blank(known)}),
    ]
    answers = parse(sheet.only(completed), _items(protocol))
    departments = pd.concat([part.frame.set_index("row")["department"] for part in places])
    respondents = _respondents(everyone.frame, departments, completed)
    return Responses(
        *_left_out(respondents, answers.frame),
        (
            *everyone.problems,
            *(problem for part in places for problem in part.problems),
            *answers.problems,
            *repeated_ids(everyone.frame, "id", "response"),
        ),
    )


def _completed(sheet: Sheet) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if "submitdate" not in sheet.header:
        return np.ones(len(sheet.rows), dtype=bool)
    dates = sheet.column("submitdate")
    dated = np.array([bool(text) for text in dates.categories], dtype=bool)
    completed: np.ndarray[Any, np.dtype[np.bool_]] = dated[dates.codes]
    return completed


def _respondents(
    everyone: pd.DataFrame,
    departments: pd.Series,
    completed: np.ndarray[Any, np.dtype[np.bool_]],
) -> pd.DataFrame:
    left_out = pd.Series("incomplete", index=everyone.index, dtype="string").mask(completed)
    return pd.DataFrame(
        {
            "response": everyone["id"],
            "department_id": everyone["row"].map(departments).astype("string"),
            "date": everyone["submitdate"],
            "role": everyone["role"],
            "left_out": left_out,
            "file": everyone["file"],
            "row": everyone["row"],
        }
    )


def _left_out(
    respondents: pd.DataFrame, answers: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The used responses with their answers, and all respondents with why one is left out."""
    items = answers.drop(columns="file").set_index("row")
    blank = respondents["row"].isin(items.index[items.isna().all(axis=1)])
    marked = respondents.assign(left_out=respondents["left_out"].mask(blank, "blank"))
    used = marked[marked["left_out"].isna()].drop(columns="left_out")
    return used.join(items, on="row").reset_index(drop=True), marked


def _fields(settings: StudySettings) -> dict[str, Field]:
    first, last = settings.fieldwork.start, settings.fieldwork.end
    read = day(first, last, time=True)
    return {
        "id": Field(required, "the response's id", "Give the response an id."),
        "submitdate": Field(
            lambda text: None if text in ("", UNDATED, UNDATED[:10]) else read(text),
            f"a date or date and time (YYYY-MM-DD HH:MM:SS) from {first} to {last}, or blank "
            "for a response that was not completed",
            "Correct the date, or the fieldwork in study.toml.",
            "datetime64[s]",
        ),
        "role": role(),
    }


def _department_or_blank(known: Collection[str] | None) -> Field:
    field = department(known)
    return dataclasses.replace(field, read=optional(field.read))


def _items(protocol: Protocol) -> dict[str, Field]:
    return {item.item: _item(item) for item in protocol.items}


def _item(item: Item) -> Field:
    answers = _answers(item)
    return Field(
        optional(one_of(answers)),
        f"{', '.join(answers)} or blank",
        "Correct the answer, or leave it blank.",
        DTYPES[item.type],
        choices=tuple(answers) if item.type == "single" else (),
    )


def _answers(item: Item) -> dict[str, Any]:
    """What each text of an answer stands for: own values, and the codes of the questionnaire."""
    if item.type == "likert5":
        return {str(answer): float(answer) for answer in range(1, 6)}
    if item.type == "multiple":
        return {"Y": True}
    if item.type == "yes_no":
        return {"Y": True, "N": False}
    values = {value: value for _, value in item.answers} | dict(item.answers)
    if item.type == "level":
        return {text: float(value) for text, value in values.items()}
    return dict(values)
