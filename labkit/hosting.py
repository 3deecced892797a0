"""The learner's objects that outlive an event: Durable Objects, consumers, the runs of Workflows.

An emulator decides when one begins, what it is called with and when its machine is lost; how learner code runs is
decided here. `labkit.emulators.hosting` is this module as the emulators see it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from labkit.emulators.hosting import Crashed, Gate
from labkit.invocation import ExecutionContext, Invocation
from labkit.isolate import Isolate
from labkit.logs import traceback_of
from labkit.lost import forget
from labkit.worker import Lost, Worker, call_method
from labkit.workers.rpc import NOT_THE_WORKERS, remote_error


class Host:
    """One exported class of a Worker, ready to run in any place."""

    def __init__(self, worker: Worker, entrypoint: str):
        self.worker, self.entrypoint = worker, entrypoint

    def has(self, method: str) -> bool | None:
        """Whether the class has a method of this name; None where only running the source would tell."""
        return self.worker.program.has(self.entrypoint, method)

    def log(self, colo: str, error: str | BaseException) -> None:
        """Say in the Worker's log what no caller is told."""
        self.worker.log(colo, "error", error if isinstance(error, str) else traceback_of(error))

    async def create(
        self, colo: str, ctx: Any = None, gate: Gate | None = None, *, primitive: str = "workers"
    ) -> Resident:
        """A new object in the isolate at a place, cold start included; its `__init__` may raise."""
        try:
            resident = Resident(await self.worker.isolate(colo), gate)
        except Lost:
            raise Crashed(f"{colo} was lost while the Worker started there.") from None
        context = ExecutionContext() if ctx is None else ctx

        def construct(_: Any) -> Any:
            return resident.isolate.entrypoint(self.entrypoint)(context, resident.isolate.env)

        resident.instance = await resident.run(construct, primitive=primitive, operation="constructor")
        return resident


class Resident:
    """An object of the learner's class in an isolate, for as long as the runtime keeps it."""

    def __init__(self, isolate: Isolate, gate: Gate | None):
        self.isolate, self.gate, self.colo = isolate, gate, isolate.colo
        self.instance: Any = None
        self._ending = "lost"
        self._under_way: dict[asyncio.Task[Any], Invocation] = {}
        self._past: list[Invocation] = []  # those that have left something running, or a connection open

    def has(self, method: str) -> bool:
        """Whether the object has a method of this name."""
        return callable(getattr(self.instance, method, None))

    async def run(
        self,
        call: str | Callable[[Any], Any],
        args: Sequence[Any] = (),
        *,
        primitive: str,
        operation: str,
        units: Mapping[str, float] | None = None,
        **detail: Any,
    ) -> Any:
        """One event: a method by name, or a function of the object. Returns its result; its exceptions are raised."""
        isolate, trace = self.isolate, self.isolate.worker.world.trace
        isolate.last_used = isolate.worker.world.timeline.now
        with trace.event(primitive, operation, self.colo, **detail) as event:
            event.units.update(units or {})
            invocation = Invocation(isolate, event, self.gate)
            invocation.call = (call if isinstance(call, str) else "", args)
            return await self._outcome(invocation, self._code(invocation, call, args))

    async def _code(self, invocation: Invocation, call: str | Callable[[Any], Any], args: Sequence[Any]) -> Any:
        """What the event runs. It handles nothing itself, so that it can be let go (`labkit.lost`)."""
        by_name = isinstance(call, str)
        result = call_method(invocation, self.instance, call, args) if by_name else call(self.instance)
        result = await result if inspect.isawaitable(result) else result
        if call == "queue":
            await invocation.drained()
        return result

    async def _outcome(self, invocation: Invocation, code: Coroutine[Any, Any, Any]) -> Any:
        """What the code comes to, on a task of its own so that its machine can be lost under it."""
        run = _without_exit(invocation, code)
        task = self.isolate.worker.world.timeline.spawn(run, name=invocation.event.operation)
        self._under_way[task] = invocation
        try:
            return await task
        except asyncio.CancelledError as error:
            if invocation.is_lost:
                invocation.event.outcome = self._ending
                raise Crashed(f"{self.colo} was lost while this ran there.") from None
            if asyncio.current_task().cancelling():  # type: ignore[union-attr]  (whoever asked gave up)
                raise
            raise remote_error(error) from None
        except (Exception, *NOT_THE_WORKERS):
            raise
        except BaseException as error:
            raise remote_error(error) from None
        finally:
            del self._under_way[task]
            forget(code)  # if it was lost before it had begun
            if _lasts(invocation):
                self._past.append(invocation)

    def pending(self) -> list[asyncio.Task[Any]]:
        """What its events have started and left running."""
        self._past = [invocation for invocation in self._past if _lasts(invocation)]
        return [task for invocation in self._past for task in invocation.pending()]

    @property
    def is_kept(self) -> bool:
        """Whether `waitUntil` keeps it in memory."""
        return any(not task.done() for invocation in self._past for task in invocation.background)

    def crash(self, outcome: str = "lost") -> None:
        """The machine is gone: all that runs stops where it stands, and no `except` or `finally` of it is reached.

        `outcome` is what the trace says of the events that end so.
        """
        self._ending = outcome
        for invocation in self._past:
            invocation.lose()
        for task, invocation in list(self._under_way.items()):
            invocation.lose()
            task.cancel()


async def _without_exit(invocation: Invocation, code: Coroutine[Any, Any, Any]) -> Any:
    """asyncio lets a task's `sys.exit()` end the loop: here it is an error like others."""
    try:
        return await invocation.run(code)
    except SystemExit as error:
        raise remote_error(error) from None


def _lasts(invocation: Invocation) -> bool:
    """Whether something of an event that is over is to end with the object."""
    return bool(invocation.pending()) or any(not each.is_over for each in invocation.opened)
