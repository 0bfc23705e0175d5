"""Small hand-written inputs for the tests of the analysis."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from mapping.protocol import Protocol, load_protocol
from mapping.schemas import TABLES, conform

PROTOCOL_FOLDER = Path(__file__).parents[1] / "data" / "protocol" / "su-2020"


@cache
def su_2020() -> Protocol:
    return load_protocol(PROTOCOL_FOLDER)


def frame_of(*ids: str) -> pd.DataFrame:
    """A register with these departments and nothing else known."""
    return pd.DataFrame({"department_id": pd.array(ids, dtype="string"), "name": list(ids)})


def _evidence(rows: list[dict[str, object]]) -> pd.DataFrame:
    blank = dict.fromkeys(TABLES["evidence"].columns)
    numbered = [
        blank | {"evidence_id": f"e{n:04}", "weight": 1.0, "file": "f.csv", "row": n + 2} | row
        for n, row in enumerate(rows)
    ]
    return conform(pd.DataFrame(numbered, columns=list(blank)), "evidence")


def coded(department: str, segment: str, coder: str, code: str) -> dict[str, object]:
    """An interview code such as interest/2, need/feedback or arrangement/shared."""
    kind, _, key = code.partition("/")
    row: dict[str, object] = {
        "department_id": department,
        "instrument": "interview",
        "unit": segment,
        "rater": coder,
    }
    if kind in ("arrangement", "origin"):
        return row | {"kind": kind, "key": kind, "category": key}
    if kind in ("need", "external"):
        side = "internal" if kind == "need" else "external"
        kind = "need" if kind == "need" else "external_need"
        return row | {"kind": kind, "key": key, "side": side, "value": 1.0}
    return row | {"kind": "indicator", "key": kind, "value": float(key)}


def note(
    department: str, quadrant: str, theme: str, votes: int = 0, unit: str = ""
) -> dict[str, object]:
    """A workshop note."""
    needs = ("recruitment", "employability", "feedback", "student_support")
    kind = "need" if theme in needs else "other" if theme == "other" else "indicator"
    return {
        "department_id": department,
        "instrument": "workshop",
        "unit": unit or f"{department}-{quadrant}-{theme}",
        "kind": kind,
        "key": theme,
        "side": "internal" if kind == "need" else None,
        "quadrant": quadrant,
        "weight": votes + 1.0,
    }


def answered(
    department: str, response: str, kind: str, key: str, value: object
) -> dict[str, object]:
    """A survey answer, its value as a level (or a category of arrangement and origin)."""
    sides = {"need": "internal", "external_need": "external"}
    row = {
        "department_id": department,
        "instrument": "survey",
        "unit": response,
        "kind": kind,
        "key": key,
        "side": sides.get(kind),
    }
    return row | ({"category": value} if kind in ("arrangement", "origin") else {"value": value})


def evidence_of(*rows: dict[str, object]) -> pd.DataFrame:
    return _evidence(list(rows))


def levels_of(**departments: dict[str, float]) -> pd.DataFrame:
    """An indicators table with these levels: levels_of(A={"interest": 2.0})."""
    keys = su_2020().indicator_keys()
    rows = [
        {"department_id": name, "indicator": key, "level": levels.get(key), "instruments": 1}
        for name, levels in departments.items()
        for key in keys
    ]
    blank = dict.fromkeys(TABLES["indicators"].columns)
    return conform(pd.DataFrame([blank | row for row in rows]), "indicators")
