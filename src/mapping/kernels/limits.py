"""How long a notebook may take, and how much memory its kernel may use."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from nbformat import NotebookNode

if sys.platform == "linux":
    import resource

_FIRST_TO_GO = b"1000"  # of all processes, a kernel is what a full machine should end
_SHORTEST = 0.001  # seconds; none at all would mean no limit


@dataclass(frozen=True)
class Limits:
    """``seconds`` of wall time for a whole notebook; ``memory`` in bytes of its kernel's own data.

    None is no limit. Memory is only limited on Linux: elsewhere it counts for nothing.
    """

    seconds: float | None = None
    memory: int | None = None

    def countdown(self) -> Callable[[NotebookNode], float | None]:
        """What is left for a cell, from now on; as nbclient's ``timeout_func``."""
        if self.seconds is None:
            return lambda _: None
        end = monotonic() + self.seconds
        return lambda _: max(end - monotonic(), _SHORTEST)


def restrict(process: int, memory: int | None) -> None:
    """Let a process (0 is this one) be the first that a full machine ends, and limit its data."""
    if sys.platform == "linux":
        with suppress(OSError):  # some containers forbid it
            Path(f"/proc/{process or os.getpid()}/oom_score_adj").write_bytes(_FIRST_TO_GO)
        if memory is not None:
            resource.prlimit(process, resource.RLIMIT_DATA, (memory, memory))
