"""An attempt that takes too long fails, and goes on all the same."""

import asyncio

from attempt import attempt, ended
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint

EFFECTS = []


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do("charge", config={"timeout": 200, "retries": {"limit": 1, "delay": 50}})
        async def charge(ctx):
            EFFECTS.append(f"begin {ctx['attempt']}")
            if ctx["attempt"] == 1:
                await asyncio.sleep(0.4)
            EFFECTS.append(f"charged {ctx['attempt']}")
            return ctx["attempt"]

        result = await charge()
        await step.sleep("until both have charged", 500)

        @step.do("slow", config={"timeout": "100 ms", "retries": {"limit": 0, "delay": 1}})
        async def slow():
            await asyncio.sleep(0.2)

        return {"result": result, "slow": await attempt(slow)}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json({"ended": await ended(await self.env.FLOW.create()), "effects": EFFECTS})
