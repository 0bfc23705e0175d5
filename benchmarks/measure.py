"""Time and memory of a call in this process, or of a command with all its children."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

PAGE = 4096
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Measurement:
    """Seconds of each run, and the peak memory in MB of all processes (if measured)."""

    seconds: tuple[float, ...]
    memory: float | None = None

    @property
    def median(self) -> float:
        """The middle of the runs' seconds."""
        return statistics.median(self.seconds)

    def times(self, factor: float) -> Measurement:
        """What so many times the work would take, if each took as long."""
        return replace(self, seconds=tuple(factor * each for each in self.seconds))


def call(function: Callable[[], object], runs: int = 5) -> Measurement:
    """Time ``function`` in this process, after one run that does not count."""
    function()
    return Measurement(tuple(_seconds(function) for _ in range(runs)))


def command(
    words: Sequence[str],
    runs: int = 3,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Measurement:
    """Time a command, and the most memory that it and its children held together.

    Raises
    ------
    subprocess.CalledProcessError
        The command failed.
    """
    peaks: list[float] = []
    seconds = tuple(_command(words, cwd, env, peaks) for _ in range(runs))
    return Measurement(seconds, max(peaks, default=None))


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _command(
    words: Sequence[str], cwd: Path | None, env: Mapping[str, str] | None, peaks: list[float]
) -> float:
    start = time.perf_counter()
    process = subprocess.Popen(
        words, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    watch = threading.Thread(target=_watch, args=(process, peaks))
    watch.start()
    code = process.wait()
    seconds = time.perf_counter() - start
    watch.join()
    if code:
        raise subprocess.CalledProcessError(code, list(words))
    return seconds


def _watch(process: subprocess.Popen[bytes], peaks: list[float]) -> None:
    while process.poll() is None:
        if Path("/proc").is_dir():
            peaks.append(sum(_resident(pid) for pid in _family(process.pid)) / MEGABYTE)
        time.sleep(0.05)


def _family(pid: int) -> list[int]:
    """The process and its descendants that are alive now."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return [pid]
    for thread in threads:
        if thread != str(pid):
            try:
                listed = Path(f"/proc/{pid}/task/{thread}/children").read_text(encoding="ascii")
            except OSError:
                continue
            children += listed.split()
    return [pid, *(member for child in children for member in _family(int(child)))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE
    except (OSError, IndexError):
        return 0
