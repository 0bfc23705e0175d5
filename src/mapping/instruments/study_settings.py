"""``study.toml``: what one year's study is called, when it was made, and by which protocol."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.dataclasses import dataclass

from mapping.errors import DataError, Problem, by_place
from mapping.instruments.delimited import decode
from mapping.instruments.fields import shown

NAME = "study.toml"


def _iso_date(value: object) -> object:
    """A date may also stand in quotes; a number or a time is no date."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return date.fromisoformat(value)
    return value


Day = Annotated[date, Field(strict=True), BeforeValidator(_iso_date)]
Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
FolderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9ÅÄÖåäö][A-Za-z0-9ÅÄÖåäö_-]*$")]

STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=STRICT)
class Title:
    """The study's title in both languages."""

    sv: Text
    en: Text

    def __getitem__(self, language: str) -> str:
        return {"sv": self.sv, "en": self.en}[language]


@dataclass(frozen=True, config=STRICT)
class Fieldwork:
    """First and last day of the fieldwork, both included."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start > self.end:
            raise ValueError("fieldwork.start must not be after fieldwork.end")
        return self


Names = Mapping[Text, str]
"""Names as a file has them, and what each of them is to the study."""


@dataclass(frozen=True, config=STRICT)
class DepartmentSettings:
    """How the register is read where its file has other names.

    ``columns``: the file's heading, by the contract's column.
    """

    columns: Names = field(default_factory=dict)


@dataclass(frozen=True, config=STRICT)
class InterviewSettings:
    """How the interviews are read where their files have other names than the contract.

    ``department``, ``interview``, ``date``, ``role``: the attribute of a coding project's cases,
    or the name of its sets, that tells them of a source. ``columns``: a table's heading, by the
    contract's column. ``codes``: the protocol's code, by the code in the file (blank: left out on
    purpose). ``coders``: what a coder goes by, by the name (or GUID) of the user in the file.
    ``departments``: the department_id, by what the file calls the department.
    """

    department: Text = "department"
    interview: Text = "interview_id"
    date: Text = "date"
    role: Text = "respondent_role"
    columns: Names = field(default_factory=dict)
    codes: Names = field(default_factory=dict)
    coders: Names = field(default_factory=dict)
    departments: Names = field(default_factory=dict)


@dataclass(frozen=True, config=STRICT)
class WorkshopSettings:
    """How the workshop is read where its file has other names, or no place for the date.

    ``date``: the day of all notes, for files without one. ``columns`` as for the interviews.
    ``themes``: the protocol's theme, by the word in the file. ``departments`` as for the
    interviews; of a workbook with a sheet for each department, by the sheet's name.
    """

    date: Day | None = None
    columns: Names = field(default_factory=dict)
    themes: Names = field(default_factory=dict)
    departments: Names = field(default_factory=dict)


@dataclass(frozen=True, config=STRICT)
class SurveySettings:
    """How the survey is read where its file has other names.

    ``columns``: the file's heading (or question code), by the contract's column or item.
    ``answers``: by item, the questionnaire's answer by the file's. ``departments`` as for the
    interviews.
    """

    columns: Names = field(default_factory=dict)
    answers: Mapping[Text, Names] = field(default_factory=dict)
    departments: Names = field(default_factory=dict)


@dataclass(frozen=True, config=STRICT)
class StudySettings:
    """One year's study. ``sha256`` is of the bytes that were read, blank if made by hand.

    ``departments``, ``interviews``, ``workshop`` and ``survey`` tell how the instruments' files
    are read where they have other names than the data contract.

    That departments are shown by name is somebody's decision: ``names_decided_by`` and ``_on`` say
    whose, and of which day; both None where they are shown by code.
    """

    title: Title
    year: Annotated[int, Field(strict=True)]
    fieldwork: Fieldwork
    protocol: FolderName
    synthetic: Annotated[bool, Field(strict=True)]
    contact: str
    names: Literal["code", "name"]
    names_decided_by: Text | None = None
    names_decided_on: Day | None = None
    departments: DepartmentSettings = field(default_factory=DepartmentSettings)
    interviews: InterviewSettings = field(default_factory=InterviewSettings)
    workshop: WorkshopSettings = field(default_factory=WorkshopSettings)
    survey: SurveySettings = field(default_factory=SurveySettings)
    sha256: str = ""


KEYS = {
    "": tuple(field.name for field in dataclasses.fields(StudySettings) if field.name != "sha256"),
    "title": tuple(field.name for field in dataclasses.fields(Title)),
    "fieldwork": tuple(field.name for field in dataclasses.fields(Fieldwork)),
    "departments": tuple(field.name for field in dataclasses.fields(DepartmentSettings)),
    "interviews": tuple(field.name for field in dataclasses.fields(InterviewSettings)),
    "workshop": tuple(field.name for field in dataclasses.fields(WorkshopSettings)),
    "survey": tuple(field.name for field in dataclasses.fields(SurveySettings)),
}
"""The keys of study.toml, and of each of its tables."""


def parse_settings(data: bytes, year: str) -> StudySettings:
    """The settings in ``data``, the bytes of the study.toml in the folder named ``year``.

    Raises
    ------
    DataError
        It is not TOML in UTF-8; a key is missing, unknown or wrong (each is named); the year is
        not the folder's.

    """
    values = _toml(data)
    known = {key: value for key, value in values.items() if key != "sha256"}
    problems = [_unknown("", "sha256")] if "sha256" in values else []
    settings = _validated(known, problems)
    problems += _undecided(settings)
    if str(settings.year) != year:
        problems.append(
            Problem(
                NAME,
                None,
                "year",
                str(settings.year),
                f"{shown(year)}, the name of its folder",
                "Correct the year, or move the file to the folder of its year.",
            )
        )
    if problems:
        raise DataError(problems)
    return dataclasses.replace(settings, sha256=hashlib.sha256(data).hexdigest())


def parse_names(data: bytes) -> StudySettings:
    """What a study.toml says of the files' own names, and its protocol; all else need not be there.

    For files that are looked at outside of a year: any day is within its fieldwork.

    Raises
    ------
    DataError
        It is not TOML in UTF-8, or one of those names is unknown or wrong.

    """
    told = {key: value for key, value in _toml(data).items() if key in _NAMES and value != ""}
    return _validated(_ANY_YEAR | told)


_NAMES = ("protocol", "departments", "interviews", "workshop", "survey")
_ANY_YEAR = {
    "title": {"sv": "-", "en": "-"},
    "year": date.min.year,
    "fieldwork": {"start": date.min, "end": date.max},
    "protocol": "su-2020",
    "synthetic": False,
    "contact": "",
    "names": "code",
}


def _validated(values: Mapping[str, Any], problems: Sequence[Problem] = ()) -> StudySettings:
    """The settings; their problems are told together with these."""
    try:
        return TypeAdapter(StudySettings).validate_python(dict(values))
    except ValidationError as error:
        found = by_place([*problems, *map(_problem, error.errors())])
        raise DataError(found) from None


def _undecided(settings: StudySettings) -> list[Problem]:
    """What is not told of the decision to show departments by name."""
    told = {
        "names_decided_by": (settings.names_decided_by, "who decided to show departments by name"),
        "names_decided_on": (settings.names_decided_on, "when that was decided"),
    }
    if settings.names == "code":
        return []
    remedy = "Add the key {}, or write names = 'code': a tier is personal data."
    return [
        Problem(NAME, None, key, expected=expected, remedy=remedy.format(key))
        for key, (value, expected) in told.items()
        if value is None
    ]


def _toml(data: bytes) -> dict[str, Any]:
    text, problems = decode(NAME, data)
    if problems:
        raise DataError(problems)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        remedy = "Correct the line; text stands in quotes, dates and numbers without."
        raise DataError([Problem(NAME, None, "", str(error), "TOML", remedy)]) from None


def _unknown(table: str, name: str) -> Problem:
    """A key that no setting has; a strange one may be anything, so it is shown only if short."""
    close = difflib.get_close_matches(name, KEYS[table], n=1)
    remedy = f"Did you mean '{close[0]}'?" if close else "Remove the key."
    expected = f"one of the keys {', '.join(KEYS[table])}"
    key = f"{table}.{shown(name)}" if table else shown(name)
    return Problem(NAME, None, key, expected=expected, remedy=remedy)


def _problem(details: Any) -> Problem:
    """One of pydantic's errors as ours; what stands under contact or an unknown key is hidden."""
    key = ".".join(str(part) for part in details["loc"])
    kind, value = details["type"], details["input"]
    if kind == "unexpected_keyword_argument":
        return _unknown(*_placed(details["loc"]))
    if kind in ("missing", "missing_argument"):
        return Problem(NAME, None, key, expected="a value", remedy=f"Add the key {key}.")
    if isinstance(value, str) and not value.strip():
        expected = _expected(key, details["msg"])
        return Problem(NAME, None, key, "nothing", expected, f"Fill in {key}.")
    hidden = isinstance(value, dict | list)
    text = "" if hidden else shown(str(value), confidential=key == "contact")
    remedy = f"Correct the value of {key}."
    return Problem(NAME, None, key, text, _expected(key, details["msg"]), remedy)


def _placed(loc: tuple[str | int, ...]) -> tuple[str, str]:
    """The table of a key (blank for the top) and its name, which may itself have a dot."""
    *table, name = map(str, loc)
    return ".".join(table), name


def _expected(key: str, message: str) -> str:
    forms = {
        "fieldwork.start": "a date (YYYY-MM-DD)",
        "fieldwork.end": "a date (YYYY-MM-DD)",
        "title.sv": "a title",
        "title.en": "a title",
        "protocol": "the name of a folder under data/protocol, without a path",
        "synthetic": "true or false, without quotation marks",
        "names": "'code' or 'name'",
        "names_decided_by": "who decided that departments are shown by name",
        "names_decided_on": "a date (YYYY-MM-DD)",
        "year": "a year without quotes",
    }
    return forms.get(key, message.removeprefix("Value error, "))
