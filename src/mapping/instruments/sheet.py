"""A table of text, as every door gives it to the readers that check and type its cells.

Whatever a file was (delimited text, a spreadsheet, a coding project, SPSS), its reader makes of it
a :class:`Sheet` in the columns of the data contract. ``mapping convert`` writes exactly this.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mapping.errors import Problem

MASKED = ("=", "+", "-", "@")
"""Signs that a spreadsheet takes for the beginning of a formula; a leading ' masks them."""

Numbers = np.ndarray[Any, np.dtype[np.int64]]

Texts = pd.Categorical
"""A column of text: each distinct text once, and for each record the number of its text."""


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
    records that are too long or too short are among them and not in ``columns``.
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

    @property
    def places(self) -> Texts:
        """The file of each record."""
        if self.files is not None:
            return self.files
        return pd.Categorical.from_codes(np.zeros(len(self.rows), dtype=np.int8), [self.name])

    def column(self, name: str) -> Texts:
        """The column with this heading (the first, if it comes twice).

        Raises
        ------
        ValueError
            No column has it.

        """
        return self.columns[self.header.index(name)]

    def cleaned(self, name: str) -> np.ndarray[Any, np.dtype[np.object_]]:
        """The text of each record in the column with this heading, as :func:`clean` gives it."""
        column = self.column(name)
        texts = np.array([clean(text) for text in column.categories], dtype=object)
        return texts[column.codes] if len(texts) else np.array([], dtype=object)

    def records(self) -> Iterator[tuple[str, ...]]:
        """The cells of each record, as they stand."""
        return zip(*(column.astype(object) for column in self.columns), strict=True)

    def only(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> Sheet:
        """The records that are chosen, with their rows."""
        return dataclasses.replace(
            self,
            columns=tuple(column[chosen] for column in self.columns),
            rows=self.rows[chosen],
            files=None if self.files is None else self.files[chosen],
        )

    def with_cells(self, column: int, cells: Mapping[int, str]) -> Sheet:
        """The sheet with other text in one column: ``cells`` by the place of the record."""
        texts = self.columns[column].astype(object)
        for record, text in cells.items():
            texts[record] = text
        columns = list(self.columns)
        columns[column] = as_texts(texts)
        return dataclasses.replace(self, columns=tuple(columns))


def as_texts(cells: Iterable[str]) -> Texts:
    """A column of these cells; the distinct texts stand in the order of their first record."""
    known: dict[str, int] = {}
    codes = [known.setdefault(cell, len(known)) for cell in cells]
    return pd.Categorical.from_codes(codes, pd.Index(list(known), dtype=object))


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
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in MASKED else text
