"""The warmed process: imports once what notebooks import, then forks a kernel for each request.

It has one thread, waits in one place, and shares nothing with its kernels but memory. A client
connects once for each kernel: the connection's end is the kernel's end. Its own standard input is
its lifeline: when whoever started it is gone, it ends all kernels and itself.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mapping.kernels.forked import Order, become_kernel
from mapping.kernels.warming import warm

_CHUNK = 1 << 16
_STREAMS = 2  # standard output and error come along with a request


@dataclass
class _Client:
    """A connection, what of a line has come, and the process that was forked for it."""

    socket: socket.socket
    received: bytes = b""
    files: list[int] = field(default_factory=list)
    process: int | None = None


class ForkServer:
    """Serves until its lifeline ends; in a forked process, hands the order on."""

    def __init__(self, listener: socket.socket, lifeline: int) -> None:
        self._listener = listener
        self._lifeline = lifeline
        self._clients: dict[socket.socket, _Client] = {}
        self._selector = selectors.DefaultSelector()
        self._wake_up, wake = socket.socketpair()
        self._wake = wake
        for end in (self._wake_up, wake):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)

    def serve(self) -> Order | None:
        """The order, in a process forked for it; None in the server, when its time is over."""
        listener = self._listener.fileno()
        for source in (self._lifeline, listener, self._wake_up.fileno()):
            self._selector.register(source, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fd == self._lifeline:
                    self._end()
                    return None
                if key.fd == listener:
                    self._accept()
                elif key.fd == self._wake_up.fileno():
                    self._reap()
                elif order := self._hear(key.data):
                    return order

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        client = _Client(connection)
        self._clients[connection] = client
        self._selector.register(connection, selectors.EVENT_READ, client)

    def _hear(self, client: _Client) -> Order | None:
        """Take in what has come; an order in the forked process."""
        try:
            data, files, *_ = socket.recv_fds(client.socket, _CHUNK, _STREAMS)
        except OSError:
            data, files = b"", []
        if not data:
            self._forget(client)
            return None
        client.files += files
        *lines, client.received = (client.received + data).split(b"\n")
        for line in lines:
            if order := self._do(client, json.loads(line)):
                return order
        return None

    def _do(self, client: _Client, asked: dict[str, Any]) -> Order | None:
        if "signal" in asked:
            _send_signal(client.process, asked["signal"])
            return None
        stdout, stderr = client.files
        order = Order(**asked, stdout=stdout, stderr=stderr)
        client.process = os.fork()
        if client.process == 0:
            return order
        for file in client.files:
            os.close(file)
        _tell(client, pid=client.process)
        return None

    def _reap(self) -> None:
        """Tell the clients of the kernels that have ended."""
        with suppress(BlockingIOError):
            while self._wake_up.recv(_CHUNK):
                pass
        for client in self._clients.values():
            if client.process:
                ended, status = os.waitpid(client.process, os.WNOHANG)
                if ended:
                    client.process = None
                    _tell(client, status=os.waitstatus_to_exitcode(status))

    def _forget(self, client: _Client) -> None:
        """A client is gone: so is its kernel."""
        self._selector.unregister(client.socket)
        del self._clients[client.socket]
        client.socket.close()
        if client.process:
            _send_signal(client.process, signal.SIGKILL)
            os.waitpid(client.process, 0)

    def _end(self) -> None:
        for client in list(self._clients.values()):
            self._forget(client)


def _send_signal(process: int | None, number: int) -> None:
    """To the kernel and all processes that it has started; it is ours until it is waited for."""
    if process:
        try:
            os.killpg(process, number)
        except ProcessLookupError:  # so young that it has no group of its own
            os.kill(process, number)


def _tell(client: _Client, **said: int) -> None:
    with suppress(OSError):  # it is gone, as the next look at it will find
        client.socket.sendall(json.dumps(said).encode() + b"\n")


def main(listener: int, prepare: Callable[[], None] = warm) -> None:
    """Warm up, serve, and leave nothing behind; the working folder is the server's own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder = Path.cwd()
    sys.path[:] = [place for place in sys.path if place != str(folder)]
    prepare()
    gc.collect()
    gc.freeze()
    sys.stdout.flush()
    sys.stderr.flush()
    server = os.getpid()
    order = ForkServer(socket.socket(fileno=listener), sys.stdin.fileno()).serve()
    if order is not None:
        become_kernel(order, server)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
