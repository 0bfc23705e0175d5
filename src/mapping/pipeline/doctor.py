"""What was read of a year's raw data, how much of it, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mapping.instruments.year import NOT_USED, InputFile
from mapping.study import Study

_INSTRUMENTS = {"interviews": "interview", "workshop_notes": "workshop", "responses": "survey"}
"""Columns of table participation, and the instrument that each counts."""


@dataclass(frozen=True)
class FileRead:
    """A raw file: rows of data, what is missing in it, and what of it was left out."""

    name: str
    rows: int | None
    missing: str
    left_out: str


@dataclass(frozen=True)
class Coverage:
    """How many departments of the frame an instrument reaches, and which it does not."""

    instrument: str
    departments: int
    of: int
    without: tuple[str, ...]


def files_read(study: Study) -> tuple[FileRead, ...]:
    """Every file that was read."""
    missing = {
        "departments.csv": _blanks(study.raw.departments),
        "interviews.csv": _blanks(study.raw.interviews),
        "workshop.csv": _blanks(study.raw.workshop),
        "survey.csv": _left_out(study.respondents),
    }
    return tuple(
        FileRead(file.name, file.rows, missing.get(file.name, ""), _unused(file))
        for file in study.raw.files
    )


def corrected(study: Study) -> dict[str, int]:
    """How many corrections were applied to each file that has any."""
    counts = study.raw.corrections["file"].value_counts()
    return {str(name): int(counts[name]) for name in sorted(counts.index)}


def coverage(study: Study) -> tuple[Coverage, ...]:
    """For each instrument, and for any of them, the departments with and without evidence."""
    reached = study.participation.set_index("department_id")[list(_INSTRUMENTS)] > 0
    reached = reached.rename(columns=_INSTRUMENTS)
    reached["any"] = reached.any(axis=1)
    return tuple(
        Coverage(str(name), int(has.sum()), len(has), tuple(map(str, has.index[~has])))
        for name, has in reached.items()
    )


def _unused(file: InputFile) -> str:
    """What of the file is not used: columns that are not the contract's, or all of it."""
    return (
        "the whole file: not used yet" if file.name in NOT_USED else ", ".join(file.extra_columns)
    )


def _blanks(frame: pd.DataFrame) -> str:
    """Unknown values by column: ``staff_fte 3, throughput 1``."""
    counts = frame.isna().sum()
    return ", ".join(f"{column} {count}" for column, count in counts.items() if count)


def _left_out(respondents: pd.DataFrame) -> str:
    """Responses left out, by reason: ``2 incomplete, 1 blank``."""
    counts = respondents.loc[respondents["instrument"] == "survey", "left_out"].value_counts()
    return ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items()))
