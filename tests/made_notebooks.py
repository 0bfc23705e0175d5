"""Notebooks for the tests, cell by cell, and what can be read out of the PDFs made of them."""

from __future__ import annotations

import base64
import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import nbformat.v4 as nbf
import pikepdf
import pypdf
from PIL import Image

DOCUMENT = {
    "title": "Styrkor och svagheter",
    "subtitle": "Kartläggning av alumnrelationer",
    "lang": "sv",
    "year": 2020,
    "edition": "internt: ej för publicering",
    "short_title": "SWOT 2020",
    "synthetic": "Syntetiska exempeldata",
    "date": "2020-03-31",
    "labels": {"contents": "Innehåll", "page": "sida", "of": "av", "draft": "UTKAST"},
}
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="160mm" height="40mm" viewBox="0 0 160 40">'
    '<rect width="160" height="40" fill="#0b3c6b"/></svg>'
)


def png(width: int = 2, height: int = 1) -> bytes:
    """A white PNG."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(file, format="png")
    return file.getvalue()


PNG = png()


def notebook(*cells: Any) -> Any:
    return nbf.new_notebook(cells=list(cells))


def html(text: str, **mapping: object) -> Any:
    """A code cell with one HTML output, with metadata under ``mapping``."""
    metadata = {"mapping": mapping} if mapping else {}
    return code(nbf.new_output("display_data", {"text/html": text}, metadata=metadata))


def code(*outputs: Any) -> Any:
    return nbf.new_code_cell("…", outputs=list(outputs), execution_count=3)


def markdown(text: str, *tags: str) -> Any:
    return nbf.new_markdown_cell(text, metadata={"tags": list(tags)})


def figure(alt: str = "En blå yta.", svg: str = SQUARE, title: str = "", caption: str = "") -> str:
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<figure><p class="figure-title">{title}</p>'
        f'<img src="data:image/svg+xml;base64,{data}" alt="{alt}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def report() -> Any:
    """A report as the package's notebooks make them, every kind of block in it."""
    rows = "".join(
        f'<tr><th scope="row">D-{n:02}</th><td>● god</td><td class="number">{n}</td></tr>'
        for n in range(90)
    )
    return notebook(
        markdown("# Only for JupyterLab", "guide"),
        html("<h1>Styrkor och svagheter</h1><p>once</p>", document=DOCUMENT),
        html(
            '<section class="in-short"><h2>I korthet</h2>'
            "<ul><li>44 av 50 deltog.</li></ul></section>"
        ),
        html("<h2>Behov</h2><p>Rekrytering är <b>vanligast</b>.</p><h3>Per grupp</h3><p>Text.</p>"),
        html(figure(title="Rekrytering är vanligast", caption="n = 44 av 50 institutioner.")),
        html(
            "<h2>Institutioner</h2><table><caption>Nivå per institution</caption><thead><tr>"
            '<th scope="col">Institution</th><th scope="col">Grupp</th><th scope="col">Nivå</th>'
            f"</tr></thead><tbody>{rows}</tbody></table><p class='note'>Not.</p>"
        ),
        html("<h2>Metod</h2><pre>mapping run 2020\n    --lang sv</pre>"),
    )


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    """All text on one line, white space aside: what a search finds however lines are broken."""
    return squeezed("".join(pages(pdf)))


def squeezed(given: str) -> str:
    return unicodedata.normalize("NFKC", re.sub(r"\s", "", given))


def structure(pdf: bytes) -> list[dict[str, Any]]:
    """The structure elements in reading order: tag, alt, attributes of a table cell, depth."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return list(_walk(opened.Root.StructTreeRoot, 0))


def _walk(parent: Any, depth: int) -> Iterator[dict[str, Any]]:
    kids = parent.get("/K")
    for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield _element(kid, depth)
            yield from _walk(kid, depth + 1)


def _element(kid: Any, depth: int) -> dict[str, Any]:
    given = kid.get("/A", pikepdf.Array([]))
    listed = list(given) if isinstance(given, pikepdf.Array) else [given]
    table = next((a for a in listed if a.get("/O") == "/Table"), {})
    return {
        "tag": str(kid.S)[1:],
        "alt": str(kid.get("/Alt", "")),
        "depth": depth,
        "scope": str(table.get("/Scope", ""))[1:],
        "headers": "/Headers" in table,
        "colspan": int(table.get("/ColSpan", 1)),
        "rowspan": int(table.get("/RowSpan", 1)),
    }
