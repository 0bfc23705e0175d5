"""A document -> PDF: the data for the fixed template, and the template set by Typst.

The template never evaluates a text as markup, and sees an empty folder with only the
document's data and figures: no file of the machine, no package, no font but the two.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import groupby, takewhile
from math import ceil
from pathlib import Path
from threading import Lock
from typing import Any, Literal, cast

import typst

from mapping.errors import RunError
from mapping.publish import fonts, page_layout
from mapping.publish.accessibility import page_count, with_row_headers
from mapping.publish.blocks import (
    Block,
    Cell,
    Code,
    Figure,
    Heading,
    InShort,
    Listing,
    Paragraph,
    Quote,
    Rows,
    Run,
    Runs,
    Table,
    nested,
    text_of,
)
from mapping.publish.document import Document, DocumentInfo, Labels
from mapping.publish.numbering import plain
from mapping.publish.table_grid import starts

Standard = Literal["ua-1", "a-2a", "a-2b"]

STANDARDS: list[Standard] = ["ua-1", "a-2a"]
"""PDF/UA-1 for screen readers, PDF/A-2a for the archive."""

DRAFT_STANDARDS: list[Standard] = ["a-2b"]

_HEADING_SIZE = 16.0
_TEXT_SIZE = 10.0
_CODE_SIZE = 8.5
_FOOT_SIZE, _FOOT_PITCH, _FOOT_ROOM = 8.0, 10.0, 330.0
_ROOM = 200.0  # points; a wider word may be divided, wherever it stands
_TALLEST = 560.0  # points: a figure with its title and caption fits a page
_LINE_SIZES = {"paragraph": _TEXT_SIZE, "note": 8.5}
_LINE_ROOM = 370.0  # points: what a line of text takes of its 13.4 cm
_SHORT_SECTION = 4  # lines
_SHEET = 2  # pages
_OPEN = {"keep": "points", "leading": 4.0}
_TRIED = (
    {**_OPEN, "keep": "sections"},
    {**_OPEN, "keep": "lists"},
    _OPEN,
    {**_OPEN, "leading": 3.5},
)
"""How a compact document is set until a sheet holds it: what is kept on one page, and how close
its lines are, in points."""
_WHOLE_ROW = 12  # lines; a longer row of a table may go on upon the next page
_SMALL_PICTURE = 227.0  # points, 8 cm: what is smaller is not blown up

Data = dict[str, Any]


@dataclass(frozen=True)
class _Compiler:
    """A Typst that has its fonts open, and the lock it needs: it serves one at a time."""

    typst: typst.Compiler
    lock: Lock
    nothing: tempfile.TemporaryDirectory[str]


def typeset(document: Document, *, draft: bool = False) -> bytes:
    """The document as PDF: the same bytes for the same document, on any machine.

    A draft is marked as such on each page and need not be accessible.

    Raises
    ------
    UsageError
        A table has more columns than a page can hold.
    RunError
        The template could not be set.

    """
    printed = _prepared(document)
    figures = [b for b in nested(printed.all) if isinstance(b, Figure)]
    names = {id(b): f"figure-{n}.{b.image.suffix}" for n, b in enumerate(figures, start=1)}
    with tempfile.TemporaryDirectory(prefix="mapping-pdf-") as folder:
        root = Path(folder)
        for figure in figures:
            (root / names[id(figure)]).write_bytes(figure.image.data)
        data = _document_data(printed, names) | {"draft": draft}
        pdf = _set(root, data, document.info)
    return with_row_headers(pdf, [b for b in nested(printed.all) if isinstance(b, Table)])


def _prepared(document: Document) -> Document:
    """The document with all that the template sets: notes of missing values, breaks in words."""
    labels = document.info.labels
    box = document.in_short
    return replace(
        document,
        in_short=InShort(tuple(_each(map(plain, box.blocks), labels))) if box else None,
        blocks=tuple(_each(map(plain, document.blocks), labels)),
    )


def _each(blocks: Iterable[Block], labels: Labels) -> Iterator[Block]:
    for block in blocks:
        yield _breakable(block, labels)
        if isinstance(block, Table) and block.has_missing:
            yield Paragraph((Run(labels.note_missing),), note=True)


def _breakable(block: Block, labels: Labels) -> Block:  # noqa: PLR0911 - one a kind of block
    match block:
        case Heading(runs=runs):
            return replace(block, runs=_broken(runs, _HEADING_SIZE))
        case Paragraph(runs=runs):
            return replace(block, runs=_broken(runs))
        case Code(text=text):
            return replace(block, text=text_of(_broken((Run(text),), _CODE_SIZE)))
        case Listing(items=items):
            return replace(block, items=tuple(tuple(_each(item, labels)) for item in items))
        case Quote(inner) | InShort(inner):
            return Quote(tuple(_each(inner, labels)))
        case Figure(title=title, caption=caption):
            return replace(block, title=_broken(title), caption=_broken(caption))
        case Table():
            return replace(_with_row(block, labels), caption=_broken(block.caption))


def _broken(runs: Runs, size: float = _TEXT_SIZE) -> Runs:
    return page_layout.breakable(runs, size, _ROOM)


def _with_row(table: Table, labels: Labels) -> Table:
    """A table without rows says so in one."""
    if table.body:
        return table
    return replace(table, body=((Cell((Run(labels.no_rows),), colspan=table.columns),),))


def _document_data(document: Document, names: dict[int, str]) -> Data:
    box = document.in_short
    return _front(document.info) | {
        "contents": document.has_contents,
        "in_short": [_data(block, names) for block in box.blocks] if box else [],
        "sections": list(_sections(document.blocks, names)),
    }


def _front(info: DocumentInfo) -> Data:
    """What stands on the first page and at the foot of each."""
    short = info.short_title or info.title
    foot = [short, "" if info.year in short else info.year, info.edition]
    meta = ["" if info.year in info.title + info.subtitle else info.year, info.edition]
    return {
        "metadata_title": info.title,
        "lang": info.lang,
        "compact": info.compact,
        "labels": asdict(info.labels),
        "title": _line(info.title, _HEADING_SIZE * 1.5),
        "subtitle": _line(info.subtitle, _HEADING_SIZE),
        "meta": _line(_capital(" · ".join(filter(None, meta)))),
        "foot": _line(" · ".join(filter(None, foot))),
        "foot_extra": _foot_extra(" · ".join(foot), f"{info.labels.draft} · {info.synthetic}"),
        "synthetic": _line(info.synthetic),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _foot_extra(*texts: str) -> float:
    """What the foot of a page needs, in points, beyond the two or three lines it has."""
    lines = sum(ceil(fonts.width(text, bold=True) * _FOOT_SIZE / _FOOT_ROOM) for text in texts)
    return max(0.0, (lines - 3) * _FOOT_PITCH)


def _line(text: str, size: float = _TEXT_SIZE) -> str:
    return text_of(_broken((Run(text),), size))


def _sections(blocks: tuple[Block, ...], names: dict[int, str]) -> Iterator[Data]:
    """Blocks in turn on upright pages and on pages turned sideways."""
    made = _with_notes([_data(block, names, nested=False) for block in blocks])
    _stick(made)
    for landscape, group in groupby(zip(_turned(made), made, strict=True), lambda pair: pair[0]):
        yield {"landscape": landscape, "blocks": [data for _, data in group]}


def _with_notes(blocks: list[Data]) -> list[Data]:
    """Notes as parts of the table or figure that they follow, to stay on its page."""
    made: list[Data] = []
    for block in blocks:
        if block["kind"] == "note" and made and made[-1]["kind"] in {"table", "figure"}:
            made[-1]["notes"].append(block)
        else:
            made.append(block)
    return made


def _stick(blocks: list[Data]) -> None:
    """Mark the few lines of a short section to stay with the figure or table that they lead to."""
    for place, block in enumerate(blocks):
        if block["kind"] in {"table", "figure"}:
            before = list(takewhile(lambda b: b["kind"] in _LINE_SIZES, reversed(blocks[:place])))
            if sum(map(_lines, before)) <= _SHORT_SECTION:
                for text in before:
                    text["sticky"] = True


def _lines(block: Data) -> int:
    """About how many lines the paragraph or note takes."""
    text = "".join(run["text"] for run in block["runs"])
    return ceil(fonts.width(text) * _LINE_SIZES[block["kind"]] / _LINE_ROOM)


def _turned(blocks: list[Data]) -> list[bool]:
    """Which blocks stand on a page turned sideways: wide tables and their headings."""
    turned = [block.get("landscape", False) for block in blocks]
    for place in reversed(range(len(blocks) - 1)):
        turned[place] |= turned[place + 1] and blocks[place]["kind"] == "heading"
    return turned


def _data(  # noqa: PLR0911 - one a kind of block
    block: Block, names: dict[int, str], *, nested: bool = True
) -> Data:
    """A block as the template reads it."""
    match block:
        case Heading(level, runs, mark):
            return {"kind": "heading", "level": level, "runs": _runs(runs), "mark": mark}
        case Paragraph(runs, note, mark):
            return {"kind": "note" if note else "paragraph", "runs": _runs(runs), "mark": mark}
        case Listing(items, ordered, start):
            data = [[_data(b, names) for b in item] for item in items]
            return {"kind": "list", "items": data, "ordered": ordered, "start": start}
        case Code(text=text, mark=mark):
            return {"kind": "code", "text": text, "mark": mark}
        case Quote(inner) | InShort(inner):
            return {"kind": "quote", "blocks": [_data(b, names) for b in inner]}
        case Figure():
            return _figure_data(block, names[id(block)])
        case Table():
            return _table_data(block, nested=nested)


def _figure_data(figure: Figure, name: str) -> Data:
    width, height = figure.image.width, figure.image.height
    wide = page_layout.PORTRAIT if width > _SMALL_PICTURE else width
    scale = min(wide / width, _TALLEST / height)
    return {
        "kind": "figure",
        "mark": figure.mark,
        "notes": [],
        "file": f"/{name}",
        "alt": figure.alt,
        "title": _runs(figure.title),
        "caption": _runs(figure.caption),
        "width": round(width * scale, 2),
        "height": round(height * scale, 2),
    }


def _table_data(table: Table, *, nested: bool) -> Data:
    made = page_layout.layout(table, nested=nested)
    set_table = page_layout.with_breaks(table, made)
    return {
        "kind": "table",
        "mark": table.mark,
        "notes": [],
        "landscape": made.landscape,
        "size": made.size,
        "inset": made.inset,
        "widths": made.widths,
        "caption": _runs(table.caption),
        "header": _rows(set_table.header, made),
        "body": _rows(set_table.body, made),
    }


def _rows(rows: Rows, made: page_layout.TableLayout) -> list[list[Data]]:
    whole = _whole(rows, made)
    return [
        [
            _cell(cell, made.indents[column]) | {"whole": kept}
            for cell, column in zip(row, columns, strict=True)
        ]
        for row, columns, kept in zip(rows, starts(rows), whole, strict=True)
    ]


def _whole(rows: Rows, made: page_layout.TableLayout) -> list[bool]:
    """Which rows are short enough to stay on one page, with those that their cells reach into."""
    lines = page_layout.heights(rows, made)
    reach = [max(cell.rowspan for cell in row) for row in rows]
    return [sum(lines[n : n + more]) <= _WHOLE_ROW for n, more in enumerate(reach)]


def _cell(cell: Cell, indent: float) -> Data:
    return {
        "indent": indent,
        "runs": _runs(cell.runs),
        "colspan": cell.colspan,
        "rowspan": cell.rowspan,
        "align": cell.align or "left",
        "header": bool(cell.scope),
    }


def _runs(runs: Runs) -> list[Data]:
    """Each run's text and what of its style is not plain."""
    return [{"text": r.text} | {k: v for k, v in vars(r.style).items() if v} for r in runs]


