"""A bounded line as a SimPy program: slow, and plain to see."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import simpy


def bounded_line(arrivals: Sequence[float], services: Sequence[float], room: int, patience: float) -> list[float]:
    """How long each customer waits; infinite where there was no room, or it has gone after `patience`."""
    env = simpy.Environment()
    server, there, waited = simpy.Resource(env), [0], [inf] * len(arrivals)

    def customer(number: int):
        yield env.timeout(arrivals[number])
        if there[0] >= room:
            return
        there[0] += 1
        with server.request() as turn:
            came = env.now
            yield turn | env.timeout(patience) if patience < inf else turn
            if turn.triggered:
                waited[number] = env.now - came
                yield env.timeout(services[number])
        there[0] -= 1

    for number in range(len(arrivals)):
        env.process(customer(number))
    env.run()
    return waited
