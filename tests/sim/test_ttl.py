"""Copies that expire: the kernels against a loop, and the closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.sim import ttl
from labkit.sim.streams import pack

REQUESTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 300)), max_size=120)


def stream_of(requests: list[tuple[int, int]]) -> np.ndarray:
    who, when = (np.array(column, dtype=np.int64) for column in zip(*requests, strict=True)) if requests else ([], [])
    return pack(np.asarray(who, dtype=np.int64), np.asarray(when, dtype=np.int64))


@given(REQUESTS, st.integers(1, 100))
def test_fills_are_those_of_a_dictionary_and_a_loop(requests, lifetime):
    stream = stream_of(requests)
    assert ttl.fills(stream, lifetime).tolist() == ttl.plain_fills(stream, lifetime)


@given(REQUESTS, st.integers(1, 100))
def test_a_sliding_copy_is_missed_after_a_gap(requests, idle):
    last: dict[int, int] = {}
    expected = []
    for index, (who, when) in enumerate(sorted(requests)):
        if who not in last or when - last[who] >= idle:
            expected.append(index)
        last[who] = when
    assert ttl.sliding_misses(stream_of(requests), idle).tolist() == expected


@pytest.mark.parametrize(("second", "fetches"), [(59, 1), (60, 2), (61, 2)])
def test_a_copy_is_good_until_just_before_its_ttl(second, fetches):
    assert ttl.fills(stream_of([(0, 0), (0, second)]), 60).size == fetches


def test_a_long_cluster_is_filled_once_a_ttl():
    assert ttl.fills(stream_of([(0, tick) for tick in range(0, 300, 10)]), 60).tolist() == [0, 6, 12, 18, 24]


def test_an_empty_stream_has_no_fills():
    assert ttl.fills(stream_of([]), 60).size == 0


def test_the_closed_forms_give_the_published_examples():
    assert ttl.fixed_hit_ratio(0.1, 60) == pytest.approx(6 / 7)
    assert 1 - ttl.sliding_hit_ratio(1 / 60, 600) == pytest.approx(4.54e-5, rel=1e-3)
    assert ttl.fixed_hit_ratio(np.array([0, 1e9]), 60) == pytest.approx([0, 1])
