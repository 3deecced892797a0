"""Worlds for tests of one emulator: a planet with distances and faults, or a flat one with the network off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine
from random import Random
from typing import Any

from labkit.network.faults import Faults
from labkit.network.links import Links
from labkit.timeline import Timeline
from labkit.trace import Trace
from labkit.world import World

EPOCH = 1_700_000_000.0


class Bench:
    """A world and the hands to drive it. `charged` counts what the emulators charged the invocation for."""

    def __init__(self, *, links: Links | None, seed: int = 0, strict: bool = False):
        self.timeline = Timeline()
        self.trace = Trace(lambda: self.timeline.now)
        self.faults = Faults()
        self.charged: Counter[str] = Counter()
        self.world = World(
            self.timeline, self.trace, Random(seed), links, self.faults,
            epoch=EPOCH, strict=strict, charge=lambda primitive: self.charged.update([primitive]),
        )  # fmt: skip

    @property
    def now(self) -> float:
        return self.timeline.now

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self.timeline.run(coroutine)

    def advance(self, seconds: float) -> None:
        self.timeline.advance(seconds)

    def until(self, moment: float) -> None:
        """Let time pass until this second of the timeline."""
        self.timeline.advance(moment - self.now)


def planet(seed: int = 0, **options: Any) -> Bench:
    return Bench(links=Links(), seed=seed, **options)


def flat(**options: Any) -> Bench:
    return Bench(links=None, **options)
