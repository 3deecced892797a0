"""What `run()` is called with."""

import datetime

from attempt import describe, ended
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        event["payload"]["mine"] = True
        age = datetime.datetime.now() - event["timestamp"]
        return {
            "type": type(event).__name__,
            "payload": describe(event["payload"]),
            "attribute": event.payload.a,
            "id": event["instanceId"],
            "zone": event["timestamp"].tzinfo is None,
            "is now": abs(age.total_seconds()) < 60,
            "step": hasattr(step, "do") and hasattr(step, "wait_for_event"),
            "env": hasattr(self.env, "FLOW"),
        }


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        params = {"a": [1, None], "b": {"c": "d"}, "when": datetime.datetime(2026, 1, 1)}
        return Response.json(describe(await ended(await self.env.FLOW.create(id="e", params=params))))
