"""The closed forms of traffic beside their kernels."""

from __future__ import annotations

import numpy as np

from labkit.sim import closed_loop
from labkit.sim.planet import Diurnal, FlashCrowd, Poisson
from tests.sim.cases import Case, Random

THINK, SERVICE, SERVICES = 5.0, 0.5, 2000


def ended(random: Random, users: float, service: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """When services began to be those of the long run, and when the last one ended, of ten systems."""
    first = THINK * random.standard_exponential((10, int(users)))
    ends = closed_loop.ends(first, THINK * random.standard_exponential(service.shape), service)
    return ends[-SERVICES], ends[-1]


def exponential(random: Random, users: float) -> tuple[float, float]:
    begun, end = ended(random, users, SERVICE * random.standard_exponential((SERVICES + 200, 10)))
    return 10 * (SERVICES - 1), float((end - begun).sum())


def response_law(random: Random, seconds: float) -> tuple[float, float]:
    """The response that N / X - Z gives, whatever the services: here they are all alike."""
    begun, end = ended(random, 20, np.full((SERVICES + 200, 10), seconds))
    return float(20 * (end - begun).sum() / (SERVICES - 1) - 10 * THINK), 10


def crowd_counts(random: Random, times: float) -> tuple[float, float]:
    """Requests in 100 s around a crowd that rises for 5 s and decays by e in 30."""
    crowd = FlashCrowd(Poisson(5, places=30), at=20, times=times, rise=5, decay=30)
    return crowd.arrivals(100, seed=int(random.integers(2**31))).at.size, 1


def crowd_theory(times: float) -> float:
    return 5 * (100 + (times - 1) * (5 / 2 + 30 * (1 - np.exp(-75 / 30))))


def day_counts(random: Random, depth: float) -> tuple[float, float]:
    """Requests from noon to midnight, UTC, at London's meridian."""
    traffic = Diurnal(Poisson(0.01, places=["LHR"]), depth=depth, peak=18)
    return traffic.arrivals(43_200, seed=int(random.integers(2**31)), midnight=43_200).at.size, 1


def day_theory(depth: float) -> float:
    turn = 2 * np.pi / 24
    shift = -0.4619 / 15  # Heathrow lies west of the meridian
    swing = np.sin(turn * (24 + shift - 18)) - np.sin(turn * (12 + shift - 18))
    return 0.01 * 3600 * (12 + depth * swing / turn)


CASES = [
    Case("closed loop, exponential services", "users", (2, 8, 11, 20),
         lambda n: closed_loop.throughput(int(n), THINK, SERVICE), exponential),
    Case("closed loop, saturated, constant services", "s of service", (0.8, 1.0, 1.5), lambda s: 20 * s - THINK,
         response_law),
    Case("requests of a flash crowd", "times the rate", (2, 5, 20), crowd_theory, crowd_counts),
    Case("requests of half a day", "depth", (0.0, 0.5, 1.0), day_theory, day_counts),
]  # fmt: skip
