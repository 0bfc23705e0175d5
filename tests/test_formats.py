"""Numbers, shares, lists and dates as each language writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from builders import su_2020

from mapping.facts import Count
from mapping.prose import words
from mapping.prose.formats import Formats, capital, sign

SV: Formats = words("sv", su_2020()).formats
EN: Formats = words("en", su_2020()).formats


@pytest.mark.parametrize(
    ("value", "decimals", "sv", "en"),
    [
        (0, 0, "0", "0"),
        (2.5, 1, "2,5", "2.5"),
        (2.25, 1, "2,3", "2.3"),  # half up, though 2.25 is exact in binary
        (0.45, 1, "0,5", "0.5"),  # half up from the decimal, though binary 0.45 is less
        (1.005, 2, "1,01", "1.01"),
        (-1.5, 1, "\u22121,5", "\u22121.5"),
        (-0.04, 1, "0,0", "0.0"),  # no minus nought
        (999, 0, "999", "999"),
        (1000, 0, "1\u00a0000", "1,000"),
        (1234567.8, 1, "1\u00a0234\u00a0567,8", "1,234,567.8"),
        (Decimal("0.125"), 2, "0,13", "0.13"),
    ],
)
def test_a_number(value: float, decimals: int, sv: str, en: str) -> None:
    assert SV.number(value, decimals) == sv
    assert EN.number(value, decimals) == en


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_missing_number_is_never_written(value: float) -> None:
    with pytest.raises(ValueError, match="missing"):
        SV.number(value)


@pytest.mark.parametrize(
    ("count", "sv"),
    [
        (Count(28, 44), "28\u00a0av\u00a044\u00a0(64\u00a0%)"),
        (Count(1, 8), "1\u00a0av\u00a08\u00a0(13\u00a0%)"),  # 12.5 half up
        (Count(0, 0), "0\u00a0av\u00a00"),  # no share of nothing
        (Count(1, 3), "1\u00a0av\u00a03\u00a0(33\u00a0%)"),
        (Count(98, 99), "98\u00a0av\u00a099\u00a0(99\u00a0%)"),
        (Count(2, 100), "2\u00a0av\u00a0100\u00a0(2,0\u00a0%)"),
        (Count(1, 101), "1\u00a0av\u00a0101\u00a0(1,0\u00a0%)"),
        (Count(1000, 3000), "1\u00a0000\u00a0av\u00a03\u00a0000\u00a0(33,3\u00a0%)"),
    ],
)
def test_a_count_with_its_base(count: Count, sv: str) -> None:
    assert SV.count(count) == sv
    assert EN.of_base(count).split("\u00a0of\u00a0")[0] == EN.number(count.n)


def test_a_count_with_its_noun() -> None:
    many = "28\u00a0av\u00a044 institutioner\u00a0(64\u00a0%)"
    assert SV.count_departments(Count(28, 44)) == many
    assert SV.count_departments(Count(0, 1)) == "0\u00a0av\u00a01 institution\u00a0(0\u00a0%)"
    assert EN.count_departments(Count(1, 1)) == "1\u00a0of\u00a01 department\u00a0(100\u00a0%)"


def test_a_count_that_opens_a_sentence() -> None:
    """In words up to twelve, else in digits; the base and the share stay as they are."""
    assert SV.count_departments(Count(1, 44), opening=True) == (
        "En\u00a0av\u00a044 institutioner\u00a0(2\u00a0%)"
    )
    assert EN.count_departments(Count(12, 12), opening=True) == (
        "Twelve\u00a0of\u00a012 departments\u00a0(100\u00a0%)"
    )
    assert SV.count_departments(Count(0, 0), opening=True) == "Noll\u00a0av\u00a00 institutioner"
    many = Count(13, 44)
    assert SV.count_departments(many, opening=True) == SV.count_departments(many)


def test_an_interval() -> None:
    assert SV.interval(0.5, 0.746) == "mellan\u00a050\u00a0och\u00a075\u00a0%"
    assert EN.interval(0.5, 0.75) == "between\u00a050\u00a0and\u00a075\u00a0%"
    assert SV.interval(1.0, 1.0) == "100\u00a0%"
    assert SV.interval(0.501, 0.504) == "50\u00a0%"


@pytest.mark.parametrize(
    ("share", "sv"),
    [
        (0.0, "0\u00a0%"),
        (0.002, "<\u00a01\u00a0%"),
        (0.01, "1\u00a0%"),
        (0.985, "99\u00a0%"),
        (0.99, "99\u00a0%"),
        (0.998, ">\u00a099\u00a0%"),
        (1.0, "100\u00a0%"),
    ],
)
def test_a_share_of_draws(share: float, sv: str) -> None:
    assert SV.chance(share) == sv


def test_plural_by_number_and_by_count() -> None:
    assert [EN.plural(n, "one", "many") for n in (0, 1, 2)] == ["many", "one", "many"]
    assert EN.plural(Count(1, 44), "one", "many") == "one"
    assert EN.plural(Count(2, 1), "one", "many") == "many"


def test_a_list() -> None:
    assert SV.listing(["A"]) == "A"
    assert SV.listing(["A", "B"]) == "A och B"
    assert EN.listing(iter(["A", "B", "C"])) == "A, B and C"
    with pytest.raises(ValueError, match="unpack"):
        SV.listing([])


def test_dates() -> None:
    assert SV.day(date(2020, 4, 30)) == "30\u00a0april\u00a02020"
    assert SV.month(date(2019, 12, 2)) == "december\u00a02019"
    assert EN.day(date(2019, 1, 1)) == "1\u00a0January\u00a02019"
    assert len(SV.months) == len(EN.months) == 12


def test_small_numbers_in_words_up_to_twelve() -> None:
    assert [SV.in_words(n) for n in (0, 1, 12, 13)] == ["noll", "en", "tolv", "13"]
    assert EN.in_words(12) == "twelve"


def test_signs_quotes_and_capitals() -> None:
    assert [sign(tier) for tier in ("good", "moderate", "small", "unclassified")] == [*"●◐○", ""]
    assert SV.quoted("a") == "”a”"
    assert EN.quoted("a") == "“a”"
    assert capital("åtta SWOT") == "Åtta SWOT"
    assert capital("") == ""
