"""A month of Workers against a month of Lambda: waiting is free on one side only, so neither always wins."""

from __future__ import annotations

import pytest

from labkit.errors import LabError
from labkit.sim.workers import break_even_ms, lambda_month, workers_month

MONTH = 15_000_000


@pytest.mark.parametrize(
    "cpu_ms, wall_ms, memory_mb, workers, rival",
    [(7, 20, 128, 8.00, 3.63), (7, 500, 512, 8.00, 65.50), (200, 200, 512, 65.90, 28.00)],
)
def test_three_workloads_cost_what_was_computed_by_hand(cpu_ms, wall_ms, memory_mb, workers, rival):
    assert workers_month(MONTH, cpu_ms) == pytest.approx(workers, abs=0.005)
    assert lambda_month(MONTH, wall_ms, memory_mb) == pytest.approx(rival, abs=0.005)


@pytest.mark.parametrize("wrong", [{"memory_mb": 64}, {"wall_ms": -1}, {"requests": -1}])
def test_what_lambda_does_not_sell_is_refused(wrong):
    with pytest.raises(LabError, match="say 0 or more, and 128 MB"):
        lambda_month(**{"requests": 1, "wall_ms": 1, **wrong})


def test_no_requests_cost_the_fee_on_one_side_and_nothing_on_the_other():
    assert workers_month(0, 7) == 5
    assert lambda_month(0, 20) == 0


@pytest.mark.parametrize("cpu_ms, memory_mb", [(7, 128), (50, 512), (200, 1024)])
def test_at_the_break_even_both_cost_the_same_and_beyond_it_workers_are_cheaper(cpu_ms, memory_mb):
    even = break_even_ms(MONTH, cpu_ms, memory_mb)
    bill = workers_month(MONTH, cpu_ms)
    assert lambda_month(MONTH, even, memory_mb) == pytest.approx(bill)
    assert lambda_month(MONTH, even - 1, memory_mb) < bill < lambda_month(MONTH, even + 1, memory_mb)
