"""Shards and an object that hibernates as SimPy processes, slow and obvious."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import simpy


def sharded(shard: Sequence[int], arrivals: Sequence[float], services: Sequence[float]) -> list[float]:
    """When each customer's service starts, `shard` naming whose queue it joins."""
    env = simpy.Environment()
    desks = [simpy.Resource(env, 1) for _ in range(max(shard) + 1)]
    starts = [0.0] * len(arrivals)

    def customer(number: int) -> Generator:
        yield env.timeout(arrivals[number])
        with desks[shard[number]].request() as turn:
            yield turn
            starts[number] = env.now
            yield env.timeout(services[number])

    for number in range(len(arrivals)):
        env.process(customer(number))
    env.run()
    return starts


def hibernating(arrivals: Sequence[float], services: Sequence[float], stays: Sequence[float], setup: float,
                pays: bool) -> tuple[list[float], list[float]]:  # fmt: skip
    """What is billed from the end of each message before to that of each message, and when each ends, in seconds.

    The object falls idle at 0. It waits for a message for `stays` s, billed if it `pays`, and is gone after that.
    """
    env = simpy.Environment()
    inbox, billed, ends = simpy.Store(env), [], []

    def arrive() -> Generator:
        for number, moment in enumerate(arrivals):
            yield env.timeout(moment - env.now)
            inbox.put(number)

    def live() -> Generator:
        for stay in stays:
            idle_since = env.now
            number = yield inbox.get()
            idle = env.now - idle_since
            work = services[number] + (setup if idle > stay else 0.0)
            yield env.timeout(work)
            billed.append(work + (min(idle, stay) if pays else 0.0))
            ends.append(env.now)

    env.process(arrive())
    env.process(live())
    env.run()
    return billed, ends
