"""Users who wait for their answers: the kernel is SimPy's, and the laws hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.sim import closed_loop
from labkit.sim.streams import generator
from tests.sim.planet import slow


@settings(max_examples=30)
@given(st.integers(1, 8), st.integers(1, 60), st.integers(0, 2**31))
def test_the_kernel_is_a_simpy_program_service_for_service(users, services, seed):
    random = generator(seed)
    first, thoughts, service = (random.exponential(1, shape) for shape in ((2, users), (services, 2), (services, 2)))
    ended = closed_loop.ends(first, thoughts, service)
    for number in range(2):
        plain = slow.closed_loop(*(each.tolist() for each in (first[number], thoughts[:, number], service[:, number])))
        assert ended[:, number] == pytest.approx(plain)


def test_one_user_never_waits_and_many_get_what_the_server_can():
    assert closed_loop.response(1, 5, 0.5) == 0.5
    assert closed_loop.throughput(1000, 5, 0.5) == pytest.approx(2)


@given(st.integers(1, 60), st.floats(0.01, 100), st.floats(0.01, 10))
def test_no_throughput_passes_its_bound_and_each_user_adds_less(users, think, service):
    some = [closed_loop.throughput(n, think, service) for n in (users, users + 1, users + 2)]
    assert some[0] <= closed_loop.most(users, think, service) * (1 + 1e-9)
    assert some[2] - some[1] <= some[1] - some[0] + 1e-9


def test_the_bounds_cross_where_users_begin_to_wait():
    users = closed_loop.saturation(5, 0.5)
    assert users == 11
    assert closed_loop.most(11, 5, 0.5) == pytest.approx(1 / 0.5)


def test_what_comes_first_is_served_first_and_work_is_conserved():
    ended = closed_loop.ends(np.array([[3.0, 1.0, 2.0]]), np.full((3, 1), 100.0), np.ones((3, 1)))
    assert ended[:, 0].tolist() == [2, 3, 4]
