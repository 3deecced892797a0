"""A queue and the consumers that share it as a plain SimPy program: one process a message and a batch."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import simpy

from labkit.emulators.queues.scaling import Scale


def consumers(arrivals: Sequence[float], size: int, timeout: float, seconds: float, scale: Scale) -> list[tuple]:
    """Each batch: when it leaves, how many messages it has, how many stay, how many might be under way."""
    env = simpy.Environment()
    waiting: list[float] = []
    running: list[int] = []
    left: list[tuple] = []

    def look() -> None:
        while waiting and len(running) < scale.concurrency:
            if len(waiting) < size and env.now < waiting[0] + timeout:
                return
            batch = waiting[:size]
            del waiting[:size]
            left.append((env.now, len(batch), len(waiting), scale.concurrency))
            running.append(0)
            env.process(handle())

    def handle() -> Generator:
        yield env.timeout(seconds)
        running.pop()
        scale.review(len(waiting), failed=False)
        look()

    def arrive() -> Generator:
        for time in arrivals:
            yield env.timeout(time - env.now)
            waiting.append(env.now)
            look()
            env.process(expire())

    def expire() -> Generator:
        yield env.timeout(timeout)
        look()

    env.process(arrive())
    env.run()
    return left
