"""The PDFs themselves: machine checks, tags, what can be found in them, the same bytes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import nbformat.v4 as nbf
import page
import pandas as pd
import pikepdf
import pymupdf
import pypdf
import pytest
from made_notebooks import (
    DOCUMENT,
    PNG,
    SQUARE,
    code,
    figure,
    html,
    markdown,
    notebook,
    pages,
    report,
    squeezed,
    structure,
    text,
)
from nbconvert.exporters import get_export_names, get_exporter
from traitlets.config import Config

from mapping.errors import RunError, UsageError
from mapping.publish import MappingPDFExporter, accessibility, pdf, typesetting
from mapping.publish.blocks import Cell, Table
from mapping.publish.document import DocumentInfo
from mapping.publish.exporter import numbers

mpl.use("agg")

HOSTILE = [
    "<script>alert(1)</script><b>b</b>",
    '#panic("x") $x^2$ *b* _i_ <label> @ref // c /* d */ `raw`',
    r"\input{/etc/passwd} \u{41}",
    "{{7*7}} {% raw %}",
    "=1+1",
    "a\x07b\x1b[31m",
    "🧠 👨‍👩‍👧 😀",
    "שלום",
    "مرحبا",
    "W" * 300,
    "a]b[c#d{e}f\"g'h~i--j",
]
VISIBLE = ["a[U+0007]b[U+001B][31m", "[U+1F9E0]", "[U+1F468][U+1F469][U+1F467]", "😀"]
EDGE = 70.8  # 2.5 cm in points, less rounding


def passes(made: bytes) -> None:
    for profile in ("ua1", "2a"):
        found = page.validate_pdf_bytes(made, profile=profile)
        assert found.is_compliant, [(f.rule_id, f.message) for f in found.failures]


def within_margins(made: bytes) -> None:
    for sheet in pymupdf.open(stream=made):
        for left, top, right, bottom, word, *_ in sheet.get_text("words"):
            assert left >= EDGE - 1, word
            in_margin = re.fullmatch("#[0-9]+", word) and left > sheet.rect.width - EDGE
            assert right <= sheet.rect.width - (30 if in_margin else EDGE) + 1, word
            assert top >= 0, word
            assert bottom <= sheet.rect.height, word


@pytest.fixture(scope="module")
def made() -> bytes:
    return pdf(report())


def test_a_report_passes_the_machine_checks(made: bytes) -> None:
    passes(made)
    within_margins(made)


def test_title_language_outline_and_dates(made: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert reader.metadata is not None
    assert dict(reader.metadata) == {
        "/Title": "Styrkor och svagheter",
        "/Creator": reader.metadata["/Creator"],
        "/CreationDate": "D:20200331000000Z",
        "/ModDate": "D:20200331000000Z",
    }
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert str(opened.Root.Lang) == "sv"
        with opened.open_metadata() as metadata:
            assert metadata.get("dc:title") == "Styrkor och svagheter"
            assert "dc:creator" not in metadata
    first = [item for item in reader.outline if not isinstance(item, list)]
    titles = [str(item["/Title"]) for item in first]
    assert titles == ["I korthet", "Behov", "Institutioner", "Metod"]


def test_the_first_page_says_what_it_is_in_short_and_what_follows(made: bytes) -> None:
    first = squeezed(pages(made)[0])
    order = [
        "Styrkor och svagheter",
        "Kartläggning av alumnrelationer",
        "2020 · internt: ej för publicering",
        "Syntetiska exempeldata",
        "I korthet",
        "44 av 50 deltog.",
        "Innehåll",
        "Behov",
        "Per grupp",
        "Metod",
    ]
    places = [first.index(squeezed(words)) for words in order]
    assert places == sorted(places)
    assert "vanligast" not in first  # the body starts on the next page


def test_each_page_says_its_number_edition_section_and_notice(made: bytes) -> None:
    found = pages(made)
    sections = ["", "Behov", "Institutioner", "Institutioner", "Metod"]
    assert len(found) >= 4
    for number, words in enumerate(found, start=1):
        line = squeezed(words)
        assert squeezed(f"sida {number} av {len(found)}") in line
        assert squeezed("SWOT 2020 · internt: ej för publicering") in line
        assert squeezed("Syntetiska exempeldata") in line
        if number > 1:
            assert any(section in words for section in sections[1:])


def test_entries_of_the_contents_lead_there(made: bytes) -> None:
    sheets = pymupdf.open(stream=made)
    links = sheets[0].get_links()
    places = {sheets[link["page"]].get_text(clip=_line_at(link["to"])).strip() for link in links}
    assert places == {"Behov", "Per grupp", "Institutioner", "Metod"}


def _line_at(point: Any) -> tuple[float, float, float, float]:
    return (point.x - 2, point.y - 2, point.x + 400, point.y + 20)


def test_headings_are_tagged_in_order_without_a_gap(made: bytes) -> None:
    tags = [e["tag"] for e in structure(made) if e["tag"][0] == "H" and e["tag"][1:].isdigit()]
    assert tags == ["H1", "H1", "H1", "H2", "H1", "H1"]


def test_the_alternative_of_each_figure(made: bytes) -> None:
    assert [e["alt"] for e in structure(made) if e["tag"] == "Figure"] == ["En blå yta."]


def test_header_cells_of_rows_and_columns_are_tagged_with_their_scope(made: bytes) -> None:
    cells = [e for e in structure(made) if e["tag"] in {"TH", "TD"}]
    assert [(e["tag"], e["scope"]) for e in cells[:3]] == [("TH", "Column")] * 3
    body = cells[3:]
    assert len(body) == 90 * 3
    for first, second, third in zip(body[::3], body[1::3], body[2::3], strict=True):
        assert (first["tag"], first["scope"]) == ("TH", "Row")
        assert [second["tag"], third["tag"]] == ["TD", "TD"]
        assert second["scope"] == third["scope"] == ""
    assert not any(e["headers"] for e in cells)


def test_the_header_of_a_table_is_repeated_on_each_of_its_pages(made: bytes) -> None:
    with_rows = [words for words in pages(made) if "D-0" in words or "D-8" in words]
    assert len(with_rows) >= 2
    for words in with_rows:
        assert squeezed("Institution Grupp Nivå") in squeezed(words)


def test_the_caption_of_a_table_is_its_caption(made: bytes) -> None:
    found = structure(made)
    at = next(n for n, e in enumerate(found) if e["tag"] == "Table")
    assert "Caption" in [e["tag"] for e in found[at : at + 3]]


@pytest.mark.parametrize("lines", range(20, 44, 3))
def test_a_short_table_stays_with_its_caption_and_note(lines: int) -> None:
    rows = "".join(f"<tr><th scope=row>row{n}</th><td>1</td></tr>" for n in range(8))
    head = "<thead><tr><th>a</th><th>b</th></tr></thead>"
    made = pdf(
        notebook(
            html("<h1>T</h1>" + "<p>x</p>" * lines),
            html(f"<table><caption>Caption</caption>{head}{rows}</table><p class=note>Note</p>"),
        )
    )
    (words,) = [words for words in pages(made) if "Caption" in words]
    assert all(word in words for word in ["row0", "row7", "Note"])


TABLE = "<table><caption>Caption</caption>{}</table>".format(
    "".join(f"<tr><th scope=row>row{n}</th><td>1</td></tr>" for n in range(8))
)


@pytest.mark.parametrize("lines", range(16, 34, 3))
def test_a_short_text_stays_with_the_table_that_it_leads_to(lines: int) -> None:
    made = pdf(
        notebook(
            html("<h1>T</h1>" + "<p>x</p>" * lines),
            html("<h2>Title</h2><p>Message</p><p>Second</p><p class=note>Remark</p>"),
            html(TABLE),
        )
    )
    (words,) = [words for words in pages(made) if "Caption" in words]
    assert all(word in words for word in ["Title", "Message", "Second", "Remark", "row7"])


def test_a_long_text_does_not_follow_its_table() -> None:
    paragraphs = "<h2>Title</h2><p>Message</p>" + "<p>y</p>" * 6
    made = pdf(notebook(html("<h1>T</h1>" + "<p>x</p>" * 22), html(paragraphs), html(TABLE)))
    first, second = pages(made)
    assert "Message" in first
    assert "Caption" in second


def test_the_header_names_the_section_at_the_top_of_the_page() -> None:
    """Beta begins below the middle of the second page and goes on at the top of the third."""
    text_of_pages = "<h1>Title</h1><h2>Alfa</h2>" + "<p>x</p>" * 20
    text_of_pages += "<h2>Beta</h2>" + "<p>y</p>" * 25 + "<h2>Gamma</h2>" + "<p>z</p>" * 60
    found = pages(pdf(notebook(html(text_of_pages))))
    tops = [words.split()[0] for words in found]
    assert tops[1:3] == ["Alfa", "Beta"]
    assert set(tops[3:]) == {"Gamma"}
    at_the_top = pages(
        pdf(notebook(html("<h1>T</h1><h2>A</h2><h2>B</h2><h2>C</h2>" + "<p>x</p>" * 60)))
    )
    assert at_the_top[1].split()[0] == "A"  # begins at the top of the page after the contents


def test_the_line_under_the_title_begins_with_a_capital() -> None:
    assert typesetting._front(DocumentInfo("T 2020", year="2020", edition="internal"))["meta"] == (
        "Internal"
    )
    assert typesetting._front(DocumentInfo("T", year="2020", edition="internal"))["meta"] == (
        "2020 · internal"
    )


def test_lines_of_text_are_under_80_characters() -> None:
    words = "Rekrytering är det vanligaste behovet vid institutionerna i alla tre grupper. " * 20
    (sheet,) = pymupdf.open(stream=pdf(notebook(markdown(f"# T\n{words}"))))
    lines = [line for line in sheet.get_text().splitlines() if "behovet" in line]
    assert max(map(len, lines)) < 80
    assert max(map(len, lines)) > 60


@pytest.mark.parametrize("cells_a_row", [1, 2, 4, 8])
def test_hostile_cells_are_found_as_they_are_within_the_page(cells_a_row: int) -> None:
    rows = [
        [HOSTILE[(r + c) % len(HOSTILE)] for c in range(cells_a_row)] for r in range(len(HOSTILE))
    ]
    made = pdf(notebook(markdown("# T"), html(pd.DataFrame(rows).to_html())))
    passes(made)
    within_margins(made)
    found = text(made)
    for words in [*HOSTILE[:5], *VISIBLE, HOSTILE[10]]:
        assert squeezed(words) in found
    sheet_words = [
        word[4] for sheet in pymupdf.open(stream=made) for word in sheet.get_text("words")
    ]
    assert sum(set(word) == {"W"} and len(word) for word in sheet_words) == 300 * cells_a_row


@pytest.mark.parametrize("tag", ["p", "h2", "li", "blockquote", "pre", "figcaption", "caption"])
def test_hostile_text_is_found_as_it_is_wherever_it_stands(tag: str) -> None:
    around = {
        "li": "<ul>{}</ul>",
        "figcaption": figure().replace("<figcaption></figcaption>", "{}"),
        "caption": "<table>{}<tr><td>x</td></tr></table>",
    }.get(tag, "{}")
    outputs = [around.format(f"<{tag}>{escape(words)}</{tag}>") for words in HOSTILE]
    made = pdf(notebook(markdown("# T"), *map(html, outputs)))
    passes(made)
    within_margins(made)
    found = text(made)
    for words in [*HOSTILE[:5], *VISIBLE, HOSTILE[9], HOSTILE[10]]:
        assert squeezed(words) in found


def test_hostile_names_of_the_document() -> None:
    for words in HOSTILE:
        named = dict.fromkeys(["title", "subtitle", "edition", "short_title", "synthetic"], words)
        made = pdf(notebook(html("", document={**DOCUMENT, **named})))
        passes(made)
        within_margins(made)


@pytest.mark.parametrize("tag", ["p", "h2", "code", "pre", "td"])
def test_words_of_thousands_of_letters(tag: str) -> None:
    around = "<table><tr>{}</table>" if tag == "td" else "{}"
    word = "abcdefghij" * 300
    last = "<p>p</p>" * 40
    made = pdf(notebook(markdown("# T"), html(around.format(f"<{tag}>{word}</{tag}>") + last)))
    assert len(pages(made)) > 1
    assert word in squeezed("".join(_bodies(made)))
    within_margins(made)


def _bodies(made: bytes) -> list[str]:
    """The text of each page without what stands at its head and foot."""
    sheets = pymupdf.open(stream=made)
    return [sheet.get_text(clip=(0, 75, 900, sheet.rect.height - 70)) for sheet in sheets]


def test_streams_that_end_in_a_carriage_return_are_saved_otherwise() -> None:
    # One in 256 compressed streams does; PDF/A's check then takes it for part of the line end.
    ends = set()
    for n in range(120):
        made = pdf(notebook(markdown(f"# T\n\n{'x' * n}")))
        ends.add(b"\r\nendstream" in made)
        if n % 20 == 0:
            passes(made)
    assert ends == {False}


def test_right_to_left_text_is_there() -> None:
    made = pdf(notebook(markdown("# T\n\nשלום\n\nمرحبا\n")))
    found = text(made)
    assert "שלום" in found or "םולש" in found
    assert any(sign in found for sign in "مرحبا")


def test_words_stay_within_the_columns_of_their_table() -> None:
    cells = "".join(f"<td>{letter * 300}</td>" for letter in "WXYZ")
    made = pdf(
        notebook(html(f"<table><thead><tr>{'<th>h</th>' * 4}</tr></thead><tr>{cells}</tr></table>"))
    )
    words = [word for sheet in pymupdf.open(stream=made) for word in sheet.get_text("words")]
    spans = []
    for letter in "WXYZ":
        own = [word for word in words if set(word[4]) == {letter}]
        assert sum(len(word[4]) for word in own) == 300
        spans.append((min(word[0] for word in own), max(word[2] for word in own)))
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_the_same_bytes_twice_and_after_another_document(made: bytes) -> None:
    pdf(
        notebook(
            markdown("# Another"), html(figure(alt="b", svg=SQUARE.replace("0b3c6b", "ffffff")))
        )
    )
    assert pdf(report()) == made


SCRIPT = """
import hashlib, sys, nbformat
from mapping.publish import pdf
print(hashlib.sha256(pdf(nbformat.read(sys.argv[1], 4))).hexdigest())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zone", "locale"), [("Asia/Kathmandu", "C"), ("America/Lima", "sv_SE.UTF-8")]
)
def test_the_same_bytes_in_any_folder_time_zone_and_locale(
    made: bytes, tmp_path: Path, zone: str, locale: str
) -> None:
    nbformat.write(report(), tmp_path / "n.ipynb")
    (tmp_path / "data.json").write_text("not ours")
    settings = {
        "TZ": zone,
        "LC_ALL": locale,
        "LANG": locale,
        "PYTHONHASHSEED": "7",
        "TMPDIR": str(tmp_path),
    }
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, "n.ipynb"],
        cwd=tmp_path,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == hashlib.sha256(made).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.json", "n.ipynb"]


