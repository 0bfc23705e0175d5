"""HTML -> blocks: what survives, what does not, and how tables are read."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_notebooks import PNG, figure

from mapping.errors import UsageError
from mapping.publish.blocks import (
    Code,
    Figure,
    Heading,
    InShort,
    Listing,
    Paragraph,
    Quote,
    Run,
    Style,
    Table,
    nested,
    text_of,
)
from mapping.publish.html import blocks, plain_text, safe_link


def texts(html: str) -> list[str]:
    return [plain_text(block) for block in blocks(html)]


def table(html: str) -> Table:
    (found,) = [block for block in blocks(html) if isinstance(block, Table)]
    return found


def grid(html: str) -> list[list[str]]:
    made = table(html)
    return [[text_of(cell.runs) for cell in row] for row in (*made.header, *made.body)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", []),
        ("<!-- a --> \n", []),
        ("bare", ["bare"]),
        ("<p>one<p>two", ["one", "two"]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
        ("<p>a<script>x()</script>b<style>p{}</style><!-- c --></p>", ["ab"]),
        ("<p>a <blink>b</blink> <x-y z=1>c</x-y></p>", ["a b c"]),
        ("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", ["<script>alert(1)</script>"]),
        ("<p> a \n\t b&nbsp;c  <b> d </b> e </p>", ["a b\xa0c d e"]),
        ("<p>a<br>b<br></p>", ["a\nb"]),
        ("<hr><p></p><ul></ul><blockquote></blockquote><h2></h2>", []),
        ("<p>a&#7;b&#x1B;c&#128;&#229;</p>", ["a[U+0007]b[U+001B]c€å"]),
        ("<p>a\x00b\ud800</p>", ["a[U+0000]b[U+D800]"]),
        ("<dl><dt>term<dd>meaning</dl>", ["term", "meaning"]),
        ("<select><option>a</select><svg><text>no</text></svg><math><mi>x</mi></math>", ["ax"]),
    ],
)
def test_text_survives_and_nothing_else(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


def test_styles_and_links_of_runs() -> None:
    html = (
        "<p>a<b>b<i>c</i></b><code>d</code><sub>2</sub><sup>3</sup>"
        '<a href="https://su.se">e</a><a href="file:///etc/passwd">f</a></p>'
    )
    assert blocks(html) == [
        Paragraph(
            (
                Run("a"),
                Run("b", Style(bold=True)),
                Run("c", Style(bold=True, italic=True)),
                Run("d", Style(code=True)),
                Run("2", Style(position="sub")),
                Run("3", Style(position="super")),
                Run("e", Style(link="https://su.se")),
                Run("f"),
            )
        )
    ]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://su.se/a?b=1&c=2#d", "http://su.se/a?b=1&c=2#d"),
        (" HTTPS://su.se ", "HTTPS://su.se"),
        ("mailto:a@su.se", "mailto:a@su.se"),
        ("https://su.se/å b", "https://su.se/%C3%A5%20b"),
        ("https://su.se/" + "a" * 1986, "https://su.se/" + "a" * 1986),
        ("https://su.se/" + "a" * 1987, ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("#section", ""),
        ("report.html", ""),
        ("https:", ""),
        ("mailto:", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_links_lead_to_the_web_or_to_mail(address: str, expected: str) -> None:
    assert safe_link(address) == expected


def test_headings_notes_and_the_box() -> None:
    html = '<section class="in-short"><h2>In short</h2><p>a</p></section><p class="note">n</p>'
    assert blocks(html) == [
        InShort((Heading(2, (Run("In short"),)), Paragraph((Run("a"),)))),
        Paragraph((Run("n"),), note=True),
    ]


def test_lists_in_lists_keep_their_order_and_numbers() -> None:
    (outer,) = blocks("<ol start=5><li>a<ul><li>b</ul><li>c</ol>")
    assert isinstance(outer, Listing)
    assert (outer.ordered, outer.start, len(outer.items)) == (True, 5, 2)
    inner = outer.items[0][1]
    assert inner == Listing((((Paragraph((Run("b"),))),),))


def test_lists_and_quotes_deeper_than_six_levels_keep_their_text() -> None:
    (block,) = blocks("<ul><li>x" * 20 + "<p>end</p>" + "</li></ul>" * 20)
    depth = sum(isinstance(b, Listing) for b in nested([block]))
    assert depth == 6
    assert plain_text(block).count("x") == 20
    assert "end" in plain_text(block)
    (quote,) = blocks("<blockquote>" * 20 + "deep" + "</blockquote>" * 20)
    assert sum(isinstance(b, Quote) for b in nested([quote])) == 6
    assert plain_text(quote) == "deep"


@pytest.mark.parametrize("depth", [59, 60, 61, 200, 1500])
def test_elements_within_elements_keep_their_text(depth: int) -> None:
    html = "<div>" * depth + "<b>deep</b><script>x</script>" + "</div>" * depth
    assert texts(html) == ["deep"]


def test_elements_by_the_thousand_are_refused_rather_than_lost() -> None:
    with pytest.raises(UsageError, match="too deeply"):
        blocks("<div>" * 5000 + "deep")


def test_preformatted_text_keeps_lines_and_spaces() -> None:
    html = "<pre>\n\n  a\tb &lt;\n<span>c</span>  d <br>e\n\n</pre>"
    assert blocks(html) == [Code("  a b <\nc  d\ne")]
    assert blocks("<pre> \n </pre>") == []


def test_a_figure_with_title_caption_and_alt() -> None:
    (found,) = blocks(figure("44 of 50.", title="Most took part", caption="n = 44"))
    assert isinstance(found, Figure)
    assert (found.alt, text_of(found.title), text_of(found.caption)) == (
        "44 of 50.",
        "Most took part",
        "n = 44",
    )
    assert found.image.suffix == "svg"


def test_two_pictures_in_one_figure_share_title_and_caption() -> None:
    image = figure().split("</p>")[1].split("<figcaption>")[0]
    html = f'<figure><p class="figure-title">T</p>{image}{image}<figcaption>C</figcaption></figure>'
    first, second = blocks(html)
    assert isinstance(first, Figure)
    assert isinstance(second, Figure)
    assert (text_of(first.title), text_of(first.caption)) == ("T", "")
    assert (text_of(second.title), text_of(second.caption)) == ("", "C")


@pytest.mark.parametrize("source", ["/etc/hostname", "https://su.se/a.png", "a.svg", ""])
def test_a_picture_from_elsewhere_leaves_its_alt_text(source: str) -> None:
    assert texts(f'<figure><img src="{source}" alt="a chart"></figure>') == ["a chart"]
    assert texts(f'<p>see <img src="{source}" alt="a chart">!</p>') == ["see a chart!"]


@pytest.mark.parametrize(
    ("columns", "shares"),
    [
        ('<col style="width:70%"><col style="width: 30%;">', (70.0, 30.0)),
        ('<col style="width:70%">', ()),
        ('<col style="width:70%"><col>', ()),
        ('<col style="width:7cm"><col style="width:30%">', ()),
        ('<col style="width:0%"><col style="width:99%">', ()),
        ("", ()),
    ],
)
def test_the_shares_of_the_columns_are_taken_if_each_is_told(
    columns: str, shares: tuple[float, ...]
) -> None:
    made = table(f"<table><colgroup>{columns}</colgroup><tr><td>a<td>b</tr></table>")
    assert made.shares == shares


@pytest.mark.parametrize("name", ["small", "wide"])
def test_a_table_may_ask_for_small_text(name: str) -> None:
    assert table(f"<table class={name}><tr><td>a</tr></table>").small is (name == "small")


def test_a_table_with_caption_scopes_and_spans() -> None:
    made = table(
        "<table><caption>Cap</caption><thead><tr><th rowspan=2>a<th colspan=2>b</tr>"
        "<tr><th>c<th>d</tr></thead><tr><th scope=row>r<td>1<td>2</tr>"
        "<tr><th scope=col colspan=3>sub</tr></table>"
    )
    assert text_of(made.caption) == "Cap"
    assert made.columns == 3
    assert [[(c.rowspan, c.colspan) for c in row] for row in made.header] == [
        [(2, 1), (1, 2)],
        [(1, 1), (1, 1)],
    ]
    assert [[c.scope for c in row] for row in made.body] == [["row", "", ""], ["column"]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><td>a<td>b</tr><tr><td>c</tr>", [["a", "b"], ["c", ""]]),
        ("<tr><td colspan=1000>a</tr><tr><td>b<td>c</tr>", [["a"], ["b", "c"]]),
        ("<tr><td rowspan=0>a<td>b</tr><tr><td>c</tr><tr><td>d</tr>", [["a", "b"], ["c"], ["d"]]),
        ("<tr><td rowspan=99>a<td>b</tr><tr><td>c</tr>", [["a", "b"], ["c"]]),
        (
            "<tr><td rowspan=2>a<td rowspan=2>b</tr><tr></tr><tr><td>c<td>d</tr>",
            [["a", "b"], ["c", "d"]],
        ),
        ("<tr><td colspan=x>a<td rowspan=-1>b</tr>", [["a", "b"]]),
        ("<tr><td>a<table><tr><td>in<td>ner</table></td></tr>", [["a\nin ner"]]),
        ("<tr><td><ul><li>a<li>b</ul>c</tr>", [["• a\n• b\nc"]]),
        (f"<tr><td>{figure('alt text')}</tr>", [["alt text"]]),
        ("<tr><tbody><tr><td>misnested</tr></tbody></tr>", [["misnested"]]),
    ],
)
def test_cells_fill_the_rows(rows: str, expected: list[list[str]]) -> None:
    assert grid(f"<table>{rows}</table>") == expected


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5)), max_size=4),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_the_spans_each_place_is_covered_once(
    spans: list[list[tuple[int, int]]],
) -> None:
    rows = "".join(
        "<tr>" + "".join(f"<td colspan={c} rowspan={r}>x</td>" for c, r in row) + "</tr>"
        for row in spans
    )
    found = [b for b in blocks(f"<table>{rows}</table>") if isinstance(b, Table)]
    for made in found:
        area = sum(cell.colspan * cell.rowspan for row in made.body for cell in row)
        assert area == made.columns * len(made.body)
    assert len(found) == any(spans)


def test_a_table_without_head_takes_its_opening_rows_of_headers() -> None:
    made = table("<table><tr><th>a<th>b</tr><tr><th>r<td>1</tr></table>")
    assert (len(made.header), len(made.body)) == (1, 1)


def test_a_table_that_says_nothing_is_none() -> None:
    assert blocks("<table><tr><td></tr></table>") == []
    assert texts("<table><caption>Only this</caption></table>") == ["Only this"]


@pytest.mark.parametrize(
    ("cells", "side"),
    [
        (["1", "2 000", "–"], "right"),
        (["64 %", "(12)", "<0,001"], "right"),
        (["−3,5", "0.25–0.40", "1.5e-07", "28 (64 %)"], "right"),
        (["1", "many"], "left"),
        (["2020-12-31 x", "1"], "left"),
        (["–", ""], "left"),
    ],
)
def test_numbers_stand_to_the_right(cells: list[str], side: str) -> None:
    rows = "".join(f"<tr><th>r</th><td>{cell}</td></tr>".replace("<0", "&lt;0") for cell in cells)
    made = table(f"<table><thead><tr><th>x<th>n</tr></thead>{rows}</table>")
    assert {row[1].align for row in made.body} | {made.header[0][1].align} == {side}
    assert {row[0].align for row in made.body} == {"left"}


def test_the_html_says_the_side_where_it_does() -> None:
    made = table(
        '<table><tr><td class="number">many<td style="text-align: center">1'
        '<td style="color:red;text-align:left">2</tr></table>'
    )
    assert [cell.align for cell in made.body[0]] == ["right", "center", "left"]


def test_a_plain_dataframe() -> None:
    frame = pd.DataFrame({"a": [1.5, None], "b": ["<i>x</i>", "None"]})
    made = table(frame._repr_html_())
    assert grid(frame._repr_html_()) == [
        ["", "a", "b"],
        ["0", "1.5", "<i>x</i>"],
        ["1", "–", "None"],
    ]
    assert made.has_missing
    assert [cell.scope for cell in made.body[0]] == ["row", "", ""]


def test_a_dataframe_with_levels_of_rows_and_columns() -> None:
    frame = pd.DataFrame(
        [[1, 2], [3, 4]],
        index=pd.MultiIndex.from_tuples([("g", "x"), ("g", "y")]),
        columns=pd.MultiIndex.from_tuples([("A", "n"), ("A", "m")]),
    )
    made = table(frame._repr_html_())
    assert [[text_of(c.runs) for c in row] for row in made.body] == [
        ["g", "x", "1", "2"],
        ["y", "3", "4"],
    ]
    assert made.body[0][0].rowspan == 2
    assert (made.header[0][-1].colspan, made.header[0][-1].align) == (2, "left")
    assert not made.has_missing


def test_a_styler_loses_its_style_and_keeps_its_cells() -> None:
    frame = pd.DataFrame({"a": [1.0, None]})
    html = frame.style.set_caption("Cap").highlight_max(color="red").to_html()
    made = table(html)
    assert [[text_of(c.runs) for c in row] for row in made.body] == [["0", "1.000000"], ["1", "–"]]
    assert text_of(made.caption) == "Cap"
    assert texts(html) == [plain_text(made)]


def test_a_damaged_picture_is_refused() -> None:
    with pytest.raises(UsageError, match="damaged"):
        blocks('<img src="data:image/png;base64,AAAA" alt="x">')
    assert len(PNG) > 24
