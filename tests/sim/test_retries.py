"""Retries of whole batches and of single messages, against a loop and a published example."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labkit.sim import retries

FAILS = st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4)).flatmap(lambda shape: arrays(bool, shape))


def loop(batch: np.ndarray, whole: bool) -> list[tuple[int, int, bool]]:
    """Delivered, succeeded and dead, of each message of a batch of `fails[delivery, message]`."""
    pending, delivered, succeeded = list(range(batch.shape[1])), [0] * batch.shape[1], [0] * batch.shape[1]
    for fails in batch:
        failed = [message for message in pending if fails[message]]
        for message in pending:
            delivered[message] += 1
            succeeded[message] += message not in failed
        pending = (pending if failed else []) if whole else failed
    return [(delivered[m], succeeded[m], m in pending) for m in range(batch.shape[1])]


@pytest.mark.parametrize(("retried", "whole"), [(retries.whole_batches, True), (retries.acknowledged, False)])
@given(FAILS)
def test_each_message_fares_as_in_a_loop(retried, whole, fails):
    got = retried(fails)
    columns = (got.delivered, got.succeeded, got.dead)
    for number, batch in enumerate(fails):
        assert list(zip(*(column[number].tolist() for column in columns), strict=True)) == loop(batch, whole)


@given(FAILS)
def test_acknowledged_messages_never_run_twice_and_cost_no_more_deliveries(fails):
    single, whole = retries.acknowledged(fails), retries.whole_batches(fails)
    assert not single.twice.any()
    assert np.all(single.delivered <= whole.delivered)
    assert np.all(whole.dead | ~single.dead)


def test_the_published_example():
    assert retries.deliveries(0.05, 3, 10) == pytest.approx(1.627, abs=5e-4)
    assert retries.dead_share(0.05, 3, 10) == pytest.approx(0.026, abs=5e-4)
    assert retries.twice_share(0.05, 3, 10) == pytest.approx(0.37, abs=5e-3)


def test_a_batch_of_one_is_an_acknowledged_message():
    assert retries.twice_share(0.05, 3, 1) == pytest.approx(0)
    assert retries.dead_share(0.05, 3) == pytest.approx(0.05**4)
    assert retries.deliveries(1.0, 3, 10) == 4 and retries.deliveries(0.0, 3, 10) == 1
