"""A notebook -> the document to print: what it is called, and its blocks in reading order.

Nothing is run: only what the notebook already holds is read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias

from nbconvert.filters.markdown_mistune import (
    InvalidNotebook,
    IPythonRenderer,
    MarkdownWithMath,
)

from mapping.errors import UsageError
from mapping.publish import images
from mapping.publish.blocks import (
    Block,
    Figure,
    Heading,
    InShort,
    Listing,
    Paragraph,
    Quote,
    Run,
    nested,
    text_of,
)
from mapping.publish.fonts import visible
from mapping.publish.html import blocks as html_blocks
from mapping.publish.html import code
from mapping.publish.numbering import marked, resting_on
from mapping.references import Own

Notebook: TypeAlias = Mapping[str, Any]

NO_DATE = dt.date(2000, 1, 1)
"""The date of a document that has none: a clock's would make two runs differ."""

GUIDE = "guide"
"""The tag of markdown cells for the person in JupyterLab, left out of the document."""

ALT_LINE = 'mapping.figure(fig, alt="…")'
"""What the author of a figure without text alternative is asked to write."""

_CONTENTS_FROM = 3  # headings; fewer need no table of contents
_REPR = re.compile(r"[\[({]*<|[A-Za-z_][\w.]*\(|.*\bat 0x[0-9a-f]+>", re.DOTALL)
_NUMPY_SCALAR = re.compile(r"np\.(?:float|int|uint)\d+\((.*)\)\Z")


@dataclass(frozen=True)
class Labels:
    """The fixed words of a document; English unless the notebook gives others."""

    contents: str = "Contents"
    page: str = "page"
    of: str = "of"
    draft: str = "DRAFT"
    note_missing: str = "– means that there is no value."
    no_rows: str = "No rows"


@dataclass(frozen=True)
class DocumentInfo:
    """What a document is called and what stands at the foot of each page.

    A compact one is set closer, and has no table of contents: a few pages are looked through.
    """

    title: str
    subtitle: str = ""
    lang: str = "en"
    year: str = ""
    edition: str = ""
    short_title: str = ""
    synthetic: str = ""
    date: dt.date = NO_DATE
    compact: bool = False
    labels: Labels = field(default_factory=Labels)


@dataclass(frozen=True)
class Document:
    """A document: its name and words, its "in short", its other blocks."""

    info: DocumentInfo
    in_short: InShort | None
    blocks: tuple[Block, ...]

    @property
    def all(self) -> tuple[Block, ...]:
        """All blocks, in the order in which they are printed."""
        return (*([self.in_short] if self.in_short else []), *self.blocks)

    @property
    def has_contents(self) -> bool:
        """Whether a table of contents helps: from three headings on, unless it is compact."""
        return (
            not self.info.compact
            and sum(isinstance(block, Heading) for block in self.blocks) >= _CONTENTS_FROM
        )


def document(notebook: Notebook, *, name: str = "", draft: bool = False) -> Document:
    """The document of an executed notebook.

    A cell's output that carries ``{"mapping": {"document": {…}}}`` names the document; its own
    HTML is the title for JupyterLab's reader and is not printed once more. What it does not say
    is taken from the same in the notebook's own metadata. Without a title there the first heading
    is it, or else ``name``, or the report's name in the notebook's metadata.

    Parameters
    ----------
    notebook
        In nbformat 4. Markdown cells tagged ``guide``, code and streams are left out.
    name
        The notebook's file name without suffix; what numbers of its own cells rest on bears it.
    draft
        Take figures without text alternative as they are.

    Raises
    ------
    UsageError
        The notebook has code and none of it has been run, a cell ended with an error, a figure has
        no text alternative or is damaged.

    """
    _require_run(notebook["cells"])
    made: list[Block] = []
    for number, cell in enumerate(notebook["cells"], start=1):
        place = _place(number, cell)
        try:
            found = list(_cell_blocks(cell))
        except UsageError as error:
            raise UsageError(f"{place}: {error}") from error
        if not draft:
            _require_alt(found, place)
        made += [resting_on(block, Own(name, number)) for block in found]
    told = notebook.get("metadata", {}).get("mapping", {})
    info = information({**told.get("document", {}), **document_metadata(notebook)})
    if info.title:
        return _named(info, made)
    return _named_by_heading(info, made, name or told.get("report", ""))


