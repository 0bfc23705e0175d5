"""Sound files of every kind, small, to be damaged: each year is read without a problem."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import limesurvey_exports as limesurvey
import pandas as pd
import pyreadstat
import raw_years
import workbooks

from fuzz.door import protocol
from mapping.instruments.limesurvey import survey_structure

STUDY = "study.toml"
DEPARTMENTS, INTERVIEWS = "departments.csv", "interviews.csv"
WORKSHOP, SURVEY = "workshop.csv", "survey.csv"

Files = dict[str, bytes]


@dataclass(frozen=True)
class Seed:
    """A year's files, and which of them are damaged; ``weight``: how often it has its turn."""

    format: str
    files: Mapping[str, bytes]
    damaged: tuple[str, ...]
    weight: float = 1


def every_seed() -> tuple[Seed, ...]:
    """Seeds of every format."""
    return (*_contract(), *_interviews(), *_workshops(), *_surveys())


def _year(without: str = "", **more: bytes) -> Files:
    """A small year by the contract, without one of its tables and with other files instead."""
    files = {name: text.encode() for name, text in raw_years.tiny().items() if name != without}
    return files | more


def _seed(format_: str, files: Files, without: str = "", weight: float = 1) -> Seed:
    """These files in the place of a table; all of them are damaged."""
    return Seed(format_, _year(without) | files, tuple(files), weight)


# --- by the contract ------------------------------------------------------------------------

_TOLD = """
[departments.columns]
name = "Namn"
[interviews]
department = "institution"
[interviews.codes]
"Intresse\\\\stort" = "interest/3"
"skräp" = ""
[workshop]
date = 2020-02-01
[workshop.themes]
"Intresse" = "interest"
[survey.columns]
department = "inst"
[survey.answers."cond[interest]"]
"Alltid" = "5"
[survey.departments]
"Matematik" = "ABC-1"
"""
_CORRECTIONS = """\
file,key,column,old,new,reason,date
departments.csv,ABC-1,staff_fte,20.5,21,the head's letter,2020-06-01
interviews.csv,s2,code,need/feedback,need/recruitment,misheard,2020-06-01
survey.csv,7,cond[interest],5,4,misread,2020-06-01
"""
_LINEAGE = """\
from_id,to_id,kind,year
OLD-1,ABC-1,renamed,2020
OLD-2,ÅÄÖ-22,merged,2020
OLD-3,ÅÄÖ-22,merged,2020
"""


def _semicolons(text: str) -> bytes:
    """As a Swedish Excel writes it."""
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    return b"\xef\xbb\xbf" + frame.to_csv(index=False, sep=";", lineterminator="\r\n").encode()


def _contract() -> list[Seed]:
    year = _year()
    tables = (DEPARTMENTS, INTERVIEWS, WORKSHOP, SURVEY)
    beside = {"corrections.csv": _CORRECTIONS.encode(), "lineage.csv": _LINEAGE.encode()}
    comments = {
        f"comments.{lang}.md": "# Ord\n\nÅrets **ord**.\n".encode() for lang in ("sv", "en")
    }
    excel = {name: _semicolons(year[name].decode()) for name in (INTERVIEWS, WORKSHOP, SURVEY)}
    return [
        *(Seed(f"contract {name}", year, (name,)) for name in tables),
        *(Seed(f"contract {name}", year | excel, (name,)) for name in excel),
        *(Seed(name, year | beside, (name,)) for name in beside),
        Seed("comments.md", year | comments, tuple(comments), 0.3),
        Seed(STUDY, year, (STUDY,)),
        Seed(STUDY, year | {STUDY: year[STUDY] + _TOLD.encode()}, (STUDY,)),
    ]


# --- interviews -----------------------------------------------------------------------------

_DOCUMENTS = b"""\
document,department_id,interview_id,date,role
first.txt,ABC-1,i1,2020-01-15,head
second.txt,"\xc3\x85\xc3\x84\xc3\x96-22",i2,2020-01-16,
"""
_TAGUETTE = b"""\
id,document,tag,content
1,first.txt,interest/2,"some, interest"
2,first.txt,need/feedback,feedback
3,second.txt,mandate/0,no mandate
"""
_QUALCODER = b"""\xef\xbb\xbf\
"File","Coder","Coded","Id","Codename","Coded_Memo"\r
"first.txt","Ann","some, interest","1","interest/2",""\r
"first.txt","Zoe","some, interest","2","interest/3","memo"\r
"second.txt","Ann","no mandate","3","mandate/0",""\r
"""
_MAXQDA = [
    ["Document group", "Document name", "Code", "Beginning", "End", "Segment", "Created by"],
    ["", "first.txt", "interest > 2", "1", "1", "some interest", "Ann"],
    ["", "second.txt", "mandate > 0", "2", "2", "no mandate", "Zoe"],
]


