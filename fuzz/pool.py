"""Inputs put through the door in processes that may crash, hang or be greedy."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from fuzz.door import Outcome

MEMORY = 2_000_000_000
"""Bytes that reading a file may take."""

SECONDS = 10
"""Seconds of processor time that reading a file may take."""

PATIENCE = 60
"""Seconds by the clock after which a process is ended, for a busy machine."""

Files = Mapping[str, bytes]
Door = Callable[[Files], Outcome]


@dataclass(frozen=True)
class Limits:
    """What a process may take; memory is bounded where the system can."""

    memory: int = MEMORY
    seconds: float = SECONDS
    patience: float = PATIENCE


@dataclass(frozen=True)
class Input:
    """Files to put through, and where they come from."""

    format: str
    name: str
    files: Files


@dataclass(frozen=True)
class Done:
    """What came of an input, and how much processor time it took."""

    input: Input
    outcome: Outcome
    seconds: float


class _Worker:
    """A process that takes one input at a time."""

    def __init__(self, door: Door, limits: Limits) -> None:
        self._limits = limits
        context = multiprocessing.get_context("spawn")  # as on Windows; and nothing is inherited
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, door, limits), daemon=True)
        self._process.start()
        theirs.close()
        self.connection.recv()  # it is ready: its start is nobody's time
        self.input: Input | None = None
        self._began = 0.0

    def take(self, given: Input) -> None:
        """Begin with an input."""
        self.input, self._began = given, time.monotonic()
        self.connection.send(given.files)

    def overdue(self) -> bool:
        """Whether the input takes longer than anybody waits."""
        return self.input is not None and time.monotonic() - self._began > self._limits.patience

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.join()
        self.connection.close()

    def done(self) -> Done:
        """What came of the input, or that the process has died of it."""
        if self.input is None:
            raise RuntimeError("a process that had nothing to do has died")
        try:
            outcome, seconds = self.connection.recv()
        except (EOFError, OSError):
            self._process.join()
            died = f"the process died ({self._process.exitcode})"
            return Done(self.input, Outcome("failed", (died,)), 0)
        if seconds > self._limits.seconds:
            hung = f"{seconds:.0f} seconds of processor time"
            outcome = Outcome("failed", (*outcome.findings, hung))
        return Done(self.input, outcome, seconds)


def put_all_through(
    inputs: Iterable[Input], door: Door, workers: int = 2, limits: Limits = Limits()
) -> Iterator[Done]:
    """What comes of each input, in the order in which they are done."""
    waiting = iter(inputs)
    busy: list[_Worker] = []
    try:
        for given in waiting:
            worker = _Worker(door, limits)
            busy.append(worker)
            worker.take(given)
            if len(busy) == workers:
                break
        while busy:
            for worker in _finished(busy):
                hung = worker.overdue() and not worker.connection.poll()
                done = _hung(worker) if hung else worker.done()
                busy.remove(worker)
                given = next(waiting, None)
                if done.outcome.result == "failed" or given is None:  # it may be the worse for it
                    worker.end()
                if given is not None:
                    failed = done.outcome.result == "failed"
                    busy.append(_Worker(door, limits) if failed else worker)
                    busy[-1].take(given)
                yield done
    finally:
        for worker in busy:
            worker.end()


def _finished(busy: list[_Worker]) -> list[_Worker]:
    """The processes that have answered, died, or are overdue."""
    while True:
        ready = wait([worker.connection for worker in busy], timeout=0.5)
        found = [one for one in busy if one.connection in ready or one.overdue()]
        if found:
            return found


def _hung(worker: _Worker) -> Done:
    found = Outcome("failed", ("no end to it",))
    if worker.input is None:
        raise RuntimeError("a process that has nothing to do is overdue")
    return Done(worker.input, found, 0)


def _serve(connection: Connection, door: Door, limits: Limits) -> None:
    """Put inputs through until the other end is closed."""
    _bound(limits.memory)
    connection.send("ready")
    while True:
        try:
            files = connection.recv()
        except (EOFError, OSError):  # nobody is there any more
            return
        began = _processor_time()
        try:
            outcome = door(files)
        except MemoryError:
            outcome = Outcome("failed", ("MemoryError: more memory than a file may take",))
        connection.send((outcome, _processor_time() - began))


def _processor_time() -> float:
    """Seconds of this process and of those that it has waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _bound(memory: int) -> None:
    try:
        import resource  # noqa: PLC0415  (Windows has none)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
