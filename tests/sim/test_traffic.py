"""Traffic on a lab: who comes when, and what overlaps."""

from __future__ import annotations

from random import Random

import pytest

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.network.places import PLACES
from labkit.sim.traffic import Visit, cities, part_of, play, poisson, sent_since

SLOW = """
import asyncio
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await asyncio.sleep(10)
        return Response(request.cf.colo)
"""


@pytest.mark.parametrize("count", [1, 20, 339])
def test_cities_are_different_places(count):
    assert len(set(cities(count)) & set(PLACES)) == count


@pytest.mark.parametrize("count", [0, 340])
def test_there_are_339_places_at_most(count):
    with pytest.raises(LabError, match="1 to 339"):
        cities(count)


def test_fifty_cities_are_on_every_continent():
    assert {PLACES[code].continent for code in cities(50)} == {place.continent for place in PLACES.values()}


def test_visits_come_at_their_rate_within_their_time():
    visits = poisson(Random(1), ["LHR", "SYD"], 2.0, 100, 600)
    assert all(100 < visit.at < 600 for visit in visits)
    assert len(visits) == pytest.approx(2000, abs=4.5 * 2000**0.5)


def test_visits_overlap_and_answers_keep_the_order_given():
    lab = Lab(SLOW)
    responses = play(lab, [Visit(5, "SYD"), Visit(1, "LHR"), Visit(3, "NRT")])
    assert [lab.run(response.text()) for response in responses] == ["SYD", "LHR", "NRT"]
    assert 15 < lab.now < 16
    assert [round(event.start) for event in lab.trace.where("client")] == [1, 3, 5]


def test_a_visit_can_carry_a_body_and_a_late_one_comes_at_once():
    lab = Lab(SLOW)
    lab.run(lab.advance(100))
    play(lab, [Visit(1, "LHR", "/x", {"method": "POST", "body": "b"})])
    assert lab.trace.where("client")[0].detail["method"] == "POST"
    assert 110 < lab.now < 111


def test_visits_since_a_moment_include_those_that_set_out_at_it():
    lab = Lab(SLOW)
    play(lab, [Visit(at, "LHR") for at in (1, 2, 3)])
    assert len(sent_since(lab, 2)) == 2
    assert len(part_of(sent_since(lab, 2), lab, "workers", "fetch")) == 2
    assert len(part_of(sent_since(lab, 0), lab, "workers", "cold_start")) == 1
