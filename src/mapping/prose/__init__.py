"""Sentences of the reports: texts in Swedish and English with computed values."""

from mapping.prose.words import Words, words

__all__ = ["Words", "words"]
