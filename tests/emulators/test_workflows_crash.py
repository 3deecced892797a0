"""Machines that are lost: the result of each step is recorded once, and its effect happens once or more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import LabError
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


class FragileHost:
    """The Workflow's host, whose machine is lost when learner code wakes for the `last` time. Also the gate."""

    def __init__(self, bench: Bench, last: int):
        self.bench, self.last, self.wakes = bench, last, 0
        self.host = bench.flows.engine.host
        bench.flows.engine.host = self

    async def create(self, colo: str, ctx: Any = None, gate: Any = None, *, primitive: str = "workers") -> Any:
        return await self.host.create(colo, ctx, self, primitive=primitive)

    def admission(self) -> Generator[Any, Any, None]:
        self.wakes += 1
        if self.wakes == self.last:
            self.bench.flows.crash("i")
            yield from self.bench.lab.world.timeline.sleep(0)

    def compute(self, seconds: float) -> Generator[Any, Any, None]:
        yield from self.bench.lab.world.timeline.sleep(seconds)


def recorded(bench: Bench) -> Counter[str]:
    """How often each step has a result."""
    return Counter(step for step, outcome in bench.attempts() if outcome == "ok" and step != "nap")


@pytest.mark.filterwarnings("ignore:coroutine .*_call. was never awaited")  # lost at the gate, before it had begun
def test_after_a_crash_at_any_await_of_the_learner_the_output_is_the_same():
    straight = Bench(ORDER)
    counting = FragileHost(straight, last=0)
    straight.create()
    straight.advance(120)
    assert straight.instance().output == [1, 2, 3, 4] and counting.wakes > 10
    twice = 0
    for last in range(1, counting.wakes + 1):
        bench = Bench(ORDER)
        FragileHost(bench, last)
        bench.create()
        bench.advance(300)
        effects = Counter(bench.logged())
        assert bench.instance().output == [1, 2, 3, 4]
        assert recorded(bench) == dict.fromkeys(STEPS, 1)
        assert all(effects[step] >= 1 for step in STEPS)
        twice += effects["charge"] > 1
    assert twice > 0, "an effect without protection happens twice where the machine is lost after it"


def moments() -> list[float]:
    """Every moment at which something begins or ends in a run without a crash, and one between each two."""
    bench = Bench(ORDER)
    bench.create()
    bench.advance(120)
    seen = sorted({time for event in bench.lab.trace.where("workflows") for time in (event.start, event.end)})
    return sorted({*seen, *((one + other) / 2 for one, other in zip(seen, seen[1:], strict=False))})


def test_after_a_crash_at_any_moment_the_output_is_the_same():
    lost_after_the_effect = 0
    for moment in moments():
        bench = Bench(ORDER)
        bench.create()
        bench.advance(max(0.0, moment - bench.now))
        bench.flows.crash("i")
        bench.advance(300)
        assert bench.instance().output == [1, 2, 3, 4]
        assert recorded(bench) == dict.fromkeys(STEPS, 1)
        lost_after_the_effect += Counter(bench.logged())["reserve"] > 1
    assert lost_after_the_effect > 0


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
