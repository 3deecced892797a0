"""Steps that depend on steps: by the names of parameters, remembered, one after the other or at once."""

import asyncio

from attempt import attempt, describe, ended
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        calls = []

        def noted(name, result):
            calls.append(name)
            return result

        @step.do()
        async def base():
            return noted("base", 2)

        @step.do("double")
        def doubled(base):
            return noted("double", base * 2)

        @step.do(concurrent=True)
        async def total(base, double, ctx):
            return noted("total", [base, double, ctx["step"]])

        @step.do()
        async def lost(nope):
            return nope

        @step.do(concurrent=True)
        async def slow():
            await asyncio.sleep(0.05)
            return noted("slow", "s")

        @step.do()
        async def left(slow):
            return noted("left", slow)

        @step.do()
        async def right(slow):
            return noted("right", slow)

        found = {
            "total": describe(await total()),
            "again": describe(await total()),
            "base by hand": await base(),
            "base by hand again": await base(),
            "after that": await doubled(),
            "unknown": await attempt(lost),
            "old form": await attempt(lambda: step.do("x", depends=[base])),
            "positional": await attempt(lambda: step.do("x", [base])),
            "both at once": await asyncio.gather(left(), right()),
        }
        return {"found": found, "calls": calls}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json(await ended(await self.env.FLOW.create()))
