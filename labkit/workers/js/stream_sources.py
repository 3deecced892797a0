"""Where a stream's chunks come from: bytes at hand, an async iterable, a Worker's own functions, half of a tee."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import Any, Protocol

from labkit.workers.promises import JsPromise, promise, settled
from labkit.workers.proxies import JsBuiltin, JsException


class Source(Protocol):
    """Where a stream's chunks come from."""

    async def next(self) -> Any:
        """The next chunk, or None at the end."""

    async def cancel(self, reason: Any) -> None:
        """Nobody will ask again."""


class Chunks:
    """Chunks that are known already."""

    def __init__(self, chunks: Iterable[Any]):
        self._left = deque(chunks)

    async def next(self) -> Any:
        return self._left.popleft() if self._left else None

    async def cancel(self, reason: Any) -> None:
        self._left.clear()


class Produced:
    """Chunks of an async iterable, asked for one by one."""

    def __init__(self, chunks: AsyncIterable):
        self._chunks = aiter(chunks)

    async def next(self) -> Any:
        return await anext(self._chunks, None)

    async def cancel(self, reason: Any) -> None:
        close = getattr(self._chunks, "aclose", None)
        if close is not None:
            await close()


class Scripted:
    """An underlying source written by the Worker: `start`, `pull` and `cancel`, with a controller."""

    def __init__(self, functions: dict[str, Any]):
        self._functions = functions
        self.queue: deque = deque()
        self.closed = False
        self.error: BaseException | None = None
        self.news = asyncio.Event()
        self._controller = ReadableStreamDefaultController.new(self)
        self._started: JsPromise | None = None
        if "start" in functions:
            begun = functions["start"](self._controller)
            self._started = promise(begun) if asyncio.iscoroutine(begun) else None

    async def next(self) -> Any:
        if self._started is not None:
            await self._started
        while not self.queue and not self.closed and self.error is None:
            await self._ask()
        if self.error is not None:
            raise self.error
        return self.queue.popleft() if self.queue else None

    async def _ask(self) -> None:
        self.news.clear()
        if "pull" in self._functions:
            await settled(self._functions["pull"](self._controller))
        if not self.queue and not self.closed and self.error is None:
            await self.news.wait()

    async def cancel(self, reason: Any) -> None:
        self.closed = True
        self.queue.clear()
        if "cancel" in self._functions:
            await settled(self._functions["cancel"](reason))


class ReadableStreamDefaultController(JsBuiltin):
    """What an underlying source fills its stream with."""

    __slots__ = ("_source",)

    def __init__(self, source: Scripted):
        self._source = source

    @property
    def desiredSize(self) -> int:
        return 1 - len(self._source.queue)

    def enqueue(self, chunk: Any) -> None:
        if self._source.closed:
            raise JsException("TypeError", "Unable to enqueue")
        self._source.queue.append(chunk)
        self._source.news.set()

    def close(self) -> None:
        self._source.closed = True
        self._source.news.set()

    def error(self, reason: Any = None) -> None:
        self._source.error = reason if isinstance(reason, BaseException) else JsException("Error", str(reason))
        self._source.news.set()


class Branch:
    """One of the two halves of a tee: whoever reads first fills both queues."""

    def __init__(self, read: Callable[[], Awaitable[Any]], mine: deque, queues: tuple[deque, deque]):
        self._read = read
        self._mine = mine
        self._queues = queues

    async def next(self) -> Any:
        if not self._mine:
            chunk = await self._read()
            for queue in self._queues:
                queue.append(chunk)
        return self._mine.popleft()

    async def cancel(self, reason: Any) -> None:
        self._mine.clear()
