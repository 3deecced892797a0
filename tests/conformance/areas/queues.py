"""Queues: a producer of queue `main`, and a consumer that follows the scenario's rules; the network is switched off."""

from __future__ import annotations

import json
from typing import Any

from labkit.emulators.queues import Queues
from labkit.timeline import Timeline
from tests.conformance.areas import Emulated
from tests.conformance.values import encode

SETTINGS = {
    "maxBatchSize": "max_batch_size", "maxBatchTimeout": "max_batch_timeout", "maxRetries": "max_retries",
    "deadLetterQueue": "dead_letter_queue", "retryDelay": "retry_delay",
}  # fmt: skip


class Handler:
    """The consumer: it goes through a batch, applies the first rule that fits each message, and notes what it got."""

    colo = "SYD"

    def __init__(self, timeline: Timeline):
        self.timeline = timeline
        self.rules: list[dict[str, Any]] = []
        self.seen: list[dict[str, Any]] = []

    async def create(self, *_: Any, **__: Any) -> Handler:
        return self

    def log(self, colo: str, error: object) -> None:
        pass

    async def run(self, call: str, args: Any, **_: Any) -> None:
        batch, fails = args[0], False
        got = [{"body": encode(each.body, None, None), "attempts": each.attempts} for each in batch.messages]  # type: ignore[arg-type]
        self.seen.append({"t": self.timeline.now * 1000, "queue": batch.queue, "messages": got})
        for message in batch.messages:
            fails = self._apply(batch, message) or fails
        if fails:
            raise ValueError("a rule says so")

    def _apply(self, batch: Any, message: Any) -> bool:
        """Do what the rules say; whether the handler is to fail for it."""
        text = message.body if isinstance(message.body, str) else json.dumps(message.body, separators=(",", ":"))
        for rule in self.rules if batch.queue == "main" else ():
            if text.startswith(rule["match"]) and message.attempts <= rule.get("upto", message.attempts):
                return self._obey(rule, batch, message)
        return False

    def _obey(self, rule: dict[str, Any], batch: Any, message: Any) -> bool:
        target = batch if rule["do"].endswith("All") else message
        options = {name: rule[name] for name in ("delaySeconds",) if name in rule}
        if rule["do"] != "throw":
            getattr(target, rule["do"])(**options)
        return rule["do"] == "throw"


class QueuesBench(Emulated):
    """The queue `main` as `QUEUE`, and the queue `dlq` where the consumer has one, at the second of the recordings."""

    def __init__(self) -> None:
        super().__init__()
        self.handler = Handler(self.timeline)
        self.queues: Queues | None = None

    def consume(self, consumer: dict[str, Any]) -> None:
        """Configure the consumer as the scenario says. That of the dead letter queue does not wait for a batch."""
        main = {"queue": "main"} | {SETTINGS[name]: value for name, value in consumer["config"].items()}
        consumers = [main]
        if "dead_letter_queue" in main:
            consumers.append({"queue": main["dead_letter_queue"], "max_batch_size": 10, "max_batch_timeout": 0})
        self.handler.rules = consumer["rules"]
        producers = [{"binding": "QUEUE", "queue": "main"}]
        self.queues = Queues(self.world, producers, consumers, self.handler)  # type: ignore[arg-type]

    @property
    def deliveries(self) -> list[dict[str, Any]]:
        return self.handler.seen

    def target(self, name: str) -> Any:
        assert self.queues
        return self.queues.binding(name, "SYD")


def bench() -> QueuesBench:
    return QueuesBench()
