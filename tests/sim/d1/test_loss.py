"""A bounded line: the kernel against a SimPy program and its invariants, the closed forms at their ends."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import loss, queueing
from labkit.sim.streams import generator
from tests.sim.d1 import slow


@pytest.mark.parametrize(("room", "patience"), [(1, inf), (3, inf), (50, 2.5), (4, 2.5), (50, inf)])
def test_the_kernel_is_a_simpy_program_customer_for_customer(room, patience):
    random = generator(7, room)
    arrivals = np.cumsum(random.exponential(0.7, 400))
    services = random.exponential(1.0, 400)
    expected = slow.bounded_line(arrivals.tolist(), services.tolist(), room, patience)
    assert loss.serve(arrivals, services, room, patience) == pytest.approx(np.array(expected), abs=1e-9)


LINES = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=1, max_size=40)


@given(LINES, st.integers(1, 5), st.sampled_from([inf, 1.0, 4.0]))
def test_nobody_waits_too_long_nor_finds_the_line_too_long_and_no_work_is_made(line, room, patience):
    gaps, services = np.array(line, dtype=float).T
    arrivals = np.cumsum(gaps)
    waits = loss.serve(arrivals, services, room, patience)
    served = np.isfinite(waits)
    starts, ends = (arrivals + waits)[served], (arrivals + waits + services)[served]
    assert (waits[served] < patience).all() and (waits >= 0).all()
    assert (starts[1:] >= ends[:-1]).all()  # one at a time, in order
    for arrival in arrivals[served]:
        assert np.sum((arrivals[served] < arrival) & (ends > arrival)) < room


@given(LINES)
def test_with_room_for_all_it_is_the_queue_of_everybody(line):
    gaps, services = np.array(line, dtype=float).T
    arrivals = np.cumsum(gaps)
    assert loss.serve(arrivals, services, len(line)).tolist() == queueing.serve(arrivals, services).wait.tolist()


def test_room_for_one_is_erlangs_formula():
    assert loss.refused_by_length(2.0, 1) == pytest.approx(2 / 3)
    assert loss.refused_by_patience(2.0, 0) == pytest.approx(2 / 3)


@pytest.mark.parametrize("form", [loss.refused_by_length, loss.refused_by_patience])
def test_a_long_line_refuses_what_the_server_cannot_do_and_a_longer_one_less(form):
    assert form(0.5, 1000) == pytest.approx(0, abs=1e-12)
    assert [form(load, 1000) for load in (1.2, 2.0, 30.0)] == pytest.approx([1 / 6, 1 / 2, 29 / 30])
    assert form(1.0, 1000) == pytest.approx(0.0005, rel=0.01)
    assert (np.diff([form(0.95, room) for room in (1, 2, 5, 20)]) < 0).all()


def test_there_is_room_for_one_at_least():
    with pytest.raises(LabError, match="room for 0"):
        loss.serve(np.zeros(1), np.ones(1), 0)
