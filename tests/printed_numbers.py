"""What a PDF prints against numbers.json, and numbers.json against the processed tables."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pymupdf

from mapping.prose.words import _sources
from mapping.protocol import Protocol
from mapping.references import evaluate, numbers_in, parse

Numbers = Mapping[str, Mapping[str, Any]]

_BODY = (40.0, 60.0)
"""Points at the top and the foot of a page that hold what is no part of the text."""

_CONTENTS = re.compile(r"(?:\s*\.){4,}[\s\u2060.]*[0-9]+")
_MARK = re.compile(r"(?<!\S)#([0-9]+)(?!\S)")
TOLD = ("text(", "cell(")


def body_text(pdf: bytes) -> str:
    """The text of all pages in the order of reading, without what stands at their head and foot."""
    parts = []
    for page in pymupdf.open(stream=pdf):
        top, foot = page.rect.y0 + _BODY[0], page.rect.y1 - _BODY[1]
        blocks = page.get_text("blocks")
        parts += [block[4] for block in blocks if block[1] >= top and block[3] <= foot + 8]
    return "\n".join(parts)


def label(name: str) -> str:
    """What the ids of a PDF's numbers begin with: ``tiers-2020-sv.pdf`` has ``tiers-sv``."""
    return re.sub(r"(-[0-9]{4})?-(sv|en)\.pdf$", r"-\2", name)


def without_marks(text: str) -> str:
    """The text without the command that tells where a mark's numbers come from."""
    return re.sub(r"mapping\s+trace\s+[0-9]{4}\s+[\w-]+\s*[\w-]*:[0-9]+", "", text)


def tokens(text: str) -> list[str]:
    return [text[begin:end] for begin, end in numbers_in(text)]


def unsigned(text: str) -> list[str]:
    """The numbers without signs: before a count they are signs of a direction (+3 rose)."""
    return [token.lstrip("+−") for token in tokens(text)]


def by_mark(text: str) -> dict[str, Counter[str]]:
    """The numbers that follow each mark up to the next; those before any under ""."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    first, *parts = _MARK.split(_CONTENTS.sub("", text))
    found[""].update(unsigned(first))
    for mark, part in zip(parts[::2], parts[1::2], strict=True):
        found[mark].update(unsigned(part))
    return found


def unaccounted(pdf: bytes, numbers: Numbers, label: str) -> list[str]:
    """Where the PDF's numbers and those of its marks in numbers.json are not the same."""
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for name, number in numbers.items():
        report, _, place = name.rpartition(":")
        if report == label:
            wanted[place.partition(".")[0]].update(unsigned(number["text"]))
    seen = by_mark(body_text(pdf))
    return [
        f"{label}:{mark or 'before any mark'}: printed and not listed "
        f"{sorted((seen[mark] - wanted[mark]).elements())}, listed and not printed "
        f"{sorted((wanted[mark] - seen[mark]).elements())}"
        for mark in sorted({*seen, *wanted}, key=lambda mark: int(mark or 0))
        if seen[mark] != wanted[mark]
    ]


def untold(numbers: Numbers, lang: str) -> list[str]:
    """Numbers that are said to stand in a text, and do not: they were computed somewhere."""
    sources = _sources(lang)
    return [
        f"{name}: {number['text']} of {number['from']}"
        for name, number in numbers.items()
        if name.partition(":")[0].endswith(f"-{lang}")
        and number["from"].startswith("text(")
        and number["text"] not in tokens(_fixed(number["from"][5:-1], sources))
    ]


def _fixed(key: str, sources: Mapping[str, str]) -> str:
    """What stands in the text itself and in those below its key; values left out."""
    found = [text for name, text in sources.items() if name == key or name.startswith(f"{key}.")]
    return "\n".join(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " _ ", text, flags=re.S) for text in found)


def wrong(
    numbers: Numbers, tables: Mapping[str, pd.DataFrame], protocol: Protocol, lang: str
) -> list[str]:
    """The numbers whose reference does not give what is printed."""
    values: dict[str, Any] = {}
    found = []
    for name, number in numbers.items():
        told = number["from"]
        if told.startswith(TOLD) or not name.partition(":")[0].endswith(f"-{lang}"):
            continue
        try:
            value = values.setdefault(told, evaluate(parse(told), tables, protocol))
        except Exception as error:  # told with the others
            found.append(f"{name}: {number['text']}, and {told} cannot be computed: {error}")
            continue
        if not agrees(number["text"], value, lang):
            found.append(f"{name}: {number['text']} is printed, and {told} is {value}")
    return found


def agrees(text: str, value: Any, lang: str) -> bool:
    """Whether a value is what is printed, rounded half up to as many decimals."""
    if value is None or isinstance(value, str | pd.DataFrame):
        return False
    exact = Fraction(str(value))
    in_words = words_for_numbers(lang)
    if text.lower() in in_words:
        return exact == in_words[text.lower()]
    bound, digits = (text[0], text[1:].strip("\u00a0 ")) if text[0] in "<>" else ("", text)
    if "/" in digits:
        return exact == Fraction(digits)
    plain = digits.replace("\u00a0", "").replace("−", "-").lstrip("+")
    plain = plain.replace(",", ".") if lang == "sv" else plain.replace(",", "")
    shown = Decimal(plain)
    if bound:
        return exact < Fraction(shown) if bound == "<" else exact > Fraction(shown)
    decimals = -int(shown.as_tuple().exponent)
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        Decimal(1).scaleb(-decimals), ROUND_HALF_UP
    )
    return rounded == shown


def words_for_numbers(lang: str) -> dict[str, Fraction]:
    """The language's words for small numbers and for fractions."""
    sources = _sources(lang)
    listed = [text for key, text in sources.items() if key.startswith("terms.format.words.")]
    parts = {key.rpartition(".")[2]: text for key, text in sources.items() if ".fraction." in key}
    fractions = {text: Fraction(key) for key, text in parts.items()}
    return {word: Fraction(number) for number, word in enumerate(listed)} | fractions


def listed(problems: Iterable[str]) -> str:
    """The problems a line each, for an assertion's message."""
    found = list(problems)
    return "\n".join([f"{len(found)} numbers:", *found[:60]])
