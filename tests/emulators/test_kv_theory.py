"""One place's cache against closed forms: the share of hits, and of stale reads after a write and in the long run.

With reads at lam a second and a time to live T, each of 900 keys is an independent experiment. Warming up takes eight
mean cycles, in which keys that began in step lose their phase. Bounds are 4.5 standard errors.
"""

from __future__ import annotations

from asyncio import gather
from contextlib import suppress
from math import exp, sqrt
from random import Random

import pytest

from labkit.emulators.kv import Kv
from labkit.trace import Event
from labkit.workers.ffi import JsException
from tests.emulators.worlds import Bench, planet

LAM, TTL, KEYS, COLO = 1 / 30, 60, 900, "SYD"
WARM_UP = 8 * (TTL + 1 / LAM)
SIGMAS = 4.5


def within(share: float, expected: float, count: int) -> bool:
    return abs(share - expected) <= SIGMAS * sqrt(expected * (1 - expected) / count)


def traffic(bench: Bench, kv: Kv, until: float, write_rate: float = 0.0) -> None:
    """Poisson reads of every key in one place, and writes from another, up to a moment."""
    dice = Random(bench.now)

    async def stream(key: str, rate: float, act) -> None:
        while (pause := dice.expovariate(rate)) < until - bench.now:
            await bench.timeline.sleep(pause)
            with suppress(JsException):  # two writes of a key within a second: one in 120 at the rate used here
                await act(key)

    async def everything() -> None:
        reader, writer = kv.binding(COLO), kv.binding("LHR")
        streams = [stream(f"k{i}", LAM, reader.get) for i in range(KEYS)]
        if write_rate:
            streams += [stream(f"k{i}", write_rate, lambda key: writer.put(key, dice.random())) for i in range(KEYS)]
        await gather(*streams)

    bench.run(everything())
    bench.until(max(until, bench.now))


def reads_after(bench: Bench, moment: float) -> list[Event]:
    return [event for event in bench.trace.where("kv", "get") if event.start > moment]


@pytest.fixture(scope="module")
def warm() -> tuple[Bench, Kv]:
    bench = planet(seed=3)
    kv = Kv("KV", bench.world)
    traffic(bench, kv, WARM_UP)
    return bench, kv


def test_the_share_of_hits_is_lam_T_over_1_plus_lam_T(warm):
    bench, kv = warm
    reads = reads_after(bench, WARM_UP / 2)
    hits = sum(event.outcome == "hit" for event in reads) / len(reads)
    assert within(hits, LAM * TTL / (1 + LAM * TTL), len(reads))


def test_after_a_write_the_share_of_stale_copies_falls_in_a_straight_line_to_none_at_T(warm):
    bench, kv = warm

    async def write_all() -> None:
        writer = kv.binding("LHR")
        await gather(*(writer.put(f"k{i}", "new") for i in range(KEYS)))

    bench.run(write_all())
    landed = max(kv.store.entries[f"k{i}"].landed for i in range(KEYS))
    for t in (1, 20, 40, 59, 60.5):
        traffic(bench, kv, landed + t)
        copies = (kv.path(COLO).cache.copies.get(f"k{i}") for i in range(KEYS))
        fresh = [copy for copy in copies if copy and copy.is_fresh(bench.now, TTL, bench.world.unix)]
        stale = sum(kv.store.is_stale(copy.entry) for copy in fresh) / KEYS
        expected = LAM * max(0.0, TTL - t) / (1 + LAM * TTL)
        assert within(stale, expected, KEYS), f"{stale} of the copies are stale after {t} s, not {expected}"


def test_in_the_long_run_the_share_of_stale_reads_is_the_closed_form():
    rate = 1 / 120
    bench = planet(seed=5)
    kv = Kv("KV", bench.world)
    traffic(bench, kv, WARM_UP + 100, write_rate=rate)
    reads = reads_after(bench, WARM_UP / 2)
    stale = sum(event.detail["stale"] for event in reads) / len(reads)
    hit = LAM * TTL / (1 + LAM * TTL)
    expected = hit * (1 - (1 - exp(-rate * TTL)) / (rate * TTL))
    assert stale == pytest.approx(expected, rel=0.05)


def test_the_mean_age_of_what_is_read_is_the_share_of_hits_times_half_of_T(warm):
    bench, _ = warm
    reads = [event for event in reads_after(bench, WARM_UP / 2) if event.end <= WARM_UP]
    mean = sum(event.detail["age"] for event in reads) / len(reads)
    assert mean == pytest.approx(LAM * TTL / (1 + LAM * TTL) * TTL / 2, rel=0.03)
