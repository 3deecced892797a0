"""The life of a queue's messages, from their arrival until they are acknowledged, dead, expired or purged.

What moves a message from one state to another is here alone:

    arrives -> (delayed) -> waiting -> delivered or leased -> gone
                  ^                            |
                  +---------- retried ---------+--> to the dead letter queue, or gone
"""

from __future__ import annotations

import asyncio
import heapq
from collections import OrderedDict
from contextvars import Context
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.queues.consumer import Consumer
from labkit.emulators.queues.faults import Faults
from labkit.emulators.queues.intake import Intake
from labkit.emulators.queues.messages import DELAYED, DELIVERED, GONE, LEASED, WAITING, Body, Message
from labkit.emulators.queues.pull import Leases
from labkit.emulators.queues.rules import ConsumerSettings
from labkit.emulators.queues.shards import Shards
from labkit.timeline import TICK

if TYPE_CHECKING:
    from labkit.emulators.queues import Queues


class Life(Faults):
    """The messages of one queue, and its consumer, if it has one."""

    def __init__(self, queues: Queues, name: str, settings: ConsumerSettings | None):
        super().__init__()
        self.queues, self.name, self.settings, self.world = queues, name, settings, queues.world
        self.delivery_delay = 0
        self.is_paused = False
        self._retention: float = facts.value("queues.retention", plan=self.world.plan)
        self.metadata_bytes = facts.value("queues.metadata_bytes") if self.world.links else 0
        self.consumer = Consumer(self, settings) if settings and not settings.is_pull else None
        self.leases = Leases(self)
        self._empty()

    def _empty(self) -> None:
        self.messages: OrderedDict[int, Message] = OrderedDict()
        self.shards = Shards(self.world)
        self.intake = Intake(self.world)
        self.stored_bytes = 0
        self._hidden: list[tuple[float, int, Message]] = []
        self._last = 0
        self._timer: asyncio.TimerHandle | None = None
        self._expiry: asyncio.TimerHandle | None = None

    def metrics(self) -> dict[str, Any]:
        """The backlog as the platform tells it."""
        return self.queues.metrics(self.shards)

    def add(self, bodies: list[tuple[Body, int | None]], shard: str) -> None:
        """Take messages in, each with its delay in seconds or None."""
        for body, delay in bodies:
            message = Message(self.queues.new_id(), self.world.unix, body, body.size + self.metadata_bytes, shard=shard)
            self.enter(message, self.delivery_delay if delay is None else delay)
        self.look()

    def enter(self, message: Message, delay: float) -> None:
        """Let a message arrive. Who calls it looks for a consumer afterwards."""
        self._last += 1
        message.number, message.arrived = self._last, self.world.timeline.now
        self.messages[message.number] = message
        self.stored_bytes += message.size
        self.show_in(message, delay)
        if self._expiry is None:
            self._expire()

    def show_in(self, message: Message, delay: float) -> None:
        """Let a message be deliverable after so many seconds."""
        now = self.world.timeline.now
        message.visible = now + delay
        if delay > 0:
            message.state = DELAYED
            self.hide(message)
        else:
            self.shards.add(message)

    def hide(self, message: Message) -> None:
        """Keep a message out of sight until it is `visible`."""
        heapq.heappush(self._hidden, (message.visible, message.number, message))
        if self._hidden[0][2] is message:
            self._arm()

    def take(self, most: int) -> list[Message]:
        """Up to so many messages for a consumer."""
        taken = self.shards.take(most)
        copies = [message for message in taken if self.is_doubled(message)]
        for message in taken:
            message.state = DELIVERED
        for message in copies:
            self._double(message)
        return taken

    def remove(self, message: Message) -> int:
        """A message is done with. Returns how many operations that is."""
        if message.state == WAITING:
            self.shards.forget(message)
        message.state = GONE
        del self.messages[message.number]
        self.stored_bytes -= message.size
        self.leases.forget(message)
        return message.chunks

    def failed(self, message: Message, delay: float | None) -> tuple[str, int]:
        """A delivery has failed: again after a delay, or to the dead letter queue, or gone. Says which, and operations.

        None is the consumer's own delay.
        """
        settings = self.settings
        assert settings
        message.attempts += 1
        if self._is_over(message):
            return "expired", self.remove(message)
        if message.attempts <= settings.retries:
            self.show_in(message, settings.retry_delay if delay is None else delay)
            return "retried", 0
        operations = self.remove(message)
        if settings.dead_letters is None:
            return "deleted", operations
        return "dead", operations + self.queues.bury(message, settings.dead_letters)

    def put_back(self, messages: list[Message]) -> None:
        """Messages whose delivery was broken off from outside, such as by an interrupted cell, wait again."""
        for message in messages:
            if message.state == DELIVERED:
                self.shards.add(message)

    def look(self) -> None:
        """Let the consumer see what there is for it."""
        if self.consumer:
            self.consumer.look()

    def note(self, operation: str, operations: int, **detail: Any) -> None:
        """Record something that happens in an instant and is billed."""
        with self.world.trace.event("queues", operation, "", queue=self.name, **detail) as event:
            event.units["queues.operations"] = operations

    def _double(self, message: Message) -> None:
        """Let a message that is being delivered come once more, as the same message."""
        copy = Message(message.id, message.timestamp, message.body, message.size, shard=message.shard,
                       attempts=message.attempts, is_copy=True)  # fmt: skip
        late = self.world.random.uniform(0, facts.value("queues.duplicate_delay"))
        self.enter(copy, late)

    # The clock: one timer for what is hidden, one for what expires.

    def _arm(self) -> None:
        timeline = self.world.timeline
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._hidden:
            when = max(self._hidden[0][0], timeline.now)
            self._timer = timeline.call_at(when, self._ring, context=Context())

    def _ring(self) -> None:
        """Show what is due, and take back what was leased for too long."""
        now = self.world.timeline.now + TICK
        while self._hidden and self._hidden[0][0] <= now:
            when, _, message = heapq.heappop(self._hidden)
            if message.visible != when:  # it was hidden anew, for another time
                continue
            if message.state == DELAYED:
                self.shards.add(message)
            elif message.state == LEASED:
                self.leases.lapsed(message)
        self._timer = None
        self._arm()
        self.look()

    def _is_over(self, message: Message) -> bool:
        return self.world.timeline.now + TICK >= message.arrived + self._retention

    def _expire(self) -> None:
        """Delete what is too old, and set the timer for what will be. What is being consumed is judged afterwards."""
        if self._expiry is not None:
            self._expiry.cancel()
            self.world.timeline.env.background.discard(self._expiry)
            self._expiry = None
        old, next_one = [], None
        for message in self.messages.values():
            if not self._is_over(message):
                next_one = message
                break
            if message.state in (WAITING, DELAYED):
                old.append(message)
        if old:
            self.note("expire", sum(map(self.remove, old)), messages=len(old))
        if next_one is not None:
            timeline = self.world.timeline
            self._expiry = timeline.call_at(next_one.arrived + self._retention, self._expire, context=Context())
            timeline.env.background.add(self._expiry)

    # A lab's snapshot.

    def snapshot(self) -> dict[str, Any]:
        """Everything that is in the queue and how it is set."""
        return {
            "messages": list(self.messages.values()), "shards": self.shards.snapshot(), "last": self._last,
            "leases": self.leases.snapshot(), "intake": self.intake.recent,
            "paused": self.is_paused, "retention": self._retention, "faults": self.faults(),
            "consumer": self.consumer.snapshot() if self.consumer else None,
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a snapshot, on the world's timeline."""
        self._empty()
        self.is_paused, self._retention, self._last = state["paused"], state["retention"], state["last"]
        self.set_faults(state["faults"])
        for message in state["messages"]:
            self.messages[message.number] = message
            self.stored_bytes += message.size
            if message.state == DELIVERED:  # on its way to a consumer that has not begun
                self.shards.add(message)
            elif message.state != WAITING:
                self._hidden.append((message.visible, message.number, message))
        self.shards.restore(state["shards"])
        self.intake.restore(state["intake"])
        heapq.heapify(self._hidden)
        self.leases.restore(state["leases"])
        if self.consumer:
            self.consumer.restore(state["consumer"])
        self._arm()
        self._expire()
        self.look()
