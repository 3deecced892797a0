"""Both forms of `step.do`: with a name, and by the function's own, whose parameters are the steps before it."""

import asyncio

from attempt import attempt, describe
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint


class Order(WorkflowEntrypoint):
    async def run(self, event, step):
        log = []

        @step.do("fetch user")
        async def user():
            log.append("user")
            return {"name": event["payload"]["name"]}

        @step.do()
        async def price():
            log.append("price")
            return 40

        @step.do()
        async def shipping(ctx):
            log.append("shipping")
            return [ctx["step"]["name"], ctx["step"]["count"], ctx["attempt"]]

        @step.do(config={"retries": {"limit": 2, "delay": 10, "backoff": "constant"}, "timeout": "5 seconds"})
        async def total(price, shipping):
            log.append("total")
            return price + len(shipping)

        @step.do("both", concurrent=True)
        async def both(price, total):
            return [price, total]

        @step.do()
        def not_async():
            return "sync"

        @step.do()
        async def unknown(nope):
            return nope

        @step.do("named")
        async def by_the_name(user):
            return user

        seen = {
            "total": await total(),
            "again": await total(),
            "user": await user(),
            "user again": await user(),
            "both": await both(),
            "not async": await not_async(),
            "unknown": await attempt(unknown),
            "by the name": await attempt(by_the_name),
            "at once": describe(await asyncio.gather(user(), price())),
            "name": total.__name__,
            "log": log,
        }
        return {key: describe(value) for key, value in seen.items()}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            order = await self.env.ORDERS.create({"id": "one", "params": {"name": "ada"}})
            return Response.json([order.id])
        status = await (await self.env.ORDERS.get("one")).status()
        return Response.json([status["status"], status["output"]])
