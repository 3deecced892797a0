"""`js.ReadableStream` and its readers: a body that comes in chunks.

Chunks of bytes leave a stream as Uint8Array. What is left out: readers that bring their own buffer (byob).
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from typing import Any

from labkit.errors import NotEmulated
from labkit.workers.buffers import JsBuffer, Uint8Array
from labkit.workers.js.stream_sources import Branch, Chunks, Produced, Scripted, Source
from labkit.workers.objects import JsArray, JsObject
from labkit.workers.promises import JsPromise, promise
from labkit.workers.proxies import JsBuiltin, JsException, JsProxy


class ReadableStream(JsBuiltin):
    """A stream of chunks with one reader at a time. `_disturbed` once anybody has read.

    `_leaves` while it is being sent, as a body: whom to tell when it has left. `_length` is how many bytes it had at
    first, where that is known; what stores it may have to know.
    """

    __slots__ = ("_source", "_locked", "_disturbed", "_leaves", "_length")

    def __init__(self, underlying: Any = None, strategy: Any = None):
        functions = underlying._properties() if isinstance(underlying, JsProxy) else underlying or {}
        if functions.get("type") == "bytes":
            raise NotEmulated("ReadableStream.new(type='bytes') is not emulated. Leave `type` out: bytes pass as well.")
        self._begin(Scripted(functions))

    @classmethod
    def of(cls, source: Source | bytes | AsyncIterable) -> ReadableStream:
        """A stream over bytes, an async iterable of chunks, or a source."""
        self = cls.__new__(cls)
        length = None
        if isinstance(source, bytes):
            length, source = len(source), Chunks([source] if source else [])
        elif isinstance(source, AsyncIterable):
            source = Produced(source)
        self._begin(source)
        self._length = length
        return self

    def _begin(self, source: Source) -> None:
        self._source = source
        self._locked = False
        self._disturbed = False
        self._leaves: list[Callable[[], None]] | None = None
        self._length: int | None = None

    @property
    def locked(self) -> bool:
        return self._locked

    def _as_body(self) -> tuple[ReadableStream, None]:
        if self._disturbed:
            message = "This ReadableStream is disturbed (has already been read from), and cannot be used as a body."
            raise JsException("TypeError", message)
        self._refuse_locked()
        return self, None

    def _refuse_locked(self) -> None:
        if self._locked:
            raise JsException("TypeError", "This ReadableStream is currently locked to a reader.")

    async def _next(self) -> Any:
        self._disturbed = True
        return await self._source.next()

    async def _bytes(self) -> bytes:
        """All that is left, joined."""
        return b"".join([part async for part in self._parts()])

    async def _parts(self) -> AsyncGenerator[bytes]:
        """All that is left, as it comes."""
        self._refuse_locked()
        self._locked, self._leaves = True, []
        try:
            while (chunk := await self._next()) is not None:
                yield _octets(chunk)
        finally:
            waiting, self._leaves = self._leaves, None
            for tell in waiting:
                tell()

    def getReader(self, options: Any = None) -> ReadableStreamDefaultReader:
        if options is not None:
            raise NotEmulated("getReader(mode='byob') is not emulated. Use getReader().")
        self._refuse_locked()
        self._locked = True
        return ReadableStreamDefaultReader.new(self)

    async def cancel(self, reason: Any = None) -> None:
        self._refuse_locked()
        self._disturbed = True
        await self._source.cancel(reason)

    def tee(self) -> JsArray:
        """Two streams of the same chunks; this one is locked from now on."""
        self._refuse_locked()
        self._locked = True
        queues = (deque(), deque())
        branches = [ReadableStream.of(Branch(self._next, mine, queues)) for mine in queues]
        for branch in branches:
            branch._length = self._length
        return JsArray(branches)

    def pipeTo(self, destination: Any, options: Any = None) -> JsPromise:
        self._refuse_locked()
        self._locked = True
        return promise(self._pump(destination.getWriter()))

    def pipeThrough(self, transform: Any, options: Any = None) -> ReadableStream:
        self.pipeTo(transform.writable)
        return transform.readable

    async def _pump(self, writer: Any) -> None:
        try:
            while (chunk := await self._next()) is not None:
                await writer.write(Uint8Array.new(chunk) if isinstance(chunk, bytes) else chunk)
        except Exception as error:
            await writer.abort(error)
            raise
        await writer.close()

    async def __aiter__(self) -> AsyncIterator[Any]:
        reader = self.getReader()
        while not (result := await reader.read()).done:
            yield result.value

    values = __aiter__


class ReadableStreamDefaultReader(JsBuiltin):
    """The one reader of a stream."""

    __slots__ = ("_stream",)

    def __init__(self, stream: ReadableStream):
        self._stream: ReadableStream | None = stream

    async def read(self) -> JsObject:
        """`{done, value}`; value is None at the end."""
        chunk = await self._held()._next()
        value = Uint8Array.new(chunk) if isinstance(chunk, (bytes, bytearray, memoryview)) else chunk
        return JsObject({"done": chunk is None, "value": value})

    async def cancel(self, reason: Any = None) -> None:
        stream = self._held()
        stream._disturbed = True
        await stream._source.cancel(reason)

    def releaseLock(self) -> None:
        if self._stream is not None:
            self._stream._locked = False
            self._stream = None

    def _held(self) -> ReadableStream:
        if self._stream is None:
            raise JsException("TypeError", "This ReadableStream reader has been released.")
        return self._stream


def _octets(chunk: Any) -> bytes:
    """A chunk as a body needs it: bytes."""
    if isinstance(chunk, JsBuffer):
        return chunk.to_bytes()
    if isinstance(chunk, (bytes, bytearray, memoryview)):
        return bytes(chunk)
    raise JsException("TypeError", "This ReadableStream did not return bytes.")
