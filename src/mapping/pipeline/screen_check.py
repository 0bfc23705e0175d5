"""What ``mapping check`` shows: what each file was recognised as, what is missing, every error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import cast

from mapping.pipeline import check_words as words
from mapping.pipeline.checking import Check, Sound
from mapping.pipeline.doctor import Coverage, FileNotRead, FileRead
from mapping.pipeline.examination import Coder, Days, FileFound
from mapping.pipeline.screen import MOST_NAMED, problems, say, table


def wrong(check: Check, page: str, *, quiet: bool = False) -> None:
    """A year with errors: before them what was recognised all the same, if not ``quiet``.

    ``page`` says where the page is.
    """
    if not quiet:
        files_found(check.files)
        for_settings(check.lines)
    problems(check.problems, [*check.notes, page])
    if not quiet:
        files_not_read(check.not_read)


def right(check: Check, page: str) -> None:
    """A year without errors."""
    sound = cast(Sound, check.sound)
    files_read(sound.files)
    files_found(check.files)
    for_settings(check.lines)
    files_not_read(check.not_read)
    if line := words.corrected(sound.corrected):
        say(f"\n{line}")
    coverage(sound.coverage)
    days(sound.days)
    say(words.fieldwork(sound.fieldwork))
    coders(sound.coders)
    say()
    for line in (*words.compared(sound.compared), *words.without_contact(sound.without_contact)):
        say(line)
    say(page)


def files_read(files: Iterable[FileRead]) -> None:
    """Every file that was read: how much, what is missing, what was left out."""
    table(("file", "rows", "missing", "left out"), [astuple(file) for file in files])


def files_found(files: Sequence[FileFound]) -> None:
    """Every file of which there is more to tell than its rows: kind, counts, names, notes."""
    for file in words.of_files(files):
        say(f"\n{file.found.file}: {words.kind_of(file)}")
        if file.found.counts:
            say(f"  {words.counts_of(file.found.counts)}")
        for names in file.names:
            say(f"  {words.plural(names.what)}: {words.read_in_short(names, MOST_NAMED)}")
            for one in names.unknown[:MOST_NAMED]:
                say(f"    {words.unknown(one)}")
            if (more := len(names.unknown) - MOST_NAMED) > 0:
                say(f"    and {more:,} more")
        for note in file.found.notes:
            say(f"  {note}")
        for warning in file.found.warnings:
            say(f"  warning: {warning}")


def for_settings(lines: str) -> None:
    """The lines to put into study.toml, ready to be copied; nothing if there are none."""
    if lines:
        say(f"\n{words.MEND}\n\n{lines}")


def files_not_read(files: Sequence[FileNotRead]) -> None:
    """Every file that was passed over, in a line of its own; nothing if there is none."""
    if files:
        say()
    for file in files:
        say(words.not_read(file))


def coverage(rows: Iterable[Coverage]) -> None:
    """Per instrument how many departments it reaches, and the others by name."""
    say()
    heads = ("instrument", "departments", "of", "without")
    table(heads, [(r.instrument, r.departments, r.of, ", ".join(r.without)) for r in rows])


def days(rows: Iterable[Days]) -> None:
    """The days of each instrument, and how many have none."""
    say()
    heads = ("dates of", "how many", "first", "last", "without date")
    table(heads, [(r.what, r.of, r.first, r.last, r.undated) for r in rows])


def coders(rows: Sequence[Coder]) -> None:
    """How much each coder coded; nothing without interviews."""
    if rows:
        say()
        table(("coder", "segments", "codings", "interviews"), [astuple(row) for row in rows])
