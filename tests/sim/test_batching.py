"""Batches by size or time, message by message against SimPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import batching
from labkit.sim.compiled import is_available
from labkit.sim.streams import generator
from tests.sim import slow

ARRIVALS = st.lists(st.integers(0, 80), max_size=60).map(sorted)


def collected(arrivals: list[int], size: int, timeout: int) -> batching.Batches:
    return batching.collect(np.array(arrivals, dtype=np.int64), size, timeout, numba=False)


@given(ARRIVALS, st.integers(1, 8), st.integers(1, 12))
def test_each_message_leaves_in_the_batch_and_at_the_time_of_simpy(arrivals, size, timeout):
    batches, expected = collected(arrivals, size, timeout), slow.batches(arrivals, size, timeout)
    assert batches.leaves.tolist() == [left for left, _ in expected]
    assert batches.batch.tolist() == [number for number, (_, batch) in enumerate(expected) for _ in batch]


@given(ARRIVALS, st.integers(1, 8), st.integers(0, 12))
def test_no_message_is_lost_or_waits_beyond_the_timeout_and_no_batch_is_too_large(arrivals, size, timeout):
    batches = collected(arrivals, size, timeout)
    assert batches.size.sum() == len(arrivals)
    assert np.all((batches.size >= 1) & (batches.size <= size))
    assert np.all((batches.wait >= 0) & (batches.wait <= timeout))


@pytest.mark.parametrize(("second", "batches"), [(59, 1), (60, 2), (61, 2)])
def test_a_batch_leaves_at_its_timeout_without_who_comes_then(second, batches):
    assert collected([0, second], 10, 60).first.size == batches


def test_a_full_batch_leaves_with_its_last_message():
    batches = collected([0, 1, 2, 3, 50], 3, 10)
    assert batches.leaves.tolist() == [2, 13, 60]
    assert batches.wait.tolist() == [2, 1, 0, 10, 10]


@pytest.mark.skipif(not is_available(), reason="numba is not installed (optional: pip install numba)")
def test_numba_changes_no_result():
    arrivals = np.cumsum(generator(1).exponential(1, 5000))
    plain, fast = (batching.collect(arrivals, 7, 5.0, numba=numba).first for numba in (False, True))
    assert np.array_equal(plain, fast)


def test_a_batch_without_room_is_refused():
    with pytest.raises(LabError, match="batch of 0 messages"):
        collected([1], 0, 5)


def test_extremes_of_the_closed_forms():
    assert batching.mean_size(2.0, 1, 5.0) == 1 and batching.mean_wait(2.0, 1, 5.0) == 0
    assert batching.mean_size(1000.0, 10, 5.0) == pytest.approx(10)
    assert batching.mean_wait(1000.0, 10, 5.0) == pytest.approx(9 / 2 / 1000)
    assert batching.mean_size(1e-6, 10, 5.0) == pytest.approx(1, abs=1e-5)
    assert batching.mean_wait(1e-6, 10, 5.0) == pytest.approx(5, rel=1e-4)
    assert batching.full_share(0.0, 10, 5.0) == 0 and batching.full_share(1000.0, 10, 5.0) == pytest.approx(1)
