"""A deployed Worker: its program, its limits, and its isolates around the planet."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

from labkit import facts
from labkit.invocation import ExceededCpu, ExecutionContext, Invocation
from labkit.isolate import Env, Isolate
from labkit.logs import LogEntry, Logs, traceback_of
from labkit.lost import Graveyard
from labkit.program import Program
from labkit.steps import OutOfSteps
from labkit.trace import current_event
from labkit.workers import context, rpc
from labkit.workers.bindings import checked
from labkit.workers.ffi import JsException
from labkit.workers.js.upgrades import crossed
from labkit.workers.response import Response, as_response
from labkit.world import World
from labkit.wrangler import Config


class Lost(asyncio.CancelledError):
    """The machine that ran an event is gone, or the event's time on the wall is over: it stops where it stands."""


class Worker:
    """What a name such as "api" stands for on the network. `bind` makes the env of a place."""

    def __init__(
        self,
        program: Program,
        config: Config,
        world: World,
        logs: Logs,
        *,
        bind: Callable[[str], Env],
        caches: Callable[[str], Any],
        outbound: Callable[[Any, str], Any],
    ):
        self.program, self.config, self.world, self.logs = program, config, world, logs
        self.bind, self.caches, self.outbound = bind, caches, outbound
        self.isolates: dict[str, Isolate] = {}
        self.running: dict[Invocation, asyncio.Task[Any]] = {}
        self.background: dict[asyncio.Task[Any], Invocation] = {}  # what waitUntil has running
        self.graveyard = Graveyard()
        self.tail: Callable[[Invocation, BaseException | None], None] | None = None  # who is told when one ends
        self.base_cpu_ms, self.step_ms = facts.value("workers.cpu_base_ms"), facts.value("workers.cpu_step_ms")
        self.subrequest_limit = config.subrequests or facts.value("workers.subrequests", plan=world.plan)
        cpu_ms = config.cpu_ms or facts.value("workers.cpu_ms", plan=world.plan)
        self.step_limit = self.steps(cpu_ms)
        self._idle, self._cold = facts.value("workers.isolate_idle"), facts.value("workers.cold_start")

    def steps(self, cpu_ms: float) -> int:
        """How many steps of a learner's code fit into a CPU time, beside what the invocation itself takes."""
        return int((cpu_ms - self.base_cpu_ms) / self.step_ms)

    async def isolate(self, colo: str) -> Isolate:
        """The isolate at a place, started if there is none or the last one was evicted.

        Raises `Lost` where the place fails while it starts.
        """
        while (isolate := self.isolates.get(colo)) is not None and isolate.starting is not None:
            await asyncio.shield(isolate.starting)  # and look again: that start may have failed
            if isolate.is_lost:
                raise Lost
        if (isolate := self._warm(colo)) is None:
            isolate = self.isolates[colo] = Isolate(self, colo)
            await self._cold_start(isolate)
            if isolate.is_lost:
                raise Lost
        return isolate

    def _warm(self, colo: str) -> Isolate | None:
        """The isolate at a place if one runs there that is not due to be evicted."""
        isolate = self.isolates.get(colo)
        if isolate is None or isolate.starting is not None:
            return None
        is_idle = self.world.timeline.now - isolate.last_used > self._idle
        return None if is_idle and not isolate.sockets else isolate

    async def _cold_start(self, isolate: Isolate) -> None:
        isolate.starting = self.world.timeline.create_future()
        with self.world.trace.event("workers", "cold_start", isolate.colo):
            try:
                if self.world.links is not None:
                    await self.world.timeline.sleep(self._cold)
                isolate.start()
            except BaseException:
                if self.isolates.get(isolate.colo) is isolate:  # else it was evicted while it started
                    del self.isolates[isolate.colo]
                raise
            finally:
                isolate.starting.set_result(None)
                isolate.starting = None

    def evict(self, colo: str | None = None) -> None:
        """Throw away the isolate at a place, or all of them: module globals are lost."""
        for place in [colo] if colo else list(self.isolates):
            if isolate := self.isolates.pop(place, None):
                isolate.cut()

    def lose(self, colo: str) -> None:
        """The place fails: its isolate is gone, and what was running there stops where it stands."""
        if isolate := self.isolates.get(colo):
            isolate.is_lost = True
        self.evict(colo)
        here = [(task, invocation) for invocation, task in self.running.items()] + list(self.background.items())
        for task, invocation in here:
            if invocation.isolate.colo == colo:
                invocation.lose()
                task.cancel()
                if task in self.background:
                    self.log(colo, "error", f"{colo} failed: a waitUntil() task that was running there is lost.")

    async def invoke(
        self, colo: str, entrypoint: str, method: str, *args: Any, units: dict[str, float], cpu_ms: float | None = None
    ) -> Any:
        """Call a handler or an RPC method of an entrypoint class at a place. `sys.exit()` there is an error too.

        `cpu_ms` is the CPU time that it may use, where that is not the Worker's own.
        """
        try:
            return await self._invoke(colo, entrypoint, method, args, units, cpu_ms)
        except (Exception, *rpc.NOT_THE_WORKERS):
            raise
        except BaseException as error:
            raise rpc.remote_error(error) from None

    async def _invoke(
        self, colo: str, entrypoint: str, method: str, args: Any, units: dict[str, float], cpu_ms: float | None
    ) -> Any:
        isolate = self._warm(colo) or await self.isolate(colo)
        isolate.last_used = self.world.timeline.now
        with self.world.trace.event("workers", method, colo, worker=self.config.name) as event:
            event.units = units
            invocation, task = Invocation(isolate, event, cpu_ms=cpu_ms), asyncio.current_task()
            invocation.call = (method, args)
            self.running[invocation] = task  # type: ignore[assignment]
            try:
                return await invocation.run(_call(invocation, entrypoint, method, args))
            except asyncio.CancelledError as error:
                if invocation.is_lost:
                    event.outcome = "lost" if event.outcome == "ok" else event.outcome
                    raise Lost from None
                if task.cancelling():  # type: ignore[union-attr]  (the request itself is given up)
                    raise
                raise rpc.remote_error(error) from None  # the handler awaited a task that it had cancelled
            finally:
                del self.running[invocation]

    async def respond(self, colo: str, request: Any, *, units: dict[str, float]) -> Response:
        """The Response to a request; where the Worker fails, the platform's error page."""
        try:
            answer = await self.invoke(colo, "Default", "fetch", request, units=units)
            response = answer if isinstance(answer, Response) else as_response(checked(answer))
            crossed(request.js_object, response.js_object)
            return response
        except (ExceededCpu, OutOfSteps) as error:
            self.log(colo, "error", str(error))
            return Response(f"error code: {facts.value('workers.error_resources')}", status=503)
        except Exception as error:
            self.log(colo, "error", traceback_of(error))
            return Response(f"error code: {facts.value('workers.error_exception')}", status=500)

    def log(self, colo: str, level: str, message: str) -> None:
        event = current_event()
        self.logs.append(LogEntry(self.world.timeline.now, colo, event and event.request, level, message))

    def print(self, colo: str, *values: Any, sep: str | None = " ", end: str | None = "\n", **_: Any) -> None:
        """`print` inside the Worker."""
        text = (" " if sep is None else sep).join(map(str, values))
        if isinstance(invocation := context.current.get(), Invocation):
            invocation.tell("log", [text])
        self.log(colo, "log", text)


