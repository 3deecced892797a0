"""`env.HD`: the credentials that a driver connects with, and `connect()`, a TCP socket with two streams."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from labkit.emulators.hyperdrive.client import Client
from labkit.workers import context
from labkit.workers.bindings import js_error
from labkit.workers.buffers import JsBuffer
from labkit.workers.js.streams import ReadableStream
from labkit.workers.js.transforms import WritableStream
from labkit.workers.objects import JsObject
from labkit.workers.promises import JsPromise, promise
from labkit.workers.proxies import JsBuiltin

if TYPE_CHECKING:
    from labkit.emulators.hyperdrive import Hyperdrive

PORT = 5432
SHOWN = ("connectionString", "port", "host", "password", "user", "database")


class HyperdriveBinding(JsBuiltin):
    """What a Worker at one place has. Its host is reached from inside a Worker only."""

    _js_name = "Hyperdrive"

    def __init__(self, hyperdrive: Hyperdrive, colo: str):
        self._hyperdrive, self._colo = hyperdrive, colo

    @property
    def host(self) -> str:
        return self._hyperdrive.host

    @property
    def port(self) -> int:
        """The usual one of a PostgreSQL, whichever the database has."""
        return PORT

    @property
    def user(self) -> str:
        return self._hyperdrive.account.user

    @property
    def password(self) -> str:
        return self._hyperdrive.account.password

    @property
    def database(self) -> str:
        return self._hyperdrive.account.database

    @property
    def connectionString(self) -> str:
        """The same in one text; nothing in it is escaped. The way to Hyperdrive needs no TLS of the driver's."""
        where = f"{self.host}:{self.port}/{self.database}"
        return f"{self._hyperdrive.address.scheme}://{self.user}:{self.password}@{where}?sslmode=disable"

    def _properties(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in SHOWN}

    def toString(self) -> str:
        return "[object Hyperdrive]"

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def connect(self) -> Socket:
        """A connection to Hyperdrive, as `connect()` of `cloudflare:sockets` gives it."""
        client = self.dial(self.host, self.port)
        assert client is not None
        return Socket.new(client)

    def dial(self, host: str, port: int) -> Client | None:
        """A connection to this host, or None where it is not Hyperdrive's. It ends with the event that opened it."""
        client = self._hyperdrive.dial(self._colo, host, port)
        opened = getattr(context.current.get(), "opened", None)
        if client is not None and opened is not None:
            opened.append(client)
        return client


class Socket(JsBuiltin):
    """A TCP connection: `readable`, `writable`, and the promises `opened` and `closed`."""

    def __init__(self, client: Client):
        self._client = client
        self._closed: asyncio.Future[None] = client.hyperdrive.world.timeline.create_future()
        self.readable = ReadableStream.of(_Incoming(client, self._close))
        outgoing: Any = _Outgoing(client)
        self.writable = WritableStream.new(outgoing, outgoing)

    @property
    def opened(self) -> JsPromise:
        hyperdrive = self._client.hyperdrive
        return promise(_resolved({"remoteAddress": f"{hyperdrive.host}:{PORT}", "localAddress": None}))

    @property
    def closed(self) -> JsPromise:
        return promise(_awaited(self._closed))

    def close(self) -> JsPromise:
        """Hang up."""
        self._client.close()
        self._close()
        return self.closed

    def startTls(self) -> Any:
        raise js_error(
            "TypeError", "The `secureTransport` socket option must be set to 'starttls' for startTls to be used."
        )

    def _close(self) -> None:
        if not self._closed.done():
            self._closed.set_result(None)


class _Incoming:
    """Where the readable stream has its chunks from."""

    def __init__(self, client: Client, on_end: Any):
        self._client, self._on_end = client, on_end

    async def next(self) -> bytes | None:
        data = await self._client.read()
        if not data:
            self._on_end()
        return data or None

    async def cancel(self, reason: Any) -> None:
        self._client.close()


class _Outgoing:
    """Where the writable stream's chunks go."""

    def __init__(self, client: Client):
        self._client = client

    async def _transform(self, chunk: Any) -> None:
        self._client.write(_bytes(chunk))

    async def _flush(self) -> None:
        self._client.close()

    async def cancel(self, reason: Any) -> None:
        self._client.close()

    def close(self) -> None:
        pass


def _bytes(chunk: Any) -> bytes:
    if isinstance(chunk, JsBuffer):
        return chunk.to_bytes()
    if isinstance(chunk, bytes | bytearray | memoryview):
        return bytes(chunk)
    raise js_error("TypeError", "This TransformStream is being used as a byte stream, but received an object of "
                   "non-ArrayBuffer/ArrayBufferView type on its writable side.")  # fmt: skip


async def _resolved(value: dict[str, Any]) -> JsObject:
    return JsObject(value)


async def _awaited(future: asyncio.Future[None]) -> None:
    await asyncio.shield(future)
