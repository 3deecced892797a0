"""The output gate of an instance: what leaves the object waits for the writes before it to be confirmed.

Source: https://blog.cloudflare.com/durable-objects-easy-fast-correct-choose-three/
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from labkit.world import World


class OutputGate:
    """The writes that are not confirmed yet, in their order."""

    def __init__(self, world: World):
        self.world = world
        self._unconfirmed: dict[asyncio.Future[None], None] = {}

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


def fail(future: asyncio.Future[None], error: BaseException) -> None:
    """Tell whoever waits, if anybody does."""
    if not future.done():
        future.set_exception(error)
        future.exception()  # nobody is blamed for not asking
