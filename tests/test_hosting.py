"""The learner's objects that outlive an event: they keep their state, and their machine can be lost under them."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

import pytest

from labkit import Lab
from labkit.emulators.hosting import Crashed
from labkit.hosting import Host, Resident
from labkit.workers.ffi import JsException

SOURCE = """
import asyncio
from workers import WorkerEntrypoint, DurableObject, Response

COUNT = [0]

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(str(COUNT[0]))

class Counter(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.value = 0

    async def add(self, amount):
        before = self.value
        await asyncio.sleep(1)
        self.value = before + amount
        COUNT[0] = self.value
        return self.value

    async def guarded(self):
        try:
            await asyncio.sleep(10)
        except BaseException:
            self.value = "caught"
        finally:
            self.value = "cleaned up"

    def leave(self):
        raise SystemExit(3)

    async def later(self):
        self.ctx.waitUntil(self.add(5))
        return "now"
"""


class Open:
    """A gate that lets everything pass, and counts."""

    def __init__(self, lab: Lab):
        self.lab, self.admitted, self.computed = lab, 0, 0.0

    def admission(self) -> Generator[Any, Any, None]:
        self.admitted += 1
        yield from ()

    def compute(self, seconds: float) -> Generator[Any, Any, None]:
        self.computed += seconds
        yield from self.lab.world.timeline.sleep(seconds)


@pytest.fixture
def lab() -> Lab:
    return Lab(SOURCE)


def counter(lab: Lab, gate: Open | None = None) -> Resident:
    host = Host(lab._deployment.worker, "Counter")
    return lab.run(host.create("LHR", gate=gate, primitive="durable_objects"))


def run(resident: Resident, method: str, *args: Any) -> Any:
    return resident.run(method, args, primitive="durable_objects", operation=method)


def test_an_object_keeps_its_state_from_one_event_to_the_next(lab):
    resident = counter(lab)
    assert [lab.run(run(resident, "add", 2)), lab.run(run(resident, "add", 3))] == [2, 5]


def test_events_of_one_object_interleave_where_they_wait(lab):
    resident = counter(lab)

    async def both():
        return await asyncio.gather(run(resident, "add", 2), run(resident, "add", 3))

    assert lab.run(both()) == [2, 3]


def test_an_object_shares_the_globals_of_the_isolate_at_its_place(lab):
    resident = counter(lab)
    lab.run(run(resident, "add", 7))
    assert lab.run(lab.run(lab.fetch("/", colo="LHR")).text()) == "7"
    assert lab.run(lab.run(lab.fetch("/", colo="SYD")).text()) == "0"


def test_a_lost_machine_stops_its_code_where_it_stands(lab):
    resident = counter(lab)

    async def lose() -> None:
        running = lab.world.timeline.spawn(run(resident, "guarded"))
        await asyncio.sleep(5)
        resident.crash()
        with pytest.raises(Crashed, match="LHR was lost"):
            await running

    lab.run(lose())
    lab.run(lab.advance(60))
    assert resident.instance.value == 0
    assert lab.trace.where("durable_objects", "guarded")[0].outcome == "lost"


def test_what_waituntil_had_running_is_lost_with_the_machine(lab):
    resident = counter(lab)
    assert lab.run(run(resident, "later")) == "now"
    lab.run(lab.advance(2))
    assert resident.instance.value == 5


def test_whoever_asked_may_give_up_and_the_code_hears_of_it(lab):
    resident = counter(lab)

    async def give_up() -> None:
        await asyncio.wait_for(run(resident, "guarded"), 1)

    lab.run(give_up())
    assert resident.instance.value == "cleaned up"


def test_leaving_python_is_an_error_of_the_event_alone(lab):
    with pytest.raises(JsException, match="SystemExit: 3"):
        lab.run(run(counter(lab), "leave"))


def test_a_gate_is_asked_each_time_the_code_wakes_and_computing_passes_through_it(lab):
    gate = Open(lab)
    resident = counter(lab, gate)
    gate.admitted = 0
    lab.run(run(resident, "add", 1))
    assert gate.admitted == 2  # as it begins, and as it wakes
    assert gate.computed > 0


def test_a_class_that_is_not_there_is_named(lab):
    host = Host(lab._deployment.worker, "Conter")
    with pytest.raises(JsException, match="no entrypoint class called 'Conter'. Did you mean 'Counter'"):
        lab.run(host.create("LHR"))


def test_a_method_that_is_not_there_is_refused_in_the_runtimes_words(lab):
    with pytest.raises(JsException, match="Method nope does not exist"):
        lab.run(run(counter(lab), "nope"))
    assert counter(lab).has("add") and not counter(lab).has("value")
