"""Traffic as arrays: when, where, for what; the same however it is cut; refused where it makes no sense."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.network.places import PLACES, in_region
from labkit.sim.planet import ClosedLoop, Diurnal, FlashCrowd, Poisson, arrivals, per_hour
from labkit.sim.planet.arrivals import Open
from labkit.sim.planet.loads import CODES

USUAL = Poisson(40, places=20, url="/items/{key}", keys=50, alpha=0.9)
SHAPES = st.sampled_from([
    USUAL,
    Diurnal(USUAL, depth=1.0),
    FlashCrowd(USUAL, at=8, times=30, rise=3, decay=5),
    FlashCrowd(USUAL, at=5, times=0.1, rise=0, hold=5, decay=0),
    FlashCrowd(Diurnal(USUAL), at=0, times=9, where="WEUR"),
])  # fmt: skip


@settings(max_examples=40)
@given(SHAPES, st.floats(0.1, 40), st.integers(0, 2**31))
def test_arrivals_are_sorted_within_their_time_and_at_their_places(load: Open, seconds, seed):
    came = load.arrivals(seconds, seed=seed)
    assert (np.diff(came.at) >= 0).all() and ((came.at >= 0) & (came.at < seconds)).all()
    assert set(came.place.tolist()) <= set(USUAL.entrances.tolist())
    assert ((came.key >= 0) & (came.key < 50)).all()


@settings(max_examples=40)
@given(SHAPES, st.floats(0.1, 20), st.floats(0.1, 20), st.integers(0, 2**31))
def test_a_longer_run_begins_as_a_shorter_one(load: Open, seconds, more, seed):
    short, long = load.arrivals(seconds, seed=seed), load.arrivals(seconds + more, seed=seed)
    for shorter, longer in zip(short, long, strict=True):
        assert (longer[: shorter.size] == shorter).all()
    assert long.at.size == short.at.size or long.at[short.at.size] >= seconds


def test_a_short_cell_and_a_long_time_give_many_pieces_of_bounded_size(monkeypatch):
    monkeypatch.setattr(arrivals, "CELL", 100)
    pieces = list(FlashCrowd(USUAL, at=5, times=30).pieces(20, 1))
    assert len(pieces) > 20 and max(piece.at.size for piece in pieces) < 200
    assert (np.diff(np.concatenate([piece.at for piece in pieces])) >= 0).all()


@settings(max_examples=60)
@given(SHAPES, st.floats(0, 50), st.floats(0.01, 50))
def test_no_rate_passes_its_bound(load: Open, start, length):
    at = np.linspace(start, start + length, 200)
    factors = load.factor(at[:, None], USUAL.entrances[None, :], 0.0)
    assert factors.min() >= 0 and factors.max() <= load.most(start, start + length) * (1 + 1e-12)
    assert load.most(start, start + length) <= load.most(0, inf)


def test_a_days_mean_is_that_of_the_traffic_below_and_its_peak_is_at_the_places_evening():
    day = Diurnal(Poisson(2, places=["SYD"]), peak=20)
    assert day.expected(86_400) == pytest.approx(2 * 86_400, rel=2e-3)
    hours = np.arange(0, 24, 0.25)
    peak = hours[day.rate(3600 * hours).argmax()]
    assert (peak + PLACES["SYD"].longitude / 15) % 24 == pytest.approx(20, abs=0.2)


def test_the_closed_form_of_an_hour_is_the_integral_of_the_rate():
    day = Diurnal(Poisson(2, places=["WEUR", "SIN"], shares={"SIN": 3, "WEUR": 1}))
    for hour in (0, 7, 19.5):
        middles = hour + (np.arange(10_000) + 0.5) / 10_000
        assert per_hour(hour, day) == pytest.approx(3600 * day.rate(3600 * middles).mean(), rel=1e-6)


def test_a_crowd_comes_to_its_region_alone():
    crowd = FlashCrowd(Poisson(100, places=100), at=10, times=20, rise=0, hold=10, where="OC")
    came = crowd.arrivals(20, seed=3)
    crowded = np.isin(np.array(CODES)[came.place], [place.code for place in in_region("OC")])
    before, after = ([np.count_nonzero(late & part) for late in (came.at < 10, came.at >= 10)]
                     for part in (crowded, ~crowded))  # fmt: skip
    assert before[1] > 10 * before[0]
    assert abs(after[1] - after[0]) < 4.5 * (after[0] + after[1]) ** 0.5


def test_a_crowd_rises_stays_and_decays():
    crowd = FlashCrowd(10, at=10, times=3, rise=4, hold=6, decay=5)
    assert crowd.surplus([9.9, 10, 12, 14, 20, 25]) == pytest.approx([0, 0, 0.5, 1, 1, np.exp(-1)])
    assert crowd.rate([0, 14]) == pytest.approx([10, 30])


def test_shares_weigh_places_by_code_region_or_people():
    named = Poisson(1, places=["LHR", "SYD", "PER", "NRT"], shares={"LHR": 3, "OC": 1})
    assert dict(zip(np.array(CODES)[named.entrances], named.weights, strict=True)) == pytest.approx(
        {"LHR": 0.6, "SYD": 0.2, "PER": 0.2, "NRT": 0}
    )
    people = Poisson(1, places=339, shares="population")
    continents = np.array([PLACES[CODES[number]].continent for number in people.entrances])
    assert people.weights[continents == "AS"].sum() == pytest.approx(4.81 / 8.161)
    assert np.allclose(Poisson(1).weights, 1 / 300)


def test_keys_follow_zipf():
    keys = Poisson(50_000, keys=100, alpha=1.0).arrivals(1, seed=1).key
    harmonic = (1 / np.arange(1, 101)).sum()
    assert np.count_nonzero(keys == 0) == pytest.approx(50_000 / harmonic, rel=0.06)


def test_users_think_for_as_long_as_they_are_said_to_and_have_homes():
    users = ClosedLoop(50, 2.0, places=10, keys=7)
    life = users.life(1, 2)
    thoughts, keys = zip(*(next(life) for _ in range(4000)), strict=True)
    assert np.mean(thoughts) == pytest.approx(2, rel=0.08) and set(keys) == set(range(7))
    assert users.homes(1).size == 50 and set(users.homes(1)) <= set(users.entrances)


@pytest.mark.parametrize(("make", "words"), [
    (lambda: Poisson(-1), "per_s=-1"),
    (lambda: Poisson(0), "above 0"),
    (lambda: Poisson(inf), "above 0"),
    (lambda: Poisson("10"), "above 0"),  # type: ignore[arg-type]
    (lambda: Poisson(1, places="XQX"), "XQX"),
    (lambda: Poisson(1, places=[]), "No place"),
    (lambda: Poisson(1, places=340), "1 to 339"),
    (lambda: Poisson(1, places=2.5), "codes or regions"),  # type: ignore[arg-type]
    (lambda: Poisson(1, shares={"SYD": -1}), "weights"),
    (lambda: Poisson(1, places=["LHR"], shares={"SYD": 1}), "not all of them 0"),
    (lambda: Poisson(1, shares="poulation"), "population"),
    (lambda: Poisson(1, keys=0), "keys=0"),
    (lambda: Poisson(1, alpha=-0.1), "exponent"),
    (lambda: Diurnal(1, depth=1.1), "depth"),
    (lambda: FlashCrowd(1, at=-1), "at=-1"),
    (lambda: FlashCrowd(1, at=1, times=0), "times"),
    (lambda: FlashCrowd(Poisson(1, places="WEUR"), at=1, where="OC"), "none of these places"),
    (lambda: FlashCrowd(ClosedLoop(1, 1), at=1), "cannot be shaped"),  # type: ignore[arg-type]
    (lambda: ClosedLoop(0, 1), "users=0"),
    (lambda: ClosedLoop(3, 0), "think_s=0"),
    (lambda: Poisson(1).arrivals(0), "seconds=0"),
])  # fmt: skip
def test_traffic_that_makes_no_sense_is_refused_in_words(make, words):
    with pytest.raises(LabError, match=words):
        make()