def test_several_threads_at_once(made: bytes) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(pdf, [report()] * 8)) == {made}


def test_a_figure_without_alt_is_refused_and_a_draft_is_marked() -> None:
    given = notebook(markdown("# T\n## A"), *(html(figure(alt="")) for _ in range(8)))
    with pytest.raises(UsageError, match=r"cell 2 \[3\]"):
        pdf(given)
    draft = pages(pdf(given, draft=True))
    assert len(draft) > 1
    assert all("DRAFT" in words for words in draft)
    assert not any("DRAFT" in words for words in pages(pdf(report())))


def test_links_to_the_web_stay_and_others_are_text() -> None:
    made = pdf(
        notebook(
            markdown("# T"),
            html(
                "<p><a href='https://su.se/a?b=1&amp;c=å'>web</a> "
                "<a href='mailto:a@su.se'>mail</a> "
                "<a href='javascript:alert(1)'>script</a> <a href='file:///etc/passwd'>file</a></p>"
            ),
        )
    )
    (sheet,) = pymupdf.open(stream=made)
    assert [link["uri"] for link in sheet.get_links()] == [
        "https://su.se/a?b=1&c=%C3%A5",
        "mailto:a@su.se",
    ]
    assert "script file" in sheet.get_text()
    assert b"javascript" not in made
    passes(made)


