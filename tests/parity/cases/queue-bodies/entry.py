"""What a body is once it has been through a queue, by content type."""

import datetime
import json

from attempt import describe
from workers import Response, WorkerEntrypoint

WHEN = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.UTC)
BODIES = [
    ["text", "json"],
    [None, "json"],
    [1.0, "json"],
    [2.5, "json"],
    [True, "json"],
    [[1, [2, "a"]], "json"],
    [{"a": {"b": None}, "c": [1.0]}, "json"],
    [WHEN, "json"],
    [{"at": WHEN}, "json"],
    [b"ab", "json"],
    [{1, 2}, "json"],
    [float("nan"), "json"],
    [{"k": b"ab"}, "json"],
    [{1: "one", False: "two"}, "json"],
    ["é\n", "json"],
    ["", "json"],
    ["plain", "text"],
    ["é", "text"],
    ["", "text"],
    [b"\x00\xff", "bytes"],
    [b"", "bytes"],
    [memoryview(b"mv"), "bytes"],
    [{"at": WHEN, "set": {1}, "bytes": b"ab", "none": None}, "v8"],
    [WHEN, "v8"],
    [{1, 2}, "v8"],
    [b"ab", "v8"],
    ["text", "v8"],
    [[1, 2], "v8"],
    [2**60, "v8"],
    [{"a": {"b": [1]}}, "v8"],
]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            for body, kind in BODIES:
                await self.env.JOBS.send(body, contentType=kind)
            return Response("sent")
        return Response(await self.env.KV.get("log") or "[]")

    async def queue(self, batch, env, ctx):
        lines = json.loads(await self.env.KV.get("log") or "[]")
        lines += [describe(message.body) for message in batch.messages]
        if len(lines) == len(BODIES):
            lines.append("all")
        await self.env.KV.put("log", json.dumps(lines))
