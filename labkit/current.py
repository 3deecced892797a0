"""Who the running code belongs to: tasks that it starts, and subrequests that it makes, are its invocation's."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from labkit.invocation import Invocation
from labkit.timeline import Timeline
from labkit.workers import context
from labkit.workers.bindings import OURS
from labkit.workers.rpc import remote_error


def timeline(start: float) -> Timeline:
    """A timeline on which the tasks that learner code starts belong to its invocation."""
    new = Timeline(start)
    new.task_started, new.prepared = _watch, _prepared
    return new


def _watch(task: asyncio.Task[Any]) -> None:
    """Remember a task that learner code has started, so that it ends with its invocation."""
    invocation = context.current.get()
    if isinstance(invocation, Invocation):
        invocation.started.append(task)


def _prepared(coroutine: Any) -> Any:
    """What a task runs that learner code starts: it computes on the CPU budget of its invocation.

    So do the tasks of a library, such as anyio's, which call learner code; only the workbook's own do not.
    """
    invocation, code = context.current.get(), getattr(coroutine, "cr_code", None)
    if not isinstance(invocation, Invocation) or code is None or code.co_filename.startswith(OURS):
        return coroutine
    metered = _in_a_task(invocation, coroutine)
    metered.__qualname__ = coroutine.__qualname__
    return metered


async def _in_a_task(invocation: Invocation, coroutine: Coroutine[Any, Any, Any]) -> Any:
    """asyncio lets a task's `sys.exit()` end the loop: here it is the error of who awaits it."""
    try:
        return await invocation.metered(coroutine)
    except SystemExit as error:
        raise remote_error(error) from None


def charge_current(primitive: str) -> None:
    """Count a subrequest of the invocation that is running, if any is."""
    invocation = context.current.get()
    if isinstance(invocation, Invocation):
        invocation.charge(primitive)
