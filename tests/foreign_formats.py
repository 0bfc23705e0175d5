"""The year of a study with some of its tables as other programs write them.

``FOREIGN`` has every format by name: a function from a study to the files that stand in the place
of one of the contract's tables, with what study.toml must tell of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import coded_exports
import limesurvey_exports as limesurvey
import spss_files
import vendors
import workbooks
from awkward_study import (
    COLUMNS,
    EMAIL,
    PERSONS,
    SETTINGS,
    WORKSHOP_DAY,
    AwkwardStudy,
    Row,
    contract,
    csv_of,
    protocol,
    rows_of,
)

from mapping.instruments import corrections, interviews, lineage, register, survey, workshop
from mapping.instruments.limesurvey import survey_structure

DOCUMENTS = "documents.csv"


@dataclass(frozen=True)
class Foreign:
    """Files in the place of ``table``, and what study.toml tells of them.

    ``lacks`` are columns of the evidence that the format cannot hold, ``ids`` whether it keeps the
    contract's ids of segments, interviews, notes and responses; ``interview_ids`` those of the
    interviews only. ``passages``: each coder's excerpt is that of the whole segment.
    """

    table: str
    files: Mapping[str, bytes]
    toml: str = ""
    lacks: tuple[str, ...] = ()
    ids: bool = True
    interview_ids: bool = True
    passages: bool = False


def contents(study: AwkwardStudy, *given: Foreign) -> dict[str, bytes]:
    """The files of the year: those given, and the contract's for all other tables."""
    gone = {one.table for one in given}
    files = {name: data for name, data in contract(study).items() if name not in gone}
    files[SETTINGS] += "\n".join(["", *(one.toml for one in given)]).encode()
    for one in given:
        files |= one.files
    return files


# --- interviews: coding projects ----------------------------------------------------------------


def coded(study: AwkwardStudy, *, dated: bool = True) -> vendors.Coded:
    """The interviews as sources and the codes given in them."""
    about = {row["interview_id"]: row for row in study.interviews}
    sources = tuple(
        vendors.Interview(
            study.documents[ident],
            study.texts[ident],
            about[ident]["department_id"],
            about[ident]["date"] if dated else "",
            about[ident]["respondent_role"] if dated else "",
        )
        for ident in study.texts
    )
    numbers = {ident: number for number, ident in enumerate(study.texts)}
    given = tuple(
        vendors.Given(
            numbers[row["interview_id"]], place.start, place.end, row["coder"], row["code"]
        )
        for row, place in zip(study.interviews, study.places, strict=True)
    )
    return vendors.Coded(sources, given)


def project(
    study: AwkwardStudy, program: str, *, each: bool = False, dated: bool = True
) -> Foreign:
    """A program's coding project: one of all coders, or one of each."""
    habit, all_ = vendors.HABITS[program], coded(study, dated=dated)
    listed = habit.facts == "none"
    if each:
        coders = sorted({given.coder for given in all_.given})
        files = {f"{coder}.qdpx": vendors.qdpx(all_.of(coder), habit) for coder in coders}
    else:
        files = {"project.qdpx": vendors.qdpx(all_, habit)}
    return Foreign(
        interviews.NAME,
        files | (documents(study) if listed else {}),
        lacks=() if dated else ("date", "role"),
        ids=False,
        interview_ids=listed,
    )


# --- interviews: tables -------------------------------------------------------------------------


def documents(study: AwkwardStudy, *, dated: bool = True) -> dict[str, bytes]:
    """The list of documents; without interview_id, date and role if it is not ``dated``."""
    about = {row["interview_id"]: row for row in study.interviews}
    rows = [
        {
            "document": name,
            "department_id": about[ident]["department_id"],
            "interview_id": ident,
            "date": about[ident]["date"],
            "role": about[ident]["respondent_role"],
        }
        for ident, name in study.documents.items()
    ]
    return {DOCUMENTS: csv_of(list(rows[0]) if dated else list(rows[0])[:2], rows)}


def said(study: AwkwardStudy) -> Iterator[tuple[Row, str, str]]:
    """Each row of the interviews, its document, and the words of its segment."""
    passages = study.passages()
    for row in study.interviews:
        yield row, study.documents[row["interview_id"]], passages[row["segment_id"]]


Made = Callable[[AwkwardStudy], dict[str, bytes]]


def coded_table(study: AwkwardStudy, made: Made, *, dated: bool = True) -> Foreign:
    """Tables of coded segments with the list of documents."""
    return Foreign(
        interviews.NAME,
        made(study) | documents(study, dated=dated),
        lacks=() if dated else ("date", "role"),
        ids=False,
        interview_ids=dated,
        passages=True,
    )


