"""What holds of every history of reads and writes, whatever the rates; the model beside a plain program."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labkit.sim import streams, ttl
from labkit.sim.kv import copies
from tests.sim.kv import slow

TICKS = streams.Ticks(1000, 1000)
times = st.lists(st.integers(1, 400), min_size=1, max_size=30, unique=True).map(sorted)
ttls, seeds, rates = st.sampled_from([29.5, 59.5, 89.5, 299.5]), st.integers(0, 2**20), st.floats(0.005, 1.0)


def answers(reads: list[int], cache_ttl: float, refresh: float) -> copies.Reads:
    """The model's answers to reads of one place that begins empty. Nothing is decided by the last tick."""
    probes = np.zeros(len(reads), dtype=np.int64), np.array(reads, dtype=float)
    empty = np.array([np.inf])
    return copies.simulate(streams.generator(1), 1, 1e-9, 401, cache_ttl, refresh, ages=empty, probes=probes)


@given(times, times, ttls, st.sampled_from([59.5, np.inf]))
def test_the_model_is_the_plain_program_read_for_read(reads, moments, cache_ttl, refresh):
    writes = [at + 0.25 for at in moments]
    model, plain = answers(reads, cache_ttl, refresh), slow.place(reads, writes, cache_ttl, refresh)
    assert model.fetched.round(3).tolist() == [read.fetched for read in plain]
    assert model.hit.tolist() == [read.hit for read in plain]
    newest = [sum(write <= at for write in writes) for at in reads]
    stale = [read.version < version for read, version in zip(plain, newest, strict=True)]
    assert model.stale(np.array(writes)).tolist() == stale


@given(seeds, rates, ttls)
def test_no_read_is_answered_from_the_future_nor_from_a_copy_that_has_expired(seed, rate, cache_ttl):
    reads = copies.simulate(streams.generator(seed), 5, rate, 20 / rate, cache_ttl)
    assert (reads.fetched <= reads.at).all()
    assert (reads.age < cache_ttl).all()
    assert (reads.age[~reads.hit] == 0).all()


@given(seeds, rates, ttls)
def test_a_value_that_a_place_has_given_is_never_followed_by_an_older_one(seed, rate, cache_ttl):
    reads = copies.simulate(streams.generator(seed), 5, rate, 20 / rate, cache_ttl)
    same = np.diff(reads.place) == 0
    assert (np.diff(reads.fetched)[same] >= 0).all()


@given(seeds, rates, st.integers(1, 50))
def test_hits_and_misses_are_all_requests(seed, rate, keys):
    random = streams.generator(seed)
    stream = streams.pack(*streams.poisson(random, keys, rate, 0, 300, TICKS))
    misses = ttl.fills(stream, int(TICKS.of(60)))
    who, requests, hits = ttl.counts(stream, misses)
    assert requests.sum() == stream.size == ttl.hits(stream, misses).sum() + misses.size
    assert hits.sum() + misses.size == stream.size and (hits < requests).all() and np.unique(who).size == who.size


@given(times, st.sampled_from([(29.5, 59.5), (59.5, 89.5), (29.5, 299.5)]))
def test_with_a_lower_cache_ttl_each_fetch_comes_no_later_and_no_value_is_older_than_it(reads, ttls):
    shorter, longer = (answers(reads, cache_ttl, np.inf) for cache_ttl in ttls)
    early, late = shorter.at[~shorter.hit], longer.at[~longer.hit]
    assert early.size >= late.size and (early[: late.size] < late + 1e-3).all()
    assert shorter.age.max() < ttls[0]


def test_one_read_may_be_older_with_the_lower_cache_ttl_for_it_fetches_at_other_moments():
    shorter, longer = (answers([1, 41, 66], cache_ttl, np.inf) for cache_ttl in (29.5, 59.5))
    assert shorter.age.round(3).tolist() == [0, 0, 25] and longer.age.round(3).tolist() == [0, 40, 0]


@given(st.floats(0.001, 1), st.floats(0.001, 0.1), st.floats(0, 400), ttls, ttls)
def test_in_the_long_run_a_lower_cache_ttl_is_never_staler(rate, writes, after, one, other):
    lower, higher = sorted((one, other))
    for form in (
        lambda cache_ttl: copies.mean_age(rate, cache_ttl),
        lambda cache_ttl: copies.stale_reads(rate, writes, cache_ttl),
        lambda cache_ttl: copies.overdue_share(after, rate, writes, cache_ttl),
        lambda cache_ttl: -copies.age_within(after, rate, cache_ttl),
    ):
        assert form(lower) <= form(higher) + 1e-12
