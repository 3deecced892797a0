"""What a handler gets: a batch and its messages."""

import json

from attempt import attempt
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.JOBS.sendBatch([{"body": {"n": 1}}, {"body": "two", "contentType": "text"}])
            return Response("sent")
        return Response(await self.env.KV.get("log") or "[]")

    async def queue(self, batch, env, ctx):
        first, second = batch.messages
        calls = {
            "env and ctx": lambda: [env is None, ctx is None],
            "queue": lambda: [batch.queue, batch["queue"]],
            "messages": lambda: [type(batch.messages).__name__, len(batch.messages), batch.messages is batch.messages],
            "a batch has no length": lambda: len(batch),
            "a batch is not iterable": lambda: list(batch),
            "a batch is true": lambda: bool(batch),
            "no such field": lambda: batch.size,
            "no such item": lambda: batch["size"],
            "metadata": lambda: [
                type(batch.metadata).__name__,
                sorted(batch.metadata),
                type(batch.metadata.metrics).__name__,
            ],
            "metrics": lambda: dict(batch.metadata.metrics).get("backlogCount"),
            "id": lambda: [
                type(first.id).__name__,
                len(first.id),
                set(first.id) <= set("0123456789abcdef"),
                first.id != second.id,
            ],
            "id as item": lambda: first["id"] == first.id,
            "timestamp": lambda: [type(first.timestamp).__name__, first.timestamp.tzinfo is None],
            "attempts": lambda: [type(first.attempts).__name__, first.attempts],
            "body": lambda: [first.body, first.body.n, first.body["n"], type(first.body).__name__],
            "body twice": lambda: first.body is first.body,
            "text": lambda: [second.body, second["body"]],
            "no such field of a message": lambda: first.headers,
            "a field of one's own": lambda: setattr(first, "seen", 1),
            "ack": lambda: first.ack(),
            "ack again": lambda: first.ack(),
            "ack with too much": lambda: second.ack(1),
        }
        lines = {name: await attempt(call) for name, call in calls.items()}
        await self.env.KV.put("log", json.dumps(lines))
