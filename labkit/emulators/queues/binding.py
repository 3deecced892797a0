"""`env.JOBS`: a queue as a producer has it, with the arguments and words of the runtime."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from labkit.emulators.queues import rules
from labkit.emulators.queues.messages import Body, body_of
from labkit.trace import Event
from labkit.workers.bindings import checked, complain, from_platform, js_error, options, unknown_option
from labkit.workers.context import confirmed
from labkit.workers.ffi import JsArray, JsException

if TYPE_CHECKING:
    from labkit.emulators.queues.queue import Queue

_MISSING: Any = object()


class WorkerQueue:
    """The methods of a binding. Each takes its options as keywords or as one trailing dict."""

    def __init__(self, queue: Queue, colo: str):
        self._queue, self._colo = queue, colo

    def __repr__(self) -> str:
        return f"<Queue {self._queue.name} at {self._colo}>"

    async def send(self, *args: Any, **keywords: Any) -> Any:
        """Send a message, with `contentType` and `delaySeconds`. Returns once it is stored: a JsDict of `metadata`."""
        body, given = self._called("send", args, keywords)
        with self._operation("send") as event:
            if body is _MISSING:
                raise rules.wrong_parameter("send", 1, "JsValue")
            chosen = self._options("send", "SendOptions", given, rules.SEND_OPTIONS)
            item = body_of(checked(body), rules.content_type_of(chosen)), rules.delay_of(chosen)
            return await self._stored("send", [item], event)

    async def sendBatch(self, *args: Any, **keywords: Any) -> Any:
        """Send up to 100 messages, each a dict of `body` and its options, in one write; `delaySeconds` for all."""
        batch, given = self._called("sendBatch", args, keywords)
        with self._operation("sendBatch") as event:
            items = self._items(batch)
            chosen = self._options("sendBatch", "SendBatchOptions", given, rules.BATCH_OPTIONS)
            if not items:
                raise js_error("TypeError", rules.NO_MESSAGES)
            usual = rules.delay_of(chosen)
            rules.check_delay("sendBatch", usual)
            bodies = [self._item(item) for item in items]
            filled = [(body, usual if delay is None else delay) for body, delay in bodies]
            return await self._stored("sendBatch", filled, event)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    async def metrics(self, *args: Any, **keywords: Any) -> Any:
        """The backlog: a JsDict of `backlogCount`, `backlogBytes` and, where there is one, `oldestMessageTimestamp`."""
        with self._operation("metrics"):
            return from_platform(await self._queue.queues.ask_metrics(self._queue, self._colo))

    async def _stored(self, method: str, items: list[tuple[Body, int | None]], event: Event) -> Any:
        queue = self._queue
        sizes = [body.size + queue.metadata_bytes for body, _ in items]
        event.bytes = sum(body.size for body, _ in items)
        event.detail["messages"] = len(items)
        try:
            if method == "send":
                rules.check_message(sizes[0])
            else:
                rules.check_batch(sizes)
            for _, delay in items:
                rules.check_delay(method, delay)
            await confirmed()
            metrics = await queue.queues.store(queue, self._colo, method, items, event)
        except JsException as error:
            event.outcome, event.detail["error"] = "refused", str(error)
            raise
        return from_platform({"metadata": {"metrics": metrics}})

    def _items(self, batch: Any) -> list[Any]:
        """The messages of a batch. A text, a dict and what is no collection are no sequence."""
        if isinstance(batch, list | JsArray):
            return list(checked(batch))
        if isinstance(batch, set | frozenset):
            return list(checked(set(batch)))
        checked(None if batch is _MISSING else batch)
        raise rules.wrong_parameter("sendBatch", 1, "Sequence")

    def _item(self, item: Any) -> tuple[Body, int | None]:
        """One message of a batch, and its own delay."""
        if not isinstance(item, dict | list | set | bytes | datetime):
            raise js_error("TypeError", rules.NO_REQUEST)
        fields: Mapping[str, Any] = item if isinstance(item, dict) else {}
        for name in fields:
            if name not in rules.ITEM_FIELDS:
                unknown_option("Queue.sendBatch", name, rules.ITEM_FIELDS, strict=self._queue.world.strict)
        if "body" not in fields:
            raise js_error("TypeError", rules.NO_BODY)
        return body_of(fields["body"], rules.content_type_of(fields)), rules.delay_of(fields)

    def _called(self, method: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, Any]:
        """The two arguments by position, keywords last as one object: a binding has no parameters with names."""
        given = (*args, keywords) if keywords else args
        if len(given) > 2:
            ignored = ", ".join(map(repr, keywords)) or "what follows"
            complain(f"Queue.{method} takes 2 arguments and ignores {ignored}.", self._queue.world.strict)
        first, second, *_ = (*given, _MISSING, _MISSING)
        return first, second

    def _options(self, method: str, kind: str, given: Any, known: Collection[str]) -> dict[str, Any]:
        if isinstance(given, str | int | float):
            raise rules.wrong_parameter(method, 2, kind)
        found = None if given is _MISSING else given
        return options(f"Queue.{method}", found, {}, known, strict=self._queue.world.strict)

    def _operation(self, name: str) -> Event:
        """The event of an operation that begins now."""
        world = self._queue.world
        world.charge("queues")
        return world.trace.event("queues", name, self._colo, queue=self._queue.name)
