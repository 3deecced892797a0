"""Machines and places that are lost around a bucket's domain and its notices: nobody waits for ever, all is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from labkit import Lab
from tests.emulators.crashing import at_every_await, at_every_moment

SOURCE = """
from workers import DurableObject, Response, WorkerEntrypoint, fetch


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(await self.env.READER.getByName("reader").read())

    async def queue(self, batch, env, ctx):
        for message in batch.messages:
            await self.env.FILES.put("seen/" + message.body["object"]["key"], "x")


class Reader(DurableObject):
    async def read(self):
        await self.env.FILES.put("in/a.png", "hello")
        found = await fetch("https://files.example.com/in/a.png")
        return await found.text()
"""


class Reading:
    """One request that stores an object, reads it at the bucket's domain, and is told to a queue."""

    def __init__(self):
        consumer = {"queue": "events", "max_batch_timeout": 1, "max_retries": 100}
        config = {"name": "reading", "queues": {"consumers": [consumer]}}
        self.lab = Lab(SOURCE, config, durable_objects={"READER": "Reader"}, r2=["FILES"])
        self.bucket = self.lab.r2("FILES")
        self.bucket.location = "apac"
        self.bucket.publish("files.example.com", tiered=True)
        self.bucket.notify("events", "object-create", prefix="in/")

    def play(self):
        with suppress(Exception):  # its place was lost
            self.lab.run(self.lab.fetch("/", colo="LHR"))

    def check(self):
        """What holds whatever was lost: the domain answers everywhere, and what was stored was told."""
        self.lab.run(self.lab.advance(600))
        keys = {row["key"] for row in self.bucket.contents()}
        for colo in ("LHR", "SIN", "SYD"):
            status = self.lab.run(self.lab.fetch("https://files.example.com/in/a.png", colo=colo)).status
            assert status == (200 if "in/a.png" in keys else 404)
        assert keys in (set(), {"in/a.png", "seen/in/a.png"})
        return len(keys)


def test_a_machine_is_lost_at_every_await():
    stored = {scenario.check() for scenario in at_every_await(Reading)}
    assert stored == {0, 2}


@pytest.mark.parametrize("lose", [lambda lab: lab.kill("LHR"), lambda lab: lab.kill("SIN")], ids=["LHR", "SIN"])
def test_a_place_is_lost_at_every_moment(lose: Callable[[Lab], object]):
    ends = []
    for scenario in at_every_moment(Reading, lose):
        scenario.lab.run(scenario.lab.advance(60))
        scenario.lab.heal()
        ends.append(scenario.check())
    assert len(ends) > 10 and 2 in ends
