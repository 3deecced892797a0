"""Code that blocks and yet lets time pass: a coroutine that may stop in the middle of an ordinary function.

A driver such as pg8000 waits in `socket.recv`, where no `await` can stand. On the platform Pyodide suspends the whole
stack of such a call and lets other requests go on; here a greenlet does. Only a Worker that can reach a socket runs so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import cache, partial
from typing import Any

from labkit.errors import NotEmulated
from labkit.lost import forget


@cache
def _stacks() -> Any:
    """The class of stacks that may be left in the middle of a call; None where greenlet is not installed."""
    try:
        from greenlet import greenlet
    except ImportError:  # only drivers that block need it
        return None
    return type("Stack", (greenlet,), {})


class Suspendable:
    """A coroutine whose calls may block: `send`, `throw` and `close` as it has them. What they give is awaited."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any]):
        self.coroutine = coroutine
        self._stopped: Any = None  # the stack of a call that blocks

    def send(self, value: Any) -> Any:
        return self._go_on(self.coroutine.send, value)

    def throw(self, error: BaseException) -> Any:
        return self._go_on(self.coroutine.throw, error, fails=True)

    def close(self) -> None:
        """End the coroutine, where it waits or in the call that blocks."""
        if self._stopped is None:
            return self.coroutine.close()
        try:
            self._go_on(self.coroutine.throw, GeneratorExit(), fails=True)
        except (GeneratorExit, StopIteration):
            return
        raise RuntimeError("coroutine ignored GeneratorExit")

    def __await__(self) -> Generator[Any, Any, Any]:
        error: BaseException | None = None
        while True:
            try:
                waits_for = self.throw(error) if error else self.send(None)
            except StopIteration as done:
                return done.value
            error = None
            try:
                yield waits_for
            except BaseException as thrown:
                error = thrown

    def _go_on(self, how: Callable[[Any], Any], value: Any, *, fails: bool = False) -> Any:
        """Run up to the next thing that is waited for, by the coroutine or by a call in it."""
        stacks, stack, self._stopped = _stacks(), self._stopped, None
        if stack is None:
            stack = stacks(partial(how, value))
            stack.gr_context = stacks.getcurrent().gr_context
            waits_for = stack.switch()
        else:
            stack.parent = stacks.getcurrent()
            waits_for = stack.throw(value) if fails else stack.switch(value)
        if not stack.dead:
            self._stopped = stack
        return waits_for


def suspendable(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The coroutine with calls that may block; itself where greenlet is not installed."""
    return coroutine if _stacks() is None else Suspendable(coroutine)


def wait_for(awaitable: Awaitable[Any]) -> Any:
    """The result of an awaitable, for code that cannot await. Time passes, and other code runs meanwhile."""
    if (stacks := _stacks()) is None:
        raise NotEmulated("A socket that blocks needs the package greenlet: pip install greenlet.")
    stack = stacks.getcurrent()
    if not isinstance(stack, stacks):
        forget(awaitable)
        raise NotEmulated("A socket blocks here, and nothing can go on meanwhile: use it in a Worker's handler.")
    waiting: Any = awaitable.__await__()
    error: BaseException | None = None
    while True:
        try:
            future = waiting.throw(error) if error else waiting.send(None)
        except StopIteration as done:
            return done.value
        error = None
        try:
            stack.parent.switch(future)
        except BaseException as thrown:
            error = thrown
