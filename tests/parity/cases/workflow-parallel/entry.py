"""Steps at once, steps of one name, steps inside steps."""

import asyncio

from attempt import describe, ended
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        order = []

        def named(name, seconds=0.0):
            @step.do(name)
            async def call(ctx):
                await asyncio.sleep(seconds)
                order.append(name)
                return ctx["step"]

            return call

        same = [await named("same")(), await named("same")()]
        together = await asyncio.gather(named("slow", 0.1)(), named("fast", 0.02)())

        @step.do()
        async def outer():
            return [await named("inner")(), "outer"]

        nested = await outer()
        begun = step.sleep("not awaited at once", 30)
        order.append("asleep")
        await begun
        return {"same": same, "together": together, "nested": nested, "order": order}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json(describe(await ended(await self.env.FLOW.create())))
