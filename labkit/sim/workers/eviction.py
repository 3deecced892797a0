"""Eviction: which share of a machine's requests starts cold, against the isolates that its memory can hold.

Thousands of tenants share a machine that has room for some of their isolates. One is thrown out when it has been
idle for tau seconds, or when it is the least recently used and its room is needed. So code stays for whichever is
shorter: tau, or the time t in which C other tenants are asked for. More memory helps until t reaches tau; from there
on only a longer tau would.

Closed form: sum p_k E[e^(-lam_k min(tau, T_k))], with lam_k = p_k lam of each tenant and T_k the time in which C of
the others are asked for; that much is exact. T_k is taken as normal about Che's t, sum (1 - e^(-lam_j t)) = C, with the
spread of the number asked for by then (C. Fricker, P. Robert and J. Roberts, "A versatile and accurate approximation
for LRU cache performance", 2012, section 3). From ten isolates on it is right to a thousandth. With T_k = t, as Che
has it, it would be 2 % low where t is near tau (sources: `labkit.sim.lru`, `labkit.sim.ttl`).

Assumed: Poisson requests, tenants as popular as Zipf's law has it, isolates of one size that start in no time, at a
machine that lets no isolate go for any other reason. That an LRU list is what the platform keeps is not published.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from math import inf
from statistics import NormalDist
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.sim import lru, refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.pops import law
from labkit.sim.workers import hello
from labkit.sim.workers.tenants import Tenants
from labkit.sim.workers.yours import KEEP_ALIVE

ASSUMPTION = (
    "the machine evicts the least recently used isolate when it is full, and any after {:g} s without a request; "
    "{:,} tenants by Zipf's law ask it {:g} times a second. None of these figures is published."
)
CAPACITIES = (30, 100, 200, 400, 800, 1500)
REQUESTS = 40_000
DEVIATES = np.array([NormalDist().inv_cdf((n + 0.5) / 41) for n in range(41)])
AXES = Axes(
    "Eviction", "isolates that the machine can hold", "share of its requests that start cold", log_x=True, whole=True
)


def time_to_eviction(capacity: float, *, requests_per_s: float, tenants: int, alpha: float = 1.0) -> float:
    """Seconds after which a full machine has thrown out an isolate that nobody asks for: Che's t; inf if all fit."""
    if capacity >= tenants:
        return inf
    return lru.characteristic_time(law(tenants, alpha).probabilities, int(capacity)) / requests_per_s


def cold_share(
    capacity: float, *, requests_per_s: float, tenants: int, alpha: float = 1.0, keep_alive: float = KEEP_ALIVE
) -> float:
    """The long-run share of a machine's requests that start cold, with room for `capacity` isolates."""
    shares = law(tenants, alpha).probabilities
    rates = shares * requests_per_s
    kept = time_to_eviction(capacity, requests_per_s=requests_per_s, tenants=tenants, alpha=alpha)
    if kept == inf:
        return float(shares @ np.exp(-rates * keep_alive))
    unasked = np.exp(-rates * kept)
    new_per_s, spread = rates @ unasked, np.sqrt(unasked @ (1 - unasked))
    pushed_out_at = kept + ((1 - unasked)[:, None] + spread * DEVIATES) / new_per_s  # [tenant, deviate]
    return float(shares @ np.exp(-rates[:, None] * np.clip(pushed_out_at, 0, keep_alive)).mean(axis=1))


def count_cold(keys: np.ndarray, at: np.ndarray, capacity: int, keep_alive: float) -> tuple[int, int]:
    """Cold and all requests for tenants `keys` at sorted times `at`, of those from `keep_alive` seconds on.

    What came before is the warm-up, and exactly as long as it must be: an isolate's past is its last request, and
    one longer ago than `keep_alive` is no past. An idle isolate is below all others in the list, so that it never
    takes the room of one that is used.
    """
    before = lru.previous(keys)
    young = at - at[before] < keep_alive
    warm = lru.hits(keys, capacity) & young & (before >= 0)
    begun = at >= keep_alive
    return int(np.count_nonzero(~warm[begun])), int(np.count_nonzero(begun))


def model(row: int, capacity: float, *, seed: int, requests_per_s: float, tenants: int, alpha: float,
          keep_alive: float) -> Estimate:  # fmt: skip
    """The share of cold requests among about 40,000 of a machine, twenty times, in its long-run state."""
    return replicated(partial(_colds, int(capacity), seed, row, requests_per_s, tenants, alpha, keep_alive))


def _colds(capacity: int, seed: int, row: int, rate: float, tenants: int, alpha: float, keep_alive: float,
           replication: int) -> tuple[int, int]:  # fmt: skip
    random = streams.generator(seed, row, replication)
    seconds = keep_alive + REQUESTS / rate
    at = np.sort(random.random(random.poisson(rate * seconds)) * seconds)
    return count_cold(law(tenants, alpha).draw(random, at.size), at, capacity, keep_alive)


def observe(
    row: int, capacity: float, *, yours: Tenants, requests_per_s: float, tenants: int, alpha: float
) -> Estimate:
    """The same on a lab, where each place is one tenant's isolate and its neighbours push it out.

    The neighbours are not played: what they do to an isolate is the moment at which the C-th different one of them
    has been asked for since its last visit, and that is drawn exactly.
    """
    random = streams.generator(yours.seed, row, len("yours"))
    rates = requests_per_s * law(tenants, alpha).probabilities
    who = law(tenants, alpha).draw(random, yours.places)
    gaps = random.exponential(1, (yours.places, yours.each)) / rates[who, None]
    room = np.array([[pushed_out(random, np.delete(rates, k), int(capacity)) for _ in own]
                     for k, own in zip(who, gaps, strict=True)])  # fmt: skip
    return yours.share_cold(row, gaps, room)


def pushed_out(random: np.random.Generator, neighbours: np.ndarray, capacity: int) -> float:
    """Seconds until `capacity` different neighbours have been asked for, drawn once; infinite if there are fewer."""
    if capacity > neighbours.size:
        return inf
    return float(np.partition(random.exponential(1 / neighbours), capacity - 1)[capacity - 1])


def eviction(
    worker: Any = hello.Default, *, capacity: Sequence[float] = CAPACITIES, requests_per_s: float = 10,
    tenants: int = 1000, alpha: float = 1.0, keep_alive: float = KEEP_ALIVE, seed: int = 4,
    executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The share of cold requests against the `capacity` of a machine that `tenants` ask `requests_per_s` in all.

    `worker` is asked where `keep_alive` is the lab's own, None leaves it out. `asked` is as in `Tenants`.
    """
    if min(capacity) < 1:
        raise LabError(f"a machine that can hold {min(capacity):g} isolates: give it room for one at least")
    refusals.above_0(requests_per_s=requests_per_s, tenants=tenants, keep_alive=keep_alive)
    shared = {"requests_per_s": requests_per_s, "tenants": tenants, "alpha": alpha}
    yours = Tenants(worker, seed=seed, **asked) if worker and keep_alive == KEEP_ALIVE else None
    return three_views(
        AXES, capacity, partial(cold_share, keep_alive=keep_alive, **shared),
        partial(model, seed=seed, keep_alive=keep_alive, **shared), yours and partial(observe, yours=yours, **shared),
        executor=executor, label=f"{tenants:,} tenants",
        assumptions=(ASSUMPTION.format(keep_alive, tenants, requests_per_s),),
    )  # fmt: skip
