"""What is broken on the planet: dead and slow places, partitions, lost messages. Nothing, until a lab says so.

| | |
|---|---|
| modelled | A dead place answers nobody; a partition cuts every message between two groups, both ways |
| | A caller learns of neither: it waits for a time-out, in simulated seconds, and gets `Unreachable` |
| | A lost message is sent again after 0.2 s, then 0.4 s and so on, until the time-out |
| | Each message to or from a slow place takes so many seconds longer; beyond the time-out it counts as lost |
| simplified | Routes do not bend around a partition; a message under way when a fault begins arrives |
| | What a place says to itself, and a visitor to the place that it enters at, is not slowed or lost |
| not modelled | One-way partitions, wrong answers |
| sources | The time-outs are assumptions (`labkit/facts/network.toml`): the platform publishes none |
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from random import Random
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.errors import LabError
from labkit.network.places import PLACES, in_region, place

if TYPE_CHECKING:
    from labkit.timeline import Timeline


class Unreachable(LabError):
    """No answer came from a place before the caller gave up: it is dead, cut off, or every message was lost."""


class Faults:
    """The faults of one lab. False where there are none, so that a healthy network pays nothing."""

    def __init__(self, *, loss: float = 0.0, timeout: float | None = None, random: Random | None = None):
        self.timeout = facts.value("network.unreachable_timeout") if timeout is None else timeout
        self._random = random or Random(0)
        self._dead: set[str] = set()
        self._cuts: list[tuple[frozenset[str], frozenset[str]]] = []
        self._late: dict[str, float] = {}
        self.loss = 0.0
        self.lose(loss)

    def __bool__(self) -> bool:
        return bool(self._dead or self._cuts or self.loss or self._late)

    def kill(self, code: str) -> None:
        """Stop a place: nothing reaches it and nothing leaves it."""
        self._dead.add(place(code).code)

    def revive(self, code: str) -> None:
        """Start a dead place again."""
        self._dead.discard(place(code).code)

    def partition(self, group: str | Iterable[str], other: str | Iterable[str] | None = None) -> None:
        """Cut a group of places from another, or from all the rest. A group is a code, a region or several of them."""
        inside = _codes(group)
        outside = PLACES.keys() - inside if other is None else _codes(other)
        if both := inside & outside:
            raise LabError(f"A place cannot be on both sides of a partition: {', '.join(sorted(both))}.")
        self._cuts.append((inside, frozenset(outside)))

    def slow(self, group: str | Iterable[str], seconds: float) -> None:
        """Let each message to or from a place, region or several of them take so many seconds longer than it does."""
        if not 0 <= seconds < inf:
            raise LabError(f"A slow place is late by 0 seconds or more, not {seconds!r}.")
        for code in _codes(group) if seconds else ():
            self._late[code] = self._late.get(code, 0.0) + seconds

    def lose(self, probability: float) -> None:
        """Lose each message with this probability, from 0 to below 1; the sender tries again."""
        if not 0 <= probability < 1:
            raise LabError(f"The probability of a loss is from 0 to below 1, not {probability!r}.")
        self.loss = probability

    def heal(self) -> None:
        """Mend everything: no place is dead or slow, no partition is left, no message is lost."""
        self._dead.clear()
        self._cuts.clear()
        self._late.clear()
        self.loss = 0.0

    def snapshot(self) -> tuple[Any, ...]:
        """What is broken now."""
        return frozenset(self._dead), tuple(self._cuts), self.loss, dict(self._late)

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot."""
        dead, cuts, self.loss, late = state
        self._dead, self._cuts, self._late = set(dead), list(cuts), dict(late)

    def is_dead(self, code: str) -> bool:
        """True where a place has been killed."""
        return code in self._dead

    def reachable(self, a: str, b: str) -> bool:
        """The only place that decides whether a message can pass between two places at all."""
        if a in self._dead or b in self._dead:
            return False
        return not any((a in one and b in two) or (a in two and b in one) for one, two in self._cuts)

    async def check(self, timeline: Timeline, a: str, b: str) -> None:
        """Let a message pass, late where it was lost at first or a place is slow; at the time-out, `Unreachable`."""
        is_cut, seconds = not self.reachable(a, b), self.delay(a, b)
        if seconds:
            await timeline.sleep(min(seconds, self.timeout))
        if is_cut:
            raise Unreachable(f"{b} did not answer {a} within {self.timeout:g} s.")
        if seconds == inf:
            raise Unreachable(f"Every message from {a} to {b} was {self._fate(a, b)} for {self.timeout:g} s.")

    def delay(self, a: str, b: str) -> float:
        """Seconds that a message is late: a place is slow, it is lost at first; inf where it does not pass in time."""
        if not self.reachable(a, b) or (waited := self._lateness(a, b)) > self.timeout:
            return inf
        pause = facts.value("network.retransmission")
        while self.loss and self._random.random() < self.loss:
            if waited + pause > self.timeout:
                return inf
            waited, pause = waited + pause, pause * 2
        return waited

    def _lateness(self, a: str, b: str) -> float:
        return self._late.get(a, 0.0) + self._late.get(b, 0.0)

    def _fate(self, a: str, b: str) -> str:
        return "late" if self._lateness(a, b) > self.timeout else "lost"


def _codes(group: str | Iterable[str]) -> frozenset[str]:
    names = list(group) if isinstance(group, Iterable) and not isinstance(group, str) else [group]
    if not names:
        raise LabError("A side of a partition needs at least one place or region.")
    regions = {p.region for p in PLACES.values()}
    return frozenset(p.code for name in names for p in (in_region(name) if name in regions else [place(name)]))