def test_pictures_of_all_kinds() -> None:
    hostile = SQUARE.replace(
        "<rect",
        '<script>alert(1)</script><image href="/etc/hostname" width="9" height="9"/>'
        '<text y="20" font-family="Arial">å\U0001f9e0</text><rect',
    )
    png = nbf.new_output(
        "display_data", {"image/png": base64.b64encode(PNG).decode()}, metadata={"alt": "dot"}
    )
    made = pdf(notebook(markdown("# T"), html(figure(alt="svg", svg=hostile)), code(png)))
    passes(made)
    assert [e["alt"] for e in structure(made) if e["tag"] == "Figure"] == ["svg", "dot"]


def test_a_figure_of_matplotlib_is_16_cm_wide() -> None:
    fig, ax = plt.subplots(figsize=(6.3, 3))
    ax.plot([1, 2])
    file = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "x"}):
        fig.savefig(file, format="svg", metadata={"Date": None})
    plt.close(fig)
    made = pdf(notebook(markdown("# T"), html(figure(svg=file.getvalue().decode()))))
    passes(made)
    (box,) = _figure_boxes(made)
    assert float(box[2]) - float(box[0]) == pytest.approx(16 / 2.54 * 72, abs=0.5)


def test_a_tall_figure_keeps_to_its_page_and_a_small_one_is_not_blown_up() -> None:
    tall = SQUARE.replace(
        'height="40mm" viewBox="0 0 160 40"', 'height="900mm" viewBox="0 0 160 900"'
    )
    small = SQUARE.replace('width="160mm" height="40mm"', 'width="40mm" height="10mm"')
    made = pdf(notebook(markdown("# T"), html(figure(svg=tall)), html(figure(svg=small))))
    high, wide = _figure_boxes(made)
    assert float(high[3]) - float(high[1]) <= 560.5
    assert float(wide[2]) - float(wide[0]) == pytest.approx(40 / 25.4 * 72, abs=0.5)


