"""The list of phenomena, which nobody writes."""

from __future__ import annotations

from labkit import sim
from labkit.sim.index import first_sentence, found
from tests.sim.cases import found as checked


def test_every_phenomenon_is_listed_with_what_it_shows():
    listed = sim.phenomena()
    calls = [row[0] for row in listed.rows[1:]]
    assert {"sim.kv.caching()", "sim.d1.replicas()", "sim.workers.cold_starts()"} <= set(calls)
    assert len(calls) == len(set(calls)) and f"{len(calls)} phenomena" in repr(listed)
    assert all(len(what) > 20 for _, what in listed.rows[1:])


def test_every_phenomenon_that_there_is_is_checked_in_three_views():
    offered = {f"{call.__module__}.{call.__name__}" for _, _, call in found()}
    assert offered == {f"{each.call.__module__}.{each.call.__name__}" for each in checked("phenomena", "PHENOMENA")}


def test_its_words_are_those_of_the_function():
    assert first_sentence(sim.kv.caching).startswith("The hit ratio against the read rate;")
