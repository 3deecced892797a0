"""A step that returns what cannot be kept ends the instance, and `run()` does not hear of it."""

from attempt import ended, report
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint

HEARD = []


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        values = {"function": lambda: 1, "nested": {"f": lambda: 1}, "response": Response("x")}

        @step.do("unkept", config={"retries": {"limit": 3, "delay": 1}})
        async def returned():
            HEARD.append(event["payload"])
            return values[event["payload"]]

        try:
            await returned()
        except Exception:
            HEARD.append("caught")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        async def kept(label):
            return [await ended(await self.env.FLOW.create(params=label)), list(HEARD)]

        return await report({label: lambda label=label: kept(label) for label in ("function", "nested", "response")})