def _figure_boxes(made: bytes) -> list[Any]:
    with pikepdf.open(io.BytesIO(made)) as opened:
        found = accessibility._elements(opened.Root.StructTreeRoot, "/Figure")
        return [[float(side) for side in element.A[0].BBox] for element in found]


def test_spans_are_tagged() -> None:
    made = pdf(
        notebook(
            html(
                "<table><thead><tr><th rowspan=2>a<th colspan=2>b</tr><tr><th>c<th>d</tr></thead>"
                "<tr><th scope=row rowspan=2>r<td>1<td>2</tr><tr><td colspan=2>3</tr></table>"
            )
        )
    )
    passes(made)
    cells = [e for e in structure(made) if e["tag"] in {"TH", "TD"}]
    assert [(e["tag"], e["scope"], e["rowspan"], e["colspan"]) for e in cells] == [
        ("TH", "Column", 2, 1),
        ("TH", "Column", 1, 2),
        ("TH", "Column", 1, 1),
        ("TH", "Column", 1, 1),
        ("TH", "Row", 2, 1),
        ("TD", "", 1, 1),
        ("TD", "", 1, 1),
        ("TD", "", 1, 2),
    ]


def test_rowspans_over_pages_and_cells_taller_than_a_page() -> None:
    rows = "".join(f"<tr><td>r{n}</td></tr>" for n in range(1, 80))
    made = pdf(
        notebook(
            html(f"<table><tr><td rowspan=80>span<td>r0</tr>{rows}</table>"),
            html(f"<table><tr><th>h</tr><tr><td>{'ord ' * 3000}slut</tr></table>"),
        )
    )
    passes(made)
    within_margins(made)
    found = text(made)
    assert all(f"r{n}" in found for n in range(80))
    assert found.count("ord") == 3000
    assert "slut" in found