async def _call(invocation: Invocation, entrypoint: str, method: str, args: tuple[Any, ...]) -> Any:
    instance = invocation.isolate.entrypoint(entrypoint)(ExecutionContext(), invocation.env)
    result = call_method(invocation, instance, method, args)
    result = await result if inspect.isawaitable(result) else result
    if method == "scheduled":
        await invocation.drained()
    return result


def call_method(invocation: Invocation, instance: Any, method: str, args: Sequence[Any]) -> Any:
    """What a method of the learner's object returns, as an event or an RPC of this name calls it; awaitable or not."""
    handler = getattr(instance, method, None)
    if not callable(handler):
        raise JsException("TypeError", _missing(method))
    if code := getattr(handler, "__code__", None):
        invocation.budget.enter(code)
        args = args[: _most(code)] if method in RELAXED else args
    return handler(*args)


def _missing(method: str) -> str:
    if method in ("fetch", "scheduled", "queue", "email", "tail"):
        return f"Handler does not export a {method}() function."
    return f"Method {method} does not exist"


RELAXED = frozenset({"fetch", "alarm", "webSocketMessage", "webSocketClose", "webSocketError"})
"""Handlers that may take fewer arguments than the runtime gives."""


def _most(code: CodeType) -> int | None:
    """How many arguments a method takes; None where it takes any number."""
    return None if code.co_flags & inspect.CO_VARARGS else max(code.co_argcount - 1, 0)
