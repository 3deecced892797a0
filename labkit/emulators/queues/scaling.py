"""How many batches a queue's push consumer is given at once.

The documentation names what counts: the backlog and its growth, the share of failed invocations, `max_concurrency`, and
that the number is looked at only when a batch has ended. The law is ours, as simple as these allow:

| when a batch has ended | consumers |
|---|---|
| half of the last ten invocations raised (explicit retries are no failures) | one less |
| the backlog is more than the consumers take at once, or it has grown | one more |
| less than one batch is left | one less |

https://developers.cloudflare.com/queues/configuration/consumer-concurrency/
"""

from __future__ import annotations

from collections import deque

from labkit import facts


class Scale:
    """The number of consumers, `concurrency`, from 1 to `most`; always 1 if it `is_fixed`, as in the local runtime."""

    def __init__(self, most: int, batch_size: int, is_fixed: bool):
        self.most, self.batch_size, self.is_fixed = most, batch_size, is_fixed
        self.concurrency = 1
        self._backlog = 0
        self._failures: deque[bool] = deque(maxlen=facts.value("queues.scaling_window"))

    def review(self, backlog: int, failed: bool) -> None:
        """A batch has ended, and left this backlog."""
        self._failures.append(failed)
        grew, self._backlog = backlog > self._backlog, backlog
        if not self.is_fixed:
            self.concurrency = min(max(self.concurrency + self._step(backlog, grew), 1), self.most)

    def _step(self, backlog: int, grew: bool) -> int:
        if sum(self._failures) >= facts.value("queues.scaling_failures") * len(self._failures):
            return -1
        if backlog < self.batch_size:
            return -1
        return 1 if grew or backlog > self.batch_size * self.concurrency else 0

    def snapshot(self) -> tuple[int, int, list[bool]]:
        return self.concurrency, self._backlog, list(self._failures)

    def restore(self, state: tuple[int, int, list[bool]]) -> None:
        self.concurrency, self._backlog, failures = state
        self._failures.clear()
        self._failures.extend(failures)