def _interviews() -> list[Seed]:
    documents = {"documents.csv": _DOCUMENTS}
    maxqda = {"coded.xlsx": workbooks.workbook_of({"Segments": _MAXQDA})}
    frame = pd.read_csv(io.StringIO(raw_years.INTERVIEWS), dtype=str, keep_default_na=False)
    book = workbooks.table_workbook({name: frame[name].tolist() for name in frame})
    return [
        _seed("Taguette", {"ann.csv": _TAGUETTE} | documents, INTERVIEWS),
        _seed("QualCoder", {"codings.csv": _QUALCODER} | documents, INTERVIEWS),
        _seed("MAXQDA", maxqda | documents, INTERVIEWS),
        _seed("contract xlsx", {"interviews.xlsx": book}, INTERVIEWS),
        *(_seed("REFI-QDA", {"study.qdpx": _qdpx(way)}, INTERVIEWS) for way in ("cases", "sets")),
    ]


_TEXT = "\ufeffDet finns ett visst intresse 😀.\r\nMen inget uppdrag är beskrivet.\r\n"
_NAMESPACE = "urn:QDA-XML:project:1.0"


def _guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def _qdpx(way: str) -> bytes:
    """A project of two sources and two coders; departments by cases or by sets."""
    codes = {"interest/2": 11, "interest/3": 12, "mandate/0": 13}
    listed = "".join(
        f'<Code guid="{_guid(n)}" name="{name}" isCodable="true"/>' for name, n in codes.items()
    )
    users = f'<User guid="{_guid(1)}" name="Ann"/><User guid="{_guid(2)}" name="Zoe"/>'
    sources = "".join(_source(number, codes) for number in (21, 22))
    if way == "cases":
        kept = "".join(_case(n, d) for n, d in ((21, "ABC-1"), (22, "ÅÄÖ-22")))
        variables = "".join(
            f'<Variable guid="{_guid(n)}" name="{name}" typeOfVariable="{kind}"/>'
            for n, name, kind in ((31, "department", "Text"), (32, "date", "Date"))
        )
        extra = f"<Variables>{variables}</Variables><Cases>{kept}</Cases>{{}}"
    else:
        named = {"department: ABC-1": 21, "department: ÅÄÖ-22": 22}
        members = "".join(
            f'<Set guid="{_guid(n + 30)}" name="{name}">'
            f'<MemberSource targetGUID="{_guid(n)}"/></Set>'
            for name, n in named.items()
        )
        extra = f"{{}}<Sets>{members}</Sets>"
    project = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<Project xmlns="{_NAMESPACE}" name="study" origin="made by hand">'
        f"<Users>{users}</Users><CodeBook><Codes>{listed}</Codes></CodeBook>"
        + extra.format(f"<Sources>{sources}</Sources>")
        + "</Project>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", project)
        for number in (21, 22):
            archive.writestr(f"sources/{_guid(number + 20)}.txt", _TEXT.encode())
    return made.getvalue()


def _source(number: int, codes: Mapping[str, int]) -> str:
    text = _TEXT.removeprefix("\ufeff").replace("\r\n", "\n")
    said = {"visst intresse": ("interest/2", 1), "ett visst intresse": ("interest/3", 2),
            "inget uppdrag": ("mandate/0", 1)}  # fmt: skip
    selections = "".join(
        f'<PlainTextSelection guid="{_guid(number * 100 + at)}" name="x" '
        f'startPosition="{text.index(words)}" endPosition="{text.index(words) + len(words)}">'
        f'<Coding guid="{_guid(number * 1000 + at)}" creatingUser="{_guid(user)}" '
        f'creationDateTime="2020-01-15T10:00:00Z"><CodeRef targetGUID="{_guid(codes[code])}"/>'
        "</Coding></PlainTextSelection>"
        for at, (words, (code, user)) in enumerate(said.items())
    )
    path = f"internal://{_guid(number + 20)}.txt"
    name = f"interview {number}"
    return (
        f'<TextSource guid="{_guid(number)}" name="{name}" plainTextPath="{path}">'
        f"{selections}</TextSource>"
    )


