"""Numbers, shares, intervals, lists and dates as each language writes them.

Every number is rounded here and only here, half up and from its exact decimal form, so that
what is printed never decides anything and never depends on the machine. A number that carries
its reference keeps it in what is written; see :mod:`mapping.display`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from mapping.display import first_letter, traceable, visible
from mapping.facts import Count
from mapping.references import computed, reference_of

NBSP = "\u00a0"
MINUS = "\u2212"
EN_DASH = "\u2013"
SIGNS = {"good": "●", "moderate": "◐", "small": "○"}
"""The tiers' signs; a department without a tier has none."""

SMALLEST_CHANCE = 0.01
"""A smaller share of draws is written as "< 1 %", and one as near to 1 as "> 99 %"."""

SMALLEST_P = 0.001
"""A smaller p is written as "< 0.001"."""

WHOLE_PERCENT_BELOW = 100
"""Shares of fewer departments than this are written without decimals."""


@dataclass(frozen=True)
class Formats:
    """The written forms of one language; each method takes a value and gives its text."""

    decimal: str
    thousands: str
    of: str
    and_: str
    between: str
    department: str
    departments: str
    quotes: tuple[str, str]
    months: tuple[str, ...]
    words: tuple[str, ...]

    def number(self, value: float | Decimal, decimals: int = 0) -> str:
        """The number with so many decimals, the language's marks, and a real minus sign."""
        return traceable(self._digits(value, decimals), value)

    def _digits(self, value: float | Decimal | Fraction, decimals: int = 0) -> str:
        exact = Decimal(str(value)) if not isinstance(value, Fraction) else _decimal(value)
        if not exact.is_finite():
            raise ValueError("a missing number cannot be written as a number")
        rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        text = f"{abs(rounded):,f}"
        text = text.translate({ord(","): self.thousands, ord("."): self.decimal})
        return MINUS + text if rounded < 0 else text

    def percent(self, count: Count) -> str:
        """The share as a percentage: no decimals under 100 departments, else one."""
        share = Fraction(count.n, count.of) * 100
        digits = self._digits(share, 0 if count.of < WHOLE_PERCENT_BELOW else 1)
        return _percent(digits, count.n, count.of) + f"{NBSP}%"

    def count(self, count: Count) -> str:
        """The count with its base and share: ``28 of 44 (64 %)``; no share of nothing."""
        return self._of_base(count, "")

    def of_base(self, count: Count) -> str:
        """The count with its base and no share: ``5 of 6``."""
        return f"{self.number(count.n)}{NBSP}{self.of}{NBSP}{self.number(count.of)}"

    def count_departments(self, count: Count, *, opening: bool = False) -> str:
        """As :meth:`count`, with the noun: ``28 of 44 departments (64 %)``.

        ``opening``: it opens a sentence, so a small number is a word: ``One of 44 departments``.
        """
        noun = f" {self.plural(count.of, self.department, self.departments)}"
        written = self._of_base(count, noun)
        if not opening:
            return written
        number = self.number(count.n)
        return capital(self.in_words(count.n)) + written.removeprefix(number)

    def _of_base(self, count: Count, noun: str) -> str:
        share = f"{NBSP}({self.percent(count)})" if count.of else ""
        return f"{self.of_base(count)}{noun}{share}"

    def percentage(self, share: float) -> str:
        """A share in 0..1 as a whole percentage without its sign: ``64``."""
        return _percent(self._digits(Decimal(str(share)) * 100), share)

    def portion(self, share: Fraction) -> str:
        """An exact share: in percent where that is a whole number (``40 %``), else ``2/3``."""
        percent = share * 100
        if percent.denominator == 1:
            return f"{_percent(self._digits(int(percent)), share)}{NBSP}%"
        return traceable(str(share), share)

    def chance(self, share: float) -> str:
        """A share in 0..1 as whole percentages, never 0 or 100 for what is only near: ``< 1 %``."""
        if 0 < share < SMALLEST_CHANCE:
            return _percent(f"<{NBSP}1", share) + f"{NBSP}%"
        if 1 - SMALLEST_CHANCE < share < 1:
            return _percent(f">{NBSP}99", share) + f"{NBSP}%"
        return f"{self.percentage(share)}{NBSP}%"

    def p(self, value: float) -> str:
        """A p in a sentence: ``p = 0.013``, or that it is below the smallest shown."""
        relation = "" if value < SMALLEST_P else f"={NBSP}"
        return f"p{NBSP}{relation}{self.small(value)}"

    def small(self, value: float) -> str:
        """A p with three decimals, or that it is below the smallest shown: ``< 0.001``."""
        below = f"<{NBSP}" if value < SMALLEST_P else ""
        return traceable(below + self._digits(max(value, SMALLEST_P), 3), value)

    def signed(self, value: float, decimals: int = 0) -> str:
        """The number with its sign, also where it is more than nothing: ``+3``."""
        written = self._digits(value, decimals)
        return traceable(f"+{written}" if value > 0 else written, value)

    def interval(self, low: float, high: float) -> str:
        """Two shares in 0..1 as an interval of whole percentages: ``between 50 and 75 %``."""
        ends = [self.percentage(end) for end in (low, high)]
        if visible(ends[0]) == visible(ends[1]):
            return f"{ends[0]}{NBSP}%"
        return f"{self.between}{NBSP}{ends[0]}{NBSP}{self.and_}{NBSP}{ends[1]}{NBSP}%"

    def plural(self, number: int | Count, one: str, many: str) -> str:
        """The form that goes with the number: ``one`` with exactly 1, else ``many``."""
        return one if (number.n if isinstance(number, Count) else number) == 1 else many

    def listing(self, items: Iterable[str]) -> str:
        """The items as a list in a sentence: ``A, B and C``."""
        *first, last = items
        return f"{', '.join(first)} {self.and_} {last}" if first else last

    def quoted(self, text: str) -> str:
        """The text within the language's quotation marks."""
        return f"{self.quotes[0]}{text}{self.quotes[1]}"

    def day(self, value: date) -> str:
        """The day, with the month's name: ``30 April 2020``."""
        return f"{value.day}{NBSP}{self.month(value)}"

    def month(self, value: date) -> str:
        """The month and year: ``April 2020``."""
        return f"{self.months[value.month - 1]}{NBSP}{value.year}"

    def in_words(self, number: int) -> str:
        """A small number as a word (up to twelve), else in digits."""
        if number >= len(self.words):
            return self.number(number)
        return traceable(self.words[number], number)


def capital(text: str) -> str:
    """The text with its first letter large and the others as they are."""
    begin = first_letter(text)
    return text[:begin] + text[begin : begin + 1].upper() + text[begin + 1 :]


def sign(tier: str) -> str:
    """The tier's sign; nothing for a department without a tier."""
    return SIGNS.get(tier, "")


def _percent(written: str, *share: float | Fraction) -> str:
    """A written percentage with the reference of its share, or of its count and base."""
    told = any(reference_of(number) for number in share)
    return traceable(written, computed("percent", *share)) if told else written


def _decimal(share: Fraction) -> Decimal:
    return Decimal(share.numerator) / Decimal(share.denominator)
