"""What a handle asks of an instance: pause, resume, restart, terminate, and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labkit.emulators.workflows import rules
from labkit.emulators.workflows.instance import Instance, record_bytes
from labkit.emulators.workflows.records import Record

if TYPE_CHECKING:
    from labkit.emulators.workflows.engine import Engine


def pause(engine: Engine, instance: Instance) -> None:
    """Pause once no step is running. Without effect where it is paused, queued or at its end."""
    if instance.status not in ("running", "waiting"):
        return
    if instance.life and instance.life.running:
        engine.set_status(instance, "waitingForPause")
    else:
        pause_now(engine, instance)


def pause_now(engine: Engine, instance: Instance) -> None:
    """Nothing of the instance is in memory, and nothing wakes it, until it is resumed."""
    if instance.life:
        engine.drop(instance.life, "paused")
    engine.cancel_timer(instance)
    instance.paused_at, instance.wake_at = engine.now, None
    engine.set_status(instance, "paused")


def resume(engine: Engine, instance: Instance) -> None:
    """Go on: what was due is due later by the length of the pause. Without effect on what is not paused."""
    if instance.status == "waitingForPause" and instance.life:
        engine.set_status(instance, "running")
        instance.life.release()
    elif instance.status == "paused":
        instance.shift(engine.now - (instance.paused_at or 0.0))
        instance.paused_at = None
        engine.begin(instance)


def terminate(engine: Engine, instance: Instance) -> None:
    """End it now. Refuses one that is at its end."""
    if instance.is_finite:
        raise rules.cannot_terminate()
    if instance.life:
        engine.drop(instance.life, "terminated")
    engine.end(instance, "terminated")


def restart(engine: Engine, instance: Instance, start: Mapping[str, Any] | None = None) -> None:
    """Begin as if for the first time; or from a step on, keeping the outcomes of those before it."""
    kept = _before(instance, start) if start else {}
    if instance.life:
        engine.drop(instance.life, "restarted")
    engine.queue.pop(instance.id, None)
    instance.forget()
    instance.records = kept
    instance.size += sum(map(record_bytes, kept.values()))
    engine.begin(instance)


def send(engine: Engine, instance: Instance, event: dict[str, Any]) -> None:
    """Hand an event to the first who waits for its type, or keep it until somebody does."""
    if instance.is_finite:
        raise rules.in_finite_state()
    waiting = instance.life.waiting if instance.life else {}
    for key, future in waiting.items():
        if instance.records[key].event_type == event["type"] and not future.done():
            return future.set_result(event)
    instance.events.setdefault(event["type"], []).append(event)
    if instance.status == "waiting" and not instance.life and _awaits(instance, event["type"]):
        engine.begin(instance)


def take_event(instance: Instance, event_type: str) -> dict[str, Any] | None:
    """The oldest event of a type that was kept."""
    kept = instance.events.get(event_type)
    return kept.pop(0) if kept else None


def _awaits(instance: Instance, event_type: str) -> bool:
    return any(record.event_type == event_type and not record.is_done for record in instance.records.values())


def _before(instance: Instance, start: Mapping[str, Any]) -> dict[Any, Record]:
    """The records of the steps before one."""
    records = list(instance.records.items())
    for index, (key, record) in enumerate(records):
        kind, count = start.get("type", record.kind), start.get("count", 1)
        if (record.kind, record.name, key[2]) == (kind, start.get("name"), count):
            return {key: each for key, each in records[:index] if each.is_done}
    raise rules.cannot_restart(str(start.get("name")))
