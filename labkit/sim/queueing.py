"""Queues, first come first served: when each customer is served, for one server, several, or shards.

One server (a Durable Object, a D1 database): customer n of service S_n begins at the later of its arrival A_n and the
end of the one before (D. V. Lindley, 1952). Unrolled, its wait is max over k <= n of V_k, less V_n, where V_n is A_n
less the work that arrived before it: a cumulative sum and a running maximum, so that a customer takes nanoseconds.

Exact: on whole numbers to the last digit, on floats up to the rounding of that sum (1e-16 of all work so far).
Arrivals are sorted; times and services are in one unit, seconds or ticks. Closed forms: `labkit.sim.waiting`.
Assumed: nobody gives up, no server rests while somebody waits, and a service is not interrupted.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from labkit.errors import LabError
from labkit.sim import compiled


@dataclass(frozen=True)
class Served:
    """Customers of one queue in the order of arrival, arrays of one length and one unit of time."""

    arrival: np.ndarray
    service: np.ndarray
    wait: np.ndarray
    servers: int = 1

    @property
    def start(self) -> np.ndarray:
        return self.arrival + self.wait

    @property
    def sojourn(self) -> np.ndarray:
        """From the arrival to the end of the service: the latency that the customer sees."""
        return self.wait + self.service

    @property
    def departure(self) -> np.ndarray:
        return self.arrival + self.sojourn

    def utilisation(self, until: float) -> float:
        """The share of the servers' time from 0 to `until` in which they serve."""
        served = np.clip(until - self.start, 0, self.service)
        return float(served.sum() / (self.servers * until))

    def busy_periods(self) -> tuple[np.ndarray, np.ndarray]:
        """When the queue stops being empty, and when it is empty again: starts and ends, in order."""
        if not self.arrival.size:
            return self.arrival, self.departure
        ends = np.maximum.accumulate(self.departure)
        first = np.flatnonzero(self.arrival[1:] > ends[:-1]) + 1
        begins = np.concatenate(([0], first))
        return self.arrival[begins], ends[np.append(first, self.arrival.size) - 1]


def serve(arrivals: np.ndarray, services: np.ndarray, servers: int = 1) -> Served:
    """The customers served by `servers` that share one queue; each takes the first server that is free.

    One server, or one service time for all, takes nanoseconds a customer; the rest is a loop (about a microsecond,
    a tenth of that with numba). Refuses arrivals that are not sorted.
    """
    if servers < 1:
        raise LabError(f"{servers} servers: a queue needs one at least")
    if np.any(arrivals[1:] < arrivals[:-1]):
        raise LabError("the arrivals are not in order of time: sort them, and the services with them")
    services = np.broadcast_to(services, arrivals.shape)
    return Served(arrivals, services, _waits(arrivals, services, servers), servers)


def waits(arrivals: np.ndarray, services: np.ndarray) -> np.ndarray:
    """How long each customer waits for the one server: 0 exactly for one that finds it free."""
    virtual = np.cumsum(services)
    virtual -= services  # the work that arrived before each
    virtual = np.subtract(arrivals, virtual, out=virtual if virtual.dtype == arrivals.dtype else None)
    latest = np.maximum.accumulate(virtual)
    return np.subtract(latest, virtual, out=latest)


def shard_of(users: np.ndarray, shards: int, seed: int = 0) -> np.ndarray:
    """The shard, 0 to `shards` - 1, on which a hash puts each user (whole numbers): Steele's SplitMix64."""
    word = users.astype(np.uint64) + np.uint64((0x9E3779B97F4A7C15 * (seed + 1)) % 2**64)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    word ^= word >> np.uint64(31)
    return (word % np.uint64(shards)).astype(np.int64)


def serve_sharded(shard: np.ndarray, arrivals: np.ndarray, services: np.ndarray) -> Served:
    """The customers served by shards of one server each, `shard` naming the one of each customer, in their order."""
    services = np.broadcast_to(services, arrivals.shape)
    order = np.argsort(shard, kind="stable")
    borders = np.flatnonzero(np.diff(shard[order])) + 1
    waited = np.empty(arrivals.size, dtype=np.result_type(arrivals, services))
    for members in np.split(order, borders):
        waited[members] = serve(arrivals[members], services[members]).wait
    return Served(arrivals, services, waited, int(shard.max(initial=0)) + 1)


def _waits(arrivals: np.ndarray, services: np.ndarray, servers: int) -> np.ndarray:
    if servers == 1 or not arrivals.size:
        return waits(arrivals, services)
    if services.min() == services.max():
        return _waits_in_turn(arrivals, services, servers)
    starts = compiled.run(_starts, arrivals, services, servers)
    return np.asarray(starts, dtype=np.result_type(arrivals, services)) - arrivals


def _waits_in_turn(arrivals: np.ndarray, services: np.ndarray, servers: int) -> np.ndarray:
    """Where all services take the same time, servers become free in the order in which they began: in turn."""
    waited = np.empty(arrivals.size, dtype=np.result_type(arrivals, services))
    for server in range(servers):
        waited[server::servers] = waits(arrivals[server::servers], services[server::servers])
    return waited


def _starts(arrivals, services, servers):
    """When each service begins, by a heap of the moments at which the servers are free (Kiefer and Wolfowitz, 1955)."""
    free = [arrivals[0]] * servers
    starts = []
    for arrival, service in zip(arrivals, services):  # noqa: B905 (numba knows no strict)
        start = max(free[0], arrival)
        heapq.heapreplace(free, start + service)
        starts.append(start)
    return starts