@pytest.mark.parametrize("lines", range(4, 9))
def test_a_short_row_stays_on_one_page_with_the_row_that_names_it(lines: int) -> None:
    """In rows of the most different heights, each statement with its row and all of its lines."""
    rows = "".join(
        f"<tr><th colspan=2 scope=rowgroup>head{n}</th><td rowspan=2>side{n}</td></tr>"
        f"<tr><th scope=row>asked{n}</th><td>{'line<br>' * lines}</td><td>end{n}</td></tr>"
        for n in range(24)
    )
    made = pdf(notebook(html(f"<table>{rows}</table>")))
    passes(made)
    found = [sheet.get_text().split() for sheet in pymupdf.open(stream=made)]
    assert len(found) > 1
    for words in found:
        heads = [word for word in words if re.fullmatch(r"head\d+", word)]
        assert all(
            head.replace("head", name) in words for head in heads for name in ("asked", "end")
        )
        assert words.count("line") == lines * len(heads)


def test_a_long_row_goes_on_upon_the_next_page() -> None:
    tall = "<br>".join(f"line{n}" for n in range(40))
    made = pdf(notebook(html(f"<table><tr><td>{tall}</tr><tr><td>{tall}</tr></table>")))
    first, second = (sheet.get_text().split() for sheet in pymupdf.open(stream=made))
    assert first.count("line0") == 2
    assert "line39" in second


