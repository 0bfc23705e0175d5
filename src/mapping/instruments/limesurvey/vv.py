"""VV files, which LimeSurvey writes to be edited and taken in again: tabs and two header rows.

The first row has the questions' texts, the second their codes. Tabs, line ends and a leading
quote in an answer are written in braces; a question that was not shown is so called.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from mapping.errors import DataError, Problem
from mapping.instruments.delimited import decode
from mapping.instruments.limesurvey.fields import headings_of, is_field
from mapping.instruments.limesurvey.headings import OPENING
from mapping.instruments.limesurvey.questionnaire import is_questionnaire
from mapping.instruments.limesurvey.responses import (
    Export,
    as_survey,
    one_table,
    questionnaire_among,
)
from mapping.instruments.recognised import Progress, Read, silent
from mapping.instruments.sheet import Sheet, clean, composed, numbered
from mapping.instruments.study_settings import StudySettings
from mapping.protocol import Protocol

HEADER_ROWS = 2
CHUNK = 20_000
"""Records that are put into columns at a time."""

_BRACED = {
    "{newline}": "\n",
    "{cr}": "\r",
    "{tab}": "\t",
    "{quote}": '"',
    "{lbrace}": "{",
    "{question_not_shown}": "",
}
_LINE_END = re.compile(r"\r?\n")
_BRACES = re.compile("|".join(map(re.escape, _BRACED)))


def is_vv(data: bytes) -> bool:
    """Whether the bytes are a VV file."""
    text = data[:OPENING].decode("utf-8-sig", "replace")
    lines = _LINE_END.split(text, maxsplit=HEADER_ROWS)[:HEADER_ROWS]
    if len(lines) < HEADER_ROWS or "\t" not in lines[0]:
        return False
    codes = _cells(lines[1])
    named = {"id", "submitdate"} <= set(codes)
    return named and ("startlanguage" in codes or "lastpage" in codes or any(map(is_field, codes)))


def read_vv(
    files: Mapping[str, bytes],
    protocol: Protocol,
    settings: StudySettings,
    progress: Progress = silent,
) -> Read:
    """The responses of a VV file; with the questionnaire (.lss) if ``files`` has it too.

    Raises
    ------
    DataError
        It is not UTF-8; its codes are database names and there is no questionnaire that has them.

    """
    lss, told = questionnaire_among(files, protocol, settings.survey.columns)
    name, data = one_table(files, is_questionnaire)
    text, problems = decode(name, data)
    if problems:
        raise DataError(problems)
    lines = iter(io.StringIO(text, newline="\n"))
    next(lines, "")
    header = tuple(map(clean, _cells(next(lines, ""))))
    of = data.count(b"\n") - HEADER_ROWS
    table = _table(name, header, lines, lambda done: progress(name, done, of))
    codes = headings_of(name, header, lss)
    sheet = Sheet(name, codes, table.columns, table.rows, problems=table.problems)
    return as_survey(Export(sheet, "LimeSurvey VV file", lss, told), protocol, settings)


def _cells(line: str) -> list[str]:
    """The cells of a line; headers end in a tab, which is no column."""
    cells = _without_end(line).split("\t")
    return cells[:-1] if cells[-1] == "" else cells


def _without_end(line: str) -> str:
    """The line without its end; other signs that end lines elsewhere are text here."""
    return line.removesuffix("\n").removesuffix("\r")


class _Numbers(dict[str, int]):
    """The number of each text of a column, in the order in which they come."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def __missing__(self, cell: str) -> int:
        text = clean(_unescaped(cell))
        number = self.get(text)
        if number is None:
            number = len(self.texts)
            self.texts.append(text)
            dict.__setitem__(self, text, number)
        self[cell] = number
        return number


def _table(
    name: str, header: Sequence[str], lines: Iterator[str], progress: Callable[[int], None]
) -> Sheet:
    """The records below both header rows; one with too many or too few cells is a problem."""
    known = [_Numbers() for _ in header]
    codes: list[list[np.ndarray]] = [[] for _ in header]
    rows: list[int] = []
    problems: list[Problem] = []
    for records in _chunks(lines):
        whole = [pair for pair in records if len(pair[1]) == len(header)]
        problems += [
            _ragged(name, row, len(record), len(header))
            for row, record in records
            if len(record) != len(header)
        ]
        columns = zip(*(record for _, record in whole), strict=True)
        for numbers, found, cells in zip(known, codes, columns, strict=False):
            found.append(np.fromiter(map(numbers.__getitem__, cells), np.int32, len(whole)))
        rows += [row for row, _ in whole]
        progress(len(rows))
    texts = tuple(
        numbered(np.concatenate(found) if found else np.array([], np.int32), numbers.texts)
        for found, numbers in zip(codes, known, strict=True)
    )
    return Sheet(name, tuple(header), texts, np.array(rows, dtype=np.int64), False, tuple(problems))


def _chunks(lines: Iterator[str]) -> Iterator[list[tuple[int, list[str]]]]:
    records: list[tuple[int, list[str]]] = []
    for row, line in enumerate(lines, start=HEADER_ROWS + 1):
        if line.strip():
            records.append((row, _without_end(line).split("\t")))
        if len(records) == CHUNK:
            yield records
            records = []
    yield records


def _unescaped(cell: str) -> str:
    """The text of a cell, without the quotes of a spreadsheet that saved the file anew."""
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    inner = cell[1:-1].replace('""', '"') if quoted else cell
    return composed(_BRACES.sub(lambda found: _BRACED[found[0]], inner))


def _ragged(name: str, row: int, cells: int, expected: int) -> Problem:
    remedy = "Export the file anew, or give the row one cell for each code of row 2."
    return Problem(name, row, "", f"{cells} cells", f"{expected} cells, as in row 2", remedy)
