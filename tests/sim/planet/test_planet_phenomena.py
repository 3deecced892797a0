"""Workers that do it otherwise leave the line; wrong formulas are found out."""

from __future__ import annotations

import sys
from math import exp

import pytest

from labkit.errors import LabError
from labkit.sim import planet
from labkit.sim.agreement import Disagreement
from labkit.sim.workers import hello

NOT_ALONE = """
import asyncio, random
from urllib.parse import urlsplit
from workers import DurableObject, Response, WorkerEntrypoint

class Desk(DurableObject):
    async def serve(self):
        await asyncio.sleep(random.expovariate(2))

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.DESK.getByName(urlsplit(request.url).path).serve()
        return Response("served")
"""
FAILS_SOMETIMES = """
import random
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("", status=503 if random.random() < 0.3 else 200)
"""


def test_an_object_that_serves_everybody_at_once_does_not_saturate():
    with pytest.raises(Disagreement, match="yours"):
        planet.saturation(NOT_ALONE, users=(10,), think_s=2, seconds=6).check()


def test_a_worker_that_asks_no_object_is_told_so():
    with pytest.raises(LabError, match="no Durable Object"):
        planet.saturation(hello.Default, users=(2,), seconds=2, lab={})


@pytest.mark.parametrize("wrong", [
    lambda: planet.saturation(None, users=(2.5,)),  # type: ignore[arg-type]
    lambda: planet.saturation(None, users=(0,)),
    lambda: planet.saturation(None, service_s=0), lambda: planet.saturation(None, think_s=-1),
    lambda: planet.crowd(None, times=(0,)), lambda: planet.crowd(None, per_place_s=0),
    lambda: planet.crowd(None, seconds=700), lambda: planet.day(None, hours=(-1,)),
    lambda: planet.day(None, depth=2),
])  # fmt: skip
def test_options_that_make_no_sense_are_refused(wrong):
    with pytest.raises(LabError, match="="):
        wrong()


def test_a_worker_that_refuses_a_third_of_the_day_leaves_the_line():
    with pytest.raises(Disagreement, match="yours"):
        planet.day(FAILS_SOMETIMES, hours=(18,), per_s=0.01).check()


@pytest.mark.parametrize(("name", "form", "wrong", "call"), [
    ("crowd", "cold_share", lambda times, per_place_s, seconds: exp(-600 * per_place_s),
     lambda: planet.crowd(None, times=(10,))),
    ("day", "per_hour", lambda hour, traffic: 3600 * traffic.asked.per_s, lambda: planet.day(None, hours=(6,))),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong, call):
    monkeypatch.setattr(sys.modules[f"labkit.sim.planet.{name}"], form, wrong)
    with pytest.raises(Disagreement):
        call().check()