def document_metadata(notebook: Notebook) -> Mapping[str, Any]:
    """What the first output that names the document says of it; empty if none does."""
    outputs = (output for cell in notebook["cells"] for output in cell.get("outputs", []))
    return next(filter(None, map(_output_document, outputs)), {})


def information(given: Mapping[str, Any]) -> DocumentInfo:
    """The information in a notebook's metadata; what is missing there keeps its default."""
    names = {f.name for f in fields(DocumentInfo)} - {"date", "compact", "labels"}
    texts = {key: visible(str(given[key])) for key in names if given.get(key) is not None}
    labels = given.get("labels") or {}
    words = {f.name: visible(str(labels[f.name])) for f in fields(Labels) if f.name in labels}
    date = dt.date.fromisoformat(given["date"]) if given.get("date") else NO_DATE
    texts.setdefault("title", "")
    compact = given.get("compact") is True
    return DocumentInfo(**texts, date=date, compact=compact, labels=Labels(**words))


def _place(number: int, cell: Mapping[str, Any]) -> str:
    """The cell as its author finds it: by place, and by the number JupyterLab shows."""
    count = cell.get("execution_count")
    return f"cell {number} [{count}]" if count else f"cell {number}"


def _cell_blocks(cell: Mapping[str, Any]) -> Iterator[Block]:
    if cell["cell_type"] == "markdown":
        if GUIDE not in cell.get("metadata", {}).get("tags", []):
            yield from html_blocks(
                _markdown(_joined(cell.get("source", "")), cell.get("attachments"))
            )
    elif cell["cell_type"] == "code":
        for output in cell.get("outputs", []):
            yield from _output_blocks(output)


def _markdown(source: str, attachments: Mapping[str, Any] | None = None) -> str:
    """Markdown as HTML, by the rules of JupyterLab; a formula stays as it is written."""
    given = dict(attachments or {})
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True, attachments=given)
    try:
        return str(MarkdownWithMath(renderer=renderer).render(source))
    except InvalidNotebook as error:
        raise UsageError(f"a picture of the text is not in the notebook: {error}") from error


