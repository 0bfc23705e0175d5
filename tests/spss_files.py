"""A study's survey as an SPSS file: numbers with value labels, and user-missing values."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
from builders import su_2020

from mapping.instruments.limesurvey.questionnaire import questionnaire_of
from mapping.protocol import Item

MISSING = 99.0
"""The user-missing value of every item that is a number."""

ITEMS = su_2020().items


def sav(frame: pd.DataFrame, **told: Any) -> bytes:
    """The bytes of a .sav (.zsav with compress=True) with these variables."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.sav"
        pyreadstat.write_sav(frame, path, **told)
        return path.read_bytes()


def variable(item: Item, *, own_names: bool) -> str:
    """The name of an item's variable: of our own heading, or of LimeSurvey's code."""
    heading = item.item if own_names else item.limesurvey_code
    return heading.replace("[", "_").removesuffix("]")


def survey_sav(
    responses: Sequence[Mapping[str, str]],
    language: str = "sv",
    *,
    own_names: bool = False,
    **told: Any,
) -> bytes:
    """Responses in our own values, as LimeSurvey's SPSS syntax leaves them in SPSS.

    What is not answered is user-missing (99) in the first response that lacks it, and SPSS's own
    missing value in the others.
    """
    cells: dict[str, list[Any]] = {
        "id": [float(one["id"]) for one in responses],
        "submitdate": [_moment(one.get("submitdate", "")) for one in responses],
        "department": [one.get("department", "") for one in responses],
        "role": [one.get("role", "") for one in responses],
    }
    labels: dict[str, dict[Any, str]] = {}
    for item in ITEMS:
        name = variable(item, own_names=own_names)
        numbers, labels[name] = _numbered(item, language)
        given = [one.get(item.item, "") for one in responses]
        blank = MISSING
        cells[name] = []
        for answer in given:
            cells[name].append(numbers.get(answer, blank))
            blank = blank if answer in numbers else None
    frame = pd.DataFrame(cells)
    frame["submitdate"] = pd.to_datetime(frame["submitdate"])
    return sav(
        frame,
        column_labels={variable(i, own_names=own_names): i.label[language] for i in ITEMS},
        variable_value_labels={name: found for name, found in labels.items() if found},
        missing_ranges={variable(item, own_names=own_names): [MISSING] for item in ITEMS},
        **told,
    )


def _moment(text: str) -> pd.Timestamp | None:
    return pd.Timestamp(text) if text else None


def _numbered(item: Item, language: str) -> tuple[dict[str, float], dict[Any, str]]:
    """The number of each answer, and what the numbers are called."""
    swedish = language == "sv"
    if item.type == "likert5":
        return {str(number): float(number) for number in range(1, 6)}, {}
    if item.type == "yes_no":
        words = ("Ja", "Nej") if swedish else ("Yes", "No")
        return {"Y": 1.0, "N": 2.0}, {1.0: words[0], 2.0: words[1]}
    if item.type == "multiple":
        words = ("Ja", "Ej vald") if swedish else ("Yes", "Not selected")
        return {"Y": 1.0}, {1.0: words[0], 0.0: words[1]}
    question = questionnaire_of(su_2020()).question(item.limesurvey_code)
    assert question is not None
    values = dict(item.answers)
    numbered = list(enumerate(question.answers, start=1))
    return (
        {values[answer.code]: float(number) for number, answer in numbered},
        {float(number): answer.texts[language] for number, answer in numbered},
    )
