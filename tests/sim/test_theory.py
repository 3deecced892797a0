"""Each kernel against its closed form, within 4.5 standard errors; and wrong formulas, which are found out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labkit.sim import batching, retries, ttl, waiting
from labkit.sim.agreement import Agreement, Disagreement, summary_of
from tests.sim.cases import found
from tests.sim.theory_rows import CASES, TWO_KINDS_SQUARED, S, T

BY_TITLE = {case.title: case for case in (*CASES, *found("theory", "CASES"))}
RESULTS: dict[str, Agreement] = {}


def result(title: str) -> Agreement:
    if title not in RESULTS:
        RESULTS[title] = BY_TITLE[title].agreement()
    return RESULTS[title]


@pytest.mark.parametrize("title", BY_TITLE)
def test_the_kernel_agrees_with_the_formula(title):
    result(title).check()


WRONG = {
    "fixed TTL": lambda x: ttl.sliding_hit_ratio(x, T),
    "sliding TTL": lambda x: ttl.fixed_hit_ratio(x, T),
    "M/M/1 wait": lambda x: waiting.md1_wait(x / S, S),
    "M/D/1 wait": lambda x: waiting.mm1_wait(x / S, S),
    "M/G/1 wait": lambda x: waiting.mg1_wait(x / S, S, TWO_KINDS_SQUARED - S**2),  # the variance
    "M/M/4 wait": lambda x: waiting.mm1_wait(x / S, S),  # four queues
    "M/M/4 has to wait": lambda x: waiting.erlang_b(4 * x, 4),
    "hashed shards": lambda x: waiting.md1_wait(6 / x / S, S),  # as if all were equal
    "wait for a batch": lambda x: batching.mean_size(x, 10, 5.0) / x / 2,
    "whole-batch deliveries": lambda x: retries.deliveries(x, 3),
    "messages that run twice": lambda x: retries.batch_failure(x, 10),
    "stale reads of many keys": lambda x: ttl.fixed_hit_ratio(x, T),
}


@pytest.mark.parametrize("title", WRONG)
def test_a_wrong_formula_is_found_out(title):
    wrong = [replace(row, theory=float(WRONG[title](row.x))) for row in result(title).rows]
    with pytest.raises(Disagreement, match=title):
        replace(result(title), rows=tuple(wrong)).check()


def test_nearly_all_intervals_hold_the_theory():
    results = [result(title) for title in BY_TITLE]
    held, count = (sum(each) for each in zip(*(one.coverage() for one in results), strict=True))
    print(f"\n{count} rows: {summary_of(results)}")
    assert count >= 200
    assert held / count > 0.87


def test_no_two_rows_have_the_same_dice():
    means = [row.model.mean for title in ("M/M/1 wait", "M/M/1 within the p99") for row in result(title).rows]
    assert len(set(means)) == len(means)
