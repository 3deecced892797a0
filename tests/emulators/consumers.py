"""Queues and a consumer for tests: the handler is a function of the test's, run as a Worker's would be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from labkit.emulators.hosting import Crashed
from labkit.emulators.queues import Queue, Queues
from labkit.emulators.queues.batch import MessageBatch
from tests.emulators.worlds import Bench

Handler = Callable[[MessageBatch], Awaitable[None] | None]


class Machine:
    """Where one batch is handled; it can be lost."""

    def __init__(self, owner: Consumed, colo: str):
        self.owner, self.colo = owner, colo
        self.task: asyncio.Task[Any] | None = None
        self.is_lost = False

    async def run(self, call: str, args: Any, **_: Any) -> None:
        self.task = self.owner.bench.timeline.spawn(self.owner.handle(args[0], self.colo))
        try:
            await self.task
        except asyncio.CancelledError:
            if self.is_lost:
                raise Crashed("lost") from None
            raise

    def crash(self, outcome: str = "lost") -> None:
        self.is_lost = True
        if self.task:
            self.task.cancel()


class Consumed:
    """The queue "jobs", bound as JOBS, and its handler. `seen` is every batch: when, whose, bodies, attempts."""

    def __init__(self, bench: Bench, handler: Handler = lambda batch: None, producer: Any = None, **settings: Any):
        self.bench, self.handler = bench, handler
        self.seen: list[tuple[float, str, list[Any], list[int]]] = []
        self.places: list[str] = []
        self.logged: list[str] = []
        consumers = [{"queue": "jobs"} | settings]
        if "dead_letter_queue" in settings:
            consumers.append({"queue": settings["dead_letter_queue"], "max_batch_timeout": 0, "max_retries": 0})
        producers = [{"binding": "JOBS", "queue": "jobs"} | (producer or {})]
        self.queues = Queues(bench.world, producers, consumers, self)  # type: ignore[arg-type]
        self.jobs: Queue = self.queues.queue("jobs")

    async def create(self, colo: str, *_: Any, **__: Any) -> Machine:
        return Machine(self, colo)

    def log(self, colo: str, error: Any) -> None:
        self.logged.append(str(error))

    async def handle(self, batch: MessageBatch, colo: str) -> None:
        bodies, attempts = [each.body for each in batch.messages], [each.attempts for each in batch.messages]
        self.seen.append((round(self.bench.now, 2), batch.queue, bodies, attempts))
        self.places.append(colo)
        result = self.handler(batch) if batch.queue == "jobs" else None
        if result is not None:
            await result

    def send(self, *bodies: Any, colo: str = "LHR", **options: Any) -> None:
        """Send bodies, each by itself."""
        for body in bodies:
            self.bench.run(self.queues.binding("JOBS", colo).send(body, **options))

    def batches(self, queue: str = "jobs") -> list[list[Any]]:
        return [bodies for _, name, bodies, _ in self.seen if name == queue]

    def times(self, queue: str = "jobs") -> list[float]:
        return [when for when, name, *_ in self.seen if name == queue]

    def attempts(self, queue: str = "jobs") -> list[list[int]]:
        return [attempts for _, name, _, attempts in self.seen if name == queue]
