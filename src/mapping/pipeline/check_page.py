"""The page of ``mapping check``: all that it tells, for the colleague who mends the files.

One HTML file without scripts or other files, which can be printed. It holds what the screen shows,
so no excerpt or statement, and every error; all of it is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from importlib.resources import files
from itertools import groupby
from typing import TypeAlias

from jinja2 import Environment, StrictUndefined

from mapping.errors import Problem, by_place
from mapping.instruments.recognised import Mapped
from mapping.pipeline import check_words as words
from mapping.pipeline import disk
from mapping.pipeline.checking import Check, Sound
from mapping.pipeline.confidential import printable
from mapping.pipeline.examination import FileFound, Names
from mapping.pipeline.screen_trace import ranges
from mapping.pipeline.store import Store

WHAT_IT_HOLDS = (
    "It shows, as they are, values that could not be read, codes, answers of the questionnaire, "
    "headings, and the names of files, which may name a coder; it has no quotations. "
    "Give it only to those who may see the raw files."
)


@dataclass(frozen=True)
class Link:
    """A text that leads to another place of the page."""

    text: str
    to: str


Cell: TypeAlias = str | int | Link | None


@dataclass(frozen=True)
class Table:
    """A table of the page; the first cell of each row is its header."""

    ident: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    wide: bool = False


@dataclass(frozen=True)
class Part:
    """A part of a section, with or without a heading of its own."""

    ident: str = ""
    title: str = ""
    texts: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    code: str = ""
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section of the page."""

    ident: str
    title: str
    parts: tuple[Part, ...]


def write(place: Store, check: Check) -> str:
    """Put the page into its place, whole; where it is, or why it is not there."""
    name = place.check.relative_to(place.root).as_posix()
    try:
        disk.write_whole(place.check, page(check, datetime.now()).encode())
    except OSError as error:
        return f"the page {name} could not be written: {disk.reason(error)}"
    return f"all of this as a page, for whoever mends the files: {name}"


