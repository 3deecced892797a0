"""What a lesson can have go wrong with a queue: messages that come twice, consumers whose machine is lost."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

from labkit import durations, facts
from labkit.emulators.queues.messages import Message
from labkit.emulators.queues.rules import is_within
from labkit.errors import LabError
from labkit.world import World


@dataclass(frozen=True)
class Crash:
    """The machine is lost so many seconds into the run; None: when the handler has returned, before its acks count."""

    after: float | None


class Faults:
    """The faults of one queue."""

    world: World

    def __init__(self) -> None:
        self.duplicate_rate: float = facts.value("queues.duplicate_rate")
        self.crash_rate = 0.0
        self._doubled = 0
        self._crashes: list[Crash] = []

    def duplicate(self, rate: float) -> None:
        """Have this share of the deliveries come twice from now on: the same id, the same number of attempts."""
        if not is_within(rate, 0, 1):
            raise LabError(f"duplicate({rate!r}): a share of the messages is from 0 to 1.")
        self.duplicate_rate = rate

    def crash(self, rate: float) -> None:
        """Have this share of the runs lose their machine from now on, when the handler has returned, before its acks
        count."""
        if not is_within(rate, 0, 1):
            raise LabError(f"crash({rate!r}): a share of the runs is from 0 to 1.")
        self.crash_rate = rate

    def duplicate_next(self, count: int = 1) -> None:
        """Deliver the next message, or so many of the next, twice."""
        if not is_within(count, 0, inf, whole=True):
            raise LabError(f"duplicate_next({count!r}): how many messages is a whole number.")
        self._doubled += count

    def crash_next(self, after: float | str | None = None) -> None:
        """Lose the machine that consumes the next batch: what it has done is done, and all its messages come again.

        `after` so many seconds of its run, or words such as "2 seconds"; by default once the handler has returned, and
        before its acknowledgements count.
        """
        seconds = None if after is None else durations.seconds(after)
        if seconds is not None and seconds < 0:
            raise LabError(f"crash_next({after!r}): no machine is lost before it has begun.")
        self._crashes.append(Crash(seconds))

    def is_doubled(self, message: Message) -> bool:
        """Whether a message that is being delivered shall come twice; a copy never does."""
        if message.is_copy:
            return False
        if self._doubled:
            self._doubled -= 1
            return True
        return bool(self.duplicate_rate) and self.world.random.random() < self.duplicate_rate

    def next_crash(self) -> Crash | None:
        """How the consumer that begins now shall be lost, if it shall."""
        if self._crashes:
            return self._crashes.pop(0)
        return Crash(None) if self.crash_rate and self.world.random.random() < self.crash_rate else None

    def faults(self) -> tuple[Any, ...]:
        """What is still to go wrong."""
        return self.duplicate_rate, self.crash_rate, self._doubled, tuple(self._crashes)

    def set_faults(self, state: tuple[Any, ...]) -> None:
        """Go back to it."""
        self.duplicate_rate, self.crash_rate, self._doubled, crashes = state
        self._crashes = list(crashes)
