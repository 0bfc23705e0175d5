"""Columns of the audit's tables whose numbers carry what they rest on."""

from __future__ import annotations

import pandas as pd

from mapping.display import traceable
from mapping.facts import Count
from mapping.prose import Words
from mapping.references import Fixed, cell, numbers_in
from mapping.references import traced as with_reference
from mapping.tables import cells


def told(text: str) -> str:
    """What a table says itself, with the references in it."""
    return text


def fixed(words: Words, key: str) -> str:
    """A text without values; the numbers in it rest on it."""
    text, made, at = words.say(key), "", 0
    for begin, end in numbers_in(text):
        number = text[begin:end]
        value = with_reference(float(number.replace(",", ".")), Fixed(key))
        made += text[at:begin] + traceable(number, value)
        at = end
    return made + text[at:]


def traced(frame: pd.DataFrame, table: str, *columns: str) -> pd.DataFrame:
    """The rows of a processed table, the numbers in these columns with their references."""
    rows = frame.to_dict("records")
    made = {
        name: cells.objects([cell(table, row, name) for row in rows], frame) for name in columns
    }
    return frame.assign(**made)


def ends(frame: pd.DataFrame, table: str, low: str, high: str) -> pd.Series:
    """Two columns of a processed table as pairs, missing where either is."""
    pairs = [(cell(table, row, low), cell(table, row, high)) for row in frame.to_dict("records")]
    return cells.objects([None if None in pair else pair for pair in pairs], frame)


def counts(frame: pd.DataFrame, table: str, n: str, of: str) -> pd.Series:
    """Two columns of a processed table as counts with their base; missing where it is nothing."""
    pairs = [(cell(table, row, n), cell(table, row, of)) for row in frame.to_dict("records")]
    return cells.objects([Count(*pair) if pair[1] else None for pair in pairs], frame)  # type: ignore[arg-type]
