"""What a queue takes in at most: messages a second, and bytes in all. The local runtime has neither limit."""

from __future__ import annotations

from collections import deque

from labkit import facts
from labkit.emulators.queues.messages import Body
from labkit.world import World


class Intake:
    """The sends of the last second: when, and how many messages."""

    def __init__(self, world: World):
        self.world = world
        self.recent: deque[tuple[float, int]] = deque()

    def refused(self, items: list[tuple[Body, int | None]], stored: int) -> str | None:
        """Why a queue that holds so many bytes does not take these messages, in production's words. Counts the rest."""
        if self.world.links is None:
            return None
        if stored + sum(body.size for body, _ in items) > facts.value("queues.backlog_bytes"):
            return "Storage Limit Exceeded"
        now = self.world.timeline.now
        while self.recent and self.recent[0][0] <= now - facts.value("queues.messages_window"):
            self.recent.popleft()
        if sum(count for _, count in self.recent) + len(items) > facts.value("queues.messages_per_second"):
            return "Too Many Requests"
        self.recent.append((now, len(items)))
        return None
