"""A message that arrives: what the handler is given, and what it can do with it."""

import json

from attempt import attempt
from js import Headers
from js import Response as JsResponse
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(await self.env.KV.get("seen"), headers={"content-type": "application/json"})

    async def email(self, message, env, ctx):
        calls = {
            "env": lambda: env,
            "ctx": lambda: ctx,
            "from": lambda: getattr(message, "from"),
            "to": lambda: message.to,
            "size": lambda: message.rawSize,
            "subject": lambda: message.headers.get("Subject"),
            "folded": lambda: message.headers.get("x-folded"),
            "twice": lambda: message.headers.get("x-twice"),
            "absent": lambda: message.headers.get("x-absent"),
            "names": lambda: [pair[0] for pair in message.headers.entries()],
            "raw": lambda: JsResponse.new(message.raw).text(),
            "raw again": lambda: JsResponse.new(message.raw).text(),
            "forward": self.forwarded(message, "ops@lab.example"),
            "forward with headers": self.forwarded(message, "ops@lab.example", Headers.new({"X-A": "b"}.items())),
            "reject": lambda: message.setReject("no"),
            "by bracket": lambda: message["to"],
        }
        seen = {name: await attempt(call) for name, call in calls.items()}
        await self.env.KV.put("seen", json.dumps(seen))
        if message.headers.get("subject") == "boom":
            raise ValueError("boom")

    def forwarded(self, message, *args):
        async def call():
            return type((await message.forward(*args)).messageId).__name__

        return call
