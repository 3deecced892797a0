"""Cron Triggers: a clock that runs a Worker's `scheduled` handler, somewhere, at least once, in UTC.

| | |
|---|---|
| modelled | The syntax: five fields, names, weekdays from 1, Sunday, to 7 (docs, "Supported cron expressions") |
| | `L`, `LW`, `L-3`, `15W`, `6L`, `5#3`, ranges that wrap (Cloudflare's parser, github.com/cloudflare/saffron) |
| | Day of the month and weekday both given: either is enough (saffron) |
| | Two expressions that mean the same are refused, and more than the plan's triggers (saffron; Workers limits) |
| | Runs start after their minute; `scheduledTime` is the minute, not the start (docs, "Scheduled handler") |
| | The controller has no `type`, though the documentation lists one (observed, workerd 2026-04-26) |
| | No locality: each run is at a place of its own, wherever there is room (docs, "Background") |
| | Runs that take longer than the interval overlap: nothing holds the next one back |
| | A changed schedule comes into force up to 15 minutes later, all at once; until then the old one goes on (docs) |
| | A run ends with the last of `waitUntil`, and its first failure fails the run (docs; observed, workerd 2026-04-26) |
| | CPU time by interval, 15 minutes of waiting included (Workers limits); a request and its CPU time on the bill |
| simplified | How late a run starts, how often one happens twice: assumptions (`facts/cron.toml`) |
| | A run whose machine is lost begins once more elsewhere, unless it called `noRetry()`: an assumption |
| | A handler that raises is not run again; the documentation promises no retry |
| | A new schedule replaces the old everywhere at one moment; in production places may differ for minutes |
| | `5,*` is refused, and `FRI-SUN` begins on Friday: saffron takes the first for `5,0` and begins one day early |
| | Network off: no clock, only the trigger that is asked for, as in the vendor's local runtime |
| not modelled | Green Compute (it changes where a trigger runs, never when), the list of past events, the REST API |
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterable
from contextvars import Context
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf
from typing import Any, Protocol

from labkit import facts
from labkit.emulators.cron.expression import Cron
from labkit.emulators.cron.fields import WHERE
from labkit.emulators.cron.table import FireTable
from labkit.errors import ConfigError
from labkit.network import places
from labkit.world import World

__all__ = ["Cron", "Crons"]


class Ended(Protocol):
    """How a run ended: "ok", "exception", "lost" ..., and whether the handler has called `noRetry()`."""

    @property
    def outcome(self) -> str: ...

    @property
    def noRetry(self) -> bool: ...


EVERYWHERE = sorted(places.PLACES)

Fire = Callable[[Cron, int, str], Awaitable[Ended]]
"""Runs the handler: the trigger, the Unix second that it was due, the place."""


@dataclass(order=True)
class Start:
    """A run to be started at a moment (Unix seconds): the `due` run of a trigger, for the `attempt`-th time."""

    at: float
    due: int
    cron: str = field(compare=False)
    attempt: int = field(default=1, compare=False)


class Crons:
    """The triggers of a Worker. `duplicate_rate` is the share of runs that happen twice."""

    def __init__(self, world: World, expressions: Iterable[str], fire: Fire):
        self.world, self.fire = world, fire
        self.duplicate_rate: float = facts.value("cron.duplicate_rate")
        self.current = self._checked(expressions)
        self._pending: tuple[float, list[Cron]] | None = None
        self._starts: list[Start] = []
        self._seen = world.unix  # up to here, runs are planned
        self._doubled = 0
        self._timer: asyncio.TimerHandle | None = None
        self._arm()

    @property
    def expressions(self) -> list[str]:
        """The triggers in force, as they were written."""
        return [cron.text for cron in self.current]

    def deploy(self, expressions: Iterable[str]) -> None:
        """Change the schedule. The old one goes on until the change has spread, up to 15 minutes from now."""
        spread = self.world.random.uniform(0, facts.value("cron.propagation")) if self.world.links else 0
        self._pending = (self.world.unix + spread, self._checked(expressions))
        self._arm()

    def duplicate_next(self, count: int = 1) -> None:
        """Let the next run, or so many of the next runs, happen twice."""
        self._doubled += count

    def table(self, n: int = 5) -> FireTable:
        """The next moments at which the schedule in force fires, and what each expression says."""
        return FireTable(self.current, self.world.unix, n)

    def snapshot(self) -> dict[str, Any]:
        """The schedules, and what is still to be started."""
        pending = self._pending and (self._pending[0], [cron.text for cron in self._pending[1]])
        return {
            "current": self.expressions, "pending": pending, "starts": [replace(start) for start in self._starts],
            "seen": self._seen, "doubled": self._doubled, "duplicate_rate": self.duplicate_rate,
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a snapshot, on the world's timeline."""
        self.current = [Cron(text) for text in state["current"]]
        self._pending = state["pending"] and (state["pending"][0], [Cron(text) for text in state["pending"][1]])
        self._starts = [replace(start) for start in state["starts"]]
        self._seen, self._doubled = state["seen"], state["doubled"]
        self.duplicate_rate = state["duplicate_rate"]
        self._arm()

    def _checked(self, expressions: Iterable[str]) -> list[Cron]:
        """The expressions, parsed. Refuses too many for the plan, and two of one meaning, in the API's words."""
        if isinstance(expressions, str) or not isinstance(expressions, Iterable):
            raise ConfigError(f"A schedule is a list of cron expressions; this is {expressions!r}.", where=WHERE)
        found: dict[Cron, str] = {}
        for cron in map(Cron, expressions):
            if cron in found:
                raise ConfigError(
                    f"Expression '{cron.text}' already exists in the form of '{found[cron]}'.", where=WHERE
                )
            found[cron] = cron.text
        most = facts.value("cron.triggers", plan=self.world.plan)
        if len(found) > most:
            raise ConfigError(f"{len(found)} cron triggers, and an account on the {self.world.plan} plan has {most}.",
                              where="https://developers.cloudflare.com/workers/platform/limits/")  # fmt: skip
        return list(found)

    # The clock: one timer, for whatever is next.

    def _arm(self) -> None:
        """Set the one timer for the next thing to do. Without a network there is no clock."""
        timeline = self.world.timeline
        if self._timer is not None:
            self._timer.cancel()
            self._forget_timer()
        if self.world.links is not None and (at := self._next()) < inf:
            moment = max(timeline.now, at - self.world.epoch)
            self._timer = timeline.call_at(moment, self._ring, context=Context())
            timeline.env.background.add(self._timer)

    def _forget_timer(self) -> None:
        self.world.timeline.env.background.discard(self._timer)  # type: ignore[arg-type]
        self._timer = None

    def _next(self) -> float:
        """The Unix time of the next minute that is due, run to start, or schedule that comes into force."""
        due = [moment for cron in self.current if (moment := cron.next(self._seen)) is not None]
        return min(due + [start.at for start in self._starts[:1]] + ([self._pending[0]] if self._pending else []),
                   default=inf)  # fmt: skip

    def _ring(self) -> None:
        """Do all that is due by now, and set the timer anew."""
        self._forget_timer()
        now = self.world.unix + 1e-6  # what sums of floats lose
        if self._pending and self._pending[0] <= now:
            self._plan(self._pending[0])
            self.current, self._pending = self._pending[1], None
        self._plan(now)
        while self._starts and self._starts[0].at <= now:
            start = heapq.heappop(self._starts)
            name = f"cron {start.cron}"
            self.world.timeline.spawn(self._run(start), name=name, detached=True)
        self._arm()

    def _plan(self, until: float) -> None:
        """Plan the runs that fall due up to a moment: when each starts, and which happen twice."""
        for cron in self.current:
            due = cron.next(self._seen)
            while due is not None and due <= until:
                for _ in range(2 if self._is_doubled() else 1):
                    self._add(Start(self._late(due), due, cron.text))
                due = cron.next(due)
        self._seen = max(self._seen, until)

    def _add(self, start: Start) -> None:
        heapq.heappush(self._starts, start)

    def _late(self, due: float) -> float:
        return due + self.world.random.uniform(0, facts.value("cron.jitter"))

    def _is_doubled(self) -> bool:
        if self._doubled:
            self._doubled -= 1
            return True
        return bool(self.duplicate_rate) and self.world.random.random() < self.duplicate_rate

    async def _run(self, start: Start) -> None:
        """One run, somewhere; again elsewhere where its machine was lost."""
        world, colo, cron = self.world, self._place(), _parsed(start.cron)
        late = world.unix - start.due
        detail = {"cron": start.cron, "scheduled": start.due, "late": late, "attempt": start.attempt}
        with world.trace.event("cron", "fire", colo, **detail) as event:
            ended = await self.fire(cron, start.due, colo)
            event.outcome = ended.outcome
        if ended.outcome == "lost" and not ended.noRetry and start.attempt <= facts.value("cron.retries_of_lost"):
            at = world.unix + facts.value("cron.retry_delay")
            self._add(replace(start, at=at, attempt=start.attempt + 1))
            self._arm()

    def _place(self) -> str:
        """A place that is alive, by chance."""
        faults = self.world.faults
        alive = [code for code in EVERYWHERE if not faults.is_dead(code)] if faults else EVERYWHERE
        return self.world.random.choice(alive or EVERYWHERE)


_parsed = lru_cache(maxsize=256)(Cron)
