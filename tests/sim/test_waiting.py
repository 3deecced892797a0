"""Closed forms of waiting: textbook values, and what holds among them."""

from __future__ import annotations

from math import exp, factorial, inf, log

import numpy as np
import pytest

from labkit.sim import waiting
from labkit.sim.queueing import shard_of


def test_textbook_values():
    assert waiting.mm1_wait(8, 0.1) == pytest.approx(0.4)
    assert waiting.md1_wait(8, 0.1) == pytest.approx(0.2)
    assert waiting.mm1_sojourn_quantile(8, 0.1) == pytest.approx(0.1 * log(100) / 0.2)
    assert waiting.mean_busy_period(8, 0.1) == pytest.approx(0.5)
    assert waiting.erlang_c(2, 3) == pytest.approx(4 / 9)
    assert waiting.erlang_b(2, 3) == pytest.approx(4 / 19)


@pytest.mark.parametrize(("load", "servers"), [(0.5, 1), (3.3, 5), (18.0, 20)])
def test_erlang_c_is_the_sum_of_the_books(load, servers):
    last = load**servers / factorial(servers) * servers / (servers - load)
    assert waiting.erlang_c(load, servers) == pytest.approx(
        last / (sum(load**k / factorial(k) for k in range(servers)) + last)
    )


def test_one_server_of_many_is_one_server():
    assert waiting.erlang_c(0.7, 1) == pytest.approx(0.7)
    assert waiting.mmc_wait(7, 0.1, 1) == pytest.approx(waiting.mm1_wait(7, 0.1))
    assert waiting.mmc_wait_beyond(7, 0.1, 1, 0.2) == pytest.approx(0.7 * exp(-0.3 * 2))


@pytest.mark.parametrize("rate", [10.0, 11.0])
def test_at_a_load_of_one_and_beyond_nobody_is_served_in_time(rate):
    assert waiting.md1_wait(rate, 0.1) == waiting.mm1_wait(rate, 0.1) == inf
    assert waiting.mm1_sojourn_quantile(rate, 0.1) == waiting.mean_busy_period(rate, 0.1) == inf
    assert waiting.mmc_wait(3 * rate, 0.1, 3) == inf and waiting.erlang_c(rate * 0.3, 3) == 1
    assert waiting.mmc_wait_beyond(3 * rate, 0.1, 3, 1) == 1


def test_forms_take_arrays_and_a_pool_of_hundreds():
    assert waiting.md1_wait(np.array([0, 5.0, 12.0]), 0.1) == pytest.approx([0, 0.05, inf])
    assert 0 < waiting.erlang_c(950, 1000) < waiting.erlang_c(990, 1000) < 1


def test_one_queue_beats_as_many_queues_as_servers():
    for load in (0.3, 0.6, 0.9):
        assert waiting.mmc_wait(load * 40, 0.1, 4) < waiting.mm1_wait(load * 10, 0.1)


def test_shards_of_one_rate_are_one_queue_and_a_hot_one_is_too_much_for_any_number():
    assert waiting.sharded_wait(np.array([5.0, 5.0, 0.0]), 0.1) == pytest.approx(0.05)
    assert waiting.sharded_wait(np.array([1.0, 9.0]), 0.1) > waiting.md1_wait(5.0, 0.1)
    assert waiting.sharded_wait(np.append(np.full(1000, 0.01), 10.0), 0.1) == inf


@pytest.mark.parametrize(("users", "shards"), [(1000, 10), (10_000, 30), (100_000, 100)])
def test_the_fullest_shard_is_about_as_full_as_the_bound_says(users, shards):
    draws = [np.bincount(shard_of(np.arange(users), shards, seed)).max() * shards / users for seed in range(40)]
    assert 1 < np.mean(draws) < waiting.imbalance(users, shards)
    assert np.mean(draws) - 1 > 0.6 * (waiting.imbalance(users, shards) - 1)
