"""Which request the running code belongs to: how `env`, `fetch`, `wait_until` and the clock find their lab.

The lab sets `current` around every event it delivers. A contextvar follows each task, so labs and requests that
interleave on one thread never see one another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine
from contextvars import ContextVar
from inspect import iscoroutine
from random import Random, SystemRandom
from typing import Any, Protocol

from labkit.errors import LabError
from labkit.workers.bindings import warn


class RequestContext(Protocol):
    """What a lab provides to the code of one event. `env`, `caches` and `random` are the isolate's.

    Where it is `strict`, what the runtime silently ignores is an error (`labkit.workers.bindings.warn`).
    """

    env: Any
    caches: Any
    random: Random
    strict: bool

    def wait_until(self, awaitable: Awaitable) -> None:
        """Keep the isolate alive until the awaitable is done, without holding up the response."""

    async def fetch(self, request: Any) -> Any:
        """Send a `workers.Request` out; return the `workers.Response` that came back."""

    def now(self) -> float:
        """The present moment as Unix time in seconds."""
        ...

    def metered(self, coroutine: Coroutine[Any, Any, Any]) -> Awaitable[Any]:
        """A coroutine of the learner's on this event's CPU budget; it has a task to itself."""
        ...


current: ContextVar[RequestContext | None] = ContextVar("current", default=None)


def here(wanted: str) -> RequestContext:
    """The context of the running event, or an error that says what `wanted` one."""
    found = current.get()
    if found is None:
        raise LabError(
            f"{wanted} belongs to a Worker that is handling an event, and none is running here. "
            "Call the Worker through a lab: await lab.fetch('/')."
        )
    return found


async def confirmed() -> None:
    """Wait until what the running Durable Object wrote is on disk: what leaves it does not go before.

    A binding awaits this before it asks anybody for what changes something. Where no object runs it costs nothing.
    """
    if gate := getattr(current.get(), "gate", None):
        await gate.output()


class ImportedEnv:
    """`workers.env`: the bindings of whichever isolate reads it."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(here(f"workers.env.{name}").env, name)


env = ImportedEnv()


def wait_until(awaitable: Awaitable) -> None:
    """Let a task finish after the response has gone: `ctx.waitUntil` of the running event.

    A coroutine that has not begun never does: the SDK hands it to the runtime as an object that nothing drives
    (observed with 1.9.5). `self.ctx.waitUntil(coroutine)` begins it.
    """
    invocation = here("wait_until")
    if iscoroutine(awaitable):
        awaitable.close()
        return warn("wait_until was given a coroutine, which never begins: use self.ctx.waitUntil(...).")
    invocation.wait_until(awaitable)


waitUntil = wait_until


def randomness() -> Random:
    """The chance of the running isolate, seeded by its lab; the machine's own where no event runs."""
    found = current.get()
    return SystemRandom() if found is None else found.random