@cache
def _compiler() -> _Compiler:
    own = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.folder().name]
    )
    nothing = tempfile.TemporaryDirectory(prefix="mapping-nothing-")
    compiler = typst.Compiler(
        root=nothing.name,
        font_paths=own,
        ignore_system_fonts=True,
        package_path=nothing.name,
        package_cache_path=nothing.name,
    )
    return _Compiler(compiler, Lock(), nothing)


def _set(root: Path, data: Data, info: DocumentInfo) -> bytes:
    """The PDF of the data; a compact one as open, and as much kept together, as a sheet allows."""
    pdf = b""
    for tried in _TRIED if info.compact else (_OPEN,):
        told = json.dumps(data | tried, sort_keys=True)
        (root / "data.json").write_text(told, encoding="utf-8")
        pdf = _compiled(root, info.date, DRAFT_STANDARDS if data["draft"] else STANDARDS)
        if page_count(pdf) <= _SHEET:
            break
    return pdf


def _compiled(root: Path, date: dt.date, standards: list[Standard]) -> bytes:
    compiler = _compiler()
    midnight = dt.datetime.combine(date, dt.time(), tzinfo=dt.UTC)
    template = files("mapping.publish").joinpath("template.typ").read_bytes()
    try:
        with compiler.lock:
            pdf = compiler.typst.compile(
                template, format="pdf", root=root, pdf_standards=list(standards), timestamp=midnight
            )
    except typst.TypstError as error:
        raise RunError(f"the PDF could not be set: {error}") from error
    return cast(bytes, pdf)
