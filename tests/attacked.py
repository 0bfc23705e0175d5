"""Studies to attack: departments by faculty and tier, nothing else being known of them."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pandas as pd
from builders import evidence_of, note, su_2020

from mapping import needs, schemas, swot
from mapping.disclosure import Limits

PROTOCOL = su_2020()
FIVE = Limits(5, 5, 5)
TIERS = ("good", "moderate", "small")
FACULTIES = ("Norra", "Södra", "Västra")

Group = tuple[str, str | None, int]
"""A faculty, a tier (None: took no part), and how many departments."""

NOBODY = pd.DataFrame({"department_id": pd.Series(dtype="string"), "clear_tier": []})
"""Table ``certainty`` of a study of which it has none."""


def study_of(
    groups: Sequence[Group], *, year: int = 2020, persons: int = 2, absent: int = 0
) -> Any:
    """A year's tables with so many departments; ``absent`` more of the first faculty are not in.

    The same groups in the same order are the same departments in every year.
    """
    rows = [(faculty, tier) for faculty, tier, count in groups for _ in range(count)]
    rows += [(groups[0][0], None)] * absent
    ids = [f"AB-{number}" for number in range(1, len(rows) + 1)]
    faculty, tier = (list(column) for column in zip(*rows, strict=True))
    there = [each is not None for each in tier]
    register = pd.DataFrame({"department_id": ids, "faculty": faculty}, dtype="string")
    evidence = _evidence([ident for ident, is_there in zip(ids, there, strict=True) if is_there])
    took_part = pd.DataFrame(
        {
            "department_id": ids,
            "interviews": [persons * each for each in there],
            "workshop_notes": [int(each) for each in there],
            "responses": 0,
        }
    )
    return SimpleNamespace(
        protocol=PROTOCOL,
        settings=SimpleNamespace(year=year),
        departments=register,
        participation=took_part,
        tiers=pd.DataFrame(
            {"department_id": ids, "tier": [each or "unclassified" for each in tier]}
        ),
        evidence=evidence,
        indicators=_empty("indicators"),
        constructs=_empty("constructs"),
        recommendations=_empty("recommendations"),
        needs=needs.needs(evidence, register, PROTOCOL),
        swot=swot.swot(evidence, register, PROTOCOL),
        findings=_empty("findings"),
        finding_parts=_empty("finding_parts"),
    )


def _empty(table: str) -> pd.DataFrame:
    columns = schemas.TABLES[table].columns
    return schemas.conform(pd.DataFrame(columns=list(columns)), table)


def _evidence(ids: Sequence[str]) -> pd.DataFrame:
    """One note of the workshop on the theme other for each department that took part."""
    return evidence_of(*(note(ident, "strength", "other") for ident in ids))
