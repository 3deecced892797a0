"""An object's alarm: one moment, kept with the storage, at which its `alarm` method runs, at least once.

The moment stands in the object's database, so it rolls back, is confirmed and is lost with what was written beside it.
While the method runs it stays there, for a machine that dies must ring again; `get` hides it meanwhile. What a failed
run is followed by is decided here alone:

| the run | then |
|---|---|
| returns | the alarm is gone, unless the method set another |
| raises | it rings again after 2 s, then 4 s and so on with up to a quarter more, six times; then it is dropped |
| raises after it has set another, or deleted it | nothing: that one counts |
| is lost with its machine | it rings again after 2 s, and that counts as no retry |

Sources: https://developers.cloudflare.com/durable-objects/api/alarms/, workerd's `server/alarm-scheduler.c++`, and runs
of workerd (1.20260426).
"""

from __future__ import annotations

import asyncio
import math
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.hosting import Crashed
from labkit.network.faults import Unreachable
from labkit.workers.bindings import SAFE_INTEGER, js_error
from labkit.workers.js.dates import Date
from labkit.workers.objects import JsObject

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.durable_object import DurableObject

NO_HANDLER = "Your Durable Object class must have an alarm() handler in order to call setAlarm()"
NOT_POSITIVE = "setAlarm() cannot be called with an alarm time <= 0"
NOT_A_DATE = "Failed to execute 'setAlarm' on 'DurableObjectStorage': parameter 1 is not of type 'date'."
NO_DATE = "The value cannot be converted because it is not a valid Date."
LATEST_MS = 2**63 / 1e6
"""The runtime counts nanoseconds in 64 bits."""


@dataclass(frozen=True)
class Failure:
    """The alarm of `time` has failed `count` times by its own fault, and `streak` times of late for the same reason.

    It rings again at `due`, seconds of Unix time.
    """

    time: int
    count: int
    streak: int
    was_counted: bool
    due: float


