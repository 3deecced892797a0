"""Pull consumers: a batch on request, hidden until its lease ends, acknowledged by lease.

A lease that has ended is still good for an acknowledgement, even where the message has been given to somebody else
meanwhile; what was acknowledged or has gone otherwise is not there to be acknowledged again, and no error either.
https://developers.cloudflare.com/queues/configuration/pull-consumers/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.queues.messages import LEASED, Message
from labkit.emulators.queues.rules import is_within, retry_delay
from labkit.errors import LabError, PlatformError
from labkit.workers.bindings import from_platform

if TYPE_CHECKING:
    from labkit.emulators.queues.life import Life


class Leases:
    """The leases of one queue's pulled messages."""

    def __init__(self, queue: Life):
        self.queue = queue
        self._messages: dict[str, Message] = {}

    def pull(self, size: int | None, visibility_ms: float | None) -> list[Any]:
        """Up to so many messages that nobody else is given for so long. An empty queue gives none, and bills a read."""
        queue = self.queue
        self._refuse()
        largest, longest = facts.value("queues.consumer_batch_max"), facts.value("queues.pull_visibility_max") * 1000
        most = _within("batch_size", size, facts.value("queues.pull_batch"), 1, largest)
        usual = queue.settings.visibility * 1000  # type: ignore[union-attr]
        seconds = _within("visibility_timeout_ms", visibility_ms, usual, 0, longest) / 1000
        messages = queue.take(most)
        for message in messages:
            self._lease(message, seconds)
        queue.note("pull", max(1, sum(message.chunks for message in messages)), messages=len(messages))
        return [self._pulled(message) for message in messages]

    def settle(self, acks: Any, retries: Any) -> Any:
        """Acknowledge and retry by lease. Returns the API's `ackCount`, `retryCount` and `warnings`."""
        given = [(_lease_id(each), None, True) for each in _several(acks)]
        for each in _several(retries):
            delay = each.get("delay_seconds") if isinstance(each, dict) else None
            given.append((_lease_id(each), delay, False))
        counts, operations, unknown = {True: 0, False: 0}, 0, []
        for lease, delay, is_ack in given:
            message = self._messages.get(lease)
            if message is None:
                unknown.append(lease)
            else:
                operations += self._end(message, lease, delay, is_ack)
                counts[is_ack] += 1
        self.queue.note("ack", operations, acked=counts[True], retried=counts[False])
        self.queue.look()
        warnings = {lease: "This lease is not known, or its message is gone." for lease in unknown}
        return from_platform({"ackCount": counts[True], "retryCount": counts[False], "warnings": warnings})

    def lapsed(self, message: Message) -> None:
        """Nobody has acknowledged a message in time: it is delivered again, unless it was so often enough."""
        fate, operations = self.queue.failed(message, 0)
        if operations:
            self.queue.note("lapse", operations, fate=fate)

    def forget(self, message: Message) -> None:
        """A message is gone, and all its leases with it."""
        for lease in message.leases:
            self._messages.pop(lease, None)

    def snapshot(self) -> dict[str, Message]:
        return dict(self._messages)

    def restore(self, state: dict[str, Message]) -> None:
        self._messages = state

    def _refuse(self) -> None:
        queue = self.queue
        if not (queue.settings and queue.settings.is_pull):
            raise LabError(f'{queue.name!r} has no pull consumer: give queues.consumers an entry {{"queue": '
                           f'"{queue.name}", "type": "http_pull"}}.')  # fmt: skip
        if queue.is_paused:
            raise PlatformError("409: queue_delivery_paused")

    def _lease(self, message: Message, seconds: float) -> None:
        lease = f"{self.queue.world.random.getrandbits(256):064x}"
        self._messages[lease] = message
        message.leases += (lease,)
        message.state, message.visible = LEASED, self.queue.world.timeline.now + seconds
        self.queue.hide(message)

    def _end(self, message: Message, lease: str, delay: Any, is_ack: bool) -> int:
        """What a lease's holder says of its message. Returns how many operations that is."""
        if is_ack:
            return self.queue.remove(message)
        if message.state != LEASED or message.leases[-1] != lease:
            return 0  # the lease has ended, and the message is to be delivered again anyway
        return self.queue.failed(message, None if delay is None else retry_delay(int(delay)))[1]

    def _pulled(self, message: Message) -> Any:
        """A message as the HTTP API gives it."""
        return from_platform({
            "id": message.id, "timestamp_ms": int(message.timestamp * 1000), "body": message.body.pulled(),
            "attempts": message.attempts + 1, "metadata": {"CF-Content-Type": message.body.kind},
            "lease_id": message.leases[-1],
        })  # fmt: skip


def _several(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given]


def _lease_id(given: Any) -> str:
    found = given.get("lease_id") if isinstance(given, dict) else given
    if not isinstance(found, str):
        raise LabError(f'{given!r} is no lease: give the "lease_id" of a pulled message, or a dict that has it.')
    return found


def _within(name: str, given: Any, usual: Any, least: int, most: int) -> Any:
    if given is None:
        return usual
    if not is_within(given, least, most, whole=name == "batch_size"):
        raise PlatformError(f"{name} is from {least} to {most}, not {given!r}.",
                            where="https://developers.cloudflare.com/queues/configuration/pull-consumers/")  # fmt: skip
    return given
