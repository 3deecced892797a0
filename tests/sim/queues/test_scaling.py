"""The kernel of batches and consumers: batch for batch as a SimPy program, and what holds of any trace."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.emulators.queues.scaling import Scale
from labkit.sim.queues.scaling import consume
from labkit.sim.streams import generator
from tests.sim.queues import slow


@pytest.mark.parametrize(("rate", "size", "timeout", "seconds", "most"), [
    (0.5, 10, 5.0, 2.0, 250),
    (10.0, 10, 5.0, 5.0, 250),
    (10.0, 10, 5.0, 5.0, 3),
    (40.0, 3, 1.0, 2.0, 250),
    (3.0, 1, 0.0, 1.0, 250),
])  # fmt: skip
def test_batches_are_those_of_a_simpy_program(rate, size, timeout, seconds, most):
    arrivals = np.cumsum(generator(3).exponential(1 / rate, 600)).tolist()
    found = consume(arrivals, size, timeout, seconds, Scale(most, size, is_fixed=False))
    expected = slow.consumers(arrivals, size, timeout, seconds, Scale(most, size, is_fixed=False))
    assert np.transpose([found.leaves, found.size, found.left, found.allowed]) == pytest.approx(np.array(expected))


GAPS = st.lists(st.floats(0, 20), min_size=1, max_size=25)


@given(GAPS, st.integers(1, 5), st.floats(0, 10), st.floats(0.01, 30), st.integers(1, 4))
def test_every_message_leaves_once_and_none_before_it_came_and_consumers_are_never_too_many(
    gaps, size, timeout, seconds, most
):
    arrivals = np.cumsum(gaps)
    found = consume(arrivals.tolist(), size, timeout, seconds, Scale(most, size, is_fixed=False))
    assert found.size.sum() == arrivals.size and found.size.max() <= size and found.size.min() >= 1
    last = np.cumsum(found.size) - 1
    assert (arrivals[last] <= found.leaves).all()
    under_way = [np.count_nonzero((found.leaves <= at) & (found.ends > at)) for at in found.leaves]
    assert max(under_way) <= min(most, found.allowed.max())
    assert (found.allowed >= under_way).all()


def test_100_messages_a_second_in_batches_of_100_that_take_5_seconds_keep_5_consumers_at_work():
    moments = np.cumsum(generator(1).exponential(0.01, 200_000))
    found = consume(moments.tolist(), 100, 5.0, 5.0, Scale(250, 100, is_fixed=False))
    assert found.at_work(200, 1900) / 1700 == pytest.approx(5, rel=0.02)
    late = found.leaves > 200
    assert 4.5 < found.allowed[late].mean() < 7
    assert found.left[late].max() < 1000


def test_consumers_double_each_batch_and_overshoot_what_they_are_needed_for():
    """The lab's law, an assumption: the backlog that has gathered on the way is worked off by more than the mean."""
    moments = np.cumsum(generator(1).exponential(0.01, 40_000))
    found = consume(moments.tolist(), 10, 5.0, 5.0, Scale(250, 10, is_fixed=False))
    peak = found.allowed.max()
    assert found.leaves[found.allowed >= 50][0] < 40 and 50 < peak < 200
    assert found.at_work(200, 390) / 190 == pytest.approx(50, rel=0.03)
