"""The instances of a database: its primary, and the copies of it in other regions that hear of each commit later."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from labkit import facts
from labkit.emulators.d1.reader import Copy, Disk, Reader
from labkit.emulators.d1.results import Result
from labkit.emulators.d1.thread import Job, Thread
from labkit.emulators.d1.view import View
from labkit.emulators.d1.words import CPU, UNRESOLVED, Refused, transient
from labkit.network.places import place

if TYPE_CHECKING:
    from labkit.emulators.d1 import D1

LOOK = 0.2
"""Seconds between two looks of a replica that is cut off."""


class Served(NamedTuple):
    """What an instance made of a call: the results, the seconds of each, how long it waited, the commit that it saw."""

    results: list[Result]
    seconds: list[float]
    waited: float
    index: int


class Instance:
    """A database at a place, with one thread. `said` is what `meta` says of where that is."""

    is_primary = False

    def __init__(self, d1: D1, colo: str):
        self.d1, self.world = d1, d1.world
        self._version = facts.value("d1.served_by")
        self.place = colo
        self.thread = Thread(self.world, self._begin, self._end)
        self._base, self._instruction = facts.value("d1.query_base"), facts.value("d1.instruction")
        self._write, self._most = facts.value("d1.write"), facts.value("d1.query")

    @property
    def place(self) -> str:
        return self._place

    @place.setter
    def place(self, colo: str) -> None:
        self._place, self.region = colo, place(colo).region
        self.said = {
            "served_by": self._version,
            "served_by_region": self.region,
            "served_by_colo": colo,
            "served_by_primary": self.is_primary,
        }

    @property
    def index(self) -> int:
        """The last commit that it knows."""
        raise NotImplementedError

    def reader(self) -> Reader:
        """Its database, as it knows it now."""
        raise NotImplementedError

    async def serve(self, statements: Any) -> Served:
        """Do it when its turn comes, and take the time that it takes."""
        done = await self.thread.ask(statements)
        if isinstance(done, Refused):
            raise done
        return done

    def _begin(self, job: Job) -> float:
        job.index = self.index
        try:
            job.results = self.reader().run(job.work)
        except Refused as refusal:
            job.refusal = refusal
            return self._most if refusal.message == CPU else self._base
        job.seconds, total, writes = [], 0.0, False
        for each in job.results:
            seconds = self._base + self._instruction * each.steps
            job.seconds.append(seconds)
            total += seconds
            writes = writes or each.changed_db or each.rows_written > 0
        return total + self._write if writes else total

    def _end(self, job: Job) -> None:
        try:
            index = self._keep(job)
        except Refused as refusal:
            return job.tell(refusal)
        job.tell(job.refusal or Served(job.results, job.seconds, job.began - job.asked, index))

    def _keep(self, job: Job) -> int:
        """What was done is done for good: the commit that it has seen."""
        return job.index

    def lag(self) -> float:
        """Seconds since the first commit that it does not know, 0 where it knows all."""
        return 0.0


class Primary(Instance):
    """The instance that writes."""

    is_primary = True

    @property
    def index(self) -> int:
        return self.d1.history.index

    def reader(self) -> Disk:
        return self.d1.disk

    def _keep(self, job: Job) -> int:
        self.d1.commit()
        return self.index


class News(NamedTuple):
    """A commit that a replica is told of: which, when it was, and when the news arrives; never, while it is cut off."""

    index: int
    committed: float
    arrival: float


class Replica(Instance):
    """An instance that reads, some way behind the primary."""

    def __init__(self, d1: D1, colo: str):
        super().__init__(d1, colo)
        self.known = d1.history.index
        self.news: deque[News] = deque()
        self.copy = Copy(self.world, View(d1.history), d1.account.opened)

    @property
    def index(self) -> int:
        self.look()
        return self.known

    def reader(self) -> Copy:
        return self.copy.at(max(self.index, self.d1.history.oldest))  # of one that was cut off for weeks

    def hear(self, index: int) -> None:
        """A commit is on its way here, behind all others. What is under way when a fault begins arrives."""
        now, before = self.world.timeline.now, self.news[-1].arrival if self.news else 0.0
        delay = self.world.random.expovariate(1 / self.d1.replica_lag) if self.d1.replica_lag else 0.0
        arrival = max(before, now + delay) if self._is_reached() else inf
        self.news.append(News(index, now, arrival))

    def look(self) -> None:
        """Take note of what has arrived. One that was cut off has caught up by the first look after."""
        now, is_reached = self.world.timeline.now, None
        while self.news:
            first = self.news[0]
            if first.arrival == inf:
                is_reached = self._is_reached() if is_reached is None else is_reached
            if first.arrival > now and not (first.arrival == inf and is_reached):
                break
            self.known = self.news.popleft().index

    async def reach(self, index: int) -> float:
        """Wait until it knows a commit; seconds that it took. Gives up after a while, as where it is cut off."""
        timeline = self.world.timeline
        began, patience = timeline.now, facts.value("d1.bookmark_patience")
        while self.index < index:
            left = began + patience - timeline.now
            if left <= 0:
                raise transient(UNRESOLVED)
            arrival = next((news.arrival for news in self.news if news.index >= index), inf)
            await timeline.sleep(min(left, LOOK if arrival == inf else arrival - timeline.now))
        return timeline.now - began

    def lag(self) -> float:
        self.look()
        return self.world.timeline.now - self.news[0].committed if self.news else 0.0

    def _is_reached(self) -> bool:
        faults, primary = self.world.faults, self.d1.primary
        return not faults or primary is None or faults.reachable(primary, self.place)
