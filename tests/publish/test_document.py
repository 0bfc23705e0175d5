"""A notebook -> a document: which cells and outputs are taken, and what it is called."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import nbformat.v4 as nbf
import numpy as np
import pandas as pd
import pytest
from made_notebooks import DOCUMENT, PNG, SQUARE, code, figure, html, markdown, notebook, report

from mapping.errors import UsageError
from mapping.publish.blocks import Code, Figure, Heading, Paragraph, Quote, Table, text_of
from mapping.publish.document import NO_DATE, Document, DocumentInfo, Labels, document, levelled
from mapping.publish.html import plain_text


def result(**data: Any) -> Any:
    named = {key.replace("__", "/").replace("_xml", "+xml"): value for key, value in data.items()}
    return nbf.new_output("execute_result", named)


def texts(made: Document) -> list[str]:
    return [plain_text(block) for block in made.blocks]


def levels(*given: int) -> list[int]:
    headings = [Heading(level, ()) for level in given]
    return [block.level for block in levelled(headings) if isinstance(block, Heading)]


def test_the_metadata_name_the_document() -> None:
    made = document(report())
    assert made.info == DocumentInfo(
        title="Styrkor och svagheter",
        subtitle="Kartläggning av alumnrelationer",
        lang="sv",
        year="2020",
        edition="internt: ej för publicering",
        short_title="SWOT 2020",
        synthetic="Syntetiska exempeldata",
        date=dt.date(2020, 3, 31),
        labels=Labels(contents="Innehåll", page="sida", of="av", draft="UTKAST"),
    )


def test_the_title_is_not_printed_once_more_and_guides_not_at_all() -> None:
    made = document(report())
    shown = " ".join(texts(made))
    assert "once" not in shown
    assert "Only for JupyterLab" not in shown
    assert "Styrkor" not in shown
    assert made.in_short is not None
    assert "44 av 50" in plain_text(made.in_short)
    assert "44 av 50 deltog." not in shown


def test_missing_metadata_keep_their_defaults() -> None:
    made = document(notebook(html("", document={"title": "T", "synthetic": None, "new": 1})))
    assert made.info == DocumentInfo("T")
    assert (made.info.lang, made.info.date, made.info.synthetic) == ("en", NO_DATE, "")


@pytest.mark.parametrize(
    ("cells", "name", "title", "rest"),
    [
        ([markdown("# My *notebook*\ntext")], "file", "My notebook", ["text"]),
        ([markdown("text\n\n## Later")], "file", "Later", ["text"]),
        ([markdown("text")], "my_file", "my file", ["text"]),
        ([], "", "Notebook", []),
        ([markdown("# Only this")], "", "Only this", []),
    ],
)
def test_a_foreign_notebook_is_called_by_its_first_heading_or_file(
    cells: list[Any], name: str, title: str, rest: list[str]
) -> None:
    made = document(notebook(*cells), name=name)
    assert made.info.title == title
    assert texts(made) == rest
    assert (made.info.lang, made.info.labels) == ("en", Labels())


def test_the_notebooks_own_metadata_give_what_no_output_says() -> None:
    told = {"edition": "intern", "synthetic": "Exempel", "lang": "sv", "year": 2020}
    given = notebook(html("<h1>T</h1>", document={"title": "T", "synthetic": None}))
    given.metadata["mapping"] = {"report": "mine", "document": told}
    assert document(given).info == DocumentInfo("T", lang="sv", year="2020", edition="intern")
    given.cells = [markdown("# My question")]
    assert (document(given).info.title, document(given).info.synthetic) == (
        "My question",
        "Exempel",
    )
    given.cells = [markdown("text")]
    assert document(given).info.title == "mine"
    assert document(given, name="file").info.title == "file"


def test_a_heading_that_repeats_the_title_is_left_out_once_it_has_served() -> None:
    made = document(notebook(html("", document={"title": "T"}), markdown("# T\n## Next\n# U")))
    assert texts(made) == ["Next", "U"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([1, 2, 3], [1, 2, 3]),
        ([3, 3, 4], [1, 1, 2]),
        ([1, 3, 2, 3], [1, 2, 2, 3]),
        ([2, 4, 1, 6, 6], [1, 2, 1, 2, 2]),
        ([3, 2, 1], [1, 1, 1]),
    ],
)
def test_headings_start_at_level_1_and_skip_none(given: list[int], expected: list[int]) -> None:
    assert levels(*given) == expected


def test_headings_within_lists_and_quotes_are_bold_text() -> None:
    made = document(notebook(html("<h2>T</h2><ul><li><h3>in</h3></ul><blockquote><h1>q</h1>")))
    assert not any(isinstance(block, Heading) for block in made.blocks)
    assert texts(made) == ["• in", "q"]


def test_markdown_goes_the_same_way_as_html() -> None:
    source = (
        "# T\n\n## Behov\n\nText **fet** $a_b$ <script>x()</script>\n\n- punkt\n\n"
        "| a | n |\n|---|--:|\n| x | 1 |\n\n```python\nx = 1\n```\n\n![bild](missing.png)\n"
    )
    made = document(notebook(markdown(source)))
    kinds = [type(block).__name__ for block in made.blocks]
    assert kinds == ["Heading", "Paragraph", "Listing", "Table", "Code", "Paragraph"]
    assert texts(made)[1] == "Text fet $a_b$"
    assert texts(made)[4:] == ["x = 1", "bild"]


def test_a_picture_attached_to_a_markdown_cell() -> None:
    cell = markdown("# T\n![A chart](attachment:a.png)")
    cell["attachments"] = {"a.png": {"image/png": base64.b64encode(PNG).decode()}}
    (found,) = document(notebook(cell)).blocks
    assert isinstance(found, Figure)
    assert (found.alt, found.image.data) == ("A chart", PNG)


def test_an_attachment_that_is_not_there_names_the_cell() -> None:
    with pytest.raises(UsageError, match=r"cell 1: .*attachment"):
        document(notebook(markdown("![A chart](attachment:a.png)")))


def test_html_comes_before_pictures_and_pictures_before_text() -> None:
    png = base64.b64encode(PNG).decode()
    both = result(text__html="<p>h</p>", image__png=png, text__plain="p")
    picture = nbf.new_output(
        "display_data", {"image/png": png, "text/plain": "p"}, metadata={"image/png": {"alt": "a"}}
    )
    script = result(text__html="<script>x</script>", text__plain="'p'")
    found = document(notebook(code(both, picture, script))).blocks
    assert [type(block) for block in found] == [Paragraph, Figure, Code]
    assert [plain_text(block) for block in found] == ["h", "a", "'p'"]


def test_lines_of_an_output_stored_as_a_list_are_joined() -> None:
    output = {"output_type": "display_data", "data": {"text/html": ["<p>a", "b</p>"]}}
    cell = {"cell_type": "code", "outputs": [output]}
    raw = {"cell_type": "raw", "source": "raw"}
    given = {"cells": [cell, raw, {"cell_type": "markdown", "source": ["c\n", "d"]}]}
    assert texts(document(given)) == ["ab", "c d"]


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("42", ["42"]),
        ("'text'", ["'text'"]),
        (repr(np.float64(2.5)), ["2.5"]),
        (repr(np.int64(3)), ["3"]),
        ("0    1\nName: a, dtype: int64", ["0    1\nName: a, dtype: int64"]),
        ("{'a': 1}", ["{'a': 1}"]),
        ("<Axes: >", []),
        ("<Figure size 640x480 with 1 Axes>", []),
        ("[<matplotlib.lines.Line2D at 0x7f00>]", []),
        ("array of <object at 0x7f00>", []),
        ("Study(year=2020)", []),
        ("Timestamp('2020-01-01')", []),
        ("None", []),
        ("", []),
    ],
)
def test_text_of_a_result_unless_it_only_names_an_object(plain: str, shown: list[str]) -> None:
    assert texts(document(notebook(code(result(text__plain=plain))))) == shown


def test_markdown_of_an_output() -> None:
    output = nbf.new_output("display_data", {"text/markdown": "a **b**", "text/plain": "<M>"})
    assert texts(document(notebook(code(output)))) == ["a b"]


def test_the_first_box_is_the_in_short_and_a_second_is_quoted() -> None:
    boxes = [html(f'<section class="in-short"><h2>S</h2><p>{n}</p></section>') for n in (1, 2)]
    made = document(notebook(markdown("# T"), *boxes))
    assert made.in_short is not None
    assert plain_text(made.in_short) == "S\n1"
    assert texts(made) == ["S\n2"]
    assert isinstance(made.blocks[0], Quote)


def test_streams_are_left_out() -> None:
    stream = nbf.new_output("stream", name="stdout", text="chatter")
    assert document(notebook(code(stream))).blocks == ()


def test_a_cell_that_ended_with_an_error_is_refused_by_number() -> None:
    error = nbf.new_output("error", ename="KeyError", evalue="'x'", traceback=[])
    with pytest.raises(UsageError, match=r"cell 2 \[3\]: ended with an error \(KeyError: 'x'\)"):
        document(notebook(markdown("# T"), code(error)))


@pytest.mark.parametrize(
    "output",
    [
        nbf.new_output("display_data", {"image/svg+xml": SQUARE}),
        nbf.new_output("display_data", {"image/png": base64.b64encode(PNG).decode()}),
        nbf.new_output("display_data", {"text/html": figure(alt="")}),
        nbf.new_output("display_data", {"text/html": figure(alt=" ")}),
        nbf.new_output("display_data", {"text/html": f"<ul><li>{figure(alt='')}</ul>"}),
    ],
)
def test_a_figure_without_alt_names_the_cell_and_the_line_to_add(output: Any) -> None:
    given = notebook(markdown("# T"), code(output))
    with pytest.raises(UsageError) as raised:
        document(given)
    assert str(raised.value).startswith("cell 2 [3]: a figure has no text alternative")
    assert 'mapping.figure(fig, alt="…")' in str(raised.value)
    document(given, draft=True)


def test_alt_texts_in_the_metadata_of_an_output() -> None:
    data = {"image/svg+xml": SQUARE}
    for metadata in ({"alt": "says it"}, {"image/svg+xml": {"alt": "says\nit"}}):
        output = nbf.new_output("display_data", data, metadata=metadata)
        (found,) = document(notebook(code(output))).blocks
        assert isinstance(found, Figure)
        assert found.alt == "says it"


def test_a_damaged_figure_names_its_cell() -> None:
    output = nbf.new_output("display_data", {"image/svg+xml": "<svg"}, metadata={"alt": "a"})
    with pytest.raises(UsageError, match=r"cell 1 \[3\]: a figure's SVG is damaged"):
        document(notebook(code(output)))


def test_a_series_and_a_frame() -> None:
    frame = pd.DataFrame({"a": [1]})
    shown = code(
        result(text__html=frame._repr_html_(), text__plain=repr(frame)),
        result(text__plain=repr(frame["a"])),
    )
    first, second = document(notebook(shown)).blocks
    assert isinstance(first, Table)
    assert isinstance(second, Code)
    assert second.text.startswith("0    1")


@pytest.mark.parametrize(("headings", "helps"), [(2, False), (3, True)])
def test_contents_from_three_headings_on(headings: int, helps: bool) -> None:
    info = html("", document=DOCUMENT)
    made = document(notebook(info, *(markdown(f"## H{n}") for n in range(headings))))
    assert made.has_contents is helps


def test_what_no_font_has_is_written_out_in_names_too() -> None:
    made = document(notebook(html("", document={"title": "a\x07", "labels": {"of": "\ue000"}})))
    assert made.info.title == "a[U+0007]"
    assert made.info.labels.of == "[U+E000]"
    heading = document(notebook(markdown("# a\x07"))).info.title
    assert heading == "a[U+0007]"
    assert text_of(()) == ""


def test_a_notebook_that_was_never_run_is_refused() -> None:
    new = nbf.new_notebook(cells=[nbf.new_code_cell("1 + 1")])
    with pytest.raises(UsageError, match="has not been run"):
        document(new)
    new.cells[0].execution_count = 1
    assert document(new).blocks == ()
    only_text = nbf.new_notebook(cells=[nbf.new_markdown_cell("# Words")])
    assert document(only_text)
