"""How far behind a read is: against a dictionary of versions, and closed forms of replicas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.sim import staleness, ttl
from labkit.sim.streams import TICK_BITS, pack, words
from tests.sim import slow

EVENTS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 3)), max_size=60)


def stream(events: list[tuple[int, int]]) -> np.ndarray:
    when, who = np.array(events, dtype=np.int64).reshape(-1, 2).T
    return pack(who, when)


def read(reads: list[tuple[int, int]], lifetime: int) -> tuple[np.ndarray, np.ndarray]:
    at = stream(reads)
    return at[ttl.sources(at, ttl.fills(at, lifetime))], at


@given(EVENTS, EVENTS, st.integers(1, 80))
def test_each_read_is_as_far_behind_as_in_a_dictionary_of_versions(writes, reads, lifetime):
    fetched, at = read(reads, lifetime)
    answers = slow.versions_read(writes, reads, lifetime)
    by_key = [n for _, n in sorted((key, n) for n, (_, key) in enumerate(sorted(reads)))]
    expected = [answers[n][1] - answers[n][0] for n in by_key]
    assert staleness.behind(stream(writes), fetched, at).tolist() == expected


@given(EVENTS, EVENTS, st.integers(1, 80))
def test_no_read_is_served_a_value_from_the_future_and_no_miss_an_old_one(writes, reads, lifetime):
    fetched, at = read(reads, lifetime)
    behind, overdue = (count(stream(writes), fetched, at) for count in (staleness.behind, staleness.stale_for))
    assert np.all(behind >= 0) and np.all((overdue >= 0) & (overdue < lifetime))
    assert not np.any((behind == 0) & (overdue > 0))
    assert not np.any(behind[fetched == at])


def test_one_key_needs_no_words():
    writes, fetched, at = np.array([10.0, 20.0]), np.array([5.0, 10.0, 12.0, 25.0]), np.array([9.0, 15.0, 26.5, 30.0])
    assert staleness.behind(writes, fetched, at).tolist() == [0, 0, 1, 0]
    assert staleness.stale_for(writes, fetched, at).tolist() == [0, 0, 6.5, 0]
    assert staleness.behind(writes, np.array([5.0]), np.array([21.0])).tolist() == [2]


@pytest.mark.parametrize(("at", "behind"), [(9, 0), (10, 1), (11, 1)])
def test_a_write_counts_from_its_own_moment_on(at, behind):
    key = np.array([3])
    writes = np.concatenate((words(np.array([2]), np.array([1])), words(key, np.array([10]))))
    assert staleness.behind(writes, words(key, np.array([5])), words(key, np.array([at])))[0] == behind
    assert (words(key, np.array([5])) >> TICK_BITS)[0] == 3


def test_quorums_that_overlap_never_miss_a_write():
    for read_from, written in [(1, 3), (2, 2), (3, 1), (2, 3)]:
        assert staleness.quorum_stale(3, read_from, written) == 0
    assert staleness.quorum_stale(3, 1, 1) == pytest.approx(2 / 3)  # the paper's: N = 3, R = W = 1
    assert staleness.quorum_stale(3, 1, 1, versions_behind=3) == pytest.approx((2 / 3) ** 3)


def test_a_bookmark_waits_for_what_may_be_missing_and_no_longer():
    elapsed = np.array([0, 0.2, 2.0])
    assert staleness.replica_stale(elapsed, 0.2) == pytest.approx(np.exp([0, -1, -10]))
    assert staleness.bookmark_wait(0, 0.2) == pytest.approx(0.2)
    assert np.all(np.diff(staleness.bookmark_wait(elapsed, 0.2)) < 0)
