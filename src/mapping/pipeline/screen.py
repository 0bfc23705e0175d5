"""What the command line shows. Users' text is data here too: never markup, never control codes.

Tables are drawn for a terminal, and kept wide enough for a pipe; without colour nothing is lost.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from mapping.errors import DataError, first_of_each_file, not_shown
from mapping.pipeline.confidential import printable
from mapping.pipeline.doctor import Compared, Coverage, FileNotRead, FileRead, OneYear
from mapping.pipeline.progress import Progress

if TYPE_CHECKING:
    from mapping.pipeline.run import RunResult
    from mapping.pipeline.store import Store

_PIPE_WIDTH = 200
_LEFT_OUT = {
    "real": "its data are real, those of this year invented",
    "synthetic": "its data are invented, those of this year real",
    "protocol": "its protocol is another one, which that of this year does not follow",
}
_MOST_NAMED = 12  # files and notebooks; of more only the number is told


def console(stream: IO[str]) -> Console:
    """A console on the stream that takes every text as it is."""
    fixed = stream.isatty() or "COLUMNS" in os.environ
    width = None if fixed else _PIPE_WIDTH
    return Console(file=stream, markup=False, highlight=False, emoji=False, width=width)


def say(text: str = "") -> None:
    """Lines on standard output, never broken or coloured."""
    print(printable(text))


def problems(error: DataError) -> None:
    """The errors of the data as a table on standard error, then where they are listed."""
    heads = ("file", "row", "column", "found", "expected", "what to do")
    shown = first_of_each_file(error.problems)
    table(heads, [astuple(problem) for problem in shown], sys.stderr)
    notes = [not_shown(error.problems), *getattr(error, "__notes__", [])]
    print("; ".join(notes), file=sys.stderr)


def files_read(files: Iterable[FileRead]) -> None:
    """Every file that was read: how much, what is missing, what was left out."""
    table(("file", "rows", "missing", "left out"), [astuple(file) for file in files])


def files_not_read(files: Sequence[FileNotRead]) -> None:
    """Every file that was passed over, in a line of its own; nothing if there is none."""
    if files:
        say()
    for file in files:
        say("; ".join([f"{_one_line(file.name)}: not read", *_hint(file)]))


def not_read_in_short(files: Sequence[FileNotRead], folder: Path) -> None:
    """One line on the files that are passed over; nothing if there is none."""
    if files:
        named = [
            " ".join([_one_line(file.name), *(f"({hint})" for hint in _hint(file))])
            for file in files[:_MOST_NAMED]
        ]
        more = len(files) - len(named)
        rest = f"; and {more} more" if more else ""
        say(f"not read in {shown_path(folder)}: {', '.join(named)}{rest}")


def _hint(file: FileNotRead) -> list[str]:
    """What its name comes close to, if anything."""
    if file.nearest is None:
        return []
    return [f"did you mean {file.nearest}?" if file.misnamed else f"{file.nearest} is read"]


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def corrected(counts: Mapping[str, int]) -> None:
    """How many corrections were applied, and to which files; nothing if there are none."""
    if counts:
        files = ", ".join(f"{file} {count}" for file, count in counts.items())
        say(f"\ncorrections applied: {sum(counts.values())} ({files})")


def coverage(rows: Iterable[Coverage]) -> None:
    """Per instrument how many departments it reaches, and the others by name."""
    say()
    heads = ("instrument", "departments", "of", "without")
    table(heads, [(r.instrument, r.departments, r.of, ", ".join(r.without)) for r in rows])


def compared(found: Compared) -> None:
    """The earlier year that the year is compared with, and those that it is not."""
    say()
    if found.baseline is not None:
        departments = f"{found.departments} department{'s'[: found.departments != 1]}"
        say(f"compared with {found.baseline}: {departments} seen in both years")
        one_year(found.one_year)
        for ident, parts in found.going_on.items():
            say(f"{ident} goes on beside {' and '.join(parts)}")
    elif not found.refused:
        say("compared with no earlier year")
    for year, reason in found.left_out.items():
        say(f"{year} is left out: {_LEFT_OUT[reason]}")


def one_year(found: OneYear, most: int | None = None) -> None:
    """One line on the departments of one register alone, at most so many; nothing if none are."""
    if found.ids:
        named = [f"only in {year}: {_some(ids, most)}" for year, ids in found.ids.items()]
        say(
            f"{'; '.join(named)}. If any of them was merged, split or renamed, say so in "
            "lineage.csv; closed and new ones need nothing."
        )


def without_contact(departments: Sequence[str]) -> None:
    """One line on the departments whose report is sent to nobody; nothing if there are none."""
    if departments:
        count = f"{len(departments)} department{'s'[: len(departments) != 1]}"
        say(f"{count} without contact: {_some(departments)}")


def _some(names: Sequence[str], most: int | None = None) -> str:
    """The names, of many only so many."""
    more = len(names) - (most or len(names))
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


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
        one_year(made.one_year, _MOST_NAMED)
    without_contact(made.without_contact)
    say(f"done in {made.seconds:.0f} s")


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
    many = {folder for folder, count in within.items() if folder and count > _MOST_NAMED}
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
            if self._totals[group] <= _MOST_NAMED
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