def _joined(text: str | Iterable[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _output_blocks(output: Mapping[str, Any]) -> list[Block]:
    kind = output["output_type"]
    if kind == "error":
        raise UsageError(
            f"ended with an error ({output.get('ename', '')}: {output.get('evalue', '')}); "
            "correct it and run the notebook again"
        )
    if kind not in {"display_data", "execute_result"}:
        return []
    if _output_document(output):
        return [b for b in html_blocks(_of_type(output, "text/html")) if isinstance(b, InShort)]
    for mime, read in _READERS.items():
        if mime in output["data"] and (found := read(output, mime)):
            return found
    return []


def _html_output(output: Mapping[str, Any], mime: str) -> list[Block]:
    return html_blocks(_of_type(output, mime))


def _svg_output(output: Mapping[str, Any], mime: str) -> list[Block]:
    return [Figure(images.svg(_of_type(output, mime)), _alt(output, mime))]


def _bitmap_output(output: Mapping[str, Any], mime: str) -> list[Block]:
    image = images.from_uri(f"data:{mime};base64,{_of_type(output, mime)}")
    return [Figure(image, _alt(output, mime))] if image else []


def _markdown_output(output: Mapping[str, Any], mime: str) -> list[Block]:
    return html_blocks(_markdown(_of_type(output, mime)))


def _plain_output(output: Mapping[str, Any], mime: str) -> list[Block]:
    """Text of a result, unless it only says which object it is."""
    text = _of_type(output, mime)
    if number := _NUMPY_SCALAR.match(text):
        text = number[1]
    return [] if _REPR.match(text) or text == "None" else code(text)


_READERS: dict[str, Callable[[Mapping[str, Any], str], list[Block]]] = {
    "text/html": _html_output,
    "image/svg+xml": _svg_output,
    "image/png": _bitmap_output,
    "image/jpeg": _bitmap_output,
    "text/markdown": _markdown_output,
    "text/plain": _plain_output,
}
"""The forms of an output, the one preferred first."""


def _of_type(output: Mapping[str, Any], mime: str) -> str:
    return _joined(output["data"].get(mime, ""))


def _alt(output: Mapping[str, Any], mime: str) -> str:
    """The text alternative in the output's metadata, of the output or of this form of it."""
    metadata = output.get("metadata", {})
    found = metadata.get("alt") or metadata.get(mime, {}).get("alt") or ""
    return " ".join(str(found).split())


def _output_document(output: Mapping[str, Any]) -> Mapping[str, Any]:
    found = output.get("metadata", {}).get("mapping", {}).get("document", {})
    return found if isinstance(found, Mapping) else {}


def _require_run(cells: Iterable[Mapping[str, Any]]) -> None:
    """A notebook that was never run would give a PDF without its results, title and notices."""
    code = [
        cell
        for cell in cells
        if cell["cell_type"] == "code" and _joined(cell.get("source", "")).strip()
    ]
    if code and not any(cell.get("execution_count") or cell.get("outputs") for cell in code):
        raise UsageError("the notebook has not been run: run all its cells, or add --execute")


def _require_alt(blocks: Iterable[Block], place: str) -> None:
    if any(isinstance(block, Figure) and not block.alt for block in nested(blocks)):
        raise UsageError(
            f"{place}: a figure has no text alternative, so a person who does not see it gets "
            f"nothing. End the cell with {ALT_LINE}, saying its message and key values; or make "
            "a draft: jupyter nbconvert --to mapping-pdf --MappingPDFExporter.draft=True"
        )


def _named(info: DocumentInfo, blocks: list[Block]) -> Document:
    """The document under its name, without a heading that only repeats the title."""
    rest = [b for b in blocks if not _repeats(b, info.title)]
    box = next((block for block in rest if isinstance(block, InShort)), None)
    body = [block for block in rest if block is not box]
    first = [InShort(tuple(levelled(box.blocks)))] if box else []
    all_marked = marked([*first, *levelled(body)])
    short = next((block for block in all_marked[:1] if isinstance(block, InShort)), None)
    return Document(info, short, all_marked[len(first) :])


def _repeats(block: Block, title: str) -> bool:
    return isinstance(block, Heading) and block.level == 1 and text_of(block.runs) == title


def _named_by_heading(info: DocumentInfo, blocks: list[Block], name: str) -> Document:
    first = next((block for block in blocks if isinstance(block, Heading)), None)
    title = text_of(first.runs) if first else visible(name.replace("_", " ").strip()) or "Notebook"
    rest = [block for block in blocks if block is not first]
    return _named(replace(info, title=title), rest)


def levelled(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, headings renumbered so that the first is level 1 and none is skipped.

    A heading of the same or a higher rank than one before ends what that one began.
    """
    above: list[int] = []
    for block in blocks:
        if isinstance(block, Heading):
            while above and above[-1] >= block.level:
                above.pop()
            above.append(block.level)
            yield replace(block, level=len(above))
        else:
            yield _without_headings(block)


def _without_headings(block: Block) -> Block:
    """Headings within lists and quotes as bold text: they'd break the order of levels."""
    match block:
        case Listing(items=items):
            return replace(block, items=tuple(tuple(map(_bold, item)) for item in items))
        case Quote(blocks=inner):
            return replace(block, blocks=tuple(map(_bold, inner)))
        case InShort(blocks=inner):
            return Quote(tuple(map(_bold, inner)))
        case _:
            return block


def _bold(block: Block) -> Block:
    if isinstance(block, Heading):
        return Paragraph(tuple(Run(r.text, replace(r.style, bold=True)) for r in block.runs))
    return _without_headings(block)
