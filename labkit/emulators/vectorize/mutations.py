"""How writes become visible: a log that takes them at once, and a job that makes a new index of those that wait.

A mutation is durable when the log has it, and then it waits. One job at a time reads the index, applies up to 1,000
mutations (200,000 vectors) in their order, and commits: queries see all of them in that instant. What comes while a job
runs waits for the next. https://developers.cloudflare.com/vectorize/best-practices/insert-vectors/
"""

from __future__ import annotations

from asyncio import TimerHandle
from collections import deque
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any, NamedTuple

from labkit import facts
from labkit.emulators.vectorize.index import Vector
from labkit.world import World


@dataclass(frozen=True)
class Mutation:
    """An acknowledged write: "insert" or "upsert" with its vectors, or "delete" with ids."""

    id: str
    kind: str
    vectors: tuple[Vector, ...] = ()
    ids: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.vectors) or len(self.ids)

    def apply(self, vectors: dict[str, Vector]) -> None:
        """Change the index. Of an id that is there already, an insert keeps the old vector, an upsert the new."""
        for each in self.vectors:
            if self.kind == "upsert" or each.id not in vectors:
                vectors[each.id] = each
        for name in self.ids:
            vectors.pop(name, None)


class Job(NamedTuple):
    """A job under way: when it began and ends, in seconds of the timeline, and how many mutations it takes along."""

    began: float
    ends: float
    mutations: int


class Log:
    """The mutations that wait, the first `job.mutations` of them in the job that runs.

    `commit` is called with each mutation and job as they become visible.
    """

    def __init__(self, world: World, commit: Callable[[list[Mutation], Job], None]):
        self.world, self.commit = world, commit
        self.waiting: deque[Mutation] = deque()
        self.job: Job | None = None
        self._timer: TimerHandle | None = None

    def append(self, mutation: Mutation) -> None:
        """Keep a mutation. With the network off it is visible at once."""
        self.waiting.append(mutation)
        if self.job is None:
            self._begin()

    def _begin(self) -> None:
        now = self.world.timeline.now
        self.job = Job(now, now + self._seconds(), self._fitting())
        if self.world.links is None:
            self._end()
        else:
            self._arm()

    def _seconds(self) -> float:
        if self.world.links is None:
            return 0.0
        mean, spread = facts.value("vectorize.mutation_lag"), facts.value("vectorize.mutation_lag_spread")
        return self.world.random.uniform(mean - spread, mean + spread)

    def _fitting(self) -> int:
        """How many of the waiting mutations one job takes: at least one."""
        room, count = facts.value("vectorize.job_vectors"), 0
        for mutation in self.waiting:
            room -= mutation.size
            if count and (room < 0 or count == facts.value("vectorize.job_updates")):
                break
            count += 1
        return count

    def _arm(self) -> None:
        if self.job is not None:
            self._timer = self.world.timeline.call_at(self.job.ends, self._end, context=Context())

    def _end(self) -> None:
        job, self.job = self.job, None
        assert job is not None
        self.commit([self.waiting.popleft() for _ in range(job.mutations)], job)
        if self.waiting:
            self._begin()

    def snapshot(self) -> tuple[Any, ...]:
        return tuple(self.waiting), self.job

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot; the job that ran then ends when it would have."""
        if self._timer is not None:
            self._timer.cancel()
        waiting, self.job = state
        self.waiting = deque(waiting)
        self._arm()
