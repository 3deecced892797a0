"""The input gate of one running object: which of its events may go on.

While the object waits for its storage, or is inside a critical section, everything else of it waits; so does all of it
while its one thread computes. Whoever waits goes on in the order in which it came.

| what holds | who may still go on |
|---|---|
| a read of the storage (`lock`) | other reads that are in flight |
| a critical section (`section`) | the code within it |
| computing (`compute`) | nobody |

Sources: https://blog.cloudflare.com/durable-objects-easy-fast-correct-choose-three/ and workerd's `io/io-gate.h`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import Context, ContextVar
from typing import Any

from labkit.emulators.durable_objects.output_gate import OutputGate, fail
from labkit.trace import given_back
from labkit.world import World

_section: ContextVar[Section | None] = ContextVar("labkit_critical_section", default=None)
_ticket: ContextVar[Ticket | None] = ContextVar("labkit_ticket", default=None)
_reading: ContextVar[Gates | None] = ContextVar("labkit_reading_storage", default=None)

Ticket = asyncio.Future[None]
"""A place in a queue; whoever holds that which is handed out goes next."""
Queue = deque[Ticket]


class Section:
    """A critical section, or the whole object: who waits to go on in it. Sections that begin in it come first."""

    __slots__ = ("gates", "outer", "is_over", "entering", "waiting")

    def __init__(self, gates: Gates, outer: Section | None = None):
        self.gates, self.outer, self.is_over = gates, outer, False
        self.entering: Queue = deque()
        self.waiting: Queue = deque()


class Gates(OutputGate):
    """The input and output gate of one instance; a `labkit.emulators.hosting.Gate`."""

    def __init__(self, world: World):
        super().__init__(world)
        self._object = self._innermost = Section(self)
        self._reads = 0
        self._resuming: Queue = deque()  # reads that are done and wait for the thread
        self._is_computing = False
        self._is_returning = False  # a section has ended, and whoever waited for it goes first
        self._handed: Ticket | None = None  # whose turn it is, until it has taken it
        self._closed: Exception | None = None

    def admission(self) -> Generator[Any, Any, None]:
        """Wait until the running code may go on."""
        if self._handed and _ticket.get() is self._handed:
            return self.leave(self._handed)
        if _reading.get() is self:
            if self._is_computing or self._handed:
                yield from self._queue(self._resuming).__await__()
            return
        section = self._mine()
        if self._is_returning and self._is_free and section is self._innermost:
            return
        if section.entering or section.waiting or not self._is_open(section):
            yield from self._queue(section.waiting).__await__()

    async def enter(self, patience: float | None = None) -> Ticket:
        """Wait as a new event does, of which no code has run yet. TimeoutError after so many seconds.

        The ticket lets the first of its code pass, and nobody else before; or give it back with `leave`.
        """
        whole = self._object
        if whole.entering or whole.waiting or not self._is_open(whole):
            await self._queue(whole.waiting, patience)
        if self._closed:
            raise self._closed
        ticket = self._handed = self.world.timeline.create_future()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """The ticket is used, or not wanted any more."""
        if self._handed is ticket:
            self._handed = None
            self._soon()

    @property
    def length(self) -> int:
        """How many events and pieces of code wait to go on."""
        return sum(len(section.waiting) for section in self._sections())

    def compute(self, seconds: float) -> Generator[Any, Any, None]:
        """Let the one thread compute for so long: nothing else of the object goes on meanwhile."""
        if seconds <= 0:
            return
        self._is_computing = True
        try:
            yield from self.world.timeline.sleep(seconds)
        finally:
            self._is_computing = False
            self._soon()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """While a read of the storage is in flight: nothing of the object goes on but the reads themselves."""
        token = _reading.set(self)
        self._reads += 1
        try:
            yield
        finally:
            self._reads -= 1
            if given_back(_reading, token):
                self._soon()

    def section(self) -> AbstractAsyncContextManager[None]:
        """A critical section, asked for now: only the code within it goes on, and what that starts. Sections nest."""
        outer = self._mine()
        if outer.entering or not self._is_open(outer):
            return self._later(self._line_up(outer.entering))
        return self._later(self.begin())

    @asynccontextmanager
    async def _later(self, turn: Section | Ticket) -> AsyncIterator[None]:
        if not isinstance(turn, Section):
            _ticket.set(turn)  # the code that waits here is asked for admission as it wakes
            await self._take(turn)
            turn = self.begin()
        with self.within(turn):
            yield

    def begin(self) -> Section:
        """A critical section that begins at once, while nothing of the object runs; its code is `within` it."""
        self._innermost = Section(self, self._innermost)
        return self._innermost

    @contextmanager
    def within(self, section: Section) -> Iterator[None]:
        """The code of a critical section. Afterwards the section is over."""
        token = _section.set(section)
        try:
            yield
        finally:
            if given_back(_section, token):
                self._end(section)

    def _end(self, section: Section) -> None:
        """The section is over, and so are those that it is in, where they were waiting for it only."""
        section.is_over = True
        while self._innermost.outer and self._innermost.is_over:
            over, self._innermost = self._innermost, self._innermost.outer
            for waiting, left in ((self._innermost.entering, over.entering), (self._innermost.waiting, over.waiting)):
                waiting.extendleft(reversed(left))  # what it started and left running
        self._is_returning = True
        self.world.timeline.call_soon(self.world.timeline.call_soon, self._returned)

    def _returned(self) -> None:
        """Whoever waited for the section has gone on by now."""
        self._is_returning = False
        self._next()

    def _mine(self) -> Section:
        """The section that the running code is in."""
        section = _section.get()
        if section is None or section.gates is not self:
            return self._object
        while section.is_over and section.outer:
            section = section.outer
        return section

    def _is_open(self, section: Section) -> bool:
        return self._is_free and not self._is_returning and section is self._innermost

    @property
    def _is_free(self) -> bool:
        return not (self._is_computing or self._reads or self._handed or self._closed)

    def close(self, error: Exception) -> None:
        """The instance is gone: whoever waits at its gates, and whoever comes, gets this error."""
        self._closed = error
        waiting = [turn for section in self._sections() for turn in (*section.entering, *section.waiting)]
        for future in [*waiting, *self._resuming, *self._unconfirmed]:
            fail(future, error)

    def _sections(self) -> Iterator[Section]:
        section: Section | None = self._innermost
        while section:
            yield section
            section = section.outer

    async def _queue(self, queue: Queue, patience: float | None = None) -> None:
        """Wait for one's turn in a queue."""
        turn = self._line_up(queue)
        if patience is None:
            return await self._take(turn)
        timer = self.world.timeline.call_later(patience, fail, turn, TimeoutError(), context=Context())
        try:
            await self._take(turn)
        finally:
            timer.cancel()

    def _line_up(self, queue: Queue) -> Ticket:
        """The last place in a queue."""
        if self._closed:
            raise self._closed
        turn = self.world.timeline.create_future()
        queue.append(turn)
        return turn

    async def _take(self, turn: Ticket) -> None:
        """Wait for one's turn, take it, and leave it to the next where it was not wanted any more."""
        try:
            await turn
        finally:
            self.leave(turn)
            self._soon()

    def _soon(self) -> None:
        """Let the next one go on, after what runs now has had its turn."""
        if self._resuming or self._innermost.entering or self._innermost.waiting:
            self.world.timeline.call_soon(self._next)

    def _next(self) -> None:
        if self._handed or self._is_computing or self._is_returning:
            return
        section = self._innermost
        for queue in [self._resuming] if self._reads else [self._resuming, section.entering, section.waiting]:
            while queue:
                turn = queue.popleft()
                if not turn.done():  # else whoever waited was cancelled
                    self._handed = turn
                    return turn.set_result(None)


class outside:
    """What runs for a new event, on its ticket: it is in no critical section, whoever sent it."""

    __slots__ = ("ticket", "_was")

    def __init__(self, ticket: Ticket):
        self.ticket = ticket

    def __enter__(self) -> None:
        self._was = _section.set(None), _reading.set(None), _ticket.set(self.ticket)

    def __exit__(self, *_: object) -> None:
        section, reading, ticket = self._was
        given_back(_section, section)
        given_back(_reading, reading)
        given_back(_ticket, ticket)
