"""Terminate and restart, and what pause, resume and events do to an instance that has ended."""

import asyncio

from attempt import attempt, ended, stated
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint

RUNS = []


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        RUNS.append(event["instanceId"])

        @step.do()
        async def number():
            return len(RUNS)

        first = await number()
        if event["payload"] == "long":
            await step.sleep("long", "10 minutes")
        return first


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        answers = {}
        done = await self.env.FLOW.create(id="done")
        answers["done"] = await ended(done)
        for name in ("pause", "resume", "terminate", "restart"):
            answers[f"{name} at the end"] = await attempt(getattr(done, name))
        await asyncio.sleep(0.1)
        answers["restarted"] = await ended(done)
        long = await self.env.FLOW.create(id="long", params="long")
        await asyncio.sleep(0.1)
        for name in ("resume", "terminate"):
            answers[name] = await attempt(getattr(long, name))
        answers["terminated"] = stated(await long.status())
        for name in ("terminate", "resume", "pause"):
            answers[f"{name} terminated"] = await attempt(getattr(long, name))
        answers["runs"] = RUNS
        return Response.json(answers)
