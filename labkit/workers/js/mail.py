"""`EmailMessage` of the module `cloudflare:email`: an envelope and a message that is already written in MIME."""

from __future__ import annotations

from typing import Any

from labkit.workers.buffers import JsBuffer
from labkit.workers.js.conversions import text
from labkit.workers.js.streams import ReadableStream
from labkit.workers.proxies import JsBuiltin, JsException


class EmailMessage(JsBuiltin):
    """`EmailMessage.new(from, to, raw)`: the sender is read with `getattr(message, "from")`, `from` being Python's."""

    __slots__ = ("_from", "_to", "_raw")

    def __init__(self, *args: Any):
        if len(args) < 3:
            raise JsException("TypeError", "Failed to construct 'EmailMessage': parameter 3 is missing.")
        self._from, self._to, self._raw = text(args[0]), text(args[1]), args[2]

    @property
    def to(self) -> str:
        return self._to

    def __getattr__(self, name: str) -> str:
        if name != "from":
            raise AttributeError(name)
        return self._from

    def _properties(self) -> dict[str, Any]:
        return {"from": self._from, "to": self._to}

    async def _bytes(self) -> bytes:
        """The message as it goes out."""
        if isinstance(self._raw, ReadableStream):
            return await self._raw._bytes()
        if isinstance(self._raw, JsBuffer):
            return self._raw.to_bytes()
        return bytes(self._raw) if isinstance(self._raw, bytes | bytearray | memoryview) else text(self._raw).encode()
