"""Rate limits: words recorded from the vendor's local runtime, counters by place, and the slack between machines."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab
from labkit.emulators.rate_limits import RateLimits
from labkit.errors import ConfigError
from labkit.workers.ffi import JsException
from tests.emulators.worlds import Bench, flat, planet

ENTRY = {"name": "LIMITER", "namespace_id": "1001", "simple": {"limit": 3, "period": 60}}


def allowed(bench: Bench, limits: RateLimits, times: int, key: str = "ada", colo: str = "SYD") -> int:
    binding = limits.binding(colo)
    return sum(bench.run(binding.limit({"key": key})).success for _ in range(times))


@pytest.mark.parametrize(
    ("args", "keywords", "words"),
    [
        ((), {}, "Error: invalid rate limit options"),
        (("ada",), {}, "Error: invalid rate limit options"),
        ((None,), {}, "Error: invalid rate limit options"),
        (({"key": 5},), {}, "Error: invalid key: 5"),
        (({"key": None},), {}, "Error: invalid key: null"),
        (({"key": "a", "foo": 1, "bar": 2},), {}, "Error: bad rate limit options: [foo,bar]"),
        ((["a"],), {}, "Error: bad rate limit options: [0]"),
        ((), {"key": "a", "limit": "x"}, "Error: limit must be a number: x"),
        ((), {"key": "a", "period": "x"}, "Error: period must be a number: x"),
        ((), {"key": "a", "period": 30}, "Error: unsupported period: 30"),
    ],
)
def test_wrong_options_are_refused_in_the_runtimes_words(args: Any, keywords: Any, words: str):
    bench = flat()
    with pytest.raises(JsException) as caught:
        bench.run(RateLimits(ENTRY, bench.world).binding("SYD").limit(*args, **keywords))
    assert str(caught.value) == words


def test_no_key_is_the_empty_key_and_keywords_are_options():
    bench = flat()
    binding = RateLimits(ENTRY, bench.world).binding("SYD")
    assert [bench.run(binding.limit({})).success for _ in range(4)] == [True, True, True, False]
    assert bench.run(binding.limit(key="")).success is False


@pytest.mark.parametrize("simple", [None, {}, {"limit": 5}, {"limit": "5", "period": 60}, {"limit": 5, "period": 30}])
def test_a_limit_without_a_number_or_with_another_period_is_no_configuration(simple: Any):
    with pytest.raises(ConfigError, match="10 or 60"):
        RateLimits({**ENTRY, "simple": simple}, flat().world)


def test_the_limit_passes_and_the_next_does_not_until_the_period_is_over():
    bench = flat()
    limits = RateLimits(ENTRY, bench.world)
    bench.advance(60 - bench.world.unix % 60)
    assert allowed(bench, limits, 4) == 3
    bench.advance(59.9)
    assert allowed(bench, limits, 1) == 0
    bench.advance(0.1)
    assert allowed(bench, limits, 1) == 1


def test_every_place_and_every_key_has_a_counter_of_its_own():
    bench = planet()
    limits = RateLimits({**ENTRY, "simple": {"limit": 1, "period": 60}}, bench.world)
    for colo, key in [("SYD", "ada"), ("LHR", "ada"), ("SYD", "bob")]:
        assert allowed(bench, limits, 1, key, colo) == 1
    bench.advance(1)
    assert allowed(bench, limits, 10, "ada", "SYD") == 0
    assert [(row["colo"], row["key"], row["count"]) for row in limits.counts()] == [
        ("LHR", "ada", 1), ("SYD", "ada", 1), ("SYD", "bob", 1),
    ]  # fmt: skip


def test_a_burst_passes_beyond_the_limit_because_machines_hear_of_one_another_later():
    bench = planet()
    limits = RateLimits({**ENTRY, "simple": {"limit": 20, "period": 60}}, bench.world)
    bench.advance(60 - bench.world.unix % 60)
    burst = allowed(bench, limits, 500)
    assert 20 < burst <= 20 * limits.machines
    bench.advance(limits.sync)
    assert allowed(bench, limits, 50) == 0


def test_slow_requests_are_counted_exactly():
    bench = planet()
    limits = RateLimits({**ENTRY, "simple": {"limit": 5, "period": 60}}, bench.world)
    bench.advance(60 - bench.world.unix % 60)
    passed = 0
    for _ in range(10):
        passed += allowed(bench, limits, 1)
        bench.advance(limits.sync)
    assert passed == 5


def test_it_takes_no_time_and_is_no_subrequest():
    bench = planet()
    limits = RateLimits(ENTRY, bench.world)
    allowed(bench, limits, 4)
    assert (bench.now, bench.charged) == (0.0, Counter())
    assert {event.outcome for event in bench.trace} <= {"ok", "limited"}


def test_a_snapshot_brings_the_counters_back():
    bench = flat()
    limits = RateLimits(ENTRY, bench.world)
    allowed(bench, limits, 3)
    state = limits.counters.snapshot()
    bench.advance(60)
    assert allowed(bench, limits, 1) == 1
    limits.counters.restore(state)
    ((_, windows),) = limits.counters.periods.values()
    assert windows["", "ada"].passed == 3


def test_the_table_says_what_is_left():
    bench = flat()
    limits = RateLimits(ENTRY, bench.world)
    bench.advance(60 - bench.world.unix % 60)
    allowed(bench, limits, 2)
    limits.limit = 2.5
    assert "2.5 s" not in repr(limits.counts())
    assert "60.0 s" in repr(limits.counts()) and "<table>" in limits.counts()._repr_html_()
    bench.advance(60)
    assert limits.counts() == []


def test_bindings_of_one_namespace_share_its_counters_whatever_their_limits():
    strict = {"name": "STRICT", "namespace_id": "1001", "simple": {"period": 60, "limit": 1}}
    other = {"name": "OTHER", "namespace_id": "1002", "simple": {"limit": 1, "period": 60}}
    lab = Lab(None, {"ratelimits": [ENTRY, strict, other]}, network=None)
    env = lab.env()

    def passes(name: str) -> bool:
        return lab.run(getattr(env, name).limit({"key": "ada"})).success

    assert [passes(name) for name in ("LIMITER", "STRICT", "OTHER", "LIMITER", "LIMITER", "LIMITER")] == [
        True, False, True, True, True, False,
    ]  # fmt: skip
    assert [row["limit"] for row in lab.rate_limits("STRICT").counts()] == [1]


def test_counters_of_a_period_that_is_over_are_forgotten():
    bench = planet()
    limits = RateLimits(ENTRY, bench.world)
    for minute in range(3):
        bench.until(60 * minute)
        for user in range(100):
            allowed(bench, limits, 1, f"user {user}")
    bench.advance(60)
    allowed(bench, limits, 1)
    assert sum(len(windows) for _, windows in limits.counters.periods.values()) == 1


def test_a_place_that_fails_forgets_its_counters_and_no_other_does():
    lab = Lab(None, {"ratelimits": [{**ENTRY, "simple": {"limit": 1, "period": 60}}]})
    for colo in ("SYD", "LHR"):
        lab.run(lab.env(colo).LIMITER.limit({"key": "ada"}))
    lab.kill("SYD")
    assert [row["colo"] for row in lab.rate_limits("LIMITER").counts()] == ["LHR"]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.floats(0, 40)), max_size=30), st.integers(1, 4))
def test_without_a_network_it_is_a_counter_of_fixed_windows(calls: list[tuple[str, float]], limit: int):
    bench = flat()
    limits = RateLimits({**ENTRY, "simple": {"limit": limit, "period": 10}}, bench.world)
    model: Counter[tuple[str, int]] = Counter()
    for key, pause in calls:
        bench.advance(pause)
        at = (key, int(bench.world.unix // 10))
        model[at] += 1
        assert (allowed(bench, limits, 1, key) == 1) == (model[at] <= limit)
