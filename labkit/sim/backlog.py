"""The work that waits for a single server in the long run, so that a simulation need not warm up.

In the long run the unfinished work that an arrival meets is a sum of N pieces: P(N = n) = (1 - rho) rho^n, and each is
the rest of a service that a random moment falls into (Pollaczek and Khinchine's formula, read as a sum; V. E. Benes,
1957; S. Asmussen, "Applied Probability and Queues" (2003), VIII.5). A queue that begins with it is at once as it is
for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.errors import LabError


@dataclass(frozen=True)
class Mix:
    """Services of a few kinds: `shares` of the customers take so many `seconds` each."""

    seconds: tuple[float, ...]
    shares: tuple[float, ...] = (1.0,)

    @property
    def mean(self) -> float:
        """E[S] in seconds."""
        return float(np.dot(self.shares, self.seconds))

    @property
    def squared(self) -> float:
        """E[S^2] in seconds squared."""
        return float(np.dot(self.shares, np.square(self.seconds)))

    def draw(self, random: np.random.Generator, customers: int) -> np.ndarray:
        """The kind of each customer, a number."""
        return random.choice(len(self.shares), customers, p=self.shares)


def draw(random: np.random.Generator, arrivals_per_s: float, mix: Mix) -> tuple[np.ndarray, float]:
    """The kinds of the customers who are there, and the seconds of work that are left of them all.

    They have come together just so long before, that this is left now. Refuses a server without a long run.
    """
    load = arrivals_per_s * mix.mean
    if load >= 1:
        raise LabError(f"a load of {load:.2f}: the queue grows for ever, there is no long run")
    present = int(random.geometric(1 - load)) - 1
    met = np.multiply(mix.shares, mix.seconds) / mix.mean  # a random moment falls into long services more often
    kinds = random.choice(len(met), present, p=met)
    return kinds, float(np.take(mix.seconds, kinds) @ random.random(present))
