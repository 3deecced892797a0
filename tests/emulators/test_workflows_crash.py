"""Machines that are lost: the result of each step is recorded once, and its effect happens once or more."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab
from labkit.errors import LabError
from labkit.network.places import PLACES
from tests.emulators.crashing import at_every_await, at_every_moment
from tests.emulators.flows import Bench

ORDER = """
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        def stepped(name, value):
            @step.do(name)
            async def call(ctx):
                await asyncio.sleep(0.05)
                print(name)
                await asyncio.sleep(0.05)
                if name == "flaky" and ctx["attempt"] == 1:
                    raise ValueError("try again")
                return value
            return call

        reserved = await stepped("reserve", 1)()
        charged, packed = await asyncio.gather(stepped("charge", 2)(), stepped("pack", 3)())
        await step.sleep("nap", "2 seconds")
        flaky = await stepped("flaky", 4)()
        return [reserved, charged, packed, flaky]
"""
STEPS = ["reserve", "charge", "pack", "flaky"]


class Order(Bench):
    """The instance that every test here loses."""

    def __init__(self):
        super().__init__(ORDER)

    def play(self) -> None:
        self.create()
        self.advance(300)


def recorded(bench: Bench) -> Counter[str]:
    """How often each step has a result."""
    return Counter(step for step, outcome in bench.attempts() if outcome == "ok" and step != "nap")


def crash(lab: Lab) -> None:
    if lab.workflows("FLOW").instances:
        lab.workflows("FLOW").crash("i")


@pytest.mark.parametrize("walk", [at_every_await, partial(at_every_moment, lose=crash)], ids=["await", "moment"])
def test_after_a_crash_at_any_point_the_output_is_the_same(walk):
    runs = twice = 0
    for order in walk(Order):
        effects = Counter(order.logged())
        assert order.instance().output == [1, 2, 3, 4]
        assert recorded(order) == dict.fromkeys(STEPS, 1)
        assert all(effects[step] >= 1 for step in STEPS)
        runs += 1
        twice += effects["charge"] > 1
    assert runs > 20 and twice > 0, "an effect without protection happens twice where the machine is lost after it"


def test_an_attempt_that_a_crash_cut_short_has_failed_and_counts():
    bench = Bench(ORDER)
    bench.create()
    bench.advance(0.1)
    bench.flows.crash("i")
    bench.advance(60)
    first, second = [row for row in bench.instance().history if row["step"] == "reserve"]
    assert (first["attempt"], first["outcome"]) == (1, "lost: Attempt failed due to internal workflows error")
    assert (second["attempt"], second["outcome"]) == (2, "ok")


def test_a_crash_without_a_run_in_memory_changes_nothing():
    bench = Bench(ORDER.replace('"2 seconds"', '"2 days"'))
    bench.create()
    bench.advance("1 hour")
    runs = bench.instance().runs
    bench.flows.crash("i")
    bench.advance("1 hour")
    assert (bench.instance().runs, bench.instance().status) == (runs, "waiting")


def test_crashing_what_does_not_exist_is_refused():
    with pytest.raises(LabError, match="No instance 'nope'"):
        Bench(ORDER).flows.crash("nope")


def test_the_instances_of_a_place_that_fails_go_on_elsewhere():
    bench = Bench(ORDER)
    bench.create(colo="LHR")
    bench.advance(0.1)
    bench.lab.kill("LHR")
    bench.advance(120)
    assert bench.instance().colo != "LHR"
    assert bench.instance().output == [1, 2, 3, 4]


def test_an_instance_stays_where_it_is_when_no_place_is_left():
    bench = Bench(ORDER)
    bench.create(colo="LHR")
    for place in sorted(PLACES):
        bench.lab.kill(place)
    bench.advance(120)
    assert bench.instance().output == [1, 2, 3, 4]


def test_a_scheduled_instance_begins_where_there_is_a_place():
    bench = Bench(ORDER, {"schedules": ["* * * * *"]})
    for place in sorted(PLACES)[1:]:
        bench.lab.kill(place)
    bench.advance("3 minutes")
    assert {each.colo for each in bench.flows.instances.values()} == {sorted(PLACES)[0]}


def test_a_sleeping_instance_of_a_place_that_fails_wakes_elsewhere():
    bench = Bench(ORDER.replace('"2 seconds"', '"2 days"'))
    bench.create(colo="LHR")
    bench.advance("1 hour")
    bench.lab.kill("LHR")
    bench.advance("3 days")
    assert (bench.instance().status, bench.lab.trace.where("workflows", "run")[-1].place != "LHR") == ("complete", True)


PROGRAM = """
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        out = []
        for number, (kind, value) in enumerate(event["payload"]):
            out.append(await self.one(step, kind, value, f"{kind} {number % 3}"))
        return out

    async def one(self, step, kind, value, name):
        if kind == "sleep":
            return await step.sleep(name, value * 1000)

        @step.do(name, config={"retries": {"limit": 2, "delay": 500}})
        async def call(ctx):
            await asyncio.sleep(0.3)
            if kind == "fail" or ctx["attempt"] <= value % 3:
                raise ValueError(name)
            return value

        if kind == "both":
            return await asyncio.gather(call(), step.sleep(name, value * 1000))
        try:
            return await call()
        except ValueError as error:
            return str(error)
"""
operations = st.tuples(st.sampled_from(["do", "sleep", "fail", "both"]), st.integers(0, 40))


@settings(max_examples=40, deadline=None)
@given(st.lists(operations, min_size=1, max_size=6), st.lists(st.floats(0.05, 60), max_size=4))
def test_any_program_gives_with_crashes_what_it_gives_without(program, pauses):
    outputs = []
    for crashes in ([], pauses):
        bench = Bench(PROGRAM)
        bench.create([list(each) for each in program])
        for pause in crashes:
            bench.advance(pause)
            bench.flows.crash("i")
        bench.advance("1 hour")
        outputs.append((bench.instance().status, bench.instance().output))
        results = Counter(row["step"] for row in bench.instance().history if row["outcome"] == "ok" and row["attempt"])
        assert all(count == 1 for count in results.values())
    assert outputs[0] == outputs[1]
    assert outputs[0][0] == "complete"


@pytest.mark.parametrize("waits", ['await step.sleep("a", "1 hour")', "await failing()"])
def test_a_run_that_leaves_memory_leaves_nothing_behind(waits):
    bench = Bench(f"""
class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do("failing", config={{"retries": {{"limit": 99, "delay": "1 hour", "backoff": "constant"}}}})
        async def failing():
            raise ValueError("no")
        {waits}
        await step.sleep("b", "1 hour")
""")
    bench.create()
    bench.advance("30 minutes")
    assert bench.instance().life is None
    assert len(bench.flows.engine.host.worker.graveyard) == 0
