"""Simulated time: an asyncio event loop whose clock and agenda are a SimPy environment.

Every lab has one `Timeline`. Coroutines on it are ordinary asyncio tasks, so `asyncio.sleep`, `gather`,
`TaskGroup`, `timeout`, `Queue` and `Lock` take simulated time, and SimPy processes share the same agenda.
Nothing happens between two events: three days of sleep pass in one step.

A timeline is driven, never run for ever: `run` and `advance` step it from a notebook's cell, inside the
kernel's own running loop, without threads. Callbacks that are ready wait in a deque ahead of SimPy's heap.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextvars import Context
from functools import partial
from math import inf
from typing import Any, TypeVar

import simpy

from labkit.agenda import Agenda, Callback, seldom_collected
from labkit.errors import LabError, Stuck
from labkit.lost import forget
from labkit.no_io import NO_IO, refusal
from labkit.stuck import HORIZON, why
from labkit.submission import Submission

SLICE = 5_000
"""Turns of the loop that are driven at a stretch, some tens of milliseconds of real time."""
TICK = 1e-9
"""Seconds within which two instants are the same: what sums of floats lose."""


Result = TypeVar("Result")


class Timeline(asyncio.AbstractEventLoop):
    """An event loop on simulated time. `now` is in seconds since its start; `env` is the SimPy environment.

    `task_started` is called with each task that code on the timeline starts (`asyncio.create_task`, `gather`).
    """

    def __init__(self, start: float = 0.0) -> None:
        self.env = Agenda(start)
        self.task_started: Callable[[asyncio.Task[Any]], None] = lambda task: None
        self.prepared: Callable[[Any], Any] = lambda coroutine: coroutine
        self._ready = self.env.ready

    @property
    def now(self) -> float:
        return self.env._now

    def time(self) -> float:
        return self.env._now

    def __del__(self) -> None:
        """Dropped with its lab: what was about to begin on it never will."""
        for handle in self._ready:
            if isinstance(task := getattr(getattr(handle, "call", None), "__self__", None), asyncio.Task):
                forget(task.get_coro())

    def __repr__(self) -> str:
        return f"<Timeline at {self.now:g} s>"

    def sleep(self, seconds: float) -> asyncio.Future[None]:
        """A future that resolves after simulated seconds: the direct way, itself an entry of the agenda."""
        future = asyncio.Future(loop=self)
        self.env.wake(future, seconds if seconds > 0 else 0)
        return future

    def wait(self, event: simpy.Event) -> asyncio.Future[Any]:
        """A future for any SimPy event: a timeout, a process, a request for a resource."""
        future = asyncio.Future(loop=self)
        if event.callbacks is None:  # it has happened already
            _settle(future, event)
        else:
            event.callbacks.append(partial(_settle, future))
        return future

    def spawn(
        self, coroutine: Coroutine[Any, Any, Any], *, name: str | None = None, detached: bool = False
    ) -> asyncio.Task[Any]:
        """Start a coroutine as a task of its own; where it is `detached`, it belongs to no request."""
        return asyncio.Task(coroutine, loop=self, name=name, context=Context() if detached else None)

    def submit(self, coroutine: Coroutine[Any, Any, Any], *, name: str | None = None) -> Submission:
        """What `await` in a notebook's cell, or in another coroutine of this timeline, turns into a result."""
        return Submission(self, coroutine, name)

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """The result of an awaitable, after stepping from event to event until it is there."""
        wanted = asyncio.ensure_future(awaitable, loop=self) if not asyncio.isfuture(awaitable) else awaitable
        horizon = self.now + HORIZON
        while not self.drive(wanted, horizon):
            pass
        return wanted.result()

    def run_until_complete(self, future: Any) -> Any:
        return self.run(future)

    def advance(self, seconds: float) -> None:
        """Let simulated seconds pass, from event to event, the last instant included."""
        until = self.after(seconds)
        while not self.reach(until):
            pass

    def after(self, seconds: float) -> float:
        """The moment so many seconds from now. Refuses the past."""
        if seconds < 0:
            raise LabError(f"advance({seconds:g}): time does not run backwards; give seconds of 0 or more.")
        return self.now + seconds

    def drive(self, wanted: asyncio.Future[Any], horizon: float) -> bool:
        """Step until the future is done, or for one slice; whether it is done.

        Between slices, whoever drives may let an outer loop breathe: there an interrupt of the kernel arrives.
        """
        return self._driving(self._slice_towards, wanted, horizon)

    def _slice_towards(self, wanted: asyncio.Future[Any], horizon: float) -> bool:
        env, background = self.env, self.env.background
        for _ in range(SLICE):
            if wanted.done():
                return True
            if not self._turn(env._now if background and env.is_idle else horizon):
                self._give_up(wanted)
        return wanted.done()

    def reach(self, until: float) -> bool:
        """Step up to a moment, or for one slice; whether the moment has come and nothing more is due."""
        if self._driving(self._slice_up_to, until + TICK):
            return False
        if until > self.now:
            self.env.pass_to(until)
        return True

    def _slice_up_to(self, until: float) -> bool:
        """Whether more may be due after a slice."""
        return all(self._turn(until) for _ in range(SLICE))

    def stop(self, futures: Iterable[asyncio.Future[Any]]) -> None:
        """End work that nobody waits for any more, and let those who wait on it hear."""
        self._driving(self._cancel, futures)

    def _turn(self, until: float) -> bool:
        """One turn, in asyncio's order: what has fallen due joins the ready callbacks, then those ready now run.

        Where none is ready, time goes on; False where it would have to go on beyond `until`.
        """
        ready, env = self._ready, self.env
        if not env.next_instant(env._now if ready else until) and not ready:
            return False
        self._run_ready()
        return True

    def _run_ready(self) -> None:
        """Run what is ready now; what becomes ready meanwhile waits for the next turn."""
        ready = self._ready
        for _ in range(len(ready)):
            handle = ready.popleft()
            if type(handle) is not Callback:
                if not handle.cancelled():  # by what ran before it at the same instant
                    handle._run()
            elif not handle.is_cancelled:
                try:
                    handle.context.run(handle.call, *handle.args)
                except Exception as error:
                    message = f"Exception in callback {handle.call!r}"
                    self.call_exception_handler({"message": message, "exception": error})

    def _driving(self, work: Callable[..., Result], *args: Any) -> Result:
        """The result of work that is done while this is the running loop, in place of the one that is running now.

        A KeyboardInterrupt may come between any two instructions, also where things are put back: so that is done
        twice, and there is no context manager, which an interrupt can enter without ever leaving.
        """
        outer = asyncio._get_running_loop()
        if outer is self:
            raise LabError("This timeline is being driven already. Inside it, await instead of calling run or advance.")
        put_back = partial(_be_running, outer, asyncio.current_task(outer) if outer else None, sys.get_asyncgen_hooks())
        try:
            try:
                self._take_over(outer)
                with seldom_collected():
                    return work(*args)
            except (KeyboardInterrupt, SystemExit):  # nothing that was under way can be trusted to be woken
                self._cancel(asyncio.all_tasks(self))
                raise
            finally:
                put_back()
        finally:
            put_back()

    def _take_over(self, outer: asyncio.AbstractEventLoop | None) -> None:
        if outer and (task := asyncio.current_task(outer)):
            asyncio.tasks._leave_task(outer, task)  # type: ignore[attr-defined]
        asyncio._set_running_loop(self)
        sys.set_asyncgen_hooks(None, lambda generator: self.spawn(generator.aclose()))  # type: ignore[arg-type]

    def _give_up(self, wanted: asyncio.Future[Any]) -> None:
        """Say what will never come, and end whoever waits for it."""
        message = why(wanted, inf if self.env.is_idle else self.env.peek())
        self._cancel([wanted])
        raise Stuck(message, where="labkit/timeline.py")

    def _cancel(self, futures: Iterable[asyncio.Future[Any]]) -> None:
        for future in futures:
            future.cancel()
        for _ in range(10):  # turns for the news to reach those who wait on those who wait
            self._run_ready()

    # What asyncio asks of a loop.

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Any = None) -> Any:
        handle = Callback(callback, args, context)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(self, delay: float, callback: Callable[..., Any], *args: Any, context: Any = None):
        return self.call_at(self.now + delay, callback, *args, context=context)

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any, context: Any = None):
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self.env.ring(handle)
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, *, name: str | None = None, context: Any = None, **options: Any):
        prepared = self.prepared(coro)
        task = asyncio.Task(prepared, loop=self, name=name, context=context, **options)
        if prepared is not coro:
            task.add_done_callback(lambda _: coro.close())  # a task that is cancelled at once never began it
        self.task_started(task)
        return task

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Run it here and now, as Pyodide does: there are no threads on either."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
            return  # a timeline that nobody wants any more, or an interrupt that whoever drives has had already
        logging.getLogger(__name__).error("%s: %r", context.get("message"), error, exc_info=error)

    def get_exception_handler(self) -> None:
        return None

    def get_task_factory(self) -> None:
        return None

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return asyncio._get_running_loop() is self

    def is_closed(self) -> bool:
        return False

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        self.env.forget_cancelled()

    async def shutdown_asyncgens(self) -> None:
        pass


def _be_running(loop: asyncio.AbstractEventLoop | None, task: asyncio.Task[Any] | None, hooks: Any) -> None:
    """Let a loop be the running one, in a task of its; where it is, nothing changes."""
    sys.set_asyncgen_hooks(*hooks)
    asyncio._set_running_loop(loop)
    if loop and task and asyncio.current_task(loop) is not task:
        asyncio.tasks._enter_task(loop, task)  # type: ignore[attr-defined]


def _settle(future: asyncio.Future[Any], event: simpy.Event) -> None:
    """Hand a SimPy event's outcome to the future, unless whoever waited has gone."""
    if future.done():
        return
    if event.ok:
        future.set_result(event.value)
    else:
        event.defused = True
        future.set_exception(event.value)  # type: ignore[arg-type]


for _name in NO_IO:
    setattr(Timeline, _name, refusal(_name))
