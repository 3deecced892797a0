"""What keeps instances going: it begins their runs, drops those that only wait, and wakes them when they are due.

All that has to happen later is a timer; an instance that sleeps or waits for long is data and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextvars import Context
from typing import Any

from labkit import facts
from labkit.emulators.hosting import Crashed, Host
from labkit.emulators.javascript import json_text
from labkit.emulators.workflows import commands, errors, rules
from labkit.emulators.workflows.dependencies import BY_NAME_SINCE
from labkit.emulators.workflows.instance import BUSY, Instance, record_bytes
from labkit.emulators.workflows.life import Life
from labkit.emulators.workflows.records import Record
from labkit.emulators.workflows.steps import WorkflowStep
from labkit.errors import ConfigError
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
        self.step_limit = _step_limit(entry, world.plan)
        most = facts.value("workflows.concurrent", plan=world.plan)
        self.slots = entry.get("concurrency", {}).get("limit") or most
        date = entry.get("compatibility_date") or BY_NAME_SINCE
        self.steps_go_by_name = date >= BY_NAME_SINCE
        self.queue_limit = facts.value("workflows.queued", plan=world.plan)
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
        """Keep a new instance and begin it. Refuses one for which the queue has no room."""
        if len(self.busy) >= self.slots and len(self.queue) >= self.queue_limit:
            raise rules.too_many_queued(self.queue_limit)
        self.instances[instance.id] = instance
        self.begin(instance)

    def begin(self, instance: Instance) -> None:
        """Execute `run()` from the top, now or when a slot is free."""
        self.cancel_timer(instance)
        self.busy.discard(instance.id)
        instance.wake_at = None
        if len(self.busy) >= self.slots:
            self.queue[instance.id] = instance
            return self.set_status(instance, "queued")
        instance.runs += 1
        instance.runs_since_restart += 1
        instance.life = life = Life(self, instance)
        self.set_status(instance, "running")
        self.world.timeline.spawn(self._run(life), name=f"workflow {instance.id}", detached=True)

    async def _run(self, life: Life) -> None:
        instance = life.instance
        try:
            life.resident = await self.host.create(instance.colo, primitive="workflows")
            if life.is_over:
                return
            event = from_platform(instance.event(self.entry["name"]))
            output = await life.resident.run(
                "run", (event, WorkflowStep(life, by_name=self.steps_go_by_name)),
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
            self.drop(life)
            self.end(life.instance, "errored")

    def _complete(self, life: Life, output: Any) -> None:
        if not life.is_over:
            life.instance.output = output
            self.drop(life)
            self.end(life.instance, "complete")

    def end(self, instance: Instance, status: str) -> None:
        """A status that does not change any more; then the instance is kept for a while."""
        self.queue.pop(instance.id, None)
        instance.wake_at, instance.ended_at = None, self.now
        self.set_status(instance, status)
        self._arm(instance, self.now + instance.kept_for, self.remove)

    def remove(self, instance: Instance) -> None:
        """Delete an instance and all that is stored of it."""
        if instance.life:
            self.drop(instance.life)
        self.cancel_timer(instance)
        self.queue.pop(instance.id, None)
        del self.instances[instance.id]
        self.set_status(instance, "unknown")

    def set_status(self, instance: Instance, status: str) -> None:
        """The only place that changes a status: a slot that becomes free goes to whoever has waited longest."""
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
            self.set_status(life.instance, "running")

    def rests(self, life: Life) -> None:
        """A run may have nothing to do for a while: then it is paused, executed anew, or dropped when it stays so."""
        instance = life.instance
        if life.is_over or life.running:
            return
        if instance.status == "waitingForPause":
            commands.pause_now(self, instance)
        elif self.replay == "always" and life.has_news:
            self.drop(life, "replayed")
            self.begin(instance)
        elif life.waiting:
            self.set_status(instance, "waiting")
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
            self.drop(life, "hibernated")
            self._wake_at(life.instance, due)

    def drop(self, life: Life, outcome: str = "lost") -> None:
        """Take a run out of memory, without its hearing of it."""
        life.instance.life = None
        life.end(outcome)

    def _wake_at(self, instance: Instance, when: float) -> None:
        instance.wake_at = when
        self._arm(instance, when, self.begin)

    def _arm(self, instance: Instance, when: float, call: Callable[[Instance], None]) -> None:
        self.cancel_timer(instance)
        if when < math.inf:
            instance.timer = self.world.timeline.call_at(when, call, instance, context=Context())

    def cancel_timer(self, instance: Instance) -> None:
        """Nothing is due for this instance any more."""
        if instance.timer:
            instance.timer.cancel()
            instance.timer = None

    def crash(self, instance: Instance) -> None:
        """The machine is gone: `run()` begins again after a while. A pause that was coming has come."""
        if not instance.life:
            return
        self.drop(instance.life)
        if instance.status == "waitingForPause":
            return commands.pause_now(self, instance)
        self.set_status(instance, "running")
        self._wake_at(instance, self.now + facts.value("workflows.recovery"))

    def wake_all(self) -> None:
        """Arm every timer anew: after a restore there is a new timeline, and nothing runs."""
        self.busy = {each.id for each in self.instances.values() if each.status in BUSY}
        for instance in list(self.instances.values()):
            if instance.is_finite:
                self._arm(instance, (instance.ended_at or 0.0) + instance.kept_for, self.remove)
            elif instance.wake_at is not None:
                self._wake_at(instance, instance.wake_at)


def _step_limit(entry: Mapping[str, Any], plan: str) -> int:
    """Steps that an instance may take. Refuses a configuration that asks for more than the plan has."""
    limit = entry.get("limits", {}).get("steps") or facts.value("workflows.steps", plan=plan)
    most = facts.value("workflows.steps_max", plan=plan)
    if limit > most:
        raise ConfigError(f"{entry['name']!r} asks for {limit} steps, and a Workflow of the {plan} plan has {most}.",
                          where="https://developers.cloudflare.com/workflows/reference/limits/")  # fmt: skip
    return limit


def _output(result: Any) -> Any:
    """What `run()` returned as the status shows it: what JSON keeps of it."""
    sent = rpc.to_rpc(result)
    return None if callable(sent) else load(json_text(sent))
