"""HTML of a notebook's outputs -> blocks. Text survives; scripts, styles and comments do not.

One path for all: the package's own prose, tables and figures, a researcher's DataFrame or
Styler, and markdown cells turned into HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import TypeAlias
from urllib.parse import quote, urlsplit

from lxml import etree
from lxml import html as lxml_html

from mapping.errors import UsageError
from mapping.publish import images
from mapping.publish.blocks import (
    LINE_BREAK,
    PLAIN,
    Block,
    Code,
    Figure,
    Heading,
    InShort,
    Listing,
    Number,
    Paragraph,
    Quote,
    Run,
    Runs,
    Style,
    Table,
    text_of,
)
from mapping.publish.fonts import escape_controls, visible
from mapping.publish.table_grid import RawCell, arranged

Element: TypeAlias = etree._Element
Item: TypeAlias = Run | Block

_DROPPED = {"script", "style", "template", "head", "title", "iframe", "object", "embed", "svg"}
_DROPPED |= {"audio", "video", "canvas", "noscript", "link", "meta", "base", "button", "hr"}
_CONTAINERS = {"div", "section", "article", "main", "header", "footer", "aside", "nav", "body"}
_CONTAINERS |= {"html", "details", "summary", "form", "fieldset", "address", "center", "dl", "dd"}
_CONTAINERS |= {"figcaption", "caption", "li", "tr", "thead", "tbody", "tfoot"}
_STYLES = {"b": "bold", "strong": "bold", "dt": "bold", "i": "italic", "em": "italic"}
_STYLES |= {"cite": "italic", "var": "italic", "code": "code", "kbd": "code", "samp": "code"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}

_SPACE = re.compile("[ \t\n\r\f]+")
_NUMERIC_REFERENCE = re.compile("&#(?:x0*([0-9a-f]{1,6})|0*([0-9]{1,7}));?", re.IGNORECASE)
_LONGEST_LINK = 2000
_DEEPEST = 60  # elements within elements; further down only the text is kept
_DEEPEST_BLOCK = 6  # lists within lists; further down only their text is kept
_COLSPAN_LIMIT = 1000  # as in the HTML standard

MISSING = "–"
_PANDAS_MISSING = {"NaN", "nan", "NaT", "<NA>"}


def blocks(html: str) -> list[Block]:
    """The blocks of an HTML fragment, in reading order.

    Raises
    ------
    UsageError
        A picture is damaged, or elements are nested too deeply (thousands).

    Examples
    --------
    >>> blocks("<p>28 of <b>44</b></p><script>x()</script>")
    [Paragraph(runs=(Run(text='28 of ', style=Style(bold=False, italic=False, code=False, \
position='', link='', number=None)), Run(text='44', style=Style(bold=True, italic=False, \
code=False, position='', link='', number=None))), note=False, mark=0)]

    """
    source = _NUMERIC_REFERENCE.sub(_control_reference, escape_controls(html))
    if not source.strip():
        return []
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    root = lxml_html.document_fromstring(
        f"<html><body>{source}</body></html>".encode(), parser=parser, ensure_head_body=True
    )
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UsageError("an output's HTML is nested too deeply to be read")
    body = root.find("body")
    _flatten_below(body, _DEEPEST)
    return [_shallow(block, _DEEPEST_BLOCK) for block in _blocks(body, PLAIN)]


def _control_reference(found: re.Match[str]) -> str:
    """A reference to a control character written out; any other reference as it is."""
    code = int(found[1], 16) if found[1] else int(found[2])
    return escape_controls(chr(code)) if code < 0x20 or 0xD800 <= code < 0xE000 else found[0]


def _flatten_below(root: Element, deepest: int) -> None:
    """Keep only the text of what lies deeper than this."""
    level = [root]
    for _ in range(deepest):
        level = [child for element in level for child in element]
    for element in level:
        etree.strip_elements(element, etree.Comment, *_DROPPED, with_tail=False)
        etree.strip_tags(element, "*")


def _shallow(block: Block, levels: int) -> Block:
    """The block, lists and quotes that lie deeper than so many levels as plain paragraphs."""
    match block:
        case Listing() | Quote() if not levels:
            return Paragraph(collapsed(_inline_block(block)))
        case Listing(items=items):
            inner = tuple(tuple(_shallow(b, levels - 1) for b in item) for item in items)
            return replace(block, items=inner)
        case Quote(blocks=quoted):
            return Quote(tuple(_shallow(b, levels - 1) for b in quoted))
        case InShort(blocks=boxed):
            return InShort(tuple(_shallow(b, levels - 1) for b in boxed))
        case _:
            return block


def _blocks(element: Element, style: Style) -> list[Block]:
    """The element's content as blocks; runs between blocks become paragraphs."""
    made: list[Block] = []
    for is_run, items in groupby(_items(element, style), lambda item: isinstance(item, Run)):
        if not is_run:
            made += [item for item in items if not isinstance(item, Run)]
        elif runs := collapsed(item for item in items if isinstance(item, Run)):
            made.append(Paragraph(runs))
    return made


