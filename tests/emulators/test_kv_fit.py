"""How well the emulator's times meet the published ones: what the module's docstring claims, measured."""

from __future__ import annotations

from asyncio import gather
from itertools import accumulate
from random import Random

import pytest

from labkit import facts
from labkit.emulators.kv import Kv
from labkit.network.places import PLACES
from tests.emulators.worlds import planet

KEYS, PLACES_READING, READS = 2000, 60, 240


def quantile(seconds: list[float], q: float) -> float:
    return sorted(seconds)[int(q * len(seconds))]


def test_hot_reads_lie_within_the_documented_range():
    bench = planet()
    env = Kv("KV", bench.world).binding("SYD")

    async def hot() -> None:
        for _ in range(3000):
            await env.get("k")

    bench.run(hot())
    low, high = facts.value("kv.hot_read")
    times = [event.seconds for event in bench.trace.where("kv", "get") if event.outcome == "hit"]
    assert quantile(times, 0.5) == pytest.approx(facts.value("kv.local_read"), rel=0.1)
    assert 0.97 < sum(low <= seconds <= high for seconds in times) / len(times) < 0.99


@pytest.fixture(scope="module")
def half_hot() -> list:
    """The reads of 60 places outside North America, Zipf over 2,000 keys, after a start that is not counted."""
    bench, dice = planet(seed=1), Random(1)
    kv = Kv("KV", bench.world)
    kv.bulk_put({"key": f"k{i}", "value": "x" * 288} for i in range(KEYS))
    places = dice.sample([code for code, place in PLACES.items() if place.continent != "NA"], PLACES_READING)
    weights = list(accumulate(1 / (rank + 1) ** 0.99 for rank in range(KEYS)))

    async def reader(colo: str) -> None:
        env = kv.binding(colo)
        for _ in range(READS):
            await bench.timeline.sleep(dice.expovariate(10))
            await env.get(f"k{dice.choices(range(KEYS), cum_weights=weights)[0]}")

    async def everybody() -> None:
        await gather(*map(reader, places))

    bench.run(everybody())
    return bench.trace.where("kv", "get")[PLACES_READING * READS // 2 :]


def test_where_half_of_the_reads_are_hot_p99_is_the_published_one_and_p95_is_not(half_hot):
    times = [event.seconds for event in half_hot]
    p95, p99 = facts.value("kv.read_outside_north_america")
    assert 0.4 < sum(event.outcome == "hit" for event in half_hot) / len(half_hot) < 0.6
    assert quantile(times, 0.99) == pytest.approx(p99, rel=0.1)
    assert quantile(times, 0.95) == pytest.approx(0.200, rel=0.1) and quantile(times, 0.95) > 3 * p95


def test_the_regional_tier_answers_more_of_the_misses_than_was_published(half_hot):
    misses = [event for event in half_hot if event.outcome == "miss"]
    share = sum(event.detail["tier"] == "regional" for event in misses) / len(misses)
    assert share > facts.value("kv.regional_share")
