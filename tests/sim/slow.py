"""The same models as plain programs: SimPy processes, dictionaries and loops, slow and obvious.

The kernels of `labkit.sim` are compared with them request for request; `tests/bench` measures both in one run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence

import simpy


def at(times: Sequence[float], call: Callable[[int], object]) -> None:
    """Calls `call(n)` at each of the sorted times, on a SimPy clock."""
    env = simpy.Environment()
    env.process(_each(env, times, call))
    env.run()


def _each(env: simpy.Environment, times: Sequence[float], call: Callable[[int], object]) -> Generator:
    for number, time in enumerate(times):
        yield env.timeout(time - env.now)
        call(number)


class Cache:
    """A dictionary of what each key's copy was fetched at; `sliding` renews it at each use."""

    def __init__(self, ttl: float, sliding: bool = False):
        self.ttl, self.sliding, self.since = ttl, sliding, {}

    def get(self, key: object, now: float) -> bool:
        """Whether the key is found; it is fetched if not."""
        hit = key in self.since and now - self.since[key] < self.ttl
        if not hit or self.sliding:
            self.since[key] = now
        return hit


def ttl_cache(keys: Sequence, times: Sequence[float], ttl: float, sliding: bool = False) -> list[bool]:
    """Whether each request hits."""
    cache, hit = Cache(ttl, sliding), []
    at(times, lambda n: hit.append(cache.get(keys[n], times[n])))
    return hit


def tree(requests: Sequence[tuple], ttl: float, parent_ttl: float | None = None) -> list[str]:
    """Who answers each request of (time, key, child), in the order of time: "child", "parent" or "origin".

    A child's copy is as old as the parent's that it was taken from; with a `parent_ttl`, as if new.
    """
    expires: dict = {}
    answers = []
    for time, key, child in requests:
        if time < expires.get((key, child), 0):
            answers.append("child")
            continue
        found = time < expires.get(key, 0)
        if not found:
            expires[key] = time + (parent_ttl or ttl)
        expires[key, child] = time + ttl if parent_ttl else expires[key]
        answers.append("parent" if found else "origin")
    return answers


def informed_tier(requests: Sequence[tuple], writes: Sequence[float]) -> list[bool]:
    """Whether a tier that every write clears has what each request of (key, time) asks for, by key and time."""
    seen: dict = {}
    hit = []
    for key, time in requests:
        version = bisect_right(writes, time)
        hit.append(seen.get(key) == version)
        seen[key] = version
    return hit


def lru_cache(keys: Sequence, capacity: int) -> list[bool]:
    """Whether each request hits."""
    entries: OrderedDict = OrderedDict()
    hit = []
    for key in keys:
        hit.append(key in entries)
        entries[key] = None
        entries.move_to_end(key)
        if len(entries) > capacity:
            entries.popitem(last=False)
    return hit


def queue(arrivals: Sequence[float], services: Sequence[float], servers: int = 1) -> list[float]:
    """When each customer's service starts."""
    env = simpy.Environment()
    desk, starts = simpy.Resource(env, servers), [0.0] * len(arrivals)

    def customer(number: int) -> Generator:
        with desk.request() as turn:
            yield turn
            starts[number] = env.now
            yield env.timeout(services[number])

    env.process(_each(env, arrivals, lambda number: env.process(customer(number))))
    env.run()
    return starts


def versions_read(writes: Sequence[tuple], reads: Sequence[tuple], ttl: float) -> list[tuple[int, int]]:
    """For each read of (time, key): the version that its cache gives, and the newest. Writes are (time, key).

    Events in the order of time; at one instant the write comes first. Versions count from 0, the one before any.
    """
    newest: dict = {}
    copies: dict = {}
    answers = []
    for time, kind, key in sorted([(t, 0, k) for t, k in writes] + [(t, 1, k) for t, k in reads]):
        if not kind:
            newest[key] = newest.get(key, 0) + 1
            continue
        if key not in copies or time - copies[key][0] >= ttl:
            copies[key] = time, newest.get(key, 0)
        answers.append((copies[key][1], newest.get(key, 0)))
    return answers


def batches(arrivals: Sequence[float], size: int, timeout: float) -> list[tuple[float, list[int]]]:
    """Each batch: when it leaves, and the messages in it. It leaves full, or `timeout` after its first message."""
    env = simpy.Environment()
    left: list[tuple[float, list[int]]] = []
    batch: list[int] = []

    def leave(waiting: list[int]) -> None:
        nonlocal batch
        if waiting is batch:
            left.append((env.now, batch))
            batch = []

    def arrive(number: int) -> None:
        batch.append(number)
        if len(batch) == size:
            leave(batch)
        elif len(batch) == 1:
            waiting = batch
            env.timeout(timeout).callbacks.append(lambda _: leave(waiting))

    env.process(_each(env, arrivals, arrive))
    env.run()
    return left