def _items(element: Element, style: Style) -> Iterator[Item]:
    """The element's text as runs and its children as runs or blocks."""
    if element.text:
        yield Run(element.text, style)
    for child in element:
        if isinstance(child.tag, str):
            yield from _of_child(child, style)
        if child.tail:
            yield Run(child.tail, style)


def _of_child(child: Element, style: Style) -> Iterator[Item]:
    tag = child.tag.lower()
    if tag in _DROPPED:
        return
    if tag in _BLOCKS:
        yield from _BLOCKS[tag](child, style)
    elif tag in _CONTAINERS:
        yield from _blocks(child, style)
    elif tag == "br":
        yield Run(LINE_BREAK, style)
    elif tag == "img":
        yield _picture(child)
    else:
        yield from _items(child, _styled(child, tag, style))


def _styled(element: Element, tag: str, style: Style) -> Style:
    if tag == "a":
        return replace(style, link=safe_link(element.get("href", "")))
    if tag == "sub":
        return replace(style, position="sub")
    if tag == "sup":
        return replace(style, position="super")
    if tag == "data" and (told := element.get("data-from")):
        return replace(style, number=Number(element.get("value", ""), told, _key(element)))
    emphasis = _STYLES.get(tag)
    return replace(
        style,
        bold=style.bold or emphasis == "bold",
        italic=style.italic or emphasis == "italic",
        code=style.code or emphasis == "code",
    )


def _key(element: Element) -> str:
    """The key of the text or table that the element stands in."""
    around = (element, *element.iterancestors())
    return next((found for each in around if (found := each.get("data-key"))), "")


def safe_link(address: str) -> str:
    """The address if it is http, https or mailto and complete; else nothing: the text remains.

    >>> safe_link("https://www.su.se/å"), safe_link("javascript:alert(1)")
    ('https://www.su.se/%C3%A5', '')
    """
    address = address.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    complete = parts.netloc if parts.scheme in {"http", "https"} else parts.path
    if parts.scheme not in {"http", "https", "mailto"} or not complete:
        return ""
    quoted = quote(address, safe="%/:?#[]@!$&'()*+,;=-._~", errors="replace")
    return quoted if len(quoted) <= _LONGEST_LINK else ""


def collapsed(runs: Iterable[Run]) -> Runs:
    """Runs as a browser sets them: white space collapsed, neighbours of one style joined.

    No-break spaces stay. What no font can show is written out.
    """
    text = ""  # what the line holds so far: it decides whether a space is still wanted
    made: list[Run] = []
    for run in runs:
        if run.text == LINE_BREAK and made:
            made.append(run)
            text = ""
            continue
        part = _SPACE.sub(" ", run.text)
        part = part.removeprefix(" ") if not text or text.endswith(" ") else part
        if part:
            made.append(Run(part, run.style))
            text += part
    return tuple(_joined(_trimmed(made)))


