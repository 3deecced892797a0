"""The assumed service times of KV reproduce the figures they were fitted to."""

from __future__ import annotations

from math import exp, log

import pytest

from labkit import facts

SIGMAS_P99 = 2.326


def quantile(median: float, sigmas: float) -> float:
    return median * exp(sigmas * facts.value("kv.service_sigma"))


def test_a_hot_read_takes_what_the_documentation_says():
    low, high = facts.value("kv.hot_read")
    assert quantile(facts.value("kv.local_read"), -SIGMAS_P99) == pytest.approx(low, rel=0.02)
    assert quantile(facts.value("kv.local_read"), SIGMAS_P99) == pytest.approx(high, rel=0.02)


def test_a_central_store_answers_99_of_100_reads_within_5_ms():
    assert quantile(facts.value("kv.central_read"), SIGMAS_P99) == pytest.approx(0.005, rel=0.02)


def test_the_cache_api_is_as_fast_as_the_cache_it_shares_with_kv():
    assert facts.value("cache.match") == facts.value("kv.local_read")
    assert log(facts.value("cache.match")) < log(facts.value("kv.hot_read")[1])
