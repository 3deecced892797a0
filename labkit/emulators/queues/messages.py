"""A message, and what its content type makes of a body on the way: JSON, text, bytes, or a structured clone."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from labkit import facts
from labkit.emulators.javascript import json_text
from labkit.emulators.v8 import decoded, encoded
from labkit.workers.bindings import SAFE_INTEGER, from_platform, js_error

WAITING, DELAYED, DELIVERED, LEASED, GONE = "waiting", "delayed", "delivered", "leased", "gone"


@dataclass(slots=True, eq=False)
class Body:
    """A body as a queue keeps it. `size` is what it takes there, in bytes, without metadata."""

    kind: str
    data: str | bytes
    size: int

    def received(self) -> Any:
        """The body as a consumer gets it, a new one each time."""
        if self.kind == "json":
            return from_platform(json.loads(self.data))
        return from_platform(decoded(self.data) if self.kind == "v8" else self.data)  # type: ignore[arg-type]

    def pulled(self) -> str:
        """The body as the HTTP API gives it: text as it is, all else in base64."""
        if self.kind == "text":
            return self.data  # type: ignore[return-value]
        return b64encode(self.data.encode() if isinstance(self.data, str) else self.data).decode()


@dataclass(slots=True, eq=False)
class Message:
    """One message of one queue.

    `attempts` counts the deliveries that have ended, `arrived` and `visible` are seconds on the timeline, `timestamp`
    Unix seconds. `shard` is where it lies, `place` where it is delivered to.
    """

    id: str
    timestamp: float
    body: Body
    size: int
    number: int = 0
    arrived: float = 0.0
    visible: float = 0.0
    shard: str = ""
    attempts: int = 0
    state: str = WAITING
    place: str = ""
    leases: tuple[str, ...] = ()
    is_copy: bool = False

    @property
    def chunks(self) -> int:
        """How many operations it costs to write, read or delete this message."""
        return chunks(self.size)


def chunks(size: int) -> int:
    """How many operations it is to write, read or delete so many bytes."""
    return -(-size // facts.value("queues.billed_chunk_bytes")) or 1


def body_of(found: Any, kind: str) -> Body:
    """The body to be kept, of a value that `bindings.checked` has seen. Refuses what its content type does not want."""
    if kind == "json":
        text = json_text(found)
        return Body(kind, text, len(text.encode()))
    if kind == "text":
        if not isinstance(found, str):
            raise _mismatch("text", "string", found)
        text = found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return Body(kind, text, len(text.encode()))
    if kind == "bytes":
        if not isinstance(found, bytes):
            raise _mismatch("bytes", "ArrayBufferView", found)
        return Body(kind, found, len(found))
    data = encoded(found)
    return Body(kind, data, len(data))


def _mismatch(kind: str, wanted: str, value: Any) -> Exception:
    words = f'Content Type "{kind}" requires a value of type {wanted}, but received: {_typeof(value)}'
    return js_error("TypeError", words)


def _typeof(value: Any) -> str:
    """JavaScript's `typeof` of a value that a Worker passed."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "bigint" if isinstance(value, int) and abs(value) > SAFE_INTEGER else "number"
        case str():
            return "string"
    return "function" if callable(value) else "object"