def page(check: Check, made: datetime) -> str:
    """The page as HTML."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_tame,
        keep_trailing_newline=True,
    )
    template = files("mapping.pipeline") / "templates" / "check.html"
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        title=f"Check of the raw data of {check.year}",
        verdict=_verdict(check),
        made=f"Made by mapping check {check.year} on {made:%Y-%m-%d at %H:%M}. " + WHAT_IT_HOLDS,
        sections=tuple(sections(check)),
    )


def _tame(value: object) -> object:
    """Text without control characters, which HTML forbids; markup of the template as it is."""
    return printable(value) if type(value) is str else value


def _verdict(check: Check) -> str:
    if check.sound is None:
        number = len({problem.file for problem in check.problems})
        errors = words.counted(len(check.problems), "error")
        return f"Not ready: {errors} in {words.counted(number, 'file')}."
    if check.sound.compared.refused:
        return f"Not ready: {check.sound.compared.refused}"
    return f"Ready: mapping run {check.year}"


def sections(check: Check) -> Iterator[Section]:
    """The sections of the page, those with errors first."""
    if check.problems:
        yield _errors(check)
    if check.files:
        parts = tuple(_file(number, file) for number, file in enumerate(check.files, start=1))
        yield Section("files", "What was recognised", parts)
    if check.lines:
        part = Part(texts=(words.MEND,), code=check.lines)
        yield Section("settings", "Lines for study.toml", (part,))
    if check.not_read:
        part = Part(items=tuple(words.not_read(file) for file in check.not_read))
        yield Section("not-read", "Files that were not read", (part,))
    if check.sound:
        yield from _sound(check.sound)


def _errors(check: Check) -> Section:
    """What must be mended: how much in which file, and every error."""
    places = {file.found.file: f"file-{n}" for n, file in enumerate(check.files, start=1)}
    groups = [(file, list(own)) for file, own in groupby(by_place(check.problems), _place)]
    rows = tuple(
        (
            Link(name, f"errors-{number}"),
            len(own),
            Link("what was recognised in it", places[name]) if name in places else None,
        )
        for number, (name, own) in enumerate(groups, start=1)
    )
    heads = ("file", "errors", "see also")
    first = Part(
        texts=tuple(_sentence(note) for note in check.notes),
        tables=(Table("errors-by-file", "Errors by file", heads, rows),),
    )
    parts = (_errors_of(number, *group) for number, group in enumerate(groups, start=1))
    return Section("errors", "What must be mended", (first, *parts))


def _place(problem: Problem) -> str:
    return problem.file


def _errors_of(number: int, file: str, problems: Iterable[Problem]) -> Part:
    """The errors of a file; those that differ in nothing but the row are told once."""
    heads = ("row", "column", "found", "expected", "what to do")
    alike: dict[tuple[str, ...], list[int | None]] = {}
    for one in problems:
        alike.setdefault(astuple(one)[2:], []).append(one.row)
    cells = tuple((_rows(rows, told[0]), *told) for told, rows in alike.items())
    caption = f"{file}: {words.counted(sum(map(len, alike.values())), 'error')}"
    shown = Table(f"errors-{number}-table", caption, heads, cells, wide=True)
    return Part(f"errors-{number}", f"Errors in {file}", tables=(shown,))


def _rows(rows: Sequence[int | None], place: str) -> str:
    """The rows of equal errors; those of the whole file, or of another place in it, have none."""
    known = [row for row in rows if row is not None]
    told = [ranges(known)] if known else []
    if len(known) < len(rows):
        told.insert(0, "–" if place else "whole file")
    return ", ".join(told) + (f" ({len(rows):,} errors)" if len(rows) > 1 else "")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _file(number: int, file: FileFound) -> Part:
    """What was recognised in a file: counts, notes, warnings, and all names."""
    found = file.found
    told = [_sentence(words.kind_of(file)), _sentence(words.counts_of(found.counts))]
    warnings = (f"Warning: {warning}" for warning in found.warnings)
    tables = (
        _names(f"file-{number}-names-{place}", found.file, names)
        for place, names in enumerate(file.names, start=1)
    )
    unnamed = (
        f"{words.counted(names.unnamed, names.what)} by their own names, which are not shown."
        for names in file.names
        if names.unnamed
    )
    return Part(
        f"file-{number}",
        found.file,
        tuple(text for text in told if text != "."),
        (*warnings, *found.notes, *unnamed),
        tables=tuple(table for table in tables if table.rows),
    )


def _names(ident: str, file: str, names: Names) -> Table:
    """Every name of a kind: first the unknown and the renamed, for they may need a look."""
    rows = (
        *((one.name, _unknown(one), one.count) for one in names.unknown),
        *((one.name, one.to, one.count) for one in (*names.renamed, *names.as_they_are)),
        *((one.name, words.not_wanted(names.what), one.count) for one in names.left_out),
    )
    caption = f"{words.plural(names.what)} in {file}"
    return Table(ident, _capital(caption), ("in the file", "read as", "times"), rows)


def _unknown(one: Mapped) -> str:
    near = f"; did you mean {one.nearest}?" if one.nearest else ""
    return f"unknown, left out{near}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sound(sound: Sound) -> Iterator[Section]:
    """What is told of a year without errors."""
    corrected = tuple(filter(None, [_capital(words.corrected(sound.corrected))]))
    heads = ("file", "rows", "missing", "left out")
    read = Table("read-table", "Files", heads, tuple(astuple(file) for file in sound.files))
    yield Section("read", "What was read", (Part(texts=corrected, tables=(read,)),))
    reach = tuple((c.instrument, c.departments, c.of, ", ".join(c.without)) for c in sound.coverage)
    dates = tuple(
        (d.what, d.of, *(str(day) if day else None for day in (d.first, d.last)), d.undated)
        for d in sound.days
    )
    tables = [
        Table(
            "reach-table",
            "Departments by instrument",
            ("instrument", "departments", "of", "without"),
            reach,
        ),
        Table(
            "dates-table",
            _capital(words.fieldwork(sound.fieldwork)),
            ("dates of", "how many", "first", "last", "without date"),
            dates,
        ),
    ]
    if sound.coders:
        heads = ("coder", "segments", "codings", "interviews")
        coded = tuple(astuple(coder) for coder in sound.coders)
        tables.append(Table("coders-table", "Coders", heads, coded))
    yield Section("reached", "Departments, dates and coders", (Part(tables=tuple(tables)),))
    lines = (*words.compared(sound.compared), *words.without_contact(sound.without_contact))
    yield Section("compared", "Other years, and contacts", (Part(items=lines),))
