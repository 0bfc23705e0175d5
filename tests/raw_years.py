"""A tiny raw year, written by hand, and the one change that a test makes to it."""

from __future__ import annotations

from pathlib import Path

from builders import su_2020

from mapping.errors import DataError, Problem
from mapping.instruments import RawYear, read_settings, read_year

PROTOCOL = su_2020()
ITEMS = [item.item for item in PROTOCOL.items]

STUDY = """\
year = 2020
protocol = "su-2020"
synthetic = true
contact = "alumni@example.org"
names = "code"
[title]
sv = "Kartläggningen"
en = "The mapping"
[fieldwork]
start = 2019-12-02
end = 2020-04-30
"""

DEPARTMENTS = """\
department_id,name,faculty,students_programme,students_course,advanced_share,programmes,staff_fte,research_share,staff_turnover,applicants_per_place,throughput
ABC-1,Alfa,Norra,100,50,0.25,3,20.5,0.4,0.1,2.5,0.8
ÅÄÖ-22,Beta,,,,,,,,,,
"""

INTERVIEWS = """\
segment_id,interview_id,department_id,date,respondent_role,coder,code,excerpt
s1,i1,ABC-1,2020-01-15,prefekt,Zoe,interest/2,"hemligt, citat"
s1,i1,ABC-1,2020-01-15,prefekt,Ann,interest/3,"hemligt, citat"
s2,i1,ABC-1,2020-01-15,prefekt,Ann,need/feedback,hemligt
s3,i2,ÅÄÖ-22,2019-12-02,,Ann,arrangement/alone,hemligt
s4,i2,ÅÄÖ-22,2019-12-02,,Ann,external/students,hemligt
"""

WORKSHOP = """\
item_id,department_id,date,quadrant,theme,votes,statement
n1,ABC-1,2020-02-01,strength,interest,3,hemligt
n2,ABC-1,2020-02-01,threat,other,,hemligt
n3,ÅÄÖ-22,2020-04-30,weakness,recruitment,0,hemligt
"""

RESPONSES: tuple[dict[str, str], ...] = (
    {
        "id": "7",
        "submitdate": "2020-04-30 23:59:59",
        "department": "ABC-1",
        "role": "studievägledare",
        "cond[interest]": "5",
        "cond[mandate]": "1",
        "cond[staffing]": "2",
        "needs[feedback]": "Y",
        "external[alumni]": "Y",
        "applicants[more]": "Y",
        "wishes[data]": "Y",
        "arrangement": "backed",
        "origin": "organic",
        "rolefact[no_incentive]": "4",
        "optout": "N",
    },
    {"id": "8", "department": "ÅÄÖ-22", "cond[interest]": "not an answer"},
    {"id": "9", "submitdate": "2020-03-01", "department": "ÅÄÖ-22"},
    {"id": "10"},
)


def survey_csv(responses: tuple[dict[str, str], ...] = RESPONSES) -> str:
    columns = ["id", "submitdate", "department", "role", *ITEMS]
    lines = [",".join(columns)]
    lines += [",".join(response.get(column, "") for column in columns) for response in responses]
    return "\n".join(lines) + "\n"


def tiny() -> dict[str, str]:
    """The text of every file of a year without problems."""
    return {
        "study.toml": STUDY,
        "departments.csv": DEPARTMENTS,
        "interviews.csv": INTERVIEWS,
        "workshop.csv": WORKSHOP,
        "survey.csv": survey_csv(),
    }


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """The folder 2020 with these files, as they stand."""
    year = folder / "2020"
    year.mkdir(parents=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (year / name).write_bytes(data)
    return year


def read(folder: Path) -> RawYear:
    return read_year(folder, PROTOCOL, read_settings(folder))


def changed(name: str, *changes: tuple[str, str]) -> dict[str, str | bytes]:
    """The tiny year with text replaced in one file: each old text must be there."""
    files: dict[str, str | bytes] = dict(tiny())
    text = tiny()[name]
    for old, new in changes:
        assert old in text, f"{old!r} is not in {name}"
        text = text.replace(old, new, 1)
    files[name] = text
    return files


def problems(folder: Path, files: dict[str, str | bytes]) -> tuple[Problem, ...]:
    """The problems of a year with these files; none if it is read."""
    try:
        read(write(folder, files))
    except DataError as error:
        return error.problems
    return ()
