"""Which signs of a text are numbers that need to tell what they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "januari|februari|mars|maj|juni|juli|augusti|oktober"
)
_SPACE = r"[\ \u00a0\n]"

_NO_NUMBER = rf"""
    \w+://\S+                                              # an address
    | \b[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\b                 # a date
    | \b[0-9]{{1,2}}[.]?(?:{_SPACE}?[–-]{_SPACE}?[0-9]{{1,2}})?{_SPACE}(?:{_MONTHS})\b
    | \bversion(?:en)?{_SPACE}[0-9]+(?:[.][0-9]+)*         # a version
    | \b[0-9]+(?:[.][0-9]+){{2,}}\b
    | \b[^\W\d_]+-[0-9]{{4}}{_SPACE}[0-9]+[.][0-9]+\b      # a protocol and its version
    | (?<![\w.,])(?<![0-9]\u00a0)(?:19|20)[0-9]{{2}}(?![\w%]|[.,][0-9]|\u00a0[0-9%])     # a year
    | [^\W\d_][\w.:/-]*[0-9][\w:/-]*                       # a name: ALFA-12, R1, su-2020, a.b:12.3
    | [0-9][0-9a-f]*[a-zåäö][\w-]*                         # a hash, or 2a
    | \#[0-9]+                                             # a mark in the margin
    """

_NUMBER = r"[−+]?[0-9]+(?:[\u00a0\u202f][0-9]{3}(?![0-9]))*(?:[.,/][0-9]+)*"

_EITHER = re.compile(rf"(?:{_NO_NUMBER})|(?P<number>{_NUMBER})", re.IGNORECASE | re.VERBOSE)


def numbers_in(text: str) -> Iterator[tuple[int, int]]:
    """Where the numbers of a text begin and end.

    Every run of digits is a number, with its sign, its decimals, its thousands and what it is
    divided by (2/3), except dates and days, years (1900 to 2099, standing alone), versions, and
    digits within a name: a department's id (ALFA-12), a key (R1), a file, a command's argument,
    a hash, an address, a mark (#12). Words for numbers are none: they are read from the text by
    nobody but a person.

    >>> text = "ALFA-12 answered on 30 April 2020: 1.5 of 3 (50 %)"
    >>> [text[begin:end] for begin, end in numbers_in(text)]
    ['1.5', '3', '50']
    """
    for found in _EITHER.finditer(text):
        if found["number"]:
            yield found.span()
