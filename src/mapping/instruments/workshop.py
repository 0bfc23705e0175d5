"""``workshop.csv``: the notes of the SWOT workshop."""

from __future__ import annotations

from collections.abc import Collection

from mapping.instruments.fields import (
    Field,
    Parsed,
    department,
    fieldwork_day,
    one_of,
    parse,
    repeated_ids,
    required,
    whole,
)
from mapping.instruments.sheet import Sheet
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Protocol

NAME = "workshop.csv"
COLUMNS = ("item_id", "department_id", "date", "quadrant", "theme", "votes", "statement")

QUADRANT_WORDS = {
    "strength": ("s", "strength", "strengths", "styrka", "styrkor"),
    "weakness": ("w", "weakness", "weaknesses", "svaghet", "svagheter"),
    "opportunity": ("o", "opportunity", "opportunities", "möjlighet", "möjligheter"),
    "threat": ("t", "threat", "threats", "hot"),
}
"""The words for each quadrant, Swedish and English, in lower case."""


def read_workshop(
    sheet: Sheet, protocol: Protocol, settings: StudySettings, known: Collection[str] | None
) -> Parsed:
    """One row per note; the statement is not read.

    Columns: item_id, department_id, date, quadrant (strength, weakness, opportunity, threat),
    theme, votes (Int64, 0 if blank), file, row. ``known`` as in the interviews.
    """
    parsed = parse(sheet, _fields(sheet, protocol, settings, known))
    problems = (*parsed.problems, *repeated_ids(parsed.frame, "item_id", "note"))
    return Parsed(parsed.frame, problems)


def quadrant(text: str) -> str:
    """The quadrant that a word stands for, in any case; ValueError for another word."""
    word = text.casefold()
    for name, words in QUADRANT_WORDS.items():
        if word in words:
            return name
    raise ValueError


def _votes(text: str) -> int:
    return whole(text) if text else 0


def _fields(
    sheet: Sheet, protocol: Protocol, settings: StudySettings, known: Collection[str] | None
) -> dict[str, Field]:
    first, last = settings.fieldwork.start, settings.fieldwork.end
    themes = protocol.themes
    return {
        "item_id": Field(required, "the note's id", "Give the note an id."),
        "department_id": department(known),
        "date": fieldwork_day(first, last, known="date" not in sheet.unknown),
        "quadrant": Field(
            quadrant,
            "strength, weakness, opportunity or threat (styrka, svaghet, möjlighet, hot)",
            "Write one of these words, or S, W, O or T.",
            choices=tuple(w for words in QUADRANT_WORDS.values() for w in words if len(w) > 1),
        ),
        "theme": Field(
            one_of({theme: theme for theme in themes}),
            f"a workshop theme of protocol {protocol.name}",
            f"Write one of {', '.join(themes)}.",
            choices=themes,
        ),
        "votes": Field(
            _votes,
            "a whole number, 0 or more, or blank",
            "Correct the number; leave it blank for no votes.",
            "Int64",
        ),
    }
