"""The `socket` module inside an isolate, and drivers that find it there."""

from __future__ import annotations

import socket
import sys

import pytest

from labkit import sockets
from labkit.errors import LabError
from labkit.program import Sandbox


def test_the_replacement_opens_no_real_sockets_and_keeps_the_rest():
    replaced = sockets.module()
    assert replaced.create_connection is sockets.create_connection
    assert replaced.socket is sockets.Socket
    assert (replaced.AF_INET, replaced.error) == (socket.AF_INET, OSError)


def test_a_driver_is_the_isolates_own_copy_whichever_way_it_is_imported():
    import pg8000.core

    sandbox = Sandbox({"socket": sockets.module()}, print)
    names = sandbox.execute(
        compile(
            "import pg8000.native\nfrom pg8000.native import Connection\nfrom pg8000 import core, dbapi", "a", "exec"
        ),
        {},
    )
    assert names["pg8000"].native.Connection is names["Connection"]
    assert names["core"].socket is sandbox.modules["socket"]
    assert names["dbapi"].CoreConnection is names["core"].CoreConnection
    assert names["core"] is not pg8000.core
    assert sys.modules["pg8000.core"] is pg8000.core and sys.modules["socket"] is socket


def test_two_isolates_have_two_copies():
    one, other = (Sandbox({"socket": sockets.module()}, print).found("pg8000.core") for _ in range(2))
    assert one is not other


def test_a_socket_belongs_to_an_event():
    with pytest.raises(LabError, match="belongs to a Worker that is handling an event"):
        sockets.create_connection(("db.example.com", 5432))


def test_a_socket_that_is_not_connected_says_so():
    with pytest.raises(OSError, match="not connected"):
        sockets.Socket().sendall(b"x")


def test_a_file_keeps_the_connection_open_until_it_is_closed_too():
    closed = []

    class Client:
        def close(self) -> None:
            closed.append(True)

    made = sockets.Socket()
    made._client = Client()
    file = made.makefile("rwb")
    made.close()
    assert closed == []
    file.close()
    assert closed == [True]
