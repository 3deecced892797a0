"""Every PoP's cache, PoP by PoP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from labkit.errors import LabError
from labkit.sim import pops, streams, ttl
from labkit.sim.kv import mixture_hit_ratio

SMALL = {"keys": 2000, "seconds": 300.0}


def test_how_the_work_is_divided_changes_no_count(monkeypatch):
    whole = pops.count(7, 50_000, **SMALL)
    monkeypatch.setattr(pops, "A_TASK", 10_000)
    with ThreadPoolExecutor(2) as threads:
        divided = pops.count(7, 50_000, executor=threads, **SMALL)
    assert np.array_equal(whole.requests, divided.requests) and np.array_equal(whole.hits, divided.hits)
    assert len(pops._tasks(np.full(7, 50_000 / 7))) > 3


@pytest.mark.parametrize("pop", [0, 3])
def test_a_pop_has_its_own_dice_and_the_hits_of_a_loop(pop):
    counted = pops.count(4, 20_000, seed=9, **SMALL)
    random, ticks = streams.generator(9, pop), streams.Ticks(300, 60)
    requests = random.poisson(5000)
    moments = random.integers(0, int(ticks.of(300)), requests, dtype=np.uint32)
    stream = streams.pack(streams.Zipf(2000, 1.0).draw_sorted(random, requests), moments)
    assert counted.requests[pop] == requests
    assert counted.hits[pop] == requests - len(ttl.plain_fills(stream, int(ticks.of(60))))


def test_pops_together_have_the_hit_ratio_of_the_formula():
    counted = pops.count(40, 200_000, **SMALL)
    theory = mixture_hit_ratio(200_000 / 40 / 300, keys=2000, alpha=1.0, cache_ttl=60, seconds=300)
    spread = np.std(counted.hits / counted.requests) / 40**0.5
    assert abs(counted.hit_ratio - theory) < 4.5 * spread


def test_an_interrupt_leaves_the_first_pops(monkeypatch):
    whole, begun = pops.count(7, 50_000, **SMALL), []

    def interrupted(*arguments, **options):
        begun.append(arguments)
        if len(begun) == 3:
            raise KeyboardInterrupt
        return done(*arguments, **options)

    done = pops._count
    monkeypatch.setattr(pops, "A_TASK", 10_000)
    monkeypatch.setattr(pops, "_count", interrupted)
    part = pops.count(7, 50_000, **SMALL)
    assert 0 < part.hits.size < 7 and np.array_equal(part.hits, whole.hits[: part.hits.size])
    begun[:] = [()] * 2
    with pytest.raises(KeyboardInterrupt):
        pops.count(7, 50_000, **SMALL)


def test_shares_divide_the_requests_and_are_one_a_pop():
    counted = pops.count(3, 60_000, shares=[1, 2, 0], **SMALL)
    assert counted.requests.tolist()[2] == 0
    assert counted.requests[1] / counted.requests[0] == pytest.approx(2, rel=0.05)
    with pytest.raises(LabError, match="2 shares for 3 PoPs"):
        pops.count(3, 100, shares=[1, 2], **SMALL)