def _trimmed(runs: list[Run]) -> list[Run]:
    """The runs without space or line ends after the last text, or space before a line end."""
    kept: list[Run] = []
    blank_after = True
    for run in reversed(runs):
        if run.text == LINE_BREAK:
            keep = not blank_after or bool(kept)
            blank_after = True
        else:
            run = replace(run, text=run.text.rstrip(" ")) if blank_after else run  # noqa: PLW2901
            keep = bool(run.text)
            blank_after = blank_after and not keep
        if keep:
            kept.append(run)
    return kept[::-1]


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    for (style, is_break), group in groupby(runs, lambda run: (run.style, run.text == LINE_BREAK)):
        if is_break:
            yield from group
        else:
            yield Run(visible("".join(run.text for run in group)), style)


def _paragraph(element: Element, style: Style) -> list[Block]:
    """A paragraph; pictures and the like within it follow as blocks of their own."""
    classes = _classes(element)
    inner = _blocks(element, replace(style, bold=True) if "figure-title" in classes else style)
    note = "note" in classes
    return [replace(b, note=True) if note and isinstance(b, Paragraph) else b for b in inner]


def _heading(element: Element, style: Style) -> list[Block]:
    del style  # a heading has its own
    runs = _text_runs(element)
    return [Heading(_HEADINGS[element.tag.lower()], runs)] if runs else []


def _section(element: Element, style: Style) -> list[Block]:
    inner = _blocks(element, style)
    return [InShort(tuple(inner))] if inner and "in-short" in _classes(element) else inner


def _list(element: Element, style: Style) -> list[Block]:
    found = [_blocks(item, style) for item in element if isinstance(item.tag, str)]
    items = tuple(tuple(item) for item in found if item)
    start = element.get("start", "")
    first = int(start) if re.fullmatch("[0-9]{1,6}", start) else 1
    return [Listing(items, element.tag.lower() == "ol", first)] if items else []


def _quote(element: Element, style: Style) -> list[Block]:
    inner = _blocks(element, style)
    return [Quote(tuple(inner))] if inner else []


def _code(element: Element, style: Style) -> list[Block]:
    del style
    items = _items(element, PLAIN)
    return code("".join(i.text if isinstance(i, Run) else plain_text(i) for i in items))


def code(text: str) -> list[Block]:
    """Preformatted text without its blank lines before and after."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).rstrip().split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    return [Code(visible("\n".join(line.rstrip() for line in lines)))] if lines else []


def _figure(element: Element, style: Style) -> list[Block]:
    pictures = [_picture(image) for image in element.iter("img")]
    figures = [picture for picture in pictures if isinstance(picture, Figure)]
    if len(figures) < len(pictures) or not figures:
        return _blocks(element, style)
    title = [_text_runs(p) for p in element.iter("p") if "figure-title" in _classes(p)]
    caption = [_text_runs(found) for found in element.iter("figcaption")]
    figures[0] = replace(figures[0], title=title[0] if title else ())
    figures[-1] = replace(figures[-1], caption=caption[0] if caption else ())
    return list(figures)


def _picture(element: Element) -> Figure | Run:
    """The picture, or for one that is not in the notebook itself its text alternative."""
    alt = _SPACE.sub(" ", escape_controls(element.get("alt", ""))).strip()
    image = images.from_uri(element.get("src", ""))
    return Figure(image, alt) if image else Run(alt)


def _table(element: Element, style: Style) -> list[Block]:
    del style
    head: list[list[RawCell]] = []
    body: list[list[RawCell]] = []
    # A DataFrame says so; a Styler gives its table an id that begins with T_.
    pandas = "dataframe" in _classes(element) or element.get("id", "").startswith("T_")
    for section, row in _rows(element):
        (head if section == "thead" else body).append(_cells(row, section, pandas=pandas))
    if not head:
        head, body = _leading_headers(body)
    found = next((_text_runs(part) for part in element if part.tag == "caption"), ())
    made = arranged(head, body, found)
    if made is None:
        return [Paragraph(found)] if found else []
    missing = pandas and any(map(_is_missing, element.iter("td")))
    shares = _shares(element, made.columns)
    return [replace(made, has_missing=missing, shares=shares, small="small" in _classes(element))]


def _shares(table: Element, columns: int) -> tuple[float, ...]:
    """The columns' parts of the width in per cent; none unless each column tells its own."""
    styles = [column.get("style", "") for column in table.findall("./colgroup/col")]
    found = [re.fullmatch(r"\s*width:\s*([1-9][0-9]?)%;?\s*", style) for style in styles]
    told = tuple(float(match[1]) for match in found if match)
    return told if len(told) == len(styles) == columns else ()


