"""The kernel provisioner ``mapping-warm``: a kernelspec that names it gets warm kernels."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Int, Unicode

from mapping.kernels.server import ForkedProcess, fork, shared, usable

NAME = "mapping-warm"
_LAUNCHERS = ("ipykernel_launcher", "ipykernel")
_OUTPUT, _ERROR = 1, 2
_LOOK_AGAIN = 0.002  # seconds


def refusal(command: Sequence[str]) -> str:
    """Why a kernel that is started by this command can't be a warm one; empty if it can."""
    if reason := usable():
        return reason
    if not _is_this_python(command[0]):
        return f"the kernel is not of this Python: {command[0]}"
    if not _arguments(command):
        return "the kernel is not started by python -m ipykernel_launcher"
    return ""


def _is_this_python(program: str) -> bool:
    """Another environment's Python may be the same file: the folder tells them apart."""
    if re.fullmatch(r"python(3(\.\d+)?)?", program):
        return True  # to jupyter_client, this is the running one
    found = shutil.which(program)
    own = Path(sys.executable)
    return found is not None and (
        Path(found) == own or (Path(found).parent == own.parent and os.path.samefile(found, own))
    )


def _arguments(command: Sequence[str]) -> list[str]:
    """What follows ``-m ipykernel_launcher``; options before it are for a debugger only."""
    for place, (option, module) in enumerate(pairwise(command[1:]), start=1):
        if option == "-m" and module in _LAUNCHERS:
            return list(command[place + 2 :])
        if not re.match(r"-X ?frozen_modules", option):
            return []
    return []


class WarmProvisioner(LocalProvisioner):
    """Has its kernel forked by a warmed process; starts it in the ordinary way where it can't.

    Set in the kernelspec's metadata: ``address``, the socket of a fork server (else this process
    has one of its own), and ``memory``, the limit of a kernel in bytes (0 is none).
    """

    address = Unicode()
    memory = Int()

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel; say so if it has to be started."""
        reason = refusal(cmd)
        if PIPE in (kwargs.get("stdout"), kwargs.get("stderr")):
            reason = "its output is wanted in a pipe"
        if reason:
            self.log.warning("an ordinary kernel is started: %s", reason)
            return await super().launch_kernel(cmd, **kwargs)
        process = await self._fork(_arguments(cmd), **kwargs)
        self.process, self.pid, self.pgid = cast("Popen[bytes]", process), process.pid, process.pid
        return self.connection_info

    async def _fork(
        self, argv: Sequence[str], env: Mapping[str, str], **kwargs: Any
    ) -> ForkedProcess:
        self.cwd = str(kwargs.get("cwd") or Path.cwd())
        order = {"argv": argv, "env": env, "cwd": self.cwd, "memory": self.memory or None}
        with ExitStack() as opened:
            output = _descriptor(kwargs.get("stdout"), _OUTPUT, opened)
            error = kwargs.get("stderr")
            second = output if error == STDOUT else _descriptor(error, _ERROR, opened)
            return await fork(self.address or shared(env).address, order, (output, second))

    async def wait(self) -> int | None:
        """The exit status, as soon as it has ended."""
        while await self.poll() is None:
            await asyncio.sleep(_LOOK_AGAIN)
        return await super().wait()

    async def send_signal(self, signum: int) -> None:
        """By way of the server, which knows whether the process is still there."""
        process: object = self.process
        if isinstance(process, ForkedProcess):
            process.send_signal(signum)
        else:
            await super().send_signal(signum)


def _descriptor(stream: Any, inherited: int, opened: ExitStack) -> int:
    """The file that ``Popen`` would give to a process for this."""
    if stream == DEVNULL:
        return opened.enter_context(Path(os.devnull).open("wb")).fileno()
    if stream is None:
        return inherited
    return stream if isinstance(stream, int) else stream.fileno()
