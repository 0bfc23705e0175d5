"""Starting a fork server, and asking it for processes."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from threading import Lock
from time import monotonic, sleep

from mapping.errors import RunError

_CHUNK = 1 << 12
_WAITING = 128  # connections that may wait while the server warms up
_LONGEST_FOLDER = 90  # a Unix socket's path may have 103 bytes on some systems
_LOOK_AGAIN = 0.002  # seconds
_LOST = -int(getattr(signal, "SIGKILL", 9))  # how a kernel ends whose server is gone
_PERSONAL = re.compile(r"(IPYTHON|JUPYTER|JPY_|MPLBACKEND|MATPLOTLIBRC)")
_AT_START = re.compile(
    r"(PYTHON|LC_|LANG$|LD_|DYLD_|.*_NUM_THREADS$|HOME$|TMPDIR$|XDG_|MPLCONFIGDIR$)"
)
_FIXED = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_STARTING = Lock()


def usable() -> str:
    """Why warm kernels are not to be had on this machine; empty if they are."""
    if sys.platform == "win32":
        return "Windows cannot fork a process"
    if sys.platform == "darwin":
        return "macOS does not let a process that has loaded its libraries be forked safely"
    if not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
        return "this system cannot fork a process"
    return ""


class ForkServer:
    """A warmed process; it ends with ``close``, or with this process.

    ``environment`` is what counts when an interpreter starts: that the hash seed is 0 and that
    numerical libraries have one thread are its defaults. What is somebody's own set-up is left
    out of it: each kernel has its own environment.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        own = tempfile.gettempdir()
        near = own if len(os.fsencode(own)) < _LONGEST_FOLDER - 20 else "/tmp"  # noqa: S108
        self.folder = Path(tempfile.mkdtemp(prefix="mapping-", dir=near))
        (self.folder / "matplotlibrc").touch()
        self.address = str(self.folder / "socket")
        with (
            socket.socket(socket.AF_UNIX) as listener,
            (self.folder / "log").open("wb") as log,
        ):
            listener.bind(self.address)
            listener.listen(_WAITING)
            self._process = Popen(  # noqa: S603 (the running interpreter)
                [sys.executable, "-m", "mapping.kernels.forkserver", str(listener.fileno())],
                stdin=PIPE,
                stdout=DEVNULL,
                stderr=log,
                pass_fds=[listener.fileno()],
                env=self._environment(environment),
                cwd=self.folder,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process, which is the parent of all its kernels."""
        return self._process.pid

    def close(self) -> None:
        """End the server and all of its kernels."""
        if self._process.stdin and not self._process.stdin.closed:
            with suppress(OSError):
                self._process.stdin.close()
            self._process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in given.items() if not _PERSONAL.match(name)}
        return _FIXED | kept | {"MATPLOTLIBRC": str(self.folder / "matplotlibrc")}


def shared(environment: Mapping[str, str]) -> ForkServer:
    """The own server of this process for kernels whose interpreter starts in this environment."""
    start = tuple(sorted(item for item in environment.items() if _AT_START.match(item[0])))
    with _STARTING:
        server = _started(os.getpid(), start)
        if not server.alive:
            _started.cache_clear()
            server = _started(os.getpid(), start)
        return server


@cache
def _started(_: int, start: Sequence[tuple[str, str]]) -> ForkServer:
    rest = {name: value for name, value in os.environ.items() if not _AT_START.match(name)}
    server = ForkServer(rest | dict(start))
    atexit.register(server.close)
    return server


class ForkedProcess:
    """A process that a fork server has made, as ``Popen`` would show it."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        self._lock = Lock()

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        with self._lock:
            if self.returncode is None:
                try:
                    told = self._connection.recv(_CHUNK)
                except BlockingIOError:
                    return None
                except OSError:
                    told = b""
                self.returncode = json.loads(told)["status"] if told else _LOST
                self._connection.close()
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, when it has ended.

        Raises
        ------
        TimeoutExpired
            It runs on.

        """
        end = None if timeout is None else monotonic() + timeout
        while (status := self.poll()) is None:
            if end is not None and monotonic() > end:
                raise TimeoutExpired(str(self.pid), timeout or 0)
            sleep(_LOOK_AGAIN)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal to it and to all that it has started."""
        with self._lock, suppress(OSError):  # it has ended
            if self.returncode is None:
                self._connection.sendall(_line({"signal": int(number)}))

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


async def fork(address: str, order: Mapping[str, object], streams: Sequence[int]) -> ForkedProcess:
    """A kernel, forked by the server at the address; ``streams`` are its output and error.

    ``order`` has ``argv``, ``env``, ``cwd`` and ``memory`` (bytes or None).

    Raises
    ------
    RunError
        The server is gone, or did not come up.

    """
    connection = socket.socket(socket.AF_UNIX)
    umask = os.umask(0)
    os.umask(umask)
    try:
        connection.connect(address)
        line = _line({**order, "umask": umask})
        sent = socket.send_fds(connection, [line], list(streams))
        connection.sendall(line[sent:])
        connection.setblocking(False)
        told = await asyncio.get_running_loop().sock_recv(connection, _CHUNK)
        return ForkedProcess(connection, json.loads(told)["pid"])
    except (OSError, ValueError) as error:
        connection.close()
        raise RunError(f"no warm kernel was started: {_last_words(address) or error}") from None
    except BaseException:
        connection.close()
        raise


def _line(said: Mapping[str, object]) -> bytes:
    return json.dumps(said).encode() + b"\n"


def _last_words(address: str) -> str:
    with suppress(OSError):
        lines = Path(address).with_name("log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""
    return ""
