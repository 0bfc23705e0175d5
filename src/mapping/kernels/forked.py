"""What a fork of the warmed process does to become a kernel as a started one would be."""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import locale
import os
import random
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from ipykernel.kernelapp import IPKernelApp

from mapping.kernels.limits import restrict

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_LAUNCHER = "ipykernel_launcher"
_INLINE = "module://matplotlib_inline.backend_inline"


@dataclass(frozen=True)
class Order:
    """What a kernel is to be: its arguments, surroundings, limits and open files."""

    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: str
    umask: int
    memory: int | None
    stdout: int
    stderr: int


def become_kernel(order: Order, server: int) -> NoReturn:
    """Run a kernel in this process and end it; never returns to the server's code."""
    status = 1
    try:
        _settle(order, server)
        status = _run([*order.argv, f"--IPKernelApp.parent_handle={server}"])
    except BaseException:  # whatever it is: the server's code must not run here
        with suppress(BaseException):
            traceback.print_exc()
    finally:
        os._exit(status)


def _settle(order: Order, server: int) -> None:
    os.setsid()
    _die_with(server)
    _own_signals()
    _own_files(order.stdout, order.stderr)
    restrict(0, order.memory)
    os.environ.clear()
    os.environ.update(order.env, JPY_PARENT_PID=str(server))
    os.chdir(order.cwd)
    os.umask(order.umask)
    time.tzset()
    with suppress(locale.Error):
        locale.setlocale(locale.LC_CTYPE, "")
    _own_chance()
    _own_interpreter(order.argv)
    _own_matplotlib()


def _die_with(server: int) -> None:
    """End with the server, however it ends; where the system can't, ipykernel looks each second."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != server:
            os._exit(1)


def _own_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _own_files(stdout: int, stderr: int) -> None:
    """Nothing of the server stays open."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (stdout, 1), (stderr, 2)):
        os.dup2(source, target)
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _own_chance() -> None:
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def _own_interpreter(argv: Sequence[str]) -> None:
    """What Python tells of its start, as ``python -m ipykernel_launcher`` has it."""
    spec = importlib.util.find_spec(_LAUNCHER)
    launcher = str(spec.origin) if spec else _LAUNCHER
    sys.argv = [launcher, *argv]
    sys.orig_argv[:] = [sys.executable, "-m", _LAUNCHER, *argv]
    main = ModuleType("__main__")
    main.__file__ = launcher
    sys.modules["__main__"] = main


def _own_matplotlib() -> None:
    """The settings that matplotlib would have read at its import, and the backend of notebooks."""
    os.environ.setdefault("MPLBACKEND", _INLINE)
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        return
    own = matplotlib.matplotlib_fname()
    if Path(own).stat().st_size:
        settings = matplotlib.rc_params_from_file(own)
        dict.update(matplotlib.rcParams, settings)
        dict.update(matplotlib.rcParamsOrig, settings)
    matplotlib.rcParams["backend"] = os.environ["MPLBACKEND"]


def _run(argv: Sequence[str]) -> int:
    """The kernel's exit status; ends as an interpreter does, without taking itself apart."""
    status = 0
    try:
        IPKernelApp.launch_instance(list(argv))
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()
    return status
