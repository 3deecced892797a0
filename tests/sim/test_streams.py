"""Streams: packing, ticks, Poisson arrivals, Zipf's law."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.errors import LabError
from labkit.sim import streams
from labkit.sim.streams import Ticks, Zipf, generator, pack, poisson


def test_a_stream_is_sorted_by_ident_and_then_by_time():
    stream = pack(np.array([2, 1, 2, 1]), np.array([5, 9, 3, 1]))
    assert streams.idents(stream).tolist() == [1, 1, 2, 2]
    assert (stream & (2**32 - 1)).tolist() == [1, 9, 3, 5]


def test_seconds_survive_the_way_through_ticks():
    ticks = Ticks(span=660, ttl=60)
    times = np.array([0.0, 0.123456, 59.999999, 660.0])
    assert np.allclose(ticks.seconds(pack(np.zeros(4, dtype=int), ticks.of(times))), times, atol=2 / ticks.per_second)


@pytest.mark.parametrize(("span", "ttl"), [(1.0, 1.0), (660.0, 60.0), (60.0, 86_400.0), (1e6, 30.0)])
def test_the_last_request_of_one_ident_is_more_than_a_ttl_before_the_first_of_the_next(span, ttl):
    ticks = Ticks(span, ttl)
    last, first = pack(np.array([0, 1]), np.array([ticks.of(span), ticks.of(0)]))
    assert first - last > ticks.of(ttl)


def test_the_largest_ident_fits_and_the_next_is_refused():
    assert pack(np.array([streams.MOST_IDENTS - 1]), np.array([2**32 - 1]))[0] == 2**63 - 1
    with pytest.raises(LabError, match="does not fit"):
        pack(np.array([streams.MOST_IDENTS]), np.array([0]))


def test_a_tick_beyond_the_word_is_refused_and_the_last_one_fits():
    with pytest.raises(LabError, match="tick 4294967296 does not fit"):
        pack(np.array([0]), np.array([2**32]))
    assert streams.ticks_of(pack(np.array([0]), np.array([2**32 - 1])))[0] == 2**32 - 1


@pytest.mark.parametrize("seconds", [-0.1, 721.0])
def test_a_time_outside_the_span_is_refused_with_the_span(seconds):
    assert Ticks(660, 60).of(np.array([0.0, 720.0])).tolist() == [0, 2**32 - 2]
    with pytest.raises(LabError, match="0 to 720 s .a span of 660 s and a TTL of 60 s"):
        Ticks(660, 60).of(np.array([5.0, seconds]))


def test_a_row_has_its_own_dice_and_always_the_same():
    first, again, other = (generator(7, *row).random(5).tolist() for row in [(1, 2), (1, 2), (2, 1)])
    assert first == again != other


def test_poisson_streams_have_their_rate_and_stay_in_their_time():
    ticks = Ticks(110, 10)
    who, when = poisson(generator(1), 200, 0.5, 10, 110, ticks)
    counts = np.bincount(who, minlength=200)
    assert abs(counts.mean() - 50) < 4 * np.sqrt(50 / 200)
    assert 0.6 < counts.var() / 50 < 1.5  # a Poisson count's variance is its mean
    assert when.min() >= ticks.of(10) and when.max() < ticks.of(110)


@pytest.mark.parametrize("alpha", [0.6, 1.0, 1.4])
def test_zipf_draws_follow_their_probabilities(alpha):
    zipf = Zipf(50, alpha)
    counts = np.bincount(zipf.draw(generator(3), 200_000), minlength=50)
    expected = 200_000 * zipf.probabilities
    assert zipf.probabilities[0] / zipf.probabilities[3] == pytest.approx(4**alpha)
    assert ((counts - expected) ** 2 / expected).sum() < 95  # chi squared, 49 degrees: 1 in 10,000


@pytest.mark.parametrize("alpha", [0.6, 1.4])
def test_sorted_draws_are_sorted_and_follow_the_same_probabilities(alpha):
    zipf = Zipf(50, alpha)
    ranks = zipf.draw_sorted(generator(4), 200_000)
    expected = 200_000 * zipf.probabilities
    assert np.all(np.diff(ranks) >= 0)
    assert ((np.bincount(ranks, minlength=50) - expected) ** 2 / expected).sum() < 95


def test_the_guide_table_gives_what_a_search_gives():
    zipf, uniform = Zipf(1000, 1.1), generator(5).random(20_000)
    assert np.array_equal(zipf.draw(generator(5), 20_000), np.searchsorted(zipf._cumulative, uniform, side="right"))