def taguette(study: AwkwardStudy) -> dict[str, bytes]:
    """A table of each coder: a row per highlight and tag."""
    files: dict[str, list[list[object]]] = {}
    numbers: dict[tuple[str, str], int] = {}
    for row, document, words in said(study):
        name = f"interviews-{row['coder']}.csv"
        number = numbers.setdefault((row["coder"], row["segment_id"]), len(numbers) + 31)
        files.setdefault(name, [["id", "document", "tag", "content"]]).append(
            [number, document, row["code"], words]
        )
    return {name: coded_exports.csv_bytes(rows) for name, rows in files.items()}


def qualcoder(study: AwkwardStudy, first: str = "File") -> dict[str, bytes]:
    """The report of codings of all coders; ``first`` is File or Case."""
    header = [first, "Coder", "Coded", "Id", "Codename", "Coded_Memo"]
    rows = [
        [document, row["coder"], words, number, row["code"], f"Memo av {PERSONS[0]}"]
        for number, (row, document, words) in enumerate(said(study), start=1)
    ]
    table = coded_exports.csv_bytes([header, *rows], quote_all=True, mark="\ufeff")
    return {"codings.csv": table}


def maxqda(study: AwkwardStudy) -> dict[str, bytes]:
    """The coded segments of all coders, codes with those above them."""
    header = ["Color", "Document group", "Document name", "Code", "Segment", "Beginning", "End"]
    places = {segment: n for n, segment in enumerate(study.passages(), start=1)}
    rows = [
        [
            *("●", "Intervjuer", document.removesuffix(".docx"), row["code"].replace("/", " > ")),
            *(words, places[row["segment_id"]], places[row["segment_id"]]),
            *(50, row["coder"], "2021-05-01 12:00:00"),
        ]
        for row, document, words in said(study)
    ]
    more = ["Weight score", "Created by", "Created"]
    return {"coded.xlsx": coded_exports.xlsx_bytes([[*header, *more], *rows])}


OWN = {
    "document": "Dokument",
    "segment_id": "Segment",
    "interview_id": "Intervju",
    "department_id": "Institution",
    "date": "Datum",
    "respondent_role": "Roll",
    "coder": "Kodare",
    "code": "Kod",
    "excerpt": "Citat",
}


def other_layout(study: AwkwardStudy) -> Foreign:
    """A table by columns that study.toml tells, with names of its own for everything."""
    codes = {code.code: f"{code.label.sv} ({code.key})" for code in protocol().codes
             if code.instrument == "interview"}  # fmt: skip
    initials = {name: "".join(part[0] for part in name.split()) for name in _coders(study)}
    names = _department_names(study)
    rows = [
        {OWN[column]: text for column, text in row.items()}
        | {
            "Dokument": document,
            "Kod": codes[row["code"]],
            "Kodare": initials[row["coder"]],
            "Institution": names[row["department_id"]],
            "Respondent": PERSONS[0],
        }
        for row, document, _ in said(study)
    ]
    toml = [
        _toml("interviews.columns", OWN),
        _toml("interviews.codes", {name: code for code, name in codes.items()}),
        _toml("interviews.coders", {short: name for name, short in initials.items()}),
        _toml("interviews.departments", {name: ident for ident, name in names.items()}),
    ]
    table = csv_of([*OWN.values(), "Respondent"], rows)
    return Foreign(interviews.NAME, {interviews.NAME: table}, "\n".join(toml))


def _coders(study: AwkwardStudy) -> list[str]:
    return sorted({row["coder"] for row in study.interviews})


def _department_names(study: AwkwardStudy) -> dict[str, str]:
    return {row["department_id"]: row["name"] for row in study.departments}


def _toml(table: str, words: Mapping[str, str]) -> str:
    lines = (
        f"{json.dumps(key, ensure_ascii=False)} = {json.dumps(text, ensure_ascii=False)}"
        for key, text in words.items()
    )
    return "\n".join([f"[{table}]", *lines])


# --- workshop -----------------------------------------------------------------------------------

HEADINGS = {
    "strength": ("Styrkor", "STRENGTHS:"),
    "weakness": ("Svagheter", "Weaknesses"),
    "opportunity": ("Möjligheter", "opportunity"),
    "threat": ("Hot / Threats", "Hot"),
}


