"""Executing notebooks, a few at once, with a log; those that fail are kept, without data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from time import perf_counter
from typing import IO

import nbformat
from nbformat import NotebookNode

from mapping.errors import RunError
from mapping.pipeline.confidential import crash_report
from mapping.pipeline.execute import Kernels, NotebookError, execute
from mapping.pipeline.notebooks import Instance
from mapping.pipeline.progress import Progress

_MOST_KERNELS = 4  # each takes some 250 MB
_HEARING = 0.5  # seconds


@dataclass(frozen=True)
class Task:
    """What is to be executed, with all its parameters."""

    instance: Instance
    parameters: Mapping[str, object]


@dataclass(frozen=True)
class Workers:
    """Those who execute the notebooks of one run.

    ``folder`` takes the log and the notebooks that fail; ``seconds`` are what each one took, by
    its name.
    """

    root: Path
    folder: Path
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)
    kernels: Kernels = field(default_factory=Kernels)

    def execute(
        self, tasks: Sequence[Task], store: Callable[[Instance, NotebookNode], None]
    ) -> None:
        """Execute the tasks and store each, in their order; a failure ends the others at once."""
        workers = min(_MOST_KERNELS, os.cpu_count() or 1)
        with _log(self.folder) as log, ThreadPoolExecutor(workers) as pool:
            futures = [pool.submit(self._execute, task, log) for task in tasks]
            try:
                for task, notebook in zip(tasks, _in_order(futures), strict=True):
                    store(task.instance, notebook)
            except BaseException:
                self.kernels.end()
                pool.shutdown(cancel_futures=True)
                raise

    def _execute(self, task: Task, log: Callable[[str], None]) -> NotebookNode:
        one = task.instance
        self.progress.begins(one.group, one.name)
        log(f"{one.name} begins")
        started = perf_counter()
        try:
            with _crash_log(self.folder / f"{one.stem}.log") as output:
                notebook = execute(
                    one.notebook.path, task.parameters, self.root, output, self.kernels
                )
        except RunError as error:
            if self.kernels.ended or not isinstance(error, NotebookError):
                log(f"{one.name} stopped")
                raise
            kept = self.folder / f"{one.stem}.ipynb"
            nbformat.write(error.notebook, kept)
            log(f"{one.name} failed: {error}")
            place = kept.relative_to(self.root).as_posix()
            raise RunError(f"{error}\nThe failed notebook is kept: {place}") from None
        self.seconds[one.name] = perf_counter() - started
        log(f"{one.name} done")
        self.progress.ends(one.group, one.name)
        return notebook


def _in_order(futures: Sequence[Future[NotebookNode]]) -> Iterator[NotebookNode]:
    """What the tasks made, in their order; the failure of any is raised as soon as it is there.

    Windows hears of Ctrl-C between two waits only.
    """
    for awaited in futures:
        while awaited not in (done := _done(futures)):
            wait(set(futures) - done, timeout=_HEARING, return_when=FIRST_COMPLETED)
        yield awaited.result()


def _done(futures: Sequence[Future[NotebookNode]]) -> set[Future[NotebookNode]]:
    """Those that are done; the failure of the first in order that has one is raised."""
    done = [future for future in futures if future.done()]
    for future in done:
        future.result()
    return set(done)


@contextmanager
def _log(folder: Path) -> Iterator[Callable[[str], None]]:
    """A log with the time of each line, on disk at once, safe to write to from several threads."""
    lock = Lock()
    with (folder / "log.txt").open("a", 1, encoding="utf-8") as file:

        def write(line: str) -> None:
            with lock:
                file.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")

        yield write


@contextmanager
def _crash_log(path: Path) -> Iterator[IO[bytes]]:
    """Takes what the kernel writes outside of its cells; a crash report is kept, no data."""
    with TemporaryFile() as output:
        try:
            yield output
        finally:
            output.seek(0)
            if report := crash_report(output.read().decode(errors="replace")):
                path.write_text(report, encoding="utf-8", newline="\n")
