"""What holds of every year that is read, whatever it was read from; written from the contract."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from mapping.errors import DataError, MappingError, Problem
from mapping.instruments import RawYear, StudySettings
from mapping.protocol import Protocol

_DEPARTMENT = re.compile(r"[A-ZÅÄÖ]{2,8}-[0-9]{1,4}")
_COUNTS = ("students_programme", "students_course", "programmes")
_SHARES = ("advanced_share", "research_share", "staff_turnover", "throughput")
_AMOUNTS = ("staff_fte", "applicants_per_place")
_QUADRANTS = {"strength", "weakness", "opportunity", "threat"}
_LEFT_OUT = {"incomplete", "blank", "missing"}
_LONGEST = 2_000

Records = list[dict[str, Any]]


def wrong_year(raw: RawYear, protocol: Protocol, settings: StudySettings) -> list[str]:
    """What the year's frames break of the contract, a sentence each."""
    known = set(raw.departments["department_id"])
    return [
        *_wrong_register(_records(raw.departments)),
        *_wrong_interviews(_records(raw.interviews), known, protocol),
        *_wrong_workshop(_records(raw.workshop), known, set(protocol.themes)),
        *_wrong_survey(_records(raw.survey), known, protocol),
        *_wrong_respondents(_records(raw.respondents), _records(raw.survey)),
        *(
            f"{name}: the day {day} is outside the fieldwork"
            for name in ("interviews", "workshop", "survey")
            for day in getattr(raw, name)["date"].dropna()
            if not settings.fieldwork.start <= day.date() <= settings.fieldwork.end
        ),
    ]


def wrong_refusal(error: MappingError, names: Collection[str]) -> list[str]:
    """What the refusal lacks: each problem tells a known file, what was expected, what to do."""
    if not isinstance(error, DataError):
        return [f"{type(error).__name__}, which tells no file"]
    if not error.problems:
        return ["an error without a problem"]
    return [sentence for problem in error.problems for sentence in _wrong_problem(problem, names)]


def _wrong_problem(problem: Problem, names: Collection[str]) -> Iterator[str]:
    files = problem.file.split(", ")
    if not all(file in names for file in files):
        yield f"a problem of no known file: {problem.file!r}"
    if not (problem.expected and problem.remedy):
        yield f"a problem that tells not what to do: {problem}"
    if problem.row is not None and problem.row < 1:
        yield f"a problem in row {problem.row}"
    if len(problem.sentence()) > _LONGEST:
        yield f"a sentence of {len(problem.sentence())} letters: {problem.sentence()[:200]}"
    if not problem.value.isprintable():
        yield f"a value that a screen would obey: {problem.value[:100]!r}"


def _records(frame: pd.DataFrame) -> Records:
    plain = frame.astype(object)
    return plain.where(plain.notna(), None).to_dict("records")


def _twice(keys: Iterable[object], what: str) -> Iterator[str]:
    seen = set()
    for key in keys:
        if key in seen:
            yield f"{what} twice: {str(key)[:80]!r}"
        seen.add(key)


def _blank(records: Records, columns: Iterable[str], what: str) -> Iterator[str]:
    for column in columns:
        if any(not str(record[column] or "").strip() for record in records):
            yield f"{what}: a blank {column}"


def _wrong_register(records: Records) -> Iterator[str]:
    yield from _twice((one["department_id"] for one in records), "a department")
    yield from _blank(records, ["name"], "departments")
    for one in records:
        if not _DEPARTMENT.fullmatch(str(one["department_id"])):
            yield f"a department called {one['department_id']!r}"
        for columns, highest in ((_COUNTS, 999_999_999), (_SHARES, 1), (_AMOUNTS, math.inf)):
            for column in columns:
                value = one[column]
                if value is not None and not (0 <= value <= highest and math.isfinite(value)):
                    yield f"departments: {column} is {value}"


def _wrong_interviews(records: Records, known: set[str], protocol: Protocol) -> Iterator[str]:
    codes = {code.code for code in protocol.codes if code.instrument == "interview"}
    needed = ("segment_id", "interview_id", "coder")
    yield from _blank(records, needed, "interviews")
    yield from _twice(
        ((one["segment_id"], one["coder"], one["code"]) for one in records), "a coding"
    )
    yield from _several(records, "segment_id", "interview_id")
    yield from _several(records, "interview_id", "department_id")
    yield from _unknown((one["department_id"] for one in records), known, "interviews: department")
    yield from _unknown((one["code"] for one in records), codes, "interviews: code")


def _wrong_workshop(records: Records, known: set[str], themes: set[str]) -> Iterator[str]:
    yield from _blank(records, ["item_id"], "workshop")
    yield from _twice((one["item_id"] for one in records), "a note")
    yield from _unknown((one["department_id"] for one in records), known, "workshop: department")
    yield from _unknown((one["quadrant"] for one in records), _QUADRANTS, "workshop: quadrant")
    yield from _unknown((one["theme"] for one in records), themes, "workshop: theme")
    for one in records:
        if not (isinstance(one["votes"], int) and 0 <= one["votes"] <= 999_999_999):
            yield f"workshop: {one['votes']} votes"


def _wrong_survey(records: Records, known: set[str], protocol: Protocol) -> Iterator[str]:
    yield from _blank(records, ["response"], "survey")
    yield from _unknown((one["department_id"] for one in records), known, "survey: department")
    allowed = _answers(protocol)
    for one in records:
        for item, values in allowed.items():
            if one[item] is not None and one[item] not in values:
                yield f"survey: {item} is {str(one[item])[:80]!r}"
        if all(one[item] is None for item in allowed):
            yield f"survey: response {str(one['response'])[:80]!r} has no answer"


def _answers(protocol: Protocol) -> Mapping[str, Collection[object]]:
    fixed: dict[str, Collection[object]] = {
        "likert5": {1.0, 2.0, 3.0, 4.0, 5.0},
        "multiple": {True},
        "yes_no": {True, False},
        "level": {0.0, 1.0, 2.0, 3.0},
    }
    own = {item.item: {value for _, value in item.answers} for item in protocol.items}
    return {item.item: fixed.get(item.type, own[item.item]) for item in protocol.items}


def _wrong_respondents(records: Records, used: Records) -> Iterator[str]:
    yield from _twice((one["response"] for one in records), "a response")
    yield from _unknown(
        (one["left_out"] for one in records), {*_LEFT_OUT, None}, "respondents: left out"
    )
    kept = [one["response"] for one in records if one["left_out"] is None]
    if kept != [one["response"] for one in used]:
        yield "respondents: those not left out are not those used"


def _several(records: Records, unit: str, whole: str) -> Iterator[str]:
    found: dict[object, object] = {}
    for one in records:
        if found.setdefault(one[unit], one[whole]) != one[whole]:
            yield f"interviews: a {unit} with two {whole}"


def _unknown(found: Iterable[object], known: Collection[object], what: str) -> Iterator[str]:
    for one in dict.fromkeys(found):
        if one not in known:
            yield f"{what} {str(one)[:80]!r}"
