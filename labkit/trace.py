"""What happened, when, where and at what cost: an append-only log of events.

Each operation of a lab appends one `Event` when it ends. The trace is the single source of the
waterfall, the map, the grader's "we did" lines and the bill. Times are simulated seconds since the
lab's start. Units are billable quantities by meter, such as `{"kv.read": 1}` (`facts/pricing.toml`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token
from typing import Any, NamedTuple

_current: ContextVar[Event | None] = ContextVar("labkit_current_event", default=None)


class Event:
    """One operation. A context manager: it opens when made and is recorded when its block ends.

    `request` is the id of the request it belongs to (its own id, at the top), `parent` that of the
    event it happened inside of, `place` an IATA code or "" where there is none, `outcome` "ok",
    "exception", or an emulator's own word such as "hit", "miss" or "429".
    """

    __slots__ = (
        "id", "request", "parent", "place", "primitive", "operation",
        "start", "end", "outcome", "bytes", "units", "detail", "_trace", "_token",
    )  # fmt: skip

    def __init__(self, trace: Trace, primitive: str, operation: str, place: str, detail: dict[str, Any]):
        outer = _current.get()
        self.id = trace.next_id()
        self.request = outer.request if outer else self.id
        self.parent = outer.id if outer else None
        self.place, self.primitive, self.operation = place, primitive, operation
        self.start = self.end = trace.clock()
        self.outcome, self.bytes = "ok", 0
        self.units: dict[str, float] = {}
        self.detail = detail
        self._trace = trace

    def __enter__(self) -> Event:
        self._token = _current.set(self)
        return self

    def __exit__(self, kind, error, _) -> None:
        token = self._token
        del self._token  # it holds the context that it is of, and all that is in that: the request and its response
        if not given_back(_current, token):
            return
        if error is not None and self.outcome == "ok":
            self.outcome = "exception"
            self.detail.setdefault("error", str(error))
        self.end = self._trace.clock()
        self._trace.events.append(self)

    @property
    def seconds(self) -> float:
        """How long it took, in simulated seconds."""
        return self.end - self.start

    def as_dict(self) -> dict[str, Any]:
        """The event as plain data: the row that `Trace.sql` sees."""
        return {name: getattr(self, name) for name in self.__slots__ if not name.startswith("_")}

    def __repr__(self) -> str:
        took = f"{self.seconds * 1000:.1f} ms"
        return f"<{self.primitive}.{self.operation} {self.place} +{self.start:.3f} s {took} {self.outcome}>"


class Message(NamedTuple):
    """What travelled from one place to another: for which request and which of its events, in seconds.

    `received` is inf where it never arrived.
    """

    sent: float
    received: float
    source: str
    target: str
    request: int | None
    what: str


SHOWN = 10
"""Events that a trace shows of itself."""


class Trace:
    """Every event of one lab, in the order in which they ended."""

    def __init__(self, clock: Callable[[], float]):
        self.clock = clock
        self.events: list[Event] = []
        self.messages: list[Message] | None = None
        self._last_id = 0

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def event(self, primitive: str, operation: str, place: str = "", **detail: Any) -> Event:
        """Open an event: `with trace.event("kv", "get", "LHR", key=key) as event: ...`."""
        return Event(self, primitive, operation, place, detail)

    def keep_messages(self) -> None:
        """From now on, keep each message between two places too, in `messages`: `labkit.viz.space_time` draws them."""
        self.messages = self.messages or []

    def message(self, sent: float, received: float, source: str, target: str) -> None:
        """Note a message of the event that the running code is inside of, where messages are kept."""
        if self.messages is not None:
            event = _current.get()
            request, what = (event.request, f"{event.primitive}.{event.operation}") if event else (None, "")
            self.messages.append(Message(sent, received, source, target, request, what))

    def units(self) -> Counter[str]:
        """The billable quantities of the whole trace, by meter."""
        total: Counter[str] = Counter()
        for event in self.events:
            total.update(event.units)
        return total

    def of(self, request: int) -> list[Event]:
        """The events of one request, in the order in which they began."""
        return sorted((e for e in self.events if e.request == request), key=lambda e: (e.start, e.id))

    def where(self, primitive: str | None = None, operation: str | None = None) -> list[Event]:
        """The events of a primitive, or of one of its operations."""
        return [e for e in self.events if primitive in (None, e.primitive) and operation in (None, e.operation)]

    def snapshot(self) -> tuple[list[Event], int]:
        """The events so far, and the last id given."""
        return list(self.events), self._last_id

    def restore(self, state: tuple[list[Event], int]) -> None:
        """Go back to a snapshot: what happens next gets the same ids again. Messages kept until now are forgotten."""
        self.events[:], self._last_id = state
        self._forget_messages()

    def clear(self) -> None:
        """Forget what happened so far; the clock goes on."""
        self.events.clear()
        self._forget_messages()

    def _forget_messages(self) -> None:
        if self.messages is not None:
            self.messages.clear()

    def sql(self, query: str):
        """Rows of a DuckDB query over the table `events`, as a list of tuples (imports duckdb)."""
        from labkit.viz.query import query_events

        return query_events(self.events, query)

    def __len__(self) -> int:
        return len(self.events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __getitem__(self, index):
        return self.events[index]

    def __repr__(self) -> str:
        """The last few events, a line each."""
        return "\n".join([f"<Trace of {len(self)} events>", *map(repr, self.events[-SHOWN:])])


def given_back(variable: ContextVar[Any], token: Token[Any]) -> bool:
    """Whether a context variable got its former value back. Not where the lab was dropped in the middle of something:

    then Python closes the coroutine in another context, and nobody looks at that lab any more.
    """
    try:
        variable.reset(token)
    except ValueError:
        return False
    return True


def current_event() -> Event | None:
    """The event that the running code is inside of, if any."""
    return _current.get()
