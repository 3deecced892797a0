"""One attempt of a step: the learner's function, its time limit, and what it came to."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.workflows import errors, retries, rules
from labkit.emulators.workflows.records import Attempt, Record
from labkit.lost import unheard
from labkit.trace import Event
from labkit.workers import context, rpc
from labkit.workers.bindings import checked
from labkit.workers.ffi import JsException
from labkit.workers.js.serialized import serialized_bytes

if TYPE_CHECKING:
    from labkit.emulators.workflows.life import Life

Callback = Callable[[dict[str, Any]], Any]
"""A step's function as the engine calls it: with its context."""


class NotSerialisable(Exception):
    """A step returned what no storage can hold: the instance ends, and `run()` does not hear of it."""


async def attempt(life: Life, record: Record, callback: Callback) -> None:
    """Execute the function once and record what it came to. A timed-out execution goes on unheard."""
    begun = record.begin(life.now)
    life.running += 1
    life.engine.stirs(life)
    try:
        with life.event("do", record, attempt=begun.number) as event:
            event.units = {"workflows.steps": 1.0} if begun.number == 1 else {}
            try:
                await _execute(life, record, begun, event, callback)
            except asyncio.CancelledError:
                event.outcome = "lost"
                raise
    except NotSerialisable:
        life.engine.fail(life, ("WorkflowFatalError", rules.not_serialisable(record.name)))
    finally:
        life.running -= 1
        life.engine.rests(life)


async def _execute(life: Life, record: Record, begun: Attempt, event: Event, callback: Callback) -> None:
    """The effect comes first, then the record of it: a machine that is lost between the two leaves the effect only."""
    try:
        value = await _value(life, record, begun, callback)
    except JsException as error:
        event.outcome = "exception"
        await life.engine.write()
        _failed(life, record, begun, error)
    else:
        await life.engine.write()
        begun.ended, begun.outcome = life.now, "ok"
        life.finish(record, "ok", value)


async def _value(life: Life, record: Record, begun: Attempt, callback: Callback) -> Any:
    """What the function returns, in the form in which it is stored. Raises the engine's error."""
    milliseconds = retries.timeout_ms(record.config)
    ctx = {"step": {"name": record.name, "count": record.count}, "attempt": begun.number, "config": record.config}
    task = life.spawn(_metered(callback, ctx), record.label)
    await asyncio.wait({task}, timeout=milliseconds / 1000)
    if not task.done():
        raise rules.timed_out(milliseconds)
    return _storable(record, _result(task))


def _failed(life: Life, record: Record, begun: Attempt, error: JsException) -> None:
    begun.ended, begun.outcome, begun.error = life.now, "error", errors.last_line(error.message)
    delay = None if errors.is_final(error) else retries.delay_after(begun.number, record.config)
    if delay is None:
        life.finish(record, "error", error=(error.name, error.message))
    else:
        record.due = life.now + delay


async def _metered(callback: Callback, ctx: dict[str, Any]) -> Any:
    """The learner's code on the CPU budget of this execution of `run()`."""
    return await context.here("step.do").metered(_call(callback, ctx))


@unheard
async def _call(callback: Callback, ctx: dict[str, Any]) -> Any:
    """The function's result. What it raises leaves as the engine sees it; even `sys.exit()`, which would end a loop."""
    try:
        result = callback(ctx)
        return checked(await result if inspect.iscoroutine(result) else result)
    except rpc.NOT_THE_WORKERS:
        raise
    except BaseException as error:
        raise errors.as_the_engine_sees(error) from None


def _result(task: asyncio.Task[Any]) -> Any:
    """The function's result, or its error."""
    if task.cancelled():
        raise errors.cancelled()
    return task.result()


def _storable(record: Record, value: Any) -> Any:
    """A copy without anything that lives. Refuses more than 1 MiB."""
    copy = rpc.to_rpc(value)
    if not rules.is_data(copy):
        raise NotSerialisable
    if serialized_bytes(copy) > facts.value("workflows.step_result_bytes"):
        raise rules.error(f"Step {record.label} output is too large. Maximum allowed size is 1MiB.")
    return copy
