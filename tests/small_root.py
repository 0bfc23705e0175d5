"""A small root with notebooks that need no analysis, and stand-ins for the doors and makers."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd

from mapping.instruments import StudySettings
from mapping.instruments.study_settings import Fieldwork, Title
from mapping.pipeline.run import Parts
from mapping.processed import write_table

PARAMETERS = """\
root = None  # folder with data/raw
year = 2020  # year of the study
lang = "sv"  # language
protocol = None  # another protocol
tables = None  # folder of processed tables
out = None  # folder to write to"""

SETTINGS = StudySettings(
    title=Title(sv="Kartläggning", en="Mapping"),
    year=2020,
    fieldwork=Fieldwork(start=date(2019, 12, 2), end=date(2020, 4, 30)),
    protocol="su-2020",
    synthetic=True,
    contact="",
    names="code",
)


DEPARTMENTS = ("ABC-1", "DEF-2", "ÅÄÖ-30")
CONTACTS = {"ABC-1": "one@example.org", "DEF-2": "=1+1"}


def notebook(
    *cells: str,
    report: str | None = None,
    each: str | None = None,
    baseline: bool = False,
    audit: bool = False,
    parameters: str = PARAMETERS,
) -> Any:
    v4 = nbformat.v4
    first = v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    made = v4.new_notebook(cells=[first, *(v4.new_code_cell(cell) for cell in cells)])
    for number, cell in enumerate(made.cells):
        cell["id"] = f"c{number}"
    told = {"report": report, "each": each, "baseline": baseline, "audit": audit}
    made.metadata["mapping"] = {key: value for key, value in told.items() if value}
    return made


def write_notebook(folder: Path, name: str, *cells: str, report: str | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    # The first stands for the audit too, so that the shipped one is not executed.
    nbformat.write(notebook(*cells, report=report, audit=name == "1-first"), path)
    return path


def write_department_notebook(root: Path, *cells: str) -> Path:
    """A notebook that is executed for each department."""
    parameters = f"{PARAMETERS}\ndepartment = None  # its id"
    made = notebook(*cells, report="department", each="department", parameters=parameters)
    path = root / "notebooks" / "department.ipynb"
    nbformat.write(made, path)
    return path


def make_root(folder: Path) -> Path:
    """A root with two notebooks, one of them a report, and one raw file."""
    raw = folder / "data" / "raw" / "2020"
    raw.mkdir(parents=True)
    (raw / "survey.csv").write_text("id\n1\n", encoding="utf-8")
    write_notebook(folder / "notebooks", "1-first", "year + 1")
    write_notebook(folder / "notebooks", "2-second", "print(lang)", report="second")
    return folder


def read_year(folder: Path, *_: object) -> Any:
    """Stands in for the readers: every file of the folder, not looked into."""
    files = [
        SimpleNamespace(
            name=path.name,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            rows=1,
            extra_columns=("note",),
        )
        for path in sorted(folder.iterdir())
    ]
    has_own = (folder.parents[2] / "notebooks" / "department.ipynb").is_file()
    departments = DEPARTMENTS if has_own else ()  # so that the shipped notebook is not executed
    return SimpleNamespace(
        settings=SETTINGS,
        files=tuple(files),
        contacts=CONTACTS,
        departments=departments,
        found=(),
    )


class SmallStudy:
    """Writes one table, with what stands in the raw file."""

    def __init__(self, root: Path) -> None:
        self._text = (root / "data/raw/2020/survey.csv").read_text(encoding="utf-8").strip()

    def write(self, out: Path, *names: str) -> None:
        if "respondents" not in names:
            return
        rows = {
            "department_id": ["ABC-1", "ABC-1"],
            "instrument": ["survey", "survey"],
            "respondent": [self._text, "2"],
            "role": [None, None],
            "date": [None, None],
            "left_out": ["blank", None],
        }
        write_table(pd.DataFrame(rows), out, "respondents")


def small_parts(**changed: Any) -> Parts:
    parts: dict[str, Any] = {
        "read_settings": lambda _: SETTINGS,
        "read_year": read_year,
        "participating": lambda raw, _: raw.departments,
        "load_year": lambda _, root: SmallStudy(root),
        "audit_of": lambda _: SimpleNamespace(write=lambda *_: None),
        "follow_up": lambda *_: None,
        "pdf": lambda executed: b"%PDF " + nbformat.writes(executed).encode(),
        "workbook": lambda *_: b"workbook",
    }
    return Parts(**(parts | changed))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
