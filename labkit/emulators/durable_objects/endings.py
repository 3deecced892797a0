"""How an instance ends, and what those who were waiting for it are told.

| | what they are told | again? |
|---|---|---|
| its machine is lost | Network connection lost. | retryable |
| it was moved or evicted | Connection closed: ... no longer active. | retryable |
| `ctx.abort(reason)` | the reason | no |
| its constructor or `blockConcurrencyWhile` failed | that error | no |
| `blockConcurrencyWhile` took too long | that it did | no |

Words: https://developers.cloudflare.com/durable-objects/observability/troubleshooting/ and workerd.
"""

from __future__ import annotations

from typing import Any

from labkit.workers import rpc
from labkit.workers.proxies import JsException


class Reset(Exception):
    """The instance is gone, and with it what it was doing. `error` is what whoever asked is told."""

    def __init__(self, message: str, name: str = "Error", **properties: Any):
        super().__init__(message)
        self.message, self.name, self.properties = message, name, properties

    @property
    def error(self) -> JsException:
        return JsException(self.name, self.message, **self.properties)


def lost() -> Reset:
    """The machine is gone."""
    return Reset("Network connection lost.", retryable=True)


def moved() -> Reset:
    """The object goes on elsewhere, or not at all until somebody asks for it."""
    return Reset(
        "Connection closed: this Durable Object instance is no longer active. Reconnect or retry the request.",
        retryable=True,
    )


def aborted(reason: str | None) -> Reset:
    """`ctx.abort(reason)`."""
    return Reset("Application called abort() to reset Durable Object." if reason is None else reason)


def broken_by(error: BaseException) -> Reset:
    """Its own code broke it."""
    seen = error if isinstance(error, JsException) else rpc.remote_error(error)
    return Reset(seen.message, seen.name, remote=True)


def waited_too_long() -> Reset:
    """A critical section did not end."""
    return Reset(
        "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was canceled and the "
        "Durable Object was reset."
    )


def overloaded(why: str) -> JsException:
    """What a request is refused with that the object has no time for; it should not be tried again."""
    return JsException("Error", f"Durable Object is overloaded. {why}", overloaded=True)