def blocks(study: AwkwardStudy, *, beside: bool, dated: bool = True) -> Foreign:
    """A workbook with a sheet for each department: blocks beside or below one another."""
    sheets: dict[str, Any] = {}
    arranged = workbooks.side_by_side if beside else workbooks.one_below_another
    labels = {
        code.code: code.label.sv if beside else code.label.en
        for code in protocol().codes
        if code.instrument == "workshop"
    }
    for department in study.departments:
        ident = department["department_id"]
        notes: dict[str, list[workbooks.Note]] = {
            heads[not beside]: [] for heads in HEADINGS.values()
        }
        for number, row in enumerate(study.workshop):
            if row["department_id"] == ident:
                theme = labels[row["theme"]] if number % 2 else row["theme"]
                note = row["statement"] + _votes(row["votes"], number)
                notes[HEADINGS[row["quadrant"]][not beside]].append((note, theme))
        sheets[ident] = arranged(notes)
    return Foreign(
        workshop.NAME,
        {"workshop 2020.xlsx": workbooks.workbook_of(sheets)},
        f"[workshop]\ndate = {WORKSHOP_DAY}" if dated else "",
        lacks=() if dated else ("date",),
        ids=False,
    )


def _votes(votes: str, number: int) -> str:
    """Votes in one of the ways that people write them."""
    count = int(votes or 0)
    if not count:
        return " (0)" if number % 5 == 0 else ""
    forms = (f" ({count})", f"({count} röster)", "•" * count, " " + "." * count, " ● " * count)
    return forms[number % len(forms)]


# --- survey -------------------------------------------------------------------------------------


def stored(study: AwkwardStudy) -> list[dict[str, str]]:
    """The responses with every column of the contract."""
    return [{name: row.get(name, "") for name in COLUMNS[survey.NAME]} for row in study.survey]


def export(study: AwkwardStudy, style: limesurvey.Style, *, lss: bool = False) -> Foreign:
    """LimeSurvey's CSV, with the columns of a list of participants if it has personal ones."""
    data = limesurvey.csv_export(stored(study), protocol(), style)
    if style.personal:
        data = _with_participants(data, style.separator)
    return Foreign(survey.NAME, {"results-survey202001.csv": data} | (structure() if lss else {}))


PARTICIPANT = {"firstname": PERSONS[0], "email": EMAIL, "attribute_1": EMAIL, "Namn": PERSONS[1]}


def _with_participants(data: bytes, separator: str) -> bytes:
    """The export with a participant's columns, in a record for each record."""
    quoted = [[f'"{text}"' for text in texts] for texts in (PARTICIPANT, PARTICIPANT.values())]
    head, each = (separator.join(["", *texts]).encode() for texts in quoted)
    first, *others, blank, end = data.split(b"\r\n")
    return b"\r\n".join([first + head, *(one + each for one in others), blank, end])


def structure() -> dict[str, bytes]:
    """The questionnaire, as LimeSurvey exports it."""
    return {"limesurvey_survey_202001.lss": survey_structure(protocol()).encode()}


def vv(study: AwkwardStudy, version: int) -> Foreign:
    """LimeSurvey's VV file; that of version 1 needs the questionnaire."""
    files = {"vvexport_202001.csv": limesurvey.vv_export(stored(study), protocol(), version)}
    return Foreign(survey.NAME, files | (structure() if version == 1 else {}))


def r_pair(study: AwkwardStudy, **told: str) -> Foreign:
    """LimeSurvey's data and program for R."""
    data, program = limesurvey.r_pair(stored(study), protocol(), **told)
    names = ("survey_202001_R_data_file.csv", "survey_202001_R_syntax_file.R")
    return Foreign(survey.NAME, dict(zip(names, (data, program), strict=True)))


def archive(study: AwkwardStudy) -> Foreign:
    """LimeSurvey's survey archive."""
    return Foreign(survey.NAME, {"survey.lsa": limesurvey.archive(stored(study), protocol())})


def sav(study: AwkwardStudy, language: str, **told: Any) -> Foreign:
    """An SPSS file."""
    data = spss_files.survey_sav(stored(study), language, **told)
    return Foreign(survey.NAME, {"Alumni 2020.sav": data})


# --- any table ----------------------------------------------------------------------------------

FILLED_IN = {"Ifyllt av": PERSONS[0]}
CONTACTS = {"contact": EMAIL}
DAYS = ("date", "submitdate")
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def workbook(study: AwkwardStudy, table: str, *, typed: bool) -> Foreign:
    """A contract table as a workbook: ``typed`` numbers and dates as such, or as text."""
    more = FILLED_IN | (CONTACTS if table == register.NAME else {})
    columns = [*COLUMNS[table], *more]
    rows = [
        [_cell(column, (row | more).get(column, ""), typed) for column in columns]
        for row in rows_of(study, table)
    ]
    sheets = {"Blad1": [columns, *rows]}
    data = workbooks.workbook_of(sheets, default_date_format="yyyy-mm-dd hh:mm:ss")
    return Foreign(table, {table.replace(".csv", ".xlsx"): data})


