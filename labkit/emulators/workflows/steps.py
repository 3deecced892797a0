"""`step`: what `run()` gets as its second argument, with the names and the memory of Cloudflare's Python SDK."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from labkit.emulators.workflows import dependencies, errors, rules
from labkit.emulators.workflows.dependencies import CTX, Step
from labkit.lost import unheard
from labkit.workers import rpc
from labkit.workers.bindings import checked, moment
from labkit.workers.ffi import JsException

if TYPE_CHECKING:
    from labkit.emulators.workflows.life import Life

_MISSING: Any = object()


class WorkflowStep:
    """`do`, `sleep`, `sleep_until` and `wait_for_event`. `do` is the older form where the Worker's date is old.

    What a step returned is remembered by its function, for the steps that depend on it: a step that two others name
    runs once. Called by hand a second time it is a second step of that name.
    """

    def __init__(self, life: Life, *, by_name: bool):
        self._life = life
        self._steps: dict[str, Step] = {}
        self._results: dict[Step, Any] = {}
        self._in_flight: dict[Step, asyncio.Future[Any]] = {}
        self.do = self._do_implicit if by_name else self._do_legacy

    def _do_implicit(self, name: str | None = None, *, concurrent: bool = False, config: Any = None) -> Callable:
        """A decorator: the function is a step, and its parameters' names are those of steps that it depends on."""
        return self._decorator(name, config, concurrent, lambda func: dependencies.by_name(func, self._steps))

    def _do_legacy(
        self, name: str, depends: Sequence[Any] | None = None, concurrent: bool = False, config: Any = None
    ) -> Callable:
        """A decorator: the function is a step, and `depends` lists the steps that it depends on."""
        return self._decorator(name, config, concurrent, lambda func: dependencies.by_list(func, depends))

    def sleep(self, name: Any = None, duration: Any = None) -> Awaitable[None]:
        """Sleep for milliseconds, or for words such as "10 seconds"."""
        return self._life.sleep(name, checked(duration))

    def sleep_until(self, name: Any, timestamp: Any) -> Awaitable[None]:
        """Sleep until a datetime, or milliseconds of Unix time. Refuses the past, unless it has been slept already."""
        return self._life.sleep_until(name, _unix(timestamp))

    async def wait_for_event(self, name: Any, event_type: Any, /, timeout: Any = "24 hours") -> Any:
        """A JsDict of `payload`, `type` and `timestamp`; an Error where none came within the time."""
        return await self._life.wait_for_event(name, event_type, timeout)

    def _decorator(self, name: Any, config: Any, concurrent: bool, find: Callable) -> Callable:
        def decorator(func: Callable) -> Step:
            step_name = func.__name__ if name is None else name

            async def wrapper() -> Any:
                values = await self._values(find(func), concurrent)
                return await self._run(step_name, wrapper, config, func, values)

            wrapper._step_name = step_name  # type: ignore[attr-defined]
            self._steps[step_name] = wrapper
            return wrapper

        return decorator

    async def _values(self, found: Sequence[Step], concurrent: bool) -> list[Any]:
        """The results of the steps, one after the other or all at once."""
        if concurrent:
            return list(await asyncio.gather(*map(self._value, found)))
        return [await self._value(each) for each in found]

    async def _value(self, wanted: Step) -> Any:
        if wanted is CTX:
            return CTX
        if wanted in self._results:
            return self._results[wanted]
        if wanted in self._in_flight:
            return await self._in_flight[wanted]
        return await wanted()

    @unheard
    async def _run(self, name: Any, step: Step, config: Any, func: Callable, values: Sequence[Any]) -> Any:
        """Have the engine execute the step; the result is remembered for those that depend on it."""

        async def called(ctx: dict[str, Any]) -> Any:
            args = [rpc.from_rpc(ctx) if value is CTX else value for value in values]
            result = func(*args)
            return await result if inspect.iscoroutine(result) else result

        task = self._in_flight[step] = asyncio.ensure_future(self._answer(name, checked(config), called))
        try:
            result = self._results[step] = await task
        finally:
            self._in_flight.pop(step, None)
        return result

    @unheard
    async def _answer(self, name: Any, config: Any, called: Callable) -> Any:
        try:
            return await self._life.do(name, config, called)
        except JsException as error:
            seen = errors.as_run_sees(error)
            if seen is error:
                raise
            raise seen from error


def _unix(timestamp: Any) -> float:
    """Unix time in seconds."""
    if isinstance(timestamp, datetime):
        return moment(timestamp).timestamp()
    return rules.milliseconds(timestamp) / 1000
