"""A cache with room for C: the kernel against a dictionary, and Che's approximation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import lru
from labkit.sim.compiled import is_available
from labkit.sim.streams import Zipf, generator
from tests.sim import slow

KEYS = st.integers(1, 12).flatmap(lambda keys: st.lists(st.integers(0, keys - 1), max_size=150))
CAPACITY = st.integers(1, 10)


def array(keys: list[int]) -> np.ndarray:
    return np.array(keys, dtype=np.int64)


@given(KEYS, CAPACITY)
def test_each_request_hits_where_it_does_in_a_dictionary(keys, capacity):
    assert lru.hits(array(keys), capacity, numba=False).tolist() == slow.lru_cache(keys, capacity)


@given(KEYS, CAPACITY)
def test_what_a_cache_holds_a_larger_one_holds_too(keys, capacity):
    smaller, larger = (lru.hits(array(keys), room) for room in (capacity, capacity + 1))
    assert not np.any(smaller & ~larger)


@given(KEYS)
def test_with_room_for_all_only_the_first_request_of_a_key_misses(keys):
    assert np.count_nonzero(~lru.hits(array(keys), 12)) == len(set(keys))


@pytest.mark.parametrize(("capacity", "hit"), [(1, False), (2, False), (3, True)])
def test_a_key_is_found_until_as_many_others_were_asked_for_as_there_is_room(capacity, hit):
    assert lru.hits(array([7, 1, 2, 1, 2, 1, 7]), capacity)[-1] == hit


def test_a_long_trace_is_that_of_a_dictionary():
    keys = Zipf(2000, 0.9).draw(generator(1), 20_000)
    for capacity in (1, 30, 300, 1900):
        assert lru.hits(keys, capacity, numba=False).tolist() == slow.lru_cache(keys.tolist(), capacity)


@pytest.mark.skipif(not is_available(), reason="numba is not installed (optional: pip install numba)")
def test_numba_changes_no_result():
    keys = Zipf(2000, 0.9).draw(generator(2), 20_000)
    for capacity in (1, 30, 300, 1900):
        assert np.array_equal(lru.hits(keys, capacity, numba=True), lru.hits(keys, capacity, numba=False))


def test_keys_of_any_size_are_told_apart():
    assert lru.hits(np.array([2**62, 0, 2**62, 2**62 - 1]), 2).tolist() == [False, False, True, False]


def test_a_cache_without_room_is_refused():
    with pytest.raises(LabError, match="cache of 0 entries"):
        lru.hits(array([1]), 0)


def test_the_characteristic_time_is_when_so_many_keys_have_come():
    chances = Zipf(500, 1.0).probabilities
    time = lru.characteristic_time(chances, 50)
    assert (1 - np.exp(-chances * time)).sum() == pytest.approx(50)
    assert lru.characteristic_time(np.full(100, 0.01), 50) == pytest.approx(100 * np.log(2))


def test_che_says_one_for_room_for_all_and_rises_with_the_room():
    chances = Zipf(500, 1.0).probabilities
    ratios = [lru.che_hit_ratio(chances, capacity) for capacity in (1, 10, 100, 499, 500, 600)]
    assert ratios == sorted(ratios) and ratios[-2:] == [1, 1]