def _cell(column: str, text: str, typed: bool) -> Any:
    if not text or not typed:
        return text or None
    if column in DAYS:
        return datetime.fromisoformat(text)
    return float(text) if NUMBER.fullmatch(text) else text


def renamed(study: AwkwardStudy, table: str) -> Foreign:
    """A contract table with headings and words of its own, which study.toml tells."""
    name, names = table.removesuffix(".csv"), _department_names(study)
    key = {workshop.NAME: "department_id", survey.NAME: "department"}.get(table, "")
    columns = {column: f"Min {column}" for column in COLUMNS[table]}
    rows = [
        {columns[c]: names.get(text, "") if c == key else text for c, text in row.items()}
        | FILLED_IN
        for row in rows_of(study, table)
    ]
    toml = [_toml(f"{name}.columns", columns)]
    if key:
        toml.append(_toml(f"{name}.departments", {text: ident for ident, text in names.items()}))
    return Foreign(table, {table: csv_of([*columns.values(), *FILLED_IN], rows)}, "\n".join(toml))


# --- all of them --------------------------------------------------------------------------------

TABLES = (register.NAME, interviews.NAME, workshop.NAME, survey.NAME)
STYLES: Mapping[str, limesurvey.Style] = {
    "codes": limesurvey.Style(),
    "emcodes-comma": limesurvey.Style("emcode", separator=","),
    "emcodes-long-en": limesurvey.Style("emcode", "long", "en"),
    "codes-converted": limesurvey.Style(yes="1", no="2"),
    "codes-long-sv-comma": limesurvey.Style("code", "long", "sv", ","),
    "codetext-sv": limesurvey.Style("codetext", joint=" - "),
    "codetext-long-sv": limesurvey.Style("codetext", "long", "sv"),
    "codetext-long-en-comma": limesurvey.Style("codetext", "long", "en", ",", personal=False),
}

Make = Callable[[AwkwardStudy], Foreign]

FOREIGN: Mapping[str, Make] = {
    **{f"qdpx-{program}": partial(project, program=program) for program in vendors.HABITS},
    **{
        f"qdpx-{program}-each": partial(project, program=program, each=True)
        for program in vendors.HABITS
    },
    "qdpx-undated": partial(project, program="maxqda", dated=False),
    "taguette": partial(coded_table, made=taguette),
    "taguette-undated": partial(coded_table, made=taguette, dated=False),
    "qualcoder": partial(coded_table, made=qualcoder),
    "qualcoder-case": partial(coded_table, made=partial(qualcoder, first="Case")),
    "maxqda": partial(coded_table, made=maxqda),
    "other-layout": other_layout,
    "blocks-beside": partial(blocks, beside=True),
    "blocks-below-undated": partial(blocks, beside=False, dated=False),
    **{f"limesurvey-{name}": partial(export, style=style) for name, style in STYLES.items()},
    "limesurvey-lss-long-sv": partial(
        export, style=limesurvey.Style("codetext", "long", "sv"), lss=True
    ),
    "limesurvey-lss-emcodes": partial(export, style=limesurvey.Style("emcode"), lss=True),
    "vv-1": partial(vv, version=1),
    "vv-2": partial(vv, version=2),
    "r-pair": r_pair,
    "r-pair-01-en": partial(r_pair, yes="1", no="0", language="en"),
    "lsa": archive,
    "sav": partial(sav, language="sv"),
    "sav-own-names-en": partial(sav, language="en", own_names=True, compress=True),
    **{
        f"xlsx-{table.removesuffix('.csv')}": partial(workbook, table=table, typed=number % 2 == 0)
        for number, table in enumerate((*TABLES, corrections.NAME, lineage.NAME))
    },
    "xlsx-typed-survey": partial(workbook, table=survey.NAME, typed=True),
    **{f"renamed-{table.removesuffix('.csv')}": partial(renamed, table=table)
       for table in (register.NAME, workshop.NAME, survey.NAME)},
}  # fmt: skip
"""Every format by name, in its varieties."""

TOGETHER: Mapping[str, Sequence[str]] = {
    "projects": (
        *("qdpx-nvivo-each", "blocks-beside", "limesurvey-codetext-long-sv"),
        *("xlsx-departments", "xlsx-corrections", "xlsx-lineage"),
    ),
    "tables": ("taguette", "xlsx-workshop", "sav", "xlsx-departments"),
}
"""Years in which everything is foreign, by the names of the formats."""
