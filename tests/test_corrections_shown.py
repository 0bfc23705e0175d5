"""What the reports tell of a year's corrections: how many, where, and each of them."""

from __future__ import annotations

import pandas as pd
import pytest
from lxml import html as lxml_html
from told import CORRECTIONS, PROTOCOL

from mapping import facts, prose, tables
from mapping.prose import words

SV, EN = words("sv", PROTOCOL), words("en", PROTOCOL)


def section(lang: str, corrections: pd.DataFrame) -> str:
    made = prose.section(
        words(lang, PROTOCOL), "evidence.corrections", **facts.corrections(corrections)
    )
    return made.plain.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("lang", "rows", "said"),
    [
        ("sv", 3, "Rättelser|Tre rättelser har gjorts i efterhand i det som lästes in från "
         "registret och enkäten. Filerna själva är oförändrade."),
        ("en", 3, "Corrections|Three corrections were made afterwards to what was read of "
         "the register and the survey. The files themselves are as they were gathered."),
        ("sv", 1, "Rättelser|En rättelse har gjorts i efterhand i det som lästes in från enkäten. "
         "Filerna själva är oförändrade."),
        ("en", 1, "Corrections|One correction was made afterwards to what was read of the survey. "
         "The files themselves are as they were gathered."),
        ("sv", 0, ""),
        ("en", 0, ""),
    ],
)  # fmt: skip
def test_the_section_tells_how_many_and_in_which_files(lang: str, rows: int, said: str) -> None:
    assert section(lang, CORRECTIONS.head(rows)).replace("\n\n", "|") == said


def test_without_corrections_nothing_is_shown() -> None:
    none = CORRECTIONS.head(0)
    made = prose.section(EN, "evidence.corrections", **facts.corrections(none))
    assert (made.html, tables.corrections(none, EN).html) == ("", "")


def test_the_table_has_each_correction_in_the_order_of_the_file() -> None:
    made = tables.corrections(CORRECTIONS, EN)
    assert [column.header for column in made.columns] == [
        "File", "Key", "Column", "From", "To", "Reason", "Date",
    ]  # fmt: skip
    shown = [[cell.replace("\u00a0", " ") for cell in row] for row in made.cells()]
    assert shown == [
        ["survey.csv", "7", "cond[interest]", "5", "2", "Felskrivet", "2 June 2020"],
        ["departments.csv", "ABC-1", "staff_fte", "20.5", "(blank)", "Annat år", "11 May 2020"],
        ["survey.csv", "9", "role", "(confidential)", "(confidential)", "Fel person",
         "2 June 2020"],
    ]  # fmt: skip
    swedish = [row[3:5] for row in tables.corrections(CORRECTIONS, SV).cells()]
    assert swedish == [["5", "2"], ["20.5", "(tomt)"], ["(konfidentiellt)", "(konfidentiellt)"]]


def test_every_text_of_the_user_is_text() -> None:
    hostile = "</td><script>alert(1)</script>{{ 7 * 7 }}&\"'"
    own = CORRECTIONS.assign(key=hostile, old=hostile, new=hostile, reason=hostile)
    made = tables.corrections(own, EN).html
    assert "<script" not in made
    page = lxml_html.fromstring(f"<div>{made}</div>")
    cells = [cell.text_content() for cell in page.xpath("//tbody/tr[1]/*")]
    assert cells[1] == cells[3] == cells[4] == cells[5] == hostile


def test_the_frame_is_not_changed() -> None:
    before = CORRECTIONS.copy()
    tables.corrections(CORRECTIONS, SV)
    pd.testing.assert_frame_equal(CORRECTIONS, before)
