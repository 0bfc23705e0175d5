"""Executing a notebook's cells: ready as soon as the kernel is, and clear about how it ended."""

from __future__ import annotations

import signal
import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient

from mapping.errors import RunError
from mapping.kernels.limits import Limits

_HEARING = 0.2  # seconds until an unanswered question is asked again


class ReadyClient(AsyncKernelClient):
    """Ready when the kernel has answered and its outputs are known to come through.

    The stock client waits for a fifth of a second of silence instead; what it would have thrown
    away then belongs to no cell, and is passed over by whoever reads outputs.
    """

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        answered = subscribed = False
        self.kernel_info()
        while not (answered and subscribed):
            channel = self.iopub_channel if answered else self.shell_channel
            try:
                message = await channel.get_msg(timeout=_HEARING)
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if time.monotonic() > end:
                    raise RuntimeError(f"Kernel didn't respond in {timeout} seconds") from None
                if answered:  # before the subscription: only what is said from now on comes
                    self.kernel_info()
                continue
            if answered:
                subscribed = True
            elif message["msg_type"] == "kernel_info_reply":
                self._handle_kernel_info_reply(message)
                answered = True

    wait_for_ready = _async_wait_for_ready


class KernelError(RunError):
    """A kernel ended before its notebook: killed, crashed, out of time or of memory."""


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client that says in which cell and how a kernel ended.

    The time of ``limits`` is for the whole notebook, from the start of its first cell.
    """

    def __init__(self, manager: Any, limits: Limits | None = None, **settings: Any) -> None:
        super().__init__(manager, **settings)
        self._limits = limits or Limits()
        self._at = 0

    def papermill_execute_cells(self) -> None:
        """Execute all cells, within the time.

        Raises
        ------
        KernelError
            Naming the cell in which the kernel ended.

        """
        if self._limits.seconds is not None:
            self.timeout_func = self._limits.countdown()
        try:
            super().papermill_execute_cells()
        except DeadKernelError:
            raise KernelError(f"cell {self._at}: {self._how_it_ended()}") from None
        except CellTimeoutError:
            if self._limits.seconds is None:
                raise
            limit = f"{self._limits.seconds:g} seconds"
            raise KernelError(
                f"cell {self._at}: stopped, for the notebook took longer than its {limit}"
            ) from None

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, *args: Any, **kwargs: Any
    ) -> NotebookNode:
        """Execute one cell, and remember which."""
        before = self.nb.cells[: cell_index + 1]
        self._at = sum("injected-parameters" not in c.metadata.get("tags", []) for c in before)
        done: NotebookNode = await super().async_execute_cell(cell, cell_index, *args, **kwargs)
        return done

    execute_cell = run_sync(async_execute_cell)

    def _how_it_ended(self) -> str:
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        status = process and process.poll()
        return how_it_ended(status)


def how_it_ended(status: int | None) -> str:
    """What an exit status says of a kernel that should have gone on."""
    if status is None:
        return "the kernel does not answer"
    if status >= 0:
        return f"the kernel ended by itself (exit status {status})"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    if name == "SIGKILL":
        return "the kernel was killed (SIGKILL): by somebody, or because memory ran out"
    return f"the kernel crashed ({name})"
