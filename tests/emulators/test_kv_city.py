"""A place of several data centres: each has a cache of its own, and a visitor falls on any of them."""

from __future__ import annotations

import pytest

from labkit.errors import LabError
from labkit.lab import Lab

READER = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "PUT":
            await self.env.FLAGS.put("x", await request.text())
        return Response(await self.env.FLAGS.get("x", cacheTtl=60) or "none")
"""


def test_a_split_city_gives_two_answers_in_turn_and_says_so_in_its_copies():
    lab = Lab(READER, kv=["FLAGS"])
    lab.kv("FLAGS").split("LHR")
    for _ in range(8):
        lab.run(lab.fetch("/x", colo="LHR"))
    rows = [row for row in lab.kv("FLAGS").copies("x") if row["tier"] == "local"]
    assert [row["colo"] for row in rows] == ["LHR", "LHR"]
    assert [event.outcome for event in lab.trace.where("kv", "get")].count("miss") == 2
    saved = lab.snapshot()
    lab.run(lab.advance(120))
    lab.restore(saved)
    assert len([row for row in lab.kv("FLAGS").copies("x") if row["tier"] == "local"]) == 2


def test_a_place_whose_cache_is_in_use_is_not_split():
    lab = Lab(READER, kv=["FLAGS"])
    lab.run(lab.fetch("/x", colo="LHR"))
    with pytest.raises(LabError, match="LHR has a cache of FLAGS already"):
        lab.kv("FLAGS").split("LHR")


def test_a_write_clears_the_cache_of_the_data_centre_it_comes_from_and_the_other_goes_on_giving_the_old_value():
    lab = Lab(READER, kv=["FLAGS"])
    lab.kv("FLAGS").split("LHR")

    def asked(method: str = "GET", **options) -> str:
        return lab.run(lab.run(lab.fetch("/x", colo="LHR", method=method, **options)).text())

    assert {asked() for _ in range(12)} == {"none"}  # both hold that there is nothing
    lab.run(lab.kv("FLAGS").binding("LHR").put("x", "new"))
    assert {asked() for _ in range(24)} == {"none", "new"}
    lab.run(lab.advance(61))
    assert {asked() for _ in range(12)} == {"new"}
