"""Nothing that a Durable Object changes elsewhere happens before what it wrote is confirmed, whichever the binding."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labkit import facts
from tests.emulators.rooms import Rooms

SOURCE = """
import contextlib
import time

from js import Response, caches
from workers import DurableObject, WorkerEntrypoint, WorkflowEntrypoint

class Room(DurableObject):
    async def store(self):
        await self.ctx.storage.put("k", 1)

    async def kv_put(self):
        await self.env.KV.put("new", "1")

    async def kv_delete(self):
        await self.env.KV.delete("old")

    async def kv_get_many(self):
        await self.env.KV.get(["old"])

    async def kv_get(self):
        await self.env.KV.get("old")

    async def kv_list(self):
        await self.env.KV.list()

    async def cache_put(self):
        await caches.default.put("https://a/", Response.new("1", headers={"cache-control": "max-age=60"}))

    async def r2_put(self):
        await self.env.FILES.put("new", "1")

    async def r2_delete(self):
        await self.env.FILES.delete("old")

    async def r2_upload(self):
        await self.env.FILES.createMultipartUpload("new")

    async def r2_get(self):
        await self.env.FILES.get("old")

    async def r2_list(self):
        await self.env.FILES.list()

    async def queue(self):
        await self.env.JOBS.send("a")

    async def workflow(self):
        await self.env.FLOW.create(id="one")

    async def workflow_batch(self):
        await self.env.FLOW.create_batch([{"id": "one"}])

    async def workflow_get(self):
        await self.env.FLOW.get("none")

    async def cache_match(self):
        await caches.default.match("https://a/")

    async def after_a_write(self, name):
        await self.ctx.storage.put("k", 1)
        begun = time.time()
        with contextlib.suppress(Exception):
            await getattr(self, name)()
        self.seconds = time.time() - begun

    async def waited(self):
        return self.seconds

class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        await step.sleep("long", "1 day")

class Default(WorkerEntrypoint):
    pass
"""
CHANGES = (
    "kv_put",
    "kv_delete",
    "r2_put",
    "r2_delete",
    "r2_upload",
    "cache_put",
    "queue",
    "workflow",
    "workflow_batch",
)
OTHERS = ("kv_get_many", "workflow_get")
FREE = ("kv_get", "kv_list", "r2_get", "r2_list", "cache_match")
"""What asks without changing anything, and goes at once (workerd's kv.c++, r2-rpc.c++ and cache.c++)."""
CONFIRMED = facts.value("durable_objects.write")


@pytest.fixture
def rooms() -> Rooms:
    bound: dict[str, Any] = {"kv": ["KV"], "r2": ["FILES"], "queues": ["JOBS"], "workflows": {"FLOW": "Flow"}}
    rooms = Rooms(SOURCE, network=None, **bound)
    rooms.run(rooms.lab.env("LHR").KV.put("old", "0"))
    rooms.run(rooms.lab.env("LHR").FILES.put("old", "0"))
    rooms.run(rooms.stub().store())
    return rooms


def changed(rooms: Rooms) -> tuple[Any, ...]:
    """What there is outside the object."""
    lab = rooms.lab
    keys = [key["name"] for key in rooms.run(lab.env("LHR").KV.list())["keys"]]
    held = [key for cache in lab._deployment.caches.held.values() for key in cache]
    store = lab.r2("FILES").store
    return (
        keys,
        held,
        list(store.objects),
        len(store.uploads.open()),
        lab.queues("jobs").backlog,
        list(lab.workflows("FLOW").engine.instances),
    )


def crash_during(rooms: Rooms, method: str) -> None:
    """Lose the object's machine when half of the time has passed in which its write is confirmed."""
    before = len(rooms.lab.trace.where("durable_objects", "storage.put"))

    async def lost() -> None:
        while len(rooms.lab.trace.where("durable_objects", "storage.put")) == before:
            await asyncio.sleep(CONFIRMED / 100)
        await asyncio.sleep(CONFIRMED / 2)
        rooms.objects.crash("a")

    answer, _ = rooms.together(rooms.stub().after_a_write(method), lost())
    assert str(answer) == "Error: Network connection lost."


@pytest.mark.parametrize("method", CHANGES)
def test_a_change_does_not_happen_if_the_machine_is_lost_before_the_write_is_confirmed(rooms, method):
    before = changed(rooms)
    crash_during(rooms, method)
    assert changed(rooms) == before


@pytest.mark.parametrize("method", CHANGES)
def test_a_change_happens_once_the_write_is_confirmed(rooms, method):
    before = changed(rooms)
    rooms.run(rooms.stub().after_a_write(method))
    assert changed(rooms) != before


@pytest.mark.parametrize("method", [*CHANGES, *OTHERS])
def test_what_leaves_waits_for_the_write(rooms, method):
    rooms.run(rooms.stub().after_a_write(method))
    assert rooms.run(rooms.stub().waited()) > CONFIRMED / 4


@pytest.mark.parametrize("method", FREE)
def test_a_question_that_workerd_does_not_hold_goes_at_once(rooms, method):
    rooms.run(rooms.stub().after_a_write(method))
    assert rooms.run(rooms.stub().waited()) < CONFIRMED / 4
