"""How many requests a second the numpy models take, beside SimPy's for the same work in the same run.

In seconds of one core, which other work on the machine takes away less than seconds on the wall; only the hundred
million requests of all PoPs are timed on the wall, on two threads (numpy lets go of the GIL).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, Thread

import numpy as np

from labkit.sim import batching, lru, pops, queueing, staleness, streams, tiers, ttl
from labkit.sim.compiled import is_available
from labkit.sim.kv import copies
from tests.bench import Row, best
from tests.sim import slow

POPS, KEYS, TTL, SECONDS = 330, 1_000_000, 60.0, 600.0
REQUESTS, ONE_POP, SLOWLY, PLANET, CUSTOMERS = 10_000_000, 300_000, 30_000, 100_000_000, 3_000_000
TICKS = streams.Ticks(SECONDS, TTL)
LIFETIME = int(TICKS.of(TTL))


def rate(count: int, work: Callable[[], object], times: int = 5) -> float:
    """Requests a second of one core, the best of several runs."""

    def once() -> float:
        begun = time.process_time()
        work()
        return count / max(time.process_time() - begun, 1e-9)

    return best(once, times)


def against(name: str, unit: str, fast: float, plain: float, aim: float | None = None, times: float | None = None,
            note: str = "", beside: str = "SimPy") -> list[Row]:  # fmt: skip
    """A kernel's rate, the rate of the slow program beside it, and how many times faster it is."""
    return [
        Row(f"model: {name}", fast, unit, aim=aim, note=note),
        Row(f"{beside}: {name}", plain, unit),
        Row(f"{name}: model against {beside}", fast / plain, "times", aim=times),
    ]


def traffic(requests: int, zipf: streams.Zipf) -> tuple[np.ndarray, np.ndarray]:
    """Keys and ticks of one PoP's requests, unsorted."""
    random = streams.generator(2)
    return zipf.draw(random, requests), random.integers(0, int(TICKS.of(SECONDS)), requests)


def ttl_rows(scale: float, zipf: streams.Zipf) -> list[Row]:
    requests, one = max(POPS, int(REQUESTS * scale)), max(100, int(ONE_POP * scale))
    keys, ticks = traffic(one, zipf)
    stream = streams.pack(keys, ticks)
    few = max(100, int(SLOWLY * scale))
    plain_keys, plain_times = keys[:few].tolist(), np.sort(ticks[:few]).tolist()
    options = {"keys": zipf.probabilities.size, "cache_ttl": TTL, "seconds": SECONDS}
    pops.law(zipf.probabilities.size, 1.0)
    whole = rate(requests, lambda: pops.count(POPS, requests, **options), 3)
    fixed = rate(one, lambda: ttl.hits(stream := streams.pack(keys, ticks), ttl.fills(stream, LIFETIME)))
    sliding = rate(one, lambda: ttl.hits(stream := streams.pack(keys, ticks), ttl.sliding_misses(stream, LIFETIME)))
    simpy = [rate(few, partial(slow.ttl_cache, plain_keys, plain_times, LIFETIME, kind), 3) for kind in (False, True)]
    sort = rate(one, lambda: np.sort((keys << streams.TICK_BITS) | ticks))
    loop = rate(one, lambda: ttl.plain_fills(stream, LIFETIME), 3)
    return [
        Row("model: fixed TTL at every PoP, drawn and counted", whole, "requests/s", aim=12e6,
            note=f"{requests:,} requests, {POPS} PoPs, {zipf.probabilities.size:,} keys, from dice to hits; one core"),
        *against("fixed TTL", "requests/s", fixed, simpy[0], 12e6, note="one PoP: pack, sort, hits"),
        *against("sliding TTL", "requests/s", sliding, simpy[1], 12e6, note="one PoP: pack, sort, hits"),
        Row("numpy: sort of the same", sort, "requests/s"),
        Row("python: a dictionary and a loop", loop, "requests/s", note="on a sorted stream"),
        Row("fixed TTL: model against the loop", fixed / loop, "times"),
        Row("fixed TTL: model against sorting alone", fixed / sort, "times"),
    ]  # fmt: skip


