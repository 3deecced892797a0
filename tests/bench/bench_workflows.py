"""Workflows a second: instances that sleep for 30 days and end, and steps of one instance after the other."""

from __future__ import annotations

import time

from labkit import Lab
from tests.bench import Row, best

SLEEPERS = 10_000
STEPS = 2_000
SOURCE = """
from workers import WorkerEntrypoint, WorkflowEntrypoint

class Default(WorkerEntrypoint):
    pass

class Sleeper(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do()
        async def begin():
            return event["payload"]

        await begin()
        await step.sleep("a month", "30 days")
        return await begin()

class Walker(WorkflowEntrypoint):
    async def run(self, event, step):
        for number in range(event["payload"]):
            @step.do(f"step {number}")
            async def one():
                return number
            await one()
"""


def lab() -> Lab:
    return Lab(SOURCE, workflows={"SLEEPER": "Sleeper", "WALKER": "Walker"}, network=None)


async def begin(flow, count: int) -> None:
    for first in range(0, count, 100):
        await flow.create_batch([{"params": number} for number in range(first, min(count, first + 100))])


def sleepers(count: int) -> float:
    """Instances a second: begun, asleep for 30 days as data only, begun again by replay, ended."""
    bench = lab()
    flows = bench.workflows("SLEEPER")
    begun = time.perf_counter()
    bench.run(begin(flows.binding("LHR"), count))
    bench.run(bench.advance("1 day"))
    assert not any(each.is_in_memory for each in flows.instances.values())
    bench.run(bench.advance("30 days"))
    seconds = time.perf_counter() - begun
    assert sum(each.status == "complete" for each in flows.instances.values()) == count
    return count / seconds


def walker(steps: int) -> float:
    """Steps a second of one instance."""
    bench = lab()
    flows = bench.workflows("WALKER")
    begun = time.perf_counter()
    bench.run(flows.binding("LHR").create(id="w", params=steps))
    bench.run(bench.advance(60))
    assert flows.instance("w").status == "complete"
    return steps / (time.perf_counter() - begun)


def run(scale: float = 1.0) -> list[Row]:
    count, steps = max(2, int(SLEEPERS * scale)), max(2, int(STEPS * scale))
    rate = sleepers(count)
    return [
        Row(
            f"{count:,} workflows sleeping 30 days", count / rate, "s", aim=60, at_most=True, note="replayed at the end"
        ),
        Row("workflow instances, asleep between two steps", rate, "instances/s"),
        Row("steps of one workflow", best(lambda: walker(steps)), "steps/s"),
    ]
