"""What is broken is noticed only by waiting, and mends when told to."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.network.faults import Faults, Unreachable
from labkit.network.places import PLACES
from labkit.timeline import Timeline


def waited(faults: Faults, a: str, b: str) -> float:
    """Seconds that a message's check took; raises what it raised."""
    timeline = Timeline()
    timeline.run(faults.check(timeline, a, b))
    return timeline.now


def gives_up_after(faults: Faults, a: str, b: str) -> float:
    timeline = Timeline()
    with pytest.raises(Unreachable, match=b):
        timeline.run(faults.check(timeline, a, b))
    return timeline.now


def test_a_healthy_network_is_false_and_costs_no_time():
    faults = Faults()
    assert not faults
    assert waited(faults, "LHR", "SYD") == 0
    assert faults.reachable("LHR", "SYD")


def test_a_dead_place_answers_nobody_until_revived():
    faults = Faults()
    faults.kill("SYD")
    assert faults and faults.is_dead("SYD") and not faults.is_dead("LHR")
    assert gives_up_after(faults, "LHR", "SYD") == faults.timeout
    assert gives_up_after(faults, "SYD", "LHR") == faults.timeout
    assert not faults.reachable("SYD", "SYD")
    assert faults.reachable("LHR", "FRA")
    faults.revive("SYD")
    assert not faults and waited(faults, "LHR", "SYD") == 0


def test_a_partition_cuts_two_groups_both_ways_and_nothing_else():
    faults = Faults(timeout=3)
    faults.partition(["LHR", "FRA"], ["IAD"])
    assert gives_up_after(faults, "LHR", "IAD") == 3
    assert gives_up_after(faults, "IAD", "FRA") == 3
    assert faults.reachable("LHR", "FRA")
    assert faults.reachable("LHR", "SYD") and faults.reachable("IAD", "SYD")


def test_a_partition_from_nobody_in_particular_is_from_all_the_rest():
    faults = Faults()
    faults.partition("OC")
    assert not faults.reachable("SYD", "LHR")
    assert faults.reachable("SYD", "AKL") and faults.reachable("LHR", "IAD")


def test_regions_and_codes_can_be_mixed():
    faults = Faults()
    faults.partition(["OC", "SIN"], "WEUR")
    assert not faults.reachable("PER", "CDG") and not faults.reachable("SIN", "LHR")
    assert faults.reachable("SIN", "WAW")


def test_a_place_cannot_be_on_both_sides():
    with pytest.raises(LabError, match="LHR"):
        Faults().partition(["LHR", "FRA"], ["LHR"])


def test_an_unknown_place_is_refused_before_anything_breaks():
    faults = Faults()
    for do in (faults.kill, faults.revive, faults.partition):
        with pytest.raises(LabError, match="XQX"):
            do("XQX")
    assert not faults


def test_heal_mends_everything():
    faults = Faults(loss=0.5)
    faults.kill("SYD")
    faults.partition("LHR", "IAD")
    faults.heal()
    assert not faults
    assert faults.reachable("LHR", "IAD") and faults.reachable("LHR", "SYD")


def test_a_lost_message_is_sent_again_after_a_doubling_pause():
    class Loses:
        """A stand-in for chance: loses the first two messages."""

        draws = iter([0.0, 0.0, 0.9])

        def random(self) -> float:
            return next(self.draws)

    assert waited(Faults(loss=0.5, random=Loses()), "LHR", "SYD") == pytest.approx(0.2 + 0.4)


def test_a_sender_gives_up_at_the_time_out_when_all_is_lost():
    assert gives_up_after(Faults(loss=0.999999, random=Random(1)), "LHR", "SYD") == pytest.approx(5)


def test_losses_are_as_frequent_as_asked():
    faults = Faults(loss=0.2, random=Random(5))
    late = sum(waited(faults, "LHR", "SYD") > 0 for _ in range(500))
    assert 70 < late < 130


def test_messages_to_and_from_a_slow_place_are_late_and_no_others():
    faults = Faults()
    faults.slow("SYD", 0.3)
    assert faults and waited(faults, "LHR", "SYD") == waited(faults, "SYD", "LHR") == 0.3
    assert waited(faults, "LHR", "FRA") == 0


def test_slowness_adds_up_at_both_ends_and_where_a_region_is_slow_too():
    faults = Faults()
    faults.slow("SYD", 0.3)
    faults.slow("OC", 0.5)
    faults.slow("LHR", 1)
    assert waited(faults, "LHR", "SYD") == pytest.approx(1.8)
    assert waited(faults, "PER", "FRA") == 0.5


def test_a_place_slower_than_the_time_out_is_as_good_as_dead():
    faults = Faults(timeout=3)
    faults.slow("SYD", 3)
    assert waited(faults, "LHR", "SYD") == 3
    faults.slow("SYD", 0.001)
    assert gives_up_after(faults, "LHR", "SYD") == 3


def test_slowness_ends_with_heal_and_comes_back_with_a_snapshot():
    faults = Faults()
    faults.slow("SYD", 1)
    state = faults.snapshot()
    faults.heal()
    assert not faults
    faults.restore(state)
    assert waited(faults, "SYD", "LHR") == 1


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_an_impossible_slowness_is_refused(seconds):
    with pytest.raises(LabError, match="late"):
        Faults().slow("SYD", seconds)


def test_no_slowness_at_all_is_no_fault():
    faults = Faults()
    faults.slow("SYD", 0)
    assert not faults


@pytest.mark.parametrize("loss", [-0.1, 1, 1.5])
def test_an_impossible_probability_is_refused(loss):
    with pytest.raises(LabError, match="probability"):
        Faults(loss=loss)


CODES = st.sampled_from(sorted(PLACES)[::40])
GROUPS = st.sets(CODES, min_size=1, max_size=3)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("kill"), CODES),
        st.tuples(st.just("revive"), CODES),
        st.tuples(st.just("partition"), GROUPS, GROUPS),
        st.tuples(st.just("heal")),
    )
)


@given(ACTIONS, CODES, CODES)
def test_whatever_was_broken_and_mended_reachability_is_that_of_a_plain_model(actions, a, b):
    faults, dead, cut = Faults(), set(), set()
    for action, *args in actions:
        if action == "partition" and args[0] & args[1]:
            continue
        getattr(faults, action)(*args)
        if action == "kill":
            dead.add(args[0])
        elif action == "revive":
            dead.discard(args[0])
        elif action == "partition":
            cut |= {frozenset((x, y)) for x in args[0] for y in args[1]}
        else:
            dead, cut = set(), set()
    assert faults.reachable(a, b) == (not {a, b} & dead and frozenset((a, b)) not in cut)
    assert bool(faults) == bool(dead or cut)
