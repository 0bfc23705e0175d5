"""Sentences of the reports: texts in Swedish and English with computed values."""

from mapping.prose.blocks import (
    comment,
    department_names,
    follow_words,
    in_short,
    margin,
    marks,
    section,
    study_words,
    title,
)
from mapping.prose.words import Words, words

__all__ = [
    "Words",
    "comment",
    "department_names",
    "follow_words",
    "in_short",
    "margin",
    "marks",
    "section",
    "study_words",
    "title",
    "words",
]
