"""What a consumer's handler gets: a batch and its messages, and which calls on them count.

workerd keeps one record for the whole batch, and the service reads it when the handler has ended:

| the record | a message is |
|---|---|
| `ack()` was called on it before anything else applied to it | acknowledged, whatever happens afterwards |
| `retry()` was called on it likewise | retried, with its own delay if it gave one |
| `ackAll()` was called on the batch, before any `retryAll()` | acknowledged, even where the handler raises |
| `retryAll()` was called on the batch, before any `ackAll()` | retried, with the batch's delay if it gave one |
| nothing: the handler returned | acknowledged |
| nothing: the handler raised, or its machine was lost | retried |

Sources: workerd's `api/queue.c++`, and https://developers.cloudflare.com/queues/configuration/batching-retries/.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from labkit.emulators.javascript import int32
from labkit.emulators.queues.messages import Message
from labkit.workers import context
from labkit.workers.bindings import from_platform, options
from labkit.workers.jsdict import JsDict

_ABSENT: Any = object()


@dataclass
class Record:
    """What the handler has said so far. Delays are in seconds; None is the consumer's own."""

    ack_all: bool = False
    retry_all: bool = False
    retry_all_delay: int | None = None
    acks: dict[str, None] = field(default_factory=dict)
    retries: dict[str, int | None] = field(default_factory=dict)

    def retries_message(self, id: str, outcome: str) -> bool:
        """Whether a message is to be delivered again, once the handler has ended so."""
        if id in self.acks or id in self.retries:
            return id in self.retries
        return not self.ack_all and (self.retry_all or outcome != "ok")

    def delay(self, id: str) -> int | None:
        """The delay that was given for a message, or for the batch."""
        own = self.retries.get(id)
        return self.retry_all_delay if own is None else own

    def as_result(self, outcome: str) -> JsDict:
        """The platform's own description of how a `queue` event ended."""
        batch = {"retry": self.retry_all} | _delay(self.retry_all_delay)
        retries = [{"msgId": id} | _delay(delay) for id, delay in self.retries.items()]
        return from_platform({"outcome": outcome, "ackAll": self.ack_all, "retryBatch": batch,
                              "explicitAcks": list(self.acks), "retryMessages": retries})  # fmt: skip


def _delay(delay: int | None) -> dict[str, int]:
    return {} if delay is None else {"delaySeconds": delay}


class _Part:
    """A batch or a message: its fields by dot and, as the SDK's wrapper has it, by bracket."""

    _js_name: str

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(f"'{self._js_name}' object is not iterable")

    def __len__(self) -> int:
        raise TypeError(f"'{self._js_name}' object has no len()")

    def __bool__(self) -> bool:
        return True


class BatchMessage(_Part):
    """One message as a handler sees it. `attempts` begins at 1; `timestamp` is a naive datetime in UTC."""

    _js_name = "QueueMessage"

    def __init__(self, message: Message, record: Record):
        self.id, self.attempts = message.id, message.attempts + 1
        self._message, self._record = message, record
        self._body = _ABSENT

    @property
    def timestamp(self) -> datetime:
        """When it was sent."""
        return from_platform(datetime.fromtimestamp(self._message.timestamp, UTC))

    @property
    def body(self) -> Any:
        """What was sent, as its content type brought it here."""
        if self._body is _ABSENT:
            self._body = self._message.body.received()
        return self._body

    def ack(self, *_: Any) -> None:
        """Acknowledge this message, whatever becomes of the rest."""
        record = self._record
        if record.ack_all:
            return
        if record.retry_all:
            _no_effect(f"ack() on message {self.id}", "retryAll()", "ack() on a message")
        elif self.id in record.retries:
            _no_effect(f"ack() on message {self.id}", "retry()", "ack() on a message")
        else:
            record.acks[self.id] = None

    def retry(self, *args: Any, **keywords: Any) -> None:
        """Have this message delivered again, after `delaySeconds`."""
        record, delay = self._record, _delay_seconds("Message.retry", args, keywords)
        if record.ack_all:
            _no_effect(f"retry() on message {self.id}", "ackAll()", "retry() on a message")
        elif self.id in record.acks:
            _no_effect(f"retry() on message {self.id}", "ack()", "retry() on a message")
        else:
            record.retries[self.id] = delay

    def __repr__(self) -> str:
        return f"<message {self.id}, attempt {self.attempts}>"


class MessageBatch(_Part):
    """A batch as a handler sees it. `metadata.metrics` is the backlog that it leaves behind."""

    _js_name = "QueueController"

    def __init__(self, queue: str, messages: Sequence[Message], metrics: dict[str, Any]):
        self.queue, self._record = queue, Record()
        self.messages = [BatchMessage(message, self._record) for message in messages]
        self.metadata = from_platform({"metrics": metrics})

    def ackAll(self, *_: Any) -> None:
        """Acknowledge all messages but those that `retry()` was called on, even should the handler raise."""
        if self._record.retry_all:
            _no_effect("ackAll()", "retryAll()", "ackAll()")
        else:
            self._record.ack_all = True

    def retryAll(self, *args: Any, **keywords: Any) -> None:
        """Have all messages delivered again but those that `ack()` was called on, after `delaySeconds`."""
        delay = _delay_seconds("MessageBatch.retryAll", args, keywords)
        if self._record.ack_all:
            _no_effect("retryAll()", "ackAll()", "retryAll()")
            return
        self._record.retry_all = True
        if delay is not None:
            self._record.retry_all_delay = delay

    def __repr__(self) -> str:
        return f"<batch of {len(self.messages)} from {self.queue}>"


def _delay_seconds(method: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> int | None:
    chosen = options(method, args[0] if args else None, keywords, ("delaySeconds",))
    return int32(chosen["delaySeconds"]) if "delaySeconds" in chosen else None


def _no_effect(call: str, earlier: str, what: str) -> None:
    """Say in the Worker's log, in the runtime's words, that a call came too late."""
    words = f"Received a call to {call} after {earlier} was already called. Calling {what} after calling {earlier} "
    event = context.current.get()
    if event is not None and hasattr(event, "log"):
        event.log("warning", words + "has no effect.")  # type: ignore[attr-defined]
