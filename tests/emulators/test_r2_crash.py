"""Machines and places that are lost around a put: an object is whole or not there, and one that was confirmed is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from labkit import Lab
from tests.emulators.crashing import at_every_await, at_every_moment

SOURCE = """
from workers import DurableObject, Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.KEEPER.getByName("keeper").keep()
        return Response("kept")


class Keeper(DurableObject):
    async def keep(self):
        await self.env.FILES.put("whole", "whole" * 100, customMetadata={"size": "500"})
        await self.ctx.storage.put("whole", True)
        upload = await self.env.FILES.createMultipartUpload("parts")
        part = await upload.uploadPart(1, "part" * 100)
        await upload.complete([part])
        await self.ctx.storage.put("parts", True)

    async def report(self):
        return [await self.ctx.storage.get("whole"), await self.ctx.storage.get("parts")]
"""


class Keeping:
    """One request after which two objects are stored, each noted once it was confirmed."""

    def __init__(self):
        self.lab = Lab(SOURCE, durable_objects={"KEEPER": "Keeper"}, r2=["FILES"])
        self.lab.r2("FILES").location = "apac"
        self.answered = False

    def play(self):
        try:
            self.answered = self.lab.run(self.lab.fetch("/", colo="LHR")).status == 200
        except Exception:
            self.answered = False

    def check(self) -> tuple[bool, int]:
        """What holds whenever something is lost. Returns whether it was answered, and how many objects are there."""
        self.lab.run(self.lab.advance(60))
        whole, parts = self.lab.run(self.lab.env("GRU").KEEPER.getByName("keeper").report())
        contents = {row["key"]: row["size"] for row in self.lab.r2("FILES").contents()}
        assert contents.get("whole", 500) == 500 and contents.get("parts", 400) == 400
        assert not whole or "whole" in contents
        assert not parts or "parts" in contents
        assert not self.answered or len(contents) == 2
        return self.answered, len(contents)


def losing(lab: Lab) -> object:
    return lab.durable_objects("KEEPER").known and lab.durable_objects("KEEPER").crash("keeper")


def killing(colo: str) -> Callable[[Lab], object]:
    return lambda lab: lab.kill(colo)


EVERY = {(False, 0), (False, 1), (False, 2), (True, 2)}


def test_a_machine_that_is_lost_at_any_await_leaves_each_object_whole_or_not_at_all():
    assert {scenario.check() for scenario in at_every_await(Keeping)} == EVERY


@pytest.mark.parametrize(
    ("lose", "seen"),
    [(losing, EVERY), (killing("LHR"), EVERY - {(True, 2)}), (killing("SIN"), EVERY)],
    ids=["machine", "worker", "home"],
)
def test_so_does_what_is_lost_at_any_moment(lose: Callable[[Lab], object], seen: set[tuple[bool, int]]):
    assert {scenario.check() for scenario in at_every_moment(Keeping, lose)} == seen
