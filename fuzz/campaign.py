"""Which inputs there are, by a number that repeats them; what was found, told and kept."""

from __future__ import annotations

import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from fuzz.mutators import damaged
from fuzz.pool import Done, Input
from fuzz.seeds import Seed

KEPT = 3
"""Inputs that are kept of each kind of finding."""

TOLD_EVERY = 1_000
"""Inputs after which the campaign says how far it has come."""


def input_of(number: int, seeds: Sequence[Seed], seed: int) -> Input:
    """The input of this number: one of the seeds, with one of its files damaged.

    Formats take turns, and the seeds of a format; a format that is slow to read, less often.
    """
    random = Random(f"{seed}/{number}")  # noqa: S311  (damage, not secrets)
    weights = [one.weight / sum(o.format == one.format for o in seeds) for one in seeds]
    chosen = random.choices(seeds, weights)[0]
    target = random.choice(chosen.damaged)
    others = [data for one in seeds for data in one.files.values()]
    files = {**chosen.files, target: damaged(random, chosen.files[target], others)}
    return Input(chosen.format, f"{chosen.format.replace(' ', '-')}-{seed}-{number}", files)


def inputs_for(seconds: float, seeds: Sequence[Seed], seed: int, most: int) -> Iterator[Input]:
    """So many inputs at most, until the time is over."""
    end = time.monotonic() + seconds
    for number in range(most):
        if time.monotonic() > end:
            return
        yield input_of(number, seeds, seed)


@dataclass
class Tally:
    """What came of the inputs of a format."""

    read: int = 0
    refused: int = 0
    failed: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, done: Done) -> None:
        """Count an input; one with a finding has failed, whatever else it is."""
        self.seconds.append(done.seconds)
        if done.outcome.findings:
            self.failed += 1
        elif done.outcome.result == "read":
            self.read += 1
        else:
            self.refused += 1


class Campaign:
    """Counts what comes, and keeps the inputs of what should not have come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self._kinds: defaultdict[tuple[str, str], int] = defaultdict(int)

    @property
    def failed(self) -> int:
        """Inputs with a finding."""
        return sum(tally.failed for tally in self._tallies.values())

    def add(self, done: Done) -> None:
        """Count an input; keep it if anything is wrong."""
        self._tallies[done.input.format].add(done)
        if (count := sum(len(one.seconds) for one in self._tallies.values())) % TOLD_EVERY == 0:
            print(f"{count} inputs, {self.failed} failed", flush=True)
        for finding in done.outcome.findings[:1]:
            kind = (done.input.format, finding.partition(": ")[0])
            self._kinds[kind] += 1
            if self._kinds[kind] <= KEPT:
                print(f"{self._keep(done.input)}: {finding}", flush=True)

    def _keep(self, given: Input) -> Path:
        folder = self._folder / given.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, data in given.files.items():
            (folder / name).write_bytes(data)
        return folder

    def tell(self) -> None:
        """Counts and seconds of each format, and how often each kind of finding came."""
        table = Table(box=None, pad_edge=False)
        heads = ("format", "inputs", "read", "refused", "failed", "seconds", "longest")
        for head in heads:
            table.add_column(head, justify="left" if head == "format" else "right")
        for name, one in sorted(self._tallies.items()):
            counts = (len(one.seconds), one.read, one.refused, one.failed)
            times = (f"{sum(one.seconds):.0f}", f"{max(one.seconds):.2f}")
            table.add_row(name, *map(str, counts), *times)
        every = [second for tally in self._tallies.values() for second in tally.seconds]
        total = (sum(t.read for t in self._tallies.values()),
                 sum(t.refused for t in self._tallies.values()), self.failed)  # fmt: skip
        times = (f"{sum(every):.0f}", f"{max(every, default=0):.2f}")
        table.add_row("all", str(len(every)), *map(str, total), *times)
        Console(width=120).print(table)
        for (name, kind), times_seen in sorted(self._kinds.items()):
            print(f"{times_seen} x {name}: {kind}")
