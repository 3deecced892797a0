"""What a queue takes in at most: messages a second, and bytes in all. The local runtime has neither limit."""

from __future__ import annotations

from collections import deque

from labkit import facts
from labkit.emulators.queues.messages import Body
from labkit.world import World


class Intake:
    """The sends of the last second: when, and how many messages; `count` is their sum."""

    def __init__(self, world: World):
        self.world = world
        self.recent: deque[tuple[float, int]] = deque()
        self.count = 0

    def refused(self, items: list[tuple[Body, int | None]], stored: int) -> str | None:
        """Why a queue that holds so many bytes does not take these messages, in production's words. Counts the rest."""
        if self.world.links is None:
            return None
        if stored + sum(body.size for body, _ in items) > facts.value("queues.backlog_bytes"):
            return "Storage Limit Exceeded"
        now = self.world.timeline.now
        self._forget(now - facts.value("queues.messages_window"))
        if self.count + len(items) > facts.value("queues.messages_per_second"):
            return "Too Many Requests"
        self.recent.append((now, len(items)))
        self.count += len(items)
        return None

    def restore(self, recent: deque[tuple[float, int]]) -> None:
        """Go back to a snapshot of `recent`."""
        self.recent, self.count = recent, sum(count for _, count in recent)

    def _forget(self, until: float) -> None:
        while self.recent and self.recent[0][0] <= until:
            self.count -= self.recent.popleft()[1]
