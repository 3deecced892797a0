"""Every closed form of the kernels beside what its kernel counts: rows of theory and model, each with its own seed.

A case is one formula at several values of what is varied. Its replication takes dice and the value, and gives a part
and a whole, such as hits and requests: their ratio is what the formula says. `test_theory` checks them, and
`python -m tests.sim.coverage` pools fresh seeds.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np

from labkit.sim import batching, lru, pops, queueing, retries, staleness, streams, ttl, waiting
from labkit.sim.kv import copies, mixture_hit_ratio
from tests.sim.cases import Case, Random

S, T, D = 0.1, 60.0, 600.0
CUSTOMERS, WARM_UP = 40_000, 5_000
ZIPF = streams.Zipf(5000, 1.0)
WRITES = 0.01


def fixed(random: Random, rate: float) -> tuple[float, float]:
    reads = copies.simulate(random, 100, rate, 20 / rate, T, inf)
    return np.count_nonzero(reads.hit), reads.hit.size


def sliding(random: Random, rate: float) -> tuple[float, float]:
    span = T + 50 / rate
    ticks = streams.Ticks(span, T)
    stream = streams.pack(*streams.poisson(random, 100, rate, 0, span, ticks))
    begun = ticks.seconds(stream) >= T  # what comes before only sets the scene
    return np.count_nonzero(ttl.hits(stream, ttl.sliding_misses(stream, int(ticks.of(T)))) & begun), begun.sum()


def one_pop(random: Random, rate: float) -> tuple[float, float]:
    return pops.one_pop(random, rate * D, ZIPF, T, D)[::-1]


def least_recently_used(random: Random, capacity: float) -> tuple[float, float]:
    hit = lru.hits(ZIPF.draw(random, 30_000 + 10 * int(capacity)), int(capacity))[-30_000:]
    return np.count_nonzero(hit), hit.size


def waited(random: Random, rate: float, services: np.ndarray, servers: int = 1) -> queueing.Served:
    """Customers of the long run: the first ones, who find an empty queue, are left out."""
    arrivals = np.cumsum(random.exponential(1 / rate, services.size))
    served = queueing.serve(arrivals, services, servers)
    late = slice(WARM_UP, None)
    return queueing.Served(served.arrival[late], served.service[late], served.wait[late], servers)


def mean_wait(services: Callable[[Random], np.ndarray], servers: int = 1):
    def replication(random: Random, load: float) -> tuple[float, float]:
        served = waited(random, load * servers / S, services(random), servers)
        return served.wait.sum(), served.wait.size

    return replication


def exponential(random: Random, customers: int = CUSTOMERS + WARM_UP) -> np.ndarray:
    return random.exponential(S, customers)


def constant(random: Random) -> np.ndarray:
    return np.full(CUSTOMERS + WARM_UP, S)


def two_kinds(random: Random) -> np.ndarray:
    """Nine in ten take S / 2 and the tenth 5.5 S: a mean of S."""
    return np.where(random.random(CUSTOMERS + WARM_UP) < 0.9, S / 2, 5.5 * S)


TWO_KINDS_SQUARED = 0.9 * (S / 2) ** 2 + 0.1 * (5.5 * S) ** 2


def has_to_wait(random: Random, load: float) -> tuple[float, float]:
    served = waited(random, 4 * load / S, exponential(random, 20_000), 4)
    return np.count_nonzero(served.wait > 0), served.wait.size


def waits_longer(random: Random, seconds: float) -> tuple[float, float]:
    served = waited(random, 4 * 0.7 / S, exponential(random, 20_000), 4)
    return np.count_nonzero(served.wait > seconds), served.wait.size


def within_the_quantile(random: Random, load: float) -> tuple[float, float]:
    served = waited(random, load / S, exponential(random))
    return np.count_nonzero(served.sojourn <= waiting.mm1_sojourn_quantile(load / S, S)), served.wait.size


def busy_period(random: Random, load: float) -> tuple[float, float]:
    """Whole periods only: that which the last customer is in may go on."""
    arrivals = np.cumsum(random.exponential(S / load, CUSTOMERS))
    starts, ends = queueing.serve(arrivals, exponential(random, CUSTOMERS)).busy_periods()
    return (ends - starts)[:-1].sum(), starts.size - 1


def busy_share(random: Random, load: float) -> tuple[float, float]:
    arrivals = np.cumsum(random.exponential(S / load, CUSTOMERS))
    return queueing.serve(arrivals, exponential(random, CUSTOMERS)).utilisation(float(arrivals[-1])), 1


USERS = np.arange(1000)


def shard_rates(shards: float) -> np.ndarray:
    """The requests/s of each shard: a user is six thousandths of the load of one."""
    return np.bincount(queueing.shard_of(USERS, int(shards)), minlength=int(shards)) * 0.006 / S


def sharded(random: Random, shards: float) -> tuple[float, float]:
    """1,000 users that keep six servers busy, hashed to more."""
    users = random.integers(0, USERS.size, 100_000)
    arrivals = np.cumsum(random.exponential(S / 6, users.size))
    served = queueing.serve_sharded(queueing.shard_of(users, int(shards)), arrivals, np.full(users.size, S))
    return served.wait[20_000:].sum(), 80_000


def batches(what: Callable[[batching.Batches], tuple[float, float]]):
    def replication(random: Random, rate: float) -> tuple[float, float]:
        arrivals = np.cumsum(random.exponential(1 / rate, 20_000))
        return what(batching.collect(arrivals, 10, 5.0))

    return replication


def delivered(what: Callable[[retries.Delivered], np.ndarray], batch: int, retried=retries.whole_batches):
    def replication(random: Random, p: float) -> tuple[float, float]:
        """One message of each batch: those of one batch share their fate."""
        one = what(retried(random.random((4000, 4, batch)) < p))[:, 0]
        return one.sum(), one.size

    return replication


def stale_reads(random: Random, rate: float) -> tuple[float, float]:
    """Many keys at one place, each with writes of its own: one stream of words."""
    span, keys = T + 50 / rate, 100
    ticks = streams.Ticks(span, T)
    holders = np.flatnonzero(random.random(keys) < ttl.fixed_hit_ratio(rate, T))
    held, (who, when) = random.random(holders.size) * T, streams.poisson(random, keys, rate, T, span, ticks)
    at = streams.pack(np.concatenate((holders, who)), np.concatenate((ticks.of(T - held), when)))
    fetched = at[ttl.sources(at, ttl.fills(at, int(ticks.of(T))))]
    writes = streams.pack(*streams.poisson(random, keys, WRITES, 0, span, ticks))
    begun = streams.ticks_of(at) >= ticks.of(T)
    return np.count_nonzero(staleness.behind(writes, fetched, at)[begun]), begun.sum()


def quorum(random: Random, read: float) -> tuple[float, float]:
    """5 replicas: a write reaches 2 of them, a read asks some others or the same."""
    order = random.permuted(np.tile(np.arange(5), (4000, 1)), axis=1)[:, : int(read)]
    return np.count_nonzero((order >= 2).all(axis=1)), 4000


def lagging(what: Callable[[np.ndarray], np.ndarray]):
    def replication(random: Random, elapsed: float) -> tuple[float, float]:
        left = random.exponential(0.2, 4000) - elapsed  # until the replica has the write
        return float(what(left).sum()), left.size

    return replication


RATES, LOADS, ARRIVING = (0.003, 0.01, 0.03, 0.1), (0.2, 0.5, 0.7, 0.8), (0.1, 0.5, 1.5, 3.0)
BOTH, FAILING = (10, 5.0), (0.01, 0.05, 0.2)

CASES = [
    Case("fixed TTL", "requests/s", RATES, lambda x: ttl.fixed_hit_ratio(x, T), fixed),
    Case("sliding TTL", "requests/s", RATES, lambda x: ttl.sliding_hit_ratio(x, T), sliding),
    Case("one PoP, many keys, from empty", "requests/s", (1, 10, 100),
         lambda x: mixture_hit_ratio(x, keys=5000, alpha=1.0, cache_ttl=T, seconds=D), one_pop),
    Case("LRU, Che's approximation", "entries", (50, 200, 1000, 3000),
         lambda x: lru.che_hit_ratio(ZIPF.probabilities, int(x)), least_recently_used),
    Case("M/M/1 wait", "load", LOADS, lambda x: waiting.mm1_wait(x / S, S), mean_wait(exponential)),
    Case("M/D/1 wait", "load", LOADS, lambda x: waiting.md1_wait(x / S, S), mean_wait(constant)),
    Case("M/G/1 wait", "load", (0.2, 0.5, 0.7), lambda x: waiting.mg1_wait(x / S, S, TWO_KINDS_SQUARED),
         mean_wait(two_kinds)),
    Case("M/M/1 within the p99", "load", LOADS, lambda x: 0.99, within_the_quantile),
    Case("M/M/1 busy period", "load", LOADS, lambda x: waiting.mean_busy_period(x / S, S), busy_period),
    Case("M/M/1 utilisation", "load", LOADS, lambda x: x, busy_share),
    Case("M/M/4 wait", "load", (0.3, 0.6, 0.8), lambda x: waiting.mmc_wait(4 * x / S, S, 4),
         mean_wait(lambda random: exponential(random, 20_000), 4)),
    Case("M/M/4 has to wait", "load", (0.3, 0.6, 0.8), lambda x: waiting.erlang_c(4 * x, 4), has_to_wait),
    Case("M/M/4 waits longer", "seconds", (0.05, 0.1, 0.2),
         lambda x: waiting.mmc_wait_beyond(2.8 / S, S, 4, x), waits_longer),
    Case("hashed shards", "shards", (10, 15, 30), lambda x: waiting.sharded_wait(shard_rates(x), S), sharded),
    Case("batch size", "messages/s", ARRIVING, lambda x: batching.mean_size(x, *BOTH),
         batches(lambda b: (b.size[:-1].sum(), b.size.size - 1))),
    Case("wait for a batch", "messages/s", ARRIVING, lambda x: batching.mean_wait(x, *BOTH),
         batches(lambda b: (b.wait.sum(), b.wait.size))),
    Case("full batches", "messages/s", ARRIVING[1:], lambda x: batching.full_share(x, *BOTH),
         batches(lambda b: (np.count_nonzero(b.size == 10), b.size.size))),
    Case("whole-batch deliveries", "p", FAILING, lambda x: retries.deliveries(x, 3, 10),
         delivered(lambda d: d.delivered, 10)),
    Case("whole-batch dead letters", "p", FAILING, lambda x: retries.dead_share(x, 3, 10),
         delivered(lambda d: d.dead, 10)),
    Case("messages that run twice", "p", FAILING, lambda x: retries.twice_share(x, 3, 10),
         delivered(lambda d: d.twice, 10)),
    Case("acknowledged deliveries", "p", FAILING, lambda x: retries.deliveries(x, 3),
         delivered(lambda d: d.delivered, 10, retries.acknowledged)),
    Case("stale reads of many keys", "reads/s", RATES, lambda x: copies.stale_reads(x, WRITES, T, inf), stale_reads),
    Case("quorum that misses the write", "replicas read", (1, 2, 3, 4),
         lambda x: staleness.quorum_stale(5, int(x), 2), quorum),
    Case("replica without the write", "seconds", (0.05, 0.2, 0.6), lambda x: staleness.replica_stale(x, 0.2),
         lagging(lambda left: left > 0)),
    Case("wait with a bookmark", "seconds", (0.05, 0.2, 0.6), lambda x: staleness.bookmark_wait(x, 0.2),
         lagging(lambda left: np.maximum(left, 0))),
]  # fmt: skip
