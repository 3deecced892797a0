"""Tail Workers: a Worker that is told of another's invocations when they are over.

| | |
|---|---|
| modelled | `tail(self, events, env, ctx)`: TraceItems, raw as the SDK leaves them (recorded from workerd) |
| | One call for each invocation, after its last `waitUntil`: requests, crons, queues, mail, RPC, alarms |
| | Its outcome, its logs by level, its exceptions, those of `waitUntil` too (whose outcome stays "ok") |
| | Headers and ids in URLs are redacted; `getUnredacted()` shows them (docs, "Tail Handler") |
| | A Worker that is its own tail is not told of its tail runs (observed in workerd) |
| | The producer never waits; a tail's own failure is in its log and reaches nobody |
| | Billed by its CPU time, not by requests; paid plan only (docs, "Tail Workers") |
| simplified | It runs where the producer ran; of several tasks that fail in `waitUntil`, the first is told |
| | What `console.log` was given arrives as text; in production objects arrive as JSON |
| | An invocation whose machine was lost is told to nobody |
| | `tail_consumers` are those of the lab's own Worker; Workers given as `services` have none |
| not modelled | Streaming tails, `diagnosticsChannelEvents`, logs cut off for their size, `wrangler tail`, Logpush |
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from labkit.errors import ConfigError
from labkit.invocation import Invocation
from labkit.logs import traceback_of
from labkit.lost import Unbegun
from labkit.traced import item_of
from labkit.worker import Lost, Worker

WHERE = "https://developers.cloudflare.com/workers/observability/logs/tail-workers/"


class Tails:
    """What a producer's invocations call as they end (`Worker.tail`): it tells the consumers.

    Refuses the free plan, and a consumer that has no `tail` handler.
    """

    def __init__(self, consumers: Iterable[Worker]):
        self.consumers = list(consumers)
        for consumer in self.consumers:
            if consumer.world.plan == "free":
                raise ConfigError("Tail Workers are part of the paid plan.", where=WHERE)
            if consumer.program.has("Default", "tail") is False:
                name = consumer.config.name
                raise ConfigError(f"The tail consumer {name!r} has no handler: async def tail(self, events, env, ctx).",
                                  where=WHERE)  # fmt: skip

    def __call__(self, invocation: Invocation, error: BaseException | None) -> None:
        """Tell of an invocation, once all that it has handed to waitUntil is over. Nobody waits for that."""
        method, at = invocation.call[0], invocation.world.unix
        if invocation.is_lost or method in ("", "tail") or isinstance(error, GeneratorExit | KeyboardInterrupt):
            return
        for consumer in self.consumers:
            told = Unbegun(partial(_told, consumer, invocation, error, at))
            invocation.world.timeline.spawn(told, name="tail", detached=True)


async def _told(consumer: Worker, invocation: Invocation, error: BaseException | None, at: float) -> None:
    """One run of a `tail` handler, when all is over. Its errors go to its own log."""
    while pending := [task for task in invocation.background if not task.done()]:
        await asyncio.wait(pending)
    if invocation.is_lost:
        return
    colo = invocation.isolate.colo
    try:
        await consumer.invoke(colo, "Default", "tail", [item_of(invocation, error, at)], None, None, units={})
    except Lost:
        asyncio.current_task().uncancel()  # type: ignore[union-attr]
    except Exception as raised:
        consumer.log(colo, "error", traceback_of(raised))
