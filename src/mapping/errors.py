"""What can go wrong, told apart: the user's data, the user's command, our own fault.

Exit codes of the command line: 1 the data are wrong, 2 wrong use, 3 our fault.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass, fields

from mapping.masking import masked


@dataclass(frozen=True)
class Problem:
    """One error in one place of the raw data or the protocol.

    ``row`` is the row as a spreadsheet shows it (the header is row 1); it is missing for an
    error of a whole file. ``value`` is what stood there; for confidential columns the reader
    gives only its length ("14 characters").
    """

    file: str
    row: int | None = None
    column: str = ""
    value: str = ""
    expected: str = ""
    remedy: str = ""

    def sentence(self) -> str:
        """The problem on one line: where, what stood there, what was expected, what to do."""
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column:
            place.append(f"column {self.column}")
        found = f": found {self.value}" if self.value else ""
        expected = f"; expected {self.expected}" if self.expected else ""
        remedy = f". {self.remedy}" if self.remedy else ""
        return ", ".join(place) + found + expected + remedy


def by_place(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in the order of file, row and column; a whole file's own come first."""
    return tuple(sorted(problems, key=lambda p: (p.file, p.row or 0, astuple(p)[2:])))


MOST_SHOWN = 30
"""Problems of one file that a screen shows; the list of errors has all of them."""


def first_of_each_file(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that a screen shows: of each file so many, in their order."""
    seen: Counter[str] = Counter()
    shown = []
    for problem in problems:
        seen[problem.file] += 1
        if seen[problem.file] <= MOST_SHOWN:
            shown.append(problem)
    return tuple(shown)


def not_shown(problems: Collection[Problem]) -> str:
    """How many problems there are, and how many of them a screen does not show."""
    count = f"{len(problems)} error{'s'[: len(problems) != 1]} in the data"
    more = len(problems) - len(first_of_each_file(problems))
    return f"{count}, {more} of them not shown" if more else count


def errors_csv(problems: Iterable[Problem]) -> str:
    """The problems as CSV, one a row, with a header; no cell is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(Problem))
    for problem in by_place(problems):
        writer.writerow("" if cell is None else masked(str(cell)) for cell in astuple(problem))
    return text.getvalue()


class MappingError(Exception):
    """Base of every error that this package raises on purpose."""

    exit_code = 3


class DataError(MappingError):
    """The raw data or the protocol are wrong: carries every problem of every file at once."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.sentence() for problem in self.problems))


class UsageError(MappingError):
    """The command or the call was wrong: an unknown year, a name that does not exist."""

    exit_code = 2


class RunError(MappingError):
    """Our fault: names the notebook, the cell and the end of the traceback."""

    exit_code = 3
