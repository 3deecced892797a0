"""Machines, machines of a place, containers and instances as plain programs: slow and obvious."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator, Sequence

import simpy

from tests.sim import slow


def machine(keys: Sequence[int], at: Sequence[float], capacity: int, keep_alive: float) -> list[bool]:
    """Whether each request starts cold: an ordered dictionary of isolates, from which idle and surplus ones go."""
    used: OrderedDict[int, float] = OrderedDict()
    cold = []
    for key, now in zip(keys, at, strict=True):
        for idle in [k for k, last in used.items() if now - last >= keep_alive]:
            del used[idle]
        cold.append(key not in used)
        used[key] = now
        used.move_to_end(key)
        if len(used) > capacity:
            used.popitem(last=False)
    return cold


def awake(at: Sequence[float], wall: Sequence[float], sleep_after: float, until: float) -> float:
    """Seconds that a container runs: a SimPy process that looks, at each end of a request, how long nothing came."""
    env = simpy.Environment()
    state = {"working": 0, "since": None, "awake": 0.0, "idle": 0}

    def request(number: int) -> Generator:
        state["working"] += 1
        state["idle"] += 1  # an earlier timer has nothing to say any more
        if state["since"] is None:
            state["since"] = env.now
        yield env.timeout(wall[number])
        state["working"] -= 1
        if not state["working"]:
            state["idle"] += 1
            timer = state["idle"]
            yield env.timeout(sleep_after)
            if state["idle"] == timer:
                state["awake"] += env.now - state["since"]
                state["since"] = None

    def arrive() -> Generator:
        for number, time in enumerate(at):
            yield env.timeout(time - env.now)
            env.process(request(number))

    env.process(arrive())
    env.run(until)
    return state["awake"] + (until - state["since"] if state["since"] is not None else 0.0)


def instances(arrivals: Sequence[float], services: Sequence[float], patience: Sequence[float]) -> list[bool]:
    """Whether each request finds no idle instance: each instance that becomes idle has a timer of its own."""
    env = simpy.Environment()
    idle: list[int] = []
    cold: list[bool] = []
    stopped: list[int] = []

    def serve(number: int) -> Generator:
        yield env.timeout(services[number])
        mine = len(stopped)
        stopped.append(number)
        idle.append(mine)
        yield env.timeout(patience[mine])
        if mine in idle:
            idle.remove(mine)

    def arrive() -> Generator:
        for number, time in enumerate(arrivals):
            yield env.timeout(time - env.now)
            cold.append(not idle)
            if idle:
                idle.pop()
            env.process(serve(number))

    env.process(arrive())
    env.run()
    return cold


def spread(at: Sequence[float], where: Sequence[int], load: float) -> list[bool]:
    """Whether each request of one Worker is cold, with a dictionary of when each machine was last asked."""
    keys = list(where)
    return [not hit for hit in slow.ttl_cache(keys, list(at), load, sliding=True)]
