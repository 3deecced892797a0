"""The `socket` module as a Worker finds it: TCP to the Hyperdrives in its `env`, and to nobody else.

It blocks as sockets do, and meanwhile other requests go on (`labkit.blocking`). The drivers in `DRIVERS` are imported
anew for each isolate, so that they find it. Source: https://developers.cloudflare.com/hyperdrive/examples/python-workers/
"""

from __future__ import annotations

import asyncio
import io
import socket as real_socket
import sys
from types import ModuleType
from typing import Any

from labkit import facts
from labkit.blocking import wait_for
from labkit.errors import NotEmulated
from labkit.workers import context
from labkit.workers.bindings import warn

DRIVERS = ("pg8000",)
"""Packages that open sockets and are written in Python."""


class Socket:
    """A TCP connection. What no driver needs is left out."""

    def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: Any = None):
        self._client: Any = None
        self._timeout: float | None = None
        self._files = 0
        self._is_closing = False

    def connect(self, address: tuple[str, int]) -> None:
        """Connect to a Hyperdrive, or to the database behind one, straight."""
        host, port, event = address[0], int(address[1]), context.here("socket")
        _warn_of_an_early_date(event)
        for binding in _with_sockets(event.env):
            if client := binding.dial(host, port):
                self._client = client
                return
        raise NotEmulated(f"TCP to {host}:{port}: a Worker on the lab reaches the Hyperdrives of its env only.")

    def sendall(self, data: Any, flags: int = 0) -> None:
        self._connected().write(bytes(data))

    def send(self, data: Any, flags: int = 0) -> int:
        self.sendall(data)
        return len(data)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Up to so many bytes, once there are any; b"" where the other side has hung up."""
        return wait_for(asyncio.wait_for(self._connected().read(size), self._timeout))

    def recv_into(self, buffer: Any, size: int = 0, flags: int = 0) -> int:
        data = self.recv(size or len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def makefile(self, mode: str = "r", buffering: int | None = None, **_: Any) -> Any:
        """The connection as a file, which keeps it open until it is closed itself."""
        self._files += 1
        raw = _File(self)
        if "w" not in mode:
            return io.BufferedReader(raw)
        return io.BufferedRWPair(raw, raw) if "r" in mode else io.BufferedWriter(raw)

    def settimeout(self, seconds: float | None) -> None:
        """How long `recv` waits before it raises TimeoutError, in simulated seconds."""
        self._timeout = seconds

    def setsockopt(self, *_: Any) -> None:
        """Accepted and without effect."""

    def close(self) -> None:
        """Hang up, once the files made of it are closed too."""
        self._is_closing = True
        self._let_go()

    def _let_go(self) -> None:
        if self._is_closing and self._files <= 0 and self._client is not None:
            self._client.close()

    def _connected(self) -> Any:
        if self._client is None:
            raise OSError(107, "Transport endpoint is not connected")
        return self._client

    def __enter__(self) -> Socket:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


class _File(io.RawIOBase):
    """A socket's bytes as a file."""

    def __init__(self, socket: Socket):
        self._socket = socket

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._socket.recv_into(buffer)

    def write(self, data: Any) -> int:
        return self._socket.send(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._socket._files -= 1
            self._socket._let_go()


def can_open(env: Any) -> bool:
    """Whether a Worker with this env reaches anybody by a socket."""
    return bool(_with_sockets(env))


def _with_sockets(env: Any) -> list[Any]:
    return [each for each in vars(env).values() if hasattr(type(each), "dial")]


def _warn_of_an_early_date(event: Any) -> None:
    """Say where the platform's Python would not have sockets yet."""
    date = getattr(getattr(event, "worker", None), "config", None) and event.worker.config.compatibility_date
    first = facts.value("hyperdrive.python_compatibility_date")
    if date and date < first:
        warn(f"With compatibility_date {date} a Python Worker has no sockets: they came with {first}.")


def create_connection(address: tuple[str, int], timeout: Any = None, source_address: Any = None, **_: Any) -> Socket:
    """A socket that is connected to a host and a port."""
    made = Socket()
    made.settimeout(timeout)
    made.connect(address)
    return made


def module() -> ModuleType:
    """The replacement of `socket`."""
    copy = ModuleType("socket", real_socket.__doc__)
    copy.__dict__.update(real_socket.__dict__, socket=Socket, create_connection=create_connection)
    return copy


def imported_anew(name: str, fromlist: Any, modules: dict[str, ModuleType], own: dict[str, ModuleType]) -> ModuleType:
    """What `import` gives for a driver that finds these modules in place of Python's. `own` are the driver's so far."""
    top = name.partition(".")[0]
    kept = {each: sys.modules.pop(each) for each in list(sys.modules) if _is_of(each, top) or each in modules}
    sys.modules.update(modules | own)
    try:
        return __import__(name, fromlist=fromlist or ())
    finally:
        own.update({each: module for each, module in sys.modules.items() if _is_of(each, top)})
        for each in own | modules:
            sys.modules.pop(each, None)
        sys.modules.update(kept)


def _is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")
