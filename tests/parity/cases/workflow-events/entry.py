"""Events: sent before and after the wait, of other types, and none in time."""

import asyncio

from attempt import attempt, describe, ended
from workers import Response, WorkerEntrypoint, WorkflowEntrypoint


class Flow(WorkflowEntrypoint):
    async def run(self, event, step):
        @step.do()
        async def begin():
            await asyncio.sleep(0.2)

        await begin()
        early = await step.wait_for_event("early", "early")
        later = await step.wait_for_event("later", "later", timeout="1 minute")
        first, second = await asyncio.gather(step.wait_for_event("one", "twice"), step.wait_for_event("two", "twice"))
        return {
            "early": [sorted(early), early["type"], early["payload"], type(early["timestamp"]).__name__],
            "kind": type(early).__name__,
            "later": later["payload"],
            "twice": [first["payload"], second["payload"]],
            "none in time": await attempt(lambda: step.wait_for_event("none", "none", timeout=20)),
            "in words": await attempt(lambda: step.wait_for_event("none", "none", timeout="1 second")),
            "bogus": await attempt(lambda: step.wait_for_event("bogus", "none", timeout="bogus")),
        }


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        flow = await self.env.FLOW.create()
        sent = [
            await attempt(lambda: flow.send_event({"type": "early", "payload": {"n": 1, "none": None}})),
            await attempt(lambda: flow.sendEvent(type="other", payload=0)),
        ]
        await asyncio.sleep(0.4)
        sent += [
            await attempt(lambda: flow.send_event({"type": "later", "payload": [1]})),
            await attempt(lambda: flow.send_event()),
            await attempt(lambda: flow.send_event({"type": "later", "payload": (1,)})),
        ]
        await asyncio.sleep(0.1)
        for number in (1, 2):
            await flow.send_event({"type": "twice", "payload": number})
        return Response.json({"sent": sent, "ended": describe(await ended(flow))})
