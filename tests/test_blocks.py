"""Sections and titles as notebooks show them and the PDF takes them up."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from lxml import html as lxml_html
from small_root import SETTINGS
from told import PROTOCOL, register, sections, several
from untraced import untraced

from mapping import prose
from mapping.display import element
from mapping.errors import RunError
from mapping.facts import Count
from mapping.prose import words
from mapping.prose.blocks import _numbers

SV = words("sv", PROTOCOL)
VALUES = dict(sections(several()))


def test_a_section_is_heading_paragraphs_points_and_notes() -> None:
    made = prose.section(SV, "report.results", **VALUES["report.results"])
    page = lxml_html.fromstring(f"<div>{made.html}</div>")
    assert [child.tag for child in page] == ["h2", "p", "p", "ul", "p"]
    assert page[-1].get("class") == "note"
    assert len(page.xpath("//li")) == 3
    assert made.plain.startswith("Sammanfattning av resultatet\n\n")


def test_a_subheading_is_one_level_down() -> None:
    made = prose.section(SV, "tiers.grid", **VALUES["tiers.grid"])
    assert made.html.startswith("<h3>Förutsättningar och behov tillsammans</h3>")


def test_in_short_is_marked() -> None:
    made = prose.in_short(SV, "report.in_short", **VALUES["report.in_short"])
    assert untraced(made.html).startswith('<section class="in-short"><h2>I korthet</h2><ul><li>')
    assert made.html.endswith("</ul></section>")


def test_the_numbers_go_along() -> None:
    made = prose.section(SV, "report.in_short", **VALUES["report.in_short"])
    _, metadata = made._repr_mimebundle_()
    numbers = metadata["mapping"]["numbers"]["report.in_short"]  # type: ignore[index]
    assert numbers["participating"] == 6
    assert numbers["participating_of"] == 7
    assert numbers["tiers_good"] == 2
    assert numbers["shift"] == 0.525
    assert json.loads(json.dumps(numbers)) == numbers


def test_the_numbers_of_every_section_have_a_key_of_their_own() -> None:
    told = list(sections(several()))
    keys = [
        key
        for name, values in told
        for key in prose.section(SV, name, **values).metadata["numbers"]  # type: ignore[attr-defined]
    ]
    assert len(set(keys)) == len(told)
    assert "swot.quadrant.threat" in keys


def test_only_numbers_are_numbers() -> None:
    values = {
        "a": Count(1, 2),
        "b": {"c": 2.0, "d": [Count(3, 4)]},
        "e": "text",
        "f": True,
        "g": float("nan"),
        "h": None,
    }
    assert dict(_numbers(values)) == {"a": 1, "a_of": 2, "b_c": 2, "b_d_1": 3, "b_d_1_of": 4}


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("report.nothing", {}, "no sv section report.nothing"),
        ("needs.overview", {"with_need": Count(1, 2)}, "lacks unknown"),
        (
            "needs.overview",
            {"with_need": Count(1, 2), "unknown": 0, "more": 1},
            "does not use more",
        ),
    ],
)
def test_a_section_takes_just_its_values(key: str, values: dict[str, object], message: str) -> None:
    with pytest.raises(RunError, match=message):
        prose.section(SV, key, **values)


def test_hostile_names_are_text() -> None:
    hostile = "<img src=x onerror=alert(1)>{{ 7 * 7 }}"
    named = words("sv", PROTOCOL, {"F": hostile})
    made = prose.section(named, "tiers.unclassified", **VALUES["tiers.unclassified"])
    assert "<img" not in made.html
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7 * 7 }}" in untraced(made.html)


def study(**changes: object) -> SimpleNamespace:
    settings = {"title": SETTINGS.title, "year": 2020, "fieldwork": SETTINGS.fieldwork}
    settings |= {"synthetic": True, "names": "name"}
    return SimpleNamespace(
        settings=SimpleNamespace(**settings | changes),
        protocol=PROTOCOL,
        departments=register("A", "B"),
    )


@pytest.mark.parametrize("report", ["evidence", "swot", "tiers", "mapping"])
def test_a_title_for_every_report(report: str) -> None:
    document = prose.title(study(), report, "en").metadata["document"]
    assert isinstance(document, dict)
    assert document["title"]
    assert document["subtitle"] == "Mapping"
    assert document["short_title"].endswith(" 2020")


def test_the_title_carries_the_document() -> None:
    data, metadata = prose.title(study(), "swot", "sv")._repr_mimebundle_()
    document = metadata["mapping"]["document"]  # type: ignore[index]
    assert document["edition"] == "intern: inte för publicering"
    assert document["synthetic"] == "Syntetiska exempeldata"
    assert document["date"] == "2020-04-30"
    assert document["labels"]["contents"] == "Innehåll"
    assert data["text/html"].startswith("<h1>SWOT-analys")
    assert "Syntetiska exempeldata" in data["text/plain"]
    assert json.dumps(document)


def test_a_report_without_texts_of_its_own_bears_the_studys_title() -> None:
    made = prose.title(study(), "mine", "sv")
    document = made.metadata["document"]
    assert isinstance(document, dict)
    assert (document["title"], document["subtitle"]) == ("Kartläggning", "")
    assert document["synthetic"] == "Syntetiska exempeldata"
    assert made.html.count("Kartläggning") == 1


def test_values_for_a_title_that_is_not_there_are_refused() -> None:
    with pytest.raises(RunError, match=r"no sv text document\.mine\.title"):
        prose.title(study(), "mine", "sv", department="A")


def test_no_notice_on_real_data() -> None:
    made = prose.title(study(synthetic=False), "swot", "sv")
    assert made.metadata["document"]["synthetic"] is None  # type: ignore[index]
    assert "syntet" not in made.html


def test_the_words_of_a_study_show_departments_as_it_says() -> None:
    assert prose.study_words(study(), "sv").label("department", "A") == "Institutionen A"
    assert prose.study_words(study(names="code"), "sv").label("department", "A") == "A"


def test_elements_escape_text_and_attributes() -> None:
    assert element("p", "<b>", class_='"x"') == '<p class="&quot;x&quot;">&lt;b&gt;</p>'


def test_a_display_is_its_text() -> None:
    made = prose.section(SV, "report.method", **VALUES["report.method"])
    assert repr(made) == made.plain


COMMENT = "Första raden <b>inte fet</b>\nandra raden\n\n \n# Inte en rubrik & *inte kursiv*\n"


def test_the_offices_comment_is_quoted_paragraph_by_paragraph() -> None:
    """A blank line begins a paragraph; signs of markup are text."""
    made = prose.comment(SV, "report.comment", {"sv": COMMENT, "en": "Not this one."})
    assert made is not None
    page = lxml_html.fromstring(f"<div>{made.html}</div>")
    assert [child.tag for child in page] == ["h2", "blockquote"]
    assert page[0].text == "Kommentar från alumnverksamheten"
    first, second = page[1]
    assert [child.tag for child in first] == ["br"]
    assert first.text_content() == "Första raden <b>inte fet</b>andra raden"
    assert second.text_content() == "# Inte en rubrik & *inte kursiv*"
    assert made.plain.endswith("andra raden\n\n# Inte en rubrik & *inte kursiv*")


@pytest.mark.parametrize("comments", [{}, {"en": "Not this one."}, {"sv": " \n\t\n"}])
def test_without_a_comment_in_the_language_nothing_is_shown(comments: dict[str, str]) -> None:
    assert prose.comment(SV, "report.comment", comments) is None
