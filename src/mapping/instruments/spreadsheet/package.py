"""The parts of an .xlsx file: which sheets there are, its texts and number formats.

Only what a table needs is opened: no links, macros, drawings, results of formulas. Any other kind
of workbook is refused with the words of the menu that makes an .xlsx of it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mapping.errors import DataError, Problem
from mapping.instruments.archive import Archive, is_zip, shown_path
from mapping.instruments.sheet import composed
from mapping.instruments.spreadsheet.cells import Style, plain, style_of
from mapping.instruments.xml_input import local, records, tree

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TYPES = "[Content_Types].xml"
_MAIN = "spreadsheetml.sheet.main+xml"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_STRINGS = 5_000_000

SAVE_AS_XLSX = (
    "Open the file in Excel and choose 'Spara som: Excel-arbetsbok (*.xlsx)' "
    "(Save as: Excel Workbook)."
)
WITHOUT_PROTECTION = (
    "Open the file in Excel, choose 'Arkiv: Info: Skydda arbetsbok: Kryptera med lösenord' "
    "(File: Info: Protect Workbook: Encrypt with Password), empty the field, and save."
)
SAVE_ANEW = f"The file is damaged. {SAVE_AS_XLSX}"


@dataclass(frozen=True)
class Part:
    """One sheet of a workbook: its name, where it lies, whether it is shown and has cells."""

    name: str
    path: str
    hidden: bool
    cells: bool


class Strings:
    """The shared texts of a workbook by their number, read as far as they are asked for."""

    def __init__(self, stream: Iterator[str], file: str) -> None:
        self._stream, self._file = stream, file
        self._texts: list[str] = []

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise damaged(self._file, "a text that is not there")
        while number >= len(self._texts):
            text = next(self._stream, None)
            if text is None:
                raise damaged(self._file, "a text that is not there")
            if len(self._texts) >= _STRINGS:
                raise too_large(self._file, f"more than {_STRINGS:,} texts")
            self._texts.append(text)
        return self._texts[number]


@dataclass(frozen=True)
class Package:
    """A workbook that was opened: its sheets are still to be read."""

    file: str
    archive: Archive
    sheets: tuple[Part, ...]
    strings: Strings
    styles: tuple[Style, ...]
    from_1904: bool


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a workbook of any kind; those other than .xlsx are refused later.

    So is every OLE file, which Excel 97 and workbooks with a password are.
    """
    if data.startswith(OLE):
        return True
    if not is_zip(data):
        return False
    if _OPEN_DOCUMENT in data[:200]:
        return True
    try:
        return any(name.lower().startswith("xl/") for name in Archive("", data).names)
    except DataError:
        return b"xl/workbook" in data


def open_package(file: str, data: bytes) -> Package:
    """The workbook in ``data``.

    Raises
    ------
    DataError
        It is no .xlsx workbook, has a password or macros, is damaged, or beyond the limits.

    """
    _refuse_others(file, data)
    archive = Archive(file, data)
    names = {name.lower(): name for name in archive.names}
    main = _main_part(file, archive, names)
    related = _related(file, archive, names, main)
    book = tree(file, archive.chunks(main), main)
    one = next(iter(book.iter("{*}workbookPr")), None)
    from_1904 = one is not None and one.get("date1904", "0") in ("1", "true", "on")
    strings = next((path for kind, path in related.values() if kind == "sharedStrings"), "")
    styles = next((path for kind, path in related.values() if kind == "styles"), "")
    return Package(
        file,
        archive,
        tuple(_sheets(file, book, related)),
        Strings(_strings(file, archive, strings), file),
        tuple(_styles(file, archive, styles)),
        from_1904,
    )


def damaged(file: str, found: str, place: str = "") -> DataError:
    """The error of a workbook that contradicts itself."""
    return DataError([Problem(file, None, place, found, "a sound .xlsx workbook", SAVE_ANEW)])


def too_large(file: str, found: str, place: str = "") -> DataError:
    """The error of a workbook beyond what is read of one."""
    remedy = (
        "Save the sheet on its own: 'Spara som: CSV UTF-8' (Save as: CSV UTF-8), "
        "which is read at any size."
    )
    return DataError([Problem(file, None, place, found, "a smaller workbook", remedy)])


