"""The numbers that a document prints: each with an id, what it rests on, and a mark beside it.

Every block that prints a number has a mark, ``#12``, counted through the document in reading
order; its third number is 12.3. The package's own texts and tables tell what each of their
numbers rests on; a number of a researcher's own text or result rests on its cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeAlias, TypeVar

from mapping.publish.blocks import (
    LINE_BREAK,
    Block,
    Cell,
    Code,
    Figure,
    Heading,
    InShort,
    Listing,
    Number,
    Paragraph,
    Quote,
    Rows,
    Run,
    Runs,
    Table,
    nested,
)
from mapping.references import Own, numbers_in

Change: TypeAlias = Callable[[Runs], Runs]
_B = TypeVar("_B", bound=Block)

_Marked = Heading | Paragraph | Code | Figure | Table
"""What bears a mark of its own."""


@dataclass(frozen=True)
class Printed:
    """A number as it is printed: its place, its text, and what it rests on.

    ``id`` is that within the document: ``12.3``. ``value`` is the number before it was rounded
    and written, and ``key`` the text or the table that prints it; both are empty for a number of
    a researcher's own.
    """

    id: str
    text: str
    number: Number


def resting_on(block: Block, own: Own) -> Block:
    """The block, its numbers that tell nothing resting on the notebook's own cell."""
    if isinstance(block, Code):
        return replace(block, rests_on=str(own))
    inner = _within(block, lambda each: resting_on(each, own))
    return changed(inner, lambda runs: tuple(_told(runs, own)))


def changed(block: _B, change: Change) -> _B:
    """The block with its own runs changed; not those of the blocks within it."""
    match block:
        case Heading(runs=runs) | Paragraph(runs=runs):
            return replace(block, runs=change(runs))
        case Figure(title=title, caption=caption):
            return replace(block, title=change(title), caption=change(caption))
        case Table(header=header, body=body, caption=caption):
            return replace(
                block,
                caption=change(caption),
                header=_in_cells(header, change),
                body=_in_cells(body, change),
            )
    return block


def plain(block: Block) -> Block:
    """The block as it is set: what a number rests on changes nothing in it."""
    return changed(_within(block, plain), _untold)


def marked(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks in their order, each that prints a number with its mark, from 1."""
    marks = count(1)
    return tuple(_marked(block, marks) for block in blocks)


def printed(blocks: Iterable[Block]) -> Iterator[Printed]:
    """All numbers of marked blocks, in reading order."""
    for block in nested(blocks):
        if isinstance(block, _Marked):
            for place, run in enumerate(_numbers(block), start=1):
                if run.style.number:
                    yield Printed(f"{block.mark}.{place}", run.text, run.style.number)


def _within(block: Block, change: Callable[[Block], Block]) -> Block:
    """The block with the blocks within it changed."""
    match block:
        case Listing(items=items):
            return replace(block, items=tuple(tuple(map(change, item)) for item in items))
        case Quote(blocks=inner) | InShort(blocks=inner):
            return replace(block, blocks=tuple(map(change, inner)))
    return block


def _in_cells(rows: Rows, change: Change) -> Rows:
    def cell(each: Cell) -> Cell:
        return replace(each, runs=change(each.runs))

    return tuple(tuple(map(cell, row)) for row in rows)


def _told(runs: Runs, own: Own) -> Iterator[Run]:
    """The runs, each number in them that tells nothing as a run of its own."""
    for run in runs:
        if run.style.number:
            yield run
        else:
            yield from _split(run, str(own))


def _split(run: Run, own: str) -> Iterator[Run]:
    at = 0
    for begin, end in numbers_in(run.text):
        if begin > at:
            yield replace(run, text=run.text[at:begin])
        told = Number("", own, "")
        yield Run(run.text[begin:end], replace(run.style, number=told))
        at = end
    if at < len(run.text) or not run.text:
        yield replace(run, text=run.text[at:])


def _untold(runs: Runs) -> Runs:
    """The runs without numbers' own, neighbours of one style joined again."""
    bare = [replace(run, style=replace(run.style, number=None)) for run in runs]
    made: list[Run] = []
    for run in bare:
        if made and made[-1].style == run.style and LINE_BREAK not in (run.text, made[-1].text):
            made[-1] = replace(run, text=made[-1].text + run.text)
        else:
            made.append(run)
    return tuple(made)


def _marked(block: Block, marks: Iterator[int]) -> Block:
    if isinstance(block, _Marked) and any(_numbers(block)):
        return replace(block, mark=next(marks))
    return _within(block, lambda each: _marked(each, marks))


def _numbers(block: Block) -> Iterator[Run]:
    """The runs of a block that are numbers, in reading order; not of the blocks within it."""
    return (run for run in _runs(block) if run.style.number)


def _runs(block: Block) -> Iterator[Run]:
    match block:
        case Heading(runs=runs) | Paragraph(runs=runs):
            yield from runs
        case Code(text=text, rests_on=told):
            yield from _split(Run(text), told)
        case Figure(title=title, caption=caption):
            yield from (*title, *caption)
        case Table(header=header, body=body, caption=caption):
            yield from caption
            yield from (run for row in (*header, *body) for cell in row for run in cell.runs)
