"""A machine that is lost at any await of a handler: nothing is lost, and what is not idempotent happens twice."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from labkit import Lab

SOURCE = """
import asyncio
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.JOBS.sendBatch([{"body": name} for name in "abc"])
        return Response("sent")

    async def queue(self, batch, env, ctx):
        for message in batch.messages:
            await asyncio.sleep(0.01)
            await self.env.STATE.put("seen:" + message.id, message.body)
            count = int(await self.env.STATE.get("count") or 0)
            await asyncio.sleep(0.01)
            await self.env.STATE.put("count", str(count + 1))
            await asyncio.sleep(0.01)
            message.ack()
        await asyncio.sleep(0.01)
"""


class FragileHost:
    """The consumer's host, whose machine is lost when learner code wakes for the `last` time. Also the gate."""

    def __init__(self, lab: Lab, last: int):
        self.lab, self.last, self.wakes = lab, last, 0
        self.queues = lab.queues("jobs").queues
        self.host, self.queues.host = self.queues.host, self

    async def create(self, colo: str, ctx: Any = None, gate: Any = None) -> Any:
        return await self.host.create(colo, ctx, self)

    def log(self, colo: str, error: Any) -> None:
        self.host.log(colo, error)

    def admission(self) -> Generator[Any, Any, None]:
        self.wakes += 1
        if self.wakes == self.last:
            (run,) = self.lab.queues("jobs").consumer.running
            run.crash()
            yield from self.lab.world.timeline.sleep(0)

    def compute(self, seconds: float) -> Generator[Any, Any, None]:
        yield from self.lab.world.timeline.sleep(seconds)

    async def output(self) -> None:
        pass


def outcome(last: int) -> tuple[FragileHost, Lab, set[str], int]:
    """A run with a crash at that wake: the host, the lab, the bodies whose effect is there, and the counter."""
    lab = Lab(SOURCE, {"kv_namespaces": [{"binding": "STATE", "id": "s"}], "queues": {
        "producers": [{"binding": "JOBS", "queue": "jobs"}],
        "consumers": [{"queue": "jobs", "max_batch_timeout": 1, "max_concurrency": 1}]}}, network=None)  # fmt: skip
    host = FragileHost(lab, last)
    lab.run(lab.fetch("/"))
    lab.run(lab.advance(60))
    assert len(lab.queues("jobs").messages) == 0

    async def state() -> tuple[set[str], int]:
        kv = lab.env().STATE
        names = [key.name for key in (await kv.list(prefix="seen:"))["keys"]]
        return {await kv.get(name) for name in names}, int(await kv.get("count"))

    return host, lab, *lab.run(state())


def test_a_crash_at_every_await_loses_no_effect_and_repeats_what_is_not_idempotent():
    counts, last = [], 0
    while True:
        last += 1
        host, lab, seen, count = outcome(last)
        assert seen == {"a", "b", "c"}, f"after a crash at wake {last}"
        outcomes = [event.outcome for event in lab.queues("jobs").deliveries]
        if host.wakes < last:
            break
        assert outcomes == ["lost", "ok"]
        assert count >= 3
        counts.append(count)
    assert outcomes == ["ok"] and count == 3
    assert len(counts) > 10
    assert counts[0] == 3 and max(counts) == 6, "an unprotected counter counts twice"
    assert sorted(counts) == counts


def test_the_acks_of_a_handler_whose_machine_is_lost_do_not_count():
    _, lab, _, count = outcome(9)
    lost, again = lab.queues("jobs").deliveries
    assert lost.detail["retried"] == again.detail["acked"] == 3
    assert count > 3
