"""What a notification of a bucket is to a consumer in Python: attributes, items, what is not there."""

import json

from attempt import attempt
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(await self.env.KV.get("seen") or "[]")

    async def queue(self, batch, env, ctx):
        event = batch.messages[0].body
        calls = {
            "action": lambda: event["action"],
            "attribute": lambda: event.action,
            "key": lambda: event["object"]["key"],
            "object.key": lambda: event.object.key,
            "size": lambda: event["object"]["size"] + 1,
            "time": lambda: event["eventTime"],
            "whole": lambda: event["object"],
            "copySource": lambda: event.get("copySource"),
            "no copySource": lambda: event["copySource"],
            "no attribute": lambda: event.copySource,
            "names": lambda: sorted(event),
        }
        seen = {label: await attempt(call) for label, call in calls.items()}
        await self.env.KV.put("seen", json.dumps(seen))