def _case(number: int, department: str) -> str:
    return (
        f'<Case guid="{_guid(number + 50)}" name="case {number}">'
        f'<VariableValue><VariableRef targetGUID="{_guid(31)}"/><TextValue>{department}</TextValue>'
        f'</VariableValue><VariableValue><VariableRef targetGUID="{_guid(32)}"/>'
        "<DateValue>2020-01-15</DateValue></VariableValue>"
        f'<SourceRef targetGUID="{_guid(number)}"/></Case>'
    )


# --- workshop -------------------------------------------------------------------------------


def _workshops() -> list[Seed]:
    frame = pd.read_csv(io.StringIO(raw_years.WORKSHOP), dtype=str, keep_default_na=False)
    table = workbooks.table_workbook({name: frame[name].tolist() for name in frame})
    blocks = {
        "Styrkor": [("Gott intresse (3)", "interest"), ("Nöjda studenter", "other")],
        "Svagheter": [("Ingen tid •••", "resources")],
        "Möjligheter": [("Fler sökande", "recruitment")],
        "Hot": [],
    }
    sheets = {
        "ABC-1": workbooks.side_by_side(blocks),
        "ÅÄÖ-22": workbooks.one_below_another(blocks),
    }
    dated = _year()[STUDY] + b"[workshop]\ndate = 2020-02-01\n"
    book = {"workshop.xlsx": workbooks.workbook_of(sheets)}
    return [
        _seed("contract xlsx", {"workshop.xlsx": table}, WORKSHOP),
        Seed("workshop blocks", _year(WORKSHOP) | book | {STUDY: dated}, tuple(book)),
    ]


# --- survey ---------------------------------------------------------------------------------


def _responses() -> Sequence[Mapping[str, str]]:
    """Responses in the contract's own headings, without answers that only it passes over."""
    names = ("id", "submitdate", "department", "role", *raw_years.ITEMS)
    rows = (row for row in raw_years.RESPONSES if row["id"] != "8")
    return [{name: row.get(name, "") for name in names} for row in rows]


def _surveys() -> list[Seed]:
    rows, method = _responses(), protocol()
    structure = {"questionnaire.lss": survey_structure(method).encode()}
    styles = (
        limesurvey.Style(),
        limesurvey.Style("emcode", separator=","),
        limesurvey.Style("codetext", "long", personal=True),
        limesurvey.Style("codetext", "long", "en", ","),
    )
    exports = [{"results.csv": limesurvey.csv_export(rows, method, style)} for style in styles]
    data, program = limesurvey.r_pair(rows, method)
    pair = {"survey_1_R_data_file.csv": data, "survey_1_R_syntax_file.R": program}
    return [
        *(_seed("LimeSurvey CSV", export, SURVEY) for export in exports),
        *(_seed("LimeSurvey CSV and .lss", one | structure, SURVEY) for one in exports[2:]),
        _seed("LimeSurvey VV", {"vv.txt": limesurvey.vv_export(rows, method)}, SURVEY),
        _seed("LimeSurvey R pair", pair, SURVEY),
        _seed("LimeSurvey .lsa", {"survey.lsa": limesurvey.archive(rows, method)}, SURVEY),
        _seed("SPSS .sav", {"survey.sav": _sav(rows)}, SURVEY, weight=0.1),
        _seed("contract xlsx", {"survey.xlsx": _table(rows)}, SURVEY),
    ]


def _table(rows: Sequence[Mapping[str, str]]) -> bytes:
    return workbooks.table_workbook({name: [row[name] for row in rows] for name in rows[0]})


def _sav(rows: Sequence[Mapping[str, str]]) -> bytes:
    """The responses as an SPSS file: numbers where LimeSurvey has them, dates as text."""
    codes = {item.item: item.limesurvey_code for item in protocol().items}
    kinds = {item.item: item.type for item in protocol().items}
    names = {name: codes.get(name, name).replace("[", "_").rstrip("]") for name in rows[0]}
    columns = {
        names[name]: [
            float(row[name]) if row[name] and kinds.get(name) == "likert5" else row[name] or None
            for row in rows
        ]
        for name in rows[0]
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.sav"
        pyreadstat.write_sav(pd.DataFrame(columns), path)
        return path.read_bytes()
