"""The three views on one table, and the check that can fail."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context

import pytest

from labkit.sim.agreement import Agreement, Axes, Disagreement, Row, three_views
from labkit.sim.estimates import Estimate, replicated
from labkit.sim.streams import generator

AXES = Axes("Coins", "chance of heads", "share of heads")


def toss(seed: int, row: int, chance: float, replication: int) -> tuple[int, int]:
    return int(generator(seed, row, replication).binomial(200, chance)), 200


def coins(row: int, chance: float, *, seed: int = 1) -> Estimate:
    return replicated(partial(toss, seed, row, chance))


def agreement(theory=lambda chance: chance, **options) -> Agreement:
    return three_views(AXES, [0.2, 0.5, 0.8], theory, coins, **options)


def test_views_that_agree_pass_the_check():
    assert agreement().check().worst() < 4.5


@pytest.mark.parametrize("broken", [lambda chance: chance + 0.1, lambda chance: chance**2, lambda chance: 1 - chance])
def test_a_broken_formula_fails_the_check(broken):
    with pytest.raises(Disagreement, match="Coins: at chance of heads = .* standard errors apart"):
        agreement(broken).check()


def test_the_check_fails_where_only_the_workers_view_is_off():
    off = agreement(yours=lambda row, chance: Estimate(chance + 0.2, 0.01, 20, 100))
    with pytest.raises(Disagreement, match="yours gives"):
        off.check()
    assert agreement(yours=lambda row, chance: Estimate(chance, 0.01, 20, 100)).check()


@pytest.mark.parametrize(("z", "passes"), [(4.4, True), (4.6, False)])
def test_the_limit_is_four_and_a_half_standard_errors(z, passes):
    result = Agreement(AXES, (Row(1, 0.5, Estimate(0.5 + z * 0.01, 0.01, 20, 100)),), lambda x: 0.5)
    if passes:
        assert result.check() is result
    else:
        with pytest.raises(Disagreement):
            result.check()


def test_coverage_counts_the_intervals_of_both_views():
    rows = (Row(1, 0.5, Estimate(0.5, 0.01, 20, 100), Estimate(0.9, 0.01, 20, 7)),)
    result = Agreement(AXES, rows, lambda x: x)
    assert result.coverage() == (1, 2)
    assert (result.requests("model"), result.requests("yours")) == (100, 7)


def test_a_row_without_a_view_of_yours_is_blank_in_the_table():
    some = agreement(yours=lambda row, chance: Estimate(chance, 0.01, 20, 100) if row else None)
    columns, rows = some.table()
    assert columns == ["chance of heads", "theory", "model", "yours"]
    assert [bool(row[3]) for row in rows] == [False, True, True]
    assert columns[:-1] == agreement().table()[0]


def test_it_prints_a_table_and_says_how_well_it_agrees():
    text = str(agreement(assumptions=["the coin is fair"]))
    assert text.splitlines()[0] == "Coins: share of heads"
    assert "intervals (95 %) hold the theory's value" in text
    assert text.endswith("Assumption: the coin is fair")


def test_rows_have_seeds_of_their_own():
    same = three_views(AXES, [0.5, 0.5], lambda chance: chance, coins)
    assert same.rows[0].model.mean != same.rows[1].model.mean


def test_every_executor_gives_the_same_rows(monkeypatch):
    # A test that ran IPython in this process may have left a __main__ that spawned processes cannot look at.
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
    here = agreement().rows
    with ThreadPoolExecutor(2) as threads:
        assert agreement(executor=threads).rows == here
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert agreement(executor=processes).rows == here


def test_an_interrupt_leaves_the_rows_that_are_finished():
    def stops(row: int, chance: float) -> Estimate:
        if row == 2:
            raise KeyboardInterrupt
        return coins(row, chance)

    partial_result = three_views(AXES, [0.2, 0.5, 0.8], lambda chance: chance, stops)
    assert partial_result.rows == agreement().rows[:2]
    only_model = three_views(AXES, [0.2, 0.5, 0.8], lambda chance: chance, coins, stops)
    assert [row.yours is None for row in only_model.rows] == [False, False, True]
    with pytest.raises(KeyboardInterrupt):
        three_views(AXES, [0.2], lambda chance: chance, lambda row, chance: stops(2, chance))