def _rows(table: Element) -> Iterator[tuple[str, Element]]:
    """The rows of this table, not of tables within it, each with the name of its section."""
    for row in table.iter("tr"):
        above = [parent.tag for parent in row.iterancestors()]
        if next(row.iterancestors("table")) is table:
            yield ("thead" if "thead" in above[: above.index("table")] else "tbody"), row


def _leading_headers(
    rows: list[list[RawCell]],
) -> tuple[list[list[RawCell]], list[list[RawCell]]]:
    """Rows of headers only that open a table without a head, and the others."""
    count = 0
    while count < len(rows) and rows[count] and all(cell.is_header for cell in rows[count]):
        count += 1
    return rows[:count], rows[count:]


def _cells(row: Element, section: str, *, pandas: bool) -> list[RawCell]:
    return [_cell(cell, section, pandas=pandas) for cell in row if cell.tag in {"td", "th"}]


def _cell(cell: Element, section: str, *, pandas: bool) -> RawCell:
    runs = _text_runs(cell)
    if pandas and cell.tag == "td" and _is_missing(cell):
        runs = (Run(MISSING),)
    return RawCell(
        runs=runs,
        colspan=min(_span(cell.get("colspan")) or 1, _COLSPAN_LIMIT),
        rowspan=_span(cell.get("rowspan")),
        is_header=cell.tag == "th",
        scope="column" if section == "thead" or "col" in cell.get("scope", "") else "row",
        align=_align(cell),
    )


def _is_missing(cell: Element) -> bool:
    return "".join(cell.itertext()).strip() in _PANDAS_MISSING


def _span(value: str | None) -> int:
    """A span; 0 means to the end, as in HTML; what is no number means 1."""
    return int(value) if value and re.fullmatch("[0-9]{1,6}", value.strip()) else 1


def _align(cell: Element) -> str:
    found = re.search(r"text-align:\s*(left|center|right)", cell.get("style", ""))
    return found[1] if found else "right" if "number" in _classes(cell) else ""


def _text_runs(element: Element) -> Runs:
    """All of the element as runs: blocks within it become lines, pictures their alt text."""
    return collapsed(_inline(_items(element, PLAIN)))


def _inline(items: Iterable[Item]) -> Iterator[Run]:
    after_block = False
    for item in items:
        if isinstance(item, Run):
            if after_block and item.text.strip():
                yield Run(LINE_BREAK)
                after_block = False
            yield item
        else:
            yield Run(LINE_BREAK)
            yield from _inline_block(item)
            after_block = True


def _inline_block(block: Block) -> Iterator[Run]:
    match block:
        case Heading(runs=runs) | Paragraph(runs=runs):
            yield from runs
        case Listing(items=items):
            for place, item in enumerate(items):
                yield Run(LINE_BREAK if place else "")
                yield Run("• ")
                yield from _inline_lines(item)
        case Quote(blocks=inner) | InShort(blocks=inner):
            yield from _inline_lines(inner)
        case _:
            yield Run(plain_text(block))


def _inline_lines(blocks: Iterable[Block]) -> Iterator[Run]:
    for place, block in enumerate(blocks):
        yield Run(LINE_BREAK if place else "")
        yield from _inline_block(block)


def plain_text(block: Block) -> str:
    """The block's text on one line."""
    match block:
        case Code(text):
            return text
        case Figure(alt=alt):
            return alt
        case Table(header=header, body=body):
            return " ".join(text_of(cell.runs) for row in (*header, *body) for cell in row)
        case _:
            return text_of(_inline_block(block))


def _classes(element: Element) -> list[str]:
    classes: list[str] = element.get("class", "").split()
    return classes


_BLOCKS: dict[str, Callable[[Element, Style], list[Block]]] = {
    "p": _paragraph,
    "section": _section,
    "ul": _list,
    "ol": _list,
    "blockquote": _quote,
    "pre": _code,
    "figure": _figure,
    "table": _table,
    **dict.fromkeys(_HEADINGS, _heading),
}
