"""What keeps instances going: it begins their runs, drops those that only wait, and wakes them when they are due.

All that has to happen later is a timer; an instance that sleeps or waits for long is data and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextvars import Context
from datetime import UTC, datetime
from typing import Any

from labkit import facts
from labkit.emulators.hosting import Crashed, Host
from labkit.emulators.javascript import json_text
from labkit.emulators.workflows import errors, rules
from labkit.emulators.workflows.instance import BUSY, Instance, record_bytes
from labkit.emulators.workflows.life import Life
from labkit.emulators.workflows.records import Record
from labkit.emulators.workflows.steps import WorkflowStep
from labkit.workers import rpc
from labkit.workers.bindings import from_platform
from labkit.workers.js.json_parsing import load
from labkit.world import World

MODES = ("always", "on wake", "never")


class Engine:
    """The instances of one Workflow. `replay` says when a run leaves memory, so that `run()` begins again later."""

    def __init__(self, entry: Mapping[str, Any], world: World, host: Host):
        self.entry, self.world, self.host = entry, world, host
        self.instances: dict[str, Instance] = {}
        self.queue: dict[str, Instance] = {}
        self.busy: set[str] = set()
        self.replay = "on wake"
        local = world.links is None
        self.default_delay = facts.value("workflows.retry_delay_local" if local else "workflows.retry_delay")
        self.write_seconds = 0.0 if local else facts.value("workflows.write")
        self.step_limit = entry.get("limits", {}).get("steps") or facts.value("workflows.steps", plan=world.plan)
        most = facts.value("workflows.concurrent", plan=world.plan)
        self.slots = entry.get("concurrency", {}).get("limit") or most
        self.state_limit = facts.value("workflows.state_bytes", plan=world.plan)

    @property
    def now(self) -> float:
        return self.world.timeline.now

    async def write(self) -> None:
        """The time that it takes to store something."""
        if self.write_seconds:
            await self.world.timeline.sleep(self.write_seconds)

    # The life of an instance.

    def add(self, instance: Instance) -> None:
        self.instances[instance.id] = instance
        self.begin(instance)

    def begin(self, instance: Instance) -> None:
        """Execute `run()` from the top, now or when a slot is free."""
        self._cancel_timer(instance)
        self.busy.discard(instance.id)
        instance.wake_at = None
        if len(self.busy) >= self.slots:
            self.queue[instance.id] = instance
            return self._set_status(instance, "queued")
        instance.runs += 1
        instance.runs_since_restart += 1
        instance.life = life = Life(self, instance)
        self._set_status(instance, "running")
        self.world.timeline.spawn(self._run(life), name=f"workflow {instance.id}", detached=True)

    async def _run(self, life: Life) -> None:
        instance = life.instance
        try:
            life.resident = await self.host.create(instance.colo, primitive="workflows")
            if life.is_over:
                return
            output = await life.resident.run(
                "run", (_event(self.entry, instance), WorkflowStep(life, self.entry.get("legacy_steps", False))),
                primitive="workflows", operation="run",
                units={"workers.requests": float(instance.runs_since_restart == 1)},
                instance=instance.id, run=instance.runs, replayed=life.replayed,
            )  # fmt: skip
            output = _output(output)
        except Crashed:
            return
        except Exception as error:
            self.fail(life, errors.of_the_run(error))
        else:
            self._complete(life, output)

    def fail(self, life: Life, error: tuple[str, str]) -> None:
        """The instance ends in an error, a name and a message."""
        if not life.is_over:
            life.instance.error = error
            self._drop(life)
            self._end(life.instance, "errored")

    def _complete(self, life: Life, output: Any) -> None:
        if not life.is_over:
            life.instance.output = output
            self._drop(life)
            self._end(life.instance, "complete")

    def _end(self, instance: Instance, status: str) -> None:
        """A status that does not change any more; then the instance is kept for a while."""
        self.queue.pop(instance.id, None)
        instance.wake_at, instance.ended_at = None, self.now
        self._set_status(instance, status)
        self._arm(instance, self.now + instance.kept_for, self.remove)

    def remove(self, instance: Instance) -> None:
        """Delete an instance and all that is stored of it."""
        if instance.life:
            self._drop(instance.life)
        self._cancel_timer(instance)
        self.queue.pop(instance.id, None)
        del self.instances[instance.id]
        self._set_status(instance, "unknown")

    def _set_status(self, instance: Instance, status: str) -> None:
        instance.status = status
        if status in BUSY:
            self.busy.add(instance.id)
        elif instance.id in self.busy:
            self.busy.discard(instance.id)
            self.world.timeline.call_soon(self._admit, context=Context())

    def _admit(self) -> None:
        """Begin the runs that have waited longest for a slot."""
        while self.queue and len(self.busy) < self.slots:
            self.begin(self.queue.pop(next(iter(self.queue))))

    # What a run tells.

    def recorded(self, life: Life, record: Record) -> None:
        """A step has an outcome. Ends the instance where it has too much to keep."""
        life.instance.size += record_bytes(record)
        if life.instance.size > self.state_limit:
            self.fail(life, ("WorkflowFatalError", rules.too_much_state(self.state_limit)))

    def stirs(self, life: Life) -> None:
        """A run has something to do."""
        if life.is_over:
            return
        if life.idle_timer:
            life.idle_timer.cancel()
            life.idle_timer = None
        if life.instance.status == "waiting":
            self._set_status(life.instance, "running")

    def rests(self, life: Life) -> None:
        """A run may have nothing to do for a while: then it is paused, executed anew, or dropped when it stays so."""
        instance = life.instance
        if life.is_over or life.running:
            return
        if instance.status == "waitingForPause":
            self._pause(instance)
        elif self.replay == "always" and life.has_news:
            self._drop(life, "replayed")
            self.begin(instance)
        elif life.waiting:
            self._set_status(instance, "waiting")
            self._arm_idle(life)

    def _arm_idle(self, life: Life) -> None:
        idle = facts.value("workflows.idle")
        if life.idle_timer is None and self.replay != "never" and self._next_due(life) > self.now + idle:
            life.idle_timer = self.world.timeline.call_later(idle, self._hibernate, life, context=Context())

    def _next_due(self, life: Life) -> float:
        dues = (life.instance.records[key].due for key in life.waiting)
        return min((due for due in dues if due is not None), default=math.inf)

    def _hibernate(self, life: Life) -> None:
        """Nothing of a run stays in memory; what it waits for begins it again."""
        if not life.is_over and not life.running:
            due = self._next_due(life)
            self._drop(life, "hibernated")
            self._wake_at(life.instance, due)

    def _drop(self, life: Life, outcome: str = "lost") -> None:
        life.instance.life = None
        life.end(outcome)

    def _wake_at(self, instance: Instance, when: float) -> None:
        instance.wake_at = when
        self._arm(instance, when, self.begin)

    def _arm(self, instance: Instance, when: float, call: Callable[[Instance], None]) -> None:
        self._cancel_timer(instance)
        if when < math.inf:
            instance.timer = self.world.timeline.call_at(when, call, instance, context=Context())

    def _cancel_timer(self, instance: Instance) -> None:
        if instance.timer:
            instance.timer.cancel()
            instance.timer = None

    # What handles ask for.

    def pause(self, instance: Instance) -> None:
        """Pause once no step is running. Without effect where it is paused, queued or at its end."""
        if instance.status not in ("running", "waiting"):
            return
        if instance.life and instance.life.running:
            self._set_status(instance, "waitingForPause")
        else:
            self._pause(instance)

    def _pause(self, instance: Instance) -> None:
        if instance.life:
            self._drop(instance.life, "paused")
        self._cancel_timer(instance)
        instance.paused_at, instance.wake_at = self.now, None
        self._set_status(instance, "paused")

    def resume(self, instance: Instance) -> None:
        """Go on: what was due is due later by the length of the pause. Without effect on what is not paused."""
        if instance.status == "waitingForPause" and instance.life:
            self._set_status(instance, "running")
            instance.life.release()
        elif instance.status == "paused":
            instance.shift(self.now - (instance.paused_at or 0.0))
            instance.paused_at = None
            self.begin(instance)

    def terminate(self, instance: Instance) -> None:
        if instance.is_finite:
            raise rules.cannot_terminate()
        if instance.life:
            self._drop(instance.life, "terminated")
        self._end(instance, "terminated")

    def restart(self, instance: Instance, start: Mapping[str, Any] | None = None) -> None:
        """Begin as if for the first time; or from a step on, keeping the outcomes of those before it."""
        kept = _before(instance, start) if start else {}
        if instance.life:
            self._drop(instance.life, "restarted")
        self.queue.pop(instance.id, None)
        instance.forget()
        instance.records = kept
        instance.size += sum(map(record_bytes, kept.values()))
        self.begin(instance)

    def send(self, instance: Instance, event: dict[str, Any]) -> None:
        """Hand an event to the first who waits for its type, or keep it until somebody does."""
        if instance.is_finite:
            raise rules.in_finite_state()
        waiting = instance.life.waiting if instance.life else {}
        for key, future in waiting.items():
            if instance.records[key].event_type == event["type"] and not future.done():
                return future.set_result(event)
        instance.events.setdefault(event["type"], []).append(event)
        if instance.status == "waiting" and not instance.life and _awaits(instance, event["type"]):
            self.begin(instance)

    def take_event(self, instance: Instance, event_type: str) -> dict[str, Any] | None:
        """The oldest event of a type that was kept."""
        kept = instance.events.get(event_type)
        return kept.pop(0) if kept else None

    # Faults.

    def crash(self, instance: Instance) -> None:
        """The machine is gone: `run()` begins again after a while. A pause that was coming has come."""
        if not instance.life:
            return
        self._drop(instance.life)
        if instance.status == "waitingForPause":
            return self._pause(instance)
        self._set_status(instance, "running")
        self._wake_at(instance, self.now + facts.value("workflows.recovery"))

    # A snapshot.

    def wake_all(self) -> None:
        """Arm every timer anew: after a restore there is a new timeline, and nothing runs."""
        for instance in list(self.instances.values()):
            if instance.is_finite:
                self._arm(instance, (instance.ended_at or 0.0) + instance.kept_for, self.remove)
            elif instance.wake_at is not None:
                self._wake_at(instance, instance.wake_at)


def _event(entry: Mapping[str, Any], instance: Instance) -> Any:
    """`run()`'s first argument: a fresh copy each time."""
    event = {
        "payload": instance.params,
        "timestamp": datetime.fromtimestamp(instance.created, UTC),
        "instanceId": instance.id,
        "workflowName": entry["name"],
    }
    return from_platform(event | ({"schedule": instance.schedule} if instance.schedule else {}))


def _output(result: Any) -> Any:
    """What `run()` returned as the status shows it: what JSON keeps of it."""
    sent = rpc.to_rpc(result)
    return None if callable(sent) else load(json_text(sent))


def _awaits(instance: Instance, event_type: str) -> bool:
    return any(record.event_type == event_type and not record.is_done for record in instance.records.values())


def _before(instance: Instance, start: Mapping[str, Any]) -> dict[Any, Record]:
    """The records of the steps before one."""
    records = list(instance.records.items())
    for index, (key, record) in enumerate(records):
        kind, count = start.get("type", record.kind), start.get("count", 1)
        if (record.kind, record.name, key[2]) == (kind, start.get("name"), count):
            return dict(records[:index])
    raise rules.cannot_restart(str(start.get("name")))
