"""What the command line shows. Users' text is data here too: never markup, never control codes.

Tables are drawn for a terminal, and kept wide enough for a pipe; without colour nothing is lost.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from itertools import groupby
from pathlib import Path
from time import monotonic
from typing import IO, TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from mapping.errors import Problem, first_of_each_file, not_shown
from mapping.instruments.recognised import Progress as Reads
from mapping.instruments.recognised import silent
from mapping.pipeline import check_words
from mapping.pipeline.confidential import printable
from mapping.pipeline.doctor import FileNotRead, OneYear
from mapping.pipeline.progress import Progress

if TYPE_CHECKING:
    from mapping.pipeline.run import RunResult
    from mapping.pipeline.store import Store

_PIPE_WIDTH = 200
MOST_NAMED = 12
"""Files, notebooks and names of each kind; of more only the number is told."""

SOON = 0.5
"""Seconds after which a file that is still being read has a bar."""


def console(stream: IO[str]) -> Console:
    """A console on the stream that takes every text as it is."""
    fixed = stream.isatty() or "COLUMNS" in os.environ
    width = None if fixed else _PIPE_WIDTH
    return Console(file=stream, markup=False, highlight=False, emoji=False, width=width)


def say(text: str = "") -> None:
    """Lines on standard output, never broken or coloured."""
    print(printable(text))


def problems(found: Sequence[Problem], notes: Iterable[str] = ()) -> None:
    """The errors of the data as a table on standard error, then where they are listed."""
    heads = ("file", "row", "column", "found", "expected", "what to do")
    table(heads, [astuple(problem) for problem in first_of_each_file(found)], sys.stderr)
    print("; ".join([not_shown(found), *notes]), file=sys.stderr)


def not_read_in_short(files: Sequence[FileNotRead], folder: Path) -> None:
    """One line on the files that are passed over; nothing if there is none."""
    if files:
        named = [
            " ".join([_one_line(file.name), *(f"({hint})" for hint in check_words.hint(file))])
            for file in files[:MOST_NAMED]
        ]
        more = len(files) - len(named)
        rest = f"; and {more} more" if more else ""
        say(f"not read in {shown_path(folder)}: {', '.join(named)}{rest}")


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def table(
    heads: Sequence[str], rows: Iterable[Sequence[object]], stream: IO[str] | None = None
) -> None:
    """A table; blank for None, numbers to the right."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    cells = [list(row) for row in rows]
    for number, head in enumerate(heads):
        numeric = any(isinstance(row[number], int | float) for row in cells)
        shown.add_column(head, justify="right" if numeric else "left", overflow="fold")
    for row in cells:
        shown.add_row(*(Text("" if cell is None else printable(str(cell))) for cell in row))
    target = stream or sys.stdout
    screen = console(target)
    with screen.capture() as drawn:  # rich would end the program when a pipe closes
        screen.print(shown)
    target.write(drawn.get())


