"""A history from a lab: calls recorded in its trace, as events of the primitive "history", and read back from it.

A binding's own events say which key was asked for, not what came back: a trace holds no values. So whoever makes a
call in a cell records it, and sees what any client would see.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable
from math import inf
from typing import TYPE_CHECKING, Any

from labkit.sim.linearizability.operations import UNSEEN, History, Operation
from labkit.trace import Event

if TYPE_CHECKING:
    from labkit.lab import Lab

PRIMITIVE = "history"
Call = Callable[[], Awaitable[Any]]
FIRST_FAILURE = 400
"""The status from which a response is no answer: who gets it does not know what took effect."""


class Recorder:
    """Records calls on a lab: `await recorded.read("flag", lambda: lab.env("NRT").KV.get("flag"), by="Tokyo")`.

    Each gives what the call gives. A response, or an object of R2, gives its text. `by` is who calls, one thing after
    another. A call that fails is recorded as open, since it may have taken effect, and its error goes on.
    """

    def __init__(self, lab: Lab):
        self._lab = lab

    async def read(self, key: Hashable, call: Call, *, by: str = "a visitor") -> Any:
        """Record a read of a key."""
        return await self.operation("read", key, call, by=by)

    async def write(self, key: Hashable, value: Any, call: Call, *, by: str = "a visitor") -> Any:
        """Record a write of a value; what the call gives is not looked at."""
        return await self.operation("write", key, call, argument=value, by=by, seen=False)

    async def increment(self, key: Hashable, call: Call, *, by: str = "a visitor", seen: bool = True) -> Any:
        """Record an increment by one that gives the new number."""
        return await self.operation("increment", key, call, by=by, seen=seen)

    async def operation(
        self, name: str, key: Hashable, call: Call, *, argument: Any = None, by: str = "a visitor", seen: bool = True
    ) -> Any:
        """Record any operation of a model. Without `seen`, its result is not looked at."""
        trace = self._lab.trace
        with trace.event(PRIMITIVE, name, process=by, key=key, argument=argument) as event:
            result = await _plain(await call(), event)
            if seen:
                event.detail["result"] = result
            event.detail["rank"] = trace.next_id()
        return result

    def history(self) -> History:
        """The operations recorded on this lab so far."""
        return history(self._lab.trace)


async def _plain(result: Any, event: Event) -> Any:
    """The text of a response or an object, anything else as it is."""
    if getattr(result, "status", 0) >= FIRST_FAILURE:
        event.outcome = str(result.status)
    return await result.text() if hasattr(result, "text") else result


def history(trace: Iterable[Event]) -> History:
    """The recorded operations of a trace, in the order of their calls.

    Two moments of simulated time may be the same; then the trace's own numbers say which came first.
    """
    return sorted((_operation(e) for e in trace if e.primitive == PRIMITIVE), key=lambda each: each.call)


def _operation(event: Event) -> Operation:
    detail, answered = event.detail, event.outcome == "ok"
    return Operation(
        detail["process"], event.operation, detail["argument"], detail.get("result", UNSEEN) if answered else UNSEEN,
        event.start, event.end if answered else inf, detail["key"], (event.id, detail.get("rank", 0)),
    )  # fmt: skip
