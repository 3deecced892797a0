"""Messages a second through a queue and its consumer, from 1,000 calls of `sendBatch` to the last acknowledgement.

A lab with a network: shards, consumers that scale, a trace of every batch. To compare with, the same handler run on as
many batches of the same size by hand, beside the queue: what a batch costs without a queue around it.
"""

from __future__ import annotations

import time

from labkit import Lab
from tests.bench import Row, best

SOURCE = """
from workers import Response, WorkerEntrypoint

COUNT = [0]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        batches = int(request.url.rpartition("=")[2])
        for n in range(batches):
            await self.env.JOBS.sendBatch([{"body": {"n": n * 100 + k}} for k in range(100)])
        return Response("sent")

    async def queue(self, batch, env, ctx):
        for message in batch.messages:
            COUNT[0] += message.body["n"] >= 0
            message.ack()
"""
A_BATCH = 10


def lab() -> Lab:
    return Lab(SOURCE, queues=["JOBS"])


def through_the_queue(messages: int) -> float:
    """Messages a second of real time, sent, delivered and acknowledged."""
    bench = lab()
    begun = time.perf_counter()
    assert bench.run(bench.fetch(f"/?batches={messages // 100}")).status == 200, bench.logs
    bench.run(bench.advance("1 hour"))
    took = time.perf_counter() - begun
    consumed = sum(event.detail.get("acked", 0) for event in bench.queues("jobs").deliveries)
    assert consumed == messages, f"{consumed} of {messages} were acknowledged"
    return messages / took


def by_hand(messages: int) -> float:
    """Messages a second that the handler alone takes."""
    bench, bodies = lab(), [{"n": n} for n in range(A_BATCH)]
    begun = time.perf_counter()
    for _ in range(messages // A_BATCH):
        bench.run(bench.queue("jobs", bodies))
    return messages / (time.perf_counter() - begun)


def run(scale: float = 1.0) -> list[Row]:
    messages = max(100, int(100_000 * scale) // 100 * 100)
    queue, alone = best(lambda: through_the_queue(messages)), best(lambda: by_hand(max(10, messages // 10)))
    return [
        Row(
            "messages through a queue",
            queue,
            "messages/s",
            note=f"in batches of {A_BATCH}, sent and acked",
        ),
        Row(f"{messages:,} messages through a queue", messages / queue, "s", aim=None),
        Row("the handler by hand, without a queue", alone, "messages/s", note="batches of the same size"),
        Row("through a queue against the handler by hand", queue / alone, "times"),
    ]
