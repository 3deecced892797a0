"""Placement: when it is worth running beside the data, and Workers for which it is not."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from labkit.emulators.placement.smart import targets
from labkit.errors import LabError
from labkit.network.links import Links
from labkit.network.places import PLACES
from labkit.sim import placement
from labkit.sim.agreement import Disagreement
from labkit.sim.placement import BESIDE_THE_DATA, BESIDE_THE_VISITOR, SMART, mean_answer, share_forwarded
from labkit.sim.placement.round_trips import LAST_MILE, World

AT_ONCE = """
import asyncio
from workers import Response, WorkerEntrypoint, fetch

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        queries = int(request.url.rpartition("=")[2])
        await asyncio.gather(*(fetch("https://db.example/") for _ in range(queries)))
        return Response("done")
"""
NEVER = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("done")
"""
SMALL = World(("SYD", "LHR", "IAD", "GRU"))


def test_one_question_costs_the_same_on_both_sides_and_two_do_not():
    sides = [[mean_answer(n, mode=mode, world=SMALL) for n in (1, 2, 5)] for mode in (BESIDE_THE_VISITOR,
                                                                                       BESIDE_THE_DATA)]  # fmt: skip
    assert sides[0][0] == pytest.approx(sides[1][0])
    assert sides[0][1] > 1.8 * sides[1][1] and sides[0][2] > 4 * sides[1][2]


def test_smart_placement_forwards_nothing_for_one_question_and_nearly_all_for_two():
    assert share_forwarded(1, SMALL) == 0
    assert share_forwarded(2, SMALL) == pytest.approx(0.99 * 3 / 4)
    assert mean_answer(5, mode=BESIDE_THE_DATA, world=SMALL) < mean_answer(5, mode=SMART, world=SMALL)


def test_the_data_itself_is_always_the_best_of_the_places_that_ran():
    world = World(("IAD", *sorted(PLACES.keys() - {"IAD"})[::5]))
    for queries in (1, 2, 3):
        chosen = targets(dict(zip(world.places, world.ran(queries).tolist(), strict=True)), Links())
        assert set(chosen.values()) <= {"IAD"}
        assert [place in chosen for place in world.places] == (world.remote(SMART, queries) > 0).tolist()


def test_a_worker_that_asks_all_at_once_leaves_the_line_beside_the_visitor():
    asked = {"queries": (5,), "places": 8, "mode": BESIDE_THE_VISITOR}
    with pytest.raises(Disagreement, match="yours"):
        placement.round_trips(AT_ONCE, **asked).check()
    assert placement.round_trips(**asked).check()


def test_a_worker_that_asks_nobody_is_told_so():
    with pytest.raises(LabError, match="asked db.example nothing"):
        placement.round_trips(NEVER, queries=(1,), places=3)


def test_an_unknown_mode_is_refused():
    with pytest.raises(LabError, match="mode='fast': it is 'beside the visitor' or"):
        placement.round_trips(mode="fast")


@pytest.mark.parametrize(("mode", "queries", "wrong"), [
    (BESIDE_THE_DATA, (2,), lambda right, queries, world: right - float(world.rtt().mean())),  # only questions cross
    (BESIDE_THE_VISITOR, (3,), lambda right, queries, world: right - LAST_MILE),
    (SMART, (8,), lambda right, queries, world: mean_answer(queries, mode=BESIDE_THE_DATA, world=world)),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, mode, queries, wrong):
    def believed(queries, *, mode, world):
        return wrong(mean_answer(queries, mode=mode, world=world), queries, world)

    monkeypatch.setattr(sys.modules["labkit.sim.placement.round_trips"], "mean_answer", believed)
    with pytest.raises(Disagreement, match="model"):
        placement.round_trips(None, mode=mode, queries=queries).check()


@settings(max_examples=50)
@given(some.dictionaries(some.sampled_from(sorted(PLACES)), some.floats(0.001, 5), min_size=1, max_size=8))
def test_a_request_is_forwarded_only_where_it_saves_a_tenth(seconds_at):
    links = Links()
    for here, there in targets(seconds_at, links).items():
        assert there != here and there in seconds_at
        assert seconds_at[there] + links.rtt(here, there) < 0.9 * seconds_at[here]


@pytest.mark.parametrize("queries", [(0,), (1.5,)])
def test_questions_are_counted_from_one(queries):
    with pytest.raises(LabError, match="queries=.*: whole numbers from 1"):
        placement.round_trips(queries=queries)
