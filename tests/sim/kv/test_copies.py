"""One place's copy: the closed forms against each other and against simulated reads."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.sim.kv import copies
from labkit.sim.kv.copies import hit_ratio, mean_age, stale_fraction, stale_reads
from labkit.sim.streams import generator

RATE, TTL = 0.05, 60.0
SETTINGS = [(0.02, 60.0), (0.2, 30.0), (0.02, 300.0), (0.003, 600.0)]


def test_up_to_the_age_of_a_refresh_the_forms_are_those_of_a_plain_ttl_cache():
    load, w = RATE * TTL, 0.01
    assert hit_ratio(RATE, TTL) == pytest.approx(load / (1 + load))
    assert stale_fraction(20, RATE, TTL) == pytest.approx(RATE * 40 / (1 + load))
    assert mean_age(RATE, TTL) == pytest.approx(load / (1 + load) * TTL / 2)
    expected = load / (1 + load) * (1 - (1 - np.exp(-w * TTL)) / (w * TTL))
    assert stale_reads(RATE, w, TTL) == pytest.approx(expected)


@pytest.mark.parametrize(
    "form",
    [
        hit_ratio,
        mean_age,
        lambda rate, ttl: stale_fraction(30, rate, ttl),
        lambda rate, ttl: stale_reads(rate, 0.01, ttl),
    ],
)
def test_no_form_jumps_where_the_refresh_begins(form):
    assert form(RATE, 60.001) == pytest.approx(float(form(RATE, 60)), abs=1e-3)


@pytest.mark.parametrize(("after", "stale"), [(0, 0.75), (59, 0.0125), (60, 0), (61, 0)])
def test_a_cache_ttl_of_60_s_is_over_60_s_after_the_write(after, stale):
    assert stale_fraction(after, RATE, TTL) == pytest.approx(stale)


def test_a_long_cache_ttl_keeps_the_old_value_where_nobody_asks():
    fraction = stale_fraction(np.array([59.0, 61.0, 300.0, 599.0, 600.0]), 0.003, 600.0)
    assert (np.diff(fraction) < 0).all()
    assert fraction[2] > 0.2 and fraction[-1] == 0


def test_a_write_under_way_shifts_the_curve():
    assert stale_fraction(20.5, RATE, TTL, delay=0.5) == stale_fraction(20, RATE, TTL)


def test_places_begin_with_the_ages_of_the_long_run():
    ages = copies.draw_ages(generator(1), 40_000, 0.01, 300.0)
    held = np.isfinite(ages)
    assert held.mean() == pytest.approx(float(hit_ratio(0.01, 300.0)), abs=0.01)
    assert ages[held].max() < 300
    assert np.where(held, ages, 0).mean() == pytest.approx(float(mean_age(0.01, 300.0)), rel=0.02)


@pytest.mark.parametrize(("rate", "cache_ttl"), SETTINGS)
def test_simulated_reads_are_those_of_a_loop(rate, cache_ttl):
    reads = copies.simulate(generator(2), 40, rate, 20 / rate, cache_ttl, ages=np.full(40, np.inf))
    fetched: dict[int, float] = {}
    for place, at, source in zip(*(column.tolist() for column in (reads.place, reads.at, reads.fetched)), strict=True):
        age = at - fetched.get(place, -np.inf)
        assert source == (fetched[place] if age < cache_ttl else at)
        if age >= min(cache_ttl, copies.REFRESH):
            fetched[place] = at


@pytest.mark.parametrize(("rate", "cache_ttl"), SETTINGS)
def test_simulated_ages_have_the_mean_of_the_form(rate, cache_ttl):
    reads = copies.simulate(generator(3), 300, rate, 300 / rate, cache_ttl)
    assert reads.age.mean() == pytest.approx(float(mean_age(rate, cache_ttl)), rel=0.02)


def test_a_read_is_stale_from_the_write_until_the_copy_is_fetched_anew():
    reads = copies.Reads(place=np.zeros(4), at=np.array([5.0, 10.0, 15.0, 70.0]), fetched=np.array([5.0, 5, 5, 70]))
    assert reads.stale(np.array([10.0])).tolist() == [False, True, True, False]
    assert reads.stale(np.array([4.0, 5.0, 69.0])).tolist() == [False] * 4
    assert reads.hit.tolist() == [False, True, True, False]


def test_a_probe_is_each_places_last_read():
    reads = copies.simulate(generator(4), 25, 0.1, 50, 60.0, probe=True)
    assert reads.place[reads.last].tolist() == list(range(25))
    assert reads.at[reads.last] == pytest.approx(50, abs=1e-6)