def text_of(element: Any) -> str:
    """The text of a string with all its runs, without the reading aids of East Asian text."""
    if len(element) == 1 and element[0].tag.endswith("}t"):
        return plain(element[0].text or "")
    parts = []
    for child in element:
        name = local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [one.text or "" for one in child if local(one) == "t"]
    return plain("".join(parts))


def _refuse_others(file: str, data: bytes) -> None:
    expected = "an .xlsx workbook"
    found, remedy = "", SAVE_AS_XLSX
    if data.startswith(OLE):
        found = "an old workbook (.xls) or another Office file of that time"
        if "EncryptedPackage".encode("utf-16-le") in data:
            found, remedy = "a workbook with a password", WITHOUT_PROTECTION
    elif _OPEN_DOCUMENT in data[:200]:
        found = "an OpenDocument workbook (.ods)"
    elif not is_zip(data):
        found = "something else"
    if found:
        raise DataError([Problem(file, None, "", found, expected, remedy)])


def _main_part(file: str, archive: Archive, names: dict[str, str]) -> str:
    """The path of the workbook's main part; its content type must be that of a plain workbook."""
    if _TYPES.lower() not in names or "_rels/.rels" not in names:
        raise damaged(file, "another zip archive, or a part of a workbook")
    related = _related(file, archive, names, "")
    main = next((path for kind, path in related.values() if kind == "officeDocument"), "")
    types = tree(file, archive.chunks(names[_TYPES.lower()]), _TYPES)
    kinds = {
        one.get("PartName", "").lstrip("/").lower(): one.get("ContentType", "")
        for one in types
        if local(one) == "Override"
    }
    kind = kinds.get(main.lower(), _MAIN)
    macros = "macroenabled" in kind.lower() or any(n.endswith("vbaproject.bin") for n in names)
    if macros or "template" in kind or "binary" in kind:
        found = "a workbook with macros" if macros else "a template"
        found = "a binary workbook (.xlsb)" if "binary" in kind else found
        raise DataError([Problem(file, None, "", found, "an .xlsx workbook", SAVE_AS_XLSX)])
    if not main or not kind.endswith(_MAIN):
        raise damaged(file, "another kind of Office file")
    return main


def _related(
    file: str, archive: Archive, names: dict[str, str], part: str
) -> dict[str, tuple[str, str]]:
    """The parts that a part names, by id: their kind, and where they lie in the archive."""
    folder, base = posixpath.split(part)
    path = names.get(posixpath.join(folder, "_rels", f"{base}.rels").lower(), "")
    if not path:
        return {}
    found = {}
    for one in tree(file, archive.chunks(path), path):
        target = posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
        if local(one) != "Relationship" or one.get("TargetMode") == "External":
            continue
        kind = one.get("Type", "").rpartition("/")[2]
        found[one.get("Id", "")] = (kind, names.get(target.lower(), ""))
    return found


def _sheets(file: str, book: Any, related: dict[str, tuple[str, str]]) -> Iterator[Part]:
    for sheet in book.iter("{*}sheet"):
        ident = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        kind, path = related.get(ident, ("", ""))
        name = sheet.get("name", "")
        if not path:
            raise damaged(file, "a sheet that is not there", f"sheet {shown_path(name)}")
        hidden = sheet.get("state", "visible") != "visible"
        yield Part(composed(name), path, hidden, kind == "worksheet")


def _strings(file: str, archive: Archive, path: str) -> Iterator[str]:
    if path:
        for element in records(file, archive.chunks(path), ("si",), path):
            yield text_of(element)


def _styles(file: str, archive: Archive, path: str) -> Iterator[Style]:
    """The style of each number of a cell's format."""
    if not path:
        return
    sheet = tree(file, archive.chunks(path), path)
    own = {
        int(one.get("numFmtId")): one.get("formatCode", "")
        for one in sheet.iter("{*}numFmt")
        if re.fullmatch("[0-9]{1,9}", one.get("numFmtId", ""))
    }
    for formats in sheet.iter("{*}cellXfs"):
        for one in formats:
            number = one.get("numFmtId", "0")
            yield style_of(int(number) if re.fullmatch("[0-9]{1,9}", number) else 0, own)