@pytest.mark.parametrize("lead", range(30))
def test_a_range_of_numbers_is_never_divided(lead: int) -> None:
    """At whatever place of the line it stands."""
    words = f"{'x' * lead} " + "interval 62,5–100\u00a0%; 2019–2020 " * 8
    made = pdf(notebook(html(f"<p>{words}</p>")))
    found = " ".join(sheet.get_text() for sheet in pymupdf.open(stream=made))
    lines = [line for line in found.splitlines() if "–" in line]
    assert sum(line.count("62,5–100\u00a0%") + line.count("62,5–100 %") for line in lines) == 8
    assert sum(line.count("2019–2020") for line in lines) == 8


def test_a_wide_table_turns_its_page_with_its_heading_and_note() -> None:
    frame = pd.DataFrame([["institutioner"] * 12], columns=[f"k{n}" for n in range(12)])
    made = pdf(
        notebook(
            html("<h1>T</h1><p>before</p><h2>Wide</h2>"),
            html(frame.to_html() + "<p class='note'>a note</p><p>after</p>"),
        )
    )
    passes(made)
    sheets = list(pymupdf.open(stream=made))
    assert [sheet.rect.width > sheet.rect.height for sheet in sheets] == [False, True, False]
    assert {"Wide", "k0"} < set(sheets[1].get_text().split())
    assert "a note" in sheets[1].get_text()
    assert "after" in sheets[2].get_text()


def test_a_title_shares_the_page_of_the_wide_table_that_follows() -> None:
    frame = pd.DataFrame([["institutioner"] * 12])
    (sheet,) = pymupdf.open(stream=pdf(notebook(html("<h1>T</h1>" + frame.to_html()))))
    assert sheet.rect.width > sheet.rect.height


