"""What ``mapping trace`` shows: the value, its formula, and the rows that it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import count, groupby
from typing import Any, TypeAlias

from mapping.instruments.tables import OPTIONAL, TABLES
from mapping.pipeline.askable import CONFIDENTIAL
from mapping.pipeline.screen import say
from mapping.pipeline.tracing import Mark, Step, Trace
from mapping.prose import Words

FileNames: TypeAlias = Mapping[str, str]
"""The names of a year's raw files, by what results call them."""

_FIRST = 10  # rows of a table that are shown, unless all are asked for
_OWN = {*TABLES, *OPTIONAL}
_EVIDENCE = ("evidence", "respondents")


def as_json(found: Trace | Mark) -> None:
    """Everything, for a program to read."""
    say(json.dumps(asdict(found), ensure_ascii=False, indent=1, sort_keys=True))


def mark(found: Mark, year: int, words: Words) -> None:
    """The numbers of a mark."""
    counted = {"id": found.ident, "count": len(found.numbers), "first": found.numbers[0].ident}
    for number in found.numbers:
        say(f"{number.ident}  {number.text}  {number.reference}")
    say(words.say("trace.screen.mark", year=year, **counted))


def trace(
    found: Trace, year: int, words: Words, names: Mapping[str, FileNames], *, every: bool
) -> None:
    """All that is told of a value; of each table the first rows, or ``every`` row.

    ``names`` are those of the raw files by year and by what results call them.
    """
    for line in lines(found, year, words, names, every=every):
        say(line)


def lines(
    found: Trace, year: int, words: Words, names: Mapping[str, FileNames], *, every: bool
) -> Iterator[str]:
    """What is shown, line by line."""
    yield from _head(found, year, words)
    processed = [step for step in found.steps if step.table not in _EVIDENCE]
    evidence = [step for step in found.steps if step.table in _EVIDENCE]
    for heading, steps in (("processed", processed), ("evidence", evidence)):
        if steps:
            yield ""
            yield words.say(f"trace.screen.{heading}")
        for step in steps:
            yield from _step(step, words, every=every)
    yield from _raw(found, words, names)
    yield from _rules(found, words)
    if not found.raw and not found.rules:
        yield words.say("trace.screen.fixed" if found.fixed else "trace.screen.nothing")
    if found.synthetic:
        yield ""
        yield words.say("trace.screen.synthetic")


def _head(found: Trace, year: int, words: Words) -> Iterator[str]:
    if found.number:
        number = found.number
        yield words.say("trace.screen.number", id=number.ident, text=number.text)
    yield found.reference
    yield words.say("trace.screen.value", value=_value(found.value, words))
    yield words.say("trace.screen.formula", formula=found.formula)
    if found.changed:
        command = f"mapping run {year}"
        yield words.say("trace.screen.stale", files=list(found.changed), command=command)
    if not found.stored:
        yield words.say("trace.screen.computed", year=year)


def _value(value: Any, words: Words) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {_value(one, words)}" for name, one in value.items())
    if value is None:
        return words.say("trace.screen.missing")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.9g}".replace(".", words.formats.decimal)
    return str(value)


def _step(step: Step, words: Words, *, every: bool) -> Iterator[str]:
    told = {"table": step.table, "year": step.year, "rows": len(step.rows)}
    yield "  " + words.say("trace.screen.table", stage=_stage(step, words), **told)
    for column, formula in step.formulas.items():
        yield f"    {column} = {formula}"
    shown = len(step.rows) if every else _FIRST
    for row, values in list(zip(step.rows, step.values, strict=True))[:shown]:
        known = values.items() if step.table not in _EVIDENCE else _known(values)
        cells = [f"{name} {_value(one, words)}" for name, one in known]
        hidden = [name for name in step.formulas if name in CONFIDENTIAL]
        cells += [f"{name} {words.say('trace.screen.hidden')}" for name in hidden]
        yield f"    - {row}: {', '.join(cells)}"
    if len(step.rows) > shown:
        yield "    " + words.say("trace.screen.more", more=len(step.rows) - shown)


def _known(values: Mapping[str, Any]) -> Sequence[tuple[str, Any]]:
    """Of a datum only what it has: no kind of datum has a value in every column."""
    return [(name, one) for name, one in values.items() if one is not None]


def _stage(step: Step, words: Words) -> str:
    return words.say(f"trace.stage.{step.stage.partition('-')[0]}") if step.stage else ""


def _raw(found: Trace, words: Words, names: Mapping[str, FileNames]) -> Iterator[str]:
    if found.raw:
        yield ""
        yield words.say("trace.screen.raw")
    for year, files in found.raw.items():
        for file, rows in files.items():
            real = names.get(year, {}).get(file, file)
            shown = file if real == file else f"{file} ({real})"
            told = {"year": year, "file": shown, "rows": len(rows), "ranges": ranges(rows)}
            yield "  " + words.say("trace.screen.file", **told)
    if foreign := sorted({file for files in found.raw.values() for file in files} - _OWN):
        yield "  " + words.say("trace.screen.converted", files=foreign)


def ranges(rows: Sequence[int]) -> str:
    """Rows as ranges.

    >>> ranges([12, 13, 14, 31])
    '12-14, 31'
    """
    places = count()
    runs = [list(run) for _, run in groupby(sorted(rows), lambda row: row - next(places))]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _rules(found: Trace, words: Words) -> Iterator[str]:
    if found.rules:
        yield ""
        yield words.say("trace.screen.rules")
    for protocol, values in found.rules.items():
        told = [
            path if value is None else f"{path} = {_value(value, words)}"
            for path, value in values.items()
        ]
        yield f"  {protocol}: {'; '.join(told)}"
