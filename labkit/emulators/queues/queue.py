"""One queue as a lesson has it: what is in it, and what can be done to it from outside Workers."""

from __future__ import annotations

from typing import Any

from labkit import durations, facts
from labkit.emulators.queues.life import Life
from labkit.emulators.queues.messages import DELAYED, WAITING
from labkit.emulators.queues.rules import WHERE
from labkit.emulators.queues.table import MessageTable, row_of
from labkit.errors import PlatformError
from labkit.trace import Event


class Queue(Life):
    """A queue of a lab: `lab.queues("jobs")`."""

    @property
    def backlog(self) -> int:
        """How many messages could be delivered now. Those delayed and those being consumed are not among them."""
        return self.shards.count

    def table(self) -> MessageTable:
        """Every message of the queue: its attempts, where it is, when it can be delivered."""
        now = self.world.timeline.now
        return MessageTable(row_of(message, now) for message in self.messages.values())

    @property
    def deliveries(self) -> list[Event]:
        """Every batch whose handler has ended, as the trace has it."""
        return [event for event in self.world.trace if event.primitive == "queues" and event.operation == "deliver"
                and event.detail["queue"] == self.name]  # fmt: skip

    @property
    def concurrency(self) -> int:
        """How many batches may be consumed at once, at present."""
        return self.consumer.scale.concurrency if self.consumer else 0

    @property
    def retention(self) -> float:
        """Seconds that a message is kept for (`wrangler queues update --message-retention-period-secs`)."""
        return self._retention

    @retention.setter
    def retention(self, duration: float | str) -> None:
        seconds = durations.seconds(duration)
        least, most = facts.value("queues.retention_min"), facts.value("queues.retention_max", plan=self.world.plan)
        least = most if self.world.plan == "free" else least
        if not least <= seconds <= most:
            wanted = f"{least} to {most}" if least < most else most
            raise PlatformError(f"The retention of a queue on the {self.world.plan} plan is {wanted} seconds, not "
                                f"{duration!r}.", where=WHERE)  # fmt: skip
        self._retention = seconds
        self._expire()

    def pause(self) -> None:
        """Deliver nothing more (`wrangler queues pause-delivery`). Messages are taken in, and expire, as before."""
        self.is_paused = True
        self.look()

    def resume(self) -> None:
        """Deliver again (`wrangler queues resume-delivery`)."""
        self.is_paused = False
        self.look()

    def purge(self) -> None:
        """Delete all messages but those being consumed, for one billed operation (`wrangler queues purge`)."""
        gone = [message for message in self.messages.values() if message.state in (WAITING, DELAYED)]
        for message in gone:
            self.remove(message)
        self.note("purge", 1, messages=len(gone))
        self.look()

    def pull(self, batch_size: int | None = None, visibility_timeout_ms: float | None = None) -> list[Any]:
        """A batch for a consumer outside Workers, as the HTTP API gives it; hidden from others until its lease ends."""
        return self.leases.pull(batch_size, visibility_timeout_ms)

    def ack(self, acks: Any = (), retries: Any = ()) -> Any:
        """Acknowledge and retry pulled messages by `lease_id`; each may be a dict, a retry's with `delay_seconds`."""
        return self.leases.settle(acks, retries)

    def __repr__(self) -> str:
        notes = ", no consumer" * (self.settings is None) + ", paused" * self.is_paused
        return f"<Queue {self.name!r}, {self.backlog} waiting of {len(self.messages)}{notes}>"