def test_a_table_with_more_columns_than_a_page_holds_is_refused() -> None:
    with pytest.raises(UsageError, match="60 columns"):
        pdf(notebook(html(pd.DataFrame([range(59)]).to_html())))


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [markdown("# Only a heading")],
        [html(pd.DataFrame({"a": [], "b": []}).to_html())],
        [html(pd.DataFrame().to_html())],
        [html("<ul><li>" * 30 + "deep" + "</li></ul>" * 30)],
        [html(f"<ul><li>a{figure()}<table><tr><td>{'W' * 90}</td></tr></table></li></ul>")],
        [
            html(
                "<section class=in-short><p>s</p><table><tr><td>"
                f"{'W' * 90}</td></tr></table></section>"
            )
        ],
        [markdown("# T\n\n> quoted\n\n1. one\n2. two\n\n`code  x` H~2~O")],
    ],
)
def test_small_and_odd_notebooks(cells: list[Any]) -> None:
    made = pdf(notebook(*cells), name="odd")
    passes(made)
    within_margins(made)


def test_an_empty_table_says_so_and_missing_values_get_their_note() -> None:
    empty = text(pdf(notebook(html(pd.DataFrame({"col": []}).to_html()))))
    assert "col" in empty
    assert squeezed("No rows") in empty
    missing = text(pdf(notebook(html(pd.DataFrame({"col": [1, None]}).to_html()))))
    assert squeezed("– means that there is no value.") in missing


def test_a_tagged_pdf_with_other_tables_is_our_fault() -> None:
    made = pdf(report())
    with pytest.raises(RunError, match="1 tagged tables instead of 0"):
        accessibility.with_row_headers(made, [])


def test_tags_that_lack_a_cell_are_our_fault(made: bytes) -> None:
    with pytest.raises(RunError, match="do not have the table's cells"):
        accessibility.with_row_headers(made, [Table(1, (), ((Cell(),),))])


def test_a_cell_without_attributes_of_a_table_gets_them() -> None:
    with pikepdf.new() as opened:
        layout = pikepdf.Dictionary(O=pikepdf.Name.Layout)
        cell = opened.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.TD, A=layout))
        accessibility._tag_cell(cell, "row")
        assert [str(a.O) for a in cell.A] == ["/Table", "/Layout"]
        assert (str(cell.S), str(cell.A[0].Scope)) == ("/TH", "/Row")


def test_a_font_whose_stream_is_ended_otherwise_tells_its_new_length() -> None:
    with pikepdf.new() as opened:
        stream = opened.make_stream(b"abc", Length1=3)
        accessibility._end_otherwise(stream)
        assert (stream.read_bytes(), int(stream.Length1)) == (b"abc\n", 4)


def _luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out_from_its_ground() -> None:
    template = Path(typesetting.__file__).with_name("template.typ").read_text(encoding="utf-8")
    colours = dict(re.findall(r'#let (\w+) = rgb\("(#\w{6})"\)', template))
    for ground in ("#ffffff", colours["tint"]):
        for name in ("ink", "muted", "accent"):
            light, dark = _luminance(ground) + 0.05, _luminance(colours[name]) + 0.05
            assert light / dark >= 4.5, (name, ground)


def test_the_template_evaluates_nothing_and_imports_nothing() -> None:
    template = Path(typesetting.__file__).with_name("template.typ").read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|#import|#include|mode:\s*\"markup|\bplugin\(", template)


def test_what_the_typesetter_refuses_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="could not be set"):
        typesetting._compiled(tmp_path, dt.date(2020, 1, 1), ["ua-1"])


def test_the_exporter_is_in_nbconverts_list_and_jupyterlabs_menu() -> None:
    assert "mapping-pdf" in get_export_names()
    exporter = get_exporter("mapping-pdf")
    assert exporter is MappingPDFExporter
    assert exporter.export_from_notebook == "Mapping report (PDF)"
    assert exporter.output_mimetype == "application/pdf"
    assert exporter().file_extension == ".pdf"


