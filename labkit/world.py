"""What a lab hands to each of its emulators: time, distance, chance and the trace.

An emulator knows its `World` and nothing else, so it can be built and tested alone. Nothing here is
global: a new `Lab` has a new world.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

from labkit.network.faults import Faults, Unreachable
from labkit.network.links import Links
from labkit.timeline import Timeline
from labkit.trace import Trace


@dataclass
class World:
    """`links` is None where the network is switched off: no distance, central consistency, no rate limits.

    `epoch` is the Unix time in seconds of the timeline's zero; `plan` is "free" or "paid". An emulator calls
    `charge` with its primitive's name as each operation begins: the lab counts the invocation's subrequests with it.
    """

    timeline: Timeline
    trace: Trace
    random: random.Random
    links: Links | None = None
    faults: Faults | None = None
    epoch: float = 0.0
    plan: str = "paid"
    strict: bool = False
    charge: Callable[[str], None] = field(default=lambda primitive: None)

    @property
    def unix(self) -> float:
        """The present moment as Unix time in seconds."""
        return self.epoch + self.timeline.now

    def way(self, source: str, target: str) -> Callable[[], float]:
        """The way between two places: seconds that a message takes over it now, inf where none arrives."""

        def seconds() -> float:
            if self.links is None or source == target:
                return 0.0
            late = self.faults.delay(source, target) if self.faults else 0.0
            took = late + self.links.one_way(source, target, self.random)
            self.trace.message(self.timeline.now, self.timeline.now + took, source, target)
            return took

        return seconds

    async def travel(self, source: str, target: str) -> None:
        """Take the time that one message needs from one place to another, half a round trip with jitter.

        Where the two are partitioned or either place is dead, raises `labkit.network.faults.Unreachable` after the
        time that a caller would wait before giving up.
        """
        if self.links is None or source == target:
            return
        sent = self.timeline.now
        if self.faults:
            await self._past_faults(sent, source, target)
        took = self.links.one_way(source, target, self.random)
        self.trace.message(sent, self.timeline.now + took, source, target)
        await self.timeline.sleep(took)

    async def _past_faults(self, sent: float, source: str, target: str) -> None:
        assert self.faults is not None
        try:
            await self.faults.check(self.timeline, source, target)
        except Unreachable:
            self.trace.message(sent, inf, source, target)
            raise
