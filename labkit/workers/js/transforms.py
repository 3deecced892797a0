"""`js.TransformStream` and `js.WritableStream`: a pipe whose writer waits until a reader takes each chunk."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from labkit.workers.js.streams import ReadableStream, _octets
from labkit.workers.promises import JsPromise, promise, settled
from labkit.workers.proxies import JsBuiltin, JsException, JsProxy


class Pipe:
    """The chunks in flight between a writer and a reader. A write ends when its chunk is taken."""

    def __init__(self):
        self._waiting: deque[tuple[Any, asyncio.Future]] = deque()
        self._news = asyncio.Event()
        self._error: BaseException | None = None
        self._closed = False

    async def put(self, chunk: Any) -> None:
        self._refuse()
        taken = asyncio.get_running_loop().create_future()
        self._waiting.append((chunk, taken))
        self._news.set()
        await taken

    def _refuse(self) -> None:
        if self._error is not None:
            raise self._error
        if self._closed:
            raise JsException("TypeError", "This WritableStream has been closed.")

    def close(self) -> None:
        self._closed = True
        self._news.set()

    async def next(self) -> Any:
        while not self._waiting:
            if self._error is not None:
                raise self._error
            if self._closed:
                return None
            self._news.clear()
            await self._news.wait()
        chunk, taken = self._waiting.popleft()
        if not taken.done():
            taken.set_result(None)
        return chunk

    async def cancel(self, reason: Any) -> None:
        self.fail(reason if isinstance(reason, BaseException) else JsException("Error", str(reason)))

    def fail(self, error: BaseException) -> None:
        """End both sides with the error."""
        self._error = error
        for _, taken in self._waiting:
            if not taken.done():
                taken.set_exception(error)
        self._waiting.clear()
        self._news.set()


class WritableStreamDefaultWriter(JsBuiltin):
    """The one writer of a stream. `write` starts at the call and ends when a reader has taken the chunk."""

    __slots__ = ("_stream",)

    def __init__(self, stream: WritableStream):
        self._stream = stream

    @property
    def desiredSize(self) -> int:
        return 1

    @property
    def ready(self) -> JsPromise:
        return promise(settled(None))

    def write(self, chunk: Any = None) -> JsPromise:
        return promise(self._stream._write(chunk))

    def close(self) -> JsPromise:
        return promise(self._stream._close())

    def abort(self, reason: Any = None) -> JsPromise:
        return promise(self._stream._pipe.cancel(reason))

    def releaseLock(self) -> None:
        self._stream._locked = False


class WritableStream(JsBuiltin):
    """The end that is written to."""

    __slots__ = ("_pipe", "_owner", "_locked")

    def __init__(self, pipe: Pipe, owner: TransformStream):
        self._pipe = pipe
        self._owner = owner
        self._locked = False

    @property
    def locked(self) -> bool:
        return self._locked

    def getWriter(self) -> WritableStreamDefaultWriter:
        if self._locked:
            raise JsException("TypeError", "This WritableStream is currently locked to a writer.")
        self._locked = True
        return WritableStreamDefaultWriter.new(self)

    async def _write(self, chunk: Any) -> None:
        await self._owner._transform(chunk)

    async def _close(self) -> None:
        await self._owner._flush()
        self._pipe.close()


class TransformStream(JsBuiltin):
    """A pipe with an optional transformer: `transform(chunk, controller)` and `flush(controller)`."""

    __slots__ = ("_pipe", "_functions", "readable", "writable")

    def __init__(self, transformer: Any = None, *strategies: Any):
        self._functions = transformer._properties() if isinstance(transformer, JsProxy) else transformer or {}
        self._pipe = Pipe()
        self.readable = ReadableStream.of(self._pipe)
        self.writable = WritableStream.new(self._pipe, self)

    async def _transform(self, chunk: Any) -> None:
        if "transform" not in self._functions:
            return await self._pipe.put(chunk)
        controller = TransformStreamDefaultController.new(self._pipe)
        await settled(self._functions["transform"](chunk, controller))
        await controller._settle()

    async def _flush(self) -> None:
        if "flush" in self._functions:
            controller = TransformStreamDefaultController.new(self._pipe)
            await settled(self._functions["flush"](controller))
            await controller._settle()


class TransformStreamDefaultController(JsBuiltin):
    """What a transformer passes its chunks to."""

    __slots__ = ("_pipe", "_chunks")

    def __init__(self, pipe: Pipe):
        self._pipe = pipe
        self._chunks: list[Any] = []

    def enqueue(self, chunk: Any) -> None:
        self._chunks.append(chunk)

    def terminate(self) -> None:
        self._pipe.close()

    def error(self, reason: Any = None) -> None:
        self._pipe.fail(reason if isinstance(reason, BaseException) else JsException("Error", str(reason)))

    async def _settle(self) -> None:
        for chunk in self._chunks:
            await self._pipe.put(chunk)


class IdentityTransformStream(TransformStream):
    """A pipe for bytes alone."""

    __slots__ = ()

    async def _transform(self, chunk: Any) -> None:
        await self._pipe.put(_octets(chunk))


class FixedLengthStream(IdentityTransformStream):
    """A pipe for exactly so many bytes, which gives a body its Content-Length."""

    __slots__ = ("_left",)

    def __init__(self, expected: int, *strategies: Any):
        super().__init__()
        self._left = int(expected)
        self.readable._length = int(expected)

    async def _transform(self, chunk: Any) -> None:
        self._left -= len(_octets(chunk))
        if self._left < 0:
            error = JsException("TypeError", "Attempt to write too many bytes through a FixedLengthStream.")
            self._pipe.fail(error)
            raise error
        await super()._transform(chunk)

    async def _flush(self) -> None:
        if self._left > 0:
            error = JsException("TypeError", "FixedLengthStream did not see all expected bytes before close().")
            self._pipe.fail(error)
            raise error
