"""Workbooks for tests: of plain tables, of a workshop's blocks, and written sign by sign."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
XLSM = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
TEMPLATE = "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"

Sheets = Mapping[str, Sequence[Sequence[Any]]]


def workbook_of(sheets: Sheets, **options: Any) -> bytes:
    """A workbook as Excel writes it; texts as text, numbers as numbers, None blank."""
    buffer = io.BytesIO()
    settings = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(buffer, settings | options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell is not None:
                        sheet.write(row, column, cell)
    return buffer.getvalue()


def table_workbook(columns: Mapping[str, Iterable[Any]], name: str = "Blad1") -> bytes:
    """A table of the contract, by heading, as a workbook of one sheet."""
    rows = zip(*columns.values(), strict=True)
    return workbook_of({name: [list(columns), *rows]})


Note = tuple[str, str]
"""A note as it stands (with its votes), and its theme."""

Quadrants = Mapping[str, Sequence[Note]]
"""The notes of a department by the heading of their block."""


def side_by_side(blocks: Quadrants) -> list[list[str | None]]:
    """Two blocks beside one another, and two below them."""
    headings = list(blocks)
    rows: list[list[str | None]] = []
    for left, right in zip(headings[::2], headings[1::2], strict=True):
        height = max(len(blocks[left]), len(blocks[right]))
        pairs = [[*_note(blocks[left], n), None, *_note(blocks[right], n)] for n in range(height)]
        rows += [[left, None, None, right], *pairs, []]
    return rows


def one_below_another(blocks: Quadrants) -> list[list[str | None]]:
    """The four blocks in one column."""
    rows: list[list[str | None]] = []
    for heading, notes in blocks.items():
        rows += [[heading], *([note, theme] for note, theme in notes), []]
    return rows


def _note(notes: Sequence[Note], number: int) -> list[str | None]:
    return list(notes[number]) if number < len(notes) else [None, None]


def sheet_xml(rows: str, before: str = "", after: str = "", namespace: str = MAIN) -> str:
    """A sheet's XML of what stands in its sheetData, and before and after that."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    body = f"{before}<sheetData>{rows}</sheetData>{after}"
    return f'{head}<worksheet xmlns="{namespace}">{body}</worksheet>'


def text_row(number: int, *cells: str) -> str:
    """A row of cells with texts of their own."""
    inline = (f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{"".join(inline)}</row>'


def raw_workbook(
    sheets: Mapping[str, str],
    *,
    strings: str = "",
    formats: Sequence[str] = (),
    from_1904: bool = False,
    states: Mapping[str, str] | None = None,
    kind: str = XLSX,
    namespace: str = MAIN,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook sign by sign: ``sheets`` are the XML of each, by name.

    ``strings`` is the XML of the shared texts, ``formats`` the number formats of the cells' styles
    (style 0 is the first). ``states`` hide sheets; ``more`` are further entries of the archive.
    """
    states = states or {}
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="s{n}"'
        + (f' state="{states[name]}"/>' if name in states else "/>")
        for n, name in enumerate(sheets, 1)
    )
    system = '<workbookPr date1904="1"/>' if from_1904 else ""
    links = [(f"s{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    links += [("t", "sharedStrings", "sharedStrings.xml"), ("f", "styles", "styles.xml")]
    files: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": _relations([("w", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{namespace}" xmlns:r="{_LINKS}">{system}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(links),
        "xl/sharedStrings.xml": strings or f'<sst xmlns="{namespace}"/>',
        "xl/styles.xml": _styles(formats, namespace),
    }
    files |= {f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), 1)}
    return zipped({**files, **(more or {})})


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """An archive of these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            plain = zipfile.ZIP_STORED if name == "mimetype" else None
            archive.writestr(name, content, plain)
    return buffer.getvalue()


def _relations(links: Iterable[tuple[str, str, str]]) -> str:
    body = "".join(
        f'<Relationship Id="{ident}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for ident, kind, target in links
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{body}</Relationships>'


def _styles(formats: Sequence[str], namespace: str) -> str:
    own = "".join(
        f'<numFmt numFmtId="{164 + n}" formatCode="{code}"/>' for n, code in enumerate(formats)
    )
    cells = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
    return (
        f'<styleSheet xmlns="{namespace}"><numFmts>{own}</numFmts>'
        f"<cellXfs>{cells or '<xf/>'}</cellXfs></styleSheet>"
    )


def as_excel_has_it(csv_text: str) -> bytes:
    """A table in CSV as somebody would have it in Excel: numbers as numbers, days as dates."""
    header, *records = csv.reader(io.StringIO(csv_text))
    rows = [[_typed(cell) for cell in record] for record in records]
    return workbook_of({"Blad1": [header, *rows]}, default_date_format="yyyy-mm-dd hh:mm:ss")


def _typed(cell: str) -> Any:
    try:
        return datetime.fromisoformat(cell) if "-" in cell[4:5] else float(cell)
    except ValueError:
        return cell or None
