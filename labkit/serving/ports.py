"""The port that a server listens on, and the sentence for one that it cannot have."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress

from labkit.errors import LabError

LOOPBACK = "localhost"
"""Both loopback addresses: browsers and tools disagree about which of the two the name means."""
NEAR = 50
"""How many ports after a taken one are tried before a sentence suggests one."""


def listening(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on a port; 0 takes any that is free. Refuses a taken one, with the next free one."""
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65535:
        raise LabError(f"port={port!r}: give a number from 1 to 65535, or 0 for any that is free.")
    address = "127.0.0.1" if host == LOOPBACK else host
    try:
        first = _bound(address, port)
    except OSError as error:
        raise LabError(_why(host, address, port, error)) from None
    sockets = [first]
    if host == LOOPBACK and socket.has_ipv6:
        with suppress(OSError):  # a machine without IPv6
            sockets.append(_bound("::1", first.getsockname()[1]))
    return sockets


def any_near(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on the next free port after this one; after 0, on any."""
    address = "127.0.0.1" if host == LOOPBACK else host
    return listening(host, (_next_free(address, port) or 0) if port else 0)


def _bound(address: str, port: int) -> socket.socket:
    """A socket that listens. It names its protocol, for else asyncio lets the end of each answer wait for 40 ms."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let two servers have one port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((address, port))
        made.listen()
        return made
    except OSError:
        made.close()
        raise


def _why(host: str, address: str, port: int, error: OSError) -> str:
    if error.errno != errno.EADDRINUSE:
        reason = str(error.strerror or error).partition(" (while")[0]
        return f"The server cannot listen on {host}:{port}: {reason}."
    free = _next_free(address, port)
    hint = f" {free} is free: port={free}." if free else ""
    return f"Port {port} is taken, perhaps by a server that was not stopped.{hint}"


def _next_free(address: str, port: int) -> int | None:
    """The first port after this one that could be had."""
    for other in range(port + 1, min(port + NEAR, 65536)):
        with suppress(OSError):
            _bound(address, other).close()
            return other
    return None
