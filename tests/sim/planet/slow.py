"""Users and one server, customer by customer, with SimPy."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy


def closed_loop(first: list[float], thoughts: list[float], services: list[float]) -> list[float]:
    """When each service ends. Services and thoughts are taken from their lists in order."""
    env = simpy.Environment()
    server, ends = simpy.Resource(env), []
    left, next_thoughts = iter(services), iter(thoughts)

    def user(pause: float) -> Generator[Any, Any, None]:
        while True:
            yield env.timeout(pause)
            with server.request() as turn:
                yield turn
                if (service := next(left, None)) is None:
                    return
                yield env.timeout(service)
                ends.append(env.now)
                pause = next(next_thoughts)

    for pause in first:
        env.process(user(pause))
    env.run()
    return ends
