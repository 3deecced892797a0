"""A service that can fail for a while, by the learner's hand."""

from __future__ import annotations

from math import inf

from labkit import durations
from labkit.errors import LabError
from labkit.world import World


class Outages:
    """An emulator with an `outage`. What is refused while it `is_down`, and how, is the emulator's to say."""

    world: World
    down_until: float = -inf
    """The lab's time, in seconds, at which the service is back."""

    def outage(self, duration: float | str) -> None:
        """Let the service fail from now for seconds, or words such as "1 minute"."""
        seconds = durations.seconds(duration)
        if seconds < 0:
            raise LabError(f"outage({duration!r}): it lasts 0 seconds or more.")
        self.down_until = self.world.timeline.now + seconds

    @property
    def is_down(self) -> bool:
        """Whether the service fails at this moment."""
        return self.world.timeline.now < self.down_until
