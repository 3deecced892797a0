"""A blocking call from the thread that would have to answer it is refused with a sentence, not waited for."""

from __future__ import annotations

import asyncio
import socket
import urllib.request

import pytest

from labkit import Lab
from labkit.errors import LabError
from tests.serving.running import scenario, visitor

WORDS = "await asyncio.to_thread"


def get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.status


@scenario
async def test_a_blocking_call_on_the_servers_own_loop_is_refused_at_once():
    async with Lab(r2=["FILES"]).serve(0) as server:
        for url in (server.url, server.url.replace("localhost", "127.0.0.1"), server.s3.url):
            with pytest.raises(LabError, match=WORDS):
                get(url)


@scenario
async def test_a_thread_and_an_async_client_are_let_through():
    async with Lab().serve(0) as server, visitor(server) as client:
        assert await asyncio.to_thread(get, server.url) == 200
        assert (await client.get("/")).status_code == 200


@scenario
async def test_a_port_is_anybodys_once_the_server_has_stopped():
    async with Lab().serve(0) as server:
        port = server.port
    with pytest.raises(OSError):
        get(server.url)
    with socket.create_server(("127.0.0.1", port)):
        socket.create_connection(("127.0.0.1", port), 5).close()


@scenario
async def test_boto3_in_a_cell_says_what_to_do():
    import boto3  # pyright: ignore[reportMissingTypeStubs]

    async with Lab(r2=["FILES"]).serve(0) as server:
        s3 = boto3.client("s3", **server.s3.options())
        with pytest.raises(Exception, match=WORDS):
            s3.list_buckets()
        assert await asyncio.to_thread(s3.list_buckets)
        assert WORDS in repr(server.s3)
