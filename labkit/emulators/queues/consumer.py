"""The push consumer of a queue: when a batch leaves, where its handler runs, and what becomes of its messages."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextvars import Context
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.hosting import Crashed, Resident
from labkit.emulators.queues.batch import MessageBatch, Record
from labkit.emulators.queues.faults import Crash
from labkit.emulators.queues.messages import Message
from labkit.emulators.queues.rules import ConsumerSettings, retry_delay
from labkit.emulators.queues.scaling import Scale
from labkit.emulators.queues.shards import place_of
from labkit.timeline import TICK
from labkit.trace import Event

if TYPE_CHECKING:
    from labkit.emulators.queues.life import Life


class Run:
    """One batch, on its way to a handler and through it. `ending` is how it ended, where its machine did not last.

    `lag` is how many seconds ago its messages were written, on average, when it left.
    """

    def __init__(self, messages: list[Message], batch: MessageBatch, place: str, lag: float):
        self.messages, self.batch, self.place, self.lag = messages, batch, place, lag
        self.has_begun = False
        self.crashes: Crash | None = None
        self.resident: Resident | None = None
        self.ending: str | None = None

    def crash(self, ending: str = "lost") -> None:
        """The machine is gone, or has had its time."""
        self.ending = ending
        if self.resident:
            self.resident.crash(ending)


class Consumer:
    """The Worker that a queue pushes its messages to."""

    def __init__(self, queue: Life, settings: ConsumerSettings):
        self.queue, self.settings, self.world = queue, settings, queue.world
        self.scale = Scale(settings.concurrency, settings.batch_size, is_fixed=self.world.links is None)
        self.running: set[Run] = set()
        self._freed = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Begin the batches that are due, and set the timer for the next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        timeline, queue = self.world.timeline, self.queue
        while queue.shards.count and not queue.is_paused and len(self.running) < self.scale.concurrency:
            if (due := self._due()) > timeline.now + TICK:
                self._timer = timeline.call_at(due, self.look, context=Context())
                return
            self._dispatch()

    def lose(self, colo: str) -> None:
        """A place has failed: what was consumed there comes again."""
        for run in [run for run in self.running if run.place == colo and run.has_begun]:
            run.crash()

    def snapshot(self) -> tuple[Any, ...]:
        return self.scale.snapshot(), self._freed

    def restore(self, state: tuple[Any, ...]) -> None:
        self.running, self._timer = set(), None
        scale, self._freed = state
        self.scale.restore(scale)

    def _due(self) -> float:
        """When the next batch leaves: now if it is full, else when its first message has waited for long enough.

        In the local runtime what a batch leaves behind begins to wait anew.
        """
        if self.queue.shards.count >= self.settings.batch_size:
            return self.world.timeline.now
        since = self.queue.shards.since
        return (since if self.world.links else max(since, self._freed)) + self.settings.batch_timeout

    def _dispatch(self) -> None:
        """Send the next batch on its way; until it has arrived nothing is under way that a snapshot cannot hold."""
        queue = self.queue
        messages = queue.take(self.settings.batch_size)
        shard = messages[0].shard
        place = place_of(shard) if shard else queue.queues.home
        lag = self.world.timeline.now - sum(message.arrived for message in messages) / len(messages)
        batch = MessageBatch(queue.name, messages, queue.metrics())
        run = Run(messages, batch, queue.queues.alive_near(place), lag)
        for message in messages:
            message.place = run.place
        self.running.add(run)
        self.world.timeline.call_later(self._on_the_way(run), self._begin, run, context=Context())

    def _begin(self, run: Run) -> None:
        """The batch has arrived, in the place of its first shard, or in the nearest that lives."""
        run.place = self.queue.queues.alive_near(run.place)
        run.has_begun, run.crashes = True, self.queue.next_crash()
        self.world.timeline.spawn(self._run(run), name=f"consumer of {self.queue.name}", detached=True)

    async def _run(self, run: Run) -> None:
        """The whole life of a batch, in the trace as one event."""
        queue, messages = self.queue, run.messages
        detail = {"queue": queue.name, "messages": len(messages), "concurrency": len(self.running), "lag": run.lag}
        try:
            with self.world.trace.event("queues", "deliver", run.place, **detail) as event:
                event.units["queues.operations"] = sum(message.chunks for message in messages)
                event.bytes = sum(message.body.size for message in messages)
                event.outcome = await self._handled(run)
                self._settle(run, event)
        except BaseException:  # no failure of the handler's: those are outcomes
            queue.put_back(messages)
            raise
        finally:
            self.running.discard(run)
        self._freed = self.world.timeline.now
        self.scale.review(queue.shards.count, event.outcome != "ok")
        self.look()

    async def _handled(self, run: Run) -> str:
        """Run the handler. Returns how that ended: "ok", "exception", "exceededCpu", "exceededWallTime", "lost"."""
        host, timers = self.queue.queues.host, []
        try:
            resident = await host.create(run.place)
            if run.ending is None:
                run.resident = resident
                timers = self._deadlines(run)
                await resident.run("queue", (run.batch, None, None), primitive="queues", operation="consume",
                                   units={"workers.requests": 1}, queue=self.queue.name)  # fmt: skip
        except Crashed:
            return run.ending or "lost"
        except Exception as error:
            if not getattr(error, "is_logged", False):
                host.log(run.place, error)
            return getattr(error, "outcome", "exception")
        finally:
            for timer in timers:
                timer.cancel()
        if run.crashes and run.ending is None:
            run.crash()
        return run.ending or "ok"

    def _on_the_way(self, run: Run) -> float:
        """Seconds until the handler begins: what the platform takes, and the way from the farthest of the shards."""
        world = self.world
        if world.links is None:
            return facts.value("queues.local_dispatch")
        shards = {place_of(message.shard) for message in run.messages} - {run.place}
        ways = [world.links.one_way(place, run.place, world.random) for place in sorted(shards)]
        return facts.value("queues.dispatch") + max(ways, default=0.0)

    def _deadlines(self, run: Run) -> list[asyncio.TimerHandle]:
        """What ends a handler from outside: its time on the wall, and the crash that a lesson has asked for."""
        later = self.world.timeline.call_later
        timers = [later(facts.value("queues.consumer_wall"), run.crash, "exceededWallTime", context=Context())]
        if run.crashes and run.crashes.after is not None:
            timers.append(later(run.crashes.after, run.crash, context=Context()))
        return timers

    def _settle(self, run: Run, event: Event) -> None:
        """Do with each message what the handler said, as far as its machine lived to tell."""
        outcome = event.outcome
        record = Record() if outcome == "lost" else run.batch._record
        fates: Counter[str] = Counter()
        for message in run.messages:
            if record.retries_message(message.id, outcome):
                delay = record.delay(message.id)
                fate, operations = self.queue.failed(message, None if delay is None else retry_delay(delay))
            else:
                fate, operations = "acked", self.queue.remove(message)
            fates[fate] += 1
            event.units["queues.operations"] += operations
        event.detail.update(fates)
