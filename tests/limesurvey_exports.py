"""A survey in the contract's columns, written as LimeSurvey exports it in each of its forms.

What the forms are like was read off LimeSurvey's own writers: a box that is not ticked is blank
as a code and 'No' as a text; a question that was not shown is 'N/A' as a text; R has numbers.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

import pandas as pd

from mapping.instruments.limesurvey import questionnaire_of, survey_structure
from mapping.protocol import Item, Protocol

FIRST = ("id", "submitdate", "lastpage", "startlanguage", "seed")
PERSONAL = ("token", "startdate", "datestamp", "ipaddr", "refurl")
SURVEY = "202001"
HIDDEN = "hemlig-uppgift"
"""What stands in every personal column."""

TEXTS = {
    "en": {
        "id": "Response ID",
        "submitdate": "Date submitted",
        "lastpage": "Last page",
        "startlanguage": "Start language",
        "seed": "Seed",
        "token": "Access code",
        "startdate": "Date started",
        "datestamp": "Date last action",
        "ipaddr": "IP address",
        "refurl": "Referrer URL",
    },
    "sv": {
        "id": "Svars-ID",
        "submitdate": "Datum inskickad",
        "lastpage": "Sista sidan",
        "startlanguage": "Startspråk",
        "seed": "Frö",
        "token": "Behörighetskod",
        "startdate": "Datum påbörjad",
        "datestamp": "Datum senaste åtgärd",
        "ipaddr": "IP-adress",
        "refurl": "Hänvisande URL",
    },
}
WORDS = {
    "en": {"Y": "Yes", "N": "No", "": "N/A"},
    "sv": {"Y": "Ja", "N": "Nej", "": "Ej tillämpbar"},
}


@dataclass(frozen=True)
class Style:
    """What the user chose in LimeSurvey's form for the export of responses.

    ``headings``: code, emcode, codetext, full, abbreviated. ``answers``: short or long. ``yes``
    and ``no``: what Y and N are converted to, blank for nothing.
    """

    headings: str = "code"
    answers: str = "short"
    language: str = "sv"
    separator: str = ";"
    joint: str = ". "
    yes: str = ""
    no: str = ""
    personal: bool = True


Row = Mapping[str, str]
Cells = list[list[str]]


def responses(frame: pd.DataFrame) -> list[dict[str, str]]:
    """The rows as text, with nothing for what is missing."""
    filled = frame.astype(object).where(frame.notna(), "")
    return [{str(k): str(v) for k, v in row.items()} for row in filled.to_dict("records")]


def columns(protocol: Protocol, style: Style) -> list[str]:
    personal = PERSONAL if style.personal else ()
    items = [item.item for item in protocol.items]
    return [*FIRST, *personal, "department", "role", *items]


def code_of(name: str, protocol: Protocol) -> str:
    codes = {item.item: item.limesurvey_code for item in protocol.items}
    return codes.get(name, name)


def csv_export(rows: Iterable[Row], protocol: Protocol, style: Style = Style()) -> bytes:
    """``results-survey<ID>.csv``: BOM, CRLF, every cell quoted, and a blank line at the end."""
    names = columns(protocol, style)
    items = {item.item: item for item in protocol.items}
    texts = _labels(protocol, style.language)
    table: Cells = [[heading(name, protocol, style) for name in names]]
    table += [[_cell(name, row, items, style, texts) for name in names] for row in rows]
    lines = (
        style.separator.join('"' + cell.replace('"', '""') + '"' for cell in cells)
        for cells in table
    )
    return b"\xef\xbb\xbf" + "".join(line + "\r\n" for line in [*lines, ""]).encode()


def heading(name: str, protocol: Protocol, style: Style) -> str:
    """The heading of a column in the style that was chosen."""
    code = code_of(name, protocol)
    if style.headings == "code":
        return code
    if style.headings == "emcode":
        return _underscored(code)
    text = heading_text(name, protocol, style.language)
    if style.headings == "codetext":
        return code + style.joint + text
    return text if style.headings == "full" else f"{text[:13]}.. " if len(text) > 15 else text


def heading_text(name: str, protocol: Protocol, language: str) -> str:
    code = code_of(name, protocol)
    question = questionnaire_of(protocol).question(code)
    if question is None:
        return TEXTS[language][name]
    part = code.partition("[")[2].rstrip("]")
    said = [one.texts[language] for one in question.parts if one.code == part]
    return question.texts[language] + "".join(f" [{text}]" for text in said)


def vv_export(rows: Iterable[Row], protocol: Protocol, version: int = 2) -> bytes:
    """A VV file: row 1 the questions, row 2 the codes (of version 1 the database's names)."""
    style = Style()
    names = columns(protocol, style)
    questions = [heading_text(name, protocol, "sv") for name in names]
    name_of = _underscored if version == 2 else _database(protocol)
    codes = [name_of(code_of(name, protocol)) for name in names]
    lines = ["".join(f"{cell}\t" for cell in cells) for cells in (questions, codes)]
    items = {item.item: item for item in protocol.items}
    for row in rows:
        cells = [_stored(name, row, items) for name in names]
        shown = ["{question_not_shown}" if cell is None else _braced(cell) for cell in cells]
        shown[1] = shown[1] if row.get("submitdate") else "NULL"
        lines.append("\t".join(shown))
    return "".join(line + "\n" for line in lines).encode()


def r_pair(
    rows: Iterable[Row], protocol: Protocol, *, yes: str = "2", no: str = "1", language: str = "sv"
) -> tuple[bytes, bytes]:
    """The data and the program for R; LimeSurvey's versions have 2 and 1, or 1 and 0."""
    style = Style()
    names = columns(protocol, style)
    items = {item.item: item for item in protocol.items}
    table: Cells = [[_underscored(code_of(name, protocol)) for name in names]]
    for row in rows:
        cells = [_stored(name, row, items) for name in names]
        table.append([_number(items.get(n), c, yes, no) for n, c in zip(names, cells, strict=True)])
    quoted = [[cell.replace('"', '""') for cell in cells] for cells in table]
    data = "".join(",".join(f'"{cell}"' for cell in cells) + "\r\n" for cells in [*quoted, []])
    program = _program(names, protocol, _levels(protocol, yes, no, language))
    return b"\xef\xbb\xbf" + data.encode(), program.encode()


def archive(rows: Iterable[Row], protocol: Protocol) -> bytes:
    """A survey archive: the questionnaire, and the responses as a table of the database."""
    style = Style()
    names = columns(protocol, style)
    items = {item.item: item for item in protocol.items}
    fields = [_database(protocol)(code_of(name, protocol)) for name in names]
    listed = "".join(f"<fieldname>{field}</fieldname>" for field in fields)
    body = ""
    for row in rows:
        cells = [_stored(name, row, items) for name in names]
        body += "<row>" + "".join(map(_element, fields, cells)) + "</row>"
    lsr = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<document>'
        "<LimeSurveyDocType>Responses</LimeSurveyDocType><DBVersion>426</DBVersion>"
        f"<responses><fields>{listed}</fields><rows>{body}</rows></responses></document>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as entries:
        entries.writestr(f"survey_{SURVEY}.lss", survey_structure(protocol))
        entries.writestr(f"survey_{SURVEY}_responses.lsr", lsr)
    return packed.getvalue()


def _underscored(code: str) -> str:
    return code.replace("[", "_").rstrip("]")


def _database(protocol: Protocol) -> Callable[[str], str]:
    """The database's name of a question's column, by its code: survey X group X question."""
    questionnaire = questionnaire_of(protocol)

    def name(code: str) -> str:
        question = questionnaire.question(code)
        part = code.partition("[")[2].rstrip("]")
        return f"{SURVEY}X{question.gid}X{question.qid}{part}" if question else code

    return name


def _stored(name: str, row: Row, items: Mapping[str, Item]) -> str | None:
    """What LimeSurvey's database has: None for a question that was not shown."""
    if name in PERSONAL:
        return HIDDEN
    if name in FIRST:
        return row.get(name, "") or (None if name == "submitdate" else "1")
    value = row.get(name, "")
    if name in items:
        codes = {value: code for code, value in items[name].answers}
        value = codes.get(value, value)
    return value if value or row.get("submitdate") else None


def _labels(protocol: Protocol, language: str) -> dict[tuple[str, str], str]:
    questions = questionnaire_of(protocol).questions
    return {(q.code, a.code): a.texts[language] for q in questions for a in q.answers}


def _cell(
    name: str,
    row: Row,
    items: Mapping[str, Item],
    style: Style,
    texts: Mapping[tuple[str, str], str],
) -> str:
    stored = _stored(name, row, items)
    item = items.get(name)
    boxed = item is not None and item.type in ("multiple", "yes_no")
    if item is None:
        return stored or ""
    if style.answers == "long":
        if boxed:
            unticked = stored == "" and item.type == "multiple"
            return WORDS[style.language]["N" if unticked else stored or ""]
        return texts.get((item.limesurvey_code, stored or ""), stored or "")
    if boxed and stored == "Y" and style.yes:
        return style.yes
    if boxed and stored in ("N", "") and style.no:
        return style.no if stored == "N" or item.type == "multiple" else ""
    return stored or ""


def _number(item: Item | None, stored: str | None, yes: str, no: str) -> str:
    if item is None or item.type not in ("multiple", "yes_no"):
        return stored or ""
    if item.type == "multiple" and stored == "":
        return no
    return {"Y": yes, "N": no}.get(stored or "", "")


def _levels(
    protocol: Protocol, yes: str, no: str, language: str
) -> dict[str, list[tuple[str, str]]]:
    words = WORDS[language]
    levels = {}
    for item in protocol.items:
        if item.type in ("multiple", "yes_no"):
            coded = [code if code.isdigit() else f'"{code}"' for code in (yes, no)]
            levels[item.item] = list(zip(coded, (words["Y"], words["N"]), strict=True))
        elif item.answers:
            question = questionnaire_of(protocol).question(item.limesurvey_code)
            answers = question.answers if question else ()
            levels[item.item] = [(f'"{a.code}"', a.texts[language]) for a in answers]
    return levels


def _program(
    names: list[str], protocol: Protocol, levels: Mapping[str, list[tuple[str, str]]]
) -> str:
    lines = [
        f'data <- read.csv("survey_{SURVEY}_R_data_file.csv", quote = "\'\\"", '
        'na.strings=c("", "\\"\\""), stringsAsFactors=FALSE, fileEncoding="UTF-8-BOM")',
        "",
    ]
    for number, name in enumerate(names, start=1):
        text = _slashed(heading_text(name, protocol, "sv"))
        lines += [
            "# LimeSurvey Field type: A",
            f"data[, {number}] <- as.character(data[, {number}])",
        ]
        lines.append(f'attributes(data)$variable.labels[{number}] <- "{text}"')
        if name in levels:
            codes = ",".join(code for code, _ in levels[name])
            texts = ", ".join(f'"{_slashed(label)}"' for _, label in levels[name])
            lines.append(
                f"data[, {number}] <- factor(data[, {number}], levels=c({codes}),labels=c({texts}))"
            )
        lines.append(f'names(data)[{number}] <- "{_underscored(code_of(name, protocol))}"')
    return "\n".join(lines) + "\n"


def _slashed(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")


def _braced(cell: str) -> str:
    text = cell.strip().replace("{", "{lbrace}").replace("\n", "{newline}")
    text = text.replace("\r", "{cr}").replace("\t", "{tab}")
    return "{quote}" + text[1:] if text.startswith('"') else text


def _element(field: str, cell: str | None) -> str:
    tag = f"_{field}" if field[:1].isdigit() else field
    return "" if cell is None else f"<{tag}>{escape(cell)}</{tag}>"
