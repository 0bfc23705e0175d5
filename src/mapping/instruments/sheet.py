"""A table of text, as every door gives it to the readers that check and type its cells.

Whatever a file was (delimited text, a spreadsheet, a coding project, SPSS), its reader makes of it
a :class:`Sheet` in the columns of the data contract. ``mapping convert`` writes exactly this.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from mapping.errors import Problem
from mapping.masking import unmasked

LONGEST_WORD = 1_000
"""Letters without a space in a text whose accents are composed; that of a longer one are not."""

Numbers = np.ndarray[Any, np.dtype[np.int64]]

Texts: TypeAlias = "pd.Categorical[str]"
"""A column of text: each distinct text once, and for each record the number of its text.

The texts are as :func:`clean` gives them.
"""


@dataclass(frozen=True, eq=False)
class Sheet:
    """The text of one table: its header, and its non-blank records with their row numbers.

    ``columns`` has one entry for each heading; ``rows`` the row of each record, as a spreadsheet
    shows it (the header is row 1), or as ``mapping convert`` writes it where the file itself has
    no rows. ``files`` tells of each record which file it is of, where the table was put together
    from several; it is empty if all are of the file ``name``. ``decimal_comma`` is true for a file
    separated by semicolons. ``unknown`` are columns that may be blank because the format cannot
    hold them, such as the date of an interview. ``headings`` are the file's own names of columns
    that the file calls otherwise, by the heading here. ``problems`` are those of the file's form;
    records that are too long or too short are among them and not in ``columns``. ``notes`` and
    ``warnings`` are sentences on how the file was read, as in
    :class:`mapping.instruments.recognised.Recognised`.
    """

    name: str
    header: tuple[str, ...] = ()
    columns: tuple[Texts, ...] = ()
    rows: Numbers = field(default_factory=lambda: np.array([], dtype=np.int64))
    decimal_comma: bool = False
    problems: tuple[Problem, ...] = ()
    files: Texts | None = field(default=None, repr=False)
    unknown: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def places(self) -> Texts:
        """The file of each record."""
        if self.files is not None:
            return self.files
        return numbered(np.zeros(len(self.rows), dtype=np.int8), [self.name])

    def column(self, name: str) -> Texts:
        """The column with this heading (the first, if it comes twice).

        Raises
        ------
        ValueError
            No column has it.

        """
        return self.columns[self.header.index(name)]

    def records(self) -> Iterator[tuple[str, ...]]:
        """The cells of each record."""
        return zip(*(column.astype(object) for column in self.columns), strict=True)

    def only(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> Sheet:
        """The records that are chosen, with their rows."""
        return dataclasses.replace(
            self,
            columns=tuple(column[chosen] for column in self.columns),
            rows=self.rows[chosen],
            files=None if self.files is None else self.files[chosen],
        )

    def with_cells(self, name: str, cells: Mapping[int, str]) -> Sheet:
        """The sheet with other text in one column: ``cells`` by the place of the record."""
        texts = self.column(name).astype(object)
        for record, text in cells.items():
            texts[record] = text
        columns = list(self.columns)
        columns[self.header.index(name)] = as_texts(texts)
        return dataclasses.replace(self, columns=tuple(columns))


def as_texts(cells: Iterable[str]) -> Texts:
    """A column of these cells; the distinct texts stand in the order of their first record."""
    known: dict[str, int] = {}
    codes = [known.setdefault(text, len(known)) for text in map(clean, cells)]
    return numbered(np.array(codes, dtype=np.int32), list(known))


def numbered(codes: np.ndarray[Any, Any], texts: Sequence[str]) -> Texts:
    """A column of ``texts``, each distinct, by their numbers in ``codes``."""
    categories: pd.Index[Any] = pd.Index(np.array(texts, dtype=object))
    made: Texts = pd.Categorical.from_codes(codes, categories)
    return made


def sheet_of(
    name: str,
    columns: Mapping[str, Iterable[str]],
    rows: Sequence[int] | None = None,
    files: Iterable[str] | None = None,
    problems: Iterable[Problem] = (),
) -> Sheet:
    """The sheet of columns of text, by heading; ``rows`` from 2 on unless told."""
    texts = tuple(as_texts(cells) for cells in columns.values())
    records = len(texts[0]) if texts else 0
    return Sheet(
        name,
        tuple(columns),
        texts,
        np.array(range(2, records + 2) if rows is None else rows, dtype=np.int64),
        problems=tuple(problems),
        files=None if files is None else as_texts(files),
    )


def clean(cell: str) -> str:
    """The cell without space around it, and without the ' that masks a formula sign."""
    return unmasked(cell.strip()).strip()


def composed(text: str, form: Literal["NFC", "NFKC"] = "NFC") -> str:
    """The text with each letter and its accents as one letter (NFC), as macOS may not write it.

    Piece by piece in a long text, and not in a word that is longer than any: the time that it
    takes grows with the square of the accents in a row. A space composes with nothing.
    """
    if text.isascii():  # nearly every cell, and nothing in it composes
        return text
    return "".join(
        unicodedata.normalize(form, piece) if len(piece) <= LONGEST_WORD else piece
        for piece in _pieces(text)
    )


def _pieces(text: str) -> Iterator[str]:
    """The text cut after spaces, as rarely as can be; a word that is too long stays whole."""
    start = 0
    while start < len(text):
        end = min(start + LONGEST_WORD, len(text))
        if end < len(text):
            end = text.rfind(" ", start, end) + 1 or text.find(" ", end) + 1 or len(text)
        yield text[start:end]
        start = end
