"""One cell of a spreadsheet as text: what a person sees in it, as far as the study needs it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

Kind = Literal["blank", "text", "number", "date", "truth", "error", "formula"]


class Cell(NamedTuple):
    """A cell's text, and what kind of cell it is.

    Of an ``error`` the text says what is wrong (``#N/A``, or in words); of a ``formula`` it is
    the formula, never its result.
    """

    text: str
    kind: Kind


BLANK = Cell("", "blank")

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)
"""A plain number in a column of dates is read as a day if the day is one of these."""

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,5})?")
_MOST = 10**15
"""Numbers from here on have lost digits: a spreadsheet keeps 15."""

_SMALL = 1e-4
"""Smaller numbers are written with an exponent, and keep their digits."""

_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, 27, 28, 29, 30, 31, 36), "yyyy-mm-dd"),
    **dict.fromkeys((50, 51, 52, 53, 54, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), "hh:mm:ss"),
    22: "yyyy-mm-dd hh:mm",
    46: "[h]:mm:ss",
}
"""Date formats that a workbook uses by number; those of East Asian editions included."""

_ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
"""What a number format shows as it stands, and colours, conditions and languages."""

_AM_PM = re.compile(r"am/pm|a/p|general", re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Style:
    """What a cell's number format makes of a number: a day, a time, both, or padded digits."""

    day: bool = False
    time: bool = False
    elapsed: bool = False
    digits: int = 0


def style_of(number: int, formats: Mapping[int, str]) -> Style:
    """The style of the number format ``number``; ``formats`` are those of the workbook's own."""
    code = formats.get(number, _BUILT_IN.get(number, ""))
    shown = _ASIDE.sub("", code).partition(";")[0]
    if re.fullmatch("0{2,}", shown) and shown == code:
        return Style(digits=len(shown))
    letters = _AM_PM.sub("h" if "/" in shown.lower() else "", shown).lower()
    if not set(letters) & set("ymdhs"):
        return Style()
    time = bool(set(letters) & set("hs"))
    day = bool(set(letters) & set("yd")) or not time
    return Style(
        day=day and "[" not in letters, time=time or "[" in letters, elapsed="[" in letters
    )


def number_cell(text: str, style: Style, *, from_1904: bool) -> Cell:
    """A cell with a number: in digits as a person sees it, or as a date if its format says so.

    Fifteen digits and decimals, as spreadsheets show, so that 0.1+0.2 is 0.3; none for 3.0.
    A share shown as 25 % is 0.25, the number itself.
    """
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return Cell("no number", "error")
    value = float(stripped)
    if style.day or style.time:
        return _date_cell(value, style, from_1904=from_1904)
    if not abs(value) < _MOST:
        return Cell("a number of more than 15 digits", "error")
    value = float(f"{value:.15g}")
    if abs(value) >= _SMALL:
        value = round(value, 15)
    if value == int(value):
        return Cell(f"{int(value):0{style.digits or 1}d}", "number")
    return Cell(repr(value), "number")


def as_date(cell: Cell, *, from_1904: bool) -> Cell:
    """The day of a plain number in a column of dates; the cell itself if it can be none."""
    found = _date_cell(float(cell.text), Style(day=True), from_1904=from_1904)
    days = str(FIRST_DAY) <= found.text <= str(LAST_DAY)
    return found if found.kind == "date" and days else cell


def _date_cell(value: float, style: Style, *, from_1904: bool) -> Cell:
    """The date, ISO 8601, that the serial number stands for; the time if it is shown, or midnight.

    Serial 60 of the 1900 system is the 29th of February 1900, a day that never was.
    """
    wrong = Cell("a date that does not exist", "error")
    if not 0 <= value < 2_958_466:
        return wrong
    seconds = round(value * 86_400)
    days, rest = divmod(seconds, 86_400) if style.time else (int(value), 0)
    clock = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    if style.elapsed:
        return Cell(f"{seconds // 3600}:{clock[3:]}", "date")
    if not style.day and not days:
        return Cell(clock, "date")
    if not from_1904 and days in (0, 60):
        return wrong
    start = date(1904, 1, 1) if from_1904 else date(1899, 12, 30 if days > 60 else 31)
    try:
        day = start + timedelta(days)
    except OverflowError:
        return wrong
    return Cell(f"{day} {clock}" if rest else str(day), "date")


def iso_cell(text: str) -> Cell:
    """A cell with a date in ISO 8601, as strict workbooks have it; without the time at midnight."""
    day, _, time = text.strip().partition("T")
    try:
        date.fromisoformat(day)
    except ValueError:
        return Cell("a date that does not exist", "error")
    clock = time.removesuffix("Z")[:8]
    return Cell(day if not clock.strip("0:.") else f"{day} {clock}", "date")


def plain(text: str) -> str:
    """The text of a string: escaped signs bare, line breaks as LF."""
    if "_x" in text:
        text = _ESCAPED.sub(_sign, text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _sign(escaped: re.Match[str]) -> str:
    """The sign of an escape; one that cannot be shown stays escaped."""
    sign = chr(int(escaped.group(1), 16))
    return sign if sign.isprintable() or sign in "\t\r\n" else escaped.group()


def address(row: int, column: int) -> str:
    """A cell as a spreadsheet names it.

    >>> address(7, 2), address(1, 28)
    ('B7', 'AB1')
    """
    return f"{letters(column)}{row}"


def letters(column: int) -> str:
    """A column's letters by its number from 1 on."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def column_number(name: str) -> int:
    """A column's number from 1 on by its letters; 0 if they are none."""
    number = 0
    if not (1 <= len(name) <= 3 and name.isascii() and name.isalpha()):
        return 0
    for letter in name.upper():
        number = 26 * number + ord(letter) - 64
    return number