def shown_path(path: Path) -> str:
    """The path from the working folder if it lies there, else the whole of it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def result(made: RunResult, place: Store, again: str) -> None:
    """What a run made, where, and in how long; ``again`` is the command that makes all of it."""
    rows = [
        (shown_path(place.reports / name), "" if seconds is None else f"{seconds:.1f} s")
        for name, seconds in made.made.items()
        if "/" not in name
    ]
    inside = [name for name in made.made if "/" in name]
    executed = [name for name in inside if name.startswith("notebooks/")]
    for folder, what in _by_folder(name for name in inside if name not in executed):
        rows.append((shown_path(place.reports / folder), what))
    count = f"{len(executed)} executed notebook{'s'[: len(executed) != 1]}"
    rows.append((shown_path(place.reports / "notebooks"), count))
    rows.append((shown_path(place.processed), "processed tables"))
    table(("made", "in"), rows)
    for heading, names in (("kept from before", made.carried), ("dropped", made.dropped)):
        if names:
            say(f"{heading}: {', '.join(_in_short(names))}")
    if made.dropped:
        say(
            "what was dropped no longer holds: it was made of other data, with another baseline, "
            f"notebook or version of the program, or changed since. All is made anew by: {again}"
        )
    if made.baseline:
        say(f"compared with {made.baseline}")
    for line in (
        *check_words.one_year(made.one_year if made.baseline else OneYear(), MOST_NAMED),
        *check_words.without_contact(made.without_contact),
        *_codings(made, place.year),
    ):
        say(line)
    say(f"done in {made.seconds:.0f} s")


def _codings(made: RunResult, year: int) -> Iterator[str]:
    if line := check_words.codings(made.codings_left_out):
        yield f"{line}: see mapping check {year}"


def _by_folder(names: Iterable[str]) -> list[tuple[str, str]]:
    """Each folder of these files and what they are: ``88 PDFs, send-list.csv``."""
    return [
        (folder, _counted([name.rpartition("/")[2] for name in inside]))
        for folder, inside in groupby(sorted(names), lambda name: name.rpartition("/")[0])
    ]


def _counted(names: Sequence[str]) -> str:
    """How many PDFs and notebooks, and the other files by name."""
    kinds = {".pdf": "PDF", ".ipynb": "notebook"}
    ends = Counter(Path(name).suffix for name in names)
    counts = [f"{ends[end]} {kinds[end]}{'s'[: ends[end] != 1]}" for end in kinds if ends[end]]
    return ", ".join([*counts, *(name for name in names if Path(name).suffix not in kinds)])


def _in_short(names: Sequence[str]) -> list[str]:
    """The files by name, but for folders that have many of them."""
    within = Counter(name.rpartition("/")[0] for name in names)
    many = {folder for folder, count in within.items() if folder and count > MOST_NAMED}
    counted = _by_folder(name for name in names if name.rpartition("/")[0] in many)
    named = [name for name in names if name.rpartition("/")[0] not in many]
    return named + [f"{folder}/: {what}" for folder, what in counted]


class ProgressBar(Progress):
    """A bar that names the reports under way, and counts those of the departments."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("reading the data", total=None)
        self._totals: Mapping[str, int] = {}
        self._done: Counter[str] = Counter()
        self._under_way: list[tuple[str, str]] = []

    def expects(self, totals: Mapping[str, int]) -> None:
        """Know how many are to come."""
        self._totals = totals
        self._bar.update(self._task, total=sum(totals.values()))

    def reads(self, file: str, done: int, of: int) -> None:
        """Show how far a raw file is read."""
        share = f", {min(done / of, 1):.0%}" if of else ""
        self._bar.update(self._task, description=f"reading {printable(file)}{share}")

    def begins(self, group: str, name: str) -> None:
        """Show the notebook."""
        self._under_way.append((group, name))
        self._show()

    def ends(self, group: str, name: str) -> None:
        """Advance the bar."""
        self._under_way.remove((group, name))
        self._done[group] += 1
        self._bar.advance(self._task)
        self._show()

    @property
    def shown(self) -> str:
        """What the bar says: the reports under way, or which of a large group it has come to."""
        told = [
            name
            if self._totals[group] <= MOST_NAMED
            else f"{group}: {self._done[group]} of {self._totals[group]}"
            for group, name in self._under_way
        ]
        return ", ".join(dict.fromkeys(told)) or "finishing"

    def _show(self) -> None:
        self._bar.update(self._task, description=self.shown)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """A progress bar on a terminal's standard error; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield Progress()
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console(sys.stderr), transient=True) as bar:
        yield ProgressBar(bar)


class ReadingBars:
    """A bar for each file that takes long to read."""

    def __init__(self, bar: Bar, clock: Callable[[], float] = monotonic) -> None:
        self._bar, self._clock = bar, clock
        self._begun: dict[str, float] = {}
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, file: str, done: int, of: int) -> None:
        """Show the file's bar, once it has taken a while."""
        begun = self._begun.setdefault(file, self._clock())
        if file not in self._tasks and self._clock() - begun >= SOON:
            self._tasks[file] = self._bar.add_task(f"reading {printable(file)}")
        if file in self._tasks:
            self._bar.update(self._tasks[file], completed=done, total=of or None)


@contextmanager
def reading(*, quiet: bool) -> Iterator[Reads]:
    """Bars of the files being read on a terminal's standard error; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console(sys.stderr), transient=True) as bar:
        yield ReadingBars(bar)
