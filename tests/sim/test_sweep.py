"""Sweeps and their progress bar."""

from __future__ import annotations

import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from types import SimpleNamespace

import numpy as np
import pytest

from labkit.sim import sweep as module
from labkit.sim.sweep import Partial, points, progress, sweep

GRID = {"rate": [0.5, 2.0, 8.0], "size": [3, 5]}


def total(rate: float, size: int, random: np.random.Generator) -> float:
    return float(random.exponential(1 / rate, size).sum())


def test_results_come_in_the_order_of_the_points():
    assert sweep(lambda a, b: a - b, [(3, 1), (1, 3), (2, 2)]) == [2, -2, 0]


def test_a_grid_by_name_is_every_combination_the_last_name_varying_fastest():
    assert points(GRID)[:3] == [{"rate": 0.5, "size": 3}, {"rate": 0.5, "size": 5}, {"rate": 2.0, "size": 3}]
    assert sweep(lambda rate, size: (rate, size), GRID) == [tuple(point.values()) for point in points(GRID)]
    assert points([(1, 2)]) == [(1, 2)] and sweep(lambda: 1, {}) == [1] and sweep(lambda x: x, []) == []


def test_each_point_has_its_own_dice_and_always_the_same():
    once, again, other = (sweep(total, [(1.0, 4)] * 3, seed=seed) for seed in (1, 1, 2))
    assert once == again != other
    assert len(set(once)) == 3


@pytest.fixture
def plain_main(monkeypatch):
    """A test that ran IPython in this process may have left a __main__ that spawned processes cannot look at."""
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)


def test_threads_and_processes_give_the_numbers_of_a_loop(plain_main):
    here = sweep(total, GRID, seed=3)
    with ThreadPoolExecutor(3) as threads:
        assert sweep(total, GRID, threads, seed=3) == here
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert sweep(total, GRID, processes, seed=3) == here


def test_dask_gives_the_numbers_of_a_loop():
    distributed = pytest.importorskip("distributed", reason='Dask is optional: pip install "dask[distributed]"')
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert sweep(total, GRID, client.get_executor(), seed=3) == sweep(total, GRID, seed=3)


def stop_at_two(number: int) -> int:
    if number == 2:
        raise KeyboardInterrupt
    return number


@pytest.mark.parametrize("threads", [False, True])
def test_an_interrupt_leaves_what_is_finished(capsys, threads):
    work = [(number,) for number in range(50)]
    if threads:
        with ThreadPoolExecutor(1) as executor:
            results = sweep(stop_at_two, work, executor, "numbers")
    else:
        results = sweep(stop_at_two, work, label="numbers")
    assert results == [0, 1] and isinstance(results, Partial)
    assert "numbers: interrupted; 2 of 50 results are kept" in capsys.readouterr().err


class Idle(Executor):
    """Fails its second piece of work, and begins no other."""

    def __init__(self):
        self.futures: list[Future] = []

    def submit(self, *_):
        self.futures.append(Future())
        if len(self.futures) == 1:
            self.futures[0].set_result(0)
        if len(self.futures) == 2:
            self.futures[1].set_exception(ValueError("two"))
        return self.futures[-1]


def test_an_error_is_raised_and_cancels_what_has_not_begun():
    executor = Idle()
    with pytest.raises(ValueError, match="two"):
        sweep(stop_at_two, [(number,) for number in range(5)], executor)
    assert [future.cancelled() for future in executor.futures] == [False, False, True, True, True]


def test_no_bar_is_drawn_in_a_test(capsys):
    assert list(progress(range(3), 3, "work")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("terminal", "kernel", "ci", "watched"), [
    (True, False, "", True), (False, True, "", True), (False, False, "", False), (True, True, "true", False),
])  # fmt: skip
def test_a_bar_is_for_a_terminal_or_a_notebook(monkeypatch, terminal, kernel, ci, watched):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(module.sys, "stderr", SimpleNamespace(isatty=lambda: terminal))
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace()) if kernel else monkeypatch.delitem(
        sys.modules, "ipykernel", raising=False
    )
    assert module._watched() is watched


def test_a_bar_passes_everything_on(monkeypatch):
    monkeypatch.setattr(module, "_watched", lambda: True)
    assert list(progress(iter("abc"), 3, "work")) == ["a", "b", "c"]