def test_the_exporter_gives_the_same_pdf_and_runs_nothing(made: bytes, tmp_path: Path) -> None:
    given = report()
    trace = tmp_path / "ran"
    given.cells.append(nbf.new_code_cell(f"open({str(trace)!r}, 'w')"))
    nbformat.write(given, tmp_path / "my_notebook.ipynb")
    found, resources = MappingPDFExporter().from_filename(str(tmp_path / "my_notebook.ipynb"))
    assert found == made
    assert resources["output_extension"] == ".pdf"
    assert not trace.exists()


def test_the_exporter_names_a_notebook_without_heading_and_makes_drafts(tmp_path: Path) -> None:
    nbformat.write(notebook(html(figure(alt=""))), tmp_path / "my_notes.ipynb")
    with pytest.raises(UsageError, match="cell 1"):
        MappingPDFExporter().from_filename(str(tmp_path / "my_notes.ipynb"))
    config = Config({"MappingPDFExporter": {"draft": True}})
    found, _ = MappingPDFExporter(config=config).from_filename(str(tmp_path / "my_notes.ipynb"))
    words = text(found)
    assert "mynotes" in words
    assert "DRAFT" in words


# --- marks ---------------------------------------------------------------------------------

NAMED = html("", document={"title": "Own", "lang": "en"})

TRACED = (
    '<p data-key="a.b">Of <data value="44" data-from="count(tiers)">44</data> there are '
    '<data value="28" data-from="count(tiers?tier=good)">28</data>.</p>'
)


def test_every_block_that_prints_a_number_has_a_mark_and_its_numbers_ids() -> None:
    lists = "<ul><li>None in 2020.</li><li>Two of 3</li></ul>"
    table = "<table><caption>n = 7</caption><tr><th>A</th><td>8</td></tr></table>"
    whole = f"<h2>Of 5</h2>{TRACED}<p>None.</p>{lists}{table}<pre>9 x</pre>"
    made = notebook(NAMED, html(whole))
    words = [
        word[4] for sheet in pymupdf.open(stream=pdf(made)) for word in sheet.get_text("words")
    ]
    assert [word for word in words if word.startswith("#")] == ["#1", "#2", "#3", "#4", "#5"]
    found = numbers(made, name="own")
    assert [(number.id, number.text) for number in found] == [
        ("1.1", "5"), ("2.1", "44"), ("2.2", "28"), ("3.1", "3"), ("4.1", "7"), ("4.2", "8"),
        ("5.1", "9"),
    ]  # fmt: skip
    assert [number.number.reference for number in found[:3]] == [
        "cell(own, 2)",
        "count(tiers)",
        "count(tiers?tier=good)",
    ]
    assert [number.number.key for number in found[:2]] == ["", "a.b"]


def test_what_a_number_rests_on_changes_nothing_that_is_set() -> None:
    bare = re.sub("</?data[^>]*>", "", TRACED)
    told, untold = (pdf(notebook(NAMED, html(each))) for each in (TRACED, bare))
    assert told == untold


def test_a_mark_is_no_part_of_what_is_read() -> None:
    """What stands in the margin is an artifact: nobody who listens hears it."""
    with pikepdf.open(io.BytesIO(pdf(notebook(NAMED, html(TRACED))))) as opened:
        seen = [shown for sheet in opened.pages for shown in _shown(sheet)]
    small = [tag for tag, size in seen if size == 6.5]
    assert small
    assert set(small) == {"/Artifact"}


def _shown(sheet: Any) -> Iterator[tuple[str, float]]:
    """The outermost tag and the size of each piece of text of a page."""
    tags: list[str] = []
    size = 0.0
    for operands, operator in pikepdf.parse_content_stream(sheet):
        match str(operator):
            case "BMC" | "BDC":
                tags.append(str(operands[0]))
            case "EMC":
                tags.pop()
            case "Tf":
                size = float(operands[1])
            case "Tj" | "TJ":
                yield tags[0] if tags else "", size
