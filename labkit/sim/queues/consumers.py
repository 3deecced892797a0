"""The consumers that stand in where the learner gives none: each calls the service once for each message.

They differ in what they say to the queue when something has failed, and in what they say to the service.
"""

from __future__ import annotations

import asyncio

from workers import WorkerEntrypoint, fetch  # pyright: ignore[reportAttributeAccessIssue]


async def place(order, **headers):
    """Whether the service has done the order."""
    response = await fetch(f"https://service.example/orders/{order}", method="POST", headers=headers)
    return response.status == 200


class Quiet(WorkerEntrypoint):
    """Does nothing, and so has every message acknowledged."""

    async def queue(self, batch, env, ctx):
        pass


class WholeBatch(WorkerEntrypoint):
    """Raises where a message has failed: all of the batch comes again."""

    async def queue(self, batch, env, ctx):
        done = await asyncio.gather(*(place(message.body["order"]) for message in batch.messages))
        if not all(done):
            raise RuntimeError(f"{done.count(False)} of {len(done)} messages have failed")


class Acknowledging(WorkerEntrypoint):
    """Says of each message whether it wants it again."""

    async def queue(self, batch, env, ctx):
        await asyncio.gather(*map(self.handle, batch.messages))

    async def handle(self, message):
        if await place(message.body["order"]):
            message.ack()
        else:
            message.retry()


class Idempotent(WorkerEntrypoint):
    """Names the message to the service, which does each name once."""

    async def queue(self, batch, env, ctx):
        await asyncio.gather(*(self.handle(message) for message in batch.messages))

    async def handle(self, message):
        await place(message.body["order"], **{"Idempotency-Key": message.id})


class Slow(WorkerEntrypoint):
    """Takes `SECONDS` for a batch."""

    async def queue(self, batch, env, ctx):
        await asyncio.sleep(self.env.SECONDS)
