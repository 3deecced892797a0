"""The jobs of an index as a plain SimPy program: slow and obvious."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

import simpy


def found_at(writes: Sequence[float], durations: Sequence[float], most: int) -> list[float]:
    """When each write is found: a process that writes, and one that makes the index anew of what waits."""
    env, waiting, found = simpy.Environment(), [], [0.0] * len(writes)
    news = env.event()

    def write() -> Generator:
        nonlocal news
        for number, moment in enumerate(writes):
            yield env.timeout(moment - env.now)
            waiting.append(number)
            if not news.triggered:
                news.succeed()

    def make(times: Iterator[float]) -> Generator:
        nonlocal news
        while True:
            if not waiting:
                news = env.event()
                yield news
            batch, waiting[:] = waiting[:most], waiting[most:]
            yield env.timeout(next(times))
            for number in batch:
                found[number] = env.now

    env.process(write())
    env.process(make(iter(durations)))
    env.run()
    return found
