"""Events that are not requests: a cron trigger that fires, time that passes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isfinite
from typing import Any

from labkit import facts
from labkit.emulators.cron import Cron, Fire
from labkit.errors import ConfigError, LabError
from labkit.invocation import ExceededCpu, WaitUntilFailed
from labkit.logs import traceback_of
from labkit.lost import spare
from labkit.network import places
from labkit.submission import Submission
from labkit.timeline import Timeline
from labkit.worker import Lost, Worker


@dataclass(frozen=True)
class Outcome:
    """How an event without a response ended: "ok" or "exception", and the error's text.

    Also "exceededCpu", "exceededWallTime", and "lost" where the machine was; `noRetry` whether the handler asked for
    no further attempt.
    """

    outcome: str
    error: str | None = None
    noRetry: bool = False


@dataclass(frozen=True)
class ScheduledController:
    """What a `scheduled` handler is given. `scheduledTime` is in milliseconds since 1970.

    The documentation lists a `type` too; the runtime's own has none (observed, workerd 2026-04-26).
    """

    cron: str
    scheduledTime: int
    _no_retry: list[bool] = field(default_factory=list, repr=False, compare=False)

    def noRetry(self) -> None:
        """Ask the platform not to run this again, should it fail."""
        self._no_retry.append(True)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


def scheduled(worker: Worker, cron: str | None, time: float | None) -> Coroutine[Any, Any, Outcome]:
    """One run of the `scheduled` handler, due at `time` in Unix seconds. Refuses a cron that is not declared."""
    due = worker.world.unix if time is None else time
    if not isinstance(due, int | float) or not isfinite(due):
        raise LabError(f"time={time!r}: give the scheduled time in Unix seconds.")
    controller = ScheduledController(_trigger(cron, worker.config.crons), int(due * 1000))
    colo = worker.world.random.choice(sorted(places.PLACES))  # a trigger fires once, anywhere
    return _run(worker, controller, colo)


def firing(worker: Worker) -> Fire:
    """What the clock calls to run a Worker's handler: the trigger, when it was due, the place."""
    return lambda cron, due, colo: _run(worker, ScheduledController(cron.text, due * 1000), colo)


def beginning(begin: Callable[[str, float, str], Any]) -> Fire:
    """What the clock calls where a schedule begins an instance, given the expression, when it was due, the place."""

    async def fire(cron: Cron, due: int, colo: str) -> Outcome:
        begin(cron.text, due, colo)
        return Outcome("ok")

    return fire


async def _run(worker: Worker, controller: ScheduledController, colo: str) -> Outcome:
    """The handler's run, as long as its CPU time and its 15 minutes last."""
    timeline, task = worker.world.timeline, asyncio.current_task()
    cut: list[bool] = []
    timer = timeline.call_later(facts.value("cron.wall"), _cut, worker, task, cut)
    cpu_ms = worker.config.cpu_ms or Cron(controller.cron).cpu_ms(worker.world.plan)
    ended, error = "ok", None
    try:
        await worker.invoke(colo, "Default", "scheduled", controller, None, None,
                            units={"workers.requests": 1}, cpu_ms=cpu_ms)  # fmt: skip
    except Lost:
        ended = "exceededWallTime" if cut else "lost"
        spare(task)  # type: ignore[arg-type]
    except WaitUntilFailed as failed:
        ended, error = "exception", str(failed)
    except Exception as raised:
        worker.log(colo, "error", traceback_of(raised))
        ended, error = "exceededCpu" if isinstance(raised, ExceededCpu) else "exception", str(raised)
    finally:
        timer.cancel()
    return Outcome(ended, error, bool(controller._no_retry))


def _cut(worker: Worker, task: asyncio.Task[Any], cut: list[bool]) -> None:
    """The run has had its time on the wall: it stops where it stands."""
    for invocation in [each for each, running in worker.running.items() if running is task]:
        cut.append(True)
        invocation.event.outcome = "exceededWallTime"
        invocation.lose()
        task.cancel()


def _trigger(cron: str | None, declared: tuple[str, ...]) -> str:
    """The cron expression to fire. Refuses one that the configuration does not declare."""
    if cron is not None:
        Cron(cron)  # refuses what is none
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
