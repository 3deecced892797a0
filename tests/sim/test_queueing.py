"""Queues: each customer against SimPy, what is conserved, and shards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import compiled, queueing
from labkit.sim.streams import generator
from tests.sim import slow

CUSTOMERS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=60).map(sorted)
SERVERS = st.integers(1, 5)


def columns(customers: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(customers, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


@given(CUSTOMERS, SERVERS)
def test_each_service_starts_when_it_does_in_simpy(customers, servers):
    arrivals, services = columns(customers)
    served = queueing.serve(arrivals, services, servers)
    assert served.start.tolist() == slow.queue(arrivals.tolist(), services.tolist(), servers)


@given(CUSTOMERS, SERVERS, st.integers(1, 9))
def test_services_of_one_length_start_when_they_do_in_simpy(customers, servers, service):
    arrivals, _ = columns(customers)
    served = queueing.serve(arrivals, np.array(service), servers)
    assert served.start.tolist() == slow.queue(arrivals.tolist(), [service] * len(customers), servers)


@given(CUSTOMERS, SERVERS)
def test_work_is_conserved(customers, servers):
    arrivals, services = columns(customers)
    served = queueing.serve(arrivals, services, servers)
    end = int(served.departure.max(initial=1)) or 1
    at_work = [np.count_nonzero((served.start <= t) & (t < served.departure)) for t in range(end)]
    waiting = [np.count_nonzero((served.arrival <= t) & (t < served.start)) for t in range(end)]
    assert sum(at_work) == services.sum()
    assert served.utilisation(end) == pytest.approx(sum(at_work) / (servers * end))
    assert all(busy <= servers and (not queue or busy == servers) for busy, queue in zip(at_work, waiting, strict=True))


@given(CUSTOMERS)
def test_nobody_is_served_before_coming_or_out_of_turn(customers):
    served = queueing.serve(*columns(customers))
    assert np.all(served.wait >= 0)
    assert np.all(np.diff(served.start) >= 0) and np.all(served.start[1:] >= served.departure[:-1])


@given(CUSTOMERS)
def test_busy_periods_hold_all_the_work_of_one_server_and_nothing_else(customers):
    arrivals, services = columns(customers)
    starts, ends = queueing.serve(arrivals, services).busy_periods()
    assert (ends - starts).sum() == services.sum()
    assert np.all(starts[1:] > ends[:-1])


@given(CUSTOMERS, SERVERS)
def test_one_more_server_lets_nobody_wait_longer(customers, servers):
    fewer, more = (queueing.serve(*columns(customers), count).wait for count in (servers, servers + 1))
    assert np.all(more <= fewer)


def test_on_floats_it_is_simpy_up_to_rounding():
    random = generator(1)
    arrivals, services = np.cumsum(random.exponential(1, 2000)), random.exponential(0.9, 2000)
    expected = slow.queue(arrivals.tolist(), services.tolist())
    assert queueing.serve(arrivals, services).start == pytest.approx(expected, abs=1e-9)


def test_who_finds_the_server_free_waits_exactly_nothing():
    random = generator(2)
    served = queueing.serve(np.cumsum(random.exponential(1, 50_000)), random.exponential(0.5, 50_000))
    free = np.append(True, served.arrival[1:] > np.maximum.accumulate(served.departure)[:-1] + 1e-6)
    assert np.all(served.wait[free] == 0) and free.mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.skipif(not compiled.is_available(), reason="numba is not installed (optional: pip install numba)")
def test_numba_changes_no_result():
    random = generator(3)
    arrivals, services = np.cumsum(random.exponential(1, 5000)), random.exponential(2.5, 5000)
    plain, fast = (compiled.run(queueing._starts, arrivals, services, 3, numba=numba) for numba in (False, True))
    assert np.array_equal(plain, fast)


def test_without_numba_long_work_is_done_by_python(monkeypatch):
    monkeypatch.setattr(compiled, "is_available", lambda: False)
    monkeypatch.setattr(compiled, "WORTH_COMPILING", 1)
    assert compiled.run(lambda steps: type(steps), np.zeros(3)) is list


@given(CUSTOMERS, st.integers(1, 4))
def test_shards_are_queues_of_their_own(customers, shards):
    arrivals, services = columns(customers)
    shard = queueing.shard_of(np.arange(arrivals.size), shards)
    served = queueing.serve_sharded(shard, arrivals, services)
    for number in range(shards):
        own = np.flatnonzero(shard == number)
        assert served.start[own].tolist() == slow.queue(arrivals[own].tolist(), services[own].tolist())


def test_a_hash_spreads_users_as_balls_in_bins():
    counts = np.bincount(queueing.shard_of(np.arange(100_000), 64), minlength=64)
    assert 30 < ((counts - 1562.5) ** 2 / 1562.5).sum() < 115  # chi squared, 63 degrees
    again = queueing.shard_of(np.arange(100_000), 64, seed=1)
    assert np.mean(again == queueing.shard_of(np.arange(100_000), 64)) == pytest.approx(1 / 64, abs=0.003)


def test_splitmix_gives_its_published_first_numbers():
    first = queueing.shard_of(np.array([0]), 2**62)[0]
    assert first == 0xE220A8397B1DCDAF % 2**62


def test_arrivals_that_are_not_sorted_and_a_queue_without_servers_are_refused():
    with pytest.raises(LabError, match="not in order of time"):
        queueing.serve(np.array([2, 1]), np.array([1, 1]))
    with pytest.raises(LabError, match="0 servers"):
        queueing.serve(np.array([1]), np.array([1]), 0)
