"""The work of a run as plain data: what is to be made of one notebook, and what was made of it.

An order is fulfilled by :func:`mapping.pipeline.fulfilment.fulfil` in any process, on any machine
that sees the root at the same place: it writes nothing there, so that it is safe to repeat. Who
fulfils it (:class:`Pool`) never changes a byte of what is made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol

from mapping.errors import Problem

Kind = Literal["warm", "plain"]
"""How a kernel starts: forked from a process that has all imported, or as Jupyter does it."""


@dataclass(frozen=True)
class Limits:
    """What one notebook may take: seconds, and bytes of its kernel's memory; None is no limit."""

    seconds: float | None = 3600
    memory: int | None = None


@dataclass(frozen=True)
class How:
    """How the work is done, which never changes a byte of the results.

    ``workers`` are the processes that work at once; None is as many as there are processors.
    """

    workers: int | None = None
    kernel: Kind = "warm"
    limits: Limits = field(default_factory=Limits)

    @property
    def processes(self) -> int:
        """How many processes work at once."""
        return self.workers or os.cpu_count() or 1


@dataclass(frozen=True)
class Order:
    """One notebook, to be executed with all its parameters, stored and printed.

    Attributes
    ----------
    name
        What it is called on screen and in run.json: ``2-swot (sv)``. No other order has it.
    stem
        The name of the executed notebook without folder and ending: ``2-swot-sv``.
    group
        What it is counted among: ``reports`` or ``departments``.
    label
        What the ids of its numbers begin with: ``swot-sv``.
    notebook
        The file name of the stored notebook, by which errors name it: ``2-swot.ipynb``.
    source
        The text of that file: the order needs no notebook on the machine that fulfils it.
    parameters
        Values of all its parameters but ``out``; folders in them are told from the root.
    root
        The working folder of the kernel; it is only read.
    writes
        Whether it gets a folder ``out`` and its tables are taken from there.
    marks
        What a document of this study says of itself, for notebooks that do not say it.
    printed
        Whether it is made into a PDF too.
    kernel, limits
        How it is executed.

    """

    name: str
    stem: str
    group: str
    label: str
    notebook: str
    source: str
    parameters: Mapping[str, object]
    root: Path
    writes: bool
    marks: Mapping[str, Any]
    printed: bool
    kernel: Kind = "plain"
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Made:
    """What was made of an order, as bytes of files.

    ``notebook`` is the executed notebook, clean; ``pdf`` None if it prints none; ``tables`` the
    files that it wrote into ``out``, by name; ``numbers`` JSON of
    :class:`mapping.pipeline.printed_numbers.Numbers`, all that numbers.json needs of it;
    ``seconds`` what it took.
    """

    name: str
    notebook: bytes
    pdf: bytes | None
    tables: Mapping[str, bytes]
    numbers: bytes
    seconds: float


FailureKind = Literal["data", "usage", "notebook", "pdf", "kernel", "time", "memory", "worker"]
"""What failed: the data or the notebook's parameters are wrong; a cell raised an error; the PDF
could not be made; the kernel died, took too long or too much; the worker itself died."""


@dataclass(frozen=True)
class Failed:
    """Why an order could not be fulfilled; holds no value of the data.

    ``message`` names the notebook and may have several lines. ``notebook`` is the executed
    notebook as far as it came, ``log`` the crash report of its kernel, if any; ``problems`` are
    those of a DataError.
    """

    name: str
    message: str
    kind: FailureKind
    notebook: bytes | None = None
    log: str | None = None
    problems: tuple[Problem, ...] = ()


Begun = Callable[[Order], None]
"""Told when an order is taken up."""


def untold(_: Order) -> None:
    """Nobody is told."""


class Pool(Protocol):
    """Those who fulfil orders; opened once for one run or several, and closed by its context.

    ``with pool: for done in pool.fulfil(orders): …`` gives what was made or why not, in the order
    in which it is done; ``name`` tells whose it is. Orders are taken from the iterable only
    as they can be begun. Whoever stops listening (closes the iterator, or leaves it by an error)
    stops what is under way. A worker that dies fails at most its own order.
    """

    def fulfil(self, orders: Iterable[Order], begun: Begun = untold) -> Iterator[Made | Failed]:
        """What is made of each order, as it is done; a failure does not stop the others."""
        ...

    def __enter__(self) -> Pool:
        """Start; workers may still be warming up."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all workers at once, with all that they have started, and leave nothing behind."""
        ...
