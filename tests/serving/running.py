"""Scenarios on a real loop: a served lab, asked by real clients over loopback."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx

from labkit.serving import Server


def scenario(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A coroutine as a test: on a loop of its own, which it must leave without a task or a failed callback."""

    @functools.wraps(test)
    def run(**fixtures: Any) -> None:
        async def whole() -> None:
            failures: list[dict[str, Any]] = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
            await asyncio.wait_for(test(**fixtures), 60)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert (failures, left) == ([], set())

        asyncio.run(whole())

    return run


@asynccontextmanager
async def visitor(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose paths are on the server."""
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


async def seen(condition: Callable[[], Any]) -> None:
    """Go on once something is so."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0)