def lru_rows(scale: float, zipf: streams.Zipf) -> list[Row]:
    keys = traffic(max(100, int(ONE_POP * scale)), zipf)[0]
    listed = keys.tolist()
    rows = []
    for capacity in (1000, 10_000):
        fast = rate(keys.size, partial(lru.hits, keys, capacity, numba=False))
        plain = rate(keys.size, partial(slow.lru_cache, listed, capacity), 3)
        name = f"LRU of {capacity:,} entries"
        rows += against(name, "requests/s", fast, plain, 7e6, note="one PoP", beside="OrderedDict")
        if is_available():
            lru.hits(keys[:100], capacity, numba=True)  # compiles it
            fast = rate(keys.size, partial(lru.hits, keys, capacity, numba=True))
            rows.append(Row(f"model: {name}, with numba", fast, "requests/s", note="optional"))
    return rows


def queue_rows(scale: float) -> list[Row]:
    random = streams.generator(4)
    customers, few = max(1000, int(CUSTOMERS * scale)), max(100, int(SLOWLY * scale))
    arrivals, services = np.cumsum(random.exponential(1, customers)), random.exponential(0.8, customers)
    shown = arrivals[:few].tolist(), services[:few].tolist()
    one = rate(customers, lambda: queueing.waits(arrivals, services), 9)
    simpy = rate(few, lambda: slow.queue(*shown))
    some = arrivals[: customers // 10], 4 * services[: customers // 10]
    constant = rate(some[0].size, lambda: queueing.serve(some[0], np.array(3.0), 4))
    four = rate(some[0].size, lambda: queueing.serve(*some, 4))
    simpy_four = rate(few, lambda: slow.queue(shown[0], [4 * each for each in shown[1]], 4))
    return [
        *against("one server", "customers/s", one, simpy, 35e6, 300, note="Lindley, 80 % busy"),
        *against("four servers", "customers/s", four, simpy_four, note="a heap and a loop"),
        Row("model: four servers, constant services", constant, "customers/s", note="four queues in turn"),
    ]


def batch_rows(scale: float) -> list[Row]:
    messages, few = max(1000, int(CUSTOMERS / 3 * scale)), max(100, int(SLOWLY * scale))
    arrivals = np.cumsum(streams.generator(6).exponential(1, messages))
    shown = arrivals[:few].tolist()
    fast = rate(messages, lambda: batching.collect(arrivals, 10, 5.0, numba=False))
    plain = rate(few, lambda: slow.batches(shown, 10, 5.0), 3)
    return against("batches of 10 or 5 s", "messages/s", fast, plain, note="6 messages in a batch on average")


def staleness_rows(scale: float, zipf: streams.Zipf) -> list[Row]:
    keys, ticks = traffic(max(100, int(ONE_POP * scale)), zipf)
    few, random = max(100, int(SLOWLY * scale)), streams.generator(7)
    at, writes = streams.pack(keys, ticks), streams.pack(keys, random.permutation(ticks))
    fetched = at[ttl.sources(at, ttl.fills(at, LIFETIME))]
    events = [list(zip(when[:few].tolist(), keys[:few].tolist(), strict=True)) for when in (ticks, ticks[::-1])]
    judged = rate(at.size, lambda: staleness.behind(writes, fetched, at))
    whole = rate(at.size, lambda: _reads_judged(keys, ticks, writes))
    plain = rate(few, lambda: slow.versions_read(events[0], events[1], LIFETIME), 3)
    one_key = rate(at.size, lambda: copies.simulate(random, POPS, at.size / POPS / SECONDS, SECONDS, TTL))
    return [
        *against("staleness of each read", "reads/s", whole, plain, 4e6, beside="loop",
                 note="one PoP: sort, fills, versions; a write a read"),
        Row("model: staleness, given the fetches", judged, "reads/s"),
        Row("model: ages and staleness, drawn", one_key, "reads/s", note="one key at every PoP"),
    ]  # fmt: skip


def tier_rows(scale: float, zipf: streams.Zipf) -> list[Row]:
    keys, ticks = traffic(max(100, int(ONE_POP * scale)), zipf)
    random, few = streams.generator(8), max(100, int(SLOWLY * scale))
    child, writes = random.integers(0, 8, keys.size), np.sort(random.integers(0, int(TICKS.of(SECONDS)), 1000))
    everything = np.ones(keys.size, dtype=bool)
    listed = list(zip(ticks[:few].tolist(), keys[:few].tolist(), child[:few].tolist(), strict=True))
    asked, shown = [(key, tick) for tick, key, _ in listed], writes.tolist()
    aged = rate(keys.size, lambda: _tree(keys, ticks, child))
    informed = rate(keys.size, lambda: tiers.informed_hits(*tiers.to_parent(ticks, everything, keys), writes))
    loops = [rate(few, lambda: slow.tree(sorted(listed), LIFETIME), 3),
             rate(few, lambda: slow.informed_tier(sorted(asked), shown), 3)]  # fmt: skip
    return [
        *against("tree whose copies age together", "requests/s", aged, loops[0], beside="loop", note="sorted too"),
        *against("tier that hears of writes", "requests/s", informed, loops[1], beside="loop", note="sorted too"),
    ]  # fmt: skip


def _tree(keys: np.ndarray, ticks: np.ndarray, child: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    words = streams.words(keys, ticks)
    order = np.argsort(words)
    return tiers.aged_misses(words[order], child[order], LIFETIME)


def long_run_rows(scale: float, zipf: streams.Zipf) -> list[Row]:
    requests, few, random = max(100, int(ONE_POP * scale)), max(100, int(SLOWLY * scale)), streams.generator(9)
    fast = rate(requests, lambda: pops.one_pop_long_since(random, requests, zipf, TTL, SECONDS))
    plain = rate(few, lambda: slow.ttl_cache(zipf.draw(random, few).tolist(),
                                             np.sort(random.uniform(0, SECONDS, few)).tolist(), TTL), 3)  # fmt: skip
    return against("one PoP from the long run on", "requests/s", fast, plain, note="copies held, dice, sort, fills")


def _reads_judged(keys: np.ndarray, ticks: np.ndarray, writes: np.ndarray) -> np.ndarray:
    at = streams.pack(keys, ticks)
    return staleness.behind(writes, at[ttl.sources(at, ttl.fills(at, LIFETIME))], at)


def planet_rows(scale: float, keys: int) -> list[Row]:
    requests = max(POPS, int(PLANET * scale))
    with ThreadPoolExecutor(2) as threads:
        before, stop, seen = _resident(), Event(), [0.0]
        watcher = Thread(target=_watch, args=(stop, seen))
        watcher.start()
        wall, cores = min(_timed(lambda: pops.count(POPS, requests, keys=keys, executor=threads)) for _ in range(2))
        stop.set()
        watcher.join()
    return [
        Row(f"model: {requests:,} requests at every PoP", wall, "s", aim=10, at_most=True,
            note=f"{POPS} PoPs, {keys:,} keys; two threads, on the wall, best of 2"),
        Row("of these, seconds of a core", cores, "s", aim=20, at_most=True, note="10 s on two cores are 20 of one"),
        Row("memory for them, most at once (RSS)", seen[0], "MB", note=f"{before:.0f} MB before"),
    ]  # fmt: skip


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall, and of a core."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - used


def _resident() -> float:
    import psutil

    return psutil.Process().memory_info().rss / 1e6


def _watch(stop: Event, seen: list[float]) -> None:
    while True:
        seen[0] = max(seen[0], _resident())
        if stop.wait(0.02):
            return


def run(scale: float = 1.0) -> list[Row]:
    zipf = streams.Zipf(max(100, int(KEYS * scale)), 1.0)
    return [
        *ttl_rows(scale, zipf),
        *lru_rows(scale, zipf),
        *queue_rows(scale),
        *batch_rows(scale),
        *staleness_rows(scale, zipf),
        *tier_rows(scale, zipf),
        *long_run_rows(scale, zipf),
        *planet_rows(scale, zipf.probabilities.size),
    ]
