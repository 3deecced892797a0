"""Before 2026-02-25 a step names what it depends on: `depends=[...]`, in the order of its parameters."""

from attempt import attempt, describe
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint


class Order(WorkflowEntrypoint):
    async def run(self, event, step):
        log = []

        @step.do("user")
        async def user():
            log.append("user")
            return event["payload"]["name"]

        @step.do("price", config={"retries": {"limit": 1, "delay": 10}})
        async def price():
            log.append("price")
            return 40

        @step.do("line", depends=[user, price])
        async def line(who, amount):
            log.append("line")
            return f"{who} pays {amount}"

        @step.do("attempt", depends=[price])
        async def with_ctx(ctx, amount):
            return [ctx["attempt"], amount]

        @step.do("both", depends=[line, price], concurrent=True)
        async def both(text, amount):
            return [text, amount]

        async def plain():
            return 1

        return {
            "line": await line(),
            "again": await line(),
            "ctx": describe(await with_ctx()),
            "both": await both(),
            "no depends": await attempt(step.do("a")(lambda value: value)),
            "too few": await attempt(step.do("b", depends=[user])(lambda one, two: one)),
            "too many": await attempt(step.do("c", depends=[user, price])(lambda one: one)),
            "not a step": await attempt(step.do("d", depends=[plain])(lambda one: one)),
            "positional": await attempt(step.do("e", [price])(lambda amount: amount)),
            "log": log,
        }


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            order = await self.env.ORDERS.create({"id": "old", "params": {"name": "ada"}})
            return Response.json(order.id)
        status = await (await self.env.ORDERS.get("old")).status()
        return Response.json([status["status"], status["output"]])
