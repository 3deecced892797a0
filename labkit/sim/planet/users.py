"""Closed traffic: each user waits for the answer, thinks, and asks again. When answers are late, less is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labkit.errors import LabError
from labkit.sim.planet.loads import Asked, above_zero
from labkit.sim.streams import generator

AT_ONCE = 32
"""Thoughts that are drawn in one go."""


@dataclass(frozen=True)
class ClosedLoop(Asked):
    """`users`, each at a place of their own, who think for `think_s` seconds on average before each request.

    Thinking times are exponential; users begin by thinking. In the long run N users who wait R s for an answer and
    think for Z s make N / (R + Z) requests a second, whatever R depends on (the interactive response-time law: P. J.
    Denning and J. P. Buzen, "The operational analysis of queueing network models", 1978).
    """

    users: int
    think_s: float

    def __post_init__(self) -> None:
        if isinstance(self.users, bool) or not isinstance(self.users, int) or self.users < 1:
            raise LabError(f"users={self.users!r}: a whole number from 1 upwards.")
        above_zero("think_s", self.think_s)
        super().__post_init__()

    def expected(self, seconds: float, midnight: float = 0.0) -> float:
        """The requests within that time if every answer came at once; there are fewer."""
        return self.users * seconds / self.think_s

    def homes(self, *dice: int) -> np.ndarray:
        """The number of each user's place."""
        return self.draw_entrances(generator(*dice), self.users)

    def life(self, *dice: int) -> Iterator[tuple[float, int]]:
        """What one user does, for ever: seconds of thinking, and the key to ask for."""
        random = generator(*dice)
        while True:
            thoughts = self.think_s * random.standard_exponential(AT_ONCE)
            yield from zip(thoughts.tolist(), self.draw_keys(random, AT_ONCE).tolist(), strict=True)
