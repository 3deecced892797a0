"""Timers on simulated time, and the clock of `performance`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from labkit.workers.js.dates import now_ms
from labkit.workers.promises import settled
from labkit.workers.proxies import JsProxy

_made: WeakKeyDictionary[asyncio.AbstractEventLoop, int] = WeakKeyDictionary()
"""How many timers each timeline has had: a timer's number counts from 1 in every lab."""


class TimerId(int):
    """The number of a timer, which knows how to stop it."""

    handle: asyncio.Handle

    def stop(self) -> None:
        self.handle.cancel()


def setTimeout(callback: Callable, delay_ms: float = 0, *args: Any) -> TimerId:
    """Call the function once, `delay_ms` milliseconds from now."""
    timer = _next_id()
    _wait(timer, delay_ms, lambda: _call(callback, args))
    return timer


def setInterval(callback: Callable, delay_ms: float = 0, *args: Any) -> TimerId:
    """Call the function every `delay_ms` milliseconds, until cleared."""
    timer = _next_id()

    def ring() -> None:
        _wait(timer, delay_ms, ring)
        _call(callback, args)

    _wait(timer, delay_ms, ring)
    return timer


def clearTimeout(timer: Any = None) -> None:
    if isinstance(timer, TimerId):
        timer.stop()


clearInterval = clearTimeout


def queueMicrotask(callback: Callable) -> None:
    asyncio.get_running_loop().call_soon(_call, callback, ())


def _next_id() -> TimerId:
    loop = asyncio.get_running_loop()
    _made[loop] = _made.get(loop, 0) + 1
    return TimerId(_made[loop])


def _wait(timer: TimerId, delay_ms: float, ring: Callable[[], None]) -> None:
    timer.handle = asyncio.get_running_loop().call_later(max(0.0, delay_ms or 0) / 1000, ring)


def _call(callback: Callable, args: tuple) -> None:
    result = callback(*args)
    if asyncio.iscoroutine(result):
        asyncio.ensure_future(settled(result))


class Performance(JsProxy):
    """The clock as Workers have it: it stands still while code runs, and counts from 1970."""

    timeOrigin = 0

    def now(self) -> int:
        return now_ms()


performance = Performance()


class Scheduler(JsProxy):
    """`await scheduler.wait(ms)`."""

    async def wait(self, delay_ms: float, options: Any = None) -> None:
        await asyncio.sleep(delay_ms / 1000)


scheduler = Scheduler()
