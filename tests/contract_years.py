"""Years that obey the data contract, drawn by hypothesis, and every form that they may come in.

Nothing here asks the program what is right: domains, words and typed values are written out from
the contract, and the files are written cell by cell.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from raw_years import STUDY, su_2020

PROTOCOL = su_2020()
FIRST, LAST = date(2019, 12, 2), date(2020, 4, 30)
DEPARTMENTS, INTERVIEWS = "departments.csv", "interviews.csv"
WORKSHOP, SURVEY = "workshop.csv", "survey.csv"

COUNTS = ("students_programme", "students_course", "programmes")
SHARES = ("advanced_share", "research_share", "staff_turnover", "throughput")
AMOUNTS = ("staff_fte", "applicants_per_place")
THEMES = (
    *("interest", "management_support", "colleague_support", "resources", "workload", "mandate"),
    *("recruitment", "employability", "feedback", "student_support", "other"),
)
CODES = (
    *("interest/0", "mandate/3", "staffing/2", "need/feedback", "external/alumni"),
    *("arrangement/self_appointed", "origin/organic"),
)
QUADRANTS = {
    "strength": ("strength", "Strengths", "STYRKA", "styrkor", "S", "s"),
    "weakness": ("weakness", "WEAKNESSES", "Svaghet", "svagheter", "W", "w"),
    "opportunity": ("opportunity", "Opportunities", "MÖJLIGHET", "möjligheter", "O", "o"),
    "threat": ("threat", "THREATS", "Hot", "hot", "T", "t"),
}
TYPES = {item.item: item.type for item in PROTOCOL.items}
ITEM_CODES = {item.item: item.limesurvey_code for item in PROTOCOL.items}
ANSWER_CODES = {item.item: {value: code for code, value in item.answers} for item in PROTOCOL.items}
ANSWERS = {
    "likert5": ("1", "2", "3", "4", "5"),
    "yes_no": ("Y", "N"),
    "multiple": ("Y",),
    "level": ("0", "1", "2", "3"),
}
CHOICES = {
    "arrangement": ("shared", "backed", "alone", "self_appointed", "nobody"),
    "origin": ("organic", "decided", "individual"),
}

Row = dict[str, str]
Tables = dict[str, list[Row]]
"""The rows of each file, every cell as plain text with a decimal point."""


# --- what a year may hold -------------------------------------------------------------------

_SIGNS = "aÅöé\N{LATIN SMALL LETTER SHARP S}\N{GRINNING FACE}7,;\"'\t\n\r =+-@\N{LINE SEPARATOR}|"


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


TEXTS = st.text(_SIGNS, max_size=6).map(_tidy).filter(lambda text: text and text[0] != "'")
BLANK_OR_TEXT = st.just("") | TEXTS
IDENTS = st.from_regex(r"[A-ZÅÄÖ]{2,8}-[0-9]{1,4}", fullmatch=True)
DAYS = st.integers(0, (LAST - FIRST).days).map(lambda n: (FIRST + timedelta(n)).isoformat())


def _number(highest: float) -> st.SearchStrategy[str]:
    decimals = st.integers(0, int(highest * 1000)).map(lambda n: f"{n / 1000:.3f}")
    return st.just("") | st.sampled_from(("0", "1", "1e-3")) | decimals


def _count() -> st.SearchStrategy[str]:
    return st.just("") | st.integers(0, 999_999_999).map(str)


def _registers() -> st.SearchStrategy[list[Row]]:
    row = {"name": TEXTS, "faculty": BLANK_OR_TEXT}
    row |= dict.fromkeys(COUNTS, _count())
    row |= dict.fromkeys(SHARES, _number(1)) | dict.fromkeys(AMOUNTS, _number(5000))
    rows = st.lists(st.tuples(IDENTS, st.fixed_dictionaries(row)), min_size=1, max_size=3,
                    unique_by=lambda pair: pair[0])  # fmt: skip
    return rows.map(lambda pairs: [{"department_id": ident} | rest for ident, rest in pairs])


def _coded(departments: list[str]) -> st.SearchStrategy[list[Row]]:
    """Segments of two interviews; each interview is at one department, whoever coded it."""
    codings = st.tuples(TEXTS, st.sampled_from(CODES), DAYS, BLANK_OR_TEXT, BLANK_OR_TEXT)
    rows = st.lists(st.tuples(st.integers(0, 3), codings), min_size=1, max_size=4,
                    unique_by=lambda row: (row[0], *row[1][:2]))  # fmt: skip
    return rows.map(
        lambda found: [
            {
                "segment_id": f"=s{segment}",
                "interview_id": f"i{segment % 2}",
                "department_id": departments[segment % 2 % len(departments)],
                "date": day,
                "respondent_role": role,
                "coder": coder,
                "code": code,
                "excerpt": excerpt,
            }
            for segment, (coder, code, day, role, excerpt) in found
        ]
    )


def _notes(departments: list[str]) -> st.SearchStrategy[list[Row]]:
    row = {
        "item_id": TEXTS,
        "department_id": st.sampled_from(departments),
        "date": DAYS,
        "quadrant": st.sampled_from(list(QUADRANTS)),
        "theme": st.sampled_from(THEMES),
        "votes": st.just("") | st.integers(0, 99).map(str),
        "statement": BLANK_OR_TEXT,
    }
    return st.lists(st.fixed_dictionaries(row), max_size=3, unique_by=lambda one: one["item_id"])


def _answer(item: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *(CHOICES.get(item) or ANSWERS[TYPES[item]])))


def _responses(departments: list[str]) -> st.SearchStrategy[list[Row]]:
    """Completed responses, and others whose answers nobody looks at."""
    known = {"id": TEXTS, "department": st.sampled_from(departments), "role": BLANK_OR_TEXT}
    few = st.sets(st.sampled_from(sorted(TYPES)), max_size=5)
    answers = few.flatmap(lambda items: st.fixed_dictionaries({i: _answer(i) for i in items}))
    rows = st.tuples(st.fixed_dictionaries(known), st.just("") | DAYS, answers)
    blank = dict.fromkeys(TYPES, "")
    listed = rows.map(lambda row: row[0] | {"submitdate": row[1]} | blank | row[2])
    return st.lists(listed, max_size=3, unique_by=lambda one: one["id"])


@st.composite
def years(draw: st.DrawFn) -> Tables:
    """The four tables of a year that obeys the contract."""
    register = draw(_registers())
    departments = [row["department_id"] for row in register]
    return {
        DEPARTMENTS: register,
        INTERVIEWS: draw(_coded(departments)),
        WORKSHOP: draw(_notes(departments)),
        SURVEY: draw(_responses(departments)),
    }


COLUMNS = {
    DEPARTMENTS: (
        *("department_id", "name", "faculty", "students_programme", "students_course"),
        *("advanced_share", "programmes", "staff_fte", "research_share", "staff_turnover"),
        *("applicants_per_place", "throughput"),
    ),
    INTERVIEWS: (
        *("segment_id", "interview_id", "department_id", "date", "respondent_role"),
        *("coder", "code", "excerpt"),
    ),
    WORKSHOP: ("item_id", "department_id", "date", "quadrant", "theme", "votes", "statement"),
    SURVEY: ("id", "submitdate", "department", "role", *TYPES),
}


# --- what it means, by the contract ---------------------------------------------------------


def _text(cell: str) -> str | None:
    return cell or None


def _day(cell: str) -> datetime | None:
    return datetime.fromisoformat(cell[:10]) if cell else None


def _real(cell: str) -> float | None:
    return float(cell) if cell else None


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None


MEANING: dict[tuple[str, str], Callable[[str], Any]] = {
    **{(DEPARTMENTS, column): _whole for column in COUNTS},
    **{(DEPARTMENTS, column): _real for column in (*SHARES, *AMOUNTS)},
    (INTERVIEWS, "date"): _day,
    (WORKSHOP, "date"): _day,
    (WORKSHOP, "votes"): lambda cell: int(cell or 0),
}
READ_AS = {(INTERVIEWS, "respondent_role"): "role"}
NEVER_READ = ((INTERVIEWS, "excerpt"), (WORKSHOP, "statement"))
ITEM_MEANING: dict[str, Callable[[str], Any]] = {
    "likert5": _real,
    "level": _real,
    "single": _text,
    "multiple": lambda cell: True if cell else None,
    "yes_no": lambda cell: {"": None, "Y": True, "N": False}[cell],
}


def meant(tables: Tables, name: str) -> list[dict[str, Any]]:
    """What a reader of the contract knows from the table: a record for each row, in its order."""
    return [
        {
            READ_AS.get((name, column), column): MEANING.get((name, column), _text)(cell)
            for column, cell in row.items()
            if (name, column) not in NEVER_READ
        }
        for row in tables[name]
    ]


def responses_meant(tables: Tables) -> list[dict[str, Any]]:
    """The responses that are used: completed, with any answer."""
    return [
        {
            "response": row["id"],
            "department_id": row["department"],
            "date": _day(row["submitdate"]),
            "role": _text(row["role"]),
            **{item: ITEM_MEANING[kind](row[item]) for item, kind in TYPES.items()},
        }
        for row in tables[SURVEY]
        if row["submitdate"] and any(row[item] for item in TYPES)
    ]


# --- the forms that a file may come in ------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """A file, and at which row of it each row of the table stands."""

    data: bytes
    rows: list[int]


def _cell(form: Random, name: str, column: str, text: str, separator: str) -> str:
    """The text of a cell in one of the ways that mean the same."""
    if (name, column) == (WORKSHOP, "quadrant") and text in QUADRANTS:
        text = form.choice(QUADRANTS[text])
    if name == SURVEY and text in ANSWER_CODES.get(column, {}):
        text = form.choice((text, ANSWER_CODES[column][text]))
    if (name, column) == (SURVEY, "submitdate") and text[4:5] == "-" and len(text) == 10:
        text += form.choice(("", " 23:59:59", "T08:00:00Z", " 10:00"))
    if separator == ";" and column in (*SHARES, *AMOUNTS):
        text = text.replace(".", ",")
    if text[:1] in ("=", "+", "-", "@") and form.random() < 0.5:
        text = "'" + text
    return f" {text}\N{NO-BREAK SPACE}" if form.random() < 0.1 else text


def _quoted(form: Random, text: str, separator: str, how: str) -> str:
    needs = any(sign in text for sign in (separator, '"', "\n", "\r"))
    if needs or how == "all" or (how == "some" and form.random() < 0.5):
        return '"' + text.replace('"', '""') + '"'
    return text


HEADINGS: tuple[Callable[[str], str], ...] = (
    lambda item: item,
    lambda item: ITEM_CODES.get(item, item),
    lambda item: ITEM_CODES.get(item, item).replace("[", "_").removesuffix("]"),
)
"""The heading of an item: our own, and the two ways in which LimeSurvey writes its code."""


def written(form: Random, tables: Tables, name: str) -> Written:
    """The table in any form that the contract accepts."""
    separator, how = form.choice(",;"), form.choice(("all", "some", "least"))
    heading = form.choice(HEADINGS) if name == SURVEY else HEADINGS[0]
    extra = form.sample(("note", "Övrigt; annat", "x,y"), form.randrange(4))
    columns = form.sample((*COLUMNS[name], *extra), len(COLUMNS[name]) + len(extra))
    ends = form.choice((("\n",), ("\r\n",), ("\n", "\r\n"), ("\n", "\r\n", "\r")))
    blank = (" ", separator * (len(columns) - 1))  # an empty line between CR and LF is none
    lines, rows = [], []
    records = [{column: heading(column) for column in columns}, *tables[name]]
    for record in records:
        while form.random() < 0.2:
            lines.append(form.choice(blank))
        cells = (record.get(column, "an extra, cell") for column in columns)
        if rows:
            pairs = zip(columns, cells, strict=True)
            cells = (_cell(form, name, column, text, separator) for column, text in pairs)
        lines.append(separator.join(_quoted(form, cell, separator, how) for cell in cells))
        rows.append(len(lines))
    text = "".join(line + form.choice(ends) for line in lines)
    text = unicodedata.normalize(form.choice(("NFC", "NFD")), text)
    return Written(form.choice(("", "\ufeff")).encode() + text.encode(), rows[1:])


def forms(tables: Tables) -> st.SearchStrategy[dict[str, Written]]:
    """All files of the year, each in a form of its own."""
    return st.integers(0, 2**32).map(
        lambda seed: {
            name: written(Random(f"{seed} {name}"), tables, name)  # noqa: S311  (forms, not secrets)
            for name in tables
        }
    )


def plainly(rows: list[Row], columns: tuple[str, ...]) -> bytes:
    """The table as simply as can be: every cell in quotes, LF, commas."""
    records = [list(columns), *([row[column] for column in columns] for row in rows)]
    cells = (['"' + cell.replace('"', '""') + '"' for cell in record] for record in records)
    return "".join(",".join(each) + "\n" for each in cells).encode()


def plain_year(tables: Tables) -> dict[str, bytes]:
    """The files of the year, plainly written."""
    written_ = {name: plainly(rows, COLUMNS[name]) for name, rows in tables.items()}
    return {"study.toml": STUDY.encode(), **written_}
