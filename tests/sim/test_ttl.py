"""Copies that expire: the kernels against a loop, and the closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import ttl
from labkit.sim.streams import TICK_BITS, Ticks, pack
from tests.sim import slow

REQUESTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 300)), max_size=120)
KERNELS = {False: ttl.fills, True: ttl.sliding_misses}


def stream_of(requests: list[tuple[int, int]]) -> np.ndarray:
    who, when = (np.array(column, dtype=np.int64) for column in zip(*requests, strict=True)) if requests else ([], [])
    return pack(np.asarray(who, dtype=np.int64), np.asarray(when, dtype=np.int64))


@given(REQUESTS, st.integers(1, 100))
def test_fills_are_those_of_a_dictionary_and_a_loop(requests, lifetime):
    stream = stream_of(requests)
    assert ttl.fills(stream, lifetime).tolist() == ttl.plain_fills(stream, lifetime)
    assert ttl.fill_count(stream, lifetime) == len(ttl.plain_fills(stream, lifetime))


@given(REQUESTS, st.integers(1, 100))
def test_a_sliding_copy_is_missed_after_a_gap(requests, idle):
    last: dict[int, int] = {}
    expected = []
    for index, (who, when) in enumerate(sorted(requests)):
        if who not in last or when - last[who] >= idle:
            expected.append(index)
        last[who] = when
    assert ttl.sliding_misses(stream_of(requests), idle).tolist() == expected


@pytest.mark.parametrize("sliding", [False, True])
@given(REQUESTS, st.integers(1, 100))
def test_each_request_hits_where_it_does_on_a_simpy_clock(sliding, requests, lifetime):
    stream = stream_of(requests)
    by_time = sorted(range(len(requests)), key=lambda n: requests[n][1])
    hit = slow.ttl_cache([requests[n][0] for n in by_time], [requests[n][1] for n in by_time], lifetime, sliding)
    by_key = sorted(range(len(requests)), key=lambda place: requests[by_time[place]][0])
    assert ttl.hits(stream, KERNELS[sliding](stream, lifetime)).tolist() == [hit[place] for place in by_key]


@given(REQUESTS, st.integers(1, 100))
def test_a_hit_is_never_older_than_its_ttl_and_never_from_the_future(requests, lifetime):
    stream = stream_of(requests)
    fills = ttl.fills(stream, lifetime)
    age = stream - stream[ttl.sources(stream, fills)]
    assert np.all((age >= 0) & (age < lifetime))
    assert np.all(ttl.hits(stream, fills) | (age == 0))


@given(REQUESTS, st.integers(1, 100), st.integers(0, 2))
def test_requests_and_hits_are_counted_by_key_and_by_pop(requests, lifetime, key_bits):
    stream = stream_of(requests)
    fills = ttl.fills(stream, lifetime)
    expected: dict[int, list[int]] = {}
    for request, hit in zip(stream.tolist(), ttl.hits(stream, fills).tolist(), strict=True):
        of_ident = expected.setdefault(request >> (TICK_BITS + key_bits), [0, 0])
        of_ident[0] += 1
        of_ident[1] += hit
    who, asked, found = (column.tolist() for column in ttl.counts(stream, fills, key_bits))
    assert {ident: list(pair) for ident, *pair in zip(who, asked, found, strict=True)} == expected


@pytest.mark.parametrize("days", [0.04, 1, 60, 365])
def test_copies_expire_on_time_in_streams_of_any_length(days):
    ticks, last = Ticks(days * 86_400, 60), days * 86_400
    times = np.array([0.0, 59.5, 60.5, last - 121.5, last - 61, last])
    stream = pack(np.array([0, 0, 0, 1, 1, 1]), ticks.of(times))
    assert ttl.fills(stream, int(ticks.of(60))).tolist() == [0, 2, 3, 4, 5]
    assert ticks.seconds(stream) == pytest.approx(times, abs=1 / ticks.per_second)


def test_a_copy_that_would_pass_to_the_next_ident_is_refused():
    stream = pack(np.array([0, 1]), np.array([2**32 - 60, 0]))
    assert ttl.fills(stream, 60).tolist() == [0, 1]
    for kernel in KERNELS.values():
        with pytest.raises(LabError, match="from one ident to the next"):
            kernel(stream, 61)


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
