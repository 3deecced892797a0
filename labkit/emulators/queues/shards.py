"""Where the messages of a queue wait: in shards near their producers, which is why there is no order.

A send goes to one of the shards in the place nearest to the producer, whichever. A batch is filled from the shards in a
random order, each oldest first. With the network off there is one shard, and so first in is first out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import lru_cache
from math import inf

from labkit import facts
from labkit.emulators.queues.messages import WAITING, Message
from labkit.network.links import Links
from labkit.world import World

NOWHERE = ""


class Shards:
    """The messages that can be delivered now. `count` is how many, `bytes` what they take."""

    def __init__(self, world: World):
        self.world = world
        self.count, self.bytes = 0, 0
        self._waiting: dict[str, deque[Message]] = {}

    def choose(self, place: str) -> str:
        """One of the shards in a place, by chance."""
        if self.world.links is None:
            return NOWHERE
        return f"{place}-{self.world.random.randint(1, facts.value('queues.shards_a_place'))}"

    def add(self, message: Message) -> None:
        """Let a message wait in its shard."""
        message.state = WAITING
        self._waiting.setdefault(message.shard, deque()).append(message)
        self.count += 1
        self.bytes += message.body.size

    def forget(self, message: Message) -> None:
        """A message that waits is gone; its shard finds out when its turn comes."""
        self.count -= 1
        self.bytes -= message.body.size

    def take(self, most: int) -> list[Message]:
        """Up to so many messages, taken out, from the shards in a random order."""
        taken: list[Message] = []
        for name in self._in_some_order():
            waiting = self._waiting[name]
            while waiting and len(taken) < most:
                if (message := waiting.popleft()).state == WAITING:
                    taken.append(message)
            if not waiting:
                del self._waiting[name]
        for message in taken:
            self.forget(message)
        return taken

    def oldest(self) -> Message | None:
        """The message that has waited for longest."""
        heads = [head for name in list(self._waiting) if (head := self._head(name))]
        return min(heads, key=lambda message: message.visible, default=None)

    @property
    def since(self) -> float:
        """When the message that has waited for longest could first be delivered; inf where none waits."""
        head = self.oldest()
        return head.visible if head else inf

    def snapshot(self) -> list[Message]:
        """The messages in the order in which each shard has them."""
        return [message for waiting in self._waiting.values() for message in waiting if message.state == WAITING]

    def restore(self, state: list[Message]) -> None:
        """Go back to a snapshot, from an empty state."""
        for message in state:
            self.add(message)

    def _head(self, name: str) -> Message | None:
        waiting = self._waiting[name]
        while waiting and waiting[0].state != WAITING:
            waiting.popleft()
        if not waiting:
            del self._waiting[name]
        return waiting[0] if waiting else None

    def _in_some_order(self) -> list[str]:
        names = list(self._waiting)
        if len(names) > 1:
            self.world.random.shuffle(names)
        return names


def place_of(shard: str) -> str:
    """The place of a shard such as "LHR-2"."""
    return shard.partition("-")[0]


def by_distance(world: World, colo: str) -> Iterable[str]:
    """The places that keep shards, the nearest first."""
    return _by_distance(world.links, colo) if world.links else (NOWHERE,)


@lru_cache(maxsize=512)
def _by_distance(links: Links, colo: str) -> tuple[str, ...]:
    places = facts.value("queues.shard_places")
    return tuple(sorted(places, key=lambda place: (links.rtt(colo, place), place)))
