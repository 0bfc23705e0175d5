"""Text that a spreadsheet takes for a formula, masked where it is written, bare where it is read.

Every table that the program writes for people goes through :func:`masked`: its cells of text, not
its numbers, so that -5 stays a number and the text ``-5`` is masked. In an .xlsx file text is a
kind of its own and needs no sign; there the cell is marked as text (quote prefix) instead.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line's help needs no pandas
    import pandas as pd

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
"""What a formula may begin with, the full-width forms of East Asian keyboards included."""

_FORMULA = re.compile(rf"[\s']*[{re.escape(SIGNS)}]|'*[\t\r\n]")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula, or a masked one for a mask.

    Space and ' before the sign count, for programs differ in what they strip first; so does a tab
    or a line break at the beginning.
    """
    return _FORMULA.match(text) is not None


def masked(text: str) -> str:
    """The text with a ' before it if :func:`is_formula`; :func:`unmasked` gives it back exactly.

    >>> masked("=1+1"), masked("'=1+1"), masked("1-1")
    ("'=1+1", "''=1+1", '1-1')
    """
    return f"'{text}" if is_formula(text) else text


def masked_table(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with its text masked, cell by cell; its numbers and what is missing as they are."""
    from pandas.api.types import is_object_dtype, is_string_dtype  # noqa: PLC0415

    texts = [
        name
        for name in frame
        if is_string_dtype(frame[name].dtype) or is_object_dtype(frame[name].dtype)
    ]
    return frame.assign(**{str(name): frame[name].map(_masked_text) for name in texts})


def _masked_text(cell: object) -> object:
    return masked(cell) if isinstance(cell, str) else cell


def unmasked(text: str) -> str:
    """The text without the one ' that masks it.

    >>> unmasked("'=1+1"), unmasked("'twas"), unmasked("''=1+1")
    ('=1+1', "'twas", "'=1+1")
    """
    return text[1:] if text[:1] == "'" and is_formula(text) else text
