"""One run: every request sets out at its time, as a visit of its own, and leaves one row when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from labkit.errors import LabError, Stuck
from labkit.network.faults import Unreachable
from labkit.sim.planet.arrivals import DAY, Open
from labkit.sim.planet.asking import Asking
from labkit.sim.planet.faults import Fault, Schedule
from labkit.sim.planet.interrupts import Interrupt, noticed
from labkit.sim.planet.loads import CODES, PLACE_NUMBER, Load
from labkit.sim.planet.records import ERROR, EXCEPTION, OK, STUCK, UNREACHABLE, Records
from labkit.sim.planet.users import ClosedLoop
from labkit.sim.sweep import progress

if TYPE_CHECKING:
    from labkit.lab import Lab
    from labkit.workers.request import Request


class Run:
    """The loads on a lab for some seconds; `records` has what became of them, `offered` how many set out."""

    def __init__(self, lab: Lab, parts: Sequence[Load], seconds: float, seed: int, records: Records, ticks: int):
        self.lab, self.parts, self.seconds, self.seed = lab, parts, seconds, seed
        self.records, self.ticks = records, ticks
        self.timeline, self.begun, self.midnight = lab.world.timeline, lab.now, lab.world.unix % DAY
        self.offered = 0
        self.is_partial, self.reason = False, ""
        self._asking = [Asking(lab, part.asked) for part in parts]
        self._tasks: list[asyncio.Task[Any]] = []
        self._visits: dict[int, asyncio.Task[Any]] = {}
        self._drained: asyncio.Future[None] | None = None
        self._gives_up = False
        self._interrupt = Interrupt()

    def play(self, faults: Sequence[Fault], label: str) -> None:
        """Play all of it, to the last answer. An interrupt ends it early, and what is under way with it."""
        schedule = Schedule(self.lab, faults, self.begun)
        with noticed() as self._interrupt:
            try:
                self.lab.run(self._load(schedule, label))
            except KeyboardInterrupt:
                self.is_partial, self.reason = True, self._interrupt.reason
            except Stuck:
                self._gives_up = True
            finally:
                schedule.end()
                self.timeline.stop([task for task in (*self._tasks, *self._visits.values()) if not task.done()])
            self.records.collect()

    async def _load(self, schedule: Schedule, label: str) -> None:
        sources = [each for part, load in enumerate(self.parts) for each in self._sources(part, load)]
        self._tasks = [self.timeline.spawn(each) for each in (schedule.play(), *sources)]
        for _ in progress(range(self.ticks), self.ticks, label):
            self._interrupt.obey()
            await self.timeline.sleep(self.seconds / self.ticks)
            self.records.collect()
        await asyncio.gather(*self._tasks[1:])
        if self._visits:
            self._drained = self.timeline.create_future()
            await self._drained

    def _sources(self, part: int, load: Load) -> list[Coroutine[Any, Any, None]]:
        if isinstance(load, Open):
            return [self._arrive(part, load)]
        assert isinstance(load, ClosedLoop)
        homes = load.homes(self.seed, part).tolist()
        return [self._user(part, load, user, home) for user, home in enumerate(homes)]

    async def _arrive(self, part: int, load: Open) -> None:
        """The requests of open traffic, each at its time."""
        timeline, begun = self.timeline, self.begun
        for piece in load.pieces(self.seconds, self.seed, part, midnight=self.midnight):
            for at, place, key in zip(*(column.tolist() for column in piece), strict=True):
                if (wait := begun + at - timeline.now) > 0:
                    await timeline.sleep(wait)
                self._set_out(part, place, key)

    async def _user(self, part: int, load: ClosedLoop, user: int, home: int) -> None:
        """One user, who waits for each answer before the next thought."""
        timeline, end = self.timeline, self.begun + self.seconds
        for think, key in load.life(self.seed, part, user):
            if timeline.now + think >= end:
                return
            await timeline.sleep(think)
            answered = timeline.create_future()
            self._set_out(part, home, key, answered)
            await answered

    def _set_out(self, part: int, home: int, key: int, answered: asyncio.Future[None] | None = None) -> None:
        self._interrupt.obey()
        request, number = self._request(part, home, key), self.offered
        self.offered = number + 1
        self._visits[number] = self.timeline.spawn(self._visit(number, part, home, key, request, answered))

    def _request(self, part: int, home: int, key: int) -> Request:
        """What is asked; where no visitor can send it, the run ends here as by an interrupt, and nothing is lost."""
        try:
            return self._asking[part].request(home, key)
        except LabError as error:
            self._interrupt.is_asked, self._interrupt.reason = True, str(error)
            raise KeyboardInterrupt from error

    async def _visit(
        self, number: int, part: int, home: int, key: int, request: Request, answered: asyncio.Future[None] | None
    ) -> None:
        """One request, and its row. What an interrupt ends has none."""
        start, status, size = self.timeline.now, 0, 0
        try:
            answer = await self.lab._visitors.visit(request, CODES[home])
            status, body = answer.status, answer.js_object._body
            size = len(body) if isinstance(body, bytes) else 0
            outcome = OK if status < 500 else ERROR
        except Unreachable:
            outcome = UNREACHABLE
        except Exception:
            outcome = EXCEPTION
        except asyncio.CancelledError:
            if not self._gives_up:
                raise
            outcome = STUCK
        place, event = self._traced(start) or (home, 0)
        now = self.timeline.now
        self.records.rows.append((number, part, home, place, key, start, now, status, outcome, size, event))
        self._ended(number, answered)

    def _traced(self, start: float) -> tuple[int, int] | None:
        """The place and the id of the visit whose event ended just now; None where it never got as far as a place."""
        events = self.records.trace.events
        if not events or events[-1].start != start or events[-1].primitive != "client":
            return None
        return PLACE_NUMBER[events[-1].place], events[-1].id

    def _ended(self, number: int, answered: asyncio.Future[None] | None) -> None:
        del self._visits[number]
        if answered is not None and not answered.done():
            answered.set_result(None)
        if self._drained is not None and not self._visits and not self._drained.done():
            self._drained.set_result(None)
        self._interrupt.obey()
