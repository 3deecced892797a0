"""WebSockets of a Durable Object: a name is that of a room, and `connect` gives a visitor's end of a socket."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from labkit.workers.ffi import create_proxy, to_js
from tests.conformance.recorder.bench import SubjectBench


class RoomTarget:
    """A room whose door can be knocked at."""

    def __init__(self, stub: Any):
        self._stub = stub

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stub, name)

    async def connect(self, query: dict[str, str], headers: dict[str, str] | None = None) -> Any:
        asked = {"Upgrade": "websocket"} if headers is None else headers
        try:
            response = await self._stub.fetch(f"http://room/?{urlencode(query)}", headers=asked)
        except OSError as error:
            return [str(error).removeprefix("TypeError: ")]
        socket = response.js_object.webSocket
        return Client(socket) if socket else [response.status, await response.text()]


class Client:
    """The visitor's end of a socket, and what came in there."""

    def __init__(self, socket: Any):
        self._socket, self._seen = socket, []
        socket.accept()
        socket.addEventListener("message", create_proxy(self._message))
        socket.addEventListener("close", create_proxy(self._close))

    def send(self, data: Any) -> None:
        self._socket.send(to_js(data))

    def close(self, *args: Any) -> None:
        self._socket.close(*args)

    def seen(self) -> list[Any]:
        return self._seen

    def state(self) -> int:
        return self._socket.readyState

    def _message(self, event: Any) -> None:
        data = event.data
        self._seen.append(
            ["message", data if isinstance(data, str) else getattr(data, "byteLength", None) or data.size]
        )

    def _close(self, event: Any) -> None:
        self._seen.append(["close", event.code, event.reason, event.wasClean])


class WebsocketsBench(SubjectBench):
    def target(self, name: str) -> Any:
        return RoomTarget(self.env.ROOM.getByName(name))


def bench() -> WebsocketsBench:
    return WebsocketsBench()
