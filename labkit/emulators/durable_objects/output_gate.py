"""The output gate of an instance: what leaves the object waits for the writes before it to be confirmed.

The sockets that only the instance's memory keeps are known here too.

Source: https://blog.cloudflare.com/durable-objects-easy-fast-correct-choose-three/
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from labkit.world import World


class OutputGate:
    """The writes that are not confirmed yet, in their order."""

    def __init__(self, world: World):
        self.world = world
        self._unconfirmed: dict[asyncio.Future[None], None] = {}
        self.sockets: set[Any] = set()  # what the object accepted by the standard API, and only its memory keeps
        self.released: Callable[[], None] = lambda: None  # called as one of them ends
        self.begins: Callable[[], None] = lambda: None  # called as a listener of one begins to run,
        self.ends: Callable[[], None] = lambda: None  # and as it is over

    def hold(self, write: asyncio.Future[Any]) -> None:
        """Hold what leaves the object from now on until this write is confirmed."""
        held = self.world.timeline.create_future()
        self._unconfirmed[held] = None
        write.add_done_callback(partial(self._confirm, held))

    def _confirm(self, held: asyncio.Future[Any], write: asyncio.Future[Any]) -> None:
        if held.done() or write.cancelled():
            return
        if error := write.exception():
            fail(held, error)  # and stays: nothing leaves any more
        else:
            del self._unconfirmed[held]
            held.set_result(None)

    @property
    def is_holding(self) -> bool:
        """Whether what leaves now would wait."""
        return bool(self._unconfirmed)

    async def output(self) -> None:
        """Wait until everything that is held now is confirmed. Raises the error of a write that failed."""
        for write in list(self._unconfirmed):
            await asyncio.shield(write)

    def keep(self, socket: Any) -> None:
        """Keep a socket for as long as the object is in memory."""
        self.sockets.add(socket)

    def release(self, socket: Any) -> None:
        """The socket has ended."""
        self.sockets.discard(socket)
        self.released()


def fail(future: asyncio.Future[None], error: BaseException) -> None:
    """Tell whoever waits, if anybody does."""
    if not future.done():
        future.set_exception(error)
        future.exception()  # nobody is blamed for not asking