class Alarm:
    """The one alarm of an object. `running` is the moment whose run is under way, in milliseconds since 1970."""

    __slots__ = ("owner", "running", "failure", "_timer")

    def __init__(self, owner: DurableObject):
        self.owner = owner
        self.running: int | None = None
        self.failure: Failure | None = None
        self._timer: asyncio.TimerHandle | None = None

    def get(self) -> int | None:
        """When it rings, in milliseconds since 1970. None where none is set, and for the one that runs now."""
        time = self.owner.database.alarm
        return None if time == self.running else time

    def set(self, value: Any) -> None:
        """Let it ring at a moment: milliseconds since 1970, or a date. What lies in the past rings at once.

        Refuses what is no moment, in the runtime's words, and an object without an `alarm` method.
        """
        self._refuse_without_handler()
        time = max(moment_ms(value), math.ceil(self.owner.world.unix * 1000))
        self.failure = None
        self._put(time + 1 if time == self.running else time)  # "now", said while the one of now runs, is another

    def delete(self) -> None:
        """Let it not ring. A run that is under way goes on, and is not repeated."""
        self._put(None)

    def arm(self) -> None:
        """Wind the clock for what the database holds: after each change of it, a rollback, a restart of the lab."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        time, world = self.owner.database.alarm, self.owner.world
        if self.running is None and time is not None:
            when = self._due(time) - world.epoch
            self._timer = world.timeline.call_at(max(when, world.timeline.now), self._ring, context=Context())

    def stop(self) -> None:
        """Wind it down: the object is gone for good."""
        if self._timer is not None:
            self._timer.cancel()

    def snapshot(self) -> Failure | None:
        """What the platform knows beside what the database holds."""
        return self.failure

    def restore(self, failure: Failure | None) -> None:
        """Go back to a snapshot; the database has gone back already."""
        self.running, self.failure, self._timer = None, failure, None
        self.arm()

    def _put(self, time: int | None) -> None:
        self.owner.database.alarm = time
        self.arm()

    def _refuse_without_handler(self) -> None:
        owner = self.owner
        has = owner.objects.host.has("alarm")
        if has is None and owner.instance is not None and owner.instance.resident is not None:
            has = owner.instance.resident.has("alarm")
        if has is False:
            raise js_error("TypeError", NO_HANDLER)

    def _due(self, time: int) -> float:
        """When it rings, in seconds of Unix time: a failure's retry, or its moment and what the platform is late."""
        if self.failure and self.failure.time == time:
            return self.failure.due
        world = self.owner.world
        late = 0.0 if world.links is None else world.random.uniform(0, facts.value("durable_objects.alarm_lateness"))
        return time / 1000 + late

    def _ring(self) -> None:
        self._timer = None
        self.owner.world.timeline.spawn(self._run(), name=f"alarm of {self.owner.label}", detached=True)

    async def _run(self) -> None:
        time = self.owner.database.alarm
        if time is None:  # rolled back since
            return
        failure = self.failure if self.failure and self.failure.time == time else None
        self.running = time
        try:
            counts = await self._fails(time, failure.count if failure else 0)
        finally:
            self.running = None
        if self.owner.database.alarm == time:
            self._settle(time, failure, counts)
        self.arm()

    async def _fails(self, time: int, retries: int) -> bool | None:
        """Run the method. None where it succeeds; else whether the failure counts against the retries."""
        info = JsObject({"scheduledTime": time, "retryCount": retries, "isRetry": retries > 0})
        try:
            async with asyncio.timeout(facts.value("durable_objects.alarm_wall")):
                await self.owner.run("alarm", (info,), operation="alarm", units={"do.requests": 1}, retry=retries)
        except Exception as error:
            self.owner.objects.host.log(self.owner.place, error)
            return not is_platforms(error)
        return None

    def _settle(self, time: int, failure: Failure | None, counts: bool | None) -> None:
        """Forget the alarm that has rung, or let it ring again."""
        count = failure.count if failure else 0
        if counts is None:
            self.owner.database.alarm = self.failure = None
        elif counts and count >= facts.value("durable_objects.alarm_retries"):
            self.owner.database.alarm = self.failure = None
            said = f"The alarm of {self.owner.label} failed {count + 1} times and is not retried any more."
            self.owner.objects.host.log(self.owner.place, said)
        else:
            self.failure = self._next(time, failure, counts)

    def _next(self, time: int, failure: Failure | None, counts: bool) -> Failure:
        """The retry after a failure. The wait starts anew where the learner's error comes after the platform's."""
        count, streak = (failure.count, failure.streak) if failure else (0, 0)
        if failure and counts and not failure.was_counted:
            streak = 0
        doublings, world = min(streak, facts.value("durable_objects.alarm_doublings")), self.owner.world
        wait = facts.value("durable_objects.alarm_backoff") * 2**doublings
        wait += world.random.uniform(0, facts.value("durable_objects.alarm_jitter") * wait)
        return Failure(time, count + counts, streak + 1, counts, world.unix + wait)


def is_platforms(error: Exception) -> bool:
    """Whether a run failed by no fault of its code: its machine was lost, or could not be reached."""
    return isinstance(error, Crashed | Unreachable) or bool(getattr(error, "properties", {}).get("retryable"))


def moment_ms(value: Any) -> int:
    """The milliseconds since 1970 of a number or a date that an alarm was set to. Refuses the rest in its words."""
    if isinstance(value, datetime):
        value = Date.new(value)
    ms = value.getTime() if isinstance(value, Date) else value
    if isinstance(ms, bool) or not isinstance(ms, int | float) or (isinstance(ms, int) and abs(ms) > SAFE_INTEGER):
        raise js_error("TypeError", NOT_A_DATE)
    if not math.isfinite(ms):
        raise js_error("TypeError", NO_DATE)
    if abs(ms) >= LATEST_MS:
        raise js_error("TypeError", f"This API doesn't support dates {'after 2189' if ms > 0 else 'before 1687'}.")
    if int(ms) <= 0:
        raise js_error("TypeError", NOT_POSITIVE)
    return int(ms)
