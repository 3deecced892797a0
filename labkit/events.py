"""Events that are not requests: a cron trigger that fires, time that passes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from labkit.errors import ConfigError, LabError
from labkit.logs import traceback_of
from labkit.network import places
from labkit.submission import Submission
from labkit.timeline import Timeline
from labkit.worker import Worker
from labkit.wrangler import check_cron


@dataclass(frozen=True)
class Outcome:
    """How an event without a response ended: "ok" or "exception", and the error's text."""

    outcome: str
    error: str | None = None


@dataclass(frozen=True)
class ScheduledController:
    """What a `scheduled` handler is given. `scheduledTime` is in milliseconds since 1970."""

    cron: str
    scheduledTime: int
    type: str = "scheduled"

    def noRetry(self) -> None:
        """Accepted: a lab does not retry."""


def scheduled(worker: Worker, cron: str | None, time: float | None) -> Coroutine[Any, Any, Outcome]:
    """One run of the `scheduled` handler, due at `time` in Unix seconds. Refuses a cron that is not declared."""
    due = worker.world.unix if time is None else time
    if not isinstance(due, int | float):
        raise LabError(f"time={time!r}: give the scheduled time in Unix seconds.")
    return _run(worker, ScheduledController(_trigger(cron, worker.config.crons), int(due * 1000)))


async def _run(worker: Worker, controller: ScheduledController) -> Outcome:
    """The handler's run, at a place that chance picks: a trigger fires once, anywhere."""
    colo = worker.world.random.choice(sorted(places.PLACES))
    try:
        await worker.invoke(colo, "Default", "scheduled", controller, None, None, units={"workers.requests": 1})
    except Exception as error:
        worker.log(colo, "error", traceback_of(error))
        return Outcome("exception", str(error))
    return Outcome("ok")


def _trigger(cron: str | None, declared: tuple[str, ...]) -> str:
    """The cron expression to fire. Refuses one that the configuration does not declare."""
    if cron is not None:
        check_cron(cron)
    if not declared or cron in declared:
        return cron or "* * * * *"
    if cron is None:
        return declared[0]
    near = get_close_matches(cron, declared, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"It has {', '.join(map(repr, declared))}."
    raise ConfigError(f"{cron!r} is not among this Worker's triggers. {hint}")


class Advance(Submission):
    """Time passing, as an awaitable: outside the timeline it drives it, inside it sleeps."""

    def __init__(self, timeline: Timeline, seconds: float):
        self.timeline, self.seconds, self.name = timeline, seconds, f"advance({seconds:g})"

    def __await__(self) -> Generator[Any, Any, None]:
        if asyncio._get_running_loop() is self.timeline:
            yield from self.timeline.sleep(self.seconds)
        else:
            until = self.timeline.after(self.seconds)  # before siblings under the same gather let time pass
            yield
            while not self.timeline.reach(until):
                yield

    def drive(self) -> None:
        self.timeline.advance(self.seconds)
