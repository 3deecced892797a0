"""What asyncio can do with sockets, files and processes, and a simulated loop refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.errors import NotEmulated

NO_IO = (
    "add_reader", "add_writer", "connect_accepted_socket", "connect_read_pipe", "connect_write_pipe",
    "create_connection", "create_datagram_endpoint", "create_server", "create_unix_connection", "create_unix_server",
    "getaddrinfo", "getnameinfo", "run_forever", "sendfile", "sock_accept", "sock_connect", "sock_recv",
    "sock_recv_into", "sock_sendall", "sock_sendfile", "start_tls", "subprocess_exec", "subprocess_shell",
)  # fmt: skip


def refusal(name: str) -> Callable[..., Any]:
    """A method of the loop that says why it does nothing."""

    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotEmulated(
            f"loop.{name} was called: real I/O would stop simulated time. "
            "Inside a lab, reach other hosts with workers.fetch and declare them with Lab(origins=...).",
            where="labkit/no_io.py",
        )

    return refuse
