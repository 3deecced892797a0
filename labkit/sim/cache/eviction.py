"""Room: a cache that holds C entries and throws out the least recently used, at every PoP.

The first entries bring most of the hits: with Zipf's law the hit ratio grows like the logarithm of the room. Each PoP
has its own room and its own traffic, so three hundred of them hold the same popular entries three hundred times.

Theory: Che's approximation, sum p_k (1 - e^(-p_k t)) with t from sum (1 - e^(-p_k t)) = C, for independent requests
(`labkit.sim.lru` has the sources). It is not exact: 6e-4 off at most, seen for C of 100 to 10,000, and here less than
the error of a million requests. A model of very many more would leave it.

Nothing public says how many entries a data centre's cache has room for, and the lab's Cache API and KV never evict.
What has a known room is an isolate's memory, 128 MB: `worker` keeps an LRU of `env.CAPACITY` entries in a global in
front of KV, and each place runs one isolate. A hit is a visit that reads nothing from KV.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

from labkit.errors import LabError
from labkit.sim import lru, refusals, streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.cache import memory
from labkit.sim.cache.yours import Yours
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.pops import law

CAPACITIES = (100, 300, 1000, 3000)
AXES = Axes("Room in a cache, least recently used", "entries", "share of requests that hit", log_x=True, whole=True)
MOST_ENTRIES = 100
"""Entries of room up to which the Worker is asked."""
COUNTED = 2000
"""Requests of each place that count in the model, once its cache is full."""
ASSUMPTION = "how many entries a place has room for is not published; entries are of one size."


def hit_ratio(capacity: float, *, keys: int, alpha: float) -> float:
    """The long-run share of hits with room for `capacity` of `keys` entries, by Che's approximation."""
    return lru.che_hit_ratio(law(keys, alpha).probabilities, int(capacity))


def model(row: int, capacity: float, *, seed: int, keys: int, alpha: float, pops: int) -> Estimate:
    """The hit ratio over 2,000 requests at each of `pops` places, PoP by PoP."""
    return replicated(partial(_hits, int(capacity), seed, row, keys, alpha), pops)


def _hits(capacity: int, seed: int, row: int, keys: int, alpha: float, place: int) -> tuple[int, int]:
    drawn = law(keys, alpha).draw(streams.generator(seed, row, place), _filling(keys, alpha, capacity) + COUNTED)
    return int(lru.hits(drawn, capacity)[-COUNTED:].sum()), COUNTED


def _filling(keys: int, alpha: float, capacity: int) -> int:
    """Requests before the first that counts: half more than Che's t, in which a cache fills, on average.

    One that is full has forgotten that it was empty: it holds the keys asked for last.
    """
    if capacity >= keys:
        raise LabError(f"room for {capacity} of {keys} keys: nothing is ever thrown out; give more keys or less room")
    return int(1.5 * lru.characteristic_time(law(keys, alpha).probabilities, capacity))


def observe(row: int, capacity: float, *, yours: Yours, keys: int, alpha: float) -> Estimate | None:
    """The same on a lab, one request after another at each place; None for a room that takes a lab long to fill."""
    if capacity > MOST_ENTRIES:
        return None
    filling, each = _filling(keys, alpha, int(capacity)), yours.visits // yours.places
    lab = yours.new_lab(row, CAPACITY=int(capacity))
    ranks = law(keys, alpha).draw(streams.generator(yours.seed, row), yours.places * (filling + each))
    per_place = ranks.reshape(yours.places, -1).tolist()
    visits = [yours.visit(float(at), colo, f"key-{rank}") for colo, drawn in zip(yours.cities(), per_place, strict=True)
              for at, rank in enumerate(drawn)]  # fmt: skip
    counted = yours.play(lab, visits, filling)
    reads = {read.request for read in yours.read_from_kv(lab, counted)}
    return yours.share(counted, [visit for visit in counted if visit.request not in reads])


def eviction(
    worker: Any = memory, *, capacity: Sequence[float] = CAPACITIES, keys: int = 10_000, alpha: float = 1.0,
    pops: int = 330, seed: int = 4, executor: Executor | None = None, **asked: Any,
) -> Agreement:  # fmt: skip
    """The hit ratio against the room of each place's cache, in three views.

    `worker` keeps entries in its isolate's memory in front of the KV namespace FLAGS; None leaves it out, and it is
    asked up to a room of 100. `asked` says how, as in `Yours`: `url="/pages/{key}"`, `places=20`, `visits=2000` that
    count. Give it as source, a module or a class of a notebook: a class that is imported is one for all isolates.
    """
    refusals.whole(1, capacity=capacity, keys=keys)
    shared = {"keys": keys, "alpha": alpha}
    yours = Yours(worker, seed=seed, **{"places": 20, "visits": 2000, "lab": {"kv": ["FLAGS"]}, **asked})
    return three_views(
        AXES, capacity, partial(hit_ratio, **shared), partial(model, seed=seed, pops=pops, **shared),
        worker and partial(observe, yours=yours, **shared), executor=executor, assumptions=(ASSUMPTION,),
    )  # fmt: skip
