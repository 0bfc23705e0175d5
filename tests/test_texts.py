"""The texts as a whole: equal in both languages, and readable whatever the data are."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from told import PROTOCOL, STUDIES, sections

from mapping import prose
from mapping.display import visible
from mapping.prose import words
from mapping.vocabulary import LANGUAGES

TEXTS = {lang: words(lang, PROTOCOL) for lang in LANGUAGES}
KEYS = TEXTS["sv"].keys()
REPORTS = (
    "evidence",
    "swot",
    "tiers",
    "report",
    "conditions",
    "needs",
    "conclusions",
    "calibration",
    "advice",
    "findings",
)

NOT_SWEDISH = frozenset(Path(__file__).with_name("english_words.txt").read_text().split())
"""Words that are English and not Swedish (not those that are both, as "data" or "all")."""


def english_words(text: str) -> set[str]:
    """The words of the text that are English and not Swedish."""
    return set(re.findall(r"[^\W\d_]+", text.lower())) & NOT_SWEDISH


def test_english_words_are_seen() -> None:
    assert english_words("De flesta departments, med många Needs.") == {"departments", "needs"}
    assert english_words("Alla institutioner i registret har data; workshop, protokoll.") == set()


@cache
def study(number: int) -> Any:
    return STUDIES[number]()


@cache
def told(lang: str) -> tuple[tuple[str, str], ...]:
    """Every section of every study, as plain text."""
    return tuple(
        (key, prose.section(TEXTS[lang], key, **values).plain)
        for number in range(len(STUDIES))
        for key, values in sections(study(number))
    )


def literals(source: str) -> str:
    """What of a template is printed as it stands: text, and the forms given to plural."""
    forms = [form for pair in re.findall(r"plural\('(.*?)', '(.*?)'\)", source) for form in pair]
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", source, flags=re.DOTALL)
    return " ".join([text, *forms])


def test_both_languages_have_the_same_texts() -> None:
    assert set(KEYS) == set(TEXTS["en"].keys())


def test_both_languages_use_the_same_values() -> None:
    for key in KEYS:
        assert TEXTS["sv"].variables(key) == TEXTS["en"].variables(key), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_is_a_template(lang: str) -> None:
    """Also the filters: a misspelt one fails when the template is compiled."""
    for key in KEYS:
        TEXTS[lang].templates.get_template(key)


def test_no_swedish_text_has_an_english_word() -> None:
    """But for the guides to columns, which name the keys that stand in their cells."""
    source = TEXTS["sv"].templates
    assert source.loader is not None
    for key in (key for key in KEYS if not key.startswith(("workbook.", "trace."))):
        text, _, _ = source.loader.get_source(source, key)
        assert english_words(literals(text)) == set(), key


def test_no_swedish_label_has_an_english_word() -> None:
    for (kind, key), label in TEXTS["sv"].labels.items():
        assert english_words(visible(label)) == set(), (kind, key)


def test_every_section_is_told() -> None:
    prefixes = [key.rpartition(".") for key in KEYS]
    there = {first for first, _, last in prefixes if last in ("heading", "subheading")}
    ours = {key for key in there if key.startswith(REPORTS)}
    assert {key for key, _ in sections(study(0))} == ours


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_section_shows_what_a_reader_cannot_read(lang: str) -> None:
    """No missing values, raw keys, template marks, double spaces or lost full stops."""
    for key, text in told(lang):
        assert not re.search(r"\b(None|nan|NaN|NA|True|False)\b", text), (key, text)
        assert not re.search(r"[a-z]_[a-z]|[{}]|Count\(", text), (key, text)
        assert not re.search(r"  | [.,;:]|\.\.|\(\)|,,|[.:]\w{3}", text), (key, text)


def test_no_swedish_section_has_an_english_word() -> None:
    for key, text in told("sv"):
        assert english_words(text.replace("mapping run", "")) == set(), (key, text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_paragraph_is_a_sentence(lang: str) -> None:
    for key, text in told(lang):
        for paragraph in text.split("\n\n")[1:]:
            first = paragraph.removeprefix("- ")[0]
            assert first.isupper() or first.isdigit() or first in "●◐○", (key, paragraph)
            assert paragraph.endswith(".") or "mapping run" in paragraph, (key, paragraph)


def one(lang: str, number: int, section: str) -> str:
    """The first telling of a section in one study."""
    values = next(values for key, values in sections(study(number)) if key == section)
    return prose.section(TEXTS[lang], section, **values).plain.replace("\u00a0", " ")


SEVERAL, SINGLE, NO_WORKSHOP, TIED, HARDLY_KNOWN = range(5)


@pytest.mark.parametrize(
    ("number", "section", "sv", "en"),
    [
        (
            SEVERAL,
            "report.in_short",
            "Sex av 7 institutioner (86 %) deltog i kartläggningen.",
            "Six of 7 departments (86 %) took part in the mapping.",
        ),
        (
            SEVERAL,
            "report.in_short",
            "Det vanligaste interna behovet är rekrytering och marknadsföring: "
            "3 av 6 institutioner (50 %) nämner det.",
            "The commonest internal need is recruitment and marketing: "
            "3 of 6 departments (50 %) name it.",
        ),
        (
            SINGLE,
            "report.in_short",
            "De institutioner som kunde grupperas hör till gruppen ◐ måttliga: 1 av 1 (100 %).",
            "1 of 1 department (100 %) names it.",
        ),
        (
            SEVERAL,
            "report.in_short",
            "hör till grupperna ● goda: 2 av 5 (40 %), ◐ måttliga: 2 av 5 (40 %) och ○ små: 1 av 5",
            "are in the tiers ● good: 2 of 5 (40 %), ◐ moderate: 2 of 5 (40 %) and ○ small: 1 of 5",
        ),
        (
            SINGLE,
            "report.results",
            "hör till samma grupp: ◐ måttliga: 1 av 1 (100 %).",
            "are in the same tier: ◐ moderate: 1 of 1 (100 %).",
        ),
        (
            SEVERAL,
            "report.results",
            "En av 6 deltagande institutioner kunde inte grupperas",
            "One of 6 participating departments could not be classified",
        ),
        (
            SEVERAL,
            "evidence.participation",
            "En institution deltog inte.\n\nAlla tre instrumenten gav uppgifter om 4 av 6 "
            "institutioner (67 %). Om 1 av 6 institutioner (17 %) finns uppgifter från bara ett",
            "One department did not take part.\n\nAll three instruments gave evidence on 4 of 6 "
            "departments (67 %). For 1 of 6 departments (17 %) there is evidence from one",
        ),
        (
            TIED,
            "report.in_short",
            "De vanligaste interna behoven är ”återkoppling på studier och utbildning” och "
            "”rekrytering och marknadsföring”: vart och ett nämns av 1 av 2 institutioner (50 %).",
            "The commonest internal needs are “feedback on studies and education” and "
            "“recruitment and marketing”: each is named by 1 of 2 departments (50 %).",
        ),
        (
            HARDLY_KNOWN,
            "report.in_short",
            "Data avgör inte hur institutionerna kan grupperas.",
            "The data do not decide how the departments can be grouped.",
        ),
        (
            NO_WORKSHOP,
            "swot.in_short",
            "Inga anteckningar från workshopen finns.",
            "There are no notes of the workshop.",
        ),
        (
            NO_WORKSHOP,
            "report.results",
            "Ingen institution hör till grupperna goda och måttliga.",
            "No department is in the tiers good and moderate.",
        ),
        (
            TIED,
            "report.results",
            "Ingen institution hör till gruppen måttliga.",
            "No department is in the tier moderate.",
        ),
        (
            SEVERAL,
            "evidence.left_out",
            "Tre av 8 enkätsvar användes inte. Två skickades aldrig in. Ett saknade svar på alla "
            "frågor.",
            "Three of 8 survey responses were not used. Two were never completed. "
            "One answered no question.",
        ),
        (
            SEVERAL,
            "needs.recruitment",
            "Fler sökande önskas av 2 av 5 institutioner (40 %) med enkätsvar. "
            "Av dem önskar 1 av 2 också högre kvalitet på de sökande.",
            "Of these, 1 of 2 also wants better qualified ones.",
        ),
        (
            SEVERAL,
            "needs.slight",
            "Vissa institutioner saknar internt behov av alumnverksamhet: 2 av 6 (33 %).",
            "Some departments have no internal need for alumni work: 2 of 6 (33 %).",
        ),
        (
            SEVERAL,
            "report.aims",
            "deltog mellan december 2019 och april 2020.",
            "took part between December 2019 and April 2020.",
        ),
    ],
)
def test_what_is_said(number: int, section: str, sv: str, en: str) -> None:
    assert sv in one("sv", number, section)
    assert en in one("en", number, section)


def test_nothing_is_said_of_an_empty_group() -> None:
    results = one("sv", NO_WORKSHOP, "report.results")
    assert "○ Små:" in results
    assert "● Goda:" not in results
    assert "- ◐" not in results
    assert "- Styrkor" not in one("sv", HARDLY_KNOWN, "swot.common")
    assert "- Möjligheter: återkoppling (1)." in one("sv", HARDLY_KNOWN, "swot.common")
