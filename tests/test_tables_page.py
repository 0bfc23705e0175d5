"""docs/tables.md, held against the contract of the tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mapping.schemas import AUDIT, FOLLOW_UP, OPEN, TABLES

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
NEVER = "never"


def sections() -> dict[str, str]:
    """The page's text on each table."""
    _, *parts = re.split(r"^## (\w+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def columns(text: str) -> dict[str, str]:
    """Each column that a section names, and when it is missing."""
    found = re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", text, flags=re.MULTILINE)
    return dict(found)


def test_every_table_of_the_follow_up_and_the_audit_has_a_section_in_order() -> None:
    assert tuple(sections()) == (*FOLLOW_UP, *AUDIT, *OPEN)


@pytest.mark.parametrize("table", [*FOLLOW_UP, *AUDIT, *OPEN])
def test_the_page_names_exactly_the_columns(table: str) -> None:
    told = columns(sections()[table])
    assert list(told) == list(TABLES[table].columns)
    may_miss = {name for name, column in TABLES[table].columns.items() if column.nullable}
    assert {name for name, missing in told.items() if missing != NEVER} <= may_miss


@pytest.mark.parametrize("table", [*FOLLOW_UP, *AUDIT, *OPEN])
def test_every_section_says_what_one_row_is(table: str) -> None:
    assert sections()[table].strip().startswith("One row is a")


def test_the_page_says_by_how_many_columns_each_table_is_sorted() -> None:
    words = {1: "one", 2: "two", 3: "three", 4: "four"}
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    told = dict.fromkeys(FOLLOW_UP, "")
    for word in words.values():
        (listed,) = re.findall(rf"{word} in (`\w+`(?: and `\w+`)?)", text)
        told |= dict.fromkeys(re.findall(r"`(\w+)`", listed), word)
    assert told == {name: words[len(TABLES[name].unique or [])] for name in FOLLOW_UP}


@pytest.mark.parametrize("table", AUDIT)
def test_the_first_line_on_a_table_of_the_audit_names_what_it_is_sorted_by(table: str) -> None:
    first = sections()[table].strip().split("\n\n")[0].split(":")[0]
    assert re.findall(r"`(\w+)`", first) == TABLES[table].unique
