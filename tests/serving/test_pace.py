"""A served lab's time: as fast as real time, and shared with the cells that drive it."""

from __future__ import annotations

import asyncio
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from labkit import Lab
from labkit.serving.pace import BEAT, Pace
from tests.serving.running import scenario, seen, visitor
from tests.serving.workers import PAGES


@pytest.fixture
def lab() -> Lab:
    return Lab(PAGES, network=None)


class Clock:
    """Real time as a test wants it, in place of the loop's; `rests` are the seconds that the pace wanted to rest."""

    def __init__(self, lab: Lab, speed: float):
        self.now, self.rests, self.times_back = 1000.0, [], 0
        self.pace = Pace(lab.world, speed, lambda: None, self._went_back)
        self.pace._loop = SimpleNamespace(time=lambda: self.now, call_later=self._call_later)  # type: ignore
        self.pace._since = self.now, lab.now

    def _went_back(self) -> None:
        self.times_back += 1

    def _call_later(self, seconds: float, call: Any) -> Any:
        self.rests.append(seconds)
        call()
        return SimpleNamespace(cancel=lambda: None)

    async def after(self, seconds: float) -> None:
        self.now += seconds
        await self.pace.catch_up()


@scenario
async def test_simulated_time_goes_by_as_fast_as_it_is_told_to(lab):
    clock = Clock(lab, speed=60)
    await clock.after(2)
    assert lab.now == 120
    await clock.after(0.5)
    assert lab.now == 150


@scenario
async def test_at_no_limit_time_without_a_request_is_real_time(lab):
    clock = Clock(lab, speed=inf)
    await clock.after(2)
    assert lab.now == 2


@scenario
async def test_time_that_a_cell_skips_is_skipped_for_everybody(lab):
    clock = Clock(lab, speed=1)
    await clock.after(1)
    await lab.advance("3 days")
    await clock.after(0)
    await clock.after(2)
    assert lab.now == 1 + 3 * 86_400 + 2


@scenario
async def test_a_lab_that_goes_back_goes_on_from_there(lab):
    before = lab.snapshot()
    clock = Clock(lab, speed=1)
    await clock.after(50)
    lab.restore(before)
    await clock.after(5)
    assert (lab.now, clock.times_back) == (0, 1)
    await clock.after(2)
    assert lab.now == 2


@scenario
async def test_what_begins_after_a_rest_begins_now_and_takes_its_whole_time(lab):
    clock = Clock(lab, speed=1)
    clock.now += 10
    work = await clock.pace.begin(lambda: asyncio.sleep(3), "three seconds")
    await clock.after(2.9)
    assert not work.answer.done()
    await clock.after(0.2)
    await work.answer


@scenario
async def test_the_pace_rests_until_the_next_thing_is_due_or_a_beat(lab):
    clock = Clock(lab, speed=10)
    lab.world.timeline.call_later(1, lambda: None)
    await clock.pace._rest()
    lab.world.timeline.call_later(1e6, lambda: None)
    await clock.after(1)
    await clock.pace._rest()
    lab.world.timeline.call_soon(lambda: None)
    await clock.pace._rest()
    assert clock.rests == [0.1, BEAT, 0.0]


@scenario
async def test_a_request_takes_its_simulated_time(lab):
    async with lab.serve(0, speed=6000) as server, visitor(server) as client:
        assert (await client.get("/minute")).text == "a minute"
        assert lab.now >= 60


@scenario
async def test_at_no_limit_no_request_waits_and_nothing_else_is_hurried(lab):
    async with lab.serve(0, speed=inf) as server, visitor(server) as client:
        assert (await client.get("/hour")).text == "at last"
        assert 3600 <= lab.now < 3700


@scenario
async def test_at_no_limit_a_request_that_waits_for_another_is_not_hurried_past_the_crons():
    meeting = """
import asyncio
from workers import Response, WorkerEntrypoint

came = asyncio.Event()


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/wait"):
            await came.wait()
        came.set()
        return Response("met")

    async def scheduled(self, controller, env, ctx):
        pass
"""
    lab = Lab(meeting, crons=["* * * * *"], network=None)
    async with lab.serve(0, speed=inf) as server, visitor(server) as client:
        waiting = asyncio.create_task(client.get("/wait"))
        await seen(lambda: lab._deployment.worker.running)
        assert (await client.get("/go")).text == (await waiting).text == "met"
        assert lab.now < 60


@scenario
async def test_a_cell_that_lets_time_pass_brings_a_visitors_answer(lab):
    async with lab.serve(0) as server, visitor(server) as client:
        asked = asyncio.create_task(client.get("/hour"))
        await seen(lambda: lab._deployment.worker.running)
        await lab.advance("1 hour")
        assert (await asked).text == "at last"


@scenario
async def test_cells_and_visitors_ask_at_the_same_time(lab):
    async with lab.serve(0, speed=inf) as server, visitor(server) as client:
        mine = asyncio.gather(*(lab.fetch("/minute") for _ in range(20)))
        theirs = asyncio.gather(*(client.get("/minute") for _ in range(20)))
        assert [await answer.text() for answer in await mine] == ["a minute"] * 20
        assert [answer.text for answer in await theirs] == ["a minute"] * 20


@scenario
async def test_a_lab_can_be_kept_and_put_back_while_it_is_served(lab):
    async with lab.serve(0) as server, visitor(server) as client:
        before = lab.snapshot()
        waiting = asyncio.create_task(client.get("/hour"))
        await seen(lambda: lab._deployment.worker.running)
        lab.restore(before)
        answer = await waiting
        assert answer.status_code == 503 and "went back to a snapshot" in answer.text
        assert (await client.get("/tell")).text == "done"
