"""What two versions of a result file differ in: the first row, sentence, number or sheet."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from itertools import zip_longest
from pathlib import Path

import lxml.etree

from mapping.pipeline import table_changes
from mapping.pipeline.sentences import Sentence, report_name, sentences

UNREADABLE = "it can no longer be read"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_LONGEST = 160


def first_difference(before: Path, now: Path) -> str:
    """In words, what is the first thing that differs between two versions of a file."""
    tell = _TELLERS.get(before.suffix, _lines)
    return tell(before, now)


def _table(before: Path, now: Path) -> str:
    then, made = table_changes.read(before), table_changes.read(now)
    if then is None or made is None:
        return UNREADABLE
    return table_changes.changes(before.stem, then, made).told


def _notebook(before: Path, now: Path) -> str:
    differing = _first(sentences(before), sentences(now))
    return differing or "a figure, a cell or what stands behind it; every sentence is the same"


def _first(then: Iterable[Sentence], made: Iterable[Sentence]) -> str:
    for old, new in zip_longest(then, made):
        if old is None or new is None or old.text != new.text:
            return f"“{_short(old)}”, now “{_short(new)}”"
    return ""


def _short(sentence: Sentence | None) -> str:
    text = sentence.text if sentence else ""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _pdf(before: Path, now: Path) -> str:
    """A PDF is told by the notebook that it is made from, which lies in the same results."""
    old, new = executed(before), executed(now)
    if old is None or new is None or not old.is_file() or not new.is_file():
        return "its pages"
    if old.read_bytes() == new.read_bytes():
        return "the notebook that it is made from is the same"
    return _notebook(old, new)


def executed(printed: Path) -> Path | None:
    """The executed notebook of a PDF, from the same results; None if there is none."""
    if printed.parent.name == "departments":
        folder = printed.parent.parent / "notebooks" / printed.parent.name
        return folder / f"{printed.stem}.ipynb"
    told = re.fullmatch(r"(.+)-[0-9]{4}-([a-z]{2})", printed.stem)
    paths = sorted((printed.parent / "notebooks").glob(f"*-{told[2]}.ipynb")) if told else []
    return next((path for path in paths if told and report_name(path) == told[1]), None)


def _json(before: Path, now: Path) -> str:
    try:
        then, made = (_flat(json.loads(path.read_bytes())) for path in (before, now))
    except ValueError:
        return UNREADABLE
    names = [name for name in sorted(then.keys() | made.keys()) if then.get(name) != made.get(name)]
    if not names:
        return "the same values, written otherwise"
    more = f"; {len(names)} in all" if len(names) > 1 else ""
    first = names[0]
    return f"{first}: {then.get(first, 'none')}, now {made.get(first, 'none')}{more}"


def _flat(value: object, name: str = "") -> dict[str, object]:
    if isinstance(value, dict):
        parts = ((f"{name}.{key}" if name else str(key), part) for key, part in value.items())
    elif isinstance(value, list):
        parts = ((f"{name}.{number}", part) for number, part in enumerate(value))
    else:
        return {name: value}
    return {key: leaf for inner, part in parts for key, leaf in _flat(part, inner).items()}


def _workbook(before: Path, now: Path) -> str:
    try:
        then, made = _sheets(before), _sheets(now)
    except (zipfile.BadZipFile, lxml.etree.XMLSyntaxError, LookupError):
        return UNREADABLE
    names = [name for name in {**then, **made} if then.get(name) != made.get(name)]
    return f"sheet {names[0]}" if names else "its formats or properties"


def _sheets(workbook: Path) -> dict[str, bytes]:
    """The sheets by name; the strings of all of them stand together, and count as one."""
    with zipfile.ZipFile(io.BytesIO(workbook.read_bytes())) as packed:
        listed = lxml.etree.fromstring(packed.read("xl/workbook.xml"))
        names = [sheet.get("name") or "" for sheet in listed.iter(_SHEET)]
        parts = {
            name: packed.read(f"xl/worksheets/sheet{number}.xml")
            for number, name in enumerate(names, start=1)
        }
        shared = "xl/sharedStrings.xml"
        words = packed.read(shared) if shared in packed.namelist() else b""
        return {**parts, "of words": words}


def _lines(before: Path, now: Path) -> str:
    """Of any other text only the line, for it may hold what is not to be shown."""
    then, made = (path.read_bytes().splitlines() for path in (before, now))
    for number, (old, new) in enumerate(zip_longest(then, made), start=1):
        if old != new:
            return f"line {number}"
    return "its line ends"


_TELLERS: dict[str, Callable[[Path, Path], str]] = {
    ".parquet": _table,
    ".ipynb": _notebook,
    ".pdf": _pdf,
    ".json": _json,
    ".xlsx": _workbook,
}
