"""Who took part: per department how many interviews, workshop notes and responses were used."""

from __future__ import annotations

import pandas as pd

from mapping import schemas


def participating(evidence: pd.DataFrame) -> list[str]:
    """The departments with evidence from any instrument, sorted."""
    return sorted(evidence["department_id"].unique())


def participation(
    evidence: pd.DataFrame, respondents: pd.DataFrame, departments: pd.DataFrame
) -> pd.DataFrame:
    """One row per department of the frame: interviews, workshop_notes, responses, left_out.

    All four are counts: interviews and responses that gave evidence, notes of the workshop, and
    responses that were left out (not completed, or without any answer).
    """
    left_out = respondents["left_out"].notna()
    used = respondents[~left_out]
    counted = {
        "interviews": used[used["instrument"] == "interview"],
        "workshop_notes": evidence[evidence["instrument"] == "workshop"],
        "responses": used[used["instrument"] == "survey"],
        "left_out": respondents[left_out],
    }
    frame = departments[["department_id"]].assign(
        **{name: _count(rows, departments["department_id"]) for name, rows in counted.items()}
    )
    return schemas.conform(frame, "participation")


def _count(rows: pd.DataFrame, departments: pd.Series) -> pd.Series:
    """The number of rows of each department, 0 for one without."""
    return departments.map(rows["department_id"].value_counts()).fillna(0).astype("Int64")
