"""How an emulator runs the learner's code: what `labkit.hosting` provides, as the emulators see it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Protocol


class Gate(Protocol):
    """What stands between an object's code and its next step, or the network. Two are generators to `yield from`."""

    def admission(self) -> Generator[Any, Any, None]:
        """Wait until the running code may go on; called each time it wakes."""
        ...

    def compute(self, seconds: float) -> Generator[Any, Any, None]:
        """Let the object's one thread compute for so long, when its turn has come."""
        ...

    def begins(self) -> None:
        """A listener of the object's begins to run: it is an event of the object, and keeps it awake."""
        ...

    def ends(self) -> None:
        """That listener is over."""
        ...

    async def output(self) -> None:
        """Wait until what the object has written is confirmed: what leaves it does not go before."""


class Resident(Protocol):
    """An object of the learner's class in an isolate, for as long as the runtime keeps it."""

    colo: str

    def has(self, method: str) -> bool:
        """Whether the object has a method of this name."""
        ...

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
        """One event: a method by name, or a function of the object. Returns its result; its exceptions are raised.

        The event has its own CPU budget, subrequests, `waitUntil` and entry in the trace (`primitive`, `operation`,
        `units`, `detail`). Raises `Crashed` where the machine is lost meanwhile.
        """
        ...

    def pending(self) -> Sequence[asyncio.Task[Any]]:
        """What its events have started and left running; only behind a gate does any of it outlive its event."""
        ...

    @property
    def is_kept(self) -> bool:
        """Whether `waitUntil` keeps it in memory."""
        ...

    def crash(self, outcome: str = "lost") -> None:
        """The machine is gone: all that runs stops where it stands, and no `except` or `finally` of it is reached.

        `outcome` is what the trace says of the events that end so.
        """
        ...


class Host(Protocol):
    """The learner's class of one name, ready to run in any place."""

    def has(self, method: str) -> bool | None:
        """Whether the class has a method of this name; None where only running the source would tell."""
        ...

    def log(self, colo: str, error: str | BaseException) -> None:
        """Say in the Worker's log what no caller is told."""
        ...

    async def create(
        self, colo: str, ctx: Any = None, gate: Gate | None = None, *, primitive: str = "workers"
    ) -> Resident:
        """A new object in the isolate at a place, cold start included; its `__init__` may raise.

        `ctx` is what it gets as `self.ctx`; without it, an ordinary ExecutionContext.
        """
        ...


class Crashed(Exception):
    """The machine that ran the code was lost before it had answered."""
