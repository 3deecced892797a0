"""One event that a Worker handles: its context, its limits, its CPU time, and what goes on after the response."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.blocking import suspendable
from labkit.logs import traceback_of
from labkit.metered import Metered
from labkit.steps import OutOfSteps, StepBudget
from labkit.trace import Event, given_back
from labkit.workers import context
from labkit.workers.ffi import JsException
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.proxies import jsnull
from labkit.workers.redirects import followed
from labkit.workers.request import Request
from labkit.workers.response import Response

if TYPE_CHECKING:
    from labkit.emulators.hosting import Gate
    from labkit.isolate import Isolate


class ExceededCpu(Exception):
    """The invocation used more CPU time than its limit allows; the platform's error 1102.

    `sentence` is the platform's, which a caller hears; the whole text, with the line, is for the log.
    """

    outcome = "exceededCpu"

    def __init__(self, sentence: str, where: OutOfSteps):
        super().__init__(f"{sentence} {where}")
        self.sentence = sentence


class WaitUntilFailed(Exception):
    """What a scheduled run or a consumer had handed to waitUntil failed: so has the run. The log has it already."""

    is_logged = True


class ExecutionContext:
    """`self.ctx`: what a handler may ask of the runtime."""

    def __init__(self) -> None:
        self.props: dict[str, Any] = {}

    def waitUntil(self, awaitable: Awaitable[Any]) -> None:
        """Keep the invocation alive for this awaitable, for up to 30 seconds after the response."""
        context.here("ctx.waitUntil").wait_until(awaitable)

    def passThroughOnException(self) -> None:
        """Accepted and without effect: a lab has no origin behind the Worker."""


class Invocation:
    """The runtime's side of one event; also the current context of the `workers` package while it lasts.

    `gate` is that of the Durable Object whose event it is, `cpu_ms` the CPU time it may use where that is not the
    Worker's own. `is_lost` once the machine that ran it is gone.
    """

    def __init__(self, isolate: Isolate, event: Event, gate: Gate | None = None, cpu_ms: float | None = None):
        self.isolate, self.event, self.gate = isolate, event, gate
        self.is_lost = False
        self.worker, self.world = isolate.worker, isolate.worker.world
        self.env = isolate.env
        limit = self.worker.step_limit if cpu_ms is None else self.worker.steps(cpu_ms)
        self.budget = StepBudget(limit, is_watched=not isolate.runs_straight, separate=True)
        self.subrequests = 0
        self.random, self.strict = self.world.random, self.world.strict
        self.background: list[asyncio.Task[Any]] = []
        self.started: list[asyncio.Task[Any]] = []
        self.opened: list[Any] = []  # connections, which end with it
        self.failure: BaseException | None = None
        # What it was asked, what it said (Unix time, level, values) and what it answered, for who follows (`tails`).
        self.call: tuple[str, Sequence[Any]] = ("", ())
        self.said: list[tuple[float, str, list[Any]]] = []
        self.answer: Any = None
        self._connections: asyncio.Semaphore | None = None
        self._paid = 0.0
        self._billed = 0.0

    # What `labkit.workers.context` asks of the current invocation.

    def now(self) -> float:
        return self.world.unix

    @property
    def caches(self) -> Any:
        return self.isolate.caches

    async def fetch(self, request: Any) -> Any:
        """An outbound request and the redirects that it meets, each a subrequest, one of at most six at a time."""
        if self._connections is None:
            self._connections = asyncio.Semaphore(facts.value("workers.simultaneous_connections"))
        await context.confirmed()
        async with self._connections:
            return Response(await followed(request.js_object, self._hop))

    async def _hop(self, request: JsRequest) -> JsResponse:
        self.charge("fetch")
        return (await self.worker.outbound(Request(request), self.isolate.colo)).js_object

    def wait_until(self, awaitable: Awaitable[Any]) -> None:
        if not inspect.isawaitable(awaitable):
            raise JsException("TypeError", "waitUntil() takes a promise; this is " + type(awaitable).__name__)
        task = self.world.timeline.spawn(self._afterwards(awaitable), name="waitUntil")
        self.background.append(task)
        self.worker.background[task] = self
        task.add_done_callback(self.worker.background.pop)

    async def drained(self) -> None:
        """Wait for all that waitUntil was given: runs without a response end with the last. Raises WaitUntilFailed."""
        while pending := [task for task in self.background if not task.done()]:
            await asyncio.wait(pending)
        if self.failure is not None:
            raise WaitUntilFailed(str(self.failure)) from None

    def print(self, *values: Any, level: str = "log") -> None:
        """What the console was given."""
        self.tell(level, list(values))
        self.log("log", " ".join(map(str, values)))

    def tell(self, level: str, values: list[Any]) -> None:
        """Keep what it said for those who follow it, if there are any."""
        if self.worker.tail is not None:
            self.said.append((self.world.unix, level, values))

    def charge(self, primitive: str) -> None:
        """Count one subrequest. Refuses the one after the limit."""
        self.subrequests += 1
        if self.subrequests > self.worker.subrequest_limit:
            self.event.outcome = "exceededSubrequests"
            raise JsException("Error", "Too many subrequests.")

    def pending(self) -> list[asyncio.Task[Any]]:
        """What it has started and that still runs."""
        return [task for task in (*self.background, *self.started) if not task.done()]

    def lose(self) -> None:
        """The machine is gone: what runs stops where it stands, and no `except` or `finally` of it is reached."""
        self.is_lost = True
        for task in (*self.background, *self.started):
            task.cancel()
        self._hang_up()

    # The life of an invocation.

    async def run(self, handler: Coroutine[Any, Any, Any]) -> Any:
        """The handler's result. What it started and did not wait for ends with it, or with the last waitUntil."""
        token = context.current.set(self)  # type: ignore[arg-type]
        try:
            self.answer = await self.metered(handler)
            return self.answer
        except OutOfSteps as error:
            self.event.outcome = "exceededCpu"
            raise ExceededCpu("Worker exceeded CPU time limit.", error) from None
        finally:
            self.bill(self.event)
            if given_back(context.current, token):
                self._after_response()
                if self.worker.tail is not None:
                    self.worker.tail(self, sys.exception())

    @property
    def cpu_ms(self) -> float:
        return self.worker.base_cpu_ms + self.budget.used * self.worker.step_ms

    def metered(self, coroutine: Coroutine[Any, Any, Any]) -> Metered:
        return Metered(self, suspendable(coroutine) if self.isolate.may_block else coroutine)

    def debt(self) -> float:
        """Seconds of CPU time used since the last call and not yet lived through."""
        due = self.cpu_ms - self._paid
        self._paid += due
        return due / 1000

    def bill(self, event: Event) -> None:
        """Charge an event with the CPU time that no event of this invocation has been charged with.

        A Durable Object's is not billed: it pays for the time that it is in memory.
        """
        used = self.cpu_ms
        if self.gate is None:
            event.units["workers.cpu_ms"] = used - self._billed
        self._billed = used

    def log(self, level: str, message: str) -> None:
        self.worker.log(self.isolate.colo, level, message)

    def report(self, level: str, message: str, error: BaseException | None = None) -> None:
        """Log what a library says of the Worker, and the error with it."""
        self.log(level, message if error is None else f"{message}\n{traceback_of(error)}")

    async def _afterwards(self, awaitable: Awaitable[Any]) -> None:
        """What waitUntil was given. It cannot fail the response: its error goes to the log."""
        with self.world.trace.event("workers", "waitUntil", self.isolate.colo, worker=self.worker.config.name) as event:
            try:
                await self.metered(_awaited(awaitable))
            except asyncio.CancelledError:
                event.outcome = "canceled"
                raise
            except OutOfSteps as error:
                event.outcome = "exceededCpu"
                self.log("error", f"Worker exceeded CPU time limit. {error}")
            except (KeyboardInterrupt, GeneratorExit):
                raise
            except BaseException as error:
                event.outcome, self.failure = "exception", self.failure or error
                self.log("error", traceback_of(error))
            finally:
                self.bill(event)

    def _after_response(self) -> None:
        """The invocation lives on for what waitUntil still has running; then all that is left of it ends.

        What a Durable Object has started lives as long as the object is in memory.
        """
        if self.gate or not (self.background or self.started or self.opened):
            return
        for task in self.background:
            if not task.done():
                task.add_done_callback(lambda _: self._end())
                self._limit(task)
        self._end()

    def _end(self) -> None:
        if any(not task.done() for task in self.background):
            return
        if self.opened:
            self._hang_up()
        for task in self.started:
            if not task.done() and task.cancel():
                name = getattr(task.get_coro(), "__qualname__", task.get_name())
                self.log("warning", f"{name} was still running when the response was sent and is cancelled: hand it to "
                         "ctx.waitUntil.")  # fmt: skip

    def _hang_up(self) -> None:
        opened, self.opened = self.opened, []
        for connection in opened:
            connection.close()

    def _limit(self, task: asyncio.Task[Any]) -> None:
        """Give a task the time that one has after the response, or after a visitor has left."""
        if not task.done():
            self.world.timeline.call_later(facts.value("workers.wait_until"), self._cut, task)

    def _cut(self, task: asyncio.Task[Any]) -> None:
        if (leaves := _leaves(self.answer)) is not None:
            leaves.append(partial(self._limit, task))
        elif task.cancel():
            self.log("warning", "waitUntil() tasks did not complete within the allowed time after the response "
                     "was sent and are cancelled.")  # fmt: skip


def _leaves(answer: Any) -> list[Callable[[], None]] | None:
    """Whom to tell when a Response has left whose body comes in parts or whose WebSocket is open; None if it has."""
    given = getattr(answer, "js_object", answer)
    if not isinstance(given, JsResponse):
        return None
    return getattr(given._body if given.webSocket is jsnull else given.webSocket, "_leaves", None)


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
