"""The office's own comment, from its file to the page: text, whatever it looks like."""

from __future__ import annotations

import pytest
from full_runs import pdf_text, squeezed
from made_notebooks import DOCUMENT, html, notebook
from told import PROTOCOL

from mapping import prose
from mapping.prose import words
from mapping.publish import pdf

HOSTILE = """\
#set text(fill: red) #eval("1 + 1") #read("/etc/hostname") #{ panic() } @ref <label>

\\input{/etc/passwd} \\write18{id} $x^2$ %comment

<script>alert(1)</script><img src=x onerror="alert(1)"><style>p{display:none}</style></blockquote>

{{ 7 * 7 }} {% raw %} =HYPERLINK("http://x") [a](javascript:x) ![b](c.png) `code`

&lt;b&gt; &amp; &#60;i&#62; <!-- away --> ]]> "quoted" 'single'\
"""


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_hostile_signs_stand_in_the_pdf_as_they_were_written(lang: str) -> None:
    made = prose.comment(words(lang, PROTOCOL), "report.comment", {lang: HOSTILE})
    assert made is not None
    assert "<script" not in made.html
    assert "<img" not in made.html
    first = html("<h1>x</h1>", document=DOCUMENT | {"lang": lang})
    text = squeezed(pdf_text(pdf(notebook(first, html(made.html)))))
    for line in HOSTILE.splitlines():
        assert squeezed(line) in text, line


def test_a_comment_carries_no_numbers_of_the_report() -> None:
    made = prose.comment(words("sv", PROTOCOL), "report.comment", {"sv": "44 av 50"})
    assert made is not None
    assert made.metadata == {}
