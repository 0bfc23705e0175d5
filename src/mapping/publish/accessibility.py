"""What the typesetter leaves out of a PDF's tags, added afterwards: header cells of rows.

Typst marks the headers of columns only. With both marked by their scope, a screen reader says
row and column of each cell.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode

from mapping.errors import RunError
from mapping.publish.blocks import Table

_RETURN = b"\r"
_AMBIGUOUS = b"\r\nendstream"


def with_row_headers(pdf: bytes, tables: Sequence[Table]) -> bytes:
    """The PDF with its row headers tagged so, saved the same way each time.

    Parameters
    ----------
    pdf
        A tagged PDF.
    tables
        The tables in it, in reading order: their cells say which are headers.

    Raises
    ------
    RunError
        The PDF's tags do not have these tables.

    """
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        tagged = list(_elements(opened.Root.StructTreeRoot, "/Table"))
        if len(tagged) != len(tables):
            raise RunError(f"the PDF has {len(tagged)} tagged tables instead of {len(tables)}")
        for element, table in zip(tagged, tables, strict=True):
            _tag_table(element, table)
        return _saved(opened)


def page_count(pdf: bytes) -> int:
    """How many pages the PDF has."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def _saved(opened: pikepdf.Pdf) -> bytes:
    """The PDF's bytes, small if its streams' ends allow it."""
    for item in opened.objects:
        if isinstance(item, pikepdf.Stream) and item.read_raw_bytes().endswith(_RETURN):
            _end_otherwise(item)
    for mode in (ObjectStreamMode.generate, ObjectStreamMode.disable):
        saved = io.BytesIO()
        opened.save(saved, deterministic_id=True, object_stream_mode=mode)
        if _AMBIGUOUS not in saved.getvalue():
            break
    return saved.getvalue()


def _end_otherwise(stream: pikepdf.Stream) -> None:
    """Add a line end to what the stream holds, which changes the last byte of its checksum.

    With the line end that must follow, a last carriage return reads as one line end of two
    bytes, and PDF/A finds the stream's length wrong.
    """
    content = stream.read_bytes() + b"\n"
    stream.write(content)
    if "/Length1" in stream:  # the length of a font's file
        stream.Length1 = len(content)


def _elements(parent: Object, *kinds: str) -> Iterator[Object]:
    """The structure elements of these kinds below the parent, in reading order."""
    for child in _children(parent):
        if child.get("/S") in kinds:
            yield child
        else:
            yield from _elements(child, *kinds)


def _children(parent: Object) -> list[Object]:
    kids = parent.get("/K")
    listed = list(kids) if isinstance(kids, Array) else [kids]
    return [kid for kid in listed if isinstance(kid, Dictionary) and "/S" in kid]


def _tag_table(element: Object, table: Table) -> None:
    rows = list(_elements(element, "/TR"))
    cells = [list(_elements(row, "/TD", "/TH")) for row in rows]
    expected = [*table.header, *table.body]
    if [len(row) for row in cells] != [len(row) for row in expected]:
        raise RunError("a table's tags do not have the table's cells")
    for place, (tagged, row) in enumerate(zip(cells, expected, strict=True)):
        for cell_element, cell in zip(tagged, row, strict=True):
            scope = "column" if place < len(table.header) else cell.scope
            _tag_cell(cell_element, scope)


def _tag_cell(element: Object, scope: str) -> None:
    """A header cell gets its scope; each cell's list of its columns' headers goes.

    A cell that lists some headers hides the others from screen readers; by scope they find all.
    """
    attributes = _table_attributes(element)
    if "/Headers" in attributes:
        del attributes["/Headers"]
    if scope:
        element.S = Name.TH
        attributes.Scope = Name.Row if scope == "row" else Name.Column


def _table_attributes(element: Object) -> Object:
    """The cell's attributes as part of a table, added if there are none."""
    given = element.get("/A", Array([]))
    listed = given if isinstance(given, Array) else Array([given])
    for attributes in listed:
        if attributes.get("/O") == Name.Table:
            return attributes
    own = Dictionary(O=Name.Table)
    element.A = Array([own, *listed])
    added: Object = element.A[0]
    return added
