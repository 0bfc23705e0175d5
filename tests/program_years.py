"""A year whose instruments lie in the folder as programs wrote them, and a small one."""

from __future__ import annotations

from pathlib import Path

import limesurvey_exports
import vendors
import workbooks
from raw_years import DEPARTMENTS, ITEMS, PROTOCOL, RESPONSES, STUDY
from vendors import Coded, Given, Interview

WORDS = "Vi har ett gott samarbete med alumnerna, men det saknas tid. " * 3
"""What was said; each test may look for these words where they must not be."""

PERSON = "Intervju Kalle Svensson.docx"
SETTINGS = f'{STUDY}\n[workshop]\ndate = "2020-02-01"\n'


def given(number: int, code: str, coder: str = "Ann-Britt", source: int = 0) -> Given:
    """A code given to one word, the first that is not yet taken by another number."""
    starts = [place for place, sign in enumerate(WORDS) if WORDS[place - 1] == " "]
    start = starts[number]
    return Given(source, start, WORDS.index(" ", start), coder, code)


CODINGS = (
    given(0, "interest/2"),
    given(0, "interest/3", "Bosse"),
    given(3, "need/feedback"),
    given(6, "Intrest/2"),
    given(6, "Intrest/2", "Bosse"),
    given(9, "Annat"),
    given(12, "arrangement/alone", source=1),
)
"""Four codings of three codes that the protocol has, by two coders; three of two that it lacks."""


def project(codings: tuple[Given, ...] = CODINGS, department: str = "ABC-1") -> bytes:
    """A coding project of two interviews."""
    interviews = (
        Interview(PERSON, WORDS, department, "2020-01-15", "prefekt"),
        Interview("b.docx", WORDS, "ÅÄÖ-22", "2020-01-20"),
    )
    return vendors.qdpx(Coded(interviews, codings), vendors.NVIVO)


def responses() -> list[dict[str, str]]:
    """Responses in the contract's columns, every cell there; what is no answer is left out."""
    names = ["id", "submitdate", "department", "role", *ITEMS]
    right = [row for row in RESPONSES if row["id"] != "8"]
    return [{name: row.get(name, "") for name in names} for row in right]


def workshop() -> bytes:
    """A workbook with a sheet for each department."""
    notes = {
        "Styrkor": [("=Roligt (3)", "interest")],
        "Svagheter": [("Tiden", "resources")],
        "Möjligheter": [("Allt", "other")],
        "Hot": [("Inget", "workload")],
    }
    return workbooks.workbook_of({"ABC-1": workbooks.side_by_side(notes)})


def foreign() -> dict[str, bytes]:
    """The files of a year without problems, as programs wrote them."""
    return {
        "study.toml": SETTINGS.encode(),
        "departments.csv": DEPARTMENTS.encode(),
        "projekt.qdpx": project(),
        "results-survey202001.csv": limesurvey_exports.csv_export(responses(), PROTOCOL),
        "blad.xlsx": workshop(),
    }


def put(root: Path, files: dict[str, bytes]) -> Path:
    """The raw folder of 2020 with these files, in a root."""
    folder = root / "data" / "raw" / "2020"
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder
