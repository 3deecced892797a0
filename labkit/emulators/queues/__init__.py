"""Queues: messages from Workers to Workers, at least once, in batches, in no order.

| | |
|---|---|
| modelled | The binding: `send`, `sendBatch`, `metrics`, content types, in the runtime's words (seen on workerd) |
| | A batch leaves when it is full, or its first message has waited `max_batch_timeout`; 10, 5 s, 3 retries (docs) |
| | Which of `ack`, `retry`, `ackAll`, `retryAll` counts: `queues/batch.py` (docs, "Batching, retries"; workerd) |
| | Explicit acks survive a handler that raises; the vendor's local runtime delivers those messages again |
| | A batch is done with the last of what `waitUntil` was given, and fails with it (docs, "Consumer") |
| | A crash before the handler's end is known delivers the whole batch again, what was acknowledged in it too |
| | After `max_retries` the dead letter queue, with the same id and timestamp, or gone (docs; workerd) |
| | Delays, of a message before a batch's before the queue's; `retry_delay`; at most 24 hours (docs) |
| | Retention, from a message's arrival in this queue; a dead letter queue without a consumer loses them too (docs) |
| | Pull consumers: leases, visibility timeouts, late acknowledgements, bodies in base64 but for text (docs) |
| | 128 KB with 100 bytes of metadata, 100 messages or 256 KB a batch, 5,000 a second, 25 GB: also without a consumer |
| | Consumers are added or taken away when a batch has ended, never in between; up to `max_concurrency` (docs) |
| | Shards near the producers, and so no order (blog, October 2024); with the network off, first in, first out |
| | 15 minutes a handler; its CPU time is the Worker's own (Queues limits) |
| | Units: write, read and delete, for each 64 KB; a retry reads again, a dead letter is written again (pricing) |
| | `pause`, `resume`, `purge` (docs, "Pause and purge"); faults: `duplicate`, `crash`, `duplicate_next`, `crash_next` |
| simplified | The law by which consumers are scaled (`queues/scaling.py`): the page names what counts, and no law |
| | Where shards are and how many, how long one writes: assumptions that give the published median of 60 ms |
| | A handler runs in the place of the first shard that its batch was read from: an assumption |
| | No message comes twice unless a lesson asks for it: a rate is not published. A second copy has the same attempts |
| | Words of sizes and delays are the local broker's; newer compatibility dates show "Unknown Internal Error (15000)" |
| | `metrics` count what can be delivered now, at the moment when the send arrives, in all shards |
| | A shard's data outlives its place and is read from elsewhere at once; partitions do not cut consumers from shards |
| | 5,000 messages are counted over the last second, of all shards together |
| | Network off: as the vendor's local runtime, but that a queue without a consumer keeps its messages |
| not modelled | The HTTP API for sending, event subscriptions, several accounts, the dashboard's list of messages |
| | `max_batch_size` in bytes, which is not documented; the 1,200 API requests in 5 minutes; jurisdictions |
| | The end of the free plan's 10,000 operations a day: the bill counts them, and nothing is refused (pricing) |
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from contextvars import Context
from datetime import UTC, datetime
from difflib import get_close_matches
from math import exp
from typing import Any

from labkit import facts
from labkit.emulators.hosting import Host
from labkit.emulators.queues import rules
from labkit.emulators.queues.beside import Beside
from labkit.emulators.queues.binding import WorkerQueue
from labkit.emulators.queues.messages import Body, Message, chunks
from labkit.emulators.queues.queue import Queue
from labkit.emulators.queues.shards import Shards, by_distance
from labkit.emulators.queues.table import MessageTable
from labkit.errors import ConfigError, LabError
from labkit.network import places
from labkit.network.faults import Unreachable
from labkit.trace import Event
from labkit.world import World

__all__ = ["MessageTable", "Queue", "Queues", "WorkerQueue"]

LOCAL = "LHR"
"""Where consumers run with the network off: it makes no difference."""
UNREACHABLE = "Service Unavailable"


class Queues:
    """All queues of a lab: `binding(name, colo)` is what `env` holds at a place, `queue(name)` one of them."""

    def __init__(
        self,
        world: World,
        producers: Iterable[Mapping[str, Any]],
        consumers: Iterable[Mapping[str, Any]],
        host: Host,
    ):
        self.world, self.host = world, host
        self.home = LOCAL
        self.known: dict[str, Queue] = {}
        self._bound: dict[str, str] = {}
        self._beside = Beside(self)
        for entry in consumers:
            self._consume(entry)
        for entry in producers:
            self._produce(entry)
        for queue in list(self.known.values()):
            if queue.settings and queue.settings.dead_letters:
                self._queue(queue.settings.dead_letters)

    def binding(self, name: str, colo: str) -> WorkerQueue:
        """The queue behind a binding, as a Worker at this place has it."""
        return WorkerQueue(self.known[self._bound[name]], colo)

    def queue(self, name: str) -> Queue:
        """The queue of a name, or of a binding's. Refuses one that the configuration does not mention."""
        name = self._bound.get(name, name)
        if name in self.known:
            return self.known[name]
        near = get_close_matches(str(name), self.known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There is {', '.join(self.known)}."
        raise LabError(f"No queue is called {name!r}. {hint}")

    def lose(self, colo: str) -> None:
        """A place has failed, and the consumers that ran there with it. What is stored outlives it."""
        for queue in self.known.values():
            if queue.consumer:
                queue.consumer.lose(colo)
        self._beside.lose(colo)

    def snapshot(self) -> bytes:
        """Every queue, as it is now."""
        return pickle.dumps({name: queue.snapshot() for name, queue in self.known.items()})

    def restore(self, state: bytes) -> None:
        """Go back to a snapshot. Bindings that are in use keep working."""
        for name, each in pickle.loads(state).items():
            self.known[name].restore(each)

    async def deliver(self, name: str, messages: Sequence[Any]) -> Any:
        """Run the handler once on these messages, beside the queue. Returns what the platform's test API does.

        A message is a body, or a dict of `body` and, as wanted, `id`, `timestamp` (Unix seconds or a datetime) and
        `attempts`.
        """
        return await self._beside.deliver(self.queue(name).name, messages)

    # What queues and bindings need.

    def new_id(self) -> str:
        """The id of a message: 32 hexadecimal digits."""
        return f"{self.world.random.getrandbits(128):032x}"

    def metrics(self, shards: Shards) -> dict[str, Any]:
        """What can be delivered now, as the platform tells it."""
        oldest = shards.oldest()
        return _metrics(shards.count, shards.bytes, oldest and datetime.fromtimestamp(oldest.timestamp, UTC))

    def alive_near(self, place: str) -> str:
        """The place, or else the nearest with shards that has not failed, or else the nearest that has not."""
        faults = self.world.faults
        if not faults or not faults.is_dead(place):
            return place
        links = self.world.links
        others = sorted(places.PLACES, key=lambda each: links.rtt(place, each)) if links else ()
        return next((each for each in (*by_distance(self.world, place), *others) if not faults.is_dead(each)), place)

    def bury(self, message: Message, name: str) -> int:
        """Move a message to a dead letter queue: the same id, timestamp and body. Returns how many operations it is."""
        grave = self.known[name]
        dead = Message(message.id, message.timestamp, message.body, message.size, shard=message.shard)
        grave.enter(dead, grave.delivery_delay)
        self.world.timeline.call_soon(grave.look, context=Context())  # when all that die now are in it
        return dead.chunks

    async def ask_metrics(self, queue: Queue, colo: str) -> dict[str, Any]:
        """The backlog, asked for from a place."""
        place = await self._reach("metrics", colo)
        found = queue.metrics()
        await self._home("metrics", place, colo)
        return found

    async def store(
        self, queue: Queue, colo: str, method: str, items: list[tuple[Body, int | None]], event: Event
    ) -> dict[str, Any]:
        """Write messages into a shard near a place. Returns the backlog as it was before; refuses what is too much."""
        place = await self._reach(method, colo)
        metrics = queue.metrics()
        if why := queue.intake.refused(items, queue.stored_bytes):
            await self._home(method, place, colo)
            raise rules.refusal(method, why)
        if self.world.links:
            spread = exp(self.world.random.gauss(0.0, facts.value("queues.write_sigma")))
            await self.world.timeline.sleep(facts.value("queues.write") * spread)
        queue.add(items, queue.shards.choose(place))
        event.units["queues.operations"] = sum(chunks(body.size + queue.metadata_bytes) for body, _ in items)
        await self._home(method, place, colo)
        return metrics

    async def _reach(self, method: str, colo: str) -> str:
        """Go to the nearest place with shards that can be reached."""
        for place in by_distance(self.world, colo):
            with suppress(Unreachable):
                await self.world.travel(colo, place)
                return place
        raise rules.refusal(method, UNREACHABLE)

    async def _home(self, method: str, place: str, colo: str) -> None:
        """The way back. Where it is cut, the producer does not learn what was stored."""
        try:
            await self.world.travel(place, colo)
        except Unreachable:
            raise rules.refusal(method, UNREACHABLE) from None

    # The configuration, and what a lesson delivers by hand.

    def _queue(self, name: str, settings: rules.ConsumerSettings | None = None) -> Queue:
        """The queue of a name; whoever mentions it first makes it."""
        if name not in self.known:
            self.known[name] = Queue(self, name, settings)
        return self.known[name]

    def _consume(self, entry: Mapping[str, Any]) -> None:
        if entry["queue"] in self.known:
            raise ConfigError(f"{entry['queue']!r} has two consumers, and a queue has one.", where=rules.WHERE)
        self._queue(entry["queue"], rules.settings_of(entry))

    def _produce(self, entry: Mapping[str, Any]) -> None:
        queue = self._queue(entry["queue"])
        self._bound[entry["binding"]] = queue.name
        queue.delivery_delay = rules.delivery_delay(entry) or queue.delivery_delay


def _metrics(count: int, size: int, oldest: datetime | None) -> dict[str, Any]:
    return {"backlogCount": count, "backlogBytes": size, "oldestMessageTimestamp": oldest}
